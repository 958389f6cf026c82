"""The two decoders behind one protocol: libsndfile (soundfile) and FFmpeg (PyAV).

Neither is enough: FFmpeg refuses real Vorbis files that libsndfile reads, libsndfile knows no m4a, wma or wavpack and
gives up early in a damaged mp3. Opening raises UnreadableAudio; after that a decoder never raises: **fewer frames than
asked for mean that the rest cannot be had**, and whoever asked may try the other one.
"""

import contextlib
import os
from collections.abc import Iterator
from typing import Any, Protocol

import av
import numpy as np
import numpy.typing as npt
import soundfile

from musicdesk.audio.container import holds_more, mp3_knows_its_length
from musicdesk.errors import UnreadableAudio
from musicdesk.records import AudioInfo, FloatArray

RATES_HZ = (4_000, 768_000)
CHANNELS = (1, 32)
LONGEST_S = 7 * 24 * 3600.0

_PREROLL_S = 0.2
"""Decoders need some frames before the wanted one to settle: Vorbis, Opus and AAC because their frames overlap …"""
_MP3_PREROLL_S = 0.5
"""… and mp3 because a frame borrows bits from up to 511 bytes before it: 0.2 s is too little at 32 kbit/s."""
_JITTER_S = 0.05
"""Time stamps in milliseconds (Matroska, ASF) wobble by less than this; what wobbles more is a gap."""
_DELAY_S = 0.25
"""An encoder's delay at the very beginning (ASF): counted as silence, so that places stay right."""
_MAX_ERRORS = 2_000
_FORMATS = (
    "aac,ac3,aiff,amr,ape,asf,asf_o,au,caf,dsf,dts,eac3,flac,iff,matroska,webm,mov,mp4,m4a,3gp,3g2,mj2,mp3,mpc,mpc8,"
    "mpeg,mpegts,ogg,oma,rm,shn,tak,tta,voc,w64,wav,wv,xwma"
)
"""Demuxers that read one file of sound; playlists that make FFmpeg open other files or addresses are left out."""
_UNTIMED = {"aac", "mp3", "ac3", "eac3", "dts", "amr"}
"""Bare streams: FFmpeg guesses their length from the bit rate, so the packets are counted."""
_MOST_MP3_BYTES_S = 2 * 320_000 / 8
_MOST_SAMPLE_BYTES = 8
"""A file with more bytes a second, or bytes a sample, than this is longer than its header says."""
_AV_ERRORS = (av.error.FFmpegError, OSError, ValueError, MemoryError, OverflowError, ArithmeticError)
_SF_ERRORS = (soundfile.SoundFileError, OSError, RuntimeError, ValueError, MemoryError, OverflowError)
_CODECS = {"MPEG_LAYER_III": "mp3", "VORBIS": "vorbis", "OPUS": "opus"}


class Decoder(Protocol):
    """An open sound file at its own rate."""

    @property
    def info(self) -> AudioInfo:
        """What the header declares, within the bounds."""

    @property
    def frames(self) -> int:
        """Declared length in frames."""

    def read(self, start: int, count: int) -> FloatArray:
        """At most ``count`` frames from frame ``start``; cheap where the last read ended.  # [n, channels]"""

    def close(self) -> None:
        """Let go of the file."""


class OutOfBounds(UnreadableAudio):
    """A rate or a number of channels that no music has; trying the other decoder is no use."""


def check_bounds(*, rate_hz: int, channels: int, length_s: float) -> None:
    """Refuse rates, channel counts and lengths that would only serve to eat the memory."""
    if not RATES_HZ[0] <= rate_hz <= RATES_HZ[1]:
        raise OutOfBounds(f"its header declares a sample rate of {rate_hz:,} Hz")
    if not CHANNELS[0] <= channels <= CHANNELS[1]:
        raise OutOfBounds(f"its header declares {channels:,} channels")
    if not length_s > 0:
        raise UnreadableAudio("there is no sound in it")
    if length_s > LONGEST_S:  # the other decoder may count what this one believes
        raise UnreadableAudio(f"its header declares {length_s / 3600:,.0f} hours")


# ---------------------------------------------------------------------------------------------- libsndfile


