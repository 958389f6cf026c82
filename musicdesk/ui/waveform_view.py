"""The seek bar: the outline of the sound, played and to come; click, drag or keys seek."""

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractSlider, QSizePolicy, QToolTip, QWidget

from musicdesk.records import FloatArray
from musicdesk.ui.ink import Ink, focus_ring
from musicdesk.ui.keys import asks_for_key

STEP_S, BIG_STEP_S = 5.0, 15.0
BAR, GAP = 2, 1
INSET = 6
FLOOR = 0.06
"""Silence is still a line."""


class WaveformView(QAbstractSlider):
    """Counts in milliseconds; says seconds: ``seek`` once a click, drag or key, ``scrubbing`` while a drag goes on."""

    seek = Signal(float)
    scrubbing = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._peaks: FloatArray | None = None  # [bins] 0 to 1
        self._pointer: float | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Position in the track")
        self.setToolTip("Click or drag to seek; ← → five seconds, with Shift fifteen")
        self.set_times(0.0, 0.0)

    def sizeHint(self) -> QSize:
        """Long and low."""
        return QSize(320, 40)

    def minimumSizeHint(self) -> QSize:
        """Still to be hit."""
        return QSize(96, 40)

    # ------------------------------------------------------------------ what it shows

    @property
    def position_s(self) -> float:
        """Where the playhead stands."""
        return self.value() / 1000

    @property
    def length_s(self) -> float:
        """How long the track is."""
        return self.maximum() / 1000

    def set_times(self, position_s: float, length_s: float) -> None:
        """Show the playhead here, silently; a hand that drags it is not disturbed."""
        self.setRange(0, max(0, round(length_s * 1000)))
        self.setEnabled(length_s > 0)
        if not self.isSliderDown():
            self.setValue(round(position_s * 1000))
        self.setAccessibleDescription(f"{clock(self.position_s)} of {clock(self.length_s)}")
        self.update()

    def set_waveform(self, peaks: FloatArray | None) -> None:
        """Show this outline; None shows a plain line until it is there.  # [bins] 0 to 1"""
        self._peaks = None if peaks is None or not len(peaks) else np.nan_to_num(np.asarray(peaks, dtype=np.float32))
        self.update()

    # ------------------------------------------------------------------ hand

    def x_of(self, seconds: float) -> float:
        """Where a time lies, in pixels."""
        return INSET + (self.width() - 2 * INSET) * (seconds / self.length_s if self.length_s else 0.0)

    def time_at(self, x: float) -> float:
        """The time at a place, in seconds."""
        return min(max((x - INSET) / max(1, self.width() - 2 * INSET), 0.0), 1.0) * self.length_s

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take the playhead here."""
        if event.button() != Qt.MouseButton.LeftButton:
            event.ignore()
            return
        self.setSliderDown(True)
        self._scrub(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag the playhead, or tell the time under the pointer."""
        self._pointer = event.position().x()
        if self.isSliderDown():
            self._scrub(event.position())
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Seek to where it was let go."""
        if event.button() == Qt.MouseButton.LeftButton and self.isSliderDown():
            self.setSliderDown(False)
            self.seek.emit(self.position_s)

    def _scrub(self, place: QPointF) -> None:
        self.setValue(round(self.time_at(place.x()) * 1000))
        self.scrubbing.emit(self.position_s)
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        """No pointer, no line."""
        self._pointer = None
        self.update()
        super().leaveEvent(event)

    def event(self, event: QEvent) -> bool:
        """The tooltip is the time under the pointer; the keys of the bar are not the window's."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent) and self.length_s:
            QToolTip.showText(event.globalPos(), f"{clock(self.time_at(event.pos().x()))}\n{self.toolTip()}", self)
            return True
        if asks_for_key(event) and self._target(event) is not None:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows, Home, End; digits are left to the window."""
        target = self._target(event)
        if target is None:
            event.ignore()
            return
        self.setValue(round(target * 1000))
        self.update()
        self.seek.emit(self.position_s)

    def _target(self, event: QKeyEvent) -> float | None:
        if event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier):
            return None
        step = BIG_STEP_S if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else STEP_S
        key = Qt.Key
        return {
            key.Key_Left: self.position_s - step, key.Key_Right: self.position_s + step,
            key.Key_Home: 0.0, key.Key_End: self.length_s,
        }.get(key(event.key()))  # fmt: skip

    # ------------------------------------------------------------------ painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """The outline or a line, played in the accent colour; the playhead; the pointer."""
        painter, ink = QPainter(self), Ink.of(self)
        if self.hasFocus():
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            focus_ring(painter, QRectF(self.rect()), ink)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
        head = self.x_of(self.position_s)
        for bar in self._bars():
            painter.fillRect(bar, ink.accent if bar.center().x() < head else ink.wave)
        if self.length_s:
            painter.fillRect(QRectF(head - 1, 3, 2, self.height() - 6), ink.accent)
        if self._pointer is not None and self.isEnabled() and not self.isSliderDown():
            painter.fillRect(QRectF(self._pointer, 3, 1, self.height() - 6), ink.soft)

    def _bars(self) -> list[QRectF]:
        middle, room = self.height() / 2, self.height() / 2 - 5
        if self._peaks is None:
            head, right = self.x_of(self.position_s), float(self.width() - INSET)
            return [QRectF(INSET, middle - 1.5, head - INSET, 3), QRectF(head, middle - 1.5, right - head, 3)]
        levels = resampled(self._peaks, max(1, (self.width() - 2 * INSET) // (BAR + GAP)))
        tall = np.maximum(levels, FLOOR) * room
        return [QRectF(INSET + i * (BAR + GAP), middle - t, BAR, 2 * t) for i, t in enumerate(tall.tolist())]


def resampled(peaks: FloatArray, count: int) -> FloatArray:
    """The outline with another number of bins, by the highest peak of each, scaled to reach 1.

    Args:
        peaks: [bins] 0 to 1.
        count: how many to make.

    """
    edges = np.linspace(0, len(peaks), count + 1).astype(int)
    starts = np.minimum(edges[:-1], len(peaks) - 1)
    levels = np.maximum.reduceat(peaks, starts)
    top = float(levels.max())
    return np.clip(levels / top if top > 0 else levels, 0.0, 1.0).astype(np.float32)


def clock(seconds: float) -> str:
    """Minutes and seconds, with hours where there are any."""
    whole = max(0, int(seconds))
    hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
