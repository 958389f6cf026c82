"""The groups ``bench`` (how fast) and ``evaluate`` (how good): the commands behind every claimed figure."""

import os
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any

import click

from musicdesk.cli.context import Context, json_option, passed
from musicdesk.cli.output import latency_json, measure_json, show, table
from musicdesk.cli.progress import job
from musicdesk.desk.measuring import CostRow, GroupRetrieval, SimilarityReport
from musicdesk.records import Latency, Measure


@click.group()
def bench() -> None:
    """How fast musicdesk is on this machine.

    Example: musicdesk bench rank
    """


@bench.command("rank")
@click.option("--tracks", type=click.IntRange(100), default=200_000, show_default=True, help="Synthetic tracks.")
@click.option("--prototypes", type=click.IntRange(1, 64), default=24, show_default=True, help="Sliders.")
@click.option("--variety", type=click.FloatRange(0, 1), default=0.2, show_default=True, help="Place of that slider.")
@click.option("--window", is_flag=True, help="Also the time from the slider to the painted table.")
@json_option
@passed
def bench_rank(context: Context, tracks: int, prototypes: int, variety: float, window: bool, as_json: bool) -> None:
    """Time from a slider move to the ranked top 200.

    Example: musicdesk bench rank --tracks 200000 --prototypes 24
    """
    result = context.desk.measuring.rank(tracks=tracks, prototypes=prototypes, variety=variety)
    rows = {"move": result.wall, "move_cpu": result.cpu, "scores": result.scores}
    if window:
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")  # painted the same, and shown to nobody
        from musicdesk.ui.bench import slider_to_paint

        rows["painted"] = slider_to_paint(tracks=tracks, prototypes=prototypes, variety=variety)
    data = {"tracks": tracks, "prototypes": prototypes, "top": result.top, "variety": variety}
    lines = [f"{tracks} tracks × {prototypes} prototypes, slider move to the ranked top {result.top}:"]
    lines += [f"  {name:<9} {_latency(latency)}" for name, latency in rows.items()]
    show({**data, **{name: latency_json(row) for name, row in rows.items()}}, "\n".join(lines), as_json=as_json)


@bench.command("start")
@click.option("--runs", type=click.IntRange(1, 50), default=5, show_default=True, help="How often.")
@json_option
@passed
def bench_start(context: Context, runs: int, as_json: bool) -> None:
    """Time from starting the program to its painted window, and to the list in it.

    Example: musicdesk bench start --runs 5
    """
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from musicdesk.ui.started import start_once

    painted, listed = zip(*(start_once(context.folders) for _ in range(runs)), strict=True)
    rows = {"painted": _latency_of(painted), "listed": _latency_of(listed)}
    lines = [f"  {name:<9} {_latency(row)}" for name, row in rows.items()]
    show({name: latency_json(row) for name, row in rows.items()}, "\n".join(lines), as_json=as_json)


@bench.command("analysis")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--encoder", help="Which encoder (default: the one in use).")
@click.option("--workers", type=click.IntRange(1, 64), multiple=True, help="Can be given again (default: 1 and 2).")
@click.option("--limit", type=click.IntRange(1), help="Only so many files, spread over the folder.")
@json_option
@passed
def bench_analysis(
    context: Context, folder: Path, encoder: str | None, workers: tuple[int, ...], limit: int | None, as_json: bool
) -> None:
    """CPU seconds a track to analyse FOLDER, by stage; nothing is kept.

    Example: musicdesk bench analysis ~/Music --limit 50
    """
    desk = context.desk
    name = encoder or desk.modelling.encoder()
    with job() as work:
        rows = desk.measuring.analysis(folder, encoder=name, workers=workers or (1, 2), limit=limit, job=work)
    head = ("Encoder", "Workers", "Tracks", "Decode", "Features", "Encode", "CPU/track", "Median", "All CPU", "Wall")
    text = table(head, [_cost_cells(row) for row in rows])
    show({"folder": str(folder), "rows": [_cost_json(row) for row in rows]}, text, as_json=as_json)


@click.group()
def evaluate() -> None:
    """How good musicdesk is, beside chance and controls.

    Example: musicdesk evaluate similarity --data ~/Music
    """


