"""What an analysis costs: CPU seconds a track by stage, wall time with one and two workers, memory, on every device."""

import resource
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib import import_module
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from musicdesk.audio.serving import peak_mb
from musicdesk.audio.worker import Crash, Pool
from musicdesk.encoders import devices, registry
from musicdesk.encoders.analysing import FILE_LIMIT_S, Engine, Plan, Request
from musicdesk.encoders.base import EncoderSpec
from musicdesk.encoders.zoo import weights
from musicdesk.errors import NothingYet
from musicdesk.jobs import Job
from musicdesk.library.walk import music_in
from musicdesk.records import Analysis, Timings
from musicdesk.store.database import Database
from musicdesk.store.vectors import VectorStore, fault

BATCH = 16
"""Results of one commit, as a desk makes them."""
RIVAL = "bliss_audio"
"""Another program's measures (PyPI bliss-audio), timed over the same files where it is installed."""


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
    device: str = "CPU"
    """What the network runs on, as people call it."""
    steady_s: float = 0.0
    """Wall seconds a track from the first result to the last: what starting costs does not count."""
    speed_up: float = 1.0
    """How many times as fast as the first row of the same device, by ``steady_s``."""
    store_s: float = 0.0
    """CPU seconds a track to commit the results to a database."""
    peak_mb: float = 0.0
    """The most memory that a worker held (resident, MiB)."""


@dataclass(frozen=True, slots=True, eq=False)
class _Run:
    """What came of one run."""

    done: tuple[Analysis, ...]
    moments: tuple[float, ...]
    """When each result came, skipped files included."""
    wall_s: float
    cpu_s: float


def analysis(
    folder: Path,
    *,
    encoder: str,
    models: Path,
    workers: Sequence[int] = (1, 2),
    limit: int | None = None,
    device: str = "auto",
    job: Job,
) -> tuple[CostRow, ...]:
    """Analyse the music in ``folder`` once for each number of workers, on the CPU and on a GPU if there is one.

    ``device`` is auto for both, or the one to measure. Nothing is kept. A last row tells what bliss-audio takes for
    the same files, where it is installed.
    """
    plugin = registry.plugin(encoder, models)
    weights.verify(plugin, models)
    files = music_in(folder)
    chosen = files[:: max(1, len(files) // limit)][:limit] if limit else files
    if not chosen:
        raise NothingYet(f"There is no music in {folder}.")
    if device == "auto":
        found = devices.choose("auto", plugin.spec)
        names = dict.fromkeys(("cpu", found.name))
    else:
        names = dict.fromkeys((device,))
    rows: list[CostRow] = []
    for name in names:
        mine = [_row(Plan(encoder, models, count, device=name), chosen, job=job) for count in workers]
        rows += [replace(row, speed_up=mine[0].steady_s / row.steady_s if row.steady_s else 1.0) for row in mine]
    return (*rows, *_beside(chosen, job=job))


def _row(plan: Plan, files: Sequence[str], *, job: Job) -> CostRow:
    with Engine(plan, say=job.say) as engine:
        many = "s" if plan.workers > 1 else ""
        job.begin(f"Analysing with {plan.workers} worker{many}", total=len(files), detail=engine.detail)
        run = _timed(engine, files, job=job)
        title = engine.device.title
    count, between = len(files), max(1, len(run.moments) - 1)
    return CostRow(
        encoder=plan.encoder,
        workers=plan.workers,
        tracks=len(run.done),
        skipped=count - len(run.done),
        stages=_mean([a.timings for a in run.done]),
        median_s=float(np.median([a.timings.total_s for a in run.done])) if run.done else 0.0,
        cpu_s=run.cpu_s / count,
        wall_s=run.wall_s / count,
        device=title,
        steady_s=(run.moments[-1] - run.moments[0]) / between,
        store_s=_storing_s(run.done, registry.plugin(plan.encoder, plan.models).spec),
        peak_mb=max((a.peak_mb for a in run.done), default=0.0),
    )


def _timed(engine: Engine, files: Sequence[str], *, job: Job) -> _Run:
    before, began = _children_s(), time.monotonic()
    done: list[Analysis] = []
    moments: list[float] = []
    for _, outcome in engine.run([Request(path, path) for path in files], job.check):
        moments.append(time.monotonic())
        if isinstance(outcome, Analysis):
            done.append(outcome)
        job.advance()
    wall = time.monotonic() - began
    engine.close()
    return _Run(tuple(done), tuple(moments), wall, _children_s() - before)


def _storing_s(done: Sequence[Analysis], spec: EncoderSpec) -> float:
    """CPU seconds a track to write these results, in batches, into a database of their own."""
    good = [a for a in done if not fault(a, spec.vocabulary)]
    with tempfile.TemporaryDirectory(prefix="musicdesk-cost-") as place:
        database = Database.open(Path(place))
        store = VectorStore(database)
        began = time.process_time()
        for at in range(0, len(good), BATCH):
            store.add(good[at : at + BATCH], key=spec.key, vocabulary=spec.vocabulary, now=0.0)
        spent = time.process_time() - began
        database.close()
    return spent / max(1, len(good))


def _beside(files: Sequence[str], *, job: Job) -> tuple[CostRow, ...]:
    """What the other program's measures cost, if it is installed."""
    if find_spec(RIVAL) is None:
        return ()
    name = RIVAL.replace("_", "-")
    job.begin(f"Measuring {name}", total=len(files))
    times: list[float] = []
    peak, why, before, began = 0.0, "", _children_s(), time.monotonic()
    with Pool(rival_analysis, workers=1, limit_s=FILE_LIMIT_S) as pool:
        for _, outcome in pool.run(files, job.check):
            if isinstance(outcome, Crash):
                why = outcome.reason
            else:
                times.append(outcome[0])
                peak = max(peak, outcome[1])
            job.advance()
    if not times:
        job.say(f"{name} runs on none of these files here. {why}")
        return ()
    wall, cpu, count = time.monotonic() - began, _children_s() - before, len(files)
    stages, median = Timings(features_s=float(np.mean(times))), float(np.median(times))
    title, skipped = f"{name} {version(name)}", count - len(times)
    return (CostRow(title, 1, len(times), skipped, stages, median, cpu / count, wall / count, peak_mb=peak),)


def rival_analysis(path: str) -> tuple[float, float]:
    """CPU seconds that bliss-audio takes for a file, all in one, and the memory that it held; in a worker process."""
    rival = import_module(RIVAL)
    began = time.process_time()
    rival.Song(path)
    return time.process_time() - began, peak_mb()


def _mean(timings: Sequence[Timings]) -> Timings:
    if not timings:
        return Timings()
    names = ("decode_s", "features_s", "encode_s")
    return Timings(*(float(np.mean([getattr(t, name) for t in timings])) for name in names))


def _children_s() -> float:
    """CPU seconds of all child processes that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
