"""Small drawn signs (play, heart, lock …) and the flat button that carries one.

They are paths, not pictures: sharp at every scale, and in the colour of the palette.
"""

import math
from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPainterPathStroker, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QToolButton, QWidget

from musicdesk.ui import theme
from musicdesk.ui.ink import Ink, blend, focus_ring, tabular

Paths = Callable[[], QPainterPath]
"""A glyph in a square of 16 by 16."""


def polygon(*points: tuple[float, float]) -> QPainterPath:
    """A closed outline."""
    path = QPainterPath()
    path.addPolygon(QPolygonF([QPointF(x, y) for x, y in points]))
    path.closeSubpath()
    return path


def rectangle(x: float, y: float, width: float, height: float, *, radius: float = 0.0) -> QPainterPath:
    """A box."""
    path = QPainterPath()
    path.addRoundedRect(QRectF(x, y, width, height), radius, radius)
    return path


def stroked(path: QPainterPath, width: float) -> QPainterPath:
    """A line as an area."""
    stroker = QPainterPathStroker()
    stroker.setWidth(width)
    stroker.setCapStyle(Qt.PenCapStyle.RoundCap)
    stroker.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    return stroker.createStroke(path)


def play() -> QPainterPath:
    """A triangle to the right."""
    return polygon((4.5, 2.5), (13.5, 8), (4.5, 13.5))


def stop() -> QPainterPath:
    """A square."""
    return rectangle(3.5, 3.5, 9, 9, radius=1)


def pause() -> QPainterPath:
    """Two bars."""
    return rectangle(3.5, 2.5, 3.2, 11, radius=0.8).united(rectangle(9.3, 2.5, 3.2, 11, radius=0.8))


def next_() -> QPainterPath:
    """A triangle to a bar."""
    return polygon((3, 3), (11, 8), (3, 13)).united(rectangle(11.2, 3, 2, 10, radius=0.6))


def previous() -> QPainterPath:
    """A triangle to a bar, to the left."""
    return polygon((13, 3), (5, 8), (13, 13)).united(rectangle(2.8, 3, 2, 10, radius=0.6))


def heart() -> QPainterPath:
    """A full heart."""
    path = QPainterPath(QPointF(8, 14))
    path.cubicTo(3.2, 10.4, 1.2, 8.2, 1.2, 5.4)
    path.cubicTo(1.2, 1.6, 6.2, 0.9, 8, 4.2)
    path.cubicTo(9.8, 0.9, 14.8, 1.6, 14.8, 5.4)
    path.cubicTo(14.8, 8.2, 12.8, 10.4, 8, 14)
    return path


def heart_outline() -> QPainterPath:
    """An empty heart."""
    return stroked(heart(), 1.4)


def cross() -> QPainterPath:
    """Two strokes."""
    path = QPainterPath(QPointF(3.5, 3.5))
    path.lineTo(12.5, 12.5)
    path.moveTo(12.5, 3.5)
    path.lineTo(3.5, 12.5)
    return stroked(path, 1.8)


def speaker() -> QPainterPath:
    """A loudspeaker with two waves."""
    waves = QPainterPath()
    for radius in (3.0, 5.6):
        box = QRectF(8 - radius, 8 - radius, radius * 2, radius * 2)
        waves.arcMoveTo(box, 42)
        waves.arcTo(box, 42, -84)
    return _horn().united(stroked(waves, 1.4))


def speaker_off() -> QPainterPath:
    """A loudspeaker with a cross."""
    path = QPainterPath(QPointF(10.5, 6))
    path.lineTo(14.5, 10)
    path.moveTo(14.5, 6)
    path.lineTo(10.5, 10)
    return _horn().united(stroked(path, 1.4))


def _horn() -> QPainterPath:
    return polygon((1.5, 5.8), (4, 5.8), (8, 2.4), (8, 13.6), (4, 10.2), (1.5, 10.2))


def lock() -> QPainterPath:
    """A closed padlock."""
    return rectangle(3, 7, 10, 7.2, radius=1.4).united(stroked(_shackle(7.4), 1.7))


def unlock() -> QPainterPath:
    """A padlock with its shackle lifted."""
    body = stroked(rectangle(3.4, 7.4, 9.2, 6.4, radius=1.4), 1.3)
    return body.united(stroked(_shackle(4.4, foot=False), 1.5))


def _shackle(bottom: float, *, foot: bool = True) -> QPainterPath:
    path = QPainterPath(QPointF(5, 7.2))
    top = 5.0 if foot else 4.0
    path.lineTo(5, top)
    path.arcTo(QRectF(5, top - 3, 6, 6), 180, -180)
    if foot:
        path.lineTo(11, bottom)
    return path


def warning() -> QPainterPath:
    """A triangle with a stroke and a dot cut out."""
    cut = rectangle(7.1, 5.6, 1.8, 4.6, radius=0.9).united(rectangle(7.1, 11.1, 1.8, 1.8, radius=0.9))
    return polygon((8, 1.2), (15.4, 14.4), (0.6, 14.4)).subtracted(cut)


def table() -> QPainterPath:
    """A grid of two columns."""
    lines = QPainterPath()
    lines.addRect(2, 3, 12, 10)
    for y in (6.4, 9.7):
        lines.moveTo(2, y)
        lines.lineTo(14, y)
    lines.moveTo(7, 3)
    lines.lineTo(7, 13)
    return stroked(lines, 1.2)


