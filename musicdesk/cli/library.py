"""Commands about the files: scan, analyze, status, tracks, exclude, forget, folders."""

import click

from musicdesk.cli.context import Context, json_option, passed
from musicdesk.cli.output import clock, coverage_json, coverage_line, show, table, track_json
from musicdesk.cli.progress import job
from musicdesk.errors import NothingYet, UserFacing
from musicdesk.records import printable


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
    show({**counts, "seconds": round(report.seconds, 3), "problems": problems}, "\n".join(lines), as_json=as_json)


@click.command()
@click.option("--encoder", help="Which encoder listens (default: the best that is installed).")
@click.option("--workers", type=click.IntRange(1, 64), help="Processes at the same time (default: half the cores).")
@click.option("--retry", is_flag=True, help="Try files again that failed before.")
@json_option
@passed
def analyze(context: Context, encoder: str | None, workers: int | None, retry: bool, as_json: bool) -> None:
    """Listen to every track that is new; Ctrl-C keeps what is done, the next run does only the rest.

    Example: musicdesk analyze --encoder musicnn --workers 2
    """
    if retry:
        context.desk.indexing.retry(encoder)
    if not context.desk.indexing.coverage(encoder).found:
        raise NothingYet("There is no music yet. Give a folder first: musicdesk scan ~/Music")
    with job() as work:
        coverage = context.desk.indexing.analyze(encoder=encoder, workers=workers, job=work)
    lines = [coverage_line(coverage), *(f"  {f.path}: {f.state.value}, {f.reason}" for f in coverage.failures[:20])]
    show(coverage_json(coverage), "\n".join(lines), as_json=as_json)
    if coverage.found and not coverage.usable and not coverage.excluded:
        raise UserFacing("No file could be analysed. The reasons are above.")


@click.command()
@click.option("--encoder", help="For which encoder (default: the one in use).")
@click.option("--failures", is_flag=True, help="List every file that failed, with its reason.")
@json_option
@passed
def status(context: Context, encoder: str | None, failures: bool, as_json: bool) -> None:
    """How much of the library is analysed: found = ok + partial + silent + failed + excluded + pending.

    Example: musicdesk status --failures
    """
    coverage = context.desk.indexing.coverage(encoder)
    sources = context.desk.indexing.sources()
    lines = [coverage_line(coverage)]
    lines += [f"  {s.path}: {s.tracks} tracks{'' if s.online else ' (offline)'}" for s in sources]
    if failures:
        lines += [f"  {f.state.value:<7} {f.path}: {f.reason}" for f in coverage.failures]
    folders = [{"path": s.path, "tracks": s.tracks, "online": s.online} for s in sources]
    show({**coverage_json(coverage), "folders": folders}, "\n".join(lines), as_json=as_json)


@click.command()
@click.argument("words", nargs=-1)
@click.option("--limit", type=click.IntRange(1), help="Show at most so many.")
@json_option
@passed
def tracks(context: Context, words: tuple[str, ...], limit: int | None, as_json: bool) -> None:
    """List the library, or the tracks whose title, artist or album hold all WORDS.

    Example: musicdesk tracks nocturne --limit 10
    """
    found = context.desk.indexing.tracks(" ".join(words))[:limit]
    rows = [(str(t.id), t.title, t.artist, t.album, clock(t.length_s)) for t in found]
    text = table(("Id", "Title", "Artist", "Album", "Length"), rows) if rows else "No track fits."
    show({"tracks": [track_json(track) for track in found]}, text, as_json=as_json)


@click.command()
@click.argument("references", nargs=-1, required=True, metavar="TRACK...")
@click.option("--undo", is_flag=True, help="Take them back in.")
@json_option
@passed
def exclude(context: Context, references: tuple[str, ...], undo: bool, as_json: bool) -> None:
    """Keep tracks out of analysis and lists.

    Example: musicdesk exclude "audiobook chapter 1"
    """
    chosen = [context.desk.indexing.find(reference) for reference in references]
    context.desk.indexing.exclude(chosen, not undo)
    verb = "Taken back in" if undo else "Excluded"
    text = "\n".join(f"{verb}: {track.label}" for track in chosen)
    show({"tracks": [track_json(track) for track in chosen], "excluded": not undo}, text, as_json=as_json)


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


COMMANDS = (scan, analyze, status, tracks, exclude, forget)
