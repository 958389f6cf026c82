"""An output without a device: takes blocks from the mixer in real time and keeps them, so that tests can listen."""

import threading
import time

import numpy as np

from musicdesk.errors import NoSound
from musicdesk.playback.mixer import Mixer
from musicdesk.playback.output import NO_DEVICE

BLOCK = 1024


class PacedOutput:
    def __init__(self, *, rate_hz: int = 44_100, latency_s: float = 0.05, present: bool = True) -> None:
        self.rate_hz, self.latency_s, self.problem = rate_hz, latency_s, ""
        self.present, self.lost = present, False
        self.blocks: list[np.ndarray] = []
        self.opened = 0
        self._thread: threading.Thread | None = None
        self._ending = threading.Event()

    @property
    def is_open(self) -> bool:
        return self._thread is not None

    @property
    def heard(self) -> np.ndarray:
        """Everything that was played.  # [n, 2]"""
        return np.concatenate(self.blocks) if self.blocks else np.zeros((0, 2), dtype=np.float32)

    def unplug(self) -> None:
        self.present, self.lost = False, True

    def look(self) -> None:
        self.problem = "" if self.present else NO_DEVICE

    def open(self, mixer: Mixer) -> None:
        self.look()
        if self.problem:
            raise NoSound(self.problem)
        mixer.restart(self.rate_hz)
        self.opened += 1
        self.lost = False
        self._ending.clear()
        self._thread = threading.Thread(target=self._run, args=(mixer,), name="paced-output", daemon=True)
        self._thread.start()

    def close(self) -> None:
        if self._thread is not None:
            self._ending.set()
            self._thread.join()
            self._thread, self.lost = None, False

    def _run(self, mixer: Mixer) -> None:
        due = time.monotonic()
        while not (self._ending.is_set() or self.lost):
            self.blocks.append(mixer.render(BLOCK))
            due += BLOCK / self.rate_hz
            time.sleep(max(0.0, due - time.monotonic()))
