"""One recommender on one made-up log, in this process: what it costs to learn and to score, and what it finds."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from musicdesk.audio.serving import peak_mb
from musicdesk.evaluation.metrics import bootstrap
from musicdesk.evaluation.taste_clusters import MadeLog, make
from musicdesk.jobs import Job
from musicdesk.recommend import registry
from musicdesk.recommend.base import Recommender, profiles
from musicdesk.recommend.log import BoolArray
from musicdesk.records import FloatArray, IntArray, Measure

TOP = 20
BATCH = 50
"""How many listeners are scored at once."""
SHUFFLED, BEST, CHANCE = "content-mean, shuffled", "best possible", "chance"
BY_CLASSES = ("comprehensive", "multicategory")
"""Recommenders that go by class probabilities, not by vectors."""
_DEALT = "content-mean"
Score = Callable[[IntArray], FloatArray]
"""Users [m] -> scores [m, n_items]."""


class Size(NamedTuple):
    """How large a log is."""

    users: int
    items: int


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be measured."""

    method: str
    """A recommender's name, or SHUFFLED: one that is given the vectors of other items."""
    size: Size
    seed: int = 0
    tested: int = 500
    """How many listeners' lists are looked at."""


@dataclass(frozen=True, slots=True)
class RecommenderCost:
    """One method, or one control, at one size."""

    method: str
    size: Size
    fit_s: float | None = None
    """CPU seconds to learn; None: it did not, or there is nothing to learn."""
    score_ms: float = 0.0
    """CPU milliseconds from a listener's history to the scores of all items."""
    wall_s: float = 0.0
    """To learn, by the clock: what a GPU shortens."""
    peak_mb: float = 0.0
    """The most memory that its process held (resident, MiB)."""
    data_mb: float = 0.0
    """What of it was there before the method began to learn: the program, its libraries and the log."""
    recall: Measure | None = None
    """Recall@20 of what was held out: hits of min(20, held out)."""
    own: Measure | None = None
    """Share of the top 20 unheard that are of the clusters that the listener likes."""
    cold: Measure | None = None
    """The same among the items that nobody has heard; None where the method has nothing to say of them."""
    note: str = ""
    """A sentence where there are no figures: it refused, or was ended."""
    ended: bool = False
    """It took too much time or memory, or failed."""


class _Hits(NamedTuple):
    """What one listener's two lists hold."""

    recall: float
    own: float
    cold: float


def measured(task: Task) -> RecommenderCost:
    """Measure one method; raises what the method raises.

    Times are CPU times of this process; its peak of memory is that of its whole life, so it should be a fresh one.
    """
    made = made_for(task)
    sound, method = _sound(made, task), registry.make(_name(task))
    made.log.matrix()  # so that nobody pays for what is loaded once
    data_mb, wall, cpu = peak_mb(), time.perf_counter(), time.process_time()
    method.fit(made.log, sound, job=Job())
    fit_s, wall_s = time.process_time() - cpu, time.perf_counter() - wall
    score = _Timed(made, method)
    hits = _hits(made, score, _tested(made, task))
    serves_cold = bool(method.servable[made.cold].any())
    recall, own, cold = _measures(hits, np.random.default_rng(task.seed))
    return RecommenderCost(
        task.method, task.size, fit_s=fit_s, score_ms=score.ms_each, wall_s=wall_s, peak_mb=peak_mb(),
        data_mb=data_mb, recall=recall, own=own, cold=cold if serves_cold else None,
    )  # fmt: skip


def controls(task: Task) -> tuple[RecommenderCost, RecommenderCost]:
    """The best that anyone could do who knew how the log was drawn, and what chance does, of the same listeners."""
    made = made_for(task)
    users, rng = _tested(made, task), np.random.default_rng(task.seed)
    rows = zip((BEST, CHANCE), (_hits(made, made.known_best, users), _by_chance(made, users)), strict=True)
    best, chance = (_control(name, task, _measures(hits, rng)) for name, hits in rows)
    return best, chance


def made_for(task: Task) -> MadeLog:
    """The log of a task: the same for all methods of one size and seed."""
    return make(task.size.users, task.size.items, rng=np.random.default_rng([task.seed, task.size.items]))


class _Timed:
    """Scores listeners and keeps how long it took."""

    def __init__(self, made: MadeLog, method: Recommender) -> None:
        self._made, self._method = made, method
        self._cpu_s, self._count = 0.0, 0

    def __call__(self, users: IntArray) -> FloatArray:
        histories = self._made.log.histories(users.tolist())
        began = time.process_time()
        scores = self._method.scores(profiles(self._method, histories))
        self._cpu_s += time.process_time() - began
        self._count += len(users)
        return scores

    @property
    def ms_each(self) -> float:
        """CPU milliseconds a listener."""
        return 1000 * self._cpu_s / max(1, self._count)


def _name(task: Task) -> str:
    return _DEALT if task.method == SHUFFLED else task.method


def _sound(made: MadeLog, task: Task) -> FloatArray:
    """How the items sound to the method: vectors, class probabilities, or vectors dealt out anew."""
    if task.method in BY_CLASSES:
        return made.classes
    if task.method == SHUFFLED:
        return made.vectors[np.random.default_rng([task.seed, 1]).permutation(len(made.vectors))]
    return made.vectors


def _tested(made: MadeLog, task: Task) -> IntArray:
    """The listeners whose lists are looked at.  # [m] ascending"""
    rng = np.random.default_rng([task.seed, 2])
    return np.sort(rng.choice(len(made.tastes), size=min(task.tested, len(made.tastes)), replace=False))


def _hits(made: MadeLog, score: Score, users: IntArray) -> list[_Hits]:
    """What is in the lists of ``users`` [m]: of what they have not heard, and of what nobody has."""
    found = []
    for start in range(0, len(users), BATCH):
        batch = users[start : start + BATCH]
        for user, scores in zip(batch.tolist(), score(batch), strict=True):
            own, held = made.own(user), made.held_out(user)
            top, new = _top(scores, _unheard(made, user)), _top(scores, made.cold)
            recall = np.isin(top, held).sum() / min(TOP, len(held))
            found.append(_Hits(float(recall), float(own[top].mean()), float(own[new].mean())))
    return found


def _top(scores: FloatArray, among: BoolArray) -> IntArray:
    """The best of some items.  # [TOP]"""
    rows = np.flatnonzero(among)
    count = min(TOP, len(rows))
    return np.asarray(rows[np.argpartition(-scores[rows], count - 1)[:count]])


def _unheard(made: MadeLog, user: int) -> BoolArray:
    there = ~made.cold
    there[made.log.history(user).items] = False
    return there


def _by_chance(made: MadeLog, users: IntArray) -> list[_Hits]:
    """What lists in any order hold on average."""
    found = []
    for user in users.tolist():
        unheard, own, held = _unheard(made, user), made.own(user), len(made.held_out(user))
        recall = TOP * held / unheard.sum() / min(TOP, held)
        found.append(_Hits(float(recall), float(own[unheard].mean()), float(own[made.cold].mean())))
    return found


def _measures(hits: list[_Hits], rng: np.random.Generator) -> tuple[Measure, Measure, Measure]:
    recall, own, cold = (bootstrap(values, rng=rng) for values in zip(*hits, strict=True))
    return recall, own, cold


def _control(name: str, task: Task, measures: tuple[Measure, Measure, Measure]) -> RecommenderCost:
    recall, own, cold = measures
    return RecommenderCost(name, task.size, recall=recall, own=own, cold=cold)
