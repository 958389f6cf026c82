"""The command ``train mood``: teach the mood models that come with musicdesk, again or by other answers."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from musicdesk.cli.context import Context, json_option, passed
from musicdesk.cli.output import measure_json, show, table
from musicdesk.cli.progress import job
from musicdesk.records import Measure

if TYPE_CHECKING:
    from musicdesk.desk.mood_training import EmotionRow, LabelsReport

ENCODERS = ("musicnn", "cnn", "handcrafted")


@click.command("mood")
@click.option("--data", "folder", required=True, type=click.Path(file_okay=False, path_type=Path),
              help="Emotify, or a folder like it: audio and labels.csv.")  # fmt: skip
@click.option("--out", required=True, type=click.Path(file_okay=False, path_type=Path), help="Where all of it goes.")
@click.option("--encoder", "encoders", multiple=True, default=ENCODERS, show_default=True,
              help="For whose vectors; may be given again.")  # fmt: skip
@click.option("--seeds", type=click.IntRange(0, 100), default=3, show_default=True,
              help="Divisions of the artists that measure each model; 0: none is measured.")  # fmt: skip
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Of all chance.")
@json_option
@passed
def train_mood(
    context: Context, folder: Path, out: Path, encoders: tuple[str, ...], seeds: int, seed: int, as_json: bool
) -> None:
    """Teach the mood models by what listeners felt, test them on artists they never heard, and keep them in OUT.

    Example: musicdesk train mood --data ~/emotify --out ~/mood
    """
    from musicdesk.desk.mood_training import MoodTraining

    with job() as work:
        reports = MoodTraining(context.folders, out, job=work).run(folder, encoders, seeds=seeds, seed=seed)
    show(_json(reports, out), _text(reports, out), as_json=as_json)


def _json(reports: "list[LabelsReport]", out: Path) -> dict[str, Any]:
    return {"data": "Emotify", "out": str(out), "rows": [_report_json(report) for report in reports]}


def _report_json(report: "LabelsReport") -> dict[str, Any]:
    return {
        "encoder": report.encoder, "measures": report.measures, "sounds": report.sounds, "artists": report.artists,
        "seeds": report.seeds, "chance": round(report.chance, 4), "agreement": round(report.agreement, 4),
        "covered": round(report.covered, 4), "right": measure_json(report.right),
        "felt": {row.name: _row_json(row) for row in (*report.emotions, *report.axes)},
        "sure": [
            {"at_least": row.at_least, "share": round(row.share, 4), "told": round(row.told, 4),
             "right": measure_json(row.right) if row.right else None}
            for row in report.sure
        ],
    }  # fmt: skip


def _row_json(row: "EmotionRow") -> dict[str, Any]:
    return {
        "r": measure_json(row.r), "shuffled": measure_json(row.shuffled), "ceiling": round(row.ceiling, 4),
        "reference": row.reference,
    }  # fmt: skip


def _text(reports: "list[LabelsReport]", out: Path) -> str:
    if not reports:
        return f"The mood models lie in {out}. They were tested on nobody."
    return "\n\n".join([f"The mood models lie in {out}.", *(_report_text(report) for report in reports)])


def _report_text(report: "LabelsReport") -> str:
    name = f"{report.encoder}, {'with' if report.measures else 'without'} measures"
    felt = [
        (row.name.replace("_", " "), _interval(row.r), f"{row.shuffled.mean:+.2f}", f"{row.ceiling:.2f}",
         "" if row.reference is None else f"{row.reference:.2f}")
        for row in (*report.emotions, *report.axes)
    ]  # fmt: skip
    sure = [
        (f"{row.at_least:.1f}", f"{100 * row.share:.0f} %", f"{row.told:.2f}", _interval(row.right))
        for row in report.sure
    ]
    return "\n".join(
        [f"{name}: {report.sounds} sounds by {report.artists} artists, {report.seeds} divisions",
         table(("Felt", "r", "Shuffled", "Ceiling", "Reference"), felt),
         _summary(report),
         table(("Sure at least", "Sounds", "Said", "Right"), sure)]
    )  # fmt: skip


def _summary(report: "LabelsReport") -> str:
    return (
        f"Strongest mood right: {_interval(report.right)}, chance {report.chance:.2f}, agreement of listeners "
        f"{report.agreement:.2f}; within 1.96 standard errors: {100 * report.covered:.0f} %"
    )


def _interval(measure: Measure | None) -> str:
    return "–" if measure is None else f"{measure.mean:.3f} [{measure.low:.3f}, {measure.high:.3f}]"
