"""Killable processes: work that may crash, hang or eat memory costs its own item and nothing else.

Every worker is a fresh interpreter that knows only this module until it is told what to do: the program's own start-up
(window, models) is not repeated in it. It has one thread a numerical library, low priority and no terminal, so Ctrl-C
does not reach it. It ends at once when the pipe from its parent closes, however the parent ended.

Items and results travel as pickles between our own processes; a file's contents are never unpickled.
"""

import contextlib
import faulthandler
import os
import pickle
import queue
import signal
import struct
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from types import TracebackType
from typing import IO, Any, Generic, Self, TypeVar

from musicdesk.errors import UserFacing

In = TypeVar("In")
Out = TypeVar("Out")

NICE = 10
START_LIMIT_S = 300.0
"""How long a worker may take to start; the first import of a large library on a busy machine is slow."""
WORKER_FLAG = "--musicdesk-worker"
"""A frozen program has no interpreter to call: its entry point must call ``serve`` when this is its argument."""
_ONE_THREAD = (
    "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS", "VECLIB_MAXIMUM_THREADS",
    "NUMBA_NUM_THREADS",
)  # fmt: skip
_BOOT = f"import sys; sys.path[:] = sys.argv[1:]; from {__name__} import serve; serve()"
_GRACE_S = 10.0
_FRAME = struct.Struct(">Q")


@dataclass(frozen=True, slots=True)
class Crash:
    """What became of an item whose worker died, hung or raised; ``reason`` is a sentence."""

    reason: str


