"""Which candidates make the bank: none empty, unfaithful or twice, and the most telling first.

Two candidates are one and the same when their directions are nearly parallel, or when they lead to nearly the same
tracks. The choice is greedy by how telling a candidate is, less what is told already (maximal marginal relevance,
Carbonell & Goldstein, 1998).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from musicdesk.prototypes.providers import FEWEST, Candidate
from musicdesk.prototypes.words import Kind
from musicdesk.prototypes.words import word as known_word
from musicdesk.records import FloatArray, IntArray

TOTAL, LEAST, MOST = 12, 12, 40
"""Prototypes of a bank: by default, and the bounds of what may be asked for."""
PER_TRACKS = 6
"""A library bears one prototype for so many tracks."""
HEARD = 0.7
"""A word is heard where the tracks it leads to agree with it more than this share of the library."""
PARALLEL = 0.75
"""Cosine from which two directions are one."""
OVERLAP = 0.5
"""Share of the nearest tracks that two candidates have in common (Jaccard) from which they are one."""
STANDING_PARALLEL, STANDING_OVERLAP = 0.9, 0.7
"""The same beside a group of what is liked, which is a mixture: a plain word near to it still says something."""
NEAREST_SHARE, NEAREST_LEAST = 0.05, 5
"""How many tracks count as nearest."""
AT_LARGE = 16_384
"""Tracks that stand for a library of twice as many and more."""
LIKENESS = 0.7
"""How much of what a candidate says is lost where another one says the same."""
_AUDIBLE = {Kind.DECADE: 0.25}
"""What is told of a record more than of its sound."""


class Why(StrEnum):
    """Why a candidate is left out."""

    EMPTY = "empty"
    """Too few tracks speak for it."""
    UNFAITHFUL = "unfaithful"
    """What it leads to does not agree with its word."""
    REDUNDANT = "redundant"
    """Another one leads to the same."""
    NO_ROOM = "no room"
    """Others tell more."""


@dataclass(frozen=True, slots=True, eq=False)
class Dropped:
    """A candidate that is left out."""

    candidate: Candidate
    why: Why
    like: str = ""
    """The word of the one that leads to the same."""


@dataclass(frozen=True, slots=True, eq=False)
class Choice:
    """What makes the bank, the most telling first, and what does not."""

    kept: tuple[Candidate, ...]
    dropped: tuple[Dropped, ...]


def fitting_total(library: int) -> int:
    """How many prototypes a library of so many tracks is offered."""
    return min(TOTAL, library // PER_TRACKS)


def choose(
    candidates: Sequence[Candidate],
    space: FloatArray,
    *,
    total: int,
    liked: IntArray | None = None,
    standing: Sequence[FloatArray] = (),
    words: int = 0,
) -> Choice:
    """Choose at most ``total`` of the candidates; ``standing`` are directions that are in the bank already.

    The last ``words`` of these are words themselves, beside which a twin is known sooner than beside a mixture.

    ``space`` [n, dim] is the library; ``liked`` are rows: what stands out in them is told first, without any what
    divides the library best.
    """
    at_large = space[:: max(1, len(space) // AT_LARGE)]
    dropped = [Dropped(c, why) for c in candidates if (why := _unfit(c))]
    fit = [c for c in candidates if not _unfit(c)]
    likes = space[liked] if liked is not None and len(liked) else None
    worth = telling(fit, at_large, library=len(space), liked=likes)
    kept, others = _greedy(fit, worth, _Likeness([c.vector for c in fit], standing, at_large, words), total)
    return Choice(tuple(kept), (*dropped, *others))


def telling(
    candidates: Sequence[Candidate], at_large: FloatArray, *, library: int, liked: FloatArray | None = None
) -> FloatArray:
    """How much each candidate says: how well it divides the library, and how far it stands out in what is liked.

    A word divides a library best where half of it bears the word and where its tracks lie far from the others.
    ``at_large`` [n, dim] are unit rows out of ``library``, ``liked`` [m, dim] too.  # [len(candidates)] 0 or more
    """
    if not candidates:
        return np.zeros(0, dtype=np.float32)
    near = at_large @ np.stack([c.vector for c in candidates]).T
    division = near.std(axis=0) * np.array([_weight(c, library) for c in candidates])
    if liked is None:
        return np.asarray(division, dtype=np.float32)
    ordered = np.sort(near, axis=0)
    wanted = liked @ np.stack([c.vector for c in candidates]).T
    places = [np.searchsorted(ordered[:, k], wanted[:, k]).mean() / len(ordered) for k in range(len(candidates))]
    return np.asarray(division * (0.25 + np.array(places)), dtype=np.float32)


def _weight(candidate: Candidate, library: int) -> float:
    """How faithful a candidate is, how evenly it divides the library, how far its word can be heard; 0 to 1."""
    share = min(0.5, candidate.support / max(1, library))
    faithful = candidate.agrees if candidate.agrees is not None else HEARD
    known = known_word(candidate.word)
    return faithful * float(np.sqrt(4 * share * (1 - share))) * known.trust * _AUDIBLE.get(known.kind, 1.0)


def _unfit(candidate: Candidate) -> Why | None:
    if len(candidate.rows) < FEWEST:
        return Why.EMPTY
    if candidate.agrees is not None and candidate.agrees < HEARD:
        return Why.UNFAITHFUL
    return None


def _greedy(
    fit: Sequence[Candidate], worth: FloatArray, likeness: "_Likeness", total: int
) -> tuple[list[Candidate], list[Dropped]]:
    chosen: list[int] = []
    out: dict[int, Dropped] = {}
    while len(chosen) + len(out) < len(fit):
        left = [k for k in range(len(fit)) if k not in chosen and k not in out]
        if len(chosen) >= total:
            out |= {k: Dropped(fit[k], Why.NO_ROOM) for k in left}
            break
        best = max(left, key=lambda k: worth[k] * (1 - LIKENESS * likeness.nearest(k, chosen)))
        twin = likeness.twin(best, chosen)
        if twin is None:
            chosen.append(best)
        else:
            out[best] = Dropped(fit[best], Why.REDUNDANT, fit[twin].word if twin >= 0 else "")
    return [fit[k] for k in chosen], list(out.values())


class _Likeness:
    """How alike candidates are to each other, and to what stands already (numbered -1, -2, …)."""

    def __init__(
        self, vectors: Sequence[FloatArray], standing: Sequence[FloatArray], at_large: FloatArray, words: int
    ) -> None:
        everything = np.stack([*vectors, *standing]) if vectors else np.zeros((0, at_large.shape[1]), np.float32)
        self._count, self._all = len(vectors), len(everything)
        self._words = set(range(self._all - words, self._all)) if vectors else set()
        self._cosines = np.clip(everything @ everything.T, 0, 1)
        self._overlap = _overlaps(everything, at_large)

    def nearest(self, one: int, chosen: Sequence[int]) -> float:
        """How alike it is to the most alike of those that are in the bank, 0 to 1."""
        others = [*chosen, *range(self._count, self._all)]
        return float(self._cosines[one, others].max()) if others else 0.0

    def twin(self, one: int, chosen: Sequence[int]) -> int | None:
        """The one in the bank that leads to the same; negative if it stood there already."""
        for other in (*chosen, *range(self._count, self._all)):
            mixture = other >= self._count and other not in self._words
            parallel, overlap = (STANDING_PARALLEL, STANDING_OVERLAP) if mixture else (PARALLEL, OVERLAP)
            if self._cosines[one, other] > parallel or self._overlap[one, other] > overlap:
                return other if other < self._count else -1
        return None


def _overlaps(vectors: FloatArray, at_large: FloatArray) -> FloatArray:
    """The share of their nearest tracks that each two have in common (Jaccard).  # [k, k]"""
    if not len(vectors):
        return np.zeros((0, 0), dtype=np.float32)
    count = min(len(at_large), max(NEAREST_LEAST, round(NEAREST_SHARE * len(at_large))))
    near = vectors @ at_large.T
    member = np.zeros(near.shape, dtype=np.float32)
    np.put_along_axis(member, np.argpartition(-near, count - 1, axis=1)[:, :count], 1.0, axis=1)
    both = member @ member.T
    return np.asarray(both / (2 * count - both), dtype=np.float32)
