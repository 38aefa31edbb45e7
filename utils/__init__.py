"""The learner's face of the course: everything a chapter imports.

    from utils import CHAT_MODEL, connect

    client = connect("01_requests")      # an ordinary openai.OpenAI

Names are loaded when they are first used, so that `import utils` is quick and works before the
course's dependencies are installed (`python -m utils lab` installs them).
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .client import connect, connect_async
    from .grading import check, hint, progress, solution

    CHAT_MODEL: str
    EMBED_MODEL: str

__all__ = [
    "CHAT_MODEL",
    "EMBED_MODEL",
    "check",
    "connect",
    "connect_async",
    "hint",
    "progress",
    "solution",
]

_HOMES = {
    "connect": "client",
    "connect_async": "client",
    "check": "grading",
    "hint": "grading",
    "progress": "grading",
    "solution": "grading",
}


def __getattr__(name: str):
    """Load a public name from its module; ask the settings for the ids of the models.

    CHAT_MODEL and EMBED_MODEL are the ids of the models that answer in the current mode: in replay
    they come from the recordings' own headers, in local mode from the server, in live mode from
    `utils.models`. The variables COURSE_CHAT_MODEL and COURSE_EMBED_MODEL overrule all of them.
    """
    from importlib import import_module

    if name in ("CHAT_MODEL", "EMBED_MODEL"):
        resolve = import_module(".model_ids", __name__).resolve
        return resolve("chat" if name == "CHAT_MODEL" else "embed")
    if name in _HOMES:
        return getattr(import_module("." + _HOMES[name], __name__), name)
    raise AttributeError(f"module 'utils' has no attribute {name!r}")


def __dir__():
    return sorted(__all__)
