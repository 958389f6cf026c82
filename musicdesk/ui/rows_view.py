"""What every table of the window shares: how rows look, are chosen, walked through and asked about."""

from PySide6.QtCore import QItemSelectionModel, QPoint, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTableView

from musicdesk.ui.flat import FlatHeader
from musicdesk.ui.row_painter import ROW_HEIGHT


class RowsView(QTableView):
    """Rows to choose; letters belong to the window, not to a search by keyboard."""

    menu_asked = Signal(QPoint)

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self._look()
        self._behave()

    def _look(self) -> None:
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setCornerButtonEnabled(False)
        rows = self.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(ROW_HEIGHT)
        rows.setMinimumSectionSize(ROW_HEIGHT)
        self.setHorizontalHeader(FlatHeader())
        self.horizontalHeader().setFixedHeight(ROW_HEIGHT)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def _behave(self) -> None:
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTabKeyNavigation(False)
        self.verticalScrollBar().setSingleStep(ROW_HEIGHT)

    def step(self, rows: int) -> None:
        """Go down (or up) so many rows."""
        count = self.model().rowCount()
        if count:
            self.choose_row(min(max(self.currentIndex().row() + rows, 0), count - 1))

    def choose_row(self, row: int) -> None:
        """Choose one row and bring it into view."""
        index = self.model().index(row, 0)
        flags = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
        self.selectionModel().setCurrentIndex(index, flags)
        self.scrollTo(index)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Letters go on to the window."""
        if event.text().isprintable() and event.text().strip():
            event.ignore()
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """The rows' menu, under the mouse or at the row for Menu and Shift+F10."""
        if event.reason() == QContextMenuEvent.Reason.Mouse:
            if self.indexAt(event.pos()).isValid():
                self.menu_asked.emit(event.globalPos())
        elif self.currentIndex().isValid():
            corner = self.visualRect(self.currentIndex()).bottomLeft()
            self.menu_asked.emit(self.viewport().mapToGlobal(corner + QPoint(24, 0)))
        event.accept()
