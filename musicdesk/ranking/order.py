"""The best rows of a long array of scores, exactly and quickly."""

import numpy as np
import numpy.typing as npt

from musicdesk.records import FloatArray, IntArray

Mask = npt.NDArray[np.bool_]

SAMPLE = 4096
"""How many scores the threshold is guessed from."""


def top(scores: FloatArray, count: int, *, among: Mask | None = None) -> IntArray:
    """The rows of the ``count`` highest scores [n], best first, ties by row; only rows that ``among`` [n] allows.

    Exact: a sample only guesses a threshold that lets a few times too many through; if too few came through, all are
    looked at.  # [up to count]
    """
    if count <= 0 or not len(scores):
        return np.empty(0, dtype=np.int64)
    rows = _reaching(scores, _guess(scores, count, among), among)
    if len(rows) < count:
        rows = np.arange(len(scores)) if among is None else np.flatnonzero(among)
    return _best(scores, rows, count)


def _reaching(scores: FloatArray, least: float, among: Mask | None) -> IntArray:
    passed = scores >= np.float32(least)
    return np.flatnonzero(passed if among is None else passed & among)


def _guess(scores: FloatArray, count: int, among: Mask | None) -> float:
    """A score that at least ``count`` rows reach very probably; inf where a guess would not pay."""
    step = len(scores) // SAMPLE
    expected = count / max(step, 1)
    wanted = int(expected + 4 * expected**0.5) + 4
    sample = scores[::step] if step else scores[:0]
    sample = sample if among is None else sample[among[:: step or 1][: len(sample)]]
    if step < 2 or wanted > len(sample) // 4:
        return float("inf")
    return float(np.partition(sample, len(sample) - wanted)[len(sample) - wanted])


def _best(scores: FloatArray, rows: IntArray, count: int) -> IntArray:
    values = scores[rows]
    if len(rows) > 4 * count:
        rows = rows[values >= np.partition(values, len(rows) - count)[len(rows) - count]]
        values = scores[rows]
    return rows[np.argsort(-values, kind="stable")[:count]]
