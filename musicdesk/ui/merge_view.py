"""Which prototypes become one: boxes to tick, the likest first, each with an example to hear, and a name."""

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QSizePolicy, QVBoxLayout, QWidget

from musicdesk.records import Prototype, Taste, Track
from musicdesk.ui import glyphs
from musicdesk.ui.flat import FlatTick
from musicdesk.ui.glyphs import GlyphButton
from musicdesk.ui.labels import SoftLabel, scrolling
from musicdesk.ui.prototype_name import LONGEST_NAME, ShapeMark
from musicdesk.ui.question import Question

INTRO = "Tick what shall be one slider; what sounds most like it stands first. Ctrl+Z takes them apart again."
FEWEST = 2
WIDE = 300
"""Pixels that a name may take."""


class MergeView(Question):
    """``merge_asked`` gives the ids of the ticked ones, and a name ("" for one in the encoder's words)."""

    merge_asked = Signal(tuple, str)
    play_asked = Signal(str, object)

    def __init__(
        self, first: Prototype, taste: Taste, tracks: Callable[[str], Track | None], parent: QWidget | None = None
    ) -> None:
        super().__init__(f"Merge “{first.name}” with …", INTRO, parent)
        others = sorted(
            (p for p in taste.prototypes if p.id != first.id), key=lambda p: -float(p.vector @ first.vector)
        )
        self.rows = [MergeRow(p, tracks) for p in (first, *others)]
        self.rows[0].tick.setChecked(True)
        self.name = QLineEdit(maxLength=LONGEST_NAME)
        self.name.setPlaceholderText("Name; left empty, it is called after what it sounds like")
        self.name.setAccessibleName("Name of the one prototype")
        self.merge = self.primary("Merge")
        self.merge.clicked.connect(self._agree)
        self._lay_out_rows()
        self._count()
        self.rows[min(1, len(others))].tick.setFocus()
        self.setMinimumSize(420, 280)
        self.resize(460, min(220 + 28 * len(self.rows), 640))

    def _lay_out_rows(self) -> None:
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 8, 0)
        column.setSpacing(2)
        for row in self.rows:
            column.addWidget(row)
            row.tick.toggled.connect(lambda _: self._count())
            row.play_asked.connect(self.play_asked)
        column.addStretch(1)
        self.body.addWidget(scrolling(inside), 1)
        self.body.addSpacing(4)
        self.body.addWidget(self.name)

    @property
    def chosen(self) -> tuple[str, ...]:
        """The ids of what is ticked."""
        return tuple(row.prototype.id for row in self.rows if row.tick.isChecked())

    def set_playing(self, audio_hash: str) -> None:
        """Which sound is heard now ("" for none)."""
        for row in self.rows:
            row.set_playing(audio_hash)

    def _count(self) -> None:
        many = len(self.chosen)
        self.merge.setText(f"Merge {many}" if many >= FEWEST else "Merge")
        self.merge.setEnabled(many >= FEWEST)
        self.merge.setToolTip("" if many >= FEWEST else "Tick two or more")

    def _agree(self) -> None:
        self.merge_asked.emit(self.chosen, " ".join(self.name.text().split()))
        self.accept()


class MergeRow(QWidget):
    """▶, colour and shape, a box with the name, how many tracks stand behind it."""

    play_asked = Signal(str, object)

    def __init__(self, prototype: Prototype, tracks: Callable[[str], Track | None]) -> None:
        super().__init__()
        self.prototype = prototype
        self.tick, mark = FlatTick(), ShapeMark()
        self.tick.setText(self.fontMetrics().elidedText(prototype.name, Qt.TextElideMode.ElideRight, WIDE))
        self.tick.setAccessibleName(prototype.name)
        self.tick.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        mark.set_look(prototype.slot)
        self._sound = next(iter(prototype.exemplars), "")
        track = tracks(self._sound)
        self._title = track.label if track is not None else prototype.name
        self.hear = GlyphButton(glyphs.play, name=f"Play {self._title}")
        self.hear.setEnabled(track is not None)
        self.hear.clicked.connect(lambda: self.play_asked.emit(self._sound, None))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for widget in (self.hear, mark, self.tick):
            row.addWidget(widget)
        if prototype.support:
            row.addWidget(SoftLabel(f"{prototype.support:,} track{'s' * (prototype.support != 1)}"))
        self.set_playing("")

    def set_playing(self, audio_hash: str) -> None:
        """Which sound is heard now ("" for none)."""
        self.hear.show_playing(self._title, on=bool(audio_hash) and audio_hash == self._sound)
