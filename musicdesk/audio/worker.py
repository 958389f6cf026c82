"""Killable processes: work that may crash, hang or eat memory costs its own item and nothing else.

Every worker is a fresh interpreter (see ``serving``), has one thread a numerical library (two that spin while others
work cost ten times as much), low priority and no terminal, so Ctrl-C does not reach it. All waiting is done by whoever
runs the pool, in one thread: several pools that hear their workers together make a pipeline without a thread more.
"""

import contextlib
import os
import queue
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import IO, Any, Generic, NamedTuple, Self, TypeVar

from musicdesk.audio.serving import Answer, Kind, Terms, packed, read_message, unpacked, write_message
from musicdesk.errors import UserFacing

In = TypeVar("In")
Out = TypeVar("Out")

NICE = 10
STARTS = 3
"""How often in a row a worker may fail to start."""
START_LIMIT_S = 300.0
"""How long a worker may take to start; the first import of a large library on a busy machine is slow."""
TICK_S = 0.2
"""How often whoever waits is asked whether to go on."""
WORKER_FLAG = "--musicdesk-worker"
"""A frozen program has no interpreter to call: its entry point must call ``serve`` when this is its argument."""
_ONE_THREAD = (
    "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS", "VECLIB_MAXIMUM_THREADS",
    "NUMBA_NUM_THREADS",
)  # fmt: skip
_BOOT = "import sys; sys.path[:] = sys.argv[1:]; from musicdesk.audio.serving import serve; serve()"


@dataclass(frozen=True, slots=True)
class Crash:
    """What became of an item whose worker died, hung or raised; ``reason`` is a sentence."""

    reason: str


class Finished(NamedTuple):
    """An item that is over with, one way or the other."""

    pool: "Pool[Any, Any]"
    item: Any
    result: Any
    """What the function returned, or a Crash."""


