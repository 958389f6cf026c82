"""What words and preference are measured on, by the desk's own doors: Emotify, the library, the artists of HetRec."""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from musicdesk.desk.moods import MEASURER
from musicdesk.encoders.sentences import MINILM, open_sentences
from musicdesk.errors import BadRequest, NotFound
from musicdesk.evaluation import tagged_artists
from musicdesk.evaluation.emotify import TABLE
from musicdesk.evaluation.semantic_tables import Row, SemanticReport, Table
from musicdesk.jobs import Job
from musicdesk.records import EncoderKey, Track, Vectors
from musicdesk.settings import Folders, Settings
from musicdesk.store.database import Database
from musicdesk.store.tracks import TrackStore
from musicdesk.store.vectors import VectorStore

if TYPE_CHECKING:
    from musicdesk.desk.desk import Desk
    from musicdesk.evaluation.semantic import SemanticPlan
    from musicdesk.evaluation.semantic_data import Remembered
    from musicdesk.semantic.learning_config import LearningConfig

__all__ = ["MINILM", "Row", "SemanticMeasuring", "SemanticReport", "Table"]

Opening = Callable[[Path], "Desk"]
DESK, SPECTROGRAMS = "desk", "spectrograms"
"""What a kept folder holds: a desk of the data set, and its sounds as they look."""


class SemanticMeasuring:
    """Measures search by words and the learning behind it; a part of ``Measuring``."""

    def __init__(self, *, folders: Folders, open_desk: Opening) -> None:
        self._folders, self._open = folders, open_desk

    def measure(
        self, *, emotify: Path | None = None, library: bool = False, hetrec: Path | None = None,
        judged: Path | None = None, seeds: int = 3, folds: int = 5, ablations: bool = True, sentences: str = MINILM,
        encoder: str = "", from_mel: bool = False, out: Path | None = None, seed: int = 0, job: Job,
    ) -> SemanticReport:  # fmt: skip
        """Whether words find sounds and choices bend the space; see ``evaluation.semantic`` and its neighbours.

        ``emotify`` and ``hetrec`` are folders of data sets, ``library`` is this desk's; ``judged`` a table of strong
        labels for the queries that are asked of the library. ``out`` keeps what was heard of Emotify. ``from_mel``:
        learned from spectrograms of Emotify, with the encoder's vectors beside them and without ablations. Raises
        NotFound, NothingYet, BadRequest, and ModelUnavailable where texts cannot be read.
        """
        _check(emotify, hetrec, library, judged)
        if from_mel and emotify is None:
            raise BadRequest("Spectrograms are drawn of the sounds of Emotify: name its folder with --data.")
        from musicdesk.evaluation.semantic_data import Remembered

        began = time.process_time()
        reader = Remembered(open_sentences(sentences, self._folders.models))
        each = tuple(range(seed, seed + seeds))
        tables: list[Table] = []
        if emotify is not None:
            from musicdesk.evaluation.semantic import SemanticPlan

            plan = SemanticPlan(seeds, folds, ablations and not from_mel, seed=seed, mel=_mel() if from_mel else None)
            tables += self._emotify(emotify, reader, encoder, out, plan, job=job)
        if library:
            tables += self._library(judged, reader, each, folds, job)
        if hetrec is not None:
            tables += _artists(hetrec, reader, each, job)
        return SemanticReport(tuple(tables), each, cpu_s=time.process_time() - began)

    def _emotify(
        self, folder: Path, reader: "Remembered", encoder: str, out: Path | None, plan: "SemanticPlan", *, job: Job
    ) -> tuple[Table, ...]:
        from musicdesk.evaluation import semantic
        from musicdesk.evaluation.semantic_data import emotify_sounds

        kept = out or self._folders.cache / "semantic"
        keys, workers = _analysed(folder / "audio", kept / DESK, encoder or self._encoder(), self._open, job)
        data = emotify_sounds(folder, *_stored(kept / DESK, *keys))
        if plan.mel:
            data = data.drawn(plan.mel.tower, folder=kept / SPECTROGRAMS, workers=workers, job=job)
        return semantic.measure(data, reader, plan, job=job)

    def _library(
        self, judged: Path | None, reader: "Remembered", seeds: Sequence[int], folds: int, job: Job
    ) -> list[Table]:
        from musicdesk.evaluation import semantic_library
        from musicdesk.semantic.learning_config import LearningConfig

        with self._open(self._folders.data) as desk:
            key, moods = desk.modelling.spec().key, desk.moods.current()
        vectors, _, tracks = _stored(self._folders.data, key, key)
        data = semantic_library.library_sounds(str(self._folders.data), vectors, tracks)
        config = LearningConfig.small()
        told = list(semantic_library.finding(data, reader, config, seeds=seeds, parts=folds, job=job))
        if judged is None:
            note = "No query was judged: name a table of strong labels with --judged."
            return [replace(table, notes=(*table.notes, note)) for table in told]
        known = moods if len(moods) == len(data) else None  # else some sounds have no file any more
        labels = semantic_library.strong_labels(judged, data.audio)
        asked = semantic_library.queries(data, labels, reader, config, moods=known, seeds=seeds, job=job)
        return [asked, *told]

    def _encoder(self) -> str:
        with self._open(self._folders.data) as desk:
            return desk.modelling.encoder()


def _artists(folder: Path, reader: "Remembered", seeds: Sequence[int], job: Job) -> tuple[Table, ...]:
    from musicdesk.evaluation import semantic_artists
    from musicdesk.semantic.learning_config import LearningConfig

    artists = semantic_artists.load(folder)
    return semantic_artists.measure(artists, reader, LearningConfig.small(), seeds=seeds, job=job)


def _check(emotify: Path | None, hetrec: Path | None, library: bool, judged: Path | None) -> None:
    if emotify is None and hetrec is None and not library:
        raise BadRequest("Name what to measure on: --data EMOTIFY, --library, or --hetrec FOLDER.")
    if emotify is not None and not (emotify / TABLE).is_file():
        raise NotFound(f"{emotify} is not Emotify: there is no {TABLE} in it.")
    if hetrec is not None and not tagged_artists.is_here(hetrec):
        raise NotFound(f"{hetrec} is not HetRec Last.fm with its tags and features.")
    if judged is not None and not library:
        raise BadRequest("A table of strong labels judges the answers of --library.")


def _mel() -> "LearningConfig":
    """The preset that learns from spectrograms, a batch at once: the same gradients, and no sound is run twice."""
    from musicdesk.semantic.learning_config import LearningConfig

    return replace(LearningConfig.mel(), chunk=0)


def _analysed(
    music: Path, place: Path, encoder: str, open_desk: Opening, job: Job
) -> tuple[tuple[EncoderKey, EncoderKey], int]:
    """Let a desk of its own hear all of ``music`` with both encoders: their keys, and how many processes it may use.

    What it heard before it keeps.
    """
    place.mkdir(parents=True, exist_ok=True)
    Settings(encoder=encoder).save(place)
    with open_desk(place) as desk:
        desk.indexing.scan([str(music.absolute())], job=job)
        for name in dict.fromkeys((encoder, MEASURER)):
            desk.indexing.analyze(encoder=name, quick=False, job=job)
        return (desk.modelling.spec().key, desk.modelling.spec(MEASURER).key), desk.indexing.workers()


def _stored(place: Path, key: EncoderKey, measurer: EncoderKey) -> tuple[Vectors, Vectors, dict[str, Track]]:
    with Database.open(place, read_only=True) as database:
        stored = VectorStore(database)
        return stored.load(key), stored.load(measurer), dict(TrackStore(database).all().by_hash)
