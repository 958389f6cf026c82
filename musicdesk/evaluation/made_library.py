"""A library of any size that nobody has: tags like people's, vectors in clusters, a taste, some failures.

It is written through the stores, as a scan and an analysis would, so what is measured over it is what a person has.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from musicdesk.encoders.base import EncoderSpec
from musicdesk.jobs import Job
from musicdesk.records import (
    Analysis,
    FloatArray,
    FoundFile,
    Prototype,
    ScannedFile,
    Skipped,
    State,
    Tags,
    Taste,
    unit_rows,
)
from musicdesk.store.database import Database
from musicdesk.store.tastes import TasteStore
from musicdesk.store.tracks import TrackStore
from musicdesk.store.vectors import VectorStore

ROOT = "/music"
TRACKS_PER_ALBUM, ALBUMS_PER_ARTIST = 12, 4
CLUSTERS = 200
BATCH = 2000
EXEMPLARS = 5
FAILED, SILENT, PARTIAL, STALE, PENDING, EXCLUDED, UNTAGGED = 0.02, 0.005, 0.02, 0.01, 0.01, 0.005, 0.03
"""Shares of the files."""
COMMON, RARE, NONE = "night", "Ørtugen 0007", "xylophonequartet"
"""Words that a search finds often, once or twice, and never."""
_TEXT = """
    love night blue heart time dance river light dream fire girl rain road song moon day home street world summer
    little black white golden broken silent empty winter morning city ghost machine mother sister ocean mountain
    electric paper silver wild cold sweet slow last first long good lost strange never again tonight forever alone
    élan cœur été nuit corazón mañana über größe ängeln höst 東京 夜 雨 песня ночь
"""
_WORDS = _TEXT.split()
_GENRES = ("Rock", "Pop", "Electronic", "Jazz", "Classical", "Metal", "Folk", "Hip-Hop", "Ambient", "Soul", "Blues")
_CODECS = ("mp3", "flac", "vorbis", "aac", "opus")


@dataclass(frozen=True, slots=True)
class Made:
    """What was written."""

    tracks: int
    analysed: int
    prototypes: int
    database_mb: float


def make_library(
    folder: Path, *, tracks: int, spec: EncoderSpec, prototypes: int = 24, rng: np.random.Generator, job: Job
) -> Made:
    """Write a data folder with so many tracks, analysed as ``spec`` would, and a taste of so many prototypes.

    A few hundredths of the files are failed, silent, partial, stale, pending or excluded.
    """
    with Database.open(folder) as database:
        files = _write_tracks(database, tracks, rng, job)
        sounds = _write_vectors(database, files, spec, rng, job)
        TasteStore(database).set_current(made_taste(spec, prototypes, sounds, rng))
        size = database.path.stat().st_size
    return Made(tracks, len(sounds), prototypes, size / 2**20)


def made_taste(spec: EncoderSpec, count: int, sounds: Sequence[str], rng: np.random.Generator) -> Taste:
    """A taste of ``count`` prototypes in all directions, for a library of these sounds (audio hashes)."""
    vectors = unit_rows(rng.standard_normal((count, spec.dim), dtype=np.float32))
    exemplars = rng.integers(len(sounds), size=(count, EXEMPLARS)).tolist()
    made = [
        Prototype(
            f"p{number}", f"prototype {number + 1}", number % 8, vector, tuple(sounds[row] for row in rows),
            gain=float(gain),
        )
        for number, (vector, rows, gain) in enumerate(
            zip(vectors, exemplars, rng.uniform(-0.5, 2, count), strict=True)
        )
    ]  # fmt: skip
    return Taste(spec.key, tuple(made), liked=count, sounds=len(sounds))


def made_analyses(
    files: list[ScannedFile], spec: EncoderSpec, centres: FloatArray, rng: np.random.Generator
) -> list[Analysis]:
    """Analyses of these files: each near one of the ``centres`` [n, dim]."""
    count = len(files)
    noise = rng.standard_normal((count, spec.dim), dtype=np.float32)
    vectors = centres[rng.integers(len(centres), size=count)] + noise
    tags = rng.random((count, len(spec.vocabulary)), dtype=np.float32) ** 4
    partial = rng.random(count) < PARTIAL
    return [
        Analysis(file.audio_hash, vector, words, spec.windows, 30.0, State.PARTIAL if part else State.OK)
        for file, vector, words, part in zip(files, vectors, tags, partial, strict=True)
    ]


def made_centres(spec: EncoderSpec, rng: np.random.Generator) -> FloatArray:
    """The middles of the clusters.  # [200, dim]"""
    return rng.standard_normal((CLUSTERS, spec.dim), dtype=np.float32)


