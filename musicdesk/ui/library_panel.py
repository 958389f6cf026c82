"""The left side: folders, playlists, saved searches, and the state of the analysis."""

import os
from collections.abc import Sequence

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from musicdesk.records import Source, printable
from musicdesk.ui import icons
from musicdesk.ui.analysis_status import AnalysisStatus
from musicdesk.ui.flat import Line
from musicdesk.ui.glyphs import GlyphButton
from musicdesk.ui.icons import glyph_icon
from musicdesk.ui.ink import scaled
from musicdesk.ui.labels import SoftSentence
from musicdesk.ui.search_list import SearchList
from musicdesk.ui.side_list import KEY, SideList

ADD, IMPORT = "Add a folder of music (Ctrl+O), or drop one on the window", "Import a playlist (Ctrl+I)"
SEARCH_HINT = "Found anew whenever you look at it; F2 gives it another name, Del deletes it"


class LibraryPanel(QWidget):
    """Folders and playlists to choose, and the analysis below."""

    forget_asked = Signal(str)
    rescan_asked = Signal()
    add_asked = Signal()
    import_asked = Signal()
    playlist_chosen = Signal(str)
    search_chosen = Signal(str)
    """The name of a saved search; also below."""
    search_rename_asked = Signal(str)
    search_delete_asked = Signal(str)
    search_export_asked = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._sources: tuple[Source, ...] = ()
        self.folders, self.playlists = SideList("Folders"), SideList("Playlists")
        self.searches = SearchList()
        self.status = AnalysisStatus()
        self.add = QPushButton("Add folder…")
        self.add.setToolTip(ADD)
        self.add_small = GlyphButton(icons.folder_add, name="Add a folder", hint=ADD, size=22)
        self.import_ = GlyphButton(icons.folder_add, name="Import a playlist", hint=IMPORT, size=22)
        self.news = SoftSentence()
        self.news.setContentsMargins(12, 0, 12, 0)
        self.news.hide()
        self._lay_out()
        self._connect()
        self.setMinimumWidth(168)
        self.set_sources(())
        self.set_searches(())

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 0)
        column.setSpacing(4)
        column.addLayout(_head("Library", self.add_small))
        column.addWidget(self.folders)
        column.addLayout(_inset(self.add))
        column.addWidget(self.news)
        column.addSpacing(12)
        column.addLayout(_head("Playlists", self.import_))
        column.addWidget(self.playlists)
        column.addSpacing(12)
        self._searches = _title("Saved searches")
        self._searches.setContentsMargins(12, 0, 8, 2)
        column.addWidget(self._searches)
        column.addWidget(self.searches)
        column.addStretch(1)
        column.addWidget(Line())
        column.addWidget(self.status)
        self.folders.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.playlists.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)

    def _connect(self) -> None:
        self.add.clicked.connect(self.add_asked)
        self.add_small.clicked.connect(self.add_asked)
        self.import_.clicked.connect(self.import_asked)
        self.folders.customContextMenuRequested.connect(self._folder_menu)
        self.playlists.itemClicked.connect(lambda item: self.playlist_chosen.emit(item.data(KEY)))
        self.playlists.itemActivated.connect(lambda item: self.playlist_chosen.emit(item.data(KEY)))
        for heard in (self.searches.itemClicked, self.searches.itemActivated):
            heard.connect(lambda item: self.search_chosen.emit(item.data(KEY)))
        self.searches.rename_asked.connect(self.search_rename_asked)
        self.searches.delete_asked.connect(self.search_delete_asked)
        self.searches.export_asked.connect(self.search_export_asked)

    # ------------------------------------------------------------------ what it shows

    def set_sources(self, sources: Sequence[Source]) -> None:
        """Show these folders."""
        self._sources = tuple(sources)
        self.folders.fill([(s.path, _folder_text(s), _folder_hint(s)) for s in sources])
        self._draw_icons()
        self.folders.setVisible(bool(sources))
        self.add.setVisible(not sources)
        self.add_small.setVisible(bool(sources))

    def set_playlists(self, names: Sequence[tuple[str, int]]) -> None:
        """Show these playlists with their lengths."""
        self.playlists.fill([(name, f"{name}   {count:,}", f"{name}: {count:,} tracks") for name, count in names])
        self._draw_icons()
        self.playlists.setVisible(bool(names))

    def set_searches(self, searches: Sequence[tuple[str, str]]) -> None:
        """Show these saved searches: name and query."""
        self.searches.fill([(name, name, f"{name}: {query}\n{SEARCH_HINT}") for name, query in searches])
        self._draw_icons()
        for widget in (self._searches, self.searches):
            widget.setVisible(bool(searches))

    def choose_search(self, name: str) -> None:
        """The saved search that is looked at ("" for none)."""
        row = next((n for n in range(self.searches.count()) if self.searches.item(n).data(KEY) == name), -1)
        self.searches.setCurrentRow(row)

    def _draw_icons(self) -> None:
        colour = self.palette().color(QPalette.ColorRole.PlaceholderText)
        here, away = glyph_icon(icons.folder, colour), glyph_icon(icons.offline, colour)
        for row, source in enumerate(self._sources[: self.folders.count()]):
            self.folders.item(row).setIcon(here if source.online else away)
        for row in range(self.playlists.count()):
            self.playlists.item(row).setIcon(glyph_icon(icons.playlist, colour))
        for row in range(self.searches.count()):
            self.searches.item(row).setIcon(glyph_icon(icons.search, colour))

    def lock(self, why: str) -> None:
        """Let nothing be added, for this reason ("" to allow it)."""
        for button, hint in ((self.add, ADD), (self.add_small, ADD), (self.import_, IMPORT)):
            button.setEnabled(not why)
            button.setToolTip(why or hint)
        self.searches.lock(why)
        self.status.lock(why)

    def set_news(self, sentence: str) -> None:
        """Say below the folders why new music is not noticed ("" for nothing to say)."""
        self.news.setText(sentence)
        self.news.setVisible(bool(sentence))

    def refresh(self) -> None:
        """Draw again after a change of palette."""
        self._draw_icons()

    def _folder_menu(self, place: QPoint) -> None:
        if not self.folders.count():
            return
        item = self.folders.itemAt(place) or self.folders.item(max(0, self.folders.currentRow()))
        path = str(item.data(KEY))
        menu = QMenu(self)
        menu.addAction("Look for changes", self.rescan_asked.emit)
        menu.addAction("Remove from the library", lambda: self.forget_asked.emit(path))
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.folders.viewport().mapToGlobal(place))


def _folder_text(source: Source) -> str:
    name = printable(os.path.basename(source.path.rstrip(os.sep)) or source.path)
    return f"{name}   {source.tracks:,}" if source.online else f"{name}   offline"


def _folder_hint(source: Source) -> str:
    path = printable(source.path)
    if source.online:
        return f"{path}\n{source.tracks:,} tracks"
    return f"{path}\nNot connected; its {source.tracks:,} tracks stay known. Connect it and press F5."


def _head(text: str, button: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setContentsMargins(12, 0, 8, 0)
    row.addWidget(_title(text), 1)
    row.addWidget(button)
    return row


def _title(text: str) -> QLabel:
    title = QLabel(text)
    font = title.font()
    font.setWeight(font.Weight.DemiBold)
    scaled(font, 0.5)
    title.setFont(font)
    return title


def _inset(widget: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setContentsMargins(12, 0, 12, 0)
    row.addWidget(widget)
    return row
