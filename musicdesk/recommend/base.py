"""The protocol that every recommender follows: learn from a log, turn a history into a profile, score every item.

A recommender knows nothing of files, stores or lists: rows in, scores out. What was heard already keeps its score;
whoever makes a list leaves it out. All numbers are finite, whatever the history.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Protocol, Self

import numpy as np

from musicdesk.errors import NothingYet
from musicdesk.jobs import Job
from musicdesk.recommend.log import BoolArray, History, Log
from musicdesk.records import FloatArray

HABITS, HISTORY, SOUND = "people's habits", "my history", "sounds like my taste"
"""What a recommender's part of the score is called."""


@dataclass(frozen=True, slots=True)
class RecommenderSpec:
    """What is known of a recommender without loading it."""

    name: str
    title: str
    what: str
    """One sentence for people: what it goes by."""
    part: str
    """What its part of the score is called: HABITS, HISTORY or SOUND."""
    source: str
    """Paper or page."""
    needs_vectors: bool = False
    needs_others: bool = False
    """Whether it is of no use where one person's listening is all there is."""
    serves_cold: bool = False
    """Whether it can suggest what nobody has heard yet."""
    trained: bool = False
    """Whether torch trains it."""


class Recommender(Protocol):
    """One way to recommend. Deterministic: the same log, vectors and config give the same scores."""

    spec: ClassVar[RecommenderSpec]
    config_type: ClassVar[type]
    """The frozen dataclass ``<Method>Config`` whose fields ``registry.make`` takes; one field is ``seed``."""

    def __init__(self, *, config: Any = ...) -> None: ...

    def fit(self, log: Log, vectors: FloatArray | None, *, job: Job) -> None:
        """Learn; ``vectors`` [n_items, dim] say how the items sound, a row of nan where that is unknown.

        Raises:
            NothingYet: too little is known to learn anything.
            BadRequest: vectors are needed and not given, or do not fit the log.
        """

    def profile(self, history: History) -> FloatArray:
        """What a listener's history tells; an empty one gives the neutral profile (the mean taste).  # [k]"""

    def scores(self, profiles: FloatArray) -> FloatArray:
        """How well every item suits each profile, larger is better.  # [m, k] -> [m, n_items]"""

    @property
    def servable(self) -> BoolArray:
        """The items that it has anything to say of; the others get the row's lowest score.  # [n_items]"""

    def save(self, folder: Path) -> None:
        """Write all that ``load`` needs into ``folder`` (made if need be): safetensors and config.json."""

    @classmethod
    def load(cls, folder: Path) -> Self:
        """What ``save`` wrote; raises ModelUnavailable if anything is missing or broken."""


def need_listeners(log: Log, *, at_least: int = 2) -> None:
    """Raise NothingYet unless so many people liked anything."""
    found = len(log.listeners)
    if found < at_least:
        raise NothingYet(
            f"This goes by what {at_least} or more people like, and the log tells of {found}. "
            "Import other people's listening, or choose a recommender that goes by the sound."
        )


def floored(scores: FloatArray, servable: BoolArray) -> FloatArray:
    """``scores`` [m, n_items] with the lowest score of the row where nothing is known, as float32."""
    scores = np.asarray(scores, np.float32)
    if not servable.any():
        return np.zeros_like(scores)
    if not servable.all():
        lowest = scores[:, servable].min(axis=1, keepdims=True)
        scores = np.where(servable, scores, lowest)
    return scores


def profiles(method: Recommender, histories: list[History]) -> FloatArray:
    """The profiles of several histories, one a row.  # [m, k]"""
    return np.stack([method.profile(history) for history in histories])
