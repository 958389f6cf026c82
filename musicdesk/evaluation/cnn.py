"""The paper's comparison on a folder of genres: ELU or ReLU, Adam or RMSProp, with and without notes, by artist.

Five folds that share no artist; within each, some artists more are held back to know when to stop. A song is what the
mean softmax of its segments says. Intervals are drawn over artists, since songs of one artist are no independent
evidence. Beside them stand the most frequent class, the same network trained on shuffled labels, and what others
reached. Every fold that is finished is kept: the same call goes on where it stopped.
"""

import hashlib
import json
import shutil
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np

from musicdesk import charts
from musicdesk.encoders.convnet import report as cnn_report
from musicdesk.encoders.convnet.labels import FOLDS, Labelled, by_folder, divide, heard
from musicdesk.encoders.convnet.lesson import Lesson
from musicdesk.encoders.convnet.pictures import Pictures, draw
from musicdesk.encoders.zoo.shipped import shipped_folder
from musicdesk.errors import NotFound
from musicdesk.evaluation.cnn_methods import CONTROL, VARIANTS, Method, methods, paper
from musicdesk.evaluation.cnn_taught import explained, teacher
from musicdesk.evaluation.metrics import bootstrap
from musicdesk.jobs import Job
from musicdesk.library.tags import read_tags
from musicdesk.library.walk import music_in
from musicdesk.records import Epoch, FloatArray, IntArray, Measure, Skipped, Track
from musicdesk.whole_files import whole

__all__ = [
    "CONTROL", "REFERENCES", "SEGMENTS", "VARIANTS", "ClassVectors", "CnnReport", "CnnRow", "Method", "class_vectors",
    "draw_charts", "measure", "methods", "paper", "songs_in", "teacher",
]  # fmt: skip

SEGMENTS = 20
"""So many segments of a song are heard to classify it, as many as the paper has."""
REFERENCES: tuple[tuple[str, float], ...] = (
    ("SVM on 182 hand-made statistics", 0.600),
    ("SVM on the mean MusiCNN (MSD) vector", 0.77),
)
"""Accuracies on the 400 songs of Emotify, 5 folds by artist, as measured elsewhere."""


@dataclass(frozen=True, slots=True, eq=False)
class CnnRow:
    """What one way to train reaches."""

    method: Method
    accuracy: Measure
    """Share of songs; ``n`` counts artists."""
    folds: tuple[float, ...]
    confusion: IntArray  # [n_classes, n_classes]
    curve: tuple[float, ...]
    """Accuracy on the validation songs, epoch by epoch, mean over the folds that got so far."""
    cpu_s: float
    """CPU seconds of one fold."""
    epochs: float
    """Mean number of epochs of a fold."""


@dataclass(frozen=True, slots=True, eq=False)
class CnnReport:
    """All ways beside the controls."""

    songs: int
    artists: int
    classes: tuple[str, ...]
    majority: float
    rows: tuple[CnnRow, ...]
    left_out: tuple[str, ...]
    """Sentences: classes and files that were not used."""
    seed: int
    references: tuple[tuple[str, float], ...] = REFERENCES


def measure(
    folder: Path,
    methods: Sequence[Method],
    *,
    out: Path,
    models: Path,
    workers: int = 1,
    device: str = "cpu",
    job: Job,
    seed: int = 0,
) -> CnnReport:
    """Train every method on every fold of the songs in ``folder/audio/<class>`` (or ``folder/<class>``).

    What is finished lies in ``out`` and is not done again; images go into a cache below it.
    Raises NotFound, NothingYet and BadRequest as labels and files demand, and ModelUnavailable where a method needs a
    teacher that is not installed.
    """
    labelled = songs_in(folder)
    rows, left_out = [], list(labelled.dropped)
    for method in methods:
        trial, skipped = _prepared(
            method, labelled, out=out, models=models, workers=workers, device=device, job=job, seed=seed
        )
        labelled = trial.labelled
        left_out += skipped
        rows.append(_row(trial, job=job))
    counts, artists = rows[0].confusion, {song.artist for song in labelled.songs}
    majority = cnn_report.chance(counts)
    return CnnReport(len(labelled.songs), len(artists), labelled.classes, majority, tuple(rows), tuple(left_out), seed)


@dataclass(frozen=True, slots=True, eq=False)
class ClassVectors:
    """What networks say of songs by artists they never heard."""

    labelled: Labelled
    likely: FloatArray  # [n, n_classes] the mean softmax of a song's segments
    folds: IntArray  # [n] which fold's network was asked; no artist is in two
    left_out: tuple[str, ...]
    """Sentences: classes and files that were not used."""


