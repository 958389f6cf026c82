"""A folder of files that are wrong in every way we could think of, among good ones: what fault runs are made of."""

import contextlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from musicdesk.errors import BadRequest
from musicdesk.evaluation import damage
from musicdesk.evaluation.bad_sounds import oddities
from musicdesk.evaluation.boundaries import boundaries
from musicdesk.evaluation.recipes import ABSENT, DAMAGED, FAILED, HEARD, OK, PARTIAL, Recipe, given, holding
from musicdesk.evaluation.sound_files import FORMATS, Sounds
from musicdesk.records import printable

COVER_MB = 50
CUT, ODD = 0.48, 0.42
"""Shares of the bad files that are cut off and that are odd; the rest has flipped bytes."""
_SAFE_NAME = 40


@dataclass(frozen=True, slots=True)
class BadFile:
    """One file of the folder; a good one has the kind "good"."""

    path: str
    kind: str
    expect: frozenset[str]
    """The states that it may come out in; "absent": it is not met at all."""


def make(
    folder: Path, *, count: int = 500, good: int = 40, cover_mb: int = COVER_MB, rng: np.random.Generator
) -> tuple[BadFile, ...]:
    """Write ``count`` bad and ``good`` good files into sub-folders of ``folder``, in the order of the walk.

    Some are cut off (500 bad files: at every boundary of every format), some have flipped bytes, the others are odd,
    hostile or no sound at all. With 500 they need some 400 MB, half of which is cover art of ``cover_mb``.
    """
    if count < 0 or good < 0:
        raise BadRequest("The number of files must be 0 or more.")
    sounds = Sounds(rng)
    recipes = _mixed([*_chosen(sounds, count, cover_mb=cover_mb), *_good(good)], rng=rng)
    return tuple(_written(folder, number, recipe, sounds) for number, recipe in enumerate(recipes))


def _chosen(sounds: Sounds, count: int, *, cover_mb: int) -> list[Recipe]:
    odd = [*oddities(cover_mb), *_disguised(), *_named(), *_places()]
    cut = _evenly(list(_cuts(sounds)), round(CUT * count))
    odd = _evenly(odd, round(ODD * count))
    return [*odd, *cut, *_flips(count - len(odd) - len(cut))]


def _evenly(recipes: Sequence[Recipe], count: int) -> list[Recipe]:
    """At most ``count`` of them, spread over all."""
    places = np.linspace(0, len(recipes), min(count, len(recipes)), endpoint=False).astype(int)
    return [recipes[place] for place in places]


def _mixed(recipes: list[Recipe], *, rng: np.random.Generator) -> list[Recipe]:
    return [recipes[place] for place in rng.permutation(len(recipes))]


def _written(folder: Path, number: int, recipe: Recipe, sounds: Sounds) -> BadFile:
    place = folder / f"{number // 40:02} album"
    place.mkdir(parents=True, exist_ok=True)
    path = place / f"{number:03} {recipe.name}"
    recipe.make(path, sounds)
    return BadFile(os.fspath(path), recipe.kind, recipe.expect)


def _good(count: int) -> Iterator[Recipe]:
    for number in range(count):
        ending = FORMATS[number % len(FORMATS)]
        yield holding("good", ending, OK, given(lambda s, e: s.file(e), ending))


# ---------------------------------------------------------------------------------------------- cut off and flipped


def _cuts(sounds: Sounds) -> Iterator[Recipe]:
    """Every format, cut off at every boundary."""
    for ending in FORMATS:
        for number in range(len(boundaries(sounds.file(ending, length_s=6)))):
            kind = f"{ending} cut off at boundary {number}"
            yield holding(kind, ending, DAMAGED, given(_cut, ending, number))
        for keep in (0.02, 0.3, 0.6, 0.9):
            expect = DAMAGED if ending == "aac" else PARTIAL
            kind = f"{ending} cut off after {100 * keep:.0f} %"
            yield holding(kind, ending, expect, given(lambda s, e, k: damage.begun(s.file(e), k), ending, keep))


def _cut(sounds: Sounds, ending: str, number: int) -> bytes:
    data = sounds.file(ending, length_s=6)
    places = boundaries(data)
    return data[: places[min(number, len(places) - 1)]]


