"""Tracks of a list that are dragged over a panel and dropped there."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QWidget

from musicdesk.ui.tracks_view import TracksView


class TrackDrop(QObject):
    """Lets a widget take tracks; what comes from outside the window goes on to the window."""

    hovering = Signal(bool)
    dropped = Signal(object)
    """A tuple of tracks."""

    def __init__(self, target: QWidget, *, ready: Callable[[], bool]) -> None:
        super().__init__(target)
        self._ready = ready
        target.setAcceptDrops(True)
        target.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take what is dragged from a list of tracks, and nothing else."""
        if event.type() == QEvent.Type.DragLeave:
            self.hovering.emit(False)
        elif isinstance(event, QDragEnterEvent) or (isinstance(event, QDropEvent) and event.type() == QEvent.Type.Drop):
            return self._taken(event)
        return super().eventFilter(watched, event)

    def _taken(self, event: QDropEvent) -> bool:
        source, enters = event.source(), event.type() == QEvent.Type.DragEnter
        if not (isinstance(source, TracksView) and self._ready()):
            event.ignore()
            return True
        event.acceptProposedAction()
        self.hovering.emit(enters)
        if not enters:
            self.dropped.emit(tuple(source.selection()))
        return True
