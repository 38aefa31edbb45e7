"""The examples in docstrings run.

An example is a block fenced with ```python in the docstring of a module, a class or a function of
`utils`. It sees the names of its own module, `CHAT_MODEL`, `messages`, and two clients that a
script answers: `client`, which is asynchronous, and `sync_client`. What it claims about a result,
it asserts. What it starts in the background runs to its end.
"""

from __future__ import annotations

import ast
import asyncio
import importlib
import inspect
import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from utils.scripted import ScriptedAPI, says
from utils.settings import ROOT

FENCED = re.compile(r"^( *)```python\n(.*?)^\1```", re.MULTILINE | re.DOTALL)
DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True)
class Example:
    """A block of code in a docstring."""

    module: str
    owner: str
    code: str

    def __str__(self) -> str:
        return f"{self.module}:{self.owner}" if self.owner else self.module


def examples_in(path: Path) -> Iterator[Example]:
    """The examples of a file."""
    module = path.relative_to(ROOT).with_suffix("").as_posix().replace("/", ".")
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, DOCUMENTED):
            for _, code in FENCED.findall(ast.get_docstring(node) or ""):
                owner = "" if isinstance(node, ast.Module) else node.name
                yield Example(module.removesuffix(".__init__"), owner, textwrap.dedent(code))


def play(example: Example) -> None:
    """Run an example; what it raises is raised."""
    api = ScriptedAPI([], otherwise=says('{"product": "Lark tent", "stars": 5}'))
    names: dict[str, Any] = dict(vars(importlib.import_module(example.module)))
    names |= {"CHAT_MODEL": "simulated-model"}
    names |= {"client": api.async_client(), "sync_client": api.client()}
    names["messages"] = [{"role": "user", "content": "When does it ship?"}]
    code = compile(example.code, f"<{example}>", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, True)

    async def run() -> None:
        if inspect.iscoroutine(waiting := eval(code, names)):
            await waiting
        await asyncio.gather(*asyncio.all_tasks() - {asyncio.current_task()})

    asyncio.run(run())


EXAMPLES = [example for path in sorted(ROOT.glob("utils/**/*.py")) for example in examples_in(path)]


def test_there_are_examples() -> None:
    assert len(EXAMPLES) >= 5


@pytest.mark.parametrize("example", EXAMPLES, ids=str)
def test_an_example_runs(example: Example) -> None:
    play(example)


def test_an_example_that_lies_is_found() -> None:
    with pytest.raises(AssertionError):
        play(Example("utils.scripted", "", "assert len(ScriptedAPI([]).requests) == 1"))
    with pytest.raises(TypeError):
        play(Example("utils.scripted", "", 'await client.responses.create(prompt_text="x")'))
    task = "import asyncio\nlater = asyncio.ensure_future(client.models.fetch())"
    with pytest.raises(AttributeError):
        play(Example("utils.scripted", "", task))
