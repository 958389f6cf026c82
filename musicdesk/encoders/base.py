"""The protocol that every encoder follows: windows of sound in, one vector a window out.

It comes in two halves. The front end is a plain function, without weights and without torch, that a process which
decodes can call: windows in, one row of features a window out. The network is asked for by name from the registry,
receives the folder of its checked weights (it never fetches) and a device, and turns rows of features, of several
tracks at once if need be, into rows of vectors. Pooling over windows, loudness and silence are not its business.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from musicdesk.errors import BadRequest
from musicdesk.records import EncoderKey, FloatArray


@dataclass(frozen=True, slots=True)
class WeightsSpec:
    """Where an encoder's weights come from, as data: nothing is fetched that is not named and hashed here."""

    package: str
    """The PyPI requirement whose wheel holds them, such as ``musicnn==0.1.0``."""
    wheel_sha256: str
    size_bytes: int
    files: tuple[tuple[str, str], ...]
    """(name, sha256) of the safetensors files as our own converter writes them."""


@dataclass(frozen=True, slots=True)
class EncoderSpec:
    """What is known of an encoder without loading it."""

    key: EncoderKey
    title: str
    dim: int
    rate_hz: int
    window_s: float
    """Length of one window that ``encode`` takes."""
    windows: int
    """How many windows a track is given by default."""
    licence: str
    source: str
    """Paper or page."""
    vocabulary: tuple[str, ...] = ()
    weights: WeightsSpec | None = None
    devices: tuple[str, ...] = ("cpu",)
    """Where its network can run: cpu, cuda, mps."""
    batch: int = 64
    """Windows of one forward pass where it runs on a GPU."""


@dataclass(frozen=True, slots=True, eq=False)
class Encoded:
    """One row a window."""

    vectors: FloatArray  # [n, dim]
    tags: FloatArray  # [n, n_tags]; n_tags = len(vocabulary)


class Encoder(Protocol):
    """A loaded encoder. Deterministic; a row depends on its own window alone (batch invariance)."""

    @property
    def spec(self) -> EncoderSpec:
        """What it is."""

    @property
    def device(self) -> str:
        """Where it runs: cpu, cuda:0, mps."""

    def encode(self, features: FloatArray) -> Encoded:
        """Encode rows of features, as the plugin's front end makes them.  # [n, …]"""


FrontEnd = Callable[[Sequence[FloatArray]], FloatArray]
"""Mono windows of ``spec.window_s`` at ``spec.rate_hz`` (a shorter one is repeated) to features.  # [n, …] float32"""


@dataclass(frozen=True, slots=True)
class EncoderPlugin:
    """What an entry point of the group ``musicdesk.encoders`` names."""

    spec: EncoderSpec
    load: Callable[[Path, str], Encoder]
    """Makes the encoder from the folder of its weights (given even where it needs none) on a device."""
    front_end: FrontEnd
    """Turns windows into features; importable by name, without torch."""
    convert: Callable[[Path, Path], None] | None = None
    """Turns the downloaded wheel (first path) into safetensors in a folder (second path)."""


def as_window(samples: FloatArray, spec: EncoderSpec) -> FloatArray:
    """Mono sound of exactly one window's length: cut, or repeated if it is shorter.  # [window_s · rate_hz]

    Raises:
        BadRequest: the sound is empty, not mono or not finite.
    """
    if samples.ndim != 1 or not samples.size or not np.isfinite(samples).all():
        raise BadRequest("An encoder takes mono sound that is not empty and has no infinite samples.")
    return np.resize(np.asarray(samples, dtype=np.float32), round(spec.window_s * spec.rate_hz))


def rows_of(windows: Sequence[FloatArray], spec: EncoderSpec) -> FloatArray:
    """Windows themselves as features, for an encoder without a front end of its own.  # [n, window_s · rate_hz]"""
    rows = [as_window(window, spec) for window in windows]
    return np.stack(rows) if rows else np.zeros((0, round(spec.window_s * spec.rate_hz)), dtype=np.float32)
