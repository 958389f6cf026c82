"""What goes into the networks of MusicFM, MuQ and MuQ-MuLan, and how large they are; without torch.

They look at a picture of sound: 128 bands a hundredth of a second, in decibels.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from musicdesk.encoders.base import EncoderSpec, as_window
from musicdesk.features.mel import MelSpec, decibels, mel_spectrogram
from musicdesk.records import FloatArray

MEL = MelSpec(rate_hz=24_000, n_fft=2048, hop=240, n_mels=128, scale="htk", triangles="height", ends="mirrored")
"""What the authors' torchaudio makes when it is told nothing else."""


@dataclass(frozen=True, slots=True)
class ConformerConfig:
    """How large the network is; as published unless a test wants it small."""

    bands: int = 128
    channels: int = 512
    """Of the convolutions over time and frequency."""
    width: int = 1024
    """Of the vector of a moment."""
    layers: int = 12
    heads: int = 16
    inner: int = 4096
    """Of the feed-forward parts."""
    kernel: int = 31
    """Moments that a convolution within a layer sees."""
    rotary_base: float = 10_000.0


@dataclass(frozen=True, slots=True)
class TextConfig:
    """How large XLM-RoBERTa is; as published unless a test wants it small."""

    words: int = 250_002
    layers: int = 12
    heads: int = 12
    inner: int = 3072
    positions: int = 514
    """Places for tokens, two of which are never used."""


@dataclass(frozen=True, slots=True)
class MulanConfig:
    """How large both halves are; as published unless a test wants them small."""

    conformer: ConformerConfig = field(default_factory=ConformerConfig)
    text: TextConfig = field(default_factory=TextConfig)
    width: int = 768
    joint: int = 512
    audio_layers: int = 0
    text_layers: int = 8
    heads: int = 8
    head_width: int = 64


def log_mel(windows: Sequence[FloatArray], spec: EncoderSpec) -> FloatArray:
    """Windows of sound as decibels over 1; the frame that begins at the end is left out.  # [n, frames, 128] float32"""
    frames = round(spec.window_s * MEL.rate_hz) // MEL.hop
    rows = [decibels(mel_spectrogram(as_window(window, spec), MEL))[:frames] for window in windows]
    return np.stack(rows) if rows else np.zeros((0, frames, MEL.n_mels), dtype=np.float32)
