"""What a network takes for what: a row for what a track is, a column for what the network said."""

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from musicdesk.records import TrainedModel
from musicdesk.ui.ink import Ink, blend, tabular
from musicdesk.ui.training_words import cell_text, taken_for

SMALLEST, LARGEST = 22, 38
NAMES_WIDE, NAMES_HIGH = 120, 76
GAP = 6
WIDE = 340
"""What the cells take together, if there are enough of them."""


class ConfusionMatrix(QWidget):
    """Counts in tinted cells; each row's tint is its share, so that small classes count too."""

    def __init__(self) -> None:
        super().__init__()
        self._model: TrainedModel | None = None
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def set_model(self, model: TrainedModel) -> None:
        """Show this network's matrix."""
        self._model = model
        right, whole = int(np.trace(model.confusion)), int(model.confusion.sum())
        self.setAccessibleName(f"What it takes for what: {right:,} of {whole:,} named rightly")
        self.setAccessibleDescription(taken_for(model))
        self.setFixedSize(self.sizeHint())
        self.update()

    # ------------------------------------------------------------------ where things stand

    @property
    def _side(self) -> int:
        count = len(self._model.classes) if self._model else 1
        return max(SMALLEST, min(LARGEST, WIDE // max(1, count)))

    def _names_font(self) -> QFont:
        return tabular(self.font(), size=-1.0)

    def _room(self) -> tuple[int, int]:
        """What the names take at the left and above."""
        metrics = QFontMetrics(self._names_font())
        longest = (
            max((metrics.horizontalAdvance(name) for name in self._model.classes), default=0) if self._model else 0
        )
        return min(NAMES_WIDE, longest + GAP), min(NAMES_HIGH, longest + GAP)

    def sizeHint(self) -> QSize:
        """Names and cells."""
        left, top = self._room()
        count = len(self._model.classes) if self._model else 0
        return QSize(left + count * self._side + 1, top + count * self._side + 1)

    def cell(self, row: int, column: int) -> QRect:
        """Where a cell stands."""
        (left, top), side = self._room(), self._side
        return QRect(left + column * side, top + row * side, side - 1, side - 1)

    def cell_at(self, place: QPointF) -> tuple[int, int] | None:
        """Row and column under a point."""
        (left, top), side = self._room(), self._side
        column, row = int((place.x() - left) // side), int((place.y() - top) // side)
        count = len(self._model.classes) if self._model else 0
        return (row, column) if 0 <= row < count and 0 <= column < count else None

    # ------------------------------------------------------------------ paint

    def paintEvent(self, event: QPaintEvent) -> None:
        """Names, then cells."""
        if self._model is None:
            return
        painter, ink = QPainter(self), Ink.of(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_names(painter, ink, self._model.classes)
        shares = self._model.confusion / np.maximum(1, self._model.confusion.sum(axis=1, keepdims=True))
        for row in range(len(shares)):
            for column in range(len(shares)):
                self._paint_cell(painter, ink, row, column, float(shares[row, column]))

    def _paint_names(self, painter: QPainter, ink: Ink, classes: tuple[str, ...]) -> None:
        left, top = self._room()
        painter.setFont(self._names_font())
        painter.setPen(ink.soft)
        metrics, elide = painter.fontMetrics(), Qt.TextElideMode.ElideRight
        right = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        upright = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        for number, name in enumerate(classes):
            cell = self.cell(number, number)
            beside = QRect(0, cell.y(), left - GAP, cell.height())
            painter.drawText(beside, right, metrics.elidedText(name, elide, beside.width()))
            painter.save()
            painter.translate(cell.center().x(), top - GAP)
            painter.rotate(-90)
            above = QRect(0, -cell.width() // 2, top - GAP, cell.width())
            painter.drawText(above, upright, metrics.elidedText(name, elide, above.width()))
            painter.restore()

    def _paint_cell(self, painter: QPainter, ink: Ink, row: int, column: int, share: float) -> None:
        assert self._model is not None
        count, cell = int(self._model.confusion[row, column]), self.cell(row, column)
        rest = blend(ink.text, ink.ground, 0.94)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(blend(rest, ink.accent, share))
        painter.drawRoundedRect(QRectF(cell), 2, 2)
        if count:
            painter.setFont(tabular(self.font(), size=-1.0))
            painter.setPen(ink.on_accent if share > 0.5 else ink.text)
            painter.drawText(cell, int(Qt.AlignmentFlag.AlignCenter), f"{count}" if count < 1000 else "…")

    def event(self, event: QEvent) -> bool:
        """Under the mouse, the cell in words."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip and self._model is not None:
            place = self.cell_at(QPointF(event.pos()))
            if place is None:
                QToolTip.hideText()
            else:
                QToolTip.showText(event.globalPos(), cell_text(self._model, *place), self)
            return True
        return super().event(event)
