"""The command ``search`` and the group ``searches``: music found by words, and searches that are kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from musicdesk.cli.context import Context, json_option, passed
from musicdesk.cli.output import show, table, taste_json, track_json
from musicdesk.desk.desk import Desk
from musicdesk.desk.search_words import asks, why
from musicdesk.errors import BadRequest, NothingYet
from musicdesk.records import printable
from musicdesk.records.searching import Found, Hit, SavedSearch, Understood

limit_option = click.option("--limit", type=click.IntRange(1, 10_000), default=20, show_default=True, help="How many.")
playlist_option = click.option("--playlist", default="", metavar="NAME", help="Keep what is found as a playlist.")
export_option = click.option(
    "--export", "file", type=click.Path(dir_okay=False, path_type=Path),
    help="Write it to a file: .m3u8, .xspf, .jspf or .pls by its ending.",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What shall be done with what is found."""

    save: str = ""
    playlist: str = ""
    file: Path | None = None
    prototype: bool = False


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("words", nargs=-1, type=click.UNPROCESSED, required=True, metavar="QUERY")
@limit_option
@click.option("--exact", is_flag=True, help="Only what holds every word; nothing by meaning.")
@click.option("--save", default="", metavar="NAME", help="Keep the search: it is found anew whenever it is run.")
@playlist_option
@export_option
@click.option("--as-prototype", is_flag=True, help="Add what it means to your taste.")
@json_option
@passed
def search(
    context: Context, words: tuple[str, ...], limit: int, exact: bool, save: str, playlist: str, file: Path | None,
    as_prototype: bool, as_json: bool,
) -> None:  # fmt: skip
    """Find tracks by name, or by words for what they sound like, feel like and are for; exact hits come first.

    "in quotes" must stand so; -word, "no word" and "without word" shall not be there; artist: album: title: genre:
    tag: comment: year:1990-1999 mood:calm narrow it.

    Example: musicdesk search "slow sad piano" --limit 10
    """
    searching, query = context.desk.searching, " ".join(words)
    found = searching.quick(query, limit=limit) if exact else searching.find(query, limit=limit)
    if not asks(found.understood):
        raise BadRequest(found.sentence)
    _tell(context.desk, found, _Wanted(save, playlist, file, as_prototype), as_json=as_json)


@click.group()
def searches() -> None:
    """Searches that are kept: playlists that are found anew whenever they are looked at.

    Example: musicdesk searches list
    """


@searches.command("list")
@json_option
@passed
def list_searches(context: Context, as_json: bool) -> None:
    """List the saved searches.

    Example: musicdesk searches list --json
    """
    kept = context.desk.searching.all()
    rows = [(each.name, each.query) for each in kept]
    text = table(("Name", "Search"), rows, limit=80) if rows else "No search is saved yet."
    show({"searches": [saved_json(each) for each in kept]}, text, as_json=as_json)


@searches.command("run")
@click.argument("name")
@limit_option
@playlist_option
@export_option
@json_option
@passed
def run_search(context: Context, name: str, limit: int, playlist: str, file: Path | None, as_json: bool) -> None:
    """Show what the saved search NAME finds now.

    Example: musicdesk searches run "rainy evenings" --export rainy.m3u8
    """
    saved = context.desk.searching.named(name)
    found = context.desk.searching.find(saved.query, limit=limit)
    _tell(context.desk, found, _Wanted(playlist=playlist, file=file), as_json=as_json, title=saved.name)


@searches.command("rename")
@click.argument("name")
@click.argument("new_name")
@json_option
@passed
def rename_search(context: Context, name: str, new_name: str, as_json: bool) -> None:
    """Give the saved search NAME another name.

    Example: musicdesk searches rename "rainy evenings" rain
    """
    context.desk.searching.rename(name, new_name)
    saved = context.desk.searching.named(new_name)
    show(saved_json(saved), f"“{name}” is called “{saved.name}” now.", as_json=as_json)


@searches.command("delete")
@click.argument("name")
@json_option
@passed
def delete_search(context: Context, name: str, as_json: bool) -> None:
    """Delete the saved search NAME; no track is touched.

    Example: musicdesk searches delete rain
    """
    gone = context.desk.searching.delete(name)
    show({"deleted": saved_json(gone)}, f"“{gone.name}” is deleted. It searched for: {gone.query}", as_json=as_json)


