"""One process writes to a data folder; the others say who does, and only read.

The operating system's lock on a small file is what counts: it ends with its process, however that ends, and nothing is
left to clean up. What stands in the file is for the sentence only. The file is never removed: a lock on a file without
a name would keep nobody out.
"""

import errno
import os
import platform
import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from musicdesk.store.database import sentence_for_system

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

FILE = "musicdesk.lock"
_LOCKED_BYTE = 1 << 30
"""Windows keeps others from reading the locked bytes: one far behind the text is locked."""
_HELD = (errno.EACCES, errno.EAGAIN, errno.EDEADLK)
_NO_LOCKS = (errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP, errno.EINVAL)
READS_ONLY = "this one only reads."


class Writer:
    """The right to write in a data folder: one process at a time, and within a process one ``Writer``.

    Works between the computers that share a network drive where the drive passes locks on (NFS, SMB do as a rule).
    Safe to use from any thread.
    """

    def __init__(self, folder: Path) -> None:
        self._path = Path(folder).absolute() / FILE
        self._guard = threading.Lock()
        self._descriptor: int | None = None

    def claim(self) -> str:
        """Become the writer, without waiting: "" if we are it, else a sentence that says why not."""
        with self._guard:
            if self._descriptor is not None:
                return ""
            try:
                return self._claim()
            except OSError as error:
                return _cannot(error, self._path)

    def release(self) -> None:
        """Let others write; nothing happens if we were not the writer."""
        with self._guard:
            if self._descriptor is None:
                return
            with suppress(OSError):  # only the sentence of others suffers
                os.ftruncate(self._descriptor, 0)
            os.close(self._descriptor)
            self._descriptor = None

    @property
    def held(self) -> bool:
        """Whether we are the writer."""
        return self._descriptor is not None

    def _claim(self) -> str:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        while True:
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o644)
            try:
                if not _locked(descriptor):
                    return _Holder.read(descriptor).sentence()
                if _is_at(descriptor, self._path):
                    _Holder.write(descriptor)
                    self._descriptor, descriptor = descriptor, -1
                    return ""
            finally:
                if descriptor >= 0:
                    os.close(descriptor)


@dataclass(frozen=True, slots=True)
class _Holder:
    """What the writer left in the file about itself; all empty if it has not come to that."""

    pid: int = 0
    host: str = ""

    @staticmethod
    def write(descriptor: int) -> None:
        """Say who we are, and since when, for whoever looks into the file."""
        with suppress(OSError):  # a full disk: the lock holds without it
            started = time.strftime("%Y-%m-%dT%H:%M:%S%z")
            os.ftruncate(descriptor, 0)
            os.lseek(descriptor, 0, os.SEEK_SET)
            os.write(descriptor, f"{os.getpid()} {started} {platform.node()}\n".encode())

    @classmethod
    def read(cls, descriptor: int) -> Self:
        """Who holds the lock."""
        with suppress(OSError, ValueError):
            os.lseek(descriptor, 0, os.SEEK_SET)
            pid, _, host = os.read(descriptor, 1024).decode().split()
            return cls(int(pid), host)
        return cls()

    def sentence(self) -> str:
        """The sentence for those who come later; a process that is not there any more is not named."""
        who = ""
        if self.host and self.host != platform.node():
            who = f" (process {self.pid} on {self.host})"
        elif self.pid and _alive(self.pid):
            who = f" (process {self.pid})"
        return f"Another musicdesk{who} has this library open; {READS_ONLY}"


def _locked(descriptor: int) -> bool:
    """Lock the file, without waiting; False if another open of it is locked."""
    try:
        if sys.platform == "win32":
            os.lseek(descriptor, _LOCKED_BYTE, os.SEEK_SET)
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            # flock, not lockf: it belongs to this open of the file, not to every open of it by the process
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in _HELD:
            return False
        raise
    return True


def _is_at(descriptor: int, path: Path) -> bool:
    """Whether the locked file still has its name: somebody may have removed it between opening and locking."""
    try:
        return os.path.samestat(os.fstat(descriptor), os.stat(path))
    except FileNotFoundError:
        return False


def _alive(pid: int) -> bool:
    if sys.platform == "win32":
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:  # somebody else's
        return True
    return True


def _cannot(error: OSError, path: Path) -> str:
    """Why there can be no writer here at all."""
    if error.errno in _NO_LOCKS:
        why = (
            f"The disk of {path.parent} cannot lock files, so nobody could tell whether another musicdesk writes "
            "there. Use a folder on another disk with --data"
        )
    else:
        why = str(sentence_for_system(error, path)).removesuffix(".")
    return f"{why}; {READS_ONLY}"
