"""What recommenders have in common whose network reads a whole history and scores every item that anybody likes.

torch trains the network, numpy serves it: what is kept are its weights. A short log is given a narrower network, or it
would be learned by heart; so is a very long catalogue, for the sake of memory.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Generic, Self, TypeVar

import numpy as np
import torch
from torch import Tensor, nn

from musicdesk import kept
from musicdesk.errors import BadRequest, ModelUnavailable, NothingYet
from musicdesk.jobs import Job
from musicdesk.learning import Schedule, device, held_out, luck, train
from musicdesk.recommend.bags import Bag, Choice, Judges, people_of
from musicdesk.recommend.base import RecommenderSpec, floored, need_listeners
from musicdesk.recommend.log import BoolArray, History, Log
from musicdesk.recommend.rows import mean_row, powered
from musicdesk.records import FloatArray, IntArray

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

HELD = 0.1
"""The share of the listeners by whom it is seen when to stop."""
JUDGES = 400
"""So many of these at most: more would tell it no better."""
FEWEST = 512
"""Histories an epoch, at least: of fewer listeners each comes more than once, or patience would end before anything is
learned."""
MOST = 12_000_000
"""Numbers in a table with a row for every item: each batch moves all of them, and training holds ten times as many."""
NARROWEST = 32
"""A table with fewer columns is not worth training."""
LARGEST = 100_000_000
"""No size that was saved is larger."""


@dataclass(frozen=True, slots=True)
class ReaderConfig:
    """What all of them can be told."""

    power: float = 1.0
    """Exponent of the degrees: 0 only tells whether somebody liked it, 1 takes them as they are."""
    whole: int = 8_000
    """Up to so many items the softmax goes over all of them."""
    sampled: int = 4_000
    """Items drawn at random for a batch where there are more."""
    epochs: int = 100
    batch: int = 128
    learning_rate: float = 1e-3
    weight_decay: float = 0.0
    patience: int = 12
    most: int = 2_560
    """Listeners an epoch at most: of more, each epoch draws its own."""
    seed: int = 0

    def __post_init__(self) -> None:
        if min(self.whole, self.sampled) < 1 or not 0 <= self.power <= 4:
            raise BadRequest("The softmax takes 1 item or more, and the exponent of the degrees lies between 0 and 4.")
        self.schedule()

    def schedule(self) -> Schedule:
        """How it is trained; raises BadRequest for what cannot be."""
        return Schedule(
            self.epochs, self.learning_rate, self.batch, patience=self.patience,
            weight_decay=self.weight_decay, most=self.most, seed=self.seed,
        )  # fmt: skip


class ReadingNet(nn.Module, ABC):
    """A network that reads bags of items."""

    @abstractmethod
    def cost(self, bag: Bag, choice: Choice) -> Tensor:
        """What each history of the bag costs while it learns.  # [n]"""

    @abstractmethod
    def logits(self, bag: Bag) -> Tensor:
        """How well every item suits each history.  # [n, n_items]"""

    def served(self) -> dict[str, Tensor]:
        """What is kept of it, by name."""
        return dict(self.state_dict())


Config = TypeVar("Config", bound=ReaderConfig)


