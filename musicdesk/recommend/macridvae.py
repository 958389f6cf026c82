"""A listener's taste kind by kind, where the kinds are learned with the tastes: MacridVAE.

Ma, Zhou, Cui, Yang & Zhu, "Learning disentangled representations for recommendation", NeurIPS 2019 (macro
disentanglement). Every item has a direction and so has every kind (prototype); the cosines of the two, softened, say
how much of an item belongs to each kind. What of a history is of one kind goes through one encoder into a taste for
that kind, a direction again; an item's score is the mixture over its kinds of how near it is to the taste for each.

Which kind an item is of is drawn in training (Gumbel's way, so that it can be learned) unless ``drawn`` is off; to
recommend, the shares themselves are taken, and nothing is drawn. A profile is the tastes for all kinds, one after the
other.
"""

from dataclasses import dataclass
from typing import cast

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from musicdesk.errors import BadRequest
from musicdesk.recommend.bags import Bag, Choice
from musicdesk.recommend.reader import Reader, ReaderConfig, ReadingNet, narrowed
from musicdesk.recommend.specs import SPECS
from musicdesk.records import FloatArray, IntArray, unit_rows


@dataclass(frozen=True, slots=True)
class MacridVaeConfig(ReaderConfig):
    """The published network; how wide for how many and how long was chosen on HetRec Last.fm, on training pairs."""

    learning_rate: float = 3e-3
    kinds: int = 7
    width: int = 100
    """Of a direction, and of the encoder's inner layer, at most."""
    people: int = 8
    """So many listeners for each column of the tables."""
    temperature: float = 0.1
    """The lower, the more a cosine decides."""
    forgotten: float = 0.5
    """The share of a history that is forgotten in training."""
    drawn: bool = False
    """Whether the kinds of the items are drawn in training, instead of shared."""
    spread: float = 0.075
    """Deviation of the prior."""
    beta: float = 0.2
    """Cap of the weight of the prior."""
    annealed: int = 1000
    """Batches until the cap is reached."""

    def __post_init__(self) -> None:
        ReaderConfig.__post_init__(self)
        if min(self.kinds, self.width, self.people, self.annealed) < 1 or self.beta < 0:
            raise BadRequest("Kinds, width, listeners a column and batches to anneal are 1 or more, β is not below 0.")
        if not 0 <= self.forgotten < 1 or not 0.02 <= self.temperature <= 10 or not 0 < self.spread <= 10:
            raise BadRequest("A share lies between 0 and 1, the temperature between .02 and 10, the spread up to 10.")


