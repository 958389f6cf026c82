"""New music that is noticed by itself: watched folders, or a look every so often, as the settings say."""

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from musicdesk.desk.desk import Desk
from musicdesk.desk.indexing import Watch
from musicdesk.ui.indexing_controller import IndexingController
from musicdesk.ui.library_controller import LibraryController
from musicdesk.ui.tasks import Tasks
from musicdesk.ui.workspace import Workspace

SOON_MS = 1_000
"""The list stands before anything is watched."""
LOOK_MS = 5_000
"""How often to ask the watch whether something is in its way."""
SETTINGS = ("watch", "rescan_minutes")
NOTICED = "New and changed music in your folders is noticed by itself."


class WatchingController(QObject):
    """Keeps one watch over the folders that are known; what it finds is looked through quietly."""

    _due = Signal(object)
    """From the watch's own thread: a frozenset of folders."""

    def __init__(
        self, desk: Desk, *, tasks: Tasks, window: Workspace, library: LibraryController, indexing: IndexingController
    ) -> None:
        super().__init__(window)
        self._desk, self._tasks, self._window = desk, tasks, window
        self._library, self._indexing = library, indexing
        self._watches: list[Watch] = []
        """Those that are open; a new one is open before its answer has come back here."""
        self._watched: tuple[str, ...] | None = None
        self._opening, self._closed = False, False
        self._first = True
        """The first watch also asks for what changed while nobody watched."""
        self._every = QTimer(self)
        self._every.timeout.connect(lambda: self._indexing.look(()))
        self._news = QTimer(self, interval=LOOK_MS)
        self._news.timeout.connect(self._tell)
        self._due.connect(self._look, Qt.ConnectionType.QueuedConnection)
        self._soon = QTimer(self, singleShot=True, interval=SOON_MS)
        self._soon.timeout.connect(self.follow)
        library.loaded.connect(lambda: None if self._soon.isActive() else self._soon.start())

    @property
    def watching(self) -> bool:
        """Whether folders are watched now."""
        return bool(self._watches) and not self._opening

    def set(self, name: str) -> None:
        """A setting has changed."""
        if name in SETTINGS:
            self._watched = None
            self.follow()

    def follow(self) -> None:
        """Watch what the settings and the library say now; nothing happens where that is so already."""
        settings, known = self._desk.settings, self._library.known
        if self._closed or self._opening or known is None:
            return
        may = not self._desk.read_only
        wanted = tuple(source.path for source in known.sources) if settings.watch and may else ()
        minutes = 0 if settings.watch or not may else settings.rescan_minutes
        # the watch itself looks every so often where it is told to; without it, this timer does
        self._every.setInterval(minutes * 60_000)
        self._every.start() if minutes else self._every.stop()
        if wanted == self._watched:
            return
        self._watched, self._opening = wanted, True
        self._tasks.read(lambda: self._renew(bool(wanted)), self._renewed, failed=self._not_renewed, key="watch")

    def _renew(self, wanted: bool) -> None:
        """End the watch that was, begin another; off the window's thread, for a dead network drive can hold it up."""
        while self._watches:
            self._watches.pop().close()
        if wanted:
            self._watches.append(self._desk.indexing.watch(self._due.emit, first=self._first))
            self._first = False

    def _renewed(self, _: None) -> None:
        self._opening = False
        self._news.start() if self._watches else self._news.stop()
        self._tell()
        self.follow()

    def _not_renewed(self, sentence: str) -> None:
        self._opening = False
        self._window.library.set_news(sentence)

    def _tell(self) -> None:
        problem = self._watches[0].problem if self._watches else ""
        self._window.library.set_news(problem)
        self._window.coverage.work.set_news(problem or (NOTICED if self._watches else ""))

    def _look(self, folders: frozenset[str]) -> None:
        if not self._closed:
            self._indexing.look(sorted(folders))

    def close(self) -> None:
        """End the watch; the lanes must be closed before, so that none begins after this."""
        self._closed = True
        for timer in (self._soon, self._every, self._news):
            timer.stop()
        while self._watches:
            self._watches.pop().close()
