"""The command ``path``: a playlist that walks from one track or mood to another."""

from typing import Any

import click

from musicdesk.cli.context import Context, json_option, passed
from musicdesk.cli.output import show, table, track_json
from musicdesk.cli.steer import places_json
from musicdesk.records import Axis, MoodPath

SHOWN = (Axis.AROUSAL, Axis.VALENCE, Axis.TEMPO)


@click.command()
@click.argument("start", metavar="A")
@click.argument("end", metavar="B")
@click.option("--length", type=click.IntRange(3, 500), default=15, show_default=True, help="How many tracks.")
@click.option("--save", default="", metavar="NAME", help="Keep it as a playlist.")
@json_option
@passed
def path(context: Context, start: str, end: str, length: int, save: str, as_json: bool) -> None:
    """Walk from A to B in even steps, without repeats: each a track, a mood, artist:NAME, playlist:NAME or taste.

    Example: musicdesk path "blue hour" energetic --length 15 --save "waking up"
    """
    steering = context.desk.steering
    found = steering.path(steering.place(start), steering.place(end), length=length)
    if save:
        tracks = [step.track for step in found.steps]
        context.desk.curating.save(save, tracks, note=f"{found.label}, in {len(tracks)} even steps")
    show(path_json(found, saved=save), path_text(found, saved=save), as_json=as_json)


def path_json(found: MoodPath, *, saved: str = "") -> dict[str, Any]:
    """A path as documented in the README."""
    return {
        "label": found.label,
        "tracks": [
            {**track_json(step.track), "at": round(step.at, 4), "axes": places_json(step.axes)} for step in found.steps
        ],
        "unevenness": round(found.unevenness, 3),
        "jump": round(found.jump, 4),
        "sentence": found.sentence,
        "saved": saved or None,
    }


def path_text(found: MoodPath, *, saved: str = "") -> str:
    """The path as a table with the moods on the way."""
    rows = [
        (str(number), step.track.title, step.track.artist, *(f"{100 * dict(step.axes)[axis]:.0f}" for axis in SHOWN))
        for number, step in enumerate(found.steps, start=1)
    ]
    head = ("", "Title", "Artist", *(axis.value.capitalize() for axis in SHOWN))
    steps = (
        f"The largest step is {found.unevenness:.1f} times as long as the mean one. "
        f"Energy changes by at most {100 * found.jump:.0f} of 100 at once."
    )
    lines = [found.label, table(head, rows), steps]
    if found.sentence:
        lines.append(found.sentence)
    return "\n".join([*lines, *([f"Kept as the playlist “{saved}”."] if saved else [])])


COMMANDS = (path,)
