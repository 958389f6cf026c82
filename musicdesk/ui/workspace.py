"""What is inside the window: where everything stands. It knows no desk; ``session.Session`` brings it to life."""

import base64
from functools import partial
from pathlib import Path

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QKeyEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QHBoxLayout,
    QTabBar,
    QVBoxLayout,
    QWidget,
)

from musicdesk.ui import icons
from musicdesk.ui.actions import Actions
from musicdesk.ui.coverage_page import CoveragePage
from musicdesk.ui.flat import FlatSplitter, FlatTabs, Line
from musicdesk.ui.found_page import FoundPage
from musicdesk.ui.glyphs import GlyphButton
from musicdesk.ui.library_panel import LibraryPanel
from musicdesk.ui.listeners_page import ListenersPage
from musicdesk.ui.listens_words import logs_in
from musicdesk.ui.local_files import folders_in, from_url
from musicdesk.ui.main_window import REMEMBERED, SEPARATOR, memory
from musicdesk.ui.map_page import MapPage
from musicdesk.ui.models_page import ModelsPage
from musicdesk.ui.notice import Notice
from musicdesk.ui.pages import ForYouPage, LibraryPage, PlaylistsPage, TablePage
from musicdesk.ui.search_box import SearchBox
from musicdesk.ui.steer_page import SteerPage
from musicdesk.ui.taste_panel import TastePanel
from musicdesk.ui.tracks_model import RankingModel
from musicdesk.ui.tracks_view import TracksView
from musicdesk.ui.transport import Transport
from musicdesk.ui.why_panel import WhyPanel

LEFT, MIDDLE, RIGHT = 200, 752, 328
CHANGES = (
    "add_folder", "rescan", "like", "dislike", "not_now", "never", "exclude", "add_to_playlist", "tag", "import",
    "import_listens", "make_map", "mood", "walk", "save_search",
)  # fmt: skip
"""Actions that write into the library."""
TAB_FOR_YOU, TAB_LIBRARY, TAB_PLAYLISTS, TAB_COVERAGE, TAB_MODELS = range(5)
TAB_LISTENERS, TAB_MAP, TAB_STEER, TAB_FOUND = range(5, 9)


