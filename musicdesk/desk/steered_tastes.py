"""A whole taste in another mood: every prototype stands for tracks of its kind that are calmer, happier, slower."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from musicdesk.desk.bearings import Bearings
from musicdesk.desk.live_steering import NUDGE, Chosen, beyond, feels
from musicdesk.desk.wishes import by_axis, wishes_of
from musicdesk.mood import steps
from musicdesk.prototypes import bank
from musicdesk.prototypes.inheritance import NEGATIVE_ID, offered
from musicdesk.ranking.order import top
from musicdesk.records import FloatArray, IntArray, Prototype, Steer, Taste, unit_rows

NEAREST = 30
"""The mood of a prototype is that of so many tracks nearest to it."""
PROXIES, SHARE = 20, 0.05
"""It moves to so many tracks, of a small library that share, but not under ``FEWEST``."""
FEWEST = 5


def steered(bearings: Bearings, taste: Taste, steer: Steer, *, chosen: Chosen) -> Taste:
    """``taste`` with its prototypes moved; locked ones, what is disliked, and words on offer stay as they are.

    Identity, name, colour and gain stay. A moved prototype stands for the tracks that it moved to, so it is kept as one
    that a person made.
    """
    moving = [p for p in taste.prototypes if _moves(p)]
    if not moving or steer.strength == 0:
        return taste
    vectors = np.stack([p.vector for p in moving]).astype(np.float32)
    nearest = [top(column, NEAREST) for column in vectors @ bearings.snapshot.shelf.space.T]
    totals = _totals(bearings, vectors, nearest, steer, chosen)
    rows = [_proxies(bearings, total, near, steer) for total, near in zip(totals, nearest, strict=True)]
    moved = {p.id: _moved(bearings, p, own, steer) for p, own in zip(moving, rows, strict=True)}
    return replace(taste, prototypes=tuple(moved.get(p.id, p) for p in taste.prototypes))


def _moves(prototype: Prototype) -> bool:
    return not prototype.locked and prototype.id != NEGATIVE_ID and not offered(prototype)


def _totals(
    bearings: Bearings, vectors: FloatArray, nearest: Sequence[IntArray], steer: Steer, chosen: Chosen
) -> FloatArray:
    """How well every track suits each prototype, moved.  # [k, dim] -> [k, n]"""
    moods, space = bearings.moods, bearings.snapshot.shelf.space
    cosines = np.asarray(vectors @ space.T, np.float32)
    sources = np.stack([moods.shares[rows].mean(axis=0) for rows in nearest]).astype(np.float32)
    spread = cosines.std(axis=1)
    totals = cosines
    if feels(steer):
        method, _ = chosen(steer.method)
        targets = np.stack([steps.target_of(steer, source) for source in sources])
        totals = method.scores(vectors, sources, targets, strength=steps.eased(steer.strength))
    for number, rows in enumerate(nearest):
        wanted = steps.wanted_axes(steer, by_axis(moods.axes[rows].mean(axis=0)))
        for axis, place in wanted.items():
            gain = NUDGE * min(1.0, 2 * steer.strength) * spread[number]
            totals[number] += np.float32(gain) * steps.closeness(moods.axes, {axis: place})
    return np.asarray(totals)


def _proxies(bearings: Bearings, total: FloatArray, near: IntArray, steer: Steer) -> IntArray:
    """The tracks that a prototype moves to: calmer ones than those near it, if there are enough."""
    shelf, start = bearings.snapshot.shelf, by_axis(bearings.moods.axes[near].mean(axis=0))
    among = shelf.present
    for wish in wishes_of(steer, start):
        ahead = among & beyond(bearings, wish, start[wish.axis], strength=steer.strength)
        among = ahead if ahead.sum() >= FEWEST else among
    return top(total, max(FEWEST, min(PROXIES, round(SHARE * len(shelf)))), among=among)


def _moved(bearings: Bearings, prototype: Prototype, rows: IntArray, steer: Steer) -> Prototype:
    """The prototype on its way to its proxies, as far as the strength says, shown by those that are nearest then."""
    shelf = bearings.snapshot.shelf
    if not len(rows):
        return prototype
    goal = bank.direction(shelf.space[rows])
    vector = unit_rows(prototype.vector + np.float32(steer.strength) * (goal - prototype.vector))
    near = rows[np.argsort(-(shelf.space[rows] @ vector), kind="stable")]
    shown = bank.exemplars(shelf.space, vector, near)
    sounds = _hashes(bearings, near)
    return replace(
        prototype,
        vector=vector,
        exemplars=tuple(dict.fromkeys((*prototype.pinned, *_hashes(bearings, shown))))[: max(3, len(prototype.pinned))],
        tracks=sounds,
        faithful=None,
    )


def _hashes(bearings: Bearings, rows: Sequence[int] | IntArray) -> tuple[str, ...]:
    return tuple(bearings.snapshot.shelf.hashes[int(row)] for row in rows)
