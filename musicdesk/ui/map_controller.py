"""The page of the map and the desk: looked up when it is looked at, made in the background, coloured by the taste."""

from PySide6.QtCore import QObject, QTimer

from musicdesk.desk.desk import Desk
from musicdesk.errors import NothingYet
from musicdesk.jobs import Job
from musicdesk.records import LibraryMap, MapPoints
from musicdesk.ui.analysis_status import Work
from musicdesk.ui.empty_states import State
from musicdesk.ui.library_controller import LibraryController
from musicdesk.ui.playback_controller import PlaybackController
from musicdesk.ui.tasks import Tasks
from musicdesk.ui.workspace import TAB_MAP, Workspace

LANE = "map"
SETTLING_MS = 150
OLD = "Much has come to the library or gone from it since this map was made, so it does not show all of it."


class MapController(QObject):
    """One map at a time; made anew by itself when much came or went since."""

    def __init__(
        self, desk: Desk, *, tasks: Tasks, window: Workspace, library: LibraryController, playback: PlaybackController
    ) -> None:
        super().__init__(window)
        self._desk, self._tasks, self._window, self._playback = desk, tasks, window, playback
        self._page, self._old, self._tried = window.map, True, False
        self._job: Job | None = None
        self._settling = QTimer(self, singleShot=True, interval=SETTLING_MS)
        self._settling.timeout.connect(self._look)
        self._page.model.track_of = library.of_hash
        self._page.hover.setChecked(desk.settings.hover_preview)
        self._connect()

    def _connect(self) -> None:
        page, actions = self._page, self._window.actions_
        page.make_asked.connect(self.make)
        page.progress.cancel_asked.connect(self.cancel)
        page.hover_toggled.connect(lambda on: self._desk.set(hover_preview=on))
        page.prototype_asked.connect(actions["prototype_from"].trigger)
        page.playlist_asked.connect(actions["add_to_playlist"].trigger)
        page.play_asked.connect(lambda: self._play(page.map.current))
        page.map.play_asked.connect(self._play)
        actions.on("make_map", self.make)
        self._window.tabs.currentChanged.connect(lambda _: self._look())

    @property
    def job(self) -> Job | None:
        """The map that is being made."""
        return self._job

    # ------------------------------------------------------------------ look

    def refresh(self) -> None:
        """Something changed: look again, soon, or when the page is next shown."""
        self._old = True
        if self._window.tabs.currentIndex() == TAB_MAP:
            self._settling.start()

    def _look(self) -> None:
        if self._old and self._window.tabs.currentIndex() == TAB_MAP:
            self._old = False
            self._tasks.read(self._known, self._show, failed=self._page.notice.say, key="map")

    def _known(self) -> tuple[bool, MapPoints | None]:
        """Whether anything is analysed, and the map."""
        try:
            return True, self._desk.mapping.points()
        except NothingYet:
            return False, None

    def _show(self, known: tuple[bool, MapPoints | None]) -> None:
        analysed, points = known
        if points is not None and len(points):
            self._page.set_points(points)
            if points.stale and not self._held:
                self.make()
            elif points.stale and self._job is None and self._page.notice.isHidden():
                self._say_old()
        elif self._job is None:
            self._page.show_state(State.NO_MAP if analysed else State.NOT_ANALYSED)

    def _say_old(self) -> None:
        """It was not made anew by itself: offer it, unless nothing may be made now."""
        may = not self._desk.read_only and self._window.library.status.work is Work.IDLE
        self._page.notice.say(OLD, button="Make anew" if may else "", do=self.make)

    @property
    def _held(self) -> bool:
        """Whether no map is made unasked: one was tried, another process writes, or more music comes at this moment."""
        analysing = self._window.library.status.work is not Work.IDLE
        return self._tried or analysing or bool(self._desk.read_only)

    # ------------------------------------------------------------------ make

    def make(self) -> None:
        """Make the map in the background; the one before stays in view until then."""
        if self._job is not None:
            return
        if self._desk.read_only:
            self._window.notice.say(self._desk.read_only, brief=True)
            return
        self._tried = True
        self._page.notice.hide()
        self._page.begin()
        self._job = self._tasks.run(
            self._desk.mapping.make, self._made, failed=self._failed, stopped=self._end, lane=LANE,
            told=self._page.progress.set_progress,
        )  # fmt: skip

    def cancel(self) -> None:
        """Stop; the map stays as it was."""
        if self._job is not None:
            self._job.cancel()

    def _made(self, _: LibraryMap) -> None:
        self._tried = False
        self._end()

    def _failed(self, sentence: str) -> None:
        self._end()
        self._page.notice.say(sentence, button="Try again", do=self.make)

    def _end(self) -> None:
        self._job = None
        self._page.end()
        self._old = True
        self._look()

    # ------------------------------------------------------------------ hear

    def _play(self, row: int) -> None:
        """Play a track of the map whole; the chosen ones follow."""
        page = self._page
        if row not in page.map.rows:
            page.map.choose((row,))
        track = page.model.track_of(page.points.hashes[row])
        if track is not None:
            self._playback.play(track, view=page.view)
