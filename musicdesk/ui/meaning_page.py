"""Words and sound: what there is to learn from, the learning with its curves, and what came of it."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from musicdesk.records.meaning import MEANING, PREFERENCE, MeaningStatus
from musicdesk.ui import icons
from musicdesk.ui.flat import Line
from musicdesk.ui.found_words import in_the_window
from musicdesk.ui.glyphs import GlyphButton
from musicdesk.ui.ink import scaled
from musicdesk.ui.labels import SoftSentence, scrolling
from musicdesk.ui.meaning_curves import MeaningCurves
from musicdesk.ui.meaning_words import HEADS, INTRO, in_use, report_rows, rolled_back, standing_fact, standing_title
from musicdesk.ui.models_progress import ModelsProgress
from musicdesk.ui.notice import Notice
from musicdesk.ui.training_table import FiguresModel, FiguresTable
from musicdesk.ui.work_panel import Card

LEARN_HINT = "Learn in the background; it can be stopped at any time and goes on from there"
USE_HINT = "Let it listen in place of the encoder it stands on: lists, prototypes and moods go by it"
BACK_HINT = "Let the encoder listen again on which it stands; what was learned is kept"
FORGET_HINT = "Delete what was learned from this computer"


class MeaningCard(Card):
    """What is learned, what there is to learn from, and the buttons."""

    def __init__(self) -> None:
        super().__init__()
        self.title, self.fact, self.problem = QLabel(), SoftSentence(points=-0.5), QLabel()
        self.learn, self.use = QPushButton("Learn"), QPushButton("Use it")
        self.reader, self.forget = QPushButton("Install what reads texts"), QPushButton("Forget…")
        font = self.title.font()
        font.setWeight(font.Weight.DemiBold)
        self.title.setFont(font)
        self.learn.setObjectName("primary")
        self.reader.setToolTip("Fetch the small model that reads texts; it can be cancelled")
        for label in (self.title, self.problem):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        for button in (self.learn, self.use, self.reader, self.forget):
            buttons.addWidget(button)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 10, 10)
        column.setSpacing(6)
        for widget in (self.title, self.fact, self.problem):
            column.addWidget(widget)
        column.addLayout(buttons)


class MeaningPage(QWidget):
    """In place of the encoders."""

    left = Signal()
    learn_asked = Signal()
    use_asked = Signal()
    base_asked = Signal()
    forget_asked = Signal()
    reader_asked = Signal()
    """Install what reads texts."""

    def __init__(self) -> None:
        super().__init__()
        self.status, self._used, self._locked = MeaningStatus(), "", ""
        self.running = self.stopped = False
        """Whether it learns now; whether it was stopped on its way."""
        self.back = GlyphButton(icons.back, name="Back to the encoders", hint="Back to the encoders (Esc)", size=28)
        self.title, self.notice = QLabel("Words and sound"), Notice(name="Note on the learning")
        self.card, self.progress, self.curves = MeaningCard(), ModelsProgress(), MeaningCurves()
        self.model = FiguresModel(*HEADS)
        self.table = FiguresTable(self.model, name="How well it does, before and after")
        self.undone = SoftSentence(points=0.0)
        self._lay_out()
        self._connect()
        self._tell()

    # ------------------------------------------------------------------ building

    def _lay_out(self) -> None:
        font = self.title.font()
        scaled(font, 4)
        self.title.setFont(font)
        self.progress.cancel.setText("Stop")
        self.progress.cancel.setToolTip("Stop; it goes on from there when it is asked to learn again")
        head = QHBoxLayout()
        head.setContentsMargins(8, 12, 12, 0)
        head.setSpacing(8)
        head.addWidget(self.back)
        head.addWidget(self.title, 1)
        inside = QWidget()
        body = QVBoxLayout(inside)
        body.setContentsMargins(16, 10, 16, 12)
        body.setSpacing(12)
        for widget in (SoftSentence(INTRO), self.card, self.progress, self.curves, self.undone, self.table):
            body.addWidget(widget)
        body.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addSpacing(10)
        column.addWidget(Line())
        column.addWidget(self.notice)
        column.addWidget(scrolling(inside), 1)

    def _connect(self) -> None:
        self.back.clicked.connect(self.left)
        self.card.learn.clicked.connect(self.learn_asked)
        self.card.use.clicked.connect(self._turn)
        self.card.reader.clicked.connect(self.reader_asked)
        self.card.forget.clicked.connect(self.forget_asked)

    def _turn(self) -> None:
        (self.base_asked if in_use(self.status, self._used) else self.use_asked).emit()

    # ------------------------------------------------------------------ what it shows

    def set_status(self, status: MeaningStatus, *, used: str, base: str) -> None:
        """Show what there is; ``used`` is the encoder that listens, ``base`` the title of the one below."""
        self.status, self._used, self._base = status, used, base
        if not self.running:
            report = status.report
            self.curves.set_losses({stage.name: stage.losses for stage in report.stages} if report else {})
        self._tell()

    def begin(self) -> None:
        """It learns."""
        self.running, self.stopped = True, False
        self.notice.hide()
        self.curves.set_losses({}, awaited=self._awaited)
        self.progress.begin("Learning …")
        self._tell()

    def end(self, *, stopped: bool = False) -> None:
        """It learns no more."""
        held = self.progress.cancel.hasFocus() or not self.progress.cancel.isEnabled()
        self.running, self.stopped = False, stopped
        self.progress.end()
        self._tell()
        if held and self.isVisible():
            self.take_focus()

    def add_losses(self, stage: str, losses: tuple[float, ...]) -> None:
        """One more round of a stage is done."""
        self.curves.set_losses({**self.curves.losses, stage: losses}, awaited=self._awaited)

    @property
    def _awaited(self) -> tuple[str, ...]:
        """The stages that a learning goes through."""
        return (MEANING, PREFERENCE) if self.status.pairs else (MEANING,)

    def lock(self, why: str) -> None:
        """Let nothing be changed, for this reason ("" to allow it)."""
        self._locked = why
        self._tell()

    _base = ""

    def _tell(self) -> None:
        status, card = self.status, self.card
        told = status.report.stages if status.report is not None and not self.running else ()
        mine = in_use(status, self._used)
        card.title.setText(standing_title(status, used=self._used))
        card.fact.setText(standing_fact(status))
        card.problem.setText(in_the_window(" ".join(filter(None, (status.note, status.problem)))))
        for label in (card.fact, card.problem):
            label.setVisible(bool(label.text()))
        card.learn.setText("Learn on" if self.stopped else "Learn anew" if status.report is not None else "Learn")
        card.learn.setVisible(not self.running)
        card.use.setText(f"Back to {self._base}" if mine else "Use it")
        card.use.setVisible(status.report is not None)
        card.forget.setVisible(status.report is not None)
        card.reader.setVisible(bool(status.problem) and "install" in status.problem)
        self._allow(mine)
        self.undone.setText(rolled_back(told))
        self.undone.setVisible(bool(rolled_back(told)))
        self.model.set_rows(report_rows(told))
        self.table.setFixedHeight(self.table.height_of_all)
        self.table.setVisible(bool(told))
        self.curves.setVisible(self.running or bool(told))

    def _allow(self, mine: bool) -> None:
        """What may be done now."""
        held = self._locked or ("It is learning." if self.running else "")
        for button, hint, lacks in (
            (self.card.learn, LEARN_HINT, in_the_window(self.status.problem)),
            (self.card.use, BACK_HINT if mine else USE_HINT, "" if mine else in_the_window(self.status.note)),
            (self.card.forget, FORGET_HINT, ""),
        ):
            why = held or lacks
            button.setEnabled(not why)
            button.setToolTip(why or hint)

    def take_focus(self) -> None:
        """The keyboard goes to what comes next."""
        target = self.progress.cancel if self.running else self.card.learn
        (target if target.isEnabled() else self.back).setFocus()
