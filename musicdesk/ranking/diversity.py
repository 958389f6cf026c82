"""Variety: maximal marginal relevance, after Carbonell & Goldstein, "The use of MMR" (SIGIR 1998)."""

import numpy as np

from musicdesk.records import FloatArray, IntArray


def spread(scores: FloatArray, gram: FloatArray, *, variety: float, count: int) -> IntArray:
    """Order m candidates (best first) so that each pick is good and unlike the picks before it; the first ``count``.

    Each pick has the highest (1 - w) · relevance - w · (its largest cosine with a pick so far), relevance being the
    score scaled to 0..1 over the candidates. w = variety², so that the lower half of the slider is fine work: at 0.2
    neighbours change places, but nothing comes in from another kind of music while there is more of the wanted one.
    Cosines below 0 count as 0: a track is not more welcome for being the very opposite of another.

    ``scores`` [m] descend, ``gram`` [m, m] holds cosines, ``variety`` 0 keeps the order, 1 looks at unlikeness alone.
    The first pick is always the best; ties go to the better.  # [count] places among the candidates
    """
    count = min(count, len(scores))
    if variety <= 0 or count < 2:
        return np.arange(count)
    weight = variety * variety
    worth = np.float32(1 - weight) * _relevance(scores)
    alike = np.float32(weight) * np.maximum(gram, 0)
    return _greedy(worth, alike, count)


def _relevance(scores: FloatArray) -> FloatArray:
    width = scores[0] - scores[-1]
    return (scores - scores[-1]) / width if width > 0 else np.ones_like(scores)


def _greedy(worth: FloatArray, alike: FloatArray, count: int) -> IntArray:
    """Two passes over m floats a pick: the costliest loop of a slider move, so it writes into its own buffers."""
    chosen = [0]
    closest, value = alike[0].copy(), np.empty_like(worth)
    worth[0] = -np.inf
    for _ in range(count - 1):
        np.subtract(worth, closest, out=value)
        best = int(value.argmax())
        chosen.append(best)
        worth[best] = -np.inf
        np.maximum(closest, alike[best], out=closest)
    return np.array(chosen, dtype=np.int64)
