"""The CNN paper's experiment on recommending: listeners of one category and of several, two methods, a threshold.

Every song has the class vector that a network said of it which never heard its artist. Made-up listeners (of the
paper's real ones nothing is known) heard some songs, rated them, and get a list of others by artists that they never
heard. Intervals are drawn over groups of listeners with one taste who choose among the same songs, since a listener
made up once more is no new evidence.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from musicdesk import charts
from musicdesk.evaluation.cnn import ClassVectors, Method, class_vectors
from musicdesk.evaluation.genre_claims import Claim, claims, listeners_of, units
from musicdesk.evaluation.genre_ways import (
    BY,
    COMPREHENSIVE,
    METHODS_TABLE,
    MULTICATEGORY,
    RANDOM,
    RATED,
    RATINGS_TABLE,
    REGRESSED,
    THRESHOLD_TABLE,
    Hall,
    Trial,
    Values,
    Way,
    values,
    ways,
)
from musicdesk.evaluation.resampling import means
from musicdesk.evaluation.simulated_listeners import KINDS, METRICS, listeners
from musicdesk.jobs import Job
from musicdesk.records import Measure

PAPER = {COMPREHENSIVE: 0.5035, MULTICATEGORY: 0.4289}
"""The paper's average accuracies; how it counts them, and for whom, it does not say."""


@dataclass(frozen=True, slots=True)
class ListenersRow:
    """How good one method's lists are for one kind of listeners."""

    method: str
    kind: str
    measures: Mapping[str, Measure]
    """What ``METRICS`` names → its mean."""


@dataclass(frozen=True, slots=True)
class Point:
    """How much of the lists is liked at one threshold, or with so many ratings."""

    method: str
    kind: str
    at: float
    liked: Measure


@dataclass(frozen=True, slots=True, eq=False)
class ListenersReport:
    """All that was measured."""

    songs: int
    artists: int
    classes: tuple[str, ...]
    network: str
    accuracy: float
    """The share of songs whose genre the network names rightly."""
    trial: Trial
    rows: tuple[ListenersRow, ...]
    thresholds: tuple[Point, ...]
    ratings: tuple[Point, ...]
    claims: tuple[Claim, ...]
    left_out: tuple[str, ...] = ()
    """Sentences: classes and files that were not used."""
    chance: str = RANDOM
    """The method that is chance."""
    paper: Mapping[str, float] = field(default_factory=lambda: PAPER)
    """What the paper reports: method → accuracy."""


def measure(
    folder: Path, method: Method, *, trial: Trial, out: Path, models: Path, workers: int = 1, device: str = "cpu",
    job: Job,
) -> ListenersReport:  # fmt: skip
    """The experiment on a folder of genres, with the networks that ``method`` trains on five folds by artist.

    Folds that are finished lie in ``out`` and are not trained again. Raises as ``cnn.measure`` and ``compare``.
    """
    vectors = class_vectors(folder, method, out=out, models=models, workers=workers, device=device, job=job)
    return compare(vectors, network=method.name, trial=trial, job=job)


def compare(vectors: ClassVectors, *, network: str, trial: Trial, job: Job) -> ListenersReport:
    """The experiment on class vectors that are there. Raises BadRequest where songs or genres are too few."""
    codes = vectors.labelled.codes
    people = listeners(codes, vectors.folds, trial.population, rng=np.random.default_rng(trial.seed))
    hall = Hall(codes, vectors.likely, people, trial, job)
    told = {way: values(hall, lists) for way, lists in job.each(tuple(ways(hall)), text="Recommending")}
    return ListenersReport(
        songs=len(codes),
        artists=len({song.artist for song in vectors.labelled.songs}),
        classes=vectors.labelled.classes,
        network=network,
        accuracy=float((vectors.likely.argmax(axis=1) == codes).mean()),
        trial=trial,
        rows=_rows(hall, told),
        thresholds=_points(hall, told, THRESHOLD_TABLE),
        ratings=_points(hall, told, RATINGS_TABLE),
        claims=claims(hall, told),
        left_out=vectors.left_out,
    )


def draw_chart(report: ListenersReport, path: Path) -> None:
    """How much is liked, by threshold and by number of ratings, for both kinds of listeners."""
    by_rating = (COMPREHENSIVE, MULTICATEGORY, COMPREHENSIVE + RATED, REGRESSED)
    sets = [
        _curves(report, points, names, kind, x_label=label)
        for points, names, label in (
            (report.thresholds, tuple(BY.values()), "Threshold θ"),
            (report.ratings, by_rating, "Ratings known"),
        )
        for kind in KINDS
    ]
    charts.curves(path, sets)


def _curves(
    report: ListenersReport, points: Sequence[Point], names: Sequence[str], kind: str, *, x_label: str
) -> charts.Curves:
    own = {name: [p for p in points if (p.method, p.kind) == (name, kind)] for name in names}
    chance = next(row.measures[METRICS[0]].mean for row in report.rows if (row.method, row.kind) == (RANDOM, kind))
    return charts.Curves(
        f"Listeners of {kind}",
        x_label,
        f"Share of {report.trial.places} that is liked",
        {name: [(p.at, p.liked.mean) for p in found] for name, found in own.items()},
        {name: [(p.liked.low, p.liked.high) for p in found] for name, found in own.items()},
        chance,
    )


def _rows(hall: Hall, told: Mapping[Way, Values]) -> tuple[ListenersRow, ...]:
    return tuple(
        ListenersRow(way.method, kind, _measures(hall, each, kind))
        for way, each in told.items()
        for kind in KINDS
        if way.table == METHODS_TABLE
    )


def _points(hall: Hall, told: Mapping[Way, Values], table: str) -> tuple[Point, ...]:
    return tuple(
        Point(way.method, kind, way.at, _measures(hall, each, kind)[METRICS[0]])
        for way, each in told.items()
        for kind in KINDS
        if way.table == table
    )


def _measures(hall: Hall, each: Values, kind: str) -> dict[str, Measure]:
    mask = listeners_of(hall, kind)
    found = means(each[mask], units(hall)[mask], rng=np.random.default_rng(hall.trial.seed))
    return {name: one for name, one in zip(METRICS, found, strict=True) if one is not None}
