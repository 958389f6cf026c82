"""One program at a time installs or removes the weights of an encoder: two that write one file would spoil it."""

import contextlib
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from musicdesk.errors import ModelUnavailable

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

FILE = "in use.lock"
_HELD = (BlockingIOError, PermissionError)


@contextmanager
def claimed(folder: Path, *, what: str) -> Iterator[None]:
    """Hold a folder while the block runs; the system's lock ends with the process, however that ends.

    The folder is made for it, and goes afterwards if nothing was put into it. Where the disk knows no locks nobody is
    kept out. Raises ModelUnavailable if another holds it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(folder / FILE, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        _lock(descriptor, what)
        try:
            yield
        finally:
            _leave(folder)
    finally:
        os.close(descriptor)
        if sys.platform == "win32":  # which removes no open file
            _leave(folder)


def emptied(folder: Path) -> bool:
    """Delete what was put into a held folder; False if there was nothing."""
    found = [path for path in folder.glob("*") if path.name != FILE]
    for path in found:
        path.unlink()
    return bool(found)


def _leave(folder: Path) -> None:
    with contextlib.suppress(OSError):
        if [path.name for path in folder.iterdir()] == [FILE]:
            (folder / FILE).unlink()
            folder.rmdir()


def _lock(descriptor: int, what: str) -> None:
    with contextlib.suppress(OSError):
        try:
            if sys.platform == "win32":
                msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
            else:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except _HELD as error:
            raise ModelUnavailable(
                f"Another musicdesk is installing or removing {what} at the moment. Wait until it is done."
            ) from error
