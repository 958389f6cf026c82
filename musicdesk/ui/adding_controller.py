"""New prototypes: from the chosen tracks, a tag, words, an artist or a playlist."""

from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QObject, QPoint, Qt
from PySide6.QtWidgets import QMenu

from musicdesk.desk.desk import Desk
from musicdesk.records import TagChoice, Taste
from musicdesk.ui.add_prototype import AddPrototype, Choice, From
from musicdesk.ui.advice_words import problem_text
from musicdesk.ui.library_controller import LibraryController
from musicdesk.ui.shaping_controller import ShapingController
from musicdesk.ui.tasks import Tasks
from musicdesk.ui.workspace import Workspace

HEARD_IN = {"sound": "heard in", "genre": "genre of", "own": "your tag of"}


class AddingController(QObject):
    """The menu below the cards, and the lists behind it."""

    def __init__(
        self, desk: Desk, *, tasks: Tasks, window: Workspace, library: LibraryController, shaping: ShapingController
    ) -> None:
        super().__init__(window)
        self._desk, self._tasks, self._window = desk, tasks, window
        self._library, self._shaping = library, shaping
        window.taste.prototypes.add_asked.connect(self.menu)
        window.actions_.on("add_prototype", window.taste.ask_add)

    def menu(self, place: QPoint) -> None:
        """What a new one can be made from."""
        if self._shaping.taste is None:
            return
        tracks = tuple(self._library.targets())
        menu = QMenu(self._window)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.setAccessibleName("Add a prototype")
        what = f"“{tracks[0].title}”" if len(tracks) == 1 else f"the {len(tracks):,} chosen tracks"
        line = menu.addAction(
            f"From {what}".replace("&", "&&") if tracks else "From the chosen tracks",
            lambda: self._shaping.add_tracks(tracks, focus=True),
        )
        line.setEnabled(bool(tracks))
        line.setShortcut(self._window.actions_["prototype_from"].shortcut())
        line.setShortcutVisibleInContextMenu(True)
        line.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        menu.addSeparator()
        for text, source in (
            ("From a tag …", From.TAG), ("From words …", From.WORDS), ("From an artist …", From.ARTIST),
            ("From a playlist …", From.PLAYLIST),
        ):  # fmt: skip
            menu.addAction(text, partial(self.ask, source))
        menu.popup(place)

    def ask(self, source: From) -> None:
        """Ask which one."""
        looks: dict[From, Callable[[], Sequence[Choice]]] = {
            From.TAG: lambda: [_of_tag(tag) for tag in self._desk.shaping.tags()],
            From.WORDS: lambda: (),
            From.ARTIST: self._artists,
            From.PLAYLIST: lambda: [_counted(p.name, len(p.track_ids)) for p in self._desk.curating.playlists()],
        }
        self._tasks.read(
            looks[source], lambda choices: self._open(source, choices), failed=self._window.notice.say, key="choices"
        )

    def _artists(self) -> list[Choice]:
        firsts = (next(iter(t.tags.artists or t.tags.album_artists), "") for t in self._library.catalogue.tracks)
        heard = Counter(name for name in firsts if name)
        return [_counted(name, count) for name, count in sorted(heard.items(), key=lambda pair: pair[0].casefold())]

    def _open(self, source: From, choices: Sequence[Choice]) -> None:
        dialog = AddPrototype(source, choices, self._window)
        dialog.asked.connect(lambda value: self._add(dialog, source, value))
        dialog.open()

    def _add(self, dialog: AddPrototype, source: From, value: str) -> None:
        before, shaping = self._shaping.taste, self._desk.shaping
        adds: dict[From, Callable[[], Taste]] = {
            From.TAG: lambda: shaping.add(tag=value), From.WORDS: lambda: shaping.add(text=value),
            From.ARTIST: lambda: shaping.add(artist=value), From.PLAYLIST: lambda: shaping.add(playlist=value),
        }  # fmt: skip

        def done(after: Taste) -> None:
            if not dialog.closed:
                dialog.accept()
            self._shaping.seek(before, after, focus=True)

        self._tasks.write(adds[source], done, failed=lambda sentence: dialog.refuse(problem_text(sentence)))


def _of_tag(tag: TagChoice) -> Choice:
    return Choice(tag.word, f"{HEARD_IN.get(tag.kind, tag.kind)} {_tracks(tag.tracks)}")


def _counted(name: str, tracks: int) -> Choice:
    return Choice(name, _tracks(tracks))


def _tracks(count: int) -> str:
    return f"{count:,} track{'s' * (count != 1)}"
