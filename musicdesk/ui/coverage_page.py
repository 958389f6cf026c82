"""What became of every file: a sum that adds up for each encoder, what runs now, what failed, what is no music."""

import time
from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from musicdesk.records import Coverage, Failure, State
from musicdesk.ui.analysis_status import Work
from musicdesk.ui.coverage_bars import EncoderRows, StateSum
from musicdesk.ui.empty_states import EmptyState
from musicdesk.ui.empty_states import State as Empty
from musicdesk.ui.failures_view import FailuresView
from musicdesk.ui.flat import FlatTabs, Line
from musicdesk.ui.ink import scaled
from musicdesk.ui.labels import SoftLabel, SoftSentence
from musicdesk.ui.recordings_model import Group
from musicdesk.ui.recordings_view import RecordingsView
from musicdesk.ui.states import FAILED, Swatch, count
from musicdesk.ui.tracks_view import TracksView
from musicdesk.ui.work_panel import WorkPanel

TAB_FAILURES, TAB_RECORDINGS = range(2)
MARGIN = 16
TABLES_LEAST = 200
"""Pixels that the tables get before the page scrolls."""


class CoveragePage(QWidget):
    """The sum, the work, and below them two tables."""

    encoder_chosen = Signal(str)
    start_asked = Signal(str)
    """Listen to the rest with this encoder."""
    retry_asked = Signal(object)
    exclude_failed = Signal(object)
    folder_asked = Signal(Failure)
    export_asked = Signal()
    recordings_wanted = Signal()
    """The page of recordings is looked at."""

    def __init__(self, now: Callable[[], float] = time.time) -> None:
        super().__init__()
        self._coverages: tuple[Coverage, ...] = ()
        self.title, self.aside = QLabel(), SoftLabel(points=-0.5)
        self.encoders, self.sum, self.work = EncoderRows(), StateSum(), WorkPanel()
        self.numbers = {term.word.text(): term.number for term in self.sum.terms.values()}
        self.quick, self.quick_text = QWidget(), SoftSentence(points=-0.5)
        self.failures, self.recordings = FailuresView(now), RecordingsView()
        self.tabs, self.empty = FlatTabs(), EmptyState(Empty.NO_FOLDER)
        self.view = self.recordings.view
        self._lay_out()
        self._connect()
        self.set_coverage(None)

    # ------------------------------------------------------------------ building

    def _lay_out(self) -> None:
        self.body = QWidget()
        column = QVBoxLayout(self.body)
        column.setContentsMargins(0, 12, 0, 0)
        column.setSpacing(0)
        column.addLayout(self._head())
        column.addSpacing(12)
        column.addWidget(Line())
        column.addWidget(self.tabs, 1)
        self.tabs.addTab(self.failures, "")
        self.tabs.addTab(self.recordings, "Recordings")
        self.tabs.tabBar().setAccessibleName("Failures or recordings")
        self.tabs.setMinimumHeight(TABLES_LEAST)
        self.body.setAutoFillBackground(False)
        self.area = QScrollArea()
        self.area.setWidget(self.body)
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.area.viewport().setAutoFillBackground(False)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self.area)
        whole.addWidget(self.empty)

    def _head(self) -> QVBoxLayout:
        font = self.title.font()
        scaled(font, 4)
        self.title.setFont(font)
        titles = QHBoxLayout()
        titles.setSpacing(12)
        titles.addWidget(self.title)
        titles.addWidget(self.aside, 1, Qt.AlignmentFlag.AlignBottom)
        quick = QHBoxLayout(self.quick)
        quick.setContentsMargins(0, 0, 0, 0)
        quick.setSpacing(6)
        quick.addWidget(Swatch(State.OK, quick=True), 0, Qt.AlignmentFlag.AlignVCenter)
        quick.addWidget(self.quick_text, 1)
        head = QVBoxLayout()
        head.setContentsMargins(MARGIN, 0, MARGIN, 0)
        head.setSpacing(10)
        head.addLayout(titles)
        head.addWidget(self.encoders)
        head.addWidget(self.sum)
        head.addWidget(self.quick)
        head.addWidget(self.work)
        return head

    def _connect(self) -> None:
        self.encoders.chosen.connect(self._chosen)
        self.work.start_asked.connect(lambda: self.start_asked.emit(self.encoder))
        self.failures.retry_asked.connect(self.retry_asked)
        self.failures.exclude_asked.connect(self.exclude_failed)
        self.failures.folder_asked.connect(self.folder_asked)
        self.failures.export_asked.connect(self.export_asked)
        self.tabs.currentChanged.connect(lambda _: self._want_recordings())
        self.recordings.out_wanted.connect(self.recordings_wanted)

    # ------------------------------------------------------------------ what it shows

    @property
    def encoder(self) -> str:
        """The encoder whose files are shown ("" while nothing is known)."""
        return self.encoders.encoder

    @property
    def coverage(self) -> Coverage:
        """What it has made of the library."""
        return next((c for c in self._coverages if c.encoder == self.encoder), Coverage(""))

    def set_coverages(self, coverages: Sequence[Coverage]) -> None:
        """Show these, the encoder in use first."""
        self._coverages = tuple(coverages)
        self.encoders.set_coverages(self._coverages)
        self._show()

    def set_coverage(self, coverage: Coverage | None) -> None:
        """Show this of the encoder in use, the others as they were; None before anything is known."""
        if coverage is None:
            self.set_coverages(())
            return
        others = [known for known in self._coverages if known.encoder != coverage.encoder]
        self.set_coverages((coverage, *others))

    def set_work(self, work: Work) -> None:
        """Say whether something runs; then there is something to see here, whatever was found so far."""
        self.work.set_work(work)
        self._show()

    def set_titles(self, titles: dict[str, str]) -> None:
        """What encoders are called in full."""
        self.encoders.set_titles(titles)
        self._show()

    def lock(self, why: str) -> None:
        """Let nothing be changed, for this reason ("" to allow it)."""
        self.work.lock(why)
        self.failures.lock(why)
        self.recordings.lock(why)

    def _chosen(self, encoder: str) -> None:
        self._show()
        self.encoder_chosen.emit(encoder)

    def _show(self) -> None:
        coverage, found = self.coverage, bool(self.coverage.found or self.coverage.missing)
        found = found or self.work.work is not Work.IDLE
        self.area.setVisible(found)
        self.empty.setVisible(not found)
        self.title.setText(f"{coverage.found:,} file{'s' * (coverage.found != 1)} found")
        self.aside.setText(f"and {coverage.missing:,} more known, not on the disk now" if coverage.missing else "")
        self.sum.set_coverage(coverage)
        self.quick.setVisible(coverage.quick > 0)
        self.quick_text.setText(f"{coverage.quick:,} of the ready ones had only a quick first listen so far")
        self.work.set_coverage(coverage, title=self.encoders.title_of(coverage.encoder))
        self.failures.set_failures(coverage.failures)
        self.recordings.set_count(Group.OUT, coverage.excluded)
        trouble = sum(count(coverage, state) for state in FAILED)
        self.tabs.setTabText(TAB_FAILURES, f"Could not be heard  {trouble:,}" if trouble else "Could not be heard")

    # ------------------------------------------------------------------ what the keyboard is about

    @property
    def shows_recordings(self) -> bool:
        """Whether the tracks of a group are shown, not the failures."""
        return self.tabs.currentIndex() == TAB_RECORDINGS

    def table_view(self) -> TracksView | None:
        """The table of tracks that is shown; None where failures are."""
        return self.view if self.shows_recordings else None

    def step(self, rows: int) -> None:
        """Go down (or up) so many rows of the table that is shown."""
        if self.shows_recordings:
            self.view.step(rows)
        else:
            self.failures.table.step(rows)

    def take_focus(self) -> None:
        """The keyboard goes to the table that is shown."""
        (self.view if self.shows_recordings else self.failures.table).setFocus()

    def _want_recordings(self) -> None:
        if self.shows_recordings:
            self.recordings_wanted.emit()
