"""The group ``train``: networks of the listener's own."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from musicdesk.cli.context import Context, json_option, passed
from musicdesk.cli.output import measure_json, show, table
from musicdesk.cli.progress import job
from musicdesk.cli.train_mood import train_mood
from musicdesk.cli.train_student import train_student
from musicdesk.records import Epoch, TrainedModel, printable

if TYPE_CHECKING:
    from musicdesk.desk.training import Wishes

ACTIVATIONS, OPTIMISERS = ("elu", "relu"), ("adam", "rmsprop")
IMAGES, NOTES, STARTS = ("log-mel", "stft", "mfcc"), ("none", "chroma", "cqt"), ("scratch", "shipped")


@click.group()
def train() -> None:
    """Train a network on your own music.

    Example: musicdesk train cnn --labels genre-tags
    """


@train.command("cnn")
@click.option("--data", "folder", type=click.Path(file_okay=False, path_type=Path),
              help="A folder of music (default: your library).")  # fmt: skip
@click.option("--labels", default="genre-tags", show_default=True,
              help="genre-tags, folders (the folder of a track), or a CSV file: path or track, label.")  # fmt: skip
@click.option("--name", default="cnn-own", show_default=True, help="Of the network; begins with cnn-.")
@click.option("--epochs", type=click.IntRange(1, 10_000), help="At most (default: 40, or 20 with --init shipped).")
@click.option("--activation", type=click.Choice(ACTIVATIONS), help="Of every layer.")
@click.option("--optimiser", type=click.Choice(OPTIMISERS), help="How the weights are moved.")
@click.option("--image", type=click.Choice(IMAGES), help="What the network looks at.")
@click.option("--notes", type=click.Choice(NOTES), help="A second image of notes beside it.")
@click.option("--init", "start", type=click.Choice(STARTS), default="scratch", show_default=True,
              help="Begin with chance, or with the network that comes with musicdesk.")  # fmt: skip
@click.option("--learning-rate", type=click.FloatRange(1e-6, 0.5), help="Of the first epoch.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Of the division and of all chance.")
@click.option("--device", default="auto", show_default=True, help="auto, cpu, cuda or mps.")
@click.option("--anew", is_flag=True, help="Forget a training of this name that was stopped.")
@json_option
@passed
def train_cnn(
    context: Context, folder: Path | None, labels: str, name: str, epochs: int | None, activation: str | None,
    optimiser: str | None, image: str | None, notes: str | None, start: str, learning_rate: float | None, seed: int,
    device: str, anew: bool, as_json: bool,
) -> None:  # fmt: skip
    """Train a CNN on genre tags or labels, and keep it as an encoder.

    Run again after it was stopped, it goes on where it was.

    Example: musicdesk train cnn --data ~/Music --labels genre-tags --name cnn-own
    """
    training = context.desk.training
    wishes: Wishes = {
        "epochs": epochs, "activation": activation, "optimiser": optimiser, "image": image, "notes": notes,
        "start": start, "learning_rate": learning_rate, "seed": seed,
    }  # fmt: skip
    with job() as work:
        model = training.train(
            data=folder, labels=labels, config=training.wished(wishes), name=name, resume=not anew, device=device,
            job=work, each=_tell,
        )  # fmt: skip
    show(model_json(model), model_text(model), as_json=as_json)


def _tell(epoch: Epoch) -> None:
    click.echo(
        f"epoch {epoch.number}: held-out artists {100 * epoch.accuracy:.0f} % right, loss {epoch.loss:.3f} "
        f"(training segments {100 * epoch.train_accuracy:.0f} %, {epoch.train_loss:.3f}), {epoch.seconds:.0f} s",
        err=True,
    )


def model_json(model: TrainedModel) -> dict[str, Any]:
    """A trained network as documented in the README."""
    return {
        "name": model.name,
        "path": str(model.path),
        "tracks": model.tracks,
        "artists": model.artists,
        "accuracy": measure_json(model.accuracy),
        "chance": round(model.chance, 4),
        "classes": [
            {
                "name": report.name,
                "precision": round(report.precision, 4),
                "recall": round(report.recall, 4),
                "f1": round(report.f1, 4),
                "tracks": report.tracks,
            }
            for report in model.reports
        ],
        "confusion": model.confusion.tolist(),
        "epochs": [
            {
                "epoch": epoch.number,
                "train_loss": round(epoch.train_loss, 4),
                "train_accuracy": round(epoch.train_accuracy, 4),
                "loss": round(epoch.loss, 4),
                "accuracy": round(epoch.accuracy, 4),
                "learning_rate": epoch.learning_rate,
            }
            for epoch in model.epochs
        ],
    }


def model_text(model: TrainedModel) -> str:
    """How well a network does, class by class."""
    accuracy = model.accuracy
    rows = [(r.name, f"{r.precision:.2f}", f"{r.recall:.2f}", f"{r.f1:.2f}", str(r.tracks)) for r in model.reports]
    return "\n".join(
        [
            f"{model.name}: {model.tracks} tracks by {model.artists} artists, {len(model.epochs)} epochs",
            (
                f"of artists it never heard, {100 * accuracy.mean:.1f} % of the tracks are named rightly "
                f"({100 * accuracy.low:.1f} to {100 * accuracy.high:.1f}; the most frequent class alone: "
                f"{100 * model.chance:.1f})"
            ),
            table(("Class", "Precision", "Recall", "F1", "Tracks"), rows),
            f"It is an encoder now: musicdesk analyze --encoder {model.name}",
            f"Model card, curves and confusion: {printable(str(model.path))}",
        ]
    )


train.add_command(train_student)
train.add_command(train_mood)
COMMANDS = (train,)
