"""The sound's half of MuQ-MuLan: MuQ, and the way from its states into the space that sounds share with words.

The transformer above MuQ (none in the published checkpoint) and above the text's network is that of the open MuLan:
queries and keys of length one times a learnt scale, a gated feed-forward part, no biases. Parameter names are those of
the published checkpoint.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional

from musicdesk.encoders.nets.conformer import split
from musicdesk.encoders.nets.conformer_config import MulanConfig
from musicdesk.encoders.nets.conformer_encoder import ConformerNet

SHARPNESS = 8.0
"""What the similarity of a query and a key is multiplied with."""


class MulanAudio(nn.Module):
    """Log-mel to the joint space."""

    def __init__(self, config: MulanConfig) -> None:
        super().__init__()
        self.mulan = _AudioHalf(config)

    def forward(self, decibels: Tensor) -> Tensor:
        """Clips of sound; several clips of one sound are averaged, as the authors do.

        decibels: [n, frames, bands] or [n, clips, frames, bands]  →  [n, joint]
        """
        if decibels.ndim == 3:
            return joint(self.mulan.audio_to_latents, self.mulan.audio(decibels))
        clips = joint(self.mulan.audio_to_latents, self.mulan.audio(decibels.flatten(0, 1)))
        return clips.reshape(*decibels.shape[:2], -1).mean(1)


class _AudioHalf(nn.Module):
    def __init__(self, config: MulanConfig) -> None:
        super().__init__()
        self.audio = _AudioTower(config)
        self.audio_to_latents = nn.Linear(config.width, config.joint)


class _AudioTower(nn.Module):
    def __init__(self, config: MulanConfig) -> None:
        super().__init__()
        self.model = ConformerNet(config.conformer)
        self.proj = nn.Linear(config.conformer.width, config.width)
        self.transformer = GatedTransformer(config, config.audio_layers)

    def forward(self, decibels: Tensor) -> Tensor:
        """[n, frames, bands] → [n, moments, width]"""
        result: Tensor = self.transformer(self.proj(self.model.states(decibels)))
        return result


class GatedTransformer(nn.Module):
    """Layers of attention and a gated feed-forward part."""

    def __init__(self, config: MulanConfig, layers: int) -> None:
        super().__init__()
        self.layers = nn.ModuleList(
            nn.ModuleList((_Attention(config), _gated_feed_forward(config.width))) for _ in range(layers)
        )

    def forward(self, x: Tensor) -> Tensor:
        """[n, moments, width], the same shape"""
        for layer in self.layers:
            for part in layer.children():
                x = x + part(x)
        return x


class _Attention(nn.Module):
    """Attention by the angle between queries and keys."""

    def __init__(self, config: MulanConfig) -> None:
        super().__init__()
        self._heads, inner = config.heads, config.heads * config.head_width
        self.norm = _Scale(config.width)
        self.to_q = nn.Linear(config.width, inner, bias=False)
        self.to_kv = nn.Linear(config.width, 2 * inner, bias=False)
        self.q_scale = nn.Parameter(torch.ones(config.head_width))
        self.k_scale = nn.Parameter(torch.ones(config.head_width))
        self.to_out = nn.Sequential(nn.Linear(inner, config.width, bias=False))

    def forward(self, x: Tensor) -> Tensor:
        """[n, moments, width], the same shape"""
        normal = self.norm(x)
        parts = (self.to_q(normal), *self.to_kv(normal).chunk(2, dim=-1))
        query, key, value = (split(part, self._heads).transpose(1, 2) for part in parts)
        query, key = (
            functional.normalize(query, dim=-1) * self.q_scale,
            functional.normalize(key, dim=-1) * self.k_scale,
        )
        heard = functional.scaled_dot_product_attention(query, key, value, scale=SHARPNESS)
        result: Tensor = self.to_out(heard.transpose(1, 2).flatten(2))
        return result


class _Scale(nn.Module):
    """Normalisation of a vector with a scale and no shift."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.learned_gamma = nn.Parameter(torch.ones(width))

    def forward(self, x: Tensor) -> Tensor:
        """[…, width], the same shape"""
        return functional.layer_norm(x, x.shape[-1:], self.learned_gamma)


class _Gate(nn.Module):
    """The first half of a vector, let through by the second."""

    def forward(self, x: Tensor) -> Tensor:
        """[…, 2 · inner] → […, inner]"""
        first, second = x.chunk(2, dim=-1)
        return functional.gelu(second) * first


def _gated_feed_forward(width: int) -> nn.Sequential:
    inner = width * 4 * 2 // 3
    wide, back = nn.Linear(width, 2 * inner, bias=False), nn.Linear(inner, width, bias=False)
    return nn.Sequential(_Scale(width), wide, _Gate(), nn.Identity(), back)


def joint(to_latents: nn.Linear, states: Tensor) -> Tensor:
    """The mean of states in the joint space, of length one.  # [n, moments, width] → [n, joint]"""
    return functional.normalize(to_latents(states.mean(1)), dim=-1)
