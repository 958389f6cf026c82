"""How quick the window is at the size of a large library: slider to paint, and for how long it does not answer."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, cast

import numpy as np
from PySide6.QtCore import QEvent, QEventLoop, QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication

from musicdesk.desk.measuring import Measuring
from musicdesk.records import Latency, Ranking, Tags, Track
from musicdesk.settings import Folders
from musicdesk.ui.opening import Opened, application
from musicdesk.ui.pages import ForYouPage
from musicdesk.ui.session import Session
from musicdesk.ui.tracks_view import TracksView
from musicdesk.ui.workspace import TAB_COVERAGE, TAB_LIBRARY

STEPS, WARM_UP = 200, 10
PULSE_MS = 1
LOOKS = 3
"""So many looks in a row at nothing that is still to come mean that it is over."""
LIMIT_S = 120.0
UP = Qt.SortOrder.AscendingOrder
WORD, COLUMNS = "night", ("title", "artist", "album", "length")
SIZE = (760, 720)


class Slides(Protocol):
    """What the measuring room gives: a slider over a synthetic library."""

    def slide(self, *, tracks: int, prototypes: int, variety: float, seed: int) -> Callable[[float], Ranking]:
        """Gain → list."""


def slider_to_paint(
    *, tracks: int = 200_000, prototypes: int = 24, variety: float = 0.2, steps: int = STEPS, seed: int = 0
) -> Latency:
    """Rank, show and paint ``steps`` slider steps over a synthetic library; needs a screen, or offscreen."""
    app = application()
    measuring = cast("Slides", Measuring(folders=Folders.default()))
    slide = measuring.slide(tracks=tracks, prototypes=prototypes, variety=variety, seed=seed)
    return painted(app, slide, np.random.default_rng(seed).uniform(-1, 2, steps).tolist())


def painted(app: QApplication, slide: Callable[[float], Ranking], gains: list[float]) -> Latency:
    """Times from each gain to the table's paint, all on the window's thread."""
    page = ForYouPage()
    page.resize(*SIZE)
    page.model.set_tracks(_Tracks())
    page.show_table()
    page.show()
    page.model.show(slide(1.0))
    page.model.mark()
    page.view.choose_row(3)
    app.processEvents()
    taken = [_step(app, page, slide, gain) for gain in (*gains[:WARM_UP], *gains)][WARM_UP:]
    page.close()
    page.deleteLater()
    app.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    return Latency(float(np.median(taken)), float(np.percentile(taken, 95)), len(taken))


def _step(app: QApplication, page: ForYouPage, slide: Callable[[float], Ranking], gain: float) -> float:
    painted, began = page.view.paints, time.perf_counter()
    page.model.show(slide(gain))
    while page.view.paints == painted:
        app.processEvents()
    return 1000 * (time.perf_counter() - began)


# ------------------------------------------------------------------------------------------- when it does not answer


@dataclass(frozen=True, slots=True)
class Block:
    """One thing that was done in the window."""

    name: str
    took_ms: float
    """Until everything that follows from it was shown, on the clock."""
    cpu_ms: float
    """The same, as CPU time of the whole process: what a busy machine adds little to."""
    longest_ms: float
    """The longest time in which the window's thread answered nothing, on the clock."""
    working_ms: float
    """The most CPU time that its thread spent between two answers."""


class _Pulse(QObject):
    """Beats on the window's thread and keeps the longest time between two beats."""

    def __init__(self) -> None:
        super().__init__()
        self.longest_ms = self.working_ms = 0.0
        self._timer = QTimer(self, interval=PULSE_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._beat)
        self.begin()
        self._timer.start()

    def begin(self) -> None:
        """Forget what was before."""
        self.longest_ms = self.working_ms = 0.0
        self._last = time.perf_counter(), time.thread_time()

    def _beat(self) -> None:
        now = time.perf_counter(), time.thread_time()
        wall, cpu = (1000 * (after - before) for after, before in zip(now, self._last, strict=True))
        self._last = now
        self.longest_ms, self.working_ms = max(self.longest_ms, wall - PULSE_MS), max(self.working_ms, cpu)


