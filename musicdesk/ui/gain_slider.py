"""The slider of a gain: live while it moves, one undo step when it rests.

``moving`` is said at every change by hand, ``settled`` once at its end: on release of the mouse, or half a second after
the last key, wheel notch or click of a burst. ``settled`` with the value it began with means that the person came back
(or pressed Escape): there is nothing to undo then. Setting the value from the program says nothing.
"""

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QAbstractSlider, QSizePolicy, QWidget

from musicdesk.records import GAIN_MAX, GAIN_MIN
from musicdesk.ui.ink import Ink, focus_ring, spoken
from musicdesk.ui.keys import asks_for_key

SCALE = 100
"""A slider counts in hundredths."""
STEP, BIG_STEP = 5, 25
MAGNET = 5
"""A drag this near to a detent rests on it (not while Shift or Alt is held)."""
SETTLE_MS = 500
COMMANDS = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
NOTCH = 120
THUMB = 7.0
SHAKE = 2
"""A hand that moves less than this many pixels meant to click."""


class LiveControl(QAbstractSlider):
    """A number that keys, wheel and (in the subclasses) the mouse change."""

    moving = Signal(float)
    settled = Signal(float)

    def __init__(self, low: float, high: float, *, resting: float, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setRange(round(low * SCALE), round(high * SCALE))
        self.setSingleStep(STEP)
        self.setPageStep(BIG_STEP)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._resting, self._began, self._wheel = round(resting * SCALE), 0, 0
        self._quiet, self._pending = False, False
        self._settle = QTimer(self, singleShot=True, interval=SETTLE_MS)
        self._settle.timeout.connect(self.flush)
        self.valueChanged.connect(self._changed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    # ------------------------------------------------------------------ the value

    @property
    def amount(self) -> float:
        """The value as it is shown now."""
        return self.value() / SCALE

    def set_amount(self, amount: float) -> None:
        """Show this value, silently; not while a hand is on the control, whose value is the newer one."""
        if self.busy:
            return
        self._quiet = True
        self.setValue(round(amount * SCALE))
        self._quiet = False
        self._began = self.value()
        self._say_value()

    def set_resting(self, amount: float) -> None:
        """Where a double click and Backspace lead back to."""
        self._resting = round(amount * SCALE)

    @property
    def changeable(self) -> bool:
        """Whether keys, wheel and mouse may change it."""
        return True

    @property
    def busy(self) -> bool:
        """Whether a drag or a burst of keys is going on."""
        return self.isSliderDown() or self._pending

    def flush(self) -> None:
        """End the burst now: say ``settled`` if there is something to say."""
        if self._pending:
            self._end()

    def reset(self) -> None:
        """Back to where it rests by default, as one step."""
        self.setSliderDown(False)
        self.setValue(self._resting)
        self._end()

    def cancel(self) -> None:
        """Back to where the drag or burst began."""
        if not self.busy:
            return
        self.setSliderDown(False)
        self.setValue(self._began)
        self._end()

    def _changed(self, value: int) -> None:
        if self._quiet:
            return
        self._say_value()
        self.moving.emit(value / SCALE)
        if not self.isSliderDown():
            self._rest_soon()

    def _rest_soon(self) -> None:
        self._pending = True
        self._settle.start()

    def _end(self) -> None:
        self._settle.stop()
        self._pending = False
        self._began = self.value()
        self.settled.emit(self.amount)

    def _say_value(self) -> None:
        self.setAccessibleDescription(self.spoken_value())
        self.update()

    def spoken_value(self) -> str:
        """The value in words."""
        return f"{spoken(self.amount)}, from {spoken(self.minimum() / SCALE, digits=0)} to {self.maximum() // SCALE}"

    # ------------------------------------------------------------------ keys, wheel, focus

    def event(self, event: QEvent) -> bool:
        """Keep the keys that belong to the control from the window's shortcuts."""
        if asks_for_key(event) and self._target(event) is not None:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows step, with Shift further; Home and End go to the ends, Backspace to the resting value."""
        target = self._target(event)
        if event.key() == Qt.Key.Key_Escape and self.busy:
            self.cancel()
        elif target is None:
            event.ignore()
        else:
            self.setValue(target)

    def _target(self, event: QKeyEvent) -> int | None:
        if not self.changeable or event.modifiers() & COMMANDS:
            return None
        step = BIG_STEP if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else STEP
        key = Qt.Key
        return {
            key.Key_Left: self.value() - step, key.Key_Down: self.value() - step,
            key.Key_Right: self.value() + step, key.Key_Up: self.value() + step,
            key.Key_PageDown: self.value() - BIG_STEP, key.Key_PageUp: self.value() + BIG_STEP,
            key.Key_Home: self.minimum(), key.Key_End: self.maximum(), key.Key_Backspace: self._resting,
        }.get(key(event.key()))  # fmt: skip

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Step, but only where the keyboard is: a wheel that scrolls the panel must not move what it passes over."""
        if not self.hasFocus() or not self.changeable:
            event.ignore()
            return
        self._wheel += event.angleDelta().y() or -event.angleDelta().x()
        notches, self._wheel = int(self._wheel / NOTCH), self._wheel - int(self._wheel / NOTCH) * NOTCH
        self.setValue(self.value() + notches * STEP)
        event.accept()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """A burst ends where the keyboard leaves."""
        self.flush()
        super().focusOutEvent(event)
        self.update()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the ring."""
        super().focusInEvent(event)
        self.update()


class LiveSlider(LiveControl):
    """A groove with a round thumb, and magnets at its detents."""

    def __init__(
        self, low: float, high: float, *, resting: float, origin: float, detents: tuple[float, ...] = (),
        parent: QWidget | None = None,
    ) -> None:  # fmt: skip
        super().__init__(low, high, resting=resting, parent=parent)
        self._origin, self._detents = origin, tuple(round(d * SCALE) for d in detents)
        self.slot, self.off = -1, False
        self._grip, self._pressed_x, self._dragged = 0.0, 0.0, False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Wide enough to aim with."""
        return QSize(160, 24)

    def minimumSizeHint(self) -> QSize:
        """Narrow panels are fine."""
        return QSize(72, 24)

    # ------------------------------------------------------------------ mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take the thumb, or bring it here."""
        if event.button() != Qt.MouseButton.LeftButton:
            event.ignore()
            return
        x, thumb = event.position().x(), self.x_of(self.value())
        on_thumb = abs(x - thumb) <= THUMB + 2
        self._grip, self._pressed_x, self._dragged = (x - thumb if on_thumb else 0.0), x, False
        if not self._pending:
            self._began = self.value()
        self._settle.stop()
        self._pending = False
        self.setSliderDown(True)
        if not on_thumb:
            self._drag_to(x, free=False)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Follow the hand."""
        if self.isSliderDown():
            free = event.modifiers() & (Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.AltModifier)
            self._dragged = self._dragged or abs(event.position().x() - self._pressed_x) >= SHAKE
            if self._dragged:
                self._drag_to(event.position().x(), free=bool(free))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A drag ends here; a mere click waits a moment, for it may be the first half of a double click."""
        if event.button() != Qt.MouseButton.LeftButton or not self.isSliderDown():
            return
        self.setSliderDown(False)
        if self._dragged:
            self._end()
        elif self.value() != self._began:
            self._rest_soon()
        self.update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Back to the resting value."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.reset()

    def _drag_to(self, x: float, *, free: bool) -> None:
        value = self.value_at(x - self._grip)
        near = [d for d in self._detents if abs(value - d) <= MAGNET]
        self.setValue(near[0] if near and not free else value)

    def x_of(self, value: float) -> float:
        """Where a value (in hundredths) lies on the groove, in pixels."""
        left, right = self._ends()
        return left + (right - left) * (value - self.minimum()) / (self.maximum() - self.minimum())

    def value_at(self, x: float) -> int:
        """The value (in hundredths) at a place of the groove."""
        left, right = self._ends()
        share = min(max((x - left) / max(1.0, right - left), 0.0), 1.0)
        return round(self.minimum() + share * (self.maximum() - self.minimum()))

    def _ends(self) -> tuple[float, float]:
        return THUMB + 3, self.width() - THUMB - 3

    # ------------------------------------------------------------------ painting

    def set_look(self, slot: int, *, off: bool) -> None:
        """The colour of this prototype, or grey when it is switched off."""
        self.slot, self.off = slot, off
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Groove, detents, filled part, thumb."""
        painter, ink = QPainter(self), Ink.of(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.hasFocus():
            focus_ring(painter, QRectF(self.rect()), ink)
        self._paint_groove(painter, ink)
        self._paint_thumb(painter, ink)

    def _paint_groove(self, painter: QPainter, ink: Ink) -> None:
        left, right = self._ends()
        middle, origin = self.height() / 2, self.x_of(self._origin * SCALE)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ink.line)
        painter.drawRoundedRect(QRectF(left, middle - 2, right - left, 4), 2, 2)
        painter.setBrush(self._colour(ink))
        painter.drawRect(QRectF(QPointF(origin, middle - 2), QPointF(self.x_of(self.value()), middle + 2)).normalized())
        for detent in self._detents:
            painter.setBrush(ink.soft if detent == self.value() else ink.line)
            painter.drawRect(QRectF(self.x_of(detent) - 0.75, middle - 8, 1.5, 16))

    def _paint_thumb(self, painter: QPainter, ink: Ink) -> None:
        colour, radius = self._colour(ink), THUMB + (1 if self.isSliderDown() else 0)
        painter.setPen(QPen(ink.raised, 2))
        painter.setBrush(ink.raised if self.off else colour)
        centre = QPointF(self.x_of(self.value()), self.height() / 2)
        painter.drawEllipse(centre, radius, radius)
        if self.off:
            painter.setPen(QPen(colour, 2))
            painter.drawEllipse(centre, radius - 1.5, radius - 1.5)

    def _colour(self, ink: Ink) -> QColor:
        return ink.accent if self.slot < 0 and not self.off else ink.slot(self.slot, off=self.off)


class GainSlider(LiveSlider):
    """The gain of a prototype or recommender: −1 turns away from it, 0 ignores it, 1 is as found, 2 doubles it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(GAIN_MIN, GAIN_MAX, resting=1.0, origin=0.0, detents=(0.0, 1.0), parent=parent)
        self.set_subject("")

    def set_subject(self, name: str) -> None:
        """Say whose gain it is."""
        self.setAccessibleName(f"Gain of {name}" if name else "Gain")
        self.setToolTip(
            "Drag, or ← → with the keyboard (Shift: further).\n"
            "1 is as found, 0 ignores it, below 0 turns away from it. Double-click: back to 1."
        )

    def set_found(self, gain: float, *, why: str = "as much as it knows") -> None:
        """Say which gain follows from what is known, and rest there."""
        self.set_resting(gain)
        self._detents = tuple(dict.fromkeys((0, self._resting)))
        self.setToolTip(
            "Drag, or ← → with the keyboard (Shift: further).\n"
            f"0 ignores it, below 0 turns away from it. Double-click: back to {spoken(gain)}, {why}."
        )
        self.update()


class ShareSlider(LiveSlider):
    """A slider from 0 to 1 in the accent colour (the variety, the volume)."""

    def __init__(self, *, resting: float, name: str, hint: str, parent: QWidget | None = None) -> None:
        super().__init__(0.0, 1.0, resting=resting, origin=0.0, parent=parent)
        self.setAccessibleName(name)
        self.setToolTip(hint)

    def spoken_value(self) -> str:
        """Percent."""
        return f"{self.value()} %"
