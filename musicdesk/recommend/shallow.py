"""Listeners and sounds in one space: one shared projection, taught by who listens to what.

The comparison study's shallow network: a listener stands at the mean of what they heard, and one projection (a linear
map and a ReLU) takes listeners and items into one space, where the cosine is the score. For each listen, other
listeners stand against the one who did listen (hinge with a margin). As in the study's code, and unlike its text,
listeners have no numbers of their own, so that someone new is read like everyone else. With ``items`` "learned" an
item's row is its sound and an own part that begins at 0 and weighs the more, the more people heard the item; cold
items have none, and are projected as they sound. With "frozen" there is only the sound. Rows of few dimensions get
more of them, empty at first.

One thing is ours. What a listener is known by and what is asked of them are different halves of the history, drawn
anew each time: a mean that holds the very item it is compared with has nothing to learn. Because the loss only compares
listeners, it says who would hear an item, not how many do: on public logs that costs much of what popularity alone
finds. Steps draw listeners and at most ``listens`` of what they heard, so that the cost grows with the log and the
memory with the items.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self, cast

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
from musicdesk.records import FloatArray, IntArray, unit_rows

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

ITEMS = ("learned", "frozen")
HELD = 0.1
"""The share of the listeners by which it is seen when to stop."""
MEASURED = 512
"""Listeners held out that are looked at after each epoch."""
WIDE = 256
"""Rows have at least so many dimensions."""


@dataclass(frozen=True, slots=True)
class ShallowConfig:
    """Margin and learning rate are the study's; the rest was chosen on HetRec Last.fm, within its train part."""

    items: str = "frozen"
    """Whether an item is its sound alone ("frozen"), or has an own part beside it ("learned")."""
    margin: float = 0.2
    own: float = 5.0
    """So many listeners give an item's own part half its weight."""
    alone: float = 0.5
    """The share of the listens in which an item is asked for by its sound alone, as cold items will be."""
    hidden: float = 0.5
    """The share of a history that is asked for while the rest tells who listens."""
    epochs: int = 24
    batch: int = 256
    """Listeners a step: each stands against all others."""
    listens: int = 4096
    """Listens a step at most."""
    learning_rate: float = 1e-3
    patience: int = 8
    most: int = 5_000
    """Listeners an epoch at most."""
    seed: int = 0

    def __post_init__(self) -> None:
        if self.items not in ITEMS:
            raise BadRequest(f"Items are one of: {', '.join(ITEMS)}; {self.items!r} is none of them.")
        if not 0 < self.margin <= 2 or self.listens < 1:
            raise BadRequest("The margin lies above 0 and at most at 2, and a step has one listen or more.")
        if not 0 <= self.own <= 1e6:
            raise BadRequest("Own lies between 0 and a million listeners.")
        if not 0 <= self.alone <= 1 or not 0 < self.hidden < 1:
            raise BadRequest("Alone lies between 0 and 1, and some of a history is hidden, but not all of it.")
        self.schedule()

    def schedule(self) -> Schedule:
        """How it is trained; raises BadRequest for what cannot be."""
        return Schedule(
            self.epochs, self.learning_rate, self.batch, patience=self.patience, most=self.most, seed=self.seed
        )


class ShallowNet(nn.Module):
    """The items, and the projection that they share with the listeners."""

    sounds: Tensor  # [n_items, wide], frozen
    trust: Tensor  # [n_items, 1] what the own part weighs, 0 for cold items
    own: nn.Parameter  # [n_items, wide], or nothing at all if items are frozen

    def __init__(self, sounds: FloatArray, trust: FloatArray, *, learned: bool) -> None:
        super().__init__()
        n_items, dim = sounds.shape
        wide = max(dim, WIDE)
        self.learned = learned
        padded = functional.pad(torch.from_numpy(sounds), (0, wide - dim))
        self.register_buffer("sounds", padded, persistent=False)  # need not be copied with the best weights
        self.register_buffer("trust", torch.from_numpy(trust)[:, None], persistent=False)
        self.own = nn.Parameter(torch.zeros(n_items if learned else 0, wide), requires_grad=learned)
        self.shared = nn.Linear(wide, wide)
        nn.init.zeros_(self.shared.bias)  # or all would begin by lying the same way

    def rows(self, items: Tensor, asked: Tensor | None = None) -> Tensor:
        """Sound and own part of ``items``; the latter only where ``asked`` [n] is 1, if that is given.  # [n, wide]"""
        if not self.learned:
            return self.sounds[items]
        trust = self.trust[items] if asked is None else self.trust[items] * asked[:, None]
        own = functional.embedding(items, self.own)  # of which the gradient is summed in one order, unlike an index's
        return self.sounds[items] + trust * own

    def project(self, rows: Tensor) -> Tensor:
        """Rows of items or of listeners as directions.  # [..., wide]"""
        return functional.normalize(functional.relu(self.shared(rows)), dim=-1)

    def listeners(self, items: Tensor, starts: Tensor) -> Tensor:
        """Those who heard ``items`` [n], the i-th from ``starts[i]`` on: their means, projected.  # [m, wide]"""
        sums = functional.embedding_bag(torch.arange(len(items)).to(items), self.rows(items), starts, mode="sum")
        return self.project(functional.normalize(sums, dim=1))


