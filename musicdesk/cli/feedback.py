"""Commands about single tracks: like, dislike, rate, not-now, never, play."""

import time
from collections.abc import Callable, Sequence
from typing import Any

import click

from musicdesk.cli.context import Context, json_option, passed
from musicdesk.cli.output import show, taste_json, track_json
from musicdesk.desk.listening import PlayerState
from musicdesk.errors import NoSound, NothingYet
from musicdesk.records import Feedback, Track

references_argument = click.argument("references", nargs=-1, required=True, metavar="TRACK...")


@click.command()
@references_argument
@click.option("--undo", is_flag=True, help="Take the like back.")
@json_option
@passed
def like(context: Context, references: tuple[str, ...], undo: bool, as_json: bool) -> None:
    """Like tracks; the taste follows. TRACK is a number, a path or words.

    Example: musicdesk like 12 17 "blue hour"
    """
    _say(context, references, lambda found: context.desk.listening.like(found, not undo), as_json=as_json)


@click.command()
@references_argument
@click.option("--undo", is_flag=True, help="Take the dislike back.")
@json_option
@passed
def dislike(context: Context, references: tuple[str, ...], undo: bool, as_json: bool) -> None:
    """Dislike tracks: they leave the lists and the taste turns away from their kind.

    Example: musicdesk dislike "iron march"
    """
    _say(context, references, lambda found: context.desk.listening.dislike(found, not undo), as_json=as_json)


@click.command()
@references_argument
@click.option("--undo", is_flag=True, help="Allow them again.")
@json_option
@passed
def never(context: Context, references: tuple[str, ...], undo: bool, as_json: bool) -> None:
    """Never suggest tracks; says nothing about the taste.

    Example: musicdesk never "jingle bells"
    """
    _say(context, references, lambda found: context.desk.listening.never(found, not undo), as_json=as_json)


@click.command("not-now")
@references_argument
@json_option
@passed
def not_now(context: Context, references: tuple[str, ...], as_json: bool) -> None:
    """Do not suggest tracks for a day.

    Example: musicdesk not-now "morning run"
    """
    _say(context, references, context.desk.listening.not_now, as_json=as_json)


@click.command()
@click.argument("reference", metavar="TRACK")
@click.argument("stars", metavar="STARS", type=click.FloatRange(0, 5), required=False)
@json_option
@passed
def rate(context: Context, reference: str, stars: float | None, as_json: bool) -> None:
    """Give TRACK 0 to 5 stars (none: take them away); 4 and more count as liked, 2 and less as disliked.

    Example: musicdesk rate "blue hour" 4.5
    """
    _say(context, (reference,), lambda found: context.desk.listening.rate(found, stars), as_json=as_json)


@click.command()
@click.argument("reference", metavar="TRACK")
@click.option("--seconds", type=click.FloatRange(min=0), help="How long (default: to the end; an excerpt: 30).")
@click.option("--excerpt", is_flag=True, help="Only the most typical half minute; not noted as a play.")
@click.option("--log-only", is_flag=True, help="Note a play that happened elsewhere; no sound.")
@json_option
@passed
def play(context: Context, reference: str, seconds: float | None, excerpt: bool, log_only: bool, as_json: bool) -> None:
    """Play TRACK and note the play.

    Example: musicdesk play "blue hour" --excerpt
    """
    track = context.desk.indexing.find(reference)
    heard = 0.0 if log_only else _play(context, track, seconds=seconds, excerpt=excerpt)
    if log_only or not excerpt:
        context.desk.listening.played(track, heard)
    text = f"{'Noted' if log_only else 'Played'}: {track.label}"
    show({**track_json(track), "seconds": round(heard, 1)}, text, as_json=as_json)


def _play(context: Context, track: Track, *, seconds: float | None, excerpt: bool) -> float:
    """Play until the end, the time or Ctrl-C; the seconds that were heard."""
    listening = context.desk.listening
    listening.play(track, excerpt=excerpt)
    player = listening.player
    problems: list[str] = []
    player.failed.listen(problems.append)
    click.echo(f"▶ {track.label}", err=True)
    began = time.monotonic()
    while player.state is PlayerState.PLAYING and (seconds is None or time.monotonic() - began < seconds):
        time.sleep(0.05)
    player.stop()
    if problems:
        raise NoSound(problems[0])
    return time.monotonic() - began


def _say(context: Context, references: Sequence[str], say: Callable[[Sequence[Track]], None], *, as_json: bool) -> None:
    desk = context.desk
    found = [desk.indexing.find(reference) for reference in references]
    say(found)
    feedback = desk.listening.feedback()
    data: dict[str, Any] = {
        "tracks": [{**track_json(t), "feedback": _feedback_json(feedback.get(t.audio_hash))} for t in found]
    }
    lines = [f"{desk.recommending.history().undo}. (Undo: musicdesk taste undo)"]
    try:
        taste = desk.recommending.taste()
        data["taste"] = taste_json(taste)
        lines.append("Your taste: " + ", ".join(f"{p.name} {p.gain:+.2f}" for p in taste.prototypes))
    except NothingYet:
        lines.append("Nothing is analysed yet, so the taste cannot follow. Run: musicdesk analyze")
    show(data, "\n".join(lines), as_json=as_json)


def _feedback_json(feedback: Feedback | None) -> dict[str, Any]:
    feedback = feedback or Feedback()
    return {
        "liked": feedback.liked,
        "disliked": feedback.disliked,
        "never": feedback.never,
        "stars": feedback.stars,
        "plays": feedback.plays,
    }


COMMANDS = (like, dislike, never, not_now, rate, play)
