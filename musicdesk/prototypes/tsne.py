"""t-SNE: a few thousand points of a wide space laid out in two dimensions, near ones beside each other.

Written from the published descriptions. The objective is that of van der Maaten & Hinton, "Visualizing data using
t-SNE", JMLR 9 (2008): neighbourhoods become probabilities, and the points are moved until the plane's, with a Student
kernel, are like the space's. Neighbourhoods reach to the nearest ``REACH`` times the perplexity (van der Maaten 2014).
The repulsion of all points is summed on a grid by FFT, after Linderman, Rachh, Hoskins, Steinerberger & Kluger, "Fast
interpolation-based t-SNE", Nature Methods 16 (2019), so that a step costs the same for each point however many there
are. Begun from the first two principal components (Kobak & Berens, Nature Communications 10, 2019) or from where the
points were before; rate of learning n / exaggeration (Belkina et al., same volume).

Not scikit-learn's: that cannot tell how far it is, nor be stopped, nor go on from an old map without blowing it up.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.fft import irfft2, next_fast_len, rfft2

from musicdesk.records import FloatArray, IntArray

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

REACH = 3
PAIRS = 300
"""Up to so many points every pair is looked at, which is quicker then."""
CELL = 0.5
"""Width of a cell of the grid, in units of the map: the kernel is one wide."""
CELLS_MOST = 360
"""A wider map has wider cells."""
EDGE = 3
"""Cells beyond the outermost point, for the stencil of four."""
LEAST_GAIN = 0.01
LEAP = 10.0
"""No point goes farther in a step, whatever pulls at it."""
STEPS_OF_SEARCH = 50


@dataclass(frozen=True, slots=True)
class Descent:
    """How the points are moved."""

    gathering: int = 150
    """Steps with exaggerated attraction, in which clusters find together."""
    settling: int = 350
    going_on: int = 200
    """Steps from an old map, in place of both."""
    exaggeration: float = 12.0
    momentum: tuple[float, float] = (0.5, 0.8)
    """While gathering, and after."""


def affinities(near: IntArray, distances: FloatArray, *, perplexity: float) -> "csr_matrix":
    """The symmetric probabilities of neighbours: entry (i, j) is (p(j|i) + p(i|j)) / 2n, all of them add up to 1.

    ``near`` [n, k] names the neighbours of each point, ``distances`` [n, k] how far they are, squared. The bandwidth of
    each point is such that its neighbourhood has ``perplexity`` members, found by bisection.
    """
    from scipy.sparse import csr_matrix

    n, k = near.shape
    shares = neighbourhoods(distances, perplexity=perplexity)
    one_way = csr_matrix((shares.ravel(), near.ravel(), np.arange(0, n * k + 1, k)), shape=(n, n))
    both = (one_way + one_way.T).tocsr()
    both.sort_indices()
    both.data = (both.data / both.data.sum()).astype(np.float32)
    return both


def neighbourhoods(distances: FloatArray, *, perplexity: float) -> FloatArray:
    """The share p(j|i) of each neighbour, whose bandwidth is such that a row's entropy is log(perplexity).

    ``distances`` [n, k] are squared; rows add up to 1.  # [n, k]
    """
    perplexity = min(perplexity, distances.shape[1] / 1.1)
    gaps = (distances - distances.min(axis=1, keepdims=True)).astype(np.float64)
    low, high = np.zeros(len(gaps)), np.full(len(gaps), np.inf)
    beta = 1.0 / np.maximum(gaps.mean(axis=1), 1e-12)
    for _ in range(STEPS_OF_SEARCH):
        weights = np.exp(-gaps * beta[:, None])
        total = weights.sum(axis=1)
        entropy = np.log(total) + beta * (gaps * weights).sum(axis=1) / total
        wide = entropy > np.log(perplexity)
        low, high = np.where(wide, beta, low), np.where(wide, high, beta)
        beta = np.where(np.isinf(high), beta * 2, (low + high) / 2)
        beta = np.minimum(beta, 1e12)
    weights = np.exp(-gaps * beta[:, None])
    return np.asarray(weights / weights.sum(axis=1, keepdims=True), np.float32)


def lay_out(
    pull: "csr_matrix", start: FloatArray, *, settled: bool = False, descent: Descent | None = None,
    step: Callable[[], None] = lambda: None,
) -> FloatArray:  # fmt: skip
    """Move the points from ``start`` [n, 2] until the map is like ``pull``, the affinities; the mean stays at 0.

    ``settled``: they come from a map already and are not gathered first. ``step`` is called after each step and may
    raise to stop it. The same input gives the same map.  # [n, 2]
    """
    how = descent or Descent()
    points = np.array(start, dtype=np.float32)
    speed, gains = np.zeros_like(points), np.ones_like(points)
    rows, rate = np.repeat(np.arange(len(points)), np.diff(pull.indptr)), np.float32(len(points) / how.exaggeration)
    gathering = 0 if settled else how.gathering
    for number in range(steps(settled=settled, descent=how)):
        gathers = number < gathering
        exaggeration = how.exaggeration if gathers else 1.0
        slope = _slope(points, pull, rows, exaggeration=exaggeration)
        gains = np.where((slope > 0) != (speed > 0), gains + 0.2, np.maximum(gains * 0.8, LEAST_GAIN))
        speed = how.momentum[0 if gathers else 1] * speed - rate * gains * slope
        points = (points + np.clip(speed, -LEAP, LEAP)).astype(np.float32)
        points -= points.mean(axis=0)
        step()
    return points


def steps(*, settled: bool, descent: Descent | None = None) -> int:
    """How many steps ``lay_out`` makes."""
    how = descent or Descent()
    return how.going_on if settled else how.gathering + how.settling


def _slope(points: FloatArray, pull: "csr_matrix", rows: IntArray, *, exaggeration: float) -> FloatArray:
    """Attraction less repulsion: a quarter of the gradient of the divergence.  # [n, 2]"""
    x, y = points[:, 0], points[:, 1]
    apart_x, apart_y = x[rows] - x[pull.indices], y[rows] - y[pull.indices]
    weights = pull.data / (1 + apart_x * apart_x + apart_y * apart_y)
    count = len(points)
    attraction = np.stack([np.bincount(rows, weights * apart, minlength=count) for apart in (apart_x, apart_y)], axis=1)
    return np.asarray(exaggeration * attraction - repulsion(points), np.float32)


