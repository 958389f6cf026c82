"""The command ``taste hear``: where prototypes are heard best, and whether their words are in it."""

from collections.abc import Mapping
from typing import Any

import click

from musicdesk.cli.context import Context, json_option, passed
from musicdesk.cli.output import clock, show, table, track_json
from musicdesk.cli.progress import job
from musicdesk.cli.taste import taste
from musicdesk.records import Excerpt, Prototype, Track


@taste.command()
@click.argument("names", metavar="[NAME]...", nargs=-1)
@json_option
@passed
def hear(context: Context, names: tuple[str, ...], as_json: bool) -> None:
    """Listen closely to the tracks that stand for prototypes NAME, or for all, and find the best ten seconds of each.

    What was listened to once is kept. A word that is not heard gets other tracks, or makes way for another word.

    Example: musicdesk taste hear piano --json
    """
    desk = context.desk
    with job() as work:
        desk.evidence.find(work, names)
    current = desk.recommending.taste()
    chosen = {desk.recommending.prototype(name).id for name in names}
    found = [(p, desk.evidence.excerpts(p.id)) for p in current.prototypes if not names or p.id in chosen]
    tracks = desk.recommending.by_hash({e.audio_hash for _, excerpts in found for e in excerpts})
    show({"prototypes": [_json(p, excerpts, tracks) for p, excerpts in found]}, _text(found, tracks), as_json=as_json)


def _json(prototype: Prototype, excerpts: tuple[Excerpt, ...], tracks: Mapping[str, Track]) -> dict[str, Any]:
    return {
        "id": prototype.id,
        "name": prototype.name,
        "origin": prototype.origin.value,
        "word": prototype.word,
        "gain": round(prototype.gain, 3),
        "faithful": _rounded(prototype.faithful),
        "excerpts": [
            {
                **track_json(tracks[e.audio_hash]),
                "start_s": round(e.start_s, 2),
                "excerpt_s": round(e.length_s, 2),
                "near": round(e.near, 4),
                "faithful": _rounded(e.faithful),
            }
            for e in excerpts
            if e.audio_hash in tracks
        ],
    }


def _text(found: list[tuple[Prototype, tuple[Excerpt, ...]]], tracks: Mapping[str, Track]) -> str:
    rows = []
    for prototype, excerpts in found:
        rows.append((prototype.name, _percent(prototype.faithful), "", "", "", ""))
        rows += [
            ("", _percent(e.faithful), _percent(e.near), clock(e.start_s), tracks[e.audio_hash].title,
             tracks[e.audio_hash].artist)
            for e in excerpts
            if e.audio_hash in tracks
        ]  # fmt: skip
    return table(("Prototype", "Faithful", "Near", "From", "Title", "Artist"), rows)


def _rounded(share: float | None) -> float | None:
    return None if share is None else round(share, 4)


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{100 * share:.0f} %"


COMMANDS: tuple[click.Command, ...] = ()
"""It belongs to the group ``taste``."""
