"""Rows on their way: where a row that has another place now is painted until it has arrived there.

Only what is seen moves. The model has its new order at once, and so have selection, keyboard, mouse and drag; for
``TRAVEL_MS`` the view merely paints the rows elsewhere. A row that comes from further up or down comes in at that edge,
one that goes further goes out there, one that is new to the list fades in, one that left it fades out where it stood:
it is painted from the list as it was. Where more than a few leave at once it is another list, and they are gone at
once. When the order changes again on the way, every row goes on from where it is. No more than the rows of one page are
looked at, however long the list is, and nothing is done while nothing moves.
"""

import time
from collections.abc import Callable, Mapping
from typing import NamedTuple

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtWidgets import QTableView

from musicdesk.ui import motion
from musicdesk.ui.row_painter import ROW_HEIGHT
from musicdesk.ui.tracks_model import TrackTable

TRAVEL_MS, FRAME_MS = 120, 16
COVERED = bytes([1]) * ROW_HEIGHT
RISE = 10
"""Pixels that a row rises while it fades in."""
MOST_LEAVE = 6
"""So many rows fade out at a time at most: each costs as much as one that stays."""


class Placed(NamedTuple):
    """A row as it is to be painted now."""

    row: int
    top: int
    """Pixels from the top of the viewport."""
    opacity: float
    still: bool
    """Whether it is where it belongs."""
    past: TrackTable | None = None
    """The list that it was in, if it has left: ``row`` is a row of that one."""


class Spot(NamedTuple):
    """Where a row was seen last."""

    top: float
    opacity: float
    row: int
    past: TrackTable | None = None


class Leg(NamedTuple):
    """The way of one row, in pixels of the viewport."""

    key: object
    row: int
    start: float
    end: float
    faint: float = 1.0
    """The opacity to begin with; it ends opaque, or, of one that has left, gone."""
    past: TrackTable | None = None

    @property
    def still(self) -> bool:
        """Whether there is no way to go."""
        return self.start == self.end and self.faint == 1.0 and self.past is None

    def at(self, share: float) -> tuple[float, float]:
        """Top and opacity when so much of the way is done."""
        last = 1.0 if self.past is None else 0.0
        return self.start + (self.end - self.start) * share, self.faint + (last - self.faint) * share


