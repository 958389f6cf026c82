"""Does the space hear music, or file formats? Same-album retrieval and copies found again, on a folder of real music.

Files of one album share codec, bit rate and sample rate, so a figure over the files as they are proves little. Here an
excerpt of every track is first recoded to one format (mono 22.05 kHz MP3 at 96 kbit/s), and two controls stand
beside each encoder: albums shuffled over the tracks, and the file format alone. An album is a folder.
"""

import os
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile

from musicdesk.audio import decode
from musicdesk.encoders import registry, weights
from musicdesk.encoders.analysing import Engine, Plan, Request
from musicdesk.encoders.pooling import Standardiser
from musicdesk.errors import NothingYet, UnreadableAudio
from musicdesk.evaluation.metrics import k_occurrence_skew
from musicdesk.evaluation.retrieval import GroupRetrieval, cosine, ranks_of_originals, same_group_map, similarity_of
from musicdesk.jobs import Job
from musicdesk.library.walk import music_in
from musicdesk.records import Analysis, FloatArray

RATE_HZ = 22_050
EXCERPT_S = 90.0
MP3_LEVEL = 0.42
"""libsndfile's name for 96 kbit/s, mono at this rate: 0.4 to 0.45 by measuring; 0.5 is 80."""
QUIETER_DB = -8.0
COPIES = 16


@dataclass(frozen=True, slots=True)
class EncoderRow:
    """What one encoder reaches with so many windows a track."""

    encoder: str
    windows: int
    cpu_s: float
    """CPU seconds to analyse a recoded excerpt."""
    album: GroupRetrieval
    mp3_found: int
    """Copies recoded to MP3 whose original is at rank 1."""
    quieter_found: int
    """Copies 8 dB quieter whose original is at rank 1."""
    copies: int
    hubness: float
    """Skewness of the 10-occurrences."""


@dataclass(frozen=True, slots=True)
class SimilarityReport:
    """All encoders beside their controls."""

    tracks: int
    albums: int
    rows: tuple[EncoderRow, ...]
    format_only: GroupRetrieval
    """Albums found by codec, sample rate, channels and bit rate of the files as they are."""


@dataclass(frozen=True, slots=True)
class _Excerpt:
    """One track of the folder and where its recoded excerpts lie."""

    source: str
    album: str
    plain: Path
    """Uncompressed: what the copies must find."""
    recoded: Path
    quieter: Path
    format: tuple[str, int, int, float]


