"""``evaluate recommenders``: what each of them finds of what was hidden, as a table, as JSON, as a chart."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from musicdesk import charts
from musicdesk.cli.context import Context, json_option, passed
from musicdesk.cli.output import measure_json, measure_text, show, table
from musicdesk.cli.progress import job

if TYPE_CHECKING:
    from musicdesk.desk.measuring import Difference, Plan, RecommenderRow, RecommendersReport

NOT_TOLD = "–"
ALL = "all"
LIKE = ("coverage", "novelty", "diversity", "popularity_bias")
"""What the lists are like."""


@click.command("recommenders")
@click.option("--data", type=click.Path(path_type=Path),
              help="The folder of HetRec Last.fm, a table of listens (user, item, artist?, time?, count?, stars?), "
                   "listens.csv with vectors.npz or .csv in a folder, a data folder (default: yours).")  # fmt: skip
@click.option("--vectors", type=click.Path(dir_okay=False, path_type=Path),
              help="The vectors of a table's items: a table (item, numbers) or .npz (items, vectors).")  # fmt: skip
@click.option("--encoder", help="Whose vectors (default: the first of the data set, or the one in use).")
@click.option("--method", "methods", multiple=True, default=(ALL,), show_default=True,
              help="A recommender by name; can be given again.")  # fmt: skip
@click.option("--split", type=click.Choice(("hot", "cold")), default="hot", show_default=True,
              help="Hide some of what each listener likes, or whole items from everyone.")  # fmt: skip
@click.option("--by", type=click.Choice(("track", "artist")), default="track", show_default=True,
              help="Hide single tracks, or all by an artist.")  # fmt: skip
@click.option("--holdout", type=click.Choice(("share", "leave-k", "time")), default="share", show_default=True,
              help="Hide a share, a number of each listener's, or what came last.")  # fmt: skip
@click.option("--share", type=click.FloatRange(0, 1, min_open=True, max_open=True), default=0.2, show_default=True,
              help="Of what share and time hide.")  # fmt: skip
@click.option("--leave", type=click.IntRange(1), default=5, show_default=True, help="How many leave-k hides.")
@click.option("--seeds", type=click.IntRange(1, 100), default=3, show_default=True, help="How many splits.")
@click.option("--k", type=click.IntRange(1, 1000), default=20, show_default=True, help="Places of the list that count.")
@click.option("--tune/--no-tune", default=True, show_default=True,
              help="Choose settings on a further split of what may be learned from.")  # fmt: skip
@click.option(
    "--controls/--no-controls", default=True, show_default=True, help="Also with vectors and labels shuffled."
)
@click.option("--out", type=click.Path(file_okay=False, path_type=Path),
              help="Keep what is measured in this folder, so that it can go on.")  # fmt: skip
@click.option("--plot", type=click.Path(dir_okay=False, path_type=Path), help="Draw a chart as well, .png or .svg.")
@json_option
@passed
def evaluate_recommenders(
    context: Context, /, data: Path | None, vectors: Path | None, encoder: str | None, out: Path | None,
    plot: Path | None, as_json: bool, **wanted: Any,
) -> None:  # fmt: skip
    """Compare recommenders on a log with some of it hidden, beside baselines, controls and chance.

    Example: musicdesk evaluate recommenders --data lastfm --split cold --plot cold.svg
    """
    if plot is not None:
        charts.check(plot)
    measuring, plan = context.desk.measuring, _plan(**wanted)
    with job() as work:
        report = measuring.recommenders(data, plan, vectors=vectors, encoder=encoder, out=out, job=work)
    if plot is not None:
        charts.panels(plot, _panels(report))
    show(_json(report), _text(report), as_json=as_json)


def _plan(
    *, methods: tuple[str, ...], split: Any, by: Any, holdout: Any, share: float, leave: int, seeds: int, k: int,
    tune: bool, controls: bool,
) -> "Plan":  # fmt: skip
    from musicdesk.desk.measuring import Plan, Protocol

    return Plan(
        methods=() if ALL in methods else tuple(dict.fromkeys(methods)),
        protocol=Protocol(kind=split, by=by, holdout=holdout, share=share, leave=leave),
        seeds=tuple(range(seeds)),
        k=k,
        tune=tune,
        controls=controls,
    )


# ---------------------------------------------------------------------------------------------- for people


def _text(report: "RecommendersReport") -> str:
    plan, k = report.plan, report.plan.k
    heard = f"{report.users} listeners, {report.items} items, {report.pairs} pairs"
    asked = f"{report.asked} listeners asked, {report.candidates} items to choose from, {len(plan.seeds)} splits"
    head = ("Method", f"Recall@{k} (95 %)", f"NDCG@{k}", f"Hit rate@{k}", "MRR", "Coverage", "Novelty", "Diversity",
            "Popularity", f"Recall: {_rival(report)}", "its own shuffled", "CPU")  # fmt: skip
    chance = ", ".join(f"{name} {value:.4f}" for name, value in report.chance.items())
    return "\n".join([
        f"{heard}{'; vectors: ' + report.encoder if report.encoder else ''}",
        f"{plan.protocol}; {asked}; 95 % intervals over listeners; * beyond chance (paired)",
        table(head, [_cells(row, report) for row in (*_ordered(report), *report.controls)]),
        f"by chance: {chance}",
        *report.notes,
    ])  # fmt: skip


def _rival(report: "RecommendersReport") -> str:
    return "beside item-knn" if report.plan.protocol.kind == "hot" else "beside content-mean"


def _ordered(report: "RecommendersReport") -> list["RecommenderRow"]:
    """The best first."""
    return sorted(report.rows, key=lambda row: -row.measures["recall"].mean)


def _cells(row: "RecommenderRow", report: "RecommendersReport") -> tuple[str, ...]:
    rival = _rival(report).removeprefix("beside ")
    return (
        _name(row),
        measure_text(row.measures["recall"]),
        *(f"{row.measures[name].mean:.3f}" for name in ("ndcg", "hit_rate", "mrr")),
        *(f"{row.measures[name].mean:.2f}" if name in row.measures else NOT_TOLD for name in LIKE),
        _gain(row, rival),
        _gain(row, "shuffled vectors"),
        f"{row.fit_s:.1f} s + {row.list_ms:.1f} ms",
    )


def _gain(row: "RecommenderRow", rival: str) -> str:
    if rival not in row.against:
        return ""
    difference = row.against[rival]["recall"]
    return f"{difference.measure.mean:+.3f}{'*' if difference.clear else ''}"


def _name(row: "RecommenderRow") -> str:
    return f"{row.method}, {row.control}" if row.control else row.method


# ---------------------------------------------------------------------------------------------- for programs


def _json(report: "RecommendersReport") -> dict[str, Any]:
    plan, k = report.plan, report.plan.k
    return {
        "data": report.data,
        "split": str(plan.protocol),
        "seeds": list(plan.seeds),
        "chance": {f"{name}@{k}": round(value, 4) for name, value in report.chance.items()},
        "users": report.users,
        "items": report.items,
        "pairs": report.pairs,
        "asked": report.asked,
        "candidates": report.candidates,
        "rows": [_row_json(row, report) for row in (*report.rows, *report.controls)],
        "notes": list(report.notes),
    }


def _row_json(row: "RecommenderRow", report: "RecommendersReport") -> dict[str, Any]:
    k = report.plan.k
    return {
        "method": row.method,
        **({"encoder": report.encoder} if row.vectors else {}),
        **({"control": row.control} if row.control else {}),
        **{f"{name}@{k}": measure_json(measure) for name, measure in row.measures.items()},
        "against": {rival: _differences_json(found, k) for rival, found in row.against.items()},
        "settings": dict(row.settings),
        "fit_cpu_s": round(row.fit_s, 3),
        "list_cpu_ms": round(row.list_ms, 3),
    }


def _differences_json(found: "Mapping[str, Difference]", k: int) -> dict[str, Any]:
    return {f"{name}@{k}": {**measure_json(d.measure), "p": round(d.p, 4)} for name, d in found.items()}


# ---------------------------------------------------------------------------------------------- as a chart


def _panels(report: "RecommendersReport") -> list[charts.Panel]:
    rows = (*_ordered(report), *report.controls)
    return [
        charts.Panel(
            f"{title}@{report.plan.k}",
            f"{report.plan.protocol.kind}, 95 % interval over listeners",
            tuple((_name(row), row.measures[name]) for row in rows),
            report.chance[name],
        )
        for title, name in (("Recall", "recall"), ("NDCG", "ndcg"))
    ]
