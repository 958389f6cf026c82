"""Made-up listeners of one person's library: what may go together where nobody else is known.

A library tells in itself what belongs together: an artist's work, an album, a playlist that somebody made, tracks in
which the same words stand out. Each made-up listener likes one to three such things, and a few strays; some share a
part of what the person here likes. They are no substitute for people: they teach the network the library's own seams.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from musicdesk.errors import BadRequest, NothingYet
from musicdesk.records import FloatArray, IntArray

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

LEAST, MOST = 6, 40
"""So many tracks are liked by each."""
INTERESTS = 3
"""So many things at most."""
STRAY = 0.1
"""The share of tracks that fit nothing."""
MINE = 0.15
"""The share of listeners who like some of what the person here likes."""
SHARP = 3.0
"""How much more a track is liked in which the words stand out by a deviation: e to the power of this."""
FEWEST = 3
"""An artist, an album or a playlist of fewer tracks is no thing to like."""


@dataclass(frozen=True, slots=True, eq=False)
class Seams:
    """What a library tells of what belongs together; rows are those of the shelf."""

    artists: IntArray  # [n] equal for one artist, below 0 where unknown
    albums: IntArray  # [n] equal for one album, below 0 where unknown
    tags: FloatArray  # [n, t] how strongly each word, or each prototype, is in a track; t may be 0
    playlists: Sequence[IntArray] = ()
    liked: IntArray = field(default_factory=lambda: np.zeros(0, np.int64))
    """Rows of what the person here likes."""

    def __post_init__(self) -> None:
        if not len(self.artists) == len(self.albums) == len(self.tags) or self.tags.ndim != 2:
            raise BadRequest("Artists, albums and tags are given for the same tracks.")


def draw(seams: Seams, *, count: int, rng: np.random.Generator) -> "csr_matrix":
    """So many made-up listeners, one a row: 1 for each track that they like.  # csr [count, n] float32

    Raises NothingYet for a library too small to tell anything, BadRequest for a count below 1.
    """
    from scipy.sparse import csr_matrix

    n = len(seams.artists)
    if count < 1:
        raise BadRequest("There is a listener to draw at least.")
    if n < LEAST:
        raise NothingYet(f"{n} analysed tracks are too few to learn what goes together. Add music, then analyse it.")
    sources = _sources(seams)
    rows = [_likes(seams, sources, rng) for _ in range(count)]
    places = np.concatenate(rows)
    ends = np.concatenate([[0], np.cumsum([len(row) for row in rows])])
    return csr_matrix((np.ones(len(places), np.float32), places, ends), shape=(count, n))


_Source = Callable[[int, np.random.Generator], IntArray]
"""How many tracks are wanted -> rows that belong together."""


def _likes(seams: Seams, sources: Sequence[_Source], rng: np.random.Generator) -> IntArray:
    """What one of them likes, ascending.  # [LEAST to MOST]"""
    n = len(seams.artists)
    size = min(n, int(rng.integers(LEAST, MOST + 1)))
    interests = int(rng.integers(1, INTERESTS + 1))
    found = [rng.choice(n, size=max(1, round(STRAY * size)), replace=False)]
    for _ in range(interests):
        source = sources[int(rng.integers(len(sources)))]
        found.append(source(max(2, round(size / interests)), rng))
    if len(seams.liked) >= FEWEST and rng.random() < MINE:
        found.append(_some(seams.liked, max(2, size // 2), rng))
    return np.unique(np.concatenate(found))


def _sources(seams: Seams) -> list[_Source]:
    """All that the library can tell by; words twice, since they reach across artists."""
    groups = (_groups(seams.artists), _groups(seams.albums), [p for p in seams.playlists if len(p) >= FEWEST])
    found = [_of_groups(rows) for rows in groups if rows]
    if seams.tags.shape[1]:
        found += [_of_words(_standing_out(seams.tags))] * 2
    return found or [
        lambda size, rng: rng.choice(len(seams.artists), size=min(size, len(seams.artists)), replace=False)
    ]


def _groups(codes: IntArray) -> list[IntArray]:
    """The rows of each code that is known and has enough of them."""
    order = np.argsort(codes, kind="stable")
    parts = np.split(order, np.flatnonzero(np.diff(codes[order])) + 1)
    return [part for part in parts if len(part) >= FEWEST and codes[part[0]] >= 0]


def _of_groups(groups: Sequence[IntArray]) -> _Source:
    return lambda size, rng: _some(groups[int(rng.integers(len(groups)))], size, rng)


def _some(rows: IntArray, size: int, rng: np.random.Generator) -> IntArray:
    return np.asarray(rng.choice(rows, size=min(size, len(rows)), replace=False), np.int64)


def _of_words(strength: FloatArray) -> _Source:
    """Tracks in which one to three words stand out together."""

    def source(size: int, rng: np.random.Generator) -> IntArray:
        words = rng.choice(strength.shape[1], size=min(strength.shape[1], int(rng.integers(1, 4))), replace=False)
        said = strength[:, words] @ rng.dirichlet(np.ones(len(words))).astype(np.float32)
        # the best of weighed lots: a draw without replacement (Efraimidis & Spirakis, 2006)
        lots = SHARP * said + rng.gumbel(size=len(said))
        best = np.argpartition(-lots, min(size, len(lots)) - 1)[:size]
        return np.asarray(best, np.int64)

    return source


def _standing_out(tags: FloatArray) -> FloatArray:
    """By how many deviations each word stands out; what is far out counts as three.  # [n, t]"""
    told = np.nan_to_num(np.asarray(tags, np.float32))
    spread = told.std(axis=0)
    level = (told - told.mean(axis=0)) / np.where(spread > 1e-6, spread, np.inf)
    return np.asarray(np.clip(level, -3, 3), np.float32)
