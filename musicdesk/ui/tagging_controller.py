"""The listener's own tags in the window: given and taken away by the row menu and the panel that explains a track."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, QPoint, Qt, Signal
from PySide6.QtWidgets import QMenu

from musicdesk.desk.desk import Desk
from musicdesk.records import OwnTag, Tagged, Track
from musicdesk.ui.library_controller import LibraryController
from musicdesk.ui.question import ask_name
from musicdesk.ui.tag_dialog import TagDialog
from musicdesk.ui.tasks import Tasks
from musicdesk.ui.workspace import Workspace


class TaggingController(QObject):
    """Every edit is one step of the desk; a sentence tells it and offers it back."""

    find_asked = Signal(str)
    """Search for this."""

    def __init__(self, desk: Desk, *, tasks: Tasks, window: Workspace, library: LibraryController) -> None:
        super().__init__(window)
        self._desk, self._tasks, self._window, self._library = desk, tasks, window, library
        chips = window.why.tags
        chips.remove_asked.connect(lambda tag: self.remove(self._explained(), tag))
        chips.menu_asked.connect(lambda tag, place: self.menu(tag, self._explained(), place))
        window.actions_.on("tag", self.ask)

    def _explained(self) -> tuple[Track, ...]:
        explanation = self._window.why.explanation
        return (explanation.track,) if explanation is not None else ()

    # ------------------------------------------------------------------ ask

    def ask(self) -> None:
        """Ask for a tag for the chosen tracks, and show those that they bear."""
        tracks = self._library.targets()
        if not tracks:
            self._window.notice.say("Choose a track first, then give it a tag.", brief=True)
            return
        self._tasks.read(
            lambda: (self._desk.tagging.tags(), self._desk.tagging.of(tracks)),
            lambda found: self._open(tracks, *found), key="tags",
        )  # fmt: skip

    def _open(self, tracks: Sequence[Track], tags: Sequence[OwnTag], borne: Sequence[OwnTag]) -> None:
        dialog = TagDialog(tracks, tags, self._window)
        dialog.set_borne(borne)
        dialog.add_asked.connect(lambda tag: self._add(dialog, tracks, tag))
        dialog.remove_asked.connect(lambda tag: self._take(dialog, tracks, tag))
        dialog.chips.menu_asked.connect(lambda tag, place: self.menu(tag, tracks, place, asker=dialog))
        dialog.open()

    def _add(self, dialog: TagDialog, tracks: Sequence[Track], tag: str) -> None:
        def done(tagged: Tagged) -> None:
            if not dialog.closed:
                dialog.accept()
            self._tell(given_text(tagged, tracks), tagged)

        self._tasks.write(lambda: self._desk.tagging.add(tracks, tag), done, failed=dialog.refuse)

    def _take(self, dialog: TagDialog, tracks: Sequence[Track], tag: str) -> None:
        def work() -> Sequence[OwnTag]:
            self._desk.tagging.remove(tracks, tag)
            return self._desk.tagging.of(tracks)

        self._tasks.write(work, dialog.set_borne, failed=dialog.refuse)

    # ------------------------------------------------------------------ what can be done with one

    def menu(self, tag: str, tracks: Sequence[Track], place: QPoint, *, asker: TagDialog | None = None) -> None:
        """What can be done with a tag of these tracks; ``asker`` closes when it leads elsewhere."""
        menu = QMenu(asker or self._window)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.setAccessibleName(f"What to do with the tag {tag}")

        def line(text: str, do: Callable[[], object], *, changes: bool = True) -> None:
            action = menu.addAction(text.replace("&", "&&"), lambda: _lead(asker, do))
            action.setEnabled(not changes or not self._desk.read_only)

        line("Find its tracks", lambda: self.find_asked.emit(query_of(tag)), changes=False)
        line("New prototype from it", lambda: self._make(tag))
        menu.addSeparator()
        line("Rename everywhere …", lambda: self._ask_rename(tag))
        line(f"Take from {_what(tracks)}", lambda: self.remove(tracks, tag))
        line("Take from all its tracks", lambda: self.drop(tag))
        menu.popup(place)

    def remove(self, tracks: Sequence[Track], tag: str) -> None:
        """Take a tag from tracks."""
        if tracks:
            self._edit(
                lambda: self._desk.tagging.remove(tracks, tag), lambda _: f"“{tag}” is taken from {_what(tracks)}."
            )

    def drop(self, tag: str) -> None:
        """Take a tag from all its tracks."""
        self._edit(lambda: self._desk.tagging.drop(tag), lambda done: f"“{tag}” is gone from {_tracks(done.tracks)}.")

    def _ask_rename(self, tag: str) -> None:
        dialog = ask_name(
            "Rename tag", "Its new name; if that is a tag already, the two become one.", self._window, old=tag
        )
        dialog.textValueSelected.connect(lambda new: self.rename(tag, new))

    def rename(self, old: str, new: str) -> None:
        """Give a tag another name on all its tracks."""
        self._edit(lambda: self._desk.tagging.rename(old, new), lambda done: renamed_text(old, done))

    def _make(self, tag: str) -> None:
        def work() -> str:
            known = {prototype.id for prototype in self._desk.recommending.taste().prototypes}
            after = self._desk.shaping.add(tag=tag)
            return next((made.name for made in after.prototypes if made.id not in known), tag)

        self._tasks.write(work, lambda name: self._say(f"New in your taste: “{name}”."))

    # ------------------------------------------------------------------ say

    def _edit(self, change: Callable[[], Tagged], told: Callable[[Tagged], str]) -> None:
        self._tasks.write(change, lambda done: self._tell(told(done), done))

    def _tell(self, sentence: str, done: Tagged) -> None:
        if done.tracks:
            self._say(sentence)
        else:
            self._window.notice.say(sentence, brief=True)

    def _say(self, sentence: str) -> None:
        undo = self._window.actions_["undo"].trigger
        self._window.notice.say(sentence, button="Undo", do=undo, brief=True)


def query_of(tag: str) -> str:
    """A search for the tracks with a tag."""
    return 'tag:"{}"'.format(tag.replace('"', " "))


def _lead(asker: TagDialog | None, do: Callable[[], object]) -> None:
    """Close the dialog in which it was asked, and do it."""
    if asker is not None and not asker.closed:
        asker.reject()
    do()


def given_text(done: Tagged, tracks: Sequence[Track]) -> str:
    """What became of a tag that was given."""
    left = f" {_tracks(done.left_out)} could not be read and were left out." if done.left_out else ""
    if not done.tracks:
        return f"{_what(tracks)} {'has' if len(tracks) == 1 else 'have'} the tag “{done.tag}” already.{left}"
    return f"{_what(tracks) if done.tracks == len(tracks) else _tracks(done.tracks)} → “{done.tag}”.{left}"


def renamed_text(old: str, done: Tagged) -> str:
    """What became of a tag that was renamed."""
    if done.joined:
        return f"“{old}” is part of “{done.tag}” now."
    return f"“{old}” is called “{done.tag}” now." if done.tracks else f"It is called “{done.tag}” already."


def _what(tracks: Sequence[Track]) -> str:
    return tracks[0].title if len(tracks) == 1 else _tracks(len(tracks))


def _tracks(count: int) -> str:
    return f"{count:,} track{'s' * (count != 1)}"
