"""How well a trained network does, as counts, as JSON, as pictures and as a model card."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from musicdesk import charts
from musicdesk.encoders.convnet.config import CnnConfig
from musicdesk.encoders.convnet.trained import WINDOWS
from musicdesk.errors import ModelUnavailable
from musicdesk.records import ClassReport, Epoch, IntArray, Measure, TrainedModel
from musicdesk.whole_files import whole

REPORT, CARD, CURVES, CONFUSION = "report.json", "README.md", "curves.png", "confusion.png"


def confusion(truth: IntArray, said: IntArray, n_classes: int) -> IntArray:
    """How often each class (row) was called each class (column).  # [n_classes, n_classes]"""
    return np.bincount(truth * n_classes + said, minlength=n_classes**2).reshape(n_classes, n_classes)


def per_class(counts: IntArray, classes: Sequence[str]) -> tuple[ClassReport, ...]:
    """Precision, recall and F1 of every class; 0 where a class was neither there nor named."""
    right, named, there = np.diag(counts), counts.sum(axis=0), counts.sum(axis=1)
    precision, recall = right / np.maximum(named, 1), right / np.maximum(there, 1)
    f1 = 2 * right / np.maximum(named + there, 1)
    return tuple(
        ClassReport(name, float(precision[i]), float(recall[i]), float(f1[i]), int(there[i]))
        for i, name in enumerate(classes)
    )


def chance(counts: IntArray) -> float:
    """What naming the most frequent class for everything would reach."""
    return float(counts.sum(axis=1).max() / max(1, counts.sum()))


def write(model: TrainedModel, config: CnnConfig, *, notes: Sequence[str] = ()) -> None:
    """Put report, model card and pictures into the model's folder; ``notes`` are sentences for the card."""
    folder = model.path
    _write(folder / REPORT, json.dumps(as_json(model), indent=2, ensure_ascii=False) + "\n")
    _write(folder / CARD, card(model, config, notes=notes))
    curves(folder / CURVES, model.epochs)
    charts.matrix(folder / CONFUSION, model.confusion, model.classes, title="What it is, and what the network says")


def curves(path: Path, epochs: Sequence[Epoch]) -> None:
    """Accuracy and loss, epoch by epoch, as a picture."""
    series = {
        "accuracy, tracks held out": [e.accuracy for e in epochs],
        "accuracy, training segments": [e.train_accuracy for e in epochs],
        "loss, tracks held out": [e.loss for e in epochs],
        "loss, training segments": [e.train_loss for e in epochs],
    }
    charts.lines(path, series, title="Training", x_label="Epoch", y_label="Accuracy, loss")


def as_json(model: TrainedModel) -> dict[str, Any]:
    """A report as it is kept."""
    return {
        "name": model.name,
        "classes": list(model.classes),
        "accuracy": asdict(model.accuracy),
        "chance": model.chance,
        "confusion": model.confusion.tolist(),
        "reports": [asdict(report) for report in model.reports],
        "epochs": [asdict(epoch) for epoch in model.epochs],
        "tracks": model.tracks,
        "artists": model.artists,
    }


def read(folder: Path) -> TrainedModel:
    """The report of a network; raises ModelUnavailable where there is none that can be read."""
    try:
        told: Mapping[str, Any] = json.loads((folder / REPORT).read_text(encoding="utf-8"))
        return TrainedModel(
            name=folder.name,
            path=folder,
            classes=tuple(told["classes"]),
            accuracy=Measure(**told["accuracy"]),
            chance=float(told["chance"]),
            confusion=np.array(told["confusion"], dtype=np.int64),
            reports=tuple(ClassReport(**report) for report in told["reports"]),
            epochs=tuple(Epoch(**epoch) for epoch in told["epochs"]),
            tracks=int(told["tracks"]),
            artists=int(told["artists"]),
        )
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise ModelUnavailable(
            f"The report of the network in {folder} cannot be read. Train it again, or delete the folder."
        ) from error


def card(model: TrainedModel, config: CnnConfig, *, notes: Sequence[str] = ()) -> str:
    """The model card: what it is, what it learned from, how well it does, and what it is not for."""
    facts = {
        "Input": _input(config),
        "Network": _network(config),
        "Output": f"the layer of {config.dense} as the vector, the softmax over the classes as the tags; their mean "
        f"over {WINDOWS} segments of a track is its class vector.",
        "Training": f"{config.optimiser}, learning rate {config.learning_rate:g}, seed {config.seed}; "
        f"{len(model.epochs)} epochs, {_kept(model, config)}.",
        "Data": f"{model.tracks} tracks by {model.artists} artists, divided by artist into tracks to learn from, to "
        "know when to stop, and to be tested with.",
    }
    told = f"A convolutional network that tells {_listed(model.classes)}, trained here by `musicdesk train cnn`."
    lines = [f"# {model.name}", "", told, "", *(f"- {name}: {fact}" for name, fact in facts.items()), ""]
    return "\n".join([*lines, *_figures(model), "", *_caveats(notes)]) + "\n"


def _kept(model: TrainedModel, config: CnnConfig) -> str:
    if config.keep == "last":
        return "of which the last was kept"
    best = min(model.epochs, key=lambda epoch: epoch.loss)
    return f"of which number {best.number} was kept (lowest loss on held-out artists)"


def _input(config: CnnConfig) -> str:
    image = config.image
    joined = "" if image.notes == "none" else f", joined with {image.notes} notes"
    return (
        f"segments of {image.segment_s:g} s at {image.rate_hz} Hz as {image.kind} images of {image.bands} bands and "
        f"{image.frames} frames{joined}; one gain a track, to an RMS of -20 dB."
    )


def _network(config: CnnConfig) -> str:
    return (
        f"{len(config.filters)} blocks of convolution ({config.kernel} × {config.kernel}; "
        f"{', '.join(map(str, config.filters))} filters) and pooling, a layer of {config.dense}, "
        f"{config.activation.upper()}."
    )


def _figures(model: TrainedModel) -> list[str]:
    accuracy = model.accuracy
    told = (
        f"On tracks of artists it never heard, {100 * accuracy.mean:.1f} % are named rightly (95 % interval "
        f"{100 * accuracy.low:.1f} to {100 * accuracy.high:.1f}, drawn over {accuracy.n} artists); naming the most "
        f"frequent class for all would reach {100 * model.chance:.1f} %."
    )
    head = ["| Class | Precision | Recall | F1 | Tracks |", "|---|---|---|---|---|"]
    rows = [f"| {r.name} | {r.precision:.2f} | {r.recall:.2f} | {r.f1:.2f} | {r.tracks} |" for r in model.reports]
    pictures = [f"![Curves]({CURVES})", f"![Confusion]({CONFUSION})"]
    return ["## How well it does", "", told, "", *head, *rows, "", *pictures]


def _caveats(notes: Sequence[str]) -> list[str]:
    told = (
        "It knows the classes above and no others, as the labels of this library have them: music of another kind is "
        "called whatever it sounds most like."
    )
    return ["## What to keep in mind", "", told, *(f"- {note}" for note in notes)]


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _write(path: Path, text: str) -> None:
    with whole(path) as new:
        new.write_text(text, encoding="utf-8")
