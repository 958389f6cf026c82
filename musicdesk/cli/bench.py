"""The group ``bench``, how fast and how sturdy: the commands behind the claimed figures."""

import os
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

import click

from musicdesk.cli.bench_recommenders import bench_recommenders
from musicdesk.cli.context import Context, json_option, passed
from musicdesk.cli.output import latency_json, show, table
from musicdesk.cli.progress import job
from musicdesk.errors import UserFacing
from musicdesk.records import Latency

if TYPE_CHECKING:
    from musicdesk.desk.measuring import CostRow, FaultReport, LibraryBench


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
@click.option("--device", type=click.Choice(("auto", "cpu", "cuda", "mps")), default="auto", show_default=True,
              help="auto: the CPU, and a GPU if there is one.")  # fmt: skip
@json_option
@passed
def bench_analysis(
    context: Context, folder: Path, encoder: str | None, workers: tuple[int, ...], limit: int | None, device: str,
    as_json: bool,
) -> None:  # fmt: skip
    """CPU seconds a track to analyse FOLDER, by stage; nothing is kept. PyPI's bliss-audio beside it, if installed.

    Example: musicdesk bench analysis ~/Music --limit 50
    """
    desk = context.desk
    name = encoder or desk.modelling.encoder()
    with job() as work:
        rows = desk.measuring.analysis(
            folder, encoder=name, workers=workers or (1, 2), limit=limit, device=device, job=work
        )
    text = table(COST_HEAD, [_cost_cells(row) for row in rows])
    show({"folder": str(folder), "rows": [_cost_json(row) for row in rows]}, text, as_json=as_json)


@bench.command("library")
@click.option("--tracks", type=click.IntRange(100), default=200_000, show_default=True, help="Synthetic tracks.")
@click.option("--encoder", default="handcrafted", show_default=True, help="Whose size of vectors.")
@click.option("--window", is_flag=True, help="Also how long the window does not answer, deed by deed.")
@click.option(
    "--keep", type=click.Path(file_okay=False, path_type=Path), help="Make it in this new folder and keep it."
)
@json_option
@passed
def bench_library(context: Context, tracks: int, encoder: str, window: bool, keep: Path | None, as_json: bool) -> None:
    """Make a library of so many tracks and time what is done with it: open, list, search, sort, slide, commit.

    Example: musicdesk bench library --tracks 200000 --window
    """
    with tempfile.TemporaryDirectory(prefix="musicdesk-library-") as place, job() as work:
        folder = keep or Path(place)
        result = context.desk.measuring.library(folder, tracks=tracks, encoder=encoder, job=work)
        blocks = _blocks(context, folder, encoder) if window else []
    lines = [(f"{tracks} tracks, {result.made.analysed} analysed, {result.dim} numbers each, "
             f"database {result.made.database_mb:.0f} MB, process {result.peak_mb:.0f} MB:")]  # fmt: skip
    lines += [f"  {row.name:<24} {_latency(row.wall)}; CPU {row.cpu.median_ms:.2f} ms" for row in result.rows]
    lines += [f"  window: {b['name']:<24} {b['took_ms']:.0f} ms, longest block {b['longest_ms']:.0f} ms "
              f"(working {b['working_ms']:.0f} ms)" for b in blocks]  # fmt: skip
    show({**_library_json(result), "window": blocks}, "\n".join(lines), as_json=as_json)


def _blocks(context: Context, folder: Path, encoder: str) -> list[dict[str, Any]]:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from musicdesk.ui.bench import blocks

    folders = replace(context.folders, data=folder)
    commit = context.desk.measuring.one_batch(folder, encoder=encoder)
    return [
        {key: value if isinstance(value, str) else round(value, 1) for key, value in asdict(block).items()}
        for block in blocks(folders, commit=commit)
    ]


