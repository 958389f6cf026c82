"""The taste as a mixer: a card for each prototype and recommender, what the picks are like, how varied they may be."""

from collections.abc import Mapping, Sequence
from itertools import pairwise

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from musicdesk.records import Excerpt, Likeness, Radar, Ranking, Taste, Track
from musicdesk.ui.advice_panel import AdvicePanel
from musicdesk.ui.advisor_card import AdvisorCard
from musicdesk.ui.card_column import CardColumn
from musicdesk.ui.gain_slider import ShareSlider
from musicdesk.ui.labels import SoftLabel, SoftSentence, scrolling
from musicdesk.ui.prototype_card import PrototypeCard
from musicdesk.ui.radar import RadarView
from musicdesk.ui.taste_head import TasteHead
from musicdesk.ui.taste_words import EMPTY, SILENT, is_silent, made_from
from musicdesk.ui.track_drop import TrackDrop

MINIMUM_WIDTH = 280
RESTING_VARIETY = 0.2


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
    play_excerpt = Signal(str, float)
    playing = Signal(str)
    """The sound that is heard now ("" for none), for whoever shows examples too."""
    menu_asked = Signal(str, QPoint)
    tracks_dropped = Signal(object)
    """A tuple of tracks of the list, to make a prototype from."""
    variety_moving = Signal(float)
    variety_set = Signal(float)
    reset_asked = Signal()
    believe_asked = Signal()
    full_toggled = Signal(bool)
    all_toggled = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._taste: Taste | None = None
        self._ranking: Ranking | None = None
        self._exemplars: Mapping[str, Track] = {}
        self._excerpts: Mapping[str, Sequence[Excerpt]] = {}
        self._likenesses: Mapping[str, Likeness] = {}
        self._playing, self._full = "", False
        self._ordered: list[PrototypeCard | AdvisorCard] = []
        self.origin, self.silent = SoftSentence(), self._silence()
        self.head, self.prototypes = TasteHead(), CardColumn(self._new_card)
        self.reset, self.full = self.head.reset, self.head.full
        self.variety = ShareSlider(
            resting=RESTING_VARIETY,
            name="Variety",
            hint="Closer: only the match counts. More varied: picks unlike each other. Double-click: as at first.",
        )
        self.radar, self.advice = RadarView(), AdvicePanel()
        self._lay_out()
        self._connect()
        self.setMinimumWidth(MINIMUM_WIDTH)
        self.drop = TrackDrop(self, ready=lambda: self._taste is not None)
        self.drop.hovering.connect(self.prototypes.welcome)
        self.drop.dropped.connect(self.tracks_dropped)
        self.set_taste(None)

    # ------------------------------------------------------------------ building

    def _lay_out(self) -> None:
        self._pages = QStackedWidget()
        self._pages.addWidget(self._empty_page())
        self._pages.addWidget(self._taste_page())
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 8)
        column.setSpacing(8)
        column.addWidget(self.head)
        column.addWidget(self._pages, 1)

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
        for widget in (self.origin, self.silent, self.prototypes, self.advice, self.radar):
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
        for scrolled in (self._area.verticalScrollBar().valueChanged, self._area.verticalScrollBar().rangeChanged):
            scrolled.connect(lambda *_: self._show_percentiles(unseen=False))
        self.variety.moving.connect(self.variety_moving)
        self.variety.settled.connect(self.variety_set)
        self.advice.gain_moving.connect(self.gain_moving)
        self.advice.gain_set.connect(self.gain_set)
        self.advice.mute_toggled.connect(self.mute_toggled)
        self.head.anew_asked.connect(self._ask_reset)
        self.head.believe_asked.connect(self._ask_believed)
        self.head.full_clicked.connect(self._toggle_full)
        self.prototypes.open_toggled.connect(self._toggle_all)

    def _new_card(self) -> PrototypeCard:
        card = PrototypeCard()
        card.gain_moving.connect(self.gain_moving)
        card.gain_set.connect(self.gain_set)
        card.mute_toggled.connect(self.mute_toggled)
        card.solo_toggled.connect(self.solo_toggled)
        card.lock_toggled.connect(self.lock_toggled)
        card.renamed.connect(self.renamed)
        card.play_exemplar.connect(self.play_exemplar)
        card.play_excerpt.connect(self.play_excerpt)
        card.menu_asked.connect(self.menu_asked)
        card.set_full(self._full)
        card.set_playing(self._playing)
        return card

    # ------------------------------------------------------------------ what it shows

    def set_taste(self, taste: Taste | None) -> None:
        """Show this taste, silently; None where nothing is analysed yet."""
        self._taste = taste
        shown = taste is not None and bool(taste.prototypes)
        self._pages.setCurrentIndex(int(shown))
        self.head.set_shown(shown)
        if taste is not None and shown:
            self._show(taste)

    def _show(self, taste: Taste) -> None:
        self.prototypes.set_prototypes(taste.prototypes)
        self._show_cards(taste)
        self.advice.set_taste(taste)
        self._order()
        self.variety.set_amount(taste.variety)
        self.origin.setText(made_from(taste))
        self.silent.setVisible(is_silent(taste))
        self._show_percentiles()

    def _show_cards(self, taste: Taste) -> None:
        for card, prototype in zip(self.cards, self.prototypes.shown, strict=True):
            card.set_prototype(prototype, taste=taste)
            card.set_exemplars(self._exemplars)
            card.set_excerpts(self._excerpts.get(prototype.id, ()))
            card.histogram.set_library(self._likenesses.get(prototype.id))

    def set_all(self, on: bool) -> None:
        """Show all prototypes, or the most telling only."""
        if self.prototypes.set_open(on) and self._taste is not None:
            self._show_cards(self._taste)
            self._order()
            self._show_percentiles()

    def reveal(self, identity: str) -> None:
        """See to it that this prototype has a card."""
        if self.prototypes.hides(identity):
            self.set_all(True)

    def set_ranking(self, ranking: Ranking | None) -> None:
        """Show on each card where the picks of this list lie."""
        self._ranking = ranking
        self._show_percentiles(unseen=not self.isVisible())

    def _show_percentiles(self, *, unseen: bool = True) -> None:
        """``unseen``: also on cards that are scrolled away, which a slider that moves need not wait for."""
        ranking = self._ranking
        parts = {} if ranking is None else {name: column for column, name in enumerate(ranking.parts)}
        for card in self.cards:
            if not unseen and card.visibleRegion().isEmpty():
                continue
            column = parts.get(card.prototype.name) if card.prototype else None
            card.set_percentiles(None if ranking is None or column is None else ranking.percentiles[:, column])
        self.advice.set_percentiles(ranking, parts)

    def set_radar(self, radar: Radar | None) -> None:
        """Show what the picks are like beside the library."""
        self.radar.set_radar(radar)

    def set_full(self, full: bool) -> None:
        """Show everything, or only what a newcomer needs."""
        self._full = full
        self.head.set_full(full)
        self.advice.set_full(full)
        self.radar.set_full(full)
        for card in self.cards:
            card.set_full(full)

    def set_exemplars(self, tracks: Mapping[str, Track]) -> None:
        """The tracks behind the exemplars' audio hashes, for the tooltips."""
        self._exemplars = tracks
        for card in self.cards:
            card.set_exemplars(tracks)

    def set_excerpts(self, excerpts: Mapping[str, Sequence[Excerpt]]) -> None:
        """From where the examples are heard best, by the prototypes' ids."""
        self._excerpts = excerpts
        for card in self.cards:
            card.set_excerpts(excerpts.get(card.reference, ()))

    def set_likenesses(self, likenesses: Mapping[str, Likeness]) -> None:
        """How like each prototype the library is, by the prototypes' ids: what the pictures are drawn over."""
        self._likenesses = likenesses
        for card in self.cards:
            card.histogram.set_library(likenesses.get(card.reference))

    def set_playing(self, audio_hash: str) -> None:
        """Which sound is heard now ("" for none)."""
        if audio_hash != self._playing:
            self.playing.emit(audio_hash)
        self._playing = audio_hash
        for card in self.cards:
            card.set_playing(audio_hash)

    # ------------------------------------------------------------------ what a hand does

    @property
    def cards(self) -> list[PrototypeCard]:
        """The cards of the prototypes that are shown."""
        return self.prototypes.cards

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
        hidden = next((p.id for p in self._taste.prototypes if p.slot == slot), "") if self._taste is not None else ""
        self.reveal(hidden)
        for index, card in enumerate(self.channels):
            if slot == card.slot:
                self.focus_channel(index)
                return

    def focus_named(self, name: str) -> None:
        """The same for the prototype with this name or id."""
        found = self._taste.prototype(name) if self._taste is not None else None
        if found is not None:
            self.reveal(found.id)
            self.focus_channel([card.reference for card in self.cards].index(found.id))

    def ask_add(self) -> None:
        """Ask what a new prototype shall be made from, where its button is."""
        self._area.ensureWidgetVisible(self.prototypes.add, 0, 8)
        self.prototypes.ask_add()

    def card_of(self, identity: str) -> PrototypeCard | None:
        """The card of the prototype with this id, if it is shown."""
        return next((card for card in self.cards if card.reference == identity), None)

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

    def _ask_believed(self) -> None:
        self.settle()
        self.believe_asked.emit()

    def _toggle_all(self, on: bool) -> None:
        self.settle()
        self.set_all(on)
        self.all_toggled.emit(on)

    def _order(self) -> None:
        if self._ordered == self.channels:
            return
        self._ordered = self.channels
        chain: list[QWidget] = self.head.tab_chain()
        for card in self.cards:
            chain += card.tab_chain()
        chain += [self.prototypes.more, self.prototypes.add]
        chain += [*self.advice.tab_chain(), *self.radar.tab_chain(), self.variety]
        for first, second in pairwise(chain):
            QWidget.setTabOrder(first, second)
