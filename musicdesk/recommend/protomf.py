"""Listeners and items by how near they are to types of listener and types of music: ProtoMF, both at once.

Melchiorre, Rekabsaz, Ganhör & Schedl, "ProtoMF: prototype-based matrix factorization for effective and explainable
recommendations", RecSys 2022 (UI-ProtoMF). A thing is told by how near it is to each of some learned prototypes, as
1 + cosine. A score is the listener's nearness to the listener prototypes times what the item has to say to each, plus
what the listener has to say to each item prototype times the item's nearness to it. The vectors are the same in both
halves. Two regularisers keep the prototypes where there is something: everyone shall be near some prototype, and every
prototype near someone, for listeners and items each. The loss is a softmax over a sample of the items.

**What is different here.** The published model learns a vector for each listener, and has none for one who was not
there. So that a new history can be read, no listener has a vector of their own: everyone is the mean of the vectors of
the items they like, and in training part of those is hidden. This is another model of listeners than the published one,
and its figures are not ProtoMF's.

A profile is the nearness to each listener prototype, then what is said to each item prototype.
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
from musicdesk.records import FloatArray, IntArray


@dataclass(frozen=True, slots=True)
class ProtoMfConfig(ReaderConfig):
    """Within what the paper searched; chosen on HetRec Last.fm, on training pairs."""

    learning_rate: float = 3e-3
    width: int = 100
    """Numbers of a vector, at most."""
    people: int = 8
    """So many listeners for each column of the table."""
    listener_types: int = 60
    item_types: int = 60
    """Prototypes of listeners, and of items."""
    forgotten: float = 0.5
    """The share of a history that is forgotten in training."""
    near: float = 0.01
    """Weight of the regulariser that everyone, and everything, be near some prototype."""
    used: float = 0.01
    """Weight of the regulariser that every prototype be near someone, or something."""

    def __post_init__(self) -> None:
        ReaderConfig.__post_init__(self)
        if min(self.width, self.people, self.listener_types, self.item_types) < 1 or min(self.near, self.used) < 0:
            raise BadRequest("Width, listeners a column and prototypes are 1 or more, and no weight is below 0.")
        if not 0 <= self.forgotten < 1:
            raise BadRequest("The share of a history that is forgotten lies between 0 and 1.")


class ProtoMfNet(ReadingNet):
    """The items' vectors, both kinds of prototypes, and what a vector has to say to each of them."""

    def __init__(self, sizes: tuple[int, ...], config: ProtoMfConfig) -> None:
        super().__init__()
        n_items, width = sizes
        self.config = config
        self.items = nn.Parameter(torch.randn(n_items, width) * width**-0.5)
        self.listener_types = nn.Parameter(torch.randn(config.listener_types, width))
        self.item_types = nn.Parameter(torch.randn(config.item_types, width))
        self.to_listeners = nn.Linear(width, config.listener_types, bias=False)
        self.to_items = nn.Linear(width, config.item_types, bias=False)

    def people(self, bag: Bag) -> Tensor:
        """The listeners' vectors: the mean of what they like.  # [n, width]"""
        return bag.summed(self.items) / bag.totals().clamp(min=1e-12)[:, None]

    def score(self, people: Tensor, items: Tensor) -> Tensor:
        """Both halves.  # [n, width], [c, width] -> [n, c]"""
        by_listeners = nearness(people, self.listener_types) @ self.to_listeners(items).T
        return cast("Tensor", by_listeners + self.to_items(people) @ nearness(items, self.item_types).T)

    def cost(self, bag: Bag, choice: Choice) -> Tensor:
        """The softmax over the choice, from part of the history; and both regularisers, for both.  # [n]"""
        people, items = self.people(bag.thinned(self.config.forgotten)), self.items[choice.items]
        cost = choice.cost(self.score(people, items), bag) / bag.totals()
        for rows, types in ((people, self.listener_types), (items, self.item_types)):
            near = nearness(rows, types)
            cost = cost - self.config.near * near.amax(dim=1).mean() - self.config.used * near.amax(dim=0).mean()
        return cost

    def logits(self, bag: Bag) -> Tensor:
        """Of the mean of all that is in the history.  # [n, n_items]"""
        return self.score(self.people(bag), self.items)


def nearness(rows: Tensor, types: Tensor) -> Tensor:
    """1 + cosine, from 0 to 2.  # [n, width], [k, width] -> [n, k]"""
    return 1 + functional.normalize(rows, dim=1) @ functional.normalize(types, dim=1).T


class ProtoMf(Reader[ProtoMfConfig]):
    """The recommender; a profile is what a listener is to the prototypes of both kinds."""

    spec = SPECS["protomf"]
    config_type = ProtoMfConfig

    def __init__(self, *, config: ProtoMfConfig = ProtoMfConfig()) -> None:
        super().__init__(config=config)
        self._sizes = (0, config.width)
        self._rows = np.zeros((0, 1), np.float32)
        """What an item has to say to each listener prototype, then its nearness to each item prototype."""

    def _sized(self, n_items: int, n_people: int) -> tuple[int, ...]:
        width = narrowed(self.config.width, n_items=n_items, n_people=n_people, people=self.config.people)
        return n_items, width

    def _build(self, sizes: tuple[int, ...]) -> ProtoMfNet:
        return ProtoMfNet(sizes, self.config)

    def _prepare(self) -> None:
        w = self._weights
        said = w["items"] @ w["to_listeners.weight"].T
        self._rows = np.hstack([said, _nearness(w["items"], w["item_types"])])

    def _read(self, items: IntArray, degrees: FloatArray) -> FloatArray:
        w = self._weights
        listener = (degrees / degrees.sum()) @ w["items"][items]
        return np.append(_nearness(listener[None], w["listener_types"])[0], w["to_items.weight"] @ listener)

    def _told(self, profiles: FloatArray) -> FloatArray:
        return cast("FloatArray", profiles @ self._rows.T)


def _nearness(rows: FloatArray, types: FloatArray) -> FloatArray:
    """1 + cosine.  # [n, width], [k, width] -> [n, k]"""
    lengths = np.linalg.norm(rows, axis=1)[:, None] * np.linalg.norm(types, axis=1)
    return np.asarray(1 + rows @ types.T / np.maximum(lengths, 1e-12), np.float32)
