"""The answer to a steering: picks with what stayed and what moved, and whether the list is what it claims to be."""

from collections.abc import Sequence

import numpy as np

from musicdesk.desk import claims
from musicdesk.desk.bearings import Bearings, shared_words
from musicdesk.desk.departures import Departure
from musicdesk.desk.translating import nobody_sure
from musicdesk.desk.wishes import Wish, by_axis, label_of, state_of
from musicdesk.records import AXES, Axis, FloatArray, IntArray, Moved, Ranking, Steer, Steered, SteeredPick

SAID, SHOWN_MOVES = 4, 3
"""So many words are told that stayed, and so many axes that moved."""
FAR = 0.2
"""An axis that nobody asked for is told of when it moved by so much of the library."""
SURE_ENOUGH = 0.2
"""An axis of which less is known is not told of."""
EMPTY = "Nothing may be suggested here: every analysed track is left out. Keep less, or take the filters away."


def answered(
    bearings: Bearings, at: Departure, steer: Steer, wishes: tuple[Wish, ...], ranking: Ranking,
    likeness: FloatArray, *, method: str, told: str = "",
) -> Steered:  # fmt: skip
    """The picks of ``ranking`` as they are shown; ``likeness`` [k] is a percentile, ``told`` what must be said."""
    rows = np.array([bearings.snapshot.shelf.rows[sound] for sound in ranking.hashes], np.int64)
    best = rows[: claims.JUDGED]
    after = by_axis(bearings.moods.axes[best].mean(axis=0)) if len(best) else at.axes
    asked = wishes if steer.strength > 0 else ()
    judges = claims.judges(steer)
    held = claims.holds(bearings, at, asked, best, judged_by=judges)
    missed = claims.unmet(asked, at.axes, after, held=held) if len(best) else ()
    rare = [mood for mood, weight in steer.moods if weight > 0 and nobody_sure(bearings.catalogue, mood)]
    return Steered(
        seed=at.seed,
        steer=steer,
        label=label_of(at.seed.label, wishes),
        picks=_picks(bearings, at, wishes, ranking, rows, likeness),
        ranking=ranking,
        method=method,
        start=tuple(at.axes.items()),
        reached=tuple(after.items()),
        holds=held,
        judged_by=judges,
        sentence=claims.joined(
            "" if len(rows) else EMPTY, claims.nothing_nearby(missed), *map(claims.nobody, rare), told
        ),
    )


def _picks(
    bearings: Bearings, at: Departure, wishes: tuple[Wish, ...], ranking: Ranking, rows: IntArray, likeness: FloatArray
) -> tuple[SteeredPick, ...]:
    tracks, moods = bearings.snapshot.tracks, bearings.moods
    fits, known = bearings.fits(rows), moods.axes_sure[rows] >= SURE_ENOUGH
    picks = zip(ranking.hashes, ranking.scores.tolist(), likeness.tolist(), moods.axes[rows], known, fits, strict=True)
    return tuple(
        SteeredPick(
            track=tracks[sound],
            score=score,
            likeness=near,
            same=_same(at, wishes, by_axis(axes), sure.tolist(), shared_words(at.fits, own, bearings.forms)),
            moved=_moved(at, wishes, by_axis(axes), sure.tolist()),
        )
        for sound, score, near, axes, sure, own in picks
        if sound in tracks
    )


def _same(
    at: Departure, wishes: tuple[Wish, ...], axes: dict[Axis, float], sure: Sequence[bool], words: Sequence[str]
) -> tuple[str, ...]:
    """What both are: the encoder's words, and the outer thirds of the axes that nobody asked to move."""
    asked = {wish.axis for wish in wishes}
    states = [
        state for axis, known in zip(AXES, sure, strict=True)
        if known and axis not in asked and (state := state_of(axis, axes[axis])) == state_of(axis, at.axes[axis])
    ]  # fmt: skip
    found = dict.fromkeys([*words[: SAID - 1], *(state for state in states if state)])
    return tuple(found)[:SAID]


def _moved(at: Departure, wishes: tuple[Wish, ...], axes: dict[Axis, float], sure: Sequence[bool]) -> tuple[Moved, ...]:
    """How far it went where it was asked to, then where it went far by itself, the furthest first."""
    asked = [wish.moved(at.axes[wish.axis], axes[wish.axis]) for wish in wishes]
    named = {wish.axis for wish in wishes}
    others = [
        Wish(axis, axes[axis] > at.axes[axis]).moved(at.axes[axis], axes[axis])
        for axis, known in zip(AXES, sure, strict=True)
        if known and axis not in named and abs(axes[axis] - at.axes[axis]) >= FAR
    ]
    others.sort(key=lambda moved: -abs(moved.after - moved.before))
    return (*asked, *others)[: max(SHOWN_MOVES, len(asked))]
