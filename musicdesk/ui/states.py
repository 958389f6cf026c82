"""The states that a file can be in, as the window shows them: a word, what it means, a colour with a pattern."""

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from musicdesk.records import Coverage, State
from musicdesk.ui import theme
from musicdesk.ui.ink import Ink, blend

STRIPE = 5.0
"""Pixels from one stripe of a pattern to the next."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One state in words."""

    state: State
    meaning: str

    @property
    def word(self) -> str:
        """As it is written everywhere."""
        return str(self.state)


STATES = (
    Shown(State.OK, "Listened to whole"),
    Shown(State.PARTIAL, "Damaged, but enough of it could be heard"),
    Shown(State.SILENT, "Nothing to hear in them"),
    Shown(State.FAILED, "Could not be read or heard"),
    Shown(State.EXCLUDED, "Kept out by you"),
    Shown(State.PENDING, "Not listened to yet"),
    Shown(State.STALE, "Listened to by an older version; to be listened to anew"),
)
"""In the order of the sum; the first two can be used."""
FAILED = (State.FAILED, State.SILENT)
"""The states with a line in the table of failures."""


def count(coverage: Coverage, state: State) -> int:
    """How many files are in a state."""
    return int(getattr(coverage, state.value))


def spoken_sum(coverage: Coverage) -> str:
    """The sum in words, for a screen reader."""
    parts = (f"{count(coverage, shown.state):,} {shown.word}" for shown in STATES)
    return f"{coverage.found:,} found: {', '.join(parts)}"


@dataclass(frozen=True, slots=True)
class Paint:
    """How a state is filled: a ground, and stripes of another colour or none."""

    ground: QColor
    stripes: QColor | None = None


def paint_of(state: State, ink: Ink, *, quick: bool = False) -> Paint:
    """The fill of a state; what was listened to only quickly is paler."""
    look = theme.tokens(ink.dark)
    good, bad = QColor(look.good), QColor(look.warning)
    if quick:
        return Paint(blend(good, ink.raised, 0.5))
    return {
        State.OK: Paint(good),
        State.PARTIAL: Paint(good, blend(good, ink.raised, 0.65)),
        State.SILENT: Paint(ink.soft),
        State.FAILED: Paint(bad),
        State.EXCLUDED: Paint(blend(ink.soft, ink.raised, 0.45), blend(ink.soft, ink.raised, 0.85)),
        State.PENDING: Paint(ink.track),
        State.STALE: Paint(ink.track, blend(ink.accent, ink.raised, 0.3)),
    }[state]


def fill(painter: QPainter, rect: QRectF, paint: Paint) -> None:
    """Fill a rectangle with a ground and its stripes."""
    painter.fillRect(rect, paint.ground)
    if paint.stripes is None or rect.width() < 2:
        return
    painter.save()
    painter.setClipRect(rect, Qt.ClipOperation.IntersectClip)
    painter.setPen(QPen(paint.stripes, 1.6))
    x = rect.left() - rect.height()
    while x < rect.right():
        painter.drawLine(QPointF(x, rect.bottom()), QPointF(x + rect.height(), rect.top()))
        x += STRIPE
    painter.restore()


class Swatch(QWidget):
    """A small square filled like a state."""

    def __init__(self, state: State, *, quick: bool = False) -> None:
        super().__init__()
        self._state, self._quick = state, quick
        self.setFixedSize(QSize(10, 10))

    def paintEvent(self, event: QPaintEvent) -> None:
        """The fill, with an edge that tells it from the ground."""
        painter, ink = QPainter(self), Ink.of(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        fill(painter, QRectF(self.rect()), paint_of(self._state, ink, quick=self._quick))
        painter.setPen(QPen(blend(ink.soft, ink.raised, 0.3), 1))
        painter.drawRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5))
