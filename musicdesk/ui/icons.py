"""More drawn signs, and icons made of them: sharp at any scale, in the colour of the palette."""

import math

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPainterPath, QPixmap, QTransform

from musicdesk.ui import theme
from musicdesk.ui.glyphs import Paths, fill_glyph, polygon, rectangle, stroked

SIZES = (16, 24, 32, 48)


def folder() -> QPainterPath:
    """A folder with a tab."""
    tab = polygon((1.5, 4.2), (1.5, 2.8), (6.2, 2.8), (7.8, 4.4), (7.8, 6), (1.5, 6))
    return stroked(rectangle(1.7, 4.4, 12.6, 8.8, radius=1.2).united(tab), 1.2)


def folder_add() -> QPainterPath:
    """A plus."""
    path = QPainterPath(QPointF(8, 3))
    path.lineTo(8, 13)
    path.moveTo(3, 8)
    path.lineTo(13, 8)
    return stroked(path, 1.8)


def search() -> QPainterPath:
    """A magnifying glass."""
    path = QPainterPath()
    path.addEllipse(QPointF(6.8, 6.8), 4.3, 4.3)
    path.moveTo(10.2, 10.2)
    path.lineTo(14, 14)
    return stroked(path, 1.6)


def undo() -> QPainterPath:
    """An arrow that turns back to the left."""
    line = QPainterPath(QPointF(4, 6))
    line.lineTo(10, 6)
    line.arcTo(QRectF(6.6, 6, 6.8, 6.8), 90, -180)
    line.lineTo(6, 12.8)
    return stroked(line, 1.6).united(polygon((1.2, 6), (5.6, 2.4), (5.6, 9.6)))


def redo() -> QPainterPath:
    """An arrow that turns back to the right."""
    return QTransform(-1, 0, 0, 1, 16, 0).map(undo())


def gear() -> QPainterPath:
    """A cog wheel."""
    teeth = QPainterPath()
    for turn in range(8):
        angle = math.tau * turn / 8
        teeth.moveTo(8 + 4.4 * math.cos(angle), 8 + 4.4 * math.sin(angle))
        teeth.lineTo(8 + 6.6 * math.cos(angle), 8 + 6.6 * math.sin(angle))
    rim = QPainterPath()
    rim.addEllipse(QPointF(8, 8), 4.3, 4.3)
    hub = QPainterPath()
    hub.addEllipse(QPointF(8, 8), 1.5, 1.5)
    return stroked(teeth, 2.2).united(stroked(rim, 1.6)).united(stroked(hub, 0.8))


def export() -> QPainterPath:
    """An arrow out of a tray."""
    tray = QPainterPath(QPointF(2.5, 9.5))
    tray.lineTo(2.5, 13.2)
    tray.lineTo(13.5, 13.2)
    tray.lineTo(13.5, 9.5)
    shaft = QPainterPath(QPointF(8, 10.2))
    shaft.lineTo(8, 4)
    return stroked(tray, 1.5).united(stroked(shaft, 1.5)).united(polygon((8, 1.2), (11.4, 5), (4.6, 5)))


def playlist() -> QPainterPath:
    """Lines with a note."""
    lines = QPainterPath()
    for y, x in ((3.5, 13.5), (7, 13.5), (10.5, 8)):
        lines.moveTo(2.5, y)
        lines.lineTo(x, y)
    return stroked(lines, 1.5).united(polygon((10.2, 9.4), (14.6, 11.9), (10.2, 14.4)))


def offline() -> QPainterPath:
    """A plug that is out: a ring struck through."""
    ring = QPainterPath()
    ring.addEllipse(QPointF(8, 8), 5.2, 5.2)
    ring.moveTo(4.4, 11.6)
    ring.lineTo(11.6, 4.4)
    return stroked(ring, 1.5)


def tick() -> QPainterPath:
    """A tick."""
    path = QPainterPath(QPointF(3, 8.6))
    path.lineTo(6.6, 12.2)
    path.lineTo(13, 4.4)
    return stroked(path, 1.8)


def dot() -> QPainterPath:
    """A full ring."""
    path = QPainterPath()
    path.addEllipse(QPointF(8, 8), 4.6, 4.6)
    return path


def back() -> QPainterPath:
    """An arrow to the left."""
    path = QPainterPath(QPointF(13, 8))
    path.lineTo(3.5, 8)
    path.moveTo(7.5, 3.6)
    path.lineTo(3.2, 8)
    path.lineTo(7.5, 12.4)
    return stroked(path, 1.6)


def glyph_icon(path: Paths, colour: QColor) -> QIcon:
    """An icon of a sign in one colour, drawn for every usual size and for two scales."""
    icon = QIcon()
    for size in SIZES:
        icon.addPixmap(_drawn(path, colour, size))
    return icon


def _drawn(path: Paths, colour: QColor, size: int) -> QPixmap:
    pixmap = QPixmap(QSize(size, size))
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    fill_glyph(painter, path(), QRectF(0, 0, size, size), size=size, colour=colour)
    painter.end()
    return pixmap


def app_icon() -> QIcon:
    """The program's own icon: three sliders of a desk, each in a prototype's colour."""
    icon = QIcon()
    for size in (16, 32, 48, 64, 128, 256):
        icon.addPixmap(_desk(size))
    return icon


def _desk(size: int) -> QPixmap:
    pixmap = QPixmap(QSize(size, size))
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.scale(size / 64, size / 64)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(theme.DARK.window))
    painter.drawRoundedRect(QRectF(2, 2, 60, 60), 13, 13)
    for slot, x, y in ((0, 17, 38), (1, 32, 22), (2, 47, 32)):
        painter.setBrush(QColor(theme.DARK.line))
        painter.drawRoundedRect(QRectF(x - 2, 12, 4, 40), 2, 2)
        painter.setBrush(theme.slot_colour(slot, True))
        painter.drawRoundedRect(QRectF(x - 2, y, 4, 52 - y), 2, 2)
        painter.drawEllipse(QPointF(x, y), 6.5, 6.5)
    painter.end()
    return pixmap
