"""Commands about what was heard elsewhere: logs of other players and services, and whose they are."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from musicdesk.cli.context import Context, json_option, passed
from musicdesk.cli.output import show, table, track_json
from musicdesk.cli.progress import job
from musicdesk.desk.listeners import KINDS, HeardTrack, in_words
from musicdesk.records import Listen, Listener, ListensReport

ME = "me"
"""What the person at this desk is called here."""


@click.group()
def listens() -> None:
    """What you and others heard elsewhere: import logs, see what they matched.

    Example: musicdesk listens import scrobbles.json
    """


@listens.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--listener", default="", metavar="NAME", help="Whose log it is (default: yours).")
@click.option("--kind", type=click.Choice(["auto", *KINDS]), default="auto", help="What FILE is (default: look at it).")
@json_option
@passed
def import_listens(context: Context, file: Path, listener: str, kind: str, as_json: bool) -> None:
    """Import what was heard elsewhere from FILE, whole or not at all; twice is once.

    Last.fm (JSON, CSV), ListenBrainz (JSON, JSONL, the archive of an export), any CSV or TSV with a header (user,
    artist, track, album, time, count, rating), iTunes or Music XML, Rhythmbox, Strawberry, Clementine, MPD's stickers
    or state, Rockbox, playlists. Lines of which the library has no track are kept, and matched again after a scan.

    Example: musicdesk listens import ann.csv --listener Ann
    """
    with job() as work:
        report = context.desk.listeners.load(file, listener=listener, kind=kind, job=work)
    show(_report_json(report), f"“{file.name}” ({report.kind}): {in_words(report)}", as_json=as_json)


@listens.command("list")
@click.option("--listener", default="", metavar="NAME", help="Whose (default: yours).")
@click.option("--limit", type=click.IntRange(min=1), default=50, show_default=True)
@json_option
@passed
def list_listens(context: Context, listener: str, limit: int, as_json: bool) -> None:
    """List the tracks of the library that a listener likes and plays most, here and elsewhere.

    Example: musicdesk listens list --listener Ann
    """
    heard = context.desk.listeners.heard_by(listener, limit=limit)
    rows = [(h.track.title, h.track.artist, f"{h.plays:.0f}", f"{h.degree:+.2f}", _day(h.latest)) for h in heard]
    text = table(("Title", "Artist", "Plays", "Liking", "Last"), rows) if rows else "Nothing of the library yet."
    show({"listener": listener or ME, "tracks": [_heard_json(h) for h in heard]}, text, as_json=as_json)


@listens.command()
@click.option("--limit", type=click.IntRange(min=1), default=200, show_default=True)
@json_option
@passed
def unmatched(context: Context, limit: int, as_json: bool) -> None:
    """List what was heard elsewhere and is not in the library, most heard first.

    Example: musicdesk listens unmatched --limit 20
    """
    lines = context.desk.listeners.unmatched(limit)
    rows = [(line.artist, line.title or line.path, str(line.count), line.listener or ME) for line in lines]
    text = (
        table(("Artist", "Title", "Plays", "Who"), rows) if rows else "Everything that was imported is in the library."
    )
    show({"unmatched": [_line_json(line) for line in lines]}, text, as_json=as_json)


@listens.command()
@json_option
@passed
def match(context: Context, as_json: bool) -> None:
    """Look again for the tracks that the library lacked when logs were imported.

    Example: musicdesk listens match
    """
    with job() as work:
        found = context.desk.listeners.match(work)
    show({"matched": found}, f"{found:,} more tracks of the logs are in the library.", as_json=as_json)


@listens.command()
@click.argument("listener")
@json_option
@passed
def remove(context: Context, listener: str, as_json: bool) -> None:
    """Forget what was imported for LISTENER ("me": for you; what you did here stays).

    Example: musicdesk listens remove Ann
    """
    context.desk.listeners.remove(listener)
    show({"removed": listener}, f"What was imported for “{listener}” is forgotten.", as_json=as_json)


@listens.command()
@click.argument("old")
@click.argument("new")
@click.option("--join", is_flag=True, help="Make one of two listeners.")
@json_option
@passed
def rename(context: Context, old: str, new: str, join: bool, as_json: bool) -> None:
    """Give the listener OLD the name NEW; "me" makes that log yours.

    Example: musicdesk listens rename ann Ann
    """
    context.desk.listeners.rename(old, new, join=join)
    show({"old": old, "new": new}, f"“{old}” is “{new}” now.", as_json=as_json)


@click.command()
@json_option
@passed
def listeners(context: Context, as_json: bool) -> None:
    """List everyone whose listening is known, you first.

    Example: musicdesk listeners
    """
    everyone = context.desk.listeners.listeners()
    rows = [(p.name or ME, str(p.tracks), str(p.listens), str(p.unmatched), _day(p.latest)) for p in everyone]
    text = table(("Who", "Tracks here", "Lines of logs", "Not in the library", "Last heard"), rows)
    show({"listeners": [_listener_json(person) for person in everyone]}, text, as_json=as_json)


def _day(at: float | None) -> str:
    return "" if at is None else datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d")


def _report_json(report: ListensReport) -> dict[str, Any]:
    return {
        "path": str(report.path),
        "kind": report.kind,
        "listeners": [name or ME for name in report.listeners],
        "read": report.read,
        "new": report.new,
        "matched": report.matched,
        "undated": report.undated,
        "bad": _bad_json(report.bad),
    }


def _bad_json(bad: Sequence[tuple[int, str]]) -> list[dict[str, Any]]:
    return [{"line": line, "reason": reason} for line, reason in bad]


def _heard_json(heard: HeardTrack) -> dict[str, Any]:
    said = {"plays": round(heard.plays, 3), "degree": round(heard.degree, 4), "latest": heard.latest}
    return {**track_json(heard.track), **said}


def _line_json(line: Listen) -> dict[str, Any]:
    names = ("artist", "title", "album", "recording_mbid", "path", "length_s")
    said = {name: getattr(line, name) for name in names}
    return {**said, "plays": line.count, "latest": line.at, "listener": line.listener or ME}


def _listener_json(person: Listener) -> dict[str, Any]:
    names = ("tracks", "listens", "unmatched", "latest")
    return {"name": person.name or ME, **{name: getattr(person, name) for name in names}}


COMMANDS = (listens, listeners)
