"""Playlists: kept here, written for other players, read back."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog

from musicdesk.desk.curating import ExportReport, ImportReport, SavedPlaylist
from musicdesk.desk.desk import Desk
from musicdesk.errors import NothingYet
from musicdesk.records import Track, printable
from musicdesk.ui.empty_states import State
from musicdesk.ui.export_dialog import Export, ExportDialog
from musicdesk.ui.found_words import short
from musicdesk.ui.library_controller import LibraryController
from musicdesk.ui.question import ask_name
from musicdesk.ui.tasks import Tasks
from musicdesk.ui.workspace import TAB_PLAYLISTS, Workspace

KINDS = "Playlists (*.m3u8 *.m3u *.xspf *.jspf *.pls);;All files (*)"
FIRST = "My playlist"


class CuratingController(QObject):
    """The Playlists page, export and import."""

    added = Signal(object)
    """Tracks that were put into a playlist."""

    def __init__(self, desk: Desk, *, tasks: Tasks, window: Workspace, library: LibraryController) -> None:
        super().__init__(window)
        self._desk, self._tasks, self._window, self._library = desk, tasks, window, library
        self.playlists: tuple[SavedPlaylist, ...] = ()
        self._wanted = ""
        page = window.playlists
        page.chosen.connect(self.choose)
        page.rename_asked.connect(self._ask_name)
        page.delete_asked.connect(self.delete)
        window.library.playlist_chosen.connect(self._open)
        library.loaded.connect(self._show)
        for name, do in (("export", self.ask_export), ("import", self._ask_import), ("add_to_playlist", self.ask_add)):
            window.actions_.on(name, do)

    # ------------------------------------------------------------------ the page

    def refresh(self) -> None:
        """Look at the saved playlists again."""
        self._tasks.read(self._desk.curating.playlists, self._loaded, key="playlists")

    def _loaded(self, playlists: tuple[SavedPlaylist, ...]) -> None:
        self.playlists = playlists
        self._show()

    def _show(self) -> None:
        page, names = self._window.playlists, [kept.name for kept in self.playlists]
        self._window.library.set_playlists([(kept.name, len(kept.track_ids)) for kept in self.playlists])
        now = self._wanted if self._wanted in names else page.name if page.name in names else "".join(names[:1])
        page.set_names(names, now)
        shown = self._named(now)
        if shown is None:
            page.show_state(State.NO_PLAYLIST)
            page.set_note("")
            return
        catalogue = self._library.catalogue
        rows = catalogue.rows_of(shown.track_ids)
        page.model.show(catalogue, rows)
        away = len(shown.track_ids) - len(rows)
        page.set_note(" · ".join(filter(None, (
            f"{len(rows):,} track{'s' * (len(rows) != 1)}", f"{away:,} not on the disk now" if away else "", shown.note,
        ))))  # fmt: skip
        if len(rows):
            page.show_table()
        else:
            page.show_state(State.EMPTY_PLAYLIST)

    def _named(self, name: str) -> SavedPlaylist | None:
        return next((kept for kept in self.playlists if kept.name == name), None)

    def choose(self, name: str) -> None:
        """Show this playlist."""
        self._wanted = name
        self._show()

    def _open(self, name: str) -> None:
        self.choose(name)
        self._window.show_tab(TAB_PLAYLISTS)

    # ------------------------------------------------------------------ keep

    def ask_add(self) -> None:
        """Ask which playlist the chosen tracks shall go to."""
        self.ask_add_of(self._library.targets())

    def ask_add_of(self, tracks: Sequence[Track], *, name: str = FIRST) -> None:
        """Ask which playlist these tracks shall go to; ``name`` is offered for a new one."""
        if not tracks:
            return
        names = [kept.name for kept in self.playlists]
        names = [name, *names] if name != FIRST and name not in names else names or [FIRST]
        dialog = ask_name("Add to playlist", "Which one? A new name makes a new playlist.", self._window, names=names)
        dialog.textValueSelected.connect(lambda name: self.add(name, tracks))

    def add(self, name: str, tracks: Sequence[Track]) -> None:
        """Put tracks at the end of a playlist, new or old."""
        kept = self._named(name.strip())
        before = self._library.of_ids(kept.track_ids) if kept else ()
        self._wanted = name.strip()
        self.added.emit(tracks)
        self._keep(name, (*before, *tracks), note=kept.note if kept else "")
        what = tracks[0].title if len(tracks) == 1 else f"{len(tracks)} tracks"
        undo = (lambda: self._keep(name, before, note=kept.note)) if kept else (lambda: self._drop(name.strip()))
        self._window.notice.say(f"{what} → {name.strip()}", button="Undo", do=undo, brief=True)

    def _keep(self, name: str, tracks: Sequence[Track], *, note: str) -> None:
        self._tasks.write(lambda: self._desk.curating.save(name, tracks, note=note))

    def _drop(self, name: str) -> None:
        self._tasks.write(lambda: self._desk.curating.delete(name))

    def delete(self, name: str) -> None:
        """Delete a playlist; a sentence offers it back."""
        kept = self._named(name)
        if kept is None:
            return
        tracks = self._library.of_ids(kept.track_ids)
        self._drop(name)
        self._window.notice.say(
            f"{name} is deleted.", button="Undo", do=lambda: self._keep(name, tracks, note=kept.note), brief=True
        )

    def _ask_name(self, old: str) -> None:
        dialog = ask_name("Rename playlist", "Its new name", self._window, old=old)
        dialog.textValueSelected.connect(lambda new: self._rename(old, new))

    def _rename(self, old: str, new: str) -> None:
        if new.strip() and new.strip() != old:
            self._wanted = new.strip()
            self._tasks.write(lambda: self._desk.curating.rename(old, new))

    # ------------------------------------------------------------------ out and in

    def ask_export(self) -> None:
        """Ask where the list that is shown shall go."""
        self._window.taste.settle()
        window, page = self._window, self._window.page
        tracks, query = page.view.tracks(), window.search.text().strip()
        if not tracks:
            window.notice.say("There is no list to export yet.", brief=True)
            return
        if page is window.found:
            self.ask_export_of(short(query), tracks, chosen=page.view.selection(), note=f"Found by: {query}")
            return
        name = {window.playlists: window.playlists.name, window.all_tracks: "Library"}.get(page, "For you")
        self.ask_export_of(name, tracks, chosen=page.view.selection())

    def ask_export_of(
        self, name: str, tracks: Sequence[Track], *, chosen: Sequence[Track] = (), note: str = ""
    ) -> None:
        """Ask where these tracks shall go; without a ``note`` the recipe of the taste goes with them."""
        dialog = ExportDialog(name, tracks, chosen, self._window)
        dialog.asked.connect(lambda wanted: self.export(wanted, note=note))
        dialog.open()

    def export(self, wanted: Export, *, note: str = "") -> None:
        """Write it."""

        def work() -> ExportReport:
            return self._desk.curating.export(
                wanted.path, wanted.tracks, name=wanted.name, relative=wanted.relative, note=note or self._recipe()
            )

        self._tasks.write(work, self._exported)

    def _recipe(self) -> str:
        try:
            return self._desk.recommending.recipe()
        except NothingYet:
            return ""

    def _exported(self, report: ExportReport) -> None:
        away = f"; {len(report.missing):,} are not on the disk now and were left out" if report.missing else ""
        self._window.notice.say(f"{report.written:,} tracks written to {printable(str(report.path))}{away}.")

    def _ask_import(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self._window, "Which playlist?", "", KINDS)
        if name:
            self.import_(Path(name))

    def import_(self, path: Path) -> None:
        """Read a playlist file and keep what is found here."""

        def work() -> ImportReport:
            report = self._desk.curating.read(path)
            if report.matched:
                self._desk.curating.save(report.name or path.stem, report.matched)
            return report

        self._tasks.write(work, self._imported)

    def _imported(self, report: ImportReport) -> None:
        whole = len(report.matched) + len(report.unmatched)
        if not report.matched:
            self._window.notice.say(f"None of its {whole:,} tracks are in your library.")
            return
        self._wanted = report.name
        self._window.show_tab(TAB_PLAYLISTS)
        away = f"; {len(report.unmatched):,} are not in your library" if report.unmatched else ""
        self._window.notice.say(f"{len(report.matched):,} of {whole:,} tracks found{away}.")
