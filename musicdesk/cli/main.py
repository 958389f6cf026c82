"""The command ``musicdesk``: everything the window can do, without one.

Data goes to stdout, progress and errors to stderr. Exit codes: 0 done, 1 could not, 2 wrong call, 130 interrupted.
"""

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

import click

from musicdesk import __version__
from musicdesk.cli import (
    analysis,
    bench,
    bench_search,
    bench_steering,
    evaluate,
    feedback,
    library,
    listens,
    mapping,
    meaning,
    models,
    mood,
    path,
    playlists,
    recommend,
    recommenders,
    search,
    start,
    steer,
    tags,
    taste,
    taste_evidence,
    taste_learning,
    taste_shaping,
    taste_steering,
    tastes,
    train,
)
from musicdesk.cli.context import Context
from musicdesk.errors import BadRequest, UserFacing
from musicdesk.jobs import Cancelled


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder of the database and settings. Each folder is a desk of its own.",
)
@click.version_option(__version__, prog_name="musicdesk")
@click.pass_context
def cli(context: click.Context, data: Path | None) -> None:
    """Rank your music library by a taste you can see, hear and edit.

    \b
    musicdesk scan ~/Music && musicdesk analyze
    musicdesk like "blue hour" && musicdesk recommend
    musicdesk taste set piano 1.5 && musicdesk export evening.m3u8
    """
    context.obj = context.with_resource(Context.make(data))


ROOMS = (
    library,
    analysis,
    feedback,
    taste,
    taste_evidence,
    taste_learning,
    taste_shaping,
    taste_steering,
    tastes,
    tags,
    steer,
    path,
    mood,
    recommend,
    recommenders,
    search,
    playlists,
    mapping,
    listens,
    meaning,
    models,
    train,
    bench,
    bench_search,
    bench_steering,
    evaluate,
    start,
)
for room in ROOMS:
    for command in room.COMMANDS:
        cli.add_command(command)


def run(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit code. Errors are told as sentences on stderr."""
    try:
        code = cli.main(args=None if arguments is None else list(arguments), standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except BadRequest as error:
        return _told(error, 2)
    except UserFacing as error:
        return _told(error, 1)
    except (Cancelled, KeyboardInterrupt, click.Abort):
        return _told("Stopped. What was done is kept; run it again to go on.", 130)
    except BrokenPipeError:
        _quiet_stdout()
        return 0
    return code if isinstance(code, int) else 0


def main() -> NoReturn:
    """Run the command and leave with its code."""
    sys.exit(run())


def _told(sentence: object, code: int) -> int:
    click.echo(f"musicdesk: {sentence}", err=True)
    return code


def _quiet_stdout() -> None:
    """The reader of our output went away (``| head``): leave without a traceback at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
