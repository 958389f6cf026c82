"""The two loss curves of learning words and preference, with a table twin; drawn when they are first looked at."""

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QStackedWidget, QVBoxLayout, QWidget

from musicdesk.ui import glyphs
from musicdesk.ui.glyphs import GlyphButton
from musicdesk.ui.labels import SoftLabel
from musicdesk.ui.meaning_words import TITLES, losses_text
from musicdesk.ui.training_table import FiguresModel, FiguresTable

if TYPE_CHECKING:
    from musicdesk.ui.meaning_chart import LossCurve

HIGH = 150
HELD = "On tracks of artists that it does not learn from, where there are enough to hold some out"


class MeaningCurves(QWidget):
    """How far off it is after each round, stage by stage; of tracks that it does not learn from, if there are any."""

    def __init__(self) -> None:
        super().__init__()
        self.losses: dict[str, tuple[float, ...]] = dict.fromkeys(TITLES, ())
        self.charts: dict[str, LossCurve] = {}
        self.boxes: dict[str, QWidget] = {}
        self._awaited: frozenset[str] = frozenset()
        self.model = FiguresModel("Round", *TITLES.values())
        self.table = FiguresTable(self.model, name="Losses, as a table")
        self.toggle = GlyphButton(glyphs.table, name="As a table", hint="The same as a table")
        self.toggle.setCheckable(True)
        self._drawn, self.stack = QWidget(), QStackedWidget()
        self.toggle.toggled.connect(lambda on: self.stack.setCurrentWidget(self.table if on else self._drawn))
        self.stack.addWidget(self._drawn)
        self.stack.addWidget(self.table)
        self.stack.setFixedHeight(HIGH)
        self._late = QTimer(self, singleShot=True, interval=0)
        self._late.timeout.connect(self._draw)
        head = QHBoxLayout()
        title = SoftLabel("Loss after each round; lower is better")
        title.setToolTip(HELD)
        head.addWidget(title, 1)
        head.addWidget(self.toggle)
        self._places = QHBoxLayout(self._drawn)
        self._places.setContentsMargins(0, 0, 0, 0)
        self._places.setSpacing(16)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(head)
        column.addWidget(self.stack)
        self.setAccessibleName("Curves of the learning")

    def set_losses(self, losses: Mapping[str, tuple[float, ...]], *, awaited: Collection[str] = ()) -> None:
        """Show the losses of each stage so far; a stage without any has no chart, unless it is ``awaited``."""
        self._awaited = frozenset(awaited)
        self.losses = {stage: tuple(losses.get(stage, ())) for stage in TITLES}
        longest = max(map(len, self.losses.values()))
        self.model.set_rows(
            [(f"{row + 1}", *(_cell(told, row) for told in self.losses.values())) for row in range(longest)]
        )
        self.setAccessibleDescription("; ".join(f"{TITLES[s]}: {losses_text(told)}" for s, told in self.losses.items()))
        self._late.start()

    def showEvent(self, event: QShowEvent) -> None:
        """Draw once they are looked at."""
        super().showEvent(event)
        self._late.start()

    def _draw(self) -> None:
        if not self.isVisible():
            return
        for stage, title in TITLES.items():
            if stage not in self.charts:
                self._add(stage, title)
            self.charts[stage].set_losses(self.losses[stage])
            self.boxes[stage].setVisible(bool(self.losses[stage]) or stage in self._awaited)

    def _add(self, stage: str, title: str) -> None:
        from musicdesk.ui.meaning_chart import LossCurve

        chart, box, head = LossCurve(), QWidget(), QLabel(title)
        column = QVBoxLayout(box)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        head.setContentsMargins(4, 0, 0, 0)
        column.addWidget(head)
        column.addWidget(chart, 1)
        self._places.addWidget(box, 1)
        self.charts[stage], self.boxes[stage] = chart, box


def _cell(losses: tuple[float, ...], row: int) -> str:
    return f"{losses[row]:.3f}" if row < len(losses) else ""