# ------------------------------------------------------------------------------------------------- what is shown


def found_json(found: Found) -> dict[str, Any]:
    """An answer as documented in the README."""
    return {
        "query": printable(found.query),
        "tracks": [hit_json(hit) for hit in found.hits],
        "exact": found.exact,
        "parts": list(found.parts),
        "understood": understood_json(found.understood),
        "sentence": found.sentence,
        "seconds": round(found.seconds, 4),
    }


def hit_json(hit: Hit) -> dict[str, Any]:
    """A track that was found, and why: the contributions add up to the score."""
    return {
        **track_json(hit.track),
        "score": round(hit.score, 4),
        "match": round(hit.match, 4),
        "exact": hit.exact,
        "why": [
            {"part": reason.part, "words": list(reason.words), "contribution": round(reason.amount, 4)}
            for reason in hit.reasons
        ],
    }


def understood_json(understood: Understood) -> dict[str, Any]:
    """What a query was taken for."""
    return {
        "words": list(understood.words),
        "phrases": list(understood.phrases),
        "without": list(understood.without),
        "fields": [{"field": field, "value": value} for field, value in understood.fields],
        "corrected": [{"typed": typed, "taken_for": meant} for typed, meant in understood.corrected],
        "left_out": understood.left_out,
    }


def saved_json(saved: SavedSearch) -> dict[str, Any]:
    """A saved search."""
    return {"name": saved.name, "query": saved.query, "changed": saved.changed}


def found_text(found: Found) -> str:
    """Exact hits, then what fits by meaning, with why."""
    exact, meant = [h for h in found.hits if h.exact], [h for h in found.hits if not h.exact]
    lines = []
    if exact:
        lines += [_count(found.exact), table(("", "Title", "Artist", "Album"), map(_named, range(1, 10**6), exact))]
    if meant:
        rows = [(*row, f"{100 * hit.match:.0f} %", why(hit)) for row, hit in zip(_numbered(meant, exact), meant,
                                                                                strict=True)]  # fmt: skip
        lines += ["By meaning:", table(("", "Title", "Artist", "Match", "Why"), rows, limit=60)]
    return "\n".join([*lines, *([found.sentence] if found.sentence else [])])


def _named(number: int, hit: Hit) -> tuple[str, ...]:
    return str(number), hit.track.title, hit.track.artist, hit.track.album


def _numbered(hits: Sequence[Hit], before: Sequence[Hit]) -> list[tuple[str, str, str]]:
    return [(str(n), hit.track.title, hit.track.artist) for n, hit in enumerate(hits, len(before) + 1)]


def _count(exact: int) -> str:
    return "Every word is in one track:" if exact == 1 else f"Every word is in {exact} tracks:"


def _tell(desk: Desk, found: Found, wanted: _Wanted, *, as_json: bool, title: str = "") -> None:
    """Do what is wanted with what was found, and show both."""
    lines, data = [found_text(found)], found_json(found)
    tracks = [hit.track for hit in found.hits]
    if (wanted.playlist or wanted.file) and not tracks:
        raise NothingYet(found.sentence)
    if wanted.save:
        saved = desk.searching.save(wanted.save, found.query)
        data["saved"] = saved_json(saved)
        lines.append(f"Kept as the search “{saved.name}”.")
    if wanted.playlist:
        desk.curating.save(wanted.playlist, tracks, note=f"found by: {printable(found.query)}")
        data["playlist"] = wanted.playlist
        lines.append(f"Kept as the playlist “{wanted.playlist}”.")
    if wanted.file:
        report = desk.curating.export(wanted.file, tracks, name=title, note=f"found by: {printable(found.query)}")
        data["export"] = {"path": str(report.path), "written": report.written,
                          "missing": [track.label for track in report.missing]}  # fmt: skip
        lines.append(f"{report.written} tracks written to {printable(str(report.path))}")
    if wanted.prototype:
        before = {p.id for p in desk.recommending.taste().prototypes}
        taste = desk.searching.prototype(found.query)
        data["taste"] = taste_json(taste)
        names = [p.name for p in taste.prototypes if p.id not in before]
        lines.append(f"“{', '.join(names)}” is in your taste now: musicdesk taste show")
    show(data, "\n".join(line for line in lines if line), as_json=as_json)


COMMANDS = (search, searches)
