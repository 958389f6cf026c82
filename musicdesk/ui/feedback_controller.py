"""What the person says of tracks: like, not my taste, not now, never; and the menu of a row."""

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QObject, QPoint, Qt, Signal
from PySide6.QtWidgets import QMenu

from musicdesk.desk.desk import Desk
from musicdesk.records import Feedback, Track
from musicdesk.ui.library_controller import LibraryController
from musicdesk.ui.tasks import Tasks
from musicdesk.ui.workspace import Workspace

MENU = (
    ("preview", "play_whole"),
    ("like", "dislike", "not_now", "never"),
    ("more_like", "steer", "walk", "why", "prototype_from"),
    ("add_to_playlist", "tag", "mood", "show_in_folder", "exclude"),
)
NOTHING = Feedback()


class FeedbackController(QObject):
    """Turns verbs into undoable steps of the desk."""

    liked = Signal(object)
    """Tracks that are liked now."""

    def __init__(self, desk: Desk, *, tasks: Tasks, window: Workspace, library: LibraryController) -> None:
        super().__init__(window)
        self._desk, self._tasks, self._window, self._library = desk, tasks, window, library
        self.inner: dict[str, Callable[[QMenu, Sequence[Track]], QMenu]] = {}
        """What makes the menu behind a line, by its action."""
        for verb in ("like", "dislike", "not_now", "never"):
            window.actions_.on(verb, partial(self._about_chosen, verb))
        for view in window.lists:
            view.heart_clicked.connect(lambda track: self.say((track,), self._turned((track,), "like")))
            view.menu_asked.connect(self.menu)

    def _about_chosen(self, verb: str) -> None:
        tracks = self._library.targets()
        if tracks:
            self.say(tracks, self._turned(tracks, verb))

    def _turned(self, tracks: Sequence[Track], verb: str) -> str:
        """The opposite verb where all tracks have it already."""
        said = [self._library.feedback.get(track.audio_hash, NOTHING) for track in tracks]
        have = {"like": all(s.liked for s in said), "dislike": all(s.disliked for s in said),
                "never": all(s.never for s in said)}  # fmt: skip
        return {"like": "unlike", "dislike": "undislike", "never": "unnever"}[verb] if have.get(verb) else verb

    def say(self, tracks: Sequence[Track], verb: str) -> None:
        """Say a verb of these tracks."""
        listening = self._desk.listening
        does: dict[str, Callable[[], None]] = {
            "like": lambda: listening.like(tracks),
            "unlike": lambda: listening.like(tracks, on=False),
            "dislike": lambda: listening.dislike(tracks),
            "undislike": lambda: listening.dislike(tracks, on=False),
            "never": lambda: listening.never(tracks),
            "unnever": lambda: listening.never(tracks, on=False),
            "not_now": lambda: listening.not_now(tracks),
        }
        self._tasks.write(does[verb], lambda _: self._tell(tracks, verb))

    def _tell(self, tracks: Sequence[Track], verb: str) -> None:
        """Say what became of rows that leave the list."""
        if verb == "like":
            self.liked.emit(tracks)
        what = tracks[0].title if len(tracks) == 1 else f"{len(tracks)} tracks"
        told = {
            "never": f"{what} will never be suggested.",
            "not_now": f"{what} will not be suggested before tomorrow.",
            "dislike": f"Your taste turns away from {what} and its kind.",
        }.get(verb)
        if told:
            self._window.notice.say(told, button="Undo", do=self._window.actions_["undo"].trigger, brief=True)

    def menu(self, place: QPoint) -> None:
        """The menu of the chosen rows."""
        tracks = self._library.targets()
        if not tracks:
            return
        menu = QMenu(self._window)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for number, group in enumerate(MENU):
            if number:
                menu.addSeparator()
            for name in group:
                self._add(menu, name, tracks)
        menu.popup(place)

    def _add(self, menu: QMenu, name: str, tracks: Sequence[Track]) -> None:
        action = self._window.actions_[name]
        if name in self.inner:
            menu.addMenu(self.inner[name](menu, tracks)).setEnabled(action.isEnabled())
            return
        text = {"unlike": "Unlike", "undislike": "My taste after all", "unnever": "Suggest again"}.get(
            self._turned(tracks, name)
        )
        if name == "exclude" and all(track.excluded for track in tracks):
            text = "Take back into analysis"
        line = menu.addAction(text or action.text(), action.trigger)
        line.setShortcut(action.shortcut())
        line.setShortcutVisibleInContextMenu(True)
        line.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        line.setEnabled(len(tracks) == 1 or name not in ("preview", "play_whole", "more_like", "why"))
