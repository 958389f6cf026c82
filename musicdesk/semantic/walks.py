"""What lies a few choices away from a track: short random walks over the pairs that a listener told.

Few pairs are ever told, and two tracks that were both taken after a third are mostly of one taste though nobody took
one after the other. Where random walks over the graph of the pairs end says so (Perozzi et al., DeepWalk, KDD 2014;
Eksombatchai et al., Pixie, WWW 2018). They are not drawn here but summed: P + P² + … of the chances P to step from
one track to another.
"""

import numpy as np
from scipy.sparse import csr_matrix

from musicdesk.records import FloatArray, IntArray
from musicdesk.records.meaning import PreferencePairs

PARTNERS = 64
"""So many partners a track keeps, the likeliest."""
WIDTH = 256
"""So many places a walk is followed to between two steps."""
AT_ONCE = 512


def walked(pairs: PreferencePairs, recordings: IntArray, *, steps: int, partners: int = PARTNERS) -> PreferencePairs:
    """The pairs of each track with those that walks of 1 to ``steps`` steps from it end at most often, both ways.

    A pair counts by how often that is (mean 1). ``recordings`` [n] tells which rows are the same sound in other files,
    which are no pair. With one step, or without pairs, they are as they were told.
    """
    if steps < 2 or not len(pairs):
        return pairs
    chances = _chances(pairs, len(recordings))
    starts = np.flatnonzero(np.diff(chances.indptr))
    found = [
        _ends(chances, starts[at : at + AT_ONCE], recordings, steps=steps, partners=partners)
        for at in range(0, len(starts), AT_ONCE)
    ]
    triggers, accepted, weights = (np.concatenate(each) for each in zip(*found, strict=True))
    return PreferencePairs(triggers, accepted, np.asarray(weights / weights.mean(), np.float32), pairs.counts)


def _chances(pairs: PreferencePairs, count: int) -> csr_matrix:
    """From each track the chance to step to each other, by how much their pairs count, either way.  # [n, n]"""
    there = csr_matrix((pairs.weights.astype(np.float64), (pairs.triggers, pairs.accepted)), shape=(count, count))
    both = (there + there.T).tocsr()
    sums = np.asarray(both.sum(axis=1)).ravel()
    return csr_matrix(both.multiply(1 / np.maximum(sums, 1e-12)[:, None]))


def _ends(
    chances: csr_matrix, starts: IntArray, recordings: IntArray, *, steps: int, partners: int
) -> tuple[IntArray, IntArray, FloatArray]:
    """Where walks from some tracks end: start, end and how often, the likeliest ends of each."""
    at = visits = chances[starts]
    for _ in range(1, steps):
        at = _strongest(csr_matrix(at @ chances), WIDTH)
        visits = visits + at
    ends = visits.tocoo()
    others = recordings[starts][ends.row] != recordings[ends.col]
    counted = (ends.data[others], (ends.row[others], ends.col[others]))
    kept = _strongest(csr_matrix(counted, shape=visits.shape), partners).tocoo()
    return starts[kept.row], np.asarray(kept.col, np.int64), np.asarray(kept.data, np.float32)


def _strongest(rows: csr_matrix, count: int) -> csr_matrix:
    """``rows`` with the ``count`` largest values of each."""
    bounds = rows.indptr.tolist()
    for row in np.flatnonzero(np.diff(rows.indptr) > count).tolist():
        values = rows.data[bounds[row] : bounds[row + 1]]
        values[np.argpartition(values, len(values) - count)[:-count]] = 0.0
    rows.eliminate_zeros()
    return rows
