"""What people's habits say of an item, foretold from how it sounds: kernel ridge regression on the items' factors.

An attribute-to-factor mapping (Gantner et al., "Learning attribute-to-feature mappings for cold-start recommendations",
ICDM 2010) with a Gaussian kernel on landmarks (Nyström: Williams & Seeger, NIPS 2000), so that its cost grows with the
items and not with their square. Width and ridge are those by which every item is best foretold from all others: the
exact leave-one-out error of a ridge regression comes free with its eigenvectors.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from musicdesk.jobs import Job
from musicdesk.recommend.vectors import present
from musicdesk.records import FloatArray

WIDTHS = (0.4, 0.8, 1.6, 3.2)
"""Kernels that are tried: exp(-c d²/mean d²) for these c."""
RIDGES = (0.3, 1.0, 3.0, 10.0, 30.0, 100.0)
ROUGH = 500
"""Landmarks with which widths are compared."""
BLOCK = 8192
"""Rows at a time."""
Doubles = npt.NDArray[np.float64]


def levelled(vectors: FloatArray) -> FloatArray:
    """Every dimension of ``vectors`` [n, dim] as if it were normally distributed: by rank, ties sharing theirs.

    So a skewed feature needs no logarithm, and one odd item pulls nothing. Rows of nan stay nan.  # [n, dim]
    """
    from scipy.special import ndtri
    from scipy.stats import rankdata

    there = present(vectors)
    level = np.full(vectors.shape, np.nan, np.float32)
    ranks = rankdata(vectors[there], axis=0)
    normal = ndtri((ranks - 0.5) / max(int(there.sum()), 1))
    spread = normal.std(axis=0)
    level[there] = (normal - normal.mean(axis=0)) / np.where(spread > 1e-9, spread, np.inf)
    return level


@dataclass(frozen=True, eq=False)
class Foretelling:
    """A fitted map from sounds to factors."""

    landmarks: FloatArray  # [m, dim]
    scale: float
    weights: Doubles  # [m, factors]
    mean: FloatArray  # [factors]
    width: float
    ridge: float
    error: float
    """The leave-one-out error as a share of the variance: 1 is no better than the mean."""

    def __call__(self, sounds: FloatArray) -> FloatArray:
        """The factors of items that sound so.  # [n, dim] -> [n, factors]"""
        blocks = [
            _kernel(sounds[at : at + BLOCK], self.landmarks, self.scale) @ self.weights
            for at in range(0, len(sounds), BLOCK)
        ]
        told = np.concatenate(blocks) if blocks else np.zeros((0, len(self.mean)))
        return np.asarray(self.mean + told, np.float32)


def foretell(
    sounds: FloatArray, factors: FloatArray, *, landmarks: int, rng: np.random.Generator, job: Job
) -> Foretelling:
    """Learn ``factors`` [n, k] from ``sounds`` [n, dim]; all rows are finite."""
    mean = factors.mean(axis=0)
    centred = np.asarray(factors - mean, np.float64)
    order = rng.permutation(len(sounds))
    job.begin("Learning what sounds foretell", total=len(WIDTHS) + 1)
    typical = _typical(sounds, rng)
    best = (np.inf, 1.0, WIDTHS[0])
    for width in WIDTHS:
        fitted = _Ridge.of(sounds, sounds[order[:ROUGH]], width / typical, centred)
        best = min(best, (*min((fitted.error(ridge), ridge) for ridge in RIDGES), width))
        job.advance()
    width = best[2]
    chosen = sounds[order[:landmarks]]
    fitted = _Ridge.of(sounds, chosen, width / typical, centred)
    error, ridge = min((fitted.error(ridge), ridge) for ridge in RIDGES)
    job.advance()
    return Foretelling(chosen, width / typical, fitted.weights(ridge), mean, width, ridge, error)


@dataclass(frozen=True, eq=False)
class _Ridge:
    """Ridge regressions of all strengths: features turned to where their squares stand alone."""

    turned: Doubles  # [n, m]
    turn: Doubles  # [m, m] from kernel columns to turned features
    strengths: Doubles  # [m]
    targets: Doubles  # [n, k]
    along: Doubles  # [m, k]

    @classmethod
    def of(cls, sounds: FloatArray, landmarks: FloatArray, scale: float, targets: Doubles) -> "_Ridge":
        from scipy.linalg import eigh, solve_triangular

        inner = _kernel(landmarks, landmarks, scale)
        inner[np.diag_indices(len(inner))] += 1e-6
        lower = np.linalg.cholesky(inner)
        features = solve_triangular(lower, _kernel(sounds, landmarks, scale).T, lower=True).T
        strengths, directions = eigh(features.T @ features)
        turn = solve_triangular(lower, directions, lower=True, trans="T")
        turned = features @ directions
        return cls(turned, turn, np.maximum(strengths, 0), targets, turned.T @ targets)

    def error(self, ridge: float) -> float:
        """The leave-one-out error, as a share of the variance."""
        told = self.turned @ (self.along / (self.strengths + ridge)[:, None])
        leverage = (self.turned**2) @ (1 / (self.strengths + ridge))
        missed = (self.targets - told) / np.maximum(1 - leverage, 1e-3)[:, None]
        return float((missed**2).sum() / max(float((self.targets**2).sum()), 1e-12))

    def weights(self, ridge: float) -> Doubles:
        """What each landmark says.  # [m, k]"""
        return np.asarray(self.turn @ (self.along / (self.strengths + ridge)[:, None]), np.float64)


def _kernel(some: FloatArray, others: FloatArray, scale: float) -> Doubles:
    """exp(-scale d²).  # [n, m]"""
    a, b = np.asarray(some, np.float64), np.asarray(others, np.float64)
    squares = (a**2).sum(axis=1)[:, None] + (b**2).sum(axis=1) - 2 * a @ b.T
    return np.asarray(np.exp(-scale * np.maximum(squares, 0)), np.float64)


def _typical(sounds: FloatArray, rng: np.random.Generator) -> float:
    """The mean squared distance of two items."""
    one, two = (sounds[rng.integers(len(sounds), size=2000)].astype(np.float64) for _ in range(2))
    return max(float(((one - two) ** 2).sum(axis=1).mean()), 1e-9)
