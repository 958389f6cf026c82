"""The library as arrays, one row a sound: what a list needs to know of a track without its record."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from musicdesk.errors import BadRequest
from musicdesk.records import FloatArray, IntArray, Vectors
from musicdesk.tracks import Tracks, rows_for

CodeArray = npt.NDArray[np.int32]
_Kind = TypeVar("_Kind", bound=np.generic)


@dataclass(frozen=True, slots=True, eq=False)
class Shelf:
    """One row a sound, in the order of ``Vectors``. Immutable; a new one is made when a batch of tracks arrives."""

    hashes: tuple[str, ...]
    track_ids: tuple[int, ...]
    """The file that stands for each sound; 0: there is none."""
    space: FloatArray  # [n, dim] standardised, unit rows
    artist_ids: CodeArray  # [n] equal where the artist is the same; -1: unknown
    album_ids: CodeArray  # [n] equal where the album is the same; -1: unknown
    length_s: FloatArray  # [n] 0: unknown
    present: npt.NDArray[np.bool_]  # [n] False: missing from the disk or excluded
    artists: Mapping[str, int]
    """Artist, casefolded → code; a track of several artists is filed under the first."""
    rows: Mapping[str, int]
    """Audio hash → row."""
    recordings: IntArray | None = None  # [n] equal where it is the same recording in another encoding; None: unknown

    def __len__(self) -> int:
        return len(self.hashes)

    def row(self, audio_hash: str) -> int | None:
        """The row of a sound, None if it is not analysed."""
        return self.rows.get(audio_hash)


def shelf(vectors: Vectors, space: FloatArray, tracks: Tracks, *, recordings: IntArray | None = None) -> Shelf:
    """Put the library on the shelf: of several files with one sound, the first that is there stands for it.

    ``space`` [n, dim] holds the rows of ``vectors``, standardised. Raises BadRequest if their lengths differ.
    """
    if len(space) != len(vectors):
        raise BadRequest(f"There are {len(vectors)} sounds, but {len(space)} rows in their space.")
    columns, chosen = tracks.columns, rows_for(tracks, vectors.hashes)
    artist_codes, artists = tracks.artist_codes
    return Shelf(
        hashes=vectors.hashes,
        track_ids=tuple(_taken(columns.ids, chosen, missing=0).tolist()),
        space=space,
        artist_ids=_taken(artist_codes, chosen, missing=-1),
        album_ids=_taken(tracks.album_codes, chosen, missing=-1),
        length_s=_taken(columns.length_s, chosen, missing=0).astype(np.float32),
        present=_taken(~(columns.missing | columns.excluded), chosen, missing=False),
        artists=artists,
        rows=dict(zip(vectors.hashes, range(len(vectors)), strict=True)),
        recordings=recordings,
    )


def _taken(column: npt.NDArray[_Kind], rows: IntArray, *, missing: object) -> npt.NDArray[_Kind]:
    """The column's values in some rows; ``missing`` for the row -1.  # [len(rows)]"""
    return np.append(column, np.array([missing], dtype=column.dtype))[rows]
