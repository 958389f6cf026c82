"""Measures of lists, with intervals: average precision, recall at one, hubness, bootstrap."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from musicdesk.errors import BadRequest
from musicdesk.records import FloatArray, IntArray, Measure


def average_precision(relevant: npt.NDArray[np.bool_]) -> float:
    """Mean of the precisions at the places of the relevant ones; ``relevant`` [n] runs from the best down.

    0 where nothing is relevant.
    """
    places = np.flatnonzero(relevant) + 1
    return float(np.mean(np.arange(1, len(places) + 1) / places)) if len(places) else 0.0


def bootstrap(
    values: Sequence[float] | npt.NDArray[np.floating],
    *,
    rng: np.random.Generator,
    units: Sequence[object] | None = None,
    repeats: int = 2000,
) -> Measure:
    """The mean of ``values`` with its 95 % percentile interval, drawing units with replacement.

    ``units`` [n] names what is independent (an album, a listener), one a value; None: each value stands alone. ``n`` of
    the answer counts units. Raises BadRequest if there are no values.
    """
    numbers = np.asarray(values, dtype=np.float64)
    if not len(numbers):
        raise BadRequest("There is nothing to average.")
    codes = np.arange(len(numbers)) if units is None else _codes(units)
    counts = np.bincount(codes).astype(np.float64)
    totals = np.bincount(codes, weights=numbers)
    drawn = rng.integers(len(counts), size=(repeats, len(counts)))
    means = totals[drawn].sum(axis=1) / counts[drawn].sum(axis=1)
    low, high = np.percentile(means, [2.5, 97.5])
    return Measure(float(numbers.mean()), float(low), float(high), len(counts))


def mean_correlation(
    told: FloatArray, true: FloatArray, *, rng: np.random.Generator, units: Sequence[object], repeats: int = 2000
) -> Measure:
    """Pearson's r of every column of ``told`` and ``true`` [n, m], averaged, with its 95 % interval over units.

    A column that does not vary counts as 0. Raises BadRequest if there is nothing to compare.
    """
    if not len(told):
        raise BadRequest("There is nothing to compare.")
    codes = _codes(units)
    members = [np.flatnonzero(codes == code) for code in range(codes.max() + 1)]
    drawn = [_correlation(told, true, np.concatenate([members[unit] for unit in units_drawn]))
             for units_drawn in rng.integers(len(members), size=(repeats, len(members)))]  # fmt: skip
    low, high = np.percentile(drawn, [2.5, 97.5])
    return Measure(_correlation(told, true, np.arange(len(told))), float(low), float(high), len(members))


def _correlation(told: FloatArray, true: FloatArray, rows: IntArray) -> float:
    a, b = (np.asarray(part[rows] - part[rows].mean(axis=0), dtype=np.float64) for part in (told, true))
    size = np.sqrt((a**2).sum(axis=0) * (b**2).sum(axis=0))
    return float(np.divide((a * b).sum(axis=0), size, out=np.zeros_like(size), where=size > 0).mean())


def k_occurrences(similarity: FloatArray, *, k: int = 10) -> IntArray:
    """How often each of n rows is among the k nearest of another; ``similarity`` [n, n], its diagonal is left out."""
    near = np.array(similarity, dtype=np.float32)
    np.fill_diagonal(near, -np.inf)
    k = min(k, len(near) - 1)
    lists = np.argpartition(-near, k - 1, axis=1)[:, :k]
    return np.bincount(lists.ravel(), minlength=len(near))


def k_occurrence_skew(similarity: FloatArray, *, k: int = 10) -> float:
    """The skewness of the k-occurrences: 0 without hubs, above 1.4 strong hubness.

    After Radovanović, Nanopoulos & Ivanović, "Hubs in space", JMLR 11 (2010).
    """
    counts = k_occurrences(similarity, k=k).astype(np.float64)
    deviation = counts.std()
    return float(((counts - counts.mean()) ** 3).mean() / deviation**3) if deviation else 0.0


def _codes(units: Sequence[object]) -> npt.NDArray[np.intp]:
    seen: dict[object, int] = {}
    return np.array([seen.setdefault(unit, len(seen)) for unit in units], dtype=np.intp)
