"""The whole taste in the hand: the list as it would be if every prototype moved."""

from collections.abc import Callable

import numpy as np

from musicdesk.desk.bearings import Bearings
from musicdesk.desk.claims import JUDGED
from musicdesk.desk.departures import at_rows
from musicdesk.desk.live_steering import Chosen, check
from musicdesk.desk.steered import answered
from musicdesk.desk.steered_tastes import steered
from musicdesk.desk.wishes import wishes_of
from musicdesk.errors import NothingYet
from musicdesk.ranking.scores import match
from musicdesk.records import FloatArray, Query, Ranking, Seed, Steer, Steered, Taste

Rank = Callable[[Query, Taste], Ranking]


class TasteSteering:
    """The taste as a seed; it stands where its ten best picks stand."""

    def __init__(
        self, bearings: Bearings, seed: Seed, taste: Taste, *, chosen: Chosen, rank: Rank, told: Callable[[], str]
    ) -> None:  # fmt: skip
        self.bearings, self._taste, self._chosen, self._rank, self._told = bearings, taste, chosen, rank, told
        if not taste.gains.any():
            raise NothingYet("Nothing counts in your taste now: every prototype is muted or at 0. Turn one up first.")
        best = rank(Query(limit=JUDGED, include_known=True), taste)
        if not len(best):
            raise NothingYet("Your taste finds nothing that may be suggested here, so there is nothing to start from.")
        rows = np.array([bearings.snapshot.shelf.rows[sound] for sound in best.hashes], np.int64)
        self.start = at_rows(bearings, seed, rows)
        self._before = bearings.snapshot.board(taste.prototypes).scores(taste.gains)

    def at(self, steer: Steer) -> Steered:
        """The list of the steered taste; raises BadRequest, NotFound, NothingYet for what cannot be asked."""
        check(steer)
        method, told = self._chosen(steer.method)
        taste = steered(self.bearings, self._taste, steer, chosen=lambda _: (method, told))
        ranking = self._rank(Query(limit=steer.limit), taste)
        return answered(
            self.bearings, self.start, steer, wishes_of(steer, self.start.axes), ranking, self._likeness(ranking),
            method=method.name, told=" ".join(filter(None, (told, self._unkept(steer), self._told()))),
        )  # fmt: skip

    def _likeness(self, ranking: Ranking) -> FloatArray:
        rows = [self.bearings.snapshot.shelf.rows[sound] for sound in ranking.hashes]
        return match(self._before, self._before[rows])

    def _unkept(self, steer: Steer) -> str:
        return "A whole taste keeps its kinds of music by itself; nothing more is kept." if steer.keep else ""
