"""``evaluate semantic``: whether words find sounds, whether choices bend the space, and what that costs the meaning."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from musicdesk.cli.context import Context, json_option, passed
from musicdesk.cli.output import measure_json, show, table
from musicdesk.cli.progress import job
from musicdesk.records import Measure

if TYPE_CHECKING:
    from musicdesk.desk.measured_semantic import Row, SemanticReport, Table
    from musicdesk.desk.measuring import Difference

HEADLINES = ("recall@10", "precision@5", "genre_accuracy", "emotion_r", "tag_accuracy")
"""The measures whose tests people are shown; programs get all of them."""


@click.command("semantic")
@click.option("--data", "emotify", type=click.Path(path_type=Path), help="Emotify's folder.")
@click.option("--library", is_flag=True, help="The library of this desk.")
@click.option("--hetrec", type=click.Path(path_type=Path), help="The folder of HetRec Last.fm with its tags.")
@click.option("--judged", type=click.Path(dir_okay=False, path_type=Path), metavar="CSV",
              help="Library: a table of path and strong label that judges the answers to fifty queries.")  # fmt: skip
@click.option("--encoder", default="", help="Emotify: on whose vectors it is learned (default: the one in use).")
@click.option("--sentences", default="minilm", show_default=True, help="What reads the texts.")
@click.option("--ablations/--no-ablations", default=True, show_default=True,
              help="Emotify: the second stage without each of its parts as well.")  # fmt: skip
@click.option("--from-mel", is_flag=True,
              help="Emotify: from spectrograms, with the vectors beside it; hours, no ablations.")  # fmt: skip
@click.option("--seeds", type=click.IntRange(1), default=3, show_default=True, help="Trainings and splits.")
@click.option("--folds", type=click.IntRange(2), default=5, show_default=True, help="Parts by artist.")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="Keep what is heard of Emotify there.")
@click.option("--seed", type=int, default=0, show_default=True, help="Of the splits, the training, the bootstrap.")
@json_option
@passed
def evaluate_semantic(context: Context, /, *, as_json: bool, **asked: Any) -> None:
    """Find sounds by words and by what was taken after them: beside tag matching, chance and controls.

    Example: musicdesk evaluate semantic --data emotify --library --judged strong.csv --hetrec lastfm
    """
    if not (asked["emotify"] or asked["library"] or asked["hetrec"]):
        raise click.UsageError("Name what to measure on: --data EMOTIFY, --library, or --hetrec FOLDER.")
    with job() as work:
        report = context.desk.measuring.semantic.measure(**asked, job=work)
    show(report_json(report), report_text(report), as_json=as_json)


def report_json(report: "SemanticReport") -> dict[str, Any]:
    """All of a report."""
    return {
        "seeds": list(report.seeds),
        "tables": [_table_json(one) for one in report.tables],
        "notes": list(report.notes),
        "cpu_s": round(report.cpu_s, 1),
    }


def report_text(report: "SemanticReport") -> str:
    """The same for people."""
    told = f"{len(report.seeds)} seeds, {report.cpu_s:.0f} s of CPU"
    return "\n".join([told, *report.notes, *(line for one in report.tables for line in _table_text(one))])


def _table_json(one: "Table") -> dict[str, Any]:
    return {
        "name": one.name,
        "data": one.data,
        "split": one.split,
        "chance": {name: round(value, 4) for name, value in one.chance.items()},
        "rows": [_row_json(row) for row in one.rows],
        "notes": list(one.notes),
    }


def _row_json(row: "Row") -> dict[str, Any]:
    against = {
        other: {name: {**measure_json(each.measure), "p": round(each.p, 4)} for name, each in tested.items()}
        for other, tested in row.against.items()
    }
    measures = {name: measure_json(measure) for name, measure in row.measures.items()}
    return {"method": row.method, **measures, **({"against": against} if against else {})}


def _table_text(one: "Table") -> list[str]:
    names = list(one.rows[0].measures) if one.rows else []
    chance = ", ".join(f"{name} {value:.3f}" for name, value in one.chance.items())
    rows = [(row.method, *(_measure(name, row.measures[name]) for name in names)) for row in one.rows]
    tests = [cells for row in one.rows for cells in _tests(row)]
    lines = [f"\n{one.data}: {one.name} ({one.split})", f"By chance: {chance}", *one.notes, ""]
    lines.append(table(("Way", *(name.capitalize() for name in names)), rows))
    return [*lines, "", table(("Way", "Beside", "Measure", "By", "p"), tests)] if tests else lines


def _tests(row: "Row") -> list[tuple[str, ...]]:
    return [
        (row.method, other, name, _signed(tested[name]), f"{tested[name].p:.3f}")
        for other, tested in row.against.items()
        for name in HEADLINES
        if name in tested
    ]


def _measure(name: str, measure: Measure) -> str:
    digits = 1 if name.startswith("median") else 3
    return f"{measure.mean:.{digits}f} ({measure.low:.{digits}f} to {measure.high:.{digits}f})"


def _signed(told: "Difference") -> str:
    measure = told.measure
    return f"{measure.mean:+.3f} ({measure.low:+.3f} to {measure.high:+.3f}){'*' if told.clear else ''}"
