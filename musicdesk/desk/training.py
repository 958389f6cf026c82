"""Networks of the listener's own: trained on genre tags, or on a folder with labels, and kept as encoders.

Torch never enters this process: images are drawn and networks trained in processes of their own.
"""

import os
import re
import tempfile
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, TypedDict

import numpy as np

from musicdesk.encoders import devices, registry
from musicdesk.encoders.convnet import labels as cnn_labels
from musicdesk.encoders.convnet import report as cnn_report
from musicdesk.encoders.convnet.apart import Assignment, train_apart
from musicdesk.encoders.convnet.config import CnnConfig, lively, shipped_shape
from musicdesk.encoders.convnet.labels import Labelled, divide
from musicdesk.encoders.convnet.lesson import Lesson
from musicdesk.encoders.convnet.pictures import draw
from musicdesk.encoders.convnet.trained import spec_of
from musicdesk.errors import BadRequest, DataFolderError, ModelUnavailable, NotFound
from musicdesk.evaluation import cnn
from musicdesk.evaluation.cnn import CnnReport, CnnRow
from musicdesk.evaluation.metrics import bootstrap
from musicdesk.events import Events
from musicdesk.jobs import Job
from musicdesk.library.tags import read_tags
from musicdesk.library.walk import music_in
from musicdesk.records import ClassCount, Epoch, FloatArray, Skipped, Track, TrainedModel
from musicdesk.settings import Folders
from musicdesk.store.tracks import TrackStore

__all__ = ["CnnReport", "CnnRow", "Training", "Wishes"]

GENRES, FOLDER_NAMES = "genre-tags", "folders"
_NAME = re.compile(rf"{registry.TRAINED}[a-z0-9][a-z0-9._-]{{0,39}}")


class Wishes(TypedDict, total=False):
    """What a person may wish of a training; None is no wish."""

    epochs: int | None
    activation: str | None
    optimiser: str | None
    image: str | None
    notes: str | None
    start: str | None
    learning_rate: float | None
    seed: int | None


