"""A compact map of everyone's listening: items as unit vectors that foretell each other, ELSA.

Vančura, Alves, Kasalický & Kordík, "Scalable linear shallow autoencoder for collaborative filtering", RecSys 2022: with
A [n_items, factors] of unit rows the prediction for a history x is x A Aᵀ - x, trained to lie in the direction of x. So
a profile is x A and a score its product with the item's row. torch trains it; numpy serves it.
"""

from dataclasses import dataclass
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Self

import numpy as np

from musicdesk.errors import BadRequest
from musicdesk.jobs import Job
from musicdesk.recommend import kept
from musicdesk.recommend.base import floored, need_listeners
from musicdesk.recommend.log import BoolArray, History, Log
from musicdesk.recommend.rows import mean_row, powered
from musicdesk.recommend.specs import SPECS
from musicdesk.records import FloatArray, IntArray

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix


PEOPLE = 7


@dataclass(frozen=True, slots=True)
class ElsaConfig:
    """Defaults as tuned on HetRec Last.fm, on held-out pairs of the training part."""

    factors: int = 256
    """At most; a short log is given one for every PEOPLE listeners, or it would be learned by heart."""
    epochs: int = 10
    steps: int = 150
    """At least so many batches, however short the log."""
    batch: int = 128
    learning_rate: float = 0.03
    hidden: float = 0.25
    """The share of a history that is hidden while the whole of it is to be foretold; 0 as published."""
    power: float = 1.0
    """Exponent of the degrees: 0 only tells whether somebody liked it, 1 takes them as they are."""
    seed: int = 0

    def __post_init__(self) -> None:
        if min(self.factors, self.epochs, self.batch) < 1 or self.steps < 0:
            raise BadRequest("Factors, epochs and batch are at least 1.")
        if not 0 < self.learning_rate <= 1 or not 0 <= self.hidden < 1 or not 0 <= self.power <= 4:
            raise BadRequest("Learning rate and hidden share lie between 0 and 1, the exponent between 0 and 4.")


class Elsa:
    """The items' unit vectors; a profile is the weighted sum of those of the history."""

    spec = SPECS["elsa"]
    config_type: ClassVar[type] = ElsaConfig

    def __init__(self, *, config: ElsaConfig = ElsaConfig()) -> None:
        self.config = config
        self.factors = np.zeros((0, 1), np.float32)
        """The items' vectors, rows of nothing where nobody listens.  # [n_items, factors]"""
        self._neutral = np.zeros(1, np.float32)

    def fit(self, log: Log, vectors: FloatArray | None, *, job: Job) -> None:  # noqa: ARG002
        """Train the items' vectors."""
        need_listeners(log)
        matrix = powered(log.matrix(), self.config.power)
        heard = np.bincount(matrix.indices, minlength=log.n_items) > 0
        learned = train(matrix[:, heard], self.config, job=job)
        self.factors = np.zeros((log.n_items, learned.shape[1]), np.float32)
        self.factors[heard] = learned
        self._neutral = mean_row(matrix) @ self.factors

    def profile(self, history: History) -> FloatArray:
        """X A; the mean taste if the history tells of none.  # [factors]"""
        told = history.row(len(self.factors), power=self.config.power)
        profile = np.asarray(told @ self.factors, np.float32)
        return profile if profile.any() else self._neutral

    def scores(self, profiles: FloatArray) -> FloatArray:
        """X A Aᵀ.  # [m, factors] -> [m, n_items]"""
        return floored(profiles @ self.factors.T, self.servable)

    @property
    def servable(self) -> BoolArray:
        """Items that somebody likes.  # [n_items]"""
        return np.asarray(self.factors.any(axis=1))

    def save(self, folder: Path) -> None:
        """Write the items' vectors."""
        arrays = {"factors": self.factors, "neutral": self._neutral}
        kept.write(folder, self.spec.name, config=self.config, arrays=arrays)

    @classmethod
    def load(cls, folder: Path) -> Self:
        """What ``save`` wrote; raises ModelUnavailable."""
        found = kept.read(folder, cls.spec.name)
        loaded = cls(config=found.config_as(ElsaConfig))
        loaded.factors = found.array("factors", None, None)
        loaded._neutral = found.array("neutral", loaded.factors.shape[1])
        return loaded


def train(matrix: "csr_matrix", config: ElsaConfig, *, job: Job) -> FloatArray:
    """Unit vectors of the items of ``matrix`` [n_users, n_items], by NAdam on the normalised squared error.

    Every item has a listener.  # [n_items, config.factors or fewer]
    """
    import torch
    from torch.nn.functional import normalize

    rng = np.random.default_rng(config.seed)
    people = np.flatnonzero(np.diff(matrix.indptr) > 1)  # one item alone tells of no other
    device = "cuda" if torch.cuda.is_available() else "cpu"
    factors = min(config.factors, max(len(people) // PEOPLE, 2))
    start = rng.standard_normal((matrix.shape[1], factors), np.float32)
    weights = torch.from_numpy(start).to(device).requires_grad_()
    optimiser = torch.optim.NAdam([weights], lr=config.learning_rate)
    for some in job.each(_batches(people, config, rng), text="Learning what goes together"):
        whole = matrix[some].toarray()
        shown = whole * (rng.random(whole.shape, np.float32) >= config.hidden)
        x, y = (torch.from_numpy(rows).to(device) for rows in (shown, whole))
        a = normalize(weights, dim=1)
        loss = (normalize((x @ a) @ a.T - x, dim=1) - normalize(y, dim=1)).square().sum(dim=1).mean()
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
    found: FloatArray = normalize(weights.detach(), dim=1).cpu().numpy()
    return found


def _batches(people: IntArray, config: ElsaConfig, rng: np.random.Generator) -> list[IntArray]:
    """Who comes in which batch, all epochs in a row."""
    rounds = max(ceil(len(people) / config.batch), 1)
    epochs = max(config.epochs, ceil(config.steps / rounds))
    return [some for _ in range(epochs) for some in np.array_split(rng.permutation(people), rounds) if len(some)]
