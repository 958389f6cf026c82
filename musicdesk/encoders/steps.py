"""One file's way from the disk to a vector, step by step: what worker processes do, and nothing else.

Either one process goes the whole way (``analyse``), or processes without a network listen (``listen``) and one with a
network encodes what they heard, several tracks at once (``encode``). Everything here is importable by name, so that a
spawned process finds it; torch loads with the encoder, and in no process that only listens.
"""

import contextlib
import gc
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import numpy as np

from musicdesk.audio.loudness import level, level_peak
from musicdesk.audio.serving import peak_mb
from musicdesk.audio.windows import Windows, spread
from musicdesk.encoders import registry
from musicdesk.encoders.base import Encoded, Encoder, EncoderPlugin, EncoderSpec, Head, Loudness
from musicdesk.encoders.pooling import Pooled, pool
from musicdesk.errors import UnreadableAudio
from musicdesk.features.fingerprint import fingerprint
from musicdesk.features.speech import speech
from musicdesk.records import Analysis, FloatArray, Skipped, State, Timings


@dataclass(frozen=True, slots=True)
class Request:
    """A file to analyse."""

    path: str
    audio_hash: str


@dataclass(frozen=True, slots=True)
class Order:
    """How every file of a run is to be analysed."""

    encoder: str
    models: str
    windows: int
    quick: bool = False
    device: str = "cpu"
    threads: int = 1
    """Of the one process that holds a heavy network on the CPU."""

    @property
    def plugin(self) -> EncoderPlugin:
        """The encoder."""
        return registry.plugin(self.encoder, Path(self.models))


@dataclass(frozen=True, slots=True, eq=False)
class Heard:
    """A file as an encoder's front end sees it."""

    features: FloatArray  # [n, …]
    starts_s: tuple[float, ...]
    analysis: Analysis
    """All but the vector and the tags."""


@dataclass(frozen=True, slots=True, eq=False)
class Encodings:
    """What the network made of several tracks."""

    pooled: tuple[Pooled, ...]
    encode_s: float
    """CPU seconds for all of them."""
    peak_mb: float
    batch: int
    """Windows that a forward pass takes now: fewer where the memory of the device did not suffice for more."""
    device: str
    """Where the network runs, as it says itself: cuda:0, or cuda:0 fp16."""


def get_ready(order: Order) -> None:
    """Load what listening needs when the worker process starts, so that no file is charged for it."""
    plugin = order.plugin
    silence = np.zeros(round(plugin.spec.window_s * plugin.spec.rate_hz), dtype=np.float32)
    plugin.front_end([silence])
    if not order.quick:
        speech([silence], rate_hz=plugin.spec.rate_hz)
        fingerprint([silence], [0.0], rate_hz=plugin.spec.rate_hz)


def load_network(order: Order) -> None:
    """Load the encoder when the worker process starts."""
    _network(order)


def load_all(order: Order) -> None:
    """Load what the whole way of a file needs."""
    get_ready(order)
    load_network(order)


def analyse(order: Order, request: Request) -> Analysis | Skipped:
    """The whole way of one file; a bad file is a result, not an error."""
    heard = listen(order, request)
    if isinstance(heard, Skipped):
        return heard
    began = time.process_time()
    network = _network(order)
    pooled = network.kept(pool(network.encoder.encode(heard.features), heard.starts_s))
    return finished(heard, pooled, encode_s=time.process_time() - began, peak_mb=peak_mb())


def listen(order: Order, request: Request) -> Heard | Skipped:
    """Decode windows of one file and make the encoder's features of them."""
    plugin = order.plugin
    spec = plugin.spec
    began = time.process_time()
    try:
        windows = spread(request.path, rate_hz=spec.rate_hz, window_s=spec.window_s, count=order.windows)
    except UnreadableAudio as error:
        return Skipped(request.audio_hash, request.path, State.FAILED, str(error))
    if windows.silent:
        reason = windows.reason or "There is no sound in it."
        return Skipped(request.audio_hash, request.path, State.SILENT, reason)
    decode_s = time.process_time() - began
    features = plugin.front_end(levelled(windows.samples, spec))
    told = _told(order, request, windows, rate_hz=spec.rate_hz)
    timings = Timings(decode_s, time.process_time() - began - decode_s)
    return Heard(features, windows.starts_s, replace(told, timings=timings, peak_mb=peak_mb()))


def encode(order: Order, batch: Sequence[Heard]) -> Encodings:
    """Encode several tracks in as few forward passes as the device's memory allows.

    Raises whatever the device raises, MemoryError when not even one window fits, and ArithmeticError for a device that
    gives numbers that are not finite.
    """
    began = time.process_time()
    network = _network(order)
    encoded = network.encode(np.concatenate([heard.features for heard in batch]))
    ends = np.cumsum([len(heard.features) for heard in batch])
    rows = [Encoded(encoded.vectors[e - len(h.features) : e], encoded.tags[e - len(h.features) : e])
            for h, e in zip(batch, ends, strict=True)]  # fmt: skip
    pooled = tuple(network.kept(pool(own, heard.starts_s)) for own, heard in zip(rows, batch, strict=True))
    spent = time.process_time() - began
    return Encodings(pooled, spent, peak_mb(), network.batch, network.encoder.device)


