"""The network of EnCodecMAE: frames of sound through a transformer that learnt to fill in what was masked.

Pepino, Riera & Ferrer, "EnCodecMAE: Leveraging neural codecs for universal audio representation learning" (2023),
section 2: frames are projected, a sinusoid of position is added with a learnt weight, and layers with two residual
streams follow (Xie et al., "ResiDual: Transformer with Dual Residual Connections", 2023). Nothing is masked when it
listens. Written from those descriptions, with the parameters' names as published; one thing shows in the checkpoints
alone: all layers share one feed-forward part, so it is kept once, under the first layer's name.
"""

import math
import re
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional

from musicdesk.encoders.base import Encoder, EncoderSpec
from musicdesk.encoders.nets.encodec_net import EncodecEncoder
from musicdesk.encoders.nets.encodecmae_config import CHUNK_S, RATE_HZ, EncodecMaeConfig
from musicdesk.encoders.torch_encoder import TorchEncoder, load_weights
from musicdesk.encoders.zoo.checkpoint import fitting
from musicdesk.encoders.zoo.unpickling import tensors_of, write_safetensors
from musicdesk.errors import ModelUnavailable

TRAINING = ("target_encoder.", "decoder.", "decoder_projector.", "head.", "extra_head.", "visible_encoder.post_net.")
"""How the names begin of what only predicts the masked frames."""
_SHARED = re.compile(r"(visible_encoder\.encoder_layers\.)(\d+)(\.ff_layer\..+)")
_WAVELENGTH = 10_000.0


class _Position(nn.Module):
    """Adds sines and cosines of the position, weighted."""

    def __init__(self) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.tensor(1.0))

    def forward(self, frames: torch.Tensor) -> torch.Tensor:
        count, dim = frames.shape[1:]
        places = torch.arange(count, device=frames.device, dtype=torch.float32)[:, None]
        pitches = torch.exp(torch.arange(0, dim, 2, device=frames.device) * (-math.log(_WAVELENGTH) / dim))
        waves = torch.stack([torch.sin(places * pitches), torch.cos(places * pitches)], dim=-1).flatten(1)
        return frames + self.scale * waves


class _Attention(nn.Module):
    """Every frame looks at every frame; the heads' channels lie interleaved."""

    def __init__(self, dim: int, heads: int) -> None:
        super().__init__()
        self._heads = heads
        self.wq, self.wk, self.wv, self.wo = (nn.Linear(dim, dim, bias=False) for _ in range(4))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        q, k, v = (self._apart(part(x)) for part in (self.wq, self.wk, self.wv))
        seen = functional.scaled_dot_product_attention(q, k, v)  # [n, heads, frames, dim of a head]
        joined: torch.Tensor = self.wo(seen.permute(0, 2, 3, 1).flatten(2))
        return joined

    def _apart(self, x: torch.Tensor) -> torch.Tensor:
        n, count, _ = x.shape
        return x.reshape(n, count, -1, self._heads).permute(0, 3, 1, 2)


class _Layer(nn.Module):
    """One layer with two residual streams: one normalised after each addition, one never."""

    def __init__(self, config: EncodecMaeConfig) -> None:
        super().__init__()
        self.att_layer = _Attention(config.dim, config.heads)
        self.norm1, self.norm2 = nn.LayerNorm(config.dim), nn.LayerNorm(config.dim)

    def forward(
        self, near: torch.Tensor, far: torch.Tensor, feed_forward: nn.Module
    ) -> tuple[torch.Tensor, torch.Tensor]:
        seen = self.att_layer(near)
        near = self.norm1(near + seen)
        thought = feed_forward(near)
        return self.norm2(near + thought), far + seen + thought


