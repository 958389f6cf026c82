"""What is kept of searches: under a name in the left panel, as a playlist, as a prototype of the taste, in a file."""

from collections.abc import Sequence

from PySide6.QtCore import QObject

from musicdesk.desk.desk import Desk
from musicdesk.records import Track
from musicdesk.records.searching import SavedSearch
from musicdesk.ui.curating_controller import CuratingController
from musicdesk.ui.found_words import in_the_window, short
from musicdesk.ui.question import ask_name
from musicdesk.ui.search_controller import LANE, WHOLE, SearchController
from musicdesk.ui.tasks import Tasks
from musicdesk.ui.workspace import Workspace


class SearchSaving(QObject):
    """Saved searches, and the buttons below what was found."""

    def __init__(
        self, desk: Desk, *, tasks: Tasks, window: Workspace, search: SearchController, curating: CuratingController
    ) -> None:
        super().__init__(window)
        self._desk, self._tasks, self._window = desk, tasks, window
        self._search, self._curating = search, curating
        self.saved: tuple[SavedSearch, ...] = ()
        page, side = window.found, window.library
        page.save_asked.connect(self.ask_save)
        page.prototype_asked.connect(self.make_prototype)
        page.playlist_asked.connect(self._to_playlist)
        page.export_asked.connect(window.actions_["export"].trigger)
        side.search_chosen.connect(self.open)
        side.searches.play_asked.connect(lambda name: self.open(name, play=True))
        side.search_rename_asked.connect(self._ask_name)
        side.search_delete_asked.connect(self.delete)
        side.search_export_asked.connect(self._export)
        window.actions_.on("save_search", self.ask_save)
        search.opened.connect(lambda _: self._mark())

    # ------------------------------------------------------------------ kept under a name

    def refresh(self) -> None:
        """Look at the saved searches again."""
        self._tasks.read(self._desk.searching.all, self._show, key="searches")

    def _show(self, saved: Sequence[SavedSearch]) -> None:
        self.saved = tuple(saved)
        self._window.library.set_searches([(kept.name, kept.query) for kept in saved])
        self._mark()

    def _mark(self) -> None:
        """The saved search that is looked at is chosen in the panel."""
        kept = self._by_query(self._search.query)
        self._window.library.choose_search(kept.name if kept else "")

    def _by_query(self, query: str) -> SavedSearch | None:
        return next((kept for kept in self.saved if kept.query == query), None)

    def _named(self, name: str) -> SavedSearch | None:
        return next((kept for kept in self.saved if kept.name.casefold() == name.strip().casefold()), None)

    def open(self, name: str, *, play: bool = False) -> None:
        """Find anew what a saved search asks for, and ``play`` it."""
        kept = self._named(name)
        if kept is not None:
            self._search.find(kept.query, play=play)

    def ask_save(self) -> None:
        """Ask for a name for the search."""
        query = self._search.query
        if not query:
            self._window.notice.say("Type what to search for first; then it can be kept.", brief=True)
            return
        kept = self._by_query(query)
        dialog = ask_name(
            "Save search", "Its name; it finds itself anew whenever you look at it.", self._window,
            old=kept.name if kept else short(query),
        )  # fmt: skip
        dialog.textValueSelected.connect(lambda name: self.save(name, query))

    def save(self, name: str, query: str) -> None:
        """Keep a search, in place of one of that name."""
        before = self._named(name)

        def done(kept: SavedSearch) -> None:
            undo = (lambda: self._keep(before)) if before else (lambda: self._drop(kept.name))
            self._window.notice.say(f"Kept as “{kept.name}”.", button="Undo", do=undo, brief=True)

        self._tasks.write(lambda: self._desk.searching.save(name, query), done)

    def _keep(self, kept: SavedSearch) -> None:
        self._tasks.write(lambda: self._desk.searching.save(kept.name, kept.query))

    def _drop(self, name: str) -> None:
        self._tasks.write(lambda: self._desk.searching.delete(name))

    def delete(self, name: str) -> None:
        """Delete a saved search; a sentence offers it back."""

        def done(gone: SavedSearch) -> None:
            self._window.notice.say(
                f"The search “{gone.name}” is deleted.", button="Undo", do=lambda: self._keep(gone), brief=True
            )

        self._tasks.write(lambda: self._desk.searching.delete(name), done)

    def _ask_name(self, old: str) -> None:
        dialog = ask_name("Rename search", "Its new name", self._window, old=old)
        dialog.textValueSelected.connect(lambda new: self._rename(old, new))

    def _rename(self, old: str, new: str) -> None:
        if new.strip() and new.strip() != old:
            self._tasks.write(lambda: self._desk.searching.rename(old, new))

    # ------------------------------------------------------------------ out

    def _export(self, name: str) -> None:
        """Write what a saved search finds now."""
        kept = self._named(name)
        if kept is not None:
            self._tasks.run(
                lambda _: self._desk.searching.tracks_of(name, limit=WHOLE),
                lambda tracks: self._exports(kept, tracks), lane=LANE,
            )  # fmt: skip

    def _exports(self, kept: SavedSearch, tracks: Sequence[Track]) -> None:
        if tracks:
            self._curating.ask_export_of(kept.name, tracks, note=f"Found by: {kept.query}")
        else:
            self._window.notice.say(f"“{kept.name}” finds nothing now.", brief=True)

    def _to_playlist(self) -> None:
        """All that was found, or those that are chosen where several are."""
        view = self._window.found.view
        chosen = view.selection()
        self._curating.ask_add_of(chosen if len(chosen) > 1 else view.tracks(), name=short(self._search.query))

    def make_prototype(self) -> None:
        """A slider of the taste from the words."""
        query = self._search.query
        if query:
            self._tasks.write(
                lambda: self._make(query), self._made,
                failed=lambda sentence: self._window.notice.say(in_the_window(sentence)),
            )  # fmt: skip

    def _make(self, query: str) -> str:
        known = {prototype.id for prototype in self._desk.recommending.taste().prototypes}
        after = self._desk.searching.prototype(query, name=short(query))
        return next((prototype.name for prototype in after.prototypes if prototype.id not in known), short(query))

    def _made(self, name: str) -> None:
        undo = self._window.actions_["undo"].trigger
        self._window.notice.say(f"New in your taste: “{name}”.", button="Undo", do=undo, brief=True)
