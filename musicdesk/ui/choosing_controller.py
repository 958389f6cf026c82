"""What was taken out of a list that began with a track: learned from later, never shown."""

from collections.abc import Sequence

from PySide6.QtCore import QObject

from musicdesk.desk.desk import Desk
from musicdesk.desk.meaning import LIKED, LISTED, PLAYED
from musicdesk.records import Track
from musicdesk.ui.curating_controller import CuratingController
from musicdesk.ui.feedback_controller import FeedbackController
from musicdesk.ui.playback_controller import PlaybackController
from musicdesk.ui.ranking_controller import RankingController
from musicdesk.ui.steering_controller import SteeringController
from musicdesk.ui.tasks import Tasks
from musicdesk.ui.tracks_view import TracksView
from musicdesk.ui.workspace import Workspace


class ChoosingController(QObject):
    """Tells the desk which sounds were taken after which one, and how."""

    def __init__(
        self, desk: Desk, *, tasks: Tasks, window: Workspace, ranking: RankingController,
        steering: SteeringController, playback: PlaybackController,
    ) -> None:  # fmt: skip
        super().__init__(window)
        self._desk, self._tasks, self._window = desk, tasks, window
        self._ranking, self._steering = ranking, steering
        playback.trigger_of = self.trigger_of
        playback.heard_long.connect(lambda track, trigger: self._tell(trigger, (track,), PLAYED))

    def listen(self, feedback: FeedbackController, curating: CuratingController) -> None:
        """Hear of likes and playlists."""
        feedback.liked.connect(lambda tracks: self._tell(self._here, tracks, LIKED))
        curating.added.connect(lambda tracks: self._tell(self._here, tracks, LISTED))

    def trigger_of(self, view: TracksView | None) -> str:
        """The sound that a list began with ("" for none: a taste, a playlist, several seeds, a search)."""
        if view is self._window.steer.view and self._steering.trail:
            sounds = self._steering.trail.step.seed.sounds
            return sounds[0] if len(sounds) == 1 else ""
        if view is self._window.for_you.view and self._ranking.seed is not None:
            return self._ranking.seed.audio_hash
        return ""

    @property
    def _here(self) -> str:
        return self.trigger_of(self._window.view)

    def _tell(self, trigger: str, tracks: Sequence[Track], how: str) -> None:
        """A choice is nothing to bother anybody with: what cannot be kept is dropped."""
        sounds = [track.audio_hash for track in tracks]
        if trigger and not self._desk.read_only:
            self._tasks.write(lambda: self._desk.meaning.chose(trigger, sounds, how), failed=lambda _: None)
