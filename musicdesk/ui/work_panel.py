"""What runs now, on the Coverage page: what it does, on what, how fast, how long still, pause and stop."""

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from musicdesk.jobs import Progress
from musicdesk.records import Coverage
from musicdesk.ui.analysis_status import Work, pace_text
from musicdesk.ui.ink import Ink, tabular
from musicdesk.ui.labels import ElidedLabel, SoftSentence


class Card(QWidget):
    """A ground of its own with round corners."""

    def paintEvent(self, event: QPaintEvent) -> None:
        """The ground and its edge."""
        painter, ink = QPainter(self), Ink.of(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(ink.line, 1))
        painter.setBrush(ink.raised)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)


class WorkPanel(Card):
    """Shows a progress while something runs, and what is left to do while nothing does."""

    pause_asked = Signal()
    stop_asked = Signal()
    start_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.work, self._progress = Work.IDLE, Progress("", 0, None, 0.0)
        self._coverage, self._title, self._news = Coverage(""), "", ""
        self._locked = ""
        self.title, self.fact = ElidedLabel(), SoftSentence(points=-0.5)
        self.note = SoftSentence(points=-0.5)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(6)
        self.bar.setAccessibleName("How far it is")
        self.pause = _button("Pause", "Hold everything for a while (Ctrl+P)")
        self.stop = _button("Stop", "Stop; what is done is kept, and it goes on from there")
        self.start = _button("Go on", "")
        self._lay_out()
        self.pause.clicked.connect(self.pause_asked)
        self.stop.clicked.connect(self.stop_asked)
        self.start.clicked.connect(self.start_asked)
        self._show()

    def _lay_out(self) -> None:
        font = tabular(self.title.font())
        font.setWeight(font.Weight.DemiBold)
        self.title.setFont(font)
        head = QHBoxLayout()
        head.setSpacing(8)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self.title)
        words.addWidget(self.fact)
        head.addLayout(words, 1)
        for button in (self.start, self.pause, self.stop):
            head.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 10, 10)
        column.setSpacing(6)
        column.addLayout(head)
        column.addWidget(self.bar)
        column.addWidget(self.note)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)

    # ------------------------------------------------------------------ what it shows

    def set_work(self, work: Work) -> None:
        """Say whether something runs."""
        if work is Work.IDLE:
            self._progress = Progress("", 0, None, 0.0)
        self.work = work
        self._show()

    def set_progress(self, progress: Progress) -> None:
        """Show how far it is."""
        self._progress = progress
        self._show()

    def set_coverage(self, coverage: Coverage, *, title: str) -> None:
        """What is left to do for an encoder, for the time when nothing runs."""
        self._coverage, self._title = coverage, title
        self._show()

    def set_news(self, sentence: str) -> None:
        """How new music is noticed, or why it is not ("" for nothing to say)."""
        self._news = sentence
        self._show()

    def lock(self, why: str) -> None:
        """Let nothing be started, for this reason ("" to allow it)."""
        self._locked = why
        self._show()

    def _show(self) -> None:
        running, paused = self.work is not Work.IDLE, self.work is Work.PAUSED
        for widget in (self.pause, self.stop):
            widget.setVisible(running)
            widget.setEnabled(self.work is not Work.STOPPING)
        self.bar.setVisible(running)
        self.pause.setText("Go on" if paused else "Pause")
        self.start.setEnabled(not self._locked)
        self._show_work() if running else self._show_rest()
        for sentence in (self.fact, self.note):
            sentence.setVisible(bool(sentence.text()))
        self.setAccessibleName(f"{self.title.text()}. {self.fact.text()} {self.note.text()}")

    def _show_work(self) -> None:
        progress = self._progress
        doing = progress.text or "Starting …"
        self.start.hide()
        self.title.setText({Work.PAUSED: f"Paused: {doing}", Work.STOPPING: "Stopping …"}.get(self.work, doing))
        self.bar.setRange(0, progress.total or 0)
        self.bar.setValue(progress.done)
        self.fact.setText(running_facts(progress))
        self.note.setText(progress.note)

    def _show_rest(self) -> None:
        coverage = self._coverage
        words = Rest.of(coverage, title=self._title)
        self.title.setText(words[0])
        self.fact.setText(words[1])
        self.start.setText(words[2])
        self.start.setToolTip(self._locked or "Listen to what is left; it can be paused and stopped at any time")
        self.start.setVisible(bool(words[2]))
        self.note.setText(self._news)


class Rest:
    """Words for the time when nothing runs."""

    @staticmethod
    def of(coverage: Coverage, *, title: str) -> tuple[str, str, str]:
        """Title, sentence and button ("" for none) for what is left to do."""
        if not coverage.found:
            return "Nothing to listen to yet", "Add a folder, or drop one on the window.", ""
        if coverage.todo:
            anew = f", {coverage.stale:,} of them anew with a newer version" if coverage.stale else ""
            fact = f"{title} has {files(coverage.todo)} still to listen to{anew}."
            return "Not everything is listened to yet", fact, "Go on" if coverage.usable else "Listen now"
        if coverage.quick:
            return "Everything is ready to use", "The full listen can follow at any time.", "Listen in full"
        return "Everything is listened to", "", ""


def files(number: int) -> str:
    """A number of files in words."""
    return f"{number:,} file{'s' * (number != 1)}"


def running_facts(progress: Progress) -> str:
    """How far, how fast, how long still, and on what, in one line."""
    far = f"{progress.done:,} of {progress.total:,}" if progress.total else files(progress.done)
    parts = filter(None, (far, *pace_text(progress), progress.detail))
    return " · ".join(part.replace(" ", "\N{NO-BREAK SPACE}") for part in parts)


def _button(text: str, hint: str) -> QPushButton:
    button = QPushButton(text)
    button.setToolTip(hint)
    return button
