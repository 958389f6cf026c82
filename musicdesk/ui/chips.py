"""Words in rounded boxes that flow over as many lines as they need."""

from collections.abc import Sequence

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from musicdesk.ui.ink import Ink, tabular

GAP, PADDING, HIGH = 4, 8, 20


class Chips(QWidget):
    """A few words to read; nothing to press."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words: tuple[str, ...] = ()
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setSizePolicy(policy)
        self.setAccessibleName("In words")

    @property
    def words(self) -> tuple[str, ...]:
        """What they say."""
        return self._words

    def set_words(self, words: tuple[str, ...]) -> None:
        """Show these words."""
        self._words = words
        self.setAccessibleDescription(", ".join(words))
        self.setVisible(bool(words))
        self._fit()

    def sizeHint(self) -> QSize:
        """As high as the lines need at this width."""
        boxes = self._boxes()
        return QSize(160, (boxes[-1].bottom() + 1) if boxes else 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Flow again."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        self.setFixedHeight(self.sizeHint().height())
        self.update()

    def _small(self) -> QFont:
        return tabular(self.font(), size=-1.0)

    def _boxes(self) -> list[QRect]:
        metrics = QFontMetrics(self._small())
        return flowing([metrics.horizontalAdvance(word) + 2 * PADDING for word in self._words], self.width())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Boxes with words."""
        painter, ink = QPainter(self), Ink.of(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self._small())
        for box, word in zip(self._boxes(), self._words, strict=True):
            painter.setPen(QPen(ink.line, 1))
            painter.setBrush(ink.raised)
            painter.drawRoundedRect(QRectF(box).adjusted(0.5, 0.5, -0.5, -0.5), HIGH / 2, HIGH / 2)
            painter.setPen(ink.text)
            text = painter.fontMetrics().elidedText(word, Qt.TextElideMode.ElideRight, box.width() - 2 * PADDING + 2)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)


def flowing(widths: Sequence[int], across: int) -> list[QRect]:
    """Where boxes of these widths stand in lines that are so long; none is wider than a line."""
    boxes: list[QRect] = []
    x = y = 0
    for width in widths:
        wide = min(width, max(across, 40))
        if x and x + wide > across:
            x, y = 0, y + HIGH + GAP
        boxes.append(QRect(x, y, wide, HIGH))
        x += wide + GAP
    return boxes
