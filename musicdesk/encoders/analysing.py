"""One file's way from the disk to a vector: what a worker process does, and nothing else.

Everything here is importable by name, so that a spawned process finds it; heavy libraries load with the encoder.
"""

import time
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from musicdesk.audio.loudness import level
from musicdesk.audio.windows import Windows, spread
from musicdesk.audio.worker import Pool
from musicdesk.encoders import registry
from musicdesk.encoders.base import Encoder
from musicdesk.encoders.pooling import pool
from musicdesk.errors import UnreadableAudio
from musicdesk.records import Analysis, Skipped, State, Timings

FILE_LIMIT_S = 120.0
"""How long one file may take before its worker is killed."""


@dataclass(frozen=True, slots=True)
class Request:
    """A file to analyse, told to a worker process."""

    path: str
    audio_hash: str
    encoder: str
    models: str


def analysing(encoder: str, *, models: Path, workers: int) -> Pool[Request, Analysis | Skipped]:
    """Worker processes that ``analyse`` with one encoder; running it raises ModelUnavailable if that cannot load."""
    start_args = (encoder, str(models))
    return Pool(analyse, workers=workers, start=warm_up, start_args=start_args, limit_s=FILE_LIMIT_S)


def warm_up(encoder: str, models: str) -> None:
    """Load the encoder once, when the worker process starts."""
    _loaded(encoder, models)


def analyse(request: Request) -> Analysis | Skipped:
    """Decode windows of one file, encode and pool them; a bad file is a result, not an error."""
    encoder = _loaded(request.encoder, request.models)
    began = time.process_time()
    spec = encoder.spec
    try:
        windows = spread(request.path, rate_hz=spec.rate_hz, window_s=spec.window_s, count=spec.windows)
    except UnreadableAudio as error:
        return _skipped(request, State.FAILED, str(error))
    if windows.silent:
        return _skipped(request, State.SILENT, windows.reason or "There is no sound in it.")
    decode_s = time.process_time() - began
    return _encoded(request, encoder, windows, decode_s)


def _encoded(request: Request, encoder: Encoder, windows: Windows, decode_s: float) -> Analysis | Skipped:
    began = time.process_time()
    encoded = encoder.encode(level(windows.samples))
    encode_s = time.process_time() - began - encoded.features_s
    pooled = pool(encoded, windows.starts_s)
    analysis = Analysis(
        audio_hash=request.audio_hash,
        vector=pooled.vector,
        tags=pooled.tags,
        windows=len(windows.samples),
        typical_s=pooled.typical_s,
        timings=Timings(decode_s, encoded.features_s, encode_s),
    )
    return replace(analysis, state=State.PARTIAL, reason=windows.reason) if windows.partial else analysis


def _skipped(request: Request, state: State, reason: str) -> Skipped:
    return Skipped(request.audio_hash, request.path, state, reason)


@lru_cache(maxsize=1)
def _loaded(encoder: str, models: str) -> Encoder:
    return registry.load(encoder, models=Path(models))
