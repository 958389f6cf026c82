"""The lower left corner: what long work is under way, how fast, how long still, and the buttons that hold it."""

from enum import Enum, auto

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QVBoxLayout, QWidget

from musicdesk.jobs import Progress
from musicdesk.records import Coverage
from musicdesk.ui import glyphs
from musicdesk.ui.glyphs import GlyphButton
from musicdesk.ui.labels import ElidedLabel, SoftSentence


class Work(Enum):
    """What the lower left corner is about."""

    IDLE = auto()
    RUNNING = auto()
    PAUSED = auto()
    STOPPING = auto()


class AnalysisStatus(QWidget):
    """Shows a coverage while nothing runs, a progress while something does."""

    pause_asked = Signal()
    stop_asked = Signal()
    start_asked = Signal()
    coverage_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.work, self._progress = Work.IDLE, Progress("", 0, None, 0.0)
        self._coverage: Coverage | None = None
        self._locked = False
        self.title, self.detail = ElidedLabel(), SoftSentence()
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(6)
        self.bar.setAccessibleName("Progress of the analysis")
        self.pause = GlyphButton(glyphs.pause, name="Pause", hint="Pause (Ctrl+P)")
        self.stop = GlyphButton(glyphs.stop, name="Stop", hint="Stop; what is done is kept, it goes on from there")
        self.start = QPushButton("Go on")
        self.more = QPushButton("Coverage")
        self._lay_out()
        self.pause.clicked.connect(self.pause_asked)
        self.stop.clicked.connect(self.stop_asked)
        self.start.clicked.connect(self.start_asked)
        self.more.clicked.connect(self.coverage_asked)
        self._show()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(0)
        head.addWidget(self.title, 1)
        head.addWidget(self.pause)
        head.addWidget(self.stop)
        foot = QHBoxLayout()
        foot.addWidget(self.start)
        foot.addWidget(self.more)
        foot.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 8, 8)
        column.setSpacing(4)
        column.addLayout(head)
        column.addWidget(self.bar)
        column.addWidget(self.detail)
        column.addLayout(foot)

    def set_work(self, work: Work) -> None:
        """Say whether something runs."""
        self.work = work
        if work is Work.IDLE:
            self._progress = Progress("", 0, None, 0.0)
        self._show()

    def set_progress(self, progress: Progress) -> None:
        """Show how far it is."""
        self._progress = progress
        self._show()

    def set_coverage(self, coverage: Coverage | None) -> None:
        """Show how much is analysed while nothing runs."""
        self._coverage = coverage
        self._show()

    def lock(self, why: str) -> None:
        """Offer no start, for this reason ("" to offer it)."""
        self._locked = bool(why)
        self._show()

    def _show(self) -> None:
        running = self.work is not Work.IDLE
        for widget in (self.pause, self.stop):
            widget.setVisible(running)
            widget.setEnabled(self.work is not Work.STOPPING)
        paused = self.work is Work.PAUSED
        self.pause.set_glyph(glyphs.play if paused else glyphs.pause)
        self.pause.describe("Go on" if paused else "Pause", "Go on (Ctrl+P)" if paused else "Pause (Ctrl+P)")
        self.bar.setVisible(running)
        self._show_work() if running else self._show_coverage()
        self.detail.setVisible(bool(self.detail.text()))
        self.setAccessibleName(f"Analysis. {self.title.text()}. {self.detail.text()}")

    def _show_work(self) -> None:
        progress = self._progress
        self.start.hide()
        self.more.hide()
        self.title.setText(
            {Work.PAUSED: "Paused", Work.STOPPING: "Stopping …"}.get(self.work, progress.text or "Starting …")
        )
        self.bar.setRange(0, progress.total or 0)
        self.bar.setValue(progress.done)
        self.detail.setText(told(progress))
        self.detail.setToolTip(progress.note)

    def _show_coverage(self) -> None:
        coverage = self._coverage
        waiting = coverage is not None and (coverage.todo > 0 or coverage.quick > 0)
        self.start.setVisible(waiting and not self._locked)
        self.more.setVisible(coverage is not None and coverage.found > 0)
        if coverage is None or not coverage.found:
            self.title.setText("Nothing to listen to yet")
            self.detail.setText("")
            return
        done = coverage.found - coverage.todo
        self.title.setText(f"{done:,} of {coverage.found:,} listened to")
        self.start.setText("Go on" if coverage.usable else "Listen")
        self.start.setToolTip("Listen to the rest; it can be paused at any time")
        trouble = coverage.failed + coverage.silent
        unheard = f"{trouble:,} could not be heard" if trouble else ""
        beside = waiting and not self._locked  # two buttons leave no room for a long word
        self.more.setText(unheard if unheard and not beside else "Coverage")
        self.more.setToolTip("What became of every file (Alt+4)")
        quick = f"{coverage.quick:,} of them quickly so far" if coverage.quick else ""
        self.detail.setText("\n".join(filter(None, (quick, unheard if beside else ""))))


def told(progress: Progress) -> str:
    """How far, below it how fast and how long still, and on what."""
    far = f"{progress.done:,} of {progress.total:,}" if progress.total else f"{progress.done:,} files"
    return "\n".join(filter(None, (far, " · ".join(pace_text(progress)), progress.detail)))


def pace_text(progress: Progress) -> list[str]:
    """How fast, and how long still; nothing while nobody can know."""
    pace = []
    if progress.total and progress.done:
        pace.append(f"{progress.per_minute:,.0f} a minute")
    eta = progress.eta_s
    if eta is not None and progress.done < (progress.total or 0):
        pace.append(f"{span(eta)} left")
    return pace


def span(seconds: float) -> str:
    """A time to wait, as people say it."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 100 else f"{minutes / 60:.1f} h" if minutes < 600 else f"{minutes // 60} h"