class Pool(Generic[In, Out]):
    """Runs ``function`` over items in at most ``workers`` processes.

    ``function`` and ``start`` are sent by reference: they must be importable by name. ``start(*start_args)`` runs once
    in every fresh process. An item may take ``limit_s`` seconds and, where the system can bound it, ``memory_mb``
    beyond what the worker holds when it is ready. A worker that worked t seconds rests t · (1 / ``pace`` - 1).
    Processes start when there is an item for them, and stay for the next ``run``. A pool made ``beside`` another is
    heard together with it (``first_of``). Used from one thread at a time.
    """

    def __init__(
        self,
        function: Callable[[In], Out],
        *,
        workers: int,
        start: Callable[..., None] | None = None,
        start_args: tuple[Any, ...] = (),
        limit_s: float,
        memory_mb: int | None = None,
        nice: int = NICE,
        pace: float = 1.0,
        beside: "Pool[Any, Any] | None" = None,
    ) -> None:
        if "__main__" in (function.__module__, start and start.__module__):
            raise ValueError("A worker cannot import from __main__; move the function to a module.")
        terms = Terms(limit_s, memory_mb, nice)
        self._task = packed((list(sys.path), terms, packed((function, start, start_args))))
        self._workers, self._limit_s = max(1, workers), limit_s
        self._rest = 1 / min(1.0, max(0.01, pace)) - 1
        self.inbox: _Inbox = beside.inbox if beside else queue.SimpleQueue()
        self._children: list[_Child] = []
        self._failed_starts = 0
        self.problem: UserFacing | None = None
        """Why a worker could not start."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def run(self, items: Iterable[In], check: Callable[[], None] | None = None) -> Iterator[tuple[In, Out | Crash]]:
        """Each item with its result, in the order they are done.

        Takes from ``items`` only what a worker is free for. ``check`` is called every ``TICK_S`` at most: while it
        waits no new item is begun, and what it raises ends the run. Closing the iterator kills what is under way.
        Raises UserFacing if a worker cannot start.
        """
        todo, more = iter(items), True
        try:
            while True:
                if check:
                    check()
                while more and self.room:
                    more = self._begin_next(todo)
                if not more and not self.under_way:
                    return
                if done := first_of([self], TICK_S):
                    yield done.item, done.result
        finally:
            self.stop()

    @property
    def room(self) -> bool:
        """Whether an item given now would begin at once."""
        return len(self._children) < self._workers or any(child.free for child in self._children)

    @property
    def waits(self) -> bool:
        """Whether a worker that has started is free: it takes an item of any size without delay."""
        return any(child.free and child.ready for child in self._children)

    @property
    def under_way(self) -> list[In]:
        """The items that workers have now."""
        return [child.item for child in self._children if child.busy]

    def give(self, item: In) -> None:
        """Begin an item; only while there is ``room``."""
        idle = next((child for child in self._children if child.free), None) or self._started()
        idle.give(item)

    def warm_up(self) -> None:
        """Start a worker before there is an item for it."""
        if not self._children:
            self._started()

    def stop(self) -> None:
        """Kill what is under way."""
        for child in [child for child in self._children if child.busy]:
            self._drop(child)

    def close(self) -> None:
        """End every worker; nothing is left behind."""
        while self._children:
            self._drop(self._children[0])

    def soonest(self) -> float:
        """When a worker has had its time, or its rest."""
        now = time.monotonic()
        rests = [child.rests_until for child in self._children if child.rests_until > now]
        return min([child.deadline(self._limit_s) for child in self._children if child.busy] + rests, default=now + 60)

    def late(self) -> Finished | None:
        """Stop a worker that has passed its time."""
        now = time.monotonic()
        child = next((c for c in self._children if c.busy and now >= c.deadline(self._limit_s)), None)
        if child is None:
            return None
        self._drop(child)
        if not child.ready:
            self._fail(UserFacing(f"A worker process did not start within {START_LIMIT_S:.0f} seconds."))
        return Finished(self, child.item, Crash(f"It took longer than {self._limit_s:.0f} seconds and was stopped."))

    def heard(self, child: "_Child", message: bytes | None) -> Finished | None:
        """What became of an item, if the message of a worker (None: it has ended) tells."""
        if child not in self._children:
            return None
        return self._died(child) if message is None else self._answered(child, unpacked(message))

    def _begin_next(self, todo: Iterator[In]) -> bool:
        """Begin the next item, if there is one."""
        for item in todo:
            self.give(item)
            return True
        return False

    def _started(self) -> "_Child":
        child = _Child(self, self._task, self.inbox)
        self._children.append(child)
        return child

    def _died(self, child: "_Child") -> Finished | None:
        ending = child.ending()
        self._drop(child)
        if not child.ready:
            self._start_again(child, ending)
            return None
        crash = Crash(f"The process that worked on it crashed ({ending}).")
        return Finished(self, child.item, crash) if child.busy else None

    def _start_again(self, child: "_Child", ending: str) -> None:
        """A worker that was killed while it started (by want of memory, say) is no fault of its item."""
        self._failed_starts += 1
        if self._failed_starts >= STARTS:
            self._fail(UserFacing(f"A worker process could not start ({ending}). {child.last_words}".strip()))
        following = self._started()
        if child.busy:
            following.give(child.item)

    def _answered(self, child: "_Child", answer: Answer) -> Finished | None:
        value = answer.value
        if answer.kind is Kind.UNABLE:
            self._drop(child)
            self._fail(value if isinstance(value, UserFacing) else UserFacing(f"A worker could not start: {value}"))
        if answer.kind is Kind.READY:
            self._failed_starts = 0
            child.begin()
            return None
        child.rest(self._rest)
        if answer.worn:
            self._drop(child)
        return Finished(self, child.item, Crash(value) if answer.kind is Kind.RAISED else value)

    def _fail(self, problem: UserFacing) -> None:
        self.problem = problem
        raise problem

    def _drop(self, child: "_Child") -> None:
        self._children.remove(child)
        child.end()


def first_of(pools: Sequence[Pool[Any, Any]], timeout_s: float) -> Finished | None:
    """Wait until an item of these pools, which are heard together, is over with; None if nothing was by then.

    It may return early, without an item. Raises UserFacing if a worker cannot start; its pool keeps the ``problem``.
    """
    patience = min(pool.soonest() for pool in pools) - time.monotonic()
    try:
        child, message = pools[0].inbox.get(timeout=max(0.0, min(timeout_s, patience)))
    except queue.Empty:
        return next((late for pool in pools if (late := pool.late())), None)
    return child.pool.heard(child, message)


class _Child:
    """One process: told by its standard input, heard by its standard output."""

    def __init__(self, pool: Pool[Any, Any], task: bytes, inbox: "_Inbox") -> None:
        self.pool = pool
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 - closed by end()
        self._process = _spawned(self._log)
        self._since = time.monotonic()
        self.ready, self.busy, self.last_words, self.rests_until = False, False, "", 0.0
        self.item: Any = None
        threading.Thread(target=self._listen, args=(inbox,), daemon=True, name="worker-answers").start()
        self._send(task)

    @property
    def free(self) -> bool:
        """Whether it could begin an item now."""
        return not self.busy and time.monotonic() >= self.rests_until

    def deadline(self, limit_s: float) -> float:
        """When it must have answered."""
        return self._since + (limit_s if self.ready else START_LIMIT_S)

    def give(self, item: Any) -> None:
        """Send an item."""
        self.item, self.busy, self._since = item, True, time.monotonic() if self.ready else self._since
        self._send(packed(item))

    def begin(self) -> None:
        """It is ready: its time begins to count."""
        self.ready, self._since = True, time.monotonic()

    def rest(self, share: float) -> None:
        """It has answered: let it rest for a share of the time that it worked."""
        now = time.monotonic()
        self.busy, self.rests_until = False, now + share * (now - self._since)

    def ending(self) -> str:
        """How it died, in two words."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(5)
        return _ending(self._process.poll())

    def end(self) -> None:
        """Kill it and wait until it is gone."""
        self._process.kill()
        self._process.wait()
        self._log.seek(0)
        self.last_words = self._log.read().decode("utf-8", "replace")[-2000:]
        self._log.close()
        with contextlib.suppress(OSError):
            _stream(self._process.stdin).close()

    def _send(self, data: bytes) -> None:
        with contextlib.suppress(OSError):  # a dead one is noticed by its silence
            write_message(_stream(self._process.stdin), data)

    def _listen(self, inbox: "_Inbox") -> None:
        with _stream(self._process.stdout) as answers:
            while (message := read_message(answers)) is not None:
                inbox.put((self, message))
        inbox.put((self, None))


_Inbox = queue.SimpleQueue[tuple[_Child, bytes | None]]


def _spawned(log: IO[bytes]) -> "subprocess.Popen[bytes]":
    frozen = getattr(sys, "frozen", False)
    path = [entry or os.getcwd() for entry in sys.path]
    command = [sys.executable, WORKER_FLAG] if frozen else [sys.executable, "-P", "-c", _BOOT, *path]
    environment = {**os.environ, **dict.fromkeys(_ONE_THREAD, "1")}
    flags = 0
    if sys.platform == "win32":
        flags = subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.BELOW_NORMAL_PRIORITY_CLASS
    return subprocess.Popen(  # noqa: S603 - this interpreter, our own module
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, env=environment, creationflags=flags,
        start_new_session=sys.platform != "win32",
    )  # fmt: skip


def _stream(pipe: IO[bytes] | None) -> IO[bytes]:
    assert pipe is not None
    return pipe


def _ending(code: int | None) -> str:
    if code is None:
        return "it closed its pipe"
    if code >= 0:
        return f"exit code {code}"
    with contextlib.suppress(ValueError):
        return signal.Signals(-code).name
    return f"signal {-code}"
