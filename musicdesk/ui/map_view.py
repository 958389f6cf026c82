"""The map to look at and take hold of: wheel zooms, drag moves, a click chooses, a line drawn around chooses many.

What is painted is a picture; while the map moves the last one is moved with it, and a new one is made as soon as the
hand rests for a moment. With the keyboard: arrows go to the nearest track on that side, Enter plays.
"""

from collections.abc import Callable, Iterable

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleEvent,
    QContextMenuEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from musicdesk.records import FloatArray
from musicdesk.ui.ink import Ink, focus_ring
from musicdesk.ui.map_frame import NOBODY, Frame, beside, on_side, within
from musicdesk.ui.map_picture import Look, colour_of, paint_name, picture

REST_MS, DWELL_MS = 25, 300
STILL = 4
"""A hand that moved less than so many pixels has clicked."""
NONE = np.zeros(0, np.int64)
STEP = 1.25
ARROWS = {
    Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1),
}  # fmt: skip
NOTHING = Look(NONE, NONE, np.zeros(0, np.bool_), np.zeros(0, np.bool_))


class MapView(QWidget):
    """Points with colours and shapes; it knows tracks only as rows."""

    chosen = Signal()
    """Other rows are chosen."""
    dwelt, left = Signal(int), Signal()
    """The pointer rests on a row; something else lies under it, or nothing."""
    play_asked, menu_asked = Signal(int), Signal(QPoint)
    lasso_ended = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.places, self.look = np.zeros((0, 2), np.float32), NOTHING
        self.rows, self.current, self.under = NONE, NOBODY, NOBODY
        self.name_of: Callable[[int], str] = str
        self.lasso = False
        """Whether dragging draws a line instead of moving the map."""
        self._frame, self._whole = Frame(), Frame()
        self._image, self._pictured = QImage(), Frame()
        self._laid: tuple[Frame, QSize] | None = None
        self._there = self.places
        """Where the points lie in the view, and for which frame and size that was found."""
        self._fitted = True
        self._held: QPointF | None = None
        self._dragging = False
        self._pressed = QPointF()
        self._line: list[QPointF] = []
        self._rest = QTimer(self, singleShot=True, interval=REST_MS)
        self._rest.timeout.connect(self._redraw)
        self._dwell = QTimer(self, singleShot=True, interval=DWELL_MS)
        self._dwell.timeout.connect(self._dwelt)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(160, 120)
        self.setAccessibleName("Library map")
        self._tell()

    # ------------------------------------------------------------------ what is shown

    def show_points(self, places: FloatArray, look: Look) -> None:
        """Show these points; nothing is chosen, and the part that is looked at stays."""
        fit = self._fitted or not len(self.places)
        self.places, self.look, self.under = places, look, NOBODY
        self.rows, self.current, self._laid = NONE, NOBODY, None
        self._whole = Frame.around(places, self.size())
        if fit:
            self.show_all()
        self._rest.start()
        self._tell()

    def set_look(self, look: Look) -> None:
        """Colour the same points otherwise."""
        self.look = look
        self._rest.start()

    def show_all(self) -> None:
        """The whole map."""
        self._fitted = True
        self._go(self._whole)

    def zoom(self, factor: float, at: QPointF | None = None) -> None:
        """Closer (more than 1) or farther, around a place of the view or its middle."""
        at = at or QPointF(self.width() / 2, self.height() / 2)
        self._go(self._frame.zoomed(factor, at, self.size(), whole=self._whole.scale))
        self._fitted = False

    @property
    def frame(self) -> Frame:
        """Which part is seen."""
        return self._frame

    @property
    def resting(self) -> bool:
        """Whether the picture is that of the part that is seen."""
        return not self._rest.isActive()

    def on_screen(self) -> FloatArray:
        """Where each point lies in the view.  # [n, 2]"""
        now = (self._frame, self.size())
        if self._laid != now:
            self._laid, self._there = now, self._frame.on_screen(self.places, self.size())
        return self._there

    def _go(self, frame: Frame) -> None:
        if frame != self._frame:
            self._frame = frame
            self._rest.start()
            self.update()

    def _redraw(self) -> None:
        self._rest.stop()
        if self.width() > 1 and self.height() > 1:
            self._image = picture(
                self.on_screen(), self.look, size=self.size(), ratio=self.devicePixelRatioF(), ink=Ink.of(self)
            )
            self._pictured = self._frame
        self.update()

    def set_lasso(self, on: bool) -> None:
        """Let dragging draw a line around tracks, or move the map."""
        self.lasso = on
        self.setCursor(Qt.CursorShape.CrossCursor if on else Qt.CursorShape.ArrowCursor)

    # ------------------------------------------------------------------ who is chosen

    def choose(self, rows: Iterable[int], *, current: int | None = None) -> None:
        """Choose these rows; the keyboard stands on ``current``, or on the first."""
        self.rows = np.unique(np.fromiter(rows, np.int64))
        self.current = (int(self.rows[0]) if len(self.rows) else NOBODY) if current is None else current
        marked = np.zeros(len(self.places), np.bool_)
        marked[self.rows] = True
        self.look = Look(self.look.slots, self.look.faded, self.look.back, marked)
        self._rest.start()
        self._tell()
        self.chosen.emit()

    def clear(self) -> bool:
        """Choose nothing; False if nothing was."""
        had = bool(len(self.rows))
        if had:
            self.choose(())
        return had

    def row_at(self, place: QPointF) -> int:
        """The nearest row within reach of a pixel; -1 for none."""
        return beside(place, self.on_screen())

    def go(self, direction: tuple[int, int], *, more: bool = False) -> None:
        """Choose the nearest track on one side of the one that the keyboard is on; ``more`` keeps the others."""
        if not len(self.places):
            return
        there = self.on_screen()
        if self.current == NOBODY:
            middle = np.array([self.width() / 2, self.height() / 2], np.float32)
            target = int(((there - middle) ** 2).sum(axis=1).argmin())
        else:
            target = on_side(there, self.current, direction)
        if target != NOBODY:
            self.choose({*self.rows.tolist(), target} if more else (target,), current=target)
            self._follow(self.on_screen()[target])

    def _follow(self, place: FloatArray) -> None:
        """Keep what the keyboard is on in view."""
        room, x, y = 24.0, float(place[0]), float(place[1])
        by_x = min(0.0, self.width() - room - x) + max(0.0, room - x)
        by_y = min(0.0, self.height() - room - y) + max(0.0, room - y)
        if by_x or by_y:
            self._fitted = False
            self._go(self._frame.moved(QPointF(by_x, by_y)))

    def _tell(self) -> None:
        """Say to a screen reader where the keyboard is."""
        count = f"{len(self.places):,} tracks" if len(self.places) else "empty"
        here = self.name_of(self.current) if self.current != NOBODY else "nothing chosen"
        self.setAccessibleDescription(f"{here}; {len(self.rows):,} chosen of {count}")
        QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.DescriptionChanged))

    # ------------------------------------------------------------------ mouse

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom around the pointer."""
        notches = event.angleDelta().y() / 120
        if notches:
            self.zoom(STEP**notches, event.position())
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of the map, or begin a line."""
        if event.button() != Qt.MouseButton.LeftButton:
            return
        self._dwell.stop()
        self._pressed = event.position()
        if self.lasso or event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._line = [event.position()]
        else:
            self._held = event.position()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Draw on, drag, or name what lies under the pointer."""
        if self._line:
            self._line.append(event.position())
            self.update()
        elif self._held is not None:
            self._drag(event.position())
        else:
            self._look_under(self.row_at(event.position()))

    def _drag(self, place: QPointF) -> None:
        if self._held is not None and (self._dragging or (place - self._pressed).manhattanLength() >= STILL):
            self._dragging, self._fitted = True, False
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
            self._go(self._frame.moved(place - self._held))
            self._held = place

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """What was drawn around is chosen; a hand that kept still has clicked."""
        if event.button() != Qt.MouseButton.LeftButton:
            return
        line, dragged, more = self._line, self._dragging, bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        self._line, self._held, self._dragging = [], None, False
        self.set_lasso(self.lasso)
        if len(line) > 2:
            inside = within(line, self.on_screen(), self.size())
            self.choose([*(self.rows.tolist() if more else ()), *inside.tolist()])
            self.lasso_ended.emit()
        elif not dragged:
            self._clicked(event.position(), more=more)
        self.update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Play it whole."""
        row = self.row_at(event.position())
        if row != NOBODY:
            self.play_asked.emit(row)

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing lies under the pointer any more."""
        self._look_under(NOBODY)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """The menu of what is chosen; with the mouse, of what lies under it."""
        place = event.globalPos()
        if event.reason() == QContextMenuEvent.Reason.Mouse:
            row = self.row_at(QPointF(event.pos()))
            if row != NOBODY and row not in self.rows:
                self.choose((row,))
        elif self.current != NOBODY:
            place = self.mapToGlobal(QPointF(*self.on_screen()[self.current].tolist()).toPoint())
        if len(self.rows):
            self.menu_asked.emit(place)
        event.accept()

    def _clicked(self, place: QPointF, *, more: bool) -> None:
        row = self.row_at(place)
        if row == NOBODY:
            self.clear()
        elif more:
            self.choose({*self.rows.tolist()} ^ {row}, current=row)
        else:
            self.choose((row,))

    def _look_under(self, row: int) -> None:
        if row != self.under:
            self.under = row
            self.left.emit()
            self._dwell.start() if row != NOBODY else self._dwell.stop()
            self.update()

    def _dwelt(self) -> None:
        if self.under != NOBODY:
            self.dwelt.emit(self.under)

    # ------------------------------------------------------------------ keyboard

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows, Enter, plus, minus and zero; the rest belongs to the window."""
        key, shift = Qt.Key(event.key()), bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if key in ARROWS and not event.modifiers() & Qt.KeyboardModifier.AltModifier:
            self.go(ARROWS[key], more=shift)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.current != NOBODY:
            self.play_asked.emit(self.current)
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal, Qt.Key.Key_Minus):
            self.zoom(1 / STEP if key == Qt.Key.Key_Minus else STEP)
        elif key in (Qt.Key.Key_0, Qt.Key.Key_Home):
            self.show_all()
        else:
            event.ignore()

    # ------------------------------------------------------------------ look

    def sizeHint(self) -> QSize:
        """Roomy."""
        return QSize(560, 420)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The whole map stays whole."""
        super().resizeEvent(event)
        self._whole = Frame.around(self.places, self.size())
        if self._fitted:
            self._frame = self._whole
        self._rest.start()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the palette."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.StyleChange) and hasattr(self, "_rest"):
            self._rest.start()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The picture where it belongs now, and over it what is pointed at."""
        painter, ink = QPainter(self), Ink.of(self)
        painter.fillRect(self.rect(), ink.raised)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if not self._image.isNull() and len(self.places):
            painter.drawImage(
                self._frame.shows(self._pictured, self._image.deviceIndependentSize(), self.size()), self._image
            )
        if self._line:
            painter.setPen(QPen(ink.accent, 1.5, Qt.PenStyle.DashLine))
            painter.drawPolyline(QPolygonF(self._line))
        for row in dict.fromkeys((self.current, self.under)):
            if row != NOBODY and self._frame.sees(self.places[row], self.size()):
                place = QPointF(*self._frame.on_screen(self.places[row : row + 1], self.size())[0].tolist())
                colour = ink.accent if row == self.current else colour_of(int(self.look.slots[row]), ink)
                paint_name(painter, ink, self.name_of(row), at=place, colour=colour, size=self.size())
        if self.hasFocus():
            focus_ring(painter, QRectF(self.rect()), ink, radius=0)
