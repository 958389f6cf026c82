"""What goes together, foretold from the sound: ELSA whose item factors come from the audio.

The comparison study trains a network from sounds to unit factors end to end, with ELSA's loss (``mapping`` "network").
By default the factors are ELSA's own, learned from habits, and foretold by kernel ridge regression (``mapping``
"kernel", see ``foretelling``): the history speaks through the factors that habits gave it, an item through those that
its sound foretells, or, the more people heard it, its own. On HetRec Last.fm that is better for cold
items.

Either way a cold item is served by construction. The network sees at most ``columns`` items a step, so that its cost
does not grow with the library; the kernel has a fixed number of landmarks.
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
from musicdesk.recommend.foretelling import foretell, levelled
from musicdesk.recommend.habits import habit_factors
from musicdesk.recommend.log import BoolArray, History, Log
from musicdesk.recommend.rows import mean_row, powered
from musicdesk.recommend.specs import SPECS
from musicdesk.recommend.vectors import filled, needed, present
from musicdesk.records import FloatArray, IntArray

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

MAPPINGS = ("kernel", "network")
HELD = 0.1
"""The share of the listeners by which it is seen when the network is to stop."""


@dataclass(frozen=True, slots=True)
class HybridConfig:
    """How sounds become factors; defaults as tuned on HetRec Last.fm, on artists held out of the training part."""

    mapping: str = "kernel"
    factors: int = 256
    power: float = 0.5
    """Exponent of the degrees: 0 only tells whether somebody liked it, 1 takes them as they are."""
    own: float = 5.0
    """So many listeners make an item's own factors weigh as much as the foretold ones (kernel); 0: sound alone."""
    landmarks: int = 1500
    """Items that the kernel compares with."""
    width: int = 256
    """Of the network's inner layer."""
    hidden: float = 0.75
    """The share of a history that is hidden while the whole of it is to be foretold; 0 as published."""
    columns: int = 8000
    epochs: int = 40
    batch: int = 128
    learning_rate: float = 3e-3
    patience: int = 8
    seed: int = 0

    def __post_init__(self) -> None:
        if self.mapping not in MAPPINGS:
            raise BadRequest(f"Sounds are mapped by one of: {', '.join(MAPPINGS)}; {self.mapping!r} is none.")
        if min(self.factors, self.landmarks, self.width, self.columns) < 1 or self.own < 0:
            raise BadRequest("Factors, landmarks, width and columns are 1 or more, and own is not below 0.")
        if not 0 <= self.power <= 4 or not 0 <= self.hidden < 1:
            raise BadRequest("The exponent of the degrees lies between 0 and 4, the hidden share between 0 and 1.")
        self.schedule()

    def schedule(self) -> Schedule:
        """How the network is trained; raises BadRequest for what cannot be."""
        return Schedule(self.epochs, self.learning_rate, self.batch, patience=self.patience, seed=self.seed)


