"""A prototype as a channel of a mixer: colour and shape, name, three exemplars to hear, gain, mute, solo, lock."""

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import QEvent, QLineF, QPoint, QRectF, Qt, Signal, SignalInstance
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from musicdesk.records import Excerpt, FloatArray, Prototype, Taste, Track
from musicdesk.ui import glyphs
from musicdesk.ui.gain_slider import GainSlider
from musicdesk.ui.glyphs import GlyphButton
from musicdesk.ui.ink import Ink, spoken, tabular
from musicdesk.ui.labels import ElidedLabel, SoftLabel
from musicdesk.ui.match_histogram import MatchHistogram
from musicdesk.ui.prototype_name import NameField, ShapeMark
from musicdesk.ui.prototype_words import (
    Standing,
    example_text,
    faithful_hint,
    faithful_text,
    is_negative,
    origin_of,
)

EXEMPLARS = 3
BELIEVED = "as musicdesk believes"


class PrototypeCard(QFrame):
    """One card; every signal begins with the prototype's id (``play_…`` with an audio hash)."""

    gain_moving = Signal(str, float)
    gain_set = Signal(str, float)
    mute_toggled = Signal(str, bool)
    solo_toggled = Signal(str, bool)
    lock_toggled = Signal(str, bool)
    renamed = Signal(str, str)
    play_exemplar = Signal(str)
    play_excerpt = Signal(str, float)
    """Instead, where it is known from where the prototype is heard best, in seconds."""
    menu_asked = Signal(str, QPoint)
    """With a place on the screen."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.prototype: Prototype | None = None
        self._soloed, self._full, self._from_likes, self._playing = False, False, False, ""
        self._tracks: Mapping[str, Track] = {}
        self._excerpts: Mapping[str, Excerpt] = {}
        self.mark, self.name, self.badge = ShapeMark(), NameField(), SoftLabel()
        self.slider, self.value = GainSlider(), QLabel()
        self.support, self.histogram = ElidedLabel(soft=True), MatchHistogram()
        self.exemplars = [GlyphButton(glyphs.play, name=f"Play example {n + 1}") for n in range(EXEMPLARS)]
        self.mute, self.solo, self.lock = self._switches()
        self.more = GlyphButton(glyphs.dots, name="More", hint="Rename, colour, examples, split, merge … (Menu)")
        self._lay_out()
        self._connect()
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setFocusProxy(self.slider)

    # ------------------------------------------------------------------ building

    def _switches(self) -> tuple[GlyphButton, GlyphButton, GlyphButton]:
        mute = GlyphButton("M", name="Mute", hint="Mute: leave it out for now (M)")
        solo = GlyphButton("S", name="Solo", hint="Solo: only this one and others on solo count (S)")
        lock = GlyphButton(glyphs.unlock, name="Lock", hint="Lock: keep it as it is when you like more (Shift+L)")
        for button in (mute, solo, lock):
            button.setCheckable(True)
        return mute, solo, lock

    def _lay_out(self) -> None:
        self._bottom = self._bottom_row()
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 4, 8, 4)
        column.setSpacing(0)
        column.addLayout(self._top_row())
        column.addLayout(self._slider_row())
        column.addWidget(self._bottom)
        self.set_full(False)

    def _top_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(0)
        row.addWidget(self.mark)
        row.addSpacing(8)
        row.addWidget(self.name, 1)
        row.addSpacing(4)
        row.addWidget(self.badge)
        row.addSpacing(4)
        for button in self.exemplars:
            row.addWidget(button)
        row.addWidget(self.more)
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

    def _bottom_row(self) -> QWidget:
        bottom = QWidget()
        row = QHBoxLayout(bottom)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        self.support.setFont(tabular(self.support.font(), size=-1.0))
        row.addWidget(self.support, 1)
        for widget in (self.mute, self.solo, self.lock):
            row.addWidget(widget)
        return bottom

    def _connect(self) -> None:
        self.slider.moving.connect(self._gain_moves)
        self.slider.settled.connect(lambda gain: self._say(self.gain_set, gain))
        self.mute.clicked.connect(lambda on: self._say(self.mute_toggled, on))
        self.solo.clicked.connect(lambda on: self._say(self.solo_toggled, on))
        self.lock.clicked.connect(lambda on: self._say(self.lock_toggled, on))
        self.name.renamed.connect(lambda name: self._say(self.renamed, name))
        self.more.clicked.connect(self.ask_menu)
        for index, button in enumerate(self.exemplars):
            button.clicked.connect(lambda _=False, i=index: self._play(i))

    def _say(self, signal: SignalInstance, value: object) -> None:
        if self.prototype is not None:
            signal.emit(self.prototype.id, value)

    def _gain_moves(self, gain: float) -> None:
        self.value.setText(spoken(gain))
        self._say(self.gain_moving, gain)

    def _play(self, index: int) -> None:
        if self.prototype is None or index >= len(self.prototype.exemplars):
            return
        audio_hash = self.prototype.exemplars[index]
        if audio_hash in self._excerpts:
            self.play_excerpt.emit(audio_hash, self._excerpts[audio_hash].start_s)
        else:
            self.play_exemplar.emit(audio_hash)

    def ask_menu(self) -> None:
        """Ask for its menu, below the button with the dots."""
        self._say(self.menu_asked, self.more.mapToGlobal(self.more.rect().bottomLeft()))

    def tab_chain(self) -> list[QWidget]:
        """Where the Tab key goes inside the card, in order."""
        return [*self.exemplars, self.more, self.slider, self.mute, self.solo, self.lock]

    # ------------------------------------------------------------------ what it shows

    @property
    def reference(self) -> str:
        """What the desk knows its slider by ("" for none)."""
        return self.prototype.id if self.prototype is not None else ""

    @property
    def slot(self) -> int:
        """Behind which colour and shape it stands (-1 for none)."""
        return self.prototype.slot if self.prototype is not None else -1

    @property
    def negative(self) -> bool:
        """Whether it stands for what the listener does not want."""
        return self.prototype is not None and is_negative(self.prototype)

    @property
    def standing(self) -> Standing:
        """Muted, outdone by a solo, locked …"""
        assert self.prototype is not None
        return Standing.of(self.prototype, soloed=self._soloed)

    def set_prototype(self, prototype: Prototype, *, taste: Taste) -> None:
        """Show this prototype of this taste, silently."""
        self.prototype = prototype
        self._soloed, self._from_likes = any(p.solo for p in taste.prototypes), taste.liked > 0
        self.slider.set_amount(prototype.gain)
        self.value.setText(spoken(self.slider.amount))
        self._show_names()
        self.slider.set_found(prototype.found, why=BELIEVED)
        self._show_standing()
        self._show_exemplars()

    def set_full(self, full: bool) -> None:
        """Show mute, solo, lock and where it comes from, or only name, slider and examples."""
        self._full = full
        self._bottom.setVisible(full)
        if self.prototype is not None:
            self._show_standing()

    def set_exemplars(self, tracks: Mapping[str, Track]) -> None:
        """The tracks behind the exemplars' hashes."""
        self._tracks = tracks
        self._show_exemplars()

    def set_excerpts(self, excerpts: Sequence[Excerpt]) -> None:
        """From where its examples are heard best, as far as that is known."""
        self._excerpts = {excerpt.audio_hash: excerpt for excerpt in excerpts}
        self._show_exemplars()

    def set_playing(self, audio_hash: str) -> None:
        """Which sound is heard now ("" for none)."""
        self._playing = audio_hash
        self._show_exemplars()

    def set_percentiles(self, percentiles: FloatArray | None) -> None:
        """Where the current picks lie on this prototype.  # [n] 0 to 1"""
        self.histogram.set_percentiles(percentiles, name=self.prototype.name if self.prototype else "")

    def _show_names(self) -> None:
        assert self.prototype is not None
        name = self.prototype.name
        self.setAccessibleName(f"Prototype {name}")
        self.slider.set_subject(name)
        for button, verb in ((self.mute, "Mute"), (self.solo, "Solo"), (self.lock, "Lock"), (self.more, "More of")):
            button.setAccessibleName(f"{verb} {name}")

    def _show_standing(self) -> None:
        assert self.prototype is not None
        standing, ink = self.standing, Ink.of(self)
        self.name.set_name(self.prototype.name, off=standing.off)
        self.badge.setText(standing.badge)
        self.badge.setToolTip(standing.reason)
        self.badge.setVisible(bool(standing.badge) and not self._full)
        origin = origin_of(self.prototype, from_likes=self._from_likes, negative=self.negative)
        heard, hint = faithful_text(self.prototype), faithful_hint(self.prototype)
        self.support.setText(" · ".join(filter(None, (standing.badge, heard or origin))))
        self.mark.setToolTip("\n".join(filter(None, (hint, f"Made {origin}." if origin else ""))))
        self._bottom.setToolTip(self.mark.toolTip())
        self.setAccessibleDescription(" ".join(filter(None, (standing.reason, hint))))
        self.mark.set_look(self.prototype.slot, off=standing.off, negative=self.negative)
        self.slider.set_look(self.prototype.slot, off=standing.off)
        self.histogram.set_look(self.prototype.slot, off=standing.off)
        self.value.setEnabled(not standing.off)
        self._show_switches(ink)
        self.update()

    def _show_switches(self, ink: Ink) -> None:
        assert self.prototype is not None
        self.mute.setChecked(self.prototype.muted)
        self.solo.setChecked(self.prototype.solo)
        self.lock.setChecked(self.prototype.locked)
        self.lock.set_glyph(glyphs.lock if self.prototype.locked else glyphs.unlock)
        self.mute.on_colour, self.solo.on_colour, self.lock.on_colour = ink.soft, ink.accent, ink.soft

    def _show_exemplars(self) -> None:
        hashes = self.prototype.exemplars if self.prototype else ()
        for index, button in enumerate(self.exemplars):
            button.setVisible(index < len(hashes))
            if index < len(hashes):
                self._show_exemplar(button, hashes[index], index)

    def _show_exemplar(self, button: GlyphButton, audio_hash: str, index: int) -> None:
        playing = bool(audio_hash) and audio_hash == self._playing
        title = example_text(self._tracks.get(audio_hash), self._excerpts.get(audio_hash), number=index + 1)
        button.show_playing(title, on=playing)

    # ------------------------------------------------------------------ keys and painting

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Its menu, under the mouse, or at its button for Menu and Shift+F10."""
        if event.reason() == QContextMenuEvent.Reason.Mouse:
            self._say(self.menu_asked, event.globalPos())
        else:
            self.ask_menu()
        event.accept()

    def event(self, event: QEvent) -> bool:
        """Keep M, S and F2 from the window's shortcuts while the keyboard is on this card."""
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and self._action(event) is not None
        ):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """M mutes, S puts on solo, F2 renames."""
        action = self._action(event)
        if action is None:
            super().keyPressEvent(event)
        else:
            action()

    def _action(self, event: QKeyEvent) -> Callable[[], None] | None:
        key = Qt.Key
        if event.key() == key.Key_F2:
            return self.name.begin
        if event.modifiers() != Qt.KeyboardModifier.NoModifier or self.name.editing:
            return None
        return {key.Key_M: self.mute.click, key.Key_S: self.solo.click}.get(key(event.key()))

    def changeEvent(self, event: QEvent) -> None:
        """Follow a change of the palette."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self.prototype is not None:
            self._show_standing()
            self._show_exemplars()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The ground, and the strip in the prototype's colour."""
        paint_card(self, self.slot, off=self.prototype is not None and self.standing.off, broken=self.negative)


def paint_card(card: QWidget, slot: int, *, off: bool, broken: bool = False) -> None:
    """A card's ground, and the strip in the slot's colour (-1: none), broken where something is turned away from."""
    painter, ink = QPainter(card), Ink.of(card)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(ink.line, 1))
    painter.setBrush(ink.raised)
    painter.drawRoundedRect(QRectF(card.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
    if slot >= 0:
        style = Qt.PenStyle.DotLine if broken else Qt.PenStyle.SolidLine
        cap = Qt.PenCapStyle.FlatCap if broken else Qt.PenCapStyle.RoundCap
        painter.setPen(QPen(ink.slot(slot, off=off), 3, style, cap))
        painter.drawLine(QLineF(4.5, 8, 4.5, card.height() - 8))
