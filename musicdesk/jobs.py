"""Long work: progress and cancel as one object that is passed down. No threads, no Qt."""

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sized
from dataclasses import dataclass, replace
from typing import TypeVar

T = TypeVar("T")


class Cancelled(Exception):
    """The person asked the work to stop; what was committed stays."""


@dataclass(frozen=True)
class Progress:
    """How far a job is."""

    text: str
    done: int
    total: int | None
    elapsed_s: float
    detail: str = ""
    """What it runs on."""
    note: str = ""
    """The last thing worth telling that happened on the way."""
    unit: str = ""
    """What is counted: "bytes", or "" for items."""

    @property
    def per_minute(self) -> float:
        """Items a minute since the step began; 0 before the first."""
        return 60 * self.done / self.elapsed_s if self.elapsed_s > 0 else 0.0

    @property
    def eta_s(self) -> float | None:
        """Seconds to go, or None while nobody can know."""
        if not self.total or not self.done:
            return None
        return (self.total - self.done) * self.elapsed_s / self.done


class Job:
    """One piece of long work: the work reports and asks, whoever started it listens, pauses and cancels.

    Safe to cancel, pause and resume from any thread; ``on_progress`` is called on the working thread,
    at most ten times a second and always for the last item.
    """

    def __init__(
        self, on_progress: Callable[[Progress], None] | None = None, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._on_progress = on_progress or (lambda _: None)
        self._clock = clock
        self._cancelled = threading.Event()
        self._running = threading.Event()
        self._running.set()
        self._began = clock()
        self._paused_s = 0.0
        self._told = -1.0
        self._step = Progress("", 0, None, 0.0)

    def cancel(self) -> None:
        """Ask the work to stop at its next check."""
        self._cancelled.set()
        self._running.set()

    def pause(self) -> None:
        """Ask the work to wait at its next check."""
        self._running.clear()

    def resume(self) -> None:
        """Let paused work go on."""
        self._running.set()

    @property
    def cancelled(self) -> bool:
        """Whether the work was asked to stop."""
        return self._cancelled.is_set()

    @property
    def paused(self) -> bool:
        """Whether the work was asked to wait."""
        return not self._running.is_set()

    def check(self) -> None:
        """Wait while paused, then raise Cancelled if the work was asked to stop."""
        if not self._running.is_set():
            since = self._clock()
            self._running.wait()
            self._paused_s += self._clock() - since
        if self._cancelled.is_set():
            raise Cancelled

    def begin(self, text: str, *, total: int | None = None, detail: str = "", unit: str = "") -> None:
        """Start a step: ``text`` says what is done, ``total`` how many items or bytes there are (None: unknown)."""
        self.check()
        self._began, self._paused_s, self._told = self._clock(), 0.0, -1.0
        self._step = Progress(text, 0, total, 0.0, detail, self._step.note, unit)
        self._tell()

    def say(self, note: str = "", *, detail: str | None = None) -> None:
        """Tell something worth knowing on the way, or that the work goes on in another manner (``detail``)."""
        step = self._step
        self._step = replace(step, note=note or step.note, detail=step.detail if detail is None else detail)
        if self._step != step:
            self._tell()

    def advance(self, count: int = 1, *, text: str | None = None) -> None:
        """Say that ``count`` more items are done, then check."""
        step = self._step
        elapsed = self._clock() - self._began - self._paused_s
        self._step = replace(step, text=text or step.text, done=step.done + count, elapsed_s=elapsed)
        if self._step.done == step.total or self._clock() - self._told >= 0.1:
            self._tell()
        self.check()

    def each(self, items: Iterable[T], *, text: str) -> Iterator[T]:
        """Go through ``items`` as one step, checking before and reporting after each."""
        self.begin(text, total=len(items) if isinstance(items, Sized) else None)
        for item in items:
            yield item
            self.advance()

    def _tell(self) -> None:
        self._told = self._clock()
        self._on_progress(self._step)
