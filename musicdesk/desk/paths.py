"""A playlist that walks from one place of the library to another in even steps."""

from collections.abc import Sequence

import numpy as np

from musicdesk.desk.bearings import Bearings, Mask
from musicdesk.desk.departures import Departure
from musicdesk.errors import BadRequest, NothingYet
from musicdesk.mood import paths
from musicdesk.ranking.shelf import Shelf
from musicdesk.records import AXES, Axis, FloatArray, IntArray, MoodPath, PathStep

MOST_LIKE = 12
"""So many tracks stand for a mood of the library."""
SHORTEST, LONGEST = 3, 500
UNEVEN = 2.5
"""A step that is so many times as long as the others is told of."""
EVEN = (AXES.index(Axis.AROUSAL), AXES.index(Axis.VALENCE))
"""The axes that change evenly on the way."""
WEIGHTS = np.sqrt(np.array([1.0, 0.5], np.float32))
"""How they count: as roots, since squares of distances are what costs. Energy is what is heard first of all."""
JUMP = 0.2
"""A step of energy that is by so much larger than an even one is told of."""


def walked(bearings: Bearings, start: Departure, end: Departure, *, length: int, allowed: Mask) -> MoodPath:
    """The path, of ``length`` tracks or as many as there are; ``allowed`` [n] may be on it, and its ends."""
    if not SHORTEST <= length <= LONGEST:
        raise BadRequest(f"A path has {SHORTEST} to {LONGEST} tracks; {length} is no such number.")
    free = _free(bearings.snapshot.shelf, allowed, [at.rows for at in (start, end) if len(at.rows) == 1])
    count = min(length, int(free.sum()))
    if count < SHORTEST:
        raise NothingYet(f"A path needs {SHORTEST} tracks that may be suggested; here are {count}.")
    shelf, moods = bearings.snapshot.shelf, bearings.moods
    if len(start.rows) == len(end.rows) == 1 and start.rows[0] == end.rows[0]:
        raise BadRequest("The path would begin and end with the same track. Choose another end.")
    found = paths.walk(
        shelf.space, _end(start), _end(end), length=count, artists=shelf.artist_ids.astype(np.int64),
        axes=WEIGHTS * moods.axes[:, EVEN], wanted=WEIGHTS * _evenly(start, end, count), allowed=free,
    )  # fmt: skip
    steps = tuple(
        PathStep(
            track=bearings.snapshot.tracks[shelf.hashes[row]],
            at=float(at),
            axes=tuple(zip(AXES, moods.axes[row].tolist(), strict=True)),
        )
        for row, at in zip(found.rows.tolist(), found.at.tolist(), strict=True)
    )
    label, energy = f"From {_name(start)} to {_name(end)}", moods.axes[found.rows, EVEN[0]]
    told = (_short(count, length), _gap(found.unevenness), _leap(energy))
    return MoodPath(
        label, steps, found.unevenness, " ".join(filter(None, told)), jump=float(np.abs(np.diff(energy)).max())
    )


def _free(shelf: Shelf, allowed: Mask, ends: Sequence[IntArray]) -> Mask:
    """What may be on the path: one file of each recording, and the tracks that are its ends.  # [n]"""
    held = np.concatenate([np.zeros(0, np.int64), *ends])
    held = held[shelf.present[held]]
    free = allowed.copy()
    free[held] = True
    if shelf.recordings is not None:
        rows = np.concatenate([held, np.flatnonzero(free)])
        kept = rows[np.unique(shelf.recordings[rows], return_index=True)[1]]
        free = np.zeros(len(shelf), bool)
        free[kept] = free[held] = True
    return free


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


def _short(count: int, length: int) -> str:
    return f"Only {count} tracks may be suggested, so the path is that short." if count < length else ""


def _gap(unevenness: float) -> str:
    if unevenness <= UNEVEN:
        return ""
    return f"One step is {unevenness:.1f} times as long as the others: between its two tracks this library has a gap."


def _leap(energy: FloatArray) -> str:
    """Where energy jumps, by what is heard and not by what was asked for.  # [length]"""
    steps = np.abs(np.diff(energy))
    at, even = int(steps.argmax()), abs(float(energy[-1] - energy[0])) / len(steps)
    if steps[at] - even <= JUMP:
        return ""
    return (
        f"From track {at + 1} to {at + 2} energy jumps by {100 * steps[at]:.0f} of 100: no track in between was found "
        "that fits the way better."
    )
