"""``evaluate prototypes``: the prototypical network beside black boxes, on listeners whom none of them has met."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from musicdesk import charts
from musicdesk.cli import prototypes_cold
from musicdesk.cli.context import Context, json_option, passed
from musicdesk.cli.output import measure_json, measure_text, show, table
from musicdesk.cli.progress import job
from musicdesk.errors import BadRequest

if TYPE_CHECKING:
    from musicdesk.desk.measuring import PrototypesReport, PrototypesRow

ALL, NOT_TOLD = "all", "–"
RIVAL = "ndcg@100"


@click.command("prototypes")
@click.option("--data", "folder", required=True, type=click.Path(file_okay=False, path_type=Path),
              help="The folder of HetRec Last.fm with its tags.")  # fmt: skip
@click.option("--method", "methods", multiple=True, default=(ALL,), show_default=True,
              help="prototypes, or a recommender by name; can be given again.")  # fmt: skip
@click.option("--ablations/--no-ablations", default=True, show_default=True,
              help="Also the network with parts of it left out, and with shuffled sounds.")  # fmt: skip
@click.option("--splits", type=click.IntRange(1, 5), default=3, show_default=True,
              help="How many fifths of the listeners are asked.")  # fmt: skip
@click.option("--prototypes", type=click.IntRange(2, 500), default=60, show_default=True, help="Tags at most.")
@click.option("--every-tag", is_flag=True,
              help="Also tags that say nothing of the sound (seen live, american, awesome).")  # fmt: skip
@click.option("--cold", is_flag=True, help="On artists whom nobody has heard, beside what goes by sound.")
@click.option("--encoder", default="", help="Cold: what is told of the artists: spotify (default) or spotify-sound.")
@click.option("--tune/--no-tune", default=True, show_default=True,
              help="Choose the black boxes' settings by the validation listeners.")  # fmt: skip
@click.option("--seed", type=int, default=7, show_default=True, help="Who is dealt where, and of the training.")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path),
              help="Keep what is measured in this folder, so that it can go on.")  # fmt: skip
@click.option("--plot", type=click.Path(dir_okay=False, path_type=Path), help="Draw a chart as well, .png or .svg.")
@json_option
@passed
def evaluate_prototypes(
    context: Context, /, folder: Path, out: Path | None, plot: Path | None, cold: bool, encoder: str, as_json: bool,
    **wanted: Any,
) -> None:  # fmt: skip
    """Compare the prototypical network with black boxes on listeners whom nobody has met, or on unheard artists.

    Example: musicdesk evaluate prototypes --data lastfm --plot prototypes.svg
    """
    if plot is not None:
        charts.check(plot)
    if cold and plot is not None:
        raise BadRequest("There is no chart of cold artists; ask for --plot without --cold.")
    if encoder and not cold:
        raise BadRequest("--encoder is for --cold.")
    measuring = context.desk.measuring
    wanted["methods"] = () if ALL in wanted["methods"] else tuple(dict.fromkeys(wanted["methods"]))
    if cold:
        few = {name: wanted[name] for name in ("methods", "splits", "prototypes", "every_tag")}
        with job() as work:
            told = measuring.prototypes_cold(folder, encoder=encoder, out=out, job=work, **few)
        show(prototypes_cold.plain(told), prototypes_cold.text(told), as_json=as_json)
        return
    plan = measuring.network_plan(**wanted)
    with job() as work:
        report = measuring.prototypes(folder, plan, out=out, plot=plot, job=work)
    show(_json(report), _text(report), as_json=as_json)


def _ordered(report: "PrototypesReport") -> list["PrototypesRow"]:
    """The best first."""
    return sorted(report.rows, key=lambda row: -row.measures[RIVAL].mean)


def _text(report: "PrototypesReport") -> str:
    head = ("Method", "Recall@20 (95 %)", "Recall@50", "NDCG@100 (95 %)", "Beside the network", "Of the best black box",
            "Profile ~ tags", "CPU")  # fmt: skip
    asked = f"{report.listeners} listeners to learn from, {report.asked} asked in {report.plan.splits} splits"
    return "\n".join([
        f"{asked}, {report.candidates} items, {len(report.prototypes)} prototypes",
        "80 % of a new listener's items known; 95 % intervals over listeners; * beyond chance (paired)",
        table(head, [_cells(row) for row in _ordered(report)]),
        f"Best black box by NDCG@100: {report.best or 'none was measured'}",
        *report.notes,
    ])  # fmt: skip


def _cells(row: "PrototypesRow") -> tuple[str, ...]:
    apart = row.against.get(RIVAL)
    return (
        row.name,
        measure_text(row.measures["recall@20"]),
        f"{row.measures['recall@50'].mean:.3f}",
        measure_text(row.measures[RIVAL]),
        f"{apart.measure.mean:+.3f}{'*' if apart.clear else ''}" if apart else NOT_TOLD,
        f"{100 * row.share:.1f} %" if row.share == row.share else NOT_TOLD,
        f"{row.agreement:.2f}" if row.agreement is not None else NOT_TOLD,
        f"{row.fit_s:.1f} s",
    )


def _json(report: "PrototypesReport") -> dict[str, Any]:
    protocol = report.plan.protocol
    chance = next((row for row in report.rows if row.method == "chance"), None)
    return {
        "data": report.data,
        "split": f"strong generalisation, {100 * protocol.hidden:.0f} % of each listener hidden",
        "seeds": [report.plan.seed + number for number in range(report.plan.splits)],
        "chance": {name: round(one.mean, 4) for name, one in chance.measures.items()} if chance else {},
        "users": report.listeners,
        "asked": report.asked,
        "candidates": report.candidates,
        "prototypes": list(report.prototypes),
        "best_black_box": report.best,
        "rows": [_row_json(row) for row in _ordered(report)],
        "notes": list(report.notes),
    }


def _row_json(row: "PrototypesRow") -> dict[str, Any]:
    return {
        "method": row.method,
        **({"variant": row.variant} if row.variant else {}),
        **{name: measure_json(measure) for name, measure in row.measures.items()},
        "against_network": {name: {**measure_json(d.measure), "p": round(d.p, 4)} for name, d in row.against.items()},
        **({"share_of_best": round(row.share, 4)} if row.share == row.share else {}),
        **({"agreement": round(row.agreement, 4)} if row.agreement is not None else {}),
        "fit_cpu_s": round(row.fit_s, 3),
    }
