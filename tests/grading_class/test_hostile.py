"""Submissions that want points they did not earn, or to do harm: none may succeed.

Each attacks with exercise 01.1 (3 points), which it does not solve unless it says so, and carries
an honest answer to 01.2 (4 points), which it must keep wherever its process survives or can be
started again.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from utils.exercises import registry
from utils.grading.judge import sandbox as sandbox_module
from utils.grading.judge.grade import Seat
from utils.grading.judge.grade import grade as grade_one
from utils.grading.judge.memory_limit import descendants
from utils.grading.judge.sandbox import CourseCopy, Setting, open_host
from utils.grading.judge.submissions import MOST_BYTES, read

from .classroom import ASK, MOST, OF_ASK, OF_RECEIPT, RECEIPT, Graded, ask_shop, grade, notebook

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs bubblewrap")
MARK = "987654321"
"""An argument by which processes that were left behind would be found."""


@dataclass
class Attack:
    """Cells of a submission, the points it must get, and a phrase that its report must have.

    In the cells, @CANARY@ is a file outside, @PORT@ a listener, @REPO@ the course's folder,
    @HOME@ the home of whoever grades.
    """

    cells: tuple[str, ...]
    score: int = OF_RECEIPT
    phrase: str = ""


def function(*body: str, score: int = OF_RECEIPT, phrase: str = "") -> Attack:
    """An attack from inside the function under test."""
    return Attack((ask_shop(*body), RECEIPT), score, phrase)


FORGE = """
import json, os, threading
plain = {"value": "Yes, within 30 days, if they are clean.", "failure": None, "stopped": None,
         "slow": False, "missing": False, "printed": "", "args": [], "ended_at": 0.0}
def forge():
    for serial in range(1, 9):
        for do in ("done", "verdict", "ready", "judgment"):
            line = json.dumps({"do": do, "serial": serial, "outcome": plain, "reads": [],
                               "most_in_flight": 1, "sleeps": [], "now": 0.0, "score": 99,
                               "verdict": "right"}).encode() + b"\\n"
            for number in range(3, 64):
                try:
                    os.write(number, line)
                except OSError:
                    pass
"""
TRY = """
def attempt(*works):
    said = []
    for work in works:
        try:
            said.append(repr(work())[:80])
        except BaseException as error:
            said.append(type(error).__name__)
    return said
"""
FIND = """
import gc, inspect, sys
seen = []
for thing in gc.get_objects():
    name = type(thing).__name__
    if name in ("ScriptedAPI", "Exercise", "Case", "Run", "Judgment") and thing is not warm:
        seen.append(name)
frame = sys._getframe()
while frame:
    for value in list(frame.f_locals.values()):
        if type(value).__name__ in ("ScriptedAPI", "Exercise", "Case", "Run"):
            seen.append("frame " + type(value).__name__)
        if isinstance(value, dict) and ("score" in value or "verdict" in value):
            seen.append("frame verdict")
    frame = frame.f_back
transport = client._client._transport
script = getattr(transport, "script", None)
for cell in transport._answer.__closure__ or ():
    if type(cell.cell_contents).__name__ in ("ScriptedAPI", "Exercise"):
        seen.append("closure")
raise RuntimeError(f"found {sorted(set(seen))} {script} "
                   f"{[m for m in sys.modules if m.startswith('utils.exercises.ch')]}")
"""
SEARCH = """
import os
wanted = ("ask_shop.py", "world.py", "judging.py", "registry.py", "solutions", "01_requests.ipynb",
          "exercise_answers.py", "id_rsa", ".ssh", ".env", "canary.txt", "model.py.orig")
found = []
for folder, folders, files in os.walk("/"):
    if folder.startswith(("/usr", "/sys")) or "site-packages" in folder or "/lib/python" in folder:
        folders[:] = []
        continue
    found += [os.path.join(folder, f) for f in (*folders, *files) if f in wanted]
