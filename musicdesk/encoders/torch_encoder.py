"""What the encoders have in common whose networks run in torch: device, precision, no gradients, rows in and out."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import safetensors
import safetensors.torch
import torch
from torch import nn

from musicdesk.encoders.base import Encoded, EncoderSpec
from musicdesk.errors import ModelUnavailable
from musicdesk.records import FloatArray

Forward = Callable[[torch.Tensor], torch.Tensor]
"""Features [n, …] to vectors [n, dim], on the network's device."""


class TorchEncoder:
    """A network as an encoder: ``forward`` (the network itself where it is None) turns features into vectors.

    Half precision is used on CUDA alone, and only where ``half`` says that the network stands it.
    """

    def __init__(
        self, spec: EncoderSpec, network: nn.Module, device: str = "cpu", *, forward: Forward | None = None,
        half: bool = False,
    ) -> None:  # fmt: skip
        self._spec, self._on = spec, torch.device(device)
        self._half = half and self._on.type == "cuda"
        self.device = f"{device} fp16" if self._half else device
        self._network = network.to(self._on).eval()
        self._forward: Forward = forward or self._network

    @property
    def spec(self) -> EncoderSpec:
        """What it is."""
        return self._spec

    def encode(self, features: FloatArray) -> Encoded:
        """Encode rows of features; one forward pass.  # [n, …]"""
        tags = np.zeros((len(features), len(self._spec.vocabulary)), np.float32)
        if not len(features):
            return Encoded(np.zeros((0, self._spec.dim), np.float32), tags)
        with torch.inference_mode(), torch.autocast(self._on.type, torch.float16, enabled=self._half):
            vectors = self._forward(torch.from_numpy(np.ascontiguousarray(features)).to(self._on))
        return Encoded(vectors.float().cpu().numpy(), tags)


def load_weights(network: nn.Module, path: Path, *, name: str) -> None:
    """Fill ``network`` from a safetensors file: no tensor may be missing, none left over; raises ModelUnavailable.

    A network made on the device ``meta``, without memory, takes the file's own, mapped: nothing is made up or copied.
    """
    try:
        tensors = safetensors.torch.load_file(path)
        without_memory = any(tensor.is_meta for tensor in network.state_dict().values())
        network.load_state_dict(tensors, strict=True, assign=without_memory)
    except (OSError, safetensors.SafetensorError, RuntimeError) as error:
        raise ModelUnavailable(
            f"The weights {path} do not fit {name} ({str(error).splitlines()[0]}). Run: musicdesk models install {name}"
        ) from error
