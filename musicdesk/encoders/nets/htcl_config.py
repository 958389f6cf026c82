"""The sizes of HTCL's towers and heads, as data: kept beside the weights as JSON.

Pan et al., "Bridging the gap between semantic and user preference spaces for multi-modal music representation learning"
(ICMR 2025, arXiv 2505.23298). ``FULL`` is the published network. ``SMALL`` is the same shape at a fraction of the size,
for half a minute of sound. ``VECTORS`` stands on what another encoder hears, and trains within a minute.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Self

import numpy as np

from musicdesk.encoders.convnet.config import record_of
from musicdesk.errors import BadRequest
from musicdesk.features.mel import MelSpec, decibels, mel_spectrogram
from musicdesk.records import FloatArray

MEL_SOURCE, VECTORS_SOURCE = "mel", "vectors"
MEL = MelSpec(rate_hz=16_000, n_fft=2_048, hop=1_536, n_mels=128)
"""Windows of 128 ms, one each 96 ms; two minutes are 1,251 frames."""
RANGE_DB = 80.0
"""What lies further below the loudest is raised to there, and what is missing is filled up with it."""
FLAT = 1e-8
"""Added to the deviation, so that silence is no division by zero."""
JOINT = 100
"""Numbers of the space that sounds and words share."""


@dataclass(frozen=True, slots=True)
class HtclConfig:
    """What the towers and heads are made of."""

    source: str = VECTORS_SOURCE
    """What the tower of sounds is fed: mel (spectrograms) or vectors (rows of another encoder)."""
    inputs: int = 400
    """Bands of the spectrogram, or numbers of the other encoder's row."""
    width: int = 256
    layers: int = 0
    """Blocks of the transformer; 0 with vectors alone."""
    attention_heads: int = 4
    inner: int = 1_024
    """Width within a block of the transformer."""
    channels: int = 512
    """Of the convolutions over a spectrogram."""
    kernels: tuple[int, ...] = (5, 3, 3)
    strides: tuple[int, ...] = (2, 2, 2)
    place_kernel: int = 31
    """Frames from which a frame learns where it stands."""
    place_groups: int = 16
    dropout: float = 0.1
    seconds: float = 30.0
    """Of one window of sound, where the tower is fed spectrograms."""
    windows: int = 1
    """Windows that a track is given, where the tower is fed spectrograms."""
    audio_head: tuple[int, ...] = (192,)
    """Widths between the tower of sounds and the shared space."""
    text_inputs: int = 384
    """Numbers of a sentence's vector."""
    text_head: tuple[int, ...] = (192,)
    """Widths between the sentence and the shared space."""
    fusion: tuple[int, ...] = (200, 100)
    """Widths between sound with text (twice ``joint``) and the shared space."""
    joint: int = JOINT
    temperature: float = 2.6
    """What the logarithm of every learnt scale begins with."""

    def __post_init__(self) -> None:
        if self.source not in (MEL_SOURCE, VECTORS_SOURCE):
            raise BadRequest(f"A tower is fed {MEL_SOURCE} or {VECTORS_SOURCE}, not {self.source!r}.")
        counts = (self.inputs, self.width, self.attention_heads, self.inner, self.channels, self.place_kernel,
                  self.place_groups, self.windows, self.text_inputs, self.joint)  # fmt: skip
        if min((*counts, *self.kernels, *self.strides, *self.audio_head, *self.text_head, *self.fusion)) < 1:
            raise BadRequest("Widths, heads, kernels, strides and windows of a tower are 1 or more.")
        if self.layers < (self.source == MEL_SOURCE) or self.width % self.attention_heads:
            raise BadRequest("A tower has blocks (vectors need none), and its width can be shared among its heads.")
        if len(self.kernels) != len(self.strides) or self.width % self.place_groups:
            raise BadRequest("Each kernel has a stride, and the width of a tower can be shared among its groups.")
        if not 0 <= self.dropout < 1 or not 0 < self.seconds <= 600:
            raise BadRequest("Dropout lies from 0 to below 1, and a window lasts up to 600 seconds.")

    @property
    def frames(self) -> int:
        """Frames of one window's spectrogram."""
        return 1 + round(self.seconds * MEL.rate_hz) // MEL.hop

    @property
    def moments(self) -> int:
        """What the convolutions leave of the frames; raises BadRequest where that is nothing."""
        left = self.frames
        for kernel, stride in zip(self.kernels, self.strides, strict=True):
            left = (left - kernel) // stride + 1
        if left < 1:
            raise BadRequest(f"{self.seconds:g} s are too short for a tower with these convolutions.")
        return left

    def plain(self) -> dict[str, Any]:
        """As JSON takes it."""
        return asdict(self)

    @classmethod
    def from_plain(cls, data: object) -> Self:
        """The config that ``plain`` gave; what is missing is as by default.

        Raises:
            ModelUnavailable: a field that is unknown, of the wrong type or out of bounds.
        """
        return record_of(cls, data)


FULL = HtclConfig(
    source=MEL_SOURCE, inputs=MEL.n_mels, width=768, layers=12, attention_heads=12, inner=3_072, seconds=120.0,
    audio_head=(384, 192), text_inputs=768, text_head=(384, 192),
)  # fmt: skip
"""The published network: 12 x 768, two minutes."""
SMALL = replace(
    FULL, width=256, layers=4, attention_heads=4, inner=1_024, channels=256, seconds=30.0, windows=2,
    audio_head=(192,), text_inputs=384, text_head=(192,),
)  # fmt: skip
"""4 x 256, half a minute: what a laptop trains."""
VECTORS = HtclConfig()
"""On the rows of another encoder."""


def log_mel(samples: FloatArray, config: HtclConfig) -> FloatArray:
    """One window as the published code sees it: decibels, filled up 80 below the loudest, normalised as a whole.

    What is longer than a window is cut.  # samples: [n] mono at 16 kHz → [frames, 128]
    """
    heard = decibels(mel_spectrogram(samples, MEL))
    floor = heard.max() - RANGE_DB
    heard = np.maximum(heard, floor)[: config.frames]
    filled = np.full((config.frames, MEL.n_mels), floor, np.float32)
    filled[: len(heard)] = heard
    return np.asarray((filled - filled.mean()) / (filled.std() + FLAT), np.float32)


def log_mels(windows: Sequence[FloatArray], config: HtclConfig) -> FloatArray:
    """Several windows.  # [n, frames, 128]"""
    rows = [log_mel(window, config) for window in windows]
    return np.stack(rows) if rows else np.zeros((0, config.frames, MEL.n_mels), np.float32)
