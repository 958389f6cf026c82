"""The library as those see it who shape the taste: rows, likes, genres of the files, the listener's own tags."""

from collections.abc import Collection, Mapping

import numpy as np

from musicdesk.desk.names import numbered
from musicdesk.desk.snapshot import Snapshot
from musicdesk.prototypes import providers
from musicdesk.prototypes.agreement import Agreement
from musicdesk.prototypes.inheritance import rows_of
from musicdesk.prototypes.shaping import Workbench
from musicdesk.prototypes.words import word as known_word
from musicdesk.records import Feedback, IntArray, OwnTags
from musicdesk.tracks import Tracks, fold, rows_for


def workbench(snapshot: Snapshot, feedback: Mapping[str, Feedback]) -> Workbench:
    """The analysed library and what was said of it."""
    rows = snapshot.shelf.rows
    liked = rows_of(rows, (h for h, said in feedback.items() if said.positive))
    disliked = rows_of(rows, (h for h, said in feedback.items() if said.negative))
    return Workbench(snapshot.vectors, snapshot.shelf.space, rows, liked, disliked)


def ground(snapshot: Snapshot, tracks: Tracks, tags: OwnTags) -> providers.Ground:
    """The analysed library as the providers of prototypes see it."""
    of_files = genres(tracks, snapshot.vectors.hashes)
    return providers.Ground(snapshot.vectors, snapshot.shelf.space, of_files, own(snapshot, tags, of_files))


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


def own(snapshot: Snapshot, tags: OwnTags, of_files: Collection[str]) -> dict[str, IntArray]:
    """Tag of the listener's own, as prototypes know it → which of the analysed sounds that are here bear it.

    A word means one thing: where the encoder hears it or the files name it as a genre, the listener's is "my rock".
    """
    heard = {form.casefold() for form in Agreement(snapshot.vectors, snapshot.shelf.space, {}).forms}
    found: dict[str, IntArray] = {}
    for tag, sounds in tags.bearing.items():
        rows = rows_of(snapshot.shelf.rows, (sound for sound in sounds if sound in snapshot.tracks))
        if len(rows):
            taken = fold(tag) in of_files or known_word(tag).form.casefold() in heard
            found[numbered(f"my {tag}", [*tags.bearing, *found, *of_files]) if taken else tag] = rows
    return found