def class_vectors(
    folder: Path, method: Method, *, out: Path, models: Path, workers: int = 1, device: str = "cpu", job: Job,
    seed: int = 0,
) -> ClassVectors:  # fmt: skip
    """The class vector of every song, from the fold whose network did not learn from its artist; all as ``measure``."""
    trial, skipped = _prepared(
        method, songs_in(folder), out=out, models=models, workers=workers, device=device, job=job, seed=seed
    )
    folds, likely, _ = _said(trial, job=job)
    return ClassVectors(trial.labelled, likely, folds, (*trial.labelled.dropped, *skipped))


def draw_charts(report: CnnReport, folder: Path) -> tuple[Path, ...]:
    """Curves and accuracies of all methods, and what the best one confuses, as pictures in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    names = [folder / name for name in ("curves.png", "accuracy.png", "confusion.png")]
    # where the last epoch is kept, the songs for validation are learnt from: their curve would say nothing
    held = [row for row in report.rows if row.method.config.keep == "best"]
    curves = {row.method.name: row.curve for row in held or report.rows}
    charts.lines(names[0], curves, title="Validation, mean of the folds", x_label="Epoch", y_label="Accuracy")
    measured = [(row.method.name, row.accuracy) for row in report.rows]
    charts.bars(names[1], measured, title=f"{report.songs} songs, {FOLDS} folds by artist", x_label="Accuracy",
                chance=report.majority)  # fmt: skip
    best = max(report.rows, key=lambda row: row.accuracy.mean)
    charts.matrix(names[2], best.confusion, report.classes, title=best.method.name)
    return tuple(names)


def songs_in(folder: Path) -> Labelled:
    """The songs of a folder of genres, each class a folder."""
    if not folder.is_dir():
        raise NotFound(f"There is no folder {folder}.")
    root = folder / "audio" if (folder / "audio").is_dir() else folder
    return by_folder([Track(id=0, path=path, tags=read_tags(path)[0]) for path in music_in(root)])


# ------------------------------------------------------------------------------------------------------------- parts


@dataclass(frozen=True, slots=True, eq=False)
class _Trial:
    """A method, what it learns from, and where its results are kept."""

    method: Method
    labelled: Labelled
    pictures: Pictures
    explained: tuple[FloatArray, IntArray] | None
    place: Path
    device: str
    seed: int

    @property
    def artists(self) -> list[str]:
        return [song.artist for song in self.labelled.songs]


def _prepared(
    method: Method, labelled: Labelled, *, out: Path, models: Path, workers: int, device: str, job: Job, seed: int
) -> tuple[_Trial, tuple[str, ...]]:
    """A trial with the pictures of the songs, and sentences on those of which there are none."""
    paths = [song.path for song in labelled.songs]
    pictures, skipped = draw(paths, method.config.image, folder=out / "images", workers=workers, job=job)
    known = heard(labelled, pictures.paths)
    place = out / _slug(method, known, seed)
    needed = method.taught and not all(file.is_file() for file in _files(place, method))
    numbers = explained(pictures, models=models, folder=out, job=job) if needed else None
    trial = _Trial(method, known, pictures, numbers, place, device, seed)
    return trial, tuple(_sentence(skip) for skip in skipped)


def _said(trial: _Trial, *, job: Job) -> tuple[IntArray, FloatArray, list[dict[str, Any]]]:
    """In which fold each song was tested, what was said of it, and what every network told."""
    songs = len(trial.labelled.songs)
    folds, likely = np.zeros(songs, np.int64), np.zeros((songs, len(trial.labelled.classes)), np.float32)
    done: list[dict[str, Any]] = []
    for fold in range(FOLDS):
        told = [_fold(trial, fold, member, job=job) for member in range(trial.method.members)]
        test = np.array(told[0]["test"], dtype=np.int64)
        folds[test], likely[test] = fold, np.mean([one["likely"] for one in told], axis=0)
        done += told
    return folds, likely, done


def _row(trial: _Trial, *, job: Job) -> CnnRow:
    folds, likely, done = _said(trial, job=job)
    codes, said = trial.labelled.codes, likely.argmax(axis=1)
    shares = [float((said == codes)[folds == fold].mean()) for fold in range(FOLDS)]
    curves = [[epoch["accuracy"] for epoch in told["epochs"]] for told in done]
    right, rng = (said == codes).astype(np.float64), np.random.default_rng(trial.seed)
    return CnnRow(
        trial.method,
        bootstrap(right, rng=rng, units=trial.artists),
        tuple(shares),
        cnn_report.confusion(codes, said, len(trial.labelled.classes)),
        _mean_curve(curves),
        sum(told["cpu_s"] for told in done) / FOLDS,
        float(np.mean([len(curve) for curve in curves])),
    )


def _files(place: Path, method: Method) -> list[Path]:
    """Where the results are kept: fold after fold, network after network."""
    return [place / f"fold-{f + 1}-{m + 1}.json" for f, m in product(range(FOLDS), range(method.members))]


def _fold(trial: _Trial, fold: int, member: int, *, job: Job) -> dict[str, Any]:
    """What a network says of a fold's test songs, from its file where it is known already."""
    file = _files(trial.place, trial.method)[fold * trial.method.members + member]
    if file.is_file():
        known: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        return known
    workshop = file.with_suffix("")
    workshop.mkdir(parents=True, exist_ok=True)
    job.say(f"{trial.method.name}: fold {fold + 1} of {FOLDS}, network {member + 1} of {trial.method.members}")
    told = _trained(trial, fold, member, workshop, job=job)
    with whole(file) as new:
        new.write_text(json.dumps(told), encoding="utf-8")
    shutil.rmtree(workshop)
    return told


