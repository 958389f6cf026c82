"""Two tastes side by side: gains, what they pick, and the words in which their picks differ."""

import numpy as np

from musicdesk.desk.gains import matched, side_by_side
from musicdesk.desk.snapshot import Snapshot
from musicdesk.prototypes import naming
from musicdesk.records import Ranking, Taste, TasteComparison

PICKS = 50
"""So many of the first picks are compared."""
WORDS = 8
"""So many words of each list are looked at, ..."""
SHOWN = 5
"""... and so many that differ are told."""


def compared(
    snapshot: Snapshot, tastes: tuple[Taste, Taste], rankings: tuple[Ranking, Ranking], *, names: tuple[str, str]
) -> TasteComparison:
    """``tastes`` must be of the same space; ``rankings`` are their lists."""
    first, second = (ranking.hashes[:PICKS] for ranking in rankings)
    words, others = (_words(snapshot, hashes) for hashes in (first, second))
    return TasteComparison(
        *names,
        gains=side_by_side(tastes[0], matched(*tastes)),
        shared=len(set(first) & set(second)),
        of=max(len(first), len(second)),
        first_words=tuple(word for word in words if word not in others)[:SHOWN],
        second_words=tuple(word for word in others if word not in words)[:SHOWN],
    )


def _words(snapshot: Snapshot, hashes: tuple[str, ...]) -> tuple[str, ...]:
    rows = np.array([row for h in hashes if (row := snapshot.shelf.row(h)) is not None], dtype=np.int64)
    return naming.standing_out(snapshot.vectors.tags, snapshot.vectors.vocabulary, rows, count=WORDS)
