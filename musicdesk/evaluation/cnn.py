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
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np

from musicdesk import charts
from musicdesk.encoders.convnet import report as cnn_report
from musicdesk.encoders.convnet.config import Augmentation, CnnConfig, ImageSpec, lively, shipped_shape
from musicdesk.encoders.convnet.labels import FOLDS, Labelled, by_folder, divide, heard
from musicdesk.encoders.convnet.lesson import Lesson
from musicdesk.encoders.convnet.pictures import Pictures, draw
from musicdesk.encoders.zoo.shipped import shipped_folder
from musicdesk.errors import BadRequest, NotFound
from musicdesk.evaluation.cnn_taught import explained, teacher
from musicdesk.evaluation.metrics import bootstrap
from musicdesk.jobs import Job
from musicdesk.library.tags import read_tags
from musicdesk.library.walk import music_in
from musicdesk.records import Epoch, FloatArray, IntArray, Measure, Skipped, Track
from musicdesk.whole_files import whole

SEGMENTS = 20
"""So many segments of a song are heard to classify it, as many as the paper has."""
REFERENCES: tuple[tuple[str, float], ...] = (
    ("SVM on 182 hand-made statistics", 0.600),
    ("SVM on the mean MusiCNN (MSD) vector", 0.77),
)
"""Accuracies on the 400 songs of Emotify, 5 folds by artist, as measured elsewhere."""
CONTROL = "shuffled labels"


@dataclass(frozen=True, slots=True)
class Method:
    """One way to train."""

    name: str
    config: CnnConfig
    what: str = ""
    """What it is, for people."""
    shuffled: bool = False
    """The control: the labels of the training songs are dealt out anew."""
    taught: bool = False
    """Whether it also learns to say what MusiCNN says of the training songs."""
    members: int = 1
    """So many networks, each from another seed, whose softmax is averaged."""


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


def methods(
    base: CnnConfig,
    *,
    activations: Sequence[str] = ("elu", "relu"),
    optimisers: Sequence[str] = ("adam", "rmsprop"),
    notes: Sequence[str] = ("none",),
    images: Sequence[str] = ("log-mel",),
    variants: Sequence[str] = (),
    control: bool = True,
) -> tuple[Method, ...]:
    """Every combination; then the named variants; then the control, which is the first with shuffled labels.

    Raises BadRequest for an unknown variant, and where there is nothing to compare.
    """
    found = [
        Method(_title(activation, optimiser, kind, joined), _combined(base, activation, optimiser, kind, joined))
        for kind, joined, activation, optimiser in product(images, notes, activations, optimisers)
    ]
    for name in variants:
        if name not in VARIANTS:
            raise BadRequest(f"There is no variant called {name!r}. Known are: {', '.join(VARIANTS)}.")
        found.append(replace(VARIANTS[name], config=replace(VARIANTS[name].config, seed=base.seed)))
    if not found:
        raise BadRequest("Nothing is to be compared. Name an activation, an optimiser, an image and notes.")
    return (*found, replace(found[0], name=f"{CONTROL} ({found[0].name})", shuffled=True)) if control else tuple(found)


def _title(activation: str, optimiser: str, image: str, notes: str) -> str:
    return f"{activation} {optimiser}, {image}" + ("" if notes == "none" else f" and {notes}")


def _combined(base: CnnConfig, activation: str, optimiser: str, kind: str, notes: str) -> CnnConfig:
    image = replace(base.image, kind=kind, notes=notes)
    return replace(base, image=image, activation=activation, optimiser=optimiser)


def _variants() -> dict[str, Method]:
    """The named ways to train."""
    stripes, shipped = Augmentation(gain_db=2.0, mask_bands=8, mask_frames=4), shipped_shape()
    read = replace(shipped, taught_alone=True, learning_rate=1e-3, epochs=12, augment=Augmentation())
    further = replace(read, teacher=1.0, segments=8, dropout=0.3, keep="last", augment=stripes)
    begins = "begins with the network that comes with musicdesk"
    found = (
        Method("lively", lively(), "from scratch: batch norm, 3 × 3, pooling over time, SpecAugment, mixup, gain"),
        Method("shipped", shipped, f"{begins}; all of it is trained"),
        Method("shipped, read", read, f"{begins}; only the classes are trained"),
        Method("shipped, taught", further, f"{begins}; MusiCNN's numbers for the training songs form the layers, "
               "the classes read them; no songs are held back for validation", taught=True),
    )  # fmt: skip
    return {method.name: method for method in found}


def paper(*, width: float = 1.0, epochs: int = 30, seed: int = 0) -> CnnConfig:
    """The paper's network from scratch, nothing added; ``width`` is the share of its filters."""
    filters = (64, 128, 256, 512)
    return CnnConfig(
        image=ImageSpec(), filters=tuple(max(1, round(width * count)) for count in filters), segments=2, epochs=epochs,
        patience=6, augment=Augmentation(), seed=seed,
    )  # fmt: skip


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
        paths = [song.path for song in labelled.songs]
        pictures, skipped = draw(paths, method.config.image, folder=out / "images", workers=workers, job=job)
        labelled = heard(labelled, pictures.paths)
        left_out += [_sentence(skip) for skip in skipped]
        numbers = explained(pictures, models=models, folder=out, job=job) if method.taught else None
        trial = _Trial(method, labelled, pictures, numbers, out / _slug(method, labelled, seed), device, seed)
        rows.append(_row(trial, job=job))
    counts, artists = rows[0].confusion, {song.artist for song in labelled.songs}
    majority = cnn_report.chance(counts)
    return CnnReport(len(labelled.songs), len(artists), labelled.classes, majority, tuple(rows), tuple(left_out), seed)


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


VARIANTS: Mapping[str, Method] = _variants()
"""Ways to train that are none of the paper's, by name."""


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


def _row(trial: _Trial, *, job: Job) -> CnnRow:
    codes, members = trial.labelled.codes, range(trial.method.members)
    said = np.zeros(len(codes), np.int64)
    done: list[dict[str, Any]] = []
    shares = []
    for fold in range(FOLDS):
        told = [_fold(trial, fold, member, job=job) for member in members]
        test = np.array(told[0]["test"], dtype=np.int64)
        said[test] = np.mean([one["likely"] for one in told], axis=0).argmax(axis=1)
        shares.append(float((said[test] == codes[test]).mean()))
        done += told
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


def _fold(trial: _Trial, fold: int, member: int, *, job: Job) -> dict[str, Any]:
    """What a network says of a fold's test songs, from its file where it is known already."""
    file = trial.place / f"fold-{fold + 1}-{member + 1}.json"
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
