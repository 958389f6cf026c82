"""``evaluate genre-listeners``: the CNN paper's claims on recommending, tried on made-up listeners."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from musicdesk import charts
from musicdesk.cli.context import Context, json_option, passed
from musicdesk.cli.output import measure_json, measure_text, show, table
from musicdesk.cli.progress import job

if TYPE_CHECKING:
    from musicdesk.desk.measuring import Claim, GenreListenersReport, Point

HEAD = ("Method", "Listeners of", "Liked (95 %)", "Of their genres", "Genres by share")
CLAIM_HEAD = ("Claim", "Listeners of", "Difference (95 %)", "Folds that agree", "Verdict")
ALL = "all"


@click.command("genre-listeners")
@click.option("--data", "folder", required=True, type=click.Path(file_okay=False, path_type=Path),
              help="A folder of genres, such as emotify.")  # fmt: skip
@click.option("--variant", help="The network: one that evaluate cnn --list names (default: the paper's, ELU and Adam).")
@click.option("--width", type=click.FloatRange(0.05, 4), default=0.5, show_default=True,
              help="Share of the filters of the paper's network.")  # fmt: skip
@click.option("--epochs", type=click.IntRange(1, 1000), default=30, show_default=True,
              help="Of the paper's network, at most.")  # fmt: skip
@click.option("--listeners", type=click.IntRange(2, 100_000), default=400, show_default=True, help="Of each kind.")
@click.option("--heard", type=click.IntRange(1, 10_000), default=40, show_default=True, help="Songs each has heard.")
@click.option("--stray", type=click.FloatRange(0, 0.99), default=0.2, show_default=True,
              help="Share of them of genres that the listener does not like.")  # fmt: skip
@click.option("--whims", type=click.FloatRange(0, 0.49), default=0.1, show_default=True,
              help="Share of songs that are liked or disliked against their genre.")  # fmt: skip
@click.option("--k", "places", type=click.IntRange(1, 1000), default=10, show_default=True, help="Length of a list.")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path),
              help="Where evaluate cnn keeps its folds, which are used again (default: in the cache).")  # fmt: skip
@click.option("--plot", type=click.Path(dir_okay=False, path_type=Path), help="Draw a chart as well, .png or .svg.")
@click.option("--workers", type=click.IntRange(1, 64), default=1, show_default=True, help="Processes that draw images.")
@click.option("--device", default="cpu", show_default=True, help="cpu, cuda or mps.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Of the listeners and of chance.")
@json_option
@passed
def evaluate_genre_listeners(
    context: Context, folder: Path, variant: str | None, width: float, epochs: int, listeners: int, heard: int,
    stray: float, whims: float, places: int, out: Path | None, plot: Path | None, workers: int, device: str, seed: int,
    as_json: bool,
) -> None:  # fmt: skip
    """Genres taken together or one by one, for listeners of one genre and of several; thresholds, few ratings.

    Example: musicdesk evaluate genre-listeners --data emotify --plot listeners.png
    """
    if plot is not None:
        charts.check(plot)
    measuring = context.desk.measuring
    trial = measuring.listeners_trial(
        listeners=listeners, heard=heard, stray=stray, whims=whims, places=places, seed=seed
    )  # fmt: skip
    with job() as work:
        report = measuring.genre_listeners(
            folder, trial=trial, variant=variant, width=width, epochs=epochs, out=out, workers=workers, device=device,
            plot=plot, job=work,
        )  # fmt: skip
    show(_json(report, folder), _text(report), as_json=as_json)


def _json(report: "GenreListenersReport", folder: Path) -> dict[str, Any]:
    places, population = report.trial.places, report.trial.population
    chance = {row.kind: measure_json(row.measures["liked"]) for row in report.rows if row.method == report.chance}
    return {
        "data": str(folder),
        "split": f"{report.songs} songs by {report.artists} artists, 5 folds by artist: heard in four, chosen from one",
        "seeds": [report.trial.seed],
        "chance": chance,
        "classes": list(report.classes),
        "encoder": report.network,
        "encoder_accuracy": round(report.accuracy, 4),
        "listeners": population.listeners,
        "heard": population.heard,
        "stray": population.stray,
        "whims": population.whims,
        "rows": [
            {"method": row.method, "encoder": report.network, "listeners": row.kind}
            | {f"{name}@{places}": measure_json(measure) for name, measure in row.measures.items()}
            for row in report.rows
        ],
        "thresholds": [_point_json(point, "threshold", places) for point in report.thresholds],
        "ratings": [_point_json(point, "ratings", places) for point in report.ratings],
        "claims": [_claim_json(claim, places) for claim in report.claims],
        "references": [{"method": method, "accuracy": value} for method, value in report.paper.items()],
        "left_out": list(report.left_out),
    }


def _point_json(point: "Point", at: str, places: int) -> dict[str, Any]:
    measured = {f"liked@{places}": measure_json(point.liked)}
    return {"method": point.method, "listeners": point.kind, at: point.at, **measured}


def _claim_json(claim: "Claim", places: int) -> dict[str, Any]:
    return {
        "claim": claim.text,
        "of_paper": claim.of_paper,
        "listeners": claim.kind or ALL,
        "difference": claim.what,
        f"{claim.metric}@{places}": measure_json(claim.difference.measure),
        "p": round(claim.difference.p, 4),
        "folds": [round(fold, 4) for fold in claim.folds],
        "verdict": claim.verdict,
    }


def _text(report: "GenreListenersReport") -> str:
    population = report.trial.population
    rows = [
        (row.method, row.kind, *(measure_text(row.measures[name]) for name in ("liked", "category", "balance")))
        for row in report.rows
    ]
    head = (
        f"{report.songs} songs by {report.artists} artists; class vectors of {report.network}, which names "
        f"{100 * report.accuracy:.1f} % rightly; {report.trial.places} songs for each of {population.listeners} "
        "listeners of a kind, by artists they never heard"
    )
    paper = ", ".join(f"{100 * value:.2f} % ({method})" for method, value in report.paper.items())
    return "\n".join(
        [
            head,
            table(HEAD, rows, limit=52),
            "",
            _points_table(report.thresholds, "threshold θ", ".2f"),
            "",
            _points_table(report.ratings, "number of ratings", ".0f"),
            "",
            table(CLAIM_HEAD, [_claim_cells(claim) for claim in report.claims], limit=78),
            f"* not in the paper, whose average accuracies are {paper}",
            *report.left_out,
        ]
    )


def _points_table(points: "tuple[Point, ...]", what: str, form: str) -> str:
    """What is liked: a row a method and kind of listeners, a column a threshold or number of ratings."""
    places = list(dict.fromkeys(point.at for point in points))
    rows: dict[tuple[str, str], list[str]] = {}
    for point in points:
        rows.setdefault((point.method, point.kind), []).append(f"{point.liked.mean:.3f}")
    head = (f"Liked, by {what}", "Listeners of", *(f"{at:{form}}" for at in places))
    return table(head, [(*name, *cells) for name, cells in rows.items()], limit=52)


def _claim_cells(claim: "Claim") -> tuple[str, ...]:
    told, mark = claim.difference.measure, "" if claim.of_paper else "*"
    agreeing = sum((fold > 0) == (told.mean > 0) for fold in claim.folds)
    return (
        claim.text + mark,
        claim.kind or ALL,
        f"{told.mean:+.3f} ({told.low:+.3f} to {told.high:+.3f})",
        f"{agreeing} of {len(claim.folds)}",
        claim.verdict,
    )
