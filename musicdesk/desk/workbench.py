"""The library as those see it who shape the taste: rows, likes, and what genres the files name."""

from collections.abc import Mapping

import numpy as np

from musicdesk.desk.snapshot import Snapshot
from musicdesk.prototypes import providers
from musicdesk.prototypes.inheritance import rows_of
from musicdesk.prototypes.shaping import Workbench
from musicdesk.records import Feedback, IntArray
from musicdesk.tracks import Tracks, rows_for


def workbench(snapshot: Snapshot, feedback: Mapping[str, Feedback]) -> Workbench:
    """The analysed library and what was said of it."""
    rows = snapshot.shelf.rows
    liked = rows_of(rows, (h for h, said in feedback.items() if said.positive))
    disliked = rows_of(rows, (h for h, said in feedback.items() if said.negative))
    return Workbench(snapshot.vectors, snapshot.shelf.space, rows, liked, disliked)


def ground(snapshot: Snapshot, tracks: Tracks) -> providers.Ground:
    """The analysed library as the providers of prototypes see it."""
    return providers.Ground(snapshot.vectors, snapshot.shelf.space, genres(tracks, snapshot.vectors.hashes))


def genres(tracks: Tracks, hashes: tuple[str, ...]) -> dict[str, IntArray]:
    """Genre of the files (folded) → which of these sounds bear it; a file may name several."""
    codes, names = tracks.columns.texts["genre"].codes()
    chosen = rows_for(tracks, hashes)
    own = np.append(codes, -1)[chosen]
    bearing: dict[str, list[IntArray]] = {}
    for text, code in names.items():
        rows = np.flatnonzero(own == code).astype(np.int64)
        for name in {part.strip() for part in text.split(";")} - {""}:
            bearing.setdefault(name, []).append(rows)
    return {name: np.sort(np.concatenate(parts)) for name, parts in bearing.items()}
