"""The bank of prototypes: spherical k-means over the vectors of the tracks that a taste is made from.

Spherical k-means after Dhillon & Modha, "Concept decompositions for large sparse text data using clustering" (2001),
seeded by k-means++ after Arthur & Vassilvitskii (2007). The prototypical network replaces this room's clustering and
gives the same: directions of the standardised space, members and exemplars.
"""

from collections.abc import Collection
from dataclasses import dataclass
from math import sqrt

import numpy as np

from musicdesk.errors import BadRequest
from musicdesk.records import FloatArray, IntArray

MOST = 8
"""Never more groups of likes, or of a library, than a person can overlook."""
LIBRARY_COUNT = 6
"""How many prototypes a library is shown with while there is no feedback."""
EXEMPLARS = 3
TWINS = 0.985
"""Two exemplars of a higher cosine would sound like the same track twice."""
FIT_ROWS = 4_096
"""A larger set of members is clustered by a sample of this size; every member is then assigned."""
RESTARTS, ROUNDS = 6, 50
JUDGED_ROWS = 1_000
NEAR_BEST = 0.9
"""A larger number of clusters is taken when its silhouette is at least so much of the best."""


@dataclass(frozen=True, slots=True, eq=False)
class Cluster:
    """A group of tracks that sound alike, as rows of the space they were found in."""

    vector: FloatArray  # [dim] unit length
    members: IntArray  # [m] rows, nearest to the vector first
    exemplars: IntArray  # [up to 3] rows, best first


def build(
    space: FloatArray,
    members: IntArray | None,
    *,
    count: int | None = None,
    most: int = MOST,
    rng: np.random.Generator,
) -> tuple[Cluster, ...]:
    """Group ``members`` (rows of ``space`` [n, dim], unit rows; None: all) into ``count`` clusters, largest first.

    With ``count`` None the whole library is shown by six, liked tracks by as many as they have kinds, at most
    ``fitting_count`` and ``most``. Fewer clusters come back where there are fewer different vectors. Raises BadRequest
    if there is nothing to group.
    """
    rows = np.arange(len(space)) if members is None else np.unique(np.asarray(members, dtype=np.int64))
    if not len(rows):
        raise BadRequest("There are no tracks to make prototypes from.")
    vectors = space if len(rows) == len(space) else space[rows]
    wanted = count or (LIBRARY_COUNT if members is None else 0)
    if wanted:
        centres = _fit(vectors, min(wanted, len(rows), most), rng)
    else:
        centres = _as_many_as_kinds(vectors, min(fitting_count(len(rows)), most), rng)
    nearest = np.argmax(vectors @ centres.T, axis=1)
    groups = [rows[nearest == k] for k in range(len(centres))]
    clusters = [_cluster(space, group) for group in groups if len(group)]
    return tuple(sorted(clusters, key=lambda cluster: -len(cluster.members)))


def fitting_count(members: int) -> int:
    """How many prototypes so many liked tracks can bear: one, two, then about the square root, at most 8."""
    return min(MOST, max(min(members, 2), round(sqrt(members))))


def direction(vectors: FloatArray) -> FloatArray:
    """The unit vector nearest to all of ``vectors`` [m, dim] by cosine; of opposite ones, the first.  # [dim]"""
    total = np.asarray(vectors.sum(axis=0, dtype=np.float64))
    length = float(np.linalg.norm(total))
    if length < 1e-6:
        return np.asarray(vectors[0], dtype=np.float32)
    return (total / length).astype(np.float32)


def exemplars(
    space: FloatArray,
    vector: FloatArray,
    members: IntArray,
    *,
    count: int = EXEMPLARS,
    refused: Collection[int] = (),
    in_order: bool = False,
) -> IntArray:
    """The rows that show best what ``vector`` stands for: members first, then neighbours, no two of them alike.

    Members come by their nearness, or ``in_order``, as they are given; those that are ``refused`` never.
    """
    own = members if in_order else members[np.argsort(-(space[members] @ vector), kind="stable")]
    chosen = _unlike(space, _without(own, refused), [], count)
    if len(chosen) < count:
        near = _nearest(space, vector, 8 * count + len(refused))
        chosen = _unlike(space, _without(near, refused), chosen, count)
    return np.array(chosen, dtype=np.int64)


def _without(rows: IntArray, refused: Collection[int]) -> IntArray:
    return rows[~np.isin(rows, list(refused))] if refused else rows


def _nearest(space: FloatArray, vector: FloatArray, count: int) -> IntArray:
    near = space @ vector
    rows = np.argpartition(-near, min(count, len(near) - 1))[:count]
    return rows[np.argsort(-near[rows], kind="stable")]


