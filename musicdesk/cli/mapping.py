"""The command ``map``: where each track lies in two dimensions, and how far that can be believed."""

from pathlib import Path
from typing import Any

import click
import numpy as np

from musicdesk import charts
from musicdesk.cli import progress
from musicdesk.cli.context import Context, json_option, passed
from musicdesk.cli.output import show, table, track_json
from musicdesk.desk.desk import Desk
from musicdesk.errors import NothingYet
from musicdesk.records import FloatArray, MapPoints

SHOWN = 12
"""Prototypes in the text."""


@click.command("map")
@click.option("--again", is_flag=True, help="Make it anew even if little was added; it begins from the old one.")
@click.option("--plot", type=click.Path(dir_okay=False, path_type=Path), help="Draw it as well, .png or .svg.")
@json_option
@passed
def map_(context: Context, again: bool, plot: Path | None, as_json: bool) -> None:
    """A map of your library: tracks that sound alike lie together, each in the colour of its nearest prototype.

    Example: musicdesk map --plot map.png
    """
    if plot is not None:
        charts.check(plot)
    desk = context.desk
    if again or desk.mapping.wanting:
        with progress.job() as job:
            desk.mapping.make(job)
    points = desk.mapping.points()
    if points is None or not len(points):
        raise NothingYet("No analysed track is on the disk now, so there is nothing to lay out.")
    if plot is not None:
        _draw(plot, points)
    show(map_json(desk, points) if as_json else {}, map_text(points), as_json=as_json)


def map_json(desk: Desk, points: MapPoints) -> dict[str, Any]:
    """The map as documented in the README."""
    known = desk.recommending.by_hash(points.hashes)
    rows = zip(points.hashes, points.places.tolist(), points.nearest.tolist(), points.trust.tolist(), strict=True)
    tracks = [
        {**track_json(known[sound]), "x": round(x, 4), "y": round(y, 4),
         "prototype": points.names[nearest] if nearest >= 0 else None, "trust": round(trust, 3)}
        for sound, (x, y), nearest, trust in rows
        if sound in known
    ]  # fmt: skip
    return {"tracks": tracks, **figures_json(points)}


def figures_json(points: MapPoints) -> dict[str, Any]:
    """How far the map can be believed."""
    return {
        "trustworthiness": round(points.trustworthiness, 4),
        "shuffled": round(points.shuffled, 4),
        "trust": round(float(points.trust.mean()), 4),
        "torn": points.torn,
        "added": points.added,
    }


def map_text(points: MapPoints) -> str:
    """How many tracks lie by which prototype, and how far that can be believed."""
    counts = np.bincount(points.nearest[points.nearest >= 0], minlength=len(points.names))
    largest = np.argsort(-counts, kind="stable")[:SHOWN].tolist()
    rows = [(points.names[number], f"{counts[number]:,}", _whereabouts(points, number)) for number in largest]
    lines = [table(("Prototype", "Tracks", "Where they lie most"), rows), "", believed(points)]
    if points.added:
        lines.append(f"{points.added:,} analysed since are not on it: musicdesk map --again")
    return "\n".join(lines)


def believed(points: MapPoints) -> str:
    """The figures in a sentence."""
    return (
        f"{len(points):,} tracks. A track keeps {100 * points.trust.mean():.0f} % of its ten nearest near it; "
        f"{points.torn:,} were torn away from most of theirs. Trustworthiness {points.trustworthiness:.3f}, "
        f"{points.shuffled:.3f} for the same places dealt out at random."
        + (f" Measured against {points.landmarks:,} tracks drawn by lot, not all." if points.landmarks else "")
    )


def _whereabouts(points: MapPoints, number: int) -> str:
    mine = points.places[points.nearest == number]
    if not len(mine):
        return ""
    x, y = np.median(mine, axis=0).tolist()
    return f"{x:+.2f} {y:+.2f}"


def _draw(path: Path, points: MapPoints) -> None:
    groups: dict[str, FloatArray] = {}
    faint: list[FloatArray] = []
    for number, name in enumerate(points.names or ("all tracks",)):
        mine = points.nearest == (number if points.names else -1)
        if mine.any():
            groups[f"{number + 1} {name}"] = points.places[mine]
            faint.append(points.trust[mine])
    charts.cloud(path, groups, title="The library map", note=believed(points), faint=faint)


COMMANDS = (map_,)
