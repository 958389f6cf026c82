"""How far a map can be believed: no plane keeps all neighbours of a wide space, and this says which were lost.

Trust of a track: the share of its nearest neighbours that are near on the map too. Trustworthiness of the map: Venna &
Kaski, "Neighborhood preservation in nonlinear projection methods", ICANN 2001; 1 where nobody lies beside a stranger,
about a half where the places are dealt out at random. It is measured on a sample of the tracks against all of them.
"""

from collections.abc import Callable

import numpy as np

from musicdesk.records import FloatArray, IntArray

AROUND = 4
"""So many times its neighbours a track has near it on the map: what the eye takes for near."""
SHARE = 0.1
"""Of a small library no more than this share is near."""
SAMPLE, SHUFFLED_SAMPLE = 1000, 300
BLOCK_ROWS = 128


def trust(places: FloatArray, marks: IntArray, near: IntArray) -> FloatArray:
    """The share of each track's nearest landmarks that are among the nearest on the map as well.

    ``places`` [n, 2]; ``near`` [n, k] places among ``marks`` [m]. Near on the map are 4 k, or a tenth of the landmarks
    where those are few.  # [n]
    """
    from scipy.spatial import cKDTree

    k = near.shape[1]
    reach = min(AROUND * k, max(k, round(SHARE * len(marks))), len(marks) - 1)
    if reach < 1:
        return np.ones(len(places), np.float32)
    own = np.full(len(places), -1)
    own[marks] = np.arange(len(marks))
    _, seen = cKDTree(places[marks]).query(places, k=reach + 1)
    seen = _but_itself(seen.reshape(len(places), -1), own)
    shares = np.empty(len(places), np.float32)
    for start in range(0, len(places), 4096):
        rows = slice(start, start + 4096)
        shares[rows] = (near[rows, :, None] == seen[rows, None, :]).any(axis=2).mean(axis=1)
    return shares


def _but_itself(seen: IntArray, own: IntArray) -> IntArray:
    """The neighbours on the map, nearest first, without the track itself, or else the farthest.  # [n, k - 1]"""
    itself = seen == own[:, None]
    itself[~itself.any(axis=1), -1] = True
    return np.asarray(seen[~itself].reshape(len(seen), -1), np.int64)


def figures(
    space: FloatArray, places: FloatArray, *, rng: np.random.Generator, check: Callable[[], None] = lambda: None
) -> tuple[float, float]:
    """The trustworthiness of a map, and of the same places dealt out at random."""
    sample = rng.permutation(len(space))
    whole = trustworthiness(space, places, rows=sample[:SAMPLE], check=check)
    dealt = places[rng.permutation(len(places))]
    return whole, trustworthiness(space, dealt, rows=sample[:SHUFFLED_SAMPLE], check=check)


def trustworthiness(
    space: FloatArray, places: FloatArray, *, rows: IntArray | None = None, k: int = 10,
    check: Callable[[], None] = lambda: None,
) -> float:  # fmt: skip
    """How few strangers lie among the ``k`` nearest on the map, 0 to 1; 1 for a handful of tracks.

    ``space`` [n, dim] has unit rows, ``places`` is [n, 2]; measured for ``rows``, all of them if None.
    """
    from scipy.spatial import cKDTree

    n = len(space)
    k = min(k, (n - 2) // 3)
    if k < 1:
        return 1.0
    rows = np.arange(n) if rows is None else rows
    _, seen = cKDTree(places).query(places[rows], k=k + 1)
    seen, strange = _but_itself(seen, rows), 0
    for start in range(0, len(rows), BLOCK_ROWS):
        check()
        block = rows[start : start + BLOCK_ROWS]
        strange += _strangeness(space[block] @ space.T, block, seen[start : start + BLOCK_ROWS])
    return 1 - 2 * strange / (len(rows) * k * (2 * n - 3 * k - 1))


def _strangeness(alike: FloatArray, rows: IntArray, seen: IntArray) -> int:
    """By how many ranks beyond k the neighbours on the map are neighbours in the space, added up."""
    alike[np.arange(len(rows)), rows] = -np.inf
    ours, k = np.take_along_axis(alike, seen, axis=1), seen.shape[1]
    ranks = np.stack([(alike > mine[:, None]).sum(axis=1) + 1 for mine in ours.T], axis=1)
    return int(np.maximum(ranks - k, 0).sum())
