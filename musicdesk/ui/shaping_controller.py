"""Prototypes shaped by hand: the menu of a card, what is dropped on the panel, examples, split, merge, add, remove."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, Signal

from musicdesk.desk.desk import Desk
from musicdesk.records import Excerpt, GainChange, Prototype, Taste, Track
from musicdesk.ui.advice_words import problem_text
from musicdesk.ui.believed_view import BelievedView
from musicdesk.ui.examples_view import ExamplesView
from musicdesk.ui.library_controller import LibraryController
from musicdesk.ui.look_picker import LookPicker
from musicdesk.ui.merge_view import MergeView
from musicdesk.ui.prototype_menu import PrototypeMenu
from musicdesk.ui.ranking_controller import RankingController
from musicdesk.ui.split_view import SplitView
from musicdesk.ui.tasks import Tasks
from musicdesk.ui.workspace import Workspace

if TYPE_CHECKING:
    from musicdesk.ui.question import Question

WHICH = "Press 1 to 9 first, to say which prototype is meant."
ALONE = "There is only this one prototype; add another before you merge."


class ShapingController(QObject):
    """Every edit is one step of the desk, made off the window's thread; what was wrong is a sentence in its place."""

    play_asked = Signal(Track, object)
    """A track, and from where in seconds; None for its most typical place."""

    def __init__(
        self, desk: Desk, *, tasks: Tasks, window: Workspace, library: LibraryController, ranking: RankingController
    ) -> None:
        super().__init__(window)
        self._desk, self._tasks, self._window = desk, tasks, window
        self._library, self._ranking, self._panel = library, ranking, window.taste
        self._wanted, self._focus = "", False
        """Which prototype shall be seen when the taste has come, and whether the keyboard goes there."""
        self._place = -1
        """Or which place of the panel."""
        self.excerpts: dict[str, tuple[Excerpt, ...]] = {}
        self._connect()

    def _connect(self) -> None:
        panel, actions = self._panel, self._window.actions_
        panel.menu_asked.connect(self.menu)
        panel.tracks_dropped.connect(self.add_tracks)
        panel.believe_asked.connect(self.ask_believed)
        panel.all_toggled.connect(lambda on: self._desk.set(all_prototypes=on))
        self._ranking.listed.connect(self._arrived)
        for verb in ("rename", "look", "examples", "lock", "split", "merge"):
            actions.on(verb, partial(self._about_focused, verb))
        actions.on("remove_prototype", partial(self._about_focused, "remove"))
        actions.on("prototype_from", lambda: self.add_tracks(tuple(self._library.targets())))

    # ------------------------------------------------------------------ which one

    @property
    def taste(self) -> Taste | None:
        """The taste as it is shown."""
        return self._ranking.taste

    def _prototype(self, identity: str) -> Prototype | None:
        taste = self.taste
        return next((p for p in taste.prototypes if p.id == identity), None) if taste is not None else None

    def _about_focused(self, verb: str) -> None:
        prototype = self._prototype(self._panel.focused())
        if prototype is None:
            self._window.notice.say(WHICH, brief=True)
        else:
            self.do(verb, prototype)

    def menu(self, identity: str, place: QPoint) -> None:
        """The menu of a card."""
        prototype, taste = self._prototype(identity), self.taste
        if prototype is None or taste is None:
            return
        menu = PrototypeMenu(prototype, alone=len(taste.prototypes) == 1, parent=self._window)
        menu.asked.connect(lambda verb: self.do(verb, prototype))
        menu.popup(place)

    def do(self, verb: str, prototype: Prototype) -> None:
        """Do what the menu or a key asks of a prototype."""
        self._panel.settle()
        said, identity = self._desk.recommending, prototype.id
        does: dict[str, Callable[[], object]] = {
            "rename": lambda: self._rename(identity),
            "look": lambda: self._ask_look(prototype),
            "examples": lambda: self._show_examples(prototype),
            "mute": lambda: self._edit(lambda: said.mute(identity, not prototype.muted)),
            "solo": lambda: self._edit(lambda: said.solo(identity, not prototype.solo)),
            "lock": lambda: self._edit(lambda: said.lock(identity, not prototype.locked)),
            "believe": lambda: self._edit(lambda: said.set_gain(identity, prototype.found)),
            "like_it": lambda: self.add_tracks(self._tracks(prototype.exemplars), focus=True),
            "split": lambda: self._ask_split(prototype),
            "merge": lambda: self._ask_merge(prototype),
            "remove": lambda: self.remove(prototype),
        }
        does[verb]()

    def _edit(self, change: Callable[[], object]) -> None:
        self._tasks.write(change, failed=self._refused)

    def _refused(self, sentence: str) -> None:
        self._tell(sentence)
        self._ranking.refresh()

    def _tell(self, sentence: str) -> None:
        self._window.notice.say(problem_text(sentence))

    def _rename(self, identity: str) -> None:
        card = self._panel.card_of(identity)
        if card is not None:
            card.name.begin()

    def _tracks(self, hashes: Sequence[str]) -> tuple[Track, ...]:
        found = (self._library.of_hash(audio_hash) for audio_hash in hashes)
        return tuple(track for track in found if track is not None)

    # ------------------------------------------------------------------ what is done

    def _ask_look(self, prototype: Prototype) -> None:
        taste = self.taste
        taken = {p.slot: p.name for p in taste.prototypes if p.id != prototype.id} if taste is not None else {}
        dialog = LookPicker(prototype.name, prototype.slot, taken, self._window)
        dialog.chosen.connect(lambda slot: self._edit(lambda: self._desk.shaping.recolour(prototype.id, slot)))
        dialog.open()

    def _ask_split(self, prototype: Prototype) -> None:
        self._tasks.read(
            lambda: self._desk.shaping.pieces(prototype.id), lambda pieces: self._show_pieces(prototype, pieces),
            failed=self._tell, key="pieces",
        )  # fmt: skip

    def _show_pieces(self, prototype: Prototype, pieces: Sequence[Prototype]) -> None:
        dialog = SplitView(prototype.name, pieces, self._library.of_hash, self._window)
        dialog.split_asked.connect(lambda: self._shape(lambda: self._desk.shaping.split(prototype.id), focus=True))
        self._let_play(dialog)
        dialog.open()

    def _ask_merge(self, prototype: Prototype) -> None:
        taste = self.taste
        if taste is None or len(taste.prototypes) == 1:
            self._window.notice.say(ALONE, brief=True)
            return
        dialog = MergeView(prototype, taste, self._library.of_hash, self._window)
        dialog.merge_asked.connect(self.merge)
        self._let_play(dialog)
        dialog.open()

    def merge(self, identities: Sequence[str], name: str = "") -> None:
        """Make one prototype of several."""
        self._shape(lambda: self._desk.shaping.merge(identities, name=name), focus=True)

    def remove(self, prototype: Prototype) -> None:
        """Take it out; a sentence offers it back."""
        ids = [card.reference for card in self._panel.cards]
        self._place = ids.index(prototype.id) if prototype.id in ids and self._panel.focused() else -1
        self._tasks.write(
            lambda: self._desk.shaping.remove(prototype.id),
            lambda _: self._say(f"“{prototype.name}” is out of your taste."), failed=self._refused,
        )  # fmt: skip

    def add_tracks(self, tracks: Sequence[Track], *, focus: bool = False) -> None:
        """Make a prototype from these tracks."""
        if tracks:
            self._shape(lambda: self._desk.shaping.add(tracks=tracks), focus=focus)

    def _shape(self, change: Callable[[], Taste], *, focus: bool) -> None:
        """A step that may bring prototypes: the first new one is brought into view."""
        before = self.taste
        self._tasks.write(change, lambda after: self.seek(before, after, focus=focus), failed=self._refused)

    def seek(self, before: Taste | None, after: Taste, *, focus: bool) -> None:
        """See to it that what a step has brought is seen, and say what it is."""
        old = {p.id: p for p in before.prototypes} if before is not None else {}
        new = [p for p in after.prototypes if p.id not in old]
        changed = [p for p in after.prototypes if p.id in old and p.tracks != old[p.id].tracks]
        if found := new or changed:
            self._wanted, self._focus = found[0].id, focus
        gone = old.keys() - {p.id for p in after.prototypes}
        if new:
            names = " and ".join(f"“{p.name}”" for p in new)
            self._say(f"New in your taste: {names}.")
        elif gone and changed:
            self._say(f"{len(gone) + 1} prototypes are one now: “{changed[0].name}”.")
        self._arrived()

    def _say(self, sentence: str) -> None:
        undo = self._window.actions_["undo"].trigger
        self._window.notice.say(sentence, button="Undo", do=undo, brief=True)

    # ------------------------------------------------------------------ examples

    def _show_examples(self, prototype: Prototype) -> None:
        dialog = ExamplesView(self._library.of_hash, self._window)
        shaping, identity = self._desk.shaping, prototype.id
        dialog.pinned.connect(lambda h, on: self._change(dialog, lambda: shaping.pin(identity, h, on)))
        dialog.refused.connect(lambda h, on: self._change(dialog, lambda: shaping.refuse(identity, h, on)))
        dialog.more_asked.connect(
            lambda h: self._change(dialog, lambda: shaping.add(tracks=self._tracks((h,))), brings=True)
        )
        follow = partial(self._follow, dialog, identity)
        self._ranking.listed.connect(follow)
        dialog.finished.connect(lambda _: self._ranking.listed.disconnect(follow))
        dialog.set_prototype(prototype, self.excerpts.get(identity, ()))
        self._let_play(dialog)
        dialog.open()

    def _change(self, dialog: ExamplesView, change: Callable[[], Taste], *, brings: bool = False) -> None:
        before = self.taste
        dialog.say("")
        done = (lambda after: self.seek(before, after, focus=False)) if brings else None
        self._tasks.write(change, done, failed=lambda sentence: dialog.say(problem_text(sentence)))

    def _follow(self, dialog: ExamplesView, identity: str) -> None:
        prototype = self._prototype(identity)
        if prototype is None:
            dialog.reject()
        elif prototype != dialog.prototype:
            dialog.set_prototype(prototype, self.excerpts.get(identity, ()))

    def _let_play(self, dialog: "Question") -> None:
        assert isinstance(dialog, ExamplesView | SplitView | MergeView)
        dialog.play_asked.connect(self._play)
        self._panel.playing.connect(dialog.set_playing)

    def _play(self, audio_hash: str, start_s: float | None) -> None:
        track = self._library.of_hash(audio_hash)
        if track is not None:
            self.play_asked.emit(track, start_s)

    # ------------------------------------------------------------------ what musicdesk believes

    def ask_believed(self) -> None:
        """Show what would change, then ask."""
        self._tasks.read(self._believed, self._show_believed, failed=self._tell, key="believed")

    def _believed(self) -> tuple[Sequence[GainChange], str]:
        return self._desk.shaping.believed(), self._desk.believing.doubt

    def _show_believed(self, told: tuple[Sequence[GainChange], str]) -> None:
        changes, doubt = told
        dialog = BelievedView(changes, self._window, doubt=doubt)
        dialog.agreed.connect(lambda: self._edit(self._desk.shaping.believe))
        dialog.open()

    # ------------------------------------------------------------------ when the taste has come

    def _arrived(self) -> None:
        taste = self.taste
        if taste is None:
            return
        if self._wanted and self._prototype(self._wanted) is not None:
            self._panel.reveal(self._wanted)
            if self._focus:
                self._panel.focus_named(self._wanted)
            self._wanted = ""
        elif self._place >= 0:
            self._panel.focus_channel(min(self._place, len(self._panel.channels) - 1))
            self._place = -1
        self._find_excerpts(taste)

    def _find_excerpts(self, taste: Taste) -> None:
        ids = [p.id for p in taste.prototypes]
        self._tasks.read(
            lambda: {identity: self._desk.evidence.excerpts(identity) for identity in ids}, self._show_excerpts,
            failed=lambda _: None, key="excerpts",
        )  # fmt: skip

    def _show_excerpts(self, excerpts: dict[str, tuple[Excerpt, ...]]) -> None:
        self.excerpts = excerpts
        self._panel.set_excerpts(excerpts)
