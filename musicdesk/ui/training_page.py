"""A training from the choice of labels to the network: what there is to learn, live curves, how well it does."""

from collections.abc import Sequence
from enum import Enum, auto

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from musicdesk.jobs import Progress
from musicdesk.records import Epoch, TrainedModel
from musicdesk.ui import icons
from musicdesk.ui.analysis_status import Work, pace_text
from musicdesk.ui.flat import Line
from musicdesk.ui.glyphs import GlyphButton
from musicdesk.ui.ink import scaled, tabular
from musicdesk.ui.labels import ElidedLabel, SoftLabel, SoftSentence, scrolling
from musicdesk.ui.notice import Notice
from musicdesk.ui.training_curves import TrainingCurves
from musicdesk.ui.training_form import TrainingForm, Wanted
from musicdesk.ui.training_result import TrainingResult
from musicdesk.ui.training_words import best_epoch, epoch_text, percent
from musicdesk.ui.work_panel import Card


class Side(Enum):
    """What the page shows."""

    FORM = auto()
    WORK = auto()
    RESULT = auto()


class TrainingWork(Card):
    """How far the training is; pause and stop."""

    pause_asked = Signal()
    stop_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.title, self.fact, self.bar = ElidedLabel(), SoftSentence(points=-0.5), QProgressBar()
        self.note = SoftSentence(points=-0.5)
        self.pause, self.stop = QPushButton("Pause"), QPushButton("Stop")
        self.pause.setToolTip("Hold the training for a while")
        self.stop.setToolTip("Stop; it goes on from there when it is started again under the same name")
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(6)
        self.bar.setAccessibleName("How far the training is")
        font = tabular(self.title.font())
        font.setWeight(font.Weight.DemiBold)
        self.title.setFont(font)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self.title)
        words.addWidget(self.fact)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addLayout(words, 1)
        for button in (self.pause, self.stop):
            head.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 10, 10)
        column.setSpacing(6)
        column.addLayout(head)
        column.addWidget(self.bar)
        column.addWidget(self.note)
        self.pause.clicked.connect(self.pause_asked)
        self.stop.clicked.connect(self.stop_asked)

    def show_work(self, work: Work, progress: Progress, epochs: Sequence[Epoch], *, of: int) -> None:
        """Say how far it is."""
        title = epoch_text(epochs[-1] if epochs else None, of)
        self.title.setText({Work.PAUSED: f"Paused: {title}", Work.STOPPING: "Stopping …"}.get(work, title))
        best = best_epoch(epochs)
        kept = f"best so far: epoch {best.number}, {percent(best.accuracy)} right" if best else ""
        far = f"{progress.done:,} of {progress.total:,}" if progress.total else ""
        doing = ": ".join(filter(None, (progress.text, far)))
        self.fact.setText(" · ".join(filter(None, (doing, *pace_text(progress)[1:], progress.detail, kept))) or " ")
        self.note.setText(progress.note)
        self.note.setVisible(bool(progress.note))
        self.bar.setRange(0, progress.total or 0)
        self.bar.setValue(progress.done)
        self.pause.setText("Go on" if work is Work.PAUSED else "Pause")
        for button in (self.pause, self.stop):
            button.setEnabled(work is not Work.STOPPING)
        self.setAccessibleName(f"{self.title.text()}. {self.fact.text()}")


