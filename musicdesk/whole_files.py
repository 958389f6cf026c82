"""Files and folders that are written whole or not at all."""

import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """A place beside ``path`` to write a file to.

    It takes the name of ``path`` once the block has ended well, in place of what was there; else it is gone. What the
    disk refuses is raised as OSError: the caller knows what to say about it.
    """
    new = path.with_name(f".musicdesk-{secrets.token_hex(4)}.new")  # short, whatever the name; one for each writer
    try:
        yield new
        new.replace(path)
    finally:
        with suppress(OSError):
            new.unlink(missing_ok=True)


@contextmanager
def whole_folder(path: Path) -> Iterator[Path]:
    """A new folder beside ``path`` to write to.

    It takes the name of ``path`` once the block has ended well, in place of what was there; else it is gone. What the
    disk refuses is raised as OSError.
    """
    new = path.with_name(f".{path.name}-{secrets.token_hex(4)}.new")
    try:
        new.mkdir(parents=True)
        yield new
        shutil.rmtree(path, ignore_errors=True)
        new.replace(path)
    finally:
        shutil.rmtree(new, ignore_errors=True)
