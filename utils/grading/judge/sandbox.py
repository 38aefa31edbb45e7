"""Where learners' code runs: the sandbox of bubblewrap, its limits, and the processes in it.

`Host.child()` gives a channel to a process that is ready for one submission:

* `WarmHost` starts one sandbox, and in it a process that has loaded everything and forks an
  isolated child for each submission (see `inside.isolation`),
* `OnceHost` starts a process for each submission, the next one while the last is being graded.
  It is used where the kernel lets a sandbox not be nested, and for `--no-sandbox`.

Only the interpreter, the system's libraries and copies of what a child needs are visible inside:
the worker, the modules and recordings that the cells of a chapter use. No exercise's cases, no
solutions, no other submission.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import sysconfig
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, Literal, Protocol, cast

from .channel import Channel, ChannelClosed, Garbage, Silent
from .cpu import cpu_seconds
from .memory_limit import end_tree, watch

START_SECONDS = 60.0
"""A sandbox must be ready after this time."""

FRESH_BYTES = 64 << 20
"""Of each folder in which a submission can write."""

HOME = "/learner"
"""Where the cells run, inside the sandbox."""

MEMORY_BYTES = 2 << 30
"""Memory that one process may reserve."""

TOGETHER_BYTES = 2 << 30
"""Memory that all processes of a submission together may hold."""

LIMITS = {
    "AS": MEMORY_BYTES,
    "CPU": 120,  # seconds, of each process
    "FSIZE": 32 << 20,
    "NOFILE": 256,
    "NPROC": 64,
    "CORE": 0,
    "MSGQUEUE": 0,
    "MEMLOCK": 1 << 20,
}
"""By the names of `resource`: bytes, seconds or a number."""

NOBODY = 65534

KNOWN_MODULES = ("matplotlib.pyplot", "numpy", "pandas", "tiktoken", "tenacity")
"""Loaded once for all submissions if one of them mentions it."""

_NEEDED = (
    "sse.py",
    "async_client.py",
    "scripted",
    "exercises/plain.py",
    "exercises/deadline.py",
    "exercises/leaving.py",
    "exercises/own_code.py",
    "exercises/playing.py",
    "exercises/restart.py",
    "grading/stub.py",
    "grading/judge/inside",
)
_LESSON_MODULES = (
    "addresses.py",
    "atomic.py",
    "bodies.py",
    "charges.py",
    "chat_session.py",
    "client.py",
    "costs.py",
    "image_sizes.py",
    "leaks.py",
    "model_ids.py",
    "models.py",
    "network.py",
    "recordings",
    "service_rules",
    "settings.py",
    "shop.py",
    "show",
    "syllabus.py",
    "tokens.py",
    "transport.py",
    "vocabularies",
    "watching.py",
)
"""What the cells of a lesson import from `utils`: nothing of it knows a case or a solution."""

_LESSON_FILES = ("chapters/data", "recordings", "syllabus.toml")
"""What the cells of a lesson read; it has the same place in the copy of the course."""

_SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/etc/fonts", "/etc/alternatives")
_SYSTEM_FILES = ("/etc/ld.so.cache", "/etc/localtime", "/etc/mime.types")
_START = "import sys; sys.path.insert(0, {!r}); from utils.grading.judge.inside.worker import main"

Way = Literal["sandbox", "none"]


class SandboxUnavailable(Exception):
    """Learners' code cannot be locked up here. The message says why and what to do."""


