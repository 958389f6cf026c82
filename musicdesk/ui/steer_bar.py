"""A row of buttons: more like this, but calmer, darker, more acoustic …; as many as there is room for."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QWidget

from musicdesk.records import SteerOffer
from musicdesk.ui.labels import ElidedLabel

GAP = 6
ENOUGH = 4
"""So many ways to go are enough to choose from."""
GRID = "Mood grid"


class SteerBar(QWidget):
    """Says what it is about, and offers ways to go from there."""

    asked = Signal(object)
    """A ``SteerOffer``."""
    grid_asked = Signal()

    def __init__(self, text: str, *, grid: bool = True) -> None:
        super().__init__()
        self._text, self.text = text, ElidedLabel(text, soft=True)
        self.grid = QPushButton(GRID)
        self.grid.setToolTip("Open the mood grid for this track (B)")
        self.grid.clicked.connect(self.grid_asked)
        self.grid.setVisible(grid)
        self.buttons: list[QPushButton] = []
        self.offers: tuple[SteerOffer, ...] = ()
        self._first: QWidget | None = None
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(text)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(12, 4, 12, 6)
        self._row.setSpacing(GAP)
        self._row.addWidget(self.text, 1)
        self._row.addWidget(self.grid)
        self._row.addStretch(0)

    def follow(self, first: QWidget) -> None:
        """The Tab key comes here from this widget."""
        self._first = first

    def set_offers(self, offers: Sequence[SteerOffer]) -> None:
        """Offer these; the buttons that stay keep the keyboard."""
        self.offers = tuple(offers)
        while len(self.buttons) < len(self.offers):
            self._add()
        for button, offer in zip(self.buttons, self.offers, strict=False):
            button.setText(offer.name.capitalize())
            button.setAccessibleName(f"More like this, but {offer.name}")
            button.setToolTip(
                f"More like this, but {offer.name}; nearby music goes up to {100 * offer.room:.0f} points that way"
            )
        self._share()

    def _add(self) -> None:
        button = QPushButton()
        button.clicked.connect(partial(self._ask, len(self.buttons)))
        self._row.insertWidget(1 + len(self.buttons), button)
        if before := self.buttons[-1] if self.buttons else self._first:
            QWidget.setTabOrder(before, button)
        self.buttons.append(button)

    def _ask(self, number: int, _: bool = False) -> None:
        if number < len(self.offers):
            self.asked.emit(self.offers[number])

    def minimumSizeHint(self) -> QSize:
        """Narrow panels are fine."""
        return QSize(80, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show as many as fit."""
        super().resizeEvent(event)
        self._share()

    def _share(self) -> None:
        """Words and as many buttons as fit; where not even four do, the words give way first."""
        words = self.text.fontMetrics().horizontalAdvance(self._text) + GAP
        wide = [button.sizeHint().width() + GAP for button in self.buttons[: len(self.offers)]]
        room = self.width() - 24 - (self.grid.sizeHint().width() + GAP) * self.grid.isVisibleTo(self)
        worded = sum(wide[:ENOUGH]) + words <= room
        room -= words * worded
        for button in self.buttons[len(wide) :]:
            button.hide()
        for button, needs in zip(self.buttons, wide, strict=False):
            button.setVisible(needs <= room)
            room -= needs * (needs <= room)
        self.text.setVisible(worded or not wide)

    def take_focus(self) -> bool:
        """The keyboard goes to the first button; False if there is none."""
        shown = next((button for button in self.buttons if button.isVisibleTo(self)), None)
        if shown is not None:
            shown.setFocus(Qt.FocusReason.OtherFocusReason)
        return shown is not None
