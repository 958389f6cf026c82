"""Log-mel as Kaldi makes it, which EncodecMAE hears since its version 2.

The recipe of ``compute-fbank-feats`` (Povey et al., "The Kaldi Speech Recognition Toolkit", 2011) without dither:
whole frames only, each without its mean, with the highs raised (0.97), under a Hann window; the power spectrum of the
next power of two; triangles that are straight on the mel scale itself; the natural logarithm.
"""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view

from musicdesk.encoders.base import EncoderSpec, as_window
from musicdesk.encoders.nets.encodecmae_config import RATE_HZ
from musicdesk.records import FloatArray

WIN, HOP, N_FFT = 637, 318, 1_024
"""Samples: 26.56 ms, 13.28 ms, and the next power of two."""
Exact = npt.NDArray[np.float64]
LOW_HZ = 20.0
PREEMPHASIS = 0.97
MEAN, SPREAD = -6.12, 4.82
"""Of the training set; every value is centred and scaled by them."""


def front_end(windows: Sequence[FloatArray], *, spec: EncoderSpec, bands: int) -> FloatArray:
    """Windows as scaled log-mel.  # [n, frames, bands]"""
    frames = 1 + (round(spec.window_s * spec.rate_hz) - WIN) // HOP
    rows = [(log_mel(as_window(window, spec), bands) - np.float32(MEAN)) / np.float32(SPREAD) for window in windows]
    return np.stack(rows) if rows else np.zeros((0, frames, bands), dtype=np.float32)


def log_mel(samples: FloatArray, bands: int) -> FloatArray:
    """Mono sound at 24 kHz as Kaldi's log-mel.  # [1 + (n - 637) // 318, bands]"""
    from scipy.fft import rfft  # a fifth of a second of importing, for those who only compare fingerprints

    frames = sliding_window_view(np.asarray(samples, dtype=np.float64), WIN)[::HOP]
    frames = frames - frames.mean(axis=1, keepdims=True)
    before = np.concatenate([frames[:, :1], frames[:, :-1]], axis=1)
    spectrum = rfft((frames - PREEMPHASIS * before) * np.hanning(WIN), n=N_FFT, axis=1)
    power = (spectrum.real**2 + spectrum.imag**2) @ filters(bands).T
    return np.asarray(np.log(np.maximum(power, np.finfo(np.float32).eps)), dtype=np.float32)


@lru_cache(maxsize=4)
def filters(bands: int) -> Exact:
    """Triangles of height 1 from 20 Hz to half the rate, equally spaced in mel.  # [bands, 513]"""
    low, high = _mel(np.array([LOW_HZ, RATE_HZ / 2]))
    corners = np.linspace(low, high, bands + 2)
    heard = np.linspace(0.0, RATE_HZ / 2, N_FFT // 2 + 1)
    away: Exact = np.subtract.outer(corners, _mel(heard))
    triangles: Exact = np.maximum(0, np.minimum(-away[:-2], away[2:]) / (corners[1] - corners[0]))
    triangles[:, -1] = 0  # Kaldi leaves out the highest bin
    triangles.setflags(write=False)
    return triangles


def _mel(hz: Exact) -> Exact:
    return np.asarray(1127 * np.log1p(hz / 700), dtype=np.float64)
