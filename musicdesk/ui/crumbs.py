"""Where one came from, as words to click: “Nocturne 2” › calmer › slower."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from musicdesk.ui import glyphs
from musicdesk.ui.glyphs import GlyphButton
from musicdesk.ui.ink import Ink

LONGEST, MOST = 26, 5
"""Letters of a crumb, and how many crumbs stand there; the first ones give way."""


class Crumbs(QWidget):
    """Steps, of which one is where the person stands, and a cross that leaves."""

    stepped = Signal(int)
    """Go to this step."""
    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.leave = GlyphButton(glyphs.cross, name="End steering", hint="Back to where you came from (Esc)")
        self.buttons: list[QPushButton] = []
        self._marks: list[QLabel] = []
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(3, 6, 8, 2)
        self._row.setSpacing(2)
        self._row.addStretch(1)
        self._row.addWidget(self.leave)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Steps")
        self.leave.clicked.connect(self.left)

    def set_steps(self, names: Sequence[str], here: int) -> None:
        """Show these steps, the one with number ``here`` being where the list stands."""
        for widget in (*self.buttons, *self._marks):
            self._row.removeWidget(widget)
            widget.hide()
            widget.deleteLater()
        self.buttons, self._marks = [], []
        first = max(0, min(here, len(names) - MOST))
        for number, name in list(enumerate(names))[first : first + MOST]:
            if self.buttons:
                self._marks.append(self._mark())
                self._row.insertWidget(self._row.count() - 2, self._marks[-1])
            self.buttons.append(self._button(number, name, here=number == here))
            self._row.insertWidget(self._row.count() - 2, self.buttons[-1])
            QWidget.setTabOrder(self.buttons[-2] if len(self.buttons) > 1 else self.leave, self.buttons[-1])

    def _mark(self) -> QLabel:
        mark = QLabel("›")
        mark.setStyleSheet(f"color: {Ink.of(self).soft.name()}")
        return mark

    def _button(self, number: int, name: str, *, here: bool) -> QPushButton:
        short = name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}…"
        button = QPushButton(short.replace("&", "&&"))
        button.setFlat(True)
        button.setToolTip(name if here else f"Back to: {name}")
        button.setAccessibleName(f"{name}, where you are" if here else f"Go to {name}")
        font = button.font()
        font.setBold(here)
        button.setFont(font)
        button.clicked.connect(partial(self._step, number))
        return button

    def _step(self, number: int, _: bool = False) -> None:
        self.stepped.emit(number)
