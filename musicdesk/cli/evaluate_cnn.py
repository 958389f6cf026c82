"""The command ``evaluate cnn``: the paper's comparison on a folder of genres."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from musicdesk.cli.context import Context, json_option, passed
from musicdesk.cli.output import measure_json, show, table
from musicdesk.cli.progress import job
from musicdesk.cli.train import ACTIVATIONS, IMAGES, NOTES, OPTIMISERS

if TYPE_CHECKING:
    from musicdesk.desk.training import CnnReport, CnnRow


@click.command("cnn")
@click.option("--data", "folder", required=True, type=click.Path(file_okay=False, path_type=Path),
              help="A folder of genres, such as emotify.")  # fmt: skip
@click.option("--activation", "activations", multiple=True, type=click.Choice(ACTIVATIONS), default=ACTIVATIONS,
              show_default=True, help="Can be given again.")  # fmt: skip
@click.option("--optimiser", "optimisers", multiple=True, type=click.Choice(OPTIMISERS), default=OPTIMISERS,
              show_default=True, help="Can be given again.")  # fmt: skip
@click.option("--image", "images", multiple=True, type=click.Choice(IMAGES), default=IMAGES[:1], show_default=True,
              help="Can be given again.")  # fmt: skip
@click.option("--notes", multiple=True, type=click.Choice(NOTES), default=NOTES[:1], show_default=True,
              help="A second image of notes beside it; can be given again.")  # fmt: skip
@click.option(
    "--variant", "variants", multiple=True, help="Another way to train, by name (see --list); again for more."
)
@click.option("--list", "only_list", is_flag=True, help="Name the variants and stop.")
@click.option(
    "--grid/--no-grid", default=True, show_default=True, help="Compare activations, optimisers, images, notes."
)
@click.option("--control/--no-control", default=True, show_default=True, help="Also train on shuffled labels.")
@click.option("--width", type=click.FloatRange(0.05, 4), default=1.0, show_default=True,
              help="Share of the filters, 64 to 512 of them.")  # fmt: skip
@click.option("--epochs", type=click.IntRange(1, 1000), default=30, show_default=True, help="At most.")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path),
              help="Where results are kept, so that it can go on (default: in the cache).")  # fmt: skip
@click.option("--plot", type=click.Path(file_okay=False, path_type=Path), help="Draw charts into this folder.")
@click.option("--workers", type=click.IntRange(1, 64), default=1, show_default=True, help="Processes that draw images.")
@click.option("--device", default="cpu", show_default=True, help="cpu, cuda or mps.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Of the folds and of all chance.")
@json_option
@passed
def evaluate_cnn(
    context: Context, folder: Path, activations: tuple[str, ...], optimisers: tuple[str, ...],
    images: tuple[str, ...], notes: tuple[str, ...], variants: tuple[str, ...], only_list: bool, grid: bool,
    control: bool, width: float, epochs: int, out: Path | None, plot: Path | None, workers: int, device: str,
    seed: int, as_json: bool,
) -> None:  # fmt: skip
    """ELU or ReLU, Adam or RMSProp, with and without notes: accuracy on artists never heard, five folds.

    Example: musicdesk evaluate cnn --data emotify --width 0.5
    """
    training = context.desk.training
    if only_list:
        known = training.variants()
        show({"variants": known}, table(("Variant", "What it is"), list(known.items()), limit=90), as_json=as_json)
        return
    methods = training.methods(
        activations=activations if grid else (), optimisers=optimisers, images=images, notes=notes,
        variants=variants, control=control, width=width, epochs=epochs, seed=seed,
    )  # fmt: skip
    with job() as work:
        report = training.compare(
            folder, methods, out=out, workers=workers, device=device, job=work, seed=seed, plot=plot
        )
    show(_json(report, folder), _text(report), as_json=as_json)


def _json(report: "CnnReport", folder: Path) -> dict[str, Any]:
    return {
        "data": str(folder),
        "split": f"{report.songs} songs by {report.artists} artists, 5 folds by artist",
        "seeds": [report.seed],
        "chance": round(report.majority, 4),
        "classes": list(report.classes),
        "rows": [
            {
                "method": row.method.name,
                "accuracy": measure_json(row.accuracy),
                "folds": [round(fold, 4) for fold in row.folds],
                "epochs": round(row.epochs, 1),
                "cpu_s": round(row.cpu_s, 1),
                "confusion": row.confusion.tolist(),
                "config": row.method.config.plain(),
            }
            for row in report.rows
        ],
        "references": [{"method": name, "accuracy": value} for name, value in report.references],
        "left_out": list(report.left_out),
    }


def _text(report: "CnnReport") -> str:
    rows = [_cells(row) for row in report.rows]
    rows.append(("most frequent class", f"{100 * report.majority:.1f} %", "", "", ""))
    rows += [(f"reference: {name}", f"{100 * value:.1f} %", "", "", "") for name, value in report.references]
    return "\n".join(
        [
            f"{report.songs} songs by {report.artists} artists, 5 folds that share no artist; intervals over artists",
            table(("Method", "Accuracy (95 %)", "Folds", "Epochs", "CPU a fold"), rows, limit=60),
            *report.left_out,
        ]
    )


def _cells(row: "CnnRow") -> tuple[str, ...]:
    accuracy = row.accuracy
    return (
        row.method.name,
        f"{100 * accuracy.mean:.1f} % ({100 * accuracy.low:.1f} to {100 * accuracy.high:.1f})",
        " ".join(f"{100 * fold:.0f}" for fold in row.folds),
        f"{row.epochs:.0f}",
        f"{row.cpu_s:.0f} s",
    )
