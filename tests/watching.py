"""What the tests of watched folders share: files, waiting, and a list of what was asked for."""

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

QUIET_S, STABLE_S = 0.2, 0.4


class Asked:
    """What a watch asked for, call by call."""

    def __init__(self) -> None:
        self.calls: list[frozenset[str]] = []
        self.now = self.most = 0
        self.on_call: Callable[[], None] = lambda: None

    def __call__(self, folders: frozenset[str]) -> None:
        self.now += 1
        self.most = max(self.most, self.now)
        self.on_call()
        self.calls.append(folders)
        self.now -= 1

    @property
    def folders(self) -> set[str]:
        return set().union(*self.calls)


def make(path: Path, content: bytes = b"x" * 1000) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def until(true: Callable[[], object], timeout_s: float = 30.0) -> None:
    end = time.monotonic() + timeout_s
    while not true():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.02)


def a_while() -> None:
    """Longer than a change takes to be asked for."""
    time.sleep(QUIET_S + STABLE_S + 0.4)


def run(script: str, *arguments: object) -> "subprocess.Popen[bytes]":
    return subprocess.Popen([sys.executable, "-c", "import os, sys, time\n" + script, *map(str, arguments)])
