"""The buttons of "more like this, but …": the ways in which the seed's neighbourhood goes furthest."""

from collections.abc import Iterable

import numpy as np

from musicdesk.desk.bearings import Bearings
from musicdesk.desk.departures import Departure, itself
from musicdesk.desk.wishes import MEANT, Wish
from musicdesk.ranking.order import top
from musicdesk.records import AXES, Axis, FloatArray, IntArray, Steer, SteerOffer

NEIGHBOURS, SHARE = 200, 0.1
"""The neighbourhood of a seed: so many tracks, of a small library that share, but not under ``FEWEST``."""
FEWEST = 30
FAR_END = 0.1
"""The end of a neighbourhood is this share of it, at least three tracks."""
LEAST, MOST, ENOUGH_ROOM = 4, 6, 0.2
"""So many buttons; beyond the least only those with so much room."""
STEP = 0.4
"""By how much of the library a button nudges an axis at most."""
KNOWN = 0.05
"""An axis of which less is known in the neighbourhood is no button."""


def offers(bearings: Bearings, at: Departure) -> tuple[SteerOffer, ...]:
    """Four to six ways to go from a seed, the one with the most room first; fewer where nothing is known of more."""
    near = _neighbourhood(bearings, at)
    if not len(near):
        return ()
    axes, sure = bearings.moods.axes[near], bearings.moods.axes_sure[near].mean(axis=0)
    found = [
        (room, float(axes[:, column].std()), wish)
        for column, axis in enumerate(AXES)
        if sure[column] >= KNOWN
        for wish in (Wish(axis, False), Wish(axis, True))
        if (room := _room(axes[:, column], at.axes[axis], wish)) > 0
    ]
    found.sort(key=lambda each: -(each[0] + each[1]))
    return tuple(SteerOffer(wish.name, _steer(wish, room), round(room, 4)) for room, _, wish in _chosen(found))


def _neighbourhood(bearings: Bearings, at: Departure) -> IntArray:
    shelf = bearings.snapshot.shelf
    count = max(FEWEST, min(NEIGHBOURS, round(SHARE * len(shelf))))
    return top(shelf.space @ at.vector, count, among=shelf.present & ~itself(bearings, at))


def _room(places: FloatArray, start: float, wish: Wish) -> float:
    """How far the end of the neighbourhood lies beyond the seed.  # [m]"""
    end = np.sort(places)[:: -1 if wish.up else 1][: max(3, round(FAR_END * len(places)))]
    return wish.towards(float(end.mean())) - wish.towards(start)


def _chosen(found: list[tuple[float, float, Wish]]) -> Iterable[tuple[float, float, Wish]]:
    """One direction of each axis first, then the others where there is room."""
    first: dict[Axis, tuple[float, float, Wish]] = {}
    for each in found:
        first.setdefault(each[2].axis, each)
    roomy = [each for each in first.values() if each[0] >= ENOUGH_ROOM]
    more = [each for each in found if each not in roomy and each[0] >= ENOUGH_ROOM]
    chosen = [*roomy, *more][:MOST]
    rest = [each for each in found if each not in chosen]
    return [*chosen, *rest[: max(0, LEAST - len(chosen))]]


def _steer(wish: Wish, room: float) -> Steer:
    """What a button asks for: a mood where there is one of that name, else a nudge that stays within the room."""
    mood = {meant: mood for mood, meant in MEANT.items()}.get((wish.axis, wish.up))
    if mood is not None:
        return Steer(moods=((mood, 1.0),))
    by = round(min(STEP, max(room, 0.1)), 2)
    return Steer(nudges=((wish.axis, by if wish.up else -by),))
