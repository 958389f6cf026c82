"""The rivals of the genre profiles: scores foretold by regression, which need ratings to begin with.

In the place of the network's last layer stands a linear one that is fitted to ratings: ridge regression of the stars,
less the middle of the scale, on the class vectors. Without ratings it knows nothing, and its order is chance.
"""

from collections.abc import Sequence

import numpy as np

from musicdesk.evaluation.simulated_listeners import STARS, Listener
from musicdesk.records import FloatArray

PENALTY = 1.0
"""As much as one rating's worth of doubt."""
_MIDDLE = (STARS + 1) / 2


def own_scores(listener: Listener, classes: FloatArray, *, ratings: int) -> FloatArray:
    """What the listener's first so many ratings foretell for every song.  # [n]"""
    rows = listener.heard[:ratings]
    return _foretold(classes, classes[rows], (listener.stars[rows] - _MIDDLE).astype(np.float64))


def popularity(listeners: Sequence[Listener], classes: FloatArray, *, ratings: int) -> FloatArray:
    """What the first so many ratings of them all foretell: every song's mean rating, the same for everyone.  # [n]"""
    total, count = np.zeros(len(classes)), np.zeros(len(classes))
    for listener in listeners:
        rows = listener.heard[:ratings]
        np.add.at(total, rows, listener.stars[rows] - _MIDDLE)
        np.add.at(count, rows, 1)
    rated = np.flatnonzero(count)
    return _foretold(classes, classes[rated], total[rated] / count[rated])


def _foretold(classes: FloatArray, known: FloatArray, told: np.ndarray) -> FloatArray:
    """Ridge regression without a constant, which class vectors hold already as they add up to 1.  # [n]"""
    weights = np.linalg.solve(known.T @ known + PENALTY * np.eye(classes.shape[1]), known.T @ told)
    return np.asarray(classes @ weights, np.float32)
