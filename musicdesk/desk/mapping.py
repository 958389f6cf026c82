"""The library map: made once in the background, kept in the data folder, made anew from the old one as music comes."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from musicdesk import kept
from musicdesk.desk.snapshot import Snapshot, Snapshots
from musicdesk.errors import DataFolderError, ModelUnavailable, NothingYet
from musicdesk.jobs import Job
from musicdesk.records import EncoderKey, FloatArray, IntArray, LibraryMap, MapPoints, Taste

METHOD = "library-map"
SEED = 2008
GREW = 0.1
"""It is made anew when more than this share of the library is not on it, or has gone from it."""


@dataclass(frozen=True, slots=True)
class _Made:
    """What is kept of a map beside its arrays."""

    version: str = ""
    front_end: str = ""
    trustworthiness: float = 0.0
    shuffled: float = 0.0
    span: float = 1.0
    landmarks: int = 0
    made: float = 0.0


class Mapping:
    """Makes the map, keeps it, and colours it by the taste as it stands."""

    def __init__(
        self,
        *,
        snapshots: Snapshots,
        taste: Callable[[], Taste],
        folder: Path,
        must_write: Callable[[], None],
        now: Callable[[], float],
    ) -> None:
        self._snapshots, self._taste, self._folder = snapshots, taste, folder
        self._must_write, self._now = must_write, now
        self._lock = threading.Lock()
        self._map: LibraryMap | None = None
        self._looked: EncoderKey | None = None
        """For which encoder the folder was looked into."""

    def current(self) -> LibraryMap | None:
        """The map of the encoder in use; None if none was made, or what was kept is broken. Raises NothingYet."""
        return self._known(self._snapshots.current().vectors.key)

    @property
    def wanting(self) -> bool:
        """Whether there is no map, or so much came or went that it is to be made anew. Raises NothingYet."""
        snapshot = self._snapshots.current()
        found = self._known(snapshot.vectors.key)
        return found is None or _stale(found, snapshot)

    def make(self, job: Job) -> LibraryMap:
        """Lay all analysed tracks out, beginning where the map before ended, and keep it.

        Raises NothingYet before any analysis, ReadOnlyData, DataFolderError, Cancelled.
        """
        from musicdesk.prototypes.projection import project

        self._must_write()
        snapshot = self._snapshots.current()
        rows = _here(snapshot)
        if not len(rows):
            raise NothingYet("No analysed track is on the disk now, so there is nothing to lay out.")
        hashes = tuple(snapshot.shelf.hashes[row] for row in rows.tolist())
        before = self._known(snapshot.vectors.key)
        order = np.argsort(np.array(hashes), kind="stable")  # a hash is a lot that is drawn once and for all
        found = project(
            snapshot.shelf.space[rows],
            order=order,
            rng=np.random.default_rng(SEED),
            start=None if before is None else _old_places(before, hashes),
            job=job,
        )
        made = LibraryMap(
            snapshot.vectors.key, hashes, found.places, found.trust, found.trustworthiness, found.shuffled, found.span,
            found.landmarks, self._now(),
        )  # fmt: skip
        _keep(made, self._folder / made.key.name)
        with self._lock:
            self._map, self._looked = made, made.key
        return made

    def points(self) -> MapPoints | None:
        """The map as it is looked at, in the colours of the taste; None if none was made yet. Raises NothingYet."""
        snapshot = self._snapshots.current()
        found = self._known(snapshot.vectors.key)
        if found is None:
            return None
        rows, places = _matched(found, snapshot)
        taste = self._taste()
        board = snapshot.board(taste.prototypes)
        nearest = board.columns[:, rows].argmax(axis=0) if taste.prototypes else np.full(len(rows), -1)
        return MapPoints(
            hashes=tuple(snapshot.shelf.hashes[row] for row in rows.tolist()),
            places=found.places[places],
            trust=found.trust[places],
            nearest=nearest.astype(np.int64),
            ids=tuple(p.id for p in taste.prototypes),
            names=tuple(p.name for p in taste.prototypes),
            slots=tuple(p.slot for p in taste.prototypes),
            trustworthiness=found.trustworthiness,
            shuffled=found.shuffled,
            added=len(_here(snapshot)) - len(rows),
            stale=_stale(found, snapshot),
            landmarks=found.landmarks if found.landmarks < len(found) else 0,
        )

    def _known(self, key: EncoderKey) -> LibraryMap | None:
        with self._lock:
            if self._looked != key:
                self._map, self._looked = _found(self._folder / key.name, key), key
            return self._map


def _here(snapshot: Snapshot) -> IntArray:
    """The rows of what is on the disk and not kept out."""
    return np.flatnonzero(snapshot.shelf.present).astype(np.int64)


def _matched(found: LibraryMap, snapshot: Snapshot) -> tuple[IntArray, IntArray]:
    """What is here and on the map: its rows on the shelf and on the map."""
    shelf = snapshot.shelf
    pairs = ((shelf.rows.get(sound, -1), place) for place, sound in enumerate(found.hashes))
    rows, places = np.array(list(pairs), np.int64).reshape(-1, 2).T
    there = (rows >= 0) & shelf.present[rows]
    return rows[there], places[there]


def _stale(found: LibraryMap, snapshot: Snapshot) -> bool:
    rows, _ = _matched(found, snapshot)
    return len(found) + len(_here(snapshot)) - 2 * len(rows) > GREW * len(found)


def _old_places(before: LibraryMap, hashes: tuple[str, ...]) -> FloatArray:
    """Where these sounds lay, in the projection's own measure; nan where they were not.  # [n, 2]"""
    known = {sound: place for place, sound in enumerate(before.hashes)}
    rows = np.array([known.get(sound, -1) for sound in hashes], np.int64)
    padded = np.concatenate([before.places * np.float32(before.span), np.full((1, 2), np.nan, np.float32)])
    return np.asarray(padded[rows], np.float32)


# ------------------------------------------------------------------------------------------------ on the disk


def _keep(made: LibraryMap, folder: Path) -> None:
    config = _Made(made.key.version, made.key.front_end, made.trustworthiness, made.shuffled, made.span, made.landmarks,
                   made.made)  # fmt: skip
    arrays: dict[str, npt.NDArray[np.generic]] = {
        "places": made.places, "trust": made.trust,
        "hashes": np.frombuffer("\n".join(made.hashes).encode("utf-8"), np.uint8),
    }  # fmt: skip
    try:
        kept.write(folder, METHOD, config=config, arrays=arrays)
    except OSError as error:
        raise DataFolderError(f"The map could not be kept in {folder}: {error.strerror}.") from error


def _found(folder: Path, key: EncoderKey) -> LibraryMap | None:
    """What was kept for this encoder; None if it is missing, broken, or of another version: it is made anew then."""
    try:
        what = kept.read(folder, METHOD)
        config = what.config_as(_Made)
        hashes = tuple(what.array("hashes", None).astype(np.uint8).tobytes().decode("utf-8").split("\n"))
        places = what.array("places", len(hashes), 2, finite=True).astype(np.float32)
        trust = what.array("trust", len(hashes), finite=True).astype(np.float32)
    except (ModelUnavailable, UnicodeDecodeError):
        return None
    if replace(key, version=config.version, front_end=config.front_end) != key or len(set(hashes)) != len(hashes):
        return None
    return LibraryMap(key, hashes, places, trust, config.trustworthiness, config.shuffled, config.span,
                      config.landmarks, config.made)  # fmt: skip
