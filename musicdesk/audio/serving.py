"""The inside of a worker process: what a fresh interpreter does from its first line to its last.

It knows only this module until it is told what to do: the program's own start-up (window, models) is not repeated in
it. It steps back behind the person's own work, writes no core dumps and ends at once when the pipe from its parent
closes, however the parent ended. Its memory is bounded once it is ready, at what it holds then and a given amount more,
so that the bound means the item and not the libraries.

Messages are pickles between our own processes; a file's contents are never unpickled.
"""

import contextlib
import faulthandler
import os
import pickle
import queue
import struct
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import IO, Any

from musicdesk.errors import UserFacing

_GRACE_S = 10.0
_FRAME = struct.Struct(">Q")
_GROWN = 0.5
"""A worker that has come to hold this share of its memory bound for good is replaced by a fresh one."""


class Kind(StrEnum):
    """What an answer is."""

    READY = "ready"
    UNABLE = "unable"
    """The worker could not start; the process ends."""
    DONE = "done"
    RAISED = "raised"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a worker says."""

    kind: Kind
    value: Any = None
    worn: bool = False
    """Whether the process had better be replaced: it ran out of memory or has grown too much."""


@dataclass(frozen=True, slots=True)
class Terms:
    """The bounds of a worker process."""

    limit_s: float
    memory_mb: int | None
    nice: int


def serve() -> None:
    """What a worker process does."""
    answers = os.fdopen(os.dup(1), "wb")
    _redirect(1)  # what a library prints must not get between the answers
    requests: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    threading.Thread(target=_listen_to_parent, args=(requests,), daemon=True).start()
    try:
        function, terms = _prepared(requests.get())
    except Exception as error:
        _answer(answers, Answer(Kind.UNABLE, error if isinstance(error, UserFacing) else _sentence(error)))
        os._exit(1)
    worn_mb = resident_mb() + _GROWN * terms.memory_mb if terms.memory_mb else float("inf")
    _answer(answers, Answer(Kind.READY))
    _redirect(2)  # mpg123 comments on every damaged frame
    with open(os.devnull, "wb") as nowhere:
        while True:
            item = requests.get()
            # ends even a hang that holds the interpreter's lock, should the parent be gone by then
            faulthandler.dump_traceback_later(terms.limit_s + _GRACE_S, exit=True, file=nowhere)
            _answer(answers, _outcome(function, item, worn_mb=worn_mb))
            faulthandler.cancel_dump_traceback_later()


def resident_mb() -> float:
    """Memory that this process holds now, in MiB; 0 where the system does not tell."""
    return _statm(1)


def peak_mb() -> float:
    """The most memory that this process has held, in MiB; 0 where the system does not tell."""
    with contextlib.suppress(OSError, ValueError, StopIteration), open("/proc/self/status", encoding="ascii") as status:
        # not ru_maxrss: on Linux that begins with what the parent held when it started this process
        return int(next(line for line in status if line.startswith("VmHWM:")).split()[1]) / 1024
    if sys.platform == "darwin":
        import resource

        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    return 0.0


def packed(value: Any) -> bytes:
    """A message to or from our own process."""
    return pickle.dumps(value, protocol=pickle.HIGHEST_PROTOCOL)


def unpacked(message: bytes) -> Any:
    """What our own process said."""
    return pickle.loads(message)  # noqa: S301 - never a file's contents


def write_message(pipe: IO[bytes], data: bytes) -> None:
    """Send a message."""
    pipe.write(_FRAME.pack(len(data)))
    pipe.write(data)
    pipe.flush()


def read_message(pipe: IO[bytes]) -> bytes | None:
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


def _prepared(task: bytes) -> tuple[Callable[[Any], Any], Terms]:
    path, terms, rest = unpacked(task)
    _step_back(terms.nice)
    sys.path[:] = path
    function, start, start_args = unpacked(rest)
    if start is not None:
        start(*start_args)
    _bound(terms.memory_mb)
    return function, terms


def _outcome(function: Callable[[Any], Any], item: bytes, *, worn_mb: float) -> Answer:
    try:
        value = function(unpacked(item))
    except MemoryError as error:
        return Answer(Kind.RAISED, _sentence(error), worn=True)
    except Exception as error:
        return Answer(Kind.RAISED, _sentence(error))
    return Answer(Kind.DONE, value, worn=resident_mb() > worn_mb)


def _sentence(error: Exception) -> str:
    if isinstance(error, UserFacing):
        return str(error)
    if isinstance(error, MemoryError):
        return "It needs more memory than a worker may use."
    return f"{type(error).__name__}: {error}"


def _answer(answers: IO[bytes], answer: Answer) -> None:
    try:
        message = packed(answer)
    except Exception as error:
        message = packed(Answer(Kind.RAISED, f"Its result cannot be sent: {_sentence(error)}"))
    write_message(answers, message)


def _listen_to_parent(requests: "queue.SimpleQueue[bytes]") -> None:
    """Pass on what the parent sends; when there is no parent any more, there is nothing to finish."""
    with os.fdopen(os.dup(0), "rb") as pipe:
        while (message := read_message(pipe)) is not None:
            requests.put(message)
    os._exit(0)


def _step_back(nice: int) -> None:
    """Step back behind the person's own work, and leave no core dumps."""
    if sys.platform == "win32":
        return
    import resource

    with contextlib.suppress(OSError):
        os.nice(nice)
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _bound(memory_mb: int | None) -> None:
    """Let the address space grow by no more than ``memory_mb`` from now on, where the system tells what it is."""
    held_mb = _statm(0)
    if memory_mb is None or not held_mb:
        return
    import resource

    most = int(held_mb + memory_mb) * 2**20
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_AS, (most, most))


def _statm(field: int) -> float:
    """A field of Linux's account of this process's pages, in MiB (0: address space, 1: resident); 0 elsewhere."""
    with contextlib.suppress(OSError, ValueError), open("/proc/self/statm", encoding="ascii") as statm:
        return int(statm.read().split()[field]) * os.sysconf("SC_PAGE_SIZE") / 2**20
    return 0.0


def _redirect(descriptor: int) -> None:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, descriptor)
    os.close(nowhere)
