"""What encoders have in common that are transformers over the waveform itself, after HuBERT and data2vec.

Hsu et al., "HuBERT" (TASLP 2021); Baevski et al., "data2vec" (ICML 2022). Seven convolutions turn the samples into 75
or 50 frames a second, a stack of transformer layers follows. The library ``transformers`` runs the network; nothing of
its is fetched: the network is described here, its weights are ours, converted from the published checkpoint, where not
a tensor may be missing or left over. This module needs neither library; ``hubert_net`` does.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from musicdesk.encoders.base import Encoder, EncoderPlugin, EncoderSpec, rows_of
from musicdesk.errors import ModelUnavailable
from musicdesk.records import FloatArray

if TYPE_CHECKING:
    import torch

WEIGHTS, CHECKPOINT, CONFIG = "weights.safetensors", "pytorch_model.bin", "config.json"
POSITIONS = "encoder.pos_conv_embed."
NEVER = {"feature_extractor_cqt": False, "deepnorm": False, "conv_pos_batch_norm": False}
"""What some networks of the family have beside, and none of ours: a second, constant-Q input, other norms."""
TRAINING_ONLY = ("masked_spec_embed",)
"""What stands in for masked frames while the network learns."""
_NORM_FACTORS = {"conv.parametrizations.weight.original0": "conv.weight_g",
                 "conv.parametrizations.weight.original1": "conv.weight_v"}  # fmt: skip
"""Newer names of the two factors of the normalised weight → the published ones, which torch takes as well."""
QUIET = 1e-7
"""Added to the variance before the root is taken, as the models' own feature extractor does it."""


@dataclass(frozen=True, slots=True)
class Architecture:
    """A network of the family; all but ``positions`` is called as in its published ``config.json``."""

    hidden_size: int
    num_hidden_layers: int
    num_attention_heads: int
    intermediate_size: int
    positions: str = "one"
    """What tells a frame where it stands: ``one`` weight-normalised convolution (HuBERT) or ``several`` (data2vec)."""
    do_stable_layer_norm: bool = False
    """Whether a layer's input is normalised instead of its output (HuBERT large)."""
    num_conv_pos_embeddings: int = 128
    """Width of the one convolution for the places, or the number of them where there are several."""
    num_conv_pos_embedding_groups: int = 16
    conv_pos_kernel_size: int = 19
    """Width where there are several."""
    conv_dim: tuple[int, ...] = (512,) * 7
    conv_kernel: tuple[int, ...] = (10, 3, 3, 3, 3, 2, 2)
    conv_stride: tuple[int, ...] = (5, 2, 2, 2, 2, 2, 2)

    @property
    def data2vec(self) -> bool:
        """Whether it is a data2vec network: every convolution is normalised, not the first alone."""
        return self.positions == "several"

    def options(self) -> dict[str, Any]:
        """Name → value, as ``config.json`` has them."""
        unknown = {"positions", "do_stable_layer_norm"} if self.data2vec else {"positions", "conv_pos_kernel_size"}
        norms = {} if self.data2vec else {"feat_extract_norm": "group", "feat_proj_layer_norm": True}
        common = {"conv_bias": False, "hidden_act": "gelu", "feat_extract_activation": "gelu", "layer_norm_eps": 1e-5}
        return {name: value for name, value in asdict(self).items() if name not in unknown} | norms | common

    def shapes(self) -> dict[str, tuple[int, ...]]:
        """The published checkpoint: name → shape of every tensor that listening needs."""
        wide, inner = self.hidden_size, self.intermediate_size
        found = dict(self._convolutions())
        found |= _affine("feature_projection.layer_norm", self.conv_dim[-1])
        found |= _linear("feature_projection.projection", self.conv_dim[-1], wide)
        found |= dict(self._positions()) | _affine("encoder.layer_norm", wide)
        for layer in (f"encoder.layers.{number}." for number in range(self.num_hidden_layers)):
            for part in ("k_proj", "v_proj", "q_proj", "out_proj"):
                found |= _linear(f"{layer}attention.{part}", wide, wide)
            found |= _affine(f"{layer}layer_norm", wide) | _affine(f"{layer}final_layer_norm", wide)
            found |= _linear(f"{layer}feed_forward.intermediate_dense", wide, inner)
            found |= _linear(f"{layer}feed_forward.output_dense", inner, wide)
        return found

    def _convolutions(self) -> Iterator[tuple[str, tuple[int, ...]]]:
        before = (1, *self.conv_dim)
        for number, (kernel, inputs, outputs) in enumerate(zip(self.conv_kernel, before, self.conv_dim, strict=False)):
            layer = f"feature_extractor.conv_layers.{number}."
            yield f"{layer}conv.weight", (outputs, inputs, kernel)
            if number == 0 or self.data2vec:
                yield from _affine(f"{layer}layer_norm", outputs).items()

    def _positions(self) -> Iterator[tuple[str, tuple[int, ...]]]:
        wide, share = self.hidden_size, self.hidden_size // self.num_conv_pos_embedding_groups
        if not self.data2vec:
            yield f"{POSITIONS}conv.bias", (wide,)
            yield f"{POSITIONS}conv.weight_g", (1, 1, self.num_conv_pos_embeddings)
            yield f"{POSITIONS}conv.weight_v", (wide, share, self.num_conv_pos_embeddings)
            return
        for number in range(self.num_conv_pos_embeddings):
            yield f"{POSITIONS}layers.{number}.conv.weight", (wide, share, self.conv_pos_kernel_size)
            yield f"{POSITIONS}layers.{number}.conv.bias", (wide,)


