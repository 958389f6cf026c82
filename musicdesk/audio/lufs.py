"""Loudness as people hear it: LUFS after ITU-R BS.1770-4, for any rate. ReplayGain 2.0 is its distance from -18."""

import math

import numpy as np
from scipy import signal

from musicdesk.records import FloatArray

BLOCK_S, STEP_S = 0.4, 0.1
SILENCE_LUFS = -70.0
REPLAY_GAIN_LUFS = -18.0


def loudness_lufs(samples: FloatArray, *, rate_hz: int) -> float:
    """Integrated loudness of mono or stereo sound; -70 for silence and for less than 0.4 s.  # [n] or [n, channels]"""
    columns = samples[:, None] if samples.ndim == 1 else samples
    power = _blocks(signal.sosfilt(_ear(rate_hz), columns, axis=0), rate_hz=rate_hz)
    heard = power[power > _power(SILENCE_LUFS)]
    if not heard.size:
        return SILENCE_LUFS
    return _lufs(float(heard[heard > heard.mean() / 10].mean()))  # the second gate lies 10 below the first mean


def replay_gain_db(samples: FloatArray, *, rate_hz: int) -> float:
    """What ReplayGain 2.0 would turn this sound up by."""
    return REPLAY_GAIN_LUFS - loudness_lufs(samples, rate_hz=rate_hz)


def _lufs(power: float) -> float:
    return -0.691 + 10 * math.log10(power)


def _power(lufs: float) -> float:
    return float(10 ** ((lufs + 0.691) / 10))


def _blocks(filtered: FloatArray, *, rate_hz: int) -> FloatArray:
    """Power of all channels together in overlapping blocks.  # [n_blocks]"""
    step, parts = round(STEP_S * rate_hz), round(BLOCK_S / STEP_S)
    count = len(filtered) // step
    energy = np.square(filtered[: count * step]).sum(axis=1).reshape(count, step).sum(axis=1)
    if count < parts:
        return np.zeros(0, dtype=np.float32)
    return np.asarray(np.convolve(energy, np.ones(parts), "valid") / (parts * step))


def _ear(rate_hz: int) -> FloatArray:
    """The K weighting: a shelf for the head, a high-pass for the ear; coefficients for any rate as in libebur128."""
    k, q = math.tan(math.pi * 1681.974450955533 / rate_hz), 0.7071752369554196
    high = 10 ** (3.999843853973347 / 20)
    band, scale = high**0.4996667741545416, 1 + k / q + k * k
    shelf = [
        (high + band * k / q + k * k) / scale, 2 * (k * k - high) / scale, (high - band * k / q + k * k) / scale,
        1, 2 * (k * k - 1) / scale, (1 - k / q + k * k) / scale,
    ]  # fmt: skip
    k, q = math.tan(math.pi * 38.13547087602444 / rate_hz), 0.5003270373238773
    scale = 1 + k / q + k * k
    rumble = [1, -2, 1, 1, 2 * (k * k - 1) / scale, (1 - k / q + k * k) / scale]
    return np.array([shelf, rumble])