class Workspace(QWidget):
    """Panels left, right and below, pages in the middle."""

    folders_dropped = Signal(list)
    logs_dropped = Signal(list)
    """Paths of files that may be listening logs."""
    looks_changed = Signal()
    """Palette or font."""

    def __init__(self) -> None:
        super().__init__()
        self.setAcceptDrops(True)
        self.actions_ = Actions(self)
        self.library, self.taste, self.why, self.transport = LibraryPanel(), TastePanel(), WhyPanel(), Transport()
        self.for_you, self.all_tracks = ForYouPage(), LibraryPage()
        self.playlists, self.coverage, self.models = PlaylistsPage(), CoveragePage(), ModelsPage()
        self.listeners, self.map, self.steer = ListenersPage(), MapPage(), SteerPage()
        self.found = FoundPage()
        self._no_tracks = TracksView(RankingModel(), name="No tracks")
        self._no_tracks.setParent(self)
        self._no_tracks.hide()
        self.notice, self.banner = Notice(name="Message"), Notice(name="Read only")
        self.search = SearchBox()
        self.undo = GlyphButton(icons.undo, name="Undo", size=28, glyph_size=15)
        self.redo = GlyphButton(icons.redo, name="Redo", size=28, glyph_size=15)
        self.export = GlyphButton(icons.export, name="Export playlist", size=28, glyph_size=15)
        self.gear = GlyphButton(icons.gear, name="Settings", size=28, glyph_size=15)
        self.tabs = self._tabs()
        self._lay_out()
        self._connect()
        self.setMinimumSize(880, 560)
        self.set_history("", "")

    # ------------------------------------------------------------------ building

    def _tabs(self) -> FlatTabs:
        tabs = FlatTabs()
        tabs.tabBar().setAccessibleName("Pages")
        for page, title in (
            (self.for_you, "For you"),
            (self.all_tracks, "Library"),
            (self.playlists, "Playlists"),
            (self.coverage, "Coverage"),
            (self.models, "Models"),
            (self.listeners, "Listeners"),
            (self.map, "Map"),
            (self.steer, "Steer"),
            (self.found, "Found"),
        ):
            tabs.addTab(page, title)
            page.setAccessibleName(title)
        return tabs

    def _lay_out(self) -> None:
        self._right = FlatSplitter(Qt.Orientation.Vertical)
        self._right.addWidget(self.taste)
        self._right.addWidget(self.why)
        self._right.setStretchFactor(0, 1)
        self._right.setStretchFactor(1, 0)
        self._right.setSizes([530, 180])
        self._columns = FlatSplitter(Qt.Orientation.Horizontal)
        for widget in (self.library, self._middle(), self._right):
            self._columns.addWidget(widget)
        self._columns.setStretchFactor(1, 1)
        self._columns.setCollapsible(1, False)
        self._columns.setSizes([LEFT, MIDDLE, RIGHT])
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._top())
        column.addWidget(Line())
        column.addWidget(self.banner)
        column.addWidget(self._columns, 1)
        column.addWidget(Line())
        column.addWidget(self.transport)

    def _middle(self) -> QWidget:
        middle = QWidget()
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.tabs, 1)
        column.addWidget(self.notice)
        middle.setMinimumWidth(400)
        return middle

    def _top(self) -> QWidget:
        top = QWidget()
        row = QHBoxLayout(top)
        row.setContentsMargins(12, 6, 12, 6)
        row.setSpacing(4)
        row.addWidget(self.search, 1)
        row.addStretch(1)
        for button in (self.undo, self.redo, self.export, self.gear):
            row.addWidget(button)
        return top

    def _connect(self) -> None:
        for button, name in (
            (self.undo, "undo"), (self.redo, "redo"), (self.export, "export"), (self.gear, "settings"),
        ):  # fmt: skip
            button.clicked.connect(self.actions_[name].trigger)
            button.setToolTip(self.actions_[name].toolTip())
        for page in self.pages:
            page.empty.asked.connect(self.trigger)
        self.coverage.empty.asked.connect(self.trigger)
        self.map.empty.asked.connect(self.trigger)
        self.library.add_asked.connect(self.actions_["add_folder"].trigger)
        self.library.rescan_asked.connect(self.actions_["rescan"].trigger)
        self.library.import_asked.connect(self.actions_["import"].trigger)
        self.playlists.export_asked.connect(self.actions_["export"].trigger)
        self.playlists.import_asked.connect(self.actions_["import"].trigger)
        for number in range(self.tabs.count()):
            self.actions_.on(f"tab_{number + 1}", partial(self.show_tab, number))
        self.actions_.on("down", lambda: self._step(1))
        self.actions_.on("up", lambda: self._step(-1))
        self.actions_.on("quit", lambda: self.window().close())
        for number in range(1, 10):
            self.actions_.on(f"focus_{number}", partial(self.taste.focus_channel, number - 1))

    # ------------------------------------------------------------------ what stands where

    @property
    def pages(self) -> tuple[TablePage, ...]:
        """The pages with a table."""
        return (self.for_you, self.all_tracks, self.playlists, self.steer, self.found)

    @property
    def lists(self) -> tuple[TracksView, ...]:
        """The tables that show what was said of their tracks, and which one is heard."""
        return (*(page.view for page in self.pages), self.listeners.group.view, self.map.view)

    @property
    def page(self) -> TablePage:
        """The page with a table that is shown, or was last."""
        shown = self.tabs.currentWidget()
        return shown if isinstance(shown, TablePage) else self.for_you

    @property
    def view(self) -> TracksView:
        """The table of tracks that the verbs are about: on the Coverage page that of recordings, among models none."""
        number = self.tabs.currentIndex()
        if number == TAB_LISTENERS and self.listeners.shows_group:
            return self.listeners.group.view
        if number in (TAB_MODELS, TAB_LISTENERS):
            return self._no_tracks
        return {TAB_COVERAGE: self.coverage.view, TAB_MAP: self.map.view}.get(number) or self.page.view

    def _step(self, rows: int) -> None:
        steps = {
            TAB_MODELS: self.models.step, TAB_COVERAGE: self.coverage.step, TAB_LISTENERS: self.listeners.step,
        }  # fmt: skip
        steps.get(self.tabs.currentIndex(), self.view.step)(rows)

    def trigger(self, action: str) -> None:
        """Do what an action does, by its id."""
        if action:
            self.actions_[action].trigger()

    def show_tab(self, number: int) -> None:
        """Show a page, the keyboard on its table."""
        self.tabs.setCurrentIndex(number)
        self.take_focus()

    def take_focus(self) -> None:
        """The keyboard goes to the table that is shown."""
        pages = {
            TAB_COVERAGE: self.coverage.take_focus, TAB_MODELS: self.models.take_focus,
            TAB_LISTENERS: self.listeners.take_focus, TAB_MAP: self.map.take_focus,
            TAB_STEER: self.steer.take_focus, TAB_FOUND: self.found.take_focus,
        }  # fmt: skip
        pages.get(self.tabs.currentIndex(), self.view.setFocus)()

    def set_history(self, undo: str, redo: str) -> None:
        """Name what undo and redo would do."""
        for name, what, button in (("undo", undo, self.undo), ("redo", redo, self.redo)):
            self.actions_.describe(name, what)
            button.setEnabled(bool(what))
            button.describe(self.actions_[name].text(), self.actions_[name].toolTip())

    def lock(self, why: str) -> None:
        """Let the library not be changed, for this reason ("" to allow it); the panels say so at their buttons."""
        self.library.lock(why)
        self.coverage.lock(why)
        self.models.lock(why)
        self.listeners.lock(why)
        self.listeners.group.lock(why)
        self.map.lock(why)
        self.steer.lock(why)
        self.found.lock(why)
        self.why.tags.lock(why)
        for name in CHANGES:
            self.actions_[name].setEnabled(not why)

    # ------------------------------------------------------------------ size and place, remembered

    def remembered(self) -> str:
        """Size of the window and of the panels, as text."""
        states = (self.window().saveGeometry(), self._columns.saveState(), self._right.saveState())
        return SEPARATOR.join(base64.b64encode(state.data()).decode() for state in states)

    def restore(self, text: str) -> None:
        """Take the panels' sizes from text; what is broken is left alone."""
        states = memory(text)
        if len(states) == REMEMBERED:
            self._columns.restoreState(states[1])
            self._right.restoreState(states[2])

    # ------------------------------------------------------------------ what Qt asks

    def event(self, event: QEvent) -> bool:
        """Space and Enter press the button that has the keyboard; they do not play then."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            focus, key = QApplication.focusWidget(), event.key()
            if isinstance(focus, QAbstractButton | QComboBox | QTabBar) and key == Qt.Key.Key_Space:
                event.accept()
                return True
        return super().event(event)

    def changeEvent(self, event: QEvent) -> None:
        """Icons follow the palette."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.StyleChange) and hasattr(self, "library"):
            self.library.refresh()
            self.looks_changed.emit()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Folders and listening logs from outside may come in."""
        urls = event.mimeData().urls()
        if event.source() is None and (logs_in(urls) or folders_in(urls)):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Folders have come in, or logs."""
        event.acceptProposedAction()
        urls = event.mimeData().urls()
        logs = logs_in(urls)
        folders = folders_in(url for url in urls if Path(from_url(url)) not in logs)
        if logs:
            self.logs_dropped.emit(logs)
        if folders:
            self.folders_dropped.emit(folders)
