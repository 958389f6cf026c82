"""Tabs, table heads, ticks and choices without ornament: words, a line, and the accent where one stands."""

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QCheckBox,
    QHeaderView,
    QRadioButton,
    QSplitter,
    QSplitterHandle,
    QTabBar,
    QTabWidget,
    QWidget,
)

from musicdesk.ui.ink import Ink, blend, focus_ring

PADDING, TICK = 8, 14


class FlatTabBar(QTabBar):
    """Words side by side; the page that is shown is underlined."""

    def __init__(self) -> None:
        super().__init__()
        self.setDrawBase(False)
        self.setExpanding(False)
        self.setUsesScrollButtons(False)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def tabSizeHint(self, index: int) -> QSize:
        """As wide as the words."""
        return QSize(self.fontMetrics().horizontalAdvance(self.tabText(index)) + 4 * PADDING, 36)

    def minimumTabSizeHint(self, index: int) -> QSize:
        """Where there is little room, the words stand closer."""
        return self.tabSizeHint(index) - QSize(3 * PADDING + 4, 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Words, then the line under the chosen one."""
        painter, ink = QPainter(self), Ink.of(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for index in range(self.count()):
            self._paint_tab(painter, ink, index)

    def _paint_tab(self, painter: QPainter, ink: Ink, index: int) -> None:
        rect, chosen = self.tabRect(index), index == self.currentIndex()
        under = rect.contains(self.mapFromGlobal(self.cursor().pos())) and self.underMouse()
        painter.setPen(ink.text if chosen or under else ink.soft)
        painter.drawText(rect, int(Qt.AlignmentFlag.AlignCenter), self.tabText(index))
        if chosen:
            inside = rect.adjusted(2 * PADDING - 4, 0, -2 * PADDING + 4, 0)
            painter.fillRect(QRectF(inside.x(), rect.bottom() - 2, inside.width(), 3), ink.accent)
            if self.hasFocus():
                focus_ring(painter, QRectF(rect).adjusted(4, 4, -4, -5), ink)


class FlatTabs(QTabWidget):
    """Pages under flat tabs."""

    def __init__(self) -> None:
        super().__init__()
        self.setTabBar(FlatTabBar())
        self.setDocumentMode(True)


class FlatHeader(QHeaderView):
    """Soft words over a line; an arrow where the table is sorted."""

    def __init__(self) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self.setHighlightSections(False)
        self.setMinimumSectionSize(32)
        self.setSectionsClickable(False)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        """One head."""
        ink, model = Ink.of(self), self.model()
        painter.save()
        painter.fillRect(rect, ink.raised)
        painter.setPen(QPen(blend(ink.text, ink.raised, 0.84)))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        side = Qt.AlignmentFlag(model.headerData(section, self.orientation(), Qt.ItemDataRole.TextAlignmentRole) or 0)
        sorted_here = self.isSortIndicatorShown() and self.sortIndicatorSection() == section
        middle = bool(side & Qt.AlignmentFlag.AlignHCenter)
        inside = rect if middle else rect.adjusted(PADDING, 0, -PADDING, 0)
        painter.setPen(ink.text if sorted_here else ink.soft)
        text = str(model.headerData(section, self.orientation()) or "")
        if sorted_here:
            text += "  ▴" if self.sortIndicatorOrder() == Qt.SortOrder.AscendingOrder else "  ▾"
        painter.drawText(inside, int(side | Qt.AlignmentFlag.AlignVCenter), text)
        painter.restore()


class FlatTick(QCheckBox):
    """A box to tick whose edge is seen in the dark too."""

    def paintEvent(self, event: QPaintEvent) -> None:
        """Box, tick, words."""
        painter, ink = QPainter(self), Ink.of(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(0.5, (self.height() - TICK) / 2 + 0.5, TICK - 1, TICK - 1)
        on = self.isChecked()
        painter.setPen(QPen(ink.accent if on else ink.soft, 1))
        painter.setBrush(ink.accent if on else ink.raised)
        painter.drawRoundedRect(box, 3, 3)
        if on:
            corner = box.topLeft()
            painter.setPen(QPen(ink.on_accent, 1.8))
            painter.drawPolyline([corner + QPointF(*place) for place in ((3.2, 6.8), (5.8, 9.4), (10.2, 3.8))])
        painter.setPen(ink.text if self.isEnabled() else ink.line)
        words = self.rect().adjusted(TICK + PADDING, 0, 0, 0)
        painter.drawText(words, int(Qt.AlignmentFlag.AlignVCenter), self.text())
        if self.hasFocus():
            focus_ring(painter, box.adjusted(-3, -3, 3, 3), ink)

    def sizeHint(self) -> QSize:
        """Box and words."""
        return QSize(TICK + 2 * PADDING + self.fontMetrics().horizontalAdvance(self.text()), 24)

    def hitButton(self, place: QPoint) -> bool:
        """Box and words alike."""
        return self.rect().contains(place)


class FlatChoice(QRadioButton):
    """One of several to choose from, whose ring is seen in the dark too."""

    def paintEvent(self, event: QPaintEvent) -> None:
        """Ring, dot, words."""
        painter, ink = QPainter(self), Ink.of(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ring = QRectF(0.5, (self.height() - TICK) / 2 + 0.5, TICK - 1, TICK - 1)
        on = self.isChecked()
        painter.setPen(QPen(ink.accent if on else ink.soft, 1))
        painter.setBrush(ink.raised)
        painter.drawEllipse(ring)
        if on:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(ink.accent)
            painter.drawEllipse(ring.adjusted(3, 3, -3, -3))
        painter.setPen(ink.text if self.isEnabled() else ink.line)
        words = self.rect().adjusted(TICK + PADDING, 0, 0, 0)
        painter.drawText(words, int(Qt.AlignmentFlag.AlignVCenter), self.text())
        if self.hasFocus():
            focus_ring(painter, ring.adjusted(-3, -3, 3, 3), ink, radius=TICK)

    def sizeHint(self) -> QSize:
        """Ring and words."""
        return QSize(TICK + 2 * PADDING + self.fontMetrics().horizontalAdvance(self.text()), 24)

    def hitButton(self, place: QPoint) -> bool:
        """Ring and words alike."""
        return self.rect().contains(place)


class Line(QWidget):
    """A rule one pixel high."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(1)

    def paintEvent(self, event: QPaintEvent) -> None:
        """In the colour of what is at rest."""
        ink = Ink.of(self)
        QPainter(self).fillRect(self.rect(), blend(ink.text, ink.ground, 0.84))


class FlatSplitter(QSplitter):
    """Panels with a thin line between them that is wide enough to take hold of."""

    def __init__(self, orientation: Qt.Orientation) -> None:
        super().__init__(orientation)
        self.setHandleWidth(7)
        self.setChildrenCollapsible(True)

    def createHandle(self) -> QSplitterHandle:
        """Our own."""
        return FlatHandle(self.orientation(), self)


class FlatHandle(QSplitterHandle):
    """A line; under the mouse, the accent."""

    def paintEvent(self, event: QPaintEvent) -> None:
        """In the middle of the handle."""
        ink, rect = Ink.of(self), self.rect()
        colour = ink.accent if self.underMouse() else blend(ink.text, ink.ground, 0.84)
        if self.orientation() == Qt.Orientation.Horizontal:
            line = QRect(rect.center().x(), rect.y(), 1, rect.height())
        else:
            line = QRect(rect.x(), rect.center().y(), rect.width(), 1)
        QPainter(self).fillRect(line, colour)