def _trained(trial: _Trial, fold: int, member: int, workshop: Path, *, job: Job) -> dict[str, Any]:
    """Train a network on a fold and ask it about the test songs."""
    from musicdesk.encoders.convnet.training import softmax, train  # torch takes a second to import

    began, codes = time.process_time(), trial.labelled.codes
    config = replace(trial.method.config, seed=trial.method.config.seed + member)
    division = divide(trial.artists, codes, fold=fold, seed=trial.seed)
    rows = division.train
    if config.keep == "last":  # nothing is chosen by them, so they can be learnt from
        rows = np.sort(np.concatenate([division.train, division.validation]))
    known = teacher(*trial.explained, rows) if trial.explained else None
    dealt = _shuffled(codes, division.test, seed=trial.seed) if trial.method.shuffled else codes
    lesson = Lesson(
        trial.pictures, dealt, len(trial.labelled.classes), rows, division.validation, known
    )  # fmt: skip
    network, epochs = train(config, lesson, device=trial.device, job=job, folder=workshop)
    likely = softmax(
        network.to(trial.device), trial.pictures, division.test, segments=SEGMENTS, check=job.check
    )  # fmt: skip
    return _told(division.test, likely, epochs, cpu_s=time.process_time() - began)


def _told(test: IntArray, likely: FloatArray, epochs: Sequence[Epoch], *, cpu_s: float) -> dict[str, Any]:
    return {
        "test": test.tolist(),
        "likely": np.round(likely.astype(np.float64), 5).tolist(),
        "epochs": [asdict(epoch) for epoch in epochs],
        "cpu_s": cpu_s,
    }


def _shuffled(codes: IntArray, test: IntArray, *, seed: int) -> IntArray:
    """The classes dealt out anew among the songs that are not tested."""
    dealt, rest = codes.copy(), np.setdiff1d(np.arange(len(codes)), test)
    dealt[rest] = np.random.default_rng(seed).permutation(codes[rest])
    return dealt


def _slug(method: Method, labelled: Labelled, seed: int) -> str:
    """A folder name that differs where anything differs that the result depends on."""
    songs = [[Path(song.path).name, song.label, song.artist] for song in labelled.songs]
    begins = _shipped_hash() if method.config.start == "shipped" else ""
    text = json.dumps([method.config.plain(), method.shuffled, method.taught, begins, songs, seed], sort_keys=True)
    name = "".join(sign if sign.isalnum() else "-" for sign in method.name).strip("-")
    return f"{name}-{hashlib.sha256(text.encode('utf-8', 'surrogateescape')).hexdigest()[:8]}"


def _shipped_hash() -> str:
    """Which shipped network it would begin with."""
    path = shipped_folder("cnn") / "weights.safetensors"
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


def _mean_curve(curves: Sequence[Sequence[float]]) -> tuple[float, ...]:
    longest = max(len(curve) for curve in curves)
    return tuple(float(np.mean([curve[at] for curve in curves if at < len(curve)])) for at in range(longest))


def _sentence(skip: Skipped) -> str:
    return f"{Path(skip.path).name} is left out: {skip.reason}"
