"""Which row of the library a scanned file belongs to: the sound decides, then the path.

A file at a known path with the known sound keeps its row. Any other file looks for a row with its sound that has lost
its file; only then does a file with a new sound keep the row of its path (a better copy put in place of a bad one).
So files that were moved, renamed or swapped keep their rows, and a copy beside its original gets one of its own.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import PurePath
from typing import NamedTuple

from musicdesk.records import ScannedFile


class Known(NamedTuple):
    """What placing needs to know of a row."""

    id: int
    path: str
    audio_hash: str
    missing: bool
    removed: bool
    contents: tuple[object, ...]
    """Everything else that a scan says of the file, to see whether it changed."""


Placement = tuple[ScannedFile, Known | None]


def place(files: Sequence[ScannedFile], *, here: Iterable[Known], free: Iterable[Known]) -> list[Placement]:
    """Give every file its row, or None for a new one.

    ``here`` holds all rows at the files' paths, ``free`` the rows of the files' sounds whose own file is gone.
    A path comes once, and a row is given once.
    """
    own = _own_rows(files, here := tuple(here))
    stays = [file for file in files if (row := own.get(file.file.path)) and row.audio_hash == file.audio_hash]
    rows: dict[str, Known | None] = {file.file.path: own[file.file.path] for file in stays}
    moved = [file for file in files if file.file.path not in rows]
    lost = _LostRows((*free, *here), taken={row.id for row in rows.values() if row})
    for claim in (lost.of_same_name, lost.any, lambda file: lost.take(own.get(file.file.path))):
        rows |= {file.file.path: claim(file) for file in moved if rows.get(file.file.path) is None}
    return [(file, rows[file.file.path]) for file in files]


def _own_rows(files: Iterable[ScannedFile], here: Iterable[Known]) -> dict[str, Known]:
    """The row of each path: the one with the same sound, else the one that is there, else the latest."""
    sounds = {file.file.path: file.audio_hash for file in files}

    def likeness(row: Known) -> tuple[bool, bool, int]:
        return row.audio_hash == sounds[row.path], not (row.missing or row.removed), row.id

    return {row.path: row for row in sorted(here, key=likeness)}


class _LostRows:
    """Rows without a file, by sound."""

    def __init__(self, rows: Iterable[Known], taken: set[int]) -> None:
        self._taken = taken
        self._rows: dict[str, list[Known]] = defaultdict(list)
        for row in rows:
            self._rows[row.audio_hash].append(row)

    def of_same_name(self, file: ScannedFile) -> Known | None:
        """A row with the sound and the name of ``file``: it was moved, not renamed."""
        name = PurePath(file.file.path).name
        return self.take(next((row for row in self._left(file) if PurePath(row.path).name == name), None))

    def any(self, file: ScannedFile) -> Known | None:
        """The oldest row with the sound of ``file``."""
        return self.take(min(self._left(file), key=lambda row: row.id, default=None))

    def take(self, row: Known | None) -> Known | None:
        """This row, unless it was given away."""
        if row is None or row.id in self._taken:
            return None
        self._taken.add(row.id)
        return row

    def _left(self, file: ScannedFile) -> list[Known]:
        rows = self._rows.get(file.audio_hash, ()) if file.audio_hash else ()
        return [row for row in rows if row.id not in self._taken]
