"""The network of MULE, by the package ``mule_torch`` (GPL-3.0-only), and its published checkpoint."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from mule_torch import MuleConfig, SfNfNetF0
from mule_torch.layers import WSConv2d
from torch import nn

from musicdesk.encoders.base import Encoder, EncoderSpec
from musicdesk.encoders.torch_encoder import TorchEncoder, load_weights
from musicdesk.encoders.zoo.checkpoint import fitting
from musicdesk.encoders.zoo.unpickling import read_safetensors, write_safetensors
from musicdesk.errors import ModelUnavailable
from musicdesk.records import FloatArray

FRONT_END = "frontend."
"""How the names of the checkpoint's constants begin: its mel filters and, in some versions, its Fourier transform."""


class MuleNet(nn.Module):
    """Slices of log-mel to the mean of their embeddings; the parameters' names are those of the checkpoint."""

    def __init__(self, sizes: Mapping[str, Any]) -> None:
        super().__init__()
        self.backbone = SfNfNetF0(MuleConfig(**sizes))

    def forward(self, slices: torch.Tensor) -> torch.Tensor:
        """Slices [n, k, 96, 300] to vectors [n, dim]."""
        n, k = slices.shape[:2]
        vectors: torch.Tensor = self.backbone(slices.flatten(0, 1)[:, None])
        return vectors.reshape(n, k, -1).mean(dim=1)

    @torch.no_grad()
    def settle(self) -> None:
        """Standardise the kernels once and for all, as the package does at every pass."""
        for layer in self.modules():
            if isinstance(layer, WSConv2d):
                layer.weight.copy_(layer.standardized_weight())
                layer.bake = True


def load(folder: Path, device: str, *, spec: EncoderSpec, sizes: Mapping[str, Any]) -> Encoder:
    """The encoder with the weights in a folder."""
    network = MuleNet(sizes)
    load_weights(network, folder / "weights.safetensors", name=spec.weights_name)
    network.settle()
    return TorchEncoder(spec, network, device)


def convert(source: Path, folder: Path, *, filters: FloatArray, sizes: Mapping[str, Any]) -> None:
    """Check ``model.safetensors`` and ``config.json`` and keep the network's tensors; ``filters`` are those we use."""
    tensors = read_safetensors(source / "model.safetensors")
    _check_config(source / "config.json", MuleConfig(**sizes))
    _check_filters(tensors.get(FRONT_END + "mel_fb"), torch.from_numpy(filters.copy()))
    with torch.device("meta"):
        network = MuleNet(sizes)
    learnt = {key: tensor for key, tensor in tensors.items() if not key.startswith(FRONT_END)}
    write_safetensors(fitting(learnt, network, name="MULE"), folder / "weights.safetensors")


def _check_config(path: Path, expected: MuleConfig) -> None:
    """Refuse a checkpoint that was made for another front end or another shape of network."""
    try:
        found = MuleConfig.from_dict(json.loads(path.read_text(encoding="utf-8"))).to_dict()
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise ModelUnavailable(f"MULE's config.json is missing or damaged ({error}). Fetch it again.") from error
    wanted = expected.to_dict()
    other = [key for key in wanted if key != "provenance" and found[key] != wanted[key]]
    if other:
        raise ModelUnavailable(
            f"This is not the MULE that musicdesk knows: its config.json says {other[0]} = {found[other[0]]}, "
            f"expected was {wanted[other[0]]}. Take the files from where the model is published."
        )


def _check_filters(found: torch.Tensor | None, expected: torch.Tensor) -> None:
    if found is None or found.shape != expected.shape or not torch.allclose(found, expected, atol=1e-5):
        raise ModelUnavailable("This is not the MULE that musicdesk knows: frontend.mel_fb is missing or different.")
