"""Walks through a library from one sound, or place, to another in even steps.

The way is the great circle between the ends, and each step shall stand near to its place on it. A greedy walk takes the
nearest for each step by itself; here all steps are chosen together, by a beam that weighs how far each lies from its
place against how far it lies from the step before: with both ends given, the least sum of squares is an even one.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from musicdesk.errors import BadRequest, NothingYet
from musicdesk.records import FloatArray, IntArray, unit_rows

BoolArray = npt.NDArray[np.bool_]

LONGEST = 500
BEAM = 48
"""So many walks are kept at each step."""
CANDIDATES = 64
"""So many sounds are looked at for each step, and as many as there are steps at least."""
EVEN = 1.0
"""What the square of a step costs, beside the distance from its place."""
ARC = 1.0
"""What it costs to be off the axes by all of the library."""
CLUMP = 100.0
"""What the same artist so soon costs: more than any detour, so that it only happens where there is nobody else."""
NEIGHBOURS = 20
"""The sounds about a place by which its axes are told."""


@dataclass(frozen=True, eq=False)
class Walk:
    """The rows of a path in order."""

    rows: IntArray  # [length]
    at: FloatArray  # [length] where on the way each was wanted, 0 to 1
    unevenness: float
    """The largest step over the mean step, as angles of the space; 1 is even."""


def walk(
    space: FloatArray, start: int | FloatArray, end: int | FloatArray, *, length: int, artists: IntArray,
    axes: FloatArray | None = None, wanted: FloatArray | None = None, allowed: BoolArray | None = None,
    apart: int = 3, beam: int = BEAM, even: float = EVEN,
) -> Walk:  # fmt: skip
    """``length`` sounds from ``start`` to ``end``, each a row of ``space`` (then it is on the path) or a place.

    ``space`` [n, dim] are unit rows, a place is one like them [dim]; ``artists`` [n], below 0 nobody known;
    ``axes`` [n, a] are percentiles that shall change evenly too, or go through ``wanted`` [length, a];
    ``allowed`` [n] says which sounds may be on the way. No sound comes twice, and no artist within ``apart`` steps
    unless there is nobody else. ``beam`` 1 with ``even`` 0 is the greedy walk.

    Raises:
        BadRequest: a length below 2 or above 500, or ends that are the same sound.
        NothingYet: there are fewer sounds than steps.
    """
    ends = _ends(start, end)
    _check(len(space), ends, length=length)
    at = np.linspace(0, 1, length, dtype=np.float32)
    places = great_circle(_place(space, start), _place(space, end), at)
    goal = wanted if wanted is not None or axes is None else _evenly(space, places, axes, at=at, ends=ends)
    costs = _costs(space, places, axes=axes, wanted=goal)
    costs[:, ~_usable(len(space), ends, allowed)] = np.inf
    if ends[1] >= 0 and artists[ends[1]] >= 0:  # a beam would see too late who stands at the end
        costs[-1 - apart : -1, artists == artists[ends[1]]] += CLUMP
    if np.isfinite(costs).any(axis=0).sum() < length - sum(row >= 0 for row in ends):
        raise NothingYet(f"There are fewer than {length} tracks to walk over. Ask for a shorter path.")
    rows = _chosen(space, costs, ends=ends, artists=artists, apart=apart, beam=beam, even=even)
    return Walk(rows, at, unevenness(space[rows]))


def great_circle(start: FloatArray, end: FloatArray, at: FloatArray) -> FloatArray:
    """Places on the shortest way between two unit rows; straight on, and unit, where they face each other.

    # [dim], [dim], [k] of 0 to 1 -> [k, dim]
    """
    angle = float(np.arccos(np.clip(start @ end, -1, 1)))
    if np.sin(angle) < 1e-3:
        return unit_rows((1 - at)[:, None] * start + at[:, None] * end)
    first, second = np.sin((1 - at) * angle), np.sin(at * angle)
    return unit_rows(np.asarray(first[:, None] * start + second[:, None] * end, np.float32))


def unevenness(rows: FloatArray) -> float:
    """The largest step over the mean step of unit rows in order, as angles; 1 is even.  # [length, dim]"""
    angles = np.arccos(np.clip((rows[1:] * rows[:-1]).sum(axis=1), -1, 1))
    mean = float(angles.mean()) if len(angles) else 0.0
    return float(angles.max()) / mean if mean > 1e-6 else 1.0


