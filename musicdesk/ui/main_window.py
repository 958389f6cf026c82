"""The window itself: a frame that is painted at once, before what goes into it is even imported."""

import base64

from PySide6.QtCore import QByteArray, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QMainWindow

from musicdesk.ui.empty_states import EmptyState, State

SEPARATOR = "."
REMEMBERED = 3
"""What is remembered: the frame, the columns, the right side."""


class MainWindow(QMainWindow):
    """Title, size, and a curtain until the workspace is there."""

    closing = Signal()

    def __init__(self, remembered: str = "") -> None:
        super().__init__()
        self.setWindowTitle("musicdesk")
        self.curtain = EmptyState(State.OPENING)
        self.setCentralWidget(self.curtain)
        self.resize(1280, 800)
        states = memory(remembered)
        if states:
            self.restoreGeometry(states[0])

    def closeEvent(self, event: QCloseEvent) -> None:
        """Let the session end first."""
        self.closing.emit()
        super().closeEvent(event)


def memory(text: str) -> list[QByteArray]:
    """The states in a remembered text; none if it is broken."""
    parts = text.split(SEPARATOR)
    try:
        states = [QByteArray(base64.b64decode(part, validate=True)) for part in parts]
    except ValueError:
        return []
    return states if len(states) == REMEMBERED else []
