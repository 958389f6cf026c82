"""The library as a search by meaning sees it: made once for a picture, its moods and its tags, and kept."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from musicdesk.desk.reader import Reader
from musicdesk.desk.snapshot import Snapshot, Snapshots
from musicdesk.desk.workbench import genres
from musicdesk.jobs import Job
from musicdesk.prototypes.inheritance import rows_of
from musicdesk.records import IntArray, Moods, OwnTags
from musicdesk.semantic.search import Mask, Meanings
from musicdesk.store.tracks import TrackStore
from musicdesk.tracks import Tracks

LARGE, NEWS = 5000, 0.03
"""While an analysis goes on, so large a library is searched as it was until so much of it is new."""


@dataclass(frozen=True, eq=False)
class Picture:
    """What can be asked of the analysed sounds by meaning."""

    snapshot: Snapshot
    tracks: Tracks
    moods: Moods
    tags: OwnTags
    reader: str
    """What has read the words of the library; "" if nothing has."""
    meanings: Meanings
    ids: IntArray  # [t] the tracks whose sound is known, in order
    rows: IntArray  # [t] the sound of each

    def places(self, ids: IntArray) -> IntArray:
        """The sound of each of some tracks; -1 for one that is not analysed.  # [len(ids)]"""
        if not len(self.ids):
            return np.full(len(ids), -1, dtype=np.int64)
        places = np.minimum(np.searchsorted(self.ids, ids), len(self.ids) - 1)
        return np.where(self.ids[places] == ids, self.rows[places], -1).astype(np.int64)

    def rows_of(self, ids: IntArray) -> IntArray:
        """The sounds of some tracks, each once; without those that are not analysed.  # [at most len(ids)]"""
        places = self.places(ids)
        return np.unique(places[places >= 0])

    def mask_of(self, ids: IntArray) -> Mask:
        """Which sounds some tracks hold.  # [n]"""
        mask = np.zeros(self.meanings.count, dtype=bool)
        mask[self.rows_of(ids)] = True
        return mask


class Pictures:
    """Hands out the current picture of what can be searched by meaning; makes a new one where something is new."""

    def __init__(
        self, *, snapshots: Snapshots, tracks: TrackStore, moods: Callable[[Snapshot], Moods],
        own: Callable[[], OwnTags], reader: Reader, analysing: Callable[[], bool],
    ) -> None:  # fmt: skip
        self._snapshots, self._tracks, self._moods, self._own = snapshots, tracks, moods, own
        self._reader, self._analysing = reader, analysing
        self._lock = threading.Lock()
        self._known: Picture | None = None

    def current(self, job: Job | None = None) -> Picture:
        """The library as it is now; a second and more the first time. Raises NothingYet while nothing is analysed."""
        snapshot = self._snapshots.current()
        with self._lock:
            known = self._known
            if known is not None and self._will_do(known, snapshot):
                snapshot = known.snapshot
            self._known = self._brought_up(known, snapshot, job)
            return self._known

    def snapshot(self) -> Snapshot:
        """The analysed library now. Raises NothingYet."""
        return self._snapshots.current()

    def is_ready(self) -> bool:
        """Whether the next answer needs no loading."""
        return self._known is not None and (self._known.reader == self._reader.name or bool(self._reader.problem))

    def _will_do(self, known: Picture, snapshot: Snapshot) -> bool:
        """Whether an analysis that goes on has told too little that is new to be looked at."""
        before, now = known.snapshot.vectors, snapshot.vectors
        if before is now or len(now) < LARGE or not self._analysing():
            return False
        grown = len(now) - len(before)
        return before.key == now.key and 0 <= grown < NEWS * len(now)

    def _brought_up(self, known: Picture | None, snapshot: Snapshot, job: Job | None) -> Picture:
        tracks, tags, moods = self._tracks.all(), self._own(), self._moods(snapshot)
        name = "" if self._reader.problem else self._reader.name
        same = known is not None and known.snapshot.vectors is snapshot.vectors and known.tracks is tracks
        if known is not None and same and known.tags is tags and known.moods is moods:
            if known.reader == name:
                return known
            meanings, ids, rows = known.meanings, known.ids, known.rows
        else:
            meanings = _meanings(snapshot, tracks, tags, moods)
            ids, rows = (known.ids, known.rows) if known is not None and same else _rows_by_id(snapshot, tracks)
        reading = self._reader.reading(meanings.texts, job=job) if name else None
        meanings = meanings.with_reading(reading)
        return Picture(snapshot, tracks, moods, tags, name if reading else "", meanings, ids, rows)


def _meanings(snapshot: Snapshot, tracks: Tracks, tags: OwnTags, moods: Moods) -> Meanings:
    vectors = snapshot.vectors
    words = vectors.vocabulary
    return Meanings(
        len(vectors), tags=vectors.tags if words else None, vocabulary=words, moods=moods,
        said=_said(snapshot, tracks, tags),
    )  # fmt: skip


def _said(snapshot: Snapshot, tracks: Tracks, tags: OwnTags) -> Mapping[str, IntArray]:
    """Genre of the files, or tag of the listener's → the sounds that bear it."""
    found = genres(tracks, snapshot.vectors.hashes)
    for tag, sounds in tags.bearing.items():
        rows = rows_of(snapshot.shelf.rows, sounds)
        if len(rows):
            found[tag] = np.union1d(found[tag], rows) if tag in found else np.unique(rows)
    return found


def _rows_by_id(snapshot: Snapshot, tracks: Tracks) -> tuple[IntArray, IntArray]:
    """The ids of the tracks whose sound is analysed, in order, and the row of each."""
    row_of = snapshot.shelf.rows.get
    rows = np.array([row_of(sound, -1) for sound in tracks.columns.hashes], dtype=np.int64)
    known = np.flatnonzero(rows >= 0)
    ids = np.asarray(tracks.columns.ids)[known]
    order = np.argsort(ids, kind="stable")
    return ids[order], rows[known][order]
