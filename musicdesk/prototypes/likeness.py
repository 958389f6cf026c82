"""How like a prototype the tracks of a library are, on a scale that shows whether it stands for a group of its own.

The columns of the scores are quantiles, so their distribution is the same for every prototype. The similarity behind
them is not: a kind of music that stands apart in the library is a hill of its own far up, one that merges with all
others is a slope. Mutual proximity is a product of two Gaussian tails p·q (see ``columns``); the deviation that has
the geometric mean of the two as its tail, Φ⁻¹(√(p·q)), orders tracks alike and reads in deviations.
"""

import numpy as np

from musicdesk.prototypes.columns import FEWEST, Crowd, similarity_columns
from musicdesk.records import FloatArray, IntArray, Likeness

SAMPLE, NEAREST = 2048, 64
"""Tracks all over the library that are looked at, and besides them the nearest, among which the picks are."""


def likeness(space: FloatArray, vector: FloatArray, percentiles: FloatArray, *, around: Crowd) -> Likeness:
    """Which likeness to ``vector`` [dim] stands behind which of its ``percentiles`` [n].

    ``space`` [n, dim] has unit rows, ``around`` is ``crowd(space)``. Of a large library ``SAMPLE`` tracks all over it
    and the ``NEAREST`` are measured: 2 ms at 200,000 x 128.
    """
    from scipy.special import ndtri_exp

    rows = _looked_at(percentiles)
    crowd = Crowd(around.mean[rows], around.spread[rows], around.centre, around.moment)
    measured = similarity_columns(space[rows], vector[None], hubness=len(space) >= FEWEST, around=crowd)[0]
    if len(space) >= FEWEST:
        measured = ndtri_exp(measured.astype(np.float64) / 2).astype(np.float32)
    order = np.argsort(percentiles[rows], kind="stable")
    return Likeness(percentiles[rows][order], np.maximum.accumulate(measured[order]))


def _looked_at(percentiles: FloatArray) -> IntArray:
    """The rows to measure, each once."""
    count = len(percentiles)
    rows = np.arange(0, count, max(1, count // SAMPLE), dtype=np.int64)
    nearest = np.argpartition(percentiles, -min(NEAREST, count))[-min(NEAREST, count) :]
    return np.union1d(rows, nearest).astype(np.int64)
