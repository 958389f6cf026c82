"""The group ``steer``: more like this, but calmer, happier, slower, more acoustic."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import wraps
from typing import Any

import click

from musicdesk.cli.context import Context, json_option, passed
from musicdesk.cli.output import show, table, track_json
from musicdesk.cli.progress import job
from musicdesk.desk.claims import verdict
from musicdesk.errors import BadRequest
from musicdesk.records import AXES, KEEPS, MOODS, Axis, Mood, Steer, Steered, SteeredPick, SteerOffer

LIKE = "like"
STEP = 0.3
"""By how much of the library --more and --less nudge where they do not say."""
OPTIONS = (
    click.option("--mood", "moods", multiple=True, metavar="MOOD", help="energetic, calm, happy, sad; a mix: calm=2."),
    click.option("--at", "point", metavar="V,A", help="A place of the mood grid instead: valence,arousal, 0 to 100."),
    click.option("--more", multiple=True, metavar="AXIS", help=f"{', '.join(AXES)}; by so many points: tempo=20."),
    click.option("--less", multiple=True, metavar="AXIS", help="The other way."),
    click.option("--strength", type=click.FloatRange(0, 1), default=Steer().strength, show_default=True,
                 help="0 stays at the seed, 1 goes all the way."),
    click.option("--method", default="", help="How it is found, by name (default: the best that there is)."),
)  # fmt: skip


class _Steer(click.Group):
    """``steer SEED …`` means ``steer like SEED …``: what follows is a seed, unless it is a command."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put the command in front of a seed or an option."""
        if args and args[0] not in self.commands and args[0] not in ctx.help_option_names:
            args = [LIKE, *args]
        return super().parse_args(ctx, args)


