"""Mel spectrograms as ``librosa.feature`` makes them, without librosa: it takes a second to load, and compiles for 16.

The filters are librosa's to the last bit; the transform is scipy's, with a periodic Hann window and frames that are
centred with zeros beyond the ends: ``librosa.feature.melspectrogram`` with its defaults is the reference. With the HTK
scale, triangles of equal height and mirrored ends they are those of ``torchaudio.transforms.MelSpectrogram``.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view

from musicdesk.errors import BadRequest
from musicdesk.records import FloatArray

Exact = npt.NDArray[np.float64]
Ends = Literal["zeros", "mirrored"]
"""What lies beyond both ends of the sound: silence, or the sound itself, mirrored."""
HZ_PER_MEL = 200 / 3
BEND_HZ = 1_000.0
"""Slaney's scale is linear up to here and logarithmic above."""
BEND_MEL = BEND_HZ / HZ_PER_MEL
LOG_STEP = np.log(6.4) / 27
HTK_MEL, HTK_BEND_HZ = 2_595.0, 700.0
"""O'Shaughnessy's scale, as the Hidden Markov Model Toolkit has it: 2,595 · log10(1 + hz / 700)."""
BLOCK_FRAMES = 512  # keeps the frames at hand in the processor's cache
_PADDED: dict[Ends, Literal["constant", "reflect"]] = {"zeros": "constant", "mirrored": "reflect"}


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
    scale: Literal["slaney", "htk"] = "slaney"
    triangles: Literal["area", "height"] = "area"
    """What all filters have in common: their area, or their height of 1."""
    ends: Ends = "zeros"


def mel_spectrogram(samples: FloatArray, spec: MelSpec) -> FloatArray:
    """The mel spectrogram of mono sound.  # [1 + n // hop, n_mels] float32"""
    return apply_filters(spectrogram(samples, n_fft=spec.n_fft, hop=spec.hop, power=spec.power, ends=spec.ends), spec)


def apply_filters(spectrum: FloatArray, spec: MelSpec) -> FloatArray:
    """A spectrogram [frames, 1 + n_fft // 2] seen through the mel filters.  # [frames, n_mels] float32"""
    result: FloatArray = spectrum @ mel_filters(spec).T
    return result


def decibels(power: FloatArray, *, floor: float = 1e-10) -> FloatArray:
    """Powers in decibels over 1; what lies below ``floor`` is taken for it.  # the same shape, float32"""
    return np.asarray(10 * np.log10(np.maximum(power, np.float32(floor))), dtype=np.float32)


def spectrogram(samples: FloatArray, *, n_fft: int, hop: int, power: float = 2.0, ends: Ends = "zeros") -> FloatArray:
    """The short-time spectrum of mono sound.  # [1 + n // hop, 1 + n_fft // 2] float32

    Raises:
        BadRequest: the sound is empty, not mono or not finite.
    """
    from scipy.fft import rfft  # a fifth of a second of importing, for those who only compare fingerprints

    _validate(samples)
    padded = np.pad(np.asarray(samples, dtype=np.float32), n_fft // 2, _PADDED[ends])
    frames = sliding_window_view(padded, n_fft)[::hop]
    result = np.empty((len(frames), 1 + n_fft // 2), dtype=np.float32)
    for at in range(0, len(frames), BLOCK_FRAMES):
        spectrum = rfft(frames[at : at + BLOCK_FRAMES] * hann(n_fft), axis=1)
        energy = spectrum.real**2 + spectrum.imag**2
        result[at : at + BLOCK_FRAMES] = energy if power == 2 else energy ** (power / 2)
    return result


@lru_cache(maxsize=16)
def mel_filters(spec: MelSpec) -> FloatArray:
    """Triangles of equal area or height, equally spaced on the mel scale.  # [n_mels, 1 + n_fft // 2]

    The usual scale is that of Slaney's Auditory Toolbox (1998); steps and precisions come in librosa's order, so that
    no rounding differs.
    """
    spaced = _htk_spaced if spec.scale == "htk" else _mel_spaced
    corners = spaced(spec.n_mels + 2, spec.fmin, spec.rate_hz / 2 if spec.fmax is None else spec.fmax)
    away = np.subtract.outer(corners, np.fft.rfftfreq(spec.n_fft, 1 / spec.rate_hz))
    width = np.diff(corners)[:, None]
    rising, falling = -away[:-2] / width[:-1], away[2:] / width[1:]
    filters: FloatArray = np.maximum(0, np.minimum(rising, falling)).astype(np.float32)
    if spec.triangles == "area":
        filters *= (2 / (corners[2:] - corners[:-2]))[:, None]
    filters.setflags(write=False)
    return filters


def _mel_spaced(count: int, low_hz: float, high_hz: float) -> Exact:
    """Frequencies in hertz, equally spaced in mel.  # [count]"""
    mel = np.linspace(_mel_of(low_hz), _mel_of(high_hz), count)
    above = BEND_HZ * np.exp(LOG_STEP * (np.maximum(mel, BEND_MEL) - BEND_MEL))
    return np.where(mel >= BEND_MEL, above, HZ_PER_MEL * mel)


def _htk_spaced(count: int, low_hz: float, high_hz: float) -> Exact:
    """Frequencies in hertz, equally spaced on the HTK's scale.  # [count]"""
    low, high = (HTK_MEL * np.log10(1 + hz / HTK_BEND_HZ) for hz in (low_hz, high_hz))
    spaced: Exact = HTK_BEND_HZ * (10 ** (np.linspace(low, high, count) / HTK_MEL) - 1)
    return spaced


def _mel_of(hz: float) -> float:
    return float(BEND_MEL + np.log(hz / BEND_HZ) / LOG_STEP) if hz >= BEND_HZ else hz / HZ_PER_MEL


@lru_cache(maxsize=16)
def hann(length: int) -> FloatArray:
    """A periodic Hann window.  # [length] float32"""
    window = (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(length) / length)).astype(np.float32)
    window.setflags(write=False)
    return window


def _validate(samples: FloatArray) -> None:
    if samples.ndim != 1 or not samples.size or not np.isfinite(samples).all():
        raise BadRequest("A spectrum needs a mono sound that is not empty and has no infinite samples.")
