"""The colours and fonts that painted widgets draw with, taken from the widget's own palette.

A widget that paints itself asks ``Ink.of(self)`` each time it paints, so it follows the theme, a change from light to
dark, and a person's own palette, without holding a colour.
"""

from dataclasses import dataclass

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPalette, QPen
from PySide6.QtWidgets import QWidget

from musicdesk.ui import theme


@dataclass(frozen=True)
class Ink:
    """What a widget draws with."""

    dark: bool
    text: QColor
    soft: QColor
    """Text that stands back; still 4.5:1 on the ground."""
    line: QColor
    """Grooves, rules, outlines of what is at rest."""
    ground: QColor
    raised: QColor
    """The ground of a card."""
    accent: QColor
    on_accent: QColor

    @classmethod
    def of(cls, widget: QWidget) -> "Ink":
        """The ink of this widget's palette."""
        palette = widget.palette()
        window, text = palette.color(QPalette.ColorRole.Window), palette.color(QPalette.ColorRole.WindowText)
        return cls(
            dark=theme.is_dark(palette),
            text=text,
            soft=blend(text, window, 0.32),
            line=blend(text, window, 0.74),
            ground=window,
            raised=palette.color(QPalette.ColorRole.Base),
            accent=palette.color(QPalette.ColorRole.Highlight),
            on_accent=palette.color(QPalette.ColorRole.HighlightedText),
        )

    @property
    def hover(self) -> QColor:
        """The ground under the pointer."""
        return blend(self.line, self.ground, 0.55)

    @property
    def track(self) -> QColor:
        """What a bar or wave is drawn in before it is filled."""
        return blend(self.line, self.ground, 0.2)

    @property
    def wave(self) -> QColor:
        """The outline of sound that is yet to come."""
        return blend(self.text, self.ground, 0.55)

    def slot(self, slot: int, *, off: bool = False) -> QColor:
        """The colour of a prototype or recommender, grey when it is switched off; any other is the seed track's."""
        if off:
            return blend(self.text, self.ground, 0.55)
        return theme.slot_colour(slot, self.dark) if slot in theme.COLOURED else self.text


def blend(first: QColor, second: QColor, share: float) -> QColor:
    """``share`` of the second colour in the first, both opaque."""
    keep = 1.0 - share
    return QColor(
        round(first.red() * keep + second.red() * share),
        round(first.green() * keep + second.green() * share),
        round(first.blue() * keep + second.blue() * share),
    )


def tabular(font: QFont, *, size: float = 0.0, bold: bool = False) -> QFont:
    """The same font with digits of one width, so that numbers do not dance; ``size`` is added to its points."""
    changed = QFont(font)
    changed.setFeature(QFont.Tag("tnum"), 1)
    changed.setBold(bold)
    if size:
        scaled(changed, size)
    return changed


def scaled(font: QFont, points: float) -> None:
    """Make a font larger by points, whichever way its size was given."""
    if font.pointSizeF() > 0:
        font.setPointSizeF(font.pointSizeF() + points)
    else:
        font.setPixelSize(max(6, round(font.pixelSize() + points * 4 / 3)))


def focus_ring(painter: QPainter, rect: QRectF, ink: Ink, *, radius: float = 4.0) -> None:
    """The frame around what the keyboard would act on."""
    painter.setPen(QPen(ink.accent, 2.0))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(rect.adjusted(1, 1, -1, -1), radius, radius)


def spoken(gain: float, *, digits: int = 2, sign: bool = False) -> str:
    """A number as it is shown: a fixed count of digits and a real minus sign."""
    text = f"{gain:+.{digits}f}" if sign else f"{gain:.{digits}f}"
    if not float(text):
        text = f"{0:.{digits}f}"
    return text.replace("-", "−")
