"""The learner's face of the course inside the grader: it stands there as `utils/__init__.py`.

Everything that a notebook imports from `utils` is here, so that its cells run. `connect` replays
the chapter's recording, as it does for the learner; where there is none, its client fails with a
clear message when it sends something. `check`, `hint`, `solution` and `progress` do nothing. The
clients of the exercises come from the grader, as arguments.
"""

from __future__ import annotations

import os
from importlib import import_module
from typing import Any, NoReturn


class NoServiceHere(Exception):
    """A cell of the notebook sent a request while it was graded."""


def _refuse(*_: Any) -> NoReturn:
    raise NoServiceHere(
        "the grader has no service for the cells of a notebook; only a function under test gets a "
        "client that answers, as its first argument"
    )


def connect(*given: Any, **options: Any) -> Any:
    """An ordinary `openai.OpenAI` on the chapter's recording, or one that raises NoServiceHere."""
    import httpx2
    import openai

    class Closed(httpx2.BaseTransport):
        def handle_request(self, request: httpx2.Request) -> httpx2.Response:
            _refuse(request)

    try:
        return import_module("utils.client").connect(*given, **options)
    except Exception:
        return openai.OpenAI(
            api_key="sk-simulated", max_retries=0, http_client=httpx2.Client(transport=Closed())
        )


def connect_async(*given: Any, **options: Any) -> Any:
    """The same, as an `openai.AsyncOpenAI`."""
    import httpx2
    import openai

    class Closed(httpx2.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
            _refuse(request)

    try:
        return import_module("utils.client").connect_async(*given, **options)
    except Exception:
        return openai.AsyncOpenAI(
            api_key="sk-simulated",
            max_retries=0,
            http_client=httpx2.AsyncClient(transport=Closed()),
        )


class Nothing:
    """What `check` gives here: no verdict, no points."""

    verdict = text = "not graded here"
    score = max_score = 0
    judgment = None

    def __repr__(self) -> str:
        return self.text


def check(*_: Any, **__: Any) -> Nothing:
    """Do nothing: the grader checks."""
    return Nothing()


hint = solution = progress = check


def __getattr__(name: str) -> Any:
    """The models' ids as in the recordings; for an unknown name something that does nothing."""
    if name in ("CHAT_MODEL", "EMBED_MODEL"):
        try:
            return import_module("utils.model_ids").resolve(name.partition("_")[0].lower())
        except Exception:
            return os.environ[f"GRADER_{name}"]
    if name.startswith("_"):
        raise AttributeError(name)
    try:
        return import_module(f"utils.{name}")
    except ModuleNotFoundError:
        return check
