"""Ways to recommend to made-up listeners: the genre profiles in all their readings, their rivals, and chance."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from musicdesk.errors import BadRequest
from musicdesk.evaluation.score_regression import own_scores, popularity
from musicdesk.evaluation.simulated_listeners import Listener, Population, history, outcome
from musicdesk.jobs import Job
from musicdesk.recommend.categories import RATIOS
from musicdesk.recommend.genre_profile import (
    READINGS,
    Comprehensive,
    ComprehensiveConfig,
    Multicategory,
    MulticategoryConfig,
)
from musicdesk.recommend.log import Log
from musicdesk.records import FloatArray, IntArray

THRESHOLDS = (0.05, 0.10, 0.15, 0.20, 0.25, 0.30, 0.35, 0.40)
RATINGS = (0, 1, 2, 5, 10, 20)
"""Numbers of ratings that are tried, before all."""
COMPREHENSIVE, MULTICATEGORY, REGRESSED, POPULAR = "comprehensive", "multicategory", "regressed scores", "popularity"
RATED, RANDOM = " of the rated alone", "random order"
BY = {reading: f"{MULTICATEGORY}, θ by {reading}" for reading in READINGS}
METHODS_TABLE, THRESHOLD_TABLE, RATINGS_TABLE = "methods", "threshold", "ratings"
Values = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Trial:
    """Whom to make up, and how long their lists are."""

    population: Population = field(default_factory=Population)
    places: int = 10
    seed: int = 0

    def __post_init__(self) -> None:
        if not 1 <= self.places <= 1000:
            raise BadRequest(f"A list of {self.places} places cannot be. Ask for 1 to 1000.")


@dataclass(frozen=True, slots=True)
class Way:
    """What tells one way to recommend from another."""

    method: str
    table: str = METHODS_TABLE
    """Which table it belongs to."""
    at: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Hall:
    """Songs, listeners, and what else every way needs."""

    codes: IntArray  # [n] the genre of every song
    classes: FloatArray  # [n, C] its class vector
    people: tuple[Listener, ...]
    trial: Trial
    job: Job

    @property
    def all_ratings(self) -> int:
        """As many as anyone could give: one a song heard."""
        return self.trial.population.heard


Lists = Callable[[Listener], IntArray]


def ways(hall: Hall) -> Iterator[tuple[Way, Lists]]:
    """Every way to recommend that is measured, with what makes a listener's list."""
    yield from _methods(hall)
    for reading in READINGS:
        for threshold in THRESHOLDS:
            config = MulticategoryConfig(threshold=threshold, reading=reading)
            yield Way(BY[reading], THRESHOLD_TABLE, threshold), _one_by_one(hall, config)
    for ratings in numbers(hall):
        yield from _with_ratings(hall, ratings)


def _methods(hall: Hall) -> Iterator[tuple[Way, Lists]]:
    """The two methods in all readings and their rival; with the genres known, with vectors dealt out anew; chance."""
    for ratio in RATIOS:
        yield Way(named(COMPREHENSIVE, ratio)), _together(hall, ComprehensiveConfig(ratio=ratio))
    for reading in READINGS:
        for ratio in RATIOS:
            name = named(MULTICATEGORY, ratio) + (", θ by song" if reading == "song" else "")
            yield Way(name), _one_by_one(hall, MulticategoryConfig(ratio=ratio, reading=reading))
    yield Way(REGRESSED), _regressed(hall, hall.all_ratings)
    rng = np.random.default_rng(hall.trial.seed)
    known = np.eye(hall.classes.shape[1], dtype=np.float32)[hall.codes]
    for what, classes in (("true genres", known), ("shuffled vectors", rng.permutation(hall.classes))):
        yield Way(f"{COMPREHENSIVE}, {what}"), _together(hall, ComprehensiveConfig(), classes=classes)
        yield Way(f"{MULTICATEGORY}, {what}"), _one_by_one(hall, MulticategoryConfig(), classes=classes)
    yield Way(RANDOM), lambda listener: _best(rng.random(len(hall.codes)), listener, hall)