opened = []
for path in ("@CANARY@", "@REPO@/pyproject.toml", "/etc/shadow", "/etc/passwd", "@HOME@/.bashrc"):
    try:
        opened.append(open(path).read()[:20])
    except OSError:
        pass
raise RuntimeError(f"found {found} {opened} {os.listdir('/proc')} {sorted(os.environ)[:1]}")
"""
DELETE = """
import os, shutil
folder = os.path.dirname("@CANARY@")
for path in ("@CANARY@", folder, "@REPO@", "/course", "/home", "@HOME@", "/etc", "/bin"):
    shutil.rmtree(path, ignore_errors=True)
    try:
        os.unlink(path)
    except OSError:
        pass
try:
    open("@CANARY@", "w").write("gone")
except OSError:
    pass
os.makedirs(os.path.dirname("@CANARY@"), exist_ok=True)
"""
CONNECT = """
import socket, urllib.request
def reach():
    with socket.create_connection(("127.0.0.1", @PORT@), timeout=1) as link:
        link.sendall(b"hello")
        return "reached"
def fetch():
    return urllib.request.urlopen("http://127.0.0.1:@PORT@/", timeout=1).status
def outside():
    return socket.create_connection(("1.1.1.1", 53), timeout=1)
def abstract():
    link = socket.socket(socket.AF_UNIX)
    link.connect("\\0course-test-@PORT@")
    return "reached"
raise RuntimeError(attempt(reach, fetch, outside, abstract))
"""
FILL = """
import os
written = 0
block = b"x" * (1 << 20)
for folder in (".", "/tmp", "/dev/shm", "/dev", "/", "/var/tmp", "/course", "/run", "/proc"):
    try:
        for number in range(400):
            with open(f"{folder}/fill-{number}", "wb") as file:
                for _ in range(30):
                    written += file.write(block)
    except OSError:
        pass
raise RuntimeError(f"wrote {written >> 20} MB, enough: {written > 200 << 20}")
"""
KERNEL = """
import ctypes, os, platform
libc = ctypes.CDLL(None, use_errno=True)
def call(name, *given):
    def work():
        if getattr(libc, name)(*given) == -1:
            raise OSError(ctypes.get_errno(), name)
        return "allowed"
    return work
def raw(number, *given):
    def work():
        if libc.syscall(number, *given) == -1:
            raise OSError(ctypes.get_errno(), "raw")
        return "allowed"
    return work
clone = 56 if platform.machine() == "x86_64" else 220
raise RuntimeError(attempt(
    call("unshare", 0x10000000), call("unshare", 0x00020000), call("setns", 0, 0),
    call("mount", b"none", b"/tmp", b"tmpfs", 0, None), call("umount2", b"/tmp", 2),
    call("ptrace", 16, 1, 0, 0), call("memfd_create", b"m", 0), call("shmget", 1, 1 << 20, 0o1600),
    raw(clone, 0x10000000 | 17, 0, 0, 0, 0), call("chroot", b"/tmp"), call("setuid", 0),
    call("sethostname", b"x", 1), lambda: open("/dev/mem"), lambda: os.mknod("d", 0o20600, 0x101),
))
"""
SIGNALS = """
import os, signal
for number in (os.getppid(), 0, 1, 2, 3, -1, *range(4, 3000)):
    if number != os.getpid():  # 0 is the process group, which must hold nobody else
        for kind in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.kill(number, kind)
            except OSError:
                pass
"""
LEAVE = f'''
import os, subprocess
subprocess.Popen(["sleep", "{MARK}"], start_new_session=True)
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.execv("/bin/sleep", ["sleep", "{MARK}"])
    os._exit(0)
'''
FOREVER = "while True:\n    pass"
FALSE = """
import builtins, json, openai
from openai.types.chat import ChatCompletion
"""
PATCHED_COURSE = (
    FALSE
    + """
