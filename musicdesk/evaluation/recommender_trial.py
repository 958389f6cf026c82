"""One method on one split: what it learns from, the lists it makes, and what they are worth.

Three controls go the same way: vectors dealt out anew over the items (what is left is not due to the sound), a train
part whose items were renamed as well (what is left is a leak), and lists drawn by lot.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from typing import Protocol as Answers

import numpy as np

from musicdesk.evaluation import list_metrics
from musicdesk.evaluation.list_metrics import Backdrop
from musicdesk.evaluation.listening_data import ListeningData
from musicdesk.evaluation.resampling import Values
from musicdesk.evaluation.splits import Protocol, Split, shuffled_labels
from musicdesk.jobs import Job
from musicdesk.recommend import registry
from musicdesk.recommend.base import Recommender
from musicdesk.recommend.log import BoolArray, History
from musicdesk.recommend.vectors import present
from musicdesk.records import FloatArray, IntArray

RANDOM, SHUFFLED_VECTORS, SHUFFLED_LABELS = "random", "shuffled vectors", "shuffled labels"
VALIDATION = "validation"
"""No control, but a trial of settings on a split of the train part."""
RENAMINGS = 5
"""How often labels are shuffled for each seed: one list of all the same wrong names is found or not as a whole."""
CHUNK = 256
"""Listeners whose scores are in memory at a time."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A row to come."""

    method: str
    """RANDOM, or a recommender."""
    control: str = ""
    """SHUFFLED_VECTORS, SHUFFLED_LABELS, VALIDATION, or "" for the method itself."""

    def __str__(self) -> str:
        return f"{self.method}, {self.control}" if self.control else self.method


@dataclass(frozen=True, slots=True, eq=False)
class Course:
    """One split, with what all methods are given."""

    seed: int
    k: int
    split: Split
    vectors: FloatArray | None  # [n_items, dim]
    dealt: FloatArray | None  # [n_items, dim]
    """The control: the same rows for other items."""
    backdrop: Backdrop

    @classmethod
    def of(cls, data: ListeningData, protocol: Protocol, *, k: int, seed: int) -> "Course":
        """Split ``data`` and make the controls; raises what the protocol raises."""
        split = protocol.split(data.log, data.groups, rng=stream(seed, 0))
        return cls._on(split, data, k=k, seed=seed)

    def within(self, data: ListeningData, protocol: Protocol) -> "Course":
        """The train part, split once more: for choosing settings without a look at what is asked in the end."""
        split = protocol.split(self.split.train, data.groups, rng=stream(self.seed, 3))
        return self._on(split, data, k=self.k, seed=self.seed)

    @classmethod
    def _on(cls, split: Split, data: ListeningData, *, k: int, seed: int) -> "Course":
        return cls(
            seed=seed,
            k=k,
            split=split,
            vectors=data.vectors,
            dealt=None if data.vectors is None else dealt_anew(data.vectors, rng=stream(seed, 2)),
            backdrop=Backdrop.of(data.log, data.vectors, split.candidates),
        )


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """What came of one entry in one course."""

    units: IntArray  # [m] whose lists they are; of what is drawn anew together
    values: Values  # [m, METRICS]
    coverage: float
    fit_s: float
    list_ms: float


class Answering(Answers):
    """What can be asked for lists: all of a recommender that is needed when it has learned."""

    def profile(self, history: History) -> FloatArray:
        """What is known of a listener, as this method sees it.  # [p]"""
        ...

    def scores(self, profiles: FloatArray) -> FloatArray:
        """Of all items.  # [m, p] -> [m, n_items]"""
        ...


def dealt_anew(vectors: FloatArray, *, rng: np.random.Generator) -> FloatArray:
    """The rows that are there, each given to another item.  # [n, dim]"""
    there = np.flatnonzero(present(vectors))
    dealt = vectors.copy()
    dealt[there] = vectors[rng.permutation(there)]
    return dealt