def measure(
    folder: Path,
    encoders: Sequence[str],
    *,
    models: Path,
    workers: int,
    rng: np.random.Generator,
    job: Job,
    windows: Sequence[int] = (),
) -> SimilarityReport:
    """Measure every encoder on the music in ``folder``; raises NothingYet for a folder without albums.

    ``windows`` are numbers of windows a track to compare; empty: as many as each encoder wants.
    """
    for name in encoders:
        weights.verify(registry.plugin(name), models)
    files = music_in(folder)
    if len(files) < 3:
        raise NothingYet(f"{folder} holds too little music to measure anything.")
    with tempfile.TemporaryDirectory(prefix="musicdesk-evaluate-") as place:
        excerpts = tuple(_excerpts(files, Path(place), job=job))
        copied = excerpts[:: max(1, len(excerpts) // COPIES)][:COPIES]
        rows = tuple(
            _row(Plan(name, models, workers, windows=count), excerpts, copied, rng=rng, job=job)
            for name in encoders
            for count in windows or (registry.plugin(name).spec.windows,)
        )
    formats = similarity_of([e.format for e in excerpts], _same_format)
    albums = [e.album for e in excerpts]
    return SimilarityReport(len(excerpts), len(set(albums)), rows, same_group_map(formats, albums, rng=rng))


def _excerpts(files: Sequence[str], place: Path, *, job: Job) -> Iterable[_Excerpt]:
    for number, path in enumerate(job.each(files, text="Recoding excerpts")):
        try:
            yield _excerpt(path, place / f"{number:05}")
        except UnreadableAudio:
            continue


def _excerpt(path: str, stem: Path) -> _Excerpt:
    """The middle of a track as MP3, as WAV, and as WAV 8 dB quieter."""
    info = decode.info(path)
    start = max(0.0, (info.length_s - EXCERPT_S) / 2)
    samples = decode.read(path, start_s=start, length_s=EXCERPT_S, rate_hz=RATE_HZ).samples
    excerpt = _Excerpt(
        source=path,
        album=os.path.dirname(path),
        plain=stem.with_suffix(".wav"),
        recoded=stem.with_suffix(".mp3"),
        quieter=stem.with_suffix(".quiet.wav"),
        format=_format(path),
    )
    soundfile.write(excerpt.plain, samples, RATE_HZ, subtype="PCM_16")
    soundfile.write(excerpt.quieter, samples * 10 ** (QUIETER_DB / 20), RATE_HZ, subtype="PCM_16")
    soundfile.write(
        excerpt.recoded,
        samples,
        RATE_HZ,
        format="MP3",
        subtype="MPEG_LAYER_III",
        bitrate_mode="CONSTANT",
        compression_level=MP3_LEVEL,
    )
    return excerpt


def _row(
    plan: Plan, excerpts: Sequence[_Excerpt], copied: Sequence[_Excerpt], *, rng: np.random.Generator, job: Job
) -> EncoderRow:
    encode = _Encoding(plan, job=job)
    recoded = encode([e.recoded for e in excerpts])
    cpu_s = encode.cpu_s / max(1, len(recoded))
    plain = encode([e.plain for e in excerpts])
    quieter = encode([e.quieter for e in copied])
    kept = [e for e in excerpts if e.recoded in recoded and e.plain in plain]
    space = _standardised([recoded[e.recoded] for e in kept])
    scaler = Standardiser.fit(np.stack([plain[e.plain] for e in kept]))
    library = scaler.apply(np.stack([plain[e.plain] for e in kept]))
    places = np.array([kept.index(e) for e in copied if e in kept], dtype=np.int64)
    mp3 = scaler.apply(np.stack([recoded[kept[i].recoded] for i in places]))
    quiet = scaler.apply(np.stack([quieter[kept[i].quieter] for i in places]))
    return EncoderRow(
        encoder=plan.encoder,
        windows=plan.windows or registry.plugin(plan.encoder).spec.windows,
        cpu_s=cpu_s,
        album=same_group_map(cosine(space), [e.album for e in kept], rng=rng),
        mp3_found=int((ranks_of_originals(mp3, library, places) == 1).sum()),
        quieter_found=int((ranks_of_originals(quiet, library, places) == 1).sum()),
        copies=len(places),
        hubness=k_occurrence_skew(cosine(space)),
    )


class _Encoding:
    """Encodes files by a plan, in worker processes."""

    def __init__(self, plan: Plan, *, job: Job) -> None:
        self._plan, self._job = plan, job
        self.cpu_s = 0.0
        """What all of it has cost so far."""

    def __call__(self, files: Sequence[Path]) -> Mapping[Path, FloatArray]:
        requests = [Request(str(path), "") for path in files]
        self._job.begin(f"Listening with {self._plan.encoder}", total=len(requests))
        vectors: dict[Path, FloatArray] = {}
        with Engine(self._plan) as engine:
            for request, outcome in engine.run(requests, self._job.check):
                if isinstance(outcome, Analysis):
                    vectors[Path(request.path)] = outcome.vector
                    self.cpu_s += outcome.timings.total_s
                elif outcome.passing:
                    raise UnreadableAudio(f"{request.path}: {outcome.reason}")
                self._job.advance()
        return vectors


def _standardised(vectors: Sequence[FloatArray]) -> FloatArray:
    matrix = np.stack(vectors)
    return Standardiser.fit(matrix).apply(matrix)


def _format(path: str) -> tuple[str, int, int, float]:
    """Codec, sample rate, channels, and kbit/s as the file's size and length tell."""
    info = decode.info(path)
    return info.codec, info.rate_hz, info.channels, os.path.getsize(path) / 125 / max(info.length_s, 1.0)


def _same_format(a: tuple[str, int, int, float], b: tuple[str, int, int, float]) -> float:
    """How alike two files are without being heard: equal codec, rate, channels; bit rates near each other."""
    equal = sum(x == y for x, y in zip(a[:3], b[:3], strict=True))
    return equal - abs(float(np.log2(max(a[3], 1) / max(b[3], 1))))
