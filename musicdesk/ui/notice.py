"""A sentence in its place, with at most one thing to do about it; never a box that must be clicked away."""

from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QAccessible, QAccessibleEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy

from musicdesk.ui import glyphs
from musicdesk.ui.glyphs import GlyphButton

GONE_AFTER_MS = 8000


class Notice(QFrame):
    """Shows one sentence; ``brief`` ones go by themselves."""

    def __init__(self, *, name: str) -> None:
        super().__init__()
        self.setObjectName("notice")
        self.setAccessibleName(name)
        self.text, self.button = QLabel(), QPushButton()
        self.text.setWordWrap(True)
        self.text.setTextFormat(Qt.TextFormat.PlainText)
        self.text.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        self.away = GlyphButton(glyphs.cross, name="Dismiss")
        self._do: Callable[[], object] | None = None
        self._gone = QTimer(self, singleShot=True, interval=GONE_AFTER_MS)
        self._gone.timeout.connect(self.hide)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 4, 8, 4)
        row.setSpacing(8)
        row.addWidget(self.text, 1)
        row.addWidget(self.button)
        row.addWidget(self.away)
        self.button.clicked.connect(self._act)
        self.away.clicked.connect(self.hide)
        self.hide()

    def say(
        self, sentence: str, *, button: str = "", do: Callable[[], object] | None = None, brief: bool = False,
        fixed: bool = False,
    ) -> None:  # fmt: skip
        """Show a sentence; a ``fixed`` one stays until ``hide``."""
        self.text.setText(sentence)
        self.text.setAccessibleName(sentence)
        self.button.setText(button)
        self.button.setVisible(bool(button))
        self.away.setVisible(not fixed)
        self._do = do
        self.show()
        self._gone.start() if brief else self._gone.stop()
        QAccessible.updateAccessibility(QAccessibleEvent(self.text, QAccessible.Event.Alert))

    def _act(self) -> None:
        self.hide()
        if self._do is not None:
            self._do()
