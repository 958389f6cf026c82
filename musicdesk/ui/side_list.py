"""A short list of the left side."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListWidget, QListWidgetItem, QSizePolicy

KEY = Qt.ItemDataRole.UserRole
ROW = 26


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
