"""What the window knows of the library: catalogue, feedback, folders, coverage."""

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QDesktopServices

from musicdesk.desk.desk import Desk
from musicdesk.records import Coverage, Feedback, IntArray, OwnTags, Source, Track
from musicdesk.ui.catalogue import EMPTY, NO_TAGS, Catalogue
from musicdesk.ui.catalogue_model import CatalogueModel
from musicdesk.ui.empty_states import State
from musicdesk.ui.local_files import to_url
from musicdesk.ui.tasks import Tasks
from musicdesk.ui.workspace import Workspace

SETTLING_MS = 30


@dataclass(frozen=True)
class Known:
    """One look at the library."""

    catalogue: Catalogue
    feedback: Mapping[str, Feedback]
    sources: tuple[Source, ...]
    coverage: Coverage
    tags: OwnTags


class LibraryController(QObject):
    """Loads, and looks again when the desk says that something changed."""

    loaded = Signal()

    def __init__(self, desk: Desk, *, tasks: Tasks, window: Workspace) -> None:
        super().__init__(window)
        self._desk, self._tasks, self._window = desk, tasks, window
        self.known: Known | None = None
        self._settling = QTimer(self, singleShot=True, interval=SETTLING_MS)
        self._settling.timeout.connect(self._load)
        self._connect()

    def _connect(self) -> None:
        window = self._window
        for model in (window.all_tracks.model, window.playlists.model):
            model.order_wanted.connect(lambda _, model=model: self._rank(model))
        window.actions_.on("exclude", self.toggle_excluded)
        window.actions_.on("show_in_folder", self._show_in_folder)
        window.library.forget_asked.connect(lambda path: self._tasks.write(lambda: self._desk.indexing.forget(path)))

    # ------------------------------------------------------------------ load

    def refresh(self) -> None:
        """Look again, soon."""
        self._settling.start()

    def _load(self) -> None:
        self._tasks.read(self._look, self._show, key="library")

    def _look(self) -> Known:
        desk, before = self._desk, self.known
        tracks = desk.indexing.tracks()
        if before is not None and before.catalogue.tracks is tracks:
            catalogue = before.catalogue
        else:
            catalogue = Catalogue.of(tracks)
            catalogue.prepare()
        sources, coverage = desk.indexing.sources(), desk.indexing.coverage()
        return Known(catalogue, desk.listening.feedback(), sources, coverage, desk.tagging.all())

    def _show(self, known: Known) -> None:
        before, self.known = self.known, known
        changed = before is None or known.catalogue is not before.catalogue
        window = self._window
        window.library.set_sources(known.sources)
        window.library.status.set_coverage(known.coverage)
        window.coverage.set_coverage(known.coverage)
        for view in window.lists:
            view.table.set_feedback(known.feedback)
            view.table.tags = known.tags.of
        window.why.set_tags(known.tags.of)
        if changed:
            window.for_you.model.set_tracks(known.catalogue.by_hash)
            self._show_all()
        self._tell_offline(known.sources)
        self.loaded.emit()

    def _tell_offline(self, sources: Sequence[Source]) -> None:
        away = [source for source in sources if not source.online]
        if not away:
            self._window.all_tracks.notice.hide()
            return
        names = ", ".join(os.path.basename(s.path.rstrip(os.sep)) or s.path for s in away)
        self._window.all_tracks.notice.say(
            f"{names} is not connected; {sum(s.tracks for s in away):,} tracks stay known and come back with it.",
            button="Look again", do=self._window.actions_["rescan"].trigger, fixed=True,
        )  # fmt: skip

    # ------------------------------------------------------------------ look up

    @property
    def catalogue(self) -> Catalogue:
        """All tracks."""
        return self.known.catalogue if self.known else EMPTY

    @property
    def feedback(self) -> Mapping[str, Feedback]:
        """All feedback by audio hash."""
        return self.known.feedback if self.known else {}

    @property
    def tags(self) -> OwnTags:
        """The listener's own tags."""
        return self.known.tags if self.known else NO_TAGS

    def of_hash(self, audio_hash: str) -> Track | None:
        """The track that stands for a sound."""
        return self.catalogue.by_hash.get(audio_hash)

    def targets(self) -> Sequence[Track]:
        """The tracks that an action is about: the chosen rows, or the one the keyboard is on."""
        view = self._window.view
        current = view.current()
        return view.selection() or ((current,) if current is not None else ())

    def of_ids(self, ids: Iterable[int]) -> tuple[Track, ...]:
        """Tracks by id; unknown ids are left out."""
        return tuple(self.catalogue.tracks[row] for row in self.catalogue.rows_of(ids))

    # ------------------------------------------------------------------ the page of all tracks

    def _show_all(self) -> None:
        catalogue, order = self.catalogue, self._window.all_tracks.model.order

        def rows() -> IntArray:
            if order:
                catalogue.rank(order)
            return np.arange(len(catalogue))

        self._tasks.read(rows, lambda rows: self._show_rows(catalogue, rows), key="all tracks")

    def _rank(self, model: CatalogueModel) -> None:
        """Order a table by a column that nobody asked for yet."""
        catalogue, order = model.catalogue, model.order
        self._tasks.read(lambda: catalogue.rank(order), lambda _: model.reorder(), key=f"rank {id(model)}")

    def _show_rows(self, catalogue: Catalogue, rows: IntArray) -> None:
        page = self._window.all_tracks
        page.model.show(catalogue, rows)
        page.set_count(len(catalogue))
        if len(catalogue):
            page.show_table()
        else:
            page.show_state(State.NO_TRACKS if self.known and self.known.sources else State.NO_FOLDER)

    # ------------------------------------------------------------------ actions

    def toggle_excluded(self) -> None:
        """Keep the chosen tracks out, or take them back in."""
        tracks = self.targets()
        if not tracks:
            return
        out = not all(track.excluded for track in tracks)
        self._tasks.write(lambda: self._desk.indexing.exclude(tracks, out))
        what = tracks[0].title if len(tracks) == 1 else f"{len(tracks)} tracks"
        self._window.notice.say(
            f"{what} {'is kept out of analysis and lists' if out else 'is back in'}.", button="Undo", brief=True,
            do=lambda: self._tasks.write(lambda: self._desk.indexing.exclude(tracks, not out)),
        )  # fmt: skip

    def _show_in_folder(self) -> None:
        tracks = self.targets()
        folder = os.path.dirname(tracks[0].path) if tracks else ""
        if folder and not (os.path.isdir(folder) and QDesktopServices.openUrl(to_url(folder))):
            self._window.notice.say("The folder could not be opened: it is not on the disk, or nothing shows folders.")
