"""Measures of recommended lists: what was found and how far up, and what the lists are like beside that.

``hit_rate`` whether anything was found, ``recall`` hits / min(k, relevant), ``ndcg`` with log2 discount and the best
list possible as 1, ``mrr`` 1 / place of the first hit, ``precision`` hits / k. ``novelty`` mean self-information of
what is listed, in bits (Zhou et al., PNAS 107, 2010), ``diversity`` mean 1 - cosine over its pairs (Ziegler et al.,
WWW 2005), ``popularity_bias`` how much higher its mean percentile of popularity is than that of what the listener
turned out to like (after Abdollahpouri et al., 2019); 0 is fair.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from musicdesk.recommend.log import BoolArray, Log
from musicdesk.recommend.vectors import filled, present, unit
from musicdesk.records import FloatArray, IntArray

FOUND = ("hit_rate", "recall", "ndcg", "mrr", "precision")
"""Measures of what was found."""
LIKE = ("novelty", "diversity", "popularity_bias")
"""What the lists are like."""
METRICS = (*FOUND, *LIKE)

Values = npt.NDArray[np.float64]


def best(scores: FloatArray, allowed: BoolArray, *, k: int, rng: np.random.Generator) -> IntArray:
    """The k best allowed items of each row, best first; -1 where fewer are allowed.  # [m, n], [m, n] -> [m, k]

    Equal scores are put in an order drawn by lot for each row: the order of the items must tell nothing (in many logs
    the first ones are the best known).
    """
    shown = np.where(allowed, scores, -np.inf).astype(np.float32)
    size = min(k, shown.shape[1])
    edge = np.partition(shown, -size, axis=1)[:, -size, None]
    lot = rng.random(shown.shape, dtype=np.float32)
    rank = np.where(shown > edge, 2 - lot, np.where(shown == edge, 1 - lot, 0))  # above, then at the edge by lot
    top = np.argpartition(-rank, size - 1, axis=1)[:, :size]
    values, lots = np.take_along_axis(shown, top, 1), np.take_along_axis(lot, top, 1)
    top = np.take_along_axis(top, np.lexsort((lots, -values), axis=1), 1)
    top = np.where(np.take_along_axis(shown, top, 1) > -np.inf, top, -1)
    return np.pad(top.astype(np.int64), ((0, 0), (0, k - size)), constant_values=-1)


def found(lists: IntArray, held: Sequence[IntArray]) -> Values:
    """FOUND of each list; ``held`` [m] are the relevant items, at least one each.  # [m, k] -> [m, 5]"""
    k = lists.shape[1]
    hits = np.stack([np.isin(row, items) for row, items in zip(lists, held, strict=True)])
    relevant = np.array([len(items) for items in held])
    count = hits.sum(axis=1)
    gains = _discounts(k)
    ideal = np.cumsum(gains)[np.minimum(relevant, k) - 1]
    first = np.where(count > 0, 1 / (1 + hits.argmax(axis=1)), 0.0)
    return np.stack([count > 0, count / np.minimum(relevant, k), hits @ gains / ideal, first, count / k], axis=1)


def by_chance(allowed: IntArray, relevant: IntArray, *, k: int) -> Values:
    """FOUND as expected of a list drawn by lot from ``allowed`` items, ``relevant`` of them held out.  # [m] -> [m, 5]

    Exact: each place holds a relevant item with probability R / C; the first hit stands at place r after r - 1 misses.
    """
    share = relevant / allowed
    size = np.minimum(k, allowed)
    places = np.arange(k)
    possible = places < size[:, None]
    none_before = _none_before(allowed, relevant, k)
    at_place = none_before * np.minimum(1, relevant[:, None] / np.maximum(1, allowed[:, None] - places))
    at_place = np.where(possible, at_place, 0)
    gains = _discounts(k)
    ideal = np.cumsum(gains)[np.minimum(relevant, k) - 1]
    ndcg = share * (possible * gains).sum(axis=1) / ideal
    mrr = (at_place / (1 + places)).sum(axis=1)
    hits = share * size
    return np.stack([at_place.sum(axis=1), hits / np.minimum(relevant, k), ndcg, mrr, hits / k], axis=1)


