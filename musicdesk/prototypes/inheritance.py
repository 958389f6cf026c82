"""What a new taste takes over from the last: who continues whom, what a person touched or made, what was taken out."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from musicdesk.prototypes import bank
from musicdesk.prototypes.providers import Candidate
from musicdesk.records import FloatArray, IntArray, Origin, Prototype, Taste, Vectors

SAME = 0.5
"""Cosine from which a new prototype is an old one that moved, and a liked track belongs to a locked prototype."""
HARDLY_MOVED = 0.8
"""Cosine from which an old name still fits, and from which something is what a person took out."""
NEGATIVE_ID = "not"


def by_hand(prototype: Prototype) -> bool:
    """Whether a person made it: from tracks, a phrase or a word of their choice, or by splitting or merging others."""
    return bool(prototype.tracks) or prototype.origin in (Origin.TRACKS, Origin.TEXT)


def untouched(prototype: Prototype) -> bool:
    """Whether its gain is the one that was found; older tastes do not tell that of what is asleep."""
    asleep_of_old = prototype.found == 1.0 and prototype.gain == 0.0 and prototype.support == 0
    return prototype.gain == prototype.found or asleep_of_old


def offered(prototype: Prototype) -> bool:
    """Whether it is a word that is only on offer: asleep, and nobody laid a hand on it."""
    mine = prototype.locked or prototype.muted or prototype.solo or prototype.pinned or prototype.refused
    given = prototype.name.casefold() != prototype.word.casefold()
    alone = prototype.origin is Origin.TAG and not by_hand(prototype)
    return alone and untouched(prototype) and not mine and not given


def carried_over(
    previous: Taste | None, vectors: Vectors, space: FloatArray, rows: Mapping[str, int]
) -> tuple[tuple[Prototype, ...], tuple[Prototype, ...]]:
    """The prototypes of the last taste, and those that were taken out of it, in this encoder's space.

    Those of another encoder come through the tracks that they were made from, or their exemplars.
    """
    if previous is None:
        return (), ()
    if previous.key == vectors.key:
        return tuple(_fitting(previous.prototypes, space)), tuple(_fitting(previous.removed, space))
    return tuple(_heard_here(previous.prototypes, space, rows)), tuple(_heard_here(previous.removed, space, rows))


def rows_of(rows: Mapping[str, int], hashes: Iterable[str]) -> IntArray:
    """The rows of those sounds that are there, ascending.  # [m]"""
    return np.array(sorted({rows[key] for key in hashes if key in rows}), dtype=np.int64)


def matched(fresh: Sequence[FloatArray], old: Sequence[Prototype]) -> list[Prototype | None]:
    """For each new vector the old prototype it continues: the best assignment by cosine (Hungarian), if it is near."""
    heirs: list[Prototype | None] = [None] * len(fresh)
    if fresh and old:
        from scipy.optimize import linear_sum_assignment  # a quarter second of importing, not for every start

        near = np.stack(fresh) @ np.stack([prototype.vector for prototype in old]).T
        for new, before in zip(*linear_sum_assignment(-near), strict=True):
            if near[new, before] >= SAME:
                heirs[new] = old[before]
    return heirs


def inherited(fresh: Prototype, heir: Prototype) -> Prototype:
    """The new prototype with what a person gave to the old one; what was only asleep wakes, or falls asleep."""
    same_state = (fresh.found == 0) == (heir.found == 0 or (heir.gain == 0 and untouched(heir)))
    follows = untouched(heir) and fresh.id != NEGATIVE_ID
    gain, found = (fresh.gain, fresh.found) if follows else (heir.gain, fresh.found)
    if follows and same_state and heir.found != 0:
        gain = found = heir.found
    return replace(
        fresh, gain=gain, found=found, muted=heir.muted, solo=heir.solo, pinned=heir.pinned, refused=heir.refused
    )


def far_from(space: FloatArray, rows: IntArray, vectors: Sequence[FloatArray], *, least: float = SAME) -> IntArray:
    """Those of ``rows`` that lie near none of ``vectors``."""
    if not vectors:
        return rows
    some = space if len(rows) == len(space) else space[rows]
    nearest = (some @ np.stack(vectors).T).max(axis=1)
    return np.asarray(rows[nearest < least])


def not_taken_out(candidates: Iterable[Candidate], removed: Sequence[Prototype]) -> list[Candidate]:
    """The words that nobody took out, by name or by sound."""
    words = {p.word.casefold() for p in removed} | {p.name.casefold() for p in removed}
    return [c for c in candidates if c.word.casefold() not in words and is_new(c.vector, removed)]


def is_new(vector: FloatArray, removed: Collection[Prototype]) -> bool:
    """Whether nobody took out something like this."""
    return all(float(vector @ p.vector) < HARDLY_MOVED for p in removed)


def in_order(made: Sequence[Prototype], previous: Sequence[Prototype]) -> tuple[Prototype, ...]:
    """Those that were there stay in their order, new ones come before the words on offer, the disliked last.

    Nothing changes places under a person's hand; but a group of the library that fell asleep goes behind what is liked.
    """
    place = {p.id: number for number, p in enumerate(previous)}
    words = [place[p.id] for p in made if p.id in place and offered(p)]
    before_words = min(words, default=len(place)) - 0.5

    def order(p: Prototype) -> tuple[bool, float, int]:
        new = len(place) + 1.0 if offered(p) else before_words
        at = before_words + 0.25 if _fell_asleep(p) else place.get(p.id, new)
        return (p.id == NEGATIVE_ID, at, p.slot)

    return tuple(sorted(made, key=order))


def _fell_asleep(prototype: Prototype) -> bool:
    return prototype.origin is Origin.LIBRARY and prototype.support == 0 and untouched(prototype)


def _fitting(prototypes: Iterable[Prototype], space: FloatArray) -> Iterable[Prototype]:
    return (p for p in prototypes if p.vector.shape == space.shape[1:])


def _heard_here(prototypes: Iterable[Prototype], space: FloatArray, rows: Mapping[str, int]) -> Iterable[Prototype]:
    for p in prototypes:
        found = rows_of(rows, p.tracks)
        found = found if len(found) else rows_of(rows, p.exemplars)
        if len(found):
            yield replace(p, vector=bank.direction(space[found]), faithful=None)
