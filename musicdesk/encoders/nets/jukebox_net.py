"""Jukebox as a listener: ears and mind, their conversion and their loading. Imported only where torch is wanted."""

import re
import zipfile
from collections.abc import Mapping
from pathlib import Path

import torch
from torch import nn

from musicdesk.encoders.base import EncoderSpec
from musicdesk.encoders.nets.jukebox_config import JukeboxConfig
from musicdesk.encoders.nets.jukebox_prior import Mind
from musicdesk.encoders.nets.jukebox_vqvae import Ears
from musicdesk.encoders.torch_encoder import TorchEncoder
from musicdesk.encoders.zoo import memory
from musicdesk.encoders.zoo.unpickling import read_safetensors, tensors_of, write_safetensors
from musicdesk.errors import ModelUnavailable

EARS, MIND = "vqvae", "prior_level_2"
"""The checkpoints' names, and those of what is kept of them."""


class Jukebox(nn.Module):
    """Sound to one vector: the mean over time of the last layer's hidden states."""

    def __init__(self, config: JukeboxConfig) -> None:
        super().__init__()
        self._context = config.context
        self.ears = Ears(config)
        self.mind = Mind(config)

    def forward(self, sound: torch.Tensor) -> torch.Tensor:
        """Windows [n, samples] to vectors, one after the other: a window alone fills any device.  # [n, width]"""
        return torch.cat([self.mind(self.codes(window[None])).float().mean(dim=1) for window in sound])

    def codes(self, sound: torch.Tensor) -> torch.Tensor:
        """The codes that are read; what a longer window has beyond is heard by the ears alone.  # [n, context]"""
        codes: torch.Tensor = self.ears(sound)
        return codes[:, : self._context]


def load(spec: EncoderSpec, config: JukeboxConfig, folder: Path, device: str) -> TorchEncoder:
    """The encoder from the folder of its converted weights; raises ModelUnavailable.

    Nothing is copied on the CPU: the matrices stay in the file, mapped into memory, in 16 bits, and each is widened to
    32 only while it multiplies. Peak memory is what the file takes and one window's work.
    """
    with torch.device("meta"):
        network = Jukebox(config)
    for part, name in ((network.ears, EARS), (network.mind, MIND)):
        tensors = read_safetensors(folder / f"{name}.safetensors")
        _refuse_misfits(tensors, part, name=name)
        part.load_state_dict(tensors, assign=True)
    return TorchEncoder(spec, network.requires_grad_(requires_grad=False), device, half=True)


def convert(config: JukeboxConfig, source: Path, folder: Path) -> None:
    """What the encoder needs of ``vqvae.pth.tar`` and ``prior_level_2.pth.tar`` in ``source``, as safetensors.

    Dropped knowingly: ``decoders``, the encoders and codebooks of the two lower levels; the layers above the one that
    is listened to (36 to 71) and ``prior.x_out``. Any other tensor left over, or one missing, is refused. The
    checkpoints are of the form that torch wrote before 1.6, which cannot be mapped: converting takes as much memory as
    the larger one, 10.3 GB.

    Raises:
        ModelUnavailable: a file is missing, damaged or another one, or there is too little memory.
    """
    with torch.device("meta"):
        network = Jukebox(config)
    for part, name in ((network.ears, EARS), (network.mind, MIND)):
        _refuse_want_of_memory(source / f"{name}.pth.tar")
        tensors = _named(tensors_of(source / f"{name}.pth.tar"))
        kept = {key: tensor for key, tensor in tensors.items() if not _dropped(config).fullmatch(key)}
        _refuse_misfits(kept, part, name=name)
        write_safetensors({key: _as_kept(key, tensor) for key, tensor in kept.items()}, folder / f"{name}.safetensors")


def _refuse_want_of_memory(path: Path) -> None:
    """Raise ModelUnavailable where a checkpoint that cannot be mapped does not fit into what is free."""
    free_mb = memory.available_mb()
    if free_mb is None or not path.is_file() or zipfile.is_zipfile(path):
        return
    needed_mb = path.stat().st_size / memory.MB
    if free_mb < needed_mb:
        raise ModelUnavailable(
            f"Converting {path.name} needs about {needed_mb / 1024:.1f} GB of memory; {free_mb / 1024:.1f} GB are "
            "free. Close other programs and try again; what was downloaded is kept."
        )


def _dropped(config: JukeboxConfig) -> re.Pattern[str]:
    """The names of what listening does not need."""
    below = "|".join(str(level) for level in range(len(config.halvings) - 1))
    above = "|".join(str(layer) for layer in range(config.layers, config.published_layers))
    parts = [
        rf"decoders\..*|encoders\.({below})\..*|bottleneck\.level_blocks\.({below})\.k",
        rf"prior\.x_out\.weight|prior\.transformer\._attn_mods\.({above})\..*",
    ]
    return re.compile("|".join(parts))


def _named(tensors: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """Without what training on several cards puts before every name."""
    return {name.removeprefix("module."): tensor for name, tensor in tensors.items()}


def _as_kept(name: str, tensor: torch.Tensor) -> torch.Tensor:
    """The matrices in 16 bits, all else in 32, as published."""
    return tensor.to(torch.float16 if name.endswith(".w") else torch.float32)


def _refuse_misfits(tensors: Mapping[str, torch.Tensor], part: nn.Module, *, name: str) -> None:
    """Raise ModelUnavailable unless these are the tensors of ``part``, by name and shape."""
    wanted = part.state_dict()
    odd = [f"{key} is missing" for key in wanted if key not in tensors]
    odd += [f"{key} is left over" for key in tensors if key not in wanted]
    odd += [
        f"{key} is {list(tensors[key].shape)} and not {list(tensor.shape)}"
        for key, tensor in wanted.items()
        if key in tensors and tensors[key].shape != tensor.shape
    ]
    if odd:
        raise ModelUnavailable(
            f"{name} is not the Jukebox that musicdesk knows ({odd[0]}). Run: musicdesk models install jukebox"
        )
