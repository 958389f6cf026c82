"""HTCL's towers as encoders: rows of length one in the space that sounds and words share."""

from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from musicdesk.encoders.base import Encoder, EncoderSpec, Head
from musicdesk.encoders.nets.conformer import one_by_one
from musicdesk.encoders.nets.conformer_encoder import filled
from musicdesk.encoders.nets.htcl_config import HtclConfig
from musicdesk.encoders.nets.htcl_net import HtclNet, Sounds
from musicdesk.encoders.torch_encoder import TorchEncoder
from musicdesk.records import FloatArray


def open_published(spec: EncoderSpec, path: Path, device: str, config: HtclConfig) -> Encoder:
    """The published tower and its head; raises ModelUnavailable."""
    return _encoder(spec, filled(lambda: Sounds(config), path, name=spec.key.name), device)


def open_kept(spec: EncoderSpec, path: Path, device: str, config: HtclConfig) -> Encoder:
    """A tower on spectrograms that was learned here; raises ModelUnavailable."""
    return _encoder(spec, filled(lambda: HtclNet(config), path, name=spec.key.name), device)


def open_rows(path: Path, config: HtclConfig, *, name: str) -> Head:
    """What a tower with blocks makes of pooled rows; raises ModelUnavailable."""
    network = filled(lambda: HtclNet(config), path, name=name).eval()

    def head(rows: FloatArray) -> FloatArray:
        """[n, inputs] → [n, joint]"""
        with torch.inference_mode():
            heard = network.sounds(torch.from_numpy(np.ascontiguousarray(rows, np.float32)))
            return functional.normalize(heard, dim=-1).numpy()

    return head


def _encoder(spec: EncoderSpec, network: Sounds, device: str) -> Encoder:
    def forward(features: Tensor) -> Tensor:
        return functional.normalize(network.sounds(features), dim=-1)

    return TorchEncoder(spec, network, device, forward=one_by_one(forward))
