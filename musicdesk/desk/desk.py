"""The one door: everything a front end can ask for, as use cases that share one data folder.

``Desk`` is built once, in ``ui.app`` or the command line, and passed on as an argument. Its methods may be called from
any thread; long ones take a ``Job``; what goes wrong is told as a ``UserFacing`` sentence; what changed is told by
``events``.
"""

import threading
import time
from collections.abc import Callable
from functools import cached_property
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from musicdesk.desk.advising import Advising
from musicdesk.desk.curating import Curating
from musicdesk.desk.editing import Editing
from musicdesk.desk.indexing import Indexing
from musicdesk.desk.listeners import Listeners
from musicdesk.desk.listening import Listening, Player
from musicdesk.desk.modelling import Modelling
from musicdesk.desk.recommending import Recommending
from musicdesk.desk.snapshot import Snapshots
from musicdesk.errors import ReadOnlyData
from musicdesk.events import Events
from musicdesk.settings import Folders, Settings
from musicdesk.store.costs import CostStore
from musicdesk.store.database import Database
from musicdesk.store.feedback import FeedbackStore
from musicdesk.store.listeners import ListenerStore
from musicdesk.store.lock import Writer
from musicdesk.store.playlists import PlaylistStore
from musicdesk.store.tastes import TasteStore
from musicdesk.store.tracks import TrackStore
from musicdesk.store.vectors import VectorStore

if TYPE_CHECKING:
    from musicdesk.desk.measuring import Measuring
    from musicdesk.desk.training import Training


class Desk:
    """The use cases of one data folder; close it when done."""

    def __init__(self, folders: Folders, *, now: Callable[[], float] = time.time, player: Player | None = None) -> None:
        self.folders, self.events = folders, Events()
        self.settings = Settings.load(folders.data)
        self._database = Database.open(folders.data)
        self._writer, self._claiming = Writer(folders.data), threading.Lock()
        self._claimed = False
        self.read_only = ""
        """A sentence that names the other process, if there is one that writes here; "" if this one may."""
        self._database.before_writing = self._must_write
        self._now = now
        tracks, vectors, costs = TrackStore(self._database), VectorStore(self._database), CostStore(self._database)
        self._tracks, feedback = tracks, FeedbackStore(self._database)
        editing = Editing(feedback=feedback, tastes=TasteStore(self._database), events=self.events)
        self.modelling = Modelling(
            tracks=tracks,
            vectors=vectors,
            costs=costs,
            folders=folders,
            events=self.events,
            settings=self._settings,
            now=now,
        )
        snapshots = Snapshots(tracks=tracks, vectors=vectors, spec=self.modelling.spec, events=self.events)
        self.listeners = Listeners(
            listeners=ListenerStore(self._database), feedback=feedback, tracks=tracks, events=self.events
        )
        self.advising = self._make_advising(snapshots, feedback)
        self.recommending = Recommending(
            snapshots=snapshots, feedback=feedback, editing=editing, advising=self.advising, now=now
        )
        self.indexing = Indexing(
            tracks=tracks,
            vectors=vectors,
            costs=costs,
            modelling=self.modelling,
            snapshots=snapshots,
            folders=folders,
            events=self.events,
            settings=self._settings,
            must_write=self._must_write,
            finished=self.recommending.refresh,
            scanned=self.listeners.match_if_needed,
            now=now,
        )
        self.listening = Listening(
            feedback=feedback,
            editing=editing,
            recommending=self.recommending,
            events=self.events,
            settings=self._settings,
            now=now,
            player=player,
        )
        self.curating = Curating(playlists=PlaylistStore(self._database), tracks=tracks, events=self.events)

    def _make_advising(self, snapshots: Snapshots, feedback: FeedbackStore) -> Advising:
        return Advising(
            snapshots=snapshots,
            listened=self.listeners.log,
            feedback=feedback.all,
            choice=lambda: self.settings.recommender,
            choose=lambda name: self.set(recommender=name),
            folder=self.folders.data / "recommenders",
            events=self.events,
            must_write=self._must_write,
            now=self._now,
        )

    @cached_property
    def measuring(self) -> "Measuring":
        """Benchmarks and evaluations; imported when they are asked for, since no start needs them."""
        from musicdesk.desk.measuring import Measuring

        return Measuring(folders=self.folders)

    @cached_property
    def training(self) -> "Training":
        """Networks trained on the listener's own music; imported when they are asked for."""
        from musicdesk.desk.training import Training

        return Training(tracks=self._tracks, folders=self.folders, events=self.events, now=self._now)

    def set(self, **values: Any) -> None:
        """Change settings and keep them; raises BadRequest for an unknown one."""
        self.settings = self.settings.changed(**values)
        if not self.read_only:
            self.settings.save(self.folders.data)
        if "encoder" in values:
            self.events.analysis_changed.emit(None)

    def claim(self) -> bool:
        """Become the one process that writes here; False, and ``read_only`` says why, if there is one already."""
        with self._claiming:
            if not self._claimed:
                self.read_only = self._writer.claim()
                self._claimed = not self.read_only
            return self._claimed

    def _must_write(self) -> None:
        """Raise ReadOnlyData where another process is the writer."""
        if not self._claimed and not self.claim():
            raise ReadOnlyData(self.read_only)

    def close(self) -> None:
        """Let the sound device, the database and the right to write go."""
        self.listening.close()
        self._database.close()
        self._writer.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _settings(self) -> Settings:
        return self.settings
