"""`python -m utils COMMAND`: set everything up, then run `course COMMAND`.

Needs nothing but Python: it makes .venv, installs the locked packages that the command needs, and
hands over to the `course` command inside. In an environment of your own (conda, Binder, a venv that
you made), it installs into that one. Make only calls this, and Windows needs no make.

On POSIX the `course` command takes this process's place, so that a signal reaches it.
"""

import hashlib
import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OLDEST = (3, 11)
NEEDS = {
    "local": "local.txt",
    "record": "local.txt",
    "site": "all.txt",
    "test": "all.txt",
    "bench": "all.txt",
}
"""The lock file that a command needs; all others need course.txt."""


def main(arguments):
    """Set up, then run the command; returns its exit code."""
    if sys.version_info < OLDEST:
        say(
            "This course needs Python {}.{} or newer; this is Python {}.{}. Install one, then name "
            "it: make lab PYTHON=python3.12".format(*OLDEST, *sys.version_info[:2])
        )
        return 1
    from . import child_process  # not before: a Python that is too old cannot read it

    lock = ROOT / "requirements" / NEEDS.get(arguments[0] if arguments else "", "course.txt")
    python = Path(sys.executable)
    try:
        with child_process.terminable():  # pip ends with this process
            python = environment()
            install(python, lock)
    except child_process.Terminated as ended:
        return 128 + ended.signal
    except KeyboardInterrupt:
        return 130
    except subprocess.CalledProcessError as error:
        say(
            "Setting up failed (exit code {}); what went wrong stands above. Without a network, "
            "nothing can be installed. To start afresh, delete {} and call this again.".format(
                error.returncode, python.parent.parent
            )
        )
        return 1
    call = [str(python), "-m", "utils.cli", *arguments]
    variables = dict(os.environ, PATH=str(python.parent) + os.pathsep + os.environ.get("PATH", ""))
    if os.name == "posix":
        os.chdir(str(ROOT))
        os.execve(call[0], call, variables)
    return child_process.run(call, cwd=str(ROOT), env=variables)


def environment():
    """The Python to install into: the environment that is active, or .venv, made if missing."""
    own = sys.prefix != sys.base_prefix or os.environ.get("CONDA_PREFIX") == sys.prefix
    if own or os.environ.get("COURSE_THIS_PYTHON"):
        return Path(sys.executable)
    folder = ROOT / ".venv"
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not python.exists():
        say("Making .venv ...")
        made = subprocess.call([sys.executable, "-m", "venv", "--clear", str(folder)])
        if made:
            say("Python could not make .venv. On Debian and Ubuntu: apt install python3-venv")
            raise SystemExit(made)
    return python


def install(python, lock):
    """Install the locked packages, unless they are there already; then the course itself."""
    marks = Path(
        subprocess.check_output(
            [str(python), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], text=True
        ).strip()
    )
    mark = marks / "openai-api-course.{}.installed".format(lock.stem)
    wanted = hashlib.sha256(lock.read_bytes() + (ROOT / "pyproject.toml").read_bytes()).hexdigest()
    wanted += " " + str(ROOT)
    larger = ["course.txt", "local.txt", "all.txt"]
    for name in larger[larger.index(lock.name) :]:
        there = marks / "openai-api-course.{}.installed".format(name[:-4])
        if there.exists() and there.read_text("utf-8") == wanted:
            return
    packages = sum(1 for line in lock.read_text("utf-8").splitlines() if "==" in line)
    say("Installing {} locked packages; the first time takes a minute or two ...".format(packages))
    started = time.time()
    pip = [str(python), "-m", "pip", "--disable-pip-version-check", "--quiet", "install"]
    subprocess.check_call([*pip, "--require-hashes", "-r", str(lock)])
    subprocess.check_call([*pip, "--no-deps", "--no-build-isolation", "-e", str(ROOT)])
    mark.write_text(wanted, "utf-8")
    say("Installed in {:.0f} s.".format(time.time() - started))


def say(text):
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
