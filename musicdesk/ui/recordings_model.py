"""Recordings that people may not want among their music, in groups: the words for each, and a table of its tracks."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from musicdesk.records import Kind as SoundKind
from musicdesk.records import Track, printable
from musicdesk.ui.columns import ALBUM, ARTIST, CODEC, LENGTH, TITLE, Column, Kind
from musicdesk.ui.tracks_model import TrackTable

SET = Column("set", "Set", Kind.NUMBER, 44, "Files with the same number are the same recording")
SIZE = Column("size", "Size", Kind.NUMBER, 76)
COLUMNS = (SET, TITLE, ARTIST, ALBUM, LENGTH, CODEC, SIZE)
LOSSLESS = frozenset({"flac", "alac", "wav", "pcm", "aiff", "wavpack", "ape", "tta"})


@dataclass(frozen=True, slots=True)
class About:
    """A group in words."""

    title: str
    sentence: str
    none: str


class Group(Enum):
    """The groups, in the order in which they are offered."""

    COPIES = About(
        "Same recording",
        "The same recording in more than one file. Lists name each only once; no file is ever deleted.",
        "No recording is here twice.",
    )
    SPEECH = About("Speech", "Probably talk: audio books, podcasts, interviews.", "Nothing here sounds like speech.")
    LONG = About(
        "Long", "20 minutes and longer: mixes, concerts, whole albums in one file.", "No file is 20 minutes or longer."
    )
    SILENCE = About("Mostly silent", "At least half of it is silence.", "No file is mostly silent.")
    OUT = About("Kept out", "Kept out of analysis and lists by you.", "You have kept nothing out.")


KINDS = {SoundKind.SPEECH: Group.SPEECH, SoundKind.LONG: Group.LONG, SoundKind.SILENCE: Group.SILENCE}
"""Which group a kind of sound is shown in."""

Sets = tuple[tuple[Track, ...], ...]
"""Tracks that belong together; a track by itself is a set of one."""


def spares(sets: Sets) -> frozenset[int]:
    """The ids of all but the best file of each set: lossless goes before lossy, then large before small."""
    spare: set[int] = set()
    for tracks in sets:
        here = [track for track in tracks if not track.missing] or list(tracks)
        best = max(here, key=lambda track: (track.codec.casefold() in LOSSLESS, track.size_bytes, -track.id))
        spare |= {track.id for track in tracks if track is not best}
    return frozenset(spare)


def megabytes(size_bytes: int) -> str:
    """A size as people read it."""
    return f"{size_bytes / 1e6:,.1f} MB" if size_bytes else ""


class RecordingsModel(TrackTable):
    """The tracks of one group; those of a set stand together under one number."""

    def __init__(self) -> None:
        super().__init__(COLUMNS)
        self._tracks: tuple[Track, ...] = ()
        self._sets: tuple[int, ...] = ()

    def show(self, sets: Sets) -> None:
        """Show these sets, one after the other."""
        tracks = tuple(track for members in sets for track in members)
        numbers = tuple(number for number, members in enumerate(sets, start=1) for _ in members)
        place = {track.id: row for row, track in enumerate(tracks)}

        def apply() -> None:
            self._tracks = tracks
            self._sets = numbers if any(len(members) > 1 for members in sets) else ()

        self._change(len(tracks), apply, lambda key: place.get(key, -1) if isinstance(key, int) else -1)

    def rows_of(self, ids: frozenset[int]) -> Sequence[int]:
        """The rows of these tracks."""
        return [row for row, track in enumerate(self._tracks) if track.id in ids]

    def track(self, row: int) -> Track | None:
        """The track of a row."""
        return self._tracks[row] if 0 <= row < len(self._tracks) else None

    def key(self, row: int) -> object:
        """The track's id."""
        track = self.track(row)
        return None if track is None else track.id

    def text(self, row: int, column: Column) -> str:
        """What stands in a cell; a set's number only in its first row."""
        if column is SET:
            first = row < len(self._sets) and (not row or self._sets[row] != self._sets[row - 1])
            return f"{self._sets[row]:,}" if first else ""
        track = self.track(row)
        if column is SIZE and track is not None:
            return megabytes(track.size_bytes)
        return super().text(row, column)

    def hint(self, row: int, column: Column) -> str | None:
        """Where the file is."""
        track = self.track(row)
        return super().hint(row, column) or (printable(track.path) if track is not None else None)
