"""Clusters in a wide space, to be laid out."""

import numpy as np

from musicdesk.records import FloatArray, IntArray


def clusters(each: int, *, groups: int = 3, dim: int = 24, seed: int = 0) -> tuple[FloatArray, IntArray]:
    """Unit rows around ``groups`` far centres, dealt out in turn, and the group of each."""
    rng = np.random.default_rng(seed)
    centres, which = np.eye(groups, dim) * 4, np.arange(each * groups) % groups
    rows = centres[which] + rng.standard_normal((len(which), dim))
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32), which


def mostly_alone(places: FloatArray, which: IntArray, *, nearest: int = 5) -> float:
    """The share of the nearest on a map that are of the same group."""
    apart = ((places[:, None] - places[None]) ** 2).sum(axis=2)
    seen = np.argsort(apart, axis=1)[:, 1 : nearest + 1]
    return float((which[seen] == which[:, None]).mean())
