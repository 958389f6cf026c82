"""What the colours and shapes of the map mean; one that is chosen brings its tracks forward."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QItemSelection, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QIcon, QMouseEvent, QPainter, QPixmap
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListWidget, QListWidgetItem

from musicdesk.ui import theme
from musicdesk.ui.ink import Ink

SIGN = 12
NARROW, WIDE = 136, 232
SHARE = 0.3
"""Of the page's width, between the two."""


class MapLegend(QListWidget):
    """A line for each prototype: its sign, its name, how many tracks are nearest to it."""

    looked_at = Signal(int)
    """The number of the prototype whose tracks stand out; -1: all do."""

    def __init__(self) -> None:
        super().__init__()
        self._slots: tuple[int, ...] = ()
        self.setAccessibleName("Prototypes of the map")
        self.setToolTip("Choose one to bring its tracks forward; choose it again for all")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setIconSize(QSize(SIGN, SIGN))
        self.setFixedWidth(NARROW)
        self.itemActivated.connect(lambda item: self.look_at(-1 if self.row(item) == self.kind else self.row(item)))
        self.selectionModel().selectionChanged.connect(self._changed)

    @property
    def kind(self) -> int:
        """The number of the prototype that is looked at; -1: all are."""
        rows = self.selectionModel().selectedRows()
        return rows[0].row() if rows else -1

    def set_prototypes(self, names: Sequence[str], slots: Sequence[int], counts: Sequence[int]) -> None:
        """Show these; the one that was looked at still is if it is there."""
        before = self.item(self.kind).text() if self.kind >= 0 else ""
        self.selectionModel().blockSignals(True)
        self.clear()
        self._slots = tuple(slots)
        for name, count in zip(names, counts, strict=True):
            item, many = QListWidgetItem(name), f"{count:,} track{'s' * (count != 1)}"
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{name}, {many}")
            item.setToolTip(f"{name}: nearest to {many}")
            self.addItem(item)
        self.selectionModel().blockSignals(False)
        self._draw()
        if before in names:
            self.look_at(list(names).index(before))

    def share(self, width: int) -> None:
        """Take a share of a page so wide."""
        self.setFixedWidth(round(min(WIDE, max(NARROW, SHARE * width))))

    def look_at(self, number: int) -> None:
        """Bring one prototype's tracks forward, or all (-1)."""
        if number < 0:
            self.clearSelection()
        else:
            self.setCurrentRow(number)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click on the one that is looked at lets it go."""
        item = self.itemAt(event.position().toPoint())
        if item is not None and item.isSelected():
            self.look_at(-1)
        else:
            super().mousePressEvent(event)

    def _changed(self, _: QItemSelection) -> None:
        self.looked_at.emit(self.kind)

    def _draw(self) -> None:
        """The signs in the colours of the palette."""
        ink, ratio = Ink.of(self.parentWidget() or self), self.devicePixelRatioF()  # a list has no ground of its own
        for number, slot in enumerate(self._slots):
            sign = QPixmap(round(SIGN * ratio), round(SIGN * ratio))
            sign.setDevicePixelRatio(ratio)
            sign.fill(Qt.GlobalColor.transparent)
            painter = QPainter(sign)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(ink.slot(slot))
            theme.paint_shape(painter, QRectF(0, 0, SIGN, SIGN), slot)
            painter.end()
            icon = QIcon()
            for mode in (QIcon.Mode.Normal, QIcon.Mode.Selected):
                icon.addPixmap(sign, mode)
            self.item(number).setIcon(icon)

    def changeEvent(self, event: QEvent) -> None:
        """Signs follow the palette."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_slots"):
            self._draw()
