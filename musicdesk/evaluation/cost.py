"""What an analysis costs: CPU seconds a track, split by stage, and wall time with one and two workers."""

import resource
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from musicdesk.encoders import registry, weights
from musicdesk.encoders.analysing import Request, analysing
from musicdesk.errors import NothingYet
from musicdesk.jobs import Job
from musicdesk.library.walk import music_in
from musicdesk.records import Analysis, Timings


@dataclass(frozen=True, slots=True)
class CostRow:
    """One run over the same files."""

    encoder: str
    workers: int
    tracks: int
    skipped: int
    stages: Timings
    """Mean CPU seconds a track, as the workers measured themselves."""
    median_s: float
    """Median CPU seconds a track."""
    cpu_s: float
    """CPU seconds a track of the worker processes altogether, starting them included."""
    wall_s: float
    """Wall seconds a track."""


def analysis(
    folder: Path, *, encoder: str, models: Path, workers: Sequence[int] = (1, 2), limit: int | None = None, job: Job
) -> tuple[CostRow, ...]:
    """Analyse the music in ``folder`` once for each number of workers; nothing is kept."""
    weights.verify(registry.plugin(encoder), models)
    files = music_in(folder)
    chosen = files[:: max(1, len(files) // limit)][:limit] if limit else files
    if not chosen:
        raise NothingYet(f"There is no music in {folder}.")
    requests = [Request(path, "", encoder, str(models)) for path in chosen]
    return tuple(_run(requests, workers=count, job=job) for count in workers)


def _run(requests: Sequence[Request], *, workers: int, job: Job) -> CostRow:
    encoder, models = requests[0].encoder, requests[0].models
    before, began = _children_s(), time.monotonic()
    done: list[Analysis] = []
    job.begin(f"Analysing with {workers} worker{'s' if workers > 1 else ''}", total=len(requests))
    with analysing(encoder, models=Path(models), workers=workers) as pool:
        for _, outcome in pool.run(requests):
            if isinstance(outcome, Analysis):
                done.append(outcome)
            job.advance()
    wall = time.monotonic() - began
    count = max(1, len(requests))
    return CostRow(
        encoder=encoder,
        workers=workers,
        tracks=len(done),
        skipped=len(requests) - len(done),
        stages=_mean([a.timings for a in done]),
        median_s=float(np.median([a.timings.total_s for a in done])) if done else 0.0,
        cpu_s=(_children_s() - before) / count,
        wall_s=wall / count,
    )


def _mean(timings: Sequence[Timings]) -> Timings:
    if not timings:
        return Timings()
    names = ("decode_s", "features_s", "encode_s")
    return Timings(*(float(np.mean([getattr(t, name) for t in timings])) for name in names))


def _children_s() -> float:
    """CPU seconds of all child processes that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
