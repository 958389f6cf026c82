"""Cases of steering written out for a person to listen to: the seed, the wish, ten picks, what stayed, what moved.

They are what the window would show: asked of the same steering, at the strength that it begins with.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from musicdesk.desk.claims import verdict
from musicdesk.errors import BadRequest, DataFolderError, NothingYet
from musicdesk.playlists import files
from musicdesk.records import (
    MOODS,
    UNCERTAIN,
    Axis,
    Mood,
    Playlist,
    PlaylistEntry,
    Steer,
    Steered,
    SteeredPick,
    Track,
    printable,
)

if TYPE_CHECKING:
    from musicdesk.desk.desk import Desk

PICKS = 10
WISHES: tuple[Steer, ...] = (
    *(Steer(moods=((mood, 1.0),), limit=PICKS) for mood in (Mood.CALM, Mood.ENERGETIC, Mood.HAPPY, Mood.SAD)),
    Steer(nudges=((Axis.ACOUSTICNESS, 0.4),), limit=PICKS),
)
"""Asked in turn."""
TABLE = "cases.md"


@dataclass(frozen=True, slots=True)
class Case:
    """One answer and its seed."""

    seed: Track
    answer: Steered


def cases(desk: "Desk", *, count: int, seed: int = 0) -> tuple[Case, ...]:
    """``count`` seeds drawn by lot, of different artists as long as there are any, each asked for what it is not.

    Raises NothingYet where nothing is analysed.
    """
    if count < 1:
        raise BadRequest("Ask for one case or more.")
    found = []
    for track, wish in zip(_seeds(desk, count, np.random.default_rng([seed, 67])), _wishes(count), strict=False):
        named = desk.steering.seed_of([track], f"“{track.title}”")
        found.append(Case(track, desk.steering.steer(named, wish)))
    return tuple(found)


def write(found: Sequence[Case], folder: Path) -> tuple[Path, ...]:
    """A page, and a playlist a case: the seed, then its picks. Raises DataFolderError where that cannot be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        page = folder / TABLE
        page.write_text(_page(found), encoding="utf-8", errors="replace")
    except OSError as error:
        raise DataFolderError(f"{folder} cannot be written: {error.strerror}.") from error
    lists = [folder / f"{number:02} {_safe(case.answer.label)}.m3u8" for number, case in enumerate(found, 1)]
    for case, path in zip(found, lists, strict=True):
        files.write(_playlist(case), path, relative=False)
    return (page, *lists)


def _seeds(desk: "Desk", count: int, rng: np.random.Generator) -> Iterator[Track]:
    """In an order drawn by lot, first one of each artist; each is no case of the wish whose turn it is."""
    moods = desk.moods.current()
    label = dict(zip(moods.hashes, moods.labels.tolist(), strict=True))
    tracks = [track for track in desk.indexing.tracks() if track.audio_hash in label]
    if not tracks:
        raise NothingYet("Nothing of this library is analysed. Run: musicdesk analyze")
    free = [tracks[place] for place in rng.permutation(len(tracks)).tolist()]
    heard: dict[str, int] = {}
    for wish in _wishes(count):
        wanted = [MOODS.index(mood) for mood, _ in wish.moods]
        fits = [track for track in free if label[track.audio_hash] not in wanted] or free
        best = min(fits, key=lambda track: (heard.get(track.artist, 0), label[track.audio_hash] == UNCERTAIN))
        heard[best.artist] = heard.get(best.artist, 0) + 1
        free = [track for track in free if track is not best] or tracks
        yield best


def _wishes(count: int) -> list[Steer]:
    return [WISHES[number % len(WISHES)] for number in range(count)]


def _page(found: Sequence[Case]) -> str:
    head = [
        "# More like this, but …", "",
        f"{len(found)} cases. Play the list beside this page (the seed comes first), and note of each pick whether it",
        "is in the mood that was asked for, and whether it is otherwise like the seed.", "",
    ]  # fmt: skip
    return "\n".join([*head, *(line for number, case in enumerate(found, 1) for line in _told(number, case))]) + "\n"


def _told(number: int, case: Case) -> list[str]:
    answer = case.answer
    axes = ", ".join(f"{axis.value} {100 * place:.0f}" for axis, place in answer.start)
    after = ", ".join(f"{axis.value} {100 * place:.0f}" for axis, place in answer.reached)
    return [
        f"## {number}. {_cell(answer.label)}", "",
        f"Seed: {_cell(case.seed.label)} ({axes})  ",
        f"The ten picks on average: {after}  ",
        f"By measures that had no part in the choice: {verdict(answer) or 'not tested'}; method: {answer.method}  ",
        *([answer.sentence] if answer.sentence else []), "",
        "| | pick | like the seed | same | moved | in the mood? | like the seed? |", "|---|---|---|---|---|---|---|",
        *(_row(place, pick) for place, pick in enumerate(answer.picks[:PICKS], 1)), "",
    ]  # fmt: skip


def _row(place: int, pick: SteeredPick) -> str:
    moved = "; ".join(one.words for one in pick.moved)
    cells = (str(place), pick.track.label, f"{100 * pick.likeness:.0f}", ", ".join(pick.same), moved, "", "")
    return f"| {' | '.join(map(_cell, cells))} |"


def _cell(text: str) -> str:
    return printable(text).replace("|", "/")


def _playlist(case: Case) -> Playlist:
    tracks = (case.seed, *(pick.track for pick in case.answer.picks[:PICKS]))
    entries = tuple(
        PlaylistEntry(track.path, track.title, track.artist, track.album, track.length_s or None) for track in tracks
    )
    return Playlist(case.answer.label, entries, note=case.answer.sentence)


def _safe(name: str) -> str:
    return re.sub(r"[^\w ,&-]+", "", printable(name)).strip()[:60] or "case"
