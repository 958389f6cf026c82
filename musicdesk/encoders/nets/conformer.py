"""The network that MusicFM and MuQ share: a picture of the sound through residual convolutions and a conformer.

Log-mel at 100 frames a second goes through two residual blocks of convolutions, each of which halves time and
frequency, into one vector of 1,024 every 40 ms, and those through twelve conformer layers (Gulati et al., "Conformer:
convolution-augmented transformer for speech recognition", 2020) in the shape of wav2vec 2.0 with rotary positions.
Rebuilt from the published description with the parameter names of the published checkpoints; what only training needs
is left out. Nothing here is random and nothing pads: a row depends on its own window alone.
"""

from collections.abc import Callable
from functools import lru_cache

import torch
from torch import Tensor, nn
from torch.nn import functional

from musicdesk.encoders.nets.conformer_config import ConformerConfig

EPSILON = 1e-5
"""Of every normalisation."""


class MelConformer(nn.Module):
    """Log-mel in decibels to a vector every 40 ms.

    The spectrogram's mean and spread over the training set belong to the weights: ``melspec_2048_mean`` and
    ``melspec_2048_std``, as the authors call them.
    """

    melspec_2048_mean: Tensor
    melspec_2048_std: Tensor

    def __init__(self, config: ConformerConfig) -> None:
        super().__init__()
        self.register_buffer("melspec_2048_mean", torch.zeros(()))
        self.register_buffer("melspec_2048_std", torch.ones(()))
        self.conv = Subsampling(config)
        self.conformer = Conformer(config)

    def forward(self, decibels: Tensor, layer: int = -1) -> Tensor:
        """The state after ``layer`` layers; -1: after all of them and the last normalisation.

        decibels: [n, frames, bands]  →  [n, ceil(frames / 4), width]
        """
        normal = (decibels - self.melspec_2048_mean) / self.melspec_2048_std
        result: Tensor = self.conformer(self.conv(normal.transpose(1, 2)), layer)
        return result


