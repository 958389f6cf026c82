"""Where the pointer rests in a table of tracks: said after a moment, and when it is there no more.

Only a hand that moves the pointer (or turns the wheel under it) begins to rest; a list that moves under a pointer that
lies still begins nothing.
"""

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication

from musicdesk.records import Track
from musicdesk.ui.tracks_view import TracksView

DWELL_MS = 300
GONE = (QEvent.Type.Leave, QEvent.Type.Hide, QEvent.Type.WindowDeactivate)


class Dwell(QObject):
    """Watches one table."""

    dwelt = Signal(object)
    """The pointer has rested on this ``Track``."""
    left = Signal()
    """It rests there no more."""

    def __init__(self, view: TracksView) -> None:
        super().__init__(view)
        self._view, self._at = view, QPoint(-1, -1)
        self._under, self._told = "", ""
        """Paths of what is under the pointer, and of what was told."""
        self._rest = QTimer(self, singleShot=True, interval=DWELL_MS)
        self._rest.timeout.connect(self._rests)
        view.viewport().setMouseTracking(True)
        view.viewport().installEventFilter(self)
        view.verticalScrollBar().valueChanged.connect(lambda _: self._look())
        table = view.table
        for changed in (table.modelReset, table.layoutChanged, table.rowsInserted, table.dataChanged):
            changed.connect(self._look)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the pointer; nothing is kept from the table."""
        if isinstance(event, QMouseEvent):
            self._follow(event)
        elif event.type() == QEvent.Type.Wheel:
            self._rest.start()
        elif event.type() in GONE:
            self._at = QPoint(-1, -1)
            self._look()
        return super().eventFilter(watched, event)

    def _follow(self, event: QMouseEvent) -> None:
        before, self._at = self._under, event.position().toPoint()
        self._look()
        if event.buttons() != Qt.MouseButton.NoButton:
            self._rest.stop()  # a click or a drag has something else in mind
        elif self._under and self._under not in (before, self._told):
            self._rest.start()

    def track(self) -> Track | None:
        """What is under the pointer."""
        index = self._view.indexAt(self._at)
        return self._view.table.track(index.row()) if index.isValid() else None

    def _look(self, *_: object) -> None:
        track = self.track()
        self._under = track.path if track else ""
        if self._told and self._told != self._under:
            self._told = ""
            self.left.emit()
        if not self._under:
            self._rest.stop()

    def _rests(self) -> None:
        self._look()
        track = self.track()
        if track is None or self._told or not self._free():
            return
        self._told = track.path
        self.dwelt.emit(track)

    def _free(self) -> bool:
        """Whether a hand could mean it: the window has the keyboard, and no menu or dialog is open above it."""
        above = QApplication.activePopupWidget() or QApplication.activeModalWidget()
        return above is None and self._view.isActiveWindow() and not QApplication.mouseButtons()
