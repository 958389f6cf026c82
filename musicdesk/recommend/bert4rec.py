"""What comes next: a small transformer that fills the gaps in people's listening, BERT4Rec.

Sun et al., CIKM 2019, as the comparison study uses it: some items of a sequence are masked, and foretold from those
before and after; to recommend, a mask is put after the last. The items are tied to how they sound: an item's row is a
learned projection of its frozen vector plus a learned part of its own, which is nothing for what nobody heard. In
training the own part is left out of some items (DropoutNet, Volkovs et al., NeurIPS 2017), so that the projection
alone has to do; that is all that speaks for a cold item, and it is no more than that.

Where no listen has a time there is no order, and none is learned: histories are sets. Against all items the softmax is
whole up to ``whole`` of them; of more, against those of the batch and a random sample.
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

MASK, PAD = -2, -1
"""What stands in a sequence for an item that is to be foretold, and for none."""
HELD = 0.1
"""The share of the listeners by which it is seen when to stop."""


@dataclass(frozen=True, slots=True)
class Bert4RecConfig:
    """The study's settings, but for ``dim`` (the study's is the encoder's), ``length`` (300) and ``alone`` (none)."""

    dim: int = 64
    layers: int = 2
    heads: int = 2
    inner: int = 256
    """Width of the feed-forward layers."""
    length: int = 100
    """So many of the latest items of a history are read."""
    masked: float = 0.2
    dropout: float = 0.1
    alone: float = 0.3
    """The share of the items that must do with their vector in a batch; 1: no item has a part of its own."""
    whole: int = 5000
    sampled: int = 2000
    """Items drawn at random for a batch where there are more than ``whole``."""
    epochs: int = 100
    batch: int = 128
    learning_rate: float = 1e-3
    patience: int = 16
    most: int = 2560
    """Listeners an epoch at most: of more, each epoch draws its own."""
    seed: int = 0

    def __post_init__(self) -> None:
        if min(self.dim, self.layers, self.heads, self.inner, self.length, self.sampled) < 1 or self.whole < 0:
            raise BadRequest("Dimensions, layers, heads, length and sample are 1 or more.")
        if self.dim % self.heads:
            raise BadRequest(f"{self.dim} dimensions cannot be shared by {self.heads} heads.")
        if not 0 < self.masked < 1 or not 0 <= self.dropout < 1 or not 0 <= self.alone <= 1:
            raise BadRequest("The shares of what is masked, dropped and left alone lie between 0 and 1.")
        self.schedule()

    def schedule(self) -> Schedule:
        """How it is trained; raises BadRequest for what cannot be."""
        return Schedule(
            self.epochs, self.learning_rate, self.batch, patience=self.patience, most=self.most, seed=self.seed
        )


class Block(nn.Module):
    """One layer: everything looks at everything, then thinks for itself; each normalised after it is added."""

    def __init__(self, config: Bert4RecConfig) -> None:
        super().__init__()
        dim = config.dim
        self.attention = nn.MultiheadAttention(dim, config.heads, dropout=config.dropout, batch_first=True)
        self.inner = nn.Sequential(nn.Linear(dim, config.inner), nn.GELU(), nn.Linear(config.inner, dim))
        self.first, self.second = nn.LayerNorm(dim), nn.LayerNorm(dim)
        self.dropout = nn.Dropout(config.dropout)

    def forward(self, x: Tensor, nothing: Tensor) -> Tensor:
        """Read ``x`` [b, t, dim], but not where there is ``nothing`` [b, t].  # [b, t, dim]"""
        seen, _ = self.attention(x, x, x, key_padding_mask=nothing, need_weights=False)
        x = self.first(x + self.dropout(seen))
        return cast("Tensor", self.second(x + self.dropout(self.inner(x))))


