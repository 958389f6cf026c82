"""What a steered list is worth: is it in the mood, did the rest stay, is it always the same few tracks?

Wilkins et al., "Controllable embedding transformation for mood-guided music retrieval" (ICASSP 2026) look at the first
track alone: its mood, its genre, the overlap of its tags with the seed's. The combined figure is the harmonic mean of
the first two. Intervals and tests draw artists anew, the same ones for all methods.
"""

import numpy as np

from musicdesk.errors import BadRequest
from musicdesk.evaluation.mood_data import MoodData
from musicdesk.evaluation.resampling import Difference, Values
from musicdesk.records import FloatArray, IntArray, Measure

PLACES = 10
METRICS = ("mood_p@1", "mood_p@10", "genre_p@1", "genre_p@10", "tags_j@1", "mood_percentile@10", "likeness@10",
           "list_diversity@10")  # fmt: skip
MOOD, GENRE = METRICS.index("mood_p@1"), METRICS.index("genre_p@1")
PERCENTILE, LIKENESS = METRICS.index("mood_percentile@10"), METRICS.index("likeness@10")
COMBINED = "combined"
REPEATS = 2000
HUBS = 0.1
"""The share of the catalogue, that which is listed most, whose part of all places is the hub rate."""


def values(data: MoodData, space: FloatArray, seeds: IntArray, targets: IntArray, lists: IntArray) -> Values:
    """METRICS of each list; nan where it cannot be told.  # [m], [m], [m, PLACES] -> [m, METRICS]"""
    if lists.shape != (len(seeds), PLACES) or targets.shape != seeds.shape:
        raise BadRequest(f"{len(seeds)} seeds have as many targets and lists of {PLACES}.")
    right = np.where(data.truth[lists] < 0, np.nan, data.truth[lists] == targets[:, None])
    unknown = (data.kinds[lists] < 0) | (data.kinds[seeds] < 0)[:, None]
    kept = np.where(unknown, np.nan, data.kinds[lists] == data.kinds[seeds][:, None])
    columns = {
        "mood_p@1": right[:, 0],
        "mood_p@10": known_mean(right, axis=1),
        "genre_p@1": kept[:, 0],
        "genre_p@10": known_mean(kept, axis=1),
        "tags_j@1": _jaccard(data, seeds, lists[:, 0]),
        "mood_percentile@10": data.percentiles[lists, targets[:, None]].mean(axis=1),
        "likeness@10": np.einsum("md,mkd->m", space[seeds], space[lists]) / PLACES,
        "list_diversity@10": _diversity(space, lists),
    }
    return np.stack([np.asarray(columns[name], np.float64) for name in METRICS], axis=1)


def distinct(lists: IntArray, targets: IntArray, n: int) -> float:
    """How many different tracks stand first for one mood, as a share of all that could; the mean over the moods.

    As many could as there are lists for the mood, or ``n`` tracks to search.
    """
    first = [lists[targets == target, 0] for target in np.unique(targets)]
    return float(np.mean([len(np.unique(own)) / min(len(own), n) for own in first])) if first else np.nan


def hub_rate(lists: IntArray, n: int) -> float:
    """The part of all places that the HUBS of the ``n`` tracks take which are listed most; HUBS itself is fair."""
    counts = np.sort(np.bincount(np.unique(lists, return_inverse=True)[1].reshape(-1)))[::-1]
    return float(counts[: max(1, round(HUBS * n))].sum() / lists.size) if lists.size else np.nan


def harmonic(first: Values, second: Values) -> Values:
    """The harmonic mean, 0 where both are.  # [...]"""
    total = first + second
    return np.divide(2 * first * second, total, out=np.zeros_like(total), where=total > 0)


def known_mean(numbers: Values, *, axis: int) -> Values:
    """The mean of what is a number; nan where nothing is.  # [..., k, ...] -> [..., ...]"""
    there = np.isfinite(numbers)
    counts = there.sum(axis=axis)
    total = np.where(there, numbers, 0).sum(axis=axis)
    return np.asarray(np.divide(total, counts, out=np.full(total.shape, np.nan), where=counts > 0), np.float64)


class Draws:
    """Means, and what is made of them, with artists drawn anew; one object draws the same for whoever asks."""

    def __init__(self, units: IntArray, *, seed: int, repeats: int = REPEATS) -> None:
        """``units`` [n] says which rows stand and fall together; raises BadRequest if there are none."""
        if not len(units):
            raise BadRequest("There is nothing to average.")
        self._codes = np.unique(units, return_inverse=True)[1].reshape(-1)
        self.units = int(self._codes.max()) + 1
        rng = np.random.default_rng([seed, 53])
        drawn = [np.bincount(rng.integers(self.units, size=self.units), minlength=self.units) for _ in range(repeats)]
        self._weights = np.array([np.ones(self.units), *drawn], np.float64)

    def means(self, numbers: Values) -> Values:
        """The mean of each column, nan left out; the first row is as measured.  # [n, c] -> [1 + repeats, c]"""
        there = np.isfinite(numbers)
        totals, counts = np.zeros((self.units, numbers.shape[1])), np.zeros((self.units, numbers.shape[1]))
        np.add.at(totals, self._codes, np.where(there, numbers, 0))
        np.add.at(counts, self._codes, there)
        sums, many = self._weights @ totals, self._weights @ counts
        return np.divide(sums, many, out=np.full_like(sums, np.nan), where=many > 0)

    def measure(self, drawn: Values) -> Measure:
        """What ``means`` gave of one column, or what was made of it, with its 95 % interval.  # [1 + repeats]"""
        if not np.isfinite(drawn[0]):
            return Measure(np.nan, np.nan, np.nan, 0)
        low, high = np.nanpercentile(drawn[1:], [2.5, 97.5])
        return Measure(float(drawn[0]), float(low), float(high), self.units)

    def difference(self, ours: Values, theirs: Values) -> Difference:
        """``ours`` less ``theirs``, drawn together.  # [1 + repeats] each"""
        apart = ours - theirs
        one_side = min(int((apart[1:] <= 0).sum()), int((apart[1:] >= 0).sum()))
        return Difference(self.measure(apart), min(1.0, 2 * (one_side + 1) / len(apart)))


def _jaccard(data: MoodData, seeds: IntArray, found: IntArray) -> Values:
    first, second = data.carried[seeds], data.carried[found]
    either = (first | second).sum(axis=1)
    both = (first & second).sum(axis=1).astype(np.float64)
    return np.asarray(np.divide(both, either, out=np.full(len(seeds), np.nan), where=either > 0), np.float64)


def _diversity(space: FloatArray, lists: IntArray) -> Values:
    """1 less the mean cosine of the pairs of each list.  # [m]"""
    total = space[lists].sum(axis=1)
    pairs = PLACES * (PLACES - 1)
    squares = np.square(space[lists]).sum(axis=(1, 2))
    return np.asarray(1 - (np.square(total).sum(axis=1) - squares) / pairs, np.float64)
