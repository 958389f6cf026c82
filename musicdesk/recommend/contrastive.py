"""Sound and habits in one space: two towers that learn to say the same of an item.

The comparison study's contrastive projection: a content tower reads an item's vector, a collaborative tower what
people's habits say of it (here ELSA's item factors), both frozen; each is two linear maps with a ReLU between. An
item's two projections are drawn together and pushed away from other items' of the other kind, by the decoupled
contrastive loss across the two views (Yeh et al., "Decoupled contrastive learning", ECCV 2022: the right pair is left
out of the denominator): mean_i [ -c_i·e_i/τ + log Σ_{j≠i} exp(c_i·e_j/τ) ], in both directions.

A profile is the mean of the history's items in one of three spaces: content (which serves cold items), collaborative
(which cannot), or their average (cold items by content alone). The loss is against the items of a batch, so it never
looks at a square of the library.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar, Self

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from musicdesk import kept
from musicdesk.errors import BadRequest, NothingYet
from musicdesk.jobs import Job
from musicdesk.learning import Schedule, device, held_out, luck, train
from musicdesk.recommend.base import RecommenderSpec, floored, need_listeners
from musicdesk.recommend.foretelling import levelled
from musicdesk.recommend.habits import habit_factors
from musicdesk.recommend.log import BoolArray, History, Log
from musicdesk.recommend.rows import mean_row, powered
from musicdesk.recommend.specs import SPECS
from musicdesk.recommend.vectors import filled, needed, present
from musicdesk.records import FloatArray, IntArray

SPACES = ("content", "collaborative", "average")
HELD = 0.1
"""The share of the items by which it is seen when to stop."""


@dataclass(frozen=True, slots=True)
class ContrastiveConfig:
    """The study's settings, but for ``dim`` (768), ``batch`` (10,000), and ``unit`` (it does not)."""

    space: str = "content"
    dim: int = 256
    temperature: float = 0.1
    unit: bool = True
    """Whether items are compared by direction alone; the study takes the towers' outputs as they come."""
    factors: int = 256
    """Of the habits' side."""
    hidden: float = 0.75
    """The share of a history that is hidden from ELSA while the whole of it is to be foretold."""
    power: float = 0.5
    """Exponent of the degrees: 0 only tells whether somebody liked it, 1 takes them as they are."""
    epochs: int = 100
    batch: int = 2048
    learning_rate: float = 1e-3
    weight_decay: float = 0.01
    patience: int = 16
    most: int = 20_480
    """Items an epoch at most: of more, each epoch draws its own."""
    seed: int = 0

    def __post_init__(self) -> None:
        if self.space not in SPACES:
            raise BadRequest(f"The spaces are {', '.join(SPACES)}; {self.space!r} is none of them.")
        if min(self.dim, self.factors) < 1 or not 0.001 <= self.temperature <= 10 or not 0 <= self.power <= 4:
            raise BadRequest(
                "Dimensions are 1 or more, the temperature lies between 0.001 and 10, the exponent between 0 and 4."
            )
        if not 0 <= self.hidden < 1:
            raise BadRequest("The hidden share lies between 0 and 1.")
        self.schedule()

    def schedule(self) -> Schedule:
        """How it is trained; raises BadRequest for what cannot be."""
        return Schedule(
            self.epochs, self.learning_rate, self.batch, patience=self.patience, weight_decay=self.weight_decay,
            most=self.most, seed=self.seed,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class CollaborativeConfig(ContrastiveConfig):
    """The same, listening in the collaborative space."""

    space: str = field(default="collaborative")


@dataclass(frozen=True, slots=True)
class AverageConfig(ContrastiveConfig):
    """The same, listening in both spaces at once."""

    space: str = field(default="average")


class Towers(nn.Module):
    """The two towers."""

    def __init__(self, content_dim: int, habit_dim: int, dim: int) -> None:
        super().__init__()
        self.content, self.habits = _tower(content_dim, dim), _tower(habit_dim, dim)

    def loss(self, content: Tensor, habits: Tensor, *, temperature: float) -> Tensor:
        """The decoupled contrastive loss of some items, both ways.  # [b, .] -> []"""
        c, e = (functional.normalize(view, dim=1) for view in (self.content(content), self.habits(habits)))
        return decoupled(c @ e.T / temperature)


def decoupled(logits: Tensor) -> Tensor:
    """-l_ii + log Σ_{j≠i} exp(l_ij), the mean over items i and over both directions.  # [b, b] -> []"""
    right = logits.diagonal()
    others = logits.masked_fill(torch.eye(len(logits), dtype=torch.bool, device=logits.device), -torch.inf)
    return (0.5 * (others.logsumexp(dim=1) + others.logsumexp(dim=0)) - right).mean()


class ContrastiveContent:
    """The recommender in the content space; a profile is the mean of the history's items there."""

    spec: ClassVar[RecommenderSpec] = SPECS["contrastive-content"]
    config_type: ClassVar[type[ContrastiveConfig]] = ContrastiveConfig

    def __init__(self, *, config: ContrastiveConfig | None = None) -> None:
        self.config = config or self.config_type()
        if f"contrastive-{self.config.space}" != self.spec.name:
            raise BadRequest(f"{self.spec.name} has its own space; for another choose contrastive-{self.config.space}.")
        self._items = np.zeros((0, self.config.dim), np.float32)
        """Where each item lies in the space.  # [n_items, dim]"""
        self._neutral = np.zeros(self.config.dim, np.float32)
        self._servable = np.zeros(0, bool)

    def fit(self, log: Log, vectors: FloatArray | None, *, job: Job) -> None:
        """Learn from habits, then train the towers; raises NothingYet with fewer than two listeners, and BadRequest."""
        job.check()
        sounds = levelled(needed(vectors, log.n_items))
        need_listeners(log)
        matrix = powered(log.matrix(), self.config.power)
        heard = np.bincount(matrix.indices, minlength=log.n_items) > 0
        known = present(sounds)
        both = np.flatnonzero(heard & known)
        if len(both) < 2:
            raise NothingYet("Of what people listened to, fewer than two tracks are analysed. Analyse them first.")
        config = self.config
        habits = habit_factors(matrix, factors=config.factors, hidden=config.hidden, seed=config.seed, job=job)
        self._items = self._space(filled(sounds), habits, both, known=known, heard=heard, job=job)
        self._servable = {"content": known, "collaborative": heard, "average": known | heard}[self.config.space]
        self._neutral = mean_row(matrix) @ self._items

    def _space(
        self, sounds: FloatArray, habits: FloatArray, both: IntArray, *, known: BoolArray, heard: BoolArray, job: Job
    ) -> FloatArray:
        """Train the towers, and tell where all items lie.  # [n_items, dim]"""
        with luck(self.config.seed):
            towers = Towers(sounds.shape[1], habits.shape[1], self.config.dim).to(device())
            views = tuple(torch.from_numpy(view).to(device()) for view in (sounds, habits))
            self._learn(towers, views, both, job=job)
        with torch.inference_mode():
            content = self._placed(towers.content(views[0]), known)
            collaborative = self._placed(towers.habits(views[1]), heard)
        if self.config.space == "content":
            return content
        if self.config.space == "collaborative":
            return collaborative
        count = (known.astype(np.float32) + heard)[:, None]
        return np.asarray((content + collaborative) / np.maximum(count, 1), np.float32)

    def _learn(self, towers: Towers, views: tuple[Tensor, ...], both: IntArray, *, job: Job) -> None:
        learned, held = held_out(both, share=HELD, seed=self.config.seed)

        def loss(rows: IntArray) -> Tensor:
            at = torch.from_numpy(rows).to(views[0].device)
            return towers.loss(views[0][at], views[1][at], temperature=self.config.temperature)

        def held_loss() -> float:
            with torch.inference_mode():
                return float(loss(held[: self.config.batch]))

        train(
            towers, loss, examples=learned, schedule=self.config.schedule(), job=job,
            text="Learning which sound goes with which habit", held=held_loss if len(held) > 1 else None,
        )  # fmt: skip

    def _placed(self, projected: Tensor, there: BoolArray) -> FloatArray:
        """A tower's output, of unit length if so configured, nothing where nothing was read.  # [n_items, dim]"""
        rows = functional.normalize(projected, dim=1) if self.config.unit else projected
        return np.where(there[:, None], rows.cpu().numpy(), np.float32(0))

    def profile(self, history: History) -> FloatArray:
        """Where the history lies: its items' weighted sum; everyone's if it tells of none.  # [dim]"""
        told = np.asarray(history.row(len(self._items), power=self.config.power) @ self._items, np.float32)
        return told if told.any() else self._neutral

    def scores(self, profiles: FloatArray) -> FloatArray:
        """Inner products.  # [m, dim] -> [m, n_items]"""
        return floored(profiles @ self._items.T, self.servable)

    @property
    def servable(self) -> BoolArray:
        """Items that have a place in the space.  # [n_items]"""
        return self._servable

    def save(self, folder: Path) -> None:
        """Write the places of the items."""
        arrays = {"items": self._items, "neutral": self._neutral, "servable": self._servable}
        kept.write(folder, self.spec.name, config=self.config, arrays=arrays)

    @classmethod
    def load(cls, folder: Path) -> Self:
        """What ``save`` wrote; raises ModelUnavailable."""
        found = kept.read(folder, cls.spec.name)
        loaded = cls(config=found.config_as(cls.config_type))
        loaded._items = found.array("items", None, loaded.config.dim)
        loaded._neutral = found.array("neutral", loaded.config.dim)
        loaded._servable = found.array("servable", len(loaded._items))
        return loaded


class ContrastiveCollaborative(ContrastiveContent):
    """The recommender in the collaborative space."""

    spec = SPECS["contrastive-collaborative"]
    config_type = CollaborativeConfig


class ContrastiveAverage(ContrastiveContent):
    """The recommender in the average of both spaces."""

    spec = SPECS["contrastive-average"]
    config_type = AverageConfig


def _tower(inputs: int, dim: int) -> nn.Sequential:
    return nn.Sequential(nn.Linear(inputs, dim), nn.ReLU(), nn.Linear(dim, dim))
