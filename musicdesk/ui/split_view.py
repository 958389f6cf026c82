"""What a prototype would be split into, to hear before it is done."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from musicdesk.records import Prototype, Track
from musicdesk.ui.example_rows import Example, ExampleRow
from musicdesk.ui.labels import SoftLabel, scrolling
from musicdesk.ui.prototype_name import ShapeMark
from musicdesk.ui.question import Question

HEARD = 3
INTRO = "Each part has a slider of its own afterwards; Ctrl+Z puts it together again."


class SplitView(Question):
    """The pieces, each with its name and examples; ``split_asked`` when the person agrees."""

    split_asked = Signal()
    play_asked = Signal(str, object)

    def __init__(
        self, name: str, pieces: Sequence[Prototype], tracks: Callable[[str], Track | None],
        parent: QWidget | None = None,
    ) -> None:  # fmt: skip
        super().__init__(f"Split “{name}” into {len(pieces)}?", INTRO, parent)
        self.rows: list[ExampleRow] = []
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 8, 0)
        column.setSpacing(2)
        for piece in pieces:
            column.addLayout(_head(piece))
            for number, audio_hash in enumerate(piece.exemplars[:HEARD], start=1):
                column.addWidget(self._row(Example(audio_hash, tracks(audio_hash)), number))
            column.addSpacing(8)
        column.addStretch(1)
        self.body.addWidget(scrolling(inside), 1)
        self.split = self.primary("Split")
        self.split.clicked.connect(self._agree)
        self.setMinimumSize(400, 280)
        self.resize(440, min(160 + 112 * len(pieces), 640))

    def _row(self, example: Example, number: int) -> ExampleRow:
        row = ExampleRow(example, number=number)
        row.play_asked.connect(self.play_asked)
        self.rows.append(row)
        return row

    def set_playing(self, audio_hash: str) -> None:
        """Which sound is heard now ("" for none)."""
        for row in self.rows:
            row.set_playing(audio_hash)

    def _agree(self) -> None:
        self.split_asked.emit()
        self.accept()


def _head(piece: Prototype) -> QHBoxLayout:
    mark, name = ShapeMark(), QLabel(piece.name)
    mark.set_look(piece.slot)
    font = name.font()
    font.setWeight(font.Weight.DemiBold)
    name.setFont(font)
    row = QHBoxLayout()
    row.setSpacing(8)
    row.addWidget(mark)
    row.addWidget(name, 1)
    if piece.support:
        row.addWidget(SoftLabel(f"{piece.support:,} track{'s' * (piece.support != 1)}"))
    return row