class MacridVaeNet(ReadingNet):
    """Directions of items and kinds, and the encoder that all kinds share."""

    def __init__(self, sizes: tuple[int, ...], config: MacridVaeConfig) -> None:
        super().__init__()
        n_items, width = sizes
        self.config, self.batches = config, 0
        self.items = nn.Parameter(nn.init.xavier_normal_(torch.empty(n_items, width)))
        self.kinds = nn.Parameter(nn.init.xavier_normal_(torch.empty(config.kinds, width)))
        self.read = nn.Parameter(nn.init.xavier_normal_(torch.empty(n_items, width)))
        self.read_bias = nn.Parameter(torch.zeros(width))
        self.taste = nn.Linear(width, 2 * width)

    def shares(self) -> Tensor:
        """How much of each item belongs to each kind; in training perhaps as drawn.  # [n_items, kinds]"""
        cosines = functional.normalize(self.items, dim=1) @ functional.normalize(self.kinds, dim=1).T
        if self.training and self.config.drawn:
            return functional.gumbel_softmax(cosines / self.config.temperature, tau=1.0)
        return functional.softmax(cosines / self.config.temperature, dim=1)

    def encode(self, bag: Bag, shares: Tensor) -> tuple[Tensor, Tensor]:
        """The taste for each kind, a direction, and its log variance beside the prior's.  # [n, kinds, width] twice"""
        told = []
        for kind in shares.T:
            part = Bag(bag.items, bag.weights * kind[bag.items], bag.starts)
            told.append(self.taste(torch.tanh(part.summed(self.read) + self.read_bias)))
        mean, spread = torch.stack(told, dim=1).chunk(2, dim=2)
        return functional.normalize(mean, dim=2), spread

    def decode(self, tastes: Tensor, shares: Tensor, items: Tensor | None = None) -> Tensor:
        """Log of the mixture over the kinds, for some items or all.  # [n, kinds, width] -> [n, c]"""
        table = functional.normalize(self.items if items is None else self.items[items], dim=1)
        mine = shares if items is None else shares[items]
        near = functional.normalize(tastes, dim=2) @ table.T / self.config.temperature  # [n, kinds, c]
        return (near.exp() * mine.T).sum(dim=1).log()

    def cost(self, bag: Bag, choice: Choice) -> Tensor:
        """The multinomial likelihood of the whole from the rest, and β times the distance to the prior.  # [n]"""
        shares = self.shares()
        mean, spread = self.encode(bag.unit().thinned(self.config.forgotten), shares)
        tastes = mean + torch.randn_like(mean) * (0.5 * spread).exp() * self.config.spread
        distance = 0.5 * (spread.exp() - 1 - spread).sum(dim=(1, 2))
        self.batches += 1
        beta = self.config.beta * min(1.0, self.batches / self.config.annealed)
        return choice.cost(self.decode(tastes, shares, choice.items), bag) + beta * distance

    def logits(self, bag: Bag) -> Tensor:
        """Of the mean tastes.  # [n, n_items]"""
        shares = self.shares()
        return self.decode(self.encode(bag.unit(), shares)[0], shares)


class MacridVae(Reader[MacridVaeConfig]):
    """The recommender; a profile is the directions of the tastes for all kinds, end to end."""

    spec = SPECS["macridvae"]
    config_type = MacridVaeConfig

    def __init__(self, *, config: MacridVaeConfig = MacridVaeConfig()) -> None:
        super().__init__(config=config)
        self._sizes = (0, config.width)
        self._table = np.zeros((0, config.width), np.float32)
        """The items' directions.  # [n_heard, width]"""
        self.shares = np.zeros((0, config.kinds), np.float32)
        """How much of each item that is listened to belongs to each kind.  # [n_heard, kinds]"""

    def _sized(self, n_items: int, n_people: int) -> tuple[int, ...]:
        width = narrowed(self.config.width, n_items=n_items, n_people=n_people, people=self.config.people)
        return n_items, width

    def _build(self, sizes: tuple[int, ...]) -> MacridVaeNet:
        return MacridVaeNet(sizes, self.config)

    def _prepare(self) -> None:
        self._table = unit_rows(self._weights["items"])
        cosines = self._table @ unit_rows(self._weights["kinds"]).T
        raised = np.exp((cosines - cosines.max(axis=1, keepdims=True)) / self.config.temperature)
        self.shares = np.asarray(raised / raised.sum(axis=1, keepdims=True), np.float32)

    def _read(self, items: IntArray, degrees: FloatArray) -> FloatArray:
        w = self._weights
        of_kind = self.shares[items] * (degrees / np.linalg.norm(degrees))[:, None]
        inner = np.tanh(of_kind.T @ w["read"][items] + w["read_bias"])  # [kinds, width]
        tastes = (inner @ w["taste.weight"].T + w["taste.bias"])[:, : inner.shape[1]]
        return unit_rows(tastes).ravel()

    def _told(self, profiles: FloatArray) -> FloatArray:
        """Kind by kind: more than one row of the catalogue for each listener is never in memory."""
        tastes = profiles.reshape(len(profiles), self.config.kinds, -1)
        total = np.full((len(profiles), len(self._table)), np.finfo(np.float32).tiny)
        for kind in range(self.config.kinds):
            total += (
                np.exp(tastes[:, kind] @ self._table.T / np.float32(self.config.temperature)) * self.shares[:, kind]
            )
        return cast("FloatArray", np.log(total))
