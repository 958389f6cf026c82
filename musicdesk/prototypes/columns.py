"""From prototypes to columns: how near every track of the library is to every prototype, on one scale.

Three steps. Cosine of the standardised vectors. A hubness correction, so that a track which is near to everything is
not everybody's favourite: mutual proximity after Schnitzer, Flexer, Schedl & Widmer, "Local and global scaling reduce
hubs in space", JMLR 13 (2012), with Gaussian crowds. Then the exponential quantile of the rank,
c = -ln(1 - percentile): mean 1 and deviation 1 in every library, so that gains of different prototypes weigh alike, and
a track very near to one prototype beats a track half near to all of them.

Measured with MusiCNN on 164 tracks, skewness of how often a track is among the ten nearest of 400 prototypes made of
three tracks each: raw cosine 1.46, centred 0.64, z-scored 0.63, z-scored with mutual proximity 0.09.
"""

from dataclasses import dataclass

import numpy as np

from musicdesk.records import FloatArray, IntArray

BLOCK_ROWS = 16_384
AT_LARGE = 65_536
FEWEST = 20
"""A smaller library is no crowd; plain cosines are kept."""


@dataclass(frozen=True, slots=True, eq=False)
class Crowd:
    """How near each track is to the library at large: the mean and deviation of its cosines with all tracks.

    Without the n x n matrix: with m the mean vector and C the second moment of the rows, the cosines of x have the mean
    x·m and the variance x·Cx - (x·m)². C is that of the whole library, or of ``AT_LARGE`` tracks all over it where it
    has twice as many, which tells a deviation to half a hundredth.
    """

    mean: FloatArray  # [n]
    spread: FloatArray  # [n]
    centre: FloatArray  # [dim] m
    moment: FloatArray  # [dim, dim] C


def crowd(space: FloatArray) -> Crowd:
    """Measure the crowd around every row of ``space`` [n, dim]; 0.9 s at 200k x 400, once for a library."""
    some = space[:: max(1, len(space) // AT_LARGE)]
    centre = some.mean(axis=0, dtype=np.float64).astype(np.float32)
    moment = (some.T @ some) / np.float32(len(some))
    mean, spread = np.empty(len(space), np.float32), np.empty(len(space), np.float32)
    for start in range(0, len(space), BLOCK_ROWS):
        rows = slice(start, start + BLOCK_ROWS)
        mean[rows], spread[rows] = _stand(space[rows], centre, moment)
    return Crowd(mean, spread, centre, moment)


def crowd_with(around: Crowd, space: FloatArray, rows: IntArray) -> Crowd:
    """``around`` for a space in which a few ``rows`` are new or others; the library at large is taken to be the same.

    Rows of ``space`` [n, dim] that ``around`` does not reach to must be among ``rows`` [m].
    """
    count = min(len(around.mean), len(space))
    mean, spread = np.empty(len(space), np.float32), np.empty(len(space), np.float32)
    mean[:count], spread[:count] = around.mean[:count], around.spread[:count]
    mean[rows], spread[rows] = _stand(space[rows], around.centre, around.moment)
    return Crowd(mean, spread, around.centre, around.moment)


def similarity_columns(
    space: FloatArray, prototype_vectors: FloatArray, *, hubness: bool = True, around: Crowd | None = None
) -> FloatArray:
    """How near every track is to every prototype, larger is nearer; only the order within a column has a meaning.

    ``space`` [n, dim] and ``prototype_vectors`` [k, dim] have unit rows; ``around`` is ``crowd(space)`` if it is at
    hand. With ``hubness`` False the plain cosines.  # [k, n] float32, C-contiguous
    """
    cosines = np.ascontiguousarray(prototype_vectors @ space.T, dtype=np.float32)
    if not hubness or len(space) < FEWEST:
        return cosines
    around = around or crowd(space)
    mean, spread = _stand(np.atleast_2d(prototype_vectors), around.centre, around.moment)
    for column, centre, deviation in zip(cosines, mean, spread, strict=True):
        column[:] = _mutual(column, around, float(centre), float(deviation))
    return cosines


def percentiles(columns: FloatArray) -> FloatArray:
    """The share of the library that each track is nearer than, ties sharing the middle: (rank - 1/2) / n.  # [k, n]"""
    shares = np.empty(columns.shape, dtype=np.float32)
    for column, share in zip(columns, shares, strict=True):
        share[:] = _share(column)
    return shares


def rarity(columns: FloatArray) -> tuple[FloatArray, FloatArray]:
    """The columns c = -ln(1 - percentile) that scores are made of, and the percentiles.  # [k, n], [k, n]"""
    shares = percentiles(columns)
    return -np.log1p(-shares), shares


def prototype_columns(
    space: FloatArray, prototype_vectors: FloatArray, *, around: Crowd | None = None
) -> tuple[FloatArray, FloatArray]:
    """Columns and percentiles of prototypes in one call: ``rarity(similarity_columns(...))``.  # [k, n], [k, n]"""
    return rarity(similarity_columns(space, prototype_vectors, around=around))


def _stand(vectors: FloatArray, centre: FloatArray, moment: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Mean and deviation of the cosines of some unit vectors with the whole library.  # [m], [m]"""
    mean = vectors @ centre
    power = np.einsum("ij,ij->i", vectors @ moment, vectors)
    return mean, np.sqrt(np.maximum(power - mean * mean, 1e-8))


def _mutual(cosines: FloatArray, around: Crowd, mean: float, spread: float) -> FloatArray:
    """Logarithm of the mutual proximity of a prototype with every track, each crowd taken as Gaussian.  # [n]"""
    from scipy.special import log_ndtr  # a quarter of the program's start, which most commands can do without

    from_tracks = log_ndtr((cosines - around.mean) / around.spread)
    from_prototype = log_ndtr((cosines - np.float32(mean)) / np.float32(spread))
    return np.asarray(from_tracks + from_prototype, dtype=np.float32)


def _share(column: FloatArray) -> FloatArray:
    order = np.argsort(column)  # in any order within a tie: all of it gets one share
    ordered = column[order]
    starts = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]]))
    ends = np.append(starts[1:], len(column))
    shares = np.empty(len(column), dtype=np.float32)
    shares[order] = np.repeat((starts + ends) / (2 * len(column)), ends - starts)
    return shares
