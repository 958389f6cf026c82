"""The command ``taste steer``: the whole taste in another mood."""

import click

from musicdesk.cli.context import Context, json_option, passed
from musicdesk.cli.output import show
from musicdesk.cli.steer import steer_options, steered_json, steered_text
from musicdesk.cli.taste import taste, tell
from musicdesk.records import Steer


@taste.command("steer")
@click.option("--keep", is_flag=True, help="Keep it as your taste from now on; undo takes it back.")
@json_option
@passed
@steer_options
def steer_taste(context: Context, wanted: Steer, keep: bool, as_json: bool) -> None:
    """Move the whole taste: the list that it would give, or, with --keep, the taste from now on.

    Locked prototypes stay where they are; gains, names and colours stay for all.

    Example: musicdesk taste steer --mood calm --keep
    """
    if keep:
        tell(context.desk, context.desk.steering.keep(wanted), as_json=as_json)
        return
    found = context.desk.steering.steer(context.desk.steering.seed("taste"), wanted)
    show(steered_json(found), steered_text(found), as_json=as_json)


COMMANDS: tuple[click.Command, ...] = ()
"""It stands in the group ``taste``."""
