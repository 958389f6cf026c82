"""The protocol that every encoder follows: windows of sound in, one vector a window out.

It comes in two halves. The front end is a plain function, without weights and without torch, that a process which
decodes can call: windows in, one row of features a window out. The network is asked for by name from the registry,
receives the folder of its checked weights (it never fetches) and a device, and turns rows of features, of several
tracks at once if need be, into rows of vectors. Pooling over windows, loudness and silence are not its business.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol

import numpy as np

from musicdesk.errors import BadRequest
from musicdesk.records import EncoderKey, FloatArray

HEAVY_MB = 300
"""A network that needs more is loaded once, not in every worker."""


@dataclass(frozen=True, slots=True)
class Download:
    """One file of a checkpoint, as its authors publish it."""

    url: str
    name: str
    """What the file is called in the folder that ``convert`` receives."""
    size_bytes: int = 0
    """0: unknown to us; the server says it."""
    sha256: str = ""
    """ "": unknown to us; what the server declares is compared instead, and what came is remembered."""


@dataclass(frozen=True, slots=True)
class WeightsSpec:
    """Where an encoder's weights come from, as data: nothing is fetched that is not named here."""

    size_bytes: int
    """What they take on the disk once they are installed."""
    files: tuple[tuple[str, str], ...]
    """(name, sha256) of the safetensors files as our own converter writes them; "" for a hash unknown to us."""
    package: str = ""
    """The PyPI requirement whose wheel holds them, such as ``musicnn==0.1.0``."""
    wheel_sha256: str = ""
    downloads: tuple[Download, ...] = ()
    """The files to fetch where they are in no package."""
    listing: str = ""
    """The address under which a hub lists a repository; the checkpoints that it names are fetched as well."""
    accept: bool = False
    """Whether the licence must be shown and accepted first: it forbids commercial use, or nobody states it."""
    shipped: bool = False
    """Whether they come with musicdesk."""


class Loudness(StrEnum):
    """What is done to the level of a track's windows before the front end sees them."""

    RMS20 = "rms20"
    """One gain for the track, to an RMS of -20 dB: the same track at another level gives the same vector."""
    RAW = "raw"
    """As decoded, full scale 1."""
    PEAK = "peak"
    """One gain for the track, to a peak of 1."""


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
    setting: str = ""
    """Layer, pooling and frame rate, in a line for people."""
    variant_of: str = ""
    """The encoder whose weights this one listens with in another setting, such as the comparison study's."""
    loudness: Loudness = Loudness.RMS20
    memory_mb: int = 0
    """What its network needs at least, weights and one window; 0: next to nothing."""
    limit_s: float | None = None
    """How long one file may take; None: as long as any."""
    extra: str = ""
    """The extra of musicdesk that brings the libraries it needs."""
    libraries: tuple[str, ...] = ()
    """The import names of those libraries."""
    reads: bool = False
    """Whether it reads sentences, and listens to nothing."""

    @property
    def weights_name(self) -> str:
        """The name under which its weights are kept."""
        return self.variant_of or self.key.name

    @property
    def folder(self) -> str:
        """The name of the folder that they are kept in."""
        return self.weights_name.replace(":", "--").replace("/", "--")

    @property
    def heavy(self) -> bool:
        """Whether one copy of the network serves all workers, on the CPU too."""
        return self.memory_mb > HEAVY_MB


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


class Phrases(Protocol):
    """What puts texts into the space of an encoder's vectors."""

    def encode_text(self, texts: Sequence[str]) -> FloatArray:
        """One vector of length one a text: the larger its product with a sound's, the better they fit.  # [n, dim]"""


Head = Callable[[FloatArray], FloatArray]
"""Rows [n, dim of ``encode``] to the rows that are kept [n, spec.dim]: by numpy alone, each row by itself."""

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
    """Turns what was downloaded (the wheel, or the folder of the downloads) into safetensors in a folder."""
    open_text: Callable[[Path], Phrases] | None = None
    """Loads what hears texts, from the same folder as the weights; None where an encoder knows sounds alone."""
    head: Callable[[Path], Head] | None = None
    """Loads, from the same folder, what turns a pooled row of ``encode`` into the vector that is kept (and each
    window's row where windows are listened to closely); None where the row itself is kept."""
    base: "EncoderPlugin | None" = None
    """The encoder on whose rows ``head`` stands: front end, level, windows, words and ``encode`` are its own."""

    @property
    def derived_from(self) -> str:
        """The name of the encoder on whose rows this one stands; "" for others."""
        return self.base.spec.key.name if self.base else ""


class Weighted(Protocol):
    """What has weights to be fetched, checked, kept and removed: an encoder, or what reads sentences."""

    @property
    def spec(self) -> EncoderSpec:
        """What is known of it without loading it."""

    @property
    def convert(self) -> Callable[[Path, Path], None] | None:
        """As in EncoderPlugin."""

    @property
    def base(self) -> "Weighted | None":
        """What else must be there for it to work."""


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
