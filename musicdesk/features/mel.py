"""Mel spectrograms as ``librosa.feature`` makes them, without its first call that compiles for 16 seconds.

The filters are librosa's own; the transform is scipy's, with a periodic Hann window and frames that are centred with
zeros beyond the ends: ``librosa.feature.melspectrogram`` with its defaults is the reference.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from scipy.fft import rfft

from musicdesk.errors import BadRequest
from musicdesk.records import FloatArray

BLOCK_FRAMES = 512  # keeps the frames at hand in the processor's cache


@dataclass(frozen=True, slots=True)
class MelSpec:
    """How a mel spectrogram is made."""

    rate_hz: int
    n_fft: int
    hop: int
    n_mels: int
    fmin: float = 0.0
    fmax: float | None = None
    """Hertz; None: half the rate."""
    power: float = 2.0
    """2: power, 1: magnitude."""


def mel_spectrogram(samples: FloatArray, spec: MelSpec) -> FloatArray:
    """The mel spectrogram of mono sound.  # [1 + n // hop, n_mels] float32"""
    return apply_filters(spectrogram(samples, n_fft=spec.n_fft, hop=spec.hop, power=spec.power), spec)


def apply_filters(spectrum: FloatArray, spec: MelSpec) -> FloatArray:
    """A spectrogram [frames, 1 + n_fft // 2] seen through the mel filters.  # [frames, n_mels] float32"""
    result: FloatArray = spectrum @ mel_filters(spec).T
    return result


def spectrogram(samples: FloatArray, *, n_fft: int, hop: int, power: float = 2.0) -> FloatArray:
    """The short-time spectrum of mono sound.  # [1 + n // hop, 1 + n_fft // 2] float32

    Raises:
        BadRequest: the sound is empty, not mono or not finite.
    """
    _validate(samples)
    padded = np.pad(np.asarray(samples, dtype=np.float32), n_fft // 2)
    frames = sliding_window_view(padded, n_fft)[::hop]
    result = np.empty((len(frames), 1 + n_fft // 2), dtype=np.float32)
    for at in range(0, len(frames), BLOCK_FRAMES):
        spectrum = rfft(frames[at : at + BLOCK_FRAMES] * hann(n_fft), axis=1)
        energy = spectrum.real**2 + spectrum.imag**2
        result[at : at + BLOCK_FRAMES] = energy if power == 2 else energy ** (power / 2)
    return result


@lru_cache(maxsize=16)
def mel_filters(spec: MelSpec) -> FloatArray:
    """Librosa's filters: triangles of equal area, equally spaced on Slaney's mel scale.  # [n_mels, 1 + n_fft // 2]"""
    from librosa.filters import mel  # a second of importing, so only where sound is analysed

    filters: FloatArray = mel(
        sr=spec.rate_hz, n_fft=spec.n_fft, n_mels=spec.n_mels, fmin=spec.fmin, fmax=spec.fmax, dtype=np.float32
    )
    filters.setflags(write=False)
    return filters


@lru_cache(maxsize=16)
def hann(length: int) -> FloatArray:
    """A periodic Hann window.  # [length] float32"""
    window = (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(length) / length)).astype(np.float32)
    window.setflags(write=False)
    return window


def _validate(samples: FloatArray) -> None:
    if samples.ndim != 1 or not samples.size or not np.isfinite(samples).all():
        raise BadRequest("A spectrum needs a mono sound that is not empty and has no infinite samples.")
