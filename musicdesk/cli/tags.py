"""Commands about the listener's own tags: the group ``tag``."""

from collections.abc import Sequence
from typing import Any

import click

from musicdesk.cli.context import Context, json_option, passed
from musicdesk.cli.output import show, table, track_json
from musicdesk.errors import BadRequest
from musicdesk.records import Tagged, Track

tag_argument = click.argument("name", metavar="TAG")
UNDO = "(Undo: musicdesk taste undo)"


@click.group()
def tag() -> None:
    """Tags of your own: words that you give to tracks, to find them by and to make prototypes of.

    Example: musicdesk tag add "rainy sunday" 12 17
    """


@tag.command()
@tag_argument
@click.argument("references", nargs=-1, required=True, metavar="TRACK...")
@json_option
@passed
def add(context: Context, name: str, references: tuple[str, ...], as_json: bool) -> None:
    """Give TAG to tracks. TRACK is a number, a path or words.

    Example: musicdesk tag add "rainy sunday" 12 17 "blue hour"
    """
    tracks = _found(context, references)
    done = context.desk.tagging.add(tracks, name)
    text = f"{_tracks(done.tracks)} → “{done.tag}”. {UNDO}"
    told = text if done.tracks else f"All of them bear “{done.tag}” already."
    left = f"\n{_tracks(done.left_out)} could not be read and were left out." if done.left_out else ""
    show({**_done(done), "tracks": _with_tags(context, tracks)}, told + left, as_json=as_json)


@tag.command()
@tag_argument
@click.argument("references", nargs=-1, required=True, metavar="TRACK...")
@json_option
@passed
def remove(context: Context, name: str, references: tuple[str, ...], as_json: bool) -> None:
    """Take TAG from tracks.

    Example: musicdesk tag remove "rainy sunday" "blue hour"
    """
    tracks = _found(context, references)
    done = context.desk.tagging.remove(tracks, name)
    text = f"“{done.tag}” is taken from {_tracks(done.tracks)}. {UNDO}" if done.tracks else "None of them bears it."
    show({**_done(done), "tracks": _with_tags(context, tracks)}, text, as_json=as_json)


@tag.command("list")
@click.argument("references", nargs=-1, metavar="[TRACK...]")
@click.option("--tag", "name", default="", help="The tracks that bear this tag.")
@json_option
@passed
def list_tags(context: Context, references: tuple[str, ...], name: str, as_json: bool) -> None:
    """List your tags, those of tracks, or the tracks of a tag.

    Example: musicdesk tag list --tag "rainy sunday"
    """
    if name and references:
        raise BadRequest("Name tracks, to see their tags, or a tag with --tag, to see its tracks; not both.")
    if name:
        _show_bearing(context, name, as_json=as_json)
        return
    tagging = context.desk.tagging
    found = tagging.of(_found(context, references)) if references else tagging.tags()
    none = "They bear no tag of yours." if references else "No tag is given yet: musicdesk tag add TAG TRACK"
    away = [f"{own.away} more not in the library now" if own.away else "" for own in found]
    rows = [(own.tag, str(own.tracks), more) for own, more in zip(found, away, strict=True)]
    data = {"tags": [{"tag": own.tag, "tracks": own.tracks, "away": own.away} for own in found]}
    show(data, table(("Tag", "Tracks", ""), rows, limit=80) if found else none, as_json=as_json)


def _show_bearing(context: Context, name: str, *, as_json: bool) -> None:
    tagging = context.desk.tagging
    found = tagging.bearing(name)
    rows = [(str(t.id), t.title, t.artist) for t in found]
    told = table(("Id", "Title", "Artist"), rows) if rows else "None of its tracks is in the library now."
    show({"tag": tagging.tag(name), "tracks": _with_tags(context, found)}, told, as_json=as_json)


@tag.command()
@click.argument("old")
@click.argument("new")
@json_option
@passed
def rename(context: Context, old: str, new: str, as_json: bool) -> None:
    """Give tag OLD the name NEW on all its tracks; where NEW is a tag already, the two become one.

    Example: musicdesk tag rename "rainy sunday" rain
    """
    before = context.desk.tagging.tag(old)
    done = context.desk.tagging.rename(before, new)
    text = f"“{before}” is “{done.tag}” now, on {_tracks(done.tracks)}. {UNDO}"
    if done.joined:
        text = f"“{before}” is part of “{done.tag}” now, with {_tracks(done.tracks)}. {UNDO}"
    show(_done(done), text if done.tracks else f"It is called “{done.tag}” already.", as_json=as_json)


@tag.command()
@tag_argument
@json_option
@passed
def drop(context: Context, name: str, as_json: bool) -> None:
    """Take TAG from all its tracks; no track goes.

    Example: musicdesk tag drop "rainy sunday"
    """
    done = context.desk.tagging.drop(name)
    show(_done(done), f"“{done.tag}” is gone from {_tracks(done.tracks)}. {UNDO}", as_json=as_json)


def _found(context: Context, references: Sequence[str]) -> list[Track]:
    return [context.desk.indexing.find(reference) for reference in references]


def _done(done: Tagged) -> dict[str, Any]:
    return {"tag": done.tag, "changed": done.tracks, "left_out": done.left_out, "joined": done.joined}


def _with_tags(context: Context, tracks: Sequence[Track]) -> list[dict[str, Any]]:
    of = context.desk.tagging.all().of
    return [{**track_json(track), "tags": list(of.get(track.audio_hash, ()))} for track in tracks]


def _tracks(count: int) -> str:
    return f"{count:,} track{'s' * (count != 1)}"


COMMANDS = (tag,)
