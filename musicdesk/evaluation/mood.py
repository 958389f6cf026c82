"""Whether "like this, but calmer" is calmer and like this: all ways to steer, on sounds whose moods are known.

After Wilkins et al., "Controllable embedding transformation for mood-guided music retrieval" (ICASSP 2026). Parts by
artist, the moods spread evenly: eight tenths are learned from, a tenth chooses the strength, a tenth is asked, and
every artist is once among the asked. Three searches: among the asked part alone, as in the paper; among all tracks but
those of the seed's artist; and the program's own, which learns from what it hears of the library that it searches
(there one half of the artists chooses the strength for the other).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from musicdesk.errors import BadRequest, NotFound
from musicdesk.evaluation import mood_figures
from musicdesk.evaluation.mood_claims import ClaimRow, claim_row
from musicdesk.evaluation.mood_data import MoodData
from musicdesk.evaluation.mood_figures import Cases, Dose, EqualMood, MoodRow
from musicdesk.evaluation.mood_metrics import Draws, known_mean
from musicdesk.evaluation.mood_trial import (
    ALL,
    CONTROL,
    GIVEN,
    HEARD,
    HELD_OUT,
    METHOD,
    Entry,
    KeptLists,
    Outcome,
    Split,
    ablations,
    run,
    splits,
    whole_library,
)
from musicdesk.jobs import Job
from musicdesk.mood.catalogue import Catalogue
from musicdesk.mood.fewest import enough
from musicdesk.mood.methods import CONTROLS, ORACLES, TRAINED, methods
from musicdesk.mood.steps import USUAL
from musicdesk.recommend.log import BoolArray
from musicdesk.records import MOODS, UNCERTAIN

LIBRARY = "the library"
"""The search of the program itself."""
AVERAGE = "average-mood"
SHUFFLED = ", shuffled moods"


@dataclass(frozen=True, slots=True)
class MoodPlan:
    """What is to be measured."""

    methods: tuple[str, ...] = ()
    """None: all."""
    ablations: bool = False
    """Whether the ablations of what is taught are measured as well, and the control with shuffled moods."""
    seeds: int = 3
    parts: int = 10
    asked: int = 0
    """So many of the parts are asked each seed, the first of its division; 0: all, so that every artist is."""
    labels: tuple[str, ...] = (GIVEN, HEARD)
    """Those that the parts by artist are measured with; none: the program's own search alone."""
    seed: int = 0

    def __post_init__(self) -> None:
        if self.seeds < 1 or self.parts < 3:
            raise BadRequest("Seeds are 1 or more; to learn, to choose and to ask there must be 3 parts or more.")
        if not 0 <= self.asked <= self.parts:
            raise BadRequest(f"Of {self.parts} parts 0 (all) to {self.parts} can be asked, not {self.asked}.")
        if unknown := set(self.labels) - {GIVEN, HEARD}:
            raise BadRequest(f"Labels are {GIVEN} or {HEARD}, not {sorted(unknown)[0]}.")
        for name in self.methods:
            if name not in methods():
                raise NotFound(f"There is no way to steer called {name}. These are known: {', '.join(methods())}.")

    @property
    def entries(self) -> tuple[Entry, ...]:
        """All rows, those that share a network beside each other."""
        names = self.methods or methods()
        found = [Entry(name, name, CONTROL if name in CONTROLS | ORACLES else METHOD) for name in names]
        for name in [name for name in names if name in TRAINED] if self.ablations else ():
            found += [Entry(name + SHUFFLED, name, CONTROL, shuffled=True, whole=name), *ablations(name)]
        return tuple(found)


@dataclass(frozen=True, slots=True)
class Chance:
    """What comes by chance, exactly, over all cases: seeds and moods that they have not."""

    mood: float
    """The share of the target mood among the tracks by others."""
    genre: float
    """The share of the seed's genre."""
    genre_in_mood: float
    """The same among the tracks of the target mood alone: moods and genres go together."""
    possible: float
    """The share of cases with any track of both."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One kind of labels and of search."""

    labels: str
    searched: str
    cases: int
    rows: tuple[MoodRow, ...]
    doses: tuple[Dose, ...]
    equal: tuple[EqualMood, ...]
    """The translators beside the average-mood vector."""
    claims: tuple[ClaimRow, ...]


@dataclass(frozen=True, slots=True)
class MoodReport:
    """All that was measured."""

    data: str
    tracks: int
    artists: int
    seeds: tuple[int, ...]
    moods: Mapping[str, Mapping[str, int]]
    """Genre -> mood -> tracks."""
    heard_right: float
    """The share of tracks whose mood the program hears as it is; those that it is not sure of count as wrong."""
    heard_sure: float
    """The share of tracks that it is sure of."""
    chance: Chance
    genre_chance: Mapping[str, Chance]
    """The same for the seeds of each genre."""
    settings: tuple[Setting, ...]
    usual: float = USUAL
    """The strength that the window begins with, of which its claims are measured."""
    notes: tuple[str, ...] = ()


