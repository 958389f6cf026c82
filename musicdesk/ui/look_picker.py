"""The forty looks of prototypes, eight colours each with five shapes, to choose one from."""

from collections.abc import Mapping

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QToolButton, QWidget

from musicdesk.records import PROTOTYPE_SLOTS
from musicdesk.ui import theme
from musicdesk.ui.ink import Ink, focus_ring
from musicdesk.ui.prototype_name import paint_mark
from musicdesk.ui.question import Question

COLOURS = ("blue", "orange", "green", "pink", "sky blue", "red", "yellow", "grey")
ACROSS, SIDE = len(COLOURS), 36
INTRO = "A dot marks a look that another prototype has; choose it, and the two change places."


class LookButton(QToolButton):
    """One look; a ring where it is the one in use, a dot where another prototype has it."""

    def __init__(self, slot: int, *, current: bool, taken: str) -> None:
        super().__init__()
        self.slot, self._current, self.taken = slot, current, taken
        self.setFixedSize(SIDE, SIDE)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        name = look_name(slot)
        said = f"{name}, as it is now" if current else f"{name}, of “{taken}”" if taken else name
        self.setAccessibleName(said)
        self.setToolTip(said)

    def sizeHint(self) -> QSize:
        """A square."""
        return QSize(SIDE, SIDE)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space presses it; all else belongs to the grid."""
        super().keyPressEvent(event) if event.key() == Qt.Key.Key_Space else event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Ground, shape, ring or dot."""
        painter, ink = QPainter(self), Ink.of(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        inside = QRectF(self.rect()).adjusted(2, 2, -2, -2)
        painter.setPen(Qt.PenStyle.NoPen)
        if self._current or self.underMouse():
            painter.setBrush(ink.line if self._current else ink.hover)
            painter.drawRoundedRect(inside, 5, 5)
        paint_mark(painter, QRectF(10, 9, 16, 16), self.slot, ink=ink)
        if self.taken:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(ink.soft)
            painter.drawEllipse(QRectF(SIDE / 2 - 1.75, 28, 3.5, 3.5))
        if self.hasFocus():
            focus_ring(painter, QRectF(self.rect()), ink)


class LookPicker(Question):
    """A grid to walk through with the arrows; ``chosen`` gives the slot."""

    chosen = Signal(int)

    def __init__(self, name: str, slot: int, taken: Mapping[int, str], parent: QWidget | None = None) -> None:
        """``taken``: the names of the prototypes that have the other slots."""
        super().__init__(f"Colour and shape of “{name}”", INTRO, parent)
        self.looks: list[LookButton] = []
        grid = QGridLayout()
        grid.setSpacing(2)
        for number in range(PROTOTYPE_SLOTS):
            look = LookButton(number, current=number == slot, taken="" if number == slot else taken.get(number, ""))
            look.clicked.connect(lambda _=False, n=number: self._choose(n))
            grid.addWidget(look, number // ACROSS, number % ACROSS)
            self.looks.append(look)
        grid.setColumnStretch(ACROSS, 1)
        self.body.addLayout(grid)
        self.body.addStretch(1)
        self.looks[slot if 0 <= slot < PROTOTYPE_SLOTS else 0].setFocus()
        self.setMinimumWidth(ACROSS * (SIDE + 2) + 56)

    def _choose(self, slot: int) -> None:
        self.chosen.emit(slot)
        self.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows walk over the grid, Enter chooses."""
        key = Qt.Key
        steps = {key.Key_Left: -1, key.Key_Right: 1, key.Key_Up: -ACROSS, key.Key_Down: ACROSS}
        here = next((n for n, look in enumerate(self.looks) if look.hasFocus()), -1)
        if here >= 0 and event.key() in steps:
            there = here + steps[key(event.key())]
            self.looks[there if 0 <= there < len(self.looks) else here].setFocus()
        elif here >= 0 and event.key() in (key.Key_Return, key.Key_Enter):
            self._choose(here)
        else:
            super().keyPressEvent(event)


def look_name(slot: int) -> str:
    """A look in words: "blue circle"."""
    return f"{COLOURS[slot % ACROSS]} {theme.slot_shape(slot)}"
