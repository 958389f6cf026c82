"""Scores that are linear in the sliders: score(t) = Σ_k gain_k · column_k(t).

The columns of the whole library are kept, so a list is one matrix-vector product, a slider move is one multiply-add
over one column, and the contributions of an explanation are the very terms of the sum.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from musicdesk.errors import BadRequest
from musicdesk.records import FloatArray


class Column(NamedTuple):
    """One part of a score over the whole library."""

    column: FloatArray  # [n]
    percentiles: FloatArray  # [n]
    name: str
    slot: int


@dataclass(frozen=True, slots=True, eq=False)
class Board:
    """The columns that the sliders mix, one row a part (the prototypes in order, then the seed if there is one)."""

    columns: FloatArray  # [k, n] float32, C-contiguous
    percentiles: FloatArray  # [k, n] float32, C-contiguous
    names: tuple[str, ...]
    slots: tuple[int, ...]

    def __post_init__(self) -> None:
        if self.columns.shape != self.percentiles.shape or self.columns.ndim != 2:
            raise BadRequest("Columns and percentiles must be two arrays of the same shape [k, n].")
        if not len(self.columns) == len(self.names) == len(self.slots):
            raise BadRequest("Every column needs one name and one slot.")

    @classmethod
    def of(cls, parts: Sequence[Column], *, tracks: int) -> "Board":
        """A board of these parts over so many tracks."""
        columns, percentiles = (np.zeros((len(parts), tracks), np.float32) for _ in range(2))
        for row, part in enumerate(parts):
            columns[row], percentiles[row] = part.column, part.percentiles
        return cls(columns, percentiles, tuple(p.name for p in parts), tuple(p.slot for p in parts))

    def __len__(self) -> int:
        """How many tracks there are."""
        return int(self.columns.shape[1])

    def scores(self, gains: FloatArray) -> FloatArray:
        """The score of every track under ``gains`` [k], in float32.  # [n]"""
        return np.asarray(self._checked(gains) @ self.columns)

    def contributions(self, gains: FloatArray, rows: npt.NDArray[np.integer]) -> FloatArray:
        """What each part gives to the scores of some tracks: gain times column.  # [len(rows), k]"""
        return np.ascontiguousarray((self.columns.take(rows, axis=1) * self._checked(gains)[:, None]).T)

    def with_part(self, column: FloatArray, percentiles: FloatArray, *, name: str, slot: int) -> "Board":
        """This board with one more part behind the others (the seed), ``column`` and ``percentiles`` being [n]."""
        return Board(
            np.vstack([self.columns, column.astype(np.float32)[None]]),
            np.vstack([self.percentiles, percentiles.astype(np.float32)[None]]),
            (*self.names, name),
            (*self.slots, slot),
        )

    def renamed(self, names: tuple[str, ...], slots: tuple[int, ...]) -> "Board":
        """This board with other names and slots; the arrays are shared."""
        return replace(self, names=names, slots=slots)

    def _checked(self, gains: FloatArray) -> FloatArray:
        gains = np.asarray(gains, dtype=np.float32)
        if gains.shape != (len(self.columns),):
            raise BadRequest(f"There are {len(self.columns)} parts, but {gains.size} gains.")
        return gains


class Slide:
    """One slider in the hand: the sum of all other parts is kept, so a move is one multiply-add over the library.

    ``move(g)`` equals ``board.scores`` under the same gains up to the order of the float32 sum: the two differ by at
    most k · 2⁻²⁴ · Σ_k |gain_k · column_k(t)|. Not for two threads at once: the scores live in one buffer.
    """

    def __init__(self, board: Board, gains: FloatArray, part: int) -> None:
        """Take hold of part number ``part`` of ``board`` under ``gains`` [k]."""
        if not 0 <= part < len(board.columns):
            raise BadRequest(f"There is no part number {part}.")
        self.board, self.part = board, part
        self.gains = np.array(gains, dtype=np.float32)
        others = self.gains.copy()
        others[part] = 0
        self._others = board.scores(others)
        self._scores = np.empty_like(self._others)

    def move(self, gain: float) -> FloatArray:
        """The score of every track with this part's gain at ``gain``; valid until the next move.  # [n]"""
        self.gains[self.part] = gain
        np.multiply(self.board.columns[self.part], self.gains[self.part], out=self._scores)
        self._scores += self._others
        return self._scores


def match(scores: FloatArray, picked: FloatArray, *, sample: int = 8192) -> FloatArray:
    """The share of ``scores`` [n] that each of ``picked`` [m] reaches or beats, 0 to 1.  # [m]

    Exact up to ``sample`` tracks; beyond, against every so-manieth track: within 0.03 of the truth anywhere, and
    within 0.001 near the top, where picks are.
    """
    step = max(1, len(scores) // sample)
    ordered = np.sort(scores[::step])
    return (np.searchsorted(ordered, picked, side="right") / max(1, len(ordered))).astype(np.float32)