def require_bubblewrap() -> str:
    """The path of bubblewrap. Raises SandboxUnavailable with the line that installs it."""
    found = shutil.which("bwrap")
    if sys.platform.startswith("linux"):
        if found:
            return found
        raise SandboxUnavailable(
            "Grading runs the code of others, and bubblewrap, which locks it up, is not installed. "
            f"Install it with:  {install_line()}\n"
            "Or grade without it, trusting every submission:  course grade DIR --no-sandbox"
        )
    system = {"darwin": "macOS", "win32": "Windows"}.get(sys.platform, sys.platform)
    linux = "the Linux of WSL" if sys.platform == "win32" else "Linux, for instance in Docker"
    raise SandboxUnavailable(
        "Grading runs the code of others, and bubblewrap, which locks it up, does not exist on "
        f"{system}. Grade on {linux}, where `{install_line()}` installs it,\n"
        "or grade without it, trusting every submission:  course grade DIR --no-sandbox"
    )


def install_line() -> str:
    """The command that installs bubblewrap, by the package manager that is here."""
    managers = {
        "apt-get": "sudo apt-get install bubblewrap",
        "dnf": "sudo dnf install bubblewrap",
        "zypper": "sudo zypper install bubblewrap",
        "pacman": "sudo pacman -S bubblewrap",
        "apk": "sudo apk add bubblewrap",
    }
    for manager, line in managers.items():
        if shutil.which(manager):
            return line
    return managers["apt-get"]


# -- the course as the child sees it --------------------------------------------------------------


