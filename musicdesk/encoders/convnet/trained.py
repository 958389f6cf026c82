"""A network that was trained on this computer, as an encoder like any other.

Its folder holds the config, the weights and how well it did. Its vectors are the fully connected layer; its words are
the classes, and the mean of its softmax over a track's windows is the track's class vector.
"""

import hashlib
import json
import math
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from musicdesk.encoders.base import Encoded, Encoder, EncoderPlugin, EncoderSpec, WeightsSpec
from musicdesk.encoders.convnet.config import CnnConfig, ImageSpec
from musicdesk.encoders.convnet.images import images
from musicdesk.encoders.convnet.pictures import digest
from musicdesk.errors import ModelUnavailable
from musicdesk.records import EncoderKey, FloatArray
from musicdesk.whole_files import whole

if TYPE_CHECKING:
    from musicdesk.encoders.convnet.net import CnnNet

CONFIG, WEIGHTS = "config.json", "weights.safetensors"
KIND = "musicdesk-cnn"
WINDOWS = 8
"""Segments of a track that are heard."""
TORCH_MB = 80
"""What a forward pass takes beside the weights."""


class TrainedCnn:
    """The encoder; ``folder`` holds the weights."""

    def __init__(self, spec: EncoderSpec, config: CnnConfig, folder: Path, device: str = "cpu") -> None:
        import torch

        from musicdesk.encoders.convnet.net import CnnNet
        from musicdesk.encoders.torch_encoder import load_weights

        self._spec, self.device, self._torch = spec, device, torch
        network = CnnNet(config, len(spec.vocabulary))
        load_weights(network, folder / WEIGHTS, name=spec.key.name)
        self._network = network.to(device).eval()

    @property
    def spec(self) -> EncoderSpec:
        """What it is."""
        return self._spec

    def encode(self, features: FloatArray) -> Encoded:
        """Encode images; the words are the softmax of each.  # [n, 1, rows, frames]"""
        if not len(features):
            nothing = np.zeros((0, self._spec.dim + len(self._spec.vocabulary)), np.float32)
            return Encoded(nothing[:, : self._spec.dim], nothing[:, self._spec.dim :])
        with self._torch.inference_mode():
            embedding = self._network.embed(self._torch.from_numpy(np.ascontiguousarray(features)).to(self.device))
            likely = self._network.classes(embedding).softmax(dim=1)
        return Encoded(embedding.float().cpu().numpy(), likely.float().cpu().numpy())


def plugin_of(folder: Path) -> EncoderPlugin | None:
    """The encoder that a folder holds; None where it holds none, or only the beginnings of one."""
    try:
        config, classes, sha256 = read_config(folder)
        size = (folder / WEIGHTS).stat().st_size
    except (ModelUnavailable, OSError):
        return None
    spec = spec_of(folder.name, config, classes, sha256=sha256, size=size)
    return EncoderPlugin(spec, partial(_load, spec, config), _FrontEnd(config.image))


def spec_of(name: str, config: CnnConfig, classes: tuple[str, ...], *, sha256: str, size: int) -> EncoderSpec:
    """What is known of a network called ``name`` whose weights have this hash and size in bytes."""
    image = config.image
    return EncoderSpec(
        key=EncoderKey(name, sha256[:12], digest(image)),
        title=f"Your own CNN ({name.removeprefix('cnn-')})",
        dim=config.dense,
        rate_hz=image.rate_hz,
        window_s=image.samples / image.rate_hz,
        windows=WINDOWS,
        licence="yours",
        source="musicdesk train cnn",
        vocabulary=classes,
        devices=("cpu", "cuda", "mps"),
        weights=WeightsSpec(size_bytes=size, files=((WEIGHTS, sha256),)),
        setting=f"fully connected layer of {config.dense}, mean over {WINDOWS} segments of {image.segment_s:g} s",
        memory_mb=math.ceil(size / 2**20) + TORCH_MB,
    )


def save(network: "CnnNet", config: CnnConfig, classes: tuple[str, ...], folder: Path) -> None:
    """Write weights, then config: a folder with a config is a whole network."""
    import safetensors.torch

    tensors = {name: tensor.detach().cpu().contiguous().clone() for name, tensor in network.state_dict().items()}
    data = safetensors.torch.save(tensors)
    _replace(folder / WEIGHTS, data)
    told = {
        "kind": KIND,
        "name": folder.name,
        "classes": list(classes),
        "network": config.plain(),
        "files": {WEIGHTS: hashlib.sha256(data).hexdigest()},
    }
    _replace(folder / CONFIG, (json.dumps(told, indent=2, ensure_ascii=False) + "\n").encode())


def read_config(folder: Path) -> tuple[CnnConfig, tuple[str, ...], str]:
    """Config, classes and the sha256 of the weights; raises ModelUnavailable."""
    try:
        told: Any = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
        if told["kind"] != KIND:
            raise ModelUnavailable(f"{folder} holds no network that musicdesk trained.")
        config, classes = CnnConfig.from_plain(told["network"]), tuple(str(name) for name in told["classes"])
        sha256 = str(told["files"][WEIGHTS])
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise ModelUnavailable(
            f"The config of the network in {folder} cannot be read. Train it again, or delete the folder."
        ) from error
    return config, classes, sha256


class _FrontEnd:
    """Images of a network's own kind, from windows."""

    def __init__(self, image: ImageSpec) -> None:
        self._image = image

    def __call__(self, windows: Any) -> FloatArray:
        """# [n, 1, rows, frames]"""
        return images(windows, self._image)


def _load(spec: EncoderSpec, config: CnnConfig, folder: Path, device: str) -> Encoder:
    return TrainedCnn(spec, config, folder, device)


def _replace(path: Path, data: bytes) -> None:
    with whole(path) as new:
        new.write_bytes(data)
