"""Made-up music and made-up talk: no two seeds alike, nothing repeats."""

from functools import lru_cache

import numpy as np
from scipy.signal import lfilter


@lru_cache(maxsize=32)
def music(seed, *, length_s=30.0, rate_hz=16_000):
    """Notes with overtones that come and go over hiss, several at once.  # [n], not to be written to"""
    rng = np.random.default_rng(seed)
    total = (0.01 * rng.standard_normal(round(length_s * rate_hz))).astype(np.float32)
    for _ in range(round(6 * length_s)):
        lasts = round(rng.uniform(0.15, 1.2) * rate_hz)
        at = int(rng.integers(0, len(total) - lasts))
        phase = np.float32(2 * np.pi * 110 * 2 ** (rng.integers(0, 48) / 12) / rate_hz) * np.arange(lasts)
        wave = np.sin(phase) + np.sin(2 * phase) / 2 + np.sin(3 * phase) / 3
        total[at : at + lasts] += 0.1 * wave * np.exp(-3 * np.arange(lasts) / lasts)
    total *= 0.8 / np.abs(total).max()
    total.setflags(write=False)
    return total


def talk(seed, *, length_s=18.0, rate_hz=16_000):
    """Syllables of a gliding voice and hisses, four or five a second, with rests between the words.  # [n]"""
    rng = np.random.default_rng(seed)
    parts, count = [], 0
    while count < length_s * rate_hz:
        for _ in range(rng.integers(1, 5)):
            parts += [_hiss(rng, rate_hz), _vowel(rng, rate_hz)]
        parts.append(np.zeros(round(rng.uniform(0.08, 0.5) * rate_hz)))
        count = sum(len(part) for part in parts)
    samples = np.concatenate(parts)[: round(length_s * rate_hz)]
    noise = 0.002 * rng.standard_normal(len(samples))
    return (0.5 * samples / np.abs(samples).max() + noise).astype(np.float32)


def _vowel(rng, rate_hz):
    lasts = round(rng.uniform(0.09, 0.22) * rate_hz)
    place = np.linspace(0, 1, lasts)
    pitch = rng.uniform(90, 170) * 2 ** (rng.uniform(-0.35, 0.35) * place)
    pulses = np.diff(np.floor(np.cumsum(pitch / rate_hz)), prepend=0.0)
    for formant in (rng.uniform(300, 800), rng.uniform(900, 2200), rng.uniform(2300, 3200)):
        pulses = _resonance(pulses, formant, rate_hz)
    return pulses / np.abs(pulses).max() * np.sin(np.pi * place) ** 0.7


def _hiss(rng, rate_hz):
    lasts = round(rng.uniform(0.03, 0.09) * rate_hz)
    noise = _resonance(rng.standard_normal(lasts), rng.uniform(3000, 5500), rate_hz, wide_hz=1200)
    return rng.uniform(0.1, 0.3) * noise / np.abs(noise).max() * np.hanning(lasts)


def _resonance(samples, hz, rate_hz, *, wide_hz=90):
    radius = np.exp(-np.pi * wide_hz / rate_hz)
    return lfilter([1.0], [1, -2 * radius * np.cos(2 * np.pi * hz / rate_hz), radius**2], samples)


def windows(samples, *, count=6, window_s=3.0, rate_hz=16_000):
    """Windows spread evenly, as an encoder hears them, and where they begin."""
    size, length_s = round(window_s * rate_hz), len(samples) / rate_hz
    starts_s = [(place + 0.5) * length_s / count - window_s / 2 for place in range(count)]
    return [samples[round(s * rate_hz) : round(s * rate_hz) + size] for s in starts_s], starts_s
