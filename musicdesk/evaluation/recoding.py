"""Copies of a sound in other encodings, as they come into libraries: what a test of duplicates must recognise."""

from collections.abc import Callable, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import soundfile

from musicdesk.records import FloatArray

RATE_HZ = 44_100
QUIETER_DB = -8.0
_BLOCK = 1 << 15
"""Samples written at once; libsndfile's Vorbis encoder fails on long writes."""

Writer = Callable[[Path, FloatArray], Path]
"""(path without an ending, samples [n, 1 or 2] at RATE_HZ) → the file written."""


def _av(ending: str, codec: str, kbits: int, *, mono: bool = False) -> Writer:
    container = {"m4a": "ipod", "opus": "ogg"}.get(ending, ending)

    def write(stem: Path, samples: FloatArray) -> Path:
        path = stem.with_name(f"{stem.name}.{ending}")
        _encode(path, samples.mean(axis=1, keepdims=True) if mono else samples, container, codec, kbits)
        return path

    return write


def _vorbis(stem: Path, samples: FloatArray) -> Path:
    """Vorbis at the lowest quality libsndfile writes."""
    path = stem.with_name(f"{stem.name}.ogg")
    with soundfile.SoundFile(
        path, "w", RATE_HZ, samples.shape[1], "VORBIS", format="OGG", compression_level=1.0
    ) as file:
        for start in range(0, len(samples), _BLOCK):
            file.write(samples[start : start + _BLOCK])
    return path


def _quieter(stem: Path, samples: FloatArray) -> Path:
    path = stem.with_name(f"{stem.name}.flac")
    soundfile.write(path, samples * 10 ** (QUIETER_DB / 20), RATE_HZ, subtype="PCM_16")
    return path


CODECS: Mapping[str, Writer] = {
    "MP3 128 kbit/s": _av("mp3", "libmp3lame", 128),
    "MP3 96 kbit/s": _av("mp3", "libmp3lame", 96),
    "MP3 48 kbit/s, mono": _av("mp3", "libmp3lame", 48, mono=True),
    "AAC 128 kbit/s": _av("m4a", "aac", 128),
    "Opus 48 kbit/s": _av("opus", "libopus", 48),
    "Vorbis, lowest quality": _vorbis,
    "FLAC, 8 dB quieter": _quieter,
}
"""Name for a table → what writes it."""


def _encode(path: Path, samples: FloatArray, container: str, codec: str, kbits: int) -> None:
    layout = "mono" if samples.shape[1] == 1 else "stereo"
    with av.open(str(path), "w", format=container) as output:
        stream: Any = output.add_stream(codec, rate=48_000 if codec == "libopus" else RATE_HZ, layout=layout)
        context = stream.codec_context
        context.bit_rate = 1000 * kbits
        context.format = context.codec.audio_formats[0]
        context.open()
        convert = av.AudioResampler(
            format=context.format, layout=layout, rate=context.sample_rate, frame_size=context.frame_size or 1024
        )
        packed = np.ascontiguousarray(samples.reshape(1, -1), dtype=np.float32)
        frame = av.AudioFrame.from_ndarray(packed, format="flt", layout=layout)
        frame.sample_rate, frame.pts, frame.time_base = RATE_HZ, 0, Fraction(1, RATE_HZ)
        for part in [*convert.resample(frame), *convert.resample(None)]:
            output.mux(stream.encode(part))
        output.mux(stream.encode(None))
