"""What changes when the gains go back to what musicdesk believes: every gain before and after, then yes or no."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialogButtonBox, QGridLayout, QLabel, QWidget

from musicdesk.records import GainChange
from musicdesk.ui.gain_bars import GainBars, number
from musicdesk.ui.ink import tabular
from musicdesk.ui.labels import ElidedLabel, SoftLabel, SoftSentence, scrolling
from musicdesk.ui.prototype_name import ShapeMark
from musicdesk.ui.question import Question

INTRO = "Filled: as it is now. Outlined: what musicdesk believes from all you like. Locked ones stay as they are."
SAME = "Your gains are what musicdesk believes already; there is nothing to change."
ALIKE, ALL_ALIKE = "The same in both", "All gains are the same in both"


class BelievedView(Question):
    """``agreed`` when the person wants it."""

    agreed = Signal()

    def __init__(self, changes: Sequence[GainChange], parent: QWidget | None = None, *, doubt: str = "") -> None:
        """``doubt``: why musicdesk believes in no gains yet, in a sentence."""
        intro = f"{doubt}\n{INTRO}" if doubt else INTRO
        super().__init__("Back to what musicdesk believes", intro if changes else "", parent)
        if changes:
            self.apply = self.primary("Apply")
            self.apply.clicked.connect(self._agree)
            self.body.addWidget(scrolling(gains_table(changes)), 1)
        else:
            self.body.addWidget(SoftSentence(doubt or SAME, points=0.0))
            self.buttons.setStandardButtons(QDialogButtonBox.StandardButton.Close)
        self.setMinimumWidth(420)
        self.resize(520, min(172 + 28 * len(changes), 640))

    def _agree(self) -> None:
        self.agreed.emit()
        self.accept()


def gains_table(changes: Sequence[GainChange], *, sign: str = "→") -> QWidget:
    """A row for each: colour and shape, name, both bars, both numbers with ``sign`` between them.

    Those that are alike on both sides come last, under a line that says so.
    """
    table = QWidget()
    grid = QGridLayout(table)
    grid.setContentsMargins(0, 0, 8, 0)
    grid.setHorizontalSpacing(8)
    grid.setVerticalSpacing(2)
    alike = [change for change in changes if change.before == change.after]
    other = [change for change in changes if change.before != change.after]
    for change in other:
        _add_row(grid, change, sign)
    if alike:
        title = SoftLabel(ALIKE if other else ALL_ALIKE)
        title.setMargin(4)
        grid.addWidget(title, grid.rowCount(), 0, 1, 6)
    for change in alike:
        _add_row(grid, change, "")
    grid.setColumnStretch(1, 1)
    grid.setRowStretch(grid.rowCount(), 1)
    return table


def _add_row(grid: QGridLayout, change: GainChange, sign: str) -> None:
    mark, row, before, after = ShapeMark(), grid.rowCount(), *map(number, (change.before, change.after))
    mark.set_look(change.slot)
    for column, widget in enumerate((mark, ElidedLabel(_name(change)), GainBars(change))):
        grid.addWidget(widget, row, column)
    for column, text in enumerate((before, sign, after) if change.before != change.after else ("", "", after)):
        told = QLabel(text)
        told.setFont(tabular(told.font()))
        grid.addWidget(told, row, 3 + column, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)


def _name(change: GainChange) -> str:
    return f"{change.name} → {change.renamed}" if change.renamed else change.name
