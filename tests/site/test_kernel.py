"""The page's kernel, run by this Python: it does not know the browser."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import markdown
import pytest
from IPython.lib import pretty

from utils.settings import ROOT

Run = Callable[..., tuple[list[str], list[dict[str, Any]]]]

HARNESS = """
import ast, asyncio, json, sys

out = sys.stdout
cells = json.loads(sys.argv[1])


async def evaluate(source, namespace, filename):
    flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    tree = ast.parse(source, filename)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    waiting = eval(compile(tree, filename, "exec", flags), namespace)
    if waiting is not None:
        await waiting
    if last is None:
        return None
    value = eval(compile(ast.Expression(last.value), filename, "eval", flags), namespace)
    return await value if asyncio.iscoroutine(value) else value


sent = []
from course_kernel import Kernel
import IPython

kernel = Kernel(sent.append, evaluate)


async def main():
    return [await kernel.run(cell) for cell in cells]


statuses = asyncio.run(main())
out.write(json.dumps([statuses, sent]))
"""


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Runs cells in a Python that has only what a page has.

    Gives what became of each cell, and what was sent.
    """
    folder = tmp_path_factory.mktemp("page")
    shutil.copytree(ROOT / "docs" / "page_kernel", folder, dirs_exist_ok=True)
    shutil.copytree(Path(markdown.__file__).parent, folder / "markdown")
    (folder / "IPython" / "lib").mkdir()
    shutil.copy(str(pretty.__file__), folder / "IPython" / "lib")
    (folder / "harness.py").write_text(HARNESS, encoding="utf-8")

    def run(*cells: str) -> tuple[list[str], list[dict[str, Any]]]:
        sources = json.dumps([textwrap.dedent(cell) for cell in cells])
        # -S leaves out everything that is installed.
        call = [sys.executable, "-S", str(folder / "harness.py"), sources]
        done = subprocess.run(call, capture_output=True, text=True, env={})
        assert done.returncode == 0, done.stderr
        statuses, sent = json.loads(done.stdout)
        return statuses, sent

    return run


def test_a_cells_last_value_is_shown_and_names_stay(run: Run) -> None:
    statuses, sent = run("x = 20", "print('hi')\nx + 1", "_ + 1")
    assert statuses == ["ok", "ok", "ok"]
    assert sent[0] == {"kind": "stream", "name": "stdout", "text": "hi"}
    shown = [message["data"]["text/plain"] for message in sent if message["kind"] == "display"]
    assert shown == ["21", "22"]


def test_top_level_await_works(run: Run) -> None:
    statuses, sent = run("import asyncio\nawait asyncio.sleep(0)\nx = 1", "x")
    assert statuses == ["ok", "ok"]
    assert sent[-1]["data"]["text/plain"] == "1"


def test_an_error_shows_the_cells_own_line(run: Run) -> None:
    statuses, sent = run("def f():\n    return 1 / 0\n\nf()")
    assert statuses == ["error"]
    assert sent[-1]["line"] == 2
    assert "ZeroDivisionError" in sent[-1]["text"]
    assert "return 1 / 0" in sent[-1]["text"]
    assert "course_kernel" not in sent[-1]["text"]


def test_an_exception_with_its_own_words_is_shown_by_them(run: Run) -> None:
    _, sent = run(
        """
        class Missing(Exception):
            def _render_traceback_(self):
                return ["Missing: no answer", "do this"]
        raise Missing()
        """
    )
    assert sent[-1]["text"] == "Missing: no answer\ndo this"


def test_a_missing_package_is_named_and_cells_built_on_it_say_so(run: Run) -> None:
    statuses, sent = run(
        "import matplotlib.pyplot as plt\nfigure = plt.figure()",
        "figure.show()",
        "print('goes on')",
    )
    assert statuses == ["unavailable", "unavailable", "ok"]
    said = [message for message in sent if message["kind"] == "unavailable"]
    assert "needs matplotlib" in said[0]["text"]
    assert "builds on one that needs matplotlib" in said[1]["text"]


def test_a_name_that_was_never_defined_is_an_ordinary_error(run: Run) -> None:
    statuses, _ = run("nonsense")
    assert statuses == ["error"]


def test_ipython_commands_are_named(run: Run) -> None:
    statuses, sent = run("%timeit 1 + 1")
    assert statuses == ["unavailable"]
    assert "%timeit 1 + 1" in sent[-1]["text"]


def test_a_percent_sign_in_python_is_no_command(run: Run) -> None:
    statuses, _ = run('text = """\n%d"""', "5 \\\n% 3")
    assert statuses == ["ok", "ok"]


def test_html_markdown_and_updates_are_sent(run: Run) -> None:
    statuses, sent = run(
        """
        from IPython.display import HTML, Markdown, clear_output, display
        display(HTML("<b>x</b>"))
        handle = display("one", display_id=True)
        handle.update("two")
        clear_output(wait=True)
        Markdown("**bold**")
        """
    )
    assert statuses == ["ok"]
    assert sent[0]["data"]["text/html"] == "<b>x</b>"
    assert sent[1]["id"] == sent[2]["id"]
    assert (sent[1]["kind"], sent[2]["kind"]) == ("display", "update")
    assert sent[3] == {"kind": "clear", "wait": True}
    assert sent[4]["data"]["text/html"] == "<p><strong>bold</strong></p>"


def test_input_is_refused_with_a_reason(run: Run) -> None:
    statuses, sent = run("input('?')")
    assert statuses == ["error"]
    assert "cannot ask for input" in sent[-1]["text"]


def test_libraries_find_the_shell_they_ask_for(run: Run) -> None:
    statuses, sent = run(
        "import IPython\nshell = IPython.get_ipython()\n"
        "['shell' in shell.user_ns, shell.user_ns['_ih'][-1][:6], shell.transform_cell('a')]"
    )
    assert statuses == ["ok"], sent
    assert sent[-1]["data"]["text/plain"] == "[True, 'import', 'a']"


def test_the_source_of_a_function_in_a_cell_can_be_read(run: Run) -> None:
    statuses, sent = run("def f():\n    return 1", "import inspect\nprint(inspect.getsource(f))")
    assert statuses == ["ok", "ok"], sent
    assert "return 1" in "".join(m["text"] for m in sent if m["kind"] == "stream")


def test_a_value_that_cannot_be_shown_is_an_error_of_its_cell(run: Run) -> None:
    statuses, sent = run(
        "class Bad:\n    def _repr_html_(self):\n        raise ValueError('no')", "Bad()"
    )
    assert statuses == ["ok", "error"]
    assert "ValueError: no" in sent[-1]["text"]


def test_an_older_value_does_not_stand_in_for_what_a_missing_package_would_have_made(
    run: Run,
) -> None:
    statuses, sent = run(
        "shares = [1]\nkept = 1",
        "done = 2\nimport numpy\nshares = numpy.array([1])",
        "shares[0, 0]",
        "done + kept",
    )
    assert statuses == ["ok", "unavailable", "unavailable", "ok"]
    assert sent[-1]["data"]["text/plain"] == "3"
