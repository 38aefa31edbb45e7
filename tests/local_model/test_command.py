"""`course local` as a program: one clear message for each thing that is wrong, and a clean end."""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import os
import signal
import socket
import subprocess
import sys
import textwrap
import threading
import time
from importlib import metadata
from pathlib import Path

import httpx2
import pytest

from utils.local_model import command, engine, weights
from utils.local_model.errors import NotEnoughMemory


def run(*options: str) -> int:
    parser = argparse.ArgumentParser(prog="course local")
    command.add_arguments(parser)
    return command.run(parser.parse_args(options))


def said_once(capsys) -> str:
    """The message on stderr: one, and without a traceback."""
    text = capsys.readouterr().err
    assert text.count("course local: ") == 1
    assert "Traceback" not in text
    return text


def test_a_busy_port_is_named_with_a_way_out(capsys):
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = busy.getsockname()[1]
        assert run("--port", str(port), "--offline") == 1
    assert f"Port {port} on 127.0.0.1 is in use" in said_once(capsys)


def test_connections_do_not_wait_to_fill_a_packet():
    """asyncio sets TCP_NODELAY only where the socket names its protocol."""
    with command.reserve_port(0) as bound:
        assert bound.proto == socket.IPPROTO_TCP


@pytest.mark.parametrize("port", ["70000", "-1"])
def test_a_number_that_is_no_port_is_refused(capsys, port):
    assert run(f"--port={port}", "--offline") == 1
    assert f"{port} is not a port" in said_once(capsys)


def test_missing_weights_without_a_network_say_how_to_get_them(capsys):
    assert run("--offline", "--port", "0") == 1
    assert "course local --download-only" in said_once(capsys)


def test_a_missing_extra_gives_the_command_before_anything_is_downloaded(capsys, monkeypatch):
    def missing(name: str) -> str:
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "version", missing)
    monkeypatch.setattr(weights, "fetch", lambda *_, **__: pytest.fail("downloaded"))
    assert run("--port", "0") == 1
    assert 'pip install -e ".[local]"' in said_once(capsys)


def test_check_without_a_server_says_how_to_start_it(capsys):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    assert run("--check", "--port", str(port)) == 1
    assert "Start the server in another terminal:  course local" in said_once(capsys)


def test_too_little_memory_names_the_need_and_the_way_out():
    with pytest.raises(NotEnoughMemory, match=r"needs 2\.40 GB.*has 1\.00 GB.*--size small"):
        engine.require_memory(2_400_000_000, "The model", "Try --size small.", free=10**9)
    engine.require_memory(2_400_000_000, "The model", "", free=3 * 10**9)


@pytest.fixture
def embedding_is_there(monkeypatch, tmp_path) -> None:
    monkeypatch.setattr(command, "_embedding", lambda *_: tmp_path / "embedding.gguf")


@pytest.mark.usefixtures("embedding_is_there")
def test_a_model_of_one_s_own_that_is_no_gguf_is_refused(capsys, tmp_path):
    own = tmp_path / "model.safetensors"
    own.write_bytes(b"not a model")
    assert run("--model", str(own), "--port", "0") == 1
    assert "model.safetensors is not a GGUF file" in said_once(capsys)


@pytest.mark.usefixtures("embedding_is_there")
def test_a_base_model_without_a_chat_template_is_refused(capsys, tmp_path):
    own = tmp_path / "base.gguf"
    own.write_bytes(b"GGUF" + (3).to_bytes(4, "little") + bytes(16))
    assert run("--model", str(own), "--port", "0") == 1
    assert "has no chat template" in said_once(capsys)


def test_the_facts_for_a_recording_say_what_answers(tmp_path):
    choice = command.Choice(
        chat_id="tiny-chat",
        chat_name="Tiny Q4",
        chat_path=tmp_path,
        chat_sha256="aa",
        template="{{ }}",
        template_sha256="bb",
        memory=1,
        embed_path=tmp_path,
    )
    facts = command.origin(dataclasses.replace(choice, template=None))
    expected = {
        "provider": "local",
        "chat_model": "tiny-chat",
        "model_name": "Tiny Q4",
        "weights_sha256": "aa",
        "template_sha256": "bb",
        "embed_weights_sha256": weights.EMBEDDING.gguf_sha256,
        "server": "xllamacpp",
        "note": "not an OpenAI model",
    }
    assert facts | expected == facts
    assert str(tmp_path) not in str(facts)


STUB = textwrap.dedent(
    """
    import argparse, sys, time
    from contextlib import contextmanager
    from pathlib import Path
    from utils.local_model import command, engine

    @contextmanager
    def stub(*_):
        try:
            if sys.argv[1] == "loading":
                print("LOADING", flush=True)
                time.sleep(60)
            yield engine.Upstream(*[f"http://127.0.0.1:{sys.argv[2]}"] * 2)
        finally:
            print("ENGINE STOPPED", flush=True)

    choice = command.Choice("tiny", "Tiny", Path("t"), "a", None, "b", 1, Path("e"))
    command.prepare = lambda *_, **__: choice
    real = command.serve
    command.serve = lambda *given: real(*given, start_engine=stub)
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    sys.exit(command.run(parser.parse_args(["--port", "0"])))
    """
)


@pytest.fixture
def silent_upstream():
    """The port of a server that takes requests and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
@pytest.mark.parametrize("moment", ["serving", "answering", "loading"])
@pytest.mark.parametrize(("sent", "code"), [("SIGINT", 130), ("SIGTERM", 0), ("SIGHUP", 0)])
def test_a_signal_ends_it_cleanly_and_the_engine_with_it(moment, sent, code, silent_upstream):
    root = str(Path(__file__).resolve().parents[2])
    with subprocess.Popen(
        [sys.executable, "-c", STUB, moment, str(silent_upstream)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": root},
    ) as process:
        try:
            assert process.stdout is not None
            wanted = "LOADING" if moment == "loading" else "READY"
            line = next(line for line in process.stdout if line.startswith(wanted))
            if moment != "loading":
                url = line.split()[1]
                assert httpx2.get(f"{url}/models", trust_env=False).status_code == 200
                if moment == "answering":
                    threading.Thread(target=_ask, args=(f"{url}/chat/completions",)).start()
                    time.sleep(1)
            process.send_signal(getattr(signal, sent))
            rest, errors = process.communicate(timeout=30)
        finally:
            process.kill()
    assert process.returncode == code
    assert "ENGINE STOPPED" in rest
    assert errors.strip() == "Stopped."


def _ask(url):
    """Ask, and take whatever comes when the server is stopped."""
    body = {"model": "tiny", "messages": [{"role": "user", "content": "Hi"}]}
    with contextlib.suppress(httpx2.TransportError):
        httpx2.post(url, json=body, timeout=30, trust_env=False)
