"""HTCL at a size that runs in milliseconds, and a made-up checkpoint of it under its authors' names."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from musicdesk.encoders import htcl
from musicdesk.encoders.base import EncoderPlugin
from musicdesk.encoders.nets.htcl_config import FULL, HtclConfig
from musicdesk.records import EncoderKey

if TYPE_CHECKING:
    import torch

CONFIG = replace(
    FULL, width=16, layers=2, attention_heads=2, inner=24, channels=12, place_kernel=5, place_groups=4, seconds=6.0,
    audio_head=(12, 9), text_inputs=16, text_head=(14, 9), fusion=(8, 6), joint=5,
)  # fmt: skip
SPEC = replace(
    htcl.SPEC, key=EncoderKey("tiny-htcl", "1", "tiny"), dim=CONFIG.joint, window_s=CONFIG.seconds, memory_mb=0,
    weights=None,
)  # fmt: skip
PLUGIN = EncoderPlugin(
    SPEC,
    partial(htcl.load, spec=SPEC, config=CONFIG),
    partial(htcl._spectrograms, config=CONFIG),
    partial(htcl.convert, config=CONFIG),
    partial(htcl.open_text, config=CONFIG),
    htcl.to_unit_rows,
)
POINTS = {"tiny-htcl": "encoders.tiny_htcl:PLUGIN"}


def shapes(config: HtclConfig) -> dict[str, tuple[int, ...]]:
    """Names and shapes of the sounds' half as its authors' network has them, from its description."""
    wide, channels, inner = config.width, config.channels, config.inner
    found: dict[str, tuple[int, ...]] = {"cls_token": (1, 1, wide)}
    before = config.inputs
    for number, kernel in enumerate(config.kernels):
        found[f"feature_extractor.layers.{number}.1.weight"] = (channels, before, kernel)
        found |= _both(f"feature_extractor.layers.{number}.3", (channels,))
        before = channels
    found |= _both("feature_projection.layer_norm", (channels,))
    found |= _both("feature_projection.projection", (wide, channels)) | _both("layer_norm", (wide,))
    group, kernel = wide // config.place_groups, config.place_kernel
    found["pos_conv_embed.conv.bias"] = (wide,)
    found["pos_conv_embed.conv.parametrizations.weight.original0"] = (1, 1, kernel)
    found["pos_conv_embed.conv.parametrizations.weight.original1"] = (wide, group, kernel)
    found |= _both("pos_conv_embed.layer_norm", (wide,))
    for number in range(config.layers):
        at = f"transformer_encoder.layers.{number}."
        found |= {f"{at}self_attn.in_proj_weight": (3 * wide, wide), f"{at}self_attn.in_proj_bias": (3 * wide,)}
        found |= _both(f"{at}self_attn.out_proj", (wide, wide))
        found |= _both(f"{at}linear1", (inner, wide)) | _both(f"{at}linear2", (wide, inner))
        found |= _both(f"{at}norm1", (wide,)) | _both(f"{at}norm2", (wide,))
    return {f"audio_model.{name}": shape for name, shape in found.items()} | {
        f"audio_mlp.{name}": shape for name, shape in mlp(wide, *config.audio_head, config.joint).items()
    }


def mlp(*widths: int) -> dict[str, tuple[int, ...]]:
    """A head: linear, ReLU and dropout in turn, so that every third number has weights."""
    found: dict[str, tuple[int, ...]] = {}
    for number, (before, after) in enumerate(pairwise(widths)):
        found |= _both(f"{3 * number}", (after, before))
    return found


def tensors(config: HtclConfig = CONFIG, *, words: bool = True, stage: int = 2) -> dict[str, "torch.Tensor"]:
    """A whole checkpoint, numbers by name; as the authors' training writes it."""
    import torch
    from encoders import tiny_bert
    from encoders.made_weights import made

    every = shapes(config)
    if words:
        every |= {f"text_mlp.{name}": s for name, s in mlp(16, *config.text_head, config.joint).items()}
    if stage == 2:
        every |= {f"fusion_mlp.{n}": s for n, s in mlp(2 * config.joint, *config.fusion, config.joint).items()}
    found = {name: torch.from_numpy(made(f"{name} {stage}", shape)) for name, shape in every.items()}
    found |= {name: torch.tensor(2.6) for name in (("tau_1", "tau_2", "tau_3") if stage == 2 else ("tau",))}
    return found | (tiny_bert.tensors("text_model.") if words else {})


def publish(folder: Path, checkpoints: Mapping[str, Mapping[str, "torch.Tensor"]] | None = None) -> Path:
    """The authors' pickles, and what belongs to their BERT."""
    import torch
    from encoders import tiny_bert

    tiny_bert.publish(folder)
    (folder / "model.safetensors").unlink()
    for name, found in (checkpoints or {"model-20.pth": tensors()}).items():
        torch.save(dict(found), folder / name)
    return folder


def _both(name: str, shape: tuple[int, ...]) -> dict[str, tuple[int, ...]]:
    return {f"{name}.weight": shape, f"{name}.bias": shape[:1]}
