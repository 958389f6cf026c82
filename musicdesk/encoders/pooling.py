"""From windows to a track, and from tracks to a space in which they can be compared."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Self

import numpy as np

from musicdesk.encoders.base import Encoded
from musicdesk.errors import BadRequest
from musicdesk.records import FloatArray

CONSTANT = 1e-6
"""A dimension that varies less than this, against its own size, says nothing."""


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
        if matrix.ndim != 2 or not len(matrix) or not np.isfinite(matrix).all():
            raise BadRequest("A space needs at least one vector, and finite numbers.")
        mean = matrix.mean(axis=0, dtype=np.float64)
        deviation = np.sqrt(np.square(matrix - mean.astype(np.float32)).mean(axis=0, dtype=np.float64))
        varies = deviation > CONSTANT * np.maximum(1.0, np.abs(mean))
        if not varies.any():
            return cls(np.zeros_like(mean, dtype=np.float32), np.ones_like(mean, dtype=np.float32))
        scale = np.divide(1.0, deviation, out=np.zeros_like(deviation), where=varies)
        return cls(mean.astype(np.float32), scale.astype(np.float32))

    def apply(self, matrix: FloatArray) -> FloatArray:
        """Vectors [n, dim] as unit rows of the space [n, dim]; a row in the very middle stays zero."""
        if matrix.shape[-1] != len(self.mean):
            raise BadRequest(f"Vectors of {matrix.shape[-1]} dimensions do not fit a space of {len(self.mean)}.")
        rows = (np.asarray(matrix, dtype=np.float32) - self.mean) * self.scale
        length = np.linalg.norm(rows, axis=-1, keepdims=True)
        result: FloatArray = np.divide(rows, length, out=np.zeros_like(rows), where=length > 0)
        return result
