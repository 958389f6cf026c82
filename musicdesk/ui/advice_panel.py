"""Below the prototypes: the recommenders that advise, which one is chosen, and what is being learned."""

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from musicdesk.records import Ranking, Taste
from musicdesk.ui import glyphs
from musicdesk.ui.advisor_card import AdvisorCard
from musicdesk.ui.glyphs import GlyphButton
from musicdesk.ui.labels import ElidedLabel, SoftSentence

BLEND, NONE = "blend", "none"
CHOOSE = "Choose the recommender that advises beside the prototypes (Ctrl+R)"


class AdvicePanel(QWidget):
    """Cards of advisors; while there are none, and nobody chose a recommender, there is nothing to see of it."""

    gain_moving = Signal(str, float)
    gain_set = Signal(str, float)
    mute_toggled = Signal(str, bool)
    choose_asked = Signal()
    cancel_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.cards: list[AdvisorCard] = []
        self._choice, self._full = BLEND, False
        self.title, self.choose = ElidedLabel("Advice"), QPushButton("Blend ▾")
        self.note, self.work = SoftSentence(), SoftSentence()
        self.cancel = GlyphButton(glyphs.cross, name="Stop learning", hint="Stop learning; it can go on later", size=20)
        self._lay_out()
        self.choose.clicked.connect(self.choose_asked)
        self.cancel.clicked.connect(self.cancel_asked)
        self.set_choice(BLEND, "Blend")
        self.set_work("")

    # ------------------------------------------------------------------ building

    def _lay_out(self) -> None:
        self._working = QWidget()
        work = QHBoxLayout(self._working)
        work.setContentsMargins(4, 0, 0, 0)
        work.addWidget(self.work, 1)
        work.addWidget(self.cancel, 0, Qt.AlignmentFlag.AlignTop)
        self.note.setContentsMargins(4, 0, 4, 0)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(8)
        self._column.addLayout(self._head())
        self._column.addWidget(self.note)
        self._column.addWidget(self._working)

    def _head(self) -> QHBoxLayout:
        font = QFont(self.title.font())
        font.setWeight(QFont.Weight.DemiBold)
        self.title.setFont(font)
        self.title.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.choose.setFlat(True)
        self.choose.setToolTip(CHOOSE)
        row = QHBoxLayout()
        row.setContentsMargins(4, 0, 0, 0)
        row.addWidget(self.title, 1)
        row.addWidget(self.choose)
        return row

    def _new_card(self) -> AdvisorCard:
        card = AdvisorCard()
        card.gain_moving.connect(self.gain_moving)
        card.gain_set.connect(self.gain_set)
        card.mute_toggled.connect(self.mute_toggled)
        return card

    # ------------------------------------------------------------------ what it shows

    def set_taste(self, taste: Taste) -> None:
        """Show the advisors of this taste, silently; cards stay with their advisors, and so does the keyboard."""
        old = {card.advisor.name: card for card in self.cards if card.advisor is not None}
        kept = [old.pop(a.name) if a.name in old else self._new_card() for a in taste.advisors]
        for card in old.values():
            card.hide()
            card.deleteLater()
        if kept != self.cards:
            for card in self.cards:
                self._column.removeWidget(card)
            for card in kept:
                self._column.addWidget(card)
        self.cards = kept
        soloed = any(prototype.solo for prototype in taste.prototypes)
        for card, advisor in zip(kept, taste.advisors, strict=True):
            card.set_advisor(advisor, soloed=soloed)
        self._show()

    def set_percentiles(self, ranking: Ranking | None, parts: Mapping[str, int]) -> None:
        """Show on each card where the picks of this list lie; ``parts``: the columns of its percentiles by name."""
        for card in self.cards:
            column = parts.get(card.advisor.name) if card.advisor else None
            card.set_percentiles(None if ranking is None or column is None else ranking.percentiles[:, column])

    def set_choice(self, name: str, title: str, note: str = "") -> None:
        """Say which recommender is chosen, and what is the matter with it ("" for nothing)."""
        self._choice = name
        self.choose.setText(f"{title} ▾")
        self.choose.setAccessibleName(f"Recommender: {title}")
        self.note.setText(note)
        self._show()

    def set_work(self, text: str) -> None:
        """Say what is being learned ("" for nothing)."""
        self.work.setText(text)
        self._working.setVisible(bool(text))
        self._show()

    def set_full(self, full: bool) -> None:
        """Everything is shown, or only what a newcomer needs."""
        self._full = full
        self._show()

    def _show(self) -> None:
        self.note.setVisible(bool(self.note.text()) and not self.cards)
        self.setVisible(bool(self.cards) or self._full or self._choice != BLEND or bool(self.work.text()))

    # ------------------------------------------------------------------ keyboard

    def tab_chain(self) -> list[QWidget]:
        """Where the Tab key goes, in order."""
        return [self.choose, *(widget for card in self.cards for widget in card.tab_chain()), self.cancel]
