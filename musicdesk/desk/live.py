"""Everything that one list is made from, and a slider in the hand that ranks by it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from musicdesk.desk.snapshot import Snapshot
from musicdesk.errors import BadRequest, NotFound, NothingYet
from musicdesk.ranking.filters import Allowed
from musicdesk.ranking.listing import rank
from musicdesk.ranking.scores import Board, Column, Slide
from musicdesk.records import ADVISOR, GAIN_MAX, GAIN_MIN, FloatArray, Part, Query, Ranking, Taste


@dataclass(frozen=True, slots=True, eq=False)
class Setting:
    """Everything that a list is made from, for one query."""

    snapshot: Snapshot
    taste: Taste
    board: Board
    gains: FloatArray  # [k] of the board's parts
    allowed: Allowed
    query: Query

    def ranked(self, scores: FloatArray, gains: FloatArray) -> Ranking:
        """The list for these scores, which ``gains`` made."""
        variety = self.taste.variety
        return rank(
            self.snapshot.shelf, self.board, scores, gains=gains, query=self.query, variety=variety,
            allowed=self.allowed,
        )  # fmt: skip

    def moved(self, reference: str, gain: float) -> Taste:
        """The taste with another gain for a prototype (its id), or for an advisor ("advisor:" and its name)."""
        if reference.startswith(ADVISOR):
            advisor = self.taste.advisor(reference)
            if advisor is None:
                raise NotFound("That recommender no longer advises.")
            return self.taste.advised(replace(advisor, gain=gain))
        prototype = next((p for p in self.taste.prototypes if p.id == reference), None)
        if prototype is None:
            raise NotFound("That prototype is no longer part of the taste.")
        return self.taste.edited(replace(prototype, gain=gain))


class Live:
    """A slider in the hand: ``move(gain)`` ranks in a few milliseconds, nothing is kept until ``apply``."""

    def __init__(self, setting: Setting, reference: str) -> None:
        """Take hold of the slider that ``reference`` names; raises NotFound, or NothingYet if it has no column yet."""
        self._setting, self._reference = setting, reference
        self._place, self._of_advisor = _place(setting, reference)
        self._slide = Slide(setting.board, setting.gains, self._part())

    def move(self, gain: float) -> Ranking:
        """The list as it would be with this gain."""
        moved = self._setting.moved(self._reference, checked_gain(gain))
        gains = moved.advisor_gains if self._of_advisor else moved.gains
        scores = self._slide.move(float(gains[self._place]))
        return self._setting.ranked(scores, self._slide.gains)

    def _part(self) -> int:
        """Where its column stands on the board: advisors stand behind the prototypes, those with a column."""
        taste, board = self._setting.taste, self._setting.board
        if not self._of_advisor:
            return self._place
        advisor, first = taste.advisors[self._place], len(taste.prototypes)
        if advisor.name not in board.names[first:]:
            raise NothingYet(f"{advisor.name} does not advise yet: {advisor.knows}")
        return first + board.names[first:].index(advisor.name)


def gains_of(taste: Taste, columns: Sequence[Column | None]) -> FloatArray:
    """The gains of the prototypes, then those of the advisors that have a column.  # [k]"""
    there = [place for place, column in enumerate(columns) if column is not None]
    return np.concatenate([taste.gains, taste.advisor_gains[there]]).astype(np.float32)


def checked_gain(gain: float) -> float:
    """``gain``; raises BadRequest if it is out of range."""
    if not GAIN_MIN <= gain <= GAIN_MAX:
        raise BadRequest(f"A gain goes from {GAIN_MIN:g} to {GAIN_MAX:g}; {gain:g} does not.")
    return gain


def parts(ranking: Ranking, i: int) -> tuple[Part, ...]:
    """The parts of one pick, in the order of the board."""
    shares, nearness = ranking.contributions[i], ranking.percentiles[i]
    columns = zip(ranking.parts, ranking.slots, shares.tolist(), nearness.tolist(), ranking.gains.tolist(), strict=True)
    return tuple(Part(name, slot, gain, share, near) for name, slot, share, near, gain in columns)


def _place(setting: Setting, reference: str) -> tuple[int, bool]:
    """Where a slider stands in the taste, and whether it is an advisor's."""
    taste, held = setting.moved(reference, 1.0), reference.startswith(ADVISOR)
    if held:
        name = getattr(taste.advisor(reference), "name", "")
        return next(i for i, advisor in enumerate(taste.advisors) if advisor.name == name), True
    return next(i for i, prototype in enumerate(taste.prototypes) if prototype.id == reference), False
