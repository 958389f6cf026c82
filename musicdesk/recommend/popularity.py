"""What most people listen to: the baseline that any recommender has to beat."""

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Self

import numpy as np

from musicdesk import kept
from musicdesk.jobs import Job
from musicdesk.recommend.base import need_listeners
from musicdesk.recommend.log import BoolArray, History, Log
from musicdesk.recommend.specs import SPECS
from musicdesk.records import FloatArray


@dataclass(frozen=True, slots=True)
class PopularityConfig:
    """Nothing to choose; the seed is there for uniformity."""

    seed: int = 0


class Popularity:
    """How many people like an item. A profile is a single 1: everyone is told the same."""

    spec = SPECS["popularity"]
    config_type: ClassVar[type] = PopularityConfig

    def __init__(self, *, config: PopularityConfig = PopularityConfig()) -> None:
        self.config = config
        self._counts = np.zeros(0, np.float32)

    def fit(self, log: Log, vectors: FloatArray | None, *, job: Job) -> None:  # noqa: ARG002
        """Count the listeners of every item."""
        job.check()
        need_listeners(log)
        self._counts = np.asarray(log.matrix(binary=True).sum(axis=0), np.float32).ravel()

    def profile(self, history: History) -> FloatArray:  # noqa: ARG002
        """The same for everyone.  # [1]"""
        return np.ones(1, np.float32)

    def scores(self, profiles: FloatArray) -> FloatArray:
        """log(1 + listeners) of every item.  # [m, 1] -> [m, n_items]"""
        return profiles @ np.log1p(self._counts)[None]

    @property
    def servable(self) -> BoolArray:
        """Items that somebody likes.  # [n_items]"""
        return self._counts > 0

    def save(self, folder: Path) -> None:
        """Write the counts."""
        kept.write(folder, self.spec.name, config=self.config, arrays={"counts": self._counts})

    @classmethod
    def load(cls, folder: Path) -> Self:
        """What ``save`` wrote; raises ModelUnavailable."""
        found = kept.read(folder, cls.spec.name)
        loaded = cls(config=found.config_as(PopularityConfig))
        loaded._counts = found.array("counts", None)
        return loaded
