"""What the prototypical network believes of the listener: it learns from everyone's listening, and sets found gains.

Where there are other listeners it learns from them; in a library of one person from made-up listeners drawn from its
artists, albums, playlists and words, and from that person's history. It is kept in the data folder, one for each
encoder, and learned anew when much was heard, liked or added since. Prototypes are its keys and no part of it: they
keep their identity whatever it learns.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from musicdesk.desk.fitted import Footing
from musicdesk.desk.heard import ME, Heard, ListenerLog
from musicdesk.desk.learned import Learned, heard_by
from musicdesk.desk.snapshot import Snapshot, Snapshots
from musicdesk.errors import NothingYet
from musicdesk.events import Events
from musicdesk.jobs import Job
from musicdesk.prototypes import belief, listeners
from musicdesk.prototypes.belief import ALONE as DESK_CONFIG
from musicdesk.prototypes.belief import HEARD, MADE_UP
from musicdesk.prototypes.trained import Trained
from musicdesk.records import Feedback, FloatArray, IntArray, Prototype, Taste

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

OTHERS = 50
"""So many other listeners are learned from; fewer are made up for."""
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
        self._learned = Learned(folder, load=Trained.load, dim=lambda made: len(made.sound), called="network")

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
        return self._learned.stale(snapshot, lambda: self._footing(snapshot, self._heard(snapshot)))

    def fit(self, job: Job) -> NetworkReport:
        """Learn from all that is known, and keep it; the taste's gains follow when it is made the next time.

        An interrupted run leaves what was there, and the next one goes on from where it stopped, if nothing that it
        learns from is another by then.

        Raises:
            NothingYet: nothing is analysed, or too little.
            ReadOnlyData, DataFolderError: it cannot be kept.
            Cancelled: the job was cancelled.
        """
        self._must_write()
        began = time.monotonic()
        snapshot = self._snapshots.current()
        heard = self._heard(snapshot)
        job.begin("Gathering what goes together")
        matrix, others, made_up = self._rows(snapshot, heard)
        config = replace(DESK_CONFIG, own=others > 0, seed=0)
        under_way = self._folder / f".{snapshot.vectors.key.name}.checkpoint"
        trained, prototypes = belief.learned(
            matrix, snapshot.shelf.space, config=config, job=job, checkpoint=under_way
        )  # fmt: skip
        self._learned.keep(trained, snapshot, self._footing(snapshot, heard))
        with suppress(OSError):
            under_way.unlink(missing_ok=True)
        self._events.taste_changed.emit(None)
        return NetworkReport(
            snapshot.vectors.key.name, len(snapshot.shelf), others, made_up, heard.own, len(prototypes),
            time.monotonic() - began,
        )  # fmt: skip

    def network(self) -> Trained | None:
        """The network of the encoder in use; None while there is none, or what was kept is broken."""
        return self._learned.get(self._snapshots.current())

    def gains(self, prototypes: Sequence[Prototype], liked: IntArray) -> FloatArray | None:
        """The gains that the network believes in for someone who likes the rows ``liked`` of the shelf.

        K times the profile, from 0 to 2: 1 is as much as if all were heard evenly. None while there is no network,
        nothing is liked, or there are no prototypes.  # [k]
        """
        snapshot = self._snapshots.current()
        trained = self._learned.get(snapshot)
        if trained is None or not len(liked) or not prototypes:
            return None
        vectors = np.stack([prototype.vector for prototype in prototypes])
        if vectors.shape[1] != len(trained.sound):
            return None
        return belief.believed_gains(trained.profile(snapshot.shelf.space[liked], vectors))

    def believed(self, taste: Taste, liked: Sequence[str]) -> Taste:
        """``taste`` with the gains that the network believes in, for someone who likes these sounds.

        Only prototypes that are awake are weighed: words on offer stay asleep, and what is disliked stays as it is.
        Without a network the taste as it is; where there is doubt (see ``belief.doubt``) each counts 1.
        """
        shelf, trained = self._snapshots.current().shelf, self.network()
        rows = np.array([shelf.rows[sound] for sound in liked if sound in shelf.rows], np.int64)
        even = bool(belief.doubt(shelf.artist_ids[rows].astype(np.int64)))
        return taste if trained is None else belief.weighed(taste, trained, shelf.space[rows], even=even)

    @property
    def doubt(self) -> str:
        """Why no gains are believed in yet, in a sentence; "" where likes tell enough, or nothing is analysed."""
        try:
            shelf = self._snapshots.current().shelf
        except NothingYet:
            return ""
        rows = [shelf.rows[sound] for sound in _liked(self._feedback()) if sound in shelf.rows]
        return belief.doubt(shelf.artist_ids[np.array(rows, np.int64)].astype(np.int64))

    # -------------------------------------------------------------------------------------------- inside

    def _heard(self, snapshot: Snapshot) -> Heard:
        return Heard.of(self._listened(), snapshot.shelf.rows)

    def _footing(self, snapshot: Snapshot, heard: Heard) -> Footing:
        key = snapshot.vectors.key
        return Footing(
            len(heard.listeners), len(heard.log) + len(_liked(self._feedback())), len(heard.sounds),
            len(snapshot.shelf), heard_by(key), self._now(),
        )  # fmt: skip

    def _rows(self, snapshot: Snapshot, heard: Heard) -> tuple["csr_matrix", int, int]:
        """Everyone's rows over the shelf, how many are other people's, and how many are made up."""
        rng, own, people = np.random.default_rng(belief.SEED), self._own(snapshot, heard), _people(heard, snapshot)
        others = people.shape[0] if people.shape[0] >= OTHERS else 0
        rows = people if others else listeners.draw(self._seams(snapshot, own), count=MADE_UP, rng=rng)
        return belief.with_mine(rows, own, rng=rng, least=HEARD), others, 0 if others else MADE_UP

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
        words = tags if tags.shape[1] else belief.sharing(shelf.space, belief.centres(shelf.space))
        return listeners.Seams(
            shelf.artist_ids.astype(np.int64), shelf.album_ids.astype(np.int64), words, lists, own
        )  # fmt: skip


# ------------------------------------------------------------------------------------------------ what it learns from


def _liked(feedback: Mapping[str, Feedback]) -> tuple[str, ...]:
    return tuple(sorted(sound for sound, said in feedback.items() if said.positive))


def _people(heard: Heard, snapshot: Snapshot) -> "csr_matrix":
    """The rows of the other listeners who heard enough of it."""
    log = heard.over(snapshot.shelf.rows, n_items=len(snapshot.shelf))
    matrix = log.matrix()
    others = np.array([name != ME for name in heard.names], bool)
    enough = np.diff(matrix.indptr) >= HEARD
    return matrix[np.flatnonzero(others & enough)]