def hinge(cosines: Tensor, who: Tensor, others: Tensor, *, margin: float) -> Tensor:
    """What it costs that ``others`` [n, m] (1 or 0) come nearer to an item than ``who`` [n] did hear it.  # []

    ``cosines`` [n, m] are of items and listeners.
    """
    right = cosines.gather(1, who[:, None])
    costs = functional.relu(margin - right + cosines) * others
    return costs.sum() / others.sum().clamp_min(1)


class Shallow:
    """The recommender; a profile is a listener's row, projected."""

    spec = SPECS["shallow"]
    config_type = ShallowConfig

    def __init__(self, *, config: ShallowConfig = ShallowConfig()) -> None:
        self.config = config
        self._rows = np.zeros((0, 1), np.float32)  # [n_items, wide] what an item says in a history
        self._servable = np.zeros(0, bool)
        self._neutral = np.zeros(1, np.float32)  # [wide] the mean listener, projected
        self._weight = np.zeros((1, 1), np.float32)
        self._bias = np.zeros(1, np.float32)
        self._projected = np.zeros((0, 1), np.float32)  # [n_items, wide]

    def fit(self, log: Log, vectors: FloatArray | None, *, job: Job) -> None:
        """Train items and projection; raises NothingYet with fewer than two listeners, and BadRequest."""
        job.check()
        sounds = unit(needed(vectors, log.n_items))
        need_listeners(log)
        self._servable = present(sounds)
        matrix = _only(log.matrix(binary=True), self._servable)
        people = np.flatnonzero(np.diff(matrix.indptr) > 1)
        if len(people) < 2:
            raise NothingYet("Fewer than two people liked two analysed tracks or more. Analyse more of what they like.")
        count = np.bincount(matrix.indices, minlength=log.n_items).astype(np.float32)
        with luck(self.config.seed):
            trust = count / np.maximum(count + np.float32(self.config.own), np.float32(1e-9))
            network = ShallowNet(filled(sounds), trust, learned=self.config.items == "learned").to(device())
            self._learn(network, matrix, people, job=job)
        self._keep(network, count)

    def _learn(self, network: ShallowNet, matrix: "csr_matrix", people: IntArray, *, job: Job) -> None:
        learned, held = held_out(people, share=HELD, seed=self.config.seed)
        rng = np.random.default_rng([self.config.seed, 2])

        def held_loss() -> float:
            with torch.inference_mode():
                same = np.random.default_rng([self.config.seed, 3])  # hides the same every time
                return float(self._loss(network, matrix[held[:MEASURED]], same))

        train(
            network, lambda rows: self._loss(network, matrix[rows], rng), examples=learned,
            schedule=self.config.schedule(), job=job, text="Learning who listens to what",
            held=held_loss if len(held) > 1 else None,
        )  # fmt: skip

    def _loss(self, network: ShallowNet, heard: "csr_matrix", rng: np.random.Generator) -> Tensor:
        """The hinge of some listeners' rows, each asked for one part of them by the other.  # []"""
        place = network.shared.weight.device
        who = np.repeat(np.arange(heard.shape[0]), np.diff(heard.indptr))
        hidden = _hidden(heard, who, share=self.config.hidden, rng=rng)
        shown = np.flatnonzero(~hidden)
        starts = np.searchsorted(who[shown], np.arange(heard.shape[0]))
        people = network.listeners(*(torch.from_numpy(a).to(place) for a in (_wide(heard.indices[shown]), starts)))
        asked = rng.permutation(np.flatnonzero(hidden))[: self.config.listens]
        items = _wide(heard.indices[asked])
        with_own = (rng.random(len(items)) >= self.config.alone).astype(np.float32)
        sounds = network.project(network.rows(*(torch.from_numpy(a).to(place) for a in (items, with_own))))
        others = torch.from_numpy(_strangers(heard, items)).to(place)
        return hinge(sounds @ people.T, torch.from_numpy(who[asked]).to(place), others, margin=self.config.margin)

    def _keep(self, network: ShallowNet, count: FloatArray) -> None:
        """Take over what is needed to score."""
        with torch.inference_mode():
            rows = network.rows(torch.arange(len(count), device=network.sounds.device))
            self._rows, self._projected = _array(rows), _array(network.project(rows))
        self._weight, self._bias = _array(network.shared.weight), _array(network.shared.bias)
        self._neutral = self._project(np.asarray(count @ self._rows, np.float32))

    def profile(self, history: History) -> FloatArray:
        """The mean of what was liked, or of all listening, projected.  # [wide]"""
        liked = (history.row(len(self._rows), power=0) > 0) & self._servable
        return self._project(self._rows[liked].sum(axis=0)) if liked.any() else self._neutral

    def _project(self, row: FloatArray) -> FloatArray:
        ahead = np.maximum(self._weight @ unit_rows(row) + self._bias, 0)
        return unit_rows(np.asarray(ahead, np.float32))

    def scores(self, profiles: FloatArray) -> FloatArray:
        """Cosines in the shared space.  # [m, wide] -> [m, n_items]"""
        return floored(profiles @ self._projected.T, self.servable)

    @property
    def servable(self) -> BoolArray:
        """Items with a vector, heard or not.  # [n_items]"""
        return self._servable

    _ARRAYS = ("rows", "servable", "neutral", "weight", "bias", "projected")

    def save(self, folder: Path) -> None:
        """Write projection and items."""
        arrays = {name: getattr(self, f"_{name}") for name in self._ARRAYS}
        kept.write(folder, self.spec.name, config=self.config, arrays=arrays)

    @classmethod
    def load(cls, folder: Path) -> Self:
        """What ``save`` wrote; raises ModelUnavailable."""
        found = kept.read(folder, cls.spec.name)
        loaded = cls(config=found.config_as(ShallowConfig))
        n_items, wide = found.array("rows", None, None).shape
        shapes: dict[str, tuple[int | None, ...]] = {
            "rows": (n_items, wide), "servable": (n_items,), "neutral": (wide,), "weight": (wide, wide),
            "bias": (wide,), "projected": (n_items, wide),
        }  # fmt: skip
        for name, shape in shapes.items():
            setattr(loaded, f"_{name}", found.array(name, *shape))
        return loaded


