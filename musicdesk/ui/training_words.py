"""A training in words: what it is made of, how it goes, how well the network does on artists it never heard."""

import re
from collections.abc import Sequence

from musicdesk.records import ClassCount, Epoch, TrainedModel

PREFIX = "cnn-"
"""How the names of networks begin that were trained on this computer."""
NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,39}")
FEWEST = 2
"""Classes that there must be."""


def percent(share: float) -> str:
    """A share in whole percent."""
    return f"{share:.0%}".replace("%", "\N{NO-BREAK SPACE}%")


def counted(number: int, what: str) -> str:
    """1 track, 12 tracks; class is classes."""
    ending = "" if number == 1 else "es" if what.endswith("s") else "s"
    return f"{number:,} {what}{ending}"


def classes_text(classes: Sequence[ClassCount]) -> str:
    """What there is to train on, in a sentence."""
    if len(classes) < FEWEST:
        found = "No class was" if not classes else "Only one class was"
        return f"{found} found: there must be two or more, each with enough tracks by several artists."
    tracks = sum(found.tracks for found in classes)
    return f"{counted(len(classes), 'class')}, {counted(tracks, 'track')}."


def name_problem(name: str, taken: Sequence[str] = ()) -> str:
    """Why a network cannot be called that, or what calling it so does; "" for nothing to say."""
    if not NAME.fullmatch(name):
        return "A name takes small letters, digits, dots and dashes."
    return "There is one of this name already; it is replaced when this one is done." if PREFIX + name in taken else ""


def name_fits(name: str) -> bool:
    """Whether a network can be called that."""
    return NAME.fullmatch(name) is not None


def epoch_text(epoch: Epoch | None, of: int) -> str:
    """How far a training is, in a line."""
    if epoch is None:
        return "Before the first epoch"
    return f"Epoch {epoch.number} of {of} · held-out artists {percent(epoch.accuracy)} right"


def best_epoch(epochs: Sequence[Epoch]) -> Epoch | None:
    """The one that is kept: the lowest loss on what is held out."""
    return min(epochs, key=lambda epoch: epoch.loss) if epochs else None


def verdict(model: TrainedModel) -> str:
    """How well it does, in a sentence."""
    accuracy, tracks = model.accuracy, counted(int(model.confusion.sum()), "track")
    return (
        f"{percent(accuracy.mean)} of {tracks} by {counted(accuracy.n, 'artist')} it never heard are named rightly "
        f"(95 % interval: {percent(accuracy.low)} to {percent(accuracy.high)}); always naming the most frequent class "
        f"would reach {percent(model.chance)}."
    )


def made_of(model: TrainedModel) -> str:
    """What it was trained on."""
    classes, tracks = counted(len(model.classes), "class"), counted(model.tracks, "track")
    return f"{classes}, {tracks} by {counted(model.artists, 'artist')}, {counted(len(model.epochs), 'epoch')}"


def taken_for(model: TrainedModel, *, most: int = 3) -> str:
    """What it takes for something else most often, in words."""
    mistakes = [
        (int(count), model.classes[row], model.classes[column])
        for (row, column), count in _cells(model)
        if row != column and count
    ]
    mistakes.sort(key=lambda mistake: -mistake[0])
    return "; ".join(f"{truth} taken for {said} {count}×" for count, truth, said in mistakes[:most])


def _cells(model: TrainedModel) -> list[tuple[tuple[int, int], int]]:
    size = len(model.classes)
    return [((row, column), int(model.confusion[row, column])) for row in range(size) for column in range(size)]


def cell_text(model: TrainedModel, row: int, column: int) -> str:
    """One cell of the confusion matrix, in words."""
    count, whole = int(model.confusion[row, column]), int(model.confusion[row].sum())
    truth, said = model.classes[row], model.classes[column]
    share = f"{count:,} of {whole:,} ({percent(count / whole)})" if whole else "0"
    return f"{truth} named rightly: {share}" if row == column else f"{truth} taken for {said}: {share}"
