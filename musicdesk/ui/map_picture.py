"""Many points as a picture: stamps of a prototype's colour and shape set straight into the memory of an image.

A painter asked for 200,000 shapes takes seconds; setting the pixels of all points of one look at once takes hundredths.
Edges are mixed with the ground beforehand, so that points that overlap stay apart by a thin rim.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from musicdesk.records import FloatArray, IntArray
from musicdesk.ui import theme
from musicdesk.ui.ink import Ink, blend

Mask = npt.NDArray[np.bool_]
Pixels = npt.NDArray[np.uint32]

SMALLEST, LARGEST = 3.0, 11.0
"""Sides of a point."""
FULLNESS = 0.16
"""Points are as large as lets them cover this share of the picture, if they lay side by side."""
STRENGTHS = (0.72, 0.42, 0.0)
"""How much of the ground is mixed into a point that was torn away, half torn away, or not at all."""
BACK = 0.72
"""The same for what is not of the kind that is looked at."""
THIN = 0.3
"""Pixels of a shape that are covered less are left out."""


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """What each point looks like."""

    slots: IntArray  # [n] colour and shape; -1: neither
    faded: IntArray  # [n] 0 to 2, into ``STRENGTHS``
    back: Mask  # [n] whether it stands back
    chosen: Mask  # [n]


def side_of(count: int, size: QSize) -> float:
    """How large points are where so many are seen in a picture of this size."""
    room = size.width() * size.height() * FULLNESS / max(1, count)
    return float(min(LARGEST, max(SMALLEST, room**0.5)))


def picture(places: FloatArray, look: Look, *, size: QSize, ratio: float, ink: Ink) -> QImage:
    """The points at ``places`` [n, 2], in the widget's pixels, on the ground; ``ratio`` real pixels to one of these."""
    wide, high = round(size.width() * ratio), round(size.height() * ratio)
    seen = np.flatnonzero(((places > 0) & (places < [size.width(), size.height()])).all(axis=1))
    side = max(2, round(side_of(len(seen), size) * ratio))
    rim = side + 8
    pixels = np.full((high + 2 * rim, wide + 2 * rim), ink.raised.rgb(), np.uint32)
    corners = np.round(places[seen] * np.float32(ratio) + (rim - side / 2)).astype(np.int64)
    flat = corners[:, 1] * pixels.shape[1] + corners[:, 0]
    for colour, shape, mine in _layers(look, seen, ink):
        _stamp(pixels, flat[mine], _mask(shape, side), colour, ink.raised)
    chosen = flat[look.chosen[seen]]
    if len(chosen):
        grown = side + 2 * round(2 * ratio)
        shift = (grown - side) // 2
        _stamp(pixels, chosen - shift * (pixels.shape[1] + 1), _ring(grown, round(1.5 * ratio)), ink.text, ink.raised)
    inside = np.ascontiguousarray(pixels[rim : rim + high, rim : rim + wide])
    image = QImage(inside.data, wide, high, 4 * wide, QImage.Format.Format_RGB32).copy()
    image.setDevicePixelRatio(ratio)
    return image


def _layers(look: Look, seen: IntArray, ink: Ink) -> Sequence[tuple[QColor, int, Mask]]:
    """Colour, slot of the shape, and points, from what lies below to what lies above."""
    slots, faded, back, chosen = (column[seen] for column in (look.slots, look.faded, look.back, look.chosen))
    kinds, grey = np.unique(slots).tolist(), blend(ink.wave, ink.raised, BACK)
    layers = [(grey, slot, (slots == slot) & back & ~chosen) for slot in kinds]
    for strength, ground in enumerate(STRENGTHS):
        for slot in kinds:
            mine = (slots == slot) & ~back & ~chosen & (faded == strength)
            layers.append((blend(colour_of(slot, ink), ink.raised, ground), slot, mine))
    layers += [(colour_of(slot, ink), slot, (slots == slot) & chosen) for slot in kinds]
    return [layer for layer in layers if layer[2].any()]


def colour_of(slot: int, ink: Ink) -> QColor:
    """The colour of a prototype; of none, that of what is at rest."""
    return ink.slot(slot) if slot >= 0 else ink.wave


def _stamp(pixels: Pixels, corners: IntArray, mask: FloatArray, colour: QColor, ground: QColor) -> None:
    """Set a shape at each of the corners, which are places in the flat picture."""
    flat, wide = pixels.reshape(-1), pixels.shape[1]
    for (row, column), covered in np.ndenumerate(mask):
        if covered >= THIN:
            flat[corners + (row * wide + column)] = blend(ground, colour, float(covered)).rgb()


@lru_cache(maxsize=256)
def _mask(slot: int, side: int) -> FloatArray:
    """How much of each pixel of a square a shape covers.  # [side, side] 0 to 1"""
    image = QImage(side, side, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor("white"))
    theme.paint_shape(painter, QRectF(0, 0, side, side), max(slot, 0))
    painter.end()
    values = np.frombuffer(image.constBits(), np.uint32).reshape(side, side)
    return np.asarray((values >> 24) / np.float32(255), np.float32)


@lru_cache(maxsize=32)
def _ring(side: int, thick: int) -> FloatArray:
    """A circle's line.  # [side, side]"""
    middle = (side - 1) / 2
    x, y = np.meshgrid(np.arange(side) - middle, np.arange(side) - middle)
    away = np.abs(np.hypot(x, y) - (side - thick) / 2)
    return np.asarray(np.clip(thick / 2 + 0.5 - away, 0, 1), np.float32)


def paint_name(painter: QPainter, ink: Ink, name: str, *, at: QPointF, colour: QColor, size: QSize) -> None:
    """A ring around a point, and beside it what it is called."""
    painter.setPen(QPen(colour, 2))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawEllipse(at, 9, 9)
    metrics = painter.fontMetrics()
    words = metrics.elidedText(name, Qt.TextElideMode.ElideRight, max(80, size.width() // 2))
    wide, high = metrics.horizontalAdvance(words) + 16, metrics.height() + 6
    left = at.x() + 14 if at.x() + 14 + wide < size.width() else at.x() - 14 - wide
    box = QRectF(max(2.0, left), min(max(2.0, at.y() - high / 2), size.height() - high - 2), wide, high)
    painter.setPen(QPen(ink.line, 1))
    painter.setBrush(ink.ground)
    painter.drawRoundedRect(box, 4, 4)
    painter.setPen(ink.text)
    painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), words)
