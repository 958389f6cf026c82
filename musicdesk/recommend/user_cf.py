"""What the people like whose listening is most like one's own: R_AB = k Σ_a sim(A, a) R_aB.

User-based collaborative filtering in its weighted form (Resnick et al., GroupLens, CSCW 1994): sim is the cosine of two
people's degrees, lowered where they share few items (Herlocker et al., 1999), the sum goes over the nearest people, and
k = 1 / Σ |sim| brings the answer back to the scale of the degrees.
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
from musicdesk.recommend.rows import heard_at_all, powered, sparse_rows
from musicdesk.recommend.specs import SPECS
from musicdesk.records import FloatArray

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix


@dataclass(frozen=True, slots=True)
class UserCfConfig:
    """Defaults as tuned on HetRec Last.fm, on held-out pairs of the training part."""

    neighbours: int = 50
    """How many people have a say."""
    shrink: float = 10.0
    """Shared items at which a similarity counts half."""
    power: float = 1.0
    """Exponent of the degrees: 0 only tells whether somebody liked it, 1 takes them as they are."""
    rare: float = 0.5
    """Exponent by which items that many like tell less of who is alike: 0 all alike."""
    seed: int = 0

    def __post_init__(self) -> None:
        if self.neighbours < 1 or self.shrink < 0 or not (0 <= self.power <= 4 and 0 <= self.rare <= 4):
            raise BadRequest("1 or more neighbours, no less than 0 of shrinkage, exponents between 0 and 4.")


class UserCf:
    """Everyone's degrees as a sparse matrix; a profile is the share that each of them has in the answer."""

    spec = SPECS["user-cf"]
    config_type: ClassVar[type] = UserCfConfig

    def __init__(self, *, config: UserCfConfig = UserCfConfig()) -> None:
        self.config = config
        self._take(None)

    def fit(self, log: Log, vectors: FloatArray | None, *, job: Job) -> None:  # noqa: ARG002
        """Remember who likes what."""
        job.check()
        need_listeners(log)
        self._take(powered(log.matrix(), self.config.power))

    def profile(self, history: History) -> FloatArray:
        """K · sim(A, a) for every person a of the log; all alike where nobody is like A.  # [n_users]"""
        row = history.row(len(self._rarity), power=self.config.power)
        alike = self._alike(row)
        return np.asarray(alike / alike.sum()) if alike.any() else self._neutral

    def scores(self, profiles: FloatArray) -> FloatArray:
        """R_AB: the degrees, averaged by who has how much of a say.  # [m, n_users] -> [m, n_items]"""
        return floored((sparse_rows(profiles) @ self._degrees).toarray(), self.servable)

    @property
    def servable(self) -> BoolArray:
        """Items that somebody likes.  # [n_items]"""
        return self._servable

    def save(self, folder: Path) -> None:
        """Write who likes what."""
        kept.write(folder, self.spec.name, config=self.config, arrays=kept.flat("degrees", self._degrees))

    @classmethod
    def load(cls, folder: Path) -> Self:
        """What ``save`` wrote; raises ModelUnavailable."""
        found = kept.read(folder, cls.spec.name)
        loaded = cls(config=found.config_as(UserCfConfig))
        loaded._take(found.sparse("degrees"))
        return loaded

    def _take(self, degrees: "csr_matrix | None") -> None:
        """Prepare all that follows from the degrees [n_users, n_items]."""
        from scipy.sparse import csr_matrix, diags

        self._degrees = csr_matrix((0, 0), dtype=np.float32) if degrees is None else degrees
        listeners = np.bincount(self._degrees.indices, minlength=self._degrees.shape[1])
        used = np.diff(self._degrees.indptr) > 0
        self._servable = listeners > 0
        self._neutral = np.asarray(used / max(used.sum(), 1), np.float32)
        self._rarity = np.asarray(np.maximum(listeners, 1) ** -self.config.rare, np.float32)
        self._people = (self._degrees @ diags(self._rarity)).tocsr()  # [n_users, n_items]
        self._sizes = np.sqrt(np.asarray(self._people.multiply(self._people).sum(axis=1), np.float32).ravel())

    def _alike(self, row: FloatArray) -> FloatArray:
        """The similarity of ``row`` [n_items] with everyone, 0 but for the nearest.  # [n_users]"""
        told = row * self._rarity
        cosine = (self._people @ told) / np.maximum(self._sizes * np.linalg.norm(told), 1e-12)
        shared = heard_at_all(self._degrees) @ (row != 0).astype(np.float32)
        alike = np.maximum(cosine, 0) * shared / np.maximum(shared + self.config.shrink, 1e-12)
        if len(alike) > self.config.neighbours:
            least = np.partition(alike, -self.config.neighbours)[-self.config.neighbours]
            alike[alike < least] = 0
        return np.asarray(alike, np.float32)