class CourseCopy:
    """A folder with the modules that the child needs, and nothing else of the course."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="course-grade-")
        self.path = Path(self._folder.name)
        self.path.chmod(0o755)
        source = Path(__file__).resolve().parents[2]
        target = self.path / "utils"
        ignore = shutil.ignore_patterns("__pycache__")
        for name in (*_NEEDED, *(n for n in _LESSON_MODULES if (source / n).exists())):
            to = target / name
            to.parent.mkdir(parents=True, exist_ok=True)
            if (source / name).is_dir():
                shutil.copytree(source / name, to, ignore=ignore)
            else:
                shutil.copyfile(source / name, to)
        shutil.copyfile(source / "grading/judge/inside/offline_course.py", target / "__init__.py")
        for package in ("exercises", "grading/judge"):
            (target / package / "__init__.py").write_text("")
        offline = "from utils import check, hint, progress, solution  # noqa: F401\n"
        (target / "grading" / "__init__.py").write_text(offline)
        for name in _LESSON_FILES:
            if (source.parent / name).is_dir():
                shutil.copytree(source.parent / name, self.path / name, ignore=ignore)
            elif (source.parent / name).is_file():
                shutil.copyfile(source.parent / name, self.path / name)
        for path in self.path.rglob("*"):
            path.chmod(0o755 if path.is_dir() else 0o644)

    def close(self) -> None:
        """Remove the folder."""
        self._folder.cleanup()


# -- bubblewrap -----------------------------------------------------------------------------------


def python_folders() -> list[Path]:
    """Folders of the interpreter and of the packages that a child imports."""
    folders = [Path(sys.base_prefix), Path(sys.prefix), Path(sys.base_exec_prefix)]
    folders += [Path(sysconfig.get_path(name)) for name in ("purelib", "platlib", "stdlib")]
    folders += [Path(os.path.realpath(sys.executable)).parent]
    folders += [Path(p) for p in package_paths()]
    kept: list[Path] = []
    for folder in sorted({*folders, *(f.resolve() for f in folders)}):
        inside = any(folder.is_relative_to(other) for other in (*kept, *map(Path, _SYSTEM)))
        if folder.is_dir() and not inside:
            kept.append(folder)
    return kept


def writable() -> list[str]:
    """Folders in which a submission can write. /tmp is none of them if Python lives there."""
    python = any(folder.is_relative_to("/tmp") for folder in python_folders())
    return [HOME] if python else [HOME, "/tmp"]


def package_paths() -> list[str]:
    """The folders from which this process imports what a child needs."""
    import httpx2
    import IPython
    import openai

    files = [module.__file__ for module in (openai, httpx2, IPython)]
    return list(dict.fromkeys(str(Path(file).parents[1]) for file in files if file))


def command(course: Path, *, as_root: bool) -> list[str]:
    """The command line of bubblewrap, up to the program to run."""
    made = [require_bubblewrap(), "--die-with-parent", "--new-session", "--clearenv"]
    made += ["--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts"]
    made += ["--unshare-cgroup-try", "--hostname", "grader"]
    if as_root:  # to become nobody inside, who is bound by a limit on processes
        made += ["--cap-drop", "ALL"]
        for capability in ("CAP_SETUID", "CAP_SETGID", "CAP_KILL"):
            made += ["--cap-add", capability]
    else:
        made += ["--unshare-user"]
    sized = ["--size", str(FRESH_BYTES)] if "--size" in _help() else []
    made += ["--proc", "/proc", "--dev", "/dev"]
    for folder in (HOME, "/tmp", "/dev/shm"):
        made += [*sized, "--perms", "1777", "--tmpfs", folder]
    folders = [Path(p) for p in _SYSTEM] + python_folders()
    parents: dict[Path, None] = {}
    for folder in folders:
        parents |= dict.fromkeys(reversed(folder.parents[:-1]))
    for parent in parents:
        if not any(parent.is_relative_to(f) for f in folders) and parent != Path("/tmp"):
            made += ["--dir", str(parent)]
    for folder in folders:
        if folder.is_symlink() and folder.parent == Path("/"):
            made += ["--symlink", os.readlink(folder), str(folder)]
        elif folder.is_dir():
            made += ["--ro-bind", str(folder), str(folder)]
    for file in _SYSTEM_FILES:
        made += ["--ro-bind-try", file, file]
    made += ["--ro-bind", str(course), "/course"]
    for name, value in environment(HOME).items():
        made += ["--setenv", name, value]
    return [*made, "--chdir", HOME, "--remount-ro", "/dev", "--remount-ro", "/"]


def _help() -> str:
    return subprocess.run(["bwrap", "--help"], capture_output=True, text=True, check=False).stdout


def environment(home: str) -> dict[str, str]:
    """Variables that the child has; no other."""
    from ...models import LIVE_CHAT_MODEL, LIVE_EMBED_MODEL

    return {
        "PATH": "/usr/bin:/bin",
        "HOME": home,
        "USER": "learner",
        "TMPDIR": home,
        "LANG": "C.UTF-8",
        "PYTHONUTF8": "1",
        "IPYTHONDIR": os.path.join(home, "ipython"),
        "MPLCONFIGDIR": os.path.join(home, "matplotlib"),
        "MPLBACKEND": "Agg",
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "PIP_NO_INDEX": "1",
        "OPENAI_API_KEY": "sk-simulated",
        "OPENAI_BASE_URL": "http://127.0.0.1:9/v1",
        "COURSE_MODE": "replay",
        "COURSE_PACE": "0",
        "COURSE_DATA_DIR": os.path.join(home, "course-data"),
        "GRADER_CHAT_MODEL": LIVE_CHAT_MODEL,
        "GRADER_EMBED_MODEL": LIVE_EMBED_MODEL,
    }


@dataclass
class Setting:
    """What all hosts of a batch share.

    `preload` names modules that every child finds loaded.
    """

    way: Way
    course: CourseCopy
    preload: list[str] = field(default_factory=list)

    @property
    def data(self) -> str | None:
        """The chapters' data folder as the child sees it."""
        folder = self.course.path / "chapters" / "data"
        if not folder.is_dir():
            return None
        return "/course/chapters/data" if self.way == "sandbox" else str(folder)

    def start(self, way: Literal["warm", "once"], **options: Any) -> subprocess.Popen[bytes]:
        """Start the worker: in the sandbox, or, without one, in a folder of its own."""
        sandboxed = self.way == "sandbox"
        root = sandboxed and os.getuid() == 0
        config = {
            "way": way,
            "sandboxed": sandboxed,
            "uid": NOBODY if root else None,
            "limits": LIMITS,
            "home": HOME,
            "fresh": writable(),
            "fresh_bytes": FRESH_BYTES,
            "preload": self.preload,
            "paths": package_paths(),
            "control": next(iter(options.get("pass_fds", ())), None),
        }
        course = Path("/course") if sandboxed else self.course.path
        python = [sys.executable, "-I", "-B", "-c", _START.format(str(course)) + "; main()"]
        python.append(json.dumps(config))
        if sandboxed:
            return _popen([*command(self.course.path, as_root=root), *python], **options)
        folder = Path(tempfile.mkdtemp(prefix="work-", dir=self.course.path))
        kept = {k: os.environ[k] for k in ("SYSTEMROOT", "TEMP", "TMP") if k in os.environ}
        env = kept | environment(str(folder))
        env["PATH"] = os.environ.get("PATH", env["PATH"])
        return _popen(python, cwd=folder, env=env, start_new_session=True, **options)


