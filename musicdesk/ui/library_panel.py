"""The left side: folders, playlists, and the state of the analysis."""

import os
from collections.abc import Sequence

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QMenu,
    QPushButton,
    QSizePolicy,
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

KEY = Qt.ItemDataRole.UserRole
ROW = 26
ADD, IMPORT = "Add a folder of music (Ctrl+O), or drop one on the window", "Import a playlist (Ctrl+I)"


class SideList(QListWidget):
    """A short list that is as high as its rows."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setContentsMargins(8, 0, 4, 0)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.setUniformItemSizes(True)
        self.setIconSize(QSize(14, 14))
        self.viewport().setAutoFillBackground(False)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)

    def fill(self, rows: Sequence[tuple[str, str, str]]) -> None:
        """Rows of key, text and tooltip; what was chosen stays chosen."""
        kept = self.currentItem().data(KEY) if self.currentItem() else None
        self.blockSignals(True)
        self.clear()
        for key, text, hint in rows:
            item = QListWidgetItem(text)
            item.setData(KEY, key)
            item.setToolTip(hint)
            item.setSizeHint(QSize(0, ROW))
            self.addItem(item)
            if key == kept:
                self.setCurrentItem(item)
        self.blockSignals(False)
        self.updateGeometry()

    def chosen(self) -> str:
        """The key of the row that is chosen ("" for none)."""
        item = self.currentItem()
        return str(item.data(KEY)) if item is not None else ""

    def sizeHint(self) -> QSize:
        """As high as its rows."""
        return QSize(160, max(1, self.count()) * ROW + 2)

    def minimumSizeHint(self) -> QSize:
        """One row is enough."""
        return QSize(80, ROW)


class LibraryPanel(QWidget):
    """Folders and playlists to choose, and the analysis below."""

    forget_asked = Signal(str)
    rescan_asked = Signal()
    add_asked = Signal()
    import_asked = Signal()
    playlist_chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._sources: tuple[Source, ...] = ()
        self.folders, self.playlists = SideList("Folders"), SideList("Playlists")
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

    def _draw_icons(self) -> None:
        colour = self.palette().color(QPalette.ColorRole.PlaceholderText)
        here, away = glyph_icon(icons.folder, colour), glyph_icon(icons.offline, colour)
        for row, source in enumerate(self._sources[: self.folders.count()]):
            self.folders.item(row).setIcon(here if source.online else away)
        for row in range(self.playlists.count()):
            self.playlists.item(row).setIcon(glyph_icon(icons.playlist, colour))

    def lock(self, why: str) -> None:
        """Let nothing be added, for this reason ("" to allow it)."""
        for button, hint in ((self.add, ADD), (self.add_small, ADD), (self.import_, IMPORT)):
            button.setEnabled(not why)
            button.setToolTip(why or hint)
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
    title = QLabel(text)
    font = title.font()
    font.setWeight(font.Weight.DemiBold)
    scaled(font, 0.5)
    title.setFont(font)
    row = QHBoxLayout()
    row.setContentsMargins(12, 0, 8, 0)
    row.addWidget(title, 1)
    row.addWidget(button)
    return row


def _inset(widget: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setContentsMargins(12, 0, 12, 0)
    row.addWidget(widget)
    return row
