"""How well something finds what belongs to it: Recall@k, in numpy."""

import numpy as np

from musicdesk.records import FloatArray, IntArray
from musicdesk.records.meaning import PreferencePairs

TOP = 10
ASKED = 1_000
"""So many triggers are asked at most."""


def recall_of_own(queries: FloatArray, items: FloatArray, recordings: IntArray, *, top: int = TOP) -> float:
    """The share of unit queries [n, d] that have their own item [n, d], or the same recording, in their first ``top``.

    0 where there is none.
    """
    if not len(queries):
        return 0.0
    near = queries @ items.T
    own = np.where(recordings[:, None] == recordings[None, :], near, -np.inf).max(axis=1)
    better = (near > own[:, None]).sum(axis=1)
    return float((better < top).mean())


def own_above(queries: FloatArray, items: FloatArray, recordings: IntArray) -> float:
    """The share of all other items that a query's own item stands above, the mean over queries; 0.5 is chance.

    Smoother than recall, so that few queries tell a change. 0 with fewer than two.  # [n, d], [n, d], [n]
    """
    if len(queries) < 2:
        return 0.0
    near = queries @ items.T
    same = recordings[:, None] == recordings[None, :]
    own = np.where(same, near, -np.inf).max(axis=1, keepdims=True)
    others = np.maximum((~same).sum(axis=1), 1)
    return float((((near < own) & ~same).sum(axis=1) / others).mean())


def recall_of_pairs(space: FloatArray, pairs: PreferencePairs, recordings: IntArray, *, top: int = TOP) -> float:
    """How much of what was taken after a trigger is among the ``top`` sounds nearest to it, the mean over triggers.

    Of more than ``top`` that were taken, so many are the whole. ``space`` [n, d] has unit rows. 0 without pairs.
    """
    triggers = np.unique(pairs.triggers)
    triggers = triggers[:: -(-len(triggers) // ASKED)] if len(triggers) else triggers
    found = []
    for trigger in triggers.tolist():
        near = space @ space[trigger]
        near[recordings == recordings[trigger]] = -np.inf
        first = np.argpartition(-near, min(top, len(near) - 1))[:top]
        taken = np.unique(pairs.accepted[pairs.triggers == trigger])
        found.append(np.isin(taken, first).sum() / min(top, len(taken)))
    return float(np.mean(found)) if found else 0.0
