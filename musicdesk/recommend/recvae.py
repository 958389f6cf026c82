"""A listener's taste as a small cloud that is held near where it was: RecVAE.

Shenbin, Alekseev, Tutubalina, Malykh & Nikolenko, "RecVAE: a new variational autoencoder for top-N recommendations with
implicit feedback", WSDM 2020. Like Mult-VAE, with four things changed: the encoder is five layers deep, each of them
swish and layer normalisation over the sum of all before it; the prior is a mixture of a standard normal cloud, a very
wide one, and what the encoder itself said before its last turn; the prior weighs as much more as the history is longer
(γ); and encoder and decoder learn in turns: the encoder from histories of which half is forgotten, a few rounds at a
time, the decoder from whole ones. The decoder is linear: an item is a row and a bias.

A profile is the mean of the taste, and a score its product with the item's row.
"""

import copy
from collections.abc import Callable
from dataclasses import dataclass
from math import log, pi
from typing import cast

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from musicdesk.errors import BadRequest
from musicdesk.recommend.bags import Bag, Choice, Judges
from musicdesk.recommend.reader import Reader, ReaderConfig, ReadingNet, narrowed
from musicdesk.recommend.specs import SPECS
from musicdesk.records import FloatArray, IntArray

DEPTH = 5
PRIORS = (3 / 20, 3 / 4, 1 / 10)
"""How much of the prior is the standard cloud, what was said before, and the wide cloud."""
WIDE = 10.0
"""Log variance of the wide cloud."""
EPSILON = 0.1
"""Of the layer normalisation."""


@dataclass(frozen=True, slots=True)
class RecVaeConfig(ReaderConfig):
    """The published network; how wide for how many and how long was chosen on HetRec Last.fm, on training pairs."""

    patience: int = 24
    width: int = 600
    """Of the encoder's layers, at most."""
    latent: int = 200
    """Numbers that a taste has, at most."""
    people: int = 8
    """So many listeners for each column of the tables."""
    forgotten: float = 0.5
    """The share of a history that is forgotten while the encoder learns."""
    gamma: float = 0.005
    """Weight of the prior for each item of a history."""
    turns: int = 3
    """Epochs of the encoder for one of the decoder."""

    def __post_init__(self) -> None:
        ReaderConfig.__post_init__(self)
        if min(self.width, self.latent, self.people, self.turns) < 1 or self.gamma < 0:
            raise BadRequest("Widths, listeners a column and turns are 1 or more, and γ is not below 0.")
        if not 0 <= self.forgotten < 1:
            raise BadRequest("The share of a history that is forgotten lies between 0 and 1.")


class Encoder(nn.Module):
    """Histories to mean and log variance of the taste; each layer is added to all before it."""

    def __init__(self, n_items: int, width: int, latent: int) -> None:
        super().__init__()
        self.read = nn.Parameter(torch.empty(n_items, width))
        nn.init.uniform_(self.read, -(n_items**-0.5), n_items**-0.5)
        self.read_bias = nn.Parameter(torch.zeros(width))
        self.layers = nn.ModuleList(nn.Linear(width, width) for _ in range(DEPTH - 1))
        self.norms = nn.ModuleList(nn.LayerNorm(width, eps=EPSILON) for _ in range(DEPTH))
        self.taste = nn.Linear(width, 2 * latent)

    def forward(self, bag: Bag) -> tuple[Tensor, Tensor]:
        """Mean and log variance.  # [n, latent] twice"""
        said = self.norms[0](functional.silu(bag.summed(self.read) + self.read_bias))
        total = said
        for layer, norm in zip(self.layers, list(self.norms)[1:], strict=True):
            said = norm(functional.silu(layer(said) + total))
            total = total + said
        mean, spread = self.taste(said).chunk(2, dim=1)
        return mean, spread


