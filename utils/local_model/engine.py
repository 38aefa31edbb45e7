"""Run llama.cpp: one server for chat, one for embeddings, on random ports of 127.0.0.1."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib import import_module, metadata
from pathlib import Path
from typing import Any

from .errors import LocalModelError, MissingExtra, NotEnoughMemory
from .weights import human

HOST = "127.0.0.1"
CHAT_CONTEXT = 4096
"""Tokens that one request can use, prompt and answer together."""

CHAT_SLOTS = 4
"""Requests answered at once, and the largest `n`."""

EMBED_CONTEXT = 512
"""Tokens of one text to embed."""

PROMPT_CACHE_MIB = 256
SERVER = "xllamacpp"


@dataclass(frozen=True, slots=True)
class Upstream:
    """Where the two servers listen: URLs without `/v1`."""

    chat: str
    embed: str


def server_version() -> str:
    """Version of the installed xllamacpp.

    Raises:
        MissingExtra: it is not installed.
    """
    try:
        return metadata.version(SERVER)
    except metadata.PackageNotFoundError:
        raise MissingExtra(SERVER) from None


def free_memory() -> int:
    """Bytes that a new process can use: the machine's, or the container's where that is less."""
    import psutil

    free = psutil.virtual_memory().available
    limit, used = Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory.current")
    with suppress(OSError, ValueError):  # there is no such file, or no limit, outside a container
        free = min(free, int(limit.read_text()) - int(used.read_text()))
    return free


def require_memory(needed: int, model: str, advice: str, free: int | None = None) -> None:
    """Check that the machine has room for the model.

    Args:
        needed: bytes.
        model: what it is called, for the message.
        advice: what to do otherwise, for the message.
        free: bytes that are free, for tests; None measures them.

    Raises:
        NotEnoughMemory: fewer bytes are free.
    """
    free = free_memory() if free is None else free
    if free < needed:
        raise NotEnoughMemory(
            f"{model} needs {human(needed)} of free memory, this machine has {human(free)}. "
            f"{advice}"
        )


def _parameters(xllamacpp: Any, path: Path, threads: int) -> Any:
    parameters = xllamacpp.CommonParams()
    parameters.model.path = str(path)
    parameters.hostnames = [HOST]
    parameters.port = 0
    parameters.cpuparams.n_threads = threads
    parameters.cpuparams_batch.n_threads = threads
    parameters.use_jinja = True
    parameters.offline = True
    parameters.ui = False
    parameters.endpoint_slots = False
    parameters.verbosity = 1
    parameters.cache_ram_mib = PROMPT_CACHE_MIB
    return parameters


@contextmanager
def running(
    chat: Path, embed: Path, template: str | None, threads: int | None = None
) -> Iterator[Upstream]:
    """Both servers, until the block ends.

    Args:
        chat: GGUF file of the chat model.
        embed: GGUF file of the embedding model.
        template: Jinja text of the chat template; None leaves the model its own.
        threads: threads of each server; None takes one a core, at most eight.

    Raises:
        MissingExtra: xllamacpp is not installed.
        LocalModelError: llama.cpp refuses a file.
    """
    try:
        xllamacpp: Any = import_module(SERVER)
    except ImportError as error:
        raise MissingExtra(SERVER) from error

    threads = threads or min(8, os.cpu_count() or 2)
    for_chat = _parameters(xllamacpp, chat, threads)
    for_chat.n_parallel = CHAT_SLOTS
    for_chat.n_ctx = CHAT_CONTEXT * CHAT_SLOTS
    if template is not None:
        for_chat.chat_template = template
    for_embed = _parameters(xllamacpp, embed, threads)
    for_embed.embedding = True
    for_embed.n_parallel = 1
    for_embed.n_ctx = for_embed.n_batch = for_embed.n_ubatch = EMBED_CONTEXT
    servers = []
    try:
        for path, parameters in ((chat, for_chat), (embed, for_embed)):
            try:
                servers.append(xllamacpp.Server(parameters))
            except Exception as error:  # a C++ exception, of whatever type the binding makes
                raise LocalModelError(
                    f"llama.cpp cannot load {path}: {error}. "
                    f"If it is a model of your own, try it with llama.cpp itself."
                ) from error
        yield Upstream(servers[0].listening_address, servers[1].listening_address)
    finally:
        servers.clear()  # their destructors end the servers' threads
