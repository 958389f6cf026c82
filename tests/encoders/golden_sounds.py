"""The sounds that golden numbers are kept for: 6 s at 16 kHz, made of formulas alone, the same on every machine."""

from collections.abc import Callable, Mapping

import numpy as np
import numpy.typing as npt

RATE_HZ = 16_000
Sound = npt.NDArray[np.float32]
_T = np.arange(6 * RATE_HZ) / RATE_HZ


def chords() -> Sound:
    """Decaying major and minor chords, like a piano."""
    sound = np.zeros_like(_T)
    for beat, root_hz in enumerate((220.0, 261.63, 174.61, 196.0, 220.0, 261.63, 174.61, 196.0)):
        since = _T - 0.75 * beat
        shape = np.where((since >= 0) & (since < 1.5), np.exp(-3 * np.maximum(since, 0)), 0)
        for ratio in (1, 1.2 if beat % 4 == 0 else 1.25, 1.5, 2):
            sound += shape * sum(np.sin(2 * np.pi * root_hz * ratio * h * _T) / h**2 for h in (1, 2, 3))
    return _scaled(sound)


def beats() -> Sound:
    """A bass drum and a hiss at 128 beats a minute over a sawtooth."""
    phase = (_T * 128 / 60) % 1
    kick = np.sin(2 * np.pi * (50 * phase + 8 * np.exp(-30 * phase))) * np.exp(-8 * phase)
    hiss = np.sin(1e5 * np.sin(12_345.678 * np.arange(len(_T)))) * np.exp(-40 * ((phase + 0.5) % 1))
    return _scaled(kick + 0.3 * hiss + 0.2 * (2 * ((_T * 110) % 1) - 1))


def loud_noise() -> Sound:
    """Clipped noise at full scale: the loud bins that overflow in float16."""
    return np.clip(3 * np.sin(1e5 * np.sin(12_345.678 * np.arange(len(_T)))), -1, 1).astype(np.float32)


def near_silence() -> Sound:
    """A tone 80 dB down."""
    return (1e-4 * np.sin(2 * np.pi * 440 * _T)).astype(np.float32)


SOUNDS: Mapping[str, Callable[[], Sound]] = {
    "chords": chords, "beats": beats, "loud_noise": loud_noise, "near_silence": near_silence,
}  # fmt: skip


def _scaled(sound: npt.NDArray[np.float64]) -> Sound:
    return np.asarray(0.8 * sound / np.abs(sound).max(), dtype=np.float32)
