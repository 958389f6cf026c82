"""The taste as a mixer: a card for each prototype and recommender, what the picks are like, how varied they may be."""

from collections.abc import Mapping
from itertools import pairwise

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from musicdesk.records import Radar, Ranking, Taste, Track
from musicdesk.ui import glyphs
from musicdesk.ui.advice_panel import AdvicePanel
from musicdesk.ui.advisor_card import AdvisorCard
from musicdesk.ui.gain_slider import ShareSlider
from musicdesk.ui.glyphs import GlyphButton
from musicdesk.ui.ink import scaled
from musicdesk.ui.labels import SoftLabel, SoftSentence, scrolling
from musicdesk.ui.prototype_card import PrototypeCard
from musicdesk.ui.radar import RadarView

MINIMUM_WIDTH = 280
RESTING_VARIETY = 0.2
EMPTY = (
    "Your taste will stand here as a handful of named sliders.\n\n"
    "Add a folder of music and let musicdesk listen to it; like a few tracks to make the taste yours."
)
SILENT = "Nothing counts now: every slider is muted or at 0, so the list has no order."


class TastePanel(QWidget):
    """Takes the taste in, says by signals what a hand did to it; changes nothing itself.

    ``gain_moving`` and ``variety_moving`` come while a control moves, ``gain_set`` and ``variety_set`` once when it
    rests. Call ``settle()`` before undo, redo or export, so that a burst of keys that is still open counts.
    """

    gain_moving = Signal(str, float)
    gain_set = Signal(str, float)
    mute_toggled = Signal(str, bool)
    solo_toggled = Signal(str, bool)
    lock_toggled = Signal(str, bool)
    renamed = Signal(str, str)
    play_exemplar = Signal(str)
    variety_moving = Signal(float)
    variety_set = Signal(float)
    reset_asked = Signal()
    full_toggled = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._taste: Taste | None = None
        self._ranking: Ranking | None = None
        self._exemplars: Mapping[str, Track] = {}
        self._playing, self._full = "", False
        self.cards: list[PrototypeCard] = []
        self._ordered: list[PrototypeCard | AdvisorCard] = []
        self.origin, self.silent = SoftSentence(), self._silence()
        self.reset = GlyphButton(glyphs.reset, name="Reset the taste", hint="All gains back to 1, no mute, no solo")
        self.full = QPushButton("Full")
        self.variety = ShareSlider(
            resting=RESTING_VARIETY,
            name="Variety",
            hint="Closer: only the match counts. More varied: picks unlike each other. Double-click: as at first.",
        )
        self.radar, self.advice = RadarView(), AdvicePanel()
        self._lay_out()
        self._connect()
        self.setMinimumWidth(MINIMUM_WIDTH)
        self.set_taste(None)

    # ------------------------------------------------------------------ building

    def _lay_out(self) -> None:
        self._pages = QStackedWidget()
        self._pages.addWidget(self._empty_page())
        self._pages.addWidget(self._taste_page())
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 8)
        column.setSpacing(8)
        column.addLayout(self._header())
        column.addWidget(self._pages, 1)

    def _header(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setContentsMargins(8, 0, 8, 0)
        title = QLabel("Your taste")
        font = title.font()
        scaled(font, 1.5)
        font.setWeight(font.Weight.DemiBold)
        title.setFont(font)
        self.full.setFlat(True)
        self.set_full(False)
        row.addWidget(title, 1)
        row.addWidget(self.reset)
        row.addWidget(self.full)
        return row

    def _empty_page(self) -> QWidget:
        sentence = SoftSentence(EMPTY, points=0.0)
        sentence.setAlignment(Qt.AlignmentFlag.AlignCenter)
        sentence.setMargin(24)
        return sentence

    def _taste_page(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self._scroll(), 1)
        column.addLayout(self._variety_row())
        return page

    def _scroll(self) -> QScrollArea:
        inside = QWidget()
        self._column = QVBoxLayout(inside)
        self._column.setContentsMargins(8, 0, 8, 0)
        self._column.setSpacing(8)
        for widget in (self.origin, self.silent, self.advice, self.radar):
            self._column.addWidget(widget)
        self._column.addStretch(1)
        self._area = scrolling(inside)
        return self._area

    def _silence(self) -> QLabel:
        sentence = QLabel(SILENT)
        sentence.setWordWrap(True)
        sentence.setMargin(8)
        sentence.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        return sentence

    def _variety_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setContentsMargins(12, 0, 12, 0)
        row.setSpacing(4)
        row.addWidget(SoftLabel("closer"))
        row.addWidget(self.variety, 1)
        row.addWidget(SoftLabel("more varied"))
        return row

    def _connect(self) -> None:
        self.variety.moving.connect(self.variety_moving)
        self.variety.settled.connect(self.variety_set)
        self.advice.gain_moving.connect(self.gain_moving)
        self.advice.gain_set.connect(self.gain_set)
        self.advice.mute_toggled.connect(self.mute_toggled)
        self.reset.clicked.connect(self._ask_reset)
        self.full.clicked.connect(self._toggle_full)

    def _new_card(self) -> PrototypeCard:
        card = PrototypeCard()
        card.gain_moving.connect(self.gain_moving)
        card.gain_set.connect(self.gain_set)
        card.mute_toggled.connect(self.mute_toggled)
        card.solo_toggled.connect(self.solo_toggled)
        card.lock_toggled.connect(self.lock_toggled)
        card.renamed.connect(self.renamed)
        card.play_exemplar.connect(self.play_exemplar)
        card.set_full(self._full)
        card.set_playing(self._playing)
        return card

    # ------------------------------------------------------------------ what it shows

    def set_taste(self, taste: Taste | None) -> None:
        """Show this taste, silently; None where nothing is analysed yet."""
        self._taste = taste
        shown = taste is not None and bool(taste.prototypes)
        self._pages.setCurrentIndex(int(shown))
        self.reset.setEnabled(shown)
        self.full.setEnabled(shown)
        if taste is not None and shown:
            self._show(taste)

    def _show(self, taste: Taste) -> None:
        self._keep_cards(taste)
        for card, prototype in zip(self.cards, taste.prototypes, strict=True):
            card.set_prototype(prototype, taste=taste)
            card.set_exemplars(self._exemplars)
        self.advice.set_taste(taste)
        if self._ordered != self.channels:
            self._ordered = self.channels
            self._order_tabs(self.cards)
        self.variety.set_amount(taste.variety)
        self.origin.setText(made_from(taste))
        self.silent.setVisible(is_silent(taste))
        self._show_percentiles()

    def _keep_cards(self, taste: Taste) -> None:
        """Cards stay with their prototypes, so that the keyboard stays where it is when the taste is rebuilt."""
        old = {card.prototype.id: card for card in self.cards if card.prototype is not None}
        kept = [old.pop(p.id) if p.id in old else self._new_card() for p in taste.prototypes]
        for card in old.values():
            self._column.removeWidget(card)
            card.hide()
            card.deleteLater()
        if kept != self.cards:
            first = self._column.indexOf(self.silent) + 1
            for place, card in enumerate(kept, start=first):
                self._column.insertWidget(place, card)
        self.cards = kept

    def set_ranking(self, ranking: Ranking | None) -> None:
        """Show on each card where the picks of this list lie."""
        self._ranking = ranking
        self._show_percentiles()

    def _show_percentiles(self) -> None:
        ranking = self._ranking
        parts = {} if ranking is None else {name: column for column, name in enumerate(ranking.parts)}
        for card in self.cards:
            column = parts.get(card.prototype.name) if card.prototype else None
            card.set_percentiles(None if ranking is None or column is None else ranking.percentiles[:, column])
        self.advice.set_percentiles(ranking, parts)

    def set_radar(self, radar: Radar | None) -> None:
        """Show what the picks are like beside the library."""
        self.radar.set_radar(radar)

    def set_full(self, full: bool) -> None:
        """Show everything, or only what a newcomer needs."""
        self._full = full
        self.full.setText("Simple" if full else "Full")
        self.full.setToolTip(
            "Only name, gain and examples" if full else "Also mute, solo, lock and where each comes from"
        )
        self.full.setAccessibleName("Simple view" if full else "Full view")
        self.advice.set_full(full)
        for card in self.cards:
            card.set_full(full)

    def set_exemplars(self, tracks: Mapping[str, Track]) -> None:
        """The tracks behind the exemplars' audio hashes, for the tooltips."""
        self._exemplars = tracks
        for card in self.cards:
            card.set_exemplars(tracks)

    def set_playing(self, audio_hash: str) -> None:
        """Which sound is heard now ("" for none)."""
        self._playing = audio_hash
        for card in self.cards:
            card.set_playing(audio_hash)

    # ------------------------------------------------------------------ what a hand does

    @property
    def channels(self) -> list[PrototypeCard | AdvisorCard]:
        """The cards from top to bottom, prototypes and then recommenders."""
        return [*self.cards, *self.advice.cards]

    def focus_channel(self, index: int) -> None:
        """Put the keyboard on the slider of this card (0 is the first) and bring it into view."""
        if 0 <= index < len(self.channels):
            card = self.channels[index]
            card.slider.setFocus(Qt.FocusReason.ShortcutFocusReason)
            self._area.ensureWidgetVisible(card, 0, 8)

    def focus_slot(self, slot: int) -> None:
        """The same for the card behind this colour and sign."""
        for index, card in enumerate(self.channels):
            if slot == card.slot:
                self.focus_channel(index)
                return

    def focus_named(self, name: str) -> None:
        """The same for the prototype with this name or id."""
        for index, card in enumerate(self.cards):
            if card.prototype is not None and name in (card.prototype.id, card.prototype.name):
                self.focus_channel(index)

    def focused(self) -> str:
        """What the desk knows the slider by whose card the keyboard is on ("" for none)."""
        focus = QApplication.focusWidget()
        return next((c.reference for c in self.channels if focus is not None and c.isAncestorOf(focus)), "")

    def settle(self) -> None:
        """End what is under way on any slider: its ``…_set`` signal comes now."""
        for slider in (self.variety, *(card.slider for card in self.channels)):
            slider.flush()

    def _ask_reset(self) -> None:
        self.settle()
        self.reset_asked.emit()

    def _toggle_full(self) -> None:
        self.set_full(not self._full)
        self.full_toggled.emit(self._full)

    def _order_tabs(self, cards: list[PrototypeCard]) -> None:
        chain: list[QWidget] = [self.reset, self.full]
        for card in cards:
            chain += card.tab_chain()
        chain += [*self.advice.tab_chain(), self.radar.toggle, self.variety]
        for first, second in pairwise(chain):
            QWidget.setTabOrder(first, second)


def is_silent(taste: Taste) -> bool:
    """Whether nothing counts, so that a list has no order."""
    return not (taste.gains.any() or taste.advisor_gains.any())


def made_from(taste: Taste) -> str:
    """What the taste was built from, in a sentence."""
    if not taste.liked:
        return "Made from your whole library. Like a few tracks, and it becomes yours."
    return f"Made from {taste.liked:,} track{'s' * (taste.liked != 1)} that you like."