class Bert4RecNet(nn.Module):
    """Items tied to their vectors, places (if there is an order), and the blocks."""

    vectors: Tensor  # [n_items, vector_dim], frozen
    heard: Tensor  # [n_items, 1], 1 for those that have a part of their own

    def __init__(self, config: Bert4RecConfig, vectors: FloatArray, heard: BoolArray, *, ordered: bool) -> None:
        super().__init__()
        self.alone, self.ordered = config.alone, ordered
        self.register_buffer("vectors", torch.from_numpy(vectors))
        self.register_buffer("heard", torch.from_numpy(heard.astype(np.float32))[:, None])
        self.sound = nn.Linear(vectors.shape[1], config.dim, bias=False)
        self.own = nn.Parameter(torch.zeros(len(vectors), config.dim))
        self.bias = nn.Parameter(torch.zeros(len(vectors)))
        self.mask = nn.Parameter(0.02 * torch.randn(config.dim))
        self.places = nn.Embedding(config.length + 1, config.dim)
        nn.init.normal_(self.places.weight, std=0.02)
        self.norm, self.dropout = nn.LayerNorm(config.dim), nn.Dropout(config.dropout)
        self.blocks = nn.ModuleList(Block(config) for _ in range(config.layers))
        self.head = nn.Sequential(nn.Linear(config.dim, config.dim), nn.GELU(), nn.LayerNorm(config.dim))

    def rows(self) -> tuple[Tensor, Tensor]:
        """The items as the blocks know them, and how likely each is anyway.  # [n_items, dim], [n_items]"""
        has = self.heard
        if self.training:
            has = has * (torch.rand_like(has) >= self.alone)
        if self.alone == 1:
            has = torch.zeros_like(has)
        return self.sound(self.vectors) + has * self.own, has[:, 0] * self.bias

    def forward(self, sequences: Tensor, rows: Tensor) -> Tensor:
        """What each place of ``sequences`` [b, t] (items, MASK, PAD) tells of its item.  # [b, t, dim]"""
        x = functional.embedding(sequences.clamp(min=0), rows)
        x = torch.where((sequences == MASK)[..., None], self.mask, x)
        if self.ordered:
            x = x + self.places.weight[-sequences.shape[1] :]
        x, nothing = self.dropout(self.norm(x)), sequences == PAD
        for block in self.blocks:
            x = block(x, nothing)
        return cast("Tensor", self.head(x))


class Bert4Rec:
    """The recommender; a profile is what a mask after the history tells of the next item."""

    spec = SPECS["bert4rec"]
    config_type = Bert4RecConfig

    def __init__(self, *, config: Bert4RecConfig = Bert4RecConfig()) -> None:
        self.config = config
        self._network: Bert4RecNet | None = None
        self._rows = np.zeros((0, config.dim), np.float32)  # [n_items, dim]
        self._bias = np.zeros(0, np.float32)  # [n_items]
        self._servable = np.zeros(0, bool)

    def fit(self, log: Log, vectors: FloatArray | None, *, job: Job) -> None:
        """Train the network; raises NothingYet with fewer than two listeners, and BadRequest."""
        job.check()
        sounds = unit(needed(vectors, log.n_items))
        need_listeners(log)
        heard = np.bincount(log.items[log.degrees > 0], minlength=log.n_items) > 0
        sequences = _sequences(log, self.config.length)
        if not len(sequences):
            raise NothingYet("Nobody liked two things: there is no order to learn. Choose another recommender.")
        with luck(self.config.seed):
            ordered = bool(np.isfinite(log.times).any())
            network = Bert4RecNet(self.config, filled(sounds), heard, ordered=ordered).to(device())
            Cloze(self.config, network, sequences, np.flatnonzero(heard)).learn(job)
        self._keep(network.cpu(), present(sounds) | heard)

    def _keep(self, network: Bert4RecNet, servable: BoolArray) -> None:
        self._network, self._servable = network.eval(), servable
        with torch.inference_mode():
            self._rows, self._bias = (part.numpy() for part in network.rows())

    def profile(self, history: History) -> FloatArray:
        """What the network says of a mask after the latest items that were liked; of none, after nothing.  # [dim]"""
        assert self._network is not None, "fit or load first"
        liked = history.items[(history.degrees > 0) & self._servable[history.items]][-self.config.length :]
        sequence = torch.from_numpy(np.append(liked, MASK))[None]
        with torch.inference_mode():
            told = self._network(sequence, torch.from_numpy(self._rows))[0, -1]
        return cast("FloatArray", told.numpy())

    def scores(self, profiles: FloatArray) -> FloatArray:
        """Logits.  # [m, dim] -> [m, n_items]"""
        return floored(profiles @ self._rows.T + self._bias, self.servable)

    @property
    def servable(self) -> BoolArray:
        """Items that somebody heard or that have a vector.  # [n_items]"""
        return self._servable

    def save(self, folder: Path) -> None:
        """Write the network; the frozen vectors are part of it."""
        assert self._network is not None, "fit or load first"
        arrays = {f"network.{name}": tensor.numpy() for name, tensor in self._network.state_dict().items()}
        arrays |= {"servable": self._servable, "ordered": np.array([self._network.ordered])}
        kept.write(folder, self.spec.name, config=self.config, arrays=arrays)

    @classmethod
    def load(cls, folder: Path) -> Self:
        """What ``save`` wrote; raises ModelUnavailable."""
        found = kept.read(folder, cls.spec.name)
        loaded = cls(config=found.config_as(Bert4RecConfig))
        vectors = found.array("network.vectors", None, None)
        heard = found.array("network.heard", len(vectors), 1)
        ordered = bool(found.array("ordered", 1)[0])
        with luck(0):
            network = Bert4RecNet(loaded.config, vectors, heard[:, 0] > 0, ordered=ordered)
        wanted = {name: tensor.shape for name, tensor in network.state_dict().items()}
        state = {name: torch.from_numpy(found.array(f"network.{name}", *shape)) for name, shape in wanted.items()}
        network.load_state_dict(state)
        loaded._keep(network, found.array("servable", len(vectors)))
        return loaded


