"""A small picture of where the current picks lie on one prototype, and where the whole library does.

In percentiles every library is level, which says nothing of it. Where the desk tells the likeness behind the
percentiles, the picture is drawn on that scale: a kind of music that stands apart is a hill of its own.
"""

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from musicdesk.records import FloatArray, Likeness
from musicdesk.ui.ink import Ink, blend

BINS = 16
FARTHEST = 0.002
"""The picture begins where so little of the library lies farther."""
LEVEL = np.full(BINS, 1 / BINS)
TALLEST = 0.25
"""In percentiles, at least this share of the picks is a full bar."""


class MatchHistogram(QWidget):
    """Bars for the picks, from far (left) to near (right), over a faint hill that is the library."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shares, self._hill = np.zeros(BINS), LEVEL  # [BINS] 0 to 1
        self._percentiles: FloatArray | None = None
        self._library: Likeness | None = None
        self._name = ""
        self._slot, self._off = 0, False
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.set_percentiles(None, name="")

    def sizeHint(self) -> QSize:
        """Sixteen bars of four pixels."""
        return QSize(BINS * 4, 16)

    def minimumSizeHint(self) -> QSize:
        """Sixteen bars of two pixels."""
        return QSize(BINS * 2, 16)

    @property
    def shares(self) -> tuple[float, ...]:
        """The share of picks in each bar, far to near."""
        return tuple(float(s) for s in self._shares)

    @property
    def hill(self) -> tuple[float, ...]:
        """The share of the library over the place of each bar."""
        return tuple(float(s) for s in self._hill)

    def set_look(self, slot: int, *, off: bool) -> None:
        """The prototype's colour, or grey."""
        self._slot, self._off = slot, off
        self.update()

    def set_library(self, library: Likeness | None) -> None:
        """Draw on the scale of this likeness from now on; None: in percentiles, in which the library is level."""
        if library is self._library:
            return
        self._library = library
        self._hill = LEVEL if library is None else np.diff(_below(library, _edges(library)))
        self.set_percentiles(self._percentiles, name=self._name)

    def set_percentiles(self, percentiles: FloatArray | None, *, name: str) -> None:
        """Show how near the picks are to this prototype.

        Args:
            percentiles: [n] 0 to 1, of this library; None or empty clears the picture.
            name: the prototype's.

        """
        self._percentiles, self._name = percentiles, name
        if percentiles is None or not len(percentiles):
            self._shares = np.zeros(BINS)
            self._tell("No list yet: here you will see where its picks lie on this prototype.")
            return
        bins = np.clip((self._placed(percentiles) * BINS).astype(int), 0, BINS - 1)
        self._shares = np.bincount(bins, minlength=BINS) / len(percentiles)
        self._tell(
            f"The {len(percentiles)} picks on “{name}”, from far to near: half of them are nearer than "
            f"{float(np.median(percentiles)):.0%} of your library. {self._of_library()}"
        )

    def _placed(self, percentiles: FloatArray) -> FloatArray:
        """Where tracks at these percentiles lie in the picture, from 0 (left) to 1.  # [n]"""
        if self._library is None:
            return percentiles
        edges = _edges(self._library)
        found = np.interp(percentiles, self._library.percentiles, self._library.likeness)
        return np.asarray((found - edges[0]) / (edges[-1] - edges[0]))

    def _of_library(self) -> str:
        if self._library is None:
            return "Grey: the library, level because it is measured by itself."
        near = float(self._hill[BINS // 2 :].sum())
        return f"Grey: your whole library, of which {near:.0%} lies in the nearer half."

    def _tell(self, sentence: str) -> None:
        self.setToolTip(sentence)
        self.setAccessibleName("Where the picks lie, and the library")
        self.setAccessibleDescription(sentence)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The library, the bars, the base line."""
        painter, ink = QPainter(self), Ink.of(self)
        height, step = self.height() - 1, self.width() / BINS
        if self._shares.any():
            most = max(float(self._shares.max()), TALLEST if self._library is None else 0.0)
            line = self._skyline(step=step, height=height, most=most)
            ground = QPolygonF([QPointF(0, height), *line, QPointF(self.width(), height)])
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(blend(ink.text, ink.raised, 0.84))
            painter.drawPolygon(ground)
            self._paint_bars(painter, ink, step=step, height=height, most=most)
            painter.setPen(QPen(ink.soft, 1))
            painter.drawPolyline(QPolygonF(line))
        painter.setPen(QPen(ink.line, 1))
        painter.drawLine(QLineF(0, height + 0.5, self.width(), height + 0.5))

    def _skyline(self, *, step: float, height: int, most: float) -> list[QPointF]:
        """The library; in percentiles as high as so many picks would be, else as high as the picture."""
        tops = height - self._hill / (most if self._library is None else float(self._hill.max())) * height
        return [QPointF(x * step, top) for place, top in enumerate(tops.tolist()) for x in (place, place + 1)]

    def _paint_bars(self, painter: QPainter, ink: Ink, *, step: float, height: int, most: float) -> None:
        colour = ink.slot(self._slot, off=self._off)
        for index, share in enumerate(self._shares.tolist()):
            tall = share / most * height
            painter.fillRect(QRectF(index * step + 0.5, height - tall, step - 1, tall), colour)


def _edges(library: Likeness) -> FloatArray:
    """The likeness at the edges of the bars.  # [BINS + 1]"""
    low = float(np.interp(FARTHEST, library.percentiles, library.likeness))
    high = float(library.likeness[-1])
    return np.linspace(low, max(high, low + 1e-3), BINS + 1, dtype=np.float32)


def _below(library: Likeness, edges: FloatArray) -> FloatArray:
    """The share of the library that is farther than each edge; all of it lies between the first and the last."""
    below = np.interp(edges, library.likeness, library.percentiles)
    below[0], below[-1] = 0.0, 1.0
    return np.asarray(below, dtype=np.float32)
