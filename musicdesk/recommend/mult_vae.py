"""A listener's taste as a small cloud, out of which all that they listen to could have been drawn: Mult-VAE.

Liang, Krishnan, Hoffman & Jebara, "Variational autoencoders for collaborative filtering", WWW 2018. A history of unit
length, half of it forgotten at random, goes through one layer of tanh into the mean and the spread of a latent taste z;
a mirror of it turns a draw of z into a multinomial over all items. What that likelihood costs is added to β times the
distance of the cloud from the prior, and β rises from nothing to a cap (annealing). ``variational=False`` is their
Mult-DAE: z is a point, nothing is drawn, and weight decay does the rest.

A profile is the mean of z.
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
class MultVaeConfig(ReaderConfig):
    """The published network; how wide for how many and how long was chosen on HetRec Last.fm, on training pairs."""

    width: int = 600
    """Of the layers between items and taste, at most."""
    latent: int = 200
    """Numbers that a taste has, at most."""
    people: int = 8
    """So many listeners for each column of the wide layers."""
    forgotten: float = 0.5
    """The share of a history that is forgotten in training."""
    variational: bool = True
    beta: float = 0.2
    """Cap of the weight of the prior."""
    annealed: int = 1000
    """Batches until the cap is reached."""

    def __post_init__(self) -> None:
        ReaderConfig.__post_init__(self)
        if min(self.width, self.latent, self.people, self.annealed) < 1 or self.beta < 0:
            raise BadRequest("Widths, listeners a column and the batches to anneal are 1 or more, and β not below 0.")
        if not 0 <= self.forgotten < 1:
            raise BadRequest("The share of a history that is forgotten lies between 0 and 1.")


class MultVaeNet(ReadingNet):
    """Items to a wide layer, to mean and log variance of the taste, and back."""

    def __init__(self, sizes: tuple[int, ...], config: MultVaeConfig) -> None:
        super().__init__()
        n_items, width, latent = sizes
        self.config, self.batches = config, 0
        self.read = nn.Parameter(nn.init.xavier_normal_(torch.empty(n_items, width)))
        self.read_bias = nn.Parameter(torch.zeros(width))
        self.taste = nn.Linear(width, 2 * latent)
        self.back = nn.Linear(latent, width)
        self.items = nn.Parameter(nn.init.xavier_normal_(torch.empty(n_items, width)))
        self.bias = nn.Parameter(torch.zeros(n_items))
        nn.init.xavier_normal_(self.taste.weight)
        nn.init.xavier_normal_(self.back.weight)

    def encode(self, bag: Bag) -> tuple[Tensor, Tensor]:
        """Mean and log variance of the taste behind each history.  # [n, latent] twice"""
        wide = torch.tanh(bag.summed(self.read) + self.read_bias)
        mean, spread = self.taste(wide).chunk(2, dim=1)
        return mean, spread

    def decode(self, taste: Tensor, items: Tensor | None = None) -> Tensor:
        """Logits of some items, or of all.  # [n, latent] -> [n, c]"""
        wide = torch.tanh(self.back(taste))
        table, bias = (self.items, self.bias) if items is None else (self.items[items], self.bias[items])
        return functional.linear(wide, table, bias)

    def cost(self, bag: Bag, choice: Choice) -> Tensor:
        """The multinomial likelihood of the whole from the rest, and β times the distance to the prior.  # [n]"""
        mean, spread = self.encode(bag.unit().thinned(self.config.forgotten))
        if not self.config.variational:
            return choice.cost(self.decode(mean, choice.items), bag)
        self.batches += 1
        taste = mean + torch.randn_like(mean) * (0.5 * spread).exp()
        distance = 0.5 * (spread.exp() + mean.square() - 1 - spread).sum(dim=1)
        beta = self.config.beta * min(1.0, self.batches / self.config.annealed)
        return choice.cost(self.decode(taste, choice.items), bag) + beta * distance

    def logits(self, bag: Bag) -> Tensor:
        """Of the mean taste.  # [n, n_items]"""
        return self.decode(self.encode(bag.unit())[0])


class MultVae(Reader[MultVaeConfig]):
    """The recommender; a profile is the mean of the taste."""

    spec = SPECS["mult-vae"]
    config_type = MultVaeConfig

    def __init__(self, *, config: MultVaeConfig = MultVaeConfig()) -> None:
        super().__init__(config=config)
        self._sizes = (0, config.width, config.latent)

    def _sized(self, n_items: int, n_people: int) -> tuple[int, ...]:
        width = narrowed(self.config.width, n_items=n_items, n_people=n_people, people=self.config.people)
        return n_items, width, min(self.config.latent, width)

    def _build(self, sizes: tuple[int, ...]) -> MultVaeNet:
        return MultVaeNet(sizes, self.config)

    def _read(self, items: IntArray, degrees: FloatArray) -> FloatArray:
        w = self._weights
        wide = np.tanh(degrees / np.linalg.norm(degrees) @ w["read"][items] + w["read_bias"])
        both = w["taste.weight"] @ wide + w["taste.bias"]
        return cast("FloatArray", both[: len(both) // 2])

    def _told(self, profiles: FloatArray) -> FloatArray:
        w = self._weights
        wide = np.tanh(profiles @ w["back.weight"].T + w["back.bias"])
        return cast("FloatArray", wide @ w["items"].T + w["bias"])
