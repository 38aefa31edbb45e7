"""Runs inside the sandbox: the cells of a submission, then its functions as often as asked.

It starts in one of two ways:

* `warm`: it loads what every submission needs, then forks an isolated child for each submission.
  Commands come over a control socket, one byte each; a child talks to the grader over a socket of
  its own, which arrives with the command.
* `once`: it serves one submission over its standard input and output, then ends.

Messages are JSON lines. It holds no case, no solution and no verdict: whatever a submission does to
this process, it can only send other requests and return other values.
"""

from __future__ import annotations

import contextlib
import gc
import io
import json
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, BinaryIO, NoReturn


class Pipe:
    """JSON lines from and to the grader."""

    def __init__(self, reader: BinaryIO, writer: BinaryIO) -> None:
        self._reader, self._writer = reader, writer
        self._lock = threading.Lock()
        self._number = 0
        self._process = os.getpid()

    def tell(self, **message: Any) -> None:
        self._writer.write(json.dumps(message).encode() + b"\n")
        self._writer.flush()

    def hear(self) -> dict[str, Any]:
        line = self._reader.readline()
        if not line:
            os._exit(0)
        return json.loads(line)

    def ask(self, **message: Any) -> dict[str, Any]:
        """Tell, and wait for the answer to this very message."""
        if os.getpid() != self._process:
            os._exit(0)  # a copy of this process, which the submission made
        with self._lock:
            self._number += 1
            number = self._number
            self.tell(**message, number=number)
            while (heard := self.hear()).get("number") != number:
                pass
            return heard


# -- loading --------------------------------------------------------------------------------------


def make_shell() -> Any:
    """IPython's shell without a kernel: magics, `await` in a cell, each cell a file of its own."""
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    config = Config()
    config.HistoryManager.enabled = False
    shell = InteractiveShell.instance(config=config)
    quiet = lambda *_, **__: None  # noqa: E731
    for name in ("showtraceback", "showsyntaxerror", "showindentationerror", "enable_gui"):
        setattr(shell, name, quiet)
    return shell


def load(preload: list[str]) -> None:
    """Load what the SDK loads with its first requests, and modules that submissions mention."""
    from utils.exercises.playing import Call, perform
    from utils.scripted import ScriptedAPI, says

    async def ask(client: Any) -> None:
        await client.responses.create(model="m", input="?")

    call = Call("ask", seconds=60).to_plain()
    perform(ask, call, ScriptedAPI([says("a")]), lambda *_: None)
    for name in preload:
        with contextlib.suppress(Exception):
            __import__(name)


# -- one submission -------------------------------------------------------------------------------


