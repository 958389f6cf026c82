"""What changes when the gains go back to what musicdesk believes: every gain before and after, then yes or no."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialogButtonBox, QGridLayout, QLabel, QWidget

from musicdesk.records import GainChange
from musicdesk.ui.gain_bars import GainBars, numbers
from musicdesk.ui.ink import tabular
from musicdesk.ui.labels import ElidedLabel, SoftSentence, scrolling
from musicdesk.ui.prototype_name import ShapeMark
from musicdesk.ui.question import Question

INTRO = "Filled: as it is now. Outlined: what musicdesk believes from all you like. Locked ones stay as they are."
SAME = "Your gains are what musicdesk believes already; there is nothing to change."


class BelievedView(Question):
    """``agreed`` when the person wants it."""

    agreed = Signal()

    def __init__(self, changes: Sequence[GainChange], parent: QWidget | None = None) -> None:
        super().__init__("Back to what musicdesk believes", INTRO if changes else "", parent)
        if changes:
            self.apply = self.primary("Apply")
            self.apply.clicked.connect(self._agree)
            self.body.addWidget(scrolling(gains_table(changes)), 1)
        else:
            self.body.addWidget(SoftSentence(SAME, points=0.0))
            self.buttons.setStandardButtons(QDialogButtonBox.StandardButton.Close)
        self.setMinimumWidth(420)
        self.resize(520, min(200 + 32 * len(changes), 640))

    def _agree(self) -> None:
        self.agreed.emit()
        self.accept()


def gains_table(changes: Sequence[GainChange]) -> QWidget:
    """A row for each: colour and shape, name, both bars, both numbers."""
    table = QWidget()
    grid = QGridLayout(table)
    grid.setContentsMargins(0, 0, 8, 0)
    grid.setHorizontalSpacing(8)
    grid.setVerticalSpacing(2)
    for row, change in enumerate(changes):
        mark, told = ShapeMark(), QLabel(numbers(change))
        mark.set_look(change.slot)
        told.setFont(tabular(told.font()))
        told.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        for column, widget in enumerate((mark, ElidedLabel(_name(change)), GainBars(change), told)):
            grid.addWidget(widget, row, column)
    grid.setColumnStretch(1, 1)
    grid.setRowStretch(len(changes), 1)
    return table


def _name(change: GainChange) -> str:
    return f"{change.name} → {change.renamed}" if change.renamed else change.name
