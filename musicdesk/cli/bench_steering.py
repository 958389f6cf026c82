"""The command ``bench steer``: how fast a list follows a mood target that is dragged."""

import click
import numpy as np

from musicdesk.cli.bench import bench
from musicdesk.cli.context import Context, json_option, passed
from musicdesk.cli.output import latency_json, show


@bench.command("steer")
@click.option("--tracks", type=click.IntRange(1000), default=200_000, show_default=True, help="Made-up tracks.")
@click.option("--top", type=click.IntRange(1, 1000), default=200, show_default=True, help="Picks of the list.")
@json_option
@passed
def bench_steer(context: Context, tracks: int, top: int, as_json: bool) -> None:
    """Time from a place of the mood grid to the list, with what stayed and what moved of each pick.

    Example: musicdesk bench steer --tracks 200000
    """
    del context  # nothing of the desk is asked
    from musicdesk.desk.steer_bench import steer

    found = steer(tracks=tracks, top=top, rng=np.random.default_rng(0))
    rows = {"drag": found.drag, "drag_cpu": found.cpu, "taken": found.taken}
    lines = [f"{tracks} tracks × {found.dim}, a drag to the {top} best picks ({found.method}):"]
    lines += [
        f"  {name:<9} median {row.median_ms:.1f} ms, 95 % within {row.p95_ms:.1f} ms" for name, row in rows.items()
    ]
    data = {"tracks": tracks, "dim": found.dim, "top": top, "method": found.method}
    show({**data, **{name: latency_json(row) for name, row in rows.items()}}, "\n".join(lines), as_json=as_json)


COMMANDS: tuple[click.Command, ...] = ()
"""It stands in the group ``bench``."""
