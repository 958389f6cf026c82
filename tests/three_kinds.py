"""A small library of real files of three clearly different kinds, and desks over it that make no sound."""

from collections.abc import Callable
from pathlib import Path

import sounds
from mutagen.flac import FLAC

from musicdesk.desk.desk import Desk
from musicdesk.playback.player import NullPlayer
from musicdesk.settings import Folders

KINDS = ("Bells", "Noise", "Clicks")
EACH = 8


def sound(kind: str, number: int) -> sounds.Samples:
    """One kind, each number a little different and three seconds longer, so that none passes for a copy of another."""
    length_s = 31 + 3 * number
    if kind == "Bells":
        notes = (220 * (1 + number / 40) * f for f in (1, 1.25, 1.5))
        return sounds.chord(*notes, length_s=length_s, rate_hz=22_050)
    if kind == "Noise":
        return sounds.noise(length_s=length_s, rate_hz=22_050, level=0.1 + number / 100, seed=number)
    return sounds.clicks(bpm=100 + 6 * number, length_s=length_s, rate_hz=22_050)


def write_library(folder: Path) -> None:
    """Eight tracks of each kind, tagged, each by an artist of its own."""
    for kind in KINDS:
        place = folder / kind
        place.mkdir(parents=True)
        for number in range(EACH):
            path = sounds.write(place / f"{number}.flac", sound(kind, number), 22_050)
            tags = FLAC(path)
            tags.update(
                {"title": f"{kind} {number}", "artist": f"{kind} player {number}", "album": f"{kind} {number % 4}"}
            )
            tags.save()


def open_desk(data: Path, *, now: Callable[[], float] = lambda: 1_800_000_000.0) -> Desk:
    """A desk that uses the handcrafted encoder and makes no sound."""
    (data).mkdir(parents=True, exist_ok=True)
    (data / "settings.toml").write_text('encoder = "handcrafted"\n')
    folders = Folders(data=data, models=data / "models", cache=data / "cache")
    return Desk(folders, now=now, player=NullPlayer())


def kind_of(title: str) -> str:
    """The kind that a track is of."""
    return title.split()[0]
