"""What the prototypical network believes of the listener: it learns from everyone's listening, and sets found gains.

Where there are other listeners it learns from them; in a library of one person from made-up listeners drawn from its
artists, albums, playlists and words, and from that person's history. It is kept in the data folder, one for each
encoder, and learned anew when much was heard, liked or added since. Prototypes are its keys and no part of it: they
keep their identity whatever it learns.
"""

import json
import secrets
import shutil
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from musicdesk.desk.fitted import MADE, Footing
from musicdesk.desk.heard import ME, Heard, ListenerLog
from musicdesk.desk.snapshot import Snapshot, Snapshots
from musicdesk.errors import BadRequest, DataFolderError, ModelUnavailable, NothingYet
from musicdesk.events import Events
from musicdesk.jobs import Job
from musicdesk.prototypes import bank, listeners
from musicdesk.prototypes.inheritance import NEGATIVE_ID, untouched
from musicdesk.prototypes.trained import NetworkConfig, Trained
from musicdesk.records import GAIN_MAX, EncoderKey, Feedback, FloatArray, IntArray, Prototype, Taste

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

OTHERS, HEARD = 50, 5
"""So many other listeners, who heard so many sounds each, are learned from; fewer are made up for."""
MADE_UP = 1200
"""Made-up listeners where there are no others."""
MINE = 0.05
"""The share of the rows that tell of the person at this desk, each a part of their history."""
CENTRES, CENTRE_ROWS = 24, 4000
"""Groups of the library that stand for prototypes in training, and the tracks they are found by."""
SHARP = 8.0
"""How sharply a sound is shared out among prototypes where it is told what it sounds like."""
DESK_CONFIG = NetworkConfig(width=64, own=False, columns=1200, epochs=10)
VERSION, SEED = 1, 104_711
Liked = Callable[[], Mapping[str, Feedback]]


@dataclass(frozen=True, slots=True)
class NetworkReport:
    """What was learned, and from what."""

    encoder: str
    sounds: int
    listeners: int
    """Other people."""
    made_up: int
    """Listeners who were drawn from the library itself."""
    own: int
    """Sounds that the person at this desk likes or plays."""
    prototypes: int
    """Directions that the network learned with."""
    seconds: float


