"""Categories of music as numbers: how much of each is in an item, and how alike two such mixtures are.

A class vector is what a classifier says of an item: a probability a category, adding up to 1. Where an encoder gives
other vectors, categories are made out of them: so many clusters, and for every item how much it belongs to each.
"""

import numpy as np

from musicdesk.recommend.log import BoolArray
from musicdesk.recommend.vectors import present, unit
from musicdesk.records import FloatArray

RATIOS = ("norms", "components", "none")
"""What the modified similarity multiplies the cosine by; none leaves the plain cosine."""
ROUNDS = 25
SOFTNESS = 0.15
"""Temperature of the membership in made categories: an item near its centre belongs to it by nine tenths."""
FEWEST = 5
"""Items that a made category has on average, at least."""
_ROUNDING = 0.01


def class_vectors(vectors: FloatArray, *, count: int, seed: int) -> FloatArray:
    """``vectors`` [n, dim] as class vectors: as they are if they are probabilities, else of ``count`` made categories.

    Rows of nan stay nan. Fewer items make fewer categories.  # [n, n_categories]
    """
    there = present(vectors)
    rows = np.asarray(vectors[there], np.float32)
    classes = rows if are_probabilities(rows) else _made(unit(rows), min(count, 1 + len(rows) // FEWEST), seed=seed)
    found = np.full((len(vectors), classes.shape[1]), np.nan, np.float32)
    found[there] = classes
    return found


def are_probabilities(rows: FloatArray) -> bool:
    """Whether every row of ``rows`` [n, dim] is a probability distribution."""
    return bool(rows.size and rows.min() >= 0 and np.abs(rows.sum(axis=1) - 1).max() <= _ROUNDING)


def similarity(items: FloatArray, profiles: FloatArray, *, ratio: str) -> FloatArray:
    """The modified similarity Z of class vectors: their cosine, times the ratio of their sizes.

    "norms" takes min(‖A‖, ‖P‖) / max(‖A‖, ‖P‖): a pure item and a mixed profile are less alike than two pure ones.
    "components" takes the mean over the categories of min(A_k, P_k) / max(A_k, P_k). The paper names a "vector ratio"
    and gives no formula; both are readings of it.  # [n, C], [m, C] -> [m, n]
    """
    sizes, wanted = np.linalg.norm(items, axis=1), np.linalg.norm(profiles, axis=1)[:, None]
    cosine = profiles @ items.T / np.maximum(sizes * wanted, 1e-12)
    if ratio == "norms":
        cosine = cosine * np.minimum(sizes, wanted) / np.maximum(np.maximum(sizes, wanted), 1e-12)
    elif ratio == "components":
        cosine = cosine * _component_ratio(items, profiles)
    return np.asarray(cosine, np.float32)


def memberships(classes: FloatArray, *, threshold: float, reading: str) -> BoolArray:
    """Which categories each row of ``classes`` [n, C] belongs to; rows of nan to none.

    Reading "share": to its strongest alone. Reading "song": to all that reach the threshold, at least the strongest.
    # [n, C]
    """
    there = present(classes)
    found = np.zeros(classes.shape, bool)
    found[np.flatnonzero(there), classes[there].argmax(axis=1)] = True
    return found | (classes >= threshold) if reading == "song" else found


def _component_ratio(items: FloatArray, profiles: FloatArray) -> FloatArray:
    """The mean over the categories of the smaller share over the larger; two zeros are alike.  # [m, n]"""
    total = np.zeros((len(profiles), len(items)), np.float32)
    for a, p in zip(items.T, profiles.T, strict=True):
        larger = np.maximum(a, p[:, None])
        total += np.divide(np.minimum(a, p[:, None]), larger, out=np.ones_like(larger), where=larger > 0)
    return np.asarray(total / max(1, items.shape[1]), np.float32)


def _made(rows: FloatArray, count: int, *, seed: int) -> FloatArray:
    """How much each of the unit vectors ``rows`` [n, dim] belongs to each of ``count`` clusters.  # [n, count]"""
    centres = _centres(rows, count, rng=np.random.default_rng(seed))
    near = np.exp((rows @ centres.T - 1) / SOFTNESS)
    return np.asarray(near / near.sum(axis=1, keepdims=True), np.float32)


def _centres(rows: FloatArray, count: int, *, rng: np.random.Generator) -> FloatArray:
    """Spherical k-means; begun as k-means++ does (Arthur & Vassilvitskii 2007).  # [count, dim]"""
    centres = rows[[int(rng.integers(len(rows)))]]
    while len(centres) < count:
        far = np.maximum(1 - (rows @ centres.T).max(axis=1), 0).astype(np.float64) + 1e-9
        centres = np.vstack([centres, rows[[int(rng.choice(len(rows), p=far / far.sum()))]]])
    for _ in range(ROUNDS):
        own = (rows @ centres.T).argmax(axis=1)
        sums = np.zeros_like(centres)
        np.add.at(sums, own, rows)
        size = np.linalg.norm(sums, axis=1, keepdims=True)
        moved = np.where(size > 0, sums / np.maximum(size, 1e-12), centres).astype(np.float32)
        if np.allclose(moved, centres, atol=1e-6):
            break
        centres = moved
    return centres
