"""What can run a network here: the processor, and a GPU where there is one.

The window's own process never imports torch, so a child process looks for it, once; where the system shows no sign of
a GPU nobody looks.
"""

import importlib.metadata
import os
import platform
import sys
from collections.abc import Callable, Sequence
from functools import cache

from musicdesk.audio.worker import Crash, Pool
from musicdesk.encoders.base import EncoderSpec
from musicdesk.errors import BadRequest, UserFacing
from musicdesk.records import Device

CPU = Device("cpu", "CPU")
WANTED = ("auto", "cpu", "cuda", "mps")
LOOK_LIMIT_S = 90.0
"""A driver that is broken may hang when it is asked."""
_SIGNS = ("/dev/nvidiactl", "/dev/nvidia0", "/dev/dxg", "/dev/kfd")
"""What Linux shows where there is an NVIDIA card, one behind Windows, or an AMD card."""
_HALF_FROM = (7, 0)
"""The compute capability from which NVIDIA's cards are quicker in half precision."""


def choose(
    wanted: str,
    spec: EncoderSpec,
    *,
    say: Callable[[str], object] = lambda _: None,
    found: Callable[[], Sequence[Device]] | None = None,
) -> Device:
    """The device for an encoder: ``wanted`` is auto (a GPU if there is one), cpu, cuda or mps, or one card as cuda:1.

    What is asked for and not there is told by ``say``, and the CPU takes its place. ``found`` asks what there is.
    Raises BadRequest for a word that names no device.
    """
    kind = wanted.partition(":")[0]
    if kind not in WANTED:
        raise BadRequest(f"There is no device called {wanted!r}. Known are: {', '.join(WANTED)}.")
    if kind == "cpu" or spec.devices == ("cpu",):
        return CPU
    devices = [device for device in (found or available)() if device.name.partition(":")[0] in spec.devices]
    meant = [d for d in devices if d != CPU and (wanted == "auto" or wanted in (d.name, d.name.partition(":")[0]))]
    fits = [device for device in meant if not device.memory_mb or device.memory_mb >= spec.memory_mb]
    if meant and not fits:
        say(
            f"{spec.title} needs {spec.memory_mb / 1024:.0f} GB, more than {meant[0].title} has; the CPU does the work."
        )
    elif not fits and wanted != "auto":
        say(f"There is no {wanted} device that {spec.title} can use here; the CPU does the work.")
    return fits[0] if fits else CPU


@cache
def available() -> tuple[Device, ...]:
    """What there is, the CPU first; the first call may take seconds where there is a GPU."""
    if not _signs_of_a_gpu():
        return (CPU,)
    try:
        with Pool(look, workers=1, limit_s=LOOK_LIMIT_S) as pool:
            ((_, found),) = pool.run([None])
    except UserFacing:
        return (CPU,)
    return (CPU,) if isinstance(found, Crash) else (CPU, *found)


def look(_: None = None) -> tuple[Device, ...]:
    """The GPUs that torch can use; run in a child process."""
    try:
        import torch
    except ImportError:
        return ()
    if torch.cuda.is_available():
        return tuple(_cuda(number) for number in range(torch.cuda.device_count()))
    if torch.backends.mps.is_available():
        return (Device("mps", f"{platform.processor() or 'Apple'} GPU", torch.mps.recommended_max_memory() // 2**20),)
    return ()


def _cuda(number: int) -> Device:
    import torch

    card = torch.cuda.get_device_properties(number)
    half = (card.major, card.minor) >= _HALF_FROM
    return Device(f"cuda:{number}", card.name, card.total_memory // 2**20, half)


def _signs_of_a_gpu() -> bool:
    """Whether it is worth a second to ask torch."""
    if sys.platform == "darwin":
        return platform.machine() == "arm64"
    try:
        if importlib.metadata.version("torch").endswith("+cpu"):
            return False
    except importlib.metadata.PackageNotFoundError:
        return bool(getattr(sys, "frozen", False))  # a bundle may hold it without its metadata
    return sys.platform == "win32" or any(os.path.exists(sign) for sign in _SIGNS)