def _ends(start: int | FloatArray, end: int | FloatArray) -> tuple[int, int]:
    """The rows that are held fast; -1 for a place."""
    return tuple(-1 if isinstance(one, np.ndarray) else int(one) for one in (start, end))  # type: ignore[return-value]


def _check(count: int, ends: tuple[int, int], *, length: int) -> None:
    if not 2 <= length <= LONGEST:
        raise BadRequest(f"A path has 2 to {LONGEST} tracks; {length} were asked for.")
    if ends[0] == ends[1] >= 0:
        raise BadRequest("A path goes from one track to another; these are the same.")
    if max(ends) >= count:
        raise BadRequest("An end of the path is not among the sounds.")


def _usable(count: int, ends: tuple[int, int], allowed: BoolArray | None) -> BoolArray:
    """What may stand between the ends.  # [n]"""
    found = np.ones(count, bool) if allowed is None else allowed.copy()
    found[[row for row in ends if row >= 0]] = False
    return found


def _place(space: FloatArray, one: int | FloatArray) -> FloatArray:
    return unit_rows(one) if isinstance(one, np.ndarray) else space[int(one)]


def _evenly(
    space: FloatArray, places: FloatArray, axes: FloatArray, *, at: FloatArray, ends: tuple[int, int]
) -> FloatArray:
    """The axes at the ends (of a place: of what lies about it), and evenly between.  # [length, a]"""
    told = []
    for row, place in zip(ends, (places[0], places[-1]), strict=True):
        near = np.argsort(-(space @ place), kind="stable")[:NEIGHBOURS] if row < 0 else np.array([row])
        told.append(axes[near].mean(axis=0))
    return np.asarray((1 - at)[:, None] * told[0] + at[:, None] * told[1], np.float32)


def _costs(space: FloatArray, places: FloatArray, *, axes: FloatArray | None, wanted: FloatArray | None) -> FloatArray:
    """How far each sound is from what each step wants.  # [length, n]"""
    costs = 1 - places @ space.T
    if axes is not None and wanted is not None:
        for cost, goal in zip(costs, wanted, strict=True):
            cost += ARC * np.abs(axes - goal).mean(axis=1)
    return np.asarray(costs, np.float32)


def _chosen(
    space: FloatArray, costs: FloatArray, *, ends: tuple[int, int], artists: IntArray, apart: int, beam: int,
    even: float,
) -> IntArray:  # fmt: skip
    """The cheapest of the walks that a beam of so many finds.  # [length]"""
    length = len(costs)
    walks, spent = np.zeros((1, 0), np.int64), np.zeros(1)
    for step in range(length):
        fixed = ends[0] if step == 0 else ends[1] if step == length - 1 else -1
        some = np.array([fixed]) if fixed >= 0 else _nearest(costs[step], max(CANDIDATES, 2 * length))
        total = spent[:, None] + (0 if fixed >= 0 else costs[step, some][None])
        if step:
            total = total + even * (1 - space[walks[:, -1]] @ space[some].T) ** 2
            total += CLUMP * _clumps(artists, walks, some, apart)
            total[(walks[:, :, None] == some).any(axis=1)] = np.inf
        best = np.argsort(total, axis=None, kind="stable")[:beam]
        best = best[np.isfinite(total.ravel()[best])]
        before, there = np.divmod(best, len(some))
        walks, spent = np.concatenate([walks[before], some[there][:, None]], axis=1), total[before, there]
    return np.asarray(walks[0], np.int64)


def _nearest(cost: FloatArray, count: int) -> IntArray:
    """The cheapest sounds for one step, the cheapest first."""
    some = np.argpartition(cost, count)[:count] if count < len(cost) else np.arange(len(cost))
    some = some[np.isfinite(cost[some])]
    return np.asarray(some[np.argsort(cost[some], kind="stable")], np.int64)


def _clumps(artists: IntArray, walks: IntArray, some: IntArray, apart: int) -> IntArray:
    """How often each candidate's artist stands in the last steps of each walk.  # [b, c]"""
    if not apart:
        return np.zeros((len(walks), len(some)), np.int64)
    last, own = artists[walks[:, -apart:]], artists[some]
    return np.asarray(((last[:, :, None] == own) & (own >= 0)).sum(axis=1), np.int64)