def plugin_of(spec: EncoderSpec, architecture: Architecture, *, every_layer: bool, normalised: bool) -> EncoderPlugin:
    """An encoder of the family.

    ``every_layer`` takes the mean over the outputs of all transformer layers instead of the last one's; ``normalised``
    gives every window a mean of 0 and a variance of 1 first. Either way the mean over time is one row a window.
    """
    return EncoderPlugin(
        spec,
        partial(load, spec=spec, architecture=architecture, every_layer=every_layer),
        partial(waveforms, spec=spec, normalised=normalised),
        partial(convert, architecture=architecture, name=spec.weights_name),
    )


def load(folder: Path, device: str, *, spec: EncoderSpec, architecture: Architecture, every_layer: bool) -> Encoder:
    """The encoder with the weights in ``folder``; raises ModelUnavailable or ImportError."""
    from musicdesk.encoders.nets.hubert_net import opened  # torch and transformers take seconds to import
    from musicdesk.encoders.torch_encoder import TorchEncoder

    network = opened(architecture, folder / WEIGHTS, name=spec.weights_name, every_layer=every_layer)
    return TorchEncoder(spec, network, device)


def waveforms(windows: Sequence[FloatArray], *, spec: EncoderSpec, normalised: bool) -> FloatArray:
    """Windows as the network takes them.  # [n, window_s · rate_hz]"""
    rows = rows_of(windows, spec)
    if not normalised or not len(rows):
        return rows
    mean, variance = rows.mean(axis=1, dtype=np.float64), rows.var(axis=1, dtype=np.float64)
    return np.asarray((rows - mean[:, None]) / np.sqrt(variance + QUIET)[:, None], dtype=np.float32)


def convert(source: Path, folder: Path, *, architecture: Architecture, name: str) -> None:
    """Write the published checkpoint in ``source`` into ``folder`` as safetensors, tensors under their own names.

    Raises ModelUnavailable where it is of another network, or a tensor is missing, left over or of another shape.
    """
    from musicdesk.encoders.zoo.unpickling import tensors_of, write_safetensors

    _check_config(source / CONFIG, architecture, name=name)
    tensors = _published(tensors_of(source / CHECKPOINT))
    _check_shapes(tensors, architecture.shapes(), name=name)
    write_safetensors({key: value.float() for key, value in tensors.items()}, folder / WEIGHTS)


def _published(tensors: Mapping[str, "torch.Tensor"]) -> dict[str, "torch.Tensor"]:
    """The tensors that listening needs, under the names of the published checkpoint."""
    found: dict[str, torch.Tensor] = {}
    for key, value in tensors.items():
        inner = key.removeprefix(POSITIONS)
        found[POSITIONS + _NORM_FACTORS[inner] if inner in _NORM_FACTORS else key] = value
    return {key: value for key, value in found.items() if key not in TRAINING_ONLY}


def _check_config(path: Path, architecture: Architecture, *, name: str) -> None:
    try:
        published = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ModelUnavailable(f"{path.name} of {name} is missing or damaged. Fetch it again.") from error
    options = published if isinstance(published, dict) else {}
    for option, ours in (NEVER | architecture.options()).items():
        theirs = options.get(option, ours)
        if theirs != (list(ours) if isinstance(ours, tuple) else ours):
            raise ModelUnavailable(
                f"{path.name} describes another network than {name}: its {option} is {theirs}, not {ours}."
            )


def _check_shapes(tensors: Mapping[str, "torch.Tensor"], wanted: Mapping[str, tuple[int, ...]], *, name: str) -> None:
    missing, extra = sorted(wanted.keys() - tensors.keys()), sorted(tensors.keys() - wanted.keys())
    odd = [key for key, shape in wanted.items() if key in tensors and tuple(tensors[key].shape) != shape]
    for keys, fault in ((missing, "is missing"), (extra, "belongs to no part of it"), (odd, "is of another shape")):
        if keys:
            raise ModelUnavailable(
                f"{CHECKPOINT} is no checkpoint of {name}: {keys[0]} {fault}. Fetch it again from {name}'s own page."
            )


def _affine(name: str, size: int) -> dict[str, tuple[int, ...]]:
    return {f"{name}.weight": (size,), f"{name}.bias": (size,)}


def _linear(name: str, inputs: int, outputs: int) -> dict[str, tuple[int, ...]]:
    return {f"{name}.weight": (outputs, inputs), f"{name}.bias": (outputs,)}
