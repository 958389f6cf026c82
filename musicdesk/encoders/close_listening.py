"""Listening closely to a few tracks: what the encoder makes of every window of each, not of a few that stand for it.

In killable processes, as the analysis has them: each goes the whole way of a file, and a broken file costs itself
alone. With a GPU or a heavy network there is one such process.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from types import TracebackType
from typing import Self

import numpy as np

from musicdesk.audio.throughout import throughout
from musicdesk.audio.worker import Crash, Pool
from musicdesk.encoders import devices, registry
from musicdesk.encoders.analysing import FILE_LIMIT_S, MEMORY_MB, Plan
from musicdesk.encoders.base import EncoderSpec
from musicdesk.encoders.steps import Order, Request, encoded, levelled, load_all
from musicdesk.encoders.zoo import weights
from musicdesk.errors import UnreadableAudio
from musicdesk.records import Device, Passages

__all__ = ["CloseListener", "Plan", "Request", "listen_closely"]

MOST_S = 1200.0
"""So much sound of a track is listened to at most, overlaps counted twice."""
MOST = 160
"""Windows of a track at most."""
AT_ONCE = 32
"""Windows in one forward pass."""
PATIENCE = 4
"""A file may take so many times what the analysis gives it."""


def listen_closely(order: Order, request: Request) -> Passages:
    """Every window of one file; none of a file that is silent or cannot be decoded."""
    plugin = order.plugin
    spec = plugin.spec
    most = max(2, min(MOST, int(MOST_S / spec.window_s)))
    try:
        windows = throughout(
            request.path, rate_hz=spec.rate_hz, window_s=spec.window_s, hop_s=spec.window_s / 2, most=most
        )
    except UnreadableAudio:
        return nothing(request.audio_hash, spec)
    if not windows.samples:
        return nothing(request.audio_hash, spec)
    samples = levelled(windows.samples, spec)
    parts = [encoded(order, plugin.front_end(samples[at : at + AT_ONCE])) for at in range(0, len(samples), AT_ONCE)]
    vectors, tags = (np.concatenate([getattr(part, name) for part in parts]) for name in ("vectors", "tags"))
    return Passages(request.audio_hash, np.array(windows.starts_s, np.float32), spec.window_s, vectors, tags)


def nothing(audio_hash: str, spec: EncoderSpec) -> Passages:
    """What is known of a sound that cannot be listened to."""
    empty = np.zeros(0, np.float32)
    words = np.zeros((0, len(spec.vocabulary)), np.float32)
    return Passages(audio_hash, empty, spec.window_s, np.zeros((0, spec.dim), np.float32), words)


class CloseListener:
    """Listens closely by a plan; a context manager that leaves no process behind."""

    def __init__(self, plan: Plan, say: Callable[[str], object] = lambda _: None) -> None:
        spec = registry.plugin(plan.encoder, plan.models).spec
        self.device: Device = devices.choose(plan.device, spec, say=say)
        if self.device == devices.CPU:
            weights.check_memory(spec)
        alone = spec.heavy or self.device != devices.CPU
        order = Order(
            plan.encoder, str(plan.models), spec.windows, quick=True, device=self.device.name,
            threads=plan.workers if spec.heavy and self.device == devices.CPU else 1,
        )  # fmt: skip
        self._pool: Pool[Request, Passages] = Pool(
            partial(listen_closely, order), workers=1 if alone else plan.workers, start=load_all, start_args=(order,),
            limit_s=PATIENCE * (spec.limit_s or FILE_LIMIT_S), memory_mb=None if alone else MEMORY_MB, nice=plan.nice,
            pace=plan.pace,
        )  # fmt: skip

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End every process."""
        self._pool.close()

    def run(
        self, requests: Iterable[Request], check: Callable[[], None] | None = None
    ) -> Iterator[tuple[Request, Passages | Crash]]:
        """Each request with its result, in the order they are done; ``check`` as in ``Pool.run``."""
        yield from self._pool.run(requests, check)
