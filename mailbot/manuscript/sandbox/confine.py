"""What the kernel is told to refuse to a process that reads strangers' bytes.

The first layer is a filter of system calls (seccomp, which needs no privilege): no sockets, no tracing, no mounts in
the warm child; in the process for one letter's files also no programs, no processes, no signals to others. A network
namespace is the second one, where it is allowed. Under root that process becomes `nobody` as well.

The filter is assembled here, from a table of numbers for each architecture: the library for it (pyseccomp) is a thin
layer over libseccomp.so, a system package that may be missing, and a sandbox must not depend on that. On a machine
whose architecture is in no table the child does not start.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import resource
import struct
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

NOBODY = 65534
_PR_SET_PDEATHSIG = 1  # linux/prctl.h
_PR_SET_SECCOMP = 22
_PR_SET_CHILD_SUBREAPER = 36
_PR_SET_NO_NEW_PRIVS = 38
_SECCOMP_MODE_FILTER = 2
_CLONE_NEWUSER = 0x10000000
_CLONE_NEWNET = 0x40000000
_CLONE_THREAD = 0x00010000
_AF_UNIX = 1
_CAPABILITY_VERSION = 0x20080522  # linux/capability.h, version 3

# --- The filter (linux/filter.h, linux/seccomp.h) ---------------------------------------------------------------------

_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER, _ARCHITECTURE, _ARGUMENTS = 0, 4, 16  # offsets in struct seccomp_data; an argument has 8 bytes, low ones first
_ALLOW, _REFUSE, _KILL = 0x7FFF0000, 0x00050000, 0x80000000
_X32 = 0x40000000  # x86_64: numbers from here on are those of its 32-bit-pointer interface

Instruction = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class _Machine:
    """An architecture: its AUDIT_ARCH (linux/audit.h) and where its column in the table is."""

    audit: int
    column: int


_MACHINES = {"x86_64": _Machine(0xC000003E, 0), "aarch64": _Machine(0xC00000B7, 1)}

_CALLS: dict[str, tuple[int | None, int | None]] = {
    # sockets
    "socket": (41, 198), "socketpair": (53, 199), "connect": (42, 203), "accept": (43, 202), "sendto": (44, 206),
    "sendmsg": (46, 211), "bind": (49, 200), "listen": (50, 201), "accept4": (288, 242), "sendmmsg": (307, 269),
    # network and all else by way of a ring
    "io_uring_setup": (425, 425), "io_uring_enter": (426, 426), "io_uring_register": (427, 427),
    # other processes, and the kernel itself
    "ptrace": (101, 117), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271), "kcmp": (312, 272),
    "pidfd_getfd": (438, 438), "process_madvise": (440, 440), "perf_event_open": (298, 241), "bpf": (321, 280),
    "userfaultfd": (323, 282), "add_key": (248, 217), "request_key": (249, 218), "keyctl": (250, 219),
    "personality": (135, 92), "modify_ldt": (154, None), "iopl": (172, None), "ioperm": (173, None),
    "kexec_load": (246, 104), "kexec_file_load": (320, 294), "reboot": (169, 142), "init_module": (175, 105),
    "finit_module": (313, 273), "delete_module": (176, 106), "syslog": (103, 116), "acct": (163, 89),
    "quotactl": (179, 60), "swapon": (167, 224), "swapoff": (168, 225), "vhangup": (153, 58),
    "settimeofday": (164, 170), "clock_settime": (227, 112), "adjtimex": (159, 171), "clock_adjtime": (305, 266),
    "sethostname": (170, 161), "setdomainname": (171, 162),
    # namespaces, mounts, files by handle
    "unshare": (272, 97), "setns": (308, 268), "mount": (165, 40), "umount2": (166, 39), "pivot_root": (155, 41),
    "chroot": (161, 51), "open_tree": (428, 428), "move_mount": (429, 429), "fsopen": (430, 430),
    "fsconfig": (431, 431), "fsmount": (432, 432), "fspick": (433, 433), "mount_setattr": (442, 442),
    "name_to_handle_at": (303, 264), "open_by_handle_at": (304, 265), "fanotify_init": (300, 262),
    # programs, processes, signals
    "execve": (59, 221), "execveat": (322, 281), "fork": (57, None), "vfork": (58, None), "clone": (56, 220),
    "clone3": (435, 435), "kill": (62, 129), "tkill": (200, 130), "tgkill": (234, 131), "prctl": (157, 167),
    "rt_sigqueueinfo": (129, 138), "rt_tgsigqueueinfo": (297, 240), "pidfd_open": (434, 434),
    "pidfd_send_signal": (424, 424), "setsid": (112, 157), "setpgid": (109, 154), "prlimit64": (302, 261),
    # what would outlive the process, or be no plain file
    "shmget": (29, 194), "semget": (64, 190), "msgget": (68, 186), "mq_open": (240, 180), "mknod": (133, None),
    "mknodat": (259, 33), "symlink": (88, None), "symlinkat": (266, 36), "link": (86, None), "linkat": (265, 37),
}  # fmt: skip
"""System calls that are refused somewhere: their numbers on x86_64 and on aarch64, None where there is none."""

_NAMES = tuple(_CALLS)
_SOCKETS = _NAMES[: _NAMES.index("io_uring_setup")]
_REFUSED_TO_ALL = _NAMES[len(_SOCKETS) : _NAMES.index("execve")]
_REFUSED_TO_A_LETTER = (
    *_SOCKETS,
    "execve", "execveat", "fork", "vfork", "tkill", "rt_sigqueueinfo", "rt_tgsigqueueinfo", "pidfd_open",
    "pidfd_send_signal", "setsid", "setpgid", *_NAMES[_NAMES.index("shmget") :],
)  # fmt: skip


def _refuse(number: int, error: int = errno.EPERM) -> list[Instruction]:
    return [(_EQUAL, 0, 1, number), (_RETURN, 0, 0, _REFUSE | error)]


def _refuse_unless(number: int, argument: int, test: int, value: int) -> list[Instruction]:
    """Refuse the call but where its argument (counted from 0) passes the test."""
    return [
        (_EQUAL, 0, 4, number),
        (_LOAD, 0, 0, _ARGUMENTS + 8 * argument),
        (test, 1, 0, value),
        (_RETURN, 0, 0, _REFUSE | errno.EPERM),
        (_LOAD, 0, 0, _NUMBER),
    ]


def _refuse_where(number: int, argument: int, value: int) -> list[Instruction]:
    """Refuse the call where its argument is this."""
    return [
        (_EQUAL, 0, 4, number),
        (_LOAD, 0, 0, _ARGUMENTS + 8 * argument),
        (_EQUAL, 0, 1, value),
        (_RETURN, 0, 0, _REFUSE | errno.EPERM),
        (_LOAD, 0, 0, _NUMBER),
    ]


def _machine() -> _Machine:
    machine = _MACHINES.get(platform.machine())
    if machine is None or struct.calcsize("P") != 8:
        raise OSError(errno.ENOSYS, f"no table of system calls to refuse for {platform.machine()}")
    return machine


def _number(name: str, machine: _Machine) -> int | None:
    return _CALLS[name][machine.column]


def _known(name: str, machine: _Machine) -> int:
    number = _number(name, machine)
    assert number is not None  # a call that every architecture has
    return number


def _program(machine: _Machine, names: Sequence[str], others: Iterable[list[Instruction]] = ()) -> bytes:
    """A filter that refuses the named calls, and what the other blocks of instructions refuse."""
    code: list[Instruction] = [
        (_LOAD, 0, 0, _ARCHITECTURE),
        (_EQUAL, 1, 0, machine.audit),
        (_RETURN, 0, 0, _KILL),  # a call by the way of another architecture, where the numbers mean other things
        (_LOAD, 0, 0, _NUMBER),
        (_AT_LEAST, 0, 1, _X32),
        (_RETURN, 0, 0, _REFUSE | errno.ENOSYS),
    ]
    for name in names:
        if (number := _number(name, machine)) is not None:
            code += _refuse(number)
    for block in others:
        code += block
    return b"".join(struct.pack("=HBBI", *instruction) for instruction in (*code, (_RETURN, 0, 0, _ALLOW)))


def _for_all(*, local_sockets: bool) -> bytes:
    machine = _machine()
    if not local_sockets:
        return _program(machine, (*_SOCKETS, *_REFUSED_TO_ALL))
    opening = ("socket", "socketpair")
    return _program(
        machine,
        _REFUSED_TO_ALL,
        [_refuse_unless(_known(name, machine), 0, _EQUAL, _AF_UNIX) for name in opening],
    )


def _for_a_letter(own: int) -> bytes:
    """`own` is the process's id: it may signal itself (abort), and nobody else."""
    machine = _machine()

    def call(name: str) -> int:
        return _known(name, machine)

    return _program(
        machine,
        _REFUSED_TO_A_LETTER,
        (
            _refuse(call("clone3"), errno.ENOSYS),  # its flags lie in memory; then libraries fall back to clone
            _refuse_unless(call("clone"), 0, _ANY_BIT, _CLONE_THREAD),
            _refuse_unless(call("kill"), 0, _EQUAL, own),
            _refuse_unless(call("tgkill"), 0, _EQUAL, own),
            _refuse_unless(call("prlimit64"), 0, _EQUAL, 0),
            _refuse_where(call("prctl"), 0, _PR_SET_PDEATHSIG),
        ),
    )


