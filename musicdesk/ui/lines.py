"""How the lines of a chart are drawn, and shown in its legend."""

from collections.abc import Sequence

from PySide6.QtCore import QLineF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QWidget

from musicdesk.ui.ink import Ink
from musicdesk.ui.labels import SoftLabel


class LegendLine(QWidget):
    """How a line is drawn in the chart."""

    def __init__(self, *, dashed: bool) -> None:
        super().__init__()
        self._dashed = dashed
        self.setFixedSize(20, 16)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The line."""
        painter, ink = QPainter(self), Ink.of(self)
        painter.setPen(line_pen(ink, dashed=self._dashed))
        painter.drawLine(QLineF(0, 8, 20, 8))


class Legend(QWidget):
    """What the solid line is, and the dashed one."""

    def __init__(self, texts: Sequence[str]) -> None:
        super().__init__()
        self.labels = [SoftLabel(text) for text in texts]
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addStretch(1)
        for dashed, label in zip((False, True), self.labels, strict=True):
            row.addWidget(LegendLine(dashed=dashed))
            row.addWidget(label)
        row.addStretch(1)


def line_pen(ink: Ink, *, dashed: bool) -> QPen:
    """The pen of what is looked at, or (dashed) of what it is compared with."""
    colour: QColor = ink.soft if dashed else ink.accent
    pen = QPen(colour, 1.5 if dashed else 2.0, Qt.PenStyle.DashLine if dashed else Qt.PenStyle.SolidLine)
    pen.setCosmetic(True)
    return pen
