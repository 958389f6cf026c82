"""Every recommender on one log: what it finds of what was hidden, beside baselines, controls and chance.

All methods learn from the same part of the log and answer for the same listeners; what they differ by is tested on
those listeners, pair by pair. The controls (see ``recommender_trial``) stand in the same table.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from musicdesk.errors import BadRequest, UserFacing
from musicdesk.evaluation import resampling
from musicdesk.evaluation.kept_outcomes import KeptOutcomes
from musicdesk.evaluation.list_metrics import METRICS
from musicdesk.evaluation.listening_data import ListeningData
from musicdesk.evaluation.recommender_trial import (
    RANDOM,
    SHUFFLED_LABELS,
    SHUFFLED_VECTORS,
    VALIDATION,
    Course,
    Entry,
    Outcome,
    chance,
    outcome,
    stream,
)  # fmt: skip
from musicdesk.evaluation.recommender_tuning import grid
from musicdesk.evaluation.resampling import Difference, Values
from musicdesk.evaluation.splits import Protocol
from musicdesk.jobs import Job
from musicdesk.recommend import registry
from musicdesk.records import IntArray, Measure

BASELINES = {"hot": ("item-knn", "popularity"), "cold": ("content-mean", "popularity")}
"""What every method is tested against; the first is also the one whose labels are shuffled."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be measured, and how."""

    methods: tuple[str, ...] = ()
    """Empty: all that can be."""
    protocol: Protocol = field(default_factory=Protocol)
    seeds: tuple[int, ...] = (0, 1, 2)
    """One split and one start of the training each."""
    k: int = 20
    tune: bool = True
    """Whether settings are chosen on a further split of the first train part; the defaults otherwise."""
    controls: bool = True

    def __post_init__(self) -> None:
        if not self.seeds or len(set(self.seeds)) < len(self.seeds) or self.k < 1:
            raise BadRequest("Measuring takes lists of 1 or more, and 1 or more seeds that differ.")


@dataclass(frozen=True, slots=True)
class RecommenderRow:
    """One method, or one control."""

    method: str
    control: str
    """SHUFFLED_VECTORS, SHUFFLED_LABELS, or "" for the method itself."""
    vectors: bool
    """Whether it goes by the vectors."""
    measures: Mapping[str, Measure]
    """METRICS as far as they could be told, and coverage, whose interval is the least and the most over seeds."""
    against: Mapping[str, Mapping[str, Difference]]
    """Baseline → measure → by how much this row is better."""
    settings: Mapping[str, Any] = field(default_factory=dict)
    """What differs from the defaults."""
    fit_s: float = 0.0
    """CPU seconds to learn, a seed."""
    list_ms: float = 0.0
    """CPU milliseconds for one listener's list."""


@dataclass(frozen=True, slots=True)
class RecommendersReport:
    """All methods beside their controls."""

    data: str
    encoder: str
    plan: Plan
    users: int
    items: int
    pairs: int
    asked: int
    """Listeners with something hidden, mean over seeds."""
    candidates: int
    """Items that may be listed, mean over seeds."""
    chance: Mapping[str, float]
    """FOUND of lists drawn by lot, worked out exactly."""
    rows: tuple[RecommenderRow, ...]
    controls: tuple[RecommenderRow, ...]
    notes: tuple[str, ...] = ()
    """Sentences: what was left out, and why."""


def measure(data: ListeningData, plan: Plan, *, out: Path | None = None, job: Job) -> RecommendersReport:
    """Measure the methods of the plan on ``data``; what cannot be measured is named in the notes.

    ``out`` is a folder where outcomes are kept, so that it can go on; None keeps none.

    Raises:
        NothingYet: there is too little listening to hide any of it.
        BadRequest: a time split of a log without times, or no method that can answer.
        NotFound: a method that nobody knows.
    """
    kept = KeptOutcomes.of(out, data, plan.protocol, k=plan.k)
    courses = [Course.of(data, plan.protocol, k=plan.k, seed=seed) for seed in plan.seeds]
    inner = courses[0].within(data, plan.protocol) if plan.tune else courses[0]
    entries, notes = _entries(data, plan)
    settings: dict[str, Mapping[str, Any]] = {}
    outcomes: dict[Entry, list[Outcome]] = {}
    for number, entry in enumerate(entries, start=1):
        if entry.control and Entry(entry.method) not in outcomes:
            continue  # it has been said why
        try:
            if plan.tune and entry.method not in settings:
                settings[entry.method] = tuned(entry.method, inner, kept, job=job)
            chosen = settings.get(entry.method, {})
            job.say(f"{number}/{len(entries)} {entry}")
            outcomes[entry] = [_outcome(entry, course, chosen, kept, job=job) for course in courses]
        except UserFacing as error:
            notes.append(f"{entry} was left out: {error}")
    if not any(entry.method != RANDOM for entry in outcomes):
        raise BadRequest(" ".join(["None of the methods could be measured.", *notes]))
    rows = _rows(outcomes, settings, plan)
    return RecommendersReport(
        data=data.name,
        encoder=data.encoder,
        plan=plan,
        users=len(data.log.listeners),
        items=data.log.n_items,
        pairs=data.log.matrix(binary=True).nnz,
        asked=round(float(np.mean([len(course.split.users) for course in courses]))),
        candidates=round(float(np.mean([course.split.candidates.sum() for course in courses]))),
        chance=chance(courses),
        rows=tuple(row for row in rows if not _is_control(row)),
        controls=tuple(row for row in rows if _is_control(row)),
        notes=(*data.notes, *notes),
    )


