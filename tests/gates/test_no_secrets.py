"""No key, cookie, organization or path of somebody's machine in any file of the repository.

What counts as one is written in `utils/leaks.py`. Recordings and notebooks are read decoded: in
JSON, a line break is the two characters `\\n`, which would hide the key behind it.
"""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path

import pytest

from tests.gates.gathered import COURSE, text_of, tracked_files
from utils import leaks
from utils.sse import encode

HEADER = re.compile(
    rf"""["'](?:{"|".join(sorted(leaks.PRIVATE_FIELDS))})["']\s*:\s*["'][^"'.]""", re.IGNORECASE
)
"""A header that is not to be stored, as a key of JSON with a value."""

DATA = (".json", ".ipynb", ".md", ".txt", ".yml", ".yaml", ".toml", ".cfg", ".csv")
"""Endings of files that hold what was recorded or written, not code that handles such headers."""

MAY_HAVE_PATHS: dict[str, str] = {
    "tests/notebooks/test_lint.py": "shows paths that the rule has to find",
    "tests/notebooks/test_nbval.py": "shows a path that has to be cleaned",
    "tests/gates/test_no_secrets.py": "shows paths that the rule has to find",
    "tests/core/test_leaks.py": "shows paths that the rules have to find",
}
"""Files in which paths of a machine are meant, with the reason."""

MAY_HAVE_KEYS: dict[str, str] = {
    "tests/notebooks/test_lint.py": "shows made-up keys that the rule has to find",
    "tests/gates/test_no_secrets.py": "shows made-up keys that the rule has to find",
    "utils/exercises/ch04/survive_tools.py": "shows a made-up password that a tool may not tell",
    "tests/core/test_leaks.py": "shows made-up keys that the rules have to find",
    "tests/core/test_addresses.py": "shows a made-up password that may not be stored",
}
"""Files in which something that looks like a key is meant, with the reason."""

MAY_HAVE = {"path": MAY_HAVE_PATHS, "key": MAY_HAVE_KEYS, "address": MAY_HAVE_KEYS}
"""The same by the kind of leak."""


def problems(name: str, text: str) -> list[str]:
    """What a file has that nobody should see."""
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        found += [(leak, f"{name}:{number} {leak}") for leak in leaks.in_text(line)]
        if name.endswith(DATA) and (hit := HEADER.search(line)):
            found.append((leaks.Leak("field", ""), f"{name}:{number} has a header: {hit[0]}"))
    if name.endswith((".json", ".ipynb")):
        found += [(leak, f"{name} {leak}") for leak in decoded(text)]
    return [told for leak, told in found if name not in MAY_HAVE.get(leak.kind, {})]


def decoded(text: str) -> list[leaks.Leak]:
    """What a file of JSON has in its texts; of a recording, also in its streams."""
    try:
        content = json.loads(text)
    except ValueError:
        return []
    found = [*leaks.in_value(content)]
    interactions = content.get("interactions") if isinstance(content, dict) else None
    for number, each in enumerate(interactions or []):
        events = (each.get("response") or {}).get("events") or []
        found += [
            leaks.Leak(leak.kind, leak.what, f"interactions[{number}].{leak.place}")
            for leak in leaks.in_stream([text for _, text in events])
        ]
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


SECRET = "sk-proj-abcdefgh12345678"
CODED = base64.b64encode(SECRET.encode()).decode()


def recorded(**response: object) -> str:
    """A recording with one answer, as text."""
    return json.dumps({"interactions": [{"request": {}, "response": response}]})


@pytest.mark.parametrize(
    "text",
    [
        recorded(text=f"my key:\n{SECRET}"),
        recorded(json={"a": [f"tab\t{SECRET}"]}),
        recorded(json={"arguments": json.dumps({"command": f"export X=\n{SECRET}"})}),
        recorded(text="--BOUNDARY\r\n\r\n/home/ada/notes\r\n--BOUNDARY--"),
        recorded(base64=base64.b64encode(b"\xff\xfe\x00" + SECRET.encode()).decode()),
        recorded(
            json={"url": "data:text/plain;base64," + base64.b64encode(SECRET.encode()).decode()}
        ),
        recorded(
            events=[
                [n, encode({"choices": [{"index": 0, "delta": {"content": piece}}]}).decode()]
                for n, piece in enumerate([SECRET[:5], SECRET[5:12], SECRET[12:]])
            ]
        ),
        recorded(
            events=[
                [n, encode({"type": "response.output_text.delta", "delta": piece}).decode()]
                for n, piece in enumerate(SECRET)
            ]
        ),
    ],
)
def test_a_secret_is_found_in_whatever_form_it_is(text: str) -> None:
    name = "recordings/01_requests.json"
    assert any(told.startswith(name) for told in problems(name, text))
