"""What may be picked at all, what a list holds too much of, and which picks are the same recording twice.

Filters say no to a track whatever its score; they are counted by reason, so that a short list explains itself. Caps and
the collapse of duplicates only ever act in lists: the library's rows are never merged.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from musicdesk.ranking.recordings import SAME_LENGTH_S, SURE
from musicdesk.ranking.shelf import CodeArray, Shelf
from musicdesk.records import Feedback, FloatArray, IntArray, Query

Mask = npt.NDArray[np.bool_]

SAME_RECORDING = SURE
"""Cosine above which two tracks of one length are taken for one recording, as long as none were compared by ear."""


@dataclass(frozen=True, slots=True, eq=False)
class Allowed:
    """Which tracks may be picked, and why not the others."""

    mask: Mask  # [n] True: may be picked
    reasons: tuple[tuple[str, Mask], ...]
    """(reason in a few words, the tracks it keeps out); a track may have several."""

    @property
    def considered(self) -> int:
        """How many may be picked."""
        return int(self.mask.sum())

    @property
    def left_out(self) -> dict[str, int]:
        """Reason → count; each track counts under its first reason, so that all add up to the library."""
        counts: dict[str, int] = {}
        told = np.zeros_like(self.mask)
        for reason, held in self.reasons:
            counts[reason] = int((held & ~told).sum())
            told |= held
        return {reason: count for reason, count in counts.items() if count}

    def why_not(self, row: int) -> tuple[str, ...]:
        """Every reason that keeps this track out."""
        return tuple(reason for reason, held in self.reasons if held[row])


def allowed(shelf: Shelf, query: Query, feedback: Mapping[str, Feedback], *, now: float) -> Allowed:
    """Which tracks of the shelf a query may pick; ``now`` (epoch seconds) decides about "not now"."""
    reasons = (*_by_length(shelf, query), *_by_feedback(shelf, query, feedback, now), *_by_name(shelf, query))
    reasons = (("not on the disk, or excluded", ~shelf.present), *reasons)
    mask = np.ones(len(shelf), dtype=bool)
    for _, held in reasons:
        mask &= ~held
    return Allowed(mask, tuple((reason, held) for reason, held in reasons if held.any()))


def caps(
    order: IntArray, artist_ids: CodeArray, album_ids: CodeArray, *, per_artist: int, per_album: int, count: int
) -> tuple[IntArray, dict[str, int]]:
    """Walk down ``order`` (rows, best first), keep the first ``count`` within the caps (0: no cap), count the others.

    ``artist_ids`` and ``album_ids`` [n] are those of the whole shelf; -1 is unknown and never capped. Exactly the
    greedy rule: only a track that is kept uses up a place of its artist and its album.
    """
    artists: dict[int, int] = {-1: -len(order)}
    albums: dict[int, int] = {-1: -len(order)}
    most, most_album = per_artist or len(order), per_album or len(order)
    kept: list[int] = []
    full_artist = full_album = 0
    for row, artist, album in zip(order.tolist(), artist_ids[order].tolist(), album_ids[order].tolist(), strict=True):
        if (of_artist := artists.get(artist, 0)) >= most:
            full_artist += 1
        elif (of_album := albums.get(album, 0)) >= most_album:
            full_album += 1
        else:
            artists[artist], albums[album] = of_artist + 1, of_album + 1
            kept.append(row)
            if len(kept) == count:
                break
    return np.array(kept, dtype=np.int64), _counted(full_artist, full_album, per_artist, per_album)


def duplicates(gram: FloatArray, length_s: FloatArray, *, above: float = SAME_RECORDING) -> Mask:
    """Which of m ordered tracks repeat an earlier one: nearly the same vector and a length within two seconds.  # [m]

    ``gram`` [m, m] holds their cosines. Unknown lengths (0) never match. A chain is cut: a track repeats only one that
    is itself kept.
    """
    again = np.zeros(len(gram), dtype=bool)
    for place in np.flatnonzero((gram > above).sum(axis=1) > 1).tolist():
        earlier = np.flatnonzero((gram[place, :place] > above) & ~again[:place])
        near = np.abs(length_s[earlier] - length_s[place]) <= SAME_LENGTH_S
        again[place] = bool((near & (length_s[earlier] > 0)).any()) and length_s[place] > 0
    return again


def repeats(groups: IntArray) -> Mask:
    """Which of m ordered tracks are the recording of an earlier one, by their group numbers; -1 is alone.  # [m]"""
    again = np.ones(len(groups), dtype=bool)
    again[np.unique(groups, return_index=True)[1]] = False
    return again & (groups >= 0)


def _counted(full_artist: int, full_album: int, per_artist: int, per_album: int) -> dict[str, int]:
    counts = {
        f"more than {per_artist} by one artist": full_artist,
        f"more than {per_album} from one album": full_album,
    }
    return {reason: number for reason, number in counts.items() if number}


def _by_length(shelf: Shelf, query: Query) -> Iterator[tuple[str, Mask]]:
    known = shelf.length_s > 0
    yield f"shorter than {_clock(query.min_length_s)}", known & (shelf.length_s < query.min_length_s)
    yield f"longer than {_clock(query.max_length_s)}", known & (shelf.length_s > query.max_length_s)


def _by_feedback(
    shelf: Shelf, query: Query, feedback: Mapping[str, Feedback], now: float
) -> Iterator[tuple[str, Mask]]:
    said = [(row, given) for key, given in feedback.items() if (row := shelf.row(key)) is not None]
    yield "never to be suggested", _held(shelf, [row for row, given in said if given.never])
    yield "disliked", _held(shelf, [row for row, given in said if given.negative])
    yield "not now", _held(shelf, [row for row, given in said if given.not_now_until > now])
    if not query.include_known:
        yield "liked already", _held(shelf, [row for row, given in said if given.positive])


def _by_name(shelf: Shelf, query: Query) -> Iterator[tuple[str, Mask]]:
    for artist in query.not_artists:
        code = shelf.artists.get(artist.strip().casefold(), -2)
        yield f"by {artist}", shelf.artist_ids == code
    if query.seed:
        row = shelf.row(query.seed)
        yield "the track to start from", _held(shelf, [] if row is None else [row])


def _held(shelf: Shelf, rows: list[int]) -> Mask:
    mask = np.zeros(len(shelf), dtype=bool)
    mask[rows] = True
    return mask


def _clock(seconds: float) -> str:
    return f"{seconds:g} s" if seconds < 120 else f"{seconds / 60:g} min"
