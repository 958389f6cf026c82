"""The one field for words: names and meanings alike; and what was searched for since the window opened."""

from functools import partial

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QMenu

from musicdesk.ui.found_words import short
from musicdesk.ui.keys import asks_for_key

HINT = 'Find by name, or by words: "slow sad piano"'
TIP = (
    "Find music by name or by words (/). Also: no vocals, -live, “what must stand so”, artist:, album:, genre:, tag:, "
    "year:1990-1999, mood:calm. Enter or ↓ goes to the list, Esc goes back, Alt+↓ shows what you searched for before."
)
RECENT = 10
"""So many searches are remembered, and none beyond the end of the window: what is asked for is not written down."""


class SearchBox(QLineEdit):
    """A line to type in; Down leads to the list, and in an empty line to what was searched for before."""

    left_down = Signal()
    recent_chosen = Signal(str)
    """A search of before is wanted again."""
    reached = Signal()
    """The keyboard has come."""

    def __init__(self) -> None:
        super().__init__()
        self.recent: tuple[str, ...] = ()
        """What was searched for, the latest first."""
        self.setPlaceholderText(HINT)
        self.setAccessibleName("Search")
        self.setAccessibleDescription(TIP)
        self.setToolTip(TIP)
        self.setClearButtonEnabled(True)
        self.setMaximumWidth(440)
        self.setMinimumHeight(28)
        self.setTextMargins(6, 0, 6, 0)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Down leaves the line, or offers what was searched for; the rest is typing."""
        if self._asks_for_recent(event):
            self.offer()
        elif event.key() == Qt.Key.Key_Down and not _held(event):
            self.left_down.emit()
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """Alt+Down belongs to the line while the keyboard is on it."""
        if asks_for_key(event) and self._asks_for_recent(event):
            event.accept()
            return True
        return super().event(event)

    def _asks_for_recent(self, event: QKeyEvent) -> bool:
        held = _held(event)
        asked = held == Qt.KeyboardModifier.AltModifier or not (held or self.text())
        return event.key() == Qt.Key.Key_Down and asked and bool(self.recent)

    def remember(self, query: str) -> None:
        """This was searched for."""
        if query:
            others = (known for known in self.recent if known.casefold() != query.casefold())
            self.recent = (query, *others)[:RECENT]

    def offer(self) -> None:
        """A menu of what was searched for."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.setAccessibleName("Recent searches")
        for query in self.recent:
            menu.addAction(short(query).replace("&", "&&"), partial(self.recent_chosen.emit, query))
        menu.addSeparator()
        menu.addAction("Forget these", self._forget)
        menu.popup(self.mapToGlobal(self.rect().bottomLeft()))
        menu.setActiveAction(menu.actions()[0])

    def _forget(self) -> None:
        self.recent = ()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Say so: what a search needs can be made ready."""
        super().focusInEvent(event)
        self.reached.emit()


def _held(event: QKeyEvent) -> Qt.KeyboardModifier:
    """The modifiers that are held; a key of the number pad is one like the others."""
    return event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