def _popen(arguments: list[str], **options: Any) -> subprocess.Popen[bytes]:
    return subprocess.Popen[bytes](arguments, **options)


def kill(process: subprocess.Popen[bytes]) -> None:
    """Kill a process with everything that it started, as far as that can be found."""
    if sys.platform.startswith("linux"):
        end_tree(process.pid)
    elif sys.platform != "win32":
        with contextlib.suppress(OSError):
            os.killpg(process.pid, signal.SIGKILL)
    with contextlib.suppress(OSError):
        process.kill()


def end(process: subprocess.Popen[bytes]) -> None:
    """Kill a process with everything that it started, and tidy up after it."""
    kill(process)
    process.wait()
    for stream in (process.stdin, process.stdout, process.stderr):
        if stream is not None:
            with contextlib.suppress(OSError):
                stream.close()


# -- hosts ----------------------------------------------------------------------------------------


class HostGone(Exception):
    """The sandbox itself ended; a new one has to be started."""


class Host(Protocol):
    """Gives processes for submissions, one after the other."""

    memory_exceeded: threading.Event

    def cpu_seconds(self) -> float:
        """CPU time that the processes in here have used so far, in seconds."""
        ...

    def child(self) -> Channel:
        """A channel to a fresh process; the one before ends. Raises HostGone."""
        ...

    def end_child(self) -> None:
        """End the process and everything it left behind."""
        ...

    def stop(self) -> None:
        """Kill every process, from any thread; `close` is still needed."""
        ...

    def close(self) -> None:
        """End everything."""
        ...


class WarmHost:
    """One sandbox whose warm process forks an isolated child for each submission.

    Raises SandboxUnavailable if the sandbox cannot start, and NotNested if it can, but the kernel
    refuses namespaces inside it.
    """

    def __init__(self, setting: Setting) -> None:
        ours, theirs = socket.socketpair()
        self._errors = cast(BinaryIO, tempfile.TemporaryFile())  # noqa: SIM115
        self._control = ours
        self._lines = ours.makefile("rb")
        self._channel: Channel | None = None
        self.memory_exceeded = threading.Event()
        try:
            self._process = setting.start(
                "warm",
                pass_fds=(theirs.fileno(),),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=self._errors,
            )
        finally:
            theirs.close()
        self._unwatch = watch(self._process.pid, TOGETHER_BYTES, self.memory_exceeded)
        ours.settimeout(START_SECONDS)
        try:
            told = self._told()
        except HostGone:
            reason = self._error()
            self.close()
            raise SandboxUnavailable(_cannot_start(reason)) from None
        if not told["ready"]:
            self.close()
            raise NotNested(told["trouble"])

    def _error(self) -> str:
        self._errors.seek(0)
        return self._errors.read().decode("utf-8", "replace").strip()

    def _told(self) -> dict[str, Any]:
        try:
            line = self._lines.readline()
            if line:
                return json.loads(line)
        except (OSError, ValueError):
            pass
        raise HostGone(f"the sandbox ended: {self._error() or 'no message'}")

    def child(self) -> Channel:
        self._drop()
        ours, theirs = socket.socketpair()
        try:
            socket.send_fds(self._control, [b"s"], [theirs.fileno()])
        except OSError as error:
            ours.close()
            raise HostGone(str(error)) from error
        finally:
            theirs.close()
        told = self._told()
        if not told["started"]:
            ours.close()
            raise HostGone(told["trouble"])
        self.memory_exceeded.clear()

        def close() -> None:
            with contextlib.suppress(OSError):
                ours.shutdown(socket.SHUT_RDWR)
            ours.close()

        self._channel = Channel(
            cast(BinaryIO, ours.makefile("rb")), cast(BinaryIO, ours.makefile("wb")), close
        )
        return self._channel

    def _drop(self) -> None:
        if self._channel is not None:
            self._channel.close()
            self._channel = None

    def cpu_seconds(self) -> float:
        return cpu_seconds(self._process.pid)

    def end_child(self) -> None:
        self._drop()
        try:
            self._control.sendall(b"k")
        except OSError as error:
            raise HostGone(str(error)) from error
        self._told()

    def stop(self) -> None:
        kill(self._process)

    def close(self) -> None:
        self._unwatch()
        self._drop()
        end(self._process)
        self._lines.close()
        self._control.close()
        self._errors.close()


