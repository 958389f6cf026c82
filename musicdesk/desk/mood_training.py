"""Teaching the mood models that come with musicdesk, again or by other answers, and the card that lies beside them."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from musicdesk.desk.mood_card import card
from musicdesk.encoders import registry
from musicdesk.encoders.zoo import weights
from musicdesk.errors import BadRequest, DataFolderError, NotFound
from musicdesk.evaluation import mood_labels
from musicdesk.evaluation.emotify import TABLE
from musicdesk.evaluation.mood_labels import EmotionRow, LabelsReport
from musicdesk.jobs import Job
from musicdesk.mood.combiner import HANDCRAFTED, name_of
from musicdesk.mood.fitting import Lesson, fit
from musicdesk.settings import Folders
from musicdesk.store.database import Database
from musicdesk.store.tracks import TrackStore
from musicdesk.store.vectors import VectorStore
from musicdesk.whole_files import whole

__all__ = ["ENCODERS", "EmotionRow", "LabelsReport", "MoodTraining"]

ENCODERS = ("musicnn", "cnn", HANDCRAFTED)
"""Those that musicdesk comes with a mood model for."""
DESK, CARD = "desk", "README.md"


class MoodTraining:
    """Teaches one model an encoder with measures, and one without."""

    def __init__(self, folders: Folders, out: Path, *, job: Job) -> None:
        self._models, self._cache, self._out, self._job = folders.models, folders.cache, out, job

    def run(
        self, data: Path, encoders: Sequence[str] = ENCODERS, *, seeds: int = 3, seed: int = 0
    ) -> list[LabelsReport]:
        """Teach by the answers and the music in ``data``, a folder like Emotify's; keep models and card in ``out``.

        ``seeds`` divisions of the artists measure each model; 0: none is measured. What was heard before is kept.

        Raises:
            BadRequest: no encoder, or fewer divisions than none.
            NotFound: ``data`` is no such folder.
            NothingYet: too few artists.
            ModelUnavailable: an encoder is not installed.
        """
        if not encoders or seeds < 0:
            raise BadRequest("Name an encoder to teach a mood model for, and 0 or more divisions of the artists.")
        if not (data / TABLE).is_file() or not (data / "audio").is_dir():
            raise NotFound(f"{data} is not like Emotify: it needs {TABLE} and the folder audio.")
        names = tuple(dict.fromkeys(encoders))
        for name in names:
            weights.verify(registry.plugin(name, self._models), self._models)
        place, reports = self._heard(data, names), []
        for name in names:
            for lesson in self._lessons(data, place, name):
                fit(lesson, seed=seed).save(self._out / name_of(name, measures=lesson.with_measures))
                if seeds:
                    reports.append(self._measured(lesson, seeds, seed))
        self._write(reports)
        return reports

    def _heard(self, data: Path, names: Sequence[str]) -> Path:
        """A desk beside the models that has heard the music with every encoder."""
        place = self._out / DESK
        try:
            place.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise DataFolderError(f"Nothing can be kept in {self._out}: {error.strerror}.") from error
        from musicdesk.desk.desk import Desk  # which knows of all that is in this room

        with Desk(Folders(data=place, models=self._models, cache=self._cache)) as desk:
            desk.indexing.scan([str((data / "audio").absolute())], job=self._job)
            for name in dict.fromkeys((*names, HANDCRAFTED)):
                desk.indexing.analyze(encoder=name, quick=False, job=self._job)
        return place

    def _lessons(self, data: Path, place: Path, name: str) -> list[Lesson]:
        """With measures and without; of the measures themselves one."""
        keys = [registry.plugin(one, self._models).spec.key for one in (name, HANDCRAFTED)]
        with Database.open(place, read_only=True) as database:
            vectors, measures = (VectorStore(database).load(key) for key in keys)
            tracks = TrackStore(database).all().by_hash
        which = (False,) if name == HANDCRAFTED else (True, False)
        absolute = data.absolute()
        return [mood_labels.lesson_of(absolute, vectors, measures, tracks, with_measures=one) for one in which]

    def _measured(self, lesson: Lesson, seeds: int, seed: int) -> LabelsReport:
        return mood_labels.measure(lesson, seeds=seeds, rng=np.random.default_rng(seed), job=self._job)

    def _write(self, reports: Sequence[LabelsReport]) -> None:
        if reports:
            with whole(self._out / CARD) as new:
                new.write_text(card(reports), encoding="utf-8")