class Believing:
    """Learns, keeps and asks the network."""

    def __init__(
        self, *, snapshots: Snapshots, listened: Callable[[], ListenerLog], feedback: Liked,
        playlists: Callable[[], Sequence[Sequence[int]]], folder: Path, events: Events,
        must_write: Callable[[], None], now: Callable[[], float],
    ) -> None:  # fmt: skip
        self._snapshots, self._listened, self._feedback, self._playlists = snapshots, listened, feedback, playlists
        self._folder, self._events, self._must_write, self._now = folder, events, must_write, now
        self._lock = threading.Lock()
        self._known: dict[str, Trained | None] = {}

    @property
    def wanting(self) -> bool:
        """Whether there is no network for this encoder, or so much happened since that it should learn anew.

        False before any analysis, and while the library is too small to learn from.
        """
        try:
            snapshot = self._snapshots.current()
        except NothingYet:
            return False
        if len(snapshot.shelf) < 2 * listeners.LEAST:
            return False
        try:
            before = Footing.found(self._place(snapshot.vectors.key))
        except ModelUnavailable:
            return True
        return self._network(snapshot) is None or before.moved(self._footing(snapshot, self._heard(snapshot)))

    def fit(self, job: Job) -> NetworkReport:
        """Learn from all that is known, and keep it; the taste's gains follow when it is made the next time.

        An interrupted run leaves what was there.

        Raises:
            NothingYet: nothing is analysed, or too little.
            ReadOnlyData, DataFolderError: it cannot be kept.
            Cancelled: the job was cancelled.
        """
        from musicdesk.prototypes import training  # which loads torch

        self._must_write()
        began = time.monotonic()
        snapshot = self._snapshots.current()
        heard = self._heard(snapshot)
        job.begin("Gathering what goes together")
        matrix, others, made_up = self._rows(snapshot, heard)
        prototypes = _centres(snapshot.shelf.space)
        tags = sharing(snapshot.shelf.space, prototypes)
        config = replace(DESK_CONFIG, own=others > 0, seed=0)
        trained = training.fit(matrix, snapshot.shelf.space, prototypes, tags, config=config, job=job)
        self._keep(trained, snapshot, self._footing(snapshot, heard))
        with self._lock:
            self._known[snapshot.vectors.key.name] = trained
        self._events.taste_changed.emit(None)
        return NetworkReport(
            snapshot.vectors.key.name, len(snapshot.shelf), others, made_up, heard.own, len(prototypes),
            time.monotonic() - began,
        )  # fmt: skip

    def network(self) -> Trained | None:
        """The network of the encoder in use; None while there is none, or what was kept is broken."""
        return self._network(self._snapshots.current())

    def gains(self, prototypes: Sequence[Prototype], liked: IntArray) -> FloatArray | None:
        """The gains that the network believes in for someone who likes the rows ``liked`` of the shelf.

        K times the profile, from 0 to 2: 1 is as much as if all were heard evenly. None while there is no network,
        nothing is liked, or there are no prototypes.  # [k]
        """
        snapshot = self._snapshots.current()
        trained = self._network(snapshot)
        if trained is None or not len(liked) or not prototypes:
            return None
        vectors = np.stack([prototype.vector for prototype in prototypes])
        if vectors.shape[1] != len(trained.sound):
            return None
        return believed_gains(trained.profile(snapshot.shelf.space[liked], vectors))

    def believed(self, taste: Taste, liked: Sequence[str]) -> Taste:
        """``taste`` with the gains that the network believes in, for someone who likes these sounds.

        Only prototypes that are awake are weighed: words on offer stay asleep, and what is disliked stays as it is.
        Without a network the taste as it is.
        """
        awake = tuple(p for p in taste.prototypes if is_awake(p))
        rows = self._snapshots.current().shelf.rows
        gains = self.gains(awake, np.array([rows[sound] for sound in liked if sound in rows], np.int64))
        if gains is None:
            return taste
        return with_belief(taste, {p.id: round(float(gain), 2) for p, gain in zip(awake, gains, strict=True)})

    # -------------------------------------------------------------------------------------------- inside

    def _heard(self, snapshot: Snapshot) -> Heard:
        return Heard.of(self._listened(), snapshot.shelf.rows)

    def _footing(self, snapshot: Snapshot, heard: Heard) -> Footing:
        key = snapshot.vectors.key
        return Footing(
            len(heard.listeners), len(heard.log) + len(_liked(self._feedback())), len(heard.sounds),
            len(snapshot.shelf), f"{key.name} {key.version} {key.front_end}", self._now(),
        )  # fmt: skip

    def _rows(self, snapshot: Snapshot, heard: Heard) -> tuple["csr_matrix", int, int]:
        """Everyone's rows over the shelf, how many are other people's, and how many are made up."""
        from scipy.sparse import vstack

        rng = np.random.default_rng(SEED)
        own = self._own(snapshot, heard)
        people = _people(heard, snapshot)
        others = people.shape[0] if people.shape[0] >= OTHERS else 0
        parts = [people] if others else [listeners.draw(self._seams(snapshot, own), count=MADE_UP, rng=rng)]
        if len(own) >= HEARD:
            parts.append(_parts_of(own, n=len(snapshot.shelf), count=round(MINE * parts[0].shape[0]) + 1, rng=rng))
        return vstack(parts, format="csr"), others, 0 if others else MADE_UP

    def _own(self, snapshot: Snapshot, heard: Heard) -> IntArray:
        """Rows of what the person here likes or plays, ascending."""
        rows = snapshot.shelf.rows
        history = heard.history(ME, rows)
        said = [rows[sound] for sound in _liked(self._feedback()) if sound in rows]
        return np.unique(np.concatenate([history.items[history.degrees > 0], np.array(said, np.int64)]))

    def _seams(self, snapshot: Snapshot, own: IntArray) -> listeners.Seams:
        shelf, tags = snapshot.shelf, snapshot.vectors.tags
        places = {track: row for row, track in enumerate(shelf.track_ids) if track}
        lists = [np.array([places[t] for t in tracks if t in places], np.int64) for tracks in self._playlists()]
        words = tags if tags.shape[1] else sharing(shelf.space, _centres(shelf.space))
        return listeners.Seams(
            shelf.artist_ids.astype(np.int64), shelf.album_ids.astype(np.int64), words, lists, own
        )  # fmt: skip

    def _place(self, key: EncoderKey) -> Path:
        return self._folder / key.name

    def _network(self, snapshot: Snapshot) -> Trained | None:
        key = snapshot.vectors.key
        with self._lock:
            if key.name not in self._known:
                self._known[key.name] = self._found(key)
            found = self._known[key.name]
        return found if found is not None and len(found.sound) == snapshot.shelf.space.shape[1] else None

    def _found(self, key: EncoderKey) -> Trained | None:
        try:
            Footing.found(self._place(key))
            return Trained.load(self._place(key))
        except (ModelUnavailable, BadRequest):
            return None

    def _keep(self, trained: Trained, snapshot: Snapshot, footing: Footing) -> None:
        """Write it in place of the last; an interrupted writing leaves the last."""
        place = self._place(snapshot.vectors.key)
        new = place.with_name(f".{place.name}-{secrets.token_hex(4)}.new")
        try:
            trained.save(new)
            (new / MADE).write_text(json.dumps({"version": VERSION, **asdict(footing)}), encoding="utf-8")
            shutil.rmtree(place, ignore_errors=True)
            new.replace(place)
        except OSError as error:
            raise DataFolderError(f"The network could not be kept in {place}: {error.strerror}.") from error
        finally:
            shutil.rmtree(new, ignore_errors=True)


