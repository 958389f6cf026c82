"""The analysed library in memory: one immutable picture, brought up to date when tracks or vectors have changed."""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from musicdesk.desk.space import Space
from musicdesk.encoders.base import EncoderSpec
from musicdesk.errors import NothingYet
from musicdesk.events import Events
from musicdesk.prototypes.columns import Crowd, prototype_columns
from musicdesk.ranking.scores import Board, Column
from musicdesk.ranking.shelf import Shelf, shelf
from musicdesk.records import FloatArray, IntArray, Prototype, Track, Vectors
from musicdesk.store.tracks import TrackStore
from musicdesk.store.vectors import VectorStore

KEPT_COLUMNS = 64
"""How many columns are kept, so that undo and a new prototype cost one column, not all."""


@dataclass(frozen=True, eq=False)
class Snapshot:
    """Vectors, the space they are compared in, and the file that stands for each sound."""

    vectors: Vectors
    space: Space
    shelf: Shelf
    tracks: Mapping[str, Track]
    """Audio hash → the track that stands for the sound, of all that are on the disk; made when it is looked at."""
    _columns: dict[bytes, tuple[FloatArray, FloatArray]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def crowd(self) -> Crowd:
        """How near each sound is to the library at large."""
        return self.space.crowd

    def board(self, prototypes: tuple[Prototype, ...], others: Sequence[Column] = ()) -> Board:
        """The columns of these prototypes, of which only those that were never asked for are computed, and others."""
        pairs = self.columns([p.vector for p in prototypes])
        own = [Column(*pair, name=p.name, slot=p.slot) for pair, p in zip(pairs, prototypes, strict=True)]
        return Board.of([*own, *others], tracks=len(self.shelf))

    def column(self, vector: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Column and percentiles of one direction of the space.  # [n], [n]"""
        return self.columns([vector])[0]

    def columns(self, vectors: Sequence[FloatArray]) -> list[tuple[FloatArray, FloatArray]]:
        """Column and percentiles of several directions; what is not known yet is computed in one go."""
        keys = [vector.tobytes() for vector in vectors]
        with self._lock:
            known = self._columns
            fresh = {key: vector for key, vector in zip(keys, vectors, strict=True) if key not in known}
            if fresh:
                made = prototype_columns(self.shelf.space, np.stack(list(fresh.values())), around=self.crowd)
                known.update(zip(fresh, zip(*made, strict=True), strict=True))
            found = [known[key] for key in keys]
            for key in keys:
                known[key] = known.pop(key)  # the last that were asked for stay longest
            while len(known) > max(KEPT_COLUMNS, len(keys)):
                del known[next(iter(known))]
            return found


class Snapshots:
    """Hands out the current picture; makes a new one when the events say that the old one is past."""

    def __init__(
        self, *, tracks: TrackStore, vectors: VectorStore, spec: Callable[[], EncoderSpec], events: Events
    ) -> None:
        self._tracks, self._vectors, self._spec = tracks, vectors, spec
        self._lock = threading.Lock()
        self._current: Snapshot | None = None
        self._groups: Mapping[str, int] = {}
        """Audio hash → number of its recording."""
        self._epoch = self._made = 0
        events.library_changed.listen(self._past)
        events.analysis_changed.listen(self._past)

    def current(self) -> Snapshot:
        """The library as it is now; raises NothingYet while nothing is analysed.

        What did not change since the last picture is taken over from it: after a batch of an analysis only its rows
        are made anew, after a scan only what the tags tell.
        """
        spec = self._spec()
        with self._lock:
            epoch = self._epoch
            if self._current is None or self._made != epoch or self._current.vectors.key != spec.key:
                self._current, self._made = self._picture(spec), epoch
            if self._current is None:
                raise NothingYet(f"Nothing is analysed with {spec.title} yet. Add music, then run: musicdesk analyze")
            return self._current

    def _picture(self, spec: EncoderSpec) -> Snapshot | None:
        before, vectors, tracks = self._current, self._vectors.load(spec.key), self._tracks.all()
        if not len(vectors):
            return None
        same = before is not None and before.vectors is vectors and before.tracks is tracks.by_hash
        if before is None or before.vectors.key != spec.key or same:  # then it is nothing but the recordings
            groups = self._vectors.recordings(spec.key)
            if before is not None and same and groups == self._groups:
                return before
            self._groups = groups
        space = _space(before, vectors)
        on_shelf = shelf(vectors, space.rows, tracks, recordings=_recordings(vectors.hashes, self._groups))
        columns = dict(before._columns) if before is not None and before.space is space else {}  # noqa: SLF001
        return Snapshot(vectors, space, on_shelf, tracks.by_hash, columns)

    def _past(self, _: None) -> None:
        self._epoch += 1


def _space(before: Snapshot | None, vectors: Vectors) -> Space:
    if before is None:
        return Space.of(vectors)
    return before.space if before.vectors is vectors else before.space.following(vectors)


def _recordings(hashes: tuple[str, ...], groups: Mapping[str, int]) -> IntArray | None:
    """The group of each sound; one of its own where none is known yet.  # [len(hashes)]"""
    if not groups:
        return None
    return np.array([groups.get(sound, -1 - row) for row, sound in enumerate(hashes)], dtype=np.int64)