class RecVaeNet(ReadingNet):
    """The encoder, what it said before its last turn, and the linear decoder."""

    def __init__(self, sizes: tuple[int, ...], config: RecVaeConfig) -> None:
        super().__init__()
        n_items, width, latent = sizes
        self.config, self.epochs = config, 0
        self.encoder = Encoder(n_items, width, latent)
        self.items = nn.Parameter(nn.init.xavier_normal_(torch.empty(n_items, latent)))
        self.bias = nn.Parameter(torch.zeros(n_items))
        self.before = copy.deepcopy(self.encoder).requires_grad_(requires_grad=False)

    @property
    def decoding(self) -> bool:
        """Whether it is the decoder's turn."""
        return self.epochs % (self.config.turns + 1) == self.config.turns

    def turn(self) -> None:
        """An epoch is over: who learns in the next one; the encoder's turn over, its word is the prior's."""
        self.epochs += 1
        if self.decoding:
            self.before.load_state_dict(self.encoder.state_dict())
        self.encoder.requires_grad_(not self.decoding)
        self.items.requires_grad = self.bias.requires_grad = self.decoding

    def served(self) -> dict[str, Tensor]:
        """All but what the encoder said before."""
        return {name: tensor for name, tensor in self.state_dict().items() if not name.startswith("before.")}

    def decode(self, taste: Tensor, items: Tensor | None = None) -> Tensor:
        """Logits of some items, or of all.  # [n, latent] -> [n, c]"""
        table, bias = (self.items, self.bias) if items is None else (self.items[items], self.bias[items])
        return functional.linear(taste, table, bias)

    def cost(self, bag: Bag, choice: Choice) -> Tensor:
        """The multinomial likelihood of the whole, and γ times the distance to the prior for each item.  # [n]"""
        history = bag.unit()
        if not self.decoding:
            history = history.thinned(self.config.forgotten)
        mean, spread = self.encoder(history)
        taste = mean + torch.randn_like(mean) * (0.5 * spread).exp()
        distance = (_density(taste, mean, spread) - self._prior(taste, bag.unit())).sum(dim=1)
        weight = self.config.gamma * bag.totals()
        return choice.cost(self.decode(taste, choice.items), bag) + weight * distance

    def _prior(self, taste: Tensor, history: Bag) -> Tensor:
        """Log density of the mixture, number by number.  # [n, latent]"""
        nothing = torch.zeros_like(taste)
        with torch.no_grad():
            mean, spread = self.before(history)
        parts = (nothing, nothing), (mean, spread), (nothing, nothing + WIDE)
        told = [_density(taste, *part) + log(share) for part, share in zip(parts, PRIORS, strict=True)]
        return torch.logsumexp(torch.stack(told), dim=0)

    def logits(self, bag: Bag) -> Tensor:
        """Of the mean taste.  # [n, n_items]"""
        return self.decode(self.encoder(bag.unit())[0])


def _density(at: Tensor, mean: Tensor, spread: Tensor) -> Tensor:
    """Log density of normal clouds with log variance ``spread``."""
    return -0.5 * (spread + log(2 * pi) + (at - mean).square() / spread.exp())


class RecVae(Reader[RecVaeConfig]):
    """The recommender; a profile is the mean of the taste."""

    spec = SPECS["recvae"]
    config_type = RecVaeConfig

    def __init__(self, *, config: RecVaeConfig = RecVaeConfig()) -> None:
        super().__init__(config=config)
        self._sizes = (0, config.width, config.latent)

    def _sized(self, n_items: int, n_people: int) -> tuple[int, ...]:
        width = narrowed(self.config.width, n_items=n_items, n_people=n_people, people=self.config.people)
        return n_items, width, min(self.config.latent, width)

    def _build(self, sizes: tuple[int, ...]) -> RecVaeNet:
        return RecVaeNet(sizes, self.config)

    def _measure(self, network: ReadingNet, judges: Judges | None) -> Callable[[], float]:
        """The judges' word, at the end of an epoch; without judges the last epoch is the best."""
        assert isinstance(network, RecVaeNet)

        def measured() -> float:
            missed = judges.missed(network.logits) if judges is not None else -float(network.epochs)
            network.turn()
            return missed

        return measured

    def _read(self, items: IntArray, degrees: FloatArray) -> FloatArray:
        w = {name.removeprefix("encoder."): array for name, array in self._weights.items()}
        rows = degrees / np.linalg.norm(degrees) @ w["read"][items] + w["read_bias"]
        said = _normal(_swish(rows), w["norms.0.weight"], w["norms.0.bias"])
        total = said
        for layer in range(1, DEPTH):
            rows = w[f"layers.{layer - 1}.weight"] @ said + w[f"layers.{layer - 1}.bias"] + total
            said = _normal(_swish(rows), w[f"norms.{layer}.weight"], w[f"norms.{layer}.bias"])
            total = total + said
        both = w["taste.weight"] @ said + w["taste.bias"]
        return cast("FloatArray", both[: len(both) // 2])

    def _told(self, profiles: FloatArray) -> FloatArray:
        return cast("FloatArray", profiles @ self._weights["items"].T + self._weights["bias"])


def _swish(x: FloatArray) -> FloatArray:
    """Swish, x σ(x); by tanh, which does not overflow.  # [k]"""
    return np.asarray(x * (0.5 + 0.5 * np.tanh(0.5 * x)), np.float32)


def _normal(x: FloatArray, weight: FloatArray, bias: FloatArray) -> FloatArray:
    """Layer normalisation.  # [k]"""
    return np.asarray((x - x.mean()) / np.sqrt(x.var() + EPSILON) * weight + bias, np.float32)
