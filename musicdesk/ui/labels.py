"""Things that behave in narrow places: labels that elide, wrap or stand back, and a panel that scrolls."""

from html import escape

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette, QResizeEvent
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QWidget

from musicdesk.ui.ink import Ink, tabular


def plain_tip(text: str) -> str:
    """Text for a tooltip that shows every sign of it as it is, also what looks like markup."""
    marked = "<" in text or "&lt;" in text  # what Qt may take for markup
    return f"<qt>{escape(text, quote=False)}</qt>".replace("\n", "<br>") if marked else text


class SoftLabel(QLabel):
    """A label in the colour of secondary text, with digits of one width."""

    def __init__(self, text: str = "", parent: QWidget | None = None, *, points: float = -1.0) -> None:
        super().__init__(text, parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self.setFont(tabular(self.font(), size=points))


class SoftSentence(SoftLabel):
    """Secondary text that wraps."""

    def __init__(self, text: str = "", parent: QWidget | None = None, *, points: float = -1.0) -> None:
        super().__init__(text, parent, points=points)
        self.setWordWrap(True)


class ElidedLabel(QLabel):
    """One line that shortens itself with "…"; the tooltip then has all of it."""

    def __init__(self, text: str = "", parent: QWidget | None = None, *, soft: bool = False) -> None:
        super().__init__(text, parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self._soft = soft
        self.off = False

    def set_off(self, off: bool) -> None:
        """Grey the text."""
        self.off = off
        self.update()

    def setText(self, text: str) -> None:
        """Show this text."""
        super().setText(text)
        self._tell()

    def minimumSizeHint(self) -> QSize:
        """A few letters are enough."""
        return QSize(self.fontMetrics().averageCharWidth() * 4, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Decide anew whether the tooltip is needed."""
        super().resizeEvent(event)
        self._tell()

    def changeEvent(self, event: QEvent) -> None:
        """Follow a change of font."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._tell()

    def _tell(self) -> None:
        wide = self.fontMetrics().horizontalAdvance(self.text()) > self.contentsRect().width()
        self.setToolTip(plain_tip(self.text()) if wide else "")

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw as much as fits."""
        painter, ink, room = QPainter(self), Ink.of(self), self.contentsRect()
        painter.setPen(ink.soft if self._soft or self.off else ink.text)
        text = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, int(self.alignment()), text)


def scrolling(inside: QWidget) -> QScrollArea:
    """The widget in an area that scrolls up and down, without a frame or a ground of its own."""
    area = QScrollArea()
    area.setWidget(inside)
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.viewport().setAutoFillBackground(False)
    inside.setAutoFillBackground(False)
    return area
