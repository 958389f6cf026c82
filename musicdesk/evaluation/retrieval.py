"""Retrieval without listeners: does a track find its album, its artist, its genre, its own copy? Beside chance."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from musicdesk.errors import BadRequest
from musicdesk.evaluation.metrics import average_precision, bootstrap
from musicdesk.records import FloatArray, IntArray, Measure, numbers_of

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
    similarity: FloatArray,
    groups: Sequence[str],
    *,
    rng: np.random.Generator,
    apart: Sequence[str] = (),
    shuffles: int = 20,
) -> GroupRetrieval:
    """Rank all others for every track by ``similarity`` [n, n] and look for its group; "" belongs to none.

    ``apart`` [n] names what a track must not be found by: others of the same name are left out of its ranking, so that
    an artist, say, is looked for on other albums alone ("" shares with nobody). Tied similarities are ordered at random
    (by ``rng``), never by row, so that a coarse measure gains nothing from the order of the files. Raises BadRequest
    where no group has two tracks.
    """
    codes, kin = numbers_of(groups), numbers_of(apart or [""] * len(groups))
    orders = nearest_first(similarity, rng=rng)
    precisions, queries = _precisions(orders, codes, kin)
    if not len(queries):
        raise BadRequest("No group has two tracks.")
    shuffled = [float(_precisions(orders, rng.permutation(codes), kin)[0].mean()) for _ in range(shuffles)]
    found = bootstrap(precisions, rng=rng, units=codes[queries].tolist())
    return GroupRetrieval(found, bootstrap(shuffled, rng=rng), len(queries))


def cosine(space: FloatArray) -> FloatArray:
    """Cosines of unit rows with each other.  # [n, n]"""
    return np.asarray(space @ space.T)


def similarity_of(items: Sequence[Item], alike: Callable[[Item, Item], float]) -> FloatArray:
    """Any pairwise measure as a matrix: the file-format control compares codec, bit rate and sample rate.  # [n, n]"""
    return np.array([[alike(a, b) for b in items] for a in items], dtype=np.float32)


def nearest_first(similarity: FloatArray, *, rng: np.random.Generator) -> IntArray:
    """For every row the others, nearest first, ties at random; ``similarity`` is [n, n].  # [n, n - 1]"""
    near = np.array(similarity, dtype=np.float64)
    np.fill_diagonal(near, -np.inf)
    luck = rng.random(near.shape)
    return np.lexsort((luck, -near), axis=1)[:, :-1]


def told_by_neighbours(
    similarity: FloatArray, labels: Sequence[str], *, apart: Sequence[str], k: int, rng: np.random.Generator
) -> tuple[str, ...]:
    """The label that most of the ``k`` nearest have, for every row; "" where nobody can be asked.

    Rows without a label ("") are neither asked nor answered, and nobody asks those of the same name in ``apart`` (an
    artist, say). Equally many votes: the label of the nearest among them.
    """
    orders, kin = nearest_first(similarity, rng=rng), numbers_of(apart)
    asked = np.array([bool(label) for label in labels])
    told: list[str] = []
    for row, others in enumerate(orders):
        near = others[asked[others] & ~_kin_of(row, kin)[others]][:k]
        votes = Counter(labels[int(other)] for other in near)  # counts equal numbers in the order of their coming
        told.append(votes.most_common(1)[0][0] if asked[row] and votes else "")
    return tuple(told)


def averaged_over_neighbours(
    similarity: FloatArray, values: FloatArray, *, apart: Sequence[str], k: int, rng: np.random.Generator
) -> FloatArray:
    """The mean of ``values`` [n, m] over the ``k`` nearest of another name in ``apart``, for every row.  # [n, m]

    Rows whose values are not known (NaN) are not asked; NaN where nobody can be asked.
    """
    orders, kin = nearest_first(similarity, rng=rng), numbers_of(apart)
    asked = np.asarray(np.isfinite(values).all(axis=1))
    told = np.full(values.shape, np.nan, dtype=np.float32)
    for row, others in enumerate(orders):
        near = others[asked[others] & ~_kin_of(row, kin)[others]][:k]
        if len(near):
            told[row] = values[near].mean(axis=0)
    return told


def ranks_of_originals(copies: FloatArray, library: FloatArray, originals: IntArray) -> IntArray:
    """At which place (1 is first) copy i finds row ``originals[i]`` of the library; unit rows, ties count against."""
    near = copies @ library.T
    own = near[np.arange(len(near)), originals]
    return np.asarray((near >= own[:, None]).sum(axis=1), dtype=np.int64)


def _precisions(orders: IntArray, codes: IntArray, kin: IntArray) -> tuple[FloatArray, IntArray]:
    """Average precision of every track with a companion that is no kin, and which tracks those are."""
    values, queries = [], []
    for row in np.flatnonzero(codes >= 0).tolist():
        others = orders[row]
        relevant = codes[others[~_kin_of(row, kin)[others]]] == codes[row]
        if relevant.any():
            values.append(average_precision(relevant))
            queries.append(row)
    return np.array(values, dtype=np.float32), np.array(queries, dtype=np.int64)


def _kin_of(row: int, kin: IntArray) -> npt.NDArray[np.bool_]:
    """Who shares a name with the track in ``row``.  # [n]"""
    return np.asarray((kin == kin[row]) & (kin[row] >= 0), dtype=np.bool_)
