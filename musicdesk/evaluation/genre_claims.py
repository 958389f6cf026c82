"""What the CNN paper claims of its two methods, held against what made-up listeners got: paired, with intervals.

Its claims are that the comprehensive method is better for listeners of one category and on the whole, the multicategory
method for listeners of several; that the modified similarity is better than the cosine; that θ = 0.15 is the best
compromise; and that accuracy does not hang on the number of ratings, unlike that of a network which regresses scores.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from musicdesk.evaluation.genre_ways import (
    BY,
    COMPREHENSIVE,
    MULTICATEGORY,
    RATED,
    RATINGS_TABLE,
    REGRESSED,
    THRESHOLD_TABLE,
    THRESHOLDS,
    Hall,
    Values,
    Way,
    named,
    numbers,
)
from musicdesk.evaluation.resampling import Difference, differences
from musicdesk.evaluation.simulated_listeners import METRICS, ONE, SEVERAL
from musicdesk.recommend.genre_profile import THRESHOLD
from musicdesk.recommend.log import BoolArray
from musicdesk.records import IntArray

HOLDS, OPPOSITE, FAILS, OPEN = "holds", "the opposite is true", "does not hold", "not shown"
STABLE = 0.05
"""Differences of accuracy within this are no difference, where none is claimed."""
MORE_COMPREHENSIVE, MORE_MULTI = f"{COMPREHENSIVE} less {MULTICATEGORY}", f"{MULTICATEGORY} less {COMPREHENSIVE}"
FEW = 5
"""Few ratings, where one is hardly any."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence, the paired difference that it is judged by, and the verdict."""

    text: str
    what: str
    """What is less what."""
    kind: str
    """For which listeners; "" for all."""
    metric: str
    difference: Difference
    folds: tuple[float, ...]
    """The difference in each fold; they share no artist."""
    verdict: str
    of_paper: bool = True
    """Whether the paper says so; else it is asked here beside."""


def claims(hall: Hall, told: Mapping[Way, Values]) -> tuple[Claim, ...]:
    """All of them, judged by the outcomes of everyone's lists [n_listeners, METRICS]."""
    return (*_of_categories(hall, told), _of_threshold(hall, told), *_of_ratings(hall, told))


def listeners_of(hall: Hall, kind: str) -> BoolArray:
    """Which listeners are of this kind ("": all).  # [n_listeners]"""
    return np.array([not kind or listener.kind == kind for listener in hall.people])


def units(hall: Hall) -> IntArray:
    """Which listeners are independent evidence: one number a taste and fold.  # [n_listeners]"""
    seen: dict[object, int] = {}
    return np.array([seen.setdefault(listener.unit, len(seen)) for listener in hall.people], np.int64)


def _of_categories(hall: Hall, told: Mapping[Way, Values]) -> Iterator[Claim]:
    together, one_by_one = told[Way(COMPREHENSIVE)], told[Way(MULTICATEGORY)]
    yield from _which_is_better(hall, together, one_by_one, by="")
    yield _claim(hall, "For listeners of several its lists are more like their shares", MORE_MULTI,
                 one_by_one - together, kind=SEVERAL, metric="balance", of_paper=False)  # fmt: skip
    cosine = told[Way(named(COMPREHENSIVE, "none"))]
    yield _claim(hall, "The modified similarity is better than the cosine", "comprehensive by Z less by cosine",
                 together - cosine)  # fmt: skip
    yield from _which_is_better(hall, cosine, told[Way(named(MULTICATEGORY, "none"))], by=", by cosine")


def _which_is_better(hall: Hall, together: Values, one_by_one: Values, *, by: str) -> Iterator[Claim]:
    gained, of_paper = together - one_by_one, not by
    texts = (
        (ONE, f"For listeners of one category the comprehensive method is better{by}", MORE_COMPREHENSIVE, gained),
        (SEVERAL, f"For listeners of several the multicategory method is better{by}", MORE_MULTI, -gained),
        ("", f"On the whole the comprehensive method is better{by}", MORE_COMPREHENSIVE, gained),
    )
    for kind, text, what, difference in texts:
        yield _claim(hall, text, what, difference, kind=kind, of_paper=of_paper)


def _of_threshold(hall: Hall, told: Mapping[Way, Values]) -> Claim:
    """The paper's threshold against the best other one, over both kinds of listeners, who are as many."""
    by = {at: told[Way(BY["share"], THRESHOLD_TABLE, at)] for at in THRESHOLDS}
    best = max((at for at in THRESHOLDS if at != THRESHOLD), key=lambda at: float(by[at][:, 0].mean()))
    what = f"θ {THRESHOLD:.2f} less θ {best:.2f}, the best other"
    return _claim(hall, "A threshold of 0.15 is the best compromise", what, by[THRESHOLD] - by[best], contrary=FAILS)


def _of_ratings(hall: Hall, told: Mapping[Way, Values]) -> Iterator[Claim]:
    def at(method: str, ratings: int) -> Values:
        return told[Way(method, RATINGS_TABLE, ratings)]

    full = hall.all_ratings
    for method in (COMPREHENSIVE, MULTICATEGORY):
        lost = at(method, 0) - at(method, full)
        yield _claim(hall, f"The {method} method is as good without any ratings", "no ratings less all", lost,
                     same=True)  # fmt: skip
    less = at(COMPREHENSIVE, 0) - at(COMPREHENSIVE, full) - (at(REGRESSED, 0) - at(REGRESSED, full))
    yield _claim(
        hall,
        "Without ratings the comprehensive method loses less than regression",
        "no ratings less all, of both",
        less,
    )
    for ratings in (number for number in numbers(hall) if number in (0, 1, FEW, full)):
        for method, of_paper in ((COMPREHENSIVE, ratings <= FEW), (COMPREHENSIVE + RATED, False)):
            text = f"With {_counted(ratings, full)} the profile{method[len(COMPREHENSIVE) :]} is better than regression"
            yield _claim(hall, text, f"{method} less {REGRESSED}", at(method, ratings) - at(REGRESSED, ratings),
                         of_paper=of_paper)  # fmt: skip


def _claim(
    hall: Hall, text: str, what: str, gained: Values, *, kind: str = "", metric: str = METRICS[0], same: bool = False,
    of_paper: bool = True, contrary: str = OPPOSITE,
) -> Claim:  # fmt: skip
    mask, column = listeners_of(hall, kind), gained[:, [METRICS.index(metric)]]
    own, nothing = column[mask], np.zeros((int(mask.sum()), 1))
    (found,) = differences(own, nothing, units(hall)[mask], rng=np.random.default_rng(hall.trial.seed))
    assert found is not None
    parts = np.array([listener.fold for listener in hall.people])[mask]
    folds = tuple(float(own[parts == part].mean()) for part in np.unique(parts))
    return Claim(text, what, kind, metric, found, folds, _verdict(found, same=same, contrary=contrary), of_paper)


def _verdict(found: Difference, *, same: bool, contrary: str) -> str:
    """What an interval says of "is better", or of "is the same"."""
    low, high = found.measure.low, found.measure.high
    if same:
        return HOLDS if -STABLE < low <= high < STABLE else FAILS if found.clear else OPEN
    return HOLDS if low > 0 else contrary if high < 0 else OPEN


def _counted(number: int, full: int) -> str:
    return "all ratings" if number == full else {0: "no ratings", 1: "one rating"}.get(number, f"{number} ratings")