class Subsampling(nn.Module):
    """A picture of sound to a quarter of its frames.  # [n, bands, frames] → [n, ceil(frames / 4), width]"""

    def __init__(self, config: ConformerConfig) -> None:
        super().__init__()
        self.conv = nn.Sequential(Residual(1, config.channels), Residual(config.channels, config.channels))
        self.linear = nn.Linear(config.channels * (config.bands // 4), config.width)

    def forward(self, picture: Tensor) -> Tensor:
        """Channels and bands of a moment side by side, projected."""
        halved = self.conv(picture[:, None])  # [n, channels, bands / 4, frames / 4]
        result: Tensor = self.linear(halved.permute(0, 3, 1, 2).flatten(2))
        return result


class Residual(nn.Module):
    """Two convolutions beside one, all of 3 by 3; the first of either way halves both axes."""

    def __init__(self, narrow: int, wide: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(narrow, wide, 3, stride=2, padding=1)
        self.bn1 = Norm(wide)
        self.conv2 = nn.Conv2d(wide, wide, 3, padding=1)
        self.bn2 = Norm(wide)
        self.conv3 = nn.Conv2d(narrow, wide, 3, stride=2, padding=1)
        self.bn3 = Norm(wide)

    def forward(self, x: Tensor) -> Tensor:
        """[n, narrow, bands, frames] → [n, wide, bands / 2, frames / 2]"""
        through = self.bn2(self.conv2(functional.relu(self.bn1(self.conv1(x)))))
        return functional.relu(self.bn3(self.conv3(x)) + through)


class Norm(nn.Module):
    """Batch normalisation by what training measured, never by the batch at hand."""

    running_mean: Tensor
    running_var: Tensor

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(channels))
        self.bias = nn.Parameter(torch.zeros(channels))
        self.register_buffer("running_mean", torch.zeros(channels))
        self.register_buffer("running_var", torch.ones(channels))

    def forward(self, x: Tensor) -> Tensor:
        """[n, channels, …], the same shape"""
        return functional.batch_norm(x, self.running_mean, self.running_var, self.weight, self.bias, eps=EPSILON)


class Conformer(nn.Module):
    """Layers one after the other, and a normalisation after the last."""

    def __init__(self, config: ConformerConfig) -> None:
        super().__init__()
        self._head_width, self._base = config.width // config.heads, config.rotary_base
        self.layers = nn.ModuleList(Layer(config) for _ in range(config.layers))
        self.layer_norm = nn.LayerNorm(config.width, eps=EPSILON)

    def forward(self, x: Tensor, layer: int = -1) -> Tensor:
        """The state after ``layer`` layers, counted from 0 (the input); -1 or their number: after the last, normalised.

        x: [n, moments, width], the same shape comes back
        """
        last = layer in (-1, len(self.layers))
        angles = rotation(x.shape[1], self._head_width, base=self._base).to(x)
        for one in self.layers if last else self.layers[:layer]:
            x = one(x, angles)
        result: Tensor = self.layer_norm(x) if last else x
        return result


class Layer(nn.Module):
    """Attention and a convolution between two halves of a feed-forward part, each with its own way around."""

    def __init__(self, config: ConformerConfig) -> None:
        super().__init__()
        self.ffn1_layer_norm = nn.LayerNorm(config.width)
        self.ffn1 = FeedForward(config)
        self.self_attn_layer_norm = nn.LayerNorm(config.width)
        self.self_attn = RotaryAttention(config)
        self.conv_module = Convolution(config)
        self.ffn2_layer_norm = nn.LayerNorm(config.width)
        self.ffn2 = FeedForward(config)
        self.final_layer_norm = nn.LayerNorm(config.width)

    def forward(self, x: Tensor, angles: Tensor) -> Tensor:
        """x: [n, moments, width], the same shape"""
        x = x + 0.5 * self.ffn1(self.ffn1_layer_norm(x))
        x = x + self.self_attn(self.self_attn_layer_norm(x), angles)
        x = x + self.conv_module(x)
        x = x + 0.5 * self.ffn2(self.ffn2_layer_norm(x))
        result: Tensor = self.final_layer_norm(x)
        return result


class FeedForward(nn.Module):
    """Wide and back, with a swish between."""

    def __init__(self, config: ConformerConfig) -> None:
        super().__init__()
        self.intermediate_dense = nn.Linear(config.width, config.inner)
        self.output_dense = nn.Linear(config.inner, config.width)

    def forward(self, x: Tensor) -> Tensor:
        """[n, moments, width], the same shape"""
        result: Tensor = self.output_dense(functional.silu(self.intermediate_dense(x)))
        return result


class RotaryAttention(nn.Module):
    """Attention whose questions and keys are turned by their place before they are projected; the values are not."""

    def __init__(self, config: ConformerConfig) -> None:
        super().__init__()
        self._heads = config.heads
        self.linear_q = nn.Linear(config.width, config.width)
        self.linear_k = nn.Linear(config.width, config.width)
        self.linear_v = nn.Linear(config.width, config.width)
        self.linear_out = nn.Linear(config.width, config.width)

    def forward(self, x: Tensor, angles: Tensor) -> Tensor:
        """x: [n, moments, width], the same shape; angles: [2, moments, width / heads]"""
        turned = turn(split(x, self._heads), angles).flatten(2)
        parts = (self.linear_q(turned), self.linear_k(turned), self.linear_v(x))
        question, key, value = (split(part, self._heads).transpose(1, 2) for part in parts)
        heard = functional.scaled_dot_product_attention(question, key, value)
        result: Tensor = self.linear_out(heard.transpose(1, 2).flatten(2))
        return result


class Convolution(nn.Module):
    """A gate, a convolution over time for each channel by itself, and a projection."""

    def __init__(self, config: ConformerConfig) -> None:
        super().__init__()
        width, kernel = config.width, config.kernel
        self.layer_norm = nn.LayerNorm(width)
        self.pointwise_conv1 = nn.Conv1d(width, 2 * width, 1, bias=False)
        self.depthwise_conv = nn.Conv1d(width, width, kernel, padding=kernel // 2, groups=width, bias=False)
        self.batch_norm = Norm(width)
        self.pointwise_conv2 = nn.Conv1d(width, width, 1, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        """[n, moments, width], the same shape"""
        gated = functional.glu(self.pointwise_conv1(self.layer_norm(x).transpose(1, 2)), dim=1)
        around = functional.silu(self.batch_norm(self.depthwise_conv(gated)))
        result: Tensor = self.pointwise_conv2(around).transpose(1, 2)
        return result


def split(x: Tensor, heads: int) -> Tensor:
    """Each head's share of a vector.  # [n, moments, width] → [n, moments, heads, width / heads]"""
    return x.reshape(*x.shape[:2], heads, -1)


def turn(x: Tensor, angles: Tensor) -> Tensor:
    """Turn pairs of numbers by their moment's angles (Su et al., "RoFormer", 2021).

    x: [n, moments, heads, head_width], the same shape; angles: [2, moments, head_width], cosines and sines
    """
    first, second = x.chunk(2, dim=-1)
    cosine, sine = angles[:, None, :, None]
    turned: Tensor = x * cosine + torch.cat((-second, first), dim=-1) * sine
    return turned


@lru_cache(maxsize=4)
def rotation(moments: int, head_width: int, *, base: float = 10_000.0) -> Tensor:
    """Cosines and sines of every moment's angles.  # [2, moments, head_width] float32"""
    angles: Tensor = torch.arange(moments)[:, None] * frequencies(head_width, base=base)
    both = torch.cat((angles, angles), dim=1)
    return torch.stack((both.cos(), both.sin()))


def frequencies(head_width: int, *, base: float = 10_000.0) -> Tensor:
    """By how much a step turns each pair of numbers.  # [head_width / 2] float32"""
    steps = torch.arange(0, head_width, 2).float() / head_width
    return torch.reciprocal(torch.pow(base, steps))


def one_by_one(network: Callable[[Tensor], Tensor]) -> Callable[[Tensor], Tensor]:
    """On the CPU, where a batch gains no time, window by window: 400 MB for each would add up."""

    def forward(features: Tensor) -> Tensor:
        if features.device.type != "cpu":
            return network(features)
        return torch.cat([network(window) for window in torch.split(features, 1)])

    return forward