class Pool(Generic[In, Out]):
    """Runs ``function`` over items in at most ``workers`` processes.

    ``function`` and ``start`` are sent by reference: they must be importable by name. ``start(*start_args)`` runs once
    in every fresh process. An item may take ``limit_s`` seconds; ``memory_mb`` bounds the address space of a worker
    where the system can (torch alone maps several GB). Processes start when there is an item for them, and stay for
    the next ``run``. Used from one thread at a time.
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
    ) -> None:
        if "__main__" in (function.__module__, start and start.__module__):
            raise ValueError("A worker cannot import from __main__; move the function to a module.")
        self._task = pickle.dumps((list(sys.path), function, start, start_args, limit_s, memory_mb))
        self._workers, self._limit_s = max(1, workers), limit_s
        self._inbox: queue.SimpleQueue[tuple[_Child[In], bytes | None]] = queue.SimpleQueue()
        self._children: list[_Child[In]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def run(self, items: Iterable[In]) -> Iterator[tuple[In, Out | Crash]]:
        """Each item with its result, in the order they are done.

        Takes from ``items`` only what a worker is free for. Closing the iterator kills what is under way. Raises
        UserFacing if a worker cannot start.
        """
        todo = iter(items)
        try:
            self._feed(todo)
            while any(child.busy for child in self._children):
                if (done := self._step()) is not None:
                    yield done
                    self._feed(todo)
        finally:
            for child in [child for child in self._children if child.busy]:
                self._drop(child)

    def close(self) -> None:
        """End every worker; nothing is left behind."""
        while self._children:
            self._drop(self._children[0])

    def _feed(self, todo: Iterator[In]) -> None:
        """Give every idle worker an item, starting workers while there are items for them."""
        while True:
            idle = next((child for child in self._children if not child.busy), None)
            if idle is None and len(self._children) >= self._workers:
                return
            try:
                item = next(todo)
            except StopIteration:
                return
            if idle is None:
                idle = _Child(self._task, self._inbox)
                self._children.append(idle)
            idle.give(item)

    def _step(self) -> tuple[In, Out | Crash] | None:
        """Wait until a worker has answered, died or passed its time; what became of its item, if that is known."""
        soonest = min(child.deadline(self._limit_s) for child in self._children if child.busy)
        try:
            child, message = self._inbox.get(timeout=max(0.0, soonest - time.monotonic()))
        except queue.Empty:
            return self._late()
        if child not in self._children:
            return None
        return self._died(child) if message is None else self._answered(child, message)

    def _late(self) -> tuple[In, Crash] | None:
        """Stop a worker that has passed its time."""
        now = time.monotonic()
        child = next((c for c in self._children if c.busy and now >= c.deadline(self._limit_s)), None)
        if child is None:
            return None
        self._drop(child)
        if not child.ready:
            raise UserFacing(f"A worker process did not start within {START_LIMIT_S:.0f} seconds.")
        return child.item, Crash(f"It took longer than {self._limit_s:.0f} seconds and was stopped.")

    def _died(self, child: "_Child[In]") -> tuple[In, Crash] | None:
        ending = child.ending()
        self._drop(child)
        if not child.ready:
            raise UserFacing(f"A worker process could not start ({ending}). {child.last_words}".strip())
        return (child.item, Crash(f"The process that worked on it crashed ({ending}).")) if child.busy else None

    def _answered(self, child: "_Child[In]", message: bytes) -> tuple[In, Out | Crash] | None:
        kind, value = pickle.loads(message)  # noqa: S301 - from our own child
        if kind == "unable":
            self._drop(child)
            raise value if isinstance(value, UserFacing) else UserFacing(f"A worker process could not start: {value}")
        if kind == "ready":
            child.begin()
            return None
        child.busy = False
        return child.item, Crash(value) if kind == "raised" else value

    def _drop(self, child: "_Child[In]") -> None:
        self._children.remove(child)
        child.end()


class _Child(Generic[In]):
    """One process: told by its standard input, heard by its standard output."""

    def __init__(self, task: bytes, inbox: "queue.SimpleQueue[tuple[_Child[In], bytes | None]]") -> None:
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 - closed by end()
        self._process = _spawned(self._log)
        self._since = time.monotonic()
        self.ready, self.busy, self.last_words = False, False, ""
        self.item: In
        threading.Thread(target=self._listen, args=(inbox,), daemon=True, name="worker-answers").start()
        self._send(task)

    def deadline(self, limit_s: float) -> float:
        """When it must have answered."""
        return self._since + (limit_s if self.ready else START_LIMIT_S)

    def give(self, item: In) -> None:
        """Send an item."""
        self.item, self.busy, self._since = item, True, time.monotonic() if self.ready else self._since
        self._send(pickle.dumps(item))

    def begin(self) -> None:
        """It is ready: its time begins to count."""
        self.ready, self._since = True, time.monotonic()

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
            _write(_stream(self._process.stdin), data)

    def _listen(self, inbox: "queue.SimpleQueue[tuple[_Child[In], bytes | None]]") -> None:
        with _stream(self._process.stdout) as answers:
            while (message := _read(answers)) is not None:
                inbox.put((self, message))
        inbox.put((self, None))


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


def serve() -> None:
    """What a worker process does, from its first line to its last."""
    answers = os.fdopen(os.dup(1), "wb")
    _redirect(1)  # what a library prints must not get between the answers
    requests: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    threading.Thread(target=_listen_to_parent, args=(requests,), daemon=True).start()
    try:
        function, limit_s = _prepare(requests.get())
    except Exception as error:
        _answer(answers, "unable", error if isinstance(error, UserFacing) else _sentence(error))
        os._exit(1)
    _answer(answers, "ready", None)
    _redirect(2)  # mpg123 comments on every damaged frame
    with open(os.devnull, "wb") as nowhere:
        while True:
            item = requests.get()
            # ends even a hang that holds the interpreter's lock, should the parent be gone by then
            faulthandler.dump_traceback_later(limit_s + _GRACE_S, exit=True, file=nowhere)
            _answer(answers, *_outcome(function, item))
            faulthandler.cancel_dump_traceback_later()


def _prepare(task: bytes) -> tuple[Callable[[Any], Any], float]:
    path, function, start, start_args, limit_s, memory_mb = pickle.loads(task)  # noqa: S301 - from our own parent
    _bound(memory_mb)
    sys.path[:] = path
    if start is not None:
        start(*start_args)
    return function, limit_s


def _outcome(function: Callable[[Any], Any], item: bytes) -> tuple[str, Any]:
    try:
        return "done", function(pickle.loads(item))  # noqa: S301 - from our own parent
    except Exception as error:
        return "raised", _sentence(error)


def _sentence(error: Exception) -> str:
    if isinstance(error, UserFacing):
        return str(error)
    if isinstance(error, MemoryError):
        return "It needs more memory than a worker may use."
    return f"{type(error).__name__}: {error}"


def _answer(answers: IO[bytes], kind: str, value: Any) -> None:
    try:
        message = pickle.dumps((kind, value))
    except Exception as error:
        message = pickle.dumps(("raised", f"Its result cannot be sent: {_sentence(error)}"))
    _write(answers, message)


def _listen_to_parent(requests: "queue.SimpleQueue[bytes]") -> None:
    """Pass on what the parent sends; when there is no parent any more, there is nothing to finish."""
    with os.fdopen(os.dup(0), "rb") as pipe:
        while (message := _read(pipe)) is not None:
            requests.put(message)
    os._exit(0)


def _bound(memory_mb: int | None) -> None:
    """Step back behind the person's own work, stay within ``memory_mb`` and leave no core dumps."""
    if sys.platform == "win32":
        return
    import resource

    with contextlib.suppress(OSError):
        os.nice(NICE)
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        if memory_mb is not None:
            resource.setrlimit(resource.RLIMIT_AS, (memory_mb * 2**20, memory_mb * 2**20))


def _redirect(descriptor: int) -> None:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, descriptor)
    os.close(nowhere)


def _write(pipe: IO[bytes], data: bytes) -> None:
    pipe.write(_FRAME.pack(len(data)) + data)
    pipe.flush()


def _read(pipe: IO[bytes]) -> bytes | None:
    """The next message; None when the other side is gone."""
    try:
        head = pipe.read(_FRAME.size)
        if len(head) < _FRAME.size:
            return None
        size = _FRAME.unpack(head)[0]
        data = pipe.read(size)
    except (OSError, ValueError):
        return None
    return data if len(data) == size else None
