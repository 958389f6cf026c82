"""The one door: everything a front end can ask for, as use cases that share one data folder.

``Desk`` is built once, in ``ui.app`` or the command line, and passed on as an argument. Its methods may be called from
any thread; long ones take a ``Job``; what goes wrong is told as a ``UserFacing`` sentence; what changed is told by
``events``.
"""

import os
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

from musicdesk.desk.curating import Curating
from musicdesk.desk.editing import Editing
from musicdesk.desk.indexing import Indexing
from musicdesk.desk.listening import Listening, Player
from musicdesk.desk.measuring import Measuring
from musicdesk.desk.modelling import Modelling
from musicdesk.desk.recommending import Recommending
from musicdesk.desk.snapshot import Snapshots
from musicdesk.events import Events
from musicdesk.settings import Folders, Settings
from musicdesk.store.database import Database
from musicdesk.store.feedback import FeedbackStore
from musicdesk.store.playlists import PlaylistStore
from musicdesk.store.tastes import TasteStore
from musicdesk.store.tracks import TrackStore
from musicdesk.store.vectors import VectorStore


class Desk:
    """The use cases of one data folder; close it when done."""

    def __init__(self, folders: Folders, *, now: Callable[[], float] = time.time, player: Player | None = None) -> None:
        self.folders, self.events = folders, Events()
        self.settings = Settings.load(folders.data)
        self._database = Database.open(folders.data)
        tracks, vectors = TrackStore(self._database), VectorStore(self._database)
        feedback = FeedbackStore(self._database)
        editing = Editing(feedback=feedback, tastes=TasteStore(self._database), events=self.events)
        self.modelling = Modelling(
            tracks=tracks, vectors=vectors, folders=folders, events=self.events, settings=self._settings, now=now
        )
        snapshots = Snapshots(tracks=tracks, vectors=vectors, encoder=self.modelling.encoder, events=self.events)
        self.recommending = Recommending(snapshots=snapshots, feedback=feedback, editing=editing, now=now)
        self.indexing = Indexing(
            tracks=tracks,
            vectors=vectors,
            modelling=self.modelling,
            folders=folders,
            events=self.events,
            workers=self._workers,
            finished=self.recommending.refresh,
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
        self.measuring = Measuring(folders=folders)

    def set(self, **values: Any) -> None:
        """Change settings and keep them; raises BadRequest for an unknown one."""
        self.settings = self.settings.changed(**values)
        self.settings.save(self.folders.data)
        if "encoder" in values:
            self.events.analysis_changed.emit(None)

    def close(self) -> None:
        """Let the sound device and the database go."""
        self.listening.close()
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _settings(self) -> Settings:
        return self.settings

    def _workers(self) -> int:
        """Half the cores, unless the settings say otherwise."""
        return self.settings.workers or max(1, _cores() // 2)


def _cores() -> int:
    """The cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