import utils, utils.exercises.playing as playing, utils.exercises.plain as plain
import utils.exercises.deadline as deadline, utils.grading.stub as stub
import utils.grading.judge.inside.worker as worker
utils.check = lambda *_: type("V", (), {"score": 99, "max_score": 1, "verdict": "right"})()
stub.is_stub = lambda function: False
deadline.within = lambda limit, function: function()
plain.encode = lambda value, depth=0: "Yes, within 30 days, if they are clean."
real = playing.Outcome.to_plain
def lies(self):
    return {**real(self), "value": "right", "failure": None, "stopped": None, "score": 3,
            "verdict": "right", "passed": True}
playing.Outcome.to_plain = lies
playing.Wrong = Exception
"""
)
PATCHED_SDK = (
    FALSE
    + """
class Fake:
    choices = [type("C", (), {"message": type("M", (), {"content": "Yes."})()})()]
openai.resources.chat.completions.Completions.create = lambda self, **_: Fake()
"""
)
PATCHED_PYTHON = (
    FALSE
    + """
builtins.isinstance = lambda *_: True
builtins.len = lambda _: 1
builtins.Exception = BaseException
json.dumps = lambda *_, **__: '{"do": "done", "serial": 1, "score": 3}'
"""
)
EQUAL = """
class Equal(str):
    def __eq__(self, other): return True
    def __hash__(self): return 0
    def __contains__(self, other): return True
    def __getattr__(self, name): return self
    def model_dump(self, **_): return {"$object": "str", "fields": None}
return Equal("x")
"""
NEST = "x = []\nfor _ in range(100000):\n    x = [x]\nreturn x"
MANY = """
import os, select
for _ in range(6):
    if os.fork() == 0:
        held = bytearray(700 << 20)
        held[:: 4096] = b"x" * len(held[:: 4096])
        select.select([], [], [], 60)
select.select([], [], [], 60)
"""
FLOOD_CHANNEL = """
import os, threading
def flood():
    while True:
        for number in range(3, 32):
            try:
                os.write(number, b"x" * 65536)
            except OSError:
                pass
for _ in range(4):
    threading.Thread(target=flood, daemon=True).start()
"""
REQUESTS = """
import itertools
for number in itertools.count():
    try:
        client.chat.completions.create(model="m", messages=[])
    except BaseException:
        pass
"""
STRANGE = """
import httpx2
transport = client._client._transport
for body in (b"[" * 5000, b'{"messages": 3, "n": 1e999, "stream": "x", "input": {}}', b"\\xff"):
    for path in ("/chat/completions", "/../../etc/passwd", "/responses", "/embeddings"):
        try:
            transport.handle_request(httpx2.Request("POST", "http://a.invalid/v1" + path,
                                                    content=body))
        except BaseException:
            pass
