"""What is heard: previous, play, next; title; the seek bar; times; like and dislike; volume; what went wrong."""

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from musicdesk.records import Feedback, FloatArray, Track
from musicdesk.ui import glyphs, theme
from musicdesk.ui.gain_slider import ShareSlider
from musicdesk.ui.glyphs import GlyphButton, GlyphSign
from musicdesk.ui.ink import Ink, tabular
from musicdesk.ui.labels import ElidedLabel
from musicdesk.ui.waveform_view import WaveformView, clock

NOTHING = "Nothing is playing"
HINT = "Space plays what is selected"
HEART_SLOT, CROSS_SLOT = 5, 7


class Transport(QWidget):
    """The bar at the bottom. It shows what it is told and says what a hand asks for (``seek`` in seconds)."""

    play_pause = Signal()
    previous = Signal()
    next = Signal()
    seek = Signal(float)
    volume_changed = Signal(float)
    liked = Signal(bool)
    disliked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._track: Track | None = None
        self._loud = 1.0
        self.previous_button = _big(glyphs.previous, "Previous", "Previous track")
        self.play_button = _big(glyphs.play, "Play", "Play (Space)", size=40)
        self.next_button = _big(glyphs.next_, "Next", "Next track")
        self.title, self.artist = ElidedLabel(NOTHING), ElidedLabel(HINT, soft=True)
        self.waveform, self.times = WaveformView(), QLabel()
        self.like_button = _big(glyphs.heart_outline, "Like", "Like: more like this (L)")
        self.dislike_button = _big(glyphs.cross, "Dislike", "Dislike: less like this")
        self.quiet_button = _big(glyphs.speaker, "Mute the sound", "Mute the sound")
        self.volume = ShareSlider(resting=1.0, name="Volume", hint="Volume. Double-click: full.")
        self.problem = ProblemLine()
        self._lay_out()
        self._connect()
        self.set_track(None)
        self.set_state(playing=False, position_s=0.0, length_s=0.0)

    # ------------------------------------------------------------------ building

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 4, 8, 4)
        row.setSpacing(0)
        for button in (self.previous_button, self.play_button, self.next_button):
            row.addWidget(button)
        row.addSpacing(8)
        row.addWidget(self._titles(), 2)
        row.addSpacing(8)
        row.addWidget(self._middle(), 5)
        row.addSpacing(8)
        for button in (self.like_button, self.dislike_button):
            button.setCheckable(True)
            button.tinted = True
            row.addWidget(button)
        row.addSpacing(8)
        row.addWidget(self.quiet_button)
        self.volume.setFixedWidth(88)
        row.addWidget(self.volume)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def _titles(self) -> QWidget:
        font = self.title.font()
        font.setWeight(font.Weight.DemiBold)
        self.title.setFont(font)
        self.artist.setFont(tabular(self.artist.font(), size=-1.0))
        box = QWidget()
        column = QVBoxLayout(box)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for label in (self.title, self.artist):
            label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            column.addWidget(label)
        box.setMinimumWidth(96)
        return box

    def _middle(self) -> QStackedWidget:
        self.times.setFont(tabular(self.times.font(), size=-0.5))
        self.times.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        seek = QWidget()
        row = QHBoxLayout(seek)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.waveform, 1)
        row.addWidget(self.times)
        self._pages = QStackedWidget()
        self._pages.addWidget(seek)
        self._pages.addWidget(self.problem)
        return self._pages

    def _connect(self) -> None:
        self.previous_button.clicked.connect(self.previous)
        self.play_button.clicked.connect(self.play_pause)
        self.next_button.clicked.connect(self.next)
        self.like_button.clicked.connect(self._say_liked)
        self.dislike_button.clicked.connect(self._say_disliked)
        self.quiet_button.clicked.connect(self._hush)
        self.waveform.seek.connect(self.seek)
        self.waveform.scrubbing.connect(self._show_times)
        self.volume.moving.connect(self._volume_moves)

    # ------------------------------------------------------------------ what it shows

    def set_track(self, track: Track | None) -> None:
        """Show what is played; None if nothing is."""
        self._track = track
        self.title.setText(track.title if track else NOTHING)
        self.artist.setText((track.artist or track.album) if track else HINT)
        for widget in (self.like_button, self.dislike_button, self.previous_button, self.next_button):
            widget.setEnabled(track is not None)
        self.set_waveform(None)
        self.set_feedback(Feedback())
        if track is None:
            self.set_state(playing=False, position_s=0.0, length_s=0.0)

    def set_waveform(self, peaks: FloatArray | None) -> None:
        """The outline of the sound; None shows a plain line until it is there.  # [bins] 0 to 1"""
        self.waveform.set_waveform(peaks)

    def set_state(self, playing: bool, position_s: float, length_s: float) -> None:
        """Whether it plays, and where (seconds)."""
        self.play_button.set_glyph(glyphs.pause if playing else glyphs.play)
        self.play_button.describe("Pause" if playing else "Play", f"{'Pause' if playing else 'Play'} (Space)")
        self.waveform.set_times(position_s, length_s)
        self._show_times(self.waveform.position_s)

    def _show_times(self, position_s: float) -> None:
        length_s = self.waveform.length_s
        text = f"{clock(position_s)} / {clock(length_s)}" if length_s else ""
        longest = f"{clock(length_s)} / {clock(length_s)}".translate(str.maketrans("123456789", "000000000"))
        self.times.setMinimumWidth(self.times.fontMetrics().horizontalAdvance(longest) + 2)
        self.times.setText(text)

    def set_feedback(self, feedback: Feedback) -> None:
        """What the person said of this track."""
        dark = Ink.of(self).dark
        self.like_button.setChecked(feedback.liked)
        self.like_button.on_colour = theme.slot_colour(HEART_SLOT, dark)
        self.like_button.set_glyph(glyphs.heart if feedback.liked else glyphs.heart_outline)
        self.like_button.describe(
            "Like", "Liked; click to take it back (L)" if feedback.liked else "Like: more like this (L)"
        )
        self.dislike_button.setChecked(feedback.disliked)
        self.dislike_button.on_colour = theme.slot_colour(HEART_SLOT, dark)
        hint = "Disliked; click to take it back" if feedback.disliked else "Dislike: less like this"
        self.dislike_button.describe("Dislike", hint)

    def set_volume(self, volume: float) -> None:
        """Show this volume (0 to 1), silently."""
        self.volume.set_amount(volume)
        self._show_loudness()

    def set_problem(self, sentence: str) -> None:
        """Say in place of the seek bar why nothing is heard; "" takes it back."""
        self.problem.set_sentence(sentence)
        self._pages.setCurrentIndex(int(bool(sentence)))

    # ------------------------------------------------------------------ what a hand does

    def _say_liked(self, on: bool) -> None:
        self.like_button.set_glyph(glyphs.heart if on else glyphs.heart_outline)
        self.liked.emit(on)

    def _say_disliked(self) -> None:
        self.disliked.emit()

    def _volume_moves(self, volume: float) -> None:
        self._show_loudness()
        self.volume_changed.emit(volume)

    def _hush(self) -> None:
        """Silence, or the loudness from before."""
        self.volume.flush()
        before = self.volume.amount
        self._loud = before or self._loud
        self.volume.set_amount(0.0 if before else self._loud)
        self._volume_moves(self.volume.amount)

    def _show_loudness(self) -> None:
        silent = self.volume.amount == 0
        self.quiet_button.set_glyph(glyphs.speaker_off if silent else glyphs.speaker)
        self.quiet_button.describe(*(["Sound on"] * 2 if silent else ["Mute the sound"] * 2))

    def changeEvent(self, event: QEvent) -> None:
        """Follow a change of the palette."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_pages"):
            dark = Ink.of(self).dark
            self.like_button.on_colour = self.dislike_button.on_colour = theme.slot_colour(HEART_SLOT, dark)


class ProblemLine(QWidget):
    """A sentence with a warning sign, on up to two lines."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.text = QLabel()
        self.text.setWordWrap(True)
        self.text.setTextFormat(Qt.TextFormat.PlainText)
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.text.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 0, 8, 0)
        row.setSpacing(8)
        row.addWidget(GlyphSign(glyphs.warning))
        row.addWidget(self.text, 1)

    def set_sentence(self, sentence: str) -> None:
        """Say it; the tooltip has it too, should it be long."""
        self.text.setText(sentence)
        self.text.setToolTip(sentence)
        self.setAccessibleName(sentence)

    def sizeHint(self) -> QSize:
        """As high as the seek bar."""
        return QSize(320, 40)


def _big(glyph: glyphs.Paths, name: str, hint: str, *, size: int = 32) -> GlyphButton:
    return GlyphButton(glyph, name=name, hint=hint, size=size, glyph_size=size // 2)
