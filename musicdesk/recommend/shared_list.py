"""A list for several listeners, or for one with several tastes: every category gets its share, every pick says whose.

The paper recommends within each of a listener's categories and suggests it for groups. Each listener gets the same
number of places, and divides them among their categories by largest remainder; the lists are merged in turn, and no
item comes twice.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from musicdesk.records import FloatArray, IntArray


@dataclass(frozen=True, slots=True)
class SharedPick:
    """An item of the list and for whom it is there."""

    item: int
    category: int
    """Of which category it is the next best; -1 where none of the preferred ones had anything left."""
    listener: int
    """For whom: the row of their profile."""
    also: tuple[int, ...]
    """Who else prefers a category that it belongs to."""
    score: float
    """Its similarity to what that listener likes of the category."""


@dataclass(frozen=True, slots=True, eq=False)
class Wish:
    """What one listener likes of one category, and the items that could serve, best first."""

    listener: int
    category: int
    share: float
    """Of the listener's places."""
    items: IntArray
    scores: FloatArray


def slots(shares: npt.ArrayLike, count: int) -> IntArray:
    """``count`` whole places in proportion to ``shares`` [n], by largest remainder; of equals the first gets more.

    # [n]
    """
    given = np.asarray(shares, np.float64)
    if not len(given) or given.sum() <= 0:
        return np.zeros(len(given), np.int64)
    exact = given / given.sum() * count
    whole: IntArray = np.floor(exact + 1e-9).astype(np.int64)
    most = np.argsort(-np.round(exact - whole, 9), kind="stable")
    whole[most[: count - int(whole.sum())]] += 1
    return whole


def merged(wishes: Sequence[Wish], count: int) -> tuple[SharedPick, ...]:
    """The best ``count`` items of the wishes, or as many as there are, each wish in turn until it has its places.

    Places that a wish cannot fill go to the listener's next wish, and to the others in turn where there is none. So
    nobody's places go to another as long as anything is left for them. ``also`` is left empty.
    """
    places, taken = _places(wishes, count), set[int]()
    queues = {number: _best_first(wish) for number, wish in enumerate(wishes)}
    found: list[SharedPick] = []
    while len(found) < count and queues:
        turn = [number for number in queues if places[number] > 0] or list(queues)
        for number in turn[: count - len(found)]:
            pick = next((pick for pick in queues[number] if pick.item not in taken), None)
            if pick is None:
                del queues[number]
                places[_heir(wishes, number, queues)] += places[number]
                continue
            found.append(pick)
            taken.add(pick.item)
            places[number] -= 1
    return tuple(found)


def _heir(wishes: Sequence[Wish], number: int, queues: Collection[int]) -> list[int]:
    """The next of the listener's wishes that has something left, in a list; an empty one if there is none."""
    return [other for other in queues if wishes[other].listener == wishes[number].listener][:1]


def _best_first(wish: Wish) -> Iterator[SharedPick]:
    for item, score in zip(wish.items.tolist(), wish.scores.tolist(), strict=True):
        yield SharedPick(item, wish.category, wish.listener, (), score)


def _places(wishes: Sequence[Wish], count: int) -> IntArray:
    """Every listener the same, and within them by share.  # [n_wishes]"""
    listeners = list(dict.fromkeys(wish.listener for wish in wishes))
    each = dict(zip(listeners, slots(np.ones(len(listeners)), count).tolist(), strict=True))
    places = np.zeros(len(wishes), np.int64)
    for listener in listeners:
        own = [number for number, wish in enumerate(wishes) if wish.listener == listener]
        places[own] = slots([wishes[number].share for number in own], each[listener])
    return places
