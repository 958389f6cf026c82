"""Who heard what, when, and how well they liked it: what every recommender learns from."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np
import numpy.typing as npt

from musicdesk.errors import BadRequest
from musicdesk.records import FloatArray, IntArray

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

BoolArray = npt.NDArray[np.bool_]
TimeArray = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class History:
    """What one listener heard, oldest first; an item may come more than once."""

    items: IntArray  # [m] rows of the items
    degrees: FloatArray  # [m] preference degree, above 0 in favour, below 0 against

    @classmethod
    def of(cls, items: npt.ArrayLike, degrees: npt.ArrayLike | None = None) -> Self:
        """A history of ``items``; without ``degrees`` all of them were liked."""
        rows = _rows(items)
        return cls(rows, np.ones(len(rows), np.float32) if degrees is None else np.asarray(degrees, np.float32))

    def __len__(self) -> int:
        return len(self.items)

    def row(self, n_items: int, *, power: float = 1.0) -> FloatArray:
        """The history as a row of the matrix: degrees summed by item, each raised to ``power`` with its sign kept.

        ``power`` 0 tells liked from disliked, and nothing else.  # [n_items]
        """
        row = np.zeros(n_items, np.float32)
        np.add.at(row, self.items, self.degrees)
        return np.asarray(np.sign(row) * np.abs(row) ** power, np.float32)


@dataclass(frozen=True, eq=False)
class Log:
    """Listens of many people as arrays, sorted by user, then time, then as given; users and items are row numbers.

    Items without a listen are allowed (cold ones), and users without one.
    """

    users: IntArray  # [n]
    items: IntArray  # [n]
    degrees: FloatArray  # [n] preference degree, above 0 in favour, below 0 against
    times: TimeArray  # [n] seconds since the epoch, nan where unknown
    n_users: int
    n_items: int

    @classmethod
    def of(
        cls,
        users: npt.ArrayLike,
        items: npt.ArrayLike,
        degrees: npt.ArrayLike | None = None,
        times: npt.ArrayLike | None = None,
        *,
        n_users: int,
        n_items: int,
    ) -> Self:
        """A sorted, checked log; without ``degrees`` every listen counts 1, without ``times`` no clock is known.

        Listens without a time count as older than those with one. Raises BadRequest if columns differ in length, rows
        are out of range, or degrees are no finite numbers.
        """
        who, what = _rows(users), _rows(items)
        liked = np.ones(len(who), np.float32) if degrees is None else np.asarray(degrees, np.float32)
        when = np.full(len(who), np.nan) if times is None else np.asarray(times, np.float64)
        _check_columns(who, what, liked, when)
        _check_range(who, n_users, "listeners")
        _check_range(what, n_items, "items")
        order = np.lexsort((np.nan_to_num(when, nan=-np.inf), who))
        return cls(who[order], what[order], liked[order], when[order], n_users, n_items)

    def __len__(self) -> int:
        return len(self.users)

    @property
    def listeners(self) -> IntArray:
        """The users who liked anything.  # [m] rows, ascending"""
        return np.unique(self.users[self.degrees > 0])

    def matrix(self, *, binary: bool = False) -> "csr_matrix":
        """Degrees in favour, summed by user and item (``binary``: 1 instead).  # csr [n_users, n_items] float32"""
        from scipy.sparse import csr_matrix

        liked = self.degrees > 0
        cells = (self.degrees[liked], (self.users[liked], self.items[liked]))
        matrix = csr_matrix(cells, shape=(self.n_users, self.n_items), dtype=np.float32)
        matrix.sum_duplicates()
        if binary:
            matrix.data[:] = 1
        return matrix

    def history(self, user: int) -> History:
        """All that one user heard, oldest first."""
        start, end = np.searchsorted(self.users, [user, user + 1])
        return History(self.items[start:end], self.degrees[start:end])

    def histories(self, users: Iterable[int]) -> list[History]:
        """The histories of some users, in their order."""
        return [self.history(user) for user in users]

    def only(self, mask: BoolArray) -> "Log":
        """The listens where ``mask`` [n] is true, with the same rows for users and items."""
        kept = self.users[mask], self.items[mask], self.degrees[mask], self.times[mask]
        return Log(*kept, n_users=self.n_users, n_items=self.n_items)


def _rows(values: npt.ArrayLike) -> IntArray:
    rows = np.asarray(values)
    if rows.size and not np.issubdtype(rows.dtype, np.integer):
        raise BadRequest("Listeners and items are given as whole numbers: the rows where they stand.")
    return rows.astype(np.int64)


def _check_columns(users: IntArray, items: IntArray, degrees: FloatArray, times: TimeArray) -> None:
    lengths = {column.shape for column in (users, items, degrees, times)}
    if len(lengths) > 1 or users.ndim != 1:
        raise BadRequest("Listeners, items, degrees and times of a log must be columns of the same length.")
    if not np.isfinite(degrees).all():
        raise BadRequest("A preference degree is a finite number; give 0 where nothing is known.")


def _check_range(rows: IntArray, count: int, what: str) -> None:
    if len(rows) and not 0 <= rows.min() <= rows.max() < count:
        raise BadRequest(f"The log has {count} {what}, but names the rows {rows.min()} to {rows.max()}.")
