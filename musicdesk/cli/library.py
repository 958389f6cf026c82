"""Commands about the files: scan, tracks, exclude, forget, kinds, duplicates."""

import click

from musicdesk.cli.context import Context, json_option, passed
from musicdesk.cli.output import clock, show, table, track_json
from musicdesk.cli.progress import job
from musicdesk.errors import BadRequest, NothingYet
from musicdesk.records import Kind, printable

KINDS = tuple(kind.value for kind in Kind)


@click.command()
@click.argument("folders", nargs=-1, type=click.Path())
@json_option
@passed
def scan(context: Context, folders: tuple[str, ...], as_json: bool) -> None:
    """Find the music in FOLDERS; without any, look through the known folders again.

    Example: musicdesk scan ~/Music /media/usb/music
    """
    if not folders and not context.desk.indexing.sources():
        raise NothingYet("No folder is known yet. Give one: musicdesk scan ~/Music")
    with job() as work:
        report = context.desk.indexing.scan(folders, job=work)
    problems = [{"path": p.file.path, "reason": p.problem} for p in report.problems]
    names = ("found", "added", "changed", "moved", "missing")
    counts = {name: getattr(report, name) for name in names}
    text = f"{report.found} files found in {report.seconds:.1f} s: " + ", ".join(
        f"{counts[name]} {name}" for name in names[1:]
    )
    lines = [text, *(f"  {p.file.path}: {p.problem}" for p in report.problems[:20])]
    if len(problems) > 20:
        lines.append(f"  … and {len(problems) - 20} more; see: musicdesk status --failures")
    lines += [f"  {printable(path)} is still being written; the next scan takes it." for path in report.waiting]
    lines += [f"  {printable(path)} is not connected; what is known of it stays." for path in report.offline]
    data = {
        **counts,
        "seconds": round(report.seconds, 3),
        "problems": problems,
        "waiting": list(report.waiting),
        "offline": list(report.offline),
    }
    show(data, "\n".join(lines), as_json=as_json)


@click.command()
@click.argument("words", nargs=-1)
@click.option("--limit", type=click.IntRange(1), help="Show at most so many.")
@json_option
@passed
def tracks(context: Context, words: tuple[str, ...], limit: int | None, as_json: bool) -> None:
    """List the library, or the tracks whose title, artist, album or own tags hold all WORDS.

    Example: musicdesk tracks nocturne --limit 10
    """
    found = context.desk.indexing.tracks(" ".join(words))[:limit]
    rows = [(str(t.id), t.title, t.artist, t.album, clock(t.length_s)) for t in found]
    text = table(("Id", "Title", "Artist", "Album", "Length"), rows) if rows else "No track fits."
    show({"tracks": [track_json(track) for track in found]}, text, as_json=as_json)


@click.command()
@click.argument("references", nargs=-1, metavar="TRACK...")
@click.option("--kind", type=click.Choice(KINDS), help="All tracks of a kind, see: musicdesk kinds")
@click.option("--undo", is_flag=True, help="Take them back in.")
@json_option
@passed
def exclude(context: Context, references: tuple[str, ...], kind: str | None, undo: bool, as_json: bool) -> None:
    """Keep tracks out of analysis and lists.

    Example: musicdesk exclude "audiobook chapter 1"
    """
    if not references and kind is None:
        raise BadRequest("Say which tracks: by number, path or words, or all of a kind with --kind.")
    indexing = context.desk.indexing
    chosen = [indexing.find(reference) for reference in references]
    chosen += indexing.kinds()[Kind(kind)] if kind else ()
    indexing.exclude(chosen, not undo)
    verb = "Taken back in" if undo else "Excluded"
    text = "\n".join(f"{verb}: {track.label}" for track in chosen) or f"No track is of the kind {kind}."
    show({"tracks": [track_json(track) for track in chosen], "excluded": not undo}, text, as_json=as_json)


@click.command()
@json_option
@passed
def kinds(context: Context, as_json: bool) -> None:
    """What may not belong among music: speech, long mixes, files that are mostly silent.

    Example: musicdesk kinds
    """
    found = context.desk.indexing.kinds()
    lines = []
    for kind, members in found.items():
        lines.append(f"{kind.value}: {len(members)}")
        lines += [f"  {t.id}: {t.label} ({clock(t.length_s)}){' excluded' if t.excluded else ''}" for t in members]
    data = {kind.value: [track_json(track) for track in members] for kind, members in found.items()}
    show(data, "\n".join(lines), as_json=as_json)


@click.command()
@json_option
@passed
def duplicates(context: Context, as_json: bool) -> None:
    """Groups of files that hold the same recording, in whatever encoding.

    Example: musicdesk duplicates
    """
    groups = context.desk.indexing.duplicates()
    lines = [f"{len(groups)} recordings are there more than once; lists show each once, no file is touched."]
    for group in groups:
        lines.append(group[0].label)
        lines += [f"  {t.id}: {printable(t.path)} ({t.codec}, {t.size_bytes / 1e6:.1f} MB)" for t in group]
    data = {"groups": [{"tracks": [track_json(track) for track in group]} for group in groups]}
    show(data, "\n".join(lines), as_json=as_json)


@click.command()
@click.argument("folder", type=click.Path())
@json_option
@passed
def forget(context: Context, folder: str, as_json: bool) -> None:
    """Remove FOLDER from the library; what was learned of its music comes back with it.

    Example: musicdesk forget /media/usb/music
    """
    context.desk.indexing.forget(folder)
    show({"forgotten": folder}, f"{printable(folder)} is no longer part of the library.", as_json=as_json)


COMMANDS = (scan, tracks, exclude, kinds, duplicates, forget)
