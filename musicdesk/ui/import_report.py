"""What an import of a listening log brought: counts, and the lines that could not be read."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from musicdesk.records import ListensReport
from musicdesk.ui import glyphs
from musicdesk.ui.glyphs import GlyphButton
from musicdesk.ui.labels import SoftSentence
from musicdesk.ui.listens_words import advice_after, count, told
from musicdesk.ui.work_panel import Card

SHOWN = 1000
"""Bad lines that are shown; all of them are copied."""
HIGH = 112


class ImportReport(Card):
    """A card that stays until it is dismissed or the next import begins."""

    def __init__(self) -> None:
        super().__init__()
        self._bad: list[str] = []
        self._reports: list[ListensReport] = []
        self.rows = QVBoxLayout()
        self.lines, self.show_bad, self.copy = QPlainTextEdit(), QPushButton(), QPushButton("Copy them")
        self.away = GlyphButton(glyphs.cross, name="Dismiss the report", hint="Dismiss", size=20)
        self._lay_out()
        self.show_bad.clicked.connect(self._toggle)
        self.copy.clicked.connect(lambda: QGuiApplication.clipboard().setText("\n".join(self._bad)))
        self.away.clicked.connect(self.clear)
        self.clear()

    def _lay_out(self) -> None:
        self.lines.setReadOnly(True)
        self.lines.setFrameShape(QFrame.Shape.NoFrame)
        self.lines.setFixedHeight(HIGH)
        self.lines.setTabChangesFocus(True)
        self.lines.setAccessibleName("Lines that could not be read")
        self.lines.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.copy.setToolTip("Copy all lines that could not be read, with the reasons")
        self.show_bad.setCheckable(True)
        self.rows.setSpacing(6)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addLayout(self.rows, 1)
        head.addWidget(self.away, 0, Qt.AlignmentFlag.AlignTop)
        self._buttons = QWidget()
        buttons = QHBoxLayout(self._buttons)
        buttons.setContentsMargins(0, 0, 0, 0)
        buttons.setSpacing(8)
        buttons.addWidget(self.show_bad)
        buttons.addWidget(self.copy)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 8, 10)
        column.setSpacing(6)
        column.addLayout(head)
        column.addWidget(self._buttons)
        column.addWidget(self.lines)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)

    # ------------------------------------------------------------------ what it shows

    @property
    def reports(self) -> Sequence[ListensReport]:
        """What is told."""
        return tuple(self._reports)

    def text(self) -> str:
        """All that it says, for a screen reader."""
        return self.accessibleName()

    def clear(self) -> None:
        """Tell nothing."""
        self._bad, self._reports = [], []
        while (item := self.rows.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self.show_bad.setChecked(False)
        self.setAccessibleName("")
        self.hide()

    def add(self, report: ListensReport) -> None:
        """Tell of one more file."""
        words = told(report)
        advice = advice_after(report)
        title = QLabel(words.title)
        font = title.font()
        font.setWeight(font.Weight.DemiBold)
        title.setFont(font)
        title.setWordWrap(True)
        title.setTextFormat(Qt.TextFormat.PlainText)
        self.rows.addWidget(title)
        self.rows.addWidget(SoftSentence(f"{words.facts}. {advice}".strip(), points=-0.5))
        many = len(self._reports) > 0 or len(self._bad) > 0
        self._reports.append(report)
        self._bad += [f"{report.path.name}: {line}" for line in words.bad] if many else words.bad
        self.setAccessibleName(f"{self.accessibleName()} {words.title}. {words.facts}. {advice}".strip())
        self._tell()
        self.show()

    def _tell(self) -> None:
        self._buttons.setVisible(bool(self._bad))
        more = len(self._bad) - SHOWN
        end = [f"… and {more:,} more"] if more > 0 else []
        self.lines.setPlainText("\n".join([*self._bad[:SHOWN], *end]))
        self._toggle()

    def _toggle(self) -> None:
        open_ = self.show_bad.isChecked()
        self.lines.setVisible(open_ and bool(self._bad))
        self.show_bad.setText(f"{'Hide' if open_ else 'Show'} {count(len(self._bad), 'bad line')}")
        self.show_bad.setToolTip("Which lines of the file could not be read, and why")
