"""A taste from elsewhere, as it is heard in this library: found again by the tracks that stand for it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from musicdesk.desk.snapshot import Snapshot
from musicdesk.desk.taste_files import TasteFile
from musicdesk.errors import NotFound
from musicdesk.prototypes import providers
from musicdesk.prototypes import shaping as shapes
from musicdesk.prototypes.shaping import Workbench
from musicdesk.records import Advisor, CarriedTaste, Origin, Prototype, Taste
from musicdesk.tracks import fold


def here(taste: Taste, bench: Workbench, now: Taste) -> Taste:
    """A taste of this data folder in the space of the encoder in use; raises NotFound if nothing of it is left.

    What the current taste ``now`` tells of the library (likes, sounds) holds for it, too.
    """
    prototypes = shapes.carried(bench, taste)
    if not prototypes:
        raise NotFound("Of the tracks that stand for that taste none is here, or none is analysed with this encoder.")
    removed = shapes.carried(bench, replace(taste, prototypes=taste.removed))
    return replace(taste, key=now.key, prototypes=prototypes, removed=removed, liked=now.liked, sounds=now.sounds)


def carried(
    file: TasteFile, snapshot: Snapshot, bench: Workbench, ground: providers.Ground, now: Taste
) -> CarriedTaste:
    """What a file says, in this library: each prototype by its tracks, else by its vector, else by its word.

    ``left_out`` names those that none of these leads to. Raises NotFound if that is all of them.
    """
    known = _known_here(file, snapshot)
    found = [_found(p, file, known, bench, ground) for p in file.taste.prototypes]
    prototypes = shapes.as_told(bench, [p for p in found if p is not None])
    if not prototypes:
        raise NotFound(
            f"Nothing that the taste “{file.name}” stands on is in this library: none of its tracks, none of its words."
        )
    left_out = tuple(p.name for p, made in zip(file.taste.prototypes, found, strict=True) if made is None)
    taste = replace(
        now, prototypes=prototypes, variety=file.taste.variety, removed=(),
        advisors=tuple(_advisor(a, file) for a in now.advisors),
    )  # fmt: skip
    made_by = file.taste.key.name
    return CarriedTaste(file.name, taste, left_out, encoder=made_by if made_by != now.key.name else "")


def _advisor(advisor: Advisor, file: TasteFile) -> Advisor:
    said = next((a for a in file.taste.advisors if a.name.casefold() == advisor.name.casefold()), None)
    return replace(advisor, gain=said.gain, muted=said.muted) if said else advisor


def _known_here(file: TasteFile, snapshot: Snapshot) -> Mapping[str, str]:
    """Sound of the file → sound of this library: the same, or one of the same artist and title."""
    rows = snapshot.shelf.rows
    elsewhere = {_words(*said): h for h, said in file.known_as.items() if h not in rows and all(said)}
    found = {_words(t.artist, t.title): h for h, t in snapshot.tracks.items() if h in rows} if elsewhere else {}
    same = {h: h for p in file.taste.prototypes for h in (*p.exemplars, *p.tracks, *p.pinned, *p.refused) if h in rows}
    return {**same, **{h: found[words] for words, h in elsewhere.items() if words in found}}


def _words(artist: str, title: str) -> tuple[str, str]:
    return fold(artist), fold(title)


def _found(
    p: Prototype, file: TasteFile, known: Mapping[str, str], bench: Workbench, ground: providers.Ground
) -> Prototype | None:
    lists: dict[str, Any] = {
        name: tuple(dict.fromkeys(known[h] for h in getattr(p, name) if h in known))
        for name in ("exemplars", "tracks", "pinned", "refused")
    }
    told = replace(p, **lists)
    fits = file.taste.key == bench.vectors.key and p.vector.shape == bench.space.shape[1:]
    if fits and p.exemplars and told.exemplars == p.exemplars:
        return told  # the same library
    made = shapes.heard_here(bench, told) or (told if fits else _by_word(told, bench, ground))
    if made is None:
        return None
    origin = p.origin if p.origin in shapes.BY_HAND else Origin.TRACKS
    return replace(made, origin=origin, tracks=made.tracks or made.exemplars)


def _by_word(p: Prototype, bench: Workbench, ground: providers.Ground) -> Prototype | None:
    if not p.word:
        return None
    try:
        found = providers.from_text(ground, p.word)
    except NotFound:
        return None
    tracks = bench.hashes(found.rows[: shapes.KEPT_TRACKS])
    return replace(p, vector=found.vector, tracks=tracks, exemplars=bench.hashes(found.exemplars))
