"""The radar: what a list is like beside the library, on words in which the prototypes differ."""

from collections.abc import Iterator

import numpy as np

from musicdesk.desk.snapshot import Snapshot
from musicdesk.prototypes import naming
from musicdesk.records import Radar, Ranking, Taste

LEAST, MOST = 3, 8
"""Axes that a radar can be read with."""
TOP = 10
"""How many of the picks count: those a person looks at first, not the whole library in order."""


def radar(snapshot: Snapshot, taste: Taste, ranking: Ranking) -> Radar:
    """Mean percentiles of the first picks on every axis; the library's is one half by definition."""
    axes = _axes(snapshot, taste)
    rows = [row for h in ranking.hashes[:TOP] if (row := snapshot.shelf.row(h)) is not None]
    values = tuple(_mean_percentile(snapshot, axis, rows) for axis in axes)
    return Radar(axes, values, (0.5,) * len(axes))


def _mean_percentile(snapshot: Snapshot, axis: str, rows: list[int]) -> float:
    if not rows:
        return 0.5
    column = snapshot.vectors.tags[:, snapshot.vectors.vocabulary.index(axis)]
    ordered = np.sort(column[snapshot.shelf.present])
    below = np.searchsorted(ordered, column[rows], side="left")
    upto = np.searchsorted(ordered, column[rows], side="right")
    return float(np.mean((below + upto) / (2 * max(1, len(ordered)))))


def _axes(snapshot: Snapshot, taste: Taste) -> tuple[str, ...]:
    """Word by word the strongest of every prototype that no other has taken, until there are enough."""
    axes: list[str] = []
    for words in _rounds(snapshot, taste):
        axes += [word for word in words if word not in axes][: MOST - len(axes)]
        if len(axes) >= max(LEAST, len(taste.prototypes)):
            break
    return tuple(axes[:MOST])


def _rounds(snapshot: Snapshot, taste: Taste) -> Iterator[list[str]]:
    """The strongest words of all prototypes, then the second strongest, and so on; each word once a round."""
    tags, vocabulary = snapshot.vectors.tags, snapshot.vectors.vocabulary
    members = [[row for h in p.exemplars if (row := snapshot.shelf.row(h)) is not None] for p in taste.prototypes]
    strongest = [naming.standing_out(tags, vocabulary, np.array(rows)) for rows in members if rows]
    for place in range(max(map(len, strongest), default=0)):
        words = [words[place] for words in strongest if place < len(words) and words[place] in vocabulary]
        yield list(dict.fromkeys(words))
