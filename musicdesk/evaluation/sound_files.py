"""Made-up sounds written in every format that can be written here: what good and bad files are made of."""

import tempfile
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import soundfile

from musicdesk.errors import BadRequest
from musicdesk.records import FloatArray

FORMATS = ("wav", "aiff", "flac", "ogg", "mp3", "opus", "m4a", "alac.m4a", "aac", "wma", "wv", "tta")
"""Endings; "alac.m4a" is lossless sound in an m4a file."""
_SOUNDFILE = {
    "wav": ("WAV", "PCM_16"), "aiff": ("AIFF", "PCM_16"), "flac": ("FLAC", "PCM_16"), "ogg": ("OGG", "VORBIS"),
    "mp3": ("MP3", "MPEG_LAYER_III"),
}  # fmt: skip
_AV = {
    "opus": ("ogg", "libopus"), "m4a": ("ipod", "aac"), "alac.m4a": ("ipod", "alac"), "aac": ("adts", "aac"),
    "wma": ("asf", "wmav2"), "wv": ("wv", "wavpack"), "tta": ("tta", "tta"),
}  # fmt: skip
_BLOCK = 1 << 15
"""Samples written at once; libsndfile's Vorbis encoder fails on long writes."""
_EACH_S = 1.0


@dataclass
class Sounds:
    """A source of sounds no two of which are alike, so that no file passes for the copy of another."""

    rng: np.random.Generator
    made: int = field(default=0)

    def samples(self, *, length_s: float = 0.0, rate_hz: int = 32_000, channels: int = 1) -> FloatArray:
        """Notes with overtones over some noise; 0: four to seven seconds.  # [n, channels]"""
        self.made += 1
        length_s = length_s or float(self.rng.uniform(4, 7))
        count = max(1, round(length_s * rate_hz))
        time = np.arange(count, dtype=np.float64) / rate_hz
        notes = self.rng.uniform(80, min(1500, rate_hz / 8), max(1, int(length_s / _EACH_S) + 1))
        hz = notes[np.minimum((time / _EACH_S).astype(int), len(notes) - 1)]
        phase = 2 * np.pi * np.cumsum(hz) / rate_hz
        tone = sum(np.sin(k * phase) / k for k in (1, 2, 3)) * (0.6 + 0.4 * np.exp(-4 * (time % _EACH_S)))
        mono = 0.3 * tone + 0.03 * self.rng.standard_normal(count)
        sides = np.linspace(1, 0.7, channels)
        return np.clip(mono[:, None] * sides, -1, 1).astype(np.float32)

    def file(self, ending: str, *, length_s: float = 0.0, rate_hz: int = 32_000, channels: int = 1) -> bytes:
        """A good file of a format as bytes."""
        return encoded(self.samples(length_s=length_s, rate_hz=rate_hz, channels=channels), ending, rate_hz=rate_hz)


def encoded(samples: FloatArray, ending: str, *, rate_hz: int, subtype: str = "", faststart: bool = False) -> bytes:
    """Samples [n, channels] in the format of an ending; ``subtype`` is another one of libsndfile's."""
    with tempfile.TemporaryDirectory(prefix="musicdesk-") as folder:
        path = Path(folder) / f"sound.{ending}"
        write(path, samples, ending, rate_hz=rate_hz, subtype=subtype, faststart=faststart)
        return path.read_bytes()


def write(
    path: Path, samples: FloatArray, ending: str, *, rate_hz: int, subtype: str = "", faststart: bool = False
) -> None:
    """Write samples [n, channels] in the format of an ending, whatever the file is called."""
    if ending in _SOUNDFILE:
        form, usual = _SOUNDFILE[ending]
        with soundfile.SoundFile(path, "w", rate_hz, samples.shape[1], subtype or usual, format=form) as file:
            for start in range(0, len(samples), _BLOCK):
                file.write(samples[start : start + _BLOCK])
    elif ending in _AV:
        _write_av(path, samples, rate_hz=rate_hz, form=_AV[ending], faststart=faststart)
    else:
        raise BadRequest(f"Sound cannot be written as {ending}; one of {', '.join(FORMATS)} can.")


def _write_av(path: Path, samples: FloatArray, *, rate_hz: int, form: tuple[str, str], faststart: bool) -> None:
    container, codec = form
    layout = {1: "mono", 2: "stereo"}.get(samples.shape[1], f"{samples.shape[1]}c")
    options = {"movflags": "faststart"} if faststart else {}
    with av.open(str(path), "w", format=container, options=options) as output:
        stream: Any = output.add_stream(codec, rate=48_000 if codec == "libopus" else rate_hz, layout=layout)
        context = stream.codec_context
        context.bit_rate = 96_000
        context.format = context.codec.audio_formats[-1]
        context.open()
        convert = av.AudioResampler(
            format=context.format, layout=layout, rate=context.sample_rate, frame_size=context.frame_size or 1024
        )
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples.reshape(1, -1)), format="flt", layout=layout)
        frame.sample_rate, frame.pts, frame.time_base = rate_hz, 0, Fraction(1, rate_hz)
        for part in [*convert.resample(frame), *convert.resample(None)]:
            output.mux(stream.encode(part))
        output.mux(stream.encode(None))