class Reader(ABC, Generic[Config]):
    """The recommender around such a network; ``_weights`` are what it learned, by name."""

    spec: ClassVar[RecommenderSpec]
    config_type: ClassVar[type]

    def __init__(self, *, config: Config) -> None:
        self.config = config
        self._sizes: tuple[int, ...] = (0,)
        """Of the network: so many items, and what else ``_sized`` says."""
        self._weights: dict[str, FloatArray] = {}
        self._heard: IntArray = np.zeros(0, np.int64)  # [n_heard] items that somebody likes, ascending
        self._n_items = 0
        self._neutral = np.zeros(1, np.float32)  # [k]

    @abstractmethod
    def _sized(self, n_items: int, n_people: int) -> tuple[int, ...]:
        """The sizes of a network for so many items that so many people listen to, the number of items first."""

    @abstractmethod
    def _build(self, sizes: tuple[int, ...]) -> ReadingNet:
        """A network that knows nothing yet."""

    @abstractmethod
    def _read(self, items: IntArray, degrees: FloatArray) -> FloatArray:
        """What is read in a history; there is at least one item.  # [m], [m] above 0 -> [k]"""

    @abstractmethod
    def _told(self, profiles: FloatArray) -> FloatArray:
        """How well the items suit what was read.  # [m, k] -> [m, n_heard]"""

    def _prepare(self) -> None:
        """Make of the weights what every score needs."""

    def fit(self, log: Log, vectors: FloatArray | None, *, job: Job) -> None:  # noqa: ARG002
        """Train the network; raises NothingYet with too few listeners, and BadRequest for too many items."""
        job.check()
        need_listeners(log)
        matrix = powered(log.matrix(), self.config.power)
        self._heard = np.flatnonzero(np.bincount(matrix.indices, minlength=log.n_items))
        matrix, self._n_items = matrix[:, self._heard], log.n_items
        people = people_of(matrix)
        if not len(people):
            raise NothingYet("Nobody liked two things: nothing tells what goes together. Choose another recommender.")
        self._sizes = self._sized(len(self._heard), len(people))
        with luck(self.config.seed):
            network = self._build(self._sizes).to(device())
            self._learn(network, matrix, people, job=job)
        self._weights = {name: tensor.cpu().numpy() for name, tensor in network.served().items()}
        self._prepare()
        mean = mean_row(matrix)
        self._neutral = self._read(np.arange(len(mean)), mean)

    def _learn(self, network: ReadingNet, matrix: "csr_matrix", people: IntArray, *, job: Job) -> None:
        config = self.config
        learned, held = held_out(people, share=HELD, seed=config.seed)

        def loss(rows: IntArray) -> Tensor:
            bag = Bag.of(matrix[rows])
            return network.cost(bag, Choice.of(bag, matrix.shape[1], whole=config.whole, sampled=config.sampled)).mean()

        judges = Judges(matrix[held[:JUDGES]], seed=config.seed) if len(held) else None
        train(
            network, loss, examples=np.tile(learned, -(-FEWEST // len(learned))), schedule=config.schedule(), job=job,
            text="Learning what goes together", held=self._measure(network, judges),
        )  # fmt: skip

    def _measure(self, network: ReadingNet, judges: Judges | None) -> Callable[[], float] | None:
        """What is asked after each epoch, lower being better; None: what learning costs."""
        return None if judges is None else lambda: judges.missed(network.logits)

    def profile(self, history: History) -> FloatArray:
        """What the network reads in what was liked; in the mean taste where that is nothing it knows.  # [k]"""
        row = history.row(self._n_items, power=self.config.power)[self._heard]
        liked = np.flatnonzero(row > 0)
        return self._read(liked, row[liked]) if len(liked) else self._neutral

    def scores(self, profiles: FloatArray) -> FloatArray:
        """Logits.  # [m, k] -> [m, n_items]"""
        scores = np.zeros((len(profiles), self._n_items), np.float32)
        scores[:, self._heard] = self._told(profiles)
        return floored(scores, self.servable)

    @property
    def servable(self) -> BoolArray:
        """Items that somebody likes.  # [n_items]"""
        found = np.zeros(self._n_items, bool)
        found[self._heard] = True
        return found

    def save(self, folder: Path) -> None:
        """Write the network's weights."""
        weights = {f"network.{name}": array for name, array in self._weights.items()}
        sizes = np.array([self._n_items, *self._sizes])
        arrays = {**weights, "sizes": sizes, "heard": self._heard, "neutral": self._neutral}
        kept.write(folder, self.spec.name, config=self.config, arrays=arrays)

    @classmethod
    def load(cls, folder: Path) -> Self:
        """What ``save`` wrote; raises ModelUnavailable."""
        found = kept.read(folder, cls.spec.name)
        loaded = cls(config=found.config_as(cls.config_type))
        sizes = found.array("sizes", len(loaded._sizes) + 1)
        if not 1 <= sizes.min() <= sizes.max() <= LARGEST:
            raise ModelUnavailable(
                f"The saved recommender {cls.spec.name} is of no size. Run: musicdesk recommenders fit"
            )
        loaded._n_items, *rest = (int(size) for size in sizes)
        loaded._sizes = tuple(rest)
        loaded._heard = found.array("heard", loaded._sizes[0])
        loaded._neutral = found.array("neutral", None)
        with torch.device("meta"), luck(0):  # only the shapes are wanted
            wanted = {name: tensor.shape for name, tensor in loaded._build(loaded._sizes).served().items()}
        loaded._weights = {name: found.array(f"network.{name}", *shape) for name, shape in wanted.items()}
        loaded._prepare()
        return loaded


def narrowed(width: int, *, n_items: int, n_people: int, people: int) -> int:
    """``width``, or less: one column for so many ``people``, and no larger a table than fits.

    Raises BadRequest where the catalogue is so long that hardly a column is left.
    """
    if NARROWEST * n_items > MOST:
        raise BadRequest(
            f"{n_items:,} items are more than this holds in memory; it stops at {MOST // NARROWEST:,}. "
            "Choose item-knn, which does with less."
        )
    return min(width, MOST // n_items, max(n_people // people, NARROWEST))