def repulsion(points: FloatArray) -> FloatArray:
    """Σ_j q² (y_i - y_j) / Σ q, with q = 1 / (1 + |y_i - y_j|²), over all pairs.  # [n, 2]"""
    return by_pairs(points) if len(points) <= PAIRS else on_grid(points)


def by_pairs(points: FloatArray) -> FloatArray:
    """The repulsion, pair by pair.  # [n, 2]"""
    apart = points[:, None] - points[None]
    near = 1 / (1 + (apart * apart).sum(axis=2))
    total = max(float(near.sum()) - len(points), 1e-12)
    return np.asarray(((near * near)[:, :, None] * apart).sum(axis=1) / total, np.float32)


def on_grid(points: FloatArray) -> FloatArray:
    """The repulsion, by interpolation.  # [n, 2]"""
    n = len(points)
    charges = np.column_stack([np.ones(n), points, (points * points).sum(axis=1)]).astype(np.float32)
    fields = _fields(points, charges)
    ones, moments, squares = fields[:, 0], fields[:, 1:3], fields[:, 3]
    own = (points * points).sum(axis=1)
    total = float(((1 + own) * ones - 2 * (points * moments).sum(axis=1) + squares).sum()) - n
    return np.asarray((points * ones[:, None] - moments) / max(total, 1e-12), np.float32)


def _fields(points: FloatArray, charges: FloatArray) -> FloatArray:
    """Σ_j charge_j / (1 + |y_i - y_j|²)² at every point, for each kind of charge.  # [n, kinds]"""
    low = points.min(axis=0)
    width = float((points.max(axis=0) - low).max())
    cell = max(CELL, width / CELLS_MOST)
    side = int(width / cell) + 2 * EDGE + 1
    padded = next_fast_len(2 * side, real=True)
    places, weights = _stencil((points - low) / cell + EDGE, side)
    kernel = rfft2(_kernel(side, padded, cell))
    found = np.empty((len(points), charges.shape[1]), np.float32)
    for kind, charge in enumerate(charges.T):
        grid = np.bincount(places.ravel(), (weights * charge[:, None]).ravel(), minlength=side * side)
        spread = rfft2(grid.reshape(side, side).astype(np.float32), s=(padded, padded))
        field = irfft2(spread * kernel, s=(padded, padded))[:side, :side]
        found[:, kind] = (field.ravel()[places] * weights).sum(axis=1)
    return found


def _kernel(side: int, padded: int, cell: float) -> FloatArray:
    """The squared Student kernel around the corner of a grid that wraps.  # [padded, padded]"""
    steps_away = np.minimum(np.arange(padded), padded - np.arange(padded)).astype(np.float32) * np.float32(cell)
    steps_away[side : padded - side + 1] = np.inf  # nothing reaches so far
    squares = steps_away * steps_away
    return np.asarray(1 / (1 + squares[:, None] + squares[None, :]) ** 2, np.float32)


def _stencil(places: FloatArray, side: int) -> tuple[IntArray, FloatArray]:
    """The 16 nodes around each point, as places in the flat grid, and their weights (cubic, after Lagrange).

    # [n, 16], [n, 16]
    """
    corner = np.floor(places).astype(np.int64)
    t = (places - corner).astype(np.float32)
    cubic = np.stack(
        [-t * (t - 1) * (t - 2) / 6, (t + 1) * (t - 1) * (t - 2) / 2, -(t + 1) * t * (t - 2) / 2,
         (t + 1) * t * (t - 1) / 6], axis=2,
    )  # fmt: skip
    nodes = corner[:, :, None] + np.arange(-1, 3)
    flat = nodes[:, 0, :, None] * side + nodes[:, 1, None, :]
    weights = cubic[:, 0, :, None] * cubic[:, 1, None, :]
    return flat.reshape(len(places), 16), weights.reshape(len(places), 16).astype(np.float32)
