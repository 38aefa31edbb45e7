"""What the course takes from the SDK, as text, so that a new version shows as a difference.

Tables of the lessons are made from the SDK's own types and docstrings, and rules of the service
quote them. `sdk.txt` beside this file is what the locked version says.

    python -m tests.gates.sdk_snapshot    write sdk.txt, and print what changed
"""

from __future__ import annotations

import difflib
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, get_args, get_origin

import openai
from openai import _constants as constants
from openai.lib.streaming.chat import ChatCompletionStreamEvent
from openai.types import CreateEmbeddingResponse, EmbeddingModel, embedding_create_params
from openai.types.chat import ChatCompletion, ChatCompletionChunk
from openai.types.chat.completion_create_params import CompletionCreateParamsBase
from openai.types.responses import Response, ResponseOutputItem, ResponseStreamEvent
from openai.types.responses.response_create_params import ResponseCreateParamsBase
from openai.types.shared.chat_model import ChatModel
from openai.types.shared.responses_model import ResponsesModel
from openai.types.webhooks import UnwrapWebhookEvent

from utils import models
from utils.show.error_tree import exception_tree, ranges, retried_statuses
from utils.show.parameters import parameters

FILE = Path(__file__).with_name("sdk.txt")
HEADER = "openai "
"""Start of the first line, which names the version and is not compared."""

REQUESTS = {
    "chat.completions.create": CompletionCreateParamsBase,
    "responses.create": ResponseCreateParamsBase,
    "embeddings.create": embedding_create_params.EmbeddingCreateParams,
}
ANSWERS = (ChatCompletion, ChatCompletionChunk, Response, CreateEmbeddingResponse)
UNIONS = {
    "events of a Responses stream": ResponseStreamEvent,
    "events of the chat helper": ChatCompletionStreamEvent,
    "items of a response": ResponseOutputItem,
    "webhooks": UnwrapWebhookEvent,
}


def snapshot() -> str:
    """What the installed SDK says, its version in the first line."""
    return "\n".join([f"{HEADER}{openai.__version__}", *_lines()]) + "\n"


def version(text: str) -> str:
    """The version that a snapshot was made from."""
    return text.partition("\n")[0].removeprefix(HEADER)


def difference(old: str, new: str) -> list[str]:
    """Lines that differ between two snapshots, without their versions."""
    before, after = (text.splitlines()[1:] for text in (old, new))
    return list(difflib.unified_diff(before, after, "sdk.txt", "installed", lineterm="", n=2))


def _lines() -> Iterator[str]:
    for name, kind in REQUESTS.items():
        yield f"\n# Parameters of {name}"
        for parameter in parameters(kind):
            needed = ", required" if parameter.required else ""
            yield f"{parameter.name}: {parameter.type}{needed}"
            yield textwrap.indent(parameter.text, "    ")
    for answer in ANSWERS:
        yield f"\n# Fields of {answer.__name__}"
        yield from answer.model_fields
    for name, union in UNIONS.items():
        yield f"\n# {name.capitalize()}"
        yield from sorted(member.__name__ for member in members(union))
    yield "\n# Exceptions and the statuses that become them"
    yield repr(exception_tree())
    yield "\n# Retries and time limits"
    yield f"tried again after the statuses {ranges(retried_statuses())}"
    yield f"retries: {constants.DEFAULT_MAX_RETRIES}"
    yield f"wait in seconds: {constants.INITIAL_RETRY_DELAY} to {constants.MAX_RETRY_DELAY}"
    yield f"time limits: {constants.DEFAULT_TIMEOUT}"
    yield f"connections: {constants.DEFAULT_CONNECTION_LIMITS}"
    yield "\n# Models"
    ends = models.shutdown_dates()
    for id in _ids(ChatModel, ResponsesModel, EmbeddingModel):
        yield f"{id}: shuts down on {ends[id]}" if id in ends else id


def members(union: Any) -> list[type]:
    """The classes of a union, however deep they are nested."""
    if get_origin(union) is Annotated:
        return members(get_args(union)[0])
    inside = get_args(union) if not isinstance(union, type) else ()
    return [one for part in inside for one in members(part)] or [get_origin(union) or union]


def _ids(*types: Any) -> list[str]:
    found = [arg for one in types for arg in get_args(one)]
    texts = [id for id in found if isinstance(id, str)]
    inner = [_ids(arg) for arg in found if not isinstance(arg, str) and get_args(arg)]
    return sorted({*texts, *(id for ids in inner for id in ids)})


def main() -> int:
    """Write the snapshot; returns 0."""
    old, new = FILE.read_text("utf-8") if FILE.exists() else HEADER, snapshot()
    FILE.write_text(new, "utf-8", newline="\n")
    print(f"{FILE.name}: from openai {version(old) or 'nothing'} to {version(new)}")
    print("\n".join(difference(old, new)) or "The course takes the same from both.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
