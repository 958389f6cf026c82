"""Stimuli for every test: sounds with known properties, written in every format, and files that are wrong on purpose.

Everything is deterministic. A writer takes the path first and returns it as a Path; the ending chooses the format::

    sounds.tone(tmp_path / "a.flac", hz=440, length_s=3)
    sounds.write(tmp_path / "a.m4a", samples, 44_100, codec="alac")
    sounds.truncated(tmp_path / "half.mp3", keep=0.5)
"""

import shutil
import struct
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
import soundfile

Samples = npt.NDArray[np.float32]
StrPath = str | Path

FORMATS = ("wav", "aiff", "flac", "ogg", "mp3", "opus", "m4a", "alac.m4a", "aac", "wma", "wv")
"""Endings of every format that can be written here; "alac.m4a" is lossless sound in an m4a file."""
LOSSLESS = ("wav", "aiff", "flac", "alac.m4a", "wv")

# ending → (container, codec) for what soundfile does not write
_AV = {
    "opus": ("ogg", "libopus"), "m4a": ("ipod", "aac"), "mp4": ("mp4", "aac"), "aac": ("adts", "aac"),
    "wma": ("asf", "wmav2"), "wv": ("wv", "wavpack"), "tta": ("tta", "tta"), "mka": ("matroska", "flac"),
}  # fmt: skip
_SOUNDFILE = {
    "wav": ("WAV", "PCM_16"), "aiff": ("AIFF", "PCM_16"), "aif": ("AIFF", "PCM_16"), "flac": ("FLAC", "PCM_16"),
    "ogg": ("OGG", "VORBIS"), "oga": ("OGG", "VORBIS"), "mp3": ("MP3", "MPEG_LAYER_III"),
}  # fmt: skip


# ---------------------------------------------------------------------------------------------- samples


def sine(*, hz: float = 440.0, length_s: float = 3.0, rate_hz: int = 44_100, level: float = 0.5) -> Samples:
    """A pure tone with peak ``level``.  # [n]"""
    time = np.arange(round(length_s * rate_hz)) / rate_hz
    return (level * np.sin(2 * np.pi * hz * time)).astype(np.float32)


def sweep(
    *, low_hz: float = 100.0, high_hz: float = 4000.0, length_s: float = 30.0, rate_hz: int = 44_100, level: float = 0.5
) -> Samples:
    """A tone that rises evenly, so that every moment has a pitch of its own (see ``pitch_at``).  # [n]"""
    time = np.arange(round(length_s * rate_hz)) / rate_hz
    phase = low_hz * time + (high_hz - low_hz) * time**2 / (2 * length_s)
    return (level * np.sin(2 * np.pi * phase)).astype(np.float32)


def noise(*, length_s: float = 3.0, rate_hz: int = 44_100, level: float = 0.1, seed: int = 0) -> Samples:
    """White noise with RMS ``level``.  # [n]"""
    rng = np.random.default_rng(seed)
    return np.clip(level * rng.standard_normal(round(length_s * rate_hz)), -1, 1).astype(np.float32)


def clicks(*, bpm: float = 120.0, length_s: float = 10.0, rate_hz: int = 44_100, level: float = 0.8) -> Samples:
    """Short decaying bursts at a known tempo.  # [n]"""
    samples = np.zeros(round(length_s * rate_hz), dtype=np.float32)
    burst = noise(length_s=0.03, rate_hz=rate_hz, level=0.3) * np.exp(-np.linspace(0, 6, round(0.03 * rate_hz)))
    for start in np.arange(0, length_s, 60 / bpm):
        at = round(start * rate_hz)
        samples[at : at + len(burst)] += burst[: len(samples) - at].astype(np.float32)
    return (samples * (level / np.abs(samples).max())).astype(np.float32)


def chord(*hz: float, length_s: float = 3.0, rate_hz: int = 44_100, level: float = 0.5) -> Samples:
    """Several pure tones at once, with peak at most ``level``.  # [n]"""
    parts = [sine(hz=f, length_s=length_s, rate_hz=rate_hz, level=level / len(hz)) for f in hz]
    return np.sum(parts, axis=0, dtype=np.float32)


def hush(*, length_s: float = 3.0, rate_hz: int = 44_100) -> Samples:
    """Digital silence.  # [n]"""
    return np.zeros(round(length_s * rate_hz), dtype=np.float32)


def pitch(samples: Samples, rate_hz: int) -> float:
    """The strongest frequency in Hz, better than a bin (parabola through the peak)."""
    mono = samples if samples.ndim == 1 else samples.mean(axis=1)
    size = np.abs(np.fft.rfft(mono * np.hanning(len(mono))))
    at = int(np.argmax(size[1:-1])) + 1
    left, middle, right = np.log(size[at - 1 : at + 2] + 1e-12)
    shift = 0.5 * (left - right) / (left - 2 * middle + right)
    return float((at + shift) * rate_hz / len(mono))


# ---------------------------------------------------------------------------------------------- good files


def write(path: StrPath, samples: Samples, rate_hz: int = 44_100, *, codec: str | None = None) -> Path:
    """Write samples ([n] or [n, channels]) in the format of the ending.

    ``codec`` names another FFmpeg codec for the same container ("alac" for m4a, "flac" for ogg …);
    "x.alac.m4a" means alac by itself.
    """
    path = Path(path)
    ending = path.suffix.lstrip(".").lower()
    if codec is None and path.name.endswith(".alac.m4a"):
        codec = "alac"
    if codec is None and ending in _SOUNDFILE:
        return _write_soundfile(path, samples, rate_hz, *_SOUNDFILE[ending])
    container, usual = _AV.get(ending, (ending, ""))
    return _write_av(path, samples, rate_hz, container=container, codec=codec or usual)


