"""What can be heard in captured samples."""

import numpy as np
import numpy.typing as npt

Samples = npt.NDArray[np.float32]


def mono(samples: Samples) -> Samples:
    return samples if samples.ndim == 1 else samples.mean(axis=1)


def loud(samples: Samples, *, above: float = 0.01) -> Samples:
    """From the first to the last sample that is louder than ``above``."""
    heard = np.flatnonzero(np.abs(mono(samples)) > above)
    return samples[heard[0] : heard[-1] + 1] if len(heard) else samples[:0]


def level(samples: Samples) -> float:
    """The peak level of a sine with the RMS of these samples."""
    return float(np.sqrt(2 * np.mean(np.square(samples, dtype=np.float64)))) if len(samples) else 0.0


def seconds_of(samples: Samples, *, hz: float, rate_hz: int, level: float) -> float:
    """For how long a tone of this pitch and level sounds: its share of the energy in frames of 20 ms."""
    size = rate_hz // 50
    frames = mono(samples)[: len(samples) // size * size].reshape(-1, size)
    wave = np.exp(-2j * np.pi * hz * np.arange(size) / rate_hz)
    heard = np.abs(frames @ wave) * 2 / size
    return float(np.clip(heard / level, 0, 1).sum() * size / rate_hz)


def roughness(samples: Samples) -> float:
    """The largest jump of the slope between neighbouring samples: large where there is a click."""
    return float(np.abs(np.diff(mono(samples), n=2)).max())


def sweep_position_s(samples: Samples, rate_hz: int, *, low_hz: float, high_hz: float, length_s: float) -> float:
    """Which place of an even sweep lies in the middle of these samples."""
    import sounds

    return (sounds.pitch(samples, rate_hz) - low_hz) / (high_hz - low_hz) * length_s