def _unlike(space: FloatArray, rows: IntArray, chosen: list[int], count: int) -> list[int]:
    picked = list(chosen)
    for row in rows.tolist():
        if len(picked) == count:
            break
        if row not in picked and all(float(space[row] @ space[other]) < TWINS for other in picked):
            picked.append(row)
    return picked


def _cluster(space: FloatArray, rows: IntArray) -> Cluster:
    vector = direction(space[rows])
    near_first = rows[np.argsort(-(space[rows] @ vector), kind="stable")]
    return Cluster(vector, near_first, exemplars(space, vector, near_first))


def _as_many_as_kinds(vectors: FloatArray, most: int, rng: np.random.Generator) -> FloatArray:
    """Centres of the largest number of clusters, two at least, that come near the best silhouette.  # [k, dim]"""
    if most <= 2:
        return _fit(vectors, most, rng)
    tries = [_fit(vectors, count, rng) for count in range(2, most + 1)]
    worth = [_silhouette(vectors[:JUDGED_ROWS], centres) for centres in tries]
    return next(tries[i] for i in reversed(range(len(tries))) if worth[i] >= NEAR_BEST * max(worth) or not i)


def _silhouette(vectors: FloatArray, centres: FloatArray) -> float:
    """How much nearer vectors are to their own cluster than to the next, -1 to 1; after Rousseeuw (1987), by cosine.

    A cluster of one counts 0.
    """
    own = np.argmax(vectors @ centres.T, axis=1)
    member = np.eye(len(centres), dtype=np.float32)[own]
    size = member.sum(axis=0)
    summed = (1 - vectors @ vectors.T) @ member
    rows = np.arange(len(vectors))
    inner = summed[rows, own] / np.maximum(size[own] - 1, 1)
    mean = np.where(size > 0, summed / np.maximum(size, 1), np.inf)
    mean[rows, own] = np.inf
    outer = mean.min(axis=1)
    if not np.isfinite(outer).all():
        return -1.0
    apart = (outer - inner) / np.maximum(np.maximum(outer, inner), 1e-6)
    return float(np.where(size[own] > 1, apart, 0).mean())


def _fit(vectors: FloatArray, count: int, rng: np.random.Generator) -> FloatArray:
    """The best centres of several restarts.  # [k, dim]"""
    if len(vectors) > FIT_ROWS:
        vectors = vectors[np.sort(rng.choice(len(vectors), FIT_ROWS, replace=False))]
    tries = [_lloyd(vectors, _seeds(vectors, count, rng)) for _ in range(RESTARTS)]
    return max(tries, key=lambda fitted: fitted[1])[0]


def _seeds(vectors: FloatArray, count: int, rng: np.random.Generator) -> FloatArray:
    """k-means++: each seed is drawn with the probability of its squared chord, 2 - 2 cos, to the seeds so far."""
    chosen = [int(rng.integers(len(vectors)))]
    gap = np.full(len(vectors), np.inf)
    while len(chosen) < count:
        gap = np.minimum(gap, np.maximum(2 - 2 * (vectors @ vectors[chosen[-1]]).astype(np.float64), 0))
        gap[gap < 1e-5] = 0
        if not gap.sum():
            break
        chosen.append(int(rng.choice(len(vectors), p=gap / gap.sum())))
    return np.asarray(vectors[chosen])


def _lloyd(vectors: FloatArray, centres: FloatArray) -> tuple[FloatArray, float]:
    """Assign and re-centre until nothing moves; an emptied cluster takes the worst placed vector."""
    before = np.full(len(vectors), -1)
    for _ in range(ROUNDS):
        cosines = vectors @ centres.T
        nearest = np.argmax(cosines, axis=1)
        if np.array_equal(nearest, before):
            break
        before = nearest
        fit = cosines[np.arange(len(vectors)), nearest]
        centres = _recentred(vectors, nearest, fit, len(centres))
    return centres, float((vectors @ centres.T).max(axis=1).sum())


def _recentred(vectors: FloatArray, nearest: IntArray, fit: FloatArray, count: int) -> FloatArray:
    """The directions of ``count`` groups, summed in one product: masked sums took half the time of the clustering."""
    member = (nearest[:, None] == np.arange(count)).astype(np.float32)
    summed = member.T @ vectors
    length = np.linalg.norm(summed, axis=1, keepdims=True)
    centres = np.divide(summed, length, out=np.zeros_like(summed), where=length > 1e-6)
    for group in np.flatnonzero(length[:, 0] <= 1e-6).tolist():
        own = np.flatnonzero(nearest == group)
        centres[group] = vectors[own[0]] if len(own) else vectors[int(np.argmin(fit))]
    return np.asarray(centres, dtype=np.float32)
