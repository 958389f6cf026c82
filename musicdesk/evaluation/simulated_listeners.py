"""Listeners made up over songs of known genre: what they heard, how they rate it, and what they would like.

A listener likes one genre or several, hears mostly those, and now and then another; of every song there is an opinion,
which follows the genre but for a share of whims. What they can be recommended is by artists that they never heard.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from musicdesk.errors import BadRequest
from musicdesk.recommend.log import BoolArray, History
from musicdesk.records import FloatArray, IntArray

ONE, SEVERAL = "one category", "several categories"
KINDS = (ONE, SEVERAL)
METRICS = ("liked", "category", "balance")
"""What ``outcome`` tells of a list."""
STARS = 5
UNRATED = 3 / STARS
"""The preference degree of what was heard and not rated: neither for nor against."""


@dataclass(frozen=True, slots=True)
class Population:
    """How many listeners of each kind there are, and what they are like."""

    listeners: int = 400
    """Of each kind."""
    heard: int = 40
    """Songs that each has heard."""
    stray: float = 0.2
    """The share of them that is of other genres than the listener likes."""
    whims: float = 0.1
    """The share of all songs of which the opinion goes against the genre."""

    def __post_init__(self) -> None:
        if self.listeners < 2 or self.heard < 1:
            raise BadRequest("Two listeners of each kind who heard a song each are the least that can be compared.")
        if not 0 <= self.stray < 1 or not 0 <= self.whims < 0.5:
            raise BadRequest("Strays are a share below 1, whims one below a half: beyond, nobody has a taste.")


@dataclass(frozen=True, slots=True, eq=False)
class Listener:
    """One made-up person. Rows are those of the songs."""

    kind: str
    shares: FloatArray  # [n_classes] of the own listening, strays apart; adds up to 1, 0 for what is not liked
    heard: IntArray  # [m] rows, oldest first
    stars: IntArray  # [n] 1 to 5, what they would say of every song
    choice: IntArray  # [c] rows of what can be recommended, songs of one fold by artists never heard, in chance order
    fold: int

    @property
    def liked(self) -> BoolArray:
        """Which songs they would give four stars or five.  # [n]"""
        return self.stars >= STARS - 1

    @property
    def unit(self) -> tuple[object, ...]:
        """Listeners with one taste who choose among the same songs are no independent evidence."""
        return (self.fold, *np.flatnonzero(self.shares).tolist())


def listeners(
    codes: IntArray, folds: IntArray, population: Population, *, rng: np.random.Generator
) -> tuple[Listener, ...]:
    """So many of each kind over songs of the classes ``codes`` [n], whose artists ``folds`` [n] keep apart.

    Every genre, every pair and every three of them, and every fold to choose from, come as often as the others. Raises
    BadRequest where there are fewer than three genres, or fewer songs than anyone is to have heard.
    """
    classes, parts = int(codes.max(initial=-1)) + 1, np.unique(folds)
    if classes < 3:
        raise BadRequest(f"Listeners of several genres need three genres to begin with; there are {classes}.")
    if len(codes) - np.bincount(folds).max() < population.heard:
        raise BadRequest(f"Nobody can have heard {population.heard} of {len(codes)} songs and choose among others.")
    found = []
    for kind, tastes in zip(KINDS, _tastes(classes), strict=True):
        for number in range(population.listeners):
            taste, fold = tastes[number % len(tastes)], parts[number // len(tastes) % len(parts)]
            found.append(_listener(kind, taste, codes, folds == fold, fold=int(fold), population=population, rng=rng))
    return tuple(found)


def history(listener: Listener, ratings: int, *, all_heard: bool) -> History:
    """The first so many songs that they heard with their ratings; ``all_heard`` adds the others, without any."""
    heard = listener.heard if all_heard else listener.heard[:ratings]
    degrees = np.where(np.arange(len(heard)) < ratings, listener.stars[heard] / STARS, UNRATED)
    return History.of(heard, degrees)


def outcome(listener: Listener, items: Sequence[int] | IntArray, codes: IntArray, *, count: int) -> FloatArray:
    """How good a list of ``count`` places is, each 0 to 1; places left empty please nobody.

    The share that they like; the share that is of a genre they like; and how near the shares of the genres in the list
    are to their own (1 less the total variation).  # [3]
    """
    rows = np.asarray(items, np.int64)
    in_list = np.bincount(codes[rows], minlength=len(listener.shares)) / count
    own = float(in_list[listener.shares > 0].sum())
    balance = 1 - np.abs(in_list - listener.shares).sum() / 2 - (1 - len(rows) / count) / 2
    return np.array([listener.liked[rows].sum() / count, own, balance], np.float32)


def _tastes(classes: int) -> tuple[list[tuple[int, ...]], list[tuple[int, ...]]]:
    """Every genre alone; and every pair, and every three where that is not all there is."""
    sizes = [size for size in (2, 3) if size < classes]
    return [(one,) for one in range(classes)], [some for size in sizes for some in combinations(range(classes), size)]


def _listener(
    kind: str, taste: tuple[int, ...], codes: IntArray, there: BoolArray, *, fold: int, population: Population,
    rng: np.random.Generator,
) -> Listener:  # fmt: skip
    shares = np.zeros(int(codes.max()) + 1, np.float32)
    # half of the listening is spread evenly, so that no genre that is liked is a mere stray
    shares[list(taste)] = 0.5 / len(taste) + 0.5 * rng.dirichlet(np.ones(len(taste)))
    heard = _heard(shares, codes, ~there, population, rng=rng)
    likes = (shares[codes] > 0) ^ (rng.random(len(codes)) < population.whims)
    stars = rng.integers(2, size=len(codes)) + np.where(likes, STARS - 1, 1)
    return Listener(kind, shares, heard, stars, rng.permutation(np.flatnonzero(there)), fold)


def _heard(
    shares: FloatArray, codes: IntArray, there: BoolArray, population: Population, *, rng: np.random.Generator
) -> IntArray:
    """What someone with these shares came across among the songs that are there."""
    other = shares == 0
    wanted = (1 - population.stray) * shares + population.stray * other / max(1, other.sum())
    rows = np.flatnonzero(there)
    sizes = np.bincount(codes[rows], minlength=len(shares))
    # the least chance for every song, so that there are enough to draw
    weights = (wanted / np.maximum(sizes, 1))[codes[rows]].astype(np.float64) + 1e-9
    return np.asarray(rng.choice(rows, size=population.heard, replace=False, p=weights / weights.sum()), np.int64)