def available() -> tuple[str, ...]:
    """The methods whose module is there."""
    return tuple(name for name, place in registry.METHODS.items() if find_spec(place.partition(":")[0]))


def tuned(method: str, course: Course, kept: KeptOutcomes, *, job: Job) -> Mapping[str, Any]:
    """The settings of the method's grid with the best recall on ``course``; the defaults if nothing is better.

    ``course`` is a split within a train part, so that nothing of what is asked in the end is seen.
    """
    choices = grid(method)
    if method == RANDOM or len(choices) < 2:
        return {}
    recalls = []
    for number, choice in enumerate(choices, start=1):
        job.say(f"choosing settings of {method}, {number}/{len(choices)}")
        found = _outcome(Entry(method, VALIDATION), course, choice, kept, job=job)
        recalls.append(found.values[:, METRICS.index("recall")].mean())
    return choices[int(np.argmax(recalls))]


# ---------------------------------------------------------------------------------------------- what is measured


def _outcome(entry: Entry, course: Course, settings: Mapping[str, Any], kept: KeptOutcomes, *, job: Job) -> Outcome:
    known = kept.get(entry, settings, course.seed)
    if known is not None:
        return known
    found = outcome(entry, course, settings, job=job)
    kept.put(entry, settings, course.seed, found)
    return found


def _entries(data: ListeningData, plan: Plan) -> tuple[list[Entry], list[str]]:
    """All rows to come, and which methods cannot answer here."""
    kind, notes = plan.protocol.kind, []
    chosen = []
    for name in plan.methods or available():
        why = _unfit(name, data, plan)
        if why:
            notes.append(f"{name} was left out: {why}")
        else:
            chosen.append(name)
    entries = [Entry(name) for name in chosen]
    if plan.controls:
        entries += [Entry(name, SHUFFLED_VECTORS) for name in chosen if registry.spec(name).needs_vectors]
        if BASELINES[kind][0] in chosen:
            entries.append(Entry(BASELINES[kind][0], SHUFFLED_LABELS))
    return [*entries, Entry(RANDOM)], notes


def _unfit(name: str, data: ListeningData, plan: Plan) -> str:
    """Why a method cannot answer here, "" if it can; popularity stays, as the baseline that must fall to chance."""
    spec = registry.spec(name)
    if spec.needs_vectors and data.vectors is None:
        return "it goes by the sound, and there are no vectors."
    if plan.protocol.kind == "cold" and not spec.serves_cold and name not in BASELINES["cold"]:
        return "it can say nothing of items that nobody has heard."
    return ""


# ---------------------------------------------------------------------------------------------- what is told


def _rows(
    outcomes: Mapping[Entry, list[Outcome]], settings: Mapping[str, Mapping[str, Any]], plan: Plan
) -> list[RecommenderRow]:
    return [
        RecommenderRow(
            method=entry.method,
            control=entry.control,
            vectors=entry.method != RANDOM and registry.spec(entry.method).needs_vectors,
            measures=_measures(found),
            against=_against(entry, outcomes, plan),
            settings=settings.get(entry.method, {}),
            fit_s=float(np.mean([one.fit_s for one in found])),
            list_ms=float(np.mean([one.list_ms for one in found])),
        )
        for entry, found in outcomes.items()
    ]


def _measures(found: Sequence[Outcome]) -> dict[str, Measure]:
    """The means over listeners and seeds; a listener's seeds are drawn together."""
    values, units = _values(found)
    told = zip(METRICS, resampling.means(values, units, rng=stream(0, 6)), strict=True)
    coverage = resampling.over_seeds([one.coverage for one in found])
    return {**{name: measure for name, measure in told if measure is not None}, "coverage": coverage}


def _against(entry: Entry, outcomes: Mapping[Entry, list[Outcome]], plan: Plan) -> dict[str, dict[str, Difference]]:
    """Against the baselines, and a method against itself with vectors dealt out anew."""
    rivals = {name: Entry(name) for name in BASELINES[plan.protocol.kind]}
    rivals[SHUFFLED_VECTORS] = Entry(entry.method, SHUFFLED_VECTORS)
    if entry.control == SHUFFLED_LABELS:
        return {}  # other listeners are asked there
    return {
        name: _difference(outcomes[entry], outcomes[rival])
        for name, rival in rivals.items()
        if rival in outcomes and rival != entry
    }


def _difference(ours: Sequence[Outcome], theirs: Sequence[Outcome]) -> dict[str, Difference]:
    (mine, units), (other, _) = _values(ours), _values(theirs)
    told = zip(METRICS, resampling.differences(mine, other, units, rng=stream(0, 7)), strict=True)
    return {name: difference for name, difference in told if difference is not None}


def _values(found: Sequence[Outcome]) -> tuple[Values, IntArray]:
    return np.concatenate([o.values for o in found]), np.concatenate([o.units for o in found])


def _is_control(row: RecommenderRow) -> bool:
    return bool(row.control) or row.method == RANDOM
