"""A steering in the hand: everything that does not change with the target is kept, so that a list follows a drag.

score(t) = likeness + what the mood adds + nudges + what is kept, each a column times a gain, so that the parts of a
pick add up to its score. A unit is one deviation of the library's cosines with the seed.
"""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from musicdesk.desk.bearings import Bearings, Mask
from musicdesk.desk.departures import Departure, itself
from musicdesk.desk.steered import answered
from musicdesk.desk.wishes import Wish, both_ways, in_words, wishes_of
from musicdesk.errors import BadRequest
from musicdesk.mood import methods, steps
from musicdesk.ranking.filters import Allowed
from musicdesk.ranking.listing import rank
from musicdesk.ranking.scores import Board, match
from musicdesk.records import AXES, KEEPS, Axis, FloatArray, Query, Ranking, Steer, Steered

SEED_SLOT, MOOD_SLOT, NUDGE_SLOT, KEEP_SLOT = 100, 110, 111, 120
"""Slots of the parts, beyond those of prototypes (0 to 39) and recommenders."""
NUDGE, KEEP = 4.0, 3.0
"""What being exactly where a nudge points to, or where the seed stays, is worth: so many deviations of likeness."""
MOODY = frozenset({Axis.AROUSAL, Axis.VALENCE})
QUERY = Query(include_known=True)
FEWEST = 5
"""Fewer tracks of the seed's genre are no list: then the genre is not kept, and that is told."""
STEP = 0.1
"""At full strength a pick lies at least so far beyond the seed on an axis that was asked for, at half of it half."""
Chosen = Callable[[str], tuple[methods.Method, str]]
"""Name → method, and what must be told of the choice."""


class LiveSteering:
    """One seed; ``at`` may be called from any thread, as often as a hand moves."""

    def __init__(
        self, bearings: Bearings, at: Departure, *, chosen: Chosen, allowed: Allowed, told: Callable[[], str]
    ) -> None:
        self.bearings, self.start = bearings, at
        self._chosen, self._told = chosen, told
        self._allowed = _without(allowed, ("the seed itself", itself(bearings, at)))
        self._lock = threading.Lock()
        self._methods: dict[str, _Held] = {}
        self._kept: dict[str, FloatArray | None] = {}
        cosines = np.asarray(bearings.snapshot.shelf.space @ at.vector, np.float32)
        self._unit = max(float(cosines.std()), 1e-6)
        self._like = (cosines - cosines.mean()) / np.float32(self._unit)

    def at(self, steer: Steer) -> Steered:
        """The answer to ``steer``; raises BadRequest, NotFound, NothingYet for what cannot be asked."""
        check(steer)
        wishes = wishes_of(steer, self.start.axes)
        held = self._held(steer.method)
        board, gains = self._board(steer, wishes, held)
        allowed, genre_told = self._within(steer)
        allowed = self._on_the_way(allowed, steer, wishes)
        query = replace(QUERY, limit=steer.limit)
        shelf = self.bearings.snapshot.shelf
        ranking = rank(shelf, board, board.scores(gains), gains=gains, query=query, variety=0.0, allowed=allowed)
        ranking = _with_percentiles(ranking, board, shelf.rows)
        return answered(
            self.bearings, self.start, steer, wishes, ranking, ranking.percentiles[:, 0], method=held.method.name,
            told=" ".join(filter(None, (held.told, genre_told, self._told()))),
        )  # fmt: skip

    def scores(self, steer: Steer) -> FloatArray:
        """What every track scores, before anything is left out.  # [n]"""
        board, gains = self._board(steer, wishes_of(steer, self.start.axes), self._held(steer.method))
        return board.scores(gains)

    # ------------------------------------------------------------------------------------------ inside

    def _held(self, name: str) -> "_Held":
        with self._lock:
            if name not in self._methods:
                method, told = self._chosen(name)
                self._methods[name] = _Held(method, told, method.live(self.start.vector, self.start.source))
            return self._methods[name]

    def _board(self, steer: Steer, wishes: Sequence[Wish], held: "_Held") -> tuple[Board, FloatArray]:
        parts = [*self._mood_parts(steer, wishes, held), *self._nudge_parts(steer), *self._kept_parts(steer)]
        columns = np.stack([column for column, *_ in parts])
        nothing = np.broadcast_to(np.float32(0), columns.shape)  # percentiles are found for the picks alone
        board = Board(columns, nothing, tuple(name for _, name, _, _ in parts), tuple(slot for _, _, slot, _ in parts))
        return board, np.array([gain for *_, gain in parts], np.float32)

    def _mood_parts(self, steer: Steer, wishes: Sequence[Wish], held: "_Held") -> list["_Part"]:
        """Likeness with as much of the score as it explains, and what the mood adds to it."""
        like = self.start.seed.label[:1].lower() + self.start.seed.label[1:]
        if not feels(steer) or steer.strength == 0:
            return [(self._like, like, SEED_SLOT, 1.0)]
        target = steps.target_of(steer, self.start.source)
        total = held.live.at(target, strength=steps.eased(steer.strength)) / np.float32(self._unit)
        total -= total.mean()
        share = float(total @ self._like) / len(total)
        asked = tuple(wish for wish in wishes if wish.axis in MOODY)
        adds = np.asarray(total - np.float32(share) * self._like, np.float32)
        return [(self._like, like, SEED_SLOT, share), (adds, in_words(asked) or "the same mood", MOOD_SLOT, 1.0)]

    def _nudge_parts(self, steer: Steer) -> list["_Part"]:
        nudged = steps.wanted_axes(steer, self.start.axes)
        return [
            (self._near(axis, place), Wish(axis, place > self.start.axes[axis]).name, NUDGE_SLOT + number,
             NUDGE * min(1.0, 2 * steer.strength))
            for number, (axis, place) in enumerate(nudged.items())
        ]  # fmt: skip

    def _kept_parts(self, steer: Steer) -> list["_Part"]:
        return [(column, f"same {name}", KEEP_SLOT + KEEPS.index(name), KEEP)
                for name in dict.fromkeys(steer.keep) if (column := self._staying(name)) is not None]  # fmt: skip

    def _staying(self, name: str) -> FloatArray | None:
        """How near each track is to the seed in something; None where that is no column, or nobody can tell.  # [n]"""
        with self._lock:
            if name not in self._kept:
                self._kept[name] = self._found_staying(name)
            return self._kept[name]

    def _found_staying(self, name: str) -> FloatArray | None:
        if name in ("tempo", "vocals"):
            axis = Axis.TEMPO if name == "tempo" else Axis.VOCALNESS
            return self._near(axis, self.start.axes[axis])
        if name == "genre" or not self.bearings.instrument_fits.shape[1]:
            return None
        own = self.bearings.instrument_fits[self.start.rows].mean(axis=0)
        apart = np.abs(self.bearings.instrument_fits - own).mean(axis=1)
        return np.asarray(1 / (1 + apart), np.float32)

    def _near(self, axis: Axis, place: float) -> FloatArray:
        return np.asarray(steps.closeness(self.bearings.moods.axes, {axis: place}), np.float32)

    def _on_the_way(self, allowed: Allowed, steer: Steer, wishes: Sequence[Wish]) -> Allowed:
        """Only what goes where it was asked to, if that is a list at all: calmer than the seed, by what is known."""
        for wish in wishes if steer.strength > 0 else ():
            ahead = beyond(self.bearings, wish, self.start.axes[wish.axis], strength=steer.strength)
            within = _without(allowed, (f"not {wish.name}", ~ahead))
            allowed = within if within.considered >= FEWEST else allowed
        return allowed

    def _within(self, steer: Steer) -> tuple[Allowed, str]:
        """What may be picked, and what must be told of what could not be kept."""
        told = ""
        if "instrument" in steer.keep and not self.bearings.instrument_fits.shape[1]:
            told = "This encoder knows no instruments, so they are not kept."
        if "genre" not in steer.keep:
            return self._allowed, told
        same = self.bearings.same_genre(self.start.rows)
        if same is None:
            return self._allowed, f"Nobody knows the genre of this, so it is not kept. {told}".strip()
        within = _without(self._allowed, ("another genre", ~same))
        if within.considered >= FEWEST:
            return within, told
        return self._allowed, f"Hardly any other track here is of this genre, so it is not kept. {told}".strip()


