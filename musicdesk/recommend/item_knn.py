"""People who like this also like that: the neighbours of the items in a history, weighed by how alike they are.

Item-based collaborative filtering after Sarwar et al., WWW 2001, with the asymmetric cosine of Aiolli, RecSys 2013,
shrinkage for pairs that few people vouch for (Bell & Koren, 2007), and the k nearest neighbours of each item alone, so
that 50,000 items take megabytes and no square.
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
from musicdesk.records import FloatArray, IntArray

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

BLOCK = 512
"""Items whose neighbours are sought at a time."""


@dataclass(frozen=True, slots=True)
class ItemKnnConfig:
    """Defaults as tuned on HetRec Last.fm, on held-out pairs of the training part."""

    neighbours: int = 200
    shrink: float = 10.0
    """How many listeners' worth of doubt every pair of items begins with."""
    alpha: float = 0.5
    """Of the asymmetric cosine: ½ is the cosine, 1 the share of the history item's listeners, 0 of the candidate's."""
    power: float = 1.0
    """Exponent of the degrees: 0 only tells whether somebody liked it, 1 takes them as they are."""
    even: float = 0.5
    """Exponent by which people who like much count less, each: 0 all alike, ½ as by unit length."""
    seed: int = 0

    def __post_init__(self) -> None:
        if self.neighbours < 1 or self.shrink < 0:
            raise BadRequest("An item has 1 or more neighbours, and no less than 0 of shrinkage.")
        if not (0 <= self.alpha <= 1 and 0 <= self.power <= 4 and 0 <= self.even <= 4):
            raise BadRequest("alpha lies between 0 and 1, the exponents between 0 and 4.")


class ItemKnn:
    """The neighbours as a sparse matrix; a profile is the history as a row of items."""

    spec = SPECS["item-knn"]
    config_type: ClassVar[type] = ItemKnnConfig

    def __init__(self, *, config: ItemKnnConfig = ItemKnnConfig()) -> None:
        self.config = config
        self._near: csr_matrix | None = None  # [n_items, n_items] history item, candidate
        self._neutral = np.zeros(0, np.float32)  # [n_items]
        self._servable = np.zeros(0, np.bool_)

    def fit(self, log: Log, vectors: FloatArray | None, *, job: Job) -> None:  # noqa: ARG002
        """Find the neighbours of every item."""
        need_listeners(log)
        matrix = powered(log.matrix(), self.config.power)
        self._neutral, self._servable = mean_row(matrix), np.diff(matrix.tocsc().indptr) > 0
        self._near = neighbours(matrix, self.config, job=job)

    def profile(self, history: History) -> FloatArray:
        """The history as a row; everyone's mean row if it is empty.  # [n_items]"""
        row = history.row(len(self._neutral), power=self.config.power)
        return row if row.any() else self._neutral

    def scores(self, profiles: FloatArray) -> FloatArray:
        """The similarities of every item with those of the profile, summed.  # [m, n_items] -> [m, n_items]"""
        return floored((sparse_rows(profiles) @ self._near).toarray(), self._servable)

    @property
    def servable(self) -> BoolArray:
        """Items that somebody likes.  # [n_items]"""
        return self._servable

    def save(self, folder: Path) -> None:
        """Write the neighbours."""
        assert self._near is not None
        arrays = {"neutral": self._neutral, "servable": self._servable, **kept.flat("near", self._near)}
        kept.write(folder, self.spec.name, config=self.config, arrays=arrays)

    @classmethod
    def load(cls, folder: Path) -> Self:
        """What ``save`` wrote; raises ModelUnavailable."""
        found = kept.read(folder, cls.spec.name)
        loaded = cls(config=found.config_as(ItemKnnConfig))
        loaded._neutral = found.array("neutral", None)
        loaded._servable = found.array("servable", len(loaded._neutral))
        loaded._near = found.sparse("near", len(loaded._neutral), len(loaded._neutral))
        return loaded


def neighbours(matrix: "csr_matrix", config: ItemKnnConfig, *, job: Job) -> "csr_matrix":
    """The similarity of every item with its nearest ones; row: history item, column: candidate.

    ``matrix`` [n_users, n_items] csr. Each candidate keeps its ``config.neighbours`` nearest.  # [n_items, n_items]
    """
    from scipy.sparse import diags, vstack

    liked = np.asarray(matrix.sum(axis=1), np.float32).ravel()
    even = diags(np.maximum(liked, 1e-9) ** -config.even)
    weighed = (even @ matrix).tocsc()
    powers = np.asarray(weighed.multiply(weighed).sum(axis=0), np.float32).ravel()
    sizes = np.maximum(powers, np.float32(1e-12))
    rows, columns = sizes ** np.float32(config.alpha), sizes ** np.float32(1 - config.alpha)
    doubt = np.float32(config.shrink * np.median(powers[powers > 0] / np.diff(weighed.indptr)[powers > 0]))
    found = []
    for start in job.each(range(0, matrix.shape[1], BLOCK), text="Finding what goes together"):
        some = np.arange(start, min(start + BLOCK, matrix.shape[1]))
        together = (weighed[:, some].T @ weighed).tocsr()
        found.append(_nearest(together, rows, columns[some], some, doubt=doubt, count=config.neighbours))
    return vstack(found, format="csc").T.tocsr()


def _nearest(
    together: "csr_matrix", rows: FloatArray, columns: FloatArray, items: IntArray, *, doubt: np.float32, count: int
) -> "csr_matrix":
    """The ``count`` largest similarities in each row of ``together`` [b, n_items], the items themselves left out."""
    lengths = np.diff(together.indptr)
    candidates = np.repeat(np.arange(len(items)), lengths)
    together.data /= columns[candidates] * rows[together.indices] + doubt
    together.data[together.indices == items[candidates]] = 0
    for start, length in zip(together.indptr[:-1], lengths, strict=True):
        if length > count:  # most have fewer, and then nothing is to be sorted
            row = together.data[start : start + length]
            row[np.argpartition(row, length - count)[: length - count]] = 0
    together.eliminate_zeros()
    return together
