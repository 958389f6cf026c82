"""Many tracks at once: columns that numpy looks through, and a record only for the row that someone looks at.

A library of 200,000 tracks as records costs seconds and half a gigabyte; as columns it costs tenths of both, and what
a list, a search or an order needs of it is found without Python looking at each track.
"""

import os
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import NamedTuple, overload

import numpy as np
import numpy.typing as npt

from musicdesk.records import IntArray, Track, printable
from musicdesk.text_column import TextColumn

Mask = npt.NDArray[np.bool_]
LengthArray = npt.NDArray[np.float64]
CodeArray = npt.NDArray[np.int32]

ORDERS = frozenset({"title", "artist", "album", "genre", "codec", "length"})
"""What tracks can be ordered by."""
PLACES = 1_000_000
"""Above every place in an album."""
KEPT = 4096
"""Records that are kept once they were made: what a window shows is asked for again and again."""
AT_ONCE = 2048
"""Records that are made in one go where all are wanted."""
_LETTERS = str.maketrans(
    {"ø": "o", "đ": "d", "ł": "l", "æ": "ae", "œ": "oe", "ı": "i", "þ": "th", "ð": "d", "ħ": "h", "’": "'"}
)


def fold(text: str) -> str:
    """``text`` for comparing: without case, accents and superfluous space ("Björk  ØRE" → "bjork ore")."""
    if not text.isascii():
        parts = unicodedata.normalize("NFKD", text.casefold())
        text = "".join(c for c in parts if not unicodedata.combining(c)).translate(_LETTERS)
    return " ".join(text.casefold().replace("\0", " ").split())


class Keys(NamedTuple):
    """What a track is found, ordered and grouped by; the texts hold no NUL and no half characters."""

    words: str
    """Title, artists and album, folded."""
    title: str
    artist: str
    album: str
    genre: str
    artist_key: str
    """The first artist, whatever case; "": unknown."""
    album_key: str
    """A tagged album within its album artist or folder: two "Greatest Hits" are two albums. "": no tagged album."""
    place: int
    """Disc and number within the album."""


def keys_of(track: Track) -> Keys:
    """The keys of one track; ``title``, ``artist``, ``album`` and ``genre`` are folded."""
    tags = track.tags
    title, artist, album = track.title, track.artist, track.album
    place = (tags.disc_number or 0) * 1000 + (tags.track_number or 0)
    return Keys(
        words=_plain(fold(" ".join((title, *tags.artists, *tags.album_artists, album)))),
        title=_plain(fold(title)),
        artist=_plain(fold(artist)),
        album=_plain(fold(album)),
        genre=_plain(fold("; ".join(tags.genres))),
        artist_key=_plain(_artist(track)),
        album_key=_plain(_album(track)),
        place=min(max(place, 0), PLACES - 1),
    )


def _plain(text: str) -> str:
    return printable(text).replace("\0", " ")


def _artist(track: Track) -> str:
    names = track.tags.artists or track.tags.album_artists
    return names[0].strip().casefold() if names else ""


def _album(track: Track) -> str:
    if not track.tags.album:
        return ""
    owner = track.tags.album_artists[0] if track.tags.album_artists else track.path.rpartition("/")[0]
    return f"{track.tags.album.strip().casefold()}\n{owner.strip().casefold()}"


class Columns(NamedTuple):
    """What lists need to know of n tracks."""

    ids: IntArray  # [n]
    hashes: tuple[str, ...]
    """"" where a file could not be identified."""
    paths: Sequence[bytes]
    """As the file system has them."""
    length_s: LengthArray  # [n]
    missing: Mask  # [n]
    excluded: Mask  # [n]
    places: IntArray  # [n]
    texts: Mapping[str, TextColumn]
    """The texts of ``Keys`` by name, and ``codec``."""


Make = Callable[[Sequence[int]], Iterable[Track]]
"""Rows → their records, in that order."""


class LazyTracks(Sequence[Track]):
    """Records that are made when someone looks; immutable, safe to share between threads."""

    def __init__(self, count: int, make: Make) -> None:
        self._count, self._make = count, make
        self._made: dict[int, Track] = {}

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, row: int) -> Track: ...
    @overload
    def __getitem__(self, row: slice) -> tuple[Track, ...]: ...
    def __getitem__(self, row: int | slice) -> Track | tuple[Track, ...]:
        if isinstance(row, slice):
            return self.at(range(*row.indices(len(self))))
        known = self._made.get(row)
        if known is not None:
            return known
        place = range(len(self))[row]
        if len(self._made) >= KEPT:
            self._made.clear()
        (made,) = self._make([place])
        self._made[place] = made
        return made

    def at(self, rows: Iterable[int]) -> tuple[Track, ...]:
        """The records of these rows, made in one go."""
        return tuple(self._make([int(row) for row in rows]))

    def __iter__(self) -> Iterator[Track]:
        for start in range(0, len(self), AT_ONCE):
            yield from self._make(range(start, min(start + AT_ONCE, len(self))))

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if not isinstance(other, Sequence) or isinstance(other, str):
            return NotImplemented
        return len(self) == len(other) and all(a == b for a, b in zip(self, other, strict=True))

    __hash__ = None  # type: ignore[assignment]


