"""What is taken from a process before it opens a file from outside: environment, network, files, time and memory.

Each wall is put up where the system has it, and says whether it stands: Linux has all of them, other systems the
clean environment and the limits of time alone. Nothing here needs a privilege.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import resource
import signal
import struct
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

# What a Python with these libraries needs to begin; everything else may hold a secret.
_KEPT = ("PATH", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR", "LD_LIBRARY_PATH", "PROJ_DATA", "PROJ_LIB", "GDAL_DATA")
_ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")
_NEW_USER, _NEW_NETWORK = 0x10000000, 0x40000000
_NO_NEW_PRIVILEGES, _SECCOMP, _FILTER = 38, 22, 2
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000 | errno.EPERM
# By machine: its audit number, and the system calls that open a connection, start a program or reach into another
# process: socket, connect, socketpair, execve, execveat, ptrace, kill, bpf, process_vm_readv, process_vm_writev,
# pidfd_send_signal, io_uring_setup, pidfd_open, pidfd_getfd.
_CALLS: Mapping[str, tuple[int, tuple[int, ...]]] = {
    "x86_64": (0xC000003E, (41, 42, 53, 59, 322, 101, 62, 321, 310, 311, 424, 425, 434, 438)),
    "aarch64": (0xC00000B7, (198, 203, 199, 221, 281, 117, 129, 280, 270, 271, 424, 425, 434, 438)),
}
_X32 = 0x40000000
# Landlock: system calls, and the rights of files by the version of its interface that brought them.
_CREATE_RULES, _ADD_RULE, _RESTRICT = 444, 445, 446
_READ_FILE, _READ_FOLDER = 1 << 2, 1 << 3
_RIGHTS = ((1, 13), (2, 14), (3, 15), (5, 16))
_OPEN_FILES = 256


@dataclass(frozen=True)
class Limits:
    """What one file may take: `seconds` of the clock, `memory_bytes` beyond what the process begins with."""

    seconds: float
    memory_bytes: int


def clean_environment(more: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of the process: what Python needs to find this code, one thread each, and `more`."""
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    kept |= dict.fromkeys(_ONE_THREAD, "1")
    places = [str(Path(place).absolute()) for place in sys.path if place]
    utf8 = {"PYTHONUTF8": "1", "PYTHONSAFEPATH": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    return kept | utf8 | {"PYTHONPATH": os.pathsep.join(places)} | dict(more)


def leave_network() -> bool:
    """Move this process into a network of its own, which has no way out; False where the kernel permits none."""
    if sys.platform != "linux":
        return False
    call = ctypes.CDLL(None, use_errno=True).unshare
    # Root keeps what it may read; anybody else needs a user namespace to be allowed a network.
    if os.geteuid() == 0 and call(_NEW_NETWORK) == 0:
        return True
    return bool(call(_NEW_USER | _NEW_NETWORK) == 0)


def limit(limits: Limits) -> bool:
    """Bound this process in time, memory and what it writes; False where the system does not bound memory."""
    # Without a handler the kernel ends the process, also in the middle of a library's loop.
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, limits.seconds)
    seconds = int(limits.seconds) + 1
    bounds = {
        resource.RLIMIT_CPU: seconds,
        resource.RLIMIT_FSIZE: limits.memory_bytes,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_NOFILE: _OPEN_FILES,
    }
    for what, most in bounds.items():
        _bound(what, most)
    held = _memory_held()
    if held is None:
        return False
    # The first to go where the whole machine has too little.
    _written("/proc/self/oom_score_adj", "1000")
    return _bound(resource.RLIMIT_AS, held + limits.memory_bytes)


def _bound(what: int, most: int) -> bool:
    hard = resource.getrlimit(what)[1]
    most = most if hard == resource.RLIM_INFINITY else min(most, hard)
    try:
        resource.setrlimit(what, (most, most))
    except (OSError, ValueError):
        return False
    return True


def _memory_held() -> int | None:
    """Return the bytes of address space of this process, None where the system does not say."""
    try:
        return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * resource.getpagesize()
    except (OSError, ValueError):
        return None


def _written(file: str, text: str) -> None:
    try:
        Path(file).write_text(text, encoding="ascii")
    except OSError:
        return


def program_files() -> list[Path]:
    """Return the files and folders that this program itself may need while it reads: code, libraries, their data."""
    # Of a folder of code that also holds a home folder only the packages; of the others all.
    here = Path(__file__).resolve().parent.parent
    given = [os.environ.get(name, "") for name in ("PROJ_DATA", "PROJ_LIB", "GDAL_DATA")]
    system = ("/usr", "/lib", "/lib64", "/etc/ld.so.cache", "/dev/null", "/dev/urandom", sys.prefix, sys.base_prefix)
    sites = [place for place in sys.path if place.endswith("-packages")]
    return [here, *(Path(place) for place in (*system, *sites, *given) if place)]


def see_only(files: Iterable[Path]) -> bool:
    """Leave this process nothing to open but `files`, and what is under those that are folders, for reading.

    Landlock; False where the kernel has none. What is open stays open.
    """
    if sys.platform != "linux":
        return False
    libc = ctypes.CDLL(None, use_errno=True)
    version = libc.syscall(_CREATE_RULES, None, ctypes.c_size_t(0), 1)
    if version < 1:
        return False
    rights = (1 << max(bits for since, bits in _RIGHTS if since <= version)) - 1
    rules = libc.syscall(_CREATE_RULES, struct.pack("Q", rights), ctypes.c_size_t(8), 0)
    if rules < 0:
        return False
    try:
        for file in files:
            _show(libc, rules, file)
        return _no_new_privileges(libc) and libc.syscall(_RESTRICT, rules, 0) == 0
    finally:
        os.close(rules)


def _show(libc: ctypes.CDLL, rules: int, file: Path) -> None:
    try:
        place = os.open(file, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    rights = _READ_FILE | _READ_FOLDER if file.is_dir() else _READ_FILE
    libc.syscall(_ADD_RULE, rules, 1, struct.pack("=Qi", rights, place), 0)
    os.close(place)


def _no_new_privileges(libc: ctypes.CDLL) -> bool:
    return libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0) == 0  # type: ignore[no-any-return]


def refuse_calls() -> bool:
    """Have the kernel refuse connections, programs and other processes to this one (seccomp); False where it cannot."""
    machine = _CALLS.get(platform.machine()) if sys.platform == "linux" else None
    if machine is None:
        return False
    program = _filter(*machine)
    libc = ctypes.CDLL(None, use_errno=True)
    held = ctypes.create_string_buffer(b"".join(program))
    # struct sock_fprog: how many instructions, and where they are.
    whole = struct.pack("HP", len(program), ctypes.addressof(held))
    return _no_new_privileges(libc) and libc.prctl(_SECCOMP, _FILTER, whole, 0, 0) == 0


def _filter(machine: int, calls: tuple[int, ...]) -> list[bytes]:
    """Return the instructions (BPF) that refuse `calls`, those of other machines and those of 32 bits."""
    load, equal, at_least, end = 0x20, 0x15, 0x35, 0x06
    refused = len(calls) + 1
    return [
        struct.pack("HBBI", load, 0, 0, 4),
        struct.pack("HBBI", equal, 0, refused + 2, machine),
        struct.pack("HBBI", load, 0, 0, 0),
        struct.pack("HBBI", at_least, refused, 0, _X32),
        *(struct.pack("HBBI", equal, refused - 1 - spot, 0, call) for spot, call in enumerate(calls)),
        struct.pack("HBBI", end, 0, 0, _ALLOW),
        struct.pack("HBBI", end, 0, 0, _REFUSE),
    ]
