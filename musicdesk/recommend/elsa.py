"""A compact map of everyone's listening: items as unit vectors that foretell each other, ELSA.

Vančura, Alves, Kasalický & Kordík, "Scalable linear shallow autoencoder for collaborative filtering", RecSys 2022: with
A [n_items, factors] of unit rows the prediction for a history x is x A Aᵀ - x, trained to lie in the direction of x. So
a profile is x A and a score its product with the item's row. torch trains it; numpy serves it.

The published loss compares directions over all items, ||p/|p| - y/|y|||² with p = x A Aᵀ - x. It is 2 - 2 p·y / |p||y|,
and p·y = xA·yA - x·y as well as |p|² = xA (AᵀA) Aᵀxᵀ - 2 |xA|² + |x|² need no row as long as the library: the same
number, of a cost that hardly grows with the listeners in a batch.
"""

from dataclasses import dataclass
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Self

import numpy as np

from musicdesk import kept
from musicdesk.errors import BadRequest
from musicdesk.jobs import Job
from musicdesk.recommend.base import floored, need_listeners
from musicdesk.recommend.log import BoolArray, History, Log
from musicdesk.recommend.rows import mean_row, powered
from musicdesk.recommend.specs import SPECS
from musicdesk.records import FloatArray, IntArray

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix
    from torch import Tensor


PEOPLE = 7


@dataclass(frozen=True, slots=True)
class ElsaConfig:
    """The optimiser is the published one; the length was chosen on HetRec Last.fm, on held-out training pairs."""

    factors: int = 256
    """At most; a short log is given one for every PEOPLE listeners, or it would be learned by heart."""
    epochs: int = 10
    """How often each listener is looked at, at least: of many listeners the batches are larger."""
    steps: int = 200
    """So many batches."""
    batch: int = 128
    """Listeners at a time, at least."""
    learning_rate: float = 0.1
    hidden: float = 0.0
    """The share of a history that is hidden while the whole of it is to be foretold; 0 as published."""
    power: float = 1.0
    """Exponent of the degrees: 0 only tells whether somebody liked it, 1 takes them as they are."""
    seed: int = 0

    def __post_init__(self) -> None:
        if min(self.factors, self.epochs, self.steps, self.batch) < 1:
            raise BadRequest("Factors, epochs, steps and batch are at least 1.")
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
        rows = matrix[some]
        shown = rows.data * (rng.random(rows.nnz, np.float32) >= config.hidden)
        loss = _loss(normalize(weights, dim=1), rows, shown)
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
    found: FloatArray = normalize(weights.detach(), dim=1).cpu().numpy()
    return found


def _loss(a: "Tensor", rows: "csr_matrix", shown: FloatArray) -> "Tensor":
    """The mean over ``rows`` [b, n_items] of ||p/|p| - y/|y|||², foretold from what is ``shown`` of their data.

    # a [n_items, factors] -> []
    """
    import torch
    from torch.nn.functional import embedding

    whose = torch.from_numpy(np.repeat(np.arange(rows.shape[0]), np.diff(rows.indptr))).to(a.device)
    items = torch.from_numpy(rows.indices.astype(np.int64)).to(a.device)
    heard = embedding(items, a)  # of which the gradient is summed in one order, unlike an index's
    x, y = torch.from_numpy(shown).to(a.device), torch.from_numpy(rows.data).to(a.device)

    def total(values: "Tensor") -> "Tensor":
        return values.new_zeros(rows.shape[0], *values.shape[1:]).index_add(0, whose, values)

    told, whole = total(x[:, None] * heard), total(y[:, None] * heard)
    along = (told * whole).sum(dim=1) - total(x * y)
    square = ((told @ (a.T @ a)) * told).sum(dim=1) - 2 * told.square().sum(dim=1) + total(x * x)
    return (2 - 2 * along / (square.clamp(min=1e-12) * total(y * y)).sqrt()).mean()


def _batches(people: IntArray, config: ElsaConfig, rng: np.random.Generator) -> list[IntArray]:
    """Who comes in which batch, all epochs in a row."""
    size = max(config.batch, ceil(len(people) * config.epochs / config.steps))
    rounds = max(ceil(len(people) / size), 1)
    epochs = ceil(config.steps / rounds)
    return [some for _ in range(epochs) for some in np.array_split(rng.permutation(people), rounds) if len(some)]
