"""The mood grid: valence across, arousal up, the library as a haze of points, and a target that a hand can drag.

``moving`` is said at every change by hand, ``settled`` when it rests. Arrows move the target by a twentieth, with Shift
by a hundredth; Backspace and a double click give it up.
"""

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from musicdesk.records import Axis, FloatArray
from musicdesk.ui.ink import Ink, blend, focus_ring, tabular
from musicdesk.ui.mood_words import place_text

Place = tuple[float, float]
"""Valence and arousal, percentiles of the library from 0 to 1."""
MARGIN, THUMB, MARK = 18, 7.0, 5.0
STEP, FINE = 0.05, 0.01
SETTLE_MS = 400
SHOWN = 2000
"""So many points are enough for a haze."""
MIDDLE: Place = (0.5, 0.5)


class MoodGrid(QWidget):
    """A square to point into."""

    moving = Signal(float, float)
    settled = Signal(float, float)
    cleared = Signal()
    """The target is given up."""

    def __init__(self) -> None:
        super().__init__()
        self.target: Place | None = None
        self.start: Place | None = None
        """Where the seed stands."""
        self.reached: Place | None = None
        """Where the list stands."""
        self._haze = np.zeros((0, 2), np.float32)
        self._held = False
        self._settle = QTimer(self, singleShot=True, interval=SETTLE_MS)
        self._settle.timeout.connect(self._rest)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Mood grid: sad to happy across, calm to energetic up")
        self.setToolTip(
            "Drag the point to the mood you want (arrow keys too); double click gives it up.\n"
            "The ring is where you began, the cross where the ten best of the list are."
        )
        self._say()

    def sizeHint(self) -> QSize:
        """A square with room for its words."""
        return QSize(196, 172)

    # ------------------------------------------------------------------ what it shows

    def set_library(self, places: FloatArray) -> None:
        """Where the library's tracks lie: valence and arousal.  # [n, 2]"""
        step = max(1, len(places) // SHOWN)
        self._haze = places[::step]
        self.update()

    def show_places(self, *, start: Place | None, reached: Place | None, target: Place | None) -> None:
        """Show seed, list and target; the target stays as it is while a hand is on it."""
        self.start, self.reached = start, reached
        if not self.busy:
            self.target = target
        self._say()
        self.update()

    @property
    def busy(self) -> bool:
        """Whether a hand is on the target."""
        return self._held or self._settle.isActive()

    def _say(self) -> None:
        self.setAccessibleDescription(
            f"Target: {words(self.target)}" if self.target else "No target; the arrow keys set one"
        )

    # ------------------------------------------------------------------ hands

    def _move_to(self, place: Place) -> None:
        self.target = (min(1.0, max(0.0, place[0])), min(1.0, max(0.0, place[1])))
        self._say()
        self.update()
        self.moving.emit(*self.target)

    def _rest(self) -> None:
        self._settle.stop()
        if self.target is not None:
            self.settled.emit(*self.target)

    def give_up(self) -> None:
        """No target any more."""
        self._held = False
        self._settle.stop()
        if self.target is not None:
            self.target = None
            self._say()
            self.update()
            self.cleared.emit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take the target, or bring it here."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._held = True
            self._move_to(self._place_of(event.position()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Follow the hand."""
        if self._held:
            self._move_to(self._place_of(event.position()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """The hand lets go."""
        if event.button() == Qt.MouseButton.LeftButton and self._held:
            self._held = False
            self._rest()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Give the target up."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.give_up()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows move the target, Backspace gives it up."""
        step = FINE if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else STEP
        moves = {
            Qt.Key.Key_Left: (-step, 0.0), Qt.Key.Key_Right: (step, 0.0), Qt.Key.Key_Up: (0.0, step),
            Qt.Key.Key_Down: (0.0, -step),
        }  # fmt: skip
        if event.key() in (Qt.Key.Key_Backspace, Qt.Key.Key_Delete):
            self.give_up()
            return
        by = moves.get(Qt.Key(event.key()))
        if by is None:
            super().keyPressEvent(event)
            return
        valence, arousal = self.target or self.start or MIDDLE
        self._move_to((valence + by[0], arousal + by[1]))
        self._settle.start()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the ring."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """A burst of keys ends where the keyboard leaves."""
        super().focusOutEvent(event)
        if self._settle.isActive():
            self._rest()
        self.update()

    # ------------------------------------------------------------------ paint

    def _field(self) -> QRectF:
        return QRectF(self.rect()).adjusted(MARGIN, MARGIN, -MARGIN, -MARGIN)

    def _place_of(self, at: QPointF) -> Place:
        field = self._field()
        return (at.x() - field.left()) / field.width(), (field.bottom() - at.y()) / field.height()

    def spot(self, place: Place) -> QPointF:
        """Where a place is painted."""
        field = self._field()
        return QPointF(field.left() + place[0] * field.width(), field.bottom() - place[1] * field.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Field, haze, words, then the way from the seed to the target."""
        painter, ink, field = QPainter(self), Ink.of(self), self._field()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(ink.line, 1))
        painter.setBrush(ink.raised)
        painter.drawRoundedRect(field, 4, 4)
        painter.drawLine(QPointF(field.center().x(), field.top()), QPointF(field.center().x(), field.bottom()))
        painter.drawLine(QPointF(field.left(), field.center().y()), QPointF(field.right(), field.center().y()))
        self._paint_haze(painter, ink)
        self._paint_words(painter, ink)
        self._paint_way(painter, ink)
        if self.hasFocus():
            focus_ring(painter, field.adjusted(-2, -2, 2, 2), ink)

    def _paint_haze(self, painter: QPainter, ink: Ink) -> None:
        colour = QColor(blend(ink.text, ink.raised, 0.4))
        colour.setAlphaF(0.5 if len(self._haze) < SHOWN // 4 else 0.25)
        painter.setPen(QPen(colour, 2.2, c=Qt.PenCapStyle.RoundCap))
        painter.drawPoints([self.spot((x, y)) for x, y in self._haze.tolist()])

    def _paint_words(self, painter: QPainter, ink: Ink) -> None:
        painter.setPen(ink.soft)
        painter.setFont(tabular(self.font(), size=-1.5))
        middle, wide, high = int(Qt.AlignmentFlag.AlignCenter), self.width(), self.height()
        painter.drawText(QRectF(0, 0, wide, MARGIN - 1), middle, "energetic")
        painter.drawText(QRectF(0, high - MARGIN + 1, wide, MARGIN - 1), middle, "calm")
        for text, x, turn in (("sad", MARGIN / 2, -90), ("happy", wide - MARGIN / 2, 90)):
            painter.save()
            painter.translate(x, high / 2)
            painter.rotate(turn)
            painter.drawText(QRectF(-high / 2, -MARGIN / 2, high, MARGIN), middle, text)
            painter.restore()

    def _paint_way(self, painter: QPainter, ink: Ink) -> None:
        ends = [self.spot(place) for place in (self.start, self.target) if place is not None]
        if len(ends) == 2:
            painter.setPen(QPen(ink.soft, 1.2, Qt.PenStyle.DashLine))
            painter.drawLine(*ends)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if self.start is not None:
            painter.setPen(QPen(ink.text, 2))
            painter.drawEllipse(self.spot(self.start), MARK, MARK)
        if self.reached is not None:
            at = self.spot(self.reached)
            painter.setPen(QPen(ink.accent, 2.2))
            painter.drawLine(at - QPointF(MARK, MARK), at + QPointF(MARK, MARK))
            painter.drawLine(at - QPointF(MARK, -MARK), at + QPointF(MARK, -MARK))
        if self.target is not None:
            painter.setPen(QPen(ink.on_accent, 1.5))
            painter.setBrush(ink.accent)
            painter.drawEllipse(self.spot(self.target), THUMB, THUMB)


def words(place: Place) -> str:
    """A place as it is said: happy 62 %, calm 20 %."""
    return f"{place_text(Axis.VALENCE, place[0])}, {place_text(Axis.AROUSAL, place[1])}"
