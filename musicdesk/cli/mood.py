"""The command ``mood``: what tracks, or the whole library, feel like; and the listener's own word for it."""

from collections.abc import Sequence
from typing import Any

import click
import numpy as np

from musicdesk.cli.context import Context, json_option, passed
from musicdesk.cli.output import show, table, track_json
from musicdesk.cli.progress import job
from musicdesk.cli.steer import axis_called
from musicdesk.desk.desk import Desk
from musicdesk.errors import BadRequest
from musicdesk.records import AXES, MOODS, Axis, Mood, Track, TrackMood

SURE = 0.2
"""A place of which less is known is shown with a question mark."""


@click.command()
@click.argument("references", nargs=-1, metavar="[TRACK...]")
@click.option("--summary", is_flag=True, help="The whole library; so it is without TRACK.")
@click.option("--correct", metavar="MOOD", help="These tracks are energetic, calm, happy or sad.")
@click.option("--axis", "axes", multiple=True, metavar="AXIS=POINTS", help="Or they stand so high: tempo=20.")
@click.option("--uncorrect", is_flag=True, help="Take back what you said of these tracks.")
@click.option("--hear", is_flag=True, help="First measure the sounds that were not measured yet.")
@json_option
@passed
def mood(
    context: Context, references: tuple[str, ...], summary: bool, correct: str | None, axes: tuple[str, ...],
    uncorrect: bool, hear: bool, as_json: bool,
) -> None:  # fmt: skip
    """What TRACKs feel like, as percentiles of your library with how sure they are; or the moods of the library.

    Example: musicdesk mood "blue hour" --correct calm
    """
    desk = context.desk
    if hear:
        with job() as work:
            desk.moods.hear(work)
    tracks = [desk.indexing.find(reference) for reference in references]
    _say(desk, tracks, correct, axes, uncorrect)
    if summary or not tracks:
        data, text = _summary(desk)
    else:
        told = [desk.moods.of(track) for track in tracks]
        data, text = {"tracks": [mood_json(each) for each in told]}, _table(told)
    show(data, text, as_json=as_json)


def _say(desk: Desk, tracks: Sequence[Track], correct: str | None, axes: Sequence[str], uncorrect: bool) -> None:
    """Keep or take back what is said of these tracks."""
    if not (correct or axes or uncorrect):
        return
    if not tracks:
        raise BadRequest("Say of which tracks: musicdesk mood TRACK --correct calm")
    if uncorrect and (correct or axes):
        raise BadRequest("Either correct these tracks, or take it back.")
    if uncorrect:
        desk.moods.uncorrect(tracks)
        return
    if correct is not None and correct.casefold() not in MOODS:
        raise BadRequest(f"There is no mood “{correct}”. There are: {', '.join(MOODS)}.")
    desk.moods.correct(tracks, mood=None if correct is None else Mood(correct.casefold()), axes=dict(map(_place, axes)))


def mood_json(told: TrackMood) -> dict[str, Any]:
    """The mood of a track as documented in the README."""
    return {
        **track_json(told.track),
        "mood": told.mood.value if told.mood else None,
        "sure": round(told.sure, 3),
        "shares": {each.value: round(share, 4) for each, share in told.shares},
        "axes": {axis.value: {"place": round(place, 3), "sure": round(sure, 3)} for axis, place, sure in told.axes},
        "witnesses": list(told.witnesses),
        "corrected": told.corrected,
    }


def _table(told: Sequence[TrackMood]) -> str:
    head = ("Title", "Mood", *(axis.value.capitalize() for axis in AXES))
    rows = [(each.track.title, _named(each), *(_points(place, sure) for _, place, sure in each.axes)) for each in told]
    lines = [table(head, rows), "Places are percentiles of your library; a question mark: hardly known."]
    return "\n".join([*lines, _heard_by(told[0].witnesses)])


def _named(told: TrackMood) -> str:
    name = f"{told.mood.value} ({100 * told.sure:.0f} %)" if told.mood else "uncertain"
    return f"{name}, corrected" if told.corrected else name


def _points(place: float, sure: float) -> str:
    return f"{100 * place:.0f}" if sure >= SURE else f"{100 * place:.0f} ?"


def _summary(desk: Desk) -> tuple[dict[str, Any], str]:
    moods, wanting = desk.moods.current(), desk.moods.wanting
    counts = {mood.value: int((moods.labels == number).sum()) for number, mood in enumerate(MOODS)}
    uncertain = len(moods) - sum(counts.values())
    known = {axis.value: round(float(np.mean(moods.axes_sure[:, i])), 3) for i, axis in enumerate(AXES)}
    corrected = len(desk.moods.corrections())
    data = {
        "sounds": len(moods), "moods": counts, "uncertain": uncertain, "axes_sure": known,
        "witnesses": list(moods.witnesses), "corrected": corrected, "unmeasured": wanting,
    }  # fmt: skip
    rows = [(name, f"{count:,}") for name, count in (*counts.items(), ("uncertain", uncertain))]
    lines = [table(("Mood", "Sounds"), rows), _heard_by(moods.witnesses)]
    if wanting:
        lines.append(f"{wanting:,} sounds are not measured yet, which would tell more: musicdesk mood --hear")
    return data, "\n".join(lines)


def _heard_by(witnesses: Sequence[str]) -> str:
    return f"Told by: {', '.join(witnesses)}." if witnesses else "Nothing here tells of moods yet."


def _place(text: str) -> tuple[Axis, float]:
    """tempo=20."""
    name, _, points = text.partition("=")
    try:
        return axis_called(name), float(points) / 100
    except ValueError as error:
        raise BadRequest(f"“{text}” is no place on an axis. Write it as tempo=20.") from error


COMMANDS = (mood,)
