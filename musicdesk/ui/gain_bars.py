"""Two gains of one prototype, one above the other, on the scale of the sliders."""

from PySide6.QtCore import QLineF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from musicdesk.records import GAIN_MAX, GAIN_MIN, GainChange
from musicdesk.ui.ink import Ink, spoken


class GainBars(QWidget):
    """The first gain filled with the prototype's colour, the second an outline below it; from 0, as the sliders are."""

    def __init__(self, change: GainChange) -> None:
        super().__init__()
        self.change = change
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(change.name)
        self.setAccessibleDescription(numbers(change))

    def sizeHint(self) -> QSize:
        """Two bars."""
        return QSize(140, 24)

    def minimumSizeHint(self) -> QSize:
        """Still to be told apart."""
        return QSize(72, 24)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The line at 0, then the bars."""
        painter, ink = QPainter(self), Ink.of(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(ink.line, 1))
        painter.drawLine(QLineF(self._x(0.0), 1, self._x(0.0), self.height() - 1))
        colour = ink.slot(self.change.slot)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        if self.change.before is not None:
            painter.drawRect(self._bar(self.change.before, 4.0, 7.0))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(colour, 1.4))
        if self.change.after is not None:
            painter.drawRect(self._bar(self.change.after, 13.5, 6.0))

    def _x(self, gain: float) -> float:
        share = (min(max(gain, GAIN_MIN), GAIN_MAX) - GAIN_MIN) / (GAIN_MAX - GAIN_MIN)
        return 2 + share * (self.width() - 4)

    def _bar(self, gain: float, top: float, high: float) -> QRectF:
        zero, end = self._x(0.0), self._x(gain)
        if abs(end - zero) < 1.5:
            end = zero + 1.5
        return QRectF(min(zero, end), top, abs(end - zero), high)


def numbers(change: GainChange) -> str:
    """Both gains as text; a dash where there was no such prototype."""
    return f"{number(change.before)} → {number(change.after)}"


def number(gain: float | None) -> str:
    """A gain as text; a dash where there is none."""
    return "–" if gain is None else spoken(gain)
