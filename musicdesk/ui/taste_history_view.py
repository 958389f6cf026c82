"""The taste over time: a sentence, the gains now over those of a month ago, a line for each that changed, a table."""

from collections.abc import Sequence

from PySide6.QtCore import QLineF, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QVBoxLayout, QWidget

from musicdesk.records import ADVISOR, GAIN_MAX, GAIN_MIN, GainChange, GainCurve, TasteHistory
from musicdesk.ui.ink import Ink, focus_ring, tabular
from musicdesk.ui.labels import SoftSentence
from musicdesk.ui.late_chart import FEWEST_AXES, LateChart, Web
from musicdesk.ui.lines import Legend
from musicdesk.ui.numbers_table import fill_row, numbers_table
from musicdesk.ui.prototype_name import NEGATION, paint_mark
from musicdesk.ui.taste_history_words import NOTHING_KNOWN, change_text, gains_text, number, since, spoke, told_changes

MOST_SPOKES, MOST_ROWS = 8, 8
WEEK = 7
RINGS = ((0 - GAIN_MIN) / (GAIN_MAX - GAIN_MIN), (1 - GAIN_MIN) / (GAIN_MAX - GAIN_MIN), 1.0)
"""The rings of the gains 0, 1 and 2; the middle is −1."""
OF_TIME = "Your taste over time"
TABLE_HIGH, CHART_HIGH = 200, 196
INSET = 8


class TasteHistoryView(QWidget):
    """Shows what the desk tells of the last month; a click on a line asks for its slider."""

    channel_asked = Signal(str)
    """A prototype's id, or "advisor:" and a name."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.told, self.place = SoftSentence(points=-0.5), LateChart()
        self.legend = Legend(("now", "a month ago"))
        self.rows: list[ChangeRow] = []
        self.table = numbers_table(("Part", "Then", "Week ago", "Now"), name=f"{OF_TIME}, as a table")
        self.table.setFixedHeight(TABLE_HIGH)
        self._history, self._numbers = TasteHistory((), ()), False
        self._rows = QVBoxLayout()
        self._lay_out()
        self.set_history(TasteHistory((), ()), ())

    def _lay_out(self) -> None:
        self._rows.setSpacing(0)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 0)
        column.setSpacing(4)
        for widget in (self.told, self.place, self.legend, self.table):
            column.addWidget(widget)
        column.addLayout(self._rows)
        self.place.setFixedHeight(CHART_HIGH)

    def set_history(self, history: TasteHistory, changes: Sequence[GainChange]) -> None:
        """Show the days of ``history``, and what is different between the first and the last of them."""
        self._history = history
        known = len(history.days) > 1 and bool(history.curves)
        self.told.setText(told_changes(changes, history.days) if known else NOTHING_KNOWN)
        self.setAccessibleName(OF_TIME)
        self.setAccessibleDescription(self.told.text())
        self.legend.labels[1].setText(since(history.days))
        self._fill_table(history if known else TasteHistory((), ()))
        self._fill_rows(history, changes if known else ())
        self.place.set_web(web(history, changes) if known else None)
        self._show_parts()

    def show_numbers(self, on: bool) -> None:
        """Show the table instead of chart and lines."""
        self._numbers = on
        self._show_parts()

    def _show_parts(self) -> None:
        charted = self.place.web is not None and not self._numbers
        self.place.setVisible(charted)
        self.legend.setVisible(charted)
        self.table.setVisible(self._numbers and self.table.rowCount() > 0)
        for row in self.rows:
            row.setVisible(not self._numbers)

    def _fill_table(self, history: TasteHistory) -> None:
        self.table.setRowCount(len(history.curves))
        for row, curve in enumerate(history.curves):
            gains = (curve.gains[0], curve.gains[max(len(curve.gains) - 1 - WEEK, 0)], curve.gains[-1])
            fill_row(self.table, row, (curve.name, *map(number, gains)))

    def _fill_rows(self, history: TasteHistory, changes: Sequence[GainChange]) -> None:
        for row in self.rows:
            self._rows.removeWidget(row)
            row.hide()
            row.deleteLater()
        curves = {curve.id: curve for curve in history.curves}
        self.rows = [ChangeRow(change, curves.get(change.id)) for change in changes[:MOST_ROWS]]
        for row in self.rows:
            row.clicked.connect(lambda _=False, identity=row.change.id: self.channel_asked.emit(identity))
            self._rows.addWidget(row)


class ChangeRow(QAbstractButton):
    """A part that changed: mark, name, gains then and now, and its way day by day from −1 (below) to 2."""

    def __init__(self, change: GainChange, curve: GainCurve | None) -> None:
        super().__init__()
        self.change = change
        self.gains = curve.gains if curve is not None else (change.before, change.after)
        self.setAccessibleName(change_text(change))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus if change.after is not None else Qt.FocusPolicy.NoFocus)
        self.setEnabled(change.after is not None)
        self.setToolTip(f"{change_text(change)}.\nClick: go to its slider." if self.isEnabled() else "")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    def sizeHint(self) -> QSize:
        """A line of words, and the line of the gains below."""
        return QSize(200, self.fontMetrics().height() + 34)

    def minimumSizeHint(self) -> QSize:
        """As high, and narrow."""
        return QSize(120, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Ground, words, line."""
        painter, ink = QPainter(self), Ink.of(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.underMouse() and self.isEnabled():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(ink.hover)
            painter.drawRoundedRect(QRectF(self.rect()), 4, 4)
        high = self.fontMetrics().height()
        self._paint_words(painter, ink, high)
        self._paint_line(painter, ink, QRectF(INSET, high + 8, self.width() - 2 * INSET, 20))
        if self.hasFocus():
            focus_ring(painter, QRectF(self.rect()), ink)

    def _paint_words(self, painter: QPainter, ink: Ink, high: int) -> None:
        hollow = self.change.after is None or self.change.name.startswith(NEGATION)
        mark = QRectF(INSET, 3 + (high - 12) / 2, 12, 12)
        paint_mark(painter, mark, self.change.slot, ink=ink, off=self.change.after is None, hollow=hollow)
        painter.setFont(tabular(self.font()))
        painter.setPen(ink.text)
        line = QRect(INSET + 20, 3, self.width() - 2 * INSET - 20, high)
        text = gains_text(self.change.before, self.change.after)
        painter.drawText(line, Qt.AlignmentFlag.AlignRight, text)
        room = line.width() - painter.fontMetrics().horizontalAdvance(text) - 8
        name = self.change.renamed or self.change.name
        painter.drawText(line, 0, painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, room))

    def _paint_line(self, painter: QPainter, ink: Ink, area: QRectF) -> None:
        """The gains as steps; nothing where there was no such prototype."""
        zero = _height(0.0, area)
        painter.setPen(QPen(ink.line, 1))
        painter.drawLine(QLineF(area.left(), zero, area.right(), zero))
        painter.setPen(QPen(ink.slot(self.change.slot), 2))
        for stretch in stretches(self.gains, area):
            painter.drawPolyline(QPolygonF(stretch))


