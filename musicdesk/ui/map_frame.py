"""Which part of the map is seen: from the map's own measure to pixels and back; and who lies where in the view."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QImage, QPainter, QPolygonF

from musicdesk.records import FloatArray, IntArray

NOBODY = -1
REACH = 12.0
"""Pixels from a point at which it is still meant."""
EDGE = 24
"""Pixels left free around the whole map."""
CLOSEST = 400.0
"""How much closer than the whole map it can be looked at."""


@dataclass(frozen=True, slots=True)
class Frame:
    """The place of the map in the middle of the view, and the pixels that one of its units takes."""

    x: float = 0.0
    y: float = 0.0
    scale: float = 100.0

    @classmethod
    def around(cls, places: FloatArray, size: QSize) -> "Frame":
        """The frame in which all ``places`` [n, 2] are seen."""
        if not len(places):
            return cls()
        low, high = places.min(axis=0), places.max(axis=0)
        wide, tall = (max(float(extent), 1e-3) for extent in high - low)
        room = max(size.width() - 2 * EDGE, 16), max(size.height() - 2 * EDGE, 16)
        middle = (low + high) / 2
        return cls(float(middle[0]), float(middle[1]), min(room[0] / wide, room[1] / tall))

    def on_screen(self, places: FloatArray, size: QSize) -> FloatArray:
        """Where places of the map lie in a view of this size.  # [n, 2]"""
        middle = np.array([size.width() / 2, size.height() / 2], np.float32)
        turned = (places - np.array([self.x, self.y], np.float32)) * np.array([self.scale, -self.scale], np.float32)
        return np.asarray(turned + middle, np.float32)

    def sees(self, place: FloatArray, size: QSize) -> bool:
        """Whether a place of the map lies in a view of this size."""
        x, y = self.on_screen(place[None], size)[0].tolist()
        return bool(0 <= x <= size.width() and 0 <= y <= size.height())

    def on_map(self, place: QPointF, size: QSize) -> tuple[float, float]:
        """What lies under a pixel."""
        return (
            self.x + (place.x() - size.width() / 2) / self.scale,
            self.y - (place.y() - size.height() / 2) / self.scale,
        )

    def moved(self, by: QPointF) -> "Frame":
        """The frame after the map was dragged by so many pixels."""
        return replace(self, x=self.x - by.x() / self.scale, y=self.y + by.y() / self.scale)

    def shows(self, before: "Frame", picture: QSizeF, size: QSize) -> QRectF:
        """Where a picture of this size, made in another frame, lies in this one."""
        middle = self.on_screen(np.array([[before.x, before.y]], np.float32), size)[0].tolist()
        grown = picture * (self.scale / before.scale)
        return QRectF(middle[0] - grown.width() / 2, middle[1] - grown.height() / 2, grown.width(), grown.height())

    def zoomed(self, factor: float, at: QPointF, size: QSize, *, whole: float) -> "Frame":
        """Closer or farther, what is under the pixel ``at`` staying there; ``whole`` is the scale of the whole map."""
        scale = min(max(self.scale * factor, whole * 0.5), whole * CLOSEST)
        x, y = self.on_map(at, size)
        closer = replace(self, scale=scale)
        there_x, there_y = closer.on_map(at, size)
        return replace(closer, x=closer.x + x - there_x, y=closer.y + y - there_y)


def beside(place: QPointF, there: FloatArray) -> int:
    """The nearest of the points ``there`` [n, 2] within reach of a pixel; -1 for none."""
    close = np.flatnonzero(np.abs(there[:, 0] - np.float32(place.x())) <= REACH)
    apart = ((there[close] - np.array([place.x(), place.y()], np.float32)) ** 2).sum(axis=1)
    if not len(close) or apart.min() > REACH * REACH:
        return NOBODY
    return int(close[apart.argmin()])


def on_side(there: FloatArray, current: int, direction: tuple[int, int]) -> int:
    """The nearest point that lies more on this side of ``current`` than on any other; -1 for none."""
    apart = there - there[current]
    along = apart @ np.array(direction, np.float32)
    across = np.abs(apart @ np.array(direction[::-1], np.float32))
    fits = np.flatnonzero((along > 0) & (across <= along))
    if not len(fits):
        return NOBODY
    return int(fits[(along[fits] ** 2 + 2 * across[fits] ** 2).argmin()])


def within(line: Sequence[QPointF], there: FloatArray, size: QSize) -> IntArray:
    """The points inside a line that is drawn around them, however it crosses itself."""
    mask = QImage(size, QImage.Format.Format_Grayscale8)
    mask.fill(0)
    painter = QPainter(mask)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(Qt.GlobalColor.white)
    painter.drawPolygon(QPolygonF(list(line)), Qt.FillRule.WindingFill)
    painter.end()
    bits = np.frombuffer(mask.constBits(), np.uint8).reshape(mask.height(), mask.bytesPerLine())
    pixels = there.astype(np.int64)
    rows = np.flatnonzero(((there >= 0) & (pixels < [mask.width(), mask.height()])).all(axis=1))
    return np.asarray(rows[bits[pixels[rows, 1], pixels[rows, 0]] > 0], np.int64)
