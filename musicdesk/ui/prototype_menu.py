"""What can be done with a prototype, as a menu: of the button with the dots, the Menu key, the right mouse button."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from musicdesk.records import Prototype
from musicdesk.ui.actions import entry_of
from musicdesk.ui.ink import spoken

ACTIONS = {
    "rename": "rename", "look": "look", "examples": "examples", "mute": "mute", "solo": "solo", "lock": "lock",
    "split": "split", "merge": "merge", "remove": "remove_prototype",
}  # fmt: skip
"""Verbs that stand in the table of actions, where their keys are."""


class PrototypeMenu(QMenu):
    """``asked`` gives the verb."""

    asked = Signal(str)

    def __init__(self, prototype: Prototype, *, alone: bool, parent: QWidget) -> None:
        """``alone``: there is no other to merge it with."""
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAccessibleName(f"What to do with {prototype.name}")
        self.setToolTipsVisible(True)
        self._line("rename", "Rename")
        self._line("look", "Colour and shape …")
        self._line("examples", "Examples …", hint="Hear them, pin them, turn them away")
        self.addSeparator()
        for verb, text, on in (
            ("mute", "Mute", prototype.muted), ("solo", "Solo", prototype.solo), ("lock", "Lock", prototype.locked),
        ):  # fmt: skip
            self._line(verb, text, on=on)
        self._add_believe(prototype)
        self.addSeparator()
        self._line("like_it", "New prototype from its examples", hint="To begin another one that sounds like it")
        self._line("split", "Split …", hint="Into the parts that it is made of; you hear them first")
        self._line("merge", "Merge with …", hint="Make one slider of this and others").setEnabled(not alone)
        self.addSeparator()
        self._line("remove", "Remove", hint="Take it out of your taste; Ctrl+Z brings it back")

    def _add_believe(self, prototype: Prototype) -> None:
        line = self._line("believe", f"Gain back to {spoken(prototype.found)}", hint="What musicdesk believes")
        line.setEnabled(round(prototype.gain, 2) != round(prototype.found, 2))

    def _line(self, verb: str, text: str, *, hint: str = "", on: bool | None = None) -> QAction:
        line = self.addAction(text, lambda: self.asked.emit(verb))
        line.setObjectName(verb)
        line.setToolTip(hint)
        if on is not None:
            line.setCheckable(True)
            line.setChecked(on)
        keys = keys_of(verb)
        if keys:
            line.setShortcut(QKeySequence(keys))
            line.setShortcutVisibleInContextMenu(True)
            line.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        return line


def keys_of(verb: str) -> str:
    """The keys of a verb, as ``QKeySequence`` reads them ("" for none)."""
    return entry_of(ACTIONS[verb]).keys[0] if verb in ACTIONS else ""
