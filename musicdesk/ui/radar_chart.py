"""The radar chart, drawn by pyqtgraph. Import it late: pyqtgraph takes 0.4 s."""

import math
from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPolygonF, QResizeEvent, QTextOption
from PySide6.QtWidgets import QGraphicsPolygonItem, QSizePolicy, QWidget

from musicdesk.ui.ink import Ink, scaled
from musicdesk.ui.late_chart import FEWEST_AXES, Web
from musicdesk.ui.lines import line_pen

REACH = 1.08
"""Where the words begin, in radii."""
SMALLEST_WEB = 32.0
"""Radius in pixels, whatever the words take."""


class RadarChart(pg.PlotWidget):  # type: ignore[misc]
    """Shares from the middle (0) to the rim (1), one spoke a word."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, background=None)
        self._web = Web((), (), (), ())
        self._areas: tuple[QGraphicsPolygonItem, ...] = ()
        self._texts: list[pg.TextItem] = []
        self.hideAxis("left")
        self.hideAxis("bottom")
        self.hideButtons()
        self.setMenuEnabled(False)
        self.setMouseEnabled(False, False)
        self.setAntialiasing(True)
        box = self.getPlotItem().getViewBox()
        box.setAspectLocked(True)
        box.sigResized.connect(self._resized)  # it comes after the widget's own resize, and has its say on the range
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setFrameShape(self.Shape.NoFrame)

    def set_web(self, web: Web) -> None:
        """Draw these axes (three or more); while the axes stay the same, only what lies on them moves."""
        same, self._web = web.axes == self._web.axes, web
        if not same:
            self._draw()
            return
        self._place_areas()
        for text, words in zip(self._texts, web.words, strict=True):
            text.setPlainText(words)

    def changeEvent(self, event: QEvent) -> None:
        """Follow a change of the palette."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_web"):
            self._draw()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep room for the words."""
        super().resizeEvent(event)
        self._resized()

    def _resized(self) -> None:
        if hasattr(self, "_web"):
            self._fit()

    def _draw(self) -> None:
        self.clear()
        self._texts.clear()
        if len(self._web.axes) < FEWEST_AXES:
            return
        ink = Ink.of(self)
        self._draw_web(ink)
        self._areas = (self._area(ink, dashed=True), self._area(ink, dashed=False))
        self._place_areas()
        self._draw_words(ink)
        self._fit()

    def _draw_web(self, ink: Ink) -> None:
        count = len(self._web.axes)
        pen = pg.mkPen(ink.line, width=1)
        for ring in self._web.rings:
            marked = pg.mkPen(ink.soft, width=1, style=Qt.PenStyle.DotLine)
            self.plot(*closed([ring] * count), pen=marked if ring == self._web.marked else pen)
        for x, y in spokes(count):
            self.plot([0, x], [0, y], pen=pen)

    def _area(self, ink: Ink, *, dashed: bool) -> QGraphicsPolygonItem:
        area = QGraphicsPolygonItem()
        area.setPen(line_pen(ink, dashed=dashed))
        fill = QColor(ink.accent)
        fill.setAlpha(0 if dashed else 48)
        area.setBrush(fill)
        self.addItem(area)
        return area

    def _place_areas(self) -> None:
        for area, shares in zip(self._areas, (self._web.dashed, self._web.solid), strict=True):
            x, y = closed(shares)
            area.setPolygon(QPolygonF([QPointF(a, b) for a, b in zip(x, y, strict=True)]))

    def _draw_words(self, ink: Ink) -> None:
        for words, (x, y) in zip(self._web.words, spokes(len(self._web.axes)), strict=True):
            text = pg.TextItem(words, color=ink.text, anchor=anchor(x, y))
            text.setFont(self._small())
            text.textItem.document().setDocumentMargin(0)
            text.textItem.document().setDefaultTextOption(QTextOption(Qt.AlignmentFlag.AlignHCenter))
            text.textItem.setTextWidth(self._width_of(words))
            text.setPos(x * REACH, y * REACH)
            self.addItem(text, ignoreBounds=True)
            self._texts.append(text)

    def _small(self) -> QFont:
        font = QFont(self.font())
        scaled(font, -1.5)
        return font

    def _width_of(self, words: str) -> int:
        metrics = QFontMetrics(self._small())
        return max(metrics.horizontalAdvance(line) for line in (*words.split("\n"), "100 %")) + 2

    def _fit(self) -> None:
        """Make the web as large as the words around it allow."""
        if len(self._web.axes) < FEWEST_AXES:
            return
        high = QFontMetrics(self._small()).height() * 2
        ends = spokes(len(self._web.axes))
        rooms = []
        for words, (x, y) in zip(self._web.words, ends, strict=True):
            ax, ay = anchor(x, y)
            wide = self._width_of(words)
            beside = wide * (1 - ax) if x >= 0 else wide * ax
            above = high * ay if y >= 0 else high * (1 - ay)
            rooms.append((self.width() / 2 - beside - 2) / max(abs(x) * REACH, 0.2))
            rooms.append((self.height() / 2 - above - 2) / max(abs(y) * REACH, 0.2))
        radius = max(SMALLEST_WEB, min(rooms))
        across, down = self.width() / 2 / radius, self.height() / 2 / radius
        self.setRange(xRange=(-across, across), yRange=(-down, down), padding=0)


def spokes(count: int) -> list[tuple[float, float]]:
    """The ends of the spokes, the first upright, then clockwise."""
    angles = [math.pi / 2 - math.tau * i / count for i in range(count)]
    return [(math.cos(angle), math.sin(angle)) for angle in angles]


def closed(shares: Sequence[float]) -> tuple[np.ndarray, np.ndarray]:
    """The corners at these shares of the radius, and the first again."""
    points = np.array([(x * s, y * s) for s, (x, y) in zip(shares, spokes(len(shares)), strict=True)])
    points = np.vstack([points, points[:1]])
    return points[:, 0], points[:, 1]


def anchor(x: float, y: float) -> tuple[float, float]:
    """Which corner of a word touches the spoke, so that it stands outside the web."""
    return 0.5 - 0.5 * max(-1.0, min(1.0, x * 2)), 0.5 + 0.5 * y
