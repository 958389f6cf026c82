"""Walks through a library from one sound, or place, to another in even steps.

The way is the great circle between the ends, and a straight line on the axes (energy, pleasantness) beside it. A greedy
walk takes the nearest for each step by itself, and jumps. Here all steps are chosen together: each costs how far it
lies from its place, and how far the change to it is from an even one. The cheapest walk is found as Viterbi did (IEEE
Trans. Inform. Theory 13, 1967), with the best walks to each sound kept instead of one, since what comes twice depends
on the whole walk.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from musicdesk.errors import BadRequest, NothingYet
from musicdesk.records import FloatArray, IntArray, unit_rows

BoolArray = npt.NDArray[np.bool_]

LONGEST = 500
CANDIDATES = 64
"""So many sounds are looked at for each step, and twice as many as there are steps at least."""
EACH = 2
"""So many walks are kept to each of them."""
BEAM = EACH * CANDIDATES
"""So many walks are kept at each step."""
OFF = 5.0
"""What the square of a distance from the line on the axes costs, beside the cosine that is missing to the place."""
LEAP = 5.0
"""What the cube of the cosine that is missing between neighbours costs: the largest step above all."""
JUMP = 20.0
"""What the square of a change costs that is not the even one on the axes."""
CLUMP = 100.0
"""What the same artist so soon costs: more than any detour, so that it only happens where there is nobody else."""
NEIGHBOURS = 20
"""The sounds about a place by which its axes are told."""
_AT_ONCE = 16


@dataclass(frozen=True, eq=False)
class Walk:
    """The rows of a path in order."""

    rows: IntArray  # [length]
    at: FloatArray  # [length] where on the way each was wanted, 0 to 1
    unevenness: float
    """The largest step over the mean step, as angles of the space; 1 is even."""


@dataclass(frozen=True, eq=False)
class _Ground:
    """What is walked over."""

    space: FloatArray  # [n, dim]
    artists: IntArray  # [n]
    axes: FloatArray  # [n, a], without columns where there are none
    apart: int


@dataclass(frozen=True, eq=False)
class _Step:
    """What may be the next, and what it costs by itself."""

    rows: IntArray  # [c]
    costs: FloatArray  # [c]
    change: FloatArray  # [a] since the step before, if all is even


def walk(
    space: FloatArray, start: int | FloatArray, end: int | FloatArray, *, length: int, artists: IntArray,
    axes: FloatArray | None = None, wanted: FloatArray | None = None, allowed: BoolArray | None = None,
    apart: int = 3, beam: int = BEAM, even: float = 1.0,
) -> Walk:  # fmt: skip
    """``length`` sounds from ``start`` to ``end``, each a row of ``space`` (then it is on the path) or a place.

    ``space`` [n, dim] are unit rows, a place is one like them [dim]; ``artists`` [n], below 0 nobody known;
    ``axes`` [n, a] are percentiles that shall change evenly too, or go through ``wanted`` [length, a];
    ``allowed`` [n] says which sounds may be on the way. No sound comes twice, and no artist within ``apart`` steps
    unless there is nobody else. ``even`` scales what uneven steps cost; with 0 and a ``beam`` of 1 the walk is greedy.

    Raises:
        BadRequest: a length below 2 or above 500, or ends that are the same sound.
        NothingYet: there are fewer sounds than steps.
    """
    ends = _ends(start, end)
    _check(len(space), ends, length=length)
    usable = _usable(len(space), ends, allowed)
    if usable.sum() < length - sum(row >= 0 for row in ends):
        raise NothingYet(f"There are fewer than {length} tracks to walk over. Ask for a shorter path.")
    at = np.linspace(0, 1, length, dtype=np.float32)
    places = great_circle(_place(space, start), _place(space, end), at)
    ground = _Ground(space, artists, np.zeros((len(space), 0), np.float32) if axes is None else axes, apart)
    goal = _evenly(ground, places, at=at, ends=ends) if wanted is None or axes is None else wanted
    steps = _steps(ground, places, goal, ends=ends, usable=usable)
    rows = _chosen(ground, steps, beam=beam, even=even)
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


def _evenly(ground: _Ground, places: FloatArray, *, at: FloatArray, ends: tuple[int, int]) -> FloatArray:
    """The axes at the ends (of a place: of what lies about it), and evenly between.  # [length, a]"""
    told = []
    for row, place in zip(ends, (places[0], places[-1]), strict=True):
        near = np.argsort(-(ground.space @ place), kind="stable")[:NEIGHBOURS] if row < 0 else np.array([row])
        told.append(ground.axes[near].mean(axis=0))
    return np.asarray((1 - at)[:, None] * told[0] + at[:, None] * told[1], np.float32)


