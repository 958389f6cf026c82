"""What a hand does in the window, and what an eye sees of it. Used by drive_window and drive_dialogs."""

import time
from collections.abc import Callable

from PySide6.QtCore import QMargins, QPoint, QRect, Qt
from PySide6.QtGui import QPainter, QPalette, QPen, QPixmap
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from musicdesk.ui.gain_slider import GainSlider

MARGINS = QMargins(40, 40, 40, 40)
"""So much of the window is seen around what stands above it."""


def click(widget: QWidget, place: QPoint | None = None) -> None:
    """A click with the left button, in the middle if no place is given."""
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton, pos=place or widget.rect().center())


def drag(app: QApplication, slider: GainSlider, *, to: float) -> None:
    """Drag the thumb with the mouse, as a hand does."""
    y = slider.height() // 2
    ends = (round(slider.x_of(slider.value())), round(slider.x_of(round(to * 100))))
    QTest.mousePress(slider, Qt.MouseButton.LeftButton, pos=QPoint(ends[0], y))
    for step in range(1, 9):
        QTest.mouseMove(slider, QPoint(ends[0] + (ends[1] - ends[0]) * step // 8, y))
        wait(app, 0.03)
    QTest.mouseRelease(slider, Qt.MouseButton.LeftButton, pos=QPoint(ends[1], y))


def until(app: QApplication, done: Callable[[], bool], limit_s: float = 60) -> None:
    """Let the window live until ``done()``."""
    end = time.monotonic() + limit_s
    while not done() and time.monotonic() < end:
        wait(app, 0.02)


def wait(app: QApplication, seconds: float) -> None:
    """Let the window live for a while."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        app.processEvents()
        time.sleep(0.005)


def picture(window: QWidget, above: QWidget | None = None) -> QPixmap:
    """The window; where something stands above it, that part of it with what stands there, in a thin frame."""
    whole = window.grab()
    if above is None:
        return whole
    place = QRect(window.mapFromGlobal(above.mapToGlobal(QPoint(0, 0))), above.size())
    seen, ratio = place.marginsAdded(MARGINS).united(place), whole.devicePixelRatio()
    found = QPixmap(seen.size() * ratio)
    found.setDevicePixelRatio(ratio)
    found.fill(window.palette().color(QPalette.ColorRole.Window).darker(108))
    painter = QPainter(found)
    painter.translate(-seen.topLeft())
    painter.drawPixmap(0, 0, whole)
    painter.drawPixmap(place.topLeft(), above.grab())
    painter.setPen(QPen(window.palette().color(QPalette.ColorRole.PlaceholderText), 1))
    painter.drawRect(place.adjusted(-1, -1, 0, 0))
    painter.end()
    return found
