"""Which folders to scan, and when: after a storm of changes is over and the files in them have stopped growing.

Plain bookkeeping, without threads: whoever hears of changes notes them here and asks now and then what is ready.
"""

import math
import os
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from musicdesk.records import FoundFile

QUIET_S = 2.0
"""Changes that follow each other faster than this are one."""
STABLE_S = 3.0
"""A file that kept size and time for so long is taken to be complete."""
PATIENCE_S = 120.0
"""Folders that are complete wait no longer than this for the end of the changes elsewhere."""

_Facts = tuple[int, int] | None
"""Size and time of change of a file; None: it is not there."""


@dataclass(slots=True)
class _Growing:
    facts: _Facts
    look_at: float
    """When to look again."""
    grew: bool = False
    """Whether it was looked at again and was another one."""


class Settling:
    """Files and folders in which something happened, until they are handed out once.

    Times are seconds of one clock that never goes back. Files are looked at twice, ``stable_s`` apart, not all the
    time.
    """

    def __init__(self, *, quiet_s: float = QUIET_S, stable_s: float = STABLE_S, patience_s: float = PATIENCE_S) -> None:
        self._quiet_s, self._stable_s, self._patience_s = quiet_s, stable_s, patience_s
        self._growing: dict[str, _Growing] = {}
        self._due: set[str] = set()
        self._last = self._first = -math.inf

    def __bool__(self) -> bool:
        return bool(self._growing or self._due)

    def note(self, path: str, now: float) -> None:
        """Something happened to this file: its folder is due when it is complete, or at once if it is gone."""
        self._heard(now)
        facts = _facts(path)
        if facts is None:
            self._growing.pop(path, None)
            self._due.add(os.path.dirname(path))
        else:
            self._growing[path] = _Growing(facts, now + self._stable_s)

    def ask(self, folder: str, now: float | None = None) -> None:
        """This folder is due as a whole, whether or not it is there; ``now`` if something happened in it."""
        if now is not None:
            self._heard(now)
        self._due.add(folder)

    def ready(self, now: float) -> tuple[str, ...]:
        """The folders to scan now, each once, none below another; empty while changes go on.

        What went and what came are handed out together, so that a file that moved is not missing for a while: all wait
        for the second look at what is new, and only what did grow is left behind.
        """
        self._look_again(now)
        over = now - self._last >= self._quiet_s and all(growing.grew for growing in self._growing.values())
        if not over and now - self._first < self._patience_s:
            return ()
        held = _above(self._growing)
        ready = self._due - held
        self._due -= ready
        self._first = now if ready else self._first
        return topmost(ready)

    def _heard(self, now: float) -> None:
        if not self:
            self._first = now
        self._last = now

    def _look_again(self, now: float) -> None:
        for path, growing in list(self._growing.items()):
            if growing.look_at > now:
                continue
            facts = _facts(path)
            if facts is None or facts == growing.facts:
                del self._growing[path]
                self._due.add(os.path.dirname(path))
            else:
                self._growing[path] = _Growing(facts, now + self._stable_s, grew=True)


def settled(
    found: Iterable[FoundFile],
    *,
    stable_s: float = STABLE_S,
    now_ns: Callable[[], int] = time.time_ns,
    wait: Callable[[float], None] = time.sleep,
) -> tuple[tuple[FoundFile, ...], tuple[FoundFile, ...]]:
    """Files of a walk that are complete, and those that are still being written, each in their order.

    A file that changed in the last ``stable_s`` is looked at again when it is older than that: all of them in one
    ``wait``, of no more than ``stable_s`` seconds; none where no file is young.
    """
    files, now = tuple(found), now_ns()
    ages = {file.path: (now - file.mtime_ns) / 1e9 for file in files}
    young = {path for path, age in ages.items() if 0 <= age < stable_s}  # a time to come says nothing
    if young:
        wait(max(stable_s - ages[path] for path in young))
    growing = {f.path for f in files if f.path in young and _facts(f.path) != (f.size_bytes, f.mtime_ns)}
    return tuple(f for f in files if f.path not in growing), tuple(f for f in files if f.path in growing)


def topmost(folders: Iterable[str]) -> tuple[str, ...]:
    """These folders, sorted, without those that lie below another of them."""
    wanted = set(folders)
    return tuple(sorted(folder for folder in wanted if not wanted & _above([folder])))


def _above(paths: Iterable[str]) -> set[str]:
    """Every folder above any of these paths."""
    above: set[str] = set()
    for path in paths:
        while (parent := os.path.dirname(path)) not in above and parent != path:
            above.add(parent)
            path = parent
    return above


def _facts(path: str) -> _Facts:
    try:
        facts = os.stat(path)
    except OSError:
        return None
    return facts.st_size, facts.st_mtime_ns
