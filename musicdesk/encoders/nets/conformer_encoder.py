"""MusicFM and MuQ as encoders: the conformer's states, averaged."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import torch
from torch import Tensor, nn

from musicdesk.encoders.base import Encoder, EncoderSpec
from musicdesk.encoders.nets.conformer import MelConformer, one_by_one
from musicdesk.encoders.nets.conformer_config import ConformerConfig
from musicdesk.encoders.torch_encoder import TorchEncoder, load_weights

WEIGHTS = "weights.safetensors"
TIME, CHANNELS = 1, 2
"""Axes of the states [n, moments, width]."""
Network = TypeVar("Network", bound=nn.Module)


class ConformerNet(nn.Module):
    """The network where the published checkpoints have it, under ``model``."""

    def __init__(self, config: ConformerConfig) -> None:
        super().__init__()
        self.model = MelConformer(config)

    def states(self, decibels: Tensor, layer: int = -1) -> Tensor:
        """The states after a layer.  # [n, frames, bands] → [n, moments, width]"""
        result: Tensor = self.model(decibels, layer)
        return result


def open_conformer(
    spec: EncoderSpec, folder: Path, device: str, *, layer: int = -1, over: int = TIME,
    config: ConformerConfig | None = None,
) -> Encoder:  # fmt: skip
    """The encoder whose vector is the mean of a layer's states over an axis; raises ModelUnavailable."""
    network = filled(lambda: ConformerNet(config or ConformerConfig()), folder / WEIGHTS, name=spec.weights_name)

    def forward(decibels: Tensor) -> Tensor:
        return network.states(decibels, layer).mean(over)

    return TorchEncoder(spec, network, device, forward=one_by_one(forward))


def filled(make: Callable[[], Network], path: Path, *, name: str) -> Network:
    """A network with the weights of a file, mapped into memory; raises ModelUnavailable."""
    network = empty(make)
    load_weights(network, path, name=name)
    return network


def empty(make: Callable[[], Network]) -> Network:
    """A network that knows its names and shapes, and takes no memory."""
    with torch.device("meta"):
        return make()