def _flips(count: int) -> Iterator[Recipe]:
    """Every format with flipped bytes: in the sound, everywhere, in the header alone."""
    yield from [
        holding("mp3 with 0.5 % flipped bytes", "mp3", HEARD,
               lambda s: damage.flipped(s.file("mp3", length_s=30), 0.005, rng=s.rng, after=2000)),
    ][:count]  # fmt: skip
    for number in range(max(0, count - 1)):
        ending, share = FORMATS[number % len(FORMATS)], (0.005, 0.0005, 0.05, 0.0)[number // len(FORMATS) % 4]
        kind = f"{ending} with {100 * share:g} % flipped bytes" if share else f"{ending} with a flipped header"
        yield holding(kind, ending, DAMAGED, given(_flipped, ending, share))


def _flipped(sounds: Sounds, ending: str, share: float) -> bytes:
    data = sounds.file(ending)
    if share:
        return damage.flipped(data, share, rng=sounds.rng)
    return damage.flipped(data[:200], 0.05, rng=sounds.rng) + data[200:]


# -------------------------------------------------------------------------------------- other files, names, places


def _disguised() -> Iterator[Recipe]:
    for ending in FORMATS:
        for name in ("mp3", "flac", "m4a"):
            if not ending.endswith(name):
                told = f"{ending} called {name}"
                yield holding(told, name, OK, given(lambda s, e: s.file(e), ending))
    for kind, content in (
        ("text", b"This is a shopping list: bread, milk, strings for the guitar.\n" * 60),
        ("a web page", b"<!DOCTYPE html><html><body>404 Not Found</body></html>" * 20),
        ("a picture", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\2\0\0\0" + bytes(900)),
        ("an archive", b"PK\3\4" + bytes(900)),
        ("a program", b"\x7fELF\2\1\1" + bytes(900)),
        ("a list of other files", b"#EXTM3U\n#EXTINF:3,\n/etc/hostname\n#EXT-X-ENDLIST\n"),
        ("a script for FFmpeg", b"ffconcat version 1.0\nfile /etc/hostname\n"),
        ("an address", b"v=0\nc=IN IP4 127.0.0.1\nm=audio 49170 RTP/AVP 0\n"),
    ):
        yield holding(kind, "mp3", FAILED, given(lambda _, c: c, content))
        yield holding(kind, "m4a", FAILED, given(lambda _, c: c + b"\n", content))


def _named() -> Iterator[Recipe]:
    for name in (
        "a\nb.mp3", "tab\tand \x1b[31mred.flac", "caf\udce9.ogg", "\udcff\udcfe.m4a", "été 音楽 🎵.wav",
        "\u202ereversed.mp3", "-rf.mp3", "%s%n%d.flac", "http:x.mp3", "concat:a|b.m4a", "pipe:0.wav", "q?x=1#y.mp3",
        "'\"`$(x).ogg", "x" * 240 + ".mp3", "two.dots.flac", "MIXED.Mp3", " .mp3", "\\.wav", "nul.mp3", "a;b&c.opus",
    ):  # fmt: skip
        ending = name.rsplit(".", 1)[1].lower()
        kind = f"called {printable(name)[:_SAFE_NAME]!r}"
        yield holding(kind, ending, OK, given(lambda s, e: s.file(e), ending), name=name)


def _places() -> Iterator[Recipe]:
    if hasattr(os, "mkfifo"):
        yield Recipe("a pipe", ".mp3", ABSENT, lambda path, _: os.mkfifo(path))
    yield Recipe("a folder", ".mp3", ABSENT, lambda path, _: path.mkdir())
    yield Recipe("a link that leads nowhere", ".flac", ABSENT, lambda path, _: _link(path, "nowhere.flac"))
    yield Recipe("a link to itself", ".mp3", ABSENT, lambda path, _: _link(path, path.name))
    yield Recipe("a link to its own folder", ".ogg", ABSENT, lambda path, _: _link(path, "."))
    yield Recipe("a link to the disk", ".wav", ABSENT, lambda path, _: _link(path, "/dev/null"))


def _link(path: Path, target: str) -> None:
    with contextlib.suppress(OSError, NotImplementedError):  # not every system lets everyone link
        path.symlink_to(target)
