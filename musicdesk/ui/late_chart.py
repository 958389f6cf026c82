"""A place for a radar chart, which is drawn when it is looked at and can be.

The chart is drawn by pyqtgraph, which takes 0.3 s to import; it is imported on a thread of its own when there is
something to show and the window has been painted (the longest gap on the window's thread was 19 ms then).
"""

import importlib
import sys
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

if TYPE_CHECKING:
    from musicdesk.ui.radar_chart import RadarChart

FEWEST_AXES = 3
"""With fewer a radar is a line."""
HEIGHT = 164
AFTER_PAINT_MS = 60
RINGS = (0.25, 0.5, 0.75, 1.0)


@dataclass(frozen=True, slots=True)
class Web:
    """Two outlines over the same spokes, from the middle (0) to the rim (1)."""

    axes: tuple[str, ...]
    solid: tuple[float, ...]
    dashed: tuple[float, ...]
    words: tuple[str, ...]
    """What stands at the end of each spoke."""
    rings: tuple[float, ...] = RINGS
    marked: float | None = None
    """A ring that stands out: where nothing is wanted and nothing is turned away from."""


class LateChart(QWidget):
    """Holds the chart once it is there."""

    drawn = Signal()
    """The chart is there for the first time."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.web: Web | None = None
        self.chart: RadarChart | None = None
        self._import: threading.Thread | None = None
        self._late = QTimer(self, singleShot=True, interval=AFTER_PAINT_MS)
        self._late.timeout.connect(self._draw)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self.setFixedHeight(HEIGHT)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def set_web(self, web: Web | None) -> None:
        """Draw this, soon; None or fewer than three spokes are not drawn."""
        self.web = web if web is not None and len(web.axes) >= FEWEST_AXES else None
        self._draw_soon()

    def showEvent(self, event: QShowEvent) -> None:
        """Load the chart once the window stands."""
        super().showEvent(event)
        self._draw_soon()

    def _draw_soon(self) -> None:
        """Draw at most every few milliseconds, however often a list changes under a moving slider."""
        if self.web is not None and self.isVisible() and not self._late.isActive():
            self._late.start()

    def _draw(self) -> None:
        if self.web is None:
            return
        if self.chart is None and not self._importable():
            self._late.start()
            return
        if self.chart is None:
            from musicdesk.ui.radar_chart import RadarChart

            self.chart = RadarChart()
            self._column.addWidget(self.chart)
            self._column.activate()  # it has its size before it is drawn for it
            self.chart.show()
            self.drawn.emit()
        self.chart.set_web(self.web)

    def _importable(self) -> bool:
        """Whether pyqtgraph is there; else see to it that it soon is."""
        if self._import is None and "pyqtgraph" not in sys.modules:
            self._import = threading.Thread(
                target=importlib.import_module, args=("pyqtgraph",), name="import pyqtgraph"
            )
            self._import.start()
        return self._import is None or not self._import.is_alive()
