"""What the callback of the sound device does: take a block from the voice, fade, turn the volume, guard.

Every change of a factor is a straight line over one block (21 ms at 48 kHz), so a jump, a pause, a new track or a turn
of the volume makes no click. A new voice begins in the block after the old one has faded out.
"""

import time
from collections.abc import Callable

import numpy as np

from musicdesk.playback.fades import amplitude, guarded, ramp
from musicdesk.playback.voice import Voice
from musicdesk.records import FloatArray

CHANNELS = 2
LEAD_IN_S = 0.1
"""Silence first: a fresh stream swallows its beginning."""


class Mixer:
    """Turns the voice into blocks. ``voice``, ``paused`` and ``volume`` are set from any thread; nothing is locked."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.voice: Voice | None = None
        self.paused = False
        self.volume = 1.0
        self.gaps = 0
        """How often the decoder was too slow."""
        self._clock = clock
        self._sounding: Voice | None = None
        self._flowing = False
        self._amplitude = 1.0
        self._silence_left = 0

    def restart(self, rate_hz: int) -> None:
        """Get ready for a fresh stream; called while no callback runs."""
        self._silence_left = round(LEAD_IN_S * rate_hz)
        if self._flowing and self._sounding is not None:
            self._sounding.level = 0.0
        self._flowing = False

    @property
    def silent(self) -> bool:
        """Whether nothing sounds now."""
        return not self._flowing

    def render(self, count: int) -> FloatArray:
        """The next ``count`` frames for the device.  # [count, 2] within -1 and 1"""
        wanted = self.voice
        if not self._flowing:
            self._sounding = wanted
        now = self._sounding
        sounds = now is not None and now is wanted and not self.paused and self._can_sound(now, count)
        if now is None or self._leading_in(count) or not (sounds or self._flowing):
            self._amplitude = amplitude(self.volume)
            return silence(count)
        return self._out(self._drawn(now, count, fading_out=not sounds), boosted=now.gain > 1)

    def _leading_in(self, count: int) -> bool:
        self._silence_left -= count
        return self._silence_left + count > 0

    def _can_sound(self, voice: Voice, count: int) -> bool:
        if not self._flowing:
            return voice.ready
        enough = voice.filled or len(voice.ring) >= 2 * count
        self.gaps += not enough
        return enough

    def _drawn(self, voice: Voice, count: int, *, fading_out: bool) -> FloatArray:
        """A block of the voice with its fade, filled up with silence.  # [count, 2]"""
        frames = voice.ring.read(count)
        target = 0.0 if fading_out else 1.0
        if len(frames):
            voice.taken(len(frames), time_s=self._clock(), began=not self._flowing)
        if voice.level != 1.0 or fading_out:
            frames = frames * ramp(voice.level, target, count)[: len(frames)]
        voice.level, self._flowing = target, not fading_out
        return np.concatenate((frames, silence(count - len(frames))))

    def _out(self, frames: FloatArray, *, boosted: bool) -> FloatArray:
        """The block at the person's volume, never clipped."""
        before, after = self._amplitude, amplitude(self.volume)
        self._amplitude = after
        loud = frames * (ramp(before, after, len(frames)) if before != after else np.float32(after))
        return guarded(loud) if boosted else np.clip(loud, -1.0, 1.0)


def silence(count: int) -> FloatArray:
    """Frames of silence.  # [count, 2]"""
    return np.zeros((count, CHANNELS), dtype=np.float32)
