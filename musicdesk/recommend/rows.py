"""The matrix of listeners and items, prepared: what the recommenders that go by habits have in common."""

from typing import TYPE_CHECKING

import numpy as np

from musicdesk.records import FloatArray

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix


def powered(matrix: "csr_matrix", power: float) -> "csr_matrix":
    """A copy whose numbers are raised to ``power``; 0 makes all that is there 1."""
    copy = matrix.copy()
    copy.data **= np.float32(power)
    return copy


def mean_row(matrix: "csr_matrix") -> FloatArray:
    """The mean taste: the average of the rows [n_users, n_items] that are not empty.  # [n_items]"""
    used = max(int((np.diff(matrix.indptr) > 0).sum()), 1)
    return np.asarray(matrix.sum(axis=0), np.float32).ravel() / np.float32(used)


def sparse_rows(rows: FloatArray) -> "csr_matrix":
    """Dense rows of which most is 0 as a sparse matrix."""
    from scipy.sparse import csr_matrix

    return csr_matrix(rows)


def heard_at_all(matrix: "csr_matrix") -> "csr_matrix":
    """1 where there is anything."""
    return powered(matrix, 0.0)