def _write_soundfile(path: Path, samples: Samples, rate_hz: int, kind: str, subtype: str) -> Path:
    channels = 1 if samples.ndim == 1 else samples.shape[1]
    with soundfile.SoundFile(path, "w", samplerate=rate_hz, channels=channels, format=kind, subtype=subtype) as file:
        for at in range(0, len(samples), 65_536):  # libsndfile's Vorbis encoder overflows its stack on long writes
            file.write(samples[at : at + 65_536])
    return path


def _write_av(path: Path, samples: Samples, rate_hz: int, *, container: str, codec: str) -> Path:
    channels = 1 if samples.ndim == 1 else samples.shape[1]
    layout = {1: "mono", 2: "stereo"}.get(channels, f"{channels}c")
    with av.open(str(path), "w", format=container) as output:
        stream = output.add_stream(codec, rate=48_000 if codec == "libopus" else rate_hz, layout=layout)
        context = stream.codec_context
        context.bit_rate = 128_000
        context.format = context.codec.audio_formats[-1]
        context.open()
        resampler = av.AudioResampler(
            format=context.format, layout=layout, rate=context.sample_rate, frame_size=context.frame_size or 1024
        )
        packed = np.ascontiguousarray(samples.reshape(1, -1))
        frame = av.AudioFrame.from_ndarray(packed, format="flt", layout=layout)
        frame.sample_rate, frame.pts, frame.time_base = rate_hz, 0, Fraction(1, rate_hz)
        for part in [*resampler.resample(frame), *resampler.resample(None)]:
            output.mux(stream.encode(part))
        output.mux(stream.encode(None))
    return path


def tone(
    path: StrPath,
    *,
    hz: float = 440.0,
    length_s: float = 3.0,
    rate_hz: int = 44_100,
    level: float = 0.5,
    channels: int = 1,
    codec: str | None = None,
) -> Path:
    """A file with a pure tone, the same in every channel."""
    samples = sine(hz=hz, length_s=length_s, rate_hz=rate_hz, level=level)
    return write(path, samples if channels == 1 else np.column_stack([samples] * channels), rate_hz, codec=codec)


# ---------------------------------------------------------------------------------------------- files that are wrong


def silence(path: StrPath, *, length_s: float = 3.0, rate_hz: int = 44_100) -> Path:
    """A sound file in which there is nothing to hear."""
    return write(path, hush(length_s=length_s, rate_hz=rate_hz), rate_hz)


def empty(path: StrPath) -> Path:
    """A file of no bytes."""
    Path(path).write_bytes(b"")
    return Path(path)


def text_called_mp3(path: StrPath) -> Path:
    """Plain text, whatever the ending says."""
    Path(path).write_text("This is a shopping list: bread, milk, strings for the guitar.\n" * 40, encoding="utf-8")
    return Path(path)


def truncated(path: StrPath, *, keep: float = 0.5, length_s: float = 20.0, rate_hz: int = 44_100) -> Path:
    """A rising tone whose file was cut off after the share ``keep`` of its bytes; the header still promises it all."""
    path = write(path, sweep(length_s=length_s, rate_hz=rate_hz), rate_hz)
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * keep)])
    return path


def flipped(path: StrPath, *, count: int = 200, length_s: float = 20.0, seed: int = 0) -> Path:
    """A rising tone of whose bytes ``count`` were changed at random, the first hundredth of the file excepted."""
    path = write(path, sweep(length_s=length_s), 44_100)
    data = np.frombuffer(path.read_bytes(), dtype=np.uint8).copy()
    rng = np.random.default_rng(seed)
    data[rng.integers(len(data) // 100, len(data), count)] = rng.integers(0, 256, count)
    path.write_bytes(data.tobytes())
    return path


def random_bytes(path: StrPath, *, size: int = 200_000, seed: int = 0) -> Path:
    """Random bytes."""
    Path(path).write_bytes(np.random.default_rng(seed).bytes(size))
    return Path(path)


def lying_wav(
    path: StrPath, *, rate_hz: int = 44_100, channels: int = 1, declared_bytes: int | None = None, length_s: float = 2.0
) -> Path:
    """A wav whose header says what it likes (1 Hz, 500 channels, 4 GB of sound) over two seconds of a real tone."""
    data = (sine(length_s=length_s) * 32_767).astype("<i2").tobytes()
    size = len(data) if declared_bytes is None else declared_bytes
    align = 2 * channels
    rate_bytes = min(rate_hz * align, 2**32 - 1)
    fields = struct.pack("<HHIIHH", 1, channels, rate_hz, rate_bytes, min(align, 65_535), 16)
    head = b"RIFF" + struct.pack("<I", min(size + 36, 2**32 - 1)) + b"WAVEfmt " + struct.pack("<I", 16) + fields
    Path(path).write_bytes(head + b"data" + struct.pack("<I", size) + data)
    return Path(path)


def misnamed(path: StrPath, ending: str) -> Path:
    """A good sound file of the format ``ending`` under another format's name."""
    real = tone(Path(path).with_name(f"real.{ending}"))
    shutil.move(real, path)
    return Path(path)
