"""The search box and the page of what it found.

At every key the exact hits are asked for, on the lane of reads; when typing rests the whole answer, in a lane of its
own, for the first one loads what reads sentences. Of each one is asked at a time, and what is typed meanwhile next, so
the list never falls behind the hand.
"""

from dataclasses import dataclass

from PySide6.QtCore import QObject, QTimer, Signal

from musicdesk.desk.desk import Desk
from musicdesk.errors import UserFacing
from musicdesk.jobs import Job
from musicdesk.records.searching import Found, SearchStatus
from musicdesk.ui.empty_states import State
from musicdesk.ui.found_words import as_typed, in_the_window
from musicdesk.ui.library_controller import LibraryController
from musicdesk.ui.tasks import Tasks
from musicdesk.ui.workspace import TAB_FOR_YOU, TAB_FOUND, Workspace

LANE = "search"
TYPING_MS, ANEW_MS = 200, 400
"""So long typing must rest before the whole answer is asked for; so long the library must be still."""
QUICK, WHOLE = 100, 200
"""How many hits are shown."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What one answer is about."""

    query: str
    limit: int = WHOLE


class SearchController(QObject):
    """Asks, and shows."""

    opened = Signal(str)
    """Another query is in the box."""

    def __init__(self, desk: Desk, *, tasks: Tasks, window: Workspace, library: LibraryController) -> None:
        super().__init__(window)
        self._desk, self._tasks, self._window, self._library = desk, tasks, window, library
        self._page, self._box = window.found, window.search
        self._came_from = TAB_FOR_YOU
        self._limit = WHOLE
        self._asking: Asked | None = None
        """What the whole answer is being made to."""
        self._answered: Asked | None = None
        """What the whole answer that is shown is to."""
        self._quickly, self._again = False, False
        self._to_list = False
        """Whether the keyboard goes to the list as soon as there is one."""
        self._to_play = False
        """Whether the list is played as soon as it is whole."""
        self._loading = self._warming = False
        self.typing = QTimer(self, singleShot=True, interval=TYPING_MS)
        self.typing.timeout.connect(self._ask_whole)
        self._anew = QTimer(self, singleShot=True, interval=ANEW_MS)
        self._anew.timeout.connect(self._ask_anew)
        self._connect()

    def _connect(self) -> None:
        page, box, window = self._page, self._box, self._window
        box.textEdited.connect(self._edited)
        box.textChanged.connect(lambda _: self._changed())
        box.returnPressed.connect(self._entered)
        box.left_down.connect(self._go_to_list)
        box.reached.connect(self._warm)
        box.recent_chosen.connect(self.find)
        page.typed_asked.connect(self._ask_as_typed)
        page.all_asked.connect(self._ask_all)
        window.actions_.on("search", self._focus)
        window.actions_.on("search_again", self._ask_again)
        self._library.loaded.connect(self._face)

    @property
    def query(self) -> str:
        """What is searched for ("" for nothing)."""
        return self._box.text().strip()

    @property
    def busy(self) -> bool:
        """Whether an answer is still to come."""
        return self._quickly or self._asking is not None or self.typing.isActive() or self._anew.isActive()

    # ------------------------------------------------------------------ the box

    def _focus(self) -> None:
        self._box.setFocus()
        self._box.selectAll()

    def _edited(self, text: str) -> None:
        """A hand has typed."""
        if text:
            self._turn()

    def _turn(self) -> None:
        if (here := self._window.tabs.currentIndex()) != TAB_FOUND:
            self._came_from = here
            self._window.tabs.setCurrentIndex(TAB_FOUND)

    def _changed(self) -> None:
        """There is another text, typed or set."""
        self._limit, self._to_list, self._to_play = WHOLE, False, False
        self.opened.emit(self.query)
        if not self.query:
            self.typing.stop()
            self._page.model.show_found(None)
            self._page.found = self._answered = None
            self._face()
            return
        self.typing.start()
        self._ask_quick()

    def _entered(self) -> None:
        """Enter: the whole answer at once, and the keyboard on the list."""
        if self.query:
            self._turn()
            self._ask_whole()
            self._go_to_list()

    def _go_to_list(self) -> None:
        self._to_list = self._window.tabs.currentIndex() == TAB_FOUND
        self._box.remember(self.query)
        if not self._to_list:
            self._window.take_focus()
        elif self._page.state is None:
            self._step_in()

    def _step_in(self) -> None:
        """The keyboard goes to the first row."""
        self._to_list = False
        if not self._page.view.currentIndex().isValid():
            self._page.view.choose_row(0)
        self._page.view.setFocus()

    def find(self, text: str, *, play: bool = False) -> None:
        """Search for a text as if it were typed, and look at what is found, or ``play`` it from the first on."""
        self._turn()
        self._box.setText(text)
        self._box.remember(self.query)
        self._ask_whole()
        self._to_list, self._to_play = True, play

    def leave(self) -> bool:
        """Out of the search and back; False if one is not in it."""
        here = self._window.tabs.currentIndex() == TAB_FOUND
        inside = self._box.hasFocus() or (here and bool(self.query))
        if here:
            self._box.remember(self.query)
            self._box.clear()
            self._window.tabs.setCurrentIndex(self._came_from if inside else self._window.tabs.currentIndex())
        if inside:
            self._window.take_focus()
        return inside

    # ------------------------------------------------------------------ ask

    def _ask_quick(self) -> None:
        if self._quickly:
            self._again = True
            return
        self._quickly, self._again = True, False
        query = self.query
        self._tasks.read(
            lambda: self._desk.searching.quick(query, limit=QUICK), self._show_quick, failed=self._no_quick
        )

    def _show_quick(self, found: Found) -> None:
        self._quickly = False
        if self._again and self.query:
            self._ask_quick()
        if found.query.strip() != self.query or (self._answered and self._answered.query == self.query):
            return
        if found.hits:
            self._page.show_found(found, whole=False)
            if self._to_list:
                self._step_in()
        elif self.query:
            self._page.show_state(State.FOUND_WARMING if self._warming else State.FOUND_LOOKING)

    def _no_quick(self, _: str) -> None:
        """The whole answer will say why."""
        self._quickly = False

    def _ask_whole(self) -> None:
        self.typing.stop()
        wanted = Asked(self.query, self._limit)
        if not wanted.query or self._asking is not None:
            return
        self._asking = wanted

        def work(job: Job) -> tuple[Found, SearchStatus]:
            self._load(job)
            searching = self._desk.searching
            return searching.find(wanted.query, limit=wanted.limit), searching.status()

        self._tasks.run(
            work, lambda told: self._show_whole(wanted, *told), failed=self._failed, stopped=self._ended, lane=LANE,
            told=lambda _: None,
        )  # fmt: skip

    def _show_whole(self, wanted: Asked, found: Found, status: SearchStatus) -> None:
        self._ended()
        if wanted.query != self.query:
            return
        self._answered = wanted
        self._page.set_status(status)
        if found.hits:
            self._page.show_found(found, whole=True)
            if self._to_list:
                self._step_in()
            if self._to_play:
                self._page.view.play_asked.emit(found.hits[0].track)
        else:
            unheard = self._library.known is not None and not self._library.known.coverage.usable
            self._page.show_none(found, State.FOUND_UNHEARD if unheard else State.FOUND_NOTHING)
        self._to_play = False

    def _failed(self, sentence: str) -> None:
        self._ended()
        self._to_play = False
        self._page.show_state(State.FOUND_AGAIN, sentence=in_the_window(sentence))

    def _ended(self) -> None:
        """The lane is free: ask for what was typed meanwhile."""
        asked, self._asking = self._asking, None
        now = Asked(self.query, self._limit)
        if asked is not None and now.query and now != asked and not self.typing.isActive():
            self._ask_whole()

    # ------------------------------------------------------------------ once more

    def refresh(self) -> None:
        """The library, its tags or what is heard of it has changed: what was found is found anew."""
        self._anew.start()

    def _ask_anew(self) -> None:
        if self.query and not self.typing.isActive():
            self._ask_again()

    def _ask_again(self) -> None:
        if self.query:
            self._answered = None
            self._ask_whole()

    def _ask_as_typed(self) -> None:
        if self._page.found is not None:
            self._box.setText(as_typed(self.query, self._page.found.understood))
            self._ask_whole()

    def _ask_all(self) -> None:
        if self._page.found is not None:
            self._limit = self._page.found.exact
            self._ask_whole()

    # ------------------------------------------------------------------ the first time

    def _warm(self) -> None:
        """The keyboard has come to the box: load what the first answer needs, before it is typed."""
        if self._loading or self._asking is not None or not len(self._library.catalogue):
            return
        self._loading = True
        self._tasks.run(
            self._load, lambda _: self._loaded(), failed=lambda _: self._loaded(), stopped=self._loaded, lane=LANE,
            told=lambda _: None,
        )  # fmt: skip

    def _load(self, job: Job) -> None:
        """On the lane of the whole answers."""
        try:
            if not self._desk.searching.status().loaded:
                self._tasks.tell(self._warms, True)
                self._desk.searching.warm(job)
        except UserFacing:
            return  # the answer to a search tells what lacks
        finally:
            self._tasks.tell(self._warms, False)

    def _loaded(self) -> None:
        self._loading = False

    def _warms(self, on: bool) -> None:
        """The first answer needs seconds."""
        self._warming = on
        if on and self._page.state is State.FOUND_LOOKING:
            self._page.show_state(State.FOUND_WARMING)

    # ------------------------------------------------------------------ faces

    def _face(self) -> None:
        """Why nothing is found while nothing is searched."""
        if self.query:
            return
        known = self._library.known
        if known is not None and not known.sources:
            self._page.show_state(State.NO_FOLDER)
        elif known is not None and not len(known.catalogue):
            self._page.show_state(State.NO_TRACKS)
        else:
            self._page.show_state(State.FOUND_ASK)
