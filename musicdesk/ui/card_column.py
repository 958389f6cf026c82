"""The cards of a taste: the six most telling first, the rest behind a button, and the button that adds one."""

from collections.abc import Callable

from PySide6.QtCore import QPoint, QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from musicdesk.records import Prototype
from musicdesk.ui import glyphs
from musicdesk.ui.glyphs import GlyphButton
from musicdesk.ui.ink import Ink, focus_ring
from musicdesk.ui.labels import SoftSentence
from musicdesk.ui.prototype_card import PrototypeCard

FIRST = 6
"""So many cards stand on the first screen."""
ADD, DROP = "Add prototype", "Drop for a new prototype"


class CardColumn(QWidget):
    """Keeps a card for every prototype that is shown; ``make`` builds one and connects it.

    Cards of the rest are built when they are asked for, so that a taste of forty opens as quickly as one of six.
    """

    open_toggled = Signal(bool)
    add_asked = Signal(QPoint)
    """With a place on the screen."""
    stop_asked = Signal()
    """Not to listen closely any more."""

    def __init__(self, make: Callable[[], PrototypeCard]) -> None:
        super().__init__()
        self._make, self._open, self._welcoming = make, False, False
        self._prototypes: tuple[Prototype, ...] = ()
        self._moved: frozenset[str] = frozenset()
        """Beyond the first six, what a hand has moved; it stays in view when it is moved back."""
        self.cards: list[PrototypeCard] = []
        self.more, self.add = QPushButton(), QPushButton(ADD)
        self.work = SoftSentence()
        self.stop = GlyphButton(glyphs.cross, name="Stop listening closely", hint="Stop; what was heard stays", size=20)
        self._lay_out()
        self.set_work("")
        self.stop.clicked.connect(self.stop_asked)
        self.more.clicked.connect(self._toggle)
        self.add.clicked.connect(self.ask_add)

    def _lay_out(self) -> None:
        self.add.setAccessibleName("Add a prototype")
        self.add.setToolTip("Add a prototype: from tracks, a tag, words, an artist or a playlist (Shift+N)")
        below = QHBoxLayout()
        below.setSpacing(4)
        for button in (self.more, self.add):
            button.setFlat(True)
        below.addWidget(self.more)
        below.addStretch(1)
        below.addWidget(self.add)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(8)
        self.column.addLayout(below)
        working = QHBoxLayout()
        working.setContentsMargins(4, 0, 0, 0)
        working.addWidget(self.work, 1)
        working.addWidget(self.stop, 0, Qt.AlignmentFlag.AlignTop)
        self.column.addLayout(working)

    # ------------------------------------------------------------------ what it shows

    def set_prototypes(self, prototypes: tuple[Prototype, ...]) -> bool:
        """Have cards for these; True if the cards that are shown, or their order, are others now."""
        self._prototypes = prototypes
        self._moved |= {p.id for p in prototypes if moved(p)}
        return self._keep()

    def set_open(self, on: bool) -> bool:
        """Show the rest too, or the first ones only; True if other cards are shown now."""
        self._open, self._moved = on, frozenset(p.id for p in self._prototypes if moved(p))
        return self._keep()

    @property
    def shown(self) -> tuple[Prototype, ...]:
        """The prototypes that have a card now."""
        return self._prototypes if self._open else self._leading

    @property
    def _leading(self) -> tuple[Prototype, ...]:
        """The first six, which are the most telling, and whatever else was moved by hand."""
        rest = (p for p in self._prototypes[FIRST:] if p.id in self._moved)
        return (*self._prototypes[:FIRST], *rest)

    def hides(self, identity: str) -> bool:
        """Whether this prototype is one of the rest that is not shown."""
        hidden = {p.id for p in self._prototypes} - {p.id for p in self.shown}
        return identity in hidden

    def _keep(self) -> bool:
        """Cards stay with their prototypes, so that the keyboard stays where it is when the taste is rebuilt."""
        old = {card.prototype.id: card for card in self.cards if card.prototype is not None}
        kept = [old.pop(p.id) if p.id in old else self._make() for p in self.shown]
        for card in old.values():
            self.column.removeWidget(card)
            card.hide()
            card.deleteLater()
        changed = kept != self.cards
        if changed:
            for place, card in enumerate(kept):
                self.column.insertWidget(place, card)
        self.cards = kept
        self._show_rest()
        return changed

    def _show_rest(self) -> None:
        rest = len(self._prototypes) - len(self._leading)
        self.more.setVisible(rest > 0)
        self.more.setText("Fewer" if self._open else f"{rest} more …")
        self.more.setAccessibleName("Fewer prototypes" if self._open else f"{rest} more prototypes")
        self.more.setToolTip("Show only the most telling ones" if self._open else "Show all prototypes of your taste")

    def _toggle(self) -> None:
        self.open_toggled.emit(not self._open)

    def ask_add(self) -> None:
        """Ask what a new one shall be made from."""
        self.add_asked.emit(self.add.mapToGlobal(self.add.rect().bottomLeft()))

    def set_work(self, text: str) -> None:
        """Say what is being found out about the prototypes ("" for nothing)."""
        self.work.setText(text)
        self.work.setVisible(bool(text))
        self.stop.setVisible(bool(text))

    # ------------------------------------------------------------------ tracks above it

    def welcome(self, on: bool) -> None:
        """Say that tracks may be dropped here."""
        self._welcoming = on
        self.add.setText(DROP if on else ADD)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """A frame while tracks are held above."""
        if self._welcoming:
            painter = QPainter(self)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            focus_ring(painter, QRectF(self.rect()), Ink.of(self), radius=6)


def moved(prototype: Prototype) -> bool:
    """Whether a hand has set it to something else than musicdesk believes; on solo, it silences all the others."""
    return prototype.solo or round(prototype.gain, 2) != round(prototype.found, 2)
