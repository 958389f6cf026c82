"""EncodecMAE at a size that runs in milliseconds, in both versions, and made-up checkpoints in the published form.

Its processes import it by name. The numbers come from the tensors' names, so that the upstream networks can be given
the same (``regenerate_encodecmae``).
"""

import zlib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from musicdesk.encoders import encodecmae
from musicdesk.encoders.base import EncoderSpec
from musicdesk.encoders.nets.encodecmae_config import EncodecMaeConfig
from musicdesk.records import EncoderKey

CONFIG = EncodecMaeConfig(filters=4, dim=24, layers=3, heads=4, inner=48)
MEL_CONFIG = replace(CONFIG, bands=32)


def _small(spec: EncoderSpec, name: str, **changes: Any) -> EncoderSpec:
    """The spec of a tiny network, whose files have no known hash."""
    assert spec.weights is not None
    unhashed = replace(spec.weights, downloads=tuple(replace(file, sha256="") for file in spec.weights.downloads))
    return replace(spec, key=EncoderKey(name, "1", "tiny"), dim=24, memory_mb=0, weights=unhashed, **changes)


SPEC = _small(encodecmae.SPEC, "tiny-encodecmae", windows=2)
STUDY_SPEC = _small(encodecmae.STUDY_SPEC, "tiny-encodecmae-study", variant_of="tiny-encodecmae", window_s=10.0)
MEL_SPEC = _small(encodecmae.MEL_SPEC, "tiny-encodecmae-mel")
PLUGIN = encodecmae.plugin_of(SPEC, CONFIG)
STUDY = encodecmae.plugin_of(STUDY_SPEC, CONFIG)
MEL = encodecmae.plugin_of(MEL_SPEC, MEL_CONFIG)
POINTS = {
    "tiny-encodecmae": "encoders.tiny_encodecmae:PLUGIN",
    "tiny-encodecmae-study": "encoders.tiny_encodecmae:STUDY",
    "tiny-encodecmae-mel": "encoders.tiny_encodecmae:MEL",
}


def numbers(name: str, shape: tuple[int, ...]) -> np.ndarray:
    """Random numbers that depend on the name and the shape alone; what all layers share is the same in all."""
    head, _, tail = name.partition(".ff_layer.")
    if tail:
        name = f"{head.rpartition('.')[0]}.0.ff_layer.{tail}"
    drawn = np.random.default_rng(zlib.crc32(name.encode())).standard_normal(shape).astype(np.float32)
    if name.endswith("weight_g"):
        return 1.2 + 0.2 * drawn
    if name.endswith("scale"):
        return np.asarray(0.7, dtype=np.float32)
    if len(shape) > 1:
        return drawn * np.float32(1.0 / np.sqrt(np.prod(shape[1:])))
    return 0.3 * drawn + np.float32("norm" in name and name.endswith("weight"))


def publish(path: Path, shapes: Mapping[str, tuple[int, ...]], **beside: Any) -> Path:
    """Write a checkpoint as its authors do: a pickle with the tensors under ``state_dict``."""
    import torch

    tensors = {name: torch.from_numpy(np.array(numbers(name, shape))) for name, shape in shapes.items()}
    path.parent.mkdir(parents=True, exist_ok=True)
    torch.save({"state_dict": tensors} | beside, path)
    return path