def stretches(gains: Sequence[float | None], area: QRectF) -> list[list[QPointF]]:
    """The lines of a curve: each day is a step as wide as the others; a day without a gain ends a line."""
    step = area.width() / max(len(gains), 1)
    found: list[list[QPointF]] = [[]]
    for day, gain in enumerate(gains):
        if gain is None:
            found.append([])
        else:
            left, y = area.left() + day * step, _height(gain, area)
            found[-1] += [QPointF(left, y), QPointF(left + step, y)]
    return [stretch for stretch in found if stretch]


def _height(gain: float, area: QRectF) -> float:
    return area.bottom() - _share(gain) * area.height()


def web(history: TasteHistory, changes: Sequence[GainChange]) -> Web | None:
    """The gains of the prototypes now (solid) over those of the first day; None with fewer than three.

    Where there are more than can be read, those that changed come first, then the strongest; in the taste's order.
    """
    moved = {change.id for change in changes if not change.id.startswith(ADVISOR)}
    told = sorted(history.curves, key=lambda c: (c.id not in moved, -abs(c.gains[-1] or 0.0)))[:MOST_SPOKES]
    curves = [curve for curve in history.curves if curve in told]
    if len(curves) < FEWEST_AXES:
        return None
    ends = [(curve.gains[0], curve.gains[-1]) for curve in curves]
    return Web(
        axes=tuple(curve.id for curve in curves),
        solid=tuple(_share(now) for _, now in ends),
        dashed=tuple(_share(then) for then, _ in ends),
        words=tuple(spoke(c.name, then, now) for c, (then, now) in zip(curves, ends, strict=True)),
        rings=RINGS,
        marked=RINGS[0],
    )


def _share(gain: float | None) -> float:
    """Where a gain lies between −1 (0) and 2 (1); what is not there does not count, like a gain of 0."""
    return (min(max(gain or 0.0, GAIN_MIN), GAIN_MAX) - GAIN_MIN) / (GAIN_MAX - GAIN_MIN)
