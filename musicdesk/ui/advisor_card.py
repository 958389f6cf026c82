"""A recommender as a channel of the mixer: sign, name, gain, mute, and how much it knows."""

from PySide6.QtCore import QEvent, Qt, Signal, SignalInstance
from PySide6.QtGui import QFont, QKeyEvent, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from musicdesk.desk.advising import SLOTS
from musicdesk.records import ADVISOR, Advisor, FloatArray
from musicdesk.ui.advice_words import knows_text
from musicdesk.ui.gain_slider import GainSlider
from musicdesk.ui.glyphs import GlyphButton
from musicdesk.ui.ink import Ink, spoken, tabular
from musicdesk.ui.labels import ElidedLabel, SoftLabel, SoftSentence
from musicdesk.ui.match_histogram import MatchHistogram
from musicdesk.ui.prototype_card import paint_card
from musicdesk.ui.prototype_name import ShapeMark

MUTED = "Muted: it does not count now."
OUTDONE = "A prototype is on solo: recommenders do not count now."


class AdvisorCard(QFrame):
    """One card; every signal begins with the reference that the desk knows the advisor's slider by."""

    gain_moving = Signal(str, float)
    gain_set = Signal(str, float)
    mute_toggled = Signal(str, bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.advisor: Advisor | None = None
        self._soloed = False
        self.mark, self.name, self.badge = ShapeMark(), ElidedLabel(), SoftLabel()
        self.slider, self.value, self.histogram = GainSlider(), QLabel(), MatchHistogram()
        self.knows = SoftSentence()
        self.mute = GlyphButton("M", name="Mute", hint="Mute: leave it out for now (M)")
        self.mute.setCheckable(True)
        self._lay_out()
        self._connect()
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setFocusProxy(self.slider)

    # ------------------------------------------------------------------ building

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 4, 8, 6)
        column.setSpacing(0)
        column.addLayout(self._top_row())
        column.addLayout(self._slider_row())
        column.addWidget(self.knows)

    def _top_row(self) -> QHBoxLayout:
        font = QFont(self.name.font())
        font.setWeight(QFont.Weight.DemiBold)
        self.name.setFont(font)
        row = QHBoxLayout()
        row.setSpacing(0)
        row.addWidget(self.mark)
        row.addSpacing(8)
        row.addWidget(self.name, 1)
        row.addSpacing(4)
        row.addWidget(self.badge)
        row.addSpacing(4)
        row.addWidget(self.mute)
        return row

    def _slider_row(self) -> QHBoxLayout:
        self.value.setFont(tabular(self.value.font()))
        self.value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.value.setFixedWidth(self.value.fontMetrics().horizontalAdvance("−0.00") + 2)
        row = QHBoxLayout()
        row.setSpacing(0)
        row.addWidget(self.slider, 1)
        row.addWidget(self.value)
        row.addSpacing(8)
        row.addWidget(self.histogram)
        return row

    def _connect(self) -> None:
        self.slider.moving.connect(self._gain_moves)
        self.slider.settled.connect(lambda gain: self._say(self.gain_set, gain))
        self.mute.clicked.connect(lambda on: self._say(self.mute_toggled, on))

    def _say(self, signal: SignalInstance, value: object) -> None:
        if self.reference:
            signal.emit(self.reference, value)

    def _gain_moves(self, gain: float) -> None:
        self.value.setText(spoken(gain))
        self._say(self.gain_moving, gain)

    def tab_chain(self) -> list[QWidget]:
        """Where the Tab key goes inside the card, in order."""
        return [self.mute, self.slider]

    # ------------------------------------------------------------------ what it shows

    @property
    def reference(self) -> str:
        """What the desk knows its slider by ("" for none)."""
        return ADVISOR + self.advisor.name if self.advisor is not None else ""

    @property
    def slot(self) -> int:
        """Behind which colour and sign it stands (-1 for none)."""
        return SLOTS.get(self.advisor.name, -1) if self.advisor is not None else -1

    @property
    def off(self) -> bool:
        """Whether it does not count now."""
        return self.advisor is not None and (self.advisor.muted or self._soloed)

    def set_advisor(self, advisor: Advisor, *, soloed: bool) -> None:
        """Show this advisor, silently; ``soloed``: a prototype is on solo, which silences it."""
        self.advisor, self._soloed = advisor, soloed
        self.slider.set_subject(advisor.name)
        self.slider.set_found(advisor.found)
        self.slider.set_amount(advisor.gain)
        self.value.setText(spoken(self.slider.amount))
        self.setAccessibleName(f"Recommender {advisor.name}")
        self.mute.setAccessibleName(f"Mute {advisor.name}")
        self.mute.setChecked(advisor.muted)
        self.knows.setText(knows_text(advisor.knows))
        self.knows.setVisible(bool(self.knows.text()))
        self._show_standing()

    def set_percentiles(self, percentiles: FloatArray | None) -> None:
        """Where the current picks lie on its scale.  # [n] 0 to 1"""
        self.histogram.set_percentiles(percentiles, name=self.advisor.name if self.advisor else "")

    def _show_standing(self) -> None:
        assert self.advisor is not None
        reason = MUTED if self.advisor.muted else OUTDONE if self._soloed else ""
        self.name.set_off(self.off)
        self.name.setText(self.advisor.name)
        self.badge.setText("muted" if self.advisor.muted else "not in solo")
        self.badge.setToolTip(reason)
        self.badge.setVisible(self.off)
        self.setAccessibleDescription(f"{reason} {self.knows.text()}".strip())
        for widget in (self.mark, self.slider, self.histogram):
            widget.set_look(self.slot, off=self.off)
        self.value.setEnabled(not self.off)
        self.mute.on_colour = Ink.of(self).soft
        self.update()

    # ------------------------------------------------------------------ keys and painting

    def event(self, event: QEvent) -> bool:
        """Keep M from the window's shortcuts while the keyboard is on this card."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and _is_mute(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """M mutes."""
        self.mute.click() if _is_mute(event) else super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Follow a change of the palette."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self.advisor is not None:
            self._show_standing()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The ground, and the strip in its colour."""
        paint_card(self, self.slot, off=self.off)


def _is_mute(event: QKeyEvent) -> bool:
    return event.key() == Qt.Key.Key_M and event.modifiers() == Qt.KeyboardModifier.NoModifier
