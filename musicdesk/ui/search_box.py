"""The one field for words: names and meanings alike."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit

HINT = 'Find by name, or by words: "slow sad piano"'
TIP = (
    "Find music by name or by words (/). Also: no vocals, -live, “what must stand so”, artist:, album:, genre:, tag:, "
    "year:1990-1999, mood:calm. Enter or ↓ goes to the list, Esc goes back."
)


class SearchBox(QLineEdit):
    """A line to type in; Down leads to the list."""

    left_down = Signal()
    reached = Signal()
    """The keyboard has come."""

    def __init__(self) -> None:
        super().__init__()
        self.setPlaceholderText(HINT)
        self.setAccessibleName("Search")
        self.setAccessibleDescription(TIP)
        self.setToolTip(TIP)
        self.setClearButtonEnabled(True)
        self.setMaximumWidth(440)
        self.setMinimumHeight(28)
        self.setTextMargins(6, 0, 6, 0)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Down leaves the line; the rest is typing."""
        if event.key() == Qt.Key.Key_Down and not event.modifiers():
            self.left_down.emit()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Say so: what a search needs can be made ready."""
        super().focusInEvent(event)
        self.reached.emit()