def made_files(start: int, count: int, rng: np.random.Generator) -> list[ScannedFile]:
    """Files ``start`` to ``start + count`` of a made-up folder of music."""
    hashes = rng.bytes(16 * count).hex()
    lengths = rng.gamma(9, 26, count).round(3).tolist()
    words = rng.integers(len(_WORDS), size=(count, 3)).tolist()
    untagged = (rng.random(count) < UNTAGGED).tolist()
    return [
        _file(start + i, f"1:{hashes[32 * i : 32 * i + 32]}", lengths[i], words[i], untagged=untagged[i])
        for i in range(count)
    ]


def _file(number: int, audio_hash: str, length_s: float, words: list[int], *, untagged: bool) -> ScannedFile:
    album, place = divmod(number, TRACKS_PER_ALBUM)
    artist = _artist(album // ALBUMS_PER_ARTIST)
    title = " ".join(_WORDS[word] for word in words[: 1 + number % 3]).title()
    title = f"{RARE} {title}" if number % 100_003 == 7 else title
    named = f"{_WORDS[album % len(_WORDS)]} {_WORDS[album // 7 % len(_WORDS)]} {album % 97}".title()
    codec = _CODECS[album % len(_CODECS)]
    tags = Tags() if untagged else Tags(
        title=title, artists=(artist,), album=named, album_artists=(artist,), track_number=place + 1, disc_number=1,
        genres=(_GENRES[album % len(_GENRES)],), year=1960 + album % 64,
    )  # fmt: skip
    path = f"{ROOT}/{artist}/{named}/{place + 1:02} {title}.{codec}"
    found = FoundFile(path, int(length_s * 30_000), 1_700_000_000_000_000_000 + number)
    return ScannedFile(found, audio_hash, tags, length_s, codec)


def _artist(number: int) -> str:
    return f"{_WORDS[number % len(_WORDS)]} {_WORDS[number // 11 % len(_WORDS)]} {number}".title()


def _write_tracks(database: Database, count: int, rng: np.random.Generator, job: Job) -> list[ScannedFile]:
    store, files = TrackStore(database), []
    store.add_source(ROOT)
    for batch in _batches(count, job, "Making up tracks"):
        made = made_files(batch.start, len(batch), rng)
        store.save(made, now=0.0)
        files += made
    store.set_excluded((rng.choice(count, int(EXCLUDED * count), replace=False) + 1).tolist(), True)
    return files


def _write_vectors(
    database: Database, files: list[ScannedFile], spec: EncoderSpec, rng: np.random.Generator, job: Job
) -> list[str]:
    """All but a few hundredths, which fail, are silent, are left for later, or have an old vector only."""
    store, centres = VectorStore(database), made_centres(spec, rng)
    fates = _fates(len(files), rng)
    old = replace(spec.key, version="0")
    for batch in _batches(len(files), job, "Making up vectors"):
        done: list[ScannedFile] = []
        stale: list[ScannedFile] = []
        skipped: list[Skipped] = []
        for file, fate in zip(files[batch.start : batch.stop], fates[batch.start : batch.stop].tolist(), strict=True):
            if fate in (State.FAILED, State.SILENT):
                skipped.append(Skipped(file.audio_hash, file.file.path, State(fate), "It was made up to be so."))
            elif fate != State.PENDING:
                (stale if fate == State.STALE else done).append(file)
        store.add(made_analyses(done, spec, centres, rng), key=spec.key, vocabulary=spec.vocabulary, now=0.0)
        store.add(made_analyses(stale, spec, centres, rng), key=old, vocabulary=spec.vocabulary, now=0.0)
        store.skip(skipped, key=spec.key, now=0.0)
    return [file.audio_hash for file, fate in zip(files, fates.tolist(), strict=True) if fate == State.OK]


def _fates(count: int, rng: np.random.Generator) -> npt.NDArray[np.str_]:
    shares = {State.FAILED: FAILED, State.SILENT: SILENT, State.STALE: STALE, State.PENDING: PENDING}
    rest = 1 - sum(shares.values())
    return rng.choice([str(s) for s in (*shares, State.OK)], size=count, p=[*shares.values(), rest])


def _batches(count: int, job: Job, text: str) -> Iterator[range]:
    job.begin(text, total=count)
    for start in range(0, count, BATCH):
        batch = range(start, min(start + BATCH, count))
        yield batch
        job.advance(len(batch))
