"""The audio prototypical network in torch: what ``trained.Trained`` serves, with gradients.

Sounds are turned into unit vectors; heads of attention ask frozen prototypes; two paths, both linear in the attention,
say what goes with a history. See ``trained`` for the equations, ``training`` for the losses. All weights begin at the
size of 1, so that one learning rate suits them all.
"""

from dataclasses import dataclass
from typing import cast

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from musicdesk.prototypes.trained import BOTH, DEEP, PROTOTYPES, SONGS, NetworkConfig, Trained
from musicdesk.records import FloatArray

SHARPNESS, PROTOTYPES_WEIGHT, SONGS_WEIGHT = 4.5, 5.0, 40.0
"""Where the attention's sharpness and the weights of the two paths begin."""


@dataclass(frozen=True, eq=False)
class Told:
    """What the network says of some histories."""

    scores: Tensor  # [b, c] logits
    profiles: Tensor  # [b, k] sum to 1


class Network(nn.Module):
    """The weights; ``sounds`` [n, dim] and ``prototypes`` [k, dim] are frozen unit rows."""

    def __init__(self, sounds: FloatArray, prototypes: FloatArray, *, config: NetworkConfig) -> None:
        super().__init__()
        (n, dim), inner = sounds.shape, config.heads * config.head_width
        self.config = config
        self.register_buffer("sounds", torch.from_numpy(np.ascontiguousarray(sounds, np.float32)), persistent=False)
        self.register_buffer("prototypes", torch.from_numpy(np.array(prototypes, np.float32)), persistent=False)
        self.sound, self.value = _normal(dim, config.width), _normal(dim, config.width)
        self.query, self.key = _normal(config.width, inner), _normal(dim, inner)
        self.own = _normal(n if config.own else 0, config.width)
        self.bias = nn.Parameter(torch.zeros(n))
        self.register_buffer("start", torch.tensor([SHARPNESS, PROTOTYPES_WEIGHT, SONGS_WEIGHT]), persistent=False)
        self.gauges = nn.Parameter(torch.zeros(3))
        """Logarithms beside the start, so that a decay of weights leads back there."""
        deep = (config.width, config.width) if config.head == DEEP else (0, 0)
        self.first, self.second = _normal(*deep, size=0.1), _normal(*deep, size=0.01)

    def vectors(self, rows: Tensor, keep: Tensor | None = None) -> Tensor:
        """Unit vectors of items; ``keep`` [n_items] is 0 where the own part is forgotten.  # [r] -> [r, width]"""
        told = self._sounds[rows] @ self.sound
        if len(self.own):
            own = self.own[rows]
            told = told + (own if keep is None else own * keep[rows, None])
        return functional.normalize(told, dim=1)

    def listening(self, a: Tensor) -> Tensor:
        """Attention over the prototypes, mean over the heads.  # [r, width] -> [r, k]"""
        heads, width = self.config.heads, self.config.head_width
        q = functional.normalize((a @ self.query).view(len(a), heads, width), dim=2)
        logits = torch.einsum("nhd,khd->nhk", q, self._keys()) * self._scales()[0]
        return torch.softmax(logits, dim=2).mean(dim=1)

    def forward(self, shares: Tensor, heard: Tensor, columns: Tensor, keep: Tensor | None = None) -> Told:
        """Score the items ``columns`` [c] for histories; ``shares`` [b, h] weigh the items ``heard`` [h]."""
        a, b = self.vectors(heard, keep), self.vectors(columns, keep)
        listening, gates = self.listening(a), functional.normalize(self.listening(b), dim=1)
        profiles, config, scales = shares @ listening, self.config, self._scales()
        scores = self.bias[columns].expand(len(shares), -1)
        values = self._alike() if config.tied else functional.normalize(self._prototypes @ self.value, dim=1)
        if config.values in (BOTH, PROTOTYPES):
            scores = scores + scales[1] * ((profiles @ values) @ b.T)
        if config.values in (BOTH, SONGS):
            through = (a @ b.T) * (functional.normalize(listening, dim=1) @ gates.T)
            scores = scores + scales[2] * (shares @ through)
        if config.head == DEEP:
            told = profiles @ values + shares @ a
            scores = scores + (torch.relu(told @ self.first) @ self.second) @ b.T
        return Told(scores, profiles)

    def crowding(self) -> Tensor:
        """How far projected prototypes come nearer to each other than the margin, mean over pairs.  # []"""
        keys = functional.normalize(self._keys().flatten(1), dim=1)
        near = keys @ keys.T
        apart = 1 - torch.eye(len(near), device=near.device)
        pairs = max(1, len(near) * (len(near) - 1))
        return (functional.relu(near - self.config.margin) * apart).sum() / pairs

    def trained(self, heard: FloatArray) -> Trained:
        """What was learned, as arrays; own parts only where ``heard`` [n_items] is above 0."""
        own = _array(self.own)
        if len(own):
            own = np.where(heard[:, None] > 0, own, np.float32(0))
        deep = _array(torch.cat([self.first, self.second]))
        return Trained(
            config=self.config, sound=_array(self.sound), query=_array(self.query), key=_array(self.key),
            value=_array(self.value), scales=_array(self._scales()), own=own,
            bias=np.where(heard > 0, _array(self.bias), np.float32(0)).astype(np.float32), deep=deep,
        )  # fmt: skip

    @property
    def _sounds(self) -> Tensor:
        return cast("Tensor", self.sounds)

    @property
    def _prototypes(self) -> Tensor:
        return cast("Tensor", self.prototypes)

    def _scales(self) -> Tensor:
        """Sharpness of the attention, weights of the two paths.  # [3]"""
        return cast("Tensor", self.start) * self.gauges.exp()

    def _alike(self) -> Tensor:
        """The unit vectors of sounds that are just as the prototypes are.  # [k, width]"""
        return functional.normalize(self._prototypes @ self.sound, dim=1)

    def _keys(self) -> Tensor:
        """Unit keys, one for each head.  # [k, heads, head_width]"""
        keys = self._alike() @ self.query if self.config.tied else self._prototypes @ self.key
        return functional.normalize(keys.view(len(keys), self.config.heads, self.config.head_width), dim=2)


def _normal(*shape: int, size: float = 1.0) -> nn.Parameter:
    return nn.Parameter(size * torch.randn(*shape))


def _array(tensor: Tensor) -> FloatArray:
    return np.ascontiguousarray(tensor.detach().cpu().numpy(), np.float32)
