"""What the lists of all splits say together: a row a method, tests, the dose and its response, and what chance gives.

Only seeds that are asked for another mood than their own count, unless said otherwise.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from musicdesk.evaluation import mood_metrics
from musicdesk.evaluation.control import follows
from musicdesk.evaluation.mood_data import MoodData
from musicdesk.evaluation.mood_metrics import (
    COMBINED,
    GENRE,
    LIKENESS,
    METRICS,
    MOOD,
    PERCENTILE,
    Draws,
    harmonic,
    known_mean,
)
from musicdesk.evaluation.mood_trial import (
    ALL,
    ASKED,
    AT_USUAL,
    STRENGTHS,
    VALIDATION,
    Entry,
    Lists,
    Outcome,
    Split,
)
from musicdesk.evaluation.resampling import Difference, Values, over_seeds
from musicdesk.records import FloatArray, IntArray, Measure

MOOD_10, GENRE_10 = METRICS.index("mood_p@10"), METRICS.index("genre_p@10")
COMBINED_10 = "combined@10"
FULL = STRENGTHS.index(1.0)
LADDER = slice(len(STRENGTHS))


@dataclass(frozen=True, slots=True, eq=False)
class Cases:
    """What one entry did in all splits: a case is a seed and a mood that it has not."""

    entry: Entry
    values: Values  # [ASKED, c, METRICS]
    artists: IntArray  # [c] of the seed
    chosen: IntArray  # [c] place in ASKED that was chosen for the case by others
    distinct: tuple[float, ...]
    """One a training seed, at the strength that validation chose; the usual one where nothing is set aside for that."""
    hubs: tuple[float, ...]
    stayed: Values  # [c', METRICS] seeds asked for the mood that they have, at the strength of ``distinct``

    @property
    def at_chosen(self) -> Values:
        """METRICS of each case.  # [c, METRICS]"""
        return np.asarray(self.values[self.chosen, np.arange(len(self.artists))], np.float64)

    @property
    def as_usual(self) -> "Cases":
        """The same with every case at the strength that the window begins with."""
        return replace(self, chosen=np.full_like(self.chosen, AT_USUAL))

    @property
    def strength(self) -> float:
        """The mean of what was chosen."""
        return float(np.array(ASKED)[self.chosen].mean())


@dataclass(frozen=True, slots=True)
class MoodRow:
    """One way to steer."""

    name: str
    kind: str
    strength: float
    """The mean of what was chosen: by validation, or by the other half of the artists where nothing is set aside."""
    measures: Mapping[str, Measure]
    """METRICS, COMBINED, COMBINED_10, at the chosen strength."""
    usual: Mapping[str, Measure]
    """The same at the strength that the window begins with."""
    full: Mapping[str, Measure]
    """The same at full strength."""
    distinct: Measure
    """Different first tracks as a share of what could be; the least and the most of the training seeds."""
    hubs: Measure
    own_mood: float
    """The share of seeds asked for their own mood that get a first track of it."""
    against: Mapping[str, Difference] = field(default_factory=dict)
    """COMBINED less that of a baseline, or of ``whole``."""
    against_10: Mapping[str, Difference] = field(default_factory=dict)
    """COMBINED_10 likewise."""
    against_usual: Mapping[str, Difference] = field(default_factory=dict)
    """COMBINED less that of the other, both at the strength that the window begins with."""
    against_usual_10: Mapping[str, Difference] = field(default_factory=dict)
    whole: str = ""
    """The row of which this is an ablation or a control."""


@dataclass(frozen=True, slots=True)
class Dose:
    """How one way answers to the strength."""

    name: str
    percentile: tuple[float, ...]
    """Mean percentile of the target mood of the first ten, at each of STRENGTHS."""
    likeness: tuple[float, ...]
    """Mean cosine of the first ten and the seed."""
    genre: tuple[float, ...]
    """Share of the first ten that are of the seed's genre."""
    mood: tuple[float, ...]
    """Share of the first ten that are in the mood."""
    spearman: float
    """Rank correlation of strength and the mean percentile."""


@dataclass(frozen=True, slots=True)
class EqualMood:
    """How much of the genre is kept where two ways reach the same mood precision, along their strengths."""

    name: str
    beside: str
    places: int
    """1 or 10: of which the precisions are."""
    mood: float
    """The mood precision at which they are compared."""
    reached: bool
    """Whether it is all that the baseline reaches; else it is the most that both do."""
    ours: float
    theirs: float
    ratio: Measure


def cases(data: MoodData, entry: Entry, told: Sequence[tuple[Split, Outcome]], searched: str) -> Cases:
    """All that an entry found in one kind of search."""
    values, artists, chosen, places, stayed = [], [], [], [], []
    for split, outcome in told:
        space, lists = data.space(split.learned), outcome[searched]
        place = _best(data, space, outcome[VALIDATION]) if VALIDATION in outcome else AT_USUAL
        seen, other = _values(data, space, lists), data.truth[lists.seeds] != lists.targets
        values.append(seen[:, other])
        artists.append(data.artists[lists.seeds[other]])
        known = VALIDATION in outcome
        own = data.artists[lists.seeds[other]]
        chosen.append(np.full(int(other.sum()), place) if known else _by_the_other_half(seen[:, other], own))
        places.append(place)
        stayed.append(seen[place][~other])
    different, hubs = _spread(data, told, searched, places)
    return Cases(
        entry, np.concatenate(values, axis=1), np.concatenate(artists), np.concatenate(chosen),
        different, hubs, np.concatenate(stayed),
    )  # fmt: skip


