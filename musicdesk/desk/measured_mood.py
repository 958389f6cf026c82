"""What steering is measured on, and the cases that a person listens to: all of it by the desk's own doors."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from musicdesk.desk import steering_cases
from musicdesk.desk.moods import MEASURER
from musicdesk.errors import BadRequest, NotFound
from musicdesk.evaluation import mood, mood_emotify, mood_fewest, mood_library, mood_midi
from musicdesk.evaluation.mood import Chance, MoodPlan, MoodReport, Setting
from musicdesk.evaluation.mood_claims import ClaimRow
from musicdesk.evaluation.mood_data import MoodData
from musicdesk.evaluation.mood_fewest import DRAWS, TAUGHT, FewestPlan, FewestReport, FewestRow, Size
from musicdesk.evaluation.mood_figures import Dose, EqualMood, MoodRow
from musicdesk.evaluation.mood_report import draw_chart
from musicdesk.evaluation.personal_library import AUTO, genre_library
from musicdesk.jobs import Job
from musicdesk.records import EncoderKey, Track, Vectors
from musicdesk.settings import Folders, Settings
from musicdesk.store.database import FILE, Database
from musicdesk.store.tracks import TrackStore
from musicdesk.store.vectors import VectorStore

if TYPE_CHECKING:
    from musicdesk.desk.desk import Desk

__all__ = [
    "CLIPS", "DRAWS", "Chance", "ClaimRow", "Dose", "EqualMood", "FewestPlan", "FewestReport", "FewestRow",
    "MoodMeasuring", "MoodPlan", "MoodReport", "MoodRow", "MoodSource", "Setting", "Size",
]  # fmt: skip

Opening = Callable[[Path], "Desk"]
DESK, LISTS, RENDERED = "desk", "lists", "rendered"
"""What a kept folder holds: a desk of the data set, lists that were made, clips that were rendered."""
CLIPS = 40


@dataclass(frozen=True, slots=True)
class MoodSource:
    """What is measured on."""

    folder: Path
    """Emotify, EMOPIA, or the data folder of a desk."""
    out: Path
    """Where what is made for it is kept."""
    encoder: str
    labels: str | Path
    """Of a library: where strong labels stand."""
    font: Path | None = None
    clips: int = CLIPS
    seed: int = 0


class MoodMeasuring:
    """Measures steering; a part of ``Measuring``."""

    def __init__(self, *, folders: Folders, open_desk: Opening) -> None:
        self._folders, self._open = folders, open_desk

    def plan(
        self, *, methods: Sequence[str], ablations: bool, seeds: int, parts: int, labels: Sequence[str],
        asked: int = 0, seed: int = 0,
    ) -> MoodPlan:  # fmt: skip
        """What shall be measured; raises BadRequest, or NotFound for a method that nobody knows."""
        return MoodPlan(tuple(methods), ablations, seeds, parts, asked, tuple(labels), seed)

    def measure(
        self, folder: Path | None, plan: MoodPlan, *, encoder: str | None = None, labels: str | Path = AUTO,
        font: Path | None = None, clips: int = CLIPS, out: Path | None = None, plot: Path | None = None, job: Job,
    ) -> MoodReport:  # fmt: skip
        """Whether steering reaches a mood and keeps the rest, beside baselines and chance; see ``evaluation.mood``.

        ``folder`` is that of Emotify, that of EMOPIA (``font`` plays its clips), or the data folder of a desk; None:
        this desk's library. ``out`` keeps what is heard and found, so that a long comparison can be stopped. Raises
        NotFound, NothingYet, BadRequest, ModelUnavailable.
        """
        source = self._source(folder, encoder, labels, font, clips, out, plan.seed)
        data, notes = _data(source, self._open, job)
        told = mood.measure(data, plan, out=source.out / LISTS, notes=notes, job=job)
        if plot is not None:
            draw_chart(told, plot)
        return told

    def fewest(
        self, folder: Path | None, *, methods: Sequence[str] = (), draws: int = DRAWS,
        encoder: str | None = None, labels: str | Path = AUTO, font: Path | None = None, clips: int = CLIPS,
        out: Path | None = None, seed: int = 0, job: Job,
    ) -> FewestReport:  # fmt: skip
        """How few tracks suffice to teach a translator: libraries of artists drawn by lot; the rest as ``measure``."""
        plan = FewestPlan(tuple(methods) or TAUGHT, draws=draws, seed=seed)
        source = self._source(folder, encoder, labels, font, clips, out, seed)
        data, notes = _data(source, self._open, job)
        return mood_fewest.measure(data, plan, out=source.out / LISTS, notes=notes, job=job)

    def cases(self, folder: Path | None, into: Path, *, count: int, seed: int = 0) -> tuple[Path, ...]:
        """Write ``count`` cases of steering in a desk's library into ``into``, for a person to listen to."""
        with self._open(folder or self._folders.data) as desk:
            return steering_cases.write(steering_cases.cases(desk, count=count, seed=seed), into)

    def _source(
        self, folder: Path | None, encoder: str | None, labels: str | Path, font: Path | None, clips: int,
        out: Path | None, seed: int,
    ) -> MoodSource:  # fmt: skip
        return MoodSource(
            folder=folder or self._folders.data, out=out or self._folders.cache / "mood",
            encoder=encoder or self._encoder(), labels=labels, font=font, clips=clips, seed=seed,
        )  # fmt: skip

    def _encoder(self) -> str:
        with self._open(self._folders.data) as desk:
            return desk.modelling.encoder()


