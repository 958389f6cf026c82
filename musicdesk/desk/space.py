"""The space in which sounds are compared, brought up to date with the vectors without making all of it anew."""

from functools import cached_property
from typing import Self

import numpy as np

from musicdesk.encoders.pooling import Standardiser
from musicdesk.prototypes.columns import Crowd, crowd, crowd_with
from musicdesk.records import FloatArray, IntArray, Vectors

REFIT = 0.02
"""When more than this share of the sounds is new, or was heard anew, mean and scale of the library are learned again.

Until then they move less than a rating can show, and an analysis that runs beside an open window costs a fraction.
"""
BLOCK_ROWS = 4096


class Space:
    """Unit rows of one encoder's vectors; immutable."""

    def __init__(self, vectors: Vectors, rows: FloatArray, *, standardiser: Standardiser, touched: int) -> None:
        self.vectors, self.rows = vectors, rows
        self._standardiser, self._touched = standardiser, touched
        self._before: tuple[Crowd, IntArray] | None = None
        """The crowd of the space that this one followed, and the rows that are others here."""

    @classmethod
    def of(cls, vectors: Vectors) -> Self:
        """The space of a library."""
        standardiser = Standardiser.fit(vectors.matrix)
        rows = _roomy(len(vectors), vectors.matrix.shape[1])
        standardiser.apply(vectors.matrix, out=rows)
        return cls(vectors, rows, standardiser=standardiser, touched=0)

    def following(self, vectors: Vectors) -> "Space":
        """The space of these vectors: with the same mean and scale, if few of them are others than here."""
        others = _others(self.vectors, vectors)
        touched = self._touched + (len(vectors) if others is None else len(others))
        if others is None or touched > REFIT * len(vectors):
            return Space.of(vectors)
        rows = _with(self.rows, others, self._standardiser.apply(vectors.matrix[others]))
        following = Space(vectors, rows, standardiser=self._standardiser, touched=touched)
        if "crowd" in self.__dict__:
            following._before = self.crowd, others
        return following

    @property
    def scale(self) -> Standardiser:
        """Mean and scale of the library; another object once they were learned again, since many sounds are others."""
        return self._standardiser

    @cached_property
    def crowd(self) -> Crowd:
        """How near each sound is to the library at large."""
        if self._before is None:
            return crowd(self.rows)
        before, others = self._before
        self._before = None
        return crowd_with(before, self.rows, others)


def _others(before: Vectors, after: Vectors) -> IntArray | None:
    """The rows that were not there before or are others now; None if rows have gone."""
    count = len(before)
    if before.key != after.key or before.matrix.shape[1:] != after.matrix.shape[1:]:
        return None
    if len(after) < count or after.hashes[:count] != before.hashes:
        return None
    added = np.arange(count, len(after))
    if after.matrix.base is not None and after.matrix.base is before.matrix.base:
        return added  # rows were put behind the others, in the same memory
    changed = [start + _unlike(before.matrix, after.matrix, start, count) for start in range(0, count, BLOCK_ROWS)]
    return np.concatenate([*changed, added]).astype(np.int64)


def _roomy(count: int, width: int) -> FloatArray:
    """Memory for so many rows, and behind them room for more, which costs nothing while it is not used."""
    return np.empty((count + count // 16 + BLOCK_ROWS, width), np.float32)[:count]


def _with(rows: FloatArray, others: IntArray, values: FloatArray) -> FloatArray:
    """``rows`` with other values in some places; rows that only come behind them go into the room that is left."""
    count, after = len(rows), max(len(rows), int(others.max(initial=-1)) + 1)
    room = rows.base
    if isinstance(room, np.ndarray) and len(room) >= after and others.min(initial=count) >= count:
        longer = room[:after]
    else:
        longer = _roomy(after, rows.shape[1])
        longer[:count] = rows
    longer[others] = values
    return longer


def _unlike(before: FloatArray, after: FloatArray, start: int, count: int) -> IntArray:
    block = slice(start, min(start + BLOCK_ROWS, count))
    return np.flatnonzero((before[block] != after[block]).any(axis=1)).astype(np.int64)
