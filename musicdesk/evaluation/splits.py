"""What is held out from a log, and what a recommender may learn from: hot and cold, by track and by artist.

Hot: some of what a listener likes is hidden, and has to be found among all that they have not heard. Cold: some items
are taken away from everyone, and have to be ranked among themselves by how they sound. What is held out is drawn at
random, a number from each listener, or is what came last.

In time splits hot items are those that somebody heard before (Tamm & Aljanaki 2026). In the others a hidden item that
nobody else likes counts too, and is missed by all that goes by habits alone: so do the reference figures.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from musicdesk.errors import BadRequest, NothingYet
from musicdesk.recommend.log import BoolArray, Log, TimeArray
from musicdesk.records import IntArray

Kind = Literal["hot", "cold"]
By = Literal["track", "artist"]
Holdout = Literal["share", "leave-k", "time"]


@dataclass(frozen=True, slots=True, eq=False)
class Split:
    """What is known, and what is asked."""

    train: Log
    users: IntArray  # [m] listeners with something held out and something known
    held: tuple[IntArray, ...]  # m of them: the items that they turned out to like, ascending; none is in their history
    candidates: BoolArray  # [n_items] what may be recommended


@dataclass(frozen=True, slots=True)
class Protocol:
    """How a log is split."""

    kind: Kind = "hot"
    by: By = "track"
    """Whether single tracks are held out or all by an artist: from one listener (hot), from everyone (cold)."""
    holdout: Holdout = "share"
    share: float = 0.2
    """Of the pairs (hot) or items (cold); in time splits of the listens, or of the items by their first listen."""
    leave: int = 5
    """How many are taken from each listener by leave-k; who has no more than these is not asked."""

    def __post_init__(self) -> None:
        if self.kind == "cold" and self.holdout == "leave-k":
            raise BadRequest("Cold items are taken away from everyone: hold out a share of them, or the latest (time).")
        if not 0 < self.share < 1 or self.leave < 1:
            raise BadRequest("The share that is held out lies between 0 and 1, and leave-k takes 1 or more.")

    def __str__(self) -> str:
        per = f"{100 * self.share:.0f} % of the "
        shares = {"hot": "pairs" if self.by == "track" else "listeners' artists", "cold": f"{self.by}s"}
        late = {"hot": "listens", "cold": f"{self.by}s to come out"}
        how = {
            "share": per + shares[self.kind],
            "leave-k": f"{self.leave} of each listener",
            "time": f"last {per}{late[self.kind]}",
        }
        return f"{self.kind}, by {self.by}, {how[self.holdout]} held out"

    def split(self, log: Log, groups: IntArray, *, rng: np.random.Generator) -> Split:
        """Split ``log``; ``groups`` [n_items] says which items are of one artist.

        The train part of the answer can be split again, for choosing settings. Raises NothingYet if nothing is left to
        ask or to learn from, BadRequest if a time split is wanted of a log without times.
        """
        grouped = groups if self.by == "artist" else np.arange(log.n_items)
        cut = self._cold(log, grouped, rng) if self.kind == "cold" else self._hot(log, grouped, rng)
        return _split(log, cut)

    def _hot(self, log: Log, grouped: IntArray, rng: np.random.Generator) -> "_Cut":
        codes = log.users * (int(grouped.max(initial=0)) + 1) + grouped[log.items]
        firsts, units = np.unique(codes, return_index=True, return_inverse=True)[1:]
        units = units.reshape(-1)
        if self.holdout == "time":
            began, cut = _first_times(log, units), _late(log.times, 1 - self.share)
            early = ~(log.times >= cut)
            return _Cut(began[units] >= cut, early, np.bincount(log.items[early], minlength=log.n_items) > 0)
        if self.holdout == "share":
            drawn = rng.random(len(firsts)) < self.share
        else:
            drawn = _some_of_each(log.users[firsts], self.leave, rng)
        return _Cut(drawn[units], ~drawn[units], np.ones(log.n_items, bool))

    def _cold(self, log: Log, grouped: IntArray, rng: np.random.Generator) -> "_Cut":
        heard, units = np.unique(grouped[log.items], return_inverse=True)
        units = units.reshape(-1)
        early = np.ones(len(log), bool)
        if self.holdout == "time":
            began = _first_times(log, units)
            cut = _late(began, 1 - self.share)
            taken, early = heard[began >= cut], ~(log.times >= cut)
        else:
            taken = rng.permutation(heard)[: max(1, round(self.share * len(heard)))]
        candidates = np.isin(grouped, taken) & (np.bincount(log.items, minlength=log.n_items) > 0)
        asked = candidates[log.items]
        return _Cut(asked, early & ~asked, candidates)


@dataclass(frozen=True, slots=True, eq=False)
class _Cut:
    asked: BoolArray  # [n] listens that are hidden and asked for
    known: BoolArray  # [n] listens to learn from; in time splits what came later is neither, if it is not new
    candidates: BoolArray  # [n_items]


def shuffled_labels(split: Split, *, rng: np.random.Generator) -> Split:
    """The same split, but what was learned from names other items: whoever still finds what is held out, peeps.

    All that is left of the truth is how much everyone heard; the items of the train part are renamed one for one.
    """
    free = np.ones(len(split.candidates), bool)
    if not np.isin(split.train.items, np.flatnonzero(split.candidates)).any():
        free = ~split.candidates  # cold: nobody has heard a candidate, before or after
    names = np.arange(len(free))
    names[free] = rng.permutation(names[free])
    log = split.train
    renamed = Log.of(
        log.users, names[log.items], log.degrees, log.times, n_users=log.n_users, n_items=log.n_items
    )  # fmt: skip
    return _asked(renamed, split.users, split.held, split.candidates)


def _split(log: Log, cut: _Cut) -> Split:
    asked = log.only(cut.asked & (log.degrees > 0) & cut.candidates[log.items])
    users, starts = np.unique(asked.users, return_index=True)
    items = np.split(asked.items, starts[1:]) if len(users) else []
    return _asked(log.only(cut.known), users, tuple(items), cut.candidates)


def _asked(train: Log, users: IntArray, held: tuple[IntArray, ...], candidates: BoolArray) -> Split:
    """Leaves out whom nothing is known of, and what they had heard already."""
    kept = []
    for user, items in zip(users.tolist(), held, strict=True):
        history = train.history(user)
        new = np.setdiff1d(items, history.items)
        if len(new) and (history.degrees > 0).any():
            kept.append((user, new))
    if not kept:
        raise NothingYet("There is too little listening to hold anything out: nobody has liked two things in it.")
    who, what = zip(*kept, strict=True)
    return Split(train, np.array(who, np.int64), tuple(what), candidates)


def _some_of_each(users: IntArray, count: int, rng: np.random.Generator) -> BoolArray:
    """``count`` rows of every user that has more; ``users`` is ascending.  # [n]"""
    order = np.lexsort((rng.random(len(users)), users))
    starts, totals = np.unique(users, return_index=True, return_counts=True)[1:]
    place = np.arange(len(users)) - np.repeat(starts, totals)
    drawn = np.zeros(len(users), bool)
    drawn[order] = (place < count) & np.repeat(totals > count, totals)
    return drawn


def _first_times(log: Log, units: IntArray) -> TimeArray:
    """When each unit was first heard; as early as can be where a time is unknown.  # [n_units]"""
    first = np.full(int(units.max(initial=-1)) + 1, np.inf)
    np.minimum.at(first, units, np.nan_to_num(log.times, nan=-np.inf))
    return first


def _late(times: TimeArray, share: float) -> float:
    """The time after so large a share of them; raises BadRequest where none is known."""
    known = times[np.isfinite(times)]
    if not len(known):
        raise BadRequest("This log has no times. Hold out a share of it, or leave-k.")
    return float(np.quantile(known, share, method="higher"))
