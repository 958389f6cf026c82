"""The lines of the ledger of failures as they are painted, chosen and walked through."""

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPalette, QResizeEvent
from PySide6.QtWidgets import (
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
)

from musicdesk.ui.failures_model import BESIDE, HEADS, FailuresModel, Head, Index
from musicdesk.ui.flat import PADDING
from musicdesk.ui.ink import Ink, blend, tabular
from musicdesk.ui.row_painter import ROW_HEIGHT
from musicdesk.ui.rows_view import RowsView

FIXED = {Head.STATE: 68, Head.TRIED: 124, Head.NEXT: 104}
GIVING_WAY = ((Head.NEXT, 560), (Head.TRIED, 440))
"""Columns that go where the table is narrower than this."""


class LinePainter(QStyledItemDelegate):
    """Paints a cell as the tables of tracks look: file and reason stand out, the rest stands back."""

    def __init__(self, table: QTableView) -> None:
        super().__init__(table)
        self._table = table
        self.take_looks()

    def take_looks(self) -> None:
        """Take palette and font anew."""
        ink, base = Ink.of(self._table), self._table.palette().color(QPalette.ColorRole.Base)
        self._text, self._soft, self._accent = ink.text, ink.soft, ink.accent
        self._tint, self._font = blend(ink.accent, base, 0.84), tabular(self._table.font())

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Ground and words."""
        rect = option.rect
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, self._tint)
            if not index.column():
                painter.fillRect(rect.x(), rect.y(), 3, rect.height(), self._accent)
        painter.setFont(self._font)
        painter.setPen(self._text if HEADS[index.column()] in (Head.FILE, Head.WHY) else self._soft)
        words, metrics, room = str(index.data() or ""), painter.fontMetrics(), rect.width() - 2 * PADDING
        if not index.column() and metrics.horizontalAdvance(words) > room:
            words = words.partition(BESIDE)[0]
        fitting = metrics.elidedText(words, Qt.TextElideMode.ElideRight, room)
        painter.drawText(rect.adjusted(PADDING, 0, -PADDING, 0), Qt.AlignmentFlag.AlignVCenter, fitting)


class FailuresTable(RowsView):
    """The lines of the ledger."""

    moved = Signal()
    """The keyboard stands on another line."""

    def __init__(self, model: FailuresModel) -> None:
        super().__init__("Files that could not be listened to")
        self.setModel(model)
        self._painter = LinePainter(self)
        self.setItemDelegate(self._painter)
        head = self.horizontalHeader()
        head.setSectionsClickable(True)
        head.setSortIndicatorClearable(True)
        head.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self.setSortingEnabled(True)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the width: what is fixed first, file and reason the rest."""
        super().resizeEvent(event)
        wide = self.viewport().width()
        gone = {head for head, least in GIVING_WAY if wide < least}
        rest = wide - sum(width for head, width in FIXED.items() if head not in gone)
        given = {**FIXED, Head.FILE: rest * 9 // 20, Head.WHY: rest - rest * 9 // 20}
        for number, head in enumerate(HEADS):
            self.setColumnHidden(number, head in gone)
            self.setColumnWidth(number, given[head])

    def paintEvent(self, event: QPaintEvent) -> None:
        """The lines, and a frame around the one that the keyboard is on."""
        super().paintEvent(event)
        if self.hasFocus() and self.currentIndex().isValid():
            painter = QPainter(self.viewport())
            painter.setPen(Ink.of(self).accent)
            top = self.rowViewportPosition(self.currentIndex().row())
            painter.drawRect(0, top, self.viewport().width() - 1, ROW_HEIGHT - 1)

    def currentChanged(self, current: Index, previous: Index) -> None:
        """The frame moves, and the line below tells of another file."""
        super().currentChanged(current, previous)
        self.viewport().update()
        self.moved.emit()

    def changeEvent(self, event: QEvent) -> None:
        """Follow palette and font."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange) and hasattr(self, "_painter"):
            self._painter.take_looks()
