"""Walk through folders and meet every sound file once, in the same order each time."""

import os
import stat
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from musicdesk.errors import NotFound
from musicdesk.records import FoundFile, printable

ENDINGS = frozenset({
    ".mp3", ".flac", ".ogg", ".oga", ".opus", ".m4a", ".mp4", ".aac", ".wav", ".aif", ".aiff", ".wma", ".ape", ".wv",
    ".mpc", ".tta",
})  # fmt: skip
STOP_SIGNS = frozenset({".nomedia", ".notmusic"})
"""A file of this name keeps its folder, and everything below, out of the library."""
NO_MUSIC = frozenset({"@eadir", "#recycle", "$recycle.bin", "system volume information", "lost+found"})
"""Folders that systems and network storage make for themselves."""

OnSkip = Callable[[str, str], None]
"""Called with a path and a sentence: why it could not be read."""


def walk(folders: Sequence[str], *, on_skip: OnSkip) -> Iterator[FoundFile]:
    """Every sound file below ``folders``, by name, each folder once however many links lead to it.

    Hidden files and folders are left out, and so is a folder holding ``.nomedia`` or ``.notmusic``. Links are
    followed, after all real folders, so that a track is met under its real path. Names that are no UTF-8 keep their
    bytes. What cannot be read goes to ``on_skip``. Raises NotFound, before the first file, for a folder that is not
    there.
    """
    for folder in folders:
        if not os.path.isdir(folder):
            what = "is a file, not a folder" if os.path.exists(folder) else "is not there"
            raise NotFound(f"The folder {printable(folder)} {what}. Check its name, or connect the disk it is on.")
    return _walk(tuple(os.path.abspath(folder) for folder in folders), on_skip)


def music_in(folder: Path) -> list[str]:
    """The sound files below one folder, sorted by path, for measuring: what cannot be read is passed over."""
    return sorted(found.path for found in walk([str(folder)], on_skip=lambda _path, _why: None))


def _walk(folders: Sequence[str], on_skip: OnSkip) -> Iterator[FoundFile]:
    seen: set[tuple[int, int]] = set()
    links: deque[str] = deque()
    for folder in folders:
        yield from _tree(folder, seen=seen, links=links, on_skip=on_skip)
    while links:
        yield from _tree(links.popleft(), seen=seen, links=links, on_skip=on_skip)


def _tree(root: str, *, seen: set[tuple[int, int]], links: deque[str], on_skip: OnSkip) -> Iterator[FoundFile]:
    """One folder and the real folders below it; linked folders are left in ``links`` for later."""
    stack = [root]
    while stack:
        folder = stack.pop()
        if not _first_visit(folder, seen=seen, on_skip=on_skip):
            continue
        below: list[str] = []
        for entry in _entries(folder, on_skip):
            if _is_folder(entry):
                (links if entry.is_symlink() else below).append(entry.path)
            elif os.path.splitext(entry.name)[1].lower() in ENDINGS and (found := _found(entry, on_skip)):
                yield found
        stack.extend(reversed(below))


def _first_visit(folder: str, *, seen: set[tuple[int, int]], on_skip: OnSkip) -> bool:
    try:
        here = os.stat(folder)
    except OSError as error:
        on_skip(folder, _sentence("folder", error))
        return False
    identity = (here.st_dev, here.st_ino)
    first = identity not in seen
    seen.add(identity)
    return first


def _entries(folder: str, on_skip: OnSkip) -> list[os.DirEntry[str]]:
    """What a folder holds, by name; nothing if it is unreadable or carries a stop sign."""
    try:
        with os.scandir(folder) as listing:
            entries = sorted(listing, key=lambda entry: entry.name)
    except OSError as error:
        on_skip(folder, _sentence("folder", error))
        return []
    if any(entry.name in STOP_SIGNS for entry in entries):
        return []
    return [entry for entry in entries if not entry.name.startswith(".") and entry.name.lower() not in NO_MUSIC]


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link in a circle
        return False


def _found(entry: os.DirEntry[str], on_skip: OnSkip) -> FoundFile | None:
    try:
        facts = entry.stat()
    except FileNotFoundError:
        on_skip(entry.path, "The link leads nowhere." if entry.is_symlink() else "The file went away during the scan.")
        return None
    except OSError as error:
        on_skip(entry.path, _sentence("file", error))
        return None
    if not stat.S_ISREG(facts.st_mode):
        return None
    return FoundFile(path=entry.path, size_bytes=facts.st_size, mtime_ns=facts.st_mtime_ns)


def _sentence(what: str, error: OSError) -> str:
    if isinstance(error, PermissionError):
        return f"The {what} may not be read: permission denied."
    return f"The {what} could not be read: {error.strerror or error}."
