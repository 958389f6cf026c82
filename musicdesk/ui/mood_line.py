"""The line that says what a track feels like; a click, Enter or Space asks to correct it."""

from PySide6.QtCore import QEvent, QRectF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy

from musicdesk.ui.ink import Ink, focus_ring
from musicdesk.ui.keys import asks_for_key
from musicdesk.ui.labels import SoftLabel, plain_tip

PRESSES = (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter)
MARK = " ▾"


class MoodLine(SoftLabel):
    """Words that open a menu, where there are any."""

    asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.told = ""
        """What it says, without the mark of its menu."""
        self.say("")

    def say(self, text: str, hint: str = "") -> None:
        """Say this ("" for nothing); its place stays, so that nothing jumps when it comes."""
        self.told = text
        self.setText(text + MARK if text else "")
        self.setToolTip(plain_tip(hint))
        self.setAccessibleName(text)
        self.setAccessibleDescription("Enter opens a menu to correct it" if text else "")
        self.setCursor(Qt.CursorShape.PointingHandCursor if text else Qt.CursorShape.ArrowCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus if text else Qt.FocusPolicy.NoFocus)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Here a click begins."""
        event.setAccepted(bool(self.told) and event.button() == Qt.MouseButton.LeftButton)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click asks."""
        inside = self.rect().contains(event.position().toPoint())
        if self.told and event.button() == Qt.MouseButton.LeftButton and inside:
            self.asked.emit()

    def event(self, event: QEvent) -> bool:
        """Space is no shortcut here."""
        if asks_for_key(event) and event.key() in PRESSES and self.told:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter and Space ask."""
        if self.told and event.key() in PRESSES:
            self.asked.emit()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the ring."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """No ring any more."""
        super().focusOutEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The words, and a ring where the keyboard is."""
        super().paintEvent(event)
        if self.hasFocus():
            painter = QPainter(self)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            focus_ring(painter, QRectF(self.rect()).adjusted(4, 0, -4, 0), Ink.of(self))
