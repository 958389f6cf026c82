"""Tracks that stand for a prototype, to hear: a row each, with room for what else can be done with one."""

from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from musicdesk.records import Excerpt, Track
from musicdesk.ui import glyphs
from musicdesk.ui.glyphs import GlyphButton
from musicdesk.ui.labels import ElidedLabel
from musicdesk.ui.prototype_words import example_text


@dataclass(frozen=True, slots=True)
class Example:
    """A sound that stands for a prototype."""

    audio_hash: str
    track: Track | None
    """None while the library does not know it."""
    excerpt: Excerpt | None = None
    """Where it is heard best, if that is known."""


class ExampleRow(QWidget):
    """▶, then which track it is and from where it is heard."""

    play_asked = Signal(str, object)
    """Audio hash, and from where in seconds; None where that is not known."""

    def __init__(self, example: Example, *, number: int) -> None:
        super().__init__()
        self.example = example
        self.title = example_text(example.track, example.excerpt, number=number)
        self.hear, self.label = GlyphButton(glyphs.play, name=f"Play {self.title}"), ElidedLabel(self.title)
        self.label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(0, 0, 0, 0)
        self.row.setSpacing(4)
        self.row.addWidget(self.hear)
        self.row.addWidget(self.label, 1)
        self.hear.setEnabled(example.track is not None)
        self.hear.clicked.connect(self._play)
        self.set_playing("")

    def add(self, button: GlyphButton) -> None:
        """Put one more thing to do at the end."""
        self.row.addWidget(button)

    def set_playing(self, audio_hash: str) -> None:
        """Which sound is heard now ("" for none)."""
        self.hear.show_playing(self.title, on=bool(audio_hash) and audio_hash == self.example.audio_hash)

    def _play(self) -> None:
        excerpt = self.example.excerpt
        self.play_asked.emit(self.example.audio_hash, None if excerpt is None else excerpt.start_s)
