"""How well sounds find what was taken after them, in any space."""

import numpy as np

from musicdesk.evaluation.resampling import Values
from musicdesk.records import FloatArray, IntArray
from musicdesk.records.meaning import PreferencePairs

METRICS = ("recall@10", "ndcg@10", "mrr")
TOP = 10


def values(
    near: FloatArray, pairs: PreferencePairs, *, rng: np.random.Generator, known: PreferencePairs | None = None
) -> tuple[Values, IntArray]:
    """METRICS of each trigger, and which rows these are; equal nearness is drawn by lot.  # [n, n] -> [m, 3], [m]

    Recall is of at most TOP tracks that were taken; NDCG is of relevance 1 or 0; the trigger itself is left out, and so
    is what was taken with it before, in the pairs that are ``known``.
    """
    triggers = np.unique(pairs.triggers)
    if known is not None:
        near = near.copy()
        near[known.triggers, known.accepted] = near[known.accepted, known.triggers] = -np.inf
    found = [_one(near[row], row, pairs.accepted[pairs.triggers == row], rng) for row in triggers.tolist()]
    return np.array(found, np.float64).reshape(-1, len(METRICS)), triggers


def by_chance(pairs: PreferencePairs, count: int) -> dict[str, float]:
    """The recall of a list in chance order, over the same triggers."""
    sizes = [len(np.unique(pairs.accepted[pairs.triggers == row])) for row in np.unique(pairs.triggers).tolist()]
    return {"recall@10": float(np.mean([size * min(TOP / (count - 1), 1) / min(size, TOP) for size in sizes]))}


def _one(near: FloatArray, row: int, accepted: IntArray, rng: np.random.Generator) -> tuple[float, float, float]:
    scores = near.astype(np.float64)
    scores[row] = -np.inf
    order = np.lexsort((rng.random(len(scores)), -scores))
    taken = np.unique(accepted)
    hits = np.flatnonzero(np.isin(order, taken))
    first = hits[hits < TOP]
    ideal = (1 / np.log2(np.arange(min(len(taken), TOP)) + 2)).sum()
    return (
        len(first) / min(len(taken), TOP),
        float((1 / np.log2(first + 2)).sum() / ideal),
        1 / (float(hits[0]) + 1),
    )
