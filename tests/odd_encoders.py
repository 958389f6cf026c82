"""An encoder that is quick, needs no weights and misbehaves on demand; its processes import it by name.

What it does wrong comes from the environment, which worker processes inherit: ``ODD_GPU`` on any device but the CPU,
``ODD_ANYWHERE`` on every device. Sounds of certain pitches are poison to its front end.
"""

import os
import signal
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from musicdesk.encoders import registry
from musicdesk.encoders.base import Encoded, EncoderPlugin, EncoderSpec, rows_of
from musicdesk.errors import ModelUnavailable
from musicdesk.records import EncoderKey, FloatArray

CRASHES_HZ, STARVES_HZ, HANGS_HZ = 3000, 3250, 3500
RATE_HZ = 8000
GPU = "cuda:0"
POINTS = "[musicdesk.encoders]\nodd = odd_encoders:PLUGIN\n"


class Odd:
    """Level, spread and pitch of a window."""

    def __init__(self, folder: Path, device: str) -> None:
        self.device, self._wrong = device, os.environ.get("ODD_ANYWHERE", "")
        if device != "cpu":
            self._wrong = os.environ.get("ODD_GPU", self._wrong)
        if self._wrong == "no start":
            raise ModelUnavailable("The driver is too old. Update it.")
        if self._wrong == "fp16":
            self.device += " fp16"

    @property
    def spec(self) -> EncoderSpec:
        return SPEC

    def encode(self, features: FloatArray) -> Encoded:
        with open(os.environ.get("ODD_PASSES", os.devnull), "a") as passes:
            passes.write(f"{self.device} {len(features)}\n")
        with open(os.environ.get("ODD_HELD_BY", os.devnull), "a") as held:
            held.write(f"{os.getpid()}\n")
        word, _, number = self._wrong.partition(" ")
        if number.startswith("at ") and abs(float(crossings(features).mean()) * RATE_HZ / 2 - float(number[3:])) > 50:
            word = ""
        if word == "most" and len(features) > int(number):
            raise RuntimeError("CUDA out of memory. Tried to allocate 2.00 GiB.")
        if word == "die":
            os.kill(os.getpid(), signal.SIGKILL)
        if word == "fail":
            raise RuntimeError("CUDA error: device-side assert triggered")
        if word in ("hang", "slow"):
            time.sleep(600 if word == "hang" else 0.1)
        rows = [np.abs(features).mean(axis=1), features.std(axis=1), crossings(features)]
        vectors = np.stack(rows, axis=1).astype(np.float32) * (np.nan if word == "nan" else 1)
        return Encoded(vectors, np.zeros((len(features), 0), np.float32))


def crossings(features: FloatArray) -> FloatArray:
    """Twice the pitch of every row, over the rate.  # [n]"""
    return np.asarray((np.diff(np.signbit(features), axis=1) != 0).mean(axis=1), dtype=np.float32)


def front_end(windows: Sequence[FloatArray]) -> FloatArray:
    features = rows_of(windows, SPEC)
    hz = float(crossings(features).mean()) * RATE_HZ / 2
    if abs(hz - CRASHES_HZ) < 50:
        os.kill(os.getpid(), signal.SIGSEGV)
    if abs(hz - STARVES_HZ) < 50:
        bytearray(2**36)
    if abs(hz - HANGS_HZ) < 50:
        time.sleep(600)
    return features


SPEC = EncoderSpec(
    key=EncoderKey("odd", "1", "8k"), title="Odd", dim=3, rate_hz=RATE_HZ, window_s=1.0, windows=4, licence="none",
    source="tests", devices=("cpu", "cuda"), batch=10,
)  # fmt: skip
PLUGIN = EncoderPlugin(SPEC, Odd, front_end)


@contextmanager
def installed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The encoder as that of another package, found by this process and by those that it starts."""
    info = folder / "odd_encoders-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: odd-encoders\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(POINTS)
    monkeypatch.syspath_prepend(folder)
    registry.forget_foreign()
    yield
    registry.forget_foreign()
