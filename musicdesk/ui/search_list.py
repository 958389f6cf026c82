"""Saved searches in the left panel: a click finds anew, F2 renames, Del deletes, the menu plays and exports."""

from functools import partial

from PySide6.QtCore import QEvent, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QMenu

from musicdesk.ui.keys import asks_for_key
from musicdesk.ui.side_list import KEY, SideList

OWN = (Qt.Key.Key_F2, Qt.Key.Key_Delete)
"""Keys that mean a search while the keyboard is on one."""


class SearchList(SideList):
    """Names of saved searches."""

    play_asked = Signal(str)
    rename_asked = Signal(str)
    delete_asked = Signal(str)
    export_asked = Signal(str)

    def __init__(self) -> None:
        super().__init__("Saved searches")
        self._locked = ""
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self.menu)

    def lock(self, why: str) -> None:
        """Let none be changed, for this reason ("" to allow it)."""
        self._locked = why

    def menu(self, place: QPoint) -> None:
        """What can be done with one."""
        if not self.count():
            return
        item = self.itemAt(place) or self.item(max(0, self.currentRow()))
        name = str(item.data(KEY))
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.setAccessibleName(f"What to do with the search {name}")
        menu.addAction("Find anew", lambda: self.itemActivated.emit(item))
        menu.addAction("Play", lambda: self.play_asked.emit(name))
        menu.addAction("Export…", lambda: self.export_asked.emit(name))
        menu.addSeparator()
        for text, asked, key in (
            ("Rename…", self.rename_asked, Qt.Key.Key_F2), ("Delete", self.delete_asked, Qt.Key.Key_Delete),
        ):  # fmt: skip
            line = menu.addAction(text, partial(asked.emit, name))
            line.setShortcut(key)
            line.setShortcutVisibleInContextMenu(True)
            line.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
            line.setEnabled(not self._locked)
        menu.popup(self.viewport().mapToGlobal(place))

    def event(self, event: QEvent) -> bool:
        """F2 and Del belong to the search while the keyboard is on it."""
        if asks_for_key(event) and event.key() in OWN and self.chosen():
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """F2 and Del, as above."""
        name = self.chosen()
        if event.key() not in OWN or not name:
            super().keyPressEvent(event)
        elif not self._locked:
            (self.rename_asked if event.key() == Qt.Key.Key_F2 else self.delete_asked).emit(name)
