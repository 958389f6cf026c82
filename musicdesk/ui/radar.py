"""What the list is like beside the library: a radar chart with a table twin.

The chart is drawn by pyqtgraph, which takes 0.3 s to import; it is imported on a thread of its own when there is
something to show and the window has been painted (the longest gap on the window's thread was 19 ms then). The table
needs nothing and says the same, also to a screen reader.
"""

import importlib
import sys
import threading
from typing import TYPE_CHECKING

from PySide6.QtCore import QLineF, Qt, QTimer
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QStackedWidget,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from musicdesk.records import Radar
from musicdesk.ui import glyphs
from musicdesk.ui.glyphs import GlyphButton
from musicdesk.ui.ink import Ink
from musicdesk.ui.labels import ElidedLabel, SoftLabel, SoftSentence

if TYPE_CHECKING:
    from musicdesk.ui.radar_chart import RadarChart

FEWEST_AXES = 3
"""With fewer a radar is a line: the table is shown instead."""
HEIGHT = 164
AFTER_PAINT_MS = 60


class RadarView(QWidget):
    """Legend, chart, and a button that shows the numbers instead."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._radar: Radar | None = None
        self.chart: RadarChart | None = None
        self.table = _table()
        self.toggle = GlyphButton(glyphs.table, name="Show the chart as a table", hint="Show the numbers in a table")
        self.empty = SoftSentence("Here you will see what your picks are like beside the whole library.")
        self._waiting = QWidget()
        self._stack = QStackedWidget()
        self._import: threading.Thread | None = None
        self._late = QTimer(self, singleShot=True, interval=AFTER_PAINT_MS)
        self._late.timeout.connect(self._draw)
        self._lay_out()
        self.set_radar(None)

    def _lay_out(self) -> None:
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.empty.setMargin(16)
        for page in (self.empty, self._waiting, self.table):
            self._stack.addWidget(page)
        self._stack.setFixedHeight(HEIGHT)
        self.toggle.setCheckable(True)
        self.toggle.toggled.connect(self._show_page)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self._header())
        column.addWidget(self._stack)
        self._legend = _legend()
        column.addWidget(self._legend)

    def _header(self) -> QHBoxLayout:
        title = ElidedLabel("What the picks are like")
        font = title.font()
        font.setWeight(font.Weight.DemiBold)
        title.setFont(font)
        row = QHBoxLayout()
        row.addWidget(title, 1)
        row.addWidget(self.toggle)
        return row

    # ------------------------------------------------------------------ what it shows

    def set_radar(self, radar: Radar | None) -> None:
        """Show these axes; None or none at all says that there is nothing yet."""
        self._radar = radar if radar is not None and radar.axes else None
        self._fill_table()
        self.setAccessibleName("What the picks are like")
        self.setAccessibleDescription(told(self._radar))
        self.toggle.setEnabled(self._radar is not None)
        self._show_page()
        self._draw_soon()

    def _fill_table(self) -> None:
        radar = self._radar or Radar((), (), ())
        self.table.setRowCount(len(radar.axes))
        for row, values in enumerate(zip(radar.axes, radar.taste, radar.library, strict=True)):
            for column, value in enumerate(values):
                text = value if isinstance(value, str) else f"{value:.0%}".replace("%", " %")
                self.table.setItem(row, column, _cell(text, number=column > 0))

    def _show_page(self) -> None:
        if self._radar is None:
            page: QWidget = self.empty
        elif self.toggle.isChecked() or len(self._radar.axes) < FEWEST_AXES:
            page = self.table
        else:
            page = self.chart or self._waiting
        self._stack.setCurrentWidget(page)
        self._legend.setVisible(page not in (self.table, self.empty))

    def showEvent(self, event: QShowEvent) -> None:
        """Load the chart once the window stands."""
        super().showEvent(event)
        self._draw_soon()

    def _draw_soon(self) -> None:
        """Draw at most every few milliseconds, however often a list changes under a moving slider."""
        if self._radar is not None and self.isVisible() and not self._late.isActive():
            self._late.start()

    def _draw(self) -> None:
        if self._radar is None or len(self._radar.axes) < FEWEST_AXES:
            return
        if self.chart is None and not self._importable():
            self._late.start()
            return
        if self.chart is None:
            from musicdesk.ui.radar_chart import RadarChart

            self.chart = RadarChart()
            self._stack.addWidget(self.chart)
        self.chart.set_radar(self._radar)
        self._show_page()

    def _importable(self) -> bool:
        """Whether pyqtgraph is there; else see to it that it soon is."""
        if self._import is None and "pyqtgraph" not in sys.modules:
            self._import = threading.Thread(
                target=importlib.import_module, args=("pyqtgraph",), name="import pyqtgraph"
            )
            self._import.start()
        return self._import is None or not self._import.is_alive()


def told(radar: Radar | None) -> str:
    """The chart in words."""
    if radar is None:
        return "Nothing to show yet."
    axes = zip(radar.axes, radar.taste, radar.library, strict=True)
    return "; ".join(f"{name}: picks {picks:.0%}, library {library:.0%}" for name, picks, library in axes)


def _table() -> QTableWidget:
    table = QTableWidget(0, 3)
    table.setHorizontalHeaderLabels(["Word", "Picks", "Library"])
    table.setAccessibleName("What the picks are like, as a table")
    table.verticalHeader().hide()
    table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
    table.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setTabKeyNavigation(False)
    table.setShowGrid(False)
    table.verticalHeader().setDefaultSectionSize(24)
    return table


def _cell(text: str, *, number: bool) -> QTableWidgetItem:
    item = QTableWidgetItem(text)
    side = Qt.AlignmentFlag.AlignRight if number else Qt.AlignmentFlag.AlignLeft
    item.setTextAlignment(side | Qt.AlignmentFlag.AlignVCenter)
    return item


def _legend() -> QWidget:
    legend = QWidget()
    row = QHBoxLayout(legend)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(8)
    row.addStretch(1)
    for dashed, text in ((False, "picks"), (True, "whole library")):
        row.addWidget(LegendLine(dashed=dashed))
        row.addWidget(SoftLabel(text))
    row.addStretch(1)
    return legend


class LegendLine(QWidget):
    """How a line is drawn in the chart."""

    def __init__(self, *, dashed: bool) -> None:
        super().__init__()
        self._dashed = dashed
        self.setFixedSize(20, 16)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The line."""
        painter, ink = QPainter(self), Ink.of(self)
        painter.setPen(line_pen(ink, dashed=self._dashed))
        painter.drawLine(QLineF(0, 8, 20, 8))


def line_pen(ink: Ink, *, dashed: bool) -> QPen:
    """The pen of the picks, or of the library."""
    colour: QColor = ink.soft if dashed else ink.accent
    pen = QPen(colour, 1.5 if dashed else 2.0, Qt.PenStyle.DashLine if dashed else Qt.PenStyle.SolidLine)
    pen.setCosmetic(True)
    return pen
