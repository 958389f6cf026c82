"""One reason why a track stands where it stands: a bar that is also the gain of its prototype."""

import math
from dataclasses import dataclass, replace

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from musicdesk.records import GAIN_MAX, GAIN_MIN, Part
from musicdesk.ui import theme
from musicdesk.ui.found_words import ASKED
from musicdesk.ui.gain_slider import MAGNET, SCALE, SHAKE, LiveControl
from musicdesk.ui.ink import Ink, blend, focus_ring, spoken, tabular
from musicdesk.ui.prototype_name import NEGATION, paint_mark

INSET = 8
MIDDLE = math.log(2.0)
"""What a part adds at a gain of 1 to the middle track of any library: the exponential quantile of one half."""
STEERED = 100
"""Slots from here on are a seed and the parts of a steering, which are counted from the middle of the library."""
SOFTEST_PULL = 64.0
"""A drag over this many pixels changes a gain by 1 at the most, however little the part adds."""


@dataclass(frozen=True, slots=True)
class BarScale:
    """The contributions at the left and right end of all bars of a panel; 0 lies between."""

    low: float
    high: float

    @classmethod
    def of(cls, parts: tuple[Part, ...]) -> "BarScale":
        """Room for the longest bar and for the marks of the middle track, and for dragging the bar further."""
        ends = [end for p in parts for end in (p.contribution, p.gain * MIDDLE)]
        high, low = max(ends, default=0.0), min(ends, default=0.0)
        reach = max(high, -low, 0.1)
        return cls(low=min(low * 1.2, -0.15 * reach), high=max(high * 1.2, 0.15 * reach))

    def share(self, contribution: float) -> float:
        """Where this contribution lies, 0 (left) to 1 (right)."""
        return min(max((contribution - self.low) / (self.high - self.low), 0.0), 1.0)