class _Filter(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("code", ctypes.c_char_p))


def _install(program: bytes) -> None:
    _prctl(_PR_SET_NO_NEW_PRIVS, 1)
    fprog = _Filter(len(program) // 8, program)
    _prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.addressof(fprog))


# --- The kernel's other means -----------------------------------------------------------------------------------------


_libc = ctypes.CDLL(None, use_errno=True)


def _prctl(option: int, value: int, more: int = 0) -> None:
    zero = ctypes.c_ulong(0)
    if _libc.prctl(option, ctypes.c_ulong(value), ctypes.c_ulong(more), zero, zero):
        raise OSError(ctypes.get_errno(), "prctl")


def die_with_parent(signal: int) -> None:
    """Be sent the signal as soon as the parent's thread that started us is gone. A change of the user undoes it."""
    _prctl(_PR_SET_PDEATHSIG, signal)


def adopt_orphans() -> None:
    """What a descendant leaves behind becomes our child."""
    _prctl(_PR_SET_CHILD_SUBREAPER, 1)


def confine_child(*, local_sockets: bool = False) -> None:
    """For the warm child, for good: no network where the kernel has namespaces for us, and the calls refused to all.

    What it executes later inherits all of it: an office program does not start without `local_sockets` (AF_UNIX).
    OSError where the kernel or the architecture has no such filter.
    """
    with suppress(OSError):  # forbidden in many containers and hardened units: it is only the second layer
        _leave_the_network()
    _install(_for_all(local_sockets=local_sockets))


