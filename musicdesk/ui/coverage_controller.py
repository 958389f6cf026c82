"""The Coverage page and the desk: what is counted, tried again, kept out, exported, sorted out."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog

from musicdesk.desk.desk import Desk
from musicdesk.records import Coverage, Failure, ModelStatus, Track, printable
from musicdesk.tracks import Tracks
from musicdesk.ui.indexing_controller import IndexingController, Wish
from musicdesk.ui.local_files import to_url
from musicdesk.ui.recordings_model import KINDS, Group, Sets
from musicdesk.ui.tasks import Tasks
from musicdesk.ui.workspace import TAB_COVERAGE, Workspace

SETTLING_MS, WORKING_MS = 150, 1000
"""Changes that follow on one another are looked at once; while something works, no more often than this."""


class CoverageController(QObject):
    """Looks only while the page is looked at; what changed meanwhile is looked up when it is."""

    def __init__(self, desk: Desk, *, tasks: Tasks, window: Workspace, indexing: IndexingController) -> None:
        super().__init__(window)
        self._desk, self._tasks, self._window, self._indexing = desk, tasks, window, indexing
        self._page = window.coverage
        self._old, self._recordings_old, self._out_old, self._nameless = True, True, True, True
        self._settling = QTimer(self, singleShot=True)
        self._settling.timeout.connect(self._look)
        page = self._page
        page.retry_asked.connect(self.retry)
        page.exclude_failed.connect(self.exclude_failed)
        page.folder_asked.connect(lambda failure: self.show_in_folder(failure.path))
        page.export_asked.connect(self._ask_export)
        page.recordings_wanted.connect(self._look)
        page.recordings.exclude_asked.connect(self.exclude)
        window.tabs.currentChanged.connect(lambda _: self._look())
        window.actions_.on("exclude", self._exclude_chosen)
        window.actions_.on("show_in_folder", self._show_chosen)
        indexing.working.connect(lambda on: None if on else self.refresh())

    @property
    def _shown(self) -> bool:
        return self._window.tabs.currentIndex() == TAB_COVERAGE

    # ------------------------------------------------------------------ look

    def _name(self, models: Sequence[ModelStatus]) -> None:
        """What the encoders are called in full."""
        self._page.set_titles({model.name: model.title for model in models})

    def refresh(self) -> None:
        """Something changed: look again, soon, or when the page is next shown."""
        self._old = self._out_old = True
        # the same recordings are looked for when an analysis is over; before that there is nothing new to see
        self._recordings_old = self._recordings_old or self._indexing.job is None
        if not self._settling.isActive():  # never put off: an analysis may change things without a break
            self._settling.start(SETTLING_MS if self._indexing.job is None else WORKING_MS)

    def _look(self) -> None:
        if not self._shown:
            return
        if self._nameless:
            self._nameless = False
            self._tasks.read(self._desk.modelling.models, self._name, key="titles")
        if self._old:
            self._old = False
            self._tasks.read(self._desk.indexing.coverages, self._show, key="coverages")
        if not self._page.shows_recordings:
            return
        if self._recordings_old:
            self._recordings_old = False
            self._tasks.read(self._sort_out, self._page.recordings.set_groups, key="recordings")
        if self._out_old and self._page.recordings.group is Group.OUT:
            self._out_old = False
            self._tasks.read(self._kept_out, self._page.recordings.set_groups, key="kept out")

    def _show(self, coverages: tuple[Coverage, ...]) -> None:
        self._page.set_coverages(coverages)

    def _sort_out(self) -> Mapping[Group, Sets]:
        indexing = self._desk.indexing
        kinds = indexing.kinds()
        singles = {group: _each(_kept(kinds.get(kind, ()))) for kind, group in KINDS.items()}
        copies = (_kept(tracks) for tracks in indexing.duplicates())
        return {Group.COPIES: tuple(tracks for tracks in copies if len(tracks) > 1), **singles}

    def _kept_out(self) -> Mapping[Group, Sets]:
        tracks = self._desk.indexing.tracks()
        if isinstance(tracks, Tracks):  # no record is made of what is not shown
            return {Group.OUT: _each(tracks.at(np.flatnonzero(tracks.columns.excluded)))}
        return {Group.OUT: _each([track for track in tracks if track.excluded])}

    # ------------------------------------------------------------------ try again

    def retry(self, failures: Sequence[Failure]) -> None:
        """Listen once more to these failures (none: to all of the encoder that is shown)."""
        page = self._page
        encoder, about = page.encoder or None, tuple(failures) or page.coverage.failures
        # what could not even be identified has to be read anew before anything can listen to it
        wish = Wish(None if all(failure.audio_hash for failure in about) else (), encoder)
        chosen = tuple(failures) or None
        self._tasks.write(
            lambda: self._desk.indexing.retry(encoder, chosen), lambda _: self._indexing.wish(wish)
        )  # fmt: skip

    # ------------------------------------------------------------------ keep out

    def exclude_failed(self, failures: Sequence[Failure]) -> None:
        """Keep the files of these failures out; undoable."""
        ids = [failure.track_id for failure in failures if failure.track_id]
        self._tasks.read(lambda: tuple(self._desk.indexing.many(ids).values()), self.exclude)

    def exclude(self, tracks: Sequence[Track], out: bool = True) -> None:
        """Keep tracks out of analysis and lists, or take them back in; undoable."""
        if tracks:
            self._tasks.write(lambda: self._desk.indexing.exclude(tracks, out), lambda _: self._tell(tracks, out))

    def _tell(self, tracks: Sequence[Track], out: bool) -> None:
        what = tracks[0].title if len(tracks) == 1 else f"{len(tracks):,} tracks"
        verb = ("is" if len(tracks) == 1 else "are") + (" kept out of analysis and lists" if out else " back in")
        self._window.notice.say(
            f"{what} {verb}.", button="Undo", brief=True,
            do=lambda: self._tasks.write(lambda: self._desk.indexing.exclude(tracks, not out)),
        )  # fmt: skip
        self._recordings_old = True
        self.refresh()

    def _exclude_chosen(self) -> None:
        """Ctrl+Delete on the failures; on tracks it is the library's business."""
        if self._shown and not self._page.shows_recordings:
            self.exclude_failed(self._page.failures.chosen())

    # ------------------------------------------------------------------ out of here

    def _show_chosen(self) -> None:
        if self._shown and not self._page.shows_recordings:
            for failure in self._page.failures.chosen()[:1]:
                self.show_in_folder(failure.path)

    def show_in_folder(self, path: str) -> None:
        """Open the folder that holds a file."""
        folder = os.path.dirname(path)
        if not (os.path.isdir(folder) and QDesktopServices.openUrl(to_url(folder))):
            self._window.notice.say("The folder could not be opened: it is not on the disk, or nothing shows folders.")

    def _ask_export(self) -> None:
        name, _ = QFileDialog.getSaveFileName(
            self._window, "Write the failures as CSV", "musicdesk-failures.csv", "CSV (*.csv);;All files (*)"
        )
        if name:
            self.export(Path(name))

    def export(self, path: Path) -> None:
        """Write all failures of the encoder that is shown."""
        encoder, place = self._page.encoder or None, printable(str(path))
        self._tasks.write(
            lambda: self._desk.indexing.export_failures(path, encoder),
            lambda count: self._window.notice.say(f"{count:,} lines written to {place}.", brief=True),
        )


def _kept(tracks: Sequence[Track]) -> tuple[Track, ...]:
    """Those that are not kept out."""
    return tuple(track for track in tracks if not track.excluded)


def _each(tracks: Sequence[Track]) -> Sets:
    """Every track as a set of its own."""
    return tuple((track,) for track in tracks)