def _data(source: MoodSource, open_desk: Opening, job: Job) -> tuple[MoodData, tuple[str, ...]]:
    if mood_emotify.is_here(source.folder):
        return _emotify(source, open_desk, job)
    if mood_midi.archive_in(source.folder) is not None:
        return _midi(source, open_desk, job)
    return _library(source, open_desk)


def _emotify(source: MoodSource, open_desk: Opening, job: Job) -> tuple[MoodData, tuple[str, ...]]:
    place = _analysed(source.folder / "audio", source, open_desk, job)
    with open_desk(place) as desk:
        keys = desk.modelling.spec().key, desk.modelling.spec(MEASURER).key
    with Database.open(place, read_only=True) as database:
        vectors, measures = (VectorStore(database).load(key) for key in keys)
        tracks = TrackStore(database).all().by_hash
    return mood_emotify.mood_data(source.folder, vectors, measures, tracks), ()


def _midi(source: MoodSource, open_desk: Opening, job: Job) -> tuple[MoodData, tuple[str, ...]]:
    archive, rng = mood_midi.archive_in(source.folder), np.random.default_rng([source.seed, 61])
    if archive is None or source.font is None:
        raise BadRequest("Clips of MIDI are played by a General MIDI sound font. Name one with --font FILE.sf2")
    chosen = mood_midi.clips(archive, source.clips, rng=rng)
    rendered = source.out / RENDERED
    made = mood_midi.render(archive, rendered, chosen, font=source.font, job=job)
    place = _analysed(rendered, source, open_desk, job)
    with open_desk(place) as desk:
        moods, keys = desk.moods.current(), (desk.modelling.spec().key, desk.modelling.spec(MEASURER).key)
    vectors, measures, tracks = _stored(place, *keys)
    kinds = f"{len(mood_midi.INSTRUMENTS)} instruments and {len(mood_midi.TEMPI)} tempi"
    note = f"{len(chosen)} clips of as many songs by {kinds}: {len(made)} sounds, played by {source.font.name}."
    return mood_library.midi_data(vectors, moods, measures, tracks), (note,)


def _library(source: MoodSource, open_desk: Opening) -> tuple[MoodData, tuple[str, ...]]:
    """A desk as it is; nothing is analysed for it."""
    if not (source.folder / FILE).is_file():
        raise NotFound(f"{source.folder} is neither Emotify, nor EMOPIA, nor the data folder of a desk.")
    with open_desk(source.folder) as desk:
        moods, keys = desk.moods.current(), (desk.modelling.spec().key, desk.modelling.spec(MEASURER).key)
    vectors, measures, tracks = _stored(source.folder, *keys)
    found = genre_library(vectors, tracks, source.labels)
    said = "Moods are what the program hears: mood precision says how far lists keep to its own labels."
    lacks = "" if len(measures) else "Nothing is measured here. Run: musicdesk analyze --encoder handcrafted"
    notes = (found.source, *found.notes, said, *filter(None, (lacks,)))
    return mood_library.library_data(found, moods, measures, name=str(source.folder)), notes


def _stored(place: Path, key: EncoderKey, measurer: EncoderKey) -> tuple[Vectors, Vectors, dict[str, Track]]:
    with Database.open(place, read_only=True) as database:
        stored = VectorStore(database)
        return stored.load(key), stored.load(measurer), dict(TrackStore(database).all().by_hash)


def _analysed(music: Path, source: MoodSource, open_desk: Opening, job: Job) -> Path:
    """A desk in the kept folder that has heard all of ``music`` with both encoders; what it heard before it keeps."""
    place = source.out / DESK
    place.mkdir(parents=True, exist_ok=True)
    Settings(encoder=source.encoder).save(place)
    with open_desk(place) as desk:
        desk.indexing.scan([str(music.absolute())], job=job)
        for encoder in dict.fromkeys((source.encoder, MEASURER)):
            desk.indexing.analyze(encoder=encoder, quick=False, job=job)
    return place
