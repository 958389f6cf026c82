"""Sound files as samples: by seeking, at the rate that is asked for, whatever the format and however damaged.

Two decoders, each tried when the other fails or stops too early. What comes out is float32 between -1 and 1; the mono
mix is the mean of the channels (FFmpeg's own is 3 dB louder); rates are converted by soxr in high quality.
A stretch read here equals the same stretch of the file decoded and converted as a whole: it begins on the grid of
the new rate, and some sound before and after it is converted with it.
"""

import math
import os
import stat
from collections.abc import Callable, Iterator
from pathlib import PurePath
from types import TracebackType
from typing import Self

import numpy as np
import soxr

from musicdesk.audio import container
from musicdesk.audio.backends import AvDecoder, Decoder, OutOfBounds, SoundfileDecoder
from musicdesk.errors import BadRequest, UnreadableAudio
from musicdesk.records import AudioInfo, Clip, FloatArray, printable

SLACK_S = 0.25
"""Declared and decoded length of a healthy file differ by less (encoder delay, padding, rounded time stamps)."""
MAX_SAMPLES = 2**28
"""What one read may return before conversion: 1 GiB, 101 minutes of mono at 44.1 kHz."""
_PEAK = 16.0
"""Lossy sound may pass full scale a little; beyond this (or NaN) it is damage."""
_CHUNK = 2**17
_MARGIN = 1024
_SOUNDFILE_FIRST = {".wav", ".aif", ".aiff", ".aifc", ".flac", ".ogg", ".oga", ".w64", ".caf", ".au"}


def info(path: str) -> AudioInfo:
    """What the header declares; raises UnreadableAudio."""
    with open_audio(path) as reader:
        return reader.info


def read(path: str, *, start_s: float = 0.0, length_s: float | None = None, rate_hz: int, mono: bool = True) -> Clip:
    """A stretch of a file at ``rate_hz``; None reads to the end. Shorter than asked for where the sound ends earlier.

    Samples are [n], or [n, channels] without ``mono``. Raises UnreadableAudio where nothing can be had.
    """
    with open_audio(path) as reader:
        return reader.read(start_s, length_s, rate_hz=rate_hz, mono=mono)


def open_audio(path: str) -> "Reader":
    """A file kept open for several reads, as a context manager. Raises UnreadableAudio."""
    return Reader(path)


def blocks(path: str, *, start_s: float = 0.0, rate_hz: int, channels: int = 2, block_s: float = 0.2) -> Iterator[Clip]:
    """The sound from ``start_s`` to its end in blocks of about ``block_s``, for playback.  # clips of [n, channels]

    Damaged places are left out. Raises UnreadableAudio where nothing can be had.
    """
    with open_audio(path) as reader:
        source = reader.info.rate_hz
        stream = soxr.ResampleStream(source, rate_hz, channels, dtype="float32", quality="HQ")
        sent = 0
        for native, last in _with_last(reader.stream(start_s, block_s=block_s)):
            samples = stream.resample_chunk(remix(native, channels), last=last)
            if len(samples):
                yield Clip(np.clip(samples, -1, 1), rate_hz, start_s + sent / rate_hz)
                sent += len(samples)
        if not sent:
            raise UnreadableAudio(f"Nothing of {reader.name} can be played from {start_s:.0f} s on.")


