from __future__ import annotations

import lzma
import socket
from pathlib import Path

import pytest

from utils import models, tokens
from utils.tokens import TokenizerError, count, count_messages, encoding_for


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No network, an empty cache, nothing remembered."""

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a socket was opened")

    import tiktoken.registry

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", str(tmp_path))
    tiktoken.registry.ENCODINGS.clear()
    tokens.encoding.cache_clear()


def test_text_is_counted_without_a_network() -> None:
    assert count("Bonjour, tokens!", "gpt-6-luna") == 4
    assert count("<|endoftext|>", "gpt-6-luna") > 1


@pytest.mark.parametrize(
    ("model_id", "name"),
    [
        *((model.id, "o200k_base") for model in models.CHAT_MODELS),
        *((model.id, "cl100k_base") for model in models.EMBED_MODELS),
        ("gpt-5.2", "o200k_base"),
        ("o4-mini", "o200k_base"),
    ],
)
def test_the_encoding_of_every_model_of_the_course_is_known(model_id: str, name: str) -> None:
    assert encoding_for(model_id).name == name


def test_a_local_model_is_not_guessed() -> None:
    with pytest.raises(TokenizerError, match="OpenAI's models only"):
        encoding_for("qwen2.5-coder-1.5b-instruct")


def test_messages_carry_the_overhead_of_the_format() -> None:
    one = [{"role": "user", "content": "Hi"}]
    assert count_messages(one, "gpt-6-luna") == 3 + 3 + 1 + 1
    assert count_messages([{**one[0], "name": "ada"}], "gpt-6-luna") > 8
    with pytest.raises(TokenizerError, match="list"):
        count_messages([{"role": "user", "content": []}], "gpt-6-luna")


def test_a_spoiled_cache_is_mended(tmp_path: Path) -> None:
    file = tokens.unpack("cl100k_base", tmp_path)
    whole = file.read_bytes()
    file.write_bytes(whole[:-10])
    assert tokens.unpack("cl100k_base", tmp_path).read_bytes() == whole


@pytest.mark.parametrize("content", [b"", b"not xz", lzma.compress(b"other ranks")])
def test_a_damaged_vocabulary_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes
) -> None:
    (tmp_path / "cl100k_base.tiktoken.xz").write_bytes(content)
    monkeypatch.setattr(tokens, "FOLDER", tmp_path)
    with pytest.raises(TokenizerError, match=r"cl100k_base.*git checkout"):
        tokens.unpack("cl100k_base", tmp_path / "cache")
