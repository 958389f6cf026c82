"""A table of tracks: rows to choose, play, drag out and ask more of, with mouse and keyboard alike."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QItemSelectionModel, QModelIndex, QPoint, QRect, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTableView

from musicdesk.records import Track
from musicdesk.ui.columns import Column, Kind, widths
from musicdesk.ui.flat import FlatHeader
from musicdesk.ui.row_painter import ROW_HEIGHT, RowPainter
from musicdesk.ui.tracks_model import Index, TrackTable


class TracksView(QTableView):
    """Shows a ``TrackTable``."""

    play_asked = Signal(Track)
    """Enter or a double click: the whole track."""
    heart_clicked = Signal(Track)
    menu_asked = Signal(QPoint)
    chosen = Signal(object)
    """The track that the keyboard stands on, or None."""

    def __init__(self, model: TrackTable, *, name: str) -> None:
        super().__init__()
        self.table = model
        self.setModel(model)
        self._painter = RowPainter(self)
        self.paints = 0
        """How often it was painted; the bench waits for it."""
        self.setAccessibleName(name)
        self._look()
        self._behave()
        self.clicked.connect(self._clicked)
        self.doubleClicked.connect(self._double_clicked)

    def _look(self) -> None:
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setCornerButtonEnabled(False)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(ROW_HEIGHT)
        self.verticalHeader().setMinimumSectionSize(ROW_HEIGHT)
        self.setHorizontalHeader(FlatHeader())
        self.horizontalHeader().setFixedHeight(ROW_HEIGHT)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def _behave(self) -> None:
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTabKeyNavigation(False)
        self.setDragEnabled(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.verticalScrollBar().setSingleStep(ROW_HEIGHT)

    # ------------------------------------------------------------------ who is chosen

    def current(self) -> Track | None:
        """The track that the keyboard stands on."""
        index = self.currentIndex()
        return self.table.track(index.row()) if index.isValid() else None

    def selection(self) -> Sequence[Track]:
        """The chosen tracks, from top to bottom."""
        chosen = self.selectionModel().selection().toList()
        return self.table.tracks(sorted({row for part in chosen for row in range(part.top(), part.bottom() + 1)}))

    def tracks(self) -> Sequence[Track]:
        """All tracks that are shown, from top to bottom."""
        return self.table.tracks(range(self.table.rowCount()))

    def step(self, rows: int) -> None:
        """Go down (or up) so many rows."""
        count = self.table.rowCount()
        if count:
            now = self.currentIndex().row()
            self.choose_row(min(max(now + rows, 0), count - 1))

    def choose_row(self, row: int) -> None:
        """Choose one row and bring it into view."""
        index = self.table.index(row, 0)
        flags = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
        self.selectionModel().setCurrentIndex(index, flags)
        self.scrollTo(index)

    def currentChanged(self, current: Index, previous: Index) -> None:
        """Tell which track the keyboard stands on."""
        super().currentChanged(current, previous)
        if current.row() != previous.row():
            self.chosen.emit(self.table.track(current.row()) if current.isValid() else None)

    # ------------------------------------------------------------------ mouse and keyboard

    def _clicked(self, index: QModelIndex) -> None:
        track = self.table.track(index.row())
        if track is not None and self.table.columns[index.column()].kind is Kind.LIKED:
            self.heart_clicked.emit(track)

    def _double_clicked(self, index: QModelIndex) -> None:
        track = self.table.track(index.row())
        if track is not None and self.table.columns[index.column()].kind is not Kind.LIKED:
            self.play_asked.emit(track)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter plays; letters belong to the window."""
        track = self.current()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and track is not None:
            self.play_asked.emit(track)
        elif event.text().isprintable() and event.text().strip():
            event.ignore()
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """The row's menu, under the mouse or at the row for Menu and Shift+F10."""
        if event.reason() == QContextMenuEvent.Reason.Mouse:
            if self.indexAt(event.pos()).isValid():
                self.menu_asked.emit(event.globalPos())
        elif self.currentIndex().isValid():
            corner = self.visualRect(self.currentIndex()).bottomLeft()
            self.menu_asked.emit(self.viewport().mapToGlobal(corner + QPoint(24, 0)))
        event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click on the ground between rows chooses nothing."""
        super().mouseReleaseEvent(event)
        if event.button() == Qt.MouseButton.LeftButton and not self.indexAt(event.position().toPoint()).isValid():
            self.clearSelection()

    # ------------------------------------------------------------------ look

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the width among the columns."""
        super().resizeEvent(event)
        self._share()

    def _share(self) -> None:
        given = widths(self.table.columns, self.viewport().width())
        for number, column in enumerate(self.table.columns):
            self.setColumnHidden(number, column.name not in given)
            if column.name in given:
                self.setColumnWidth(number, given[column.name])

    def changeEvent(self, event: QEvent) -> None:
        """Follow palette and font."""
        super().changeEvent(event)
        looks = (QEvent.Type.PaletteChange, QEvent.Type.FontChange, QEvent.Type.StyleChange)
        if event.type() in looks and hasattr(self, "_painter"):
            self._painter.refresh()

    def paintEvent(self, event: QPaintEvent) -> None:
        """All visible cells in one go; see ``row_painter``."""
        painter, paints, width = QPainter(self.viewport()), self._painter.paints, self.viewport().width()
        painter.setFont(self._painter.font)
        first, last = self._visible(event.rect())
        columns = self._places()
        chosen, here = self.selectionModel(), self.currentIndex().row() if self.hasFocus() else -1
        for row in range(first, last + 1):
            top = self.rowViewportPosition(row)
            if chosen.isRowSelected(row):
                painter.fillRect(0, top, width, ROW_HEIGHT, paints.chosen)
                painter.fillRect(0, top, 3, ROW_HEIGHT, paints.accent)
            for column, left, wide in columns:
                self._painter.paint(painter, QRect(left, top, wide, ROW_HEIGHT), self.table, row, column)
            if row == here:
                painter.setPen(paints.accent)
                painter.drawRect(0, top, width - 1, ROW_HEIGHT - 1)
        painter.end()
        self.paints += 1

    def _visible(self, area: QRect) -> tuple[int, int]:
        """The first and the last row of an area."""
        first, last = self.rowAt(area.top()), self.rowAt(area.bottom())
        return max(first, 0), last if last >= 0 else self.table.rowCount() - 1

    def _places(self) -> list[tuple[Column, int, int]]:
        """The columns that are shown, with left edge and width."""
        return [
            (column, self.columnViewportPosition(number), self.columnWidth(number))
            for number, column in enumerate(self.table.columns)
            if not self.isColumnHidden(number)
        ]