def confine_letter() -> None:
    """For the process that reads one letter's files: besides, no programs, processes, links, and signals to others.

    Threads are allowed (libheif decodes in them): their stacks count as memory, which bounds their number. RLIMIT_NPROC
    is not used: it would refuse them, and count whatever else the same user runs.
    """
    _install(_for_a_letter(os.getpid()))


def _leave_the_network() -> None:
    if os.geteuid() == 0:
        _unshare(_CLONE_NEWNET)
        return
    user, group = os.geteuid(), os.getegid()
    _unshare(_CLONE_NEWUSER | _CLONE_NEWNET)
    try:
        for name, line in (("setgroups", "deny"), ("uid_map", f"{user} {user} 1"), ("gid_map", f"{group} {group} 1")):
            Path(f"/proc/self/{name}").write_bytes(line.encode())
    finally:
        _drop_capabilities()


def _unshare(flags: int) -> None:
    if _libc.unshare(flags):
        raise OSError(ctypes.get_errno(), "unshare")


def _drop_capabilities() -> None:
    """A new user namespace gives us all of its capabilities: nothing here needs one."""
    header = struct.pack("=Ii", _CAPABILITY_VERSION, 0)
    if _libc.capset(header, bytes(24)):
        raise OSError(ctypes.get_errno(), "capset")


def become_nobody() -> bool:
    """Give up root for good; False where we are not root, or where root may not (a container without that right)."""
    if os.geteuid() != 0:
        return False
    try:
        os.setgroups([])
        os.setresgid(NOBODY, NOBODY, NOBODY)
        os.setresuid(NOBODY, NOBODY, NOBODY)
    except OSError:
        return False
    return True


def limit(what: int, bound: int) -> None:
    """Set both bounds of a resource, never above what is allowed."""
    hard = resource.getrlimit(what)[1]
    if hard != resource.RLIM_INFINITY:
        bound = min(bound, hard)
    resource.setrlimit(what, (bound, bound))
