"""The desk's events as Qt signals, one for one: emitted on any thread, heard on the window's."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, Signal, Slot

from musicdesk.events import Events


class Bridge(QObject):
    """Listens to the desk until it is closed."""

    library_changed = Signal()
    analysis_changed = Signal()
    feedback_changed = Signal(object)
    """A frozenset of audio hashes."""
    tags_changed = Signal()
    moods_changed = Signal()
    taste_changed = Signal()
    playlists_changed = Signal()
    listeners_changed = Signal()
    searches_changed = Signal()
    _happened = Signal(str, object)

    def __init__(self, events: Events, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._happened.connect(self._announce, Qt.ConnectionType.QueuedConnection)
        self._undo: list[Callable[[], None]] = [
            events.library_changed.listen(lambda _: self._happened.emit("library", None)),
            events.analysis_changed.listen(lambda _: self._happened.emit("analysis", None)),
            events.feedback_changed.listen(lambda hashes: self._happened.emit("feedback", hashes)),
            events.tags_changed.listen(lambda _: self._happened.emit("tags", None)),
            events.moods_changed.listen(lambda _: self._happened.emit("moods", None)),
            events.taste_changed.listen(lambda _: self._happened.emit("taste", None)),
            events.playlists_changed.listen(lambda _: self._happened.emit("playlists", None)),
            events.listeners_changed.listen(lambda _: self._happened.emit("listeners", None)),
            events.searches_changed.listen(lambda _: self._happened.emit("searches", None)),
        ]

    def close(self) -> None:
        """Listen no more."""
        while self._undo:
            self._undo.pop()()

    @Slot(str, object)
    def _announce(self, event: str, value: object) -> None:
        if not self._undo:
            return
        if event == "feedback":
            self.feedback_changed.emit(value)
        else:
            {
                "library": self.library_changed,
                "analysis": self.analysis_changed,
                "tags": self.tags_changed,
                "moods": self.moods_changed,
                "taste": self.taste_changed,
                "playlists": self.playlists_changed,
                "listeners": self.listeners_changed,
                "searches": self.searches_changed,
            }[event].emit()
