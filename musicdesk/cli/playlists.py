"""Commands about saved playlists and playlist files of other players."""

from pathlib import Path

import click

from musicdesk.cli.context import Context, json_option, passed
from musicdesk.cli.output import show, table, track_json


@click.group()
def playlists() -> None:
    """Saved playlists, and playlist files of other players.

    Example: musicdesk playlists list
    """


@playlists.command("list")
@json_option
@passed
def list_playlists(context: Context, as_json: bool) -> None:
    """List the saved playlists.

    Example: musicdesk playlists list --json
    """
    kept = context.desk.curating.playlists()
    rows = [(k.name, str(len(k.track_ids)), k.note) for k in kept]
    text = table(("Name", "Tracks", "Note"), rows) if rows else "No playlist is saved yet."
    data = {"playlists": [{"name": k.name, "track_ids": list(k.track_ids), "note": k.note} for k in kept]}
    show(data, text, as_json=as_json)


@playlists.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--name", help="Keep it under this name (default: the playlist's own).")
@json_option
@passed
def import_playlist(context: Context, file: Path, name: str | None, as_json: bool) -> None:
    """Match FILE with the library and keep it as a playlist; lines that match nothing are listed.

    Example: musicdesk playlists import party.m3u
    """
    report = context.desk.curating.read(file)
    title = name or report.name or file.stem
    context.desk.curating.save(title, report.matched, note=f"imported from {file.name}")
    lines = [f"“{title}”: {len(report.matched)} tracks of {len(report.matched) + len(report.unmatched)}"]
    lines += [f"  not in the library: {entry.artist} – {entry.title} ({entry.path})" for entry in report.unmatched]
    data = {
        "name": title,
        "tracks": [track_json(track) for track in report.matched],
        "unmatched": [{"path": e.path, "title": e.title, "artist": e.artist} for e in report.unmatched],
    }
    show(data, "\n".join(lines), as_json=as_json)


@playlists.command("delete")
@click.argument("name")
@json_option
@passed
def delete_playlist(context: Context, name: str, as_json: bool) -> None:
    """Delete a saved playlist; no file is touched.

    Example: musicdesk playlists delete evening
    """
    context.desk.curating.delete(name)
    show({"deleted": name}, f"“{name}” is deleted.", as_json=as_json)


COMMANDS = (playlists,)
