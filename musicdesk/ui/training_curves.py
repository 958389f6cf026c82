"""The curves of a training, with a table twin; the charts come when they are first looked at."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QStackedWidget, QVBoxLayout, QWidget

from musicdesk.records import Epoch
from musicdesk.ui import glyphs
from musicdesk.ui.glyphs import GlyphButton
from musicdesk.ui.labels import SoftLabel
from musicdesk.ui.lines import LegendLine
from musicdesk.ui.training_table import FiguresModel, FiguresTable
from musicdesk.ui.training_words import percent

if TYPE_CHECKING:
    from musicdesk.ui.training_chart import Curves

HIGH = 190


class TrainingCurves(QWidget):
    """Loss and accuracy side by side, on what it learns from and on what is held out."""

    def __init__(self) -> None:
        super().__init__()
        self.charts: tuple[Curves, ...] = ()
        self._epochs: tuple[Epoch, ...] = ()
        self._of = 0
        self.model = FiguresModel("Epoch", "Loss", "held out", "Right", "held out", "Rate", "Seconds")
        self.table = FiguresTable(self.model, name="Epochs, as a table")
        self.toggle = GlyphButton(glyphs.table, name="As a table", hint="The same as a table")
        self.toggle.setCheckable(True)
        self.toggle.toggled.connect(self._show_side)
        self._drawn = QWidget()
        self.stack = QStackedWidget()
        self.stack.addWidget(self._drawn)
        self.stack.addWidget(self.table)
        self.stack.setFixedHeight(HIGH)
        self._late = QTimer(self, singleShot=True, interval=0)
        self._late.timeout.connect(self._draw)
        self._lay_out()

    def _lay_out(self) -> None:
        self._places = QHBoxLayout(self._drawn)
        self._places.setContentsMargins(0, 0, 0, 0)
        self._places.setSpacing(16)
        legend = QHBoxLayout()
        legend.setSpacing(8)
        for dashed, text in ((True, "what it learns from"), (False, "held-out artists")):
            legend.addWidget(LegendLine(dashed=dashed))
            legend.addWidget(SoftLabel(text))
            legend.addSpacing(8)
        legend.addStretch(1)
        legend.addWidget(self.toggle)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(legend)
        column.addWidget(self.stack)

    def set_epochs(self, epochs: Sequence[Epoch], *, of: int) -> None:
        """Show these epochs of so many."""
        self._epochs, self._of = tuple(epochs), of
        self.model.set_rows([row_of(epoch) for epoch in epochs])
        self.table.scrollToBottom()
        self.setAccessibleName("Curves of the training")
        self.setAccessibleDescription("; ".join(", ".join(row_of(epoch)) for epoch in epochs[-1:]))
        self._late.start()

    def showEvent(self, event: QShowEvent) -> None:
        """Draw once they are looked at."""
        super().showEvent(event)
        self._late.start()

    def _show_side(self, table: bool) -> None:
        self.stack.setCurrentWidget(self.table if table else self._drawn)

    def _draw(self) -> None:
        if not self.isVisible():
            return
        if not self.charts:
            from musicdesk.ui.training_chart import curves

            self.charts = curves(self._drawn)
            for title, chart in zip(("Loss", "Tracks named rightly"), self.charts, strict=True):
                column = QVBoxLayout()
                column.setSpacing(2)
                head = QLabel(title)
                head.setContentsMargins(4, 0, 0, 0)
                column.addWidget(head)
                column.addWidget(chart, 1)
                self._places.addLayout(column, 1)
        for chart in self.charts:
            chart.set_epochs(self._epochs, of=self._of)


def row_of(epoch: Epoch) -> tuple[str, ...]:
    """An epoch as words."""
    return (
        f"{epoch.number}", f"{epoch.train_loss:.3f}", f"{epoch.loss:.3f}", percent(epoch.train_accuracy),
        percent(epoch.accuracy), f"{epoch.learning_rate:.1e}", f"{epoch.seconds:.0f}",
    )  # fmt: skip
