"""Keys that a control keeps for itself."""

from typing import TypeGuard

from PySide6.QtCore import QEvent
from PySide6.QtGui import QKeyEvent


def asks_for_key(event: QEvent) -> TypeGuard[QKeyEvent]:
    """Whether Qt asks the focused widget if it wants a key before a shortcut takes it; to want it, accept the event."""
    return event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent)