class CellRunner:
    """Runs cells in the shell and calls functions of the shell's namespace."""

    def __init__(self, pipe: Pipe, shell: Any) -> None:
        self.pipe, self.shell = pipe, shell
        self.current = 0

    def serve(self) -> NoReturn:
        from utils.exercises.deadline import TimeLimit

        first = self.pipe.hear()
        for name, text in first["files"].items():
            Path(name).write_text(text, encoding="utf-8")
        for name, target in first["links"].items():
            with contextlib.suppress(OSError):
                os.symlink(target, name)
        sys.path.insert(0, os.getcwd())
        together = TimeLimit(first["seconds"])
        for number, source in first["cells"]:
            self.pipe.tell(do="cell", cell=number)
            self._run_cell(number, source, min(first["cell_seconds"], together.left()))
        self.pipe.tell(do="ready")
        process = os.getpid()
        while True:
            self._call(self.pipe.hear(), process)

    def _run_cell(self, number: int, source: str, seconds: float) -> None:
        from utils.exercises.deadline import TimeLimit, TooSlow, within
        from utils.exercises.playing import describe

        if seconds <= 0:
            text = "it was not run, because the cells above had used up the time"
            self.pipe.tell(do="problem", cell=number, kind="", text=text)
            return
        limit = TimeLimit(seconds)
        try:
            result = within(limit, lambda: self._execute(source))
            error = result.error_before_exec or result.error_in_exec
        except TooSlow as late:
            error = late
        if error is None:
            return
        if isinstance(error, TooSlow):
            self.pipe.tell(do="problem", cell=number, kind="", text=limit.sentence())
            return
        failure = describe(error)
        told = {"kind": failure.name, "text": failure.message}
        told |= {"line": failure.line, "source": failure.source}
        if isinstance(error, SyntaxError):
            told = {"kind": type(error).__name__, "text": str(error.msg), "line": error.lineno}
            told |= {"source": (error.text or "").strip()[:300], "syntax": True}
        self.pipe.tell(do="problem", cell=number, **told)

    def _execute(self, source: str) -> Any:
        """Run a cell as a kernel does, inside a loop, so that it can start tasks.

        A script that brings a loop of its own (`asyncio.run`) runs outside.
        """
        if "asyncio.run(" in source:
            return self.shell.run_cell(source, store_history=True, silent=False)
        from IPython.core.async_helpers import get_asyncio_loop

        failed = None
        try:
            transformed = self.shell.transform_cell(source)
        except Exception:
            transformed, failed = source, sys.exc_info()
        return get_asyncio_loop().run_until_complete(
            self.shell.run_cell_async(
                source,
                store_history=True,
                silent=False,
                transformed_cell=transformed,
                preprocessing_exc_tuple=failed,
            )
        )

    def _call(self, order: Mapping[str, Any], process: int) -> None:
        from utils.exercises.plain import decode, encode
        from utils.exercises.playing import Outcome, perform
        from utils.grading.stub import is_stub
        from utils.scripted import AnsweredTransport, OffScript, Reply, SentRequest

        call = order["call"]
        self.current = serial = order["serial"]
        sent: list[SentRequest] = []

        def answer(request: SentRequest) -> Reply:
            if self.current != serial:
                raise OffScript("a request came after the function had ended")
            heard = self.pipe.ask(do="request", serial=serial, request=request.to_plain())
            sent.append(request)
            if "stop" in heard:
                raise OffScript(heard["stop"])
            if "error" in heard:
                raise RuntimeError(heard["error"])
            return Reply.from_plain(heard["reply"])

        def answer_spy(name: str, args: Any, kwargs: Any, at: float) -> Any:
            if self.current != serial:
                raise OffScript("a function was called after yours had ended")
            given = {"name": name, "args": encode(list(args)), "kwargs": encode(kwargs), "at": at}
            heard = self.pipe.ask(do="spy", serial=serial, **given)
            if "raises" in heard:
                raise error_like(*heard["raises"])
            return decode(heard["value"])

        function = self.shell.user_ns.get(call["function"])
        if function is not None and callable(function) and is_stub(function):

            def function(*_: Any, **__: Any) -> NoReturn:
                raise NotImplementedError

        transport = AnsweredTransport(answer)
        outcome = (
            perform(function, call, transport, answer_spy)
            if callable(function)
            else Outcome(missing=True)
        )
        self.current = 0
        if os.getpid() != process:
            os._exit(0)
        self.pipe.tell(
            do="done",
            alone=alone(),
            serial=serial,
            outcome=outcome.to_plain(),
            reads=[[request.parts_read, request.closed] for request in sent[:1000]],
            most_in_flight=transport.most_in_flight,
            sleeps=transport.clock.sleeps[:1000],
            now=transport.clock.latest,
        )


def alone() -> bool:
    """Whether no process that the submission started still runs, as far as this one can see."""
    if sys.platform == "win32":
        return True
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
        return False
    return True


def error_like(kind: str, text: str) -> Exception:
    """The built-in exception of that name, else a RuntimeError."""
    import builtins

    found = getattr(builtins, kind, None)
    if isinstance(found, type) and issubclass(found, Exception):
        with contextlib.suppress(TypeError):
            return found(text)
    return RuntimeError(text)


