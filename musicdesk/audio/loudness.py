"""How loud a sound is, and the gains that make sounds comparable: one for analysis, one for playback."""

import math
from collections.abc import Sequence

import numpy as np

from musicdesk.records import FloatArray, ReplayGain

SILENCE_DB = -60.0
"""A window whose RMS lies below this holds nothing to listen to."""
_FLOOR_DB = -120.0
_FRAME_S = 0.1
_WIDEST_DB = 51.0
"""ReplayGain values beyond this are mistakes (the standard's own limit)."""


def rms_db(samples: FloatArray) -> float:
    """Root mean square in dB of full scale (a full square wave is 0, a full sine -3); never below -120."""
    if not samples.size:
        return _FLOOR_DB
    flat = samples.ravel()
    power = float(np.dot(flat, flat)) / flat.size
    return max(_FLOOR_DB, 10 * math.log10(power)) if power > 0 else _FLOOR_DB


def sounding(samples: FloatArray, rate_hz: int) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Which tenths of a second of a mono sound are not silent.  # [n / 0.1 s, rounded up]"""
    frame = max(1, round(_FRAME_S * rate_hz))
    padded = np.pad(samples, (0, -len(samples) % frame))
    power = np.square(padded).reshape(-1, frame).mean(axis=1)
    loud: np.ndarray[tuple[int], np.dtype[np.bool_]] = power > 10 ** (SILENCE_DB / 10)
    return loud


def trim(samples: FloatArray, rate_hz: int) -> tuple[FloatArray, float]:
    """A mono sound without the silence before and after it, and where it begins in seconds."""
    loud = np.flatnonzero(sounding(samples, rate_hz))
    if not len(loud):
        return samples[:0], 0.0
    frame = max(1, round(_FRAME_S * rate_hz))
    first = int(loud[0]) * frame
    return samples[first : (int(loud[-1]) + 1) * frame], first / rate_hz


def level(windows: Sequence[FloatArray], *, target_db: float = -20.0) -> tuple[FloatArray, ...]:
    """All windows of a track with one gain, so that their common RMS is ``target_db``.

    One gain, so that loud and quiet parts of a track stay loud and quiet; the same track at another level comes out
    the same. Peaks may pass ±1: these samples go to an encoder, not to a loudspeaker, and clipping them would make
    the result depend on the level again. Silence is left as it is.
    """
    size = sum(window.size for window in windows)
    power = sum(float(np.dot(window.ravel(), window.ravel())) for window in windows) / max(1, size)
    if power <= 10 ** (_FLOOR_DB / 10):
        return tuple(windows)
    gain = np.float32(10 ** (target_db / 20) / math.sqrt(power))
    return tuple(window * gain for window in windows)


def level_peak(windows: Sequence[FloatArray]) -> tuple[FloatArray, ...]:
    """All windows of a track with one gain, so that the highest peak is 1. Silence is left as it is."""
    peak = max((float(np.abs(window).max(initial=0.0)) for window in windows), default=0.0)
    return tuple(window / np.float32(peak) for window in windows) if peak > 0 else tuple(windows)


def factor(gain: ReplayGain, mode: str, preamp_db: float = 0.0, *, fallback_db: float = 0.0) -> float:
    """What to multiply a file's samples by when playing it.

    ``mode`` is "track", "album" or "off"; where a file has only the other gain, that is used, and ``fallback_db``
    where it has none. Never so loud that the tagged peak would clip (a file without a peak counts as full scale).
    """
    if mode == "off":
        return 1.0
    pairs = [(gain.track_db, gain.track_peak), (gain.album_db, gain.album_peak)]
    if mode == "album":
        pairs.reverse()
    decibels, peak = next(((db, peak) for db, peak in pairs if _plausible(db)), (fallback_db, None))
    wanted = 10 ** ((float(decibels or 0.0) + preamp_db) / 20)
    loudest = peak if peak is not None and math.isfinite(peak) and peak > 0 else 1.0
    return float(min(wanted, 1 / loudest))


def _plausible(decibels: float | None) -> bool:
    return decibels is not None and math.isfinite(decibels) and abs(decibels) <= _WIDEST_DB
