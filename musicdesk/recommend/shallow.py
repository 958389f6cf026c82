"""Listeners and sounds in one space: one shared projection, taught by who listens to what.

The comparison study's shallow network: a table of listeners that begins at the mean of what each of them heard, the
frozen vectors of the items, one projection (a linear map and a ReLU) for both, cosine as score. For each listen, other
listeners stand against the one who did listen (hinge with a margin): users are the negatives, so that what is popular
is not the answer to everything. As the study's text means it, and unlike its code, the items stay as they sound and
the listeners are learned. Vectors of few dimensions are spread over more, where a ReLU keeps the angles between them.

The loss only says who is nearest to an item, not which item is nearest to someone; so what an item has in common with
everybody is taken off its score. A profile starts where the rows of the table started, at the mean of the history:
what the listeners' rows learned serves the projection. Cold items are served by the projection of their own vector.
Negatives are sampled, so that the cost grows with the log and not with the items.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Self, cast

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from musicdesk import kept
from musicdesk.errors import BadRequest, NothingYet
from musicdesk.jobs import Job
from musicdesk.learning import Schedule, device, held_out, luck, train
from musicdesk.recommend.base import floored, need_listeners
from musicdesk.recommend.log import BoolArray, History, Log
from musicdesk.recommend.specs import SPECS
from musicdesk.recommend.vectors import filled, needed, present, unit
from musicdesk.records import FloatArray, IntArray

HELD = 0.1
"""The share of the listens by which it is seen when to stop."""
WIDE = 256
"""The projection's output has at least so many dimensions."""
MEASURED = 10_000
"""Listens held out that are looked at after each epoch."""


@dataclass(frozen=True, slots=True)
class ShallowConfig:
    """The study's settings, but for ``negatives``, ``epochs`` and ``batch``, which are ours."""

    margin: float = 0.2
    negatives: int = 256
    """Other listeners held against the listens of a batch; the study draws 20 for each listen, which costs more."""
    epochs: int = 60
    batch: int = 4096
    learning_rate: float = 1e-3
    patience: int = 8
    most: int = 200_000
    """Listens an epoch at most."""
    seed: int = 0

    def __post_init__(self) -> None:
        if not 0 < self.margin <= 2 or self.negatives < 1:
            raise BadRequest("The margin lies above 0 and at most at 2, and there is at least one negative.")
        self.schedule()

    def schedule(self) -> Schedule:
        """How it is trained; raises BadRequest for what cannot be."""
        return Schedule(
            self.epochs, self.learning_rate, self.batch, patience=self.patience, most=self.most, seed=self.seed
        )


class ShallowNet(nn.Module):
    """The table of listeners, the frozen items, and the projection that they share."""

    items: Tensor  # [n_items, dim], frozen
    users: nn.Parameter  # [n_users, dim]

    def __init__(self, items: FloatArray, users: FloatArray) -> None:
        super().__init__()
        dim = items.shape[1]
        self.register_buffer("items", torch.from_numpy(items))
        self.users = nn.Parameter(torch.from_numpy(users))
        self.shared = nn.Linear(dim, max(dim, WIDE))

    def project(self, rows: Tensor) -> Tensor:
        """Rows of either table as directions.  # [..., dim]"""
        return functional.normalize(functional.relu(self.shared(rows)), dim=-1)

    def hinge(self, items: Tensor, users: Tensor, others: Tensor, *, margin: float) -> Tensor:
        """What it costs that some of the ``others`` [n] are nearer to an item than who heard it.  # []"""
        sounds = self.project(self.items[items])
        right = (sounds * self.project(self.users[users])).sum(dim=1, keepdim=True)
        wrong = sounds @ self.project(self.users[others]).T
        return functional.relu(margin - right + wrong).mean()