# ------------------------------------------------------------------------------------------------ gains


def believed_gains(profile: FloatArray) -> FloatArray:
    """From shares that sum to 1 to gains: 1 for an even share, never above the largest gain.  # [k] -> [k]"""
    return np.asarray(np.clip(len(profile) * profile, 0, GAIN_MAX), np.float32)


def is_awake(prototype: Prototype) -> bool:
    """Whether the network weighs it: what is on offer at a gain of 0, and what is disliked, is not."""
    return prototype.id != NEGATIVE_ID and prototype.found > 0


def with_belief(taste: Taste, gains: Mapping[str, float]) -> Taste:
    """``taste`` with found gains by prototype id; a gain that nobody moved follows, one that is locked stays."""
    return replace(taste, prototypes=tuple(_believing(p, gains.get(p.id, p.found)) for p in taste.prototypes))


def _believing(prototype: Prototype, found: float) -> Prototype:
    follows = untouched(prototype) and not prototype.locked
    return replace(prototype, found=found, gain=found if follows else prototype.gain)


# ------------------------------------------------------------------------------------------------ what it learns from


def sharing(space: FloatArray, prototypes: FloatArray) -> FloatArray:
    """How each sound is shared out among prototypes by how near it is; rows sum to 1.

    # [n, dim], [k, dim] -> [n, k]
    """
    logits = SHARP * (space @ prototypes.T)
    np.exp(logits - logits.max(axis=1, keepdims=True), out=logits)
    return np.asarray(logits / logits.sum(axis=1, keepdims=True), np.float32)


def _centres(space: FloatArray) -> FloatArray:
    """Directions all over the library.  # [k, dim]"""
    rng = np.random.default_rng(SEED)
    rows = np.sort(rng.permutation(len(space))[:CENTRE_ROWS])
    count = min(CENTRES, max(2, len(rows) // 4))
    found = bank.build(space, rows, count=count, most=count, rng=rng)
    return np.stack([cluster.vector for cluster in found])


def _liked(feedback: Mapping[str, Feedback]) -> tuple[str, ...]:
    return tuple(sorted(sound for sound, said in feedback.items() if said.positive))


def _people(heard: Heard, snapshot: Snapshot) -> "csr_matrix":
    """The rows of the other listeners who heard enough of it."""
    log = heard.over(snapshot.shelf.rows, n_items=len(snapshot.shelf))
    matrix = log.matrix()
    others = np.array([name != ME for name in heard.names], bool)
    enough = np.diff(matrix.indptr) >= HEARD
    return matrix[np.flatnonzero(others & enough)]


def _parts_of(rows: IntArray, *, n: int, count: int, rng: np.random.Generator) -> "csr_matrix":
    """The person here, so many times, each time half to all of what they like.  # csr [count, n]"""
    from scipy.sparse import csr_matrix

    parts = [rows[rng.random(len(rows)) < rng.uniform(0.5, 1)] for _ in range(count)]
    ends = np.concatenate([[0], np.cumsum([len(part) for part in parts])])
    return csr_matrix((np.ones(ends[-1], np.float32), np.concatenate(parts), ends), shape=(count, n))