class Cloze:
    """The training: gaps are made, and what stood there is to be foretold."""

    def __init__(self, config: Bert4RecConfig, network: Bert4RecNet, sequences: IntArray, heard: IntArray) -> None:
        self._config, self._network, self._heard = config, network, heard
        self._learned, self._held = held_out(np.arange(len(sequences)), share=HELD, seed=config.seed)
        self._sequences = torch.from_numpy(sequences).to(device())

    def learn(self, job: Job) -> None:
        """Train until it gets no better at filling the gaps of people held out."""
        train(
            self._network, self._loss, examples=self._learned, schedule=self._config.schedule(), job=job,
            text="Learning what follows what", held=self._held_loss if len(self._held) else None,
        )  # fmt: skip

    def _held_loss(self) -> float:
        parts = np.array_split(self._held, -(-len(self._held) // self._config.batch))
        with torch.inference_mode(), luck(self._config.seed):  # the same gaps every time
            return sum(float(self._loss(part)) * len(part) for part in parts) / len(self._held)

    def _loss(self, rows: IntArray) -> Tensor:
        """Cross-entropy of the items behind the gaps of some sequences.  # []"""
        sequences = self._sequences[torch.from_numpy(rows).to(self._sequences.device)]
        gaps = self._gaps(sequences)
        items, bias = self._network.rows()
        told = self._network(sequences.masked_fill(gaps, MASK), items)[gaps]
        right = sequences[gaps]
        choice = self._choice(right)
        logits = told @ items[choice].T + bias[choice]
        return functional.cross_entropy(logits, torch.searchsorted(choice, right))

    def _gaps(self, sequences: Tensor) -> Tensor:
        """Which places are masked: a share of those with an item, and at least one of each sequence."""
        luck_of = torch.rand(sequences.shape, device=sequences.device).masked_fill(sequences == PAD, 2.0)
        return (luck_of < self._config.masked) | (luck_of == luck_of.min(dim=1, keepdim=True).values)

    def _choice(self, right: Tensor) -> Tensor:
        """The items among which the right ones are to be found: all that were heard, or a sample.  # ascending"""
        heard = torch.from_numpy(self._heard).to(right.device)
        if len(heard) <= self._config.whole:
            return heard
        drawn = heard[torch.randint(len(heard), (self._config.sampled,), device=right.device)]
        return cast("Tensor", torch.unique(torch.cat([right, drawn])))


def _sequences(log: Log, length: int) -> IntArray:
    """What each listener liked, the latest last, filled up in front; who liked one thing teaches nothing.

    # [n, length] rows of items, or PAD
    """
    liked = log.only(log.degrees > 0)
    histories = [liked.history(user).items[-length:] for user in liked.listeners.tolist()]
    histories = [items for items in histories if len(items) > 1]
    longest = max((len(items) for items in histories), default=0)
    table = np.full((len(histories), longest), PAD, np.int64)
    for row, items in zip(table, histories, strict=True):
        row[longest - len(items) :] = items
    return table
