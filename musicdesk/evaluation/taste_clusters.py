"""A made-up log of many listeners whose tastes are known: what a recommender should find, and how much of it there is.

Items belong to clusters and sound like them, more or less; a listener likes one to four clusters; some items are heard
by everyone, most by hardly anyone; a tenth of all listens has no reason. A twentieth of the items nobody has heard. So
for each list it is known which items are of the listener's own clusters, beside those that were held out.
"""

from dataclasses import dataclass

import numpy as np

from musicdesk.errors import BadRequest
from musicdesk.recommend.log import BoolArray, Log
from musicdesk.records import FloatArray, IntArray, unit_rows

CLUSTERS, DIM = 40, 64
MOST_TASTES = 4
LISTENS, LISTENS_SPREAD = 40.0, 0.6
"""The median number of listens of a listener, and the deviation of its logarithm."""
FEWEST_LISTENS, MOST_LISTENS = 8, 400
NOISE = 0.1
"""The share of listens that follow popularity alone, whatever the listener's taste."""
SKEW = 0.8
"""Zipf's exponent: the item at place r is heard as 1 / r^SKEW."""
BLUR = 2.5
"""How far the items lie from the centre of their cluster, in lengths of the centre."""
COLD, HELD_OUT = 0.05, 0.2
SHARPNESS = 4.0
"""Of the class probabilities: how fast they fall with the distance from a centre."""
FEWEST_ITEMS, FEWEST_USERS = 20 * CLUSTERS, 20
_BEGAN, _SPAN_S = 1.6e9, 3e7


@dataclass(frozen=True, eq=False)
class MadeLog:
    """A log with everything that is known of it."""

    log: Log
    """Without what is held out."""
    held_users: IntArray  # [h] ascending
    held_items: IntArray  # [h]
    vectors: FloatArray  # [n_items, dim] how the items sound
    classes: FloatArray  # [n_items, clusters] how likely a listening classifier holds each cluster; rows add up to 1
    clusters: IntArray  # [n_items] the cluster of each item
    tastes: FloatArray  # [n_users, clusters] how a listener's listens fall on the clusters; rows add up to 1
    popularity: FloatArray  # [n_items] adds up to 1; 0 for an item that nobody can have heard

    @property
    def cold(self) -> BoolArray:
        """The items that nobody has heard.  # [n_items]"""
        return np.asarray(self.popularity == 0)

    def held_out(self, user: int) -> IntArray:
        """What a listener heard that the log does not tell.  # [m] items"""
        start, end = np.searchsorted(self.held_users, [user, user + 1])
        return np.asarray(self.held_items[start:end])

    def own(self, user: int) -> BoolArray:
        """The items of the clusters that a listener likes.  # [n_items]"""
        return np.asarray(self.tastes[user, self.clusters] > 0)

    def known_best(self, users: IntArray) -> FloatArray:
        """How likely each of ``users`` [m] is to listen to each item, as the log was drawn: nobody can know better.

        Items that nobody can have heard come last, those that would suit first.  # [m, n_items]
        """
        shares = np.bincount(self.clusters, weights=self.popularity, minlength=self.tastes.shape[1])
        wanted = (1 - NOISE) * self.tastes[users] / np.maximum(shares, 1e-12) + NOISE
        return np.asarray(wanted[:, self.clusters] * np.maximum(self.popularity, 1e-12), np.float32)


def make(users: int, items: int, *, rng: np.random.Generator) -> MadeLog:
    """Draw a log of ``users`` listeners and ``items`` items; 10,000 and 50,000 take a few seconds.

    Raises BadRequest for fewer than 20 listeners or 20 items a cluster.
    """
    if users < FEWEST_USERS or items < FEWEST_ITEMS:
        raise BadRequest(f"A made-up log needs at least {FEWEST_USERS} listeners and {FEWEST_ITEMS} items.")
    clusters = _clusters(items, rng)
    popularity = _popularity(items, rng)
    tastes = _tastes(users, rng)
    who, what = _listens(tastes, clusters, popularity, rng)
    held = _held_out(who, rng)
    times = _BEGAN + rng.uniform(0, _SPAN_S, len(who))
    log = Log.of(who[~held], what[~held], times=times[~held], n_users=users, n_items=items)
    vectors, classes = _sound(clusters, rng)
    return MadeLog(log, who[held], what[held], vectors, classes, clusters, tastes, popularity)


