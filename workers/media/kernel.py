"""What Linux offers to lock up a process: namespaces, Landlock and parent-death signals, by way of libc.

Every function reports whether it worked and never raises: a container or an old kernel may forbid any of them, and
`doctor` shows what is in force. Constants are those of the kernel's `include/uapi/linux`.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from collections.abc import Iterable
from pathlib import Path

_LIBC = ctypes.CDLL(None, use_errno=True)
_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
_PR_SET_NO_NEW_PRIVS = 38
_CLONE_NEWUSER = 0x10000000
_CLONE_NEWNET = 0x40000000
_LANDLOCK_CREATE, _LANDLOCK_ADD_RULE, _LANDLOCK_RESTRICT = 444, 445, 446
_LANDLOCK_VERSION = 1
_LANDLOCK_PATH_BENEATH = 1

_READ_FILE = 1 << 2 | 1 << 0
"""Read and execute a file."""
_READ_TREE = _READ_FILE | 1 << 3
"""The same for everything below a folder, and list folders."""
_WRITE_FILE = 1 << 1 | 1 << 2
_ALL_FS = {1: (1 << 13) - 1, 2: (1 << 14) - 1}
"""Every right that a version of Landlock knows; version 3 and later know truncation as well."""
_ALL_FS_LATER = (1 << 15) - 1
_ALL_NET = 3
"""Binding and connecting TCP."""
_ALL_SCOPES = 3
"""Abstract sockets and signals to processes outside."""


class _Ruleset(ctypes.Structure):
    _fields_ = (("fs", ctypes.c_uint64), ("net", ctypes.c_uint64), ("scoped", ctypes.c_uint64))


class _PathBeneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("allowed", ctypes.c_uint64), ("parent", ctypes.c_int32))


def die_with_parent() -> bool:
    """Ask the kernel to kill this process when the thread that started it ends (PR_SET_PDEATHSIG)."""
    if not sys.platform.startswith("linux"):
        return False
    return bool(_LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0) == 0)


def adopt_orphans() -> bool:
    """Become the parent of every process below this one whose own parent ends (PR_SET_CHILD_SUBREAPER)."""
    if not sys.platform.startswith("linux"):
        return False
    return bool(_LIBC.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0)


def children() -> list[int]:
    """Return the processes whose parent this one is; none where `/proc` does not tell."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            state = path.read_bytes().rpartition(b")")[2].split()
        except OSError:
            continue  # it has ended meanwhile
        if len(state) > 1 and int(state[1]) == os.getpid():
            found.append(int(path.parent.name))
    return found


def no_new_privileges() -> bool:
    """Make set-user-id programs powerless for this process and its children."""
    if not sys.platform.startswith("linux"):
        return False
    return bool(_LIBC.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0)


def leave_network() -> bool:
    """Move this single-threaded process into a network namespace without any interface that is up."""
    if not sys.platform.startswith("linux"):
        return False
    if _LIBC.unshare(_CLONE_NEWNET) == 0:
        return True
    user, group = os.getuid(), os.getgid()
    if _LIBC.unshare(_CLONE_NEWUSER | _CLONE_NEWNET) != 0:
        return False
    for name, text in (("setgroups", "deny"), ("uid_map", f"{user} {user} 1"), ("gid_map", f"{group} {group} 1")):
        try:
            Path(f"/proc/self/{name}").write_text(text)
        except OSError:
            continue  # the network is gone either way; without a map the owner only shows as "nobody"
    return True


def confine(readable: Iterable[Path], writable: Iterable[Path]) -> bool:
    """Forbid this process every file but these, TCP, and signals to others (Landlock, Linux 5.13 and later).

    Folders stand for all that is below them; a path that does not exist is left out. Needs `no_new_privileges`.
    """
    if not sys.platform.startswith("linux"):
        return False
    version = _LIBC.syscall(_LANDLOCK_CREATE, None, ctypes.c_size_t(0), _LANDLOCK_VERSION)
    if version < 1:
        return False
    everything = _ALL_FS.get(version, _ALL_FS_LATER)
    rules = _Ruleset(everything, _ALL_NET if version >= 4 else 0, _ALL_SCOPES if version >= 6 else 0)
    size = 24 if version >= 6 else 16 if version >= 4 else 8
    ruleset = _LIBC.syscall(_LANDLOCK_CREATE, ctypes.byref(rules), ctypes.c_size_t(size), 0)
    if ruleset < 0:
        return False
    try:
        for path in readable:
            _allow(ruleset, path, _READ_TREE if path.is_dir() else _READ_FILE)
        for path in writable:
            _allow(ruleset, path, everything if path.is_dir() else _WRITE_FILE)
        return bool(_LIBC.syscall(_LANDLOCK_RESTRICT, ruleset, 0) == 0)
    finally:
        os.close(ruleset)


def _allow(ruleset: int, path: Path, rights: int) -> None:
    try:
        parent = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        rule = _PathBeneath(rights, parent)
        _LIBC.syscall(_LANDLOCK_ADD_RULE, ruleset, _LANDLOCK_PATH_BENEATH, ctypes.byref(rule), 0)
    finally:
        os.close(parent)
