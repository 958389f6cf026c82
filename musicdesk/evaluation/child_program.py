"""The real program as a child process: started, watched, killed, and what it leaves behind.

Its processes are told by a mark in their environment, so that workers whose parent was killed are found too. That and
their memory are read from /proc; on systems without it, both are unknown.
"""

import contextlib
import os
import secrets
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from musicdesk.audio.trace import VARIABLE, Visit, visits

MARK = "MUSICDESK_FAULT_RUN"
LOOK_S = 0.1
GONE_S = 15.0
"""How long workers may take to notice that their parent is gone."""
_LAST_WORDS = 2000


@dataclass(frozen=True, slots=True)
class Run:
    """One run of the program that ended by itself or was killed."""

    code: int
    """Its exit status; negative: the signal that ended it."""
    output: str
    complaint: str
    """What it said on its standard error, the last of it."""
    visits: tuple[Visit, ...]
    """The files it listened to."""
    timed_out: bool
    left: int
    """Processes of it that were still there some seconds later, and were ended then."""


class ChildProgram:
    """Runs ``musicdesk --data DATA …`` again and again and keeps an eye on it."""

    def __init__(self, data: Path, place: Path) -> None:
        """``place`` is a folder for the program's temporary files and the trace of what it listened to."""
        self._data, self._trace, self._temporary = data, place / "trace", place / "tmp"
        self._temporary.mkdir(parents=True, exist_ok=True)
        self._mark = secrets.token_hex(8)
        self._peaks_mb: dict[int, float] = {}
        self.starts = 0

    def run(self, *arguments: str, kill: Callable[[int], bool] | None = None, limit_s: float = 1800.0) -> Run:
        """Run a command to its end, or until ``kill`` (asked ten times a second, given the number of files listened
        to so far in this run) says that it is time for SIGKILL.
        """
        self.starts += 1
        before = self.visits()
        with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as complaint:
            child = self._started(arguments, output, complaint)
            timed_out = self._watched(child, len(before), kill=kill, limit_s=limit_s)
            left = self._leftovers()
            said, told = _said(output), _said(complaint)[-_LAST_WORDS:]
        return Run(child.returncode, said, told, self.visits()[len(before) :], timed_out, left)

    def visits(self) -> tuple[Visit, ...]:
        """All files that it listened to so far, in order."""
        return tuple(visits(self._trace))

    def kill_a_worker(self) -> bool:
        """SIGKILL for one of the processes that listen for it; whether there was one that we may see."""
        there = set(self._processes())
        listening = [visit.pid for visit in reversed(self.visits()) if visit.pid in there and visit.pid != self._main]
        for pid in listening[:1]:
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGKILL)
        return bool(listening)

    @property
    def peak_mb(self) -> float:
        """The most memory that one of its processes held."""
        return max(self._peaks_mb.values(), default=0.0)

    @property
    def temporary_files(self) -> list[str]:
        """What it left in its folder for temporary files."""
        return sorted(str(path.relative_to(self._temporary)) for path in self._temporary.rglob("*"))

    def _started(self, arguments: Sequence[str], output: IO[bytes], complaint: IO[bytes]) -> "subprocess.Popen[bytes]":
        command = [sys.executable, "-m", "musicdesk", "--data", str(self._data), *arguments]
        temporary = dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(self._temporary))
        environment = {**os.environ, **temporary, VARIABLE: str(self._trace), MARK: self._mark}
        child = subprocess.Popen(  # noqa: S603 - this interpreter, our own program
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=complaint, env=environment
        )
        self._main = child.pid
        return child

    def _watched(
        self, child: "subprocess.Popen[bytes]", before: int, *, kill: Callable[[int], bool] | None, limit_s: float
    ) -> bool:
        """Wait for its end, or bring it about; whether it ran too long."""
        began = time.monotonic()
        ended = threading.Event()
        memory = threading.Thread(target=self._weigh, args=(ended,), daemon=True)
        memory.start()
        try:
            while child.poll() is None:
                if late := time.monotonic() - began > limit_s:
                    child.kill()
                    return late
                if kill and kill(len(self.visits()) - before):
                    child.kill()
                with contextlib.suppress(subprocess.TimeoutExpired):
                    child.wait(LOOK_S)
            return False
        finally:
            child.kill()
            child.wait()
            ended.set()
            memory.join()

    def _weigh(self, ended: threading.Event) -> None:
        while not ended.wait(LOOK_S):
            for pid in self._processes():
                self._peaks_mb[pid] = max(self._peaks_mb.get(pid, 0.0), _peak_mb(pid))

    def _leftovers(self) -> int:
        """Give its workers time to end; how many had to be ended."""
        until = time.monotonic() + GONE_S
        while (left := self._processes()) and time.monotonic() < until:
            time.sleep(LOOK_S)
        for pid in left:
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGKILL)
        return len(left)

    def _processes(self) -> list[int]:
        mark = f"{MARK}={self._mark}".encode()
        return [pid for pid, environment in _environments() if mark in environment]


def _environments() -> Iterator[tuple[int, bytes]]:
    """Process numbers with the environments that we may read."""
    for name in os.listdir("/proc") if os.path.isdir("/proc") else ():
        if name.isdigit():
            with contextlib.suppress(OSError), open(f"/proc/{name}/environ", "rb") as file:
                yield int(name), file.read()


def _peak_mb(pid: int) -> float:
    with contextlib.suppress(OSError, ValueError, StopIteration), open(f"/proc/{pid}/status", encoding="utf-8") as file:
        return int(next(line for line in file if line.startswith("VmHWM:")).split()[1]) / 1024
    return 0.0


def _said(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode("utf-8", "replace")
