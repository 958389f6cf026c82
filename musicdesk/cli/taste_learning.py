"""The command ``taste learn``: teach the prototypical network this library and what you like of it."""

from typing import TYPE_CHECKING, Any

import click

from musicdesk.cli.context import Context, json_option, passed
from musicdesk.cli.output import show
from musicdesk.cli.progress import job
from musicdesk.cli.taste import taste

if TYPE_CHECKING:
    from musicdesk.desk.believing import NetworkReport


@taste.command()
@json_option
@passed
def learn(context: Context, as_json: bool) -> None:
    """Teach the prototypical network what goes together here; gains that nobody moved follow what it believes.

    It learns from other listeners if their listening was imported, else from the library itself and from what you like.

    Example: musicdesk taste learn
    """
    with job() as work:
        report = context.desk.believing.fit(work)
    context.desk.recommending.believe_anew()
    show(_json(report), _text(report, context.desk.believing.doubt), as_json=as_json)


def _json(report: "NetworkReport") -> dict[str, Any]:
    return {
        "encoder": report.encoder,
        "sounds": report.sounds,
        "listeners": report.listeners,
        "made_up": report.made_up,
        "own": report.own,
        "prototypes": report.prototypes,
        "seconds": round(report.seconds, 2),
    }


def _text(report: "NetworkReport", doubt: str) -> str:
    source = f"{report.listeners} other listeners" if report.listeners else f"{report.made_up} made-up listeners"
    return (
        f"Learned in {report.seconds:.0f} s from {source} and {report.own} tracks of yours, "
        f"over {report.sounds} sounds of {report.encoder}. {doubt or 'Gains that you did not move follow.'}"
    )


COMMANDS: tuple[click.Command, ...] = ()
"""It stands in the group ``taste``."""
