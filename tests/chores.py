"""What the worker tests let workers do; in a module of its own because a worker imports it by name."""

import ctypes
import os
import signal
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from musicdesk.errors import ModelUnavailable, UnreadableAudio

if TYPE_CHECKING:
    from musicdesk.records import FoundFile, ScannedFile


def chore(order: tuple[str, int]) -> int:
    """Square the number, or misbehave as the word says."""
    word, number = order
    if word == "segfault":
        os.kill(os.getpid(), signal.SIGSEGV)
    if word == "hang":
        time.sleep(600)
    if word == "hang in C":
        ctypes.PyDLL(None).sleep(600)  # keeps the interpreter's lock
    if word == "exit":
        sys.exit(3)
    if word == "os exit":
        os._exit(4)
    if word == "bug":
        raise KeyError("no such key")
    if word == "unreadable":
        raise UnreadableAudio("“x.mp3” is empty (0 bytes).")
    if word == "print":
        print("noise on stdout " * 100)
        os.write(1, b"noise on the descriptor")
    return number * number


def unsendable(number: int) -> object:
    return lambda: number


def greedy(megabytes: int) -> int:
    return len(bytearray(megabytes * 2**20))


def surroundings(_: int) -> dict[str, object]:
    return {
        "omp": os.environ.get("OMP_NUM_THREADS"),
        "nice": os.nice(0),
        "session": os.getsid(0),
        "heavy": sorted({"numpy", "torch", "PySide6", "av", "soundfile", "musicdesk.records"} & set(sys.modules)),
        "started": os.environ.get("MUSICDESK_TEST_STARTED"),
    }


def mark_started(word: str) -> None:
    os.environ["MUSICDESK_TEST_STARTED"] = word


def no_model(_: str) -> None:
    raise ModelUnavailable("The weights are missing. Run: musicdesk models install musicnn")


def die_once(mark: str) -> None:
    """Be killed at the first start, and start well after that."""
    if not Path(mark).exists():
        Path(mark).touch()
        os.kill(os.getpid(), signal.SIGKILL)


def die_at_once(_: str) -> None:
    os._exit(7)


def leave_pid(folder: str) -> None:
    (Path(folder) / str(os.getpid())).touch()
    time.sleep(600)


def parent(folder: str) -> None:
    """A program with two workers that never finish, for a test that kills it."""
    from musicdesk.audio.worker import Pool

    with Pool(leave_pid, workers=2, limit_s=600) as pool:
        list(pool.run([folder, folder]))


def scan_or_die(found: "FoundFile") -> "ScannedFile":
    """Read a file as a scan does, or misbehave as its name says."""
    from musicdesk.library.scan import scan_file  # here, so that the other chores stay light

    name = Path(found.path).stem
    if name == "crash":
        os.kill(os.getpid(), signal.SIGSEGV)
    if name == "hang":
        time.sleep(600)
    return scan_file(found)


def hold(megabytes: int) -> None:
    """Take memory for the life of the process, as an encoder does."""
    _held.append(bytearray(megabytes * 2**20))


def grow(megabytes: int) -> int:
    """Take memory and never give it back; the number of this process."""
    hold(megabytes)
    return os.getpid()


def moments(seconds: float) -> tuple[float, float]:
    """When it began and ended to work for so long."""
    began = time.monotonic()
    time.sleep(seconds)
    return began, time.monotonic()


_held: list[bytearray] = []
