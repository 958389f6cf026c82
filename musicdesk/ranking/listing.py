"""From scores to a list: filter, best first, caps, duplicates collapsed, variety, arrays with their reasons.

What is exact: the order of the scores, the caps (the greedy rule) and the collapse of duplicates. Variety is exact over
a bounded pool: the best tracks that the caps let through, ``POOL`` times as many as the list holds.
"""

from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from musicdesk.ranking.diversity import spread
from musicdesk.ranking.filters import Allowed, Mask, caps, duplicates, repeats
from musicdesk.ranking.order import top
from musicdesk.ranking.recordings import SAME_LENGTH_S
from musicdesk.ranking.scores import Board, match
from musicdesk.ranking.shelf import CodeArray, Shelf
from musicdesk.records import FloatArray, IntArray, Query, Ranking

POOL, POOL_LEAST, POOL_MOST = 2, 200, 2048
"""Variety chooses among twice the list's length, 200 at least; behind 2,048 tracks only score and caps count."""
SPARE = 8
"""Without variety only duplicates are to be made up for."""
GROWTH = 4
"""How much deeper to look where caps and duplicates left too few."""
DUPLICATE = "the same recording again"


@dataclass(frozen=True, slots=True, eq=False)
class Pool:
    """Candidates of a list, best first, within the caps and without duplicates."""

    rows: IntArray  # [m]
    summed: FloatArray  # [m] their scores, summed from their contributions
    gram: FloatArray  # [up to POOL_MOST]² cosines of the first ones
    left_out: dict[str, int]


def rank(
    shelf: Shelf, board: Board, scores: FloatArray, *, gains: FloatArray, query: Query, variety: float, allowed: Allowed
) -> Ranking:
    """The list of ``query.limit`` picks for ``scores`` [n] = ``board.scores(gains)`` or ``Slide.move(gain)``.

    A few milliseconds at 200,000 tracks. A list that the filters, caps and duplicates leave short is short. A pick's
    score is the float32 sum of its contributions, as numpy sums them, to the bit.
    """
    pool = _pool(shelf, board, scores, gains, query, variety, allowed.mask)
    head = len(pool.gram)
    places = spread(pool.summed[:head], pool.gram, variety=variety, count=query.limit)
    places = np.concatenate([places, np.arange(head, len(pool.rows))])[: query.limit]
    rows = pool.rows[places]
    contributions = board.contributions(gains, rows)
    picked = contributions.sum(axis=1)
    return Ranking(
        hashes=tuple([shelf.hashes[row] for row in rows.tolist()]),
        track_ids=tuple([shelf.track_ids[row] for row in rows.tolist()]),
        scores=picked,
        match=match(scores, picked),
        contributions=contributions,
        percentiles=np.ascontiguousarray(board.percentiles[:, rows].T),
        parts=board.names,
        slots=board.slots,
        gains=np.array(gains, dtype=np.float32),
        considered=allowed.considered,
        left_out=MappingProxyType({**allowed.left_out, **pool.left_out}),
    )


def passed_over(shelf: Shelf, scores: FloatArray, row: int, *, query: Query, allowed: Allowed) -> tuple[str, ...]:
    """Sentences: which cap or which better placed duplicate keeps this allowed track out, however long the list."""
    if not allowed.mask[row]:
        return ()
    better = top(scores, len(scores), among=allowed.mask & (scores > scores[row]))
    kept, _ = _capped(shelf, better, query, len(better))
    reasons = (
        _full(shelf.artist_ids, kept, row, query.max_per_artist, "by its artist"),
        _full(shelf.album_ids, kept, row, query.max_per_album, "from its album"),
        _repeated(shelf, kept, row),
    )
    return tuple(reason for reason in reasons if reason)


def _pool(
    shelf: Shelf, board: Board, scores: FloatArray, gains: FloatArray, query: Query, variety: float, mask: Mask
) -> Pool:
    """Look as deep as needed to fill the list, ``GROWTH`` times deeper each time."""
    wanted = max(POOL * query.limit, POOL_LEAST) if variety > 0 else query.limit + SPARE
    look = wanted + query.limit
    while True:
        order = top(scores, look, among=mask)
        kept, left_out = _capped(shelf, order, query, wanted)
        pool = _collapsed(shelf, *_resummed(board, gains, kept), left_out)
        if len(pool.rows) >= query.limit or len(order) < look:
            return pool
        look, wanted = GROWTH * look, wanted + query.limit


def _capped(shelf: Shelf, order: IntArray, query: Query, count: int) -> tuple[IntArray, dict[str, int]]:
    return caps(
        order,
        shelf.artist_ids,
        shelf.album_ids,
        per_artist=query.max_per_artist,
        per_album=query.max_per_album,
        count=count,
    )


def _resummed(board: Board, gains: FloatArray, rows: IntArray) -> tuple[IntArray, FloatArray]:
    """Rows by the sum of their contributions, which may differ from the score they came by in the last bit."""
    summed = board.contributions(gains, rows).sum(axis=1)
    order = np.argsort(-summed, kind="stable")
    return rows[order], summed[order]


def _collapsed(shelf: Shelf, rows: IntArray, summed: FloatArray, left_out: dict[str, int]) -> Pool:
    near = shelf.space[rows[:POOL_MOST]]
    gram = near @ near.T
    again = _again(shelf, rows, gram)
    if not again.any():
        return Pool(rows, summed, gram, left_out)
    head = np.flatnonzero(~again[: len(gram)])
    left_out = {**left_out, DUPLICATE: int(again.sum())}
    return Pool(rows[~again], summed[~again], gram[np.ix_(head, head)], left_out)


def _again(shelf: Shelf, rows: IntArray, gram: FloatArray) -> Mask:
    """Which of the ordered rows are the recording of an earlier one; where none were compared, what is much like it.

    ``gram`` holds the cosines of the first rows, behind which only compared recordings are found.  # [m]
    """
    if shelf.recordings is not None:
        return repeats(shelf.recordings[rows])
    again = np.zeros(len(rows), dtype=bool)
    again[: len(gram)] = duplicates(gram, shelf.length_s[rows[: len(gram)]])
    return again


def _full(codes: CodeArray, kept: IntArray, row: int, most: int, whose: str) -> str:
    if not most or codes[row] < 0 or int((codes[kept] == codes[row]).sum()) < most:
        return ""
    return f"{most} better {'track' if most == 1 else 'tracks'} {whose} took its place."


def _repeated(shelf: Shelf, kept: IntArray, row: int) -> str:
    same = kept[np.abs(shelf.length_s[kept] - shelf.length_s[row]) <= SAME_LENGTH_S]
    rows = np.append(kept if shelf.recordings is not None else same[:POOL_MOST], row)
    near = shelf.space[rows if shelf.recordings is None else rows[:0]]
    return "It is the same recording as a better track." if _again(shelf, rows, near @ near.T)[-1] else ""
