"""The group ``taste``: show and edit the prototypes."""

from collections.abc import Callable

import click

from musicdesk.cli.context import Context, json_option, passed
from musicdesk.cli.output import show, taste_json, taste_text
from musicdesk.desk.desk import Desk
from musicdesk.errors import NothingYet
from musicdesk.records import GAIN_MAX, GAIN_MIN, Taste

name_argument = click.argument("name", metavar="NAME")
off_option = click.option("--off", is_flag=True, help="Take it back.")


def tell(desk: Desk, current: Taste, *, as_json: bool) -> None:
    """Show a taste with the titles of its exemplars."""
    wanted = {audio_hash for p in current.prototypes for audio_hash in p.exemplars}
    exemplars = desk.recommending.by_hash(wanted)
    show(taste_json(current), taste_text(current, exemplars), as_json=as_json)


@click.group()
def taste() -> None:
    """Show and edit your taste: named prototypes with gains, like channels of a mixer.

    Example: musicdesk taste show
    """


@taste.command("show")
@json_option
@passed
def show_taste(context: Context, as_json: bool) -> None:
    """Show the prototypes, their gains and the tracks that stand for them.

    Example: musicdesk taste show --json
    """
    tell(context.desk, context.desk.recommending.taste(), as_json=as_json)


@taste.command("set", context_settings={"ignore_unknown_options": True})
@name_argument
@click.argument("gain", type=click.FloatRange(GAIN_MIN, GAIN_MAX))
@json_option
@passed
def set_gain(context: Context, name: str, gain: float, as_json: bool) -> None:
    """Set the gain of prototype NAME (its name, the beginning of it, or its number) from -1 to 2.

    Example: musicdesk taste set piano 1.5
    """
    tell(context.desk, context.desk.recommending.set_gain(name, gain), as_json=as_json)


@taste.command()
@name_argument
@off_option
@json_option
@passed
def mute(context: Context, name: str, off: bool, as_json: bool) -> None:
    """Let prototype NAME count for nothing.

    Example: musicdesk taste mute 3
    """
    tell(context.desk, context.desk.recommending.mute(name, not off), as_json=as_json)


@taste.command()
@name_argument
@off_option
@json_option
@passed
def solo(context: Context, name: str, off: bool, as_json: bool) -> None:
    """Let only prototype NAME (and other soloed ones) count.

    Example: musicdesk taste solo "quiet piano"
    """
    tell(context.desk, context.desk.recommending.solo(name, not off), as_json=as_json)


@taste.command()
@name_argument
@off_option
@json_option
@passed
def lock(context: Context, name: str, off: bool, as_json: bool) -> None:
    """Keep prototype NAME as it is when the taste is made anew.

    Example: musicdesk taste lock 1
    """
    tell(context.desk, context.desk.recommending.lock(name, not off), as_json=as_json)


@taste.command()
@name_argument
@click.argument("new_name")
@json_option
@passed
def rename(context: Context, name: str, new_name: str, as_json: bool) -> None:
    """Give prototype NAME another name.

    Example: musicdesk taste rename 2 "rainy evenings"
    """
    tell(context.desk, context.desk.recommending.rename(name, new_name), as_json=as_json)


@taste.command()
@click.argument("value", type=click.FloatRange(0, 1))
@json_option
@passed
def variety(context: Context, value: float, as_json: bool) -> None:
    """Set how unlike each other the picks shall be, 0 (closer) to 1 (more varied).

    Example: musicdesk taste variety 0.5
    """
    tell(context.desk, context.desk.recommending.set_variety(value), as_json=as_json)


@taste.command()
@json_option
@passed
def reset(context: Context, as_json: bool) -> None:
    """Make the taste anew from what you like, all gains at 1; locked prototypes stay.

    Example: musicdesk taste reset
    """
    tell(context.desk, context.desk.recommending.reset(), as_json=as_json)


@taste.command()
@json_option
@passed
def undo(context: Context, as_json: bool) -> None:
    """Take back the last edit of taste or feedback.

    Example: musicdesk taste undo
    """
    _step(context.desk.recommending.undo, "undo", as_json=as_json)


@taste.command()
@json_option
@passed
def redo(context: Context, as_json: bool) -> None:
    """Make the edit again that was taken back.

    Example: musicdesk taste redo
    """
    _step(context.desk.recommending.redo, "redo", as_json=as_json)


def _step(step: Callable[[], str], verb: str, *, as_json: bool) -> None:
    label = step()
    if not label:
        raise NothingYet(f"There is nothing to {verb}.")
    show({verb: label}, f"{verb.capitalize()}: {label}", as_json=as_json)


COMMANDS = (taste,)
