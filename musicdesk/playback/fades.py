"""Gain curves: volume to amplitude, the fades of an excerpt, ramps without clicks, and the guard against clipping."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from musicdesk.records import FloatArray

DoubleArray = npt.NDArray[np.float64]

FADE_IN_S = 0.25
FADE_OUT_S = 1.0
KNEE = 0.8
"""Below this level the clip guard changes nothing."""


def amplitude(volume: float) -> float:
    """The factor for a volume from 0 to 1: its cube, so that equal steps sound about equal (0.5 is -18 dB)."""
    return min(max(volume, 0.0), 1.0) ** 3


def ramp(start: float, end: float, count: int) -> FloatArray:
    """A straight line that leaves ``start`` and arrives at ``end`` with its last step.  # [count, 1]"""
    steps = np.arange(1, count + 1, dtype=np.float32)[:, np.newaxis]
    return (start + (end - start) * steps / max(count, 1)).astype(np.float32, copy=False)


def guarded(frames: FloatArray) -> FloatArray:
    """Frames within -1 and 1: what exceeds the knee is bent (tanh), not cut; what lies below is left alone."""
    excess = np.abs(frames) - KNEE
    bent = KNEE + (1 - KNEE) * np.tanh(np.maximum(excess, 0) / (1 - KNEE))
    return np.where(excess > 0, np.copysign(bent, frames), frames).astype(np.float32, copy=False)


@dataclass(frozen=True, slots=True)
class Excerpt:
    """The part of a file that is played; without ``end_s`` to the end of the file, without fades."""

    start_s: float = 0.0
    end_s: float | None = None

    @classmethod
    def of(cls, start_s: float, length_s: float | None) -> "Excerpt":
        """From ``start_s`` for ``length_s`` seconds (None: to the end)."""
        start_s = max(0.0, start_s)
        return cls(start_s, None if length_s is None else start_s + max(0.0, length_s))

    def kept(self, position_s: float) -> "Excerpt":
        """This excerpt after a jump to ``position_s``: a jump out of it lifts its limit."""
        inside = self.end_s is None or self.start_s <= position_s < self.end_s
        return self if inside else Excerpt(position_s)

    def frames_left(self, position_s: float, rate_hz: int) -> int | None:
        """Frames from ``position_s`` to its end; None if it has none."""
        return None if self.end_s is None else max(0, round((self.end_s - position_s) * rate_hz))

    def shaped(self, frames: FloatArray, *, position_s: float, rate_hz: int) -> FloatArray:
        """Frames that begin at ``position_s``, cut at the end and faded in and out.  # [n, channels]"""
        left = self.frames_left(position_s, rate_hz)
        if self.end_s is None or left is None:
            return frames
        frames = frames[:left]
        times = position_s + np.arange(len(frames)) / rate_hz
        curve: FloatArray = self._curve(times, self.end_s).astype(np.float32)
        return frames * curve[:, np.newaxis]

    def _curve(self, times: DoubleArray, end_s: float) -> DoubleArray:
        """The factor at these times of the file.  # [n] 0 to 1"""
        length_s = end_s - self.start_s
        fade_in = min(FADE_IN_S, length_s / 4) if self.start_s > 0 else 0.0
        fade_out = min(FADE_OUT_S, length_s / 4)
        rising = (times - self.start_s) / fade_in if fade_in else np.ones_like(times)
        falling = (end_s - times) / fade_out if fade_out else np.ones_like(times)
        curve: DoubleArray = np.clip(np.minimum(rising, falling), 0.0, 1.0)
        return curve