def row(one: Cases, draws: Draws) -> MoodRow:
    """The means of an entry."""
    told = one.at_chosen
    return MoodRow(
        name=one.entry.name, kind=one.entry.kind, strength=one.strength,
        measures=_measures(told, draws), usual=_measures(one.values[AT_USUAL], draws),
        full=_measures(one.values[FULL], draws), distinct=over_seeds(one.distinct),
        hubs=over_seeds(one.hubs), own_mood=float(known_mean(one.stayed[:, MOOD], axis=0)),
        whole=one.entry.whole,
    )  # fmt: skip


def against(ours: Cases, theirs: Cases, draws: Draws, *, places: int = 1) -> Difference:
    """The combined figure of one less that of another, for the same cases and the same draws."""
    return draws.difference(*(_combined(draws.means(c.at_chosen), places) for c in (ours, theirs)))


def dose(one: Cases) -> Dose:
    """The mean curves."""
    curves = known_mean(one.values[LADDER], axis=1)
    columns = PERCENTILE, LIKENESS, GENRE_10, MOOD_10
    percentile, likeness, genre, mood = (tuple(curves[:, column].tolist()) for column in columns)
    told = float(follows(STRENGTHS, np.array(percentile)[None])[0])
    return Dose(one.entry.name, percentile, likeness, genre, mood, told)


def equal_mood(ours: Cases, theirs: Cases, draws: Draws, *, places: int) -> EqualMood:
    """Ours beside a baseline at full strength; curves are interpolated between strengths."""
    columns = (MOOD, GENRE) if places == 1 else (MOOD_10, GENRE_10)
    mine, other = (_curves(c, draws, columns) for c in (ours, theirs))  # [1 + repeats, STRENGTHS, 2]
    wanted = other[0, FULL, 0]
    level = min(wanted, mine[0, :, 0].max())
    kept, theirs_kept = (np.array([_at(curve, level) for curve in each]) for each in (mine, other))
    ratio = np.divide(kept, theirs_kept, out=np.full(len(kept), np.nan), where=theirs_kept > 0)
    return EqualMood(ours.entry.name, theirs.entry.name, places, float(level), bool(level >= wanted - 1e-9),
                     float(kept[0]), float(theirs_kept[0]), draws.measure(ratio))  # fmt: skip


def _at(curve: Values, level: float) -> float:
    """The genre kept on the way up, where the mood is first as good as ``level``.  # [STRENGTHS, 2]"""
    reached = np.maximum.accumulate(curve[:, 0])
    place = int(np.searchsorted(reached, level))
    if place == 0 or place == len(curve):
        return float(curve[min(place, len(curve) - 1), 1])
    low, high = reached[place - 1], reached[place]
    share = (level - low) / (high - low)
    return float(curve[place - 1, 1] + share * (curve[place, 1] - curve[place - 1, 1]))


def _curves(one: Cases, draws: Draws, columns: tuple[int, int]) -> Values:
    flat = np.concatenate([values[:, list(columns)] for values in one.values[LADDER]], axis=1)
    told = draws.means(flat)
    return np.asarray(told.reshape(len(told), len(STRENGTHS), 2), np.float64)


def _measures(values: Values, draws: Draws) -> dict[str, Measure]:
    drawn = draws.means(values)
    told = {name: draws.measure(drawn[:, column]) for column, name in enumerate(METRICS)}
    return told | {COMBINED: draws.measure(_combined(drawn, 1)), COMBINED_10: draws.measure(_combined(drawn, 10))}


def _combined(drawn: Values, places: int) -> Values:
    first, second = (MOOD, GENRE) if places == 1 else (MOOD_10, GENRE_10)
    return harmonic(drawn[:, first], drawn[:, second])


def _values(data: MoodData, space: FloatArray, lists: Lists) -> Values:
    return np.array([mood_metrics.values(data, space, lists.seeds, lists.targets, found) for found in lists.found])


def _best(data: MoodData, space: FloatArray, lists: Lists) -> int:
    other = data.truth[lists.seeds] != lists.targets
    return _best_of(_values(data, space, lists)[:, other])


def _best_of(values: Values) -> int:
    """The strength with the best combined figure of ten places; the strongest of equals.  # [ASKED, c, METRICS]"""
    if not values.shape[1]:
        return FULL
    means = known_mean(values[LADDER], axis=1)
    told = harmonic(means[:, MOOD_10], means[:, GENRE_10])
    best = np.flatnonzero(np.nan_to_num(told) >= np.nan_to_num(told).max() - 1e-12)
    return int(best[-1])


def _by_the_other_half(values: Values, artists: IntArray) -> IntArray:
    """The best strength for each case, by the artists of the other half.  # [ASKED, c, METRICS], [c] -> [c]"""
    half = np.unique(artists, return_inverse=True)[1].reshape(-1) % 2
    best = [_best_of(values[:, half != side]) for side in range(2)]
    return np.asarray(np.array(best)[half], np.int64)


def _spread(
    data: MoodData, told: Sequence[tuple[Split, Outcome]], searched: str, places: Sequence[int]
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Different first tracks and the hub rate, a training seed each: what is searched together is counted together."""
    of_seed: dict[int, list[tuple[float, float]]] = {}
    for (split, outcome), place in zip(told, places, strict=True):
        lists, n = outcome[searched], _searched(data, split, searched)
        if len(lists):
            found = lists.found[place]
            both = mood_metrics.distinct(found, lists.targets, n), mood_metrics.hub_rate(found, n)
            of_seed.setdefault(split.seed, []).append(both)
    different, hubs = np.array([np.mean(pairs, axis=0) for pairs in of_seed.values()]).T
    return tuple(different.tolist()), tuple(hubs.tolist())


def _searched(data: MoodData, split: Split, searched: str) -> int:
    return len(data) if searched == ALL else len(split.asked)