def _steps(
    ground: _Ground, places: FloatArray, wanted: FloatArray, *, ends: tuple[int, int], usable: BoolArray
) -> Iterator[_Step]:
    """What may stand on each of the places, the cheapest first."""
    last, most = len(places) - 1, max(CANDIDATES, 2 * len(places))
    changes = np.diff(wanted, axis=0, prepend=wanted[:1])
    for first in range(0, last + 1, _AT_ONCE):
        distances = 1 - places[first : first + _AT_ONCE] @ ground.space.T
        for step, costs in enumerate(distances, start=first):
            costs += OFF * ((ground.axes - wanted[step]) ** 2).sum(axis=1)
            costs[~usable] = np.inf
            if last - ground.apart <= step:  # else it would be seen too late who stands at the end
                costs[_same_artist(ground.artists, ends[1])] += CLUMP
            fixed = ends[0] if step == 0 else ends[1] if step == last else -1
            rows = np.array([fixed]) if fixed >= 0 else _nearest(costs, most)
            yield _Step(rows, costs[rows] if fixed < 0 else np.zeros(1, np.float32), changes[step])


def _same_artist(artists: IntArray, row: int) -> BoolArray:
    """Whose artist is that of a row; nobody where the row is none, or its artist unknown.  # [n]"""
    known = row >= 0 and bool(artists[row] >= 0)
    return np.asarray((artists == artists[row]) & known, np.bool_)


def _nearest(cost: FloatArray, count: int) -> IntArray:
    """The cheapest sounds for one step, the cheapest first."""
    some = np.argpartition(cost, count)[:count] if count < len(cost) else np.arange(len(cost))
    some = some[np.isfinite(cost[some])]
    return np.asarray(some[np.argsort(cost[some], kind="stable")], np.int64)


def _chosen(ground: _Ground, steps: Iterator[_Step], *, beam: int, even: float) -> IntArray:
    """The cheapest of the walks that are found.  # [length]"""
    first = next(steps)
    walks, spent = first.rows[:, None], first.costs
    for step in steps:
        total = spent[:, None] + step.costs + even * _uneven(ground, walks[:, -1], step)
        total += CLUMP * _clumps(ground, walks, step.rows)
        total[_again(walks, step.rows, len(ground.space))] = np.inf
        before, there = _best(total, beam)
        walks, spent = np.concatenate([walks[before], step.rows[there][:, None]], axis=1), total[before, there]
    return np.asarray(walks[0], np.int64)


def _best(total: FloatArray, beam: int) -> tuple[IntArray, IntArray]:
    """The cheapest walks to each sound, the cheapest of all first: which walk, which sound.  # [b, c] -> [k], [k]"""
    each = min(EACH, len(total))
    before = np.argpartition(total, each - 1, axis=0)[:each].ravel()
    there = np.tile(np.arange(total.shape[1]), each)
    costs = total[before, there]
    order = np.argsort(costs, kind="stable")[: min(beam, int(np.isfinite(costs).sum()))]
    return before[order], there[order]


def _uneven(ground: _Ground, before: IntArray, step: _Step) -> FloatArray:
    """What the step to each candidate costs, the more the longer it is, or less like an even one.  # [b, c]"""
    cost = LEAP * (1 - ground.space[before] @ ground.space[step.rows].T) ** 3
    off = ground.axes[step.rows] - ground.axes[before][:, None] - step.change
    return np.asarray(cost + JUMP * (off**2).sum(axis=2), np.float32)


def _again(walks: IntArray, some: IntArray, count: int) -> tuple[IntArray, IntArray]:
    """Which of the candidates stand on which walks already: places in [b, c]."""
    places = np.full(count, -1)
    places[some] = np.arange(len(some))
    found = places[walks]
    which = np.nonzero(found >= 0)
    return which[0], found[which]


def _clumps(ground: _Ground, walks: IntArray, some: IntArray) -> IntArray:
    """How often each candidate's artist stands in the last steps of each walk.  # [b, c]"""
    if not ground.apart:
        return np.zeros((len(walks), len(some)), np.int64)
    last, own = ground.artists[walks[:, -ground.apart :]], ground.artists[some]
    return np.asarray(((last[:, :, None] == own) & (own >= 0)).sum(axis=1), np.int64)
