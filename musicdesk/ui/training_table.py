"""A small table of a name and figures a row: the classes that were found, how well each is told, the epochs."""

from collections.abc import Sequence

from PySide6.QtCore import QAbstractTableModel, QEvent, QModelIndex, Qt
from PySide6.QtGui import QPainter, QPalette, QResizeEvent
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QTableView

from musicdesk.ui.flat import PADDING
from musicdesk.ui.ink import Ink, blend, tabular
from musicdesk.ui.models_model import Index
from musicdesk.ui.row_painter import ROW_HEIGHT
from musicdesk.ui.rows_view import RowsView

NUMBER = 76


class FiguresModel(QAbstractTableModel):
    """Rows of words, each as long as the heads."""

    def __init__(self, *heads: str) -> None:
        super().__init__()
        self.heads = heads
        self.rows: tuple[tuple[str, ...], ...] = ()

    def set_rows(self, rows: Sequence[tuple[str, ...]]) -> None:
        """Show these."""
        self.beginResetModel()
        self.rows = tuple(rows)
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Rows."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Heads."""
        return 0 if parent.isValid() else len(self.heads)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Words."""
        if not index.isValid():
            return None
        text = self.rows[index.row()][index.column()]
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{self.heads[index.column()]}: {text}"
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _side(index.column())
        return text if role == Qt.ItemDataRole.DisplayRole else None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Titles."""
        if orientation == Qt.Orientation.Vertical:
            return section + 1 if role == Qt.ItemDataRole.DisplayRole else None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _side(section)
        return self.heads[section] if role == Qt.ItemDataRole.DisplayRole else None


def _side(column: int) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter


class FigurePainter(QStyledItemDelegate):
    """The name stands out, figures stand to the right."""

    def __init__(self, table: QTableView) -> None:
        super().__init__(table)
        self._table = table
        self.take_looks()

    def take_looks(self) -> None:
        """Take palette and font anew."""
        ink, base = Ink.of(self._table), self._table.palette().color(QPalette.ColorRole.Base)
        self._text, self._soft, self._font = ink.text, ink.soft, tabular(self._table.font())
        self._tint = blend(ink.accent, base, 0.84)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Ground and words."""
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(option.rect, self._tint)
        rect = option.rect.adjusted(PADDING, 0, -PADDING, 0)
        painter.setFont(self._font)
        painter.setPen(self._soft if index.column() else self._text)
        fitting = painter.fontMetrics().elidedText(str(index.data()), Qt.TextElideMode.ElideRight, rect.width())
        painter.drawText(rect, int(_side(index.column())), fitting)


class FiguresTable(RowsView):
    """Shows them; the name takes the room that the figures leave."""

    def __init__(self, model: FiguresModel, *, name: str) -> None:
        super().__init__(name)
        self.figures = model
        self.setModel(model)
        self._painter = FigurePainter(self)
        self.setItemDelegate(self._painter)

    @property
    def height_of_all(self) -> int:
        """Pixels that show every row without scrolling."""
        return ROW_HEIGHT * (len(self.figures.rows) + 1) + 2

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the width."""
        super().resizeEvent(event)
        wide, others = self.viewport().width(), len(self.figures.heads) - 1
        each = min(NUMBER, wide * 3 // 4 // max(1, others))
        for column in range(others + 1):
            self.setColumnWidth(column, each if column else wide - others * each)

    def changeEvent(self, event: QEvent) -> None:
        """Follow palette and font."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange) and hasattr(self, "_painter"):
            self._painter.take_looks()
