"""What sounds like the tracks that were liked: the nearest to their mean, of all of them or of the latest.

The comparison study's KNN: a profile is the mean of the history's vectors, an item's score its cosine with that. Here
the vectors are standardised first, degrees weigh, and what was disliked is subtracted (Rocchio, 1971).
"""

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Generic, Self, TypeVar

import numpy as np

from musicdesk import kept
from musicdesk.errors import BadRequest
from musicdesk.jobs import Job
from musicdesk.recommend.base import RecommenderSpec, floored
from musicdesk.recommend.log import BoolArray, History, Log
from musicdesk.recommend.specs import SPECS
from musicdesk.recommend.vectors import filled, needed, present, unit
from musicdesk.records import FloatArray, unit_rows

CANCELLED = 1e-9
"""A sum no longer than this says nothing: what is liked and what is disliked cancel out but for rounding."""


@dataclass(frozen=True, slots=True)
class ContentMeanConfig:
    """How much dislikes push away, beside what likes draw near."""

    against: float = 0.5
    seed: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.against <= 10:
            raise BadRequest("Dislikes weigh from 0 (not at all) to 10 times as much as likes.")


@dataclass(frozen=True, slots=True)
class ContentLastConfig(ContentMeanConfig):
    """How many of the latest liked items make the profile."""

    last: int = 10

    def __post_init__(self) -> None:
        ContentMeanConfig.__post_init__(self)
        if self.last < 1:
            raise BadRequest("The profile is made of the last 1 or more tracks.")


Config = TypeVar("Config", bound=ContentMeanConfig)


class _Content(Generic[Config]):
    """What both have in common; ``_recent`` says which part of a history counts."""

    spec: ClassVar[RecommenderSpec]
    config_type: ClassVar[type[ContentMeanConfig]]

    def __init__(self, *, config: Config) -> None:
        self.config = config
        self._neutral = np.zeros(1, np.float32)  # [dim]
        self._take(np.zeros((0, 1), np.float32))

    def fit(self, log: Log, vectors: FloatArray | None, *, job: Job) -> None:
        """Standardise the vectors; the log only makes the neutral profile, everyone's mean taste."""
        self.fit_standardised(log, unit(needed(vectors, log.n_items)), job=job)

    def fit_standardised(self, log: Log, rows: FloatArray, *, job: Job) -> None:
        """``fit`` with vectors [n_items, dim] of unit length that were standardised already: shared, not copied."""
        job.check()
        self._take(rows)
        liked = np.asarray(log.matrix().sum(axis=0), np.float32).ravel()
        self._neutral = unit_rows(liked @ self._filled, nothing=CANCELLED)

    def _take(self, rows: FloatArray) -> None:
        self._vectors, self._servable = rows, present(rows)  # [n_items, dim] unit rows or nan
        self._filled = rows if self._servable.all() else filled(rows)  # [n_items, dim]

    def profile(self, history: History) -> FloatArray:
        """The direction in which the history lies, likes less dislikes; the mean taste if it tells of none.  # [dim]"""
        recent = self._recent(history)
        weights = np.where(recent.degrees > 0, recent.degrees, self.config.against * recent.degrees)
        towards = unit_rows(np.asarray(weights, np.float32) @ self._filled[recent.items], nothing=CANCELLED)
        return towards if towards.any() else self._neutral

    def scores(self, profiles: FloatArray) -> FloatArray:
        """Cosines.  # [m, dim] -> [m, n_items]"""
        return floored(profiles @ self._filled.T, self.servable)

    @property
    def servable(self) -> BoolArray:
        """Items with a vector.  # [n_items]"""
        return self._servable

    def save(self, folder: Path) -> None:
        """Write the standardised vectors."""
        arrays = {"vectors": self._vectors, "neutral": self._neutral}
        kept.write(folder, self.spec.name, config=self.config, arrays=arrays)

    @classmethod
    def load(cls, folder: Path) -> Self:
        """What ``save`` wrote; raises ModelUnavailable."""
        found = kept.read(folder, cls.spec.name)
        loaded = cls(config=found.config_as(cls.config_type))  # type: ignore[arg-type]
        loaded._take(found.array("vectors", None, None))
        loaded._neutral = found.array("neutral", loaded._vectors.shape[1])
        return loaded

    def _recent(self, history: History) -> History:
        return history


class ContentMean(_Content[ContentMeanConfig]):
    """The mean of all that was liked."""

    spec = SPECS["content-mean"]
    config_type = ContentMeanConfig

    def __init__(self, *, config: ContentMeanConfig = ContentMeanConfig()) -> None:
        super().__init__(config=config)


class ContentLast(_Content[ContentLastConfig]):
    """The mean of the latest that were liked, and of what was disliked since."""

    spec = SPECS["content-last"]
    config_type = ContentLastConfig

    def __init__(self, *, config: ContentLastConfig = ContentLastConfig()) -> None:
        super().__init__(config=config)

    def _recent(self, history: History) -> History:
        known = self._servable[history.items]
        liked = np.flatnonzero(known & (history.degrees > 0))[-self.config.last :]
        since = slice(liked[0] if len(liked) else 0, None)
        return History(history.items[since], history.degrees[since])
