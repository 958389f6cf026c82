"""A playlist that walks from one place of the library to another in even steps."""

import numpy as np

from musicdesk.desk.bearings import Bearings, Mask
from musicdesk.desk.departures import Departure
from musicdesk.errors import BadRequest, NothingYet
from musicdesk.mood import paths
from musicdesk.records import AXES, Axis, FloatArray, MoodPath, PathStep

MOST_LIKE = 12
"""So many tracks stand for a mood of the library."""
SHORTEST, LONGEST = 3, 500
UNEVEN = 2.5
"""A step that is so many times as long as the others is told of."""
EVEN = (AXES.index(Axis.AROUSAL), AXES.index(Axis.VALENCE))
"""The axes that change evenly on the way."""

WEIGHT = np.float32(2)
"""What an axis weighs beside the sound. With 1 an arc from calm to energetic jumped by 50 points in the middle."""


def walked(bearings: Bearings, start: Departure, end: Departure, *, length: int, allowed: Mask) -> MoodPath:
    """The path, of ``length`` tracks or as many as there are; ``allowed`` [n] may be on it, and its ends."""
    if not SHORTEST <= length <= LONGEST:
        raise BadRequest(f"A path has {SHORTEST} to {LONGEST} tracks; {length} is no such number.")
    free = allowed.copy()
    for at in (start, end):
        free[at.rows] |= len(at.rows) == 1 and bool(bearings.snapshot.shelf.present[at.rows].all())
    count = min(length, int(free.sum()))
    if count < SHORTEST:
        raise NothingYet(f"A path needs {SHORTEST} tracks that may be suggested; here are {count}.")
    shelf = bearings.snapshot.shelf
    if len(start.rows) == len(end.rows) == 1 and start.rows[0] == end.rows[0]:
        raise BadRequest("The path would begin and end with the same track. Choose another end.")
    found = paths.walk(
        shelf.space, _end(start), _end(end), length=count, artists=shelf.artist_ids.astype(np.int64),
        axes=WEIGHT * bearings.moods.axes[:, EVEN], wanted=WEIGHT * _evenly(start, end, count), allowed=free,
    )  # fmt: skip
    steps = tuple(
        PathStep(
            track=bearings.snapshot.tracks[shelf.hashes[row]],
            at=float(at),
            axes=tuple(zip(AXES, bearings.moods.axes[row].tolist(), strict=True)),
        )
        for row, at in zip(found.rows.tolist(), found.at.tolist(), strict=True)
    )
    label = f"From {_name(start)} to {_name(end)}"
    return MoodPath(label, steps, found.unevenness, _told(found.unevenness, count, length))


def _evenly(start: Departure, end: Departure, count: int) -> FloatArray:
    """Where each step shall stand on the axes that change evenly.  # [count, a]"""
    first, last = (np.array([at.axes[AXES[column]] for column in EVEN], np.float32) for at in (start, end))
    share = np.linspace(0, 1, count, dtype=np.float32)[:, None]
    return np.asarray((1 - share) * first + share * last, np.float32)


def _end(at: Departure) -> int | FloatArray:
    """A single track is on the path itself; of several the middle is."""
    return int(at.rows[0]) if len(at.rows) == 1 else at.vector


def _name(at: Departure) -> str:
    return at.seed.label.removeprefix("Like ")


def _told(unevenness: float, count: int, length: int) -> str:
    short = f"Only {count} tracks may be suggested, so the path is that short." if count < length else ""
    gap = (
        f"One step is {unevenness:.1f} times as long as the others: between its two tracks this library has a gap."
        if unevenness > UNEVEN else ""
    )  # fmt: skip
    return " ".join(filter(None, (short, gap)))
