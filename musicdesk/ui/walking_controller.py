"""Walk to …: from the chosen tracks, or from where a steering began, to another track or mood."""

from collections.abc import Sequence

from PySide6.QtCore import QObject

from musicdesk.desk.desk import Desk
from musicdesk.records import MoodPath, Seed, Track
from musicdesk.ui.curating_controller import CuratingController
from musicdesk.ui.library_controller import LibraryController
from musicdesk.ui.playback_controller import PlaybackController
from musicdesk.ui.steering_controller import SteeringController
from musicdesk.ui.tasks import Tasks
from musicdesk.ui.walk_dialog import SHOWN, End, WalkDialog
from musicdesk.ui.workspace import TAB_PLAYLISTS, Workspace


class WalkingController(QObject):
    """Opens the dialog, finds the way, keeps it as a playlist."""

    def __init__(
        self, desk: Desk, *, tasks: Tasks, window: Workspace, library: LibraryController, playback: PlaybackController,
        curating: CuratingController, steering: SteeringController,
    ) -> None:  # fmt: skip
        super().__init__(window)
        self._desk, self._tasks, self._window, self._library = desk, tasks, window, library
        self._playback, self._curating, self._steering = playback, curating, steering
        window.actions_.on("walk", self.ask_chosen)
        window.steer.path_asked.connect(self._ask_steered)

    # ------------------------------------------------------------------ ask

    def ask_chosen(self) -> None:
        """From the chosen tracks."""
        tracks = self._library.targets()
        if tracks:
            self.ask(self._steering.seed_of(tracks))
        else:
            self._window.notice.say("Choose a track first, from which to walk.", brief=True)

    def _ask_steered(self) -> None:
        if self._steering.trail:
            self.ask(self._steering.trail.step.seed)

    def ask(self, start: Seed) -> None:
        """Where to?"""
        if self._desk.read_only:
            self._window.notice.say(self._desk.read_only, brief=True)
            return
        heard = self._playback.heard
        dialog = WalkDialog(
            start.label.removeprefix("Like "), find=self._found, playing=heard.track if heard else None,
            parent=self._window,
        )  # fmt: skip
        dialog.asked.connect(lambda end, length: self._walk(dialog, start, end, length))
        dialog.kept.connect(self.keep)
        dialog.finished.connect(lambda _: self._tasks.forget("walk"))
        dialog.open()

    def _found(self, text: str) -> Sequence[Track]:
        catalogue = self._library.catalogue
        rows = catalogue.matching(text, self._library.tags)[:SHOWN].tolist()
        return [catalogue.tracks[row] for row in rows]

    def _walk(self, dialog: WalkDialog, start: Seed, end: End, length: int) -> None:
        steering = self._desk.steering

        def work() -> MoodPath:
            if end.mood is not None:
                return steering.path(start, steering.typical(end.mood), length=length)
            assert end.track is not None
            return steering.path(start, steering.seed_of([end.track], f"“{end.track.title}”"), length=length)

        self._tasks.read(work, dialog.show_path, failed=dialog.refuse, key="walk")

    # ------------------------------------------------------------------ keep

    def keep(self, name: str, path: MoodPath) -> None:
        """The way as a playlist, under a name that is free, and open it."""
        tracks = [step.track for step in path.steps]

        def work() -> str:
            taken = {kept.name.casefold() for kept in self._desk.curating.playlists()}
            numbered = (name, *(f"{name} {number}" for number in range(2, len(taken) + 3)))
            free = next(each for each in numbered if each.casefold() not in taken)
            self._desk.curating.save(free, tracks, note=path.label)
            return free

        self._tasks.write(work, self._open)

    def _open(self, name: str) -> None:
        self._curating.choose(name)
        self._window.show_tab(TAB_PLAYLISTS)
        self._window.notice.say(
            f"“{name}” is saved.", button="Undo", brief=True,
            do=lambda: self._tasks.write(lambda: self._desk.curating.delete(name)),
        )  # fmt: skip