def measure(
    data: MoodData, plan: MoodPlan, *, out: Path | None = None, notes: Sequence[str] = (), job: Job
) -> MoodReport:
    """Measure every way that the plan names; ``out`` keeps lists, so that a long comparison can be stopped.

    Raises NothingYet where there is too little to learn from.
    """
    kept, seeds = KeptLists.of(out, data), tuple(range(plan.seed, plan.seed + plan.seeds))
    settings: list[Setting] = []
    lacking: tuple[str, ...] = ()
    for labels in plan.labels:
        each = [part for seed in seeds for part in splits(data, seed, plan.parts)[: plan.asked or None]]
        told = _run(data, each, plan.entries, labels, kept, job)
        settings += [_setting(data, labels, searched, told, plan.seed) for searched in (HELD_OUT, ALL)]
    if HEARD in plan.labels or not plan.labels:
        entries, lacking = _taught_here(data, plan.entries)
        told = _run(data, [whole_library(data, seed) for seed in seeds], entries, HEARD, kept, job)
        settings.append(_setting(data, HEARD, LIBRARY, told, plan.seed))
    known = data.truth != UNCERTAIN
    return MoodReport(
        data=data.name, tracks=len(data), artists=len(np.unique(data.artists)), seeds=seeds, moods=_moods(data),
        heard_right=float((data.labels == data.truth)[known].mean()),
        heard_sure=float((data.labels != UNCERTAIN)[known].mean()),
        chance=_chance(data, known),
        genre_chance={
            name: _chance(data, known & (data.kinds == number))
            for number, name in enumerate(sorted(set(data.genres) - {""}))
        },
        settings=tuple(settings), notes=(*notes, *lacking),
    )  # fmt: skip


_Told = list[tuple[Entry, list[tuple[Split, Outcome]]]]


def _run(
    data: MoodData, each: Sequence[Split], entries: Sequence[Entry], labels: str, kept: KeptLists, job: Job
) -> _Told:
    found = [(split, run(data, split, entries, labels=labels, kept=kept, job=job)) for split in each]
    return [(entry, [(split, outcome[entry.name]) for split, outcome in found]) for entry in entries]


def _taught_here(data: MoodData, entries: Sequence[Entry]) -> tuple[list[Entry], tuple[str, ...]]:
    """What the whole library can teach, and why it cannot teach the rest."""
    heard = Catalogue(data.vectors, data.heard, data.labels, data.artists)
    found: list[Entry] = []
    lacking: dict[str, None] = {}
    for entry in entries:
        said = enough(heard, unsure=entry.config.unsure) if entry.method in TRAINED else ""
        if said:
            lacking[said] = None
        else:
            found.append(entry)
    return found, tuple(lacking)


def _setting(data: MoodData, labels: str, searched: str, told: _Told, seed: int) -> Setting:
    within = ALL if searched == LIBRARY else searched
    every = {entry.name: mood_figures.cases(data, entry, found, within) for entry, found in told}
    draws = Draws(next(iter(every.values())).artists, seed=seed)
    baselines = [one for one in every.values() if one.entry.kind == METHOD and one.entry.method not in TRAINED]
    taught = [one for one in every.values() if one.entry.kind == METHOD and one.entry.method in TRAINED]
    rows = tuple(
        _row(one, [every[one.entry.whole], *baselines] if one.entry.whole else baselines, draws)
        for one in every.values()
    )
    claims = [claim_row(data, entry.name, found, within, seed=seed) for entry, found in told
              if entry.kind == METHOD]  # fmt: skip
    return Setting(
        labels, searched, len(next(iter(every.values())).artists), rows,
        doses=tuple(mood_figures.dose(one) for one in every.values() if one.entry.kind == METHOD),
        equal=tuple(
            mood_figures.equal_mood(one, every[AVERAGE], draws, places=places)
            for one in taught for places in (1, 10) if AVERAGE in every
        ),
        claims=tuple(row for row in claims if row is not None),
    )  # fmt: skip


def _row(one: Cases, others: Sequence[Cases], draws: Draws) -> MoodRow:
    told = mood_figures.row(one, draws)
    if one.entry.method not in TRAINED:
        return told
    pairs = [(one, other) for other in others]
    usual_pairs = [(one.as_usual, other.as_usual) for other in others]
    first, ten, usual, usual_10 = (
        {theirs.entry.name: mood_figures.against(ours, theirs, draws, places=places) for ours, theirs in each}
        for each in (pairs, usual_pairs) for places in (1, 10)
    )  # fmt: skip
    return replace(told, against=first, against_10=ten, against_usual=usual, against_usual_10=usual_10)


def _moods(data: MoodData) -> dict[str, dict[str, int]]:
    names = sorted(set(data.genres))
    genres = np.array(data.genres)
    return {
        name: {mood.value: int(((genres == name) & (data.truth == k)).sum()) for k, mood in enumerate(MOODS)}
        for name in names
    }  # fmt: skip


def _chance(data: MoodData, asked: BoolArray) -> Chance:
    seeds = np.flatnonzero(asked & (data.kinds >= 0))
    found = []
    for seed in seeds.tolist():
        others = data.artists != data.artists[seed]
        same = data.kinds == data.kinds[seed]
        for mood in set(range(len(MOODS))) - {int(data.truth[seed])}:
            wanted = others & (data.truth == mood)
            in_mood = (wanted & same).sum() / wanted.sum() if wanted.any() else np.nan
            found.append((wanted.sum() / others.sum(), (others & same).sum() / others.sum(), in_mood,
                          float((wanted & same).any())))  # fmt: skip
    return Chance(*known_mean(np.array(found).reshape(-1, 4), axis=0).tolist())