class TrainingPage(QWidget):
    """The form, then the training, then the network."""

    left = Signal()
    """Back to the encoders; a training goes on."""

    def __init__(self) -> None:
        super().__init__()
        self.back = GlyphButton(icons.back, name="Back to the encoders", hint="Back to the encoders (Esc)", size=28)
        self.title, self.aside = QLabel(), SoftLabel()
        self.again = QPushButton("Train another…")
        self.notice = Notice(name="Note on the training")
        self.form, self.work, self.curves, self.result = (
            TrainingForm(),
            TrainingWork(),
            TrainingCurves(),
            TrainingResult(),
        )
        self.side = Side.FORM
        self.state = Work.IDLE
        self.wanted: Wanted | None = None
        self._progress, self.epochs = Progress("", 0, None, 0.0), list[Epoch]()
        self._lay_out()
        self.back.clicked.connect(self.left)
        self.show_form()

    def _lay_out(self) -> None:
        font = self.title.font()
        scaled(font, 4)
        self.title.setFont(font)
        self.title.setTextFormat(Qt.TextFormat.PlainText)
        head = QHBoxLayout()
        head.setContentsMargins(8, 12, 12, 0)
        head.setSpacing(8)
        head.addWidget(self.back)
        head.addWidget(self.title)
        head.addWidget(self.aside, 1, Qt.AlignmentFlag.AlignBottom)
        head.addWidget(self.again)
        self.again.setToolTip("Train another network")
        inside = QWidget()
        body = QVBoxLayout(inside)
        body.setContentsMargins(16, 10, 16, 12)
        body.setSpacing(12)
        body.addWidget(self.form, 1)
        for widget in (self.work, self.result, self.curves):
            body.addWidget(widget)
        body.addStretch(0)
        self._end = body
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addSpacing(10)
        column.addWidget(Line())
        column.addWidget(self.notice)
        column.addWidget(scrolling(inside), 1)

    # ------------------------------------------------------------------ what it shows

    def show_form(self) -> None:
        """Ask what to train."""
        self.wanted = None
        self._turn(Side.FORM, "Train on my genres")

    def show_work(self, wanted: Wanted) -> None:
        """A training begins."""
        self.wanted, self.epochs, self._progress = wanted, [], Progress("", 0, None, 0.0)
        self.notice.hide()
        self.curves.set_epochs((), of=wanted.epochs)
        self._turn(Side.WORK, wanted.name)
        self.set_state(Work.RUNNING)

    def show_result(self, trained: TrainedModel) -> None:
        """Show a network that is done."""
        self.state = Work.IDLE
        self.result.set_trained(trained)
        self.curves.set_epochs(trained.epochs, of=len(trained.epochs))
        self._turn(Side.RESULT, trained.name)

    def _turn(self, side: Side, title: str) -> None:
        self.side = side
        self.title.setText(title)
        self.form.setVisible(side is Side.FORM)
        self.work.setVisible(side is Side.WORK)
        self.result.setVisible(side is Side.RESULT)
        self.curves.setVisible(side is not Side.FORM)
        self.again.setVisible(side is Side.RESULT)
        self._end.setStretch(self._end.count() - 1, 0 if side is Side.FORM else 1)

    def set_state(self, work: Work) -> None:
        """Whether it runs, waits, or is about to stop."""
        self.state = work
        self._show_work()

    def set_progress(self, progress: Progress) -> None:
        """How far it is."""
        self._progress = progress
        self._show_work()

    def add_epoch(self, epoch: Epoch) -> None:
        """One more round is done."""
        self.epochs.append(epoch)
        if self.wanted is not None and self.side is Side.WORK:
            self.curves.set_epochs(self.epochs, of=self.wanted.epochs)
        self._show_work()

    def _show_work(self) -> None:
        if self.wanted is not None:
            self.work.show_work(self.state, self._progress, self.epochs, of=self.wanted.epochs)

    @property
    def summary(self) -> str:
        """The training that is under way, in a line; "" if there is none."""
        if self.wanted is None or self.state is Work.IDLE:
            return ""
        latest = self.epochs[-1] if self.epochs else None
        return f"{self.wanted.name}: {epoch_text(latest, self.wanted.epochs)}"

    def lock(self, why: str) -> None:
        """Let nothing be changed, for this reason ("" to allow it)."""
        self.form.lock(why)
        self.result.lock(why)

    def take_focus(self) -> None:
        """The keyboard goes to what comes next."""
        target = {Side.FORM: self.form.start, Side.WORK: self.work.pause, Side.RESULT: self.result.use}[self.side]
        (target if target.isEnabled() else self.back).setFocus()