@evaluate.command("similarity")
@click.option(
    "--data", "folder", required=True, type=click.Path(file_okay=False, path_type=Path), help="A folder of albums."
)
@click.option("--encoder", "encoders", multiple=True, help="Can be given again (default: all that are installed).")
@click.option("--workers", type=click.IntRange(1, 64), default=1, show_default=True, help="Processes.")
@click.option("--seed", type=int, default=0, show_default=True, help="Of the bootstrap and the shuffles.")
@json_option
@passed
def evaluate_similarity(
    context: Context, folder: Path, encoders: tuple[str, ...], workers: int, seed: int, as_json: bool
) -> None:
    """Same-album retrieval after recoding to one format, and copies found again at rank 1.

    Example: musicdesk evaluate similarity --data ~/Music --encoder musicnn --encoder handcrafted
    """
    desk = context.desk
    chosen = encoders or tuple(m.name for m in desk.modelling.models() if m.installed)
    with job() as work:
        report = desk.measuring.similarity(folder, encoders=chosen, workers=workers, job=work, seed=seed)
    show(_similarity_json(report, folder, seed), _similarity_text(report), as_json=as_json)


def _similarity_json(report: SimilarityReport, folder: Path, seed: int) -> dict[str, Any]:
    rows: list[dict[str, Any]] = [
        {
            "method": "z-scored cosine",
            "encoder": row.encoder,
            "map": measure_json(row.album.map),
            "chance": measure_json(row.album.chance),
            "mp3_found@1": row.mp3_found,
            "quieter_found@1": row.quieter_found,
            "copies": row.copies,
            "hubness_skew@10": round(row.hubness, 3),
        }
        for row in report.rows
    ]
    rows.append({"method": "file format alone", "map": measure_json(report.format_only.map)})
    return {
        "data": str(folder),
        "split": f"{report.tracks} tracks in {report.albums} folders, recoded to one format",
        "seeds": [seed],
        "chance": measure_json(report.format_only.chance),
        "rows": rows,
    }


def _similarity_text(report: SimilarityReport) -> str:
    head = ("Encoder", "Same-album MAP (95 %)", "Chance", "mp3 96k at 1", "-8 dB at 1", "Hubness")
    rows = [
        (
            row.encoder,
            _measure(row.album.map),
            f"{row.album.chance.mean:.3f}",
            f"{row.mp3_found}/{row.copies}",
            f"{row.quieter_found}/{row.copies}",
            f"{row.hubness:.2f}",
        )
        for row in report.rows
    ]
    rows.append(("file format alone", _measure(report.format_only.map), _chance(report.format_only), "", "", ""))
    return f"{report.tracks} tracks, {report.albums} folders, recoded to one format\n" + table(head, rows)


def _chance(retrieval: GroupRetrieval) -> str:
    return f"{retrieval.chance.mean:.3f}"


def _measure(measure: Measure) -> str:
    return f"{measure.mean:.3f} ({measure.low:.3f} to {measure.high:.3f})"


def _latency(latency: Latency) -> str:
    return f"median {latency.median_ms:.2f} ms, 95 % under {latency.p95_ms:.2f} ms ({latency.n} times)"


def _latency_of(times_ms: Sequence[float]) -> Latency:
    ordered = sorted(times_ms)
    return Latency(median(ordered), ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))], len(ordered))


def _cost_cells(row: CostRow) -> tuple[str, ...]:
    seconds = (row.stages.decode_s, row.stages.features_s, row.stages.encode_s, row.stages.total_s, row.median_s,
               row.cpu_s, row.wall_s)  # fmt: skip
    return (row.encoder, str(row.workers), str(row.tracks), *(f"{value:.3f} s" for value in seconds))


def _cost_json(row: CostRow) -> dict[str, Any]:
    return {
        "encoder": row.encoder,
        "workers": row.workers,
        "tracks": row.tracks,
        "skipped": row.skipped,
        "cpu_s_per_track": {
            "decode": round(row.stages.decode_s, 4),
            "features": round(row.stages.features_s, 4),
            "encode": round(row.stages.encode_s, 4),
            "total": round(row.stages.total_s, 4),
            "median": round(row.median_s, 4),
            "with_start": round(row.cpu_s, 4),
        },
        "wall_s_per_track": round(row.wall_s, 4),
    }


COMMANDS = (bench, evaluate)
