"""Which recommender advises beside the prototypes: what each goes by, how much it knows, what it still lacks."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QDialog,
    QDialogButtonBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from musicdesk.records import RecommenderStatus
from musicdesk.ui.advice_words import by_part, knows_text, problem_text, state_text
from musicdesk.ui.flat import FlatChoice, Line
from musicdesk.ui.ink import scaled
from musicdesk.ui.labels import SoftLabel, SoftSentence
from musicdesk.ui.models_details import WarningSign

INTRO = "A recommender's advice is one more slider beside your prototypes, and is explained like them."
LINES = 8
"""Lines kept free for what is told of a recommender, so that the buttons below keep their place."""


class Told(QWidget):
    """All about the recommender that is looked at."""

    def __init__(self) -> None:
        super().__init__()
        self.title, self.what = QLabel(), QLabel()
        self.knows, self.source = SoftSentence(points=-0.5), SoftSentence()
        self.problem, self._sign = QLabel(), WarningSign()
        font = self.title.font()
        font.setWeight(font.Weight.DemiBold)
        self.title.setFont(font)
        warning = QHBoxLayout()
        warning.setSpacing(8)
        warning.addWidget(self._sign, 0, Qt.AlignmentFlag.AlignTop)
        warning.addWidget(self.problem, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        for label in (self.title, self.what, self.problem):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
        column.addWidget(self.title)
        column.addWidget(self.what)
        column.addLayout(warning)
        column.addWidget(self.knows)
        column.addWidget(self.source)
        column.addStretch(1)
        self.setMinimumHeight(self.fontMetrics().lineSpacing() * LINES)

    def set_status(self, status: RecommenderStatus) -> None:
        """Tell of this one."""
        problem = problem_text(status.problem)
        learns = "It has to learn first; that goes on in the background." if not (status.made or problem) else ""
        self.title.setText(status.title)
        self.what.setText(status.what)
        self.problem.setText(problem)
        self.knows.setText(" ".join(filter(None, (_sentence(status.knows), learns))) if not problem else "")
        self.source.setText(f"Published in: {status.source}" if status.source else "")
        for widget in (self.problem, self._sign):
            widget.setVisible(bool(problem))
        for sentence in (self.knows, self.source):
            sentence.setVisible(bool(sentence.text()))


class RecommenderDialog(QDialog):
    """A choice of recommenders; ``chosen`` names the one to use, ``learn_asked`` the one to make anew."""

    chosen = Signal(str)
    learn_asked = Signal(str)

    def __init__(
        self, statuses: Sequence[RecommenderStatus], parent: QWidget | None = None, *, locked: str = ""
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Recommender")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._statuses = {status.name: status for status in statuses}
        self._locked = locked
        self.choices: dict[str, FlatChoice] = {}
        self.told, self._group = Told(), QButtonGroup(self)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.learn = self.buttons.addButton("Learn anew", QDialogButtonBox.ButtonRole.ActionRole)
        self.use = self.buttons.addButton("Use", QDialogButtonBox.ButtonRole.AcceptRole)
        self.use.setObjectName("primary")
        self._lay_out()
        self.use.clicked.connect(self._accept)
        self.learn.clicked.connect(self._learn)
        self.buttons.rejected.connect(self.reject)
        self._begin()

    def _lay_out(self) -> None:
        title = QLabel("What shall advise beside the prototypes?")
        title.setWordWrap(True)
        font = title.font()
        scaled(font, 3)
        title.setFont(font)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 16)
        column.setSpacing(8)
        column.addWidget(title)
        column.addWidget(SoftSentence(INTRO, points=-0.5))
        column.addSpacing(4)
        column.addWidget(self._list(), 1)
        column.addWidget(Line())
        column.addSpacing(4)
        column.addWidget(self.told)
        column.addWidget(self.buttons)
        self.setMinimumSize(480, 480)
        self.resize(520, 640)

    def _list(self) -> QScrollArea:
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 8, 0)
        column.setSpacing(2)
        for part, statuses in by_part(tuple(self._statuses.values())).items():
            if part:
                head = SoftLabel(part)
                head.setContentsMargins(0, 6, 0, 2)
                column.addWidget(head)
            for status in statuses:
                column.addLayout(self._row(status))
        column.addStretch(1)
        area = QScrollArea()
        area.setWidget(inside)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.viewport().setAutoFillBackground(False)
        inside.setAutoFillBackground(False)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area = area
        return area

    def _row(self, status: RecommenderStatus) -> QHBoxLayout:
        choice = FlatChoice(status.title)
        choice.setAccessibleDescription(f"{status.what} {problem_text(status.problem)}".strip())
        choice.toggled.connect(lambda on: self._look_at(status.name) if on else None)
        self._group.addButton(choice)
        self.choices[status.name] = choice
        row = QHBoxLayout()
        row.addWidget(choice, 1)
        row.addWidget(SoftLabel(state_text(status)))
        return row

    def _begin(self) -> None:
        now = next((s.name for s in self._statuses.values() if s.chosen), next(iter(self._statuses)))
        self.choices[now].setChecked(True)
        self.choices[now].setFocus()

    # ------------------------------------------------------------------ what is looked at

    @property
    def name(self) -> str:
        """The recommender that is looked at."""
        return next(name for name, choice in self.choices.items() if choice.isChecked())

    def _look_at(self, name: str) -> None:
        status = self._statuses[name]
        self.told.set_status(status)
        self._area.ensureWidgetVisible(self.choices[name], 0, 24)
        problem = problem_text(status.problem) if name != "blend" else ""
        self.use.setEnabled(not (problem or self._locked or status.chosen))
        self.use.setText("In use" if status.chosen else "Use")
        self.use.setToolTip(self._locked or problem or "Let it advise from now on")
        self.learn.setVisible(bool(status.chosen and status.made and not status.at_once))
        self.learn.setEnabled(not self._locked)
        self.learn.setToolTip(self._locked or "Let it learn anew from all that was heard; this may take a while")

    def _accept(self) -> None:
        self.chosen.emit(self.name)
        self.accept()

    def _learn(self) -> None:
        self.learn_asked.emit(self.name)
        self.accept()


def _sentence(text: str) -> str:
    plain = knows_text(text)
    return f"{plain}." if plain and not plain.endswith(".") else plain