def _with_ratings(hall: Hall, ratings: int) -> Iterator[tuple[Way, Lists]]:
    """Profiles and regressions that know so many ratings."""
    for suffix, all_heard in (("", True), (RATED, False)):
        yield (
            Way(COMPREHENSIVE + suffix, RATINGS_TABLE, ratings),
            _together(hall, ComprehensiveConfig(), ratings=ratings, all_heard=all_heard),
        )
        yield (
            Way(MULTICATEGORY + suffix, RATINGS_TABLE, ratings),
            _one_by_one(hall, MulticategoryConfig(), ratings=ratings, all_heard=all_heard),
        )
    folds = {listener.fold for listener in hall.people}
    popular = {fold: popularity(_of_fold(hall, fold), hall.classes, ratings=ratings) for fold in folds}
    yield Way(REGRESSED, RATINGS_TABLE, ratings), _regressed(hall, ratings)
    yield Way(POPULAR, RATINGS_TABLE, ratings), lambda listener: _best(popular[listener.fold], listener, hall)


def _together(
    hall: Hall, config: ComprehensiveConfig, *, classes: FloatArray | None = None, ratings: int | None = None,
    all_heard: bool = True,
) -> Lists:  # fmt: skip
    method, known = Comprehensive(config=config), hall.all_ratings if ratings is None else ratings
    method.fit(_nobody(hall), hall.classes if classes is None else classes, job=hall.job)

    def lists(listener: Listener) -> IntArray:
        profile = method.profile(history(listener, known, all_heard=all_heard))
        return _best(method.scores(profile[None])[0], listener, hall)

    return lists


def _one_by_one(
    hall: Hall, config: MulticategoryConfig, *, classes: FloatArray | None = None, ratings: int | None = None,
    all_heard: bool = True,
) -> Lists:  # fmt: skip
    method, known = Multicategory(config=config), hall.all_ratings if ratings is None else ratings
    method.fit(_nobody(hall), hall.classes if classes is None else classes, job=hall.job)

    def lists(listener: Listener) -> IntArray:
        allowed = np.zeros(len(hall.codes), np.bool_)
        allowed[listener.choice] = True
        profile = method.profile(history(listener, known, all_heard=all_heard))
        picks = method.shared(profile[None], hall.trial.places, allowed=allowed)
        return np.array([pick.item for pick in picks], np.int64)

    return lists


def _regressed(hall: Hall, ratings: int) -> Lists:
    return lambda listener: _best(own_scores(listener, hall.classes, ratings=ratings), listener, hall)


def _best(scores: npt.NDArray[np.floating], listener: Listener, hall: Hall) -> IntArray:
    """The best songs to choose from; equals in an order of chance, not in that of the folders."""
    best = np.argsort(-scores[listener.choice], kind="stable")
    return listener.choice[best][: hall.trial.places]


def numbers(hall: Hall) -> tuple[int, ...]:
    """Numbers of ratings that are tried, up to all."""
    return (*(number for number in RATINGS if number < hall.all_ratings), hall.all_ratings)


def _nobody(hall: Hall) -> Log:
    return Log.of([], [], n_users=0, n_items=len(hall.codes))


def _of_fold(hall: Hall, fold: int) -> list[Listener]:
    return [listener for listener in hall.people if listener.fold == fold]


def named(method: str, ratio: str) -> str:
    """What a method is called with another than the usual ratio."""
    return {"norms": method, "components": f"{method}, ratio by component", "none": f"{method}, plain cosine"}[ratio]


def values(hall: Hall, lists: Lists) -> Values:
    """The outcome of everyone's list.  # [n_listeners, METRICS]"""
    told = [outcome(one, lists(one), hall.codes, count=hall.trial.places) for one in hall.people]
    return np.array(told, np.float64)
