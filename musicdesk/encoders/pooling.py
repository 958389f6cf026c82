"""From windows to a track, and from tracks to a space in which they can be compared."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Self

import numpy as np
import numpy.typing as npt

from musicdesk.encoders.base import Encoded
from musicdesk.errors import BadRequest
from musicdesk.records import FloatArray, unit_rows

CONSTANT = 1e-6
"""A dimension that varies less than this, against its own size, says nothing."""
BLOCK_ROWS = 512
"""Rows that are worked on at once: few enough to stay in the processor's cache."""


class Pooled(NamedTuple):
    """A track as one row."""

    vector: FloatArray  # [dim]
    tags: FloatArray  # [n_tags]
    typical_s: float
    """Where the window begins whose vector lies nearest to the mean."""


def pool(encoded: Encoded, starts_s: Sequence[float]) -> Pooled:
    """The mean over a track's windows; ``starts_s`` says where each begins. Raises BadRequest if there are none."""
    vectors, tags = encoded.vectors, encoded.tags
    if not len(vectors) or len(vectors) != len(starts_s) or len(tags) != len(vectors):
        raise BadRequest(f"{len(vectors)} vectors, {len(tags)} rows of tags and {len(starts_s)} windows do not fit.")
    mean = vectors.mean(axis=0, dtype=np.float64)
    typical = int(np.argmin(np.square(vectors - mean).sum(axis=1)))
    tag_mean = tags.mean(axis=0, dtype=np.float64).astype(np.float32)
    return Pooled(mean.astype(np.float32), tag_mean, float(starts_s[typical]))


@dataclass(frozen=True, slots=True, eq=False)
class Standardiser:
    """Centres and scales every dimension by the library, so that cosine counts all dimensions alike."""

    mean: FloatArray  # [dim]
    scale: FloatArray  # [dim]; 0 for a dimension that says nothing

    @classmethod
    def fit(cls, matrix: FloatArray) -> Self:
        """Learn mean and scale from the library's vectors [n, dim]; where all rows are the same, only their size."""
        if matrix.ndim != 2 or not len(matrix):
            raise BadRequest("A space needs at least one vector, and finite numbers.")
        with np.errstate(invalid="ignore", over="ignore"):
            mean = _mean(matrix, np.zeros(matrix.shape[1], np.float32), power=1)
            deviation = np.sqrt(_mean(matrix, mean.astype(np.float32), power=2))
        if not np.isfinite(deviation).all():
            raise BadRequest("A space needs at least one vector, and finite numbers.")
        varies = deviation > CONSTANT * np.maximum(1.0, np.abs(mean))
        if not varies.any():
            return cls(np.zeros_like(mean, dtype=np.float32), np.ones_like(mean, dtype=np.float32))
        scale = np.divide(1.0, deviation, out=np.zeros_like(deviation), where=varies)
        return cls(mean.astype(np.float32), scale.astype(np.float32))

    def apply(self, matrix: FloatArray, *, out: FloatArray | None = None) -> FloatArray:
        """Vectors [n, dim] as unit rows of the space [n, dim], in ``out`` if it is given.

        A row in the very middle stays zero.
        """
        if matrix.shape[-1] != len(self.mean):
            raise BadRequest(f"Vectors of {matrix.shape[-1]} dimensions do not fit a space of {len(self.mean)}.")
        vectors = np.asarray(matrix, dtype=np.float32)
        if vectors.ndim == 1:
            return self._unit(vectors)
        result = np.empty_like(vectors, order="C") if out is None else out
        for start in range(0, len(vectors), BLOCK_ROWS):
            block = slice(start, start + BLOCK_ROWS)
            result[block] = self._unit(vectors[block])
        return result

    def _unit(self, vectors: FloatArray) -> FloatArray:
        return unit_rows((vectors - self.mean) * self.scale, nothing=0)


def _mean(matrix: FloatArray, centre: FloatArray, *, power: int) -> npt.NDArray[np.float64]:
    """The mean of (matrix - centre) to a power, dimension by dimension, over blocks that stay in the cache.  # [dim]"""
    total = np.zeros(matrix.shape[1], np.float64)
    for start in range(0, len(matrix), BLOCK_ROWS):
        rows = matrix[start : start + BLOCK_ROWS] - centre
        total += np.einsum("ij,ij->j", rows, rows) if power == 2 else rows.sum(axis=0)
    return total / len(matrix)
