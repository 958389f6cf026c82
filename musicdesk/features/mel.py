"""Mel spectrograms as librosa makes them, without librosa (whose first call compiles for seconds).

The filters are Slaney's (linear below 1 kHz, logarithmic above, area-normalised), the window is a periodic Hann, frames
are centred with zeros beyond the ends: ``librosa.feature.melspectrogram`` with its defaults is the reference.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view
from scipy.fft import rfft

from musicdesk.errors import BadRequest
from musicdesk.records import FloatArray

DoubleArray = npt.NDArray[np.float64]
BLOCK_FRAMES = 512  # keeps the frames at hand in the processor's cache
HZ_PER_MEL = 200 / 3
LOG_FROM_HZ, LOG_FROM_MEL, LOG_STEP = 1000.0, 15.0, float(np.log(6.4)) / 27


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
    """Triangles of equal area, equally spaced in mel.  # [n_mels, 1 + n_fft // 2] float32"""
    top_hz = spec.rate_hz / 2 if spec.fmax is None else spec.fmax
    edges_hz = mel_to_hz(np.linspace(hz_to_mel(spec.fmin), hz_to_mel(top_hz), spec.n_mels + 2))
    bins_hz = np.fft.rfftfreq(spec.n_fft, 1 / spec.rate_hz)
    slopes = edges_hz[:, None] - bins_hz[None, :]
    widths_hz = np.diff(edges_hz)[:, None]
    triangles = np.maximum(0, np.minimum(-slopes[:-2] / widths_hz[:-1], slopes[2:] / widths_hz[1:]))
    filters: FloatArray = (triangles * (2 / (edges_hz[2:] - edges_hz[:-2]))[:, None]).astype(np.float32)
    filters.setflags(write=False)
    return filters


def hz_to_mel(hz: float) -> float:
    """Slaney's mel scale."""
    if hz < LOG_FROM_HZ:
        return hz / HZ_PER_MEL
    return LOG_FROM_MEL + float(np.log(hz / LOG_FROM_HZ)) / LOG_STEP


def mel_to_hz(mels: DoubleArray) -> DoubleArray:
    """The other way round, for arrays."""
    logarithmic = LOG_FROM_HZ * np.exp(LOG_STEP * (mels - LOG_FROM_MEL))
    result: DoubleArray = np.where(mels < LOG_FROM_MEL, mels * HZ_PER_MEL, logarithmic)
    return result


@lru_cache(maxsize=16)
def hann(length: int) -> FloatArray:
    """A periodic Hann window.  # [length] float32"""
    window = (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(length) / length)).astype(np.float32)
    window.setflags(write=False)
    return window


def _validate(samples: FloatArray) -> None:
    if samples.ndim != 1 or not samples.size or not np.isfinite(samples).all():
        raise BadRequest("A spectrum needs a mono sound that is not empty and has no infinite samples.")