def outcome(entry: Entry, course: Course, settings: Mapping[str, Any], *, job: Job) -> Outcome:
    """Let the entry learn and answer; raises what its ``fit`` raises."""
    if entry.control != SHUFFLED_LABELS:
        vectors = course.dealt if entry.control == SHUFFLED_VECTORS else course.vectors
        return _asked(entry, course, course.split, vectors, settings, job=job)
    parts = [_asked(entry, course, *_without_truth(course, i), settings, job=job) for i in range(RENAMINGS)]
    return Outcome(
        units=np.concatenate([np.full(len(p.units), course.seed * RENAMINGS + i) for i, p in enumerate(parts)]),
        values=np.concatenate([part.values for part in parts]),
        coverage=float(np.mean([part.coverage for part in parts])),
        fit_s=float(np.mean([part.fit_s for part in parts])),
        list_ms=float(np.mean([part.list_ms for part in parts])),
    )


def _without_truth(course: Course, number: int) -> tuple[Split, FloatArray | None]:
    """The split with its train part renamed, and vectors dealt out anew.

    The vectors too, as what is popular may lie at the rim of the space, where any profile finds it more easily.
    """
    rng = stream(course.seed, 10 + number)
    vectors = None if course.vectors is None else dealt_anew(course.vectors, rng=rng)
    return shuffled_labels(course.split, rng=rng), vectors


def _asked(
    entry: Entry, course: Course, split: Split, vectors: FloatArray | None, settings: Mapping[str, Any], *, job: Job
) -> Outcome:
    def learned() -> Answering | None:
        return None if entry.method == RANDOM else _fitted(entry.method, settings, split, vectors, course.seed, job=job)

    return judged(learned, course, split)


def judged(learn: Callable[[], Answering | None], course: Course, split: Split | None = None) -> Outcome:
    """What the lists of whatever ``learn`` makes are worth (None: lists by lot), on this split or the course's own."""
    split = split or course.split
    began = time.process_time()
    made = learn()
    learned = time.process_time()
    lists = _lists(made, split, k=course.k, rng=stream(course.seed, 5))
    listed = time.process_time()
    values = [list_metrics.found(lists, split.held), course.backdrop.like(lists, split.held)]
    return Outcome(
        units=split.users,
        values=np.concatenate(values, axis=1),
        coverage=list_metrics.coverage(lists, split.candidates),
        fit_s=learned - began,
        list_ms=1000 * (listed - learned) / len(lists),
    )


def _fitted(
    method: str, settings: Mapping[str, Any], split: Split, vectors: FloatArray | None, seed: int, *, job: Job
) -> Recommender:
    made = registry.make(method, **{"seed": seed, **settings})
    made.fit(split.train, vectors, job=job)
    return made


def _lists(made: Answering | None, split: Split, *, k: int, rng: np.random.Generator) -> IntArray:
    """The best k of the candidates for each listener, without what they heard; by lot without a method.  # [m, k]"""
    lists = []
    for start in range(0, len(split.users), CHUNK):
        users = split.users[start : start + CHUNK].tolist()
        allowed = _allowed(split, users)
        histories = split.train.histories(users)
        scores = (
            made.scores(np.stack([made.profile(history) for history in histories]))
            if made is not None
            else rng.random(allowed.shape, dtype=np.float32)
        )
        lists.append(list_metrics.best(scores, allowed, k=k, rng=rng))
    return np.concatenate(lists)


def _allowed(split: Split, users: Sequence[int]) -> BoolArray:
    """The candidates that each of these listeners has not heard.  # [m, n_items]"""
    allowed = np.tile(split.candidates, (len(users), 1))
    for row, history in enumerate(split.train.histories(users)):
        allowed[row, history.items] = False
    return allowed


def chance(courses: Sequence[Course]) -> dict[str, float]:
    """FOUND of lists drawn by lot, worked out exactly; mean over listeners and splits."""
    values = [_split_chance(course.split, course.k) for course in courses]
    return dict(zip(list_metrics.FOUND, np.concatenate(values).mean(axis=0).tolist(), strict=True))


def _split_chance(split: Split, k: int) -> Values:
    heard = [int(split.candidates[np.unique(h.items)].sum()) for h in split.train.histories(split.users.tolist())]
    allowed = int(split.candidates.sum()) - np.array(heard)
    return list_metrics.by_chance(allowed, np.array([len(items) for items in split.held]), k=k)


def stream(seed: int, purpose: int) -> np.random.Generator:
    """A stream of its own for each purpose, so that one more draw here moves nothing there."""
    return np.random.default_rng([seed, purpose])