def coverage(lists: IntArray, candidates: BoolArray) -> float:
    """The share of the candidates that stand in any list."""
    return len(np.setdiff1d(lists, [-1])) / max(1, int(candidates.sum()))


@dataclass(frozen=True, slots=True, eq=False)
class Backdrop:
    """What the items of a log are, beside being found; known to the measure, not to what is measured."""

    bits: Values  # [n_items] self-information: -log2 of the share of listeners who like it
    percentiles: Values  # [n_items] 0 to 1, how many candidates fewer people like
    sounds: FloatArray | None  # [n_items, dim] unit rows, zeros where nothing is known
    known: BoolArray  # [n_items] which have a sound

    @classmethod
    def of(cls, log: Log, vectors: FloatArray | None, candidates: BoolArray) -> "Backdrop":
        """From the whole log, held-out part included: how popular an item is does not depend on the split."""
        people = np.asarray(log.matrix(binary=True).sum(axis=0), np.float64).ravel()
        bits = np.log2(max(1, len(log.listeners)) / np.maximum(people, 1))
        known = np.zeros(log.n_items, bool) if vectors is None else present(vectors)
        sounds = None if vectors is None else filled(unit(vectors))
        return cls(bits, _percentiles(people, candidates), sounds, known)

    def like(self, lists: IntArray, held: Sequence[IntArray]) -> Values:
        """LIKE of each list; nan where it cannot be told.  # [m, k] -> [m, 3]"""
        listed = lists >= 0
        liked = np.array([self.percentiles[items].mean() for items in held])
        bias = _row_means(self.percentiles[lists], listed) - liked
        return np.stack([_row_means(self.bits[lists], listed), self._diversity(lists, listed), bias], axis=1)

    def _diversity(self, lists: IntArray, listed: BoolArray) -> Values:
        """Mean 1 - cosine over the pairs whose sound is known, from the length of the sum of unit rows."""
        if self.sounds is None:
            return np.full(len(lists), np.nan)
        there = listed & self.known[lists]
        rows = self.sounds[lists] * there[..., None]
        own = (rows**2).sum(axis=(1, 2), dtype=np.float64)  # the count, but for rows in the very middle, which are 0
        pairs = there.sum(axis=1) * (there.sum(axis=1) - 1)
        together = (rows.sum(axis=1, dtype=np.float64) ** 2).sum(axis=1) - own
        near: Values = np.divide(together, pairs, out=np.full(len(lists), np.nan), where=pairs > 0)
        return 1 - near


def _discounts(k: int) -> Values:
    return np.asarray(1 / np.log2(np.arange(k) + 2), np.float64)


def _none_before(allowed: IntArray, relevant: IntArray, k: int) -> Values:
    """The probability that no relevant item stands before each of k places.  # [m, k]"""
    places = np.arange(k - 1)
    left = np.maximum(1, allowed[:, None] - places)
    miss = np.clip((left - relevant[:, None]) / left, 0, 1)
    return np.concatenate([np.ones((len(allowed), 1)), np.cumprod(miss, axis=1)], axis=1)


def _percentiles(people: Values, candidates: BoolArray) -> Values:
    """Where each item stands among the candidates, equal ones in the middle of their places.  # [n_items]"""
    ordered = np.sort(people[candidates])
    low, high = (np.searchsorted(ordered, people, side=side) for side in ("left", "right"))
    return np.asarray((low + high) / (2 * max(1, len(ordered))), np.float64)


def _row_means(values: Values, there: BoolArray) -> Values:
    """Means over what is there; nan for an empty row."""
    count = there.sum(axis=1)
    means: Values = np.divide((values * there).sum(axis=1), count, out=np.full(len(values), np.nan), where=count > 0)
    return means
