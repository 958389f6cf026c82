"""A prototype's shape, and its name that a double click or F2 turns into a field."""

from PySide6.QtCore import QEvent, QObject, QRectF, Qt, Signal
from PySide6.QtGui import QFont, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QLineEdit, QSizePolicy, QStackedLayout, QWidget

from musicdesk.ui import theme
from musicdesk.ui.ink import Ink
from musicdesk.ui.labels import ElidedLabel

NEGATION = "not: "
LONGEST_NAME = 80


class ShapeMark(QWidget):
    """The colour and shape of a slot: hollow when switched off, struck through when it is turned away from."""

    def __init__(self, *, size: int = 16, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._slot, self._off, self._negative = 0, False, False
        self.setFixedSize(size, size)

    def set_look(self, slot: int, *, off: bool = False, negative: bool = False) -> None:
        """Which slot, and in what state."""
        self._slot, self._off, self._negative = slot, off, negative
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the shape."""
        painter, ink = QPainter(self), Ink.of(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        hollow = self._off or self._negative
        paint_mark(
            painter, QRectF(self.rect()).adjusted(2, 2, -2, -2), self._slot, ink=ink, off=self._off, hollow=hollow
        )
        if self._negative:
            painter.setPen(QPen(ink.slot(self._slot, off=self._off), 2, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
            painter.drawLine(self.rect().bottomLeft() + QRectF(1, -1, 0, 0).topLeft().toPoint(), self.rect().topRight())


def paint_mark(
    painter: QPainter, rect: QRectF, slot: int, *, ink: Ink, off: bool = False, hollow: bool = False
) -> None:
    """The shape of a slot in its colour; the seed track (a slot without a look of its own) is a ring."""
    colour = ink.slot(slot, off=off)
    seed = slot not in theme.COLOURED
    painter.setPen(QPen(colour, 1.6) if hollow or seed else Qt.PenStyle.NoPen)
    painter.setBrush(Qt.BrushStyle.NoBrush if hollow or seed else colour)
    theme.paint_shape(painter, rect, 0 if seed else slot)


class NameField(QWidget):
    """One line of bold text; ``renamed`` gives the new name once, when Enter is pressed or the field is left."""

    renamed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name, self.editing = "", False
        self.label = ElidedLabel()
        self.edit = QLineEdit(maxLength=LONGEST_NAME)
        self.edit.setAccessibleName("New name of the prototype")
        self._embolden()
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self.label)
        self._stack.addWidget(self.edit)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(24)
        self.edit.editingFinished.connect(self._finish)
        self.edit.installEventFilter(self)

    def _embolden(self) -> None:
        font = QFont(self.label.font())
        font.setWeight(QFont.Weight.DemiBold)
        self.label.setFont(font)

    def set_name(self, name: str, *, off: bool) -> None:
        """Show this name; an open field keeps what is being typed."""
        self._name = name
        self.label.set_off(off)
        self.label.setText(name)

    def begin(self) -> None:
        """Open the field with the whole name selected."""
        self.editing = True
        self.edit.setText(self._name)
        self._stack.setCurrentWidget(self.edit)
        self.edit.selectAll()
        self.edit.setFocus(Qt.FocusReason.OtherFocusReason)

    def _finish(self) -> None:
        if not self.editing:
            return
        name = " ".join(self.edit.text().split())
        self._close()
        if name and name != self._name:
            self.renamed.emit(name)

    def _close(self) -> None:
        self.editing, had_focus = False, self.edit.hasFocus()
        self._stack.setCurrentWidget(self.label)
        if had_focus and (card := self.parentWidget()) is not None:
            card.setFocus(Qt.FocusReason.OtherFocusReason)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Open the field."""
        self.begin()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Escape closes the field and keeps the old name."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
            self._close()
            return True
        return super().eventFilter(watched, event)