def _only(matrix: "csr_matrix", items: BoolArray) -> "csr_matrix":
    """The matrix without what was heard of other items."""
    from scipy.sparse import csr_matrix, diags

    some = csr_matrix(matrix @ diags(items.astype(np.float32)))
    some.eliminate_zeros()
    return some


def _hidden(heard: "csr_matrix", who: IntArray, *, share: float, rng: np.random.Generator) -> BoolArray:
    """Which of the listens are asked for: a share of each row, at least one, and never all.  # [n]"""
    drawn = rng.permutation(len(who)) / max(len(who), 1)
    lowest, highest = (part.reduceat(drawn, heard.indptr[:-1])[who] for part in (np.minimum, np.maximum))
    return np.asarray(((drawn < share) | (drawn == lowest)) & (drawn != highest), bool)


def _strangers(heard: "csr_matrix", items: IntArray) -> FloatArray:
    """1 for each listener who did not hear the item.  # [n, m]"""
    some, at = np.unique(items, return_inverse=True)
    return np.asarray(1 - heard[:, some].toarray().T[at.reshape(-1)], np.float32)


def _wide(rows: IntArray) -> IntArray:
    return np.asarray(rows, np.int64)


def _array(tensor: Tensor) -> FloatArray:
    return cast("FloatArray", tensor.detach().cpu().numpy())
