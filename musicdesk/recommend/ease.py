"""All items foretold from all others by one linear map that never looks at the item itself: EASE.

Steck, "Embarrassingly shallow autoencoders for sparse data", WWW 2019: B = I - P / diag(P), P = (XᵀX + λI)⁻¹, scores
x B. P is a square of the items; where there are fewer people than items the same scores come out of a square of the
people (Woodbury): P = (I - Xᵀ M X) / λ with M = (XXᵀ + λI)⁻¹. So 50,000 items are no trouble as long as either side is
small enough.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Self

import numpy as np

from musicdesk import kept
from musicdesk.errors import BadRequest
from musicdesk.jobs import Job
from musicdesk.recommend.base import floored, need_listeners
from musicdesk.recommend.log import BoolArray, History, Log
from musicdesk.recommend.rows import mean_row, powered, sparse_rows
from musicdesk.recommend.specs import SPECS
from musicdesk.records import FloatArray

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

LARGEST = 15_000
"""The largest square that is inverted: 0.9 GB, and some minutes."""
BLOCK = 2_048
"""Items at a time."""


@dataclass(frozen=True, slots=True)
class EaseConfig:
    """Defaults as tuned on HetRec Last.fm, on held-out pairs of the training part."""

    weight: float = 50.0
    """λ: how much evidence an item needs before it is believed."""
    power: float = 1.0
    """Exponent of the degrees: 0 only tells whether somebody liked it, 1 takes them as they are."""
    seed: int = 0

    def __post_init__(self) -> None:
        if not 0 < self.weight < 1e9 or not 0 <= self.power <= 4:
            raise BadRequest("λ is above 0, and the exponent of the degrees between 0 and 4.")


class Ease:
    """The log, the inverse of its smaller square, and the diagonal of P; a profile is the history as a row of items."""

    spec = SPECS["ease"]
    config_type: ClassVar[type] = EaseConfig

    def __init__(self, *, config: EaseConfig = EaseConfig()) -> None:
        self.config = config
        self._log: csr_matrix | None = None  # X [n_users, n_items]
        self._inverse = np.zeros((0, 0), np.float32)  # P, or M
        self._diagonal = np.zeros(0, np.float32)  # [n_items] of P
        self._neutral = np.zeros(0, np.float32)  # [n_items]

    def fit(self, log: Log, vectors: FloatArray | None, *, job: Job) -> None:  # noqa: ARG002
        """Invert the smaller of the two squares; raises BadRequest if both are too large."""
        need_listeners(log)
        if min(log.n_users, log.n_items) > LARGEST:
            raise BadRequest(
                f"EASE needs a square of {min(log.n_users, log.n_items)} rows in memory, and stops at {LARGEST}. "
                "Choose elsa, which does the same in less room."
            )
        job.begin("Solving for what goes together")
        self._log = powered(log.matrix(), self.config.power)
        square = self._log.T @ self._log if self._by_items else self._log @ self._log.T
        self._inverse = _inverse(square, self.config.weight)
        self._diagonal = np.diag(self._inverse).copy() if self._by_items else self._dual_diagonal(job)
        self._neutral = mean_row(self._log)

    def profile(self, history: History) -> FloatArray:
        """The history as a row; everyone's mean row if it is empty.  # [n_items]"""
        row = history.row(len(self._neutral), power=self.config.power)
        return row if row.any() else self._neutral

    def scores(self, profiles: FloatArray) -> FloatArray:
        """X B = x - x P / diag(P).  # [m, n_items] -> [m, n_items]"""
        return floored(profiles - self._times_p(profiles) / self._diagonal, self.servable)

    @property
    def servable(self) -> BoolArray:
        """Items that somebody likes.  # [n_items]"""
        return self._neutral > 0

    def save(self, folder: Path) -> None:
        """Write the log and the inverse."""
        arrays = {"inverse": self._inverse, "diagonal": self._diagonal, "neutral": self._neutral}
        kept.write(folder, self.spec.name, config=self.config, arrays={**arrays, **kept.flat("log", self._log)})

    @classmethod
    def load(cls, folder: Path) -> Self:
        """What ``save`` wrote; raises ModelUnavailable."""
        found = kept.read(folder, cls.spec.name)
        loaded = cls(config=found.config_as(EaseConfig))
        loaded._log = found.sparse("log")
        side = min(loaded._log.shape)
        loaded._inverse = found.array("inverse", side, side)
        loaded._diagonal = found.array("diagonal", loaded._log.shape[1])
        loaded._neutral = found.array("neutral", loaded._log.shape[1])
        return loaded

    @property
    def _by_items(self) -> bool:
        """Whether the items make the smaller square."""
        assert self._log is not None
        return bool(self._log.shape[1] <= self._log.shape[0])

    def _times_p(self, rows: FloatArray) -> FloatArray:
        """``rows`` [m, n_items] times P."""
        if self._by_items:
            return np.asarray(sparse_rows(rows) @ self._inverse, np.float32)
        assert self._log is not None
        people = (sparse_rows(rows) @ self._log.T) @ self._inverse  # [m, n_users]
        return np.asarray((rows - (self._log.T @ people.T).T) / self.config.weight, np.float32)

    def _dual_diagonal(self, job: Job) -> FloatArray:
        """The diagonal of P = (I - Xᵀ M X) / λ.  # [n_items]"""
        assert self._log is not None
        columns, parts = self._log.T.tocsr(), []
        for start in range(0, self._log.shape[1], BLOCK):
            job.check()
            some = columns[start : start + BLOCK]
            parts.append(np.asarray(some.multiply(some @ self._inverse).sum(axis=1), np.float32).ravel())
        return np.asarray((1 - np.concatenate(parts)) / self.config.weight, np.float32)


def _inverse(square: "csr_matrix", weight: float) -> FloatArray:
    """(``square`` + ``weight`` I)⁻¹ by Cholesky, in float32 and in place.  # [n, n]"""
    from scipy.linalg.lapack import spotrf, spotri

    dense = np.asfortranarray(square.toarray(), np.float32)
    dense[np.diag_indices_from(dense)] += np.float32(weight)
    factor, failed = spotrf(dense, lower=0, overwrite_a=1)
    upper, failed_too = spotri(factor, lower=0, overwrite_c=1) if not failed else (factor, failed)
    if failed or failed_too:
        raise BadRequest("EASE cannot be solved with so small a λ. Take a larger one.")
    return np.ascontiguousarray(np.triu(upper) + np.triu(upper, 1).T)
