"""A table of tracks: rows to choose, play, drag out and ask more of, with mouse and keyboard alike."""

from collections.abc import Iterable, Sequence

from PySide6.QtCore import QEvent, QModelIndex, QRect, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView

from musicdesk.records import Track
from musicdesk.ui.columns import Column, Kind, widths
from musicdesk.ui.row_painter import ROW_HEIGHT, RowPainter
from musicdesk.ui.row_travel import Placed, RowTravel
from musicdesk.ui.rows_view import RowsView
from musicdesk.ui.tracks_model import Index, TrackTable


class TracksView(RowsView):
    """Shows a ``TrackTable``."""

    play_asked = Signal(Track)
    """Enter or a double click: the whole track."""
    heart_clicked = Signal(Track)
    chosen = Signal(object)
    """The track that the keyboard stands on, or None."""

    def __init__(self, model: TrackTable, *, name: str) -> None:
        super().__init__(name)
        self.table = model
        self._idle: frozenset[str] = frozenset()
        self.setModel(model)
        self._painter = RowPainter(self)
        self.travel = RowTravel(self, model)
        self.paints = 0
        """How often it was painted; the bench waits for it."""
        self.setDragEnabled(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.clicked.connect(self._clicked)
        self.doubleClicked.connect(self._double_clicked)

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
        else:
            super().keyPressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click on the ground between rows chooses nothing."""
        super().mouseReleaseEvent(event)
        if event.button() == Qt.MouseButton.LeftButton and not self.indexAt(event.position().toPoint()).isValid():
            self.clearSelection()

    # ------------------------------------------------------------------ look

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the width among the columns."""
        super().resizeEvent(event)
        self.travel.stop()
        self._share()

    def set_idle(self, names: Iterable[str]) -> None:
        """These columns have nothing to say now and leave their room to the others."""
        if (idle := frozenset(names)) != self._idle:
            self._idle = idle
            self._share()

    def _share(self) -> None:
        wanted = [column for column in self.table.columns if column.name not in self._idle]
        given = widths(wanted, self.viewport().width())
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
        """All visible cells in one go, rows that travel above those that rest; see ``row_painter``, ``row_travel``."""
        painter, columns = QPainter(self.viewport()), self._places()
        here = self.currentIndex().row() if self.hasFocus() else -1
        painter.setFont(self._painter.font)
        for place in self.travel.placed() or self._resting(event.rect()):
            painter.setOpacity(place.opacity)
            self._paint_row(painter, place, columns)
            if place.row == here and place.past is None:
                painter.setPen(self._painter.paints.accent)
                painter.drawRect(0, place.top, self.viewport().width() - 1, ROW_HEIGHT - 1)
        painter.end()
        self.paints += 1

    def _resting(self, area: QRect) -> list[Placed]:
        first, last = self._visible(area)
        return [Placed(row, self.rowViewportPosition(row), 1.0, still=True) for row in range(first, last + 1)]

    def _paint_row(self, painter: QPainter, place: Placed, columns: list[tuple[Column, int, int]]) -> None:
        row, top, paints, width = place.row, place.top, self._painter.paints, self.viewport().width()
        table = place.past or self.table
        chosen = place.past is None and self.selectionModel().isRowSelected(row)
        if chosen or not place.still:
            painter.fillRect(0, top, width, ROW_HEIGHT, paints.chosen if chosen else paints.ground)
        if chosen:
            painter.fillRect(0, top, 3, ROW_HEIGHT, paints.accent)
        for column, left, wide in columns:
            self._painter.paint(painter, QRect(left, top, wide, ROW_HEIGHT), table, row, column)

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
