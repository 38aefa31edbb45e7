"""Cuts the network in a kernel that runs a notebook for a test: an IPython extension.

Only addresses of this machine can be reached; the kernel itself talks to its client over them. A
cell that tries another one fails with a message that names it.
"""

from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import Any

LOG = "COURSE_OFFLINE_LOG"
"""Variable that names a file; a line is written to it for each kernel that was cut off."""

_LOCAL = ("127.0.0.1", "::1", "localhost")


class NetworkCut(AssertionError):
    """A cell wanted to reach another machine. The message says which."""


def load_ipython_extension(shell: object) -> None:
    """Cut this kernel off, and say so in the file that `COURSE_OFFLINE_LOG` names."""
    cut(socket)
    if log := os.environ.get(LOG):
        with Path(log).open("a", encoding="utf-8") as out:
            out.write(f"{os.getpid()}\n")


def cut(module: Any) -> None:
    """Replace what opens connections and looks up names in the module `socket`."""
    connect, connect_ex = module.socket.connect, module.socket.connect_ex
    getaddrinfo = module.getaddrinfo

    def guarded(call: Any) -> Any:
        def reach(self: Any, address: Any) -> Any:
            if not local(address):
                raise NetworkCut(f"a cell opened a connection to {address}")
            return call(self, address)

        return reach

    def look_up(host: Any, *args: Any, **more: Any) -> Any:
        if host is not None and not local((host,)):
            raise NetworkCut(f"a cell looked up {host}")
        return getaddrinfo(host, *args, **more)

    module.socket.connect, module.socket.connect_ex = guarded(connect), guarded(connect_ex)
    module.getaddrinfo = look_up


def local(address: Any) -> bool:
    """Whether an address is on this machine: a loopback host, or the path of a Unix socket."""
    host = address[0] if isinstance(address, tuple) else address
    return not isinstance(host, str) or host in _LOCAL or "/" in host