def silence() -> None:
    """Let the process read nothing and print nowhere."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(nothing, number)
    if nothing > 2:
        os.close(nothing)
    sys.stdin = io.StringIO()


# -- ways to start --------------------------------------------------------------------------------


def serve_once(config: Mapping[str, Any], shell: Any, pipe: Pipe) -> NoReturn:
    """Serve one submission in this very process."""
    if config["sandboxed"]:
        from . import isolation

        if config["uid"] is not None:
            isolation.become(config["uid"])
        isolation.limit(config["limits"])
        isolation.drop_privileges()
        isolation.refuse_system_calls()
    elif sys.platform != "win32":
        from . import isolation

        isolation.limit({k: v for k, v in config["limits"].items() if k != "NPROC"})
    CellRunner(pipe, shell).serve()


def serve_warm(config: Mapping[str, Any], shell: Any, control: socket.socket) -> None:
    """Fork an isolated child for each submission, one at a time.

    Commands: `s` and a socket starts a child, `k` ends it. Each is answered with one line.
    """
    from . import isolation

    isolation.adopt_orphans()
    gc.collect()
    gc.freeze()
    child: int | None = None
    trouble = ""
    try:
        child = _fork(config, lambda: os._exit(0))
        _end(child)
    except OSError as error:
        trouble = str(error) or type(error).__name__
    _answer(control, {"ready": not trouble, "trouble": trouble})
    child = None
    while True:
        command, handles, _, _ = socket.recv_fds(control, 1, 1)
        if not command:
            os._exit(0)
        _end(child)
        child = None
        if command == b"k":
            _answer(control, {"ended": True})
            continue
        link = socket.socket(fileno=handles[0])

        def serve(link: socket.socket = link) -> NoReturn:
            control.close()
            pipe = Pipe(link.makefile("rb"), link.makefile("wb"))
            CellRunner(pipe, shell).serve()

        try:
            child = _fork(config, serve)
            _answer(control, {"started": True})
        except OSError as error:
            _answer(control, {"started": False, "trouble": str(error)})
        link.close()


def _answer(control: socket.socket, message: Mapping[str, Any]) -> None:
    control.sendall(json.dumps(message).encode() + b"\n")


def _end(child: int | None) -> None:
    if child is not None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):
            os.waitpid(child, 0)


def _fork(config: Mapping[str, Any], serve: Callable[[], NoReturn]) -> int:
    """The process number of an isolated child that runs `serve`. Raises OSError.

    A process in between leaves the namespaces; its child is process 1 of the new ones.
    """
    from . import isolation

    here, there = os.pipe()
    between = os.fork()
    if between == 0:
        code = 1
        try:
            os.close(here)
            if config["uid"] is not None:
                isolation.become(config["uid"])
            isolation.new_namespaces()
            child = os.fork()
            if child == 0:
                _isolated(config, there, serve)
            os.write(there, f"child {child}\n".encode())
            code = 0
        except BaseException as error:
            os.write(there, f"trouble {error}\n".encode())
        finally:
            os._exit(code)
    os.close(there)
    with open(here, "rb") as reader:
        lines = [line.partition(" ") for line in reader.read().decode().splitlines()]
    said = {word: rest for word, _, rest in lines}
    os.waitpid(between, 0)
    if "trouble" in said or "child" not in said or "isolated" not in said:
        if "child" in said:
            _end(int(said["child"]))
        raise OSError(said.get("trouble", "the child ended while it was isolated"))
    return int(said["child"])


def _isolated(config: Mapping[str, Any], report: int, serve: Callable[[], NoReturn]) -> NoReturn:
    from . import isolation

    try:
        isolation.own_folders(config["fresh"], config["fresh_bytes"])
        os.setsid()  # a signal to the process group would reach the warm process
        os.mkdir(f"{config['home']}/work")
        os.chdir(f"{config['home']}/work")
        isolation.limit(config["limits"])
        isolation.drop_privileges()
        isolation.refuse_system_calls()
        os.write(report, b"isolated yes\n")
    except BaseException as error:
        os.write(report, f"trouble {error}\n".encode())
        os._exit(1)
    os.close(report)
    try:
        serve()
    finally:
        os._exit(1)


def main() -> None:
    """Start as the configuration in the first argument says (see `utils.grading.judge.host`)."""
    config = json.loads(sys.argv[1])
    sys.argv = ["grader"]
    sys.path.extend(path for path in config["paths"] if path not in sys.path)
    if config["way"] == "once":
        reader, writer = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
        silence()
        load(config["preload"])
        shell = make_shell()
        pipe = Pipe(reader, writer)
        pipe.tell(do="warm")
        serve_once(config, shell, pipe)
    control = socket.socket(fileno=config["control"])
    silence()
    load(config["preload"])
    serve_warm(config, make_shell(), control)
