"""VibeNet at a size that runs in milliseconds, and a made-up wheel of it in the published form.

Its processes import it by name; the network loads torch only when it is asked for.
"""

import hashlib
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
from encoders.made_onnx import model_of
from encoders.made_weights import made

from musicdesk.encoders import vibenet
from musicdesk.encoders.base import EncoderPlugin
from musicdesk.encoders.nets.vibenet_shape import Shape, Stage
from musicdesk.records import EncoderKey

SHAPE = Shape(stem=4, stages=(Stage(1, 3, 1, 4, 1), Stage(2, 5, 2, 8, 2)), top=24, trunk=12)
_WEIGHTS = replace(vibenet.SPEC.weights, files=(("weights.safetensors", ""),), size_bytes=9_999)  # type: ignore[type-var]
SPEC = replace(
    vibenet.SPEC, key=EncoderKey("tiny-vibenet", "1", "tiny"), dim=12, windows=3, window_s=2.0, memory_mb=0,
    weights=_WEIGHTS,
)  # fmt: skip
PLUGIN = vibenet.plugin_of(SPEC, SHAPE)
POINTS = {"tiny-vibenet": "encoders.tiny_vibenet:PLUGIN"}


def tensors() -> dict[str, np.ndarray]:
    """What the ONNX file of the tiny network holds: parameters by the names of the published one, and constants."""
    shapes = dict(_shapes())
    found = {name: made(name, shape) for name, shape in shapes.items()}
    return {**found, "val_9": np.zeros(4, np.float32)}


def _shapes() -> Iterator[tuple[str, tuple[int, ...]]]:
    """Names and shapes as the authors' framework writes them, written out by hand."""
    f = "backbone.features."
    yield from _normed(f + "0.", (4, 3, 3, 3))
    yield from _normed(f + "1.0.block.0.", (4, 1, 3, 3))
    yield from _excited(f + "1.0.block.1.", 4, 1)
    yield from _normed(f + "1.0.block.2.", (4, 4, 1, 1))
    for block, into in ((0, 4), (1, 8)):
        at = f"{f}2.{block}.block."
        yield from _normed(at + "0.", (2 * into, into, 1, 1))
        yield from _normed(at + "1.", (2 * into, 1, 5, 5))
        yield from _excited(at + "2.", 2 * into, into // 4)
        yield from _normed(at + "3.", (8, 2 * into, 1, 1))
    yield from _normed(f + "3.", (24, 8, 1, 1))
    yield from (
        ("trunk.0.weight", (24,)),
        ("trunk.0.bias", (24,)),
        ("trunk.1.weight", (12, 24)),
        ("trunk.1.bias", (12,)),
    )
    for name in vibenet.ATTRIBUTES:
        yield from ((f"heads.{name}.weight", (1, 12)), (f"heads.{name}.bias", (1,)))


def _normed(at: str, kernel: tuple[int, ...]) -> Iterator[tuple[str, tuple[int, ...]]]:
    yield at + "0.weight", kernel
    yield from ((f"{at}1.{part}", kernel[:1]) for part in ("weight", "bias", "running_mean", "running_var"))


def _excited(at: str, wide: int, narrow: int) -> Iterator[tuple[str, tuple[int, ...]]]:
    yield from ((at + "fc1.weight", (narrow, wide, 1, 1)), (at + "fc1.bias", (narrow,)))
    yield from ((at + "fc2.weight", (wide, narrow, 1, 1)), (at + "fc2.bias", (wide,)))


def publish(path: Path, found: Mapping[str, np.ndarray] | None = None) -> EncoderPlugin:
    """Write a wheel like the published one; the plugin that knows its hash."""
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("vibenet/artifacts/efficientnet_model.onnx", model_of(tensors() if found is None else found))
        package.writestr("vibenet/__init__.py", "raise SystemExit('nothing of the package may run')")
        package.writestr("vibenet-0.1.0.dist-info/LICENSE", "GNU GENERAL PUBLIC LICENSE\n")
    weights = replace(_WEIGHTS, wheel_sha256=hashlib.sha256(path.read_bytes()).hexdigest())
    return vibenet.plugin_of(replace(SPEC, weights=weights), SHAPE)