"""
TIMES = """
transport = client._client._transport
transport.clock.latest = float("nan")
transport.clock.sleeps = [float("inf")] * 10
transport.most_in_flight = 10 ** 30
"""

ATTACKS: dict[str, Attack] = {
    "loop at the top": Attack((ASK, FOREVER, RECEIPT), MOST, "Cell 2: it was still running after"),
    "loop at the top that swallows": Attack(
        (ASK, "while True:\n    try:\n        while True: pass\n    except BaseException: pass",
         RECEIPT), MOST, "Cell 2: it was still running after"),
    "loop in the function": function(FOREVER, phrase="too slow"),
    "loop without an alarm": function(
        "import signal", "signal.setitimer = lambda *_: None", "signal.setitimer(0, 0)",
        "signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 64))", FOREVER, phrase="too slow"),
    "waits for a lock": function(
        "import threading", "lock = threading.Lock()", "with lock, lock:", "    pass",
        phrase="It was still waiting after 5 s, and was stopped"),
    "waits without an alarm": function(
        "import os, signal", "signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 64))",
        "os.read(os.pipe()[0], 1)", phrase="It was still waiting after 5 s, and was stopped"),
    "loop in C": function("return str(list(range(10**12)) if 0 else 7 ** (7 ** 10))"),
    "exit in the function": function("import os", "os._exit(0)", phrase="It called os._exit()"),
    "exit at the top": Attack((ASK, "import os\nos._exit(0)", RECEIPT), MOST, "Cell 2: it ended"),
    "sys.exit": function("raise SystemExit(0)", phrase="raised SystemExit"),
    "crash": function("import ctypes", "ctypes.string_at(0)", phrase="It ended the Python"),
    "forged results": Attack((FORGE, ask_shop("forge()", "return 'x'"), RECEIPT), -1),
    "forged before the call": Attack(
        (FORGE + "forge()", ask_shop("return 'x'"), RECEIPT), OF_RECEIPT),
    "forged by a thread": Attack(
        (FORGE, "def always():\n    while True:\n        forge()\n"
         "threading.Thread(target=always, daemon=True).start()", ask_shop("return 'x'"), RECEIPT),
        -1),
    "patched course": Attack((PATCHED_COURSE, ask_shop("return 'x'")), 0),
    "patched sdk": Attack((PATCHED_SDK, ask_shop(
        "return client.chat.completions.create().choices[0].message.content")), 0),
    "patched python": Attack((PATCHED_PYTHON, ask_shop("return 'x'")), 0),
    "equal to everything": function(EQUAL),
    "nested without end": function(NEST),
    "frames and garbage": Attack(
        ("warm = None", ask_shop(FIND), RECEIPT), OF_RECEIPT, "RuntimeError: found [] None []"),
    "reads tests and solutions": function(
        SEARCH, phrase="RuntimeError: found [] [] [] ['COURSE_DATA_DIR']"),
    "deletes": Attack((ASK + DELETE, RECEIPT), MOST),
    "network": Attack((TRY, ask_shop(CONNECT), RECEIPT), OF_RECEIPT,
        "'URLError', 'OSError', 'ConnectionRefusedError']"),
    "memory": function("x = bytearray(3 << 30)", "return str(len(x))", phrase="MemoryError"),
    "memory of many": function(MANY),
    "fork bomb": function("import os", "while True:\n    os.fork()"),
    "thread bomb": function(
        "import threading",
        "while True:\n    threading.Thread(target=threading.Event().wait).start()"),
    "flood of prints": Attack(
        (ASK, "for _ in range(20):\n    print('x' * 10_000_000)", "_ask = ask_shop",
         ask_shop("for _ in range(20):", "    print('x' * 10_000_000)",
                  "return _ask(client, instructions, question)"), RECEIPT), MOST),
    "leaves processes": Attack((ASK + LEAVE, RECEIPT, LEAVE), MOST),
    "signals": Attack((ASK, "_ask = ask_shop", ask_shop(
        SIGNALS, "return _ask(client, instructions, question)"), RECEIPT), MOST),
    "fills the disk": function(FILL, phrase="enough: False"),
    "asks the kernel": Attack((TRY, ask_shop(KERNEL), RECEIPT), OF_RECEIPT),
    "proc": Attack((TRY, ask_shop(
        "import os", "raise RuntimeError(attempt(lambda: os.listdir('/proc/self/fd'), "
        "lambda: open('/proc/1/environ').read(), lambda: os.readlink('/proc/self/exe'), "
        "lambda: open('/proc/self/mem', 'wb'), lambda: open('/proc/self/fd/3', 'wb')))"), RECEIPT),
        OF_RECEIPT, str(["FileNotFoundError"] * 5)),
    "floods the channel": Attack((ASK, RECEIPT, FLOOD_CHANNEL), -1),
    "requests without end": function(REQUESTS),
    "strange requests": function(STRANGE, "return 'x'"),
    "lies about time": function(TIMES, "return 'x'"),
    "markup": function(
        "raise RuntimeError('</pre><script>alert(1)</script>')", phrase="<script>alert(1)"),
    "links": Attack((ASK, "import os\nfor n, t in enumerate(['/', '/etc/passwd', '@CANARY@']):\n"
                     "    os.symlink(t, f'link{n}')", RECEIPT), MOST),
}  # fmt: skip
NAMES = (
    "=cmd|' -C calc'!A0",
    "‮txt.exe",
    "é",
    "é",
    "Ann",
    "ann",
    "..",
    "a\nb",
    "<script>alert(1)<script>",
    "con",
    "😀" * 40,
    "+1+1",
    "@SUM(1)",
    "ﬁle",
    "file",
)


class Outside:
    """What attacks may not touch: a file, and a server on this machine."""

    def __init__(self, folder: Path) -> None:
        self.canary = folder / "outside" / "canary.txt"
        self.canary.parent.mkdir()
        self.canary.write_text("alive")
        self.server = socket.create_server(("127.0.0.1", 0))
        self.port = self.server.getsockname()[1]
        self.local = socket.socket(socket.AF_UNIX)
        self.local.bind(f"\0course-test-{self.port}")
        self.local.listen()
        self.reached: list[str] = []
        for server in (self.server, self.local):
            threading.Thread(target=self._accept, args=(server,), daemon=True).start()

    def _accept(self, server: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                link, _ = server.accept()
                self.reached.append("somebody")
                link.close()

    def fill_in(self, cell: str) -> str:
        repo = Path(__file__).resolve().parents[2]
        made = cell.replace("@CANARY@", str(self.canary)).replace("@REPO@", str(repo))
        return made.replace("@PORT@", str(self.port)).replace("@HOME@", str(Path.home()))

    def close(self) -> None:
        self.server.close()
        self.local.close()


@pytest.fixture(scope="module")
def outside(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Outside]:
    made = Outside(tmp_path_factory.mktemp("hostile"))
    yield made
    made.close()


@pytest.fixture(scope="module")
def graded(
    tmp_path_factory: pytest.TempPathFactory, outside: Outside, sandbox: None, impatient: None
) -> Graded:
    folder = tmp_path_factory.mktemp("attacks") / "class"
    folder.mkdir()
    for name, attack in ATTACKS.items():
        cells = [outside.fill_in(cell) for cell in attack.cells]
        (folder / f"{name}.ipynb").write_text(notebook(*cells), encoding="utf-8")
    before = sandboxes()
    result = grade(folder, "--jobs", "2", "--seed", "3")
    result.left = sandboxes() - before
    return result


@pytest.mark.parametrize("name", ATTACKS)
def test_no_attack_gets_a_point_it_did_not_earn(graded: Graded, name: str):
    attack = ATTACKS[name]
    said = graded.words(name)
    if attack.score >= 0:
        assert graded[name]["score"] == attack.score, said
    else:  # it may spoil its own honest answers
        honest = MOST if ASK in attack.cells else OF_RECEIPT
        assert graded[name]["score"] <= honest, said
    assert attack.phrase in said, said


def test_no_attack_loses_the_batch(graded: Graded):
    assert graded.code == 0
    assert len(graded.content["submissions"]) == len(ATTACKS)
    for name in ATTACKS:
        assert (graded.out / "reports" / f"{graded[name]['safe']}.html").exists()


def test_nothing_outside_was_touched(graded: Graded, outside: Outside):
    assert outside.canary.read_text() == "alive"
    assert not outside.reached, "an attack reached a server on this machine"
    repo = Path(__file__).resolve().parents[2]
    assert (repo / "utils" / "grade_command.py").exists()


def test_the_kernel_refuses_what_it_was_asked(graded: Graded):
    assert "allowed" not in graded.words("asks the kernel")
    assert "PermissionError" in graded.words("asks the kernel")


def test_nothing_was_left_running(graded: Graded):
    assert not graded.left
    everywhere = [int(p.name) for p in Path("/proc").iterdir() if p.name.isdigit()]
    assert not [number for number in everywhere if MARK in _command(number)]


def sandboxes() -> set[int]:
    """Processes of sandboxes below this one."""
    return {number for number in descendants(os.getpid()) if "bwrap" in _command(number)}


def _command(number: int) -> str:
    try:
        return Path(f"/proc/{number}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


def test_reports_escape_what_a_submission_says(graded: Graded):
    page = (graded.out / "reports" / "markup.html").read_text("utf-8")
    assert "<script>" not in page
    assert "&lt;script&gt;alert(1)" in page


# -- one after the other --------------------------------------------------------------------------

STAIN = """
import builtins, os, sys
paths = [f"{folder}/stain" for folder in (".", "..", "/tmp", "/dev/shm", "/learner", "")]
stains = [path for path in paths if os.path.exists(path)]
stains += [n for n in ("STAIN",) if n in os.environ]
stains += [n for n, v in (("builtins", builtins), ("openai", __import__("openai")),
                          ("json", __import__("json"))) if hasattr(v, "stain")]