class Training:
    """Trains networks and knows those that are trained."""

    def __init__(self, *, tracks: TrackStore, folders: Folders, events: Events, now: Callable[[], float]) -> None:
        self._tracks, self._folders, self._events, self._now = tracks, folders, events, now

    def usual(self, *, epochs: int | None = None, start: str = "scratch") -> CnnConfig:
        """What a training begins with where nobody wishes for more; ``start`` is scratch or shipped."""
        return self.wished({"epochs": epochs, "start": start})

    def wished(self, wishes: Wishes) -> CnnConfig:
        """The usual config with a person's wishes; None is no wish. Raises BadRequest for one that cannot be."""
        given: dict[str, Any] = {name: value for name, value in wishes.items() if value is not None}
        config = shipped_shape() if given.get("start") == "shipped" else lively()
        if given.get("start") == "shipped" and {"activation", "image", "notes"} & set(given):
            raise BadRequest("What begins with the shipped network has its image and its activation. Name neither.")
        kind, notes = given.pop("image", config.image.kind), given.pop("notes", config.image.notes)
        return replace(config, image=replace(config.image, kind=kind, notes=notes), **given)

    def classes(self, *, labels: str | Path = GENRES, data: Path | None = None) -> tuple[ClassCount, ...]:
        """What could be learnt: every class with its tracks and artists. Raises as ``train`` does."""
        found = self._labelled(data, labels)
        artists = defaultdict(set)
        for song in found.songs:
            artists[song.label].add(song.artist)
        sizes = np.bincount(found.codes, minlength=len(found.classes))
        return tuple(
            ClassCount(name, int(size), len(artists[name])) for name, size in zip(found.classes, sizes, strict=True)
        )

    def train(
        self,
        *,
        data: Path | None = None,
        labels: str | Path = GENRES,
        config: CnnConfig,
        name: str = "cnn-own",
        resume: bool = True,
        device: str = "auto",
        job: Job,
        each: Callable[[Epoch], object] = lambda _: None,
    ) -> TrainedModel:
        """Train a network and keep it as the encoder ``name``, which begins with cnn-.

        ``data`` is a folder of music, or None for the library; ``labels`` are "genre-tags", "folders" (the folder that
        a track lies in) or a CSV file. A training that was stopped goes on if data and config are the same.

        Raises:
            BadRequest: a name or a table that cannot be right.
            NotFound: no such folder.
            NothingYet: fewer than two classes with enough tracks and artists.
            DataFolderError: the folder of the models cannot be written.
        """
        folder = self._place(name, fresh=not resume)
        labelled = self._labelled(data, labels)
        for sentence in labelled.dropped:
            job.say(sentence)
        assignment, notes = self._assignment(labelled, config, folder, device=device, job=job)
        epochs, likely = train_apart(assignment, job=job, each=each)
        model = _model(assignment, epochs, likely, labelled=_kept(labelled, assignment))
        cnn_report.write(model, config, notes=notes)
        return model

    def trained(self) -> tuple[TrainedModel, ...]:
        """The networks that are trained; one whose report cannot be read is left out."""
        found = []
        for report in sorted(self._folders.models.glob(f"{registry.TRAINED}*/{cnn_report.REPORT}")):
            try:
                found.append(cnn_report.read(report.parent))
            except ModelUnavailable:
                continue
        return tuple(found)

    def forget(self, name: str) -> None:
        """Delete a trained network and everything beside it; its vectors stay. Raises NotFound."""
        folder = self._folders.models / _proper(name)
        if not folder.is_dir():
            raise NotFound(f"There is no trained network called {name}.")
        try:
            with tempfile.TemporaryDirectory(prefix=f".{name}-", dir=self._folders.models) as aside:
                folder.replace(Path(aside) / name)  # gone at once, even if the deletion is interrupted
        except OSError as error:
            raise DataFolderError(f"{folder} cannot be deleted: {error.strerror}.") from error

    # ---------------------------------------------------------------------------------------------- comparisons

    def variants(self) -> dict[str, str]:
        """The named ways to train beside the paper's: name → what it is."""
        return {name: variant.what for name, variant in cnn.VARIANTS.items()}

    def methods(
        self, *, activations: Sequence[str], optimisers: Sequence[str], images: Sequence[str], notes: Sequence[str],
        variants: Sequence[str] = (), control: bool = True, width: float = 1.0, epochs: int = 30, seed: int = 0,
    ) -> tuple[cnn.Method, ...]:  # fmt: skip
        """What to compare: every combination of the paper's network, then named variants, then the control."""
        base = cnn.paper(width=width, epochs=epochs, seed=seed)
        return cnn.methods(
            base, activations=activations, optimisers=optimisers, images=images, notes=notes, variants=variants,
            control=control,
        )  # fmt: skip

    def compare(
        self, folder: Path, methods: Sequence[cnn.Method], *, out: Path | None = None, workers: int = 1,
        device: str = "cpu", job: Job, seed: int = 0, plot: Path | None = None,
    ) -> CnnReport:  # fmt: skip
        """Train every method on five folds of a folder of genres; what is finished is kept in ``out``."""
        place = out or self._folders.cache / "cnn"
        report = cnn.measure(
            folder, methods, out=place, models=self._folders.models, workers=workers, device=device, job=job, seed=seed
        )
        if plot is not None:
            cnn.draw_charts(report, plot)
        return report

    # --------------------------------------------------------------------------------------------------- parts

    def _place(self, name: str, *, fresh: bool) -> Path:
        """The folder of a network to be trained."""
        folder = self._folders.models / _proper(name)
        try:
            if fresh:
                (folder / "checkpoint.safetensors").unlink(missing_ok=True)
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise DataFolderError(f"The network cannot be kept in {folder}: {error.strerror}.") from error
        return folder

    def _labelled(self, data: Path | None, labels: str | Path) -> Labelled:
        tracks = self._music(data)
        if labels == GENRES:
            return cnn_labels.by_genre(tracks)
        if labels == FOLDER_NAMES:
            return cnn_labels.by_folder(tracks)
        return cnn_labels.by_table(Path(labels), tracks)

    def _music(self, data: Path | None) -> Sequence[Track]:
        """The tracks to learn from, each sound once, as a file that has a genre tag if there is one."""
        if data is None:
            there = [track for track in self._tracks.all() if not track.excluded and not track.problem]
            tagged_last = sorted(there, key=lambda track: bool(track.tags.genres))
            each_once = {track.audio_hash or track.path: track for track in tagged_last}
            return sorted(each_once.values(), key=lambda track: track.path)
        if not data.is_dir():
            raise NotFound(f"There is no folder {data}.")
        return [Track(id=0, path=path, tags=read_tags(path)[0]) for path in music_in(data)]

    def _assignment(
        self, labelled: Labelled, config: CnnConfig, folder: Path, *, device: str, job: Job
    ) -> tuple[Assignment, tuple[str, ...]]:
        """Draw the images and divide the songs; with sentences for the model card."""
        cores = max(1, (os.cpu_count() or 1) // 2)
        paths = [song.path for song in labelled.songs]
        pictures, skipped = draw(paths, config.image, folder=self._folders.cache / "cnn", workers=cores, job=job)
        kept = cnn_labels.heard(labelled, pictures.paths)
        division = divide([song.artist for song in kept.songs], kept.codes, seed=config.seed)
        lesson = Lesson(pictures, kept.codes, len(kept.classes), division.train, division.validation)
        spec = spec_of(folder.name, config, kept.classes, sha256="", size=0)
        chosen = devices.choose(device, spec, say=job.say)
        notes = (*labelled.dropped, *(_sentence(skip) for skip in skipped))
        return Assignment(config, lesson, kept.classes, division.test, folder, chosen.name, cores), notes


def _model(
    assignment: Assignment, epochs: tuple[Epoch, ...], likely: FloatArray, *, labelled: Labelled
) -> TrainedModel:
    """What was trained and how well it does on the test tracks."""
    rows = assignment.test
    truth, said = labelled.codes[rows], likely.argmax(axis=1)
    artists = [song.artist for song in labelled.songs]
    counts = cnn_report.confusion(truth, said, len(labelled.classes))
    rng = np.random.default_rng(assignment.config.seed)
    return TrainedModel(
        name=assignment.folder.name,
        path=assignment.folder,
        classes=labelled.classes,
        accuracy=bootstrap((truth == said).astype(np.float64), rng=rng, units=[artists[int(row)] for row in rows]),
        chance=cnn_report.chance(counts),
        confusion=counts,
        reports=cnn_report.per_class(counts, labelled.classes),
        epochs=epochs,
        tracks=len(artists),
        artists=len(set(artists)),
    )


def _kept(labelled: Labelled, assignment: Assignment) -> Labelled:
    return cnn_labels.heard(labelled, assignment.lesson.pictures.paths)


def _proper(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise BadRequest(
            f"A trained network cannot be called {name!r}. Its name begins with {registry.TRAINED} and goes on with "
            "small letters, digits, dots and dashes."
        )
    return name


def _sentence(skip: Skipped) -> str:
    return f"{Path(skip.path).name} is left out: {skip.reason}"