def steer_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command (below ``passed``) the options of a steering; it is handed the Steer that they mean."""

    @wraps(command)
    def with_steer(
        context: Context,
        *,
        moods: tuple[str, ...],
        point: str | None,
        more: tuple[str, ...],
        less: tuple[str, ...],
        strength: float,
        method: str,
        **rest: Any,
    ) -> None:
        wanted = Steer(
            moods=tuple(map(_mood, moods)),
            point=None if point is None else _point(point),
            nudges=(*map(_nudge, more), *((axis, -by) for axis, by in map(_nudge, less))),
            strength=strength,
            method=method,
        )
        command(context, wanted=wanted, **rest)

    for option in reversed(OPTIONS):
        with_steer = option(with_steer)
    return with_steer


@click.group(cls=_Steer)
def steer() -> None:
    """More like a track, an artist, a playlist or your taste, but in another mood.

    What follows is a seed: a track (number, path or words), artist:NAME, playlist:NAME or taste.

    Example: musicdesk steer "blue hour" --mood calm
    """


@steer.command(LIKE)
@click.argument("seed")
@click.option(
    "--keep", multiple=True, metavar="WHAT", help=f"What must stay: {', '.join(KEEPS)}; several: genre,tempo."
)
@click.option("--limit", type=click.IntRange(1, 10_000), default=20, show_default=True, help="How many.")
@json_option
@passed
@steer_options
def like(context: Context, wanted: Steer, seed: str, keep: tuple[str, ...], limit: int, as_json: bool) -> None:
    """Tracks like SEED, but in another mood: what stayed, what moved, and whether it holds. “like” need not be said.

    SEED is a track (number, path or words), artist:NAME, playlist:NAME or taste.

    Example: musicdesk steer like "blue hour" --mood calm --strength 0.7 --keep genre,instrument
    """
    steering = context.desk.steering
    kept = tuple(name.strip() for each in keep for name in each.split(",") if name.strip())
    found = steering.steer(steering.seed(seed), replace(wanted, keep=kept, limit=limit))
    show(steered_json(found), steered_text(found), as_json=as_json)


@steer.command()
@click.argument("seed")
@json_option
@passed
def offers(context: Context, seed: str, as_json: bool) -> None:
    """The ways to go from SEED: the axes on which what is near it varies most.

    Example: musicdesk steer offers "blue hour"
    """
    steering = context.desk.steering
    found = steering.offers(steering.seed(seed))
    rows = [(offer.name, f"{100 * offer.room:.0f} points") for offer in found]
    text = table(("But …", "Room"), rows) if rows else "Too little is known of its neighbourhood to offer anything."
    show({"offers": [offer_json(offer) for offer in found]}, text, as_json=as_json)


@steer.command()
@json_option
@passed
def learn(context: Context, as_json: bool) -> None:
    """Teach the translator of moods this library: a minute or two for ten thousand tracks.

    Example: musicdesk steer learn
    """
    with job() as work:
        report = context.desk.steering.fit(work)
    moods = {mood.value: count for mood, count in report.moods}
    told = ", ".join(f"{count} {name}" for name, count in moods.items())
    data = {
        "encoder": report.encoder,
        "sounds": report.sounds,
        "sure": report.sure,
        "learned": report.learned,
        "moods": moods,
        "seconds": round(report.seconds, 2),
    }
    text = (
        f"Learned in {report.seconds:.0f} s from {report.learned} of {report.sounds} sounds of {report.encoder} "
        f"whose mood is known ({report.sure} for sure): {told}."
    )
    show(data, text, as_json=as_json)


# ------------------------------------------------------------------------------------------------ what is shown


def steered_json(found: Steered) -> dict[str, Any]:
    """A steered list as documented in the README."""
    return {
        "label": found.label,
        "method": found.method,
        "holds": found.holds,
        "judged_by": list(found.judged_by),
        "sentence": found.sentence,
        "start": places_json(found.start),
        "reached": places_json(found.reached),
        "tracks": [_pick_json(found, place) for place in range(len(found.picks))],
        "considered": found.ranking.considered,
        "left_out": dict(found.ranking.left_out),
    }


def _pick_json(found: Steered, place: int) -> dict[str, Any]:
    pick, ranking = found.picks[place], found.ranking
    parts = zip(ranking.parts, ranking.contributions[place].tolist(), strict=True)
    return {
        **track_json(pick.track),
        "score": round(pick.score, 4),
        "likeness": round(pick.likeness, 4),
        "why": [{"part": name, "contribution": round(share, 4)} for name, share in parts],
        "same": list(pick.same),
        "moved": [
            {
                "axis": each.axis.value,
                "before": round(each.before, 3),
                "after": round(each.after, 3),
                "words": each.words,
            }
            for each in pick.moved
        ],
    }


def offer_json(offer: SteerOffer) -> dict[str, Any]:
    """A button, and what it asks for."""
    asked = offer.steer
    return {
        "name": offer.name,
        "room": round(offer.room, 4),
        "moods": {mood.value: weight for mood, weight in asked.moods},
        "nudges": {axis.value: by for axis, by in asked.nudges},
    }


def places_json(places: Sequence[tuple[Axis, float]]) -> dict[str, float]:
    """Percentiles by axis, 0 to 1."""
    return {axis.value: round(place, 3) for axis, place in places}


def steered_text(found: Steered) -> str:
    """The list with what stayed and what moved, and the verdict."""
    rows = [_row(number, pick) for number, pick in enumerate(found.picks, start=1)]
    lines = [found.label, table(("", "Title", "Artist", "Like it", "Moved", "Same"), rows, limit=48)]
    if judged := verdict(found):
        had = "they" if len(found.judged_by) > 1 else "it"
        lines.append(f"{judged.capitalize()}; {had} had no part in the choice.")
    return "\n".join([*lines, *([found.sentence] if found.sentence else []), f"Found by: {found.method}"])


def _row(number: int, pick: SteeredPick) -> tuple[str, ...]:
    moved = ", ".join(each.words for each in pick.moved)
    near = f"{100 * pick.likeness:.0f} %"
    return str(number), pick.track.title, pick.track.artist, near, moved, ", ".join(pick.same)


# ------------------------------------------------------------------------------------------------ what is asked


def _mood(text: str) -> tuple[Mood, float]:
    """calm, or calm=2."""
    name, _, weight = text.partition("=")
    if name.strip().casefold() not in MOODS:
        raise BadRequest(f"There is no mood “{name}”. There are: {', '.join(MOODS)}.")
    return Mood(name.strip().casefold()), 1.0 if not weight else _number(weight, of=name)


def _nudge(text: str) -> tuple[Axis, float]:
    """tempo, or tempo=20: so many points of a hundred."""
    name, _, points = text.partition("=")
    return axis_called(name), STEP if not points else _number(points, of=name) / 100


def axis_called(name: str) -> Axis:
    """The axis of this name; raises BadRequest."""
    if name.strip().casefold() not in AXES:
        raise BadRequest(f"There is no axis “{name}”. There are: {', '.join(AXES)}.")
    return Axis(name.strip().casefold())


def _point(text: str) -> tuple[float, float]:
    """30,80: valence and arousal."""
    valence, comma, arousal = text.partition(",")
    if not comma:
        raise BadRequest(f"“{text}” is no place of the mood grid. Write valence and arousal as 30,80.")
    return _number(valence, of="valence") / 100, _number(arousal, of="arousal") / 100


def _number(text: str, *, of: str) -> float:
    try:
        return float(text)
    except ValueError as error:
        raise BadRequest(f"“{text}” is no number, but {of} needs one.") from error


COMMANDS = (steer,)