class ContributionBar(LiveControl):
    """Mark, name and signed contribution; the bar; and in words how near the track is.

    A thin line across the bar is where it would end for the middle track of the library.

    Click or Enter: ``clicked``. Drag, arrows, wheel: the gain, as on its slider.
    """

    clicked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(GAIN_MIN, GAIN_MAX, resting=1.0, parent=parent)
        self._part, self._scale = Part("", 0, 0.0, 0.0, 0.0), BarScale(-1.0, 1.0)
        self._pressed_x, self._grabbed, self._pull = 0.0, 0, 1.0
        self._pressed, self._silenced = False, False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    @property
    def part(self) -> Part:
        """What it shows."""
        return self._part

    @property
    def changeable(self) -> bool:
        """Whether there is a gain behind it that counts: the seed track has none, a muted prototype's does not."""
        return self._part.slot in theme.SLOTS and not self._silenced

    @property
    def weight(self) -> float:
        """What the part adds to the score at a gain of 1.

        At a gain of 0 the bar is empty and cannot tell; then it is what the columns of the taste are made of, the
        exponential quantile of the percentile.
        """
        if abs(self._part.gain) > 1e-6 and abs(self._part.contribution) > 1e-9:
            return self._part.contribution / self._part.gain
        return -math.log(max(1.0 - self._part.percentile, 1e-6))

    @property
    def contribution(self) -> float:
        """What it adds to the score at the gain that it shows now."""
        return self._part.contribution if not self.busy else self.amount * self.weight

    @property
    def middle(self) -> float:
        """What the part adds to the middle track of the library, at the gain that is shown now; 0 in a steering."""
        if self._part.slot >= STEERED:
            return 0.0
        return MIDDLE * (self.amount if self.changeable else self._part.gain)

    def set_part(self, part: Part, *, scale: BarScale, silenced: bool = False, resting: float = 1.0) -> None:
        """Show this part, silently; not while a hand is on it. Silenced: muted, or outdone by a solo."""
        if self.busy:
            return
        self._part, self._scale, self._silenced = part, scale, silenced
        self.set_resting(resting)
        self.set_amount(part.gain)
        self.setAccessibleName(f"{part.name}: {standing(part)}")
        self.setToolTip(self._hint())
        self._say_value()

    def _hint(self) -> str:
        if self._silenced:
            return f"{self._part.name}: {standing(self._part)}; muted or not in solo, so it does not count."
        if not self.changeable:
            return f"{self._part.name}: {standing(self._part)}."
        return (
            f"{self._part.name}: {standing(self._part)}, gain {spoken(self.amount)}.\n"
            f"Thin line: the middle track of your library, which gets {spoken(self.middle, sign=True)}.\n"
            "Click: go to its slider. Drag, or ← →: change its gain here."
        )

    def spoken_value(self) -> str:
        """What it adds, and the gain."""
        middle = f", the middle of the library {spoken(self.middle, sign=True)}" if self.changeable else ""
        return f"adds {spoken(self.contribution, sign=True)} at a gain of {spoken(self.amount)}{middle}"

    # ------------------------------------------------------------------ hand

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter goes to the slider; the rest is as on the slider."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.clicked.emit()
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold; it becomes a drag when the hand moves."""
        if event.button() != Qt.MouseButton.LeftButton:
            event.ignore()
            return
        self.flush()
        left, right = self._ends()
        per_pixel = (self._scale.high - self._scale.low) / max(1.0, right - left)
        self._pull = per_pixel / max(self.weight, per_pixel * SOFTEST_PULL)
        self._pressed, self._pressed_x, self._grabbed = True, event.position().x(), self.value()
        self._began = self.value()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """The bar's end follows the hand, and with it the gain."""
        if not self._pressed or not self.changeable:
            return
        moved = event.position().x() - self._pressed_x
        if self.isSliderDown() or abs(moved) >= SHAKE * 2:
            self.setSliderDown(True)
            value = self._grabbed + round(moved * self._pull * SCALE)
            self.setValue(0 if abs(value) <= MAGNET else value)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """The end of a drag, or a click."""
        if event.button() != Qt.MouseButton.LeftButton or not self._pressed:
            return
        self._pressed = False
        if self.isSliderDown():
            self.setSliderDown(False)
            self._end()
        elif self.rect().contains(event.position().toPoint()):
            self.clicked.emit()

    def _end(self) -> None:
        """Keep showing what was chosen until the new explanation comes."""
        self._part = replace(self._part, gain=self.amount, contribution=self.amount * self.weight)
        super()._end()

    def event(self, event: QEvent) -> bool:
        """Repaint as the pointer comes and goes."""
        if event.type() in (QEvent.Type.HoverEnter, QEvent.Type.HoverLeave):
            self.update()
        return super().event(event)

    # ------------------------------------------------------------------ painting

    def sizeHint(self) -> QSize:
        """Two lines of text with the bar between."""
        return QSize(240, self._name_height() + self._words_height() + 24)

    def minimumSizeHint(self) -> QSize:
        """As high, and narrow."""
        return QSize(160, self.sizeHint().height())

    def _name_height(self) -> int:
        return QFontMetrics(self.font()).height()

    def _words_height(self) -> int:
        return QFontMetrics(self._small()).height()

    def _small(self) -> QFont:
        return tabular(self.font(), size=-1.5)

    def _ends(self) -> tuple[float, float]:
        return INSET, self.width() - INSET

    def x_of(self, contribution: float) -> float:
        """Where the end of a bar of this size lies, in pixels."""
        left, right = self._ends()
        return left + (right - left) * self._scale.share(contribution)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Ground, name, bar, words."""
        painter, ink = QPainter(self), Ink.of(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.underMouse() or self.isSliderDown():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(ink.hover)
            painter.drawRoundedRect(QRectF(self.rect()), 4, 4)
        self._paint_name(painter, ink)
        self._paint_bar(painter, ink, top=4 + self._name_height() + 4)
        self._paint_words(painter, ink)
        if self.hasFocus():
            focus_ring(painter, QRectF(self.rect()), ink)

    @property
    def _idle(self) -> bool:
        return abs(self.contribution) < 5e-3

    def _paint_name(self, painter: QPainter, ink: Ink) -> None:
        height = self._name_height()
        hollow = self._idle or self._part.name.startswith(NEGATION)
        mark = QRectF(INSET, 4 + (height - 12) / 2, 12, 12)
        paint_mark(painter, mark, self._part.slot, ink=ink, off=self._idle, hollow=hollow)
        number = spoken(self.contribution, sign=True)
        painter.setFont(tabular(self.font()))
        painter.setPen(ink.soft if self._idle else ink.text)
        line = QRect(INSET + 20, 4, self.width() - 2 * INSET - 20, height)
        painter.drawText(line, Qt.AlignmentFlag.AlignRight, number)
        wide = line.width() - painter.fontMetrics().horizontalAdvance(number) - 8
        name = painter.fontMetrics().elidedText(self._part.name, Qt.TextElideMode.ElideRight, wide)
        painter.drawText(line, Qt.AlignmentFlag.AlignLeft, name)

    def _paint_bar(self, painter: QPainter, ink: Ink, *, top: float) -> None:
        zero, end = self.x_of(0.0), self.x_of(self.contribution)
        left, right = self._ends()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ink.track)
        painter.drawRoundedRect(QRectF(left, top + 2, right - left, 4), 2, 2)
        painter.setBrush(ink.slot(self._part.slot, off=self._idle))
        painter.drawRect(QRectF(QPointF(zero, top), QPointF(end, top + 8)).normalized())
        painter.fillRect(QRectF(zero - 0.75, top - 2, 1.5, 12), ink.soft)
        if abs(self.x_of(self.middle) - zero) >= 3 and not self._silenced:
            painter.fillRect(QRectF(self.x_of(self.middle) - 0.5, top - 3, 1, 14), blend(ink.text, ink.ground, 0.2))
        if self.changeable and (self.underMouse() or self.hasFocus() or self.isSliderDown()):
            painter.setPen(QPen(ink.raised, 2))
            painter.drawRoundedRect(QRectF(end - 4, top - 3, 8, 14), 4, 4)

    def _paint_words(self, painter: QPainter, ink: Ink) -> None:
        painter.setFont(self._small())
        painter.setPen(ink.soft)
        height = self._words_height()
        line = QRect(INSET, self.height() - height - 4, self.width() - 2 * INSET, height)
        words = painter.fontMetrics().elidedText(self._words(), Qt.TextElideMode.ElideRight, line.width())
        painter.drawText(line, Qt.AlignmentFlag.AlignLeft, words)

    def _words(self) -> str:
        if self.busy:
            return f"gain {spoken(self.amount)}"
        return f"{'does not count · ' * self._silenced}{standing(self._part)}"


def standing(part: Part) -> str:
    """Where a track stands on a part: how near it is to a prototype, how far up a recommender puts it; in a search,
    what the part goes by.
    """
    if part.slot in ASKED:
        return ASKED[part.slot]
    return advice(part.percentile) if part.slot in theme.ADVISOR_SHAPES else nearness(part.percentile)


def advice(percentile: float) -> str:
    """The percentile of a recommender's score in words."""
    if percentile >= 0.995:
        return "at the very top of your library"
    if percentile < 0.005:
        return "at the very bottom of your library"
    return f"ahead of {percentile * 100:.0f} % of your library"


def nearness(percentile: float) -> str:
    """A percentile of this library in words."""
    if percentile >= 0.995:
        return "among the nearest of your library"
    if percentile < 0.005:
        return "among the farthest of your library"
    return f"nearer than {percentile * 100:.0f} % of your library"