class Shallow:
    """The recommender; a profile is a listener's row, projected."""

    spec = SPECS["shallow"]
    config_type = ShallowConfig

    def __init__(self, *, config: ShallowConfig = ShallowConfig()) -> None:
        self.config = config
        self._vectors = np.zeros((0, 1), np.float32)  # [n_items, dim], unit rows or nan
        self._neutral = np.zeros(1, np.float32)  # [dim] the mean listener, before the projection
        self._weight = np.zeros((1, 1), np.float32)
        self._bias = np.zeros(1, np.float32)
        self._projected = np.zeros((0, 1), np.float32)  # [n_items, wide]
        self._common = np.zeros(0, np.float32)  # [n_items] how near each lies to the mean listener

    def fit(self, log: Log, vectors: FloatArray | None, *, job: Job) -> None:
        """Train table and projection; raises NothingYet with fewer than two listeners, and BadRequest."""
        job.check()
        self._vectors = unit(needed(vectors, log.n_items))
        need_listeners(log)
        matrix = log.matrix(binary=True)
        users, items = (np.asarray(rows, np.int64) for rows in matrix.nonzero())
        known = present(self._vectors)[items]
        users, items = users[known], items[known]
        if not len(items):
            raise NothingYet("Nothing that people listened to has been analysed. Analyse it first.")
        means = _means(matrix @ filled(self._vectors))
        with luck(self.config.seed):
            network = ShallowNet(filled(self._vectors), means).to(device())
            self._learn(network, users, items, job=job)
            self._keep(network, users)

    def _learn(self, network: ShallowNet, users: IntArray, items: IntArray, *, job: Job) -> None:
        learned, held = held_out(np.arange(len(users)), share=HELD, seed=self.config.seed)
        who, what = (torch.from_numpy(rows).to(device()) for rows in (users, items))
        fixed = self._others(len(network.users), np.random.default_rng([self.config.seed, 2]))
        rng = np.random.default_rng([self.config.seed, 3])

        def loss(rows: IntArray, others: Tensor | None = None) -> Tensor:
            others = self._others(len(network.users), rng) if others is None else others
            at = torch.from_numpy(rows).to(device())
            return network.hinge(what[at], who[at], others, margin=self.config.margin)

        def held_loss() -> float:
            with torch.inference_mode():
                return float(loss(held[:MEASURED], fixed))

        train(
            network, loss, examples=learned, schedule=self.config.schedule(), job=job,
            text="Learning who listens to what", held=held_loss if len(held) else None,
        )  # fmt: skip

    def _others(self, n_users: int, rng: np.random.Generator) -> Tensor:
        """Listeners drawn at random, the right one perhaps among them.  # [negatives]"""
        return torch.from_numpy(rng.integers(n_users, size=self.config.negatives)).to(device())

    def _keep(self, network: ShallowNet, users: IntArray) -> None:
        """Take over what is needed to score."""
        with torch.inference_mode():
            self._projected = _array(network.project(network.items))
            people = network.users[torch.from_numpy(np.unique(users)).to(network.users.device)]
            self._common = self._projected @ _array(network.project(people).mean(dim=0))
        self._neutral = _array(people).mean(axis=0)
        self._weight, self._bias = _array(network.shared.weight), _array(network.shared.bias)

    def profile(self, history: History) -> FloatArray:
        """The mean of what was liked, or the mean listener, projected.  # [wide]"""
        row = history.row(len(self._vectors), power=0)
        liked = np.flatnonzero((row > 0) & self.servable)
        if not len(liked):
            return self._project(self._neutral)
        return self._project(_means(filled(self._vectors)[liked].sum(axis=0)[None])[0])

    def _project(self, row: FloatArray) -> FloatArray:
        ahead = np.maximum(self._weight @ row + self._bias, 0)
        return np.asarray(ahead / max(float(np.linalg.norm(ahead)), 1e-12), np.float32)

    def scores(self, profiles: FloatArray) -> FloatArray:
        """Cosines in the shared space, less the mean listener's.  # [m, wide] -> [m, n_items]"""
        return floored(profiles @ self._projected.T - self._common, self.servable)

    @property
    def servable(self) -> BoolArray:
        """Items with a vector, heard or not.  # [n_items]"""
        return present(self._vectors)

    _ARRAYS = ("vectors", "neutral", "weight", "bias", "projected", "common")

    def save(self, folder: Path) -> None:
        """Write projection, items and what newcomers are compared with."""
        arrays = {name: getattr(self, f"_{name}") for name in self._ARRAYS}
        kept.write(folder, self.spec.name, config=self.config, arrays=arrays)

    @classmethod
    def load(cls, folder: Path) -> Self:
        """What ``save`` wrote; raises ModelUnavailable."""
        found = kept.read(folder, cls.spec.name)
        loaded = cls(config=found.config_as(ShallowConfig))
        n_items, dim = found.array("vectors", None, None).shape
        wide = len(found.array("bias", None))
        shapes: dict[str, tuple[int | None, ...]] = {
            "vectors": (n_items, dim), "neutral": (dim,), "weight": (wide, dim), "bias": (wide,),
            "projected": (n_items, wide), "common": (n_items,),
        }  # fmt: skip
        for name, shape in shapes.items():
            setattr(loaded, f"_{name}", found.array(name, *shape))
        return loaded


def _means(sums: FloatArray) -> FloatArray:
    """Sums of unit vectors as directions; an empty one stays 0.  # [n, dim]"""
    return np.asarray(sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-9), np.float32)


def _array(tensor: Tensor) -> FloatArray:
    return cast("FloatArray", tensor.detach().cpu().numpy())
