"""Take everything from the calling process that a learner's code does not need. Linux only.

The sandbox of bubblewrap is the wall to the machine. Inside it waits a warm process that forks one
child for each submission, and this module puts a second wall around each child, so that one
submission can reach neither the warm process nor the next submission: its own user, process,
network, IPC and mount namespaces, fresh folders, no capability, no way to make namespaces of its
own, and limits. The child is process 1 of its namespace: when it ends, the kernel kills whatever it
left behind.

Numbers come from the kernel's headers (uapi/linux/sched.h, mount.h, prctl.h, seccomp.h, unistd.h).
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import platform
import resource
import struct
from collections.abc import Mapping

NEW_NAMESPACES = 0x00020000 | 0x04000000 | 0x08000000 | 0x10000000 | 0x20000000 | 0x40000000
"""CLONE_NEWNS, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET."""

CLONE_NEWUSER = 0x10000000
MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_REMOUNT, MS_BIND = 1, 2, 4, 8, 32, 4096
MS_REC, MS_PRIVATE = 1 << 14, 1 << 18
PR_SET_DUMPABLE, PR_SET_SECCOMP, PR_CAPBSET_DROP = 4, 22, 24
PR_SET_CHILD_SUBREAPER, PR_SET_NO_NEW_PRIVS = 36, 38

_libc = ctypes.CDLL(None, use_errno=True)


def _check(result: int, what: str) -> None:
    if result != 0:
        code = ctypes.get_errno()
        raise OSError(code, f"{what}: {os.strerror(code)}")


def adopt_orphans() -> None:
    """Become the parent of grandchildren whose own parent ends."""
    _check(_libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0), "adopting orphans")


def become(uid: int) -> None:
    """Become another user, from root: limits on the number of processes do not bind root."""
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)
    _check(_libc.prctl(PR_SET_DUMPABLE, 1, 0, 0, 0), "keeping /proc/self")


def new_namespaces() -> None:
    """Leave every shared namespace; the next fork is process 1 of its own. Raises OSError."""
    uid, gid = os.getuid(), os.getgid()
    _check(_libc.unshare(NEW_NAMESPACES), "new namespaces")
    for name, text in (
        ("setgroups", "deny"),
        ("uid_map", f"{uid} {uid} 1"),
        ("gid_map", f"{gid} {gid} 1"),
    ):
        with open(f"/proc/self/{name}", "w") as file:
            file.write(text)


def own_folders(fresh: list[str], size: int) -> None:
    """Give this mount namespace fresh folders, a read-only /dev, an empty /proc.

    /proc stays empty because the one of the sandbox would show the warm process.
    """
    _mount("none", "/", "", MS_REC | MS_PRIVATE)
    keep = MS_NOSUID | MS_NODEV
    for folder in fresh:
        _mount("tmpfs", folder, "tmpfs", keep, f"size={size},mode=700")
    if "/tmp" not in fresh:  # Python lives there: a file left in it would reach the next one
        _mount("none", "/tmp", "", MS_REMOUNT | MS_BIND | MS_RDONLY | keep)
    with contextlib.suppress(OSError):  # read-only already
        _mount("none", "/dev", "", MS_REMOUNT | MS_BIND | MS_RDONLY | keep)
    _mount("tmpfs", "/dev/shm", "tmpfs", keep | MS_NOEXEC, "size=16m,mode=700")
    _mount("tmpfs", "/proc", "tmpfs", keep | MS_NOEXEC | MS_RDONLY, "size=4k,mode=555")


def _mount(source: str, target: str, kind: str, flags: int, options: str = "") -> None:
    result = _libc.mount(
        source.encode(),
        target.encode(),
        kind.encode() or None,
        ctypes.c_ulong(flags),
        options.encode() or None,
    )
    _check(result, f"mounting {target}")


def limit(limits: Mapping[str, int]) -> None:
    """Set limits by the names of `resource` (`"AS"` is RLIMIT_AS), for good."""
    for name, value in limits.items():
        number = getattr(resource, f"RLIMIT_{name}")
        hard = resource.getrlimit(number)[1]
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(number, (value, value))


def drop_privileges() -> None:
    """Give up every capability, and gain none by running a program."""
    for capability in range(64):
        if _libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) != 0:
            break
    header = struct.pack("Ii", 0x20080522, 0)  # _LINUX_CAPABILITY_VERSION_3
    _check(_libc.capset(header, struct.pack("6I", 0, 0, 0, 0, 0, 0)), "dropping capabilities")
    _check(_libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no new privileges")


# -- system calls ---------------------------------------------------------------------------------

# Name: (x86_64, aarch64). What looks into other processes, makes namespaces or mounts, keeps memory
# that no limit counts, or is a large surface of the kernel that Python never needs.
_REFUSED = {
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "kcmp": (312, 272),
    "pidfd_getfd": (438, 438),
    "unshare": (272, 97),
    "setns": (308, 268),
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fspick": (433, 433),
    "mount_setattr": (442, 442),
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    "shmget": (29, 194),
    "msgget": (68, 186),
    "semget": (64, 190),
    "mq_open": (240, 180),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "vmsplice": (278, 75),
    "fanotify_init": (300, 262),
    "open_by_handle_at": (304, 265),
    "init_module": (175, 105),
    "finit_module": (313, 273),
    "kexec_load": (246, 104),
    "syslog": (103, 116),
}
_CLONE, _CLONE3 = (56, 220), (435, 435)
_ARCHITECTURES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}
_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000


def refuse_system_calls() -> bool:
    """Make the calls of `_REFUSED` fail with EPERM, for good; False on another architecture."""
    known = _ARCHITECTURES.get(platform.machine())
    if known is None:
        return False
    column, architecture = known
    deny = _RETURN, 0, 0, _REFUSE | errno.EPERM
    program = [(_LOAD, 0, 0, 4), (_EQUAL, 1, 0, architecture), deny, (_LOAD, 0, 0, 0)]
    if column == 0:  # the x32 way to call, with numbers of its own
        program += [(_AT_LEAST, 0, 1, 0x40000000), deny]
    for numbers in _REFUSED.values():
        program += [(_EQUAL, 0, 1, numbers[column]), deny]
    # clone3 hides its flags in memory: "not implemented" makes the C library use clone.
    program += [(_EQUAL, 0, 1, _CLONE3[column]), (_RETURN, 0, 0, _REFUSE | errno.ENOSYS)]
    program += [(_EQUAL, 0, 3, _CLONE[column]), (_LOAD, 0, 0, 16), (_ANY_BIT, 0, 1, CLONE_NEWUSER)]
    program += [deny, (_RETURN, 0, 0, _ALLOW)]
    packed = b"".join(struct.pack("HBBI", *line) for line in program)
    code = ctypes.create_string_buffer(packed, len(packed))

    class Program(ctypes.Structure):
        _fields_ = (("length", ctypes.c_ushort), ("code", ctypes.c_void_p))

    given = Program(len(program), ctypes.addressof(code))
    _check(_libc.prctl(PR_SET_SECCOMP, 2, ctypes.byref(given), 0, 0), "a filter for system calls")
    return True
