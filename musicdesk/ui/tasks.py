"""Work behind the window: one lane that writes, a pool that reads, lanes for what takes long.

A request is built on the window's thread, run anywhere, and its answer applied on the window's thread. Whoever asks
with a ``key`` gets only the newest answer: what was asked before under the same key is dropped when it comes. Work gets
no widget, and answers are queued, so a callback never runs inside the call that asked.
"""

import logging
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from PySide6.QtCore import QObject, Qt, Signal, Slot

from musicdesk.errors import UserFacing
from musicdesk.jobs import Cancelled, Job, Progress

T = TypeVar("T")
log = logging.getLogger(__name__)

READERS = 2
ANALYSIS = "long"
"""The lane of scan and analysis; what else takes long has a lane of its own, so that it need not wait for them."""
BUG = "Something went wrong inside musicdesk; what you did was not carried out. The log says more."


class Tasks(QObject):
    """The lanes; ``problem`` carries the sentence of what failed and had no ``failed`` of its own."""

    problem = Signal(str)
    progressed = Signal(Progress)
    """What the job of the lane of the analysis has done; at most ten times a second."""
    _answered = Signal(object)
    _told = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="writer")
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="reader")
        self._long = {ANALYSIS: ThreadPoolExecutor(1, thread_name_prefix=ANALYSIS)}
        self._newest: dict[str, int] = {}
        self._jobs: set[Job] = set()
        self._closed = False
        self._pending = 0
        self._answered.connect(self._apply, Qt.ConnectionType.QueuedConnection)
        self._told.connect(self._hear, Qt.ConnectionType.QueuedConnection)

    def write(
        self, work: Callable[[], T], done: Callable[[T], None] | None = None, *,
        failed: Callable[[str], None] | None = None,
    ) -> None:  # fmt: skip
        """Change something; one at a time, in order."""
        self._submit(self._writer, work, done, failed=failed, key="")

    def read(
        self, work: Callable[[], T], done: Callable[[T], None] | None = None, *,
        failed: Callable[[str], None] | None = None, key: str = "",
    ) -> None:  # fmt: skip
        """Look something up."""
        self._submit(self._readers, work, done, failed=failed, key=key)

    def run(
        self, work: Callable[[Job], T], done: Callable[[T], None] | None = None, *,
        failed: Callable[[str], None] | None = None, stopped: Callable[[], None] | None = None,
        lane: str = ANALYSIS, told: Callable[[Progress], None] | None = None,
    ) -> Job:  # fmt: skip
        """Work for as long as it takes; the job pauses and cancels it.

        One at a time in each lane; ``told`` hears of the progress instead of ``progressed``.
        """
        job = Job(self._tell if told is None else lambda progress: self.tell(told, progress))
        self._jobs.add(job)
        queue = self._long.get(lane) or self._long.setdefault(lane, ThreadPoolExecutor(1, thread_name_prefix=lane))
        self._submit(queue, lambda: work(job), done, failed=failed, key="", stopped=stopped, job=job)
        return job

    def tell(self, hear: Callable[[T], None], value: T) -> None:
        """From any thread: let the window's thread hear of a value, in order."""
        if not self._closed:
            self._told.emit(lambda: hear(value))

    def forget(self, key: str) -> None:
        """Drop the answer to what was last asked under this key."""
        self._newest[key] = self._newest.get(key, 0) + 1

    @property
    def busy(self) -> bool:
        """Whether an answer is still to come."""
        return self._pending > 0

    def close(self) -> None:
        """Cancel what runs and wait for it; no answer comes any more, no thread stays behind."""
        self._closed = True
        for job in tuple(self._jobs):
            job.cancel()
        for lane in (*self._long.values(), self._writer, self._readers):
            lane.shutdown(wait=True, cancel_futures=True)

    def _tell(self, progress: Progress) -> None:
        if not self._closed:
            self.progressed.emit(progress)

    def _submit(
        self, lane: ThreadPoolExecutor, work: Callable[[], T], done: Callable[[T], None] | None, *,
        failed: Callable[[str], None] | None, key: str, stopped: Callable[[], None] | None = None,
        job: Job | None = None,
    ) -> None:  # fmt: skip
        if self._closed:
            return
        if key:
            self.forget(key)
        number = self._newest.get(key, 0)
        self._pending += 1

        def answer(future: Future[T]) -> None:
            if not (self._closed or future.cancelled()):
                self._answered.emit(lambda: finish(future))

        def finish(future: Future[T]) -> None:
            if job is not None:
                self._jobs.discard(job)
            if key and number != self._newest.get(key):
                return
            self._settle(future, done, failed or self.problem.emit, stopped)

        lane.submit(work).add_done_callback(answer)

    def _settle(
        self, future: Future[T], done: Callable[[T], None] | None, failed: Callable[[str], None],
        stopped: Callable[[], None] | None,
    ) -> None:  # fmt: skip
        error = future.exception()
        if error is None:
            if done is not None:
                done(future.result())
        elif isinstance(error, Cancelled):
            if stopped is not None:
                stopped()
        elif isinstance(error, UserFacing):
            failed(str(error))
        else:
            log.error("A task failed", exc_info=error)
            failed(BUG)

    @Slot(object)
    def _hear(self, news: Callable[[], None]) -> None:
        if not self._closed:
            news()

    @Slot(object)
    def _apply(self, answer: Callable[[], None]) -> None:
        self._pending -= 1
        if not self._closed:
            answer()