class Hybrid:
    """The recommender; a profile is the sum of the factors of what was heard."""

    spec = SPECS["hybrid"]
    config_type = HybridConfig

    def __init__(self, *, config: HybridConfig = HybridConfig()) -> None:
        self.config = config
        self._heard = np.zeros((0, config.factors), np.float32)
        """What an item says in a history.  # [n_items, factors]"""
        self._items = np.zeros((0, config.factors), np.float32)
        """What an item is scored by.  # [n_items, factors]"""
        self._neutral = np.zeros(config.factors, np.float32)
        self._servable = np.zeros(0, bool)

    def fit(self, log: Log, vectors: FloatArray | None, *, job: Job) -> None:
        """Learn the items' factors; raises NothingYet with fewer than two listeners, and BadRequest."""
        job.check()
        sounds = levelled(needed(vectors, log.n_items))
        need_listeners(log)
        matrix = powered(log.matrix(), self.config.power)
        listeners = np.bincount(matrix.indices, minlength=log.n_items)
        if not (present(sounds) & (listeners > 0)).any():
            raise NothingYet("Nothing that people listened to has been analysed. Analyse it first.")
        by = self._by_kernel if self.config.mapping == "kernel" else self._by_network
        self._heard, self._items = by(matrix, sounds, listeners, job=job)
        self._servable = present(sounds) | (self._items.any(axis=1) & (listeners > 0))
        self._neutral = mean_row(matrix) @ self._heard

    def _by_kernel(
        self, matrix: "csr_matrix", sounds: FloatArray, listeners: IntArray, *, job: Job
    ) -> tuple[FloatArray, FloatArray]:
        """Factors of habits, and what their regression on the sounds foretells."""
        config, known, heard = self.config, present(sounds), listeners > 0
        own = habit_factors(matrix, factors=config.factors, hidden=config.hidden, seed=config.seed, job=job)
        both, rng = known & heard, np.random.default_rng(config.seed)
        foretold = np.zeros_like(own)
        told = foretell(sounds[both], own[both], landmarks=config.landmarks, rng=rng, job=job)
        foretold[known] = told(sounds[known])
        trust = np.where(config.own > 0, listeners / (listeners + max(config.own, 1e-9)), 0.0)[:, None]
        return own, np.asarray(foretold + trust * (own - foretold), np.float32)

    def _by_network(
        self, matrix: "csr_matrix", sounds: FloatArray, listeners: IntArray, *, job: Job
    ) -> tuple[FloatArray, FloatArray]:
        """The study's: a network's factors, for what was heard and what is scored alike."""
        known = present(sounds)
        with luck(self.config.seed):
            course = _EndToEnd(self.config, matrix, filled(sounds), np.flatnonzero(known & (listeners > 0)))
            factors = np.where(known[:, None], course.learn(job), 0).astype(np.float32)
        return factors, factors

    def profile(self, history: History) -> FloatArray:
        """The weighted sum of the history's factors; everyone's mean if it tells of none.  # [factors]"""
        row = history.row(len(self._heard), power=self.config.power)
        told = np.asarray(row @ self._heard, np.float32)
        return told if told.any() else self._neutral

    def scores(self, profiles: FloatArray) -> FloatArray:
        """Inner products.  # [m, factors] -> [m, n_items]"""
        return floored(profiles @ self._items.T, self.servable)

    @property
    def servable(self) -> BoolArray:
        """Items with a vector, heard or not.  # [n_items]"""
        return self._servable

    def save(self, folder: Path) -> None:
        """Write both kinds of factors."""
        arrays = {
            "heard": self._heard, "items": self._items, "neutral": self._neutral, "servable": self._servable
        }  # fmt: skip
        kept.write(folder, self.spec.name, config=self.config, arrays=arrays)

    @classmethod
    def load(cls, folder: Path) -> Self:
        """What ``save`` wrote; raises ModelUnavailable."""
        found = kept.read(folder, cls.spec.name)
        loaded = cls(config=found.config_as(HybridConfig))
        loaded._items = found.array("items", None, None)
        n_items, factors = loaded._items.shape
        loaded._heard, loaded._neutral = found.array("heard", n_items, factors), found.array("neutral", factors)
        loaded._servable = found.array("servable", n_items)
        return loaded


class _EndToEnd:
    """From sounds to unit factors by two layers, taught by ELSA's loss."""

    def __init__(self, config: HybridConfig, matrix: "csr_matrix", sounds: FloatArray, warm: IntArray) -> None:
        self._config, self._warm = config, warm
        self._matrix = matrix[:, warm]
        self._sounds = torch.from_numpy(sounds).to(device())
        dim = sounds.shape[1]
        inner = [nn.Linear(dim, config.width), nn.ReLU(), nn.Linear(config.width, config.factors)]
        self._network = nn.Sequential(*inner).to(device())
        self._rng = np.random.default_rng([config.seed, 2])

    def learn(self, job: Job) -> FloatArray:
        """Train, and tell all items' factors.  # [n_items, factors]"""
        people = np.flatnonzero(np.diff(self._matrix.indptr) > 1)
        learned, held = held_out(people, share=HELD, seed=self._config.seed)
        train(
            self._network, self._loss, examples=learned, schedule=self._config.schedule(), job=job,
            text="Learning what sounds go together", held=(lambda: self._held_loss(held)) if len(held) else None,
        )  # fmt: skip
        with torch.inference_mode():
            return cast("FloatArray", self._factors(self._sounds).cpu().numpy())

    def _held_loss(self, held: IntArray) -> float:
        self_rng, self._rng = self._rng, np.random.default_rng([self._config.seed, 3])  # hides the same every time
        with torch.inference_mode():
            loss = float(self._loss(held[:512]))
        self._rng = self_rng
        return loss

    def _factors(self, sounds: Tensor) -> Tensor:
        return functional.normalize(self._network(sounds), dim=1)

    def _loss(self, people: IntArray) -> Tensor:
        """The normalised squared error of some people's rows, foretold from what was left of them.  # []"""
        rows = self._matrix[people]
        columns = self._columns(rows)
        whole = rows[:, columns].toarray()
        shown = whole * (self._rng.random(whole.shape, np.float32) >= self._config.hidden)
        x, y = (torch.from_numpy(part).to(device()) for part in (shown, whole))
        a = self._factors(self._sounds[torch.from_numpy(self._warm[columns]).to(device())])
        told = (x @ a) @ a.T - x
        return (functional.normalize(told, dim=1) - functional.normalize(y, dim=1)).square().sum(dim=1).mean()

    def _columns(self, rows: "csr_matrix") -> IntArray:
        """All items, or as many as may be: those of the rows first, then some drawn at random."""
        count, most = rows.shape[1], self._config.columns
        if count <= most:
            return np.arange(count)
        heard = np.unique(rows.indices)
        return np.sort(self._rng.permutation(np.union1d(heard, self._rng.integers(count, size=most)))[:most])
