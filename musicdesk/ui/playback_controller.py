"""What is heard: previews from the most typical place, whole tracks from the start, the seek bar."""

from collections.abc import Callable
from dataclasses import dataclass, replace

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
    trigger: str = ""
    """The sound that this list began with, if it did with one."""
    hovered: bool = False
    """Nobody put it on: the pointer rests on it. What a hand then does with it makes it asked for."""


class PlaybackController(QObject):
    """Puts tracks on and shows where they are."""

    said = Signal(object, str)
    """A verb of feedback about the track that is heard."""
    heard_long = Signal(object, str)
    """A track that was heard for COUNTS_S, and the sound that its list began with."""
    _finished = Signal(str)
    _failed = Signal(str)

    def __init__(self, desk: Desk, *, tasks: Tasks, window: Workspace, library: LibraryController) -> None:
        super().__init__(window)
        self._desk, self._tasks, self._window, self._library = desk, tasks, window, library
        self.heard: Heard | None = None
        self.trigger_of: Callable[[TracksView | None], str] = lambda _: ""
        """Which sound a list began with ("" for none)."""
        self._player: Player | None = None
        self._aside: tuple[Heard, float] | None = None
        """What a hand had paused when the pointer came to rest on something, and its place in seconds."""
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
        same = current is not None and self.heard is not None and self.heard.track.path == current.path
        if current is None or (same and (self._sounding or self._waits)):
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
        self._aside = None
        self._put_on(Heard(track, excerpt, view, trigger=self.trigger_of(view)), start_s)

    def _put_on(self, heard: Heard, start_s: float | None = None) -> None:
        track, self.heard = heard.track, heard
        self._window.transport.set_track(track)
        self._window.transport.set_problem("")
        self._show_feedback()
        self._mark(track)

        def work() -> Player:
            self._desk.listening.play(track, start_s=start_s, excerpt=heard.excerpt)
            return self._desk.listening.player

        self._tasks.read(work, lambda player: self._begun(player, heard), failed=self._trouble, key="play")
        self._draw_outline(track)

    def _begun(self, player: Player, heard: Heard) -> None:
        if player is not self._player:
            self._leave_player()
            self._player = player
            self._unlisten = [player.finished.listen(self._finished.emit), player.failed.listen(self._failed.emit)]
        if heard.hovered and self.heard is not heard:
            player.stop()  # the pointer was gone before the player had begun
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
        self._claim()
        if self._aside is not None and self._waits:
            (heard, start_s), self._aside = self._aside, None
            self.play(heard.track, view=heard.view, excerpt=heard.excerpt, start_s=start_s)
        elif player is None or player.state is PlayerState.STOPPED:
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
        self._claim()
        if self._player is not None and self._sounding:
            self._player.seek(seconds)
            self._look()
        elif self.heard is not None:
            self.play(self.heard.track, view=self.heard.view, start_s=seconds)

    # ------------------------------------------------------------------ what the pointer rests on

    def hover(self, track: Track) -> bool:
        """Hear what the pointer rests on; False where something plays that a hand put on: it is left alone.

        What a hand has paused waits meanwhile, at its place.
        """
        player, heard = self._player, self.heard
        if player is not None and heard is not None and not heard.hovered:
            if player.state is PlayerState.PLAYING:
                return False
            if player.state is PlayerState.PAUSED:
                self._aside = heard, player.position_s
        self._put_on(Heard(track, excerpt=True, view=None, hovered=True))
        return True

    def fade(self, share: float) -> None:
        """Turn what is only hovered to this share of the volume."""
        if self._player is not None and self.heard is not None and self.heard.hovered:
            self._player.volume = self._volume * share

    def unhover(self) -> None:
        """Silence, if what is heard is only hovered; what was paused before stands there again, paused."""
        if self.heard is None or not self.heard.hovered:
            return
        if self._player is not None:
            self._player.stop()
        self.heard = self._aside[0] if self._aside else replace(self.heard, hovered=False)
        if self._aside is not None:
            self._window.transport.set_track(self.heard.track)
            self._show_feedback()
            self._draw_outline(self.heard.track)
        self._mark(self.heard.track if self._aside else None)
        self._look()

    @property
    def _waits(self) -> bool:
        """Whether what is shown was paused, and gave its player to what the pointer rested on."""
        return self._aside is not None and self.heard is self._aside[0]

    def _claim(self) -> None:
        """A hand is on what was only hovered: it is asked for now, and stays when the pointer goes."""
        if self.heard is not None and self.heard.hovered and self._sounding:
            self._note_played()
            self.heard, self._aside = replace(self.heard, hovered=False), None
            self._set_player_volume()

    # ------------------------------------------------------------------ show

    def _look(self) -> None:
        player = self._player
        if player is None or self.heard is None:
            return
        state = player.state
        stopped = state is PlayerState.STOPPED
        rests_s = self._aside[1] if self._aside is not None and self._waits else 0.0
        self._window.transport.set_state(
            playing=state is PlayerState.PLAYING,
            position_s=rests_s if stopped else player.position_s,
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
        self._count(heard, heard.track.length_s)
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
        seconds = player.position_s if player is not None and self._sounding else 0.0
        if self._aside is not None:
            heard, seconds = self._aside
        if heard is not None and seconds:
            self._count(heard, seconds)

    def _count(self, heard: Heard, seconds: float) -> None:
        if heard.excerpt:
            return
        if heard.trigger and seconds >= COUNTS_S:
            self.heard_long.emit(heard.track, heard.trigger)
        if seconds >= min(COUNTS_S, heard.track.length_s / 2):
            self._tasks.write(lambda: self._desk.listening.played(heard.track, seconds))

    # ------------------------------------------------------------------ volume

    def _set_volume(self, volume: float) -> None:
        self._volume = volume
        self._set_player_volume()
        self._save.start()

    def _set_player_volume(self) -> None:
        if self._player is not None:
            self._player.volume = self._volume

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
