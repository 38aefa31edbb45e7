"""Counting tokens with tiktoken, without a network.

tiktoken downloads the vocabulary of an encoding when it is first used. The course ships the two
vocabularies that matter, compressed, unpacks them into tiktoken's cache, and checks their SHA-256:
the same hashes that tiktoken itself pins (tiktoken_ext/openai_public.py).
"""

from __future__ import annotations

import hashlib
import lzma
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import atomic
from .settings import data_dir

if TYPE_CHECKING:
    import tiktoken

FOLDER = Path(__file__).parent / "vocabularies"
VOCABULARIES = {
    "o200k_base": (
        "fb374d419588a4632f3f557e76b4b70aebbca790",
        "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d",
    ),
    "cl100k_base": (
        "9b5ad71b2ce5302211f9c61530b329a4922fc6a4",
        "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7",
    ),
}
"""Encoding: its file name in tiktoken's cache (SHA-1 of its address), and the file's SHA-256."""

PER_MESSAGE, PER_ANSWER = 3, 3
"""Tokens that the format adds to each message, and once before the answer.

Measured by OpenAI's cookbook for the models of 2023 to 2025. The service does not document it for
newer models, so the recorded `usage` decides.
"""


class TokenizerError(Exception):
    """A vocabulary that cannot be used, or a model whose encoding nobody published."""


def encoding_for(model_id: str) -> tiktoken.Encoding:
    """The encoding of a model.

    Knows what tiktoken knows, and OpenAI's newer models: tiktoken 0.14 has no entry for gpt-6 ids.
    All chat models since gpt-4o use o200k_base.

    Raises:
        TokenizerError: for a model whose encoding is not known, for instance a local one.
    """
    import tiktoken

    try:
        name = tiktoken.encoding_name_for_model(model_id)
    except KeyError:
        if not re.match(r"(gpt-([5-9]|\d\d)|o\d)([.-]|$)", model_id):
            raise TokenizerError(
                f"tiktoken has no encoding for {model_id!r}; it knows OpenAI's models only. "
                "The `usage` of an answer counts this model's own tokens."
            ) from None
        name = "o200k_base"
    return encoding(name)


@lru_cache(maxsize=4)
def encoding(name: str) -> tiktoken.Encoding:
    """An encoding by its name, such as "o200k_base", without a network.

    Raises:
        TokenizerError: if the shipped vocabulary is damaged.
    """
    import tiktoken

    base = name.replace("o200k_harmony", "o200k_base")
    if base in VOCABULARIES:
        folder = Path(os.environ.setdefault("TIKTOKEN_CACHE_DIR", str(data_dir() / "tiktoken")))
        unpack(base, folder)
    return tiktoken.get_encoding(name)


def unpack(name: str, folder: Path) -> Path:
    """Put a vocabulary where tiktoken looks for it, unless it is there; returns the file.

    Raises:
        TokenizerError: if the shipped file is damaged.
    """
    file_name, sha256 = VOCABULARIES[name]
    target = folder / file_name
    if target.is_file() and hashlib.sha256(target.read_bytes()).hexdigest() == sha256:
        return target
    shipped = FOLDER / f"{name}.tiktoken.xz"
    try:
        ranks = lzma.decompress(shipped.read_bytes())
    except (OSError, lzma.LZMAError) as error:
        ranks = b""
        why = str(error)
    else:
        why = "its content is not what tiktoken expects"
    if hashlib.sha256(ranks).hexdigest() != sha256:
        raise TokenizerError(
            f"utils/vocabularies/{shipped.name} is damaged: {why}. "
            "Restore it with `git checkout -- utils/vocabularies`."
        )
    atomic.write(target, ranks)
    return target


def count(text: str, model_id: str) -> int:
    """Tokens of a text. Special tokens in it, such as `<|endoftext|>`, count as plain text."""
    return len(encoding_for(model_id).encode(text, disallowed_special=()))


def count_messages(messages: Iterable[Mapping[str, Any]], model_id: str) -> int:
    """Tokens of a list of text messages, with the overhead of the chat format.

    Args:
        messages: as for Chat Completions; `content` must be text.
        model_id: whose encoding counts.

    Raises:
        TokenizerError: for an unknown model, or a message whose content is not text.
    """
    total = PER_ANSWER
    for message in messages:
        content = message.get("content")
        if not isinstance(content, str):
            raise TokenizerError(
                f"Only text can be counted offline; this message has {type(content).__name__}: "
                f"{str(message)[:80]}"
            )
        total += PER_MESSAGE + count(message["role"], model_id) + count(content, model_id)
        if "name" in message:
            total += 1 + count(message["name"], model_id)
    return total


@dataclass(frozen=True, slots=True)
class Piece:
    """A token as it stands in a text.

    Attributes:
        id: its number in the vocabulary.
        bytes: its UTF-8 bytes; they need not be whole characters.
    """

    id: int
    bytes: bytes

    @property
    def text(self) -> str | None:
        """Its characters, None if it holds only a part of one."""
        try:
            return self.bytes.decode()
        except UnicodeDecodeError:
            return None


def pieces(text: str, encoding_name: str = "o200k_base") -> list[Piece]:
    """The tokens of a text, in order. Special tokens in it count as plain text.

    Args:
        text: what to cut into tokens.
        encoding_name: an encoding of tiktoken.

    Raises:
        TokenizerError: if the shipped vocabulary is damaged.
    """
    found = encoding(encoding_name)
    ids = found.encode(text, disallowed_special=())
    return [Piece(id, found.decode_single_token_bytes(id)) for id in ids]
