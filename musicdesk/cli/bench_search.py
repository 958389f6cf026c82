"""The command ``bench search``: how fast a search box answers in a large library."""

import tempfile
from pathlib import Path

import click
import numpy as np

from musicdesk.cli.bench import bench
from musicdesk.cli.context import Context, json_option, passed
from musicdesk.cli.output import latency_json, show
from musicdesk.cli.progress import job
from musicdesk.records import Latency


@bench.command("search")
@click.option("--tracks", type=click.IntRange(1000), default=200_000, show_default=True, help="Made-up tracks.")
@click.option("--limit", type=click.IntRange(1, 1000), default=100, show_default=True, help="Tracks of an answer.")
@json_option
@passed
def bench_search(context: Context, tracks: int, limit: int, as_json: bool) -> None:
    """Time an answer to words once all is loaded, names alone at every keystroke, and the loading itself.

    Example: musicdesk bench search --tracks 200000
    """
    from musicdesk.desk.search_bench import MADE_UP, search

    with tempfile.TemporaryDirectory(prefix="musicdesk-search-") as place, job() as work:
        found = search(
            tracks=tracks, folder=Path(place) / "data", models=context.folders.models, limit=limit,
            rng=np.random.default_rng(0), job=work,
        )  # fmt: skip
    read = "a stand-in for a model of sentences" if found.reader == MADE_UP else found.reader
    lines = [f"{tracks} tracks, {limit} in an answer, queries read by {read}:"]
    lines += [f"  {row.name:<10} {_times(row.wall)}; CPU {_times(row.cpu)}" for row in found.rows]
    rows = {row.name: row.wall for row in found.rows} | {f"{row.name}_cpu": row.cpu for row in found.rows}
    data = {"tracks": tracks, "limit": limit, "reader": found.reader}
    show({**data, **{name: latency_json(row) for name, row in rows.items()}}, "\n".join(lines), as_json=as_json)


def _times(latency: Latency) -> str:
    return f"median {latency.median_ms:.1f} ms, 95 % within {latency.p95_ms:.1f} ms"


COMMANDS: tuple[click.Command, ...] = ()
"""It stands in the group ``bench``."""