class SoundfileDecoder:
    """wav, aiff, flac, Ogg and mp3, with exact seeking.

    Not for an mp3 if it can be helped: python-soundfile seeks after every read, and libsndfile (1.2) begins again
    without the bits that a frame borrows from those before it: the first tenth of a second of a read may be silent.
    """

    def __init__(self, path: str) -> None:
        try:
            self._file = soundfile.SoundFile(path if os.name == "nt" else os.fsencode(path))
        except _SF_ERRORS as error:
            raise UnreadableAudio(getattr(error, "error_string", None) or str(error)) from error
        self._position = 0
        self.frames = int(self._file.frames)
        rate_hz, channels = int(self._file.samplerate), int(self._file.channels)
        try:
            check_bounds(rate_hz=rate_hz, channels=channels, length_s=self.frames / max(1, rate_hz))
            if holds_more(path, most=self.frames * channels * _MOST_SAMPLE_BYTES):
                raise UnreadableAudio("its header declares less than it holds")
        except UnreadableAudio:
            self.close()
            raise
        self.info = AudioInfo(self.frames / rate_hz, rate_hz, channels, self._codec())

    def read(self, start: int, count: int) -> FloatArray:
        """At most ``count`` frames from frame ``start``.  # [n, channels]"""
        try:
            if start != self._position:
                self._position = int(self._file.seek(start))
            samples: FloatArray = self._file.read(count, dtype="float32", always_2d=True)
        except _SF_ERRORS:
            self._position = -1
            return np.zeros((0, self.info.channels), dtype=np.float32)
        self._position += len(samples)
        return samples

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    def _codec(self) -> str:
        subtype = self._file.subtype
        return _CODECS.get(subtype) or ("flac" if self._file.format == "FLAC" else "pcm")


# ---------------------------------------------------------------------------------------------- FFmpeg


