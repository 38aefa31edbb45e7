"""What a function under test must not call: what ends the program, or waits for a person."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Callable, Iterator, MutableMapping
from typing import Any, NoReturn

from .restart import bound


class LeftProgram(BaseException):
    """The function called something that ends the program or waits for a person to type.

    A `BaseException`, so that `except Exception` in the code under test cannot swallow it.
    """


ENDS = (
    "it called {}, which ends the whole program and would have ended this kernel: return a value, "
    "or raise an exception"
)
ASKS = (
    "it called input(), and nobody is there to type while it is checked: everything it needs is in "
    "its arguments"
)


def _refuse(sentence: str) -> Callable[..., NoReturn]:
    def refuse(*_: Any, **__: Any) -> NoReturn:
        raise LeftProgram(sentence)

    return refuse


@contextlib.contextmanager
def kept_running(namespace: MutableMapping[str, Any] | None) -> Iterator[None]:
    """Let `exit`, `quit` and `input` in a namespace, and `os._exit`, raise LeftProgram meanwhile.

    `os._exit` still works in other processes, which begin as copies of this one.
    """
    process, older = os.getpid(), {thread.ident for thread in threading.enumerate()}
    me, real = threading.get_ident(), os._exit

    def exit_now(code: int = 0) -> NoReturn:
        here = threading.get_ident()
        if os.getpid() == process and (here == me or here not in older):
            raise LeftProgram(ENDS.format("os._exit()"))
        real(code)

    os._exit = exit_now
    calls = {name: _refuse(ENDS.format(f"{name}()")) for name in ("exit", "quit")}
    try:
        with bound(namespace, **calls, input=_refuse(ASKS)):
            yield
    finally:
        os._exit = real
