"""What became of every file that was found: numbers that add up, and each failure with its reason."""

from collections.abc import Sequence
from pathlib import PurePath

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QAction, QGuiApplication, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from musicdesk.records import Coverage, Failure, printable
from musicdesk.ui.flat import FlatHeader
from musicdesk.ui.ink import scaled, tabular
from musicdesk.ui.labels import SoftLabel, SoftSentence

Index = QModelIndex | QPersistentModelIndex
HEADS = ("File", "State", "Why")
COUNTS = (
    ("ok", "ok", "listened to whole"),
    ("partial", "partial", "damaged, but enough of it could be heard"),
    ("silent", "silent", "nothing to hear in them"),
    ("failed", "failed", "could not be read"),
    ("excluded", "excluded", "kept out by you"),
    ("pending", "pending", "not listened to yet"),
)


class FailuresModel(QAbstractTableModel):
    """The ledger of failures, straight over its records."""

    def __init__(self) -> None:
        super().__init__()
        self._failures: Sequence[Failure] = ()

    def show(self, failures: Sequence[Failure]) -> None:
        """Show these."""
        self.beginResetModel()
        self._failures = failures
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Failures."""
        return 0 if parent.isValid() else len(self._failures)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """File, state, reason."""
        return 0 if parent.isValid() else len(HEADS)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Words."""
        if not index.isValid() or role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return None
        failure = self._failures[index.row()]
        whole = printable(failure.path)
        path = whole if role == Qt.ItemDataRole.ToolTipRole else short(whole)
        return (path, failure.state.value, failure.reason)[index.column()]

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Titles."""
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        return HEADS[section] if orientation == Qt.Orientation.Horizontal else section + 1


class CoveragePage(QWidget):
    """A sum, and a table of what could not be heard."""

    retry_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.model = FailuresModel()
        self.title, self.encoder = QLabel(), SoftSentence()
        self.numbers = {name: QLabel() for name, _, _ in COUNTS}
        self.table, self.none = self._table(), SoftSentence("Nothing failed.", points=0.5)
        self.retry = QPushButton("Try the failed files again")
        self.retry.clicked.connect(self.retry_asked)
        self._lay_out()
        self.set_coverage(None)

    def _table(self) -> QTableView:
        table = QTableView()
        table.setModel(self.model)
        table.setAccessibleName("Files that could not be listened to")
        table.setShowGrid(False)
        table.setFrameShape(QFrame.Shape.NoFrame)
        table.setWordWrap(False)
        table.setObjectName("ledger")
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setTabKeyNavigation(False)
        table.verticalHeader().hide()
        table.setHorizontalHeader(FlatHeader())
        header = table.horizontalHeader()
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(2, QHeaderView.ResizeMode.Stretch)
        table.verticalHeader().setDefaultSectionSize(28)
        copy = QAction("Copy", table)
        copy.setShortcut(QKeySequence(QKeySequence.StandardKey.Copy))
        copy.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        copy.triggered.connect(self._copy)
        table.addAction(copy)
        table.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        return table

    def _lay_out(self) -> None:
        font = self.title.font()
        scaled(font, 4)
        self.title.setFont(font)
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(4)
        for row, (name, word, meaning) in enumerate(COUNTS):
            number = self.numbers[name]
            number.setFont(tabular(number.font(), bold=True))
            number.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            number.setMinimumWidth(40)
            grid.addWidget(number, row, 0)
            grid.addWidget(QLabel(word), row, 1)
            grid.addWidget(SoftLabel(meaning), row, 2)
        grid.setColumnStretch(2, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 16, 24, 8)
        column.setSpacing(8)
        column.addWidget(self.title)
        column.addWidget(self.encoder)
        column.addLayout(grid)
        column.addSpacing(8)
        column.addLayout(self._failed_row())
        column.addWidget(self.table, 1)
        column.addWidget(self.none, 1, Qt.AlignmentFlag.AlignTop)

    def _failed_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.addWidget(self.retry)
        row.addStretch(1)
        return row

    def set_coverage(self, coverage: Coverage | None) -> None:
        """Show this; None before anything is known."""
        known = coverage or Coverage("")
        self.title.setText(f"{known.found:,} files found" if coverage else "Nothing found yet")
        self.encoder.setText(_where(known))
        for name, label in self.numbers.items():
            label.setText(f"{getattr(known, name):,}")
            label.setAccessibleName(f"{getattr(known, name)} {name}")
        self.model.show(known.failures)
        self.table.setVisible(bool(known.failures))
        self.retry.setVisible(bool(known.failures))
        self.none.setVisible(not known.failures)
        self.table.setColumnWidth(1, 80)

    def _copy(self) -> None:
        rows = sorted({index.row() for index in self.table.selectedIndexes()})
        lines = ("\t".join(str(self.model.index(r, c).data()) for c in range(len(HEADS))) for r in rows)
        QGuiApplication.clipboard().setText("\n".join(lines))


def short(path: str) -> str:
    """The file and the folder that holds it."""
    return "/".join(PurePath(path).parts[-2:])


def _where(coverage: Coverage) -> str:
    if not coverage.encoder:
        return "Add a folder, and every file of it will be accounted for here."
    text = f"Listened to with {coverage.encoder}. The lines add up to the files found."
    return f"{text} {coverage.missing:,} more are known but not on the disk now." if coverage.missing else text
