"""No key, cookie, organization or path of somebody's machine in any file of the repository."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.gates.gathered import COURSE, text_of, tracked_files
from utils.notebooks.lint import KEY, MACHINE_PATH

HEADER = re.compile(
    r"""["'](?:set-cookie|cookie|authorization|openai-organization|openai-project|cf-ray)["']\s*:""",
    re.IGNORECASE,
)
"""A header that is not to be stored, as a key of JSON."""

DATA = (".json", ".ipynb", ".md", ".txt", ".yml", ".yaml", ".toml", ".cfg", ".csv")
"""Endings of files that hold what was recorded or written, not code that handles such headers."""

MAY_HAVE_PATHS: dict[str, str] = {
    "tests/notebooks/test_lint.py": "shows paths that the rule has to find",
    "tests/notebooks/test_nbval.py": "shows a path that has to be cleaned",
    "tests/gates/test_no_secrets.py": "shows paths that the rule has to find",
}
"""Files in which paths of a machine are meant, with the reason."""

MAY_HAVE_KEYS: dict[str, str] = {
    "tests/notebooks/test_lint.py": "shows made-up keys that the rule has to find",
    "tests/gates/test_no_secrets.py": "shows made-up keys that the rule has to find",
}
"""Files in which something that looks like a key is meant, with the reason."""


def problems(name: str, text: str) -> list[str]:
    """What a file has that nobody should see."""
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        if name not in MAY_HAVE_KEYS and (hit := KEY.search(line)):
            found.append(f"{name}:{number} looks like a key: {hit[0][:12]}...")
        if name not in MAY_HAVE_PATHS and (hit := MACHINE_PATH.search(line)):
            found.append(f"{name}:{number} names a path of a machine: {line[hit.start() :][:40]}")
        if name.endswith(DATA) and (hit := HEADER.search(line)):
            found.append(f"{name}:{number} has a header that is not to be stored: {hit[0]}")
    return found


def test_no_file_has_a_secret() -> None:
    files = tracked_files()
    assert len(files) > 20
    found = [
        problem
        for path in files
        if (text := text_of(path)) is not None
        for problem in problems(path.relative_to(COURSE.root).as_posix(), text)
    ]
    assert not found, "\n".join(found)


def test_no_file_is_an_environment_or_a_key() -> None:
    names = {path.name for path in tracked_files()}
    assert not {name for name in names if name == ".env" or Path(name).suffix in (".pem", ".key")}


@pytest.mark.parametrize(
    "line",
    [
        "OPENAI_API_KEY=sk-proj-abcdefgh12345678",
        '"organization": "org-AbCdEfGhIjKl1234"',
        "Authorization: Bearer abcdefghijklmnopqrstuvwx",
        "-----BEGIN RSA PRIVATE KEY-----",
        'File "/home/ada/course/utils/client.py"',
        "/root/.cache/huggingface",
        "/Users/ada/course",
        r"C:\\Users\\ada",
        r"C:\Users\ada",
        "/tmp/ipykernel_17/1.py",
        '  "set-cookie": "__cf_bm=abc"',
        '"OpenAI-Organization": "user-abc"',
    ],
)
def test_each_kind_of_secret_is_found(line: str) -> None:
    assert problems("recordings/01_requests.json", f"one\n{line}\n")[0].startswith(
        "recordings/01_requests.json:2"
    )


@pytest.mark.parametrize(
    "line",
    [
        "OPENAI_API_KEY=sk-...",
        "a task-oriented-assistant-with-many-words",
        "https://example.com/home/page and ./home/x",
        "the root of the tree, src/root",
        "developers.openai.com/api/docs/Users/x",
        'print("Q:\\nA:\\n")',
    ],
)
def test_what_only_resembles_a_secret_is_left_alone(line: str) -> None:
    assert problems("docs/page.md", line) == []
