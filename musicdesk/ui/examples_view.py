"""What stands for a prototype: hear it, keep it, turn it away, or make a prototype of its own from it."""

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialogButtonBox, QVBoxLayout, QWidget

from musicdesk.records import Excerpt, Prototype, Track
from musicdesk.ui import glyphs
from musicdesk.ui.example_rows import Example, ExampleRow
from musicdesk.ui.glyphs import GlyphButton
from musicdesk.ui.ink import Ink
from musicdesk.ui.labels import SoftLabel, SoftSentence, scrolling
from musicdesk.ui.prototype_words import faithful_hint
from musicdesk.ui.question import Question

INTRO = "A pinned one stays and comes first; one that is turned away never stands for it again."
NONE = "Nothing in your library stands for it yet."


class ExamplesView(Question):
    """Follows the prototype: whoever opened it gives it the new record after each change."""

    play_asked = Signal(str, object)
    pinned = Signal(str, bool)
    refused = Signal(str, bool)
    more_asked = Signal(str)
    """A sound to make a new prototype from."""

    def __init__(self, tracks: Callable[[str], Track | None], parent: QWidget | None = None) -> None:
        super().__init__("Examples", INTRO, parent)
        self._tracks, self._playing = tracks, ""
        self.prototype: Prototype | None = None
        self.rows: list[ExampleRow] = []
        self.faithful = SoftSentence()
        self._inside = QWidget()
        self._column = QVBoxLayout(self._inside)
        self._column.setContentsMargins(0, 0, 8, 0)
        self._column.setSpacing(2)
        self.body.addWidget(self.faithful)
        self.body.addWidget(scrolling(self._inside), 1)
        self.buttons.setStandardButtons(QDialogButtonBox.StandardButton.Close)
        self.setMinimumSize(400, 280)
        self.resize(480, 420)

    def set_prototype(self, prototype: Prototype, excerpts: Sequence[Excerpt]) -> None:
        """Show what stands for it now; the keyboard stays on its row."""
        self.prototype = prototype
        here = next((n for n, row in enumerate(self.rows) if row.isAncestorOf(self.focusWidget() or self)), -1)
        self.setWindowTitle(f"Examples of {prototype.name}")
        self.heading.setText(f"Examples of “{prototype.name}”")
        self.faithful.setText(faithful_hint(prototype))
        self.faithful.setVisible(bool(self.faithful.text()))
        self._clear()
        self._fill(prototype, {excerpt.audio_hash: excerpt for excerpt in excerpts})
        self.set_playing(self._playing)
        if self.rows and here >= 0:
            self.rows[min(here, len(self.rows) - 1)].hear.setFocus()

    def _clear(self) -> None:
        while (item := self._column.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        self.rows = []

    def _fill(self, prototype: Prototype, excerpts: Mapping[str, Excerpt]) -> None:
        for number, audio_hash in enumerate(prototype.exemplars, start=1):
            self._show(Example(audio_hash, self._tracks(audio_hash), excerpts.get(audio_hash)), number)
        if not prototype.exemplars:
            self._column.addWidget(SoftLabel(NONE))
        if prototype.refused:
            self._column.addSpacing(8)
            self._column.addWidget(SoftLabel("Turned away"))
        for number, audio_hash in enumerate(prototype.refused, start=1):
            self._show_refused(Example(audio_hash, self._tracks(audio_hash)), number)
        self._column.addStretch(1)

    def _show(self, example: Example, number: int) -> None:
        assert self.prototype is not None
        row, audio_hash = self._row(example, number), example.audio_hash
        pinned = audio_hash in self.prototype.pinned
        pin = GlyphButton(
            lambda: glyphs.pin(held=pinned),
            name=f"{'Unpin' if pinned else 'Pin'} {row.title}",
            hint="Pinned: it stays. Click to let it go." if pinned else "Pin: let it stand for it for good",
        )
        pin.setCheckable(True)
        pin.setChecked(pinned)
        pin.on_colour, pin.tinted = Ink.of(self).accent, True
        away = GlyphButton(glyphs.cross, name=f"Not this: {row.title}", hint="Not this excerpt: it never stands for it")
        more = GlyphButton(glyphs.plus, name=f"More like {row.title}", hint="More like it: a new prototype from it")
        pin.clicked.connect(lambda on: self.pinned.emit(audio_hash, on))
        away.clicked.connect(lambda: self.refused.emit(audio_hash, True))
        more.clicked.connect(lambda: self.more_asked.emit(audio_hash))
        for button in (more, pin, away):
            row.add(button)

    def _show_refused(self, example: Example, number: int) -> None:
        row = self._row(example, number)
        row.label.set_off(True)
        again = GlyphButton(glyphs.reset, name=f"Allow {row.title} again", hint="Let it stand for it again")
        again.clicked.connect(lambda: self.refused.emit(example.audio_hash, False))
        row.add(again)

    def _row(self, example: Example, number: int) -> ExampleRow:
        row = ExampleRow(example, number=number)
        row.play_asked.connect(self.play_asked)
        self.rows.append(row)
        self._column.addWidget(row)
        return row

    def set_playing(self, audio_hash: str) -> None:
        """Which sound is heard now ("" for none)."""
        self._playing = audio_hash
        for row in self.rows:
            row.set_playing(audio_hash)
