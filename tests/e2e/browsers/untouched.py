"""Proof that a profile was read and nothing else: what its files are, and what a traced program did with them."""

from __future__ import annotations

import hashlib
import re
import shutil
import stat
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_CALLS = (
    "open openat openat2 creat unlink unlinkat rename renameat renameat2 mkdir mkdirat rmdir link linkat symlink "
    "symlinkat truncate ftruncate chmod fchmod fchmodat chown fchown lchown fchownat utime utimes utimensat futimesat "
    "mknod mknodat setxattr lsetxattr fsetxattr removexattr fallocate flock fcntl"
)
TRACE = ("strace", "-f", "-qq", "-y", "-s", "4096", "-e", "trace=" + ",".join(f"?{call}" for call in _CALLS.split()))
_LINE = re.compile(r"(?P<call>\w+)\((?P<rest>.*)")
_CUT = " <unfinished ...>"
_RESUMED = re.compile(r"<\.\.\. \w+ resumed>")
_WRITES = re.compile(r"O_WRONLY|O_RDWR|O_CREAT|O_TRUNC|O_APPEND|O_TMPFILE")
_LOCKS = re.compile(r"F_(OFD_)?SETLKW?|F_SETLEASE")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')

FileState = tuple[int, int, int, int, int, str]


def fingerprint(folder: Path) -> dict[str, FileState]:
    """Return inode, mode, size, times of change (of content and of the entry) and hash of everything in a folder."""
    states: dict[str, FileState] = {}
    for path in sorted(folder.rglob("*")):
        info = path.lstat()
        digest = hashlib.sha256(path.read_bytes()).hexdigest() if stat.S_ISREG(info.st_mode) else ""
        states[str(path.relative_to(folder))] = (
            info.st_ino,
            info.st_mode,
            info.st_size,
            info.st_mtime_ns,
            info.st_ctime_ns,
            digest,
        )
    return states


@cache
def why_not_traceable() -> str:
    """Say why no program can be traced here, "" when it can."""
    if shutil.which("strace") is None:
        return "strace is not installed; packaging/linux/test-tools.sh could not install it"
    done = subprocess.run([*TRACE, "-o", "/dev/null", "true"], capture_output=True, timeout=20, check=False)
    return "" if done.returncode == 0 else "strace may not trace programs here"


@dataclass(frozen=True)
class Traced:
    """What a program did below a folder: the files it opened for reading, and every call that was more than that."""

    opened: frozenset[str]
    touched: tuple[str, ...]


def read_trace(log: Path, folder: Path) -> Traced:
    """Read the output of TRACE. Paths of `opened` are relative to the folder."""
    opened: set[str] = set()
    touched: list[str] = []
    for line in _whole_lines(log.read_text(errors="replace")):
        found = _LINE.match(line)
        if found is None or str(folder) not in found["rest"]:
            continue
        call, rest = found["call"], found["rest"]
        if call.startswith("open"):
            if _WRITES.search(rest):
                touched.append(line)
            elif (name := _QUOTED.search(rest)) and "ENOENT" not in rest and "O_DIRECTORY" not in rest:
                opened.add(str(Path(name[1]).relative_to(folder)))
        elif call != "fcntl" or _LOCKS.search(rest):
            touched.append(line)
    return Traced(frozenset(opened), tuple(touched))


def _whole_lines(text: str) -> Iterator[str]:
    """Give the calls without process numbers; those that a call of another thread cut in two are put together."""
    begun: dict[str, str] = {}
    for line in text.splitlines():
        process, _, said = line.partition(" ")
        said = said.strip()
        if said.endswith(_CUT):
            begun[process] = said.removesuffix(_CUT)
        elif _RESUMED.match(said):
            yield begun.pop(process, "") + _RESUMED.sub("", said, count=1)
        else:
            yield said
    yield from begun.values()  # never came back
