"""What the chosen track feels like, told beside its words, and the listener's own word against what was heard."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from PySide6.QtCore import QObject, QPoint, Qt, QTimer
from PySide6.QtWidgets import QMenu, QWidget

from musicdesk.desk.desk import Desk
from musicdesk.records import MOODS, Mood, MoodCorrection, Track, TrackMood
from musicdesk.ui.feedback_controller import FeedbackController
from musicdesk.ui.library_controller import LibraryController
from musicdesk.ui.mood_dialog import Changes, MoodDialog, merged
from musicdesk.ui.mood_words import PLAIN, mood_hint, mood_text, place_text
from musicdesk.ui.tasks import Tasks
from musicdesk.ui.workspace import Workspace

REST_MS = 250
"""So long a track must be explained before it is asked what it feels like."""
Said = Mapping[str, MoodCorrection]


class MoodController(QObject):
    """Asks for moods, shows them, corrects them."""

    def __init__(
        self, desk: Desk, *, tasks: Tasks, window: Workspace, library: LibraryController, feedback: FeedbackController
    ) -> None:
        super().__init__(window)
        self._desk, self._tasks, self._window, self._library = desk, tasks, window, library
        self._rest = QTimer(self, singleShot=True, interval=REST_MS)
        self._rest.timeout.connect(self._ask)
        window.why.explained.connect(lambda _: self._rest.start())
        window.actions_.on("mood", self.ask)
        window.why.mood.asked.connect(self._ask_there)
        feedback.inner["mood"] = self.menu

    # ------------------------------------------------------------------ what it feels like

    def refresh(self) -> None:
        """Moods have changed: ask anew."""
        self._rest.start()

    def _ask(self) -> None:
        explanation = self._window.why.explanation
        if explanation is not None and explanation.track.audio_hash:
            track = explanation.track
            self._tasks.read(
                lambda: self._desk.moods.of(track), self._show, failed=lambda _: self._window.why.set_mood(""),
                key="mood",
            )  # fmt: skip

    def _show(self, found: TrackMood) -> None:
        shown = self._window.why.explanation
        if shown is not None and shown.track.audio_hash == found.track.audio_hash:
            self._window.why.set_mood(mood_text(found), mood_hint(found))

    # ------------------------------------------------------------------ the listener's word

    def ask(self) -> None:
        """F: what do the chosen tracks feel like?"""
        tracks, view = self._library.targets(), self._window.view
        if not tracks:
            self._window.notice.say("Choose a track first, then say what it feels like.", brief=True)
            return
        below = view.visualRect(view.currentIndex()).bottomLeft() + QPoint(24, 2)
        menu = self.menu(self._window, tracks)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(view.viewport().mapToGlobal(below))

    def menu(self, above: QWidget, tracks: Sequence[Track]) -> QMenu:
        """The four moods, and to take it back; it lives as long as what is ``above``."""
        menu = QMenu("Mood", above)
        menu.setAccessibleName("What it feels like")
        for mood in MOODS:
            menu.addAction(f"&{mood.value.capitalize()}", partial(self.correct, tracks, mood))
        menu.addSeparator()
        menu.addAction("On each a&xis…", partial(self.ask_axes, tracks))
        menu.addAction("&Take back what I said", partial(self.take_back, tracks))
        return menu

    def _ask_there(self) -> None:
        """The line that tells it was clicked: the same menu, for the track that is explained."""
        explanation, line = self._window.why.explanation, self._window.why.mood
        if explanation is None:
            return
        if self._desk.read_only:
            self._window.notice.say(self._desk.read_only, brief=True)
            return
        menu = self.menu(self._window, (explanation.track,))
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(line.mapToGlobal(line.rect().bottomLeft() + QPoint(8, 2)))

    # ------------------------------------------------------------------ the axes

    def ask_axes(self, tracks: Sequence[Track]) -> None:
        """Show where these tracks stand on each axis, to be corrected."""
        self._tasks.read(
            lambda: (self._desk.moods.heard(tracks), self._desk.moods.corrections()),
            lambda found: self._open(tracks, *found), key="mood axes",
        )  # fmt: skip

    def _open(self, tracks: Sequence[Track], heard: Sequence[TrackMood], said: Said) -> None:
        dialog = MoodDialog(heard, said, self._window)
        dialog.saved.connect(lambda changes: self._save(dialog, tracks, changes))
        dialog.open()

    def _save(self, dialog: MoodDialog, tracks: Sequence[Track], changes: Changes) -> None:
        def change() -> int:
            known = self._desk.moods.corrections()
            sounds = dict.fromkeys(track.audio_hash for track in tracks)
            return self._desk.moods.say([merged(known.get(sound), sound, changes) for sound in sounds], of=tracks)

        self._change(change, f"{_named(tracks)} → {_places(changes)}.", asker=dialog)

    def correct(self, tracks: Sequence[Track], mood: Mood) -> None:
        """These tracks have this mood, whatever was heard."""
        self._change(lambda: self._desk.moods.correct(tracks, mood=mood), f"{_named(tracks)} → {mood.value}.")

    def take_back(self, tracks: Sequence[Track]) -> None:
        """What was heard counts again."""
        self._change(
            lambda: self._desk.moods.uncorrect(tracks), f"{_named(tracks)}: what musicdesk hears counts again."
        )

    def _change(self, change: Callable[[], int], told: str, *, asker: MoodDialog | None = None) -> None:
        """One step, told in a sentence that offers it back; a dialog that asked for it closes, or says why not."""

        def done(changed: int) -> None:
            if asker is not None and not asker.closed:
                asker.accept()
            if changed:
                undo = self._window.actions_["undo"].trigger
                self._window.notice.say(told, button="Undo", do=undo, brief=True)
            else:  # it was said already: no step, so nothing to take back
                self._window.notice.say(told, brief=True)

        self._tasks.write(change, done, failed=asker.refuse if asker else None)


def _places(changes: Changes) -> str:
    """The places that were set, in words; those that were taken back at the end."""
    told = [place_text(axis, place) for axis, place in changes.items() if place is not None]
    heard = [PLAIN[axis] for axis, place in changes.items() if place is None]
    return ", ".join([*told, *([f"{' and '.join(heard)} as heard"] if heard else [])])


def _named(tracks: Sequence[Track]) -> str:
    return f"“{tracks[0].title}”" if len(tracks) == 1 else f"{len(tracks)} tracks"
