"""How much of the library is analysed, drawn: a stacked bar, a row an encoder, and the sum that adds up."""

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPainterPath, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QButtonGroup,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from musicdesk.records import Coverage, State
from musicdesk.ui.ink import Ink, blend, focus_ring, scaled, tabular
from musicdesk.ui.labels import SoftLabel
from musicdesk.ui.states import STATES, Paint, Shown, Swatch, count, fill, paint_of, spoken_sum

LEAST = 3.0
"""Pixels that even a single file gets: a failure among 200,000 files must be seen."""
BAR, ROW = 12, 32
NAME = 168
"""Room for the longest name."""
NARROW = 580
"""Below this width the sum stands in two lines."""


def segments(coverage: Coverage, ink: Ink) -> list[tuple[int, Paint]]:
    """Files and fill of each part of the bar, from left to right; empty parts are left out."""
    parts: list[tuple[int, Paint]] = []
    quick = coverage.quick
    for shown in STATES:
        files = count(coverage, shown.state)
        paler = min(quick, files) if shown.state in (State.OK, State.PARTIAL) else 0
        quick -= paler
        parts += [(files - paler, paint_of(shown.state, ink)), (paler, paint_of(shown.state, ink, quick=True))]
    return [part for part in parts if part[0]]


def widths(files: Sequence[int], whole: float) -> list[float]:
    """What each part gets of ``whole`` pixels: its share, but never less than can be seen."""
    total = sum(files)
    if not total:
        return []
    least = min(LEAST, whole / len(files))
    given = [max(least, whole * part / total) for part in files]
    over = sum(given) - whole
    roomy = sum(wide - least for wide in given)
    return [wide - over * (wide - least) / roomy if roomy else wide for wide in given]


def paint_bar(painter: QPainter, rect: QRectF, coverage: Coverage, ink: Ink) -> None:
    """Draw the stacked bar with round ends."""
    path = QPainterPath()
    path.addRoundedRect(rect, 3, 3)
    painter.save()
    painter.setClipPath(path)
    painter.fillRect(rect, ink.track)
    parts, x = segments(coverage, ink), rect.left()
    for wide, (_, paint) in zip(widths([part[0] for part in parts], rect.width()), parts, strict=True):
        fill(painter, QRectF(x, rect.top(), wide, rect.height()), paint)
        if x > rect.left():
            painter.fillRect(QRectF(x - 1, rect.top(), 1, rect.height()), ink.ground)
        x += wide
    painter.restore()


class EncoderRow(QAbstractButton):
    """One encoder: its name, the bar, and how many files it can use; checked, its files are shown below."""

    def __init__(self, coverage: Coverage, *, title: str, used: bool, alone: bool) -> None:
        super().__init__()
        self.coverage, self.title, self._used, self._alone = coverage, title, used, alone
        self.room = self.needs()
        self.setCheckable(not alone)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus if alone else Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFixedHeight(ROW)
        self.set_coverage(coverage)

    def set_coverage(self, coverage: Coverage) -> None:
        """Show these counts."""
        self.coverage = coverage
        self.setAccessibleName(f"{self.title}{', in use' if self._used else ''}: {spoken_sum(coverage)}")
        self.setToolTip(spoken_sum(coverage).replace(": ", " =\n").replace(", ", "\n+ "))
        self.update()

    def needs(self) -> int:
        """How much room its name takes, up to a limit; rows that stand together agree on one."""
        note = QFontMetrics(tabular(self.font(), size=-1.0)).horizontalAdvance(self._note()) + 8
        name = QFontMetrics(tabular(self.font(), bold=True)).horizontalAdvance(self.title)
        return min(NAME, name + (note if self._note() else 0)) + 16

    def _note(self) -> str:
        return "in use" if self._used and not self._alone else ""

    def sizeHint(self) -> QSize:
        """Room for the name, a bar and the numbers."""
        return QSize(NAME + 240, ROW)

    def minimumSizeHint(self) -> QSize:
        """A short bar is enough."""
        return QSize(NAME + 40, ROW)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Ground, name, bar, numbers."""
        painter, ink, rect = QPainter(self), Ink.of(self), QRectF(self.rect())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        inset = 0.0 if self._alone else 8.0
        self._paint_ground(painter, ink, rect)
        inside = rect.adjusted(inset, 0, -inset, 0)
        self._paint_name(painter, ink, QRectF(inside.left(), 0, self.room - 12, ROW))
        share_room = QFontMetrics(tabular(self.font())).horizontalAdvance("100 % ready") + 12
        end = inside.right() - (share_room if inside.width() > self.room + share_room + 80 else 0)
        bar = QRectF(inside.left() + self.room, (ROW - BAR) / 2, end - inside.left() - self.room, BAR)
        paint_bar(painter, bar, self.coverage, ink)
        if end < inside.right():
            self._paint_share(painter, ink, QRectF(end, 0, share_room, ROW))
        if self.hasFocus():
            focus_ring(painter, rect, ink)

    def _paint_ground(self, painter: QPainter, ink: Ink, rect: QRectF) -> None:
        if self._alone or not (self.isChecked() or self.underMouse()):
            return
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(blend(ink.accent, ink.ground, 0.84) if self.isChecked() else blend(ink.line, ink.ground, 0.7))
        painter.drawRoundedRect(rect, 5, 5)

    def _paint_name(self, painter: QPainter, ink: Ink, rect: QRectF) -> None:
        bold = tabular(self.font(), bold=True)
        painter.setFont(bold)
        painter.setPen(ink.text)
        note = self._note()
        small = tabular(self.font(), size=-1.0)
        room = rect.width() - (QFontMetrics(small).horizontalAdvance(note) + 8 if note else 0)
        name = painter.fontMetrics().elidedText(self.title, Qt.TextElideMode.ElideRight, int(room))
        painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter, name)
        rect.setLeft(rect.left() + painter.fontMetrics().horizontalAdvance(name) + 8)
        painter.setFont(small)
        painter.setPen(ink.soft)
        painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter, note)

    def _paint_share(self, painter: QPainter, ink: Ink, rect: QRectF) -> None:
        painter.setFont(tabular(self.font()))
        painter.setPen(ink.text)
        text = f"{share(self.coverage)} ready"
        painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, text)


def share(coverage: Coverage) -> str:
    """How many of the files found are ready, in percent; only all of them are 100 %."""
    if not coverage.found:
        return "0 %"
    percent = 100 * coverage.usable / coverage.found
    if coverage.usable < coverage.found:
        percent = min(percent, 99.0)
    return f"{percent:.0f} %"


class EncoderRows(QWidget):
    """A row an encoder; one of them is chosen."""

    chosen = Signal(str)
    """The name of the encoder."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[EncoderRow] = []
        self.encoder = ""
        self._titles: dict[str, str] = {}
        self._group = QButtonGroup(self)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(2)
        self.setAccessibleName("Encoders")

    def set_titles(self, titles: dict[str, str]) -> None:
        """What encoders are called in full."""
        if titles != self._titles:
            self._titles = titles
            self._build([row.coverage for row in self.rows])

    def set_coverages(self, coverages: Sequence[Coverage]) -> None:
        """Show these; the first is the encoder in use. What was chosen stays so, if it is still there."""
        if [row.coverage.encoder for row in self.rows] == [coverage.encoder for coverage in coverages]:
            for row, coverage in zip(self.rows, coverages, strict=True):
                row.set_coverage(coverage)
        else:
            self._build(coverages)

    def _build(self, coverages: Sequence[Coverage]) -> None:
        for row in self.rows:
            self._group.removeButton(row)
            row.hide()
            row.deleteLater()
        alone = len(coverages) == 1
        self.rows = [
            EncoderRow(c, title=self.title_of(c.encoder), used=not number, alone=alone)
            for number, c in enumerate(coverages)
        ]
        for row in self.rows:
            row.room = max(other.needs() for other in self.rows)
        names = [coverage.encoder for coverage in coverages]
        self.encoder = self.encoder if self.encoder in names else "".join(names[:1])
        for row in self.rows:
            self._column.addWidget(row)
            self._group.addButton(row)
            row.setChecked(row.coverage.encoder == self.encoder and not alone)
            row.toggled.connect(lambda on, name=row.coverage.encoder: self._choose(name) if on else None)

    def title_of(self, encoder: str) -> str:
        """What an encoder is called."""
        return self._titles.get(encoder, encoder)

    def _choose(self, encoder: str) -> None:
        if encoder != self.encoder:
            self.encoder = encoder
            self.chosen.emit(encoder)


