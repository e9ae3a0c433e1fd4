"""An audit log as a file of JSON lines that an organisation collects: append-only, with a chain of its own."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from jupyter_connectors.chain import FIRST, Link, link_of, linked

_TAIL = 1 << 14
"""Bytes at the end in which the last line is: the log keeps no longer ones."""
_WAIT = 5.0
"""Seconds to wait for another kernel that is writing."""


@dataclass(frozen=True, slots=True)
class AuditFile:
    """Where records also go. Several kernels and people may share one; they take turns through a lock beside it."""

    path: Path
    required: bool = False
    """No call runs unless it could be recorded here first."""

    def append(self, *, at: str, call: str, event: str, record: str, durable: bool = False) -> Link:
        """Writes one line after the last.

        It is handed to the operating system at once, so it outlives the kernel; with `durable` it is also on the disk
        when this returns.

        Raises:
            OSError: The file or the lock beside it cannot be opened or written, or it is no plain file.
        """
        with _turn(self.path), _opened(self.path) as handle:
            last, torn = _last(handle)
            made = linked(last.number + 1, last.hash or FIRST, at=at, call=call, event=event, record=record)
            _write(handle, (b"\n" if torn else b"") + made.line.encode() + b"\n")
            if durable:
                os.fsync(handle)
        return made


@contextlib.contextmanager
def _turn(path: Path) -> Iterator[None]:
    from filelock import FileLock, Timeout

    if not path.parent.is_dir():
        # FileLock would make the folder, with whatever rights the umask leaves.
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(path.parent))
    lock = path.with_name(f"{path.name}.lock")
    try:
        # The mode lets whoever else may use the folder take their turn too; the umask still narrows it.
        with FileLock(lock, timeout=_WAIT, mode=0o666):
            yield
    except Timeout:
        raise OSError(f"{lock} was held for more than {_WAIT:.0f} seconds") from None


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[int]:
    flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    handle = os.open(path, flags, 0o600)
    try:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise OSError(f"{path} is no plain file")
        yield handle
    finally:
        os.close(handle)


def _last(handle: int) -> tuple[Link, bool]:
    """The last record, and whether the file ends in the middle of a line, as after a power cut."""
    size = os.lseek(handle, 0, os.SEEK_END)
    os.lseek(handle, max(0, size - _TAIL), os.SEEK_SET)
    tail = os.read(handle, _TAIL)
    for line in reversed(tail.splitlines()):
        found = link_of(line, 0)
        if found.hash:
            return found, not tail.endswith(b"\n")
    return link_of(b"", 0), bool(tail) and not tail.endswith(b"\n")


def _write(handle: int, data: bytes) -> None:
    written = os.write(handle, data)
    if written != len(data):
        raise OSError(f"only {written} of {len(data)} bytes were written; the disk may be full")
