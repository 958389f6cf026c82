"""How long it takes from a slider step to the painted table, at the size of a large library."""

import time
from collections.abc import Callable
from typing import Protocol, cast

import numpy as np
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication

from musicdesk.desk.measuring import Measuring
from musicdesk.records import Latency, Ranking, Tags, Track
from musicdesk.settings import Folders
from musicdesk.ui.opening import application
from musicdesk.ui.pages import ForYouPage

STEPS, WARM_UP = 200, 10
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
