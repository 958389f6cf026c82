"""Commands that rank: recommend, similar, why, export."""

from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from pathlib import Path
from typing import Any

import click

from musicdesk.cli.context import Context, json_option, passed
from musicdesk.cli.output import explanation_json, explanation_text, pick_json, picks_text, show
from musicdesk.cli.recommenders import group_json, group_text
from musicdesk.errors import BadRequest
from musicdesk.records import Query, Ranking, printable

QUERY = Query()
OPTIONS = (
    click.option("--limit", type=click.IntRange(1, 10_000), default=20, show_default=True, help="How many."),
    click.option("--seed", metavar="TRACK", help="Start from a track: like it, seen through your taste."),
    click.option("--not-artist", "not_artists", multiple=True, help="Leave an artist out; can be given again."),
    click.option(
        "--per-artist",
        type=click.IntRange(0),
        default=QUERY.max_per_artist,
        show_default=True,
        help="At most so many of one artist; 0: no limit.",
    ),
    click.option(
        "--per-album",
        type=click.IntRange(0),
        default=QUERY.max_per_album,
        show_default=True,
        help="At most so many of one album; 0: no limit.",
    ),
    click.option("--known", is_flag=True, help="Also what you have liked already."),
)


def query_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command (below ``passed``) the options of a list; it is handed the Query that they mean."""

    @wraps(command)
    def with_query(
        context: Context,
        *,
        limit: int,
        seed: str | None,
        not_artists: tuple[str, ...],
        per_artist: int,
        per_album: int,
        known: bool,
        **rest: Any,
    ) -> None:
        query = replace(
            QUERY,
            limit=limit,
            seed=context.desk.indexing.find(seed).audio_hash if seed else "",
            not_artists=not_artists,
            max_per_artist=per_artist,
            max_per_album=per_album,
            include_known=known,
        )
        command(context, query=query, **rest)

    for option in reversed(OPTIONS):
        with_query = option(with_query)
    return with_query


@click.command()
@click.option("--for", "listeners", metavar="NAME", multiple=True, help="For a group: give one for each; you are “me”.")
@json_option
@passed
@query_options
def recommend(context: Context, query: Query, listeners: tuple[str, ...], as_json: bool) -> None:
    """The tracks of your library that fit your taste best, each with its reason; or a list for several listeners, in
    which everyone's kinds of music have their share, and which says whose each track is.

    Example: musicdesk recommend --limit 10 --not-artist "Some Band"
    """
    if not listeners:
        _show(context, context.desk.recommending.rank(query), as_json=as_json)
        return
    if query.seed:
        raise BadRequest("A list for a group starts from what its listeners know, not from a track.")
    found = context.desk.advising.group(listeners, query=query)
    show(group_json(found), group_text(found), as_json=as_json)


@click.command()
@click.argument("reference", metavar="TRACK")
@click.option("--limit", type=click.IntRange(1, 10_000), default=20, show_default=True, help="How many.")
@json_option
@passed
def similar(context: Context, reference: str, limit: int, as_json: bool) -> None:
    """The tracks that sound most like TRACK.

    Example: musicdesk similar "blue hour" --limit 5
    """
    track = context.desk.indexing.find(reference)
    _show(context, context.desk.recommending.similar(track, limit=limit), as_json=as_json)


@click.command()
@click.argument("reference", metavar="TRACK")
@json_option
@passed
def why(context: Context, reference: str, as_json: bool) -> None:
    """Why TRACK stands where it stands: parts that add up to its score.

    Example: musicdesk why "blue hour"
    """
    explanation = context.desk.recommending.explain(context.desk.indexing.find(reference))
    show(explanation_json(explanation), explanation_text(explanation), as_json=as_json)


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--absolute", is_flag=True, help="Whole paths instead of paths from the playlist's folder.")
@click.option("--name", default="", help="Title of the playlist (default: the file's name).")
@json_option
@passed
@query_options
def export(context: Context, file: Path, query: Query, absolute: bool, name: str, as_json: bool) -> None:
    """Write the recommended tracks to FILE: .m3u8, .xspf, .jspf or .pls by its ending.

    Example: musicdesk export evening.m3u8 --limit 25
    """
    desk = context.desk
    picks = desk.recommending.picks(desk.recommending.rank(query))
    note = desk.recommending.recipe()
    report = desk.curating.export(file, [p.track for p in picks], name=name, relative=not absolute, note=note)
    missing = [t.label for t in report.missing]
    text = f"{report.written} tracks written to {printable(str(report.path))}"
    lines = [text, *(f"  left out, not on the disk now: {label}" for label in missing)]
    data = {"path": str(report.path), "written": report.written, "missing": missing}
    show(data, "\n".join(lines), as_json=as_json)


def _show(context: Context, ranking: Ranking, *, as_json: bool) -> None:
    picks = context.desk.recommending.picks(ranking)
    left_out = dict(ranking.left_out)
    lines = [picks_text(picks) if picks else "Nothing to suggest: every analysed track is left out."]
    if left_out:
        lines.append("Left out: " + ", ".join(f"{count} {reason}" for reason, count in left_out.items()))
    data = {"tracks": [pick_json(p) for p in picks], "considered": ranking.considered, "left_out": left_out}
    show(data, "\n".join(lines), as_json=as_json)


COMMANDS = (recommend, similar, why, export)
