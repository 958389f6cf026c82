"""A track is heard while the pointer rests on it, where that is wished; Space does the same for the chosen one.

It begins where the track is most typical, fades in, and fades out when the pointer leaves the row. What a hand put on
is never interrupted: while it plays nothing is hovered, and while it is paused it waits at its place.
"""

from PySide6.QtCore import QObject, QTimer

from musicdesk.desk.desk import Desk
from musicdesk.records import Track
from musicdesk.ui.dwell import Dwell
from musicdesk.ui.playback_controller import PlaybackController
from musicdesk.ui.workspace import Workspace

FADE_MS, FADE_STEPS = 30, 10
"""It fades out in so many steps of so long."""


class HoverController(QObject):
    """One ear for all tables of tracks, and for the map."""

    def __init__(self, desk: Desk, *, window: Workspace, playback: PlaybackController) -> None:
        super().__init__(window)
        self._desk, self._window, self._playback = desk, window, playback
        self._left = FADE_STEPS
        self._fading = QTimer(self, interval=FADE_MS)
        self._fading.timeout.connect(self._fade)
        self._ears = [Dwell(view) for view in (*window.lists, window.coverage.view)]
        for ear in self._ears:
            ear.dwelt.connect(self.hear)
            ear.left.connect(self.leave)
        window.map.map.dwelt.connect(self._hear_point)
        window.map.map.left.connect(self.leave)
        window.map.hover_toggled.connect(lambda on: None if on else self.leave())

    def hear(self, track: Track) -> None:
        """The pointer rests on a track."""
        if self._desk.settings.hover_preview:
            self._fading.stop()
            self._playback.hover(track)

    def _hear_point(self, row: int) -> None:
        track = self._window.map.model.track_of(self._window.map.points.hashes[row])
        if track is not None:
            self.hear(track)

    def leave(self) -> None:
        """The pointer is somewhere else: let it fade."""
        heard = self._playback.heard
        if heard is not None and heard.hovered and not self._fading.isActive():
            self._left = FADE_STEPS
            self._fading.start()

    def _fade(self) -> None:
        heard = self._playback.heard
        self._left -= 1
        if heard is None or not heard.hovered:
            self._fading.stop()  # a hand has taken it
        elif self._left > 0:
            self._playback.fade(self._left / FADE_STEPS)
        else:
            self._fading.stop()
            self._playback.unhover()

    def close(self) -> None:
        """Nothing fades any more."""
        self._fading.stop()
