"""A job of Windows: a group of processes that ends when the process that made it ends.

Source: learn.microsoft.com, "Job Objects" and JOBOBJECT_EXTENDED_LIMIT_INFORMATION (November 2026).
"""

from __future__ import annotations

import ctypes
import subprocess
from typing import Any

_EXTENDED_LIMIT_INFORMATION = 9
_KILL_ON_JOB_CLOSE = 0x2000


class BasicLimits(ctypes.Structure):
    """JOBOBJECT_BASIC_LIMIT_INFORMATION."""

    _fields_ = (
        ("PerProcessUserTimeLimit", ctypes.c_int64),
        ("PerJobUserTimeLimit", ctypes.c_int64),
        ("LimitFlags", ctypes.c_uint32),
        ("MinimumWorkingSetSize", ctypes.c_size_t),
        ("MaximumWorkingSetSize", ctypes.c_size_t),
        ("ActiveProcessLimit", ctypes.c_uint32),
        ("Affinity", ctypes.c_size_t),
        ("PriorityClass", ctypes.c_uint32),
        ("SchedulingClass", ctypes.c_uint32),
    )


class JobLimits(ctypes.Structure):
    """JOBOBJECT_EXTENDED_LIMIT_INFORMATION."""

    _fields_ = (
        ("BasicLimitInformation", BasicLimits),
        ("IoInfo", ctypes.c_uint64 * 6),
        ("ProcessMemoryLimit", ctypes.c_size_t),
        ("JobMemoryLimit", ctypes.c_size_t),
        ("PeakProcessMemoryUsed", ctypes.c_size_t),
        ("PeakJobMemoryUsed", ctypes.c_size_t),
    )


class WindowsJob:
    """A process and what it starts; all of it ends with the block, or with this process.

    Where Windows refuses (inside some containers), only the process itself ends with the block.

    Args:
        process: just started.
    """

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self.process = process
        self._kernel: Any = ctypes.WinDLL("kernel32", use_last_error=True)  # type: ignore[attr-defined]
        self._kernel.CreateJobObjectW.restype = ctypes.c_void_p
        self._handle = ctypes.c_void_p(self._kernel.CreateJobObjectW(None, None))

    def __enter__(self) -> WindowsJob:
        limits = JobLimits()
        limits.BasicLimitInformation.LimitFlags = _KILL_ON_JOB_CLOSE
        given = (ctypes.byref(limits), ctypes.sizeof(limits))
        child = ctypes.c_void_p(int(self.process._handle))  # type: ignore[attr-defined]
        if self._handle:
            self._kernel.SetInformationJobObject(self._handle, _EXTENDED_LIMIT_INFORMATION, *given)
            self._kernel.AssignProcessToJobObject(self._handle, child)
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.terminate()
        if self._handle:
            self._kernel.CloseHandle(self._handle)
