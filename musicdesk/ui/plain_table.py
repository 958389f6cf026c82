"""A table of words over records: columns that say how a record is written and ordered, rows to choose and copy."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from PySide6.QtCore import QAbstractTableModel, QEvent, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPalette, QResizeEvent
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from musicdesk.ui.flat import PADDING
from musicdesk.ui.ink import Ink, blend, tabular
from musicdesk.ui.row_painter import ROW_HEIGHT
from musicdesk.ui.rows_view import RowsView

T = TypeVar("T")
Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class Field(Generic[T]):
    """A column of a table of records."""

    title: str
    text: Callable[[T], str]
    order: Callable[[T], str | float] | None = None
    """What it is ordered by; None: the text."""
    width: int = 0
    """Pixels; 0 shares what is left."""
    strong: bool = False
    """Whether it stands out; the others stand back."""
    hint: str = ""
    gone_below: int = 0
    """Where the table is narrower than this many pixels, it is not shown."""

    @property
    def right(self) -> bool:
        """Numbers stand to the right: what is ordered by anything but its text."""
        return self.order is not None and self.width > 0


class PlainModel(QAbstractTableModel, Generic[T]):
    """Records in the order that is chosen; the rows are laid anew when they change."""

    def __init__(self, fields: Sequence[Field[T]], key: Callable[[T], object]) -> None:
        super().__init__()
        self.fields = tuple(fields)
        self.key = key
        self.records: tuple[T, ...] = ()
        """As they were given."""
        self._rows: tuple[T, ...] = ()
        self._order: tuple[int, bool] | None = None

    def set_records(self, records: Sequence[T]) -> None:
        """Show these; the same once more change nothing."""
        if tuple(records) != self.records:
            self.records = tuple(records)
            self._lay()

    def record(self, row: int) -> T:
        """The record of a row."""
        return self._rows[row]

    def row_of(self, key: object) -> int:
        """Where a record stands; -1 for nowhere."""
        return next((row for row, record in enumerate(self._rows) if self.key(record) == key), -1)

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Order by a column; none is the order in which they were given."""
        descending = order == Qt.SortOrder.DescendingOrder
        self._order = (column, descending) if 0 <= column < len(self.fields) else None
        self._lay()

    def _lay(self) -> None:
        self.beginResetModel()
        self._rows = self.records
        if self._order is not None:
            field = self.fields[self._order[0]]
            by = field.order or (lambda record: field.text(record).casefold())
            self._rows = tuple(sorted(self.records, key=by, reverse=self._order[1]))
        self.endResetModel()

    # ------------------------------------------------------------------ what Qt asks

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Records."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Fields."""
        return 0 if parent.isValid() else len(self.fields)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Words."""
        if not index.isValid() or index.row() >= len(self._rows):
            return None
        if role in (
            Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole,
        ):  # fmt: skip
            return self.fields[index.column()].text(self._rows[index.row()])
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Titles."""
        if orientation == Qt.Orientation.Vertical:
            return section + 1 if role == Qt.ItemDataRole.DisplayRole else None
        if not 0 <= section < len(self.fields):
            return None
        field = self.fields[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if field.right else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        if role == Qt.ItemDataRole.ToolTipRole:
            return field.hint or None
        return field.title if role == Qt.ItemDataRole.DisplayRole else None


class PlainPainter(QStyledItemDelegate):
    """Paints a cell as the tables of tracks look."""

    def __init__(self, table: "PlainTable[T]") -> None:
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
        rect, field = option.rect, self._table.table.fields[index.column()]
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, self._tint)
            if not index.column():
                painter.fillRect(rect.x(), rect.y(), 3, rect.height(), self._accent)
        painter.setFont(self._font)
        painter.setPen(self._text if field.strong else self._soft)
        inside = rect.adjusted(PADDING, 0, -PADDING, 0)
        side = Qt.AlignmentFlag.AlignRight if field.right else Qt.AlignmentFlag.AlignLeft
        words = painter.fontMetrics().elidedText(str(index.data() or ""), Qt.TextElideMode.ElideRight, inside.width())
        painter.drawText(inside, int(side | Qt.AlignmentFlag.AlignVCenter), words)


class PlainTable(RowsView, Generic[T]):
    """Shows a ``PlainModel``; what was chosen stays chosen when the rows are laid anew."""

    changed = Signal()
    """Other rows are chosen."""

    def __init__(self, table: PlainModel[T], *, name: str) -> None:
        super().__init__(name)
        self.table = table
        self.setModel(table)
        self._painter = PlainPainter(self)
        self.setItemDelegate(self._painter)
        head = self.horizontalHeader()
        head.setSectionsClickable(True)
        head.setSortIndicatorClearable(True)
        head.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self.setSortingEnabled(True)
        self._kept: tuple[object, ...] = ()
        table.modelAboutToBeReset.connect(self._keep)
        table.modelReset.connect(self._choose_again)
        self.selectionModel().selectionChanged.connect(lambda *_: self.changed.emit())

    def chosen(self) -> tuple[T, ...]:
        """The chosen records, from top to bottom."""
        rows = sorted({index.row() for index in self.selectionModel().selectedRows()})
        return tuple(self.table.record(row) for row in rows)

    def _keep(self) -> None:
        self._kept = tuple(self.table.key(record) for record in self.chosen())

    def _choose_again(self) -> None:
        chosen = self.selectionModel()
        flag = chosen.SelectionFlag
        rows = [row for key in self._kept if (row := self.table.row_of(key)) >= 0]
        for row in rows:
            chosen.select(self.table.index(row, 0), flag.Select | flag.Rows)
        if rows:
            chosen.setCurrentIndex(self.table.index(rows[0], 0), flag.NoUpdate)
        self.changed.emit()

    # ------------------------------------------------------------------ look

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the width: fixed columns first, the others what is left."""
        super().resizeEvent(event)
        wide = self.viewport().width()
        shown = [(n, field) for n, field in enumerate(self.table.fields) if wide >= field.gone_below]
        rest = max(0, wide - sum(field.width for _, field in shown))
        sharing = [n for n, field in shown if not field.width]
        for number, field in enumerate(self.table.fields):
            self.setColumnHidden(number, (number, field) not in shown)
            last = number == sharing[-1]
            equal = rest // len(sharing)
            self.setColumnWidth(number, field.width or (rest - equal * (len(sharing) - 1) if last else equal))

    def paintEvent(self, event: QPaintEvent) -> None:
        """The rows, and a frame around the one that the keyboard is on."""
        super().paintEvent(event)
        if self.hasFocus() and self.currentIndex().isValid():
            painter = QPainter(self.viewport())
            painter.setPen(Ink.of(self).accent)
            top = self.rowViewportPosition(self.currentIndex().row())
            painter.drawRect(0, top, self.viewport().width() - 1, ROW_HEIGHT - 1)

    def currentChanged(self, current: Index, previous: Index) -> None:
        """The frame moves."""
        super().currentChanged(current, previous)
        self.viewport().update()

    def changeEvent(self, event: QEvent) -> None:
        """Follow palette and font."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange) and hasattr(self, "_painter"):
            self._painter.take_looks()
