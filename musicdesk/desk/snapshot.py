"""The analysed library in memory: one immutable picture of it, made anew when tracks or vectors have changed."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from musicdesk.encoders import registry
from musicdesk.encoders.pooling import Standardiser
from musicdesk.errors import NothingYet
from musicdesk.events import Events
from musicdesk.prototypes.columns import Crowd, crowd, prototype_columns
from musicdesk.ranking.scores import Board
from musicdesk.ranking.shelf import Shelf, shelf
from musicdesk.records import FloatArray, Prototype, Track, Vectors
from musicdesk.store.tracks import TrackStore
from musicdesk.store.vectors import VectorStore

KEPT_COLUMNS = 64
"""How many columns are kept, so that undo and a new prototype cost one column, not all."""


@dataclass(frozen=True, eq=False)
class Snapshot:
    """Vectors, the space they are compared in, and the file that stands for each sound."""

    vectors: Vectors
    shelf: Shelf
    tracks: Mapping[str, Track]
    _columns: dict[bytes, tuple[FloatArray, FloatArray]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @cached_property
    def crowd(self) -> Crowd:
        """How near each sound is to the library at large."""
        return crowd(self.shelf.space)

    def board(self, prototypes: tuple[Prototype, ...]) -> Board:
        """The columns of these prototypes; only those that were never asked for are computed."""
        pairs = [self.column(p.vector) for p in prototypes]
        n = len(self.shelf)
        columns = np.stack([c for c, _ in pairs]) if pairs else np.zeros((0, n), np.float32)
        percentiles = np.stack([p for _, p in pairs]) if pairs else np.zeros((0, n), np.float32)
        return Board(columns, percentiles, tuple(p.name for p in prototypes), tuple(p.slot for p in prototypes))

    def column(self, vector: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Column and percentiles of one direction of the space.  # [n], [n]"""
        key = vector.tobytes()
        with self._lock:
            known = self._columns.pop(key, None)
            if known is None:
                columns, percentiles = prototype_columns(self.shelf.space, vector[None], around=self.crowd)
                known = (columns[0], percentiles[0])
            self._columns[key] = known
            while len(self._columns) > KEPT_COLUMNS:
                self._columns.pop(next(iter(self._columns)))
            return known


class Snapshots:
    """Hands out the current picture; makes a new one when the events say that the old one is past."""

    def __init__(self, *, tracks: TrackStore, vectors: VectorStore, encoder: Callable[[], str], events: Events) -> None:
        self._tracks, self._vectors, self._encoder = tracks, vectors, encoder
        self._lock = threading.Lock()
        self._current: Snapshot | None = None
        self._epoch = self._made = 0
        events.library_changed.listen(self._past)
        events.analysis_changed.listen(self._past)

    def current(self) -> Snapshot:
        """The library as it is now; raises NothingYet while nothing is analysed."""
        spec = registry.plugin(self._encoder()).spec
        key = spec.key
        with self._lock:
            epoch = self._epoch
            if self._current is None or self._made != epoch or self._current.vectors.key != key:
                vectors = self._vectors.load(key)
                if not len(vectors):
                    self._current = None
                    raise NothingYet(
                        f"Nothing is analysed with {spec.title} yet. Add music, then run: musicdesk analyze"
                    )
                self._current, self._made = self._picture(vectors), epoch
            return self._current

    def _picture(self, vectors: Vectors) -> Snapshot:
        space = Standardiser.fit(vectors.matrix).apply(vectors.matrix)
        tracks = self._tracks.all()
        on_shelf = shelf(vectors, space, tracks)
        by_id = {track.id: track for track in tracks}
        standing = {h: by_id[i] for h, i in zip(on_shelf.hashes, on_shelf.track_ids, strict=True) if i in by_id}
        return Snapshot(vectors, on_shelf, standing)

    def _past(self, _: None) -> None:
        self._epoch += 1