class Term(QWidget):
    """A number of the sum with its state below."""

    def __init__(self, shown: Shown | None) -> None:
        super().__init__()
        self.number, self.word = QLabel("0"), SoftLabel(shown.word if shown else "found")
        self._word = shown.word if shown else "found"
        font = tabular(self.number.font(), bold=True)
        scaled(font, 1.5)
        self.number.setFont(font)
        below = QHBoxLayout()
        below.setSpacing(5)
        if shown:
            below.addWidget(Swatch(shown.state))
        below.addWidget(self.word)
        below.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(1)
        column.addWidget(self.number)
        column.addLayout(below)
        self.setToolTip(shown.meaning if shown else "Files on the disk, in all folders")

    def set_count(self, files: int) -> None:
        """Show a number; none stands back."""
        self.number.setText(f"{files:,}")
        self.number.setAccessibleName(f"{files:,} {self._word}")
        self.number.setForegroundRole(self.palette().ColorRole.WindowText if files else self.word.foregroundRole())


class StateSum(QWidget):
    """found = ok + partial + silent + failed + excluded + pending + stale, so that everybody can check it."""

    def __init__(self) -> None:
        super().__init__()
        self.found = Term(None)
        self.terms = {shown.state: Term(shown) for shown in STATES}
        self._signs = [SoftLabel("=" if not number else "+", points=1.5) for number in range(len(STATES))]
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setVerticalSpacing(8)
        self._grid.setHorizontalSpacing(7)
        self._lines = 0
        self._arrange(1)

    def set_coverage(self, coverage: Coverage) -> None:
        """Show this sum."""
        self.found.set_count(coverage.found)
        for state, term in self.terms.items():
            term.set_count(count(coverage, state))
        self.setAccessibleName(spoken_sum(coverage))

    def minimumSizeHint(self) -> QSize:
        """Two lines are enough in a narrow place."""
        return QSize(320, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """One line where there is room, or two."""
        super().resizeEvent(event)
        self._arrange(1 if self.width() >= NARROW else 2)

    def _arrange(self, lines: int) -> None:
        if lines == self._lines:
            return
        self._lines = lines
        terms = [self.found, *self.terms.values()]
        across, top = -(-len(terms) // lines), Qt.AlignmentFlag.AlignTop
        for number, term in enumerate(terms):
            line, place = divmod(number, across)
            self._grid.addWidget(term, line, 2 * place, top)
            if number:
                before = divmod(number - 1, across)
                self._grid.addWidget(self._signs[number - 1], before[0], 2 * before[1] + 1, top)
        for column in range(2 * len(terms)):
            self._grid.setColumnStretch(column, 1 if column < 2 * across and column % 2 == 0 else 0)
        self.updateGeometry()