class Reader:
    """An open sound file. Not for several threads at once."""

    def __init__(self, path: str) -> None:
        self.name = f"“{printable(PurePath(path).name)}”"
        _check_file(path, self.name)
        self._path = path
        self._untried = _order(path)
        self._decoder = self._open_next()
        self._other: Decoder | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        self._decoder.close()
        if self._other:
            self._other.close()

    @property
    def info(self) -> AudioInfo:
        """What the header declares."""
        return self._decoder.info

    @property
    def cut_off(self) -> str:
        """A sentence if the container shows that the end of the file is missing, else ""."""
        return container.cut_off(self._path)

    def read(self, start_s: float, length_s: float | None = None, *, rate_hz: int, mono: bool = True) -> Clip:
        """A stretch of the file, see ``read`` of this module."""
        if not (start_s >= 0 and (length_s is None or length_s > 0)) or rate_hz <= 0:
            raise BadRequest(f"A stretch of {length_s} s from {start_s} s at {rate_hz} Hz cannot be read.")
        first = round(start_s * rate_hz)
        wanted = None if length_s is None else round(length_s * rate_hz)
        samples = self._converted(first, wanted, rate_hz=rate_hz, mono=mono)
        if not len(samples):
            raise UnreadableAudio(f"Nothing of {self.name} can be read at {start_s:.0f} s.")
        return Clip(np.clip(samples, -1, 1), rate_hz, first / rate_hz)

    def stream(self, start_s: float, *, block_s: float) -> Iterator[FloatArray]:
        """The sound from ``start_s`` on at the file's own rate, block by block.  # [n, channels]

        Where nothing can be read it goes on further and further ahead, so that a long damaged stretch costs little.
        """
        count = max(256, round(block_s * self.info.rate_hz))
        start, step = round(start_s * self.info.rate_hz), count
        while start < self._decoder.frames:
            samples = _clean(self._frames(start, min(count, self._decoder.frames - start)))
            start, step = (start + count, count) if len(samples) else (start + step, 2 * step)
            if len(samples):
                yield samples

    def _converted(self, first: int, wanted: int | None, *, rate_hz: int, mono: bool) -> FloatArray:
        """Samples ``first`` … ``first + wanted`` of the file's sound at ``rate_hz``."""
        source = self.info.rate_hz
        if source == rate_hz:
            end = self._decoder.frames if wanted is None else first + wanted
            return self._native(first, end, mono=mono)
        start = _on_grid(first * source // rate_hz - _MARGIN, source, rate_hz)
        end = self._decoder.frames if wanted is None else -(-(first + wanted) * source // rate_hz) + _MARGIN
        native = self._native(start, end, mono=mono)
        if not len(native):
            return native
        samples: FloatArray = soxr.resample(native, source, rate_hz, quality="HQ")
        skip = first - round(start * rate_hz / source)
        return samples[skip:] if wanted is None else samples[skip : skip + wanted]

    def _native(self, start: int, end: int, *, mono: bool) -> FloatArray:
        """Frames at the file's own rate, mixed as they come, so that memory stays small.  # [n] or [n, channels]"""
        end = min(end, self._decoder.frames)
        if (end - start) * (1 if mono else self.info.channels) > MAX_SAMPLES:
            raise UnreadableAudio(f"{self.name} is too long to be read in one piece.")
        parts = [np.zeros(0 if mono else (0, self.info.channels), dtype=np.float32)]
        while start < end:
            count = min(_CHUNK, end - start)
            samples = _clean(self._frames(start, count))
            parts.append(_mean(samples) if mono else samples)
            start += count
            if not len(samples):
                break
        return np.concatenate(parts)

    def _frames(self, start: int, count: int) -> FloatArray:
        """Frames of the decoder in use, or of the other one where that gets further."""
        samples = self._decoder.read(start, count)
        missing = min(start + count, self._decoder.frames) - start - len(samples)
        if missing <= SLACK_S * self.info.rate_hz and (len(samples) or missing <= 0):
            return samples
        return self._second_opinion(start, count, samples)

    def _second_opinion(self, start: int, count: int, samples: FloatArray) -> FloatArray:
        """Ask the other decoder; it stays in use if it gets further."""
        try:
            self._other = self._other or self._open_next()
        except UnreadableAudio:
            return samples
        if (self._other.info.rate_hz, self._other.info.channels) != (self.info.rate_hz, self.info.channels):
            return samples
        better = self._other.read(start, count)
        if len(better) <= len(samples):
            return samples
        self._decoder, self._other = self._other, self._decoder
        return better

    def _open_next(self) -> Decoder:
        """The next decoder that takes the file."""
        problem: UnreadableAudio | None = None
        while self._untried:
            try:
                return self._untried.pop(0)(self._path)
            except OutOfBounds as error:
                raise UnreadableAudio(f"{self.name} cannot be right: {error}.") from error
            except UnreadableAudio as error:
                problem = problem or error
        raise UnreadableAudio(f"{self.name} cannot be decoded: it is no sound file, or it is damaged ({problem}).")


def remix(samples: FloatArray, channels: int) -> FloatArray:
    """Samples for a number of loudspeakers: mono is copied, more channels are mixed.  # [n, c] → [n, channels]

    5.1 and 7.1 by the usual weights (ITU-R BS.775: centre and surrounds at -3 dB, no LFE), kept below clipping.
    """
    given = samples.shape[1]
    if given == channels:
        return samples
    if given == 1:
        return np.repeat(samples, channels, axis=1)
    if channels == 1:
        return _mean(samples)[:, None]
    if channels == 2 and given >= 6:
        rest = 0.7071 * samples[:, 4:]
        left = samples[:, 0] + 0.7071 * samples[:, 2] + rest[:, 0::2].sum(axis=1)
        right = samples[:, 1] + 0.7071 * samples[:, 2] + rest[:, 1::2].sum(axis=1)
        loudest = 1.7071 + 0.7071 * ((given - 4) // 2)
        return np.column_stack([left / loudest, right / loudest]).astype(np.float32)
    return np.column_stack([_mean(samples[:, k % given :: channels]) for k in range(channels)])


def _clean(samples: FloatArray) -> FloatArray:
    """Without numbers that are no sound: some become silence, and a stretch that is full of them is unreadable."""
    if not samples.size or max(samples.max(), -samples.min()) <= _PEAK:
        return samples
    wrong = ~(np.abs(samples) <= _PEAK)
    return samples[:0] if wrong.mean() > 0.01 else np.where(wrong, np.float32(0), samples)


def _mean(samples: FloatArray) -> FloatArray:
    """The mean of the channels; channel by channel, which is ten times as fast as numpy's mean over a short axis."""
    count = samples.shape[1]
    total = samples[:, 0].copy()
    for channel in range(1, count):
        total += samples[:, channel]
    return total if count == 1 else total * np.float32(1 / count)


def _check_file(path: str, name: str) -> None:
    try:
        status = os.stat(path)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        raise UnreadableAudio(f"{name} cannot be opened: {why}.") from error
    if not stat.S_ISREG(status.st_mode):
        raise UnreadableAudio(f"{name} is no file.")
    if not status.st_size:
        raise UnreadableAudio(f"{name} is empty (0 bytes).")
    if not os.access(path, os.R_OK):
        raise UnreadableAudio(f"{name} may not be read: permission denied.")
    if container.is_hollow(path):
        raise UnreadableAudio(f"{name} is mostly zeros: it was never copied or downloaded to its end. Get it again.")


def _order(path: str) -> list[Callable[[str], Decoder]]:
    """The decoders, the better one for this file first."""
    ending = PurePath(path).suffix.lower()
    first = ending in _SOUNDFILE_FIRST and not container.is_opus(path)
    return [SoundfileDecoder, AvDecoder] if first else [AvDecoder, SoundfileDecoder]


def _on_grid(start: int, source: int, rate_hz: int) -> int:
    """The frame at or before ``start`` that is also a sample of the new rate, if one is near."""
    step = source // math.gcd(source, rate_hz)
    start = max(0, start)
    return start // step * step if step <= source // 10 else start


def _with_last(parts: Iterator[FloatArray]) -> Iterator[tuple[FloatArray, bool]]:
    held = next(parts, None)
    while held is not None:
        following = next(parts, None)
        yield held, following is None
        held = following
