"""``bench recommenders``: what recommenders cost as the log grows, and whether they find tastes that are known."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from musicdesk import charts
from musicdesk.cli.context import Context, json_option, passed
from musicdesk.cli.output import measure_json, measure_text, show, table
from musicdesk.cli.progress import job
from musicdesk.records import Measure

if TYPE_CHECKING:
    from musicdesk.desk.measuring import RecommenderCost, RecommendersBench

NOT_TOLD = "–"
HEAD = (
    "Method", "Learning", "By the clock", "A listener", "Peak MB", "More than the log", "Recall@20 (95 %)",
    "Own clusters (95 %)", "Unheard by all",
)  # fmt: skip


@click.command("recommenders")
@click.option("--users", type=click.IntRange(1), default=10_000, show_default=True, help="Listeners.")
@click.option("--items", type=click.IntRange(1), default=50_000, show_default=True, help="Tracks.")
@click.option("--method", "methods", multiple=True, help="Can be given again (default: every recommender).")
@click.option("--memory-mb", type=click.FloatRange(100), default=8000, show_default=True,
              help="A method that holds more is ended.")  # fmt: skip
@click.option("--limit-s", type=click.FloatRange(1), default=1800, show_default=True,
              help="A method that takes more CPU seconds is ended.")  # fmt: skip
@click.option("--plot", type=click.Path(dir_okay=False, path_type=Path), help="Draw a chart as well, .png or .svg.")
@click.option("--seed", type=int, default=0, show_default=True, help="Of the log and the methods.")
@json_option
@passed
def bench_recommenders(
    context: Context, users: int, items: int, methods: tuple[str, ...], memory_mb: float, limit_s: float,
    plot: Path | None, seed: int, as_json: bool,
) -> None:  # fmt: skip
    """Time, memory and what is found of known tastes, on made-up logs of a sixteenth, a quarter and all of the size.

    Example: musicdesk bench recommenders --users 10000 --items 50000 --method ease --method elsa
    """
    if plot is not None:
        charts.check(plot)
    with job() as work:
        result = context.desk.measuring.recommender_cost(
            users=users, items=items, methods=methods, memory_mb=memory_mb, cpu_s=limit_s, job=work, seed=seed
        )
    if plot is not None:
        charts.curves(plot, _curves(result), log=True)
    show(_json(result, seed), _text(result), as_json=as_json)


def _text(result: "RecommendersBench") -> str:
    lines: list[str] = []
    for (users, items), count in result.listens:
        rows = [row for row in result.rows if row.size == (users, items)]
        lines.append(f"{users} listeners × {items} tracks, {count} listens:")
        lines.append(table(HEAD, [_cells(row) for row in rows if row.recall]))
        lines += [f"  {row.method}: {row.note}" for row in rows if row.note]
        lines.append("")
    powers = [(method, result.growth(method)) for method in result.methods]
    told = ", ".join(f"{method} {power:.1f}" for method, power in powers if power is not None)
    if told:
        lines.append(f"Learning grows with the size (both sides of it) to the power of: {told}")
    return "\n".join(lines)


def _cells(row: "RecommenderCost") -> tuple[str, ...]:
    costs: tuple[str, ...] = ("",) * 5
    if row.fit_s is not None:
        costs = (
            f"{row.fit_s:.2f} s", f"{row.wall_s:.2f} s", f"{row.score_ms:.2f} ms", f"{row.peak_mb:.0f}",
            f"{row.peak_mb - row.data_mb:.0f}",
        )  # fmt: skip
    return (row.method, *costs, *(_told(measure) for measure in (row.recall, row.own, row.cold)))


def _told(measure: Measure | None) -> str:
    return measure_text(measure) if measure else NOT_TOLD


def _json(result: "RecommendersBench", seed: int) -> dict[str, Any]:
    return {
        "data": "made-up log",
        "split": "a fifth of every listener's listens held out; a twentieth of the tracks unheard by all",
        "seeds": [seed],
        "sizes": [{"users": users, "items": items, "listens": n} for (users, items), n in result.listens],
        "chance": [_row_json(row) for row in result.rows if row.method == "chance"],
        "rows": [_row_json(row) for row in result.rows if row.method != "chance"],
        "growth": {method: round(power, 2) for method in result.methods
                   if (power := result.growth(method)) is not None},
    }  # fmt: skip


def _row_json(row: "RecommenderCost") -> dict[str, Any]:
    told: dict[str, Any] = {"method": row.method, "users": row.size.users, "items": row.size.items}
    if row.fit_s is not None:
        told |= {
            "fit_cpu_s": round(row.fit_s, 3),
            "fit_wall_s": round(row.wall_s, 3),
            "score_ms": round(row.score_ms, 3),
            "peak_mb": round(row.peak_mb),
            "data_mb": round(row.data_mb),
        }
    measures = {"recall@20": row.recall, "own_clusters@20": row.own, "cold_own_clusters@20": row.cold}
    told |= {name: measure_json(measure) for name, measure in measures.items() if measure}
    return {**told, **({"note": row.note} if row.note else {})}


def _curves(result: "RecommendersBench") -> list[charts.Curves]:
    """Time and memory over the number of tracks."""
    done = {method: [row for row in result.of(method) if row.fit_s is not None] for method in result.methods}
    done = {method: rows for method, rows in done.items() if rows}
    time = {method: [(row.size.items, max(row.fit_s or 0, 1e-3)) for row in rows] for method, rows in done.items()}
    memory = {method: [(row.size.items, row.peak_mb) for row in rows] for method, rows in done.items()}
    return [
        charts.Curves("Learning", "Tracks", "CPU seconds", time),
        charts.Curves("Memory at its peak", "Tracks", "MB", memory),
    ]