class VisibleEncoder(nn.Module):
    """The transformer: frames [n, frames, dim] to frames of the same shape."""

    def __init__(self, config: EncodecMaeConfig) -> None:
        super().__init__()
        shared = nn.Sequential(nn.Linear(config.dim, config.inner), nn.ReLU(), nn.Linear(config.inner, config.dim))
        self.encoder_layers = nn.ModuleList([_Layer(config) for _ in range(config.layers)])
        self.encoder_layers[0].add_module("ff_layer", shared)
        self.final_norm = nn.LayerNorm(config.dim)

    def forward(self, frames: torch.Tensor) -> torch.Tensor:
        """The sum of both streams, the second normalised at last."""
        near = far = frames
        shared = self.encoder_layers[0].get_submodule("ff_layer")
        for layer in self.encoder_layers:
            near, far = layer(near, far, shared)
        result: torch.Tensor = near + self.final_norm(far)
        return result


class SoundMae(nn.Module):
    """Version 1: sound [n, samples] at 24 kHz, through EnCodec's encoder, to vectors [n, dim]."""

    def __init__(self, config: EncodecMaeConfig) -> None:
        super().__init__()
        codec = EncodecEncoder(filters=config.filters, strides=config.strides, dim=config.codec_dim)
        self.wav_encoder = nn.ModuleDict({"model": codec})
        self.feat_projector = nn.Linear(config.codec_dim, config.dim)
        self.positional_encoder = _Position()
        self.visible_encoder = VisibleEncoder(config)

    def frames(self, samples: torch.Tensor) -> torch.Tensor:
        """One chunk as frames.  # [n, frames, dim]"""
        projected = self.feat_projector(self.wav_encoder["model"](samples))
        encoded: torch.Tensor = self.visible_encoder(self.positional_encoder(projected))
        return encoded

    def forward(self, samples: torch.Tensor) -> torch.Tensor:
        """Chunks of 4 s one after the other, each by itself; the mean over all frames."""
        chunks = torch.split(samples, round(CHUNK_S * RATE_HZ), dim=1)
        return torch.cat([self.frames(chunk) for chunk in chunks], dim=1).mean(dim=1)


class MelMae(nn.Module):
    """Version 2: log-mel [n, frames, bands] to vectors [n, dim]."""

    def __init__(self, config: EncodecMaeConfig) -> None:
        super().__init__()
        self.wav_encoder = nn.ModuleDict({"post_net": nn.Linear(config.bands, config.dim)})
        self.masker = nn.ModuleDict({"positional_encoder": _Position()})
        self.visible_encoder = VisibleEncoder(config)

    def forward(self, mel: torch.Tensor) -> torch.Tensor:
        """The mean over the frames of a chunk."""
        projected = self.wav_encoder["post_net"](mel)
        frames: torch.Tensor = self.visible_encoder(self.masker["positional_encoder"](projected))
        return frames.mean(dim=1)


def network_of(config: EncodecMaeConfig) -> nn.Module:
    """The network with parameters that nobody has trained."""
    return MelMae(config) if config.bands else SoundMae(config)


def load(folder: Path, device: str, *, spec: EncoderSpec, config: EncodecMaeConfig) -> Encoder:
    """The encoder with the weights in a folder."""
    network = network_of(config)
    load_weights(network, folder / "weights.safetensors", name=spec.weights_name)
    return TorchEncoder(spec, network, device)


def convert(checkpoint: Path, folder: Path, *, config: EncodecMaeConfig) -> None:
    """Keep what listens of a published checkpoint."""
    tensors = {key: tensor for key, tensor in tensors_of(checkpoint).items() if not key.startswith(TRAINING)}
    with torch.device("meta"):
        network = network_of(config)
    write_safetensors(fitting(_once(tensors), network, name="EncodecMAE"), folder / "weights.safetensors")


def _once(tensors: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """The tensors without the repetitions of what all layers share; refuses those that do not share it."""
    kept = dict(tensors)
    for key, tensor in tensors.items():
        parts = _SHARED.fullmatch(key)
        if not parts or parts[2] == "0":
            continue
        first = tensors.get(f"{parts[1]}0{parts[3]}")
        if first is None or not torch.equal(first, tensor):
            raise ModelUnavailable(
                f"This is not a checkpoint of EncodecMAE that musicdesk knows: {key} differs from the first layer's. "
                "Take the files from where its authors publish them."
            )
        del kept[key]
    return kept
