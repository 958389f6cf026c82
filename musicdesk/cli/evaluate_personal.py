"""``evaluate personal``: one person, a few likes, and what the lists find among the unheard."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from musicdesk import charts
from musicdesk.cli.context import Context, json_option, passed
from musicdesk.cli.output import measure_json, measure_text, show, table
from musicdesk.cli.progress import job

if TYPE_CHECKING:
    from musicdesk.desk.measuring import PersonalReport, PersonalRow

NOT_TOLD = "–"


@click.command("personal")
@click.option("--data", "folder", type=click.Path(file_okay=False, path_type=Path),
              help="A data folder, or one of music, which is analysed for this (default: yours).")  # fmt: skip
@click.option("--encoder", help="Which encoder (default: the one in use).")
@click.option("--labels", default="auto", show_default=True, metavar="auto|genre-tags|folders|words|CSV",
              help="Where genres stand: in the tags, in the names of the folders, in the encoder's words, or in a "
                   "table with the columns path (or track) and label. auto: the tags, or else the words.")  # fmt: skip
@click.option("--likes", type=click.IntRange(1), default=5, show_default=True, help="What each listener likes.")
@click.option("--k", type=click.IntRange(1), default=10, show_default=True, help="Places of the list that count.")
@click.option("--genres", type=click.IntRange(1), multiple=True,
              help="How many genres a listener likes; can be given again (default: 1 and 2).")  # fmt: skip
@click.option("--listeners", type=click.IntRange(1), default=60, show_default=True, help="How many, for each number.")
@click.option("--method", "methods", multiple=True, help="Can be given again (default: every recommender).")
@click.option("--plot", type=click.Path(dir_okay=False, path_type=Path), help="Draw a chart as well, .png or .svg.")
@click.option("--seed", type=int, default=0, show_default=True, help="Of the listeners and the bootstrap.")
@json_option
@passed
def evaluate_personal(
    context: Context, folder: Path | None, encoder: str | None, labels: str, likes: int, k: int,
    genres: tuple[int, ...], listeners: int, methods: tuple[str, ...], plot: Path | None, seed: int, as_json: bool,
) -> None:  # fmt: skip
    """Simulated listeners with a few likes: precision among tracks of other artists, beside chance and controls.

    Example: musicdesk evaluate personal --likes 5 --labels genre-tags
    """
    if plot is not None:
        charts.check(plot)
    with job() as work:
        report = context.desk.measuring.personal(
            folder, encoder=encoder, labels=labels, likes=likes, k=k, listeners=listeners,
            genres=genres or (1, 2), methods=methods, job=work, seed=seed,
        )  # fmt: skip
    if plot is not None:
        charts.panels(plot, _panels(report))
    show(_json(report, folder, seed), _text(report), as_json=as_json)


def _text(report: "PersonalReport") -> str:
    genres = ", ".join(f"{genre.name} ({genre.tracks} by {genre.artists})" for genre in report.genres)
    lines = [f"{report.sounds} sounds, {report.encoder}; genres, with tracks and artists: {genres}. {report.source}"]
    head = ("Method", f"Precision@{report.k} (95 %)", f"Genres among the {report.k}", "Beside the taste", "Listeners")
    for count in dict.fromkeys(row.genres for row in report.rows):
        rows = [row for row in report.rows if row.genres == count]
        lines.append(f"\nListeners of {_counted(count, 'genre')}, {_counted(report.likes, 'like')} each:")
        lines.append(table(head, [_cells(row) for row in rows if row.precision]))
        lines += _notes(rows)
    return "\n".join([*lines, "", *report.notes])


def _notes(rows: Sequence["PersonalRow"]) -> list[str]:
    """The methods that have something to say, those that say the same in one line."""
    said = dict.fromkeys(row.note for row in rows if row.note)
    return [f"  {', '.join(row.method for row in rows if row.note == note)}: {note}" for note in said]


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _cells(row: "PersonalRow") -> tuple[str, ...]:
    apart = row.beside_taste
    told = f"{apart.mean:+.3f} ({apart.low:+.3f} to {apart.high:+.3f})" if apart else NOT_TOLD
    measures = [measure_text(measure) if measure else NOT_TOLD for measure in (row.precision, row.covered)]
    return (row.method, *measures, told, str(row.precision.n if row.precision else 0))


def _json(report: "PersonalReport", folder: Path | None, seed: int) -> dict[str, Any]:
    chance = {str(row.genres): row.precision for row in report.rows if row.method == "chance"}
    return {
        "data": str(folder) if folder else "",
        "split": f"{report.likes} likes a listener, the artists of the likes put aside, {report.source}",
        "encoder": report.encoder,
        "seeds": [seed],
        "sounds": report.sounds,
        "genres": [{"name": g.name, "tracks": g.tracks, "artists": g.artists} for g in report.genres],
        "chance": {count: measure_json(precision) for count, precision in chance.items() if precision},
        "rows": [_row_json(row, report.k) for row in report.rows],
        "notes": list(report.notes),
    }


def _row_json(row: "PersonalRow", k: int) -> dict[str, Any]:
    measures = {
        f"precision@{k}": row.precision, f"genres@{k}": row.covered, f"precision@{k}_beside_taste": row.beside_taste,
    }  # fmt: skip
    told = {name: measure_json(measure) for name, measure in measures.items() if measure}
    return {"method": row.method, "genres": row.genres, **told, **({"note": row.note} if row.note else {})}


def _panels(report: "PersonalReport") -> list[charts.Panel]:
    return [
        charts.Panel(
            title=f"{_counted(count, 'genre')} liked",
            x_label=f"Precision@{report.k}, 95 % interval",
            rows=tuple((r.method, r.precision) for r in report.rows if r.genres == count and r.precision),
            chance=next((r.precision.mean for r in report.rows if r.precision and r.method == "chance"
                         and r.genres == count), None),
        )
        for count in dict.fromkeys(row.genres for row in report.rows)
    ]  # fmt: skip