class AvDecoder:
    """Everything that FFmpeg reads. Exact, but for containers that count time in milliseconds (ASF, Matroska)."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._container, self._fd = _open_container(path)
        try:
            self._stream = self._first_stream()
            self._rate_hz, self._channels = self._stream.rate or 0, self._stream.channels or 0
            self._tick_s = float(self._stream.time_base)
            self._zero_s = max(0.0, _seconds(self._stream.start_time, self._stream.time_base))
            length_s = self._length_s()
            check_bounds(rate_hz=self._rate_hz, channels=self._channels, length_s=length_s)
        except _AV_ERRORS as error:
            self.close()
            raise UnreadableAudio(str(error)) from error
        except UnreadableAudio:
            self.close()
            raise
        self.frames = round(length_s * self._rate_hz)
        self.info = AudioInfo(length_s, self._rate_hz, self._channels, self._codec())
        self._decoded: Iterator[tuple[int | None, FloatArray]] = iter(())
        self._pending: tuple[int | None, FloatArray] | None = None
        self._position = -1

    def read(self, start: int, count: int) -> FloatArray:
        """At most ``count`` frames from frame ``start``.  # [n, channels]"""
        settled = start == self._position
        if not settled and not self._seek(start):
            return np.zeros((0, self._channels), dtype=np.float32)
        parts: list[FloatArray] = []
        position, end = start, start + count
        while position < end and (found := self._next()) is not None:
            at, samples = found
            if at is None or (settled and abs(at - position) <= _JITTER_S * self._rate_hz):
                at = position
            if start == 0 < at <= _DELAY_S * self._rate_hz and not parts:
                at, samples = 0, np.pad(samples, ((at, 0), (0, 0)))
            if at + len(samples) <= position:
                continue
            if at >= end:
                self._pending = (at, samples)
                break
            samples = samples[max(0, position - at) :]
            position, settled = max(position, at), True
            parts.append(samples[: end - position])
            if len(samples) > end - position:
                self._pending = (end, samples[end - position :])
            position += len(parts[-1])
        self._position = end if self._pending else position
        return np.concatenate(parts) if parts else np.zeros((0, self._channels), dtype=np.float32)

    def close(self) -> None:
        """Let go of the file."""
        self._container.close()
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None

    def _first_stream(self) -> Any:
        if not self._container.streams.audio:
            raise UnreadableAudio("there is no sound in it")
        stream = self._container.streams.audio[0]
        if stream.codec_context is None:
            raise UnreadableAudio("nobody knows the format of its sound")
        stream.codec_context.thread_count = 1
        return stream

    def _length_s(self) -> float:
        kind = self._container.format.name
        if kind in _UNTIMED and not (kind == "mp3" and mp3_knows_its_length(self._path)):
            return self._counted_s()
        length_s = self._declared_s()
        most_s = _MOST_MP3_BYTES_S if kind == "mp3" else self._rate_hz * self._channels * _MOST_SAMPLE_BYTES
        believed = 0 < length_s <= LONGEST_S and not holds_more(self._path, most=length_s * most_s)
        return length_s if believed else self._counted_s() or length_s

    def _declared_s(self) -> float:
        """The length as the header has it; 0 where it has none."""
        if self._stream.duration:
            return _seconds(self._stream.duration, self._stream.time_base)
        return float((self._container.duration or 0) / av.time_base) - self._zero_s

    def _counted_s(self) -> float:
        """The length by the packets' own times: reads the whole file, decodes nothing."""
        end = 0
        with contextlib.suppress(*_AV_ERRORS):
            for packet in self._container.demux(self._stream):
                if packet.pts is not None:
                    end = max(end, packet.pts + (packet.duration or 0))
        return end * self._tick_s - self._zero_s

    def _codec(self) -> str:
        name = str(self._stream.codec_context.name)
        return "pcm" if name.startswith("pcm_") else name.removesuffix("float").removesuffix("fixed")

    def _seek(self, start: int) -> bool:
        preroll_s = _MP3_PREROLL_S if self.info.codec == "mp3" else _PREROLL_S
        second = max(0.0, start / self._rate_hz - preroll_s) + self._zero_s
        self._pending = None
        try:
            self._container.seek(int(second * av.time_base) if start else 0)
        except _AV_ERRORS:
            return False
        self._decoded = self._decode()
        return True

    def _next(self) -> tuple[int | None, FloatArray] | None:
        found, self._pending = self._pending, None
        return found or next(self._decoded, None)

    def _decode(self) -> Iterator[tuple[int | None, FloatArray]]:
        """Frames with the place of their first sample; packets that cannot be decoded are left out."""
        errors = 0
        try:
            for packet in self._container.demux(self._stream):
                try:
                    frames = packet.decode()
                except _AV_ERRORS:
                    errors += 1
                    if errors > _MAX_ERRORS:
                        return
                    continue
                yield from (self._placed(frame) for frame in frames if self._fits(frame))
        except _AV_ERRORS:
            return

    def _fits(self, frame: Any) -> bool:
        return bool(frame.sample_rate == self._rate_hz and frame.layout.nb_channels == self._channels)

    def _placed(self, frame: Any) -> tuple[int | None, FloatArray]:
        if frame.pts is None:
            return None, _samples(frame)
        return round((frame.pts * self._tick_s - self._zero_s) * self._rate_hz), _samples(frame)


def _open_container(path: str) -> tuple[Any, int | None]:
    """Open by "file:", so that no name is taken for an address; a name that is no UTF-8 goes by its descriptor."""
    options = {"format_whitelist": _FORMATS, "protocol_whitelist": "file"}
    descriptor = None
    try:
        if not _is_utf8(path):
            descriptor = os.open(path, os.O_RDONLY)
        name = path if descriptor is None else f"/dev/fd/{descriptor}"
        return av.open(f"file:{name}", metadata_errors="ignore", options=options), descriptor
    except _AV_ERRORS as error:
        if descriptor is not None:
            os.close(descriptor)
        raise UnreadableAudio(getattr(error, "strerror", None) or str(error)) from error


def _is_utf8(path: str) -> bool:
    try:
        path.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _seconds(count: int | None, base: Any) -> float:
    return float(count * base) if count and base else 0.0


def _samples(frame: Any) -> FloatArray:
    """One decoded frame as float32 between -1 and 1.  # [n, channels]"""
    raw: npt.NDArray[Any] = frame.to_ndarray()
    samples: npt.NDArray[Any] = raw.T if frame.format.is_planar else raw.reshape(-1, frame.layout.nb_channels)
    if samples.dtype == np.uint8:
        return ((samples.astype(np.float32) - 128) / 128).astype(np.float32)
    if samples.dtype.kind == "i":
        return samples.astype(np.float32) / np.float32(2 ** (8 * samples.dtype.itemsize - 1))
    return samples.astype(np.float32, copy=False)
