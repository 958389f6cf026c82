"""The music of a folder in one format, so that encoders are compared by what they hear and not by files.

Files of one album share codec, bit rate and sample rate, so a figure over the files as they are proves little. The
middle of every track is recoded to one format (mono 22.05 kHz MP3 at 96 kbit/s); beside it stand the same excerpt
uncompressed and 8 dB quieter, the copies that must be found again.
"""

import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

import numpy as np
import soundfile

from musicdesk.audio import decode
from musicdesk.encoders import registry
from musicdesk.encoders.analysing import Engine, Plan, Request
from musicdesk.encoders.pooling import Standardiser
from musicdesk.errors import NothingYet, UnreadableAudio
from musicdesk.evaluation.retrieval import similarity_of
from musicdesk.jobs import Job
from musicdesk.library.walk import music_in
from musicdesk.records import Analysis, FloatArray

RATE_HZ = 22_050
EXCERPT_S = 90.0
MP3_LEVEL = 0.42
"""libsndfile's name for 96 kbit/s, mono at this rate: 0.4 to 0.45 by measuring; 0.5 is 80."""
QUIETER_DB = -8.0
COPIES = 16
FEWEST = 3

Item = TypeVar("Item")
Format = tuple[str, int, int, float]
"""Codec, sample rate, channels, kbit/s."""


@dataclass(frozen=True, slots=True)
class Excerpt:
    """One track of the folder and where its recoded excerpts lie."""

    source: str
    folder: str
    """The folder that the track lies in: its album, in a tidy library."""
    recoded: Path
    plain: Path
    """Uncompressed, where it was written."""
    quieter: Path
    """Uncompressed and 8 dB quieter, where it was written."""
    format: Format
    """Of the file as it is."""


def enough_music_in(folder: Path) -> list[str]:
    """The sound files below ``folder``; raises NothingYet for too few to measure anything."""
    files = music_in(folder)
    if len(files) < FEWEST:
        raise NothingYet(f"{folder} holds too little music to measure anything.")
    return files


@contextmanager
def excerpts_of(files: Sequence[str], *, every_plain: bool, job: Job) -> Iterator[tuple[Excerpt, ...]]:
    """Excerpts of the files that can be read, while the context lasts.

    Uncompressed they take 8 MB each; unless it is ``every_plain``, only those of ``copied`` files are written so.
    """
    plain = set(files if every_plain else copied(files))
    with tempfile.TemporaryDirectory(prefix="musicdesk-evaluate-") as place:
        yield tuple(_readable(files, Path(place), plain, job=job))


def copied(tracks: Sequence[Item]) -> Sequence[Item]:
    """The tracks whose copies are looked for, spread over all."""
    return tracks[:: max(1, len(tracks) // COPIES)][:COPIES]


def excerpt(path: str, stem: Path, *, plain: bool = True) -> Excerpt:
    """The middle of a track as MP3, and if ``plain`` as WAV and 8 dB quieter as well; raises UnreadableAudio."""
    info = decode.info(path)
    start = max(0.0, (info.length_s - EXCERPT_S) / 2)
    samples = decode.read(path, start_s=start, length_s=EXCERPT_S, rate_hz=RATE_HZ).samples
    made = Excerpt(
        source=path,
        folder=os.path.dirname(path),
        plain=stem.with_suffix(".wav"),
        recoded=stem.with_suffix(".mp3"),
        quieter=stem.with_suffix(".quiet.wav"),
        format=_format(path),
    )
    if plain:
        soundfile.write(made.plain, samples, RATE_HZ, subtype="PCM_16")
        soundfile.write(made.quieter, samples * 10 ** (QUIETER_DB / 20), RATE_HZ, subtype="PCM_16")
    soundfile.write(
        made.recoded,
        samples,
        RATE_HZ,
        format="MP3",
        subtype="MPEG_LAYER_III",
        bitrate_mode="CONSTANT",
        compression_level=MP3_LEVEL,
    )
    return made


def format_similarity(excerpts: Sequence[Excerpt]) -> FloatArray:
    """How alike the files are without being heard: the control.  # [n, n]"""
    return similarity_of([e.format for e in excerpts], _same_format)


def standardised(vectors: Sequence[FloatArray]) -> FloatArray:
    """Vectors as unit rows of the space that they make.  # [n, dim]"""
    matrix = np.stack(vectors)
    return Standardiser.fit(matrix).apply(matrix)


class Encoding:
    """Encodes files by a plan, in worker processes, and keeps account of what it costs; a context manager."""

    def __init__(self, plan: Plan, *, job: Job) -> None:
        self.spec = registry.plugin(plan.encoder, plan.models).spec
        self._job, self._engine = job, Engine(plan, say=job.say)
        self._files = 0
        self._cpu_s = 0.0
        self.peak_mb = 0.0
        """The most memory that one of the processes held (resident, MiB)."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._engine.close()

    @property
    def cpu_s(self) -> float:
        """CPU seconds a file, decoding included; 0 before the first."""
        return self._cpu_s / max(1, self._files)

    def __call__(self, files: Sequence[Path]) -> Mapping[Path, FloatArray]:
        """File → vector; files without sound are left out. Raises UnreadableAudio where a process failed."""
        requests = [Request(str(path), "") for path in files]
        self._job.begin(f"Listening with {self.spec.key.name}", total=len(requests), detail=self._engine.detail)
        vectors: dict[Path, FloatArray] = {}
        for request, outcome in self._engine.run(requests, self._job.check):
            if isinstance(outcome, Analysis):
                vectors[Path(request.path)] = outcome.vector
                self._note(outcome)
            elif outcome.passing:
                raise UnreadableAudio(f"{request.path}: {outcome.reason}")
            self._job.advance()
        return vectors

    def _note(self, analysis: Analysis) -> None:
        self._files += 1
        self._cpu_s += analysis.timings.total_s
        self.peak_mb = max(self.peak_mb, analysis.peak_mb)


def _readable(files: Sequence[str], place: Path, plain: Set[str], *, job: Job) -> Iterator[Excerpt]:
    for number, path in enumerate(job.each(files, text="Recoding excerpts")):
        try:
            yield excerpt(path, place / f"{number:05}", plain=path in plain)
        except UnreadableAudio:
            continue


def _format(path: str) -> Format:
    info = decode.info(path)
    return info.codec, info.rate_hz, info.channels, os.path.getsize(path) / 125 / max(info.length_s, 1.0)


def _same_format(a: Format, b: Format) -> float:
    """Equal codec, rate, channels count one each; bit rates count by their nearness."""
    equal = sum(x == y for x, y in zip(a[:3], b[:3], strict=True))
    return equal - abs(float(np.log2(max(a[3], 1) / max(b[3], 1))))
