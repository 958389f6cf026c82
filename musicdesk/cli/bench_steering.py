"""The command ``bench steer``: how fast a list follows a mood target that is dragged, and how long moods take."""

import click
import numpy as np

from musicdesk.cli.bench import bench
from musicdesk.cli.context import Context, json_option, passed
from musicdesk.cli.output import latency_json, show
from musicdesk.records import Latency


@bench.command("steer")
@click.option("--tracks", type=click.IntRange(1000), default=200_000, show_default=True, help="Made-up tracks.")
@click.option("--top", type=click.IntRange(1, 1000), default=200, show_default=True, help="Picks of the list.")
@json_option
@passed
def bench_steer(context: Context, tracks: int, top: int, as_json: bool) -> None:
    """Time from a place of the mood grid to the list, of a track and of a whole taste; and finding moods.

    Example: musicdesk bench steer --tracks 200000
    """
    del context  # nothing of the desk is asked
    from musicdesk.desk.steer_bench import steer

    found = steer(tracks=tracks, top=top, rng=np.random.default_rng(0))
    taste = f"a taste of {found.prototypes} prototypes"
    lines = [
        f"{tracks} tracks × {found.dim}, a drag to the {top} best picks ({found.method}), of a track and of {taste}:"
    ]
    lines += [f"  {row.name:<16} {_times(row.wall)}; CPU {_times(row.cpu)}" for row in found.rows]
    data = {"tracks": tracks, "dim": found.dim, "top": top, "method": found.method, "prototypes": found.prototypes}
    rows = {row.name: row.wall for row in found.rows} | {f"{row.name}_cpu": row.cpu for row in found.rows}
    show({**data, **{name: latency_json(row) for name, row in rows.items()}}, "\n".join(lines), as_json=as_json)


def _times(latency: Latency) -> str:
    return f"median {latency.median_ms:.1f} ms, 95 % within {latency.p95_ms:.1f} ms"


COMMANDS: tuple[click.Command, ...] = ()
"""It stands in the group ``bench``."""
