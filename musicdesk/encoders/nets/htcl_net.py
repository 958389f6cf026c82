"""HTCL's network: a tower of sounds, heads into the space that sounds and words share, and what fuses the two.

Pan et al. (ICMR 2025, arXiv 2505.23298), written from the published description. The sentence encoder is no part of it:
its vectors come in. Nothing here is of length one: the losses, and whoever keeps vectors, bring rows to it.
"""

from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils import parametrizations

from musicdesk.encoders.nets.htcl_config import MEL_SOURCE, HtclConfig


class Sounds(nn.Module):
    """The sounds' half: all that an encoder needs."""

    def __init__(self, config: HtclConfig) -> None:
        super().__init__()
        self.config = config
        self.tower: MelTower | VectorsTower = tower_of(config)
        self.audio_head = head(config.width, *config.audio_head, config.joint)

    def sounds(self, features: Tensor) -> Tensor:
        """Spectrograms [n, frames, bands] or rows [n, t, inputs] in the shared space.  # [n, joint]"""
        result: Tensor = self.audio_head(self.tower(features))
        return result


class HtclNet(Sounds):
    """Everything that is learned but the sentence encoder."""

    def __init__(self, config: HtclConfig) -> None:
        super().__init__(config)
        self.text_head = head(config.text_inputs, *config.text_head, config.joint)
        self.fusion_head = head(2 * config.joint, *config.fusion, config.joint)
        self.temperatures = nn.ParameterDict(
            {name: nn.Parameter(torch.tensor(config.temperature)) for name in ("words", "sounds", "fused")}
        )
        """The logarithms of the scales: sounds with words, sounds with sounds, sounds with what is fused."""

    def words(self, sentences: Tensor) -> Tensor:
        """Vectors of sentences in the shared space.  # [n, text_inputs] → [n, joint]"""
        result: Tensor = self.text_head(sentences)
        return result

    def fused(self, sounds: Tensor, words: Tensor) -> Tensor:
        """Sounds and words of the same tracks, both from the shared space, as one.  # [n, joint] twice → [n, joint]"""
        result: Tensor = self.fusion_head(torch.cat([sounds, words], dim=1))
        return result


def tower_of(config: HtclConfig) -> "MelTower | VectorsTower":
    """The tower of sounds that a config describes."""
    return MelTower(config) if config.source == MEL_SOURCE else VectorsTower(config)


def head(*widths: int) -> nn.Sequential:
    """Linear layers with ReLU between them, none at the end."""
    layers: list[nn.Module] = []
    for before, after in pairwise(widths):
        layers += [nn.Linear(before, after), nn.ReLU()]
    return nn.Sequential(*layers[:-1])


class MelTower(nn.Module):
    """Spectrograms to one row each: convolutions, places, a transformer that sees it all, the mean of its outputs."""

    def __init__(self, config: HtclConfig) -> None:
        super().__init__()
        widths = (config.inputs, *[config.channels] * len(config.kernels))
        shapes = zip(widths[:-1], widths[1:], config.kernels, config.strides, strict=True)
        self.convolutions = nn.ModuleList(_Convolution(*shape) for shape in shapes)
        self.norm = nn.LayerNorm(config.channels)
        self.project = nn.Linear(config.channels, config.width)
        self.places = _Places(config)
        self.placed_norm = nn.LayerNorm(config.width)
        self.dropout = nn.Dropout(config.dropout)
        self.first = nn.Parameter(torch.randn(1, 1, config.width))
        """What stands before all frames and belongs to none."""
        self.blocks = transformer(config)

    def forward(self, features: Tensor) -> Tensor:
        """[n, frames, bands] → [n, width]"""
        states: Tensor = self.states(features).mean(dim=1)
        return states

    def states(self, features: Tensor) -> Tensor:
        """All outputs of the transformer, the one that belongs to no frame first.  # [n, 1 + moments, width]"""
        states = features
        for convolution in self.convolutions:
            states = convolution(states)
        states = self.project(self.norm(states))
        states = self.dropout(self.placed_norm(states + self.places(states)))
        result: Tensor = self.blocks(torch.cat([self.first.expand(len(states), -1, -1), states], dim=1))
        return result


class VectorsTower(nn.Module):
    """Rows of another encoder to one row: standardised, a layer for each, blocks if there are any, the mean."""

    mean: Tensor
    scale: Tensor

    def __init__(self, config: HtclConfig) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(config.inputs))
        self.register_buffer("scale", torch.ones(config.inputs))
        self.rows = nn.Linear(config.inputs, config.width)
        self.norm = nn.LayerNorm(config.width)
        self.dropout = nn.Dropout(config.dropout)
        self.blocks = transformer(config) if config.layers else nn.Identity()

    def forward(self, features: Tensor) -> Tensor:
        """[n, t, inputs], or [n, inputs] for one row each → [n, width]"""
        rows = features[:, None] if features.dim() == 2 else features
        states = functional.relu(self.norm(self.rows((rows - self.mean) * self.scale)))
        result: Tensor = self.blocks(self.dropout(states)).mean(dim=1)
        return result


def transformer(config: HtclConfig) -> nn.TransformerEncoder:
    """Blocks whose norms come after each part (Vaswani et al., 2017), with GELU."""
    block = nn.TransformerEncoderLayer(
        config.width, config.attention_heads, config.inner, config.dropout, activation="gelu", batch_first=True
    )
    return nn.TransformerEncoder(block, config.layers, enable_nested_tensor=False)


class _Convolution(nn.Module):
    """Over frames, without anything added at the ends, then a norm over the channels and GELU."""

    def __init__(self, before: int, after: int, kernel: int, stride: int) -> None:
        super().__init__()
        self.convolution = nn.Conv1d(before, after, kernel, stride, bias=False)
        self.norm = nn.LayerNorm(after)

    def forward(self, frames: Tensor) -> Tensor:
        """[n, frames, before] → [n, fewer, after]"""
        return functional.gelu(self.norm(self.convolution(frames.transpose(1, 2)).transpose(1, 2)))


class _Places(nn.Module):
    """What a frame's neighbours say of its place: a convolution in groups whose weight is length times direction."""

    def __init__(self, config: HtclConfig) -> None:
        super().__init__()
        kernel, self._odd = config.place_kernel, config.place_kernel % 2
        convolution = nn.Conv1d(config.width, config.width, kernel, padding=kernel // 2, groups=config.place_groups)
        self.convolution = parametrizations.weight_norm(convolution, dim=2)
        self.norm = nn.LayerNorm(config.width)

    def forward(self, states: Tensor) -> Tensor:
        """[n, moments, width] → the same shape"""
        around = self.convolution(states.transpose(1, 2))
        around = around if self._odd else around[..., :-1]
        return functional.gelu(self.norm(around.transpose(1, 2)))


def tensors_of(network: nn.Module) -> dict[str, Tensor]:
    """Everything that is kept of a network, name → tensor on the CPU."""
    return {name: tensor.detach().cpu().contiguous().clone() for name, tensor in network.state_dict().items()}


def standardise(network: HtclNet, mean: Sequence[float], scale: Sequence[float]) -> None:
    """Tell a tower on vectors how the rows that come in are centred and scaled.  # [inputs] each"""
    tower = network.tower
    assert isinstance(tower, VectorsTower)
    with torch.no_grad():
        tower.mean.copy_(torch.as_tensor(mean, dtype=torch.float32))
        tower.scale.copy_(torch.as_tensor(scale, dtype=torch.float32))
