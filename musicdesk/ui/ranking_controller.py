"""The list that follows the taste: rank, re-rank while a slider moves, undo."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from musicdesk.desk.desk import Desk
from musicdesk.errors import NothingYet
from musicdesk.records import ADVISOR, Advisor, History, Prototype, Query, Radar, Ranking, Taste, Track
from musicdesk.ui.empty_states import State
from musicdesk.ui.library_controller import LibraryController
from musicdesk.ui.pages import left_out
from musicdesk.ui.tasks import Tasks
from musicdesk.ui.taste_words import SILENT, is_silent
from musicdesk.ui.workspace import TAB_FOR_YOU, Workspace

if TYPE_CHECKING:
    from musicdesk.desk.live import Live

PICKS = 200
SOON_MS = 20
GROWING_MS = 3000
"""While the analysis runs the list is made anew no oftener than this."""
HINT = "Press L, or click ♥, on tracks that you love: the list and the sliders become yours."


class Arrows(Enum):
    """From where the arrows of the next list count."""

    ANEW = auto()
    """From the list as it stands."""
    KEPT = auto()
    """From where they counted: the list is the one that the slider has shown."""
    NONE = auto()


@dataclass(frozen=True)
class Listed:
    """One answer of the desk."""

    taste: Taste
    ranking: Ranking
    radar: Radar
    history: History
    exemplars: Mapping[str, Track]


class RankingController(QObject):
    """Keeps list and taste panel together."""

    listed = Signal()
    """A list stands that follows from the taste as it is kept."""
    slid = Signal(object)
    """A ranking, while a slider is in the hand."""

    def __init__(self, desk: Desk, *, tasks: Tasks, window: Workspace, library: LibraryController) -> None:
        super().__init__(window)
        self._desk, self._tasks, self._window, self._library = desk, tasks, window, library
        self.taste: Taste | None = None
        self.seed: Track | None = None
        self.working = False
        """Whether an analysis is under way; the indexing says so."""
        self._steered, self._greeted = False, False
        self._first = ""
        """The sound that was chosen because it was the first, not by a hand."""
        self._live: Live | None = None
        self._held, self._gain = "", 0.0
        self._arrows = Arrows.ANEW
        self._soon = QTimer(self, singleShot=True, interval=SOON_MS)
        self._soon.timeout.connect(self._fetch)
        self._growing = QTimer(self, singleShot=True, interval=GROWING_MS)
        self._growing.timeout.connect(self._fetch)
        self._tick = QTimer(self, singleShot=True, interval=0)
        self._tick.timeout.connect(self._move)
        self._connect()

    def _connect(self) -> None:
        panel, why, window = self._window.taste, self._window.why, self._window
        panel.gain_moving.connect(self.moving)
        panel.gain_set.connect(self.set_gain)
        panel.mute_toggled.connect(lambda i, on: self._edit(lambda: self._desk.recommending.mute(i, on)))
        panel.solo_toggled.connect(lambda i, on: self._edit(lambda: self._desk.recommending.solo(i, on)))
        panel.lock_toggled.connect(lambda i, on: self._edit(lambda: self._desk.recommending.lock(i, on)))
        panel.renamed.connect(lambda i, name: self._edit(lambda: self._desk.recommending.rename(i, name)))
        panel.variety_moving.connect(self._vary)
        panel.variety_set.connect(self._set_variety)
        panel.reset_asked.connect(lambda: self._edit(self._desk.recommending.reset))
        why.gain_moving.connect(lambda name, gain: self.moving(self.reference_of(name), gain))
        why.gain_set.connect(lambda name, gain: self.set_gain(self.reference_of(name), gain))
        why.part_clicked.connect(panel.focus_slot)
        window.for_you.seed_left.connect(self.leave_seed)
        self._library.loaded.connect(self.face)
        for name, do in (
            ("undo", self.undo), ("redo", self.redo), ("more_like", self.more_like),
            ("mute", lambda: self._toggle("muted")), ("solo", lambda: self._toggle("solo")),
        ):  # fmt: skip
            window.actions_.on(name, do)

    # ------------------------------------------------------------------ the list

    @property
    def sliding(self) -> bool:
        """Whether a slider is in the hand."""
        return bool(self._held)

    @property
    def query(self) -> Query:
        """What the list must keep to."""
        return Query(limit=PICKS, seed=self.seed.audio_hash if self.seed else "")

    def refresh(self) -> None:
        """Make the list anew, soon: taste or feedback have changed."""
        self._soon.start()

    def grow(self) -> None:
        """Make the list anew in a while: the analysis goes on."""
        self._arrows = Arrows.NONE
        if not self._growing.isActive():
            self._growing.start()

    def _fetch(self) -> None:
        self._tasks.read(self._look, self._show, failed=self._cannot, key="rank")

    def _look(self) -> Listed | None:
        desk, query, alone = self._desk.recommending, self.query, self.seed is not None and not self._steered
        try:
            taste = desk.taste()
            ranking = desk.similar(self.seed, limit=PICKS) if alone and self.seed else desk.rank(query)
            exemplars = desk.by_hash(h for p in taste.prototypes for h in p.exemplars)
            return Listed(taste, ranking, desk.radar(ranking), desk.history(), exemplars)
        except NothingYet:
            return None

    def _show(self, listed: Listed | None) -> None:
        self._live = None
        panel = self._window.taste
        if listed is None:
            self.taste = None
            panel.set_taste(None)
            self._tasks.read(self._desk.recommending.history, lambda h: self._window.set_history(h.undo, h.redo))
            self.face()
            return
        self.taste = listed.taste
        panel.set_taste(listed.taste)
        self._window.why.set_taste(listed.taste)
        panel.set_exemplars(listed.exemplars)
        panel.set_radar(listed.radar)
        self._window.set_history(listed.history.undo, listed.history.redo)
        if self._held:
            self._take_hold()
            return
        model = self._window.for_you.model
        if self._arrows is not Arrows.KEPT and listed.ranking.hashes != model.ranking.hashes:
            model.mark() if self._arrows is Arrows.ANEW else model.unmark()
        view = self._window.for_you.view
        row = view.currentIndex().row()
        self._show_ranking(listed.ranking)
        current = view.current()
        if self.working and current is not None and current.audio_hash == self._first:
            view.choose_row(0)
            self._first = listed.ranking.hashes[0]
        elif row >= 0 and not view.currentIndex().isValid() and len(listed.ranking):
            view.choose_row(min(row, len(listed.ranking) - 1))
        self._arrows = Arrows.ANEW
        self.face()
        self._choose_first()
        self.listed.emit()

    def _show_ranking(self, ranking: Ranking) -> None:
        self._window.for_you.model.show(ranking)
        self._window.taste.set_ranking(ranking)

    def _cannot(self, sentence: str) -> None:
        if self.seed is not None:
            self.leave_seed()
        self._window.notice.say(sentence)

    def _choose_first(self) -> None:
        view = self._window.for_you.view
        if self._greeted or not view.table.rowCount():
            return
        self._greeted = True
        if not view.currentIndex().isValid():
            view.choose_row(0)
            self._first = self._window.for_you.model.ranking.hashes[0]
        if self._window.tabs.currentIndex() == TAB_FOR_YOU and not self._window.search.hasFocus():
            view.setFocus()

    # ------------------------------------------------------------------ a slider in the hand

    def moving(self, reference: str, gain: float) -> None:
        """The slider of a prototype (its id) or an advisor moves: the list follows at once."""
        if not reference:
            return
        self._gain = gain
        if self._held != reference:
            self._held = reference
            self._steered = self.seed is not None
            self._window.for_you.model.mark()
            self._take_hold()
        elif self._live is not None:
            self._tick.start()

    def _take_hold(self) -> None:
        self._live = None
        held, query, taste = self._held, self.query, self.taste
        self._tasks.read(
            lambda: self._desk.recommending.live(held, query, taste=taste), self._hold, failed=self._let_go, key="live"
        )

    def _hold(self, live: "Live") -> None:
        if self._held:
            self._live = live
            self._move()

    def _let_go(self, _: str) -> None:
        self._held = ""

    def _move(self) -> None:
        if self._live is not None and self._held:
            ranking = self._live.move(self._gain)
            self._show_ranking(ranking)
            self.slid.emit(ranking)
            self._say_seed()

    def set_gain(self, reference: str, gain: float) -> None:
        """A slider rests: one undo step, if it is not where it was."""
        self._tick.stop()
        self._tasks.forget("live")
        self._held = ""
        before = self._part(reference)
        if before is None:
            return
        self._arrows = Arrows.KEPT
        if before.gain == gain:
            self.refresh()
        else:
            self._edit(lambda: self._desk.recommending.set_gain(reference, gain))

    def _vary(self, variety: float) -> None:
        taste = self.taste
        if taste is not None:
            trial, query = replace(taste, variety=variety), self.query
            self._tasks.read(lambda: self._desk.recommending.rank(query, taste=trial), self._show_ranking, key="rank")

    def _set_variety(self, variety: float) -> None:
        if self.taste is not None and self.taste.variety != variety:
            self._edit(lambda: self._desk.recommending.set_variety(variety))

    def _edit(self, change: Callable[[], object]) -> None:
        self._tasks.write(change, failed=self._refused)

    def _refused(self, sentence: str) -> None:
        self._window.notice.say(sentence)
        self.refresh()

    def _toggle(self, what: str) -> None:
        reference = self._window.taste.focused()
        part = self._part(reference)
        if part is None:
            self._window.notice.say("Press 1 to 9 first, to say which slider is meant.", brief=True)
        elif what == "solo" and isinstance(part, Advisor):
            self._window.notice.say("Only prototypes can be on solo; M mutes a recommender.", brief=True)
        else:
            verb = self._desk.recommending.mute if what == "muted" else self._desk.recommending.solo
            self._edit(lambda: verb(reference, not getattr(part, what)))

    def _part(self, reference: str) -> Prototype | Advisor | None:
        """Whose slider it is; None for nobody's."""
        if self.taste is None or not reference:
            return None
        return (self.taste.advisor if reference.startswith(ADVISOR) else self.taste.prototype)(reference)

    def reference_of(self, name: str) -> str:
        """What the desk knows the slider of a part by, from its name ("" for none)."""
        if self.taste is None:
            return ""
        own = next((p.id for p in self.taste.prototypes if p.name == name), "")
        return own or next((ADVISOR + a.name for a in self.taste.advisors if a.name == name), "")

    # ------------------------------------------------------------------ undo

    def undo(self) -> None:
        """Take the last step back."""
        self._window.taste.settle()
        self._edit(self._desk.recommending.undo)

    def redo(self) -> None:
        """Make it again."""
        self._window.taste.settle()
        self._edit(self._desk.recommending.redo)

    # ------------------------------------------------------------------ like this one

    def more_like(self) -> None:
        """Rank by likeness to the chosen track."""
        tracks = self._library.targets()
        if tracks:
            self.seed, self._steered, self._arrows = tracks[0], False, Arrows.NONE
            self._say_seed()
            self._window.show_tab(TAB_FOR_YOU)
            self._fetch()

    def leave_seed(self) -> bool:
        """Back to the taste alone; False if the list was by it already."""
        if self.seed is None:
            return False
        self.seed, self._arrows = None, Arrows.NONE
        self._say_seed()
        self._fetch()
        return True

    def _say_seed(self) -> None:
        steered = ", steered by your sliders" if self._steered else ""
        self._window.for_you.set_seed(f"Like “{self.seed.label}”{steered}" if self.seed else "")

    # ------------------------------------------------------------------ faces

    def face(self) -> None:
        """The list, or why there is none."""
        page, known = self._window.for_you, self._library.known
        unheard = self.taste and not self.taste.liked and not self.seed
        page.set_hint(HINT if unheard else left_out(page.model.ranking))
        if self.taste is not None and page.model.rowCount():
            page.show_table()
        else:
            page.show_state(self._state(), sentence="")
        silent = self.taste is not None and is_silent(self.taste) and self.seed is None
        if silent:
            page.notice.say(SILENT, button="Reset the taste", do=self._window.taste.reset_asked.emit, fixed=True)
        else:
            page.notice.hide()
        if known is not None and not known.sources:
            page.show_state(State.NO_FOLDER)

    def _state(self) -> State:
        known = self._library.known
        if known is None:
            return State.OPENING
        if not known.sources:
            return State.NO_FOLDER
        if self.working:
            return State.ANALYSING
        if not len(known.catalogue):
            return State.NO_TRACKS
        return State.NOT_ANALYSED if self.taste is None else State.NOTHING_LEFT