def curve() -> QPainterPath:
    """A line that goes up and down in time."""
    path = QPainterPath(QPointF(2, 12))
    for x, y in ((6, 6.5), (9.5, 9.5), (14, 3)):
        path.lineTo(x, y)
    return stroked(path, 1.6)


def dots() -> QPainterPath:
    """Three dots in a row: there is more."""
    path = QPainterPath()
    for x in (3, 8, 13):
        path.addEllipse(QPointF(x, 8), 1.6, 1.6)
    return path


def plus() -> QPainterPath:
    """Two strokes, upright: something new."""
    return rectangle(2.5, 7.1, 11, 1.8, radius=0.9).united(rectangle(7.1, 2.5, 1.8, 11, radius=0.9))


def pin(*, held: bool = True) -> QPainterPath:
    """A drawing pin; an outline where nothing is held."""
    head = rectangle(4.5, 1.5, 7, 2, radius=0.8).united(polygon((5.6, 3), (10.4, 3), (12.4, 9), (3.6, 9)))
    needle = rectangle(7.3, 9, 1.4, 6, radius=0.6)
    return head.united(needle) if held else stroked(head, 1.2).united(needle)


def reset() -> QPainterPath:
    """An arrow that goes round."""
    box, path = QRectF(3, 3, 10, 10), QPainterPath()
    path.arcMoveTo(box, 120)
    path.arcTo(box, 120, -300)
    tip = math.radians(120)
    x, y = 8 + 5 * math.cos(tip), 8 - 5 * math.sin(tip)
    return stroked(path, 1.5).united(polygon((x - 1.2, y - 3.2), (x + 3.0, y + 0.2), (x - 2.4, y + 2.0)))


class GlyphButton(QToolButton):
    """A flat button with one sign or letter; checked, it is filled with its colour.

    ``name`` is what a screen reader says, ``hint`` the tooltip.
    """

    def __init__(self, glyph: Paths | str, *, name: str, hint: str = "", size: int = 24, glyph_size: int = 12) -> None:
        super().__init__()
        self._glyph, self._side, self._glyph_side = glyph, size, glyph_size
        self.on_colour: QColor | None = None
        self.tinted = False
        """Checked, only the sign takes the colour, not the ground."""
        self.setFixedSize(size, size)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.describe(name, hint or name)

    def describe(self, name: str, hint: str) -> None:
        """Name it for a screen reader, and say more in the tooltip."""
        self.setAccessibleName(name)
        self.setToolTip(hint)

    def set_glyph(self, glyph: Paths | str) -> None:
        """Show another sign."""
        self._glyph = glyph
        self.update()

    def show_playing(self, title: str, *, on: bool) -> None:
        """Play ``title``, or stop it while it is heard."""
        self.describe(f"{'Stop' if on else 'Play'} {title}", f"{'Stop' if on else 'Hear'}: {title}")
        self.set_glyph(stop if on else play)
        self.setCheckable(on)
        self.setChecked(on)
        self.on_colour = Ink.of(self).accent

    def sizeHint(self) -> QSize:
        """A square."""
        return QSize(self._side, self._side)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Ground, sign, focus."""
        painter, ink = QPainter(self), Ink.of(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_ground(painter, ink)
        self._paint_glyph(painter, self._glyph_colour(ink))
        if self.hasFocus():
            focus_ring(painter, QRectF(self.rect()), ink)

    def _paint_ground(self, painter: QPainter, ink: Ink) -> None:
        ground = self._ground(ink)
        if ground is not None:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(ground)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 4, 4)

    def _ground(self, ink: Ink) -> QColor | None:
        if self.isChecked() and self.on_colour is not None and not self.tinted:
            return self.on_colour
        if self.isDown():
            return ink.line
        return blend(ink.line, ink.ground, 0.35) if self.underMouse() and self.isEnabled() else None

    def _glyph_colour(self, ink: Ink) -> QColor:
        if not self.isEnabled():
            return ink.line
        if self.isChecked() and self.on_colour is not None:
            return self.on_colour if self.tinted else readable_on(self.on_colour)
        return ink.text if self.underMouse() or self.isDown() else ink.soft

    def _paint_glyph(self, painter: QPainter, colour: QColor) -> None:
        if isinstance(self._glyph, str):
            painter.setFont(tabular(self.font(), size=-1.0, bold=True))
            painter.setPen(QPen(colour))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._glyph)
        else:
            fill_glyph(painter, self._glyph(), QRectF(self.rect()), size=self._glyph_side, colour=colour)


def fill_glyph(painter: QPainter, path: QPainterPath, rect: QRectF, *, size: float, colour: QColor) -> None:
    """Draw a glyph in the middle of the rectangle."""
    painter.save()
    painter.translate(rect.center().x() - size / 2, rect.center().y() - size / 2)
    painter.scale(size / 16, size / 16)
    painter.fillPath(path, colour)
    painter.restore()


def readable_on(ground: QColor) -> QColor:
    """Black or white, whichever reads better on this colour."""
    return QColor("black" if theme.luminance(ground) > 0.18 else "white")


class GlyphSign(QWidget):
    """A sign that is no button."""

    def __init__(self, glyph: Paths, *, size: int = 16, role: QColor | None = None) -> None:
        super().__init__()
        self._glyph, self._colour = glyph, role
        self.setFixedSize(size, size)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw it in its colour or the text's."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colour = self._colour or Ink.of(self).text
        fill_glyph(painter, self._glyph(), QRectF(self.rect()), size=self.width(), colour=colour)
