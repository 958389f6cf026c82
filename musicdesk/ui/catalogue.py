"""The whole library as the window shows it: made once off the window's thread, then only looked into.

Sorting is an argsort of ranks that were made here, filtering a walk over folded words, so that both stay quick over
200,000 tracks; a table holds an array of rows into this, never copies.
"""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from musicdesk.records import IntArray, Track


@dataclass(frozen=True, eq=False)
class Catalogue:
    """All tracks in a fixed order, with what is needed to sort and find them."""

    tracks: tuple[Track, ...] = ()
    words: tuple[str, ...] = field(default=(), repr=False)
    """Title, artist and album of each, folded."""
    ranks: dict[str, IntArray] = field(default_factory=dict, repr=False)
    """Column → place of each track in the order of that column.  # [n]"""

    @classmethod
    def of(cls, tracks: Sequence[Track]) -> "Catalogue":
        """Look through the tracks; a second or so at 200,000."""
        texts = {
            "title": [folded(t.title) for t in tracks],
            "artist": [folded(t.artist) for t in tracks],
            "album": [folded(t.album) for t in tracks],
            "genre": [folded("; ".join(t.tags.genres)) for t in tracks],
            "codec": [t.codec for t in tracks],
        }
        words = tuple(map("\n".join, zip(texts["title"], texts["artist"], texts["album"], strict=True)))
        ranks = {name: _ranks(np.array(column, dtype=np.str_)) for name, column in texts.items()}
        ranks["length"] = _ranks(np.array([t.length_s for t in tracks], dtype=np.float32))
        ranks["album"] = _album_ranks(tracks, ranks["album"])
        return cls(tuple(tracks), words, ranks)

    def __len__(self) -> int:
        return len(self.tracks)

    @cached_property
    def by_hash(self) -> dict[str, Track]:
        """The track that stands for each sound; one that is on the disk, if there is one."""
        found: dict[str, Track] = {}
        for track in self.tracks:
            kept = found.get(track.audio_hash)
            if track.audio_hash and (kept is None or kept.missing):
                found[track.audio_hash] = track
        return found

    @cached_property
    def by_id(self) -> dict[int, int]:
        """Track id → row."""
        return {track.id: row for row, track in enumerate(self.tracks)}

    def rows_of(self, ids: Iterable[int]) -> IntArray:
        """The rows of these tracks in their order; unknown ids are left out."""
        return np.array([self.by_id[i] for i in ids if i in self.by_id], dtype=np.int64)

    def matching(self, text: str) -> IntArray:
        """The rows whose title, artist and album hold every word of the text."""
        wanted = folded(text).split()
        if not wanted:
            return np.arange(len(self.tracks), dtype=np.int64)
        fits = [all(word in words for word in wanted) for words in self.words]
        return np.flatnonzero(np.array(fits, dtype=bool)).astype(np.int64)

    def ordered(self, rows: IntArray, column: str, *, descending: bool = False) -> IntArray:
        """These rows by a column; equal ones keep their order."""
        places = self.ranks[column][rows]
        return rows[np.argsort(-places if descending else places, kind="stable")]


def folded(text: str) -> str:
    """How words are compared: no case, no accents."""
    if text.isascii():
        return text.casefold()
    plain = unicodedata.normalize("NFKD", text)
    return "".join(c for c in plain if not unicodedata.combining(c)).casefold()


def _ranks(values: np.ndarray) -> IntArray:
    """Equal values share a place; empty texts come last."""
    _, places = np.unique(values, return_inverse=True)
    places = places.reshape(-1).astype(np.int64)
    if values.dtype.kind == "U":
        places[values == ""] = len(values)
    return places


def _album_ranks(tracks: Sequence[Track], albums: IntArray) -> IntArray:
    """Within an album by disc and number."""
    numbers = np.array([(t.tags.disc_number or 0) * 1000 + (t.tags.track_number or 0) for t in tracks], dtype=np.int64)
    return albums * 1_000_000 + np.minimum(numbers, 999_999)