def levelled(samples: Sequence[FloatArray], spec: EncoderSpec) -> Sequence[FloatArray]:
    """A track's windows at the level that the encoder wants."""
    return _LEVELLED[spec.loudness](samples)


def encoded(order: Order, features: FloatArray) -> Encoded:
    """What the network, loaded by :func:`load_all`, makes of rows of features, as rows of the kind that is kept.

    Raises as :func:`encode` does.
    """
    network = _network(order)
    rows = network.encode(features)
    return Encoded(network.head(rows.vectors), rows.tags) if network.head else rows


def finished(heard: Heard, pooled: Pooled, *, encode_s: float, peak_mb: float) -> Analysis:
    """All that was found out of one file; ``peak_mb`` of the process that encoded it."""
    timings = replace(heard.analysis.timings, encode_s=encode_s)
    most = max(heard.analysis.peak_mb, peak_mb)
    vector, tags, typical_s = pooled
    return replace(heard.analysis, vector=vector, tags=tags, typical_s=typical_s, timings=timings, peak_mb=most)


def _told(order: Order, request: Request, windows: Windows, *, rate_hz: int) -> Analysis:
    """What the windows tell without the network."""
    known = Analysis(
        audio_hash=request.audio_hash,
        vector=np.zeros(0, np.float32),
        tags=np.zeros(0, np.float32),
        windows=len(windows.samples),
        typical_s=0.0,
        state=State.PARTIAL if windows.partial else State.OK,
        reason=windows.reason if windows.partial else "",
        quick=order.quick,
        silence=windows.silence,
    )
    if order.quick:
        return known
    samples, starts_s = windows.samples, windows.starts_s
    bits = fingerprint(samples, starts_s, rate_hz=rate_hz)
    return replace(known, fingerprint=bits, speech=speech(samples, rate_hz=rate_hz))


class _Network:
    """A loaded encoder, what stands on its rows, and how many windows its device takes at once."""

    def __init__(self, encoder: Encoder, head: Head | None) -> None:
        self.encoder, self.head, self.batch = encoder, head, encoder.spec.batch

    def kept(self, pooled: Pooled) -> Pooled:
        """A track's row as it is kept."""
        return pooled._replace(vector=self.head(pooled.vector[None])[0]) if self.head else pooled

    def encode(self, features: FloatArray) -> Encoded:
        """Encode rows of features in parts; a part that does not fit into memory is halved, and all after it."""
        parts = list(self._parts(features))
        vectors = np.concatenate([part.vectors for part in parts])
        if not np.isfinite(vectors).all():
            raise ArithmeticError("it gave numbers that are not finite")
        return Encoded(vectors, np.concatenate([part.tags for part in parts]))

    def _parts(self, features: FloatArray) -> Iterator[Encoded]:
        at = 0
        while at < len(features):
            part = features[at : at + self.batch]
            if (encoded := self._pass(part)) is not None:
                yield encoded
                at += len(part)
            else:
                self._take_less_than(len(part))

    def _pass(self, features: FloatArray) -> Encoded | None:
        """One forward pass; None if the device's memory does not suffice."""
        try:
            return self.encoder.encode(features)
        except (RuntimeError, MemoryError) as error:
            if _wants_memory(error):
                return None
            raise

    def _take_less_than(self, count: int) -> None:
        if count < 2:
            raise MemoryError("its memory does not suffice for a single window")
        self.batch = count // 2
        _tidy_up()


def _wants_memory(error: Exception) -> bool:
    text = str(error).casefold()
    return isinstance(error, MemoryError) or "out of memory" in text or "alloc_failed" in text


def _tidy_up() -> None:
    """Give back what the failed pass held on the device."""
    gc.collect()
    torch = sys.modules.get("torch")
    if torch is not None:
        with contextlib.suppress(RuntimeError):
            torch.cuda.empty_cache()


_LEVELLED: dict[Loudness, Callable[[Sequence[FloatArray]], Sequence[FloatArray]]] = {
    Loudness.RMS20: level,
    Loudness.PEAK: level_peak,
    Loudness.RAW: tuple,
}


@lru_cache(maxsize=1)
def _network(order: Order) -> _Network:
    if order.threads > 1:
        import torch

        torch.set_num_threads(order.threads)
    models = Path(order.models)
    encoder = registry.load(order.encoder, models=models, device=order.device)
    return _Network(encoder, registry.open_head(order.encoder, models=models))