def _clusters(items: int, rng: np.random.Generator) -> IntArray:
    """Clusters of unlike size, each with twenty items at least.  # [items]"""
    sizes = rng.dirichlet(np.full(CLUSTERS, 3.0))
    drawn = rng.choice(CLUSTERS, size=items - FEWEST_ITEMS, p=sizes)
    return rng.permutation(np.concatenate([np.repeat(np.arange(CLUSTERS), FEWEST_ITEMS // CLUSTERS), drawn]))


def _popularity(items: int, rng: np.random.Generator) -> FloatArray:
    weights = rng.permutation(np.arange(1, items + 1) ** -SKEW)
    weights[rng.choice(items, round(COLD * items), replace=False)] = 0
    return np.asarray(weights / weights.sum(), np.float32)


def _tastes(users: int, rng: np.random.Generator) -> FloatArray:
    """One to four clusters a listener, with unlike shares.  # [users, CLUSTERS]"""
    liked = np.argsort(rng.random((users, CLUSTERS)), axis=1)[:, :MOST_TASTES]
    count = rng.integers(1, MOST_TASTES + 1, users)
    shares = rng.gamma(2.0, size=liked.shape) * (np.arange(MOST_TASTES) < count[:, None])
    tastes = np.zeros((users, CLUSTERS), np.float32)
    np.put_along_axis(tastes, liked, (shares / shares.sum(axis=1, keepdims=True)).astype(np.float32), axis=1)
    return tastes


def _listens(
    tastes: FloatArray, clusters: IntArray, popularity: FloatArray, rng: np.random.Generator
) -> tuple[IntArray, IntArray]:
    """Listener and item of every listen, no pair twice, sorted by listener.  # [n], [n]"""
    drawn = rng.lognormal(np.log(LISTENS), LISTENS_SPREAD, len(tastes))
    counts = np.clip(drawn, FEWEST_LISTENS, MOST_LISTENS).astype(np.int64)
    who = np.repeat(np.arange(len(tastes)), counts)
    wanted = _draw_clusters(tastes, who, rng)
    what = _draw_items(wanted, clusters, popularity, rng)
    aimless = rng.random(len(who)) < NOISE
    what[aimless] = rng.choice(len(popularity), size=int(aimless.sum()), p=_exact(popularity))
    pairs = np.unique(who * len(popularity) + what)
    return pairs // len(popularity), pairs % len(popularity)


def _draw_clusters(tastes: FloatArray, who: IntArray, rng: np.random.Generator) -> IntArray:
    reached = np.cumsum(tastes, axis=1, dtype=np.float64)
    reached /= reached[:, -1:]
    rows = reached + np.arange(len(tastes))[:, None]  # one ascending line for all listeners
    found = np.searchsorted(rows.ravel(), who + rng.random(len(who)), side="right")
    return np.asarray(np.minimum(found - who * tastes.shape[1], tastes.shape[1] - 1))


def _draw_items(wanted: IntArray, clusters: IntArray, popularity: FloatArray, rng: np.random.Generator) -> IntArray:
    """An item of each wanted cluster, the popular ones more often."""
    order = np.argsort(clusters, kind="stable")
    reached = np.cumsum(_exact(popularity)[order])
    ends = reached[np.searchsorted(clusters[order], np.arange(CLUSTERS), side="right") - 1]
    starts = np.concatenate([[0.0], ends[:-1]])
    places = starts[wanted] + rng.random(len(wanted)) * (ends - starts)[wanted]
    return np.asarray(order[np.minimum(np.searchsorted(reached, places, side="right"), len(order) - 1)])


def _exact(shares: FloatArray) -> FloatArray:
    exact = shares.astype(np.float64)
    return np.asarray(exact / exact.sum())


def _held_out(who: IntArray, rng: np.random.Generator) -> BoolArray:
    """A fifth of every listener's listens, by chance, one at least.  # [n]"""
    order = np.lexsort((rng.random(len(who)), who))
    starts = np.searchsorted(who, who)
    sizes = np.searchsorted(who, who, side="right") - starts
    held = np.zeros(len(who), bool)
    held[order] = np.arange(len(who)) - starts < np.maximum(1, np.floor(HELD_OUT * sizes))
    return held


def _sound(clusters: IntArray, rng: np.random.Generator) -> tuple[FloatArray, FloatArray]:
    """Vectors around the centres, and the class probabilities of a classifier that hears them.  # [n, DIM], [n, C]"""
    centres = unit_rows(rng.standard_normal((CLUSTERS, DIM), dtype=np.float32))
    blur = np.float32(BLUR / np.sqrt(DIM)) * rng.standard_normal((len(clusters), DIM), dtype=np.float32)
    vectors = centres[clusters] + blur
    likely = np.exp(SHARPNESS * (vectors @ centres.T))
    return vectors, likely / likely.sum(axis=1, keepdims=True)
