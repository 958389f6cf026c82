"""Intervals of many measures at once, and whether two methods differ: the bootstrap over listeners.

All columns are drawn anew together, so that what is compared is compared on the same listeners (a paired test).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from musicdesk.errors import BadRequest
from musicdesk.records import IntArray, Measure

REPEATS = 2000
CHUNK = 200
"""Draws whose weights are in memory at a time."""

Values = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Difference:
    """By how much one method is better than another for the same listeners."""

    measure: Measure
    p: float
    """Two-sided: twice the share of draws on the other side of 0, never below 1 / (draws + 1)."""

    @property
    def clear(self) -> bool:
        """Whether the 95 % interval leaves 0 out."""
        return self.measure.low > 0 or self.measure.high < 0


def means(values: Values, units: IntArray, *, rng: np.random.Generator) -> tuple[Measure | None, ...]:
    """The mean of each column of ``values`` [n, c] with its interval, drawing ``units`` [n] with replacement.

    nan counts as not measured; a column of nothing else gives None. Raises BadRequest if there are no rows.
    """
    return tuple(told[0] if told else None for told in _told(values, units, rng=rng))


def differences(
    ours: Values, theirs: Values, units: IntArray, *, rng: np.random.Generator
) -> tuple[Difference | None, ...]:
    """``ours`` less ``theirs`` [n, c], row by row the same listener and split, column by column."""
    return tuple(Difference(*told) if told else None for told in _told(ours - theirs, units, rng=rng))


def over_seeds(values: Sequence[float]) -> Measure:
    """The mean of what each split has one number of, with the least and the most of them."""
    return Measure(float(np.mean(values)), float(min(values)), float(max(values)), len(values))


def _told(values: Values, units: IntArray, *, rng: np.random.Generator) -> list[tuple[Measure, float] | None]:
    if not len(values):
        raise BadRequest("There is nothing to average.")
    totals, counts = _by_unit(values, units)
    drawn = np.concatenate([_drawn(totals, counts, size, rng) for size in _chunks(REPEATS)])
    told: list[tuple[Measure, float] | None] = []
    for column, each, n in zip(drawn.T, values.T, (counts > 0).sum(axis=0), strict=True):
        if not n:
            told.append(None)
            continue
        low, high = np.nanpercentile(column, [2.5, 97.5])
        told.append((Measure(float(np.nanmean(each)), float(low), float(high), int(n)), _p(column)))
    return told


def _by_unit(values: Values, units: IntArray) -> tuple[Values, Values]:
    """Sum and number of what each unit was measured to have.  # [u, c] each"""
    codes = np.unique(units, return_inverse=True)[1].reshape(-1)
    there = np.isfinite(values)
    totals = np.zeros((int(codes.max()) + 1, values.shape[1]))
    counts = np.zeros_like(totals)
    np.add.at(totals, codes, np.where(there, values, 0))
    np.add.at(counts, codes, there)
    return totals, counts


def _drawn(totals: Values, counts: Values, size: int, rng: np.random.Generator) -> Values:
    """The means of ``size`` draws.  # [size, c]"""
    n = len(totals)
    places = rng.integers(n, size=(size, n)) + n * np.arange(size)[:, None]
    weights = np.bincount(places.ravel(), minlength=size * n).reshape(size, n).astype(np.float64)
    sums, numbers = weights @ totals, weights @ counts
    return np.divide(sums, numbers, out=np.full_like(sums, np.nan), where=numbers > 0)


def _chunks(count: int) -> list[int]:
    return [min(CHUNK, count - start) for start in range(0, count, CHUNK)]


def _p(drawn: Values) -> float:
    one_side = min(int((drawn <= 0).sum()), int((drawn >= 0).sum()))
    return min(1.0, 2 * (one_side + 1) / (len(drawn) + 1))
