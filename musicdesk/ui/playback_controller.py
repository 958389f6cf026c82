"""What is heard: previews from the most typical place, whole tracks from the start, the seek bar."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from musicdesk.desk.desk import Desk
from musicdesk.desk.listening import Player, PlayerState
from musicdesk.jobs import Job
from musicdesk.records import Feedback, Track
from musicdesk.ui.library_controller import LibraryController
from musicdesk.ui.tasks import Tasks
from musicdesk.ui.tracks_view import TracksView
from musicdesk.ui.workspace import Workspace

TICK_MS = 100
SAVE_MS = 600
COUNTS_S = 30.0
"""Who heard so much of a whole track has played it."""


@dataclass(frozen=True)
class Heard:
    """What was put on, and from where."""

    track: Track
    excerpt: bool
    view: TracksView | None
    """The list that goes on after it; None for an exemplar."""


class PlaybackController(QObject):
    """Puts tracks on and shows where they are."""

    said = Signal(object, str)
    """A verb of feedback about the track that is heard."""
    _finished = Signal(str)
    _failed = Signal(str)

    def __init__(self, desk: Desk, *, tasks: Tasks, window: Workspace, library: LibraryController) -> None:
        super().__init__(window)
        self._desk, self._tasks, self._window, self._library = desk, tasks, window, library
        self.heard: Heard | None = None
        self._player: Player | None = None
        self._unlisten: list[Callable[[], None]] = []
        self._outline: Job | None = None
        self._volume = desk.settings.volume
        self._tick = QTimer(self, interval=TICK_MS)
        self._tick.timeout.connect(self._look)
        self._save = QTimer(self, singleShot=True, interval=SAVE_MS)
        self._save.timeout.connect(self._save_volume)
        self._finished.connect(self._ended, Qt.ConnectionType.QueuedConnection)
        self._failed.connect(self._trouble, Qt.ConnectionType.QueuedConnection)
        self._connect()

    def _connect(self) -> None:
        transport, window = self._window.transport, self._window
        transport.set_volume(self._volume)
        transport.play_pause.connect(self.toggle)
        transport.next.connect(lambda: self.skip(1))
        transport.previous.connect(lambda: self.skip(-1))
        transport.seek.connect(self._seek)
        transport.volume_changed.connect(self._set_volume)
        transport.liked.connect(lambda on: self._say("like" if on else "unlike"))
        transport.disliked.connect(lambda: self._say("dislike"))
        window.taste.play_exemplar.connect(self._play_hash)
        window.taste.play_excerpt.connect(self._play_hash)
        window.actions_.on("preview", self.preview)
        window.actions_.on("play_whole", self._play_current)
        for page in window.pages:
            page.view.play_asked.connect(lambda track, page=page: self.play(track, view=page.view))
        self._library.loaded.connect(self._show_feedback)

    # ------------------------------------------------------------------ play

    def preview(self) -> None:
        """Space: hear the chosen track where it is most typical; again: pause, and go on."""
        current = self._window.view.current()
        if current is None or (self.heard is not None and self.heard.track.path == current.path and self._sounding):
            self.toggle()
        else:
            self.play(current, view=self._window.view, excerpt=True)

    def _play_current(self) -> None:
        current = self._window.view.current()
        if current is not None:
            self.play(current, view=self._window.view)

    def _play_hash(self, audio_hash: str, start_s: float | None = None) -> None:
        track = self._library.of_hash(audio_hash)
        if track is not None:
            self.play_example(track, start_s)

    def play_example(self, track: Track, start_s: float | None = None) -> None:
        """Hear what stands for a prototype, from where it does so best if that is known; again: silence."""
        if self.heard is not None and self.heard.track.audio_hash == track.audio_hash and self._sounding:
            self.toggle()
        else:
            self.play(track, excerpt=True, start_s=start_s)

    def play(
        self, track: Track, *, view: TracksView | None = None, excerpt: bool = False, start_s: float | None = None
    ) -> None:
        """Put a track on."""
        self._note_played()
        self.heard = Heard(track, excerpt, view)
        self._window.transport.set_track(track)
        self._window.transport.set_problem("")
        self._show_feedback()
        self._mark(track)

        def work() -> Player:
            self._desk.listening.play(track, start_s=start_s, excerpt=excerpt)
            return self._desk.listening.player

        self._tasks.read(work, self._begun, failed=self._trouble, key="play")
        self._draw_outline(track)

    def _begun(self, player: Player) -> None:
        if player is not self._player:
            self._leave_player()
            self._player = player
            self._unlisten = [player.finished.listen(self._finished.emit), player.failed.listen(self._failed.emit)]
        self._tick.start()
        self._look()

    def _draw_outline(self, track: Track) -> None:
        if self._outline is not None:
            self._outline.cancel()
        job = self._outline = Job()
        transport = self._window.transport
        transport.set_waveform(None)
        self._tasks.read(
            lambda: self._desk.listening.waveform(track, job=job), transport.set_waveform,
            failed=lambda _: None, key="waveform",
        )  # fmt: skip

    @property
    def _sounding(self) -> bool:
        return self._player is not None and self._player.state is not PlayerState.STOPPED

    def toggle(self) -> None:
        """Pause, go on, or put the chosen track on."""
        player = self._player
        if player is None or player.state is PlayerState.STOPPED:
            again = self._window.view.current() or (self.heard.track if self.heard else None)
            if again is not None:
                self.play(again, view=self._window.view)
        elif player.state is PlayerState.PLAYING:
            player.pause()
            self._look()
        else:
            player.resume()
            self._tick.start()
            self._look()

    def skip(self, rows: int) -> None:
        """The next or the previous track of the list."""
        view = self.heard.view if self.heard and self.heard.view else self._window.view
        row = view.table.row_playing()
        target = (row if row >= 0 else view.currentIndex().row()) + rows
        track = view.table.track(target) if 0 <= target < view.table.rowCount() else None
        if track is not None:
            view.choose_row(target)
            self.play(track, view=view, excerpt=self.heard.excerpt if self.heard else False)

    def _seek(self, seconds: float) -> None:
        if self._player is not None and self._sounding:
            self._player.seek(seconds)
            self._look()
        elif self.heard is not None:
            self.play(self.heard.track, view=self.heard.view, start_s=seconds)

    # ------------------------------------------------------------------ show

    def _look(self) -> None:
        player = self._player
        if player is None or self.heard is None:
            return
        state = player.state
        stopped = state is PlayerState.STOPPED
        self._window.transport.set_state(
            playing=state is PlayerState.PLAYING,
            position_s=0.0 if stopped else player.position_s,
            length_s=player.length_s or self.heard.track.length_s,
        )
        self._window.taste.set_playing(self.heard.track.audio_hash if state is PlayerState.PLAYING else "")
        if state is not PlayerState.PLAYING:
            self._tick.stop()

    def _mark(self, track: Track | None) -> None:
        for view in self._window.lists:
            view.table.set_playing(track.path if track else "")

    def _show_feedback(self) -> None:
        if self.heard is not None:
            said = self._library.feedback.get(self.heard.track.audio_hash, Feedback())
            self._window.transport.set_feedback(said)

    def _ended(self, path: str) -> None:
        heard = self.heard
        if heard is None or heard.track.path != path:
            return
        self._look()
        self._mark(None)
        if not heard.excerpt and heard.view is not None:
            self._mark(heard.track)
            self.skip(1)

    def _trouble(self, sentence: str) -> None:
        self._window.transport.set_problem(sentence)
        self._mark(None)
        self._look()

    def _say(self, verb: str) -> None:
        if self.heard is not None:
            self.said.emit((self.heard.track,), verb)

    def _note_played(self) -> None:
        """A whole track that was heard for a while counts as played; a preview does not."""
        heard, player = self.heard, self._player
        if heard is None or heard.excerpt or player is None or not self._sounding:
            return
        seconds = player.position_s
        if seconds >= min(COUNTS_S, heard.track.length_s / 2):
            self._tasks.write(lambda: self._desk.listening.played(heard.track, seconds))

    # ------------------------------------------------------------------ volume

    def _set_volume(self, volume: float) -> None:
        self._volume = volume
        if self._player is not None:
            self._player.volume = volume
        self._save.start()

    def _save_volume(self) -> None:
        self._desk.set(volume=self._volume)

    def _leave_player(self) -> None:
        while self._unlisten:
            self._unlisten.pop()()

    def close(self) -> None:
        """Fall silent."""
        self._tick.stop()
        if self._save.isActive():
            self._save.stop()
            self._save_volume()
        if self._outline is not None:
            self._outline.cancel()
        self._leave_player()