_Part = tuple[FloatArray, str, int, float]
"""Column, name, slot, gain."""


@dataclass(frozen=True, slots=True, eq=False)
class _Held:
    """A method with the columns of this seed."""

    method: methods.Method
    told: str
    live: methods.Live


def feels(steer: Steer) -> bool:
    """Whether a mood is asked for, and not only another tempo or sound."""
    return bool(steer.moods) or steer.point is not None or any(by and axis in MOODY for axis, by in steer.nudges)


def beyond(bearings: Bearings, wish: Wish, place: float, *, strength: float) -> Mask:
    """The tracks that lie where a wish leads from ``place``.  # [n]"""
    places = bearings.moods.axes[:, AXES.index(wish.axis)]
    gone = places - place if wish.up else place - places
    return np.asarray(gone >= STEP * strength)


def check(steer: Steer) -> None:
    """Raise BadRequest for what cannot be asked."""
    if not 0 <= steer.strength <= 1:
        raise BadRequest(f"The strength goes from 0 to 1; {steer.strength:g} does not.")
    if steer.limit < 1:
        raise BadRequest("A list has one track or more.")
    if any(weight < 0 for _, weight in steer.moods):
        raise BadRequest("The weight of a mood is not below 0.")
    if steer.point is not None and not all(0 <= place <= 1 for place in steer.point):
        raise BadRequest("A place of the mood grid goes from 0 to 100 on both sides.")
    if any(not -1 <= by <= 1 for _, by in steer.nudges):
        raise BadRequest("An axis moves by at most 100 points.")
    if both := both_ways(steer):
        raise BadRequest(f"This asks for {both} at once. Leave one of them away.")
    if unknown := [name for name in steer.keep if name not in KEEPS]:
        raise BadRequest(f"Nobody can keep “{unknown[0]}”. There are: {', '.join(KEEPS)}.")


def _without(allowed: Allowed, reason: tuple[str, Mask]) -> Allowed:
    return Allowed(allowed.mask & ~reason[1], (*allowed.reasons, reason))


def _with_percentiles(ranking: Ranking, board: Board, rows: Mapping[str, int]) -> Ranking:
    """The ranking with how near its picks are in each part; the whole library's percentiles would cost a drag."""
    picked = np.array([rows[sound] for sound in ranking.hashes], np.int64)
    near = [match(column, column[picked]) for column in board.columns]
    return replace(ranking, percentiles=np.stack(near, axis=1).astype(np.float32))