class NotNested(Exception):
    """The kernel refuses namespaces inside the sandbox."""


def _cannot_start(reason: str) -> str:
    lines = reason.splitlines()
    shown = next((line for line in lines if line.startswith("bwrap:")), None)
    if shown is None:
        return f"The sandbox could not be started: {lines[-1] if lines else 'no message'}"
    return (
        f"bubblewrap is installed, but it cannot make a sandbox here ({shown}). It needs user "
        "namespaces: in a container start it with --security-opt seccomp=unconfined or "
        "--privileged; on Ubuntu 24.04 and later install the package apparmor-profiles, which "
        "allows bwrap; elsewhere see sysctl user.max_user_namespaces.\n"
        "Or grade without it, trusting every submission:  course grade DIR --no-sandbox"
    )


class OnceHost:
    """A process for each submission; the next one starts while the last is being graded."""

    def __init__(self, setting: Setting) -> None:
        self._setting = setting
        self.memory_exceeded = threading.Event()
        self._current: subprocess.Popen[bytes] | None = None
        self._channel: Channel | None = None
        self._unwatch = lambda: None
        self._next = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        return self._setting.start(
            "once",
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )

    def child(self) -> Channel:
        self.end_child()
        process = self._current = self._next
        self._next = self._start()
        assert process.stdin is not None
        assert process.stdout is not None
        channel = self._channel = Channel(
            cast(BinaryIO, process.stdout), cast(BinaryIO, process.stdin), lambda: None
        )
        self.memory_exceeded.clear()
        if sys.platform.startswith("linux"):
            self._unwatch = watch(process.pid, TOGETHER_BYTES, self.memory_exceeded)
        try:
            channel.receive(time.monotonic() + START_SECONDS)
        except (ChannelClosed, Silent, Garbage):
            self.end_child()
            raise HostGone("a process for a submission could not be started") from None
        return channel

    def cpu_seconds(self) -> float:
        return cpu_seconds(self._current.pid) if self._current is not None else 0.0

    def end_child(self) -> None:
        self._unwatch()
        self._unwatch = lambda: None
        if self._current is not None:
            if self._channel is not None:
                self._channel.close()
            end(self._current)
            self._current = self._channel = None

    def stop(self) -> None:
        for process in (self._current, self._next):
            if process is not None:
                kill(process)

    def close(self) -> None:
        self.end_child()
        end(self._next)


def open_host(setting: Setting) -> Host:
    """A host for this setting. Raises SandboxUnavailable."""
    if setting.way == "none":
        return OnceHost(setting)
    try:
        return WarmHost(setting)
    except NotNested:
        return OnceHost(setting)
