"""Commands to begin with: gui, demo, tour."""

import sys
from pathlib import Path

import click

from musicdesk.cli.context import Context, json_option, passed
from musicdesk.cli.output import (
    coverage_json,
    coverage_line,
    pick_json,
    picks_text,
    show,
    taste_json,
    taste_text,
)
from musicdesk.cli.progress import job
from musicdesk.errors import UserFacing
from musicdesk.records import Query, printable


@click.command()
@click.argument("folders", nargs=-1, type=click.Path())
@json_option
@passed
def gui(context: Context, folders: tuple[str, ...], as_json: bool) -> None:
    """Open the window, on FOLDERS if given.

    Example: musicdesk gui ~/Music
    """
    try:
        from musicdesk.ui import app
    except ImportError as error:
        raise UserFacing(f"The window cannot open, a part of Qt is missing ({error}). Run: packaging/run") from error
    code = app.run(context.folders, folders)
    if as_json:
        show({"exit_code": code}, "", as_json=True)
    sys.exit(code)


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path), required=False)
@json_option
@passed
def demo(context: Context, folder: Path | None, as_json: bool) -> None:
    """Write the demo library: 48 short tracks of our own making, to try musicdesk without music.

    Example: musicdesk demo ~/demo-music
    """
    target = folder or context.folders.data / "demo"
    with job() as work:
        files = context.desk.indexing.make_demo(target, job=work)
    text = f"{len(files)} tracks in {printable(str(target))}. Next: musicdesk tour {printable(str(target))}"
    show({"folder": str(target), "tracks": len(files)}, text, as_json=as_json)


@click.command()
@click.argument("folders", nargs=-1, type=click.Path())
@click.option("--playlist", type=click.Path(dir_okay=False, path_type=Path),
              help="Where the playlist goes (default: for-you.m3u8 in the data folder).")  # fmt: skip
@click.option("--limit", type=click.IntRange(1, 500), default=15, show_default=True, help="How many picks.")
@click.option("--workers", type=click.IntRange(1, 64), help="Processes at the same time (default: half the cores).")
@json_option
@passed
def tour(
    context: Context, folders: tuple[str, ...], playlist: Path | None, limit: int, workers: int | None, as_json: bool
) -> None:
    """The whole main job at once: scan, analyse, show the taste and the top picks, write a playlist.

    Example: musicdesk tour ~/Music
    """
    desk = context.desk
    with job() as work:
        desk.indexing.scan(folders, job=work)
        coverage = desk.indexing.analyze(workers=workers, job=work)
    taste = desk.recommending.taste()
    picks = desk.recommending.picks(desk.recommending.rank(Query(limit=limit)))
    target = playlist or context.folders.data / "for-you.m3u8"
    report = desk.curating.export(target, [p.track for p in picks], name="For you", note=desk.recommending.recipe())
    exemplars = desk.recommending.by_hash({h for p in taste.prototypes for h in p.exemplars})
    lines = [
        coverage_line(coverage),
        *(f"  {f.path}: {f.state.value}, {f.reason}" for f in coverage.failures),
        "",
        taste_text(taste, exemplars),
        "",
        picks_text(picks),
        "",
        f"{report.written} tracks written to {printable(str(report.path))}",
        'Next: musicdesk like "a title" … ; musicdesk taste set 1 1.5 ; musicdesk why "a title"',
    ]
    data = {
        "coverage": coverage_json(coverage),
        "taste": taste_json(taste),
        "tracks": [pick_json(p) for p in picks],
        "playlist": {"path": str(report.path), "written": report.written},
    }
    show(data, "\n".join(lines), as_json=as_json)


COMMANDS = (gui, demo, tour)