class RowTravel(QObject):
    """The travelling rows of one view."""

    def __init__(self, view: QTableView, model: TrackTable) -> None:
        super().__init__(view)
        self.allowed = True
        """What the settings say; the system's wish counts besides."""
        self.clock: Callable[[], float] = time.perf_counter
        self._view, self._model = view, model
        self._legs: list[Leg] = []
        self._left: dict[object, Spot] = {}
        self._order: Mapping[object, int] = {}
        self._began = 0.0
        self._frames = QTimer(self, interval=FRAME_MS, timerType=Qt.TimerType.PreciseTimer)
        self._frames.timeout.connect(self._frame)
        model.turning.connect(self._leave)
        model.turned.connect(self._arrive)
        view.verticalScrollBar().valueChanged.connect(self.stop)

    @property
    def moving(self) -> bool:
        """Whether any row is on its way."""
        return bool(self._legs)

    def placed(self) -> list[Placed]:
        """The rows that are to be painted, the lowest layer first; none while nothing moves.

        What lies wholly under rows above it, or outside, is left out: it costs as much as what is seen.
        """
        share, seen = self._share(), []
        free = bytearray(self._view.viewport().height())
        for leg in reversed(self._legs):
            top, opacity = leg.at(share)
            place = Placed(leg.row, round(top), opacity, leg.still, leg.past)
            first, last = max(place.top, 0), max(place.top + ROW_HEIGHT, 0)
            if free.find(0, first, last) >= 0:
                seen.append(place)
                if opacity == 1.0:
                    free[first:last] = COVERED[: len(free[first:last])]
        return seen[::-1]

    def stop(self) -> None:
        """Be there."""
        if self._legs:
            self._legs = []
            self._frames.stop()
            self._view.viewport().update()

    def _share(self) -> float:
        """How much of the way is done: quick at first, then slower, 0 to 1."""
        passed = min((self.clock() - self._began) * 1000 / TRAVEL_MS, 1.0)
        return float(1.0 - (1.0 - passed) ** 3)

    def _frame(self) -> None:
        if self._share() >= 1.0:
            self.stop()
        else:
            self._view.viewport().update()

    # ------------------------------------------------------------------ another order

    def _leave(self) -> None:
        """Keep where the rows are that can be seen."""
        may = self.allowed and self._view.isVisible() and not motion.reduced()
        self._left = self._seen() if may else {}
        self._order = self._model.places

    def _seen(self) -> dict[object, Spot]:
        share, key = self._share(), self._model.key
        seen = {key(row): Spot(top, 1.0, row) for row, top in self._rows()}
        return seen | {leg.key: Spot(*leg.at(share), leg.row, leg.past) for leg in self._legs}

    def _arrive(self) -> None:
        """Send the rows on their way to where they stand now."""
        left, self._left = self._left, {}
        self._legs = []
        if any(key in self._model.places for key in left):
            legs = [self._coming(row, top, left) for row, top in self._rows()]
            legs += self._going(left, {leg.key for leg in legs})
            legs += self._leaving(left)
            self._legs = sorted(legs, key=_layer) if not all(leg.still for leg in legs) else []
        if self._legs:
            self._began = self.clock() - FRAME_MS / 1000  # the next picture shows a step already
            self._frames.start()
        else:
            self._frames.stop()

    def _coming(self, row: int, end: float, left: Mapping[object, Spot]) -> Leg:
        key = self._model.key(row)
        if key in left:
            return Leg(key, row, left[key].top, end, left[key].opacity)
        if key in self._order:
            return Leg(key, row, self._edge(self._order[key]), end)
        return Leg(key, row, end + RISE, end, faint=0.0)

    def _going(self, left: Mapping[object, Spot], here: set[object]) -> list[Leg]:
        places = self._model.places
        gone = [(key, places[key], spot) for key, spot in left.items() if key in places and key not in here]
        return [Leg(key, row, spot.top, self._edge(row), spot.opacity) for key, row, spot in gone]

    def _leaving(self, left: Mapping[object, Spot]) -> list[Leg]:
        gone = [(key, spot) for key, spot in left.items() if key not in self._model.places]
        new = sum(spot.past is None for _, spot in gone)
        if new > MOST_LEAVE:
            gone = [(key, spot) for key, spot in gone if spot.past is not None]
        if not gone:
            return []
        before = self._model.before()
        clearest = sorted(gone, key=lambda pair: -pair[1].opacity)[:MOST_LEAVE]
        return [Leg(key, s.row, s.top, s.top, s.opacity, s.past or before) for key, s in clearest]

    def _edge(self, row: int) -> float:
        """Just outside of what is seen, on the side where this row lies."""
        above = row * ROW_HEIGHT < self._view.verticalScrollBar().value()
        return float(-ROW_HEIGHT if above else self._view.viewport().height())

    def _rows(self) -> list[tuple[int, float]]:
        """The rows that can be seen, each with the pixel where it belongs."""
        scrolled, height = self._view.verticalScrollBar().value(), self._view.viewport().height()
        end = min(-((scrolled + height) // -ROW_HEIGHT), self._model.rowCount())
        return [(row, float(row * ROW_HEIGHT - scrolled)) for row in range(scrolled // ROW_HEIGHT, end)]


def _layer(leg: Leg) -> tuple[int, float]:
    """What fades in lies lowest, then what rests, what fades out, what moves; what rises furthest lies on top."""
    level = 2 if leg.past is not None else 0 if leg.faint < 1.0 else 1 if leg.still else 3
    return level, leg.start - leg.end