@bench.command("faults")
@click.option("--count", type=click.IntRange(10), default=500, show_default=True, help="Bad files.")
@click.option("--kills", type=click.IntRange(0), default=20, show_default=True, help="Kills at random moments.")
@click.option("--workers", type=click.IntRange(1, 64), default=2, show_default=True, help="Processes.")
@click.option("--seed", type=int, default=0, show_default=True, help="Of the damage and the moments.")
@json_option
@passed
def bench_faults(context: Context, count: int, kills: int, workers: int, seed: int, as_json: bool) -> None:
    """Scan and analyse hundreds of bad files among good ones, killed again and again: nothing may be lost.

    Example: musicdesk bench faults --count 500 --kills 20
    """
    with tempfile.TemporaryDirectory(prefix="musicdesk-faults-") as place, job() as work:
        report = context.desk.measuring.faults(
            Path(place) / "run", count=count, kills=kills, workers=workers, job=work, seed=seed
        )
    show({**asdict(report), "problems": list(report.problems)}, _faults_text(report), as_json=as_json)
    if report.problems:
        raise UserFacing(f"{len(report.problems)} things went wrong; they stand above.")


def _latency(latency: Latency) -> str:
    return f"median {latency.median_ms:.2f} ms, 95 % under {latency.p95_ms:.2f} ms ({latency.n} times)"


def _latency_of(times_ms: Sequence[float]) -> Latency:
    ordered = sorted(times_ms)
    return Latency(median(ordered), ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))], len(ordered))


COST_HEAD = (
    "Encoder", "Device", "Workers", "Tracks", "Decode", "Features", "Encode", "Store", "CPU/track", "Median", "All CPU",
    "Wall", "Steady", "Speed-up", "Peak MB",
)  # fmt: skip


def _cost_cells(row: "CostRow") -> tuple[str, ...]:
    stages = row.stages
    seconds = (stages.decode_s, stages.features_s, stages.encode_s, row.store_s, stages.total_s + row.store_s,
               row.median_s, row.cpu_s, row.wall_s, row.steady_s)  # fmt: skip
    cells = (row.encoder, row.device, str(row.workers), str(row.tracks), *(f"{value:.3f} s" for value in seconds))
    return (*cells, f"{row.speed_up:.2f} ×", f"{row.peak_mb:.0f}")


def _cost_json(row: "CostRow") -> dict[str, Any]:
    return {
        "encoder": row.encoder,
        "device": row.device,
        "workers": row.workers,
        "tracks": row.tracks,
        "skipped": row.skipped,
        "cpu_s_per_track": {
            "decode": round(row.stages.decode_s, 4),
            "features": round(row.stages.features_s, 4),
            "encode": round(row.stages.encode_s, 4),
            "store": round(row.store_s, 5),
            "total": round(row.stages.total_s + row.store_s, 4),
            "median": round(row.median_s, 4),
            "with_start": round(row.cpu_s, 4),
        },
        "wall_s_per_track": round(row.wall_s, 4),
        "steady_s_per_track": round(row.steady_s, 4),
        "speed_up": round(row.speed_up, 3),
        "peak_mb": round(row.peak_mb),
    }


def _library_json(result: "LibraryBench") -> dict[str, Any]:
    return {
        **asdict(result.made),
        "dim": result.dim,
        "peak_mb": round(result.peak_mb),
        "rows": [
            {"name": row.name, "wall": latency_json(row.wall), "cpu": latency_json(row.cpu)} for row in result.rows
        ],
    }


def _faults_text(report: "FaultReport") -> str:
    states = ", ".join(f"{count} {state}" for state, count in report.states.items() if count)
    lines = [
        (
            f"{report.bad} bad and {report.good} good files, {report.kills} kills of the program, "
            f"{report.worker_kills} of a worker, {report.starts} starts, {report.wall_s:.0f} s, "
            f"most memory {report.peak_mb:.0f} MB"
        ),
        f"  good files with a vector: {report.good_heard} of {report.good}",
        f"  ended as: {states}",
        (
            f"  listened to {report.listened} times; {report.listened_again} of them again, because a kill came before "
            f"the commit (at most {report.most_again} a kill)"
        ),
        (
            f"  lost {len(report.lost)}, retried {len(report.retried)}, crashes {len(report.crashes)}, "
            f"left behind {len(report.left_behind)}, wrong sums {len(report.sums)}, surprises {len(report.surprises)}"
        ),
    ]
    return "\n".join([*lines, *(f"  ! {problem}" for problem in report.problems)])


bench.add_command(bench_recommenders)
COMMANDS = (bench,)
