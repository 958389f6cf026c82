"""Retrieval without listeners: does a track find its album, its artist, its own copy? Each beside chance."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from musicdesk.errors import BadRequest
from musicdesk.evaluation.metrics import average_precision, bootstrap
from musicdesk.records import FloatArray, IntArray, Measure

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class GroupRetrieval:
    """How well tracks find the others of their group."""

    map: Measure
    """Mean average precision over the tracks that have a companion; the interval is drawn over groups."""
    chance: Measure
    """The same with the groups shuffled over the tracks."""
    queries: int


def same_group_map(
    similarity: FloatArray, groups: Sequence[str], *, rng: np.random.Generator, shuffles: int = 20
) -> GroupRetrieval:
    """Rank all others for every track by ``similarity`` [n, n] and look for its group; "" belongs to none.

    Tied similarities are ordered at random (by ``rng``), never by row, so that a coarse measure gains nothing from the
    order of the files. Raises BadRequest where no group has two tracks.
    """
    codes = _codes(groups)
    orders = _orders(similarity, rng)
    precisions, queries = _precisions(orders, codes)
    if not len(queries):
        raise BadRequest("No group has two tracks.")
    shuffled = [float(_precisions(orders, rng.permutation(codes))[0].mean()) for _ in range(shuffles)]
    found = bootstrap(precisions, rng=rng, units=codes[queries].tolist())
    return GroupRetrieval(found, bootstrap(shuffled, rng=rng), len(queries))


def cosine(space: FloatArray) -> FloatArray:
    """Cosines of unit rows with each other.  # [n, n]"""
    return np.asarray(space @ space.T)


def similarity_of(items: Sequence[Item], alike: Callable[[Item, Item], float]) -> FloatArray:
    """Any pairwise measure as a matrix: the file-format control compares codec, bit rate and sample rate.  # [n, n]"""
    return np.array([[alike(a, b) for b in items] for a in items], dtype=np.float32)


def ranks_of_originals(copies: FloatArray, library: FloatArray, originals: IntArray) -> IntArray:
    """At which place (1 is first) copy i finds row ``originals[i]`` of the library; unit rows, ties count against."""
    near = copies @ library.T
    own = near[np.arange(len(near)), originals]
    return np.asarray((near >= own[:, None]).sum(axis=1), dtype=np.int64)


def _codes(groups: Sequence[str]) -> IntArray:
    names = sorted({group for group in groups if group})
    code = {group: number for number, group in enumerate(names)}
    return np.array([code.get(group, -1) for group in groups], dtype=np.int64)


def _orders(similarity: FloatArray, rng: np.random.Generator) -> IntArray:
    """For every row the others, nearest first.  # [n, n - 1]"""
    near = np.array(similarity, dtype=np.float64)
    np.fill_diagonal(near, -np.inf)
    luck = rng.random(near.shape)
    return np.lexsort((luck, -near), axis=1)[:, :-1]


def _precisions(orders: IntArray, codes: IntArray) -> tuple[FloatArray, IntArray]:
    """Average precision of every track with a companion, and which tracks those are."""
    sizes = np.bincount(codes[codes >= 0], minlength=codes.max(initial=0) + 1)
    queries = np.flatnonzero((codes >= 0) & (sizes[codes] > 1))
    values = [average_precision(codes[orders[row]] == codes[row]) for row in queries]
    return np.array(values, dtype=np.float32), queries
