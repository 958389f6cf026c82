"""One analysis from the first sound to the last: a quick listen, then the full one, in small commits."""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from musicdesk.desk.derived_rows import derive
from musicdesk.encoders import registry
from musicdesk.encoders.base import EncoderSpec
from musicdesk.encoders.zoo import weights
from musicdesk.events import Events
from musicdesk.jobs import Job
from musicdesk.records import Analysis, EncoderCost, Pending, Skipped, State
from musicdesk.store.costs import CostStore
from musicdesk.store.vectors import VectorStore, fault

if TYPE_CHECKING:
    from musicdesk.encoders.analysing import Plan, Request

BATCH = 16
BATCH_S = 2.0
"""Results are committed after this many files or seconds, whichever comes first."""
ENOUGH = 5
"""From so many tracks of one run the cost of an encoder is told."""
QUICK_FROM = 1000
"""A library with so many new sounds is listened to quickly first, unless told otherwise."""


class Analysing:
    """Runs the engine over what is pending and keeps what it finds."""

    def __init__(
        self,
        *,
        vectors: VectorStore,
        costs: CostStore,
        events: Events,
        finished: Callable[[], None],
        now: Callable[[], float],
    ) -> None:
        self._vectors, self._costs, self._events = vectors, costs, events
        self._finished, self._now = finished, now

    def run(self, spec: EncoderSpec, *, plan: "Plan", quick: bool | None, job: Job) -> bool:
        """Listen to every sound that is pending; what is done stays when it stops. Whether there was anything to do.

        ``quick``: True listens quickly only, False in full only, None quickly first where that helps.
        """
        from musicdesk.encoders.analysing import QUICK_WINDOWS  # decoders and transforms, a quarter of a second

        derived = self._derive(spec, plan.models, job)
        pending = self._vectors.pending(spec.key, now=self._now())
        asked = len(pending) + derived
        first = len(pending) >= QUICK_FROM if quick is None else quick
        if first and spec.windows > QUICK_WINDOWS:
            self._listen(pending, f"A quick listen with {spec.title}", spec, replace(plan, windows=QUICK_WINDOWS), job)
            pending = ()
        deeper: tuple[Pending, ...] = ()
        if not quick:
            deeper = self._vectors.pending(spec.key, now=self._now(), deeper=True)
            self._listen((*pending, *deeper), f"Listening with {spec.title}", spec, plan, job)
            if not self._vectors.coverage(spec.key, now=self._now()).stale:
                self._vectors.forget_stale(spec.key)
        return bool(asked or deeper)

    def _derive(self, spec: EncoderSpec, models: Path, job: Job) -> int:
        """Rows of an encoder that stands on another's, out of what the other heard already; how many."""
        plugin = registry.plugin(spec.key.name, models)
        if plugin.base is None:
            return 0
        weights.verify(plugin, models)
        made = derive(plugin, models / spec.folder, vectors=self._vectors, now=self._now(), job=job)
        if made:
            self._events.analysis_changed.emit(None)
            self._finished()
        return made

    def _listen(self, pending: Sequence[Pending], text: str, spec: EncoderSpec, plan: "Plan", job: Job) -> None:
        """One pass; the front ends hear of it when it is over."""
        from musicdesk.encoders.analysing import Engine, Request

        job.begin(text, total=len(pending))
        if not pending:
            return
        plan = replace(plan, workers=min(plan.workers, len(pending)))
        with Engine(plan, say=job.say) as engine:
            job.say(detail=engine.detail)
            requests = [Request(sound.path, sound.audio_hash) for sound in pending]
            meter = _Meter()
            with _Batch(self._commit_to(spec), job=job) as batch:
                for request, result in engine.run(requests, batch.tick):
                    meter.take(result, waited_s=batch.waited_s)
                    batch.take(_checked(request, result, spec))
                    job.say(detail=engine.detail)
            if cost := meter.cost(engine.device.title, now=self._now()):
                self._costs.note(spec.key, cost)
        self._finished()

    def _commit_to(self, spec: EncoderSpec) -> Callable[[Sequence[Analysis | Skipped]], None]:
        """What writes a batch of results."""

        def commit(results: Sequence[Analysis | Skipped]) -> None:
            now = self._now()
            analyses = [result for result in results if isinstance(result, Analysis)]
            skipped = [result for result in results if isinstance(result, Skipped)]
            self._vectors.add(analyses, key=spec.key, vocabulary=spec.vocabulary, now=now)
            self._vectors.skip(skipped, key=spec.key, now=now)
            self._events.analysis_changed.emit(None)

        return commit


class _Meter:
    """What the full listens of one run take; the first result, which loading delays, only starts the clock."""

    def __init__(self) -> None:
        self._tracks, self._cpu_s, self._peak_mb = 0, 0.0, 0.0
        self._began = self._last = 0.0

    def take(self, result: Analysis | Skipped, *, waited_s: float) -> None:
        """One more file is done; ``waited_s`` is how long the run has been paused so far."""
        self._last = time.monotonic() - waited_s
        self._began = self._began or self._last
        if isinstance(result, Analysis) and not result.quick:
            self._tracks += 1
            self._cpu_s += result.timings.total_s
            self._peak_mb = max(self._peak_mb, result.peak_mb)

    def cost(self, device: str, *, now: float) -> EncoderCost | None:
        """The cost of a track; None after too few."""
        if self._tracks < ENOUGH:
            return None
        wall_s = (self._last - self._began) / (self._tracks - 1)
        return EncoderCost(device, self._tracks, self._cpu_s / self._tracks, wall_s, self._peak_mb, now)


class _Batch:
    """Results that wait to be written: not many, not for long, and none when the work pauses, stops or fails."""

    def __init__(self, commit: Callable[[Sequence[Analysis | Skipped]], None], *, job: Job) -> None:
        self._commit, self._job = commit, job
        self._waiting: list[Analysis | Skipped] = []
        self._since = time.monotonic()
        self.waited_s = 0.0
        """How long the work has been paused so far."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._write()

    def take(self, result: Analysis | Skipped) -> None:
        """One more file is done."""
        self._waiting.append(result)
        if len(self._waiting) >= BATCH:
            self._write()
        self._job.advance()

    def tick(self) -> None:
        """Called several times a second, also while no file is done: write what is due, then wait or stop if asked."""
        if self._job.paused or self._job.cancelled or time.monotonic() - self._since >= BATCH_S:
            self._write()
        before = time.monotonic()
        self._job.check()
        self.waited_s += time.monotonic() - before

    def _write(self) -> None:
        if self._waiting:
            self._commit(self._waiting)
            self._waiting = []
        self._since = time.monotonic()


def _checked(request: "Request", result: Analysis | Skipped, spec: EncoderSpec) -> Analysis | Skipped:
    """What the engine made of a file; a vector that means nothing is a failure of that file."""
    if isinstance(result, Analysis) and (why := fault(result, spec.vocabulary)):
        return Skipped(request.audio_hash, request.path, State.FAILED, why)
    return result
