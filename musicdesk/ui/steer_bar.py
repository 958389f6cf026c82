"""A row of buttons: more like this, but calmer, darker, more acoustic …; those without room stand in a menu."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QEvent, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QSizePolicy, QWidget

from musicdesk.records import SteerOffer
from musicdesk.ui.keys import asks_for_key
from musicdesk.ui.labels import ElidedLabel

GAP = 6
ENOUGH = 4
"""So many ways to go are enough to choose from."""
GRID, MORE = "Mood grid", "More ▾"


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
        self.more = QPushButton(MORE)
        self.more.setToolTip("The other ways to go, for which there is no room here (B)")
        self.more.setAccessibleName("More ways to go")
        self.more.clicked.connect(self.show_menu)
        self.more.hide()
        self.buttons: list[QPushButton] = []
        self.offers: tuple[SteerOffer, ...] = ()
        self._first: QWidget | None = None
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(text)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(12, 4, 12, 6)
        self._row.setSpacing(GAP)
        self._row.addWidget(self.text, 1)
        self._row.addWidget(self.more)
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
            button.setToolTip(hint(offer))
        self._share()

    def _add(self) -> None:
        button = QPushButton()
        button.clicked.connect(partial(self._ask, len(self.buttons)))
        self._row.insertWidget(1 + len(self.buttons), button)
        if before := self.buttons[-1] if self.buttons else self._first:
            QWidget.setTabOrder(before, button)
        QWidget.setTabOrder(button, self.more)
        QWidget.setTabOrder(self.more, self.grid)
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
        """Words and as many buttons as fit; where not even four do, the words give way first, then the menu comes."""
        wide = [_width(button) for button in self.buttons[: len(self.offers)]]
        words = self.text.fontMetrics().horizontalAdvance(self._text) + GAP
        room = self.width() - 24 - _width(self.grid) * self.grid.isVisibleTo(self)
        worded = sum(wide[:ENOUGH]) + (_width(self.more) if len(wide) > ENOUGH else 0) + words <= room
        worded = worded or sum(wide) + words <= room
        room -= words * worded
        shown = self._fitting(wide, room)
        held = any(button.hasFocus() for button in self.buttons[shown:])
        self.more.setVisible(shown < len(wide))
        for number, button in enumerate(self.buttons):
            button.setVisible(number < shown)
        if held and self.more.isVisibleTo(self):
            self.more.setFocus(Qt.FocusReason.OtherFocusReason)
        self.text.setVisible(worded or not wide)

    def _fitting(self, wide: Sequence[int], room: int) -> int:
        """How many of the first buttons fit, beside the menu of the others where not all do."""
        if sum(wide) <= room:
            return len(wide)
        room -= _width(self.more)
        return sum(1 for number in range(len(wide)) if sum(wide[: number + 1]) <= room)

    # ------------------------------------------------------------------ the others

    @property
    def hidden(self) -> tuple[SteerOffer, ...]:
        """The offers without a button of their own."""
        return tuple(
            offer for button, offer in zip(self.buttons, self.offers, strict=False) if not button.isVisibleTo(self)
        )

    def show_menu(self) -> None:
        """The offers for which there was no room."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.setAccessibleName("More like this, but")
        menu.setToolTipsVisible(True)
        for offer in self.hidden:
            line = menu.addAction(offer.name.capitalize(), partial(self.asked.emit, offer))
            line.setToolTip(hint(offer))
        menu.setActiveAction(menu.actions()[0])
        menu.popup(self.more.mapToGlobal(QPoint(0, -menu.sizeHint().height())))

    def event(self, event: QEvent) -> bool:
        """B opens the menu of the others, while the keyboard is on one of the buttons."""
        if _is_b(event) and self.more.isVisibleTo(self):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """B, as above."""
        if self.more.isVisibleTo(self) and event.key() == Qt.Key.Key_B and not event.modifiers():
            self.show_menu()
        else:
            super().keyPressEvent(event)

    def take_focus(self) -> bool:
        """The keyboard goes to the first button; False if there is none."""
        there = (*self.buttons, self.more)
        shown = next((button for button in there if button.isVisibleTo(self)), None)
        if shown is not None:
            shown.setFocus(Qt.FocusReason.OtherFocusReason)
        return shown is not None


def hint(offer: SteerOffer) -> str:
    """What a button or a line of the menu does."""
    return f"More like this, but {offer.name}; nearby music goes up to {100 * offer.room:.0f} points that way"


def _width(button: QPushButton) -> int:
    return button.sizeHint().width() + GAP


def _is_b(event: QEvent) -> bool:
    return asks_for_key(event) and event.key() == Qt.Key.Key_B and not event.modifiers()