class Tracks(LazyTracks):
    """Tracks in a fixed order, and the columns that tell what a list needs to know of them without their records."""

    def __init__(self, columns: Columns, make: Make) -> None:
        super().__init__(len(columns.ids), make)
        self.columns = columns
        self._places: dict[str, IntArray] = {}

    @classmethod
    def of(cls, tracks: Iterable[Track]) -> "Tracks":
        """These records as columns."""
        records = tuple(tracks)
        return cls(_columns(records), lambda rows: [records[row] for row in rows])

    def some(self, rows: IntArray) -> LazyTracks:
        """The tracks of these rows."""
        return LazyTracks(len(rows), lambda places: self._make(rows[np.asarray(places, dtype=np.int64)].tolist()))

    # ------------------------------------------------------------------------------------------- who is who

    @cached_property
    def row_of_id(self) -> Mapping[int, int]:
        """Track id → row."""
        return dict(zip(self.columns.ids.tolist(), range(len(self)), strict=True))

    @cached_property
    def row_of_hash(self) -> Mapping[str, int]:
        """Audio hash → the row that stands for the sound: the first that is there and not excluded, if there is one."""
        columns, rows = self.columns, np.arange(len(self))
        standing = np.lexsort((rows, columns.excluded, columns.missing))[::-1]
        hashes = columns.hashes
        found = dict(zip([hashes[row] for row in standing.tolist()], standing.tolist(), strict=True))
        found.pop("", None)
        return found

    def row_of_path(self, path: str) -> int:
        """The row of a file; -1 if it is not among them."""
        try:
            return self.columns.paths.index(os.fsencode(path))
        except ValueError:  # also a name that no file can have
            return -1

    @cached_property
    def by_hash(self) -> Mapping[str, Track]:
        """Audio hash → the track that stands for the sound."""
        return _ByHash(self)

    # ------------------------------------------------------------------------------------------- find, order

    def matching(self, text: str, *, bearing: Mapping[str, frozenset[str]] | None = None) -> IntArray:
        """The rows whose title, artists and album hold every word of ``text``, whatever case and accents.

        ``bearing``: tag of the listener's own → the audio hashes that bear it; its words count as the track's.
        """
        fits, tags = np.ones(len(self), dtype=bool), {fold(tag): sounds for tag, sounds in (bearing or {}).items()}
        for word in fold(text).split():
            sounds = frozenset[str]().union(*(hashes for tag, hashes in tags.items() if word in tag))
            fits &= self.columns.texts["words"].holding(word) | self.of_sounds(sounds)
        return np.flatnonzero(fits).astype(np.int64)

    def of_sounds(self, sounds: frozenset[str]) -> Mask:
        """Which of them are one of these sounds; copies of a file are.  # [n]"""
        if not sounds:
            return np.zeros(len(self), dtype=bool)
        return np.fromiter((sound in sounds for sound in self.columns.hashes), dtype=bool, count=len(self))

    def is_ranked(self, column: str) -> bool:
        """Whether :meth:`places` is known for this column."""
        return column in self._places or not len(self)

    def places(self, column: str) -> IntArray:
        """The place of each track in the order of one of ``ORDERS``; a tenth of a second the first time.  # [n]

        Equal ones share a place, empty texts come last, albums are in the order of their discs and numbers.
        """
        known = self._places.get(column)
        if known is None:
            known = self._places[column] = self._ranked(column)
        return known

    def _ranked(self, column: str) -> IntArray:
        if column == "length":
            return np.unique(self.columns.length_s, return_inverse=True)[1].reshape(-1).astype(np.int64)
        ranks = self.columns.texts[column].ranks()
        return ranks * PLACES + self.columns.places if column == "album" else ranks

    # ------------------------------------------------------------------------------------------- groups

    @cached_property
    def artist_codes(self) -> tuple[CodeArray, dict[str, int]]:
        """Equal where the first artist is the same, -1 where it is unknown [n]; and artist → code."""
        return self.columns.texts["artist_key"].codes()

    @cached_property
    def album_codes(self) -> CodeArray:
        """Equal where the album is the same; -1 where none is tagged.  # [n]"""
        return self.columns.texts["album_key"].codes()[0]


def _columns(records: Sequence[Track]) -> Columns:
    keys = [keys_of(track) for track in records]
    texts = {name: TextColumn.of([getattr(key, name) for key in keys]) for name in Keys._fields[:-1]}
    return Columns(
        ids=np.array([track.id for track in records], dtype=np.int64),
        hashes=tuple(track.audio_hash for track in records),
        paths=[os.fsencode(track.path) for track in records],
        length_s=np.array([track.length_s for track in records], dtype=np.float64),
        missing=np.array([track.missing for track in records], dtype=bool),
        excluded=np.array([track.excluded for track in records], dtype=bool),
        places=np.array([key.place for key in keys], dtype=np.int64),
        texts={**texts, "codec": TextColumn.of([_plain(track.codec) for track in records])},
    )


class _ByHash(Mapping[str, Track]):
    def __init__(self, tracks: Tracks) -> None:
        self._tracks, self._rows = tracks, tracks.row_of_hash

    def __getitem__(self, audio_hash: str) -> Track:
        return self._tracks[self._rows[audio_hash]]

    def __contains__(self, audio_hash: object) -> bool:
        return audio_hash in self._rows

    def __iter__(self) -> Iterator[str]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)


def rows_for(tracks: Tracks, hashes: Sequence[str]) -> IntArray:
    """The row that stands for each sound; -1 where there is none.  # [len(hashes)]"""
    row_of = tracks.row_of_hash.get
    return np.array([row_of(audio_hash, -1) for audio_hash in hashes], dtype=np.int64)