def blocks(folders: Folders, *, commit: Callable[[], object]) -> tuple[Block, ...]:
    """Open the window on a data folder, do in it what a person does, and tell when it did not answer.

    ``commit`` writes a batch of an analysis into that folder. Needs a screen, or offscreen.
    """
    app, pulse = application(), _Pulse()
    found: list[Block] = []

    def do(name: str, action: Callable[[], object], done: Callable[[], bool] = lambda: True) -> None:
        pulse.begin()
        began, cpu = time.perf_counter(), time.process_time()
        action()
        quiet = 0
        while quiet < LOOKS and time.perf_counter() - began < LIMIT_S:
            app.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
            quiet = quiet + 1 if done() and not opened.tasks.busy else 0
        took, spent = 1000 * (time.perf_counter() - began), 1000 * (time.process_time() - cpu)
        found.append(Block(name, took, spent, pulse.longest_ms, pulse.working_ms))

    opened = Opened(folders, ())
    do("start to list", opened.begin, lambda: _stands(opened))
    session = opened.session
    assert session is not None
    for name, action, done in _evening(session, commit):
        do(name, action, done)
    opened.close()
    opened.window.deleteLater()
    app.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    return tuple(found)


def _stands(opened: Opened) -> bool:
    window = opened.session.window if opened.session else None
    return window is not None and bool(window.for_you.model.rowCount() and window.all_tracks.model.rowCount())


Deed = tuple[str, Callable[[], object], Callable[[], bool]]


def _evening(session: Session, commit: Callable[[], object]) -> list[Deed]:
    """What is done: search, sort, scroll, choose, an analysis that goes on beside, the page of coverage."""
    window, page = session.window, session.window.all_tracks
    model, view = page.model, page.view
    whole = model.rowCount()
    listened: list[object] = []
    session.ranking.listed.connect(lambda: listened.append(None))

    def batch() -> None:
        listened.clear()
        session.desk.indexing.listening = True
        session.tasks.write(commit, lambda _: session.desk.events.analysis_changed.emit(None))

    deeds: list[Deed] = [("page of all tracks", lambda: window.show_tab(TAB_LIBRARY), lambda: True)]
    found = window.found.model
    deeds.append(
        (f"search {WORD}", lambda: session.search.find(WORD), lambda: found.rowCount() > 0 and not session.search.busy)
    )
    deeds.append(("search left", session.search.leave, lambda: not found.rowCount()))
    deeds += [_sorting(view, number) for number, column in enumerate(model.columns) if column.name in COLUMNS]
    deeds.append(("to the end of the list", view.scrollToBottom, lambda: True))
    deeds.append(("all chosen", view.selectAll, lambda: len(view.selection()) == whole))
    deeds.append(("one chosen", lambda: view.choose_row(whole // 2), lambda: True))
    deeds.append(("commit of an analysis to list", batch, lambda: bool(listened)))
    deeds.append(("page of coverage", lambda: window.tabs.setCurrentIndex(TAB_COVERAGE), lambda: True))
    deeds.append(("one left out", lambda: _leave_out(session), lambda: True))
    return deeds


def _sorting(view: TracksView, number: int) -> Deed:
    by = view.table.columns[number].name
    return f"sort by {by}", lambda: view.sortByColumn(number, UP), lambda: True


def _leave_out(session: Session) -> None:
    tracks = session.library.targets()
    session.tasks.write(lambda: session.desk.indexing.exclude(tracks[:1], True))


# ----------------------------------------------------------------------------------------------------- made up


class _Tracks(dict[str, Track]):
    """A made-up track for any sound that is asked for."""

    def __missing__(self, audio_hash: str) -> Track:
        self[audio_hash] = _track(audio_hash)
        return self[audio_hash]

    def get(self, audio_hash: str, default: object = None) -> Track:
        """Never none."""
        return self[audio_hash]


def _track(audio_hash: str) -> Track:
    number = int(audio_hash.rpartition(":")[2] or "0", 16)
    tags = Tags(title=f"Track number {number}", artists=(f"Artist {number // 48}",), album=f"Album {number // 12}")
    return Track(number, f"/music/{number}.flac", audio_hash, 60.0 + number % 240, tags=tags)
