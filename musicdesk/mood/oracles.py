"""What can be had by chance, and by who knows the true moods: controls, never offered."""

from dataclasses import dataclass

import numpy as np

from musicdesk.errors import BadRequest
from musicdesk.mood.catalogue import Catalogue
from musicdesk.records import MOODS, FloatArray

RIGHT = 10.0
"""What a sound of the true mood has over all others; more than any cosine."""


@dataclass(frozen=True, eq=False)
class Fixed:
    """Scores that no strength changes, one row a pure mood."""

    rows: FloatArray  # [4, n]

    def at(self, target: FloatArray, *, strength: float = 1.0) -> FloatArray:  # noqa: ARG002
        """The scores of the mood that is asked for most.  # [4] -> [n]"""
        return np.asarray(self.rows[int(np.argmax(target))], np.float32)


class Chance:
    """Any sound at all."""

    name = "random"

    def __init__(self, catalogue: Catalogue, rng: np.random.Generator) -> None:
        self._catalogue, self._rng = catalogue, rng

    def scores(
        self, seeds: FloatArray, source: FloatArray, target: FloatArray, *, strength: float = 1.0  # noqa: ARG002
    ) -> FloatArray:  # fmt: skip
        """Drawn anew each time.  # [m, dim] -> [m, n]"""
        return self._rng.random((len(seeds), len(self._catalogue)), np.float32)

    def live(self, seed: FloatArray, source: FloatArray) -> Fixed:  # noqa: ARG002
        """Drawn once."""
        return Fixed(self._rng.random((len(MOODS), len(self._catalogue)), np.float32))


class Oracle:
    """Told the true moods, the nearest sound of the target mood (``depth`` 1), or any of its ``depth`` nearest.

    The published bounds "oracle top-1" and "oracle rand-100". By strength nothing changes.
    """

    def __init__(self, catalogue: Catalogue, *, depth: int, rng: np.random.Generator) -> None:
        if catalogue.truth is None:
            raise BadRequest("An oracle has to be told the true moods of the catalogue.")
        self._catalogue, self._depth, self._rng = catalogue, depth, rng
        self._truth = catalogue.truth

    @property
    def name(self) -> str:
        """As in ``methods()``."""
        return f"oracle-{self._depth}"

    def scores(
        self, seeds: FloatArray, source: FloatArray, target: FloatArray, *, strength: float = 1.0  # noqa: ARG002
    ) -> FloatArray:  # fmt: skip
        """Cosines, those of the true mood above all others, the nearest ``depth`` of them in any order.  # [m, n]"""
        found = np.asarray(seeds @ self._catalogue.space.T, np.float32)
        wanted = np.argmax(target, axis=1)
        found += RIGHT * (self._truth[None] == wanted[:, None])
        if self._depth > 1:
            self._shuffle(found)
        return found

    def live(self, seed: FloatArray, source: FloatArray) -> Fixed:
        """Drawn once for each mood."""
        k = len(MOODS)
        each = np.repeat(seed[None], k, axis=0), np.repeat(source[None], k, axis=0)
        return Fixed(self.scores(*each, np.eye(k, dtype=np.float32)))

    def _shuffle(self, scores: FloatArray) -> None:
        for row in scores:
            near = np.argsort(-row)[: self._depth]
            near = near[row[near] > RIGHT / 2]
            row[near] = 2 * RIGHT + self._rng.random(len(near), np.float32)