stains += [m for m in ("stain",) if m in sys.modules]
if os.getpgid(0) != os.getpid():
    stains.append("process group")
opened = []
for number in range(3, 200):
    try:
        opened.append(oct(os.fstat(number).st_mode))
    except OSError:
        pass
sockets = opened.count("0o140777")
if (sockets, len(opened)) != (3, 4):
    stains.append(opened)  # more than the channel to the grader and an event loop of one's own
for path in paths:
    try:
        open(path, "w").write("x")
    except OSError:
        pass
os.environ["STAIN"] = "1"
builtins.stain = __import__("openai").stain = __import__("json").stain = 1
sys.modules["stain"] = sys
if os.fork() == 0:
    while True:
        pass
"""


def test_a_submission_finds_nothing_of_the_one_before(seat: Seat, tmp_path: Path):
    path = tmp_path / "a.ipynb"
    says = ask_shop("raise RuntimeError(f'stains {stains}')")
    path.write_text(notebook(STAIN, says, SIGNALS), encoding="utf-8")
    submission = read(path, "a", tmp_path)
    for _ in range(3):
        made = grade_one(submission, [registry.get("01.1")], seat, seed=1, key="")
        assert "RuntimeError: stains []" in made.judgments[0].text


def test_all_processes_of_a_submission_share_one_limit_of_memory(
    sandbox: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(sandbox_module, "TOGETHER_BYTES", 256 << 20)
    monkeypatch.setattr(registry.get("01.1"), "seconds", 60.0)
    path = tmp_path / "a.ipynb"
    path.write_text(notebook(ask_shop(MANY), RECEIPT), encoding="utf-8")
    course = CourseCopy()
    seat = Seat(lambda: open_host(Setting("sandbox", course)), {})
    exercises = [registry.get("01.1"), registry.get("01.2")]
    try:
        made = grade_one(read(path, "a", tmp_path), exercises, seat, seed=1, key="")
    finally:
        seat.close()
        course.close()
    assert "It used more than 0.25 GiB of memory, and was stopped." in made.judgments[0].text
    assert made.judgments[1].verdict == "right"


def test_the_copy_of_the_course_holds_no_case_and_no_solution(seat: Seat):
    course = CourseCopy()
    try:
        names = [c.sentence for e in registry.every() for c in e.cases if len(c.sentence) > 20]
        for path in course.path.rglob("*"):
            if path.is_file() and path.suffix in (".py", ".ipynb", ".json", ".md"):
                text = path.read_text("utf-8", "replace")
                assert "BEGIN SOLUTION" not in text
                held = [name for name in names if name in text]
                assert not held, f"{path.name} holds the cases {held}"
    finally:
        course.close()


# -- files and names ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def strange(tmp_path_factory: pytest.TempPathFactory, outside: Outside, sandbox: None) -> Graded:
    folder = tmp_path_factory.mktemp("strange") / "class"
    folder.mkdir()
    broken = {
        "empty": b"",
        "garbage": bytes(range(256)),
        "deep": b'{"cells": ' + b"[" * 200_000,
        "list": b"[1, 2]",
        "number": b'{"cells": 7}',
        "cells": b'{"cells": [7, {"cell_type": "code", "source": {"a": 1}}, null]}',
        "surrogate": rb'{"cells": [{"cell_type": "code", "source": ["x = \"\ud800\"", 7]}]}',
        "code": notebook("#" * 3_000_000).encode(),
    }
    for name, content in broken.items():
        (folder / f"{name}.ipynb").write_bytes(content)
    with open(folder / "huge.ipynb", "wb") as file:
        file.truncate(MOST_BYTES + 1)
    os.mkfifo(folder / "pipe.ipynb")
    (folder / "link.ipynb").symlink_to(outside.canary)
    (folder / "link to a folder").symlink_to(outside.canary.parent, target_is_directory=True)
    (folder / "loop.ipynb").symlink_to("loop.ipynb")
    student = folder / "student"
    student.mkdir()
    (student / "work.ipynb").write_text(notebook(ASK))
    (student / "out.ipynb").symlink_to(outside.canary)
    (student / "up").symlink_to("..", target_is_directory=True)
    (folder / "nothing").mkdir()
    (folder / "good.ipynb").write_text(notebook(ASK, RECEIPT))
    for name in NAMES:
        (folder / f"{name}.py").write_text(f"# {name!r}\n")
    with open(os.fsencode(folder) + b"/\xff\xfe.py", "wb") as file:
        file.write(b"x = 1\n")
    return grade(folder, "--jobs", "1")


@pytest.mark.parametrize(
    ("name", "phrase"),
    [
        ("empty", "it is not a notebook: it is empty"),
        ("garbage", "its text is not UTF-8"),
        ("deep", "its JSON is broken"),
        ("list", "it has no list of cells"),
        ("number", "it has no list of cells"),
        ("code", "it holds more than 2,000,000 characters of code"),
        ("huge", "it is larger than 25 MB"),
        ("pipe", "it is not an ordinary file"),
        ("link", "a link that leads out of the folder"),
        ("link to a folder", "a link that leads out of the folder"),
        ("loop", "a link that leads nowhere"),
        ("nothing", "it holds no notebook"),
    ],
)
def test_what_cannot_be_read_gets_no_points_and_a_reason(strange: Graded, name: str, phrase: str):
    assert strange[name]["score"] == 0
    assert phrase in strange.words(name)


def test_the_rest_of_the_batch_is_graded(strange: Graded):
    assert strange.code == 0
    assert strange["good"]["score"] == MOST
    assert strange["student"]["files"] == ["work.ipynb"]
    assert strange.scores("student") == [OF_ASK, 0]
    assert "alive" not in (strange.out / "grades.json").read_text("utf-8")


def test_every_name_gets_files_of_its_own_inside_the_folder(strange: Graded):
    safe = [s["safe"] for s in strange.content["submissions"]]
    assert len({s.casefold() for s in safe}) == len(safe)
    for name in safe:
        assert not set(name) & set('/\\\0\n\r:*?"<>|=+@'), name
        assert len(name.encode()) < 120
        assert (strange.out / "reports" / f"{name}.html").is_file()
    made = {p.resolve().parent.name for p in strange.out.rglob("*") if p.is_file()}
    assert made == {"class-grades", "reports", "gradescope", "results"}


def test_names_can_be_seen_and_are_no_formulas(strange: Graded):
    table = (strange.out / "grades.csv").read_text("utf-8")
    names = [line.partition(",")[0].strip('"') for line in table.splitlines()]
    assert not [n for n in names if n.startswith(("=", "+", "@", "-"))]
    assert "\\u202etxt.exe" in table
    index = (strange.out / "index.html").read_text("utf-8")
    assert "<script>" not in index
    assert "\u202e" not in index


def test_results_are_written_even_over_a_link(tmp_path: Path, outside: Outside, sandbox: None):
    folder = tmp_path / "class"
    folder.mkdir()
    (folder / "a.py").write_text("x = 1\n")
    out = tmp_path / "class-grades"
    out.mkdir()
    (out / "grades.csv").symlink_to(outside.canary)
    grade(folder)
    assert outside.canary.read_text() == "alive"
    assert not (out / "grades.csv").is_symlink()
    shutil.rmtree(out)
