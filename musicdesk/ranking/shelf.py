"""The library as arrays, one row a sound: what a list needs to know of a track without its record."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from musicdesk.errors import BadRequest
from musicdesk.records import FloatArray, Track, Vectors

CodeArray = npt.NDArray[np.int32]


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

    def __len__(self) -> int:
        return len(self.hashes)

    def row(self, audio_hash: str) -> int | None:
        """The row of a sound, None if it is not analysed."""
        return self.rows.get(audio_hash)


def shelf(vectors: Vectors, space: FloatArray, tracks: Iterable[Track]) -> Shelf:
    """Put the library on the shelf: of several files with one sound, the first that is there stands for it.

    ``space`` [n, dim] holds the rows of ``vectors``, standardised. Raises BadRequest if their lengths differ.
    """
    if len(space) != len(vectors):
        raise BadRequest(f"There are {len(vectors)} sounds, but {len(space)} rows in their space.")
    files = _standing_for(tracks)
    chosen = [files.get(audio_hash) for audio_hash in vectors.hashes]
    artist_ids, artists = _codes([_artist(track) for track in chosen])
    album_ids, _ = _codes([_album(track) for track in chosen])
    return Shelf(
        hashes=vectors.hashes,
        track_ids=tuple(track.id if track else 0 for track in chosen),
        space=space,
        artist_ids=artist_ids,
        album_ids=album_ids,
        length_s=np.array([track.length_s if track else 0 for track in chosen], dtype=np.float32),
        present=np.array([track is not None and _there(track) for track in chosen], dtype=bool),
        artists=artists,
        rows={audio_hash: row for row, audio_hash in enumerate(vectors.hashes)},
    )


def _standing_for(tracks: Iterable[Track]) -> dict[str, Track]:
    files: dict[str, Track] = {}
    for track in tracks:
        before = files.get(track.audio_hash)
        if track.audio_hash and (before is None or (_there(track) and not _there(before))):
            files[track.audio_hash] = track
    return files


def _there(track: Track) -> bool:
    return not track.missing and not track.excluded


def _artist(track: Track | None) -> str:
    names = (track.tags.artists or track.tags.album_artists) if track else ()
    return names[0].strip().casefold() if names else ""


def _album(track: Track | None) -> str:
    """A tagged album within its album artist or folder: two "Greatest Hits" are two albums."""
    if track is None or not track.tags.album:
        return ""
    owner = track.tags.album_artists[0] if track.tags.album_artists else track.path.rpartition("/")[0]
    return f"{track.tags.album.strip().casefold()}\0{owner.strip().casefold()}"


def _codes(names: Sequence[str]) -> tuple[CodeArray, dict[str, int]]:
    """Equal names as equal numbers; -1 for "".  # [n]"""
    codes: dict[str, int] = {}
    numbers = [codes.setdefault(name, len(codes)) if name else -1 for name in names]
    return np.array(numbers, dtype=np.int32), codes
