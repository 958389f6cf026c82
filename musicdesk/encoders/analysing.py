"""The analysis engine: files in, vectors out, in processes that may crash, hang or run out of memory.

On the CPU every worker goes the whole way of a file by itself (decode, features, network): a worker is a core, and
nothing is copied between processes. With a GPU, or a network too heavy to be held several times, workers only listen
and one process encodes for all of them. A GPU that
fails costs a sentence: the CPU goes on with what has no result yet, nothing is lost and nothing comes twice.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import chain
from pathlib import Path
from types import TracebackType
from typing import Self

from musicdesk.audio.worker import NICE, Crash, Pool
from musicdesk.encoders import devices, registry
from musicdesk.encoders.split import DeviceFailed, Outcome, Split
from musicdesk.encoders.steps import Order, Request, analyse, load_all
from musicdesk.encoders.zoo import weights
from musicdesk.errors import BadRequest
from musicdesk.records import Analysis, Device, Skipped, State

__all__ = ["FILE_LIMIT_S", "MEMORY_MB", "QUICK_WINDOWS", "Engine", "Plan", "Request"]

FILE_LIMIT_S = 120.0
"""How long one file may take before its worker is killed."""
MEMORY_MB = 1024
"""What one file may take beyond what a worker holds anyway."""
QUICK_WINDOWS = 2
"""How many windows a first quick listen takes."""
SPLIT = ":split"
"""Behind the name of a device: encode in a process of its own, as with a GPU."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How an analysis is to be run."""

    encoder: str
    models: Path
    workers: int
    device: str = "auto"
    """auto, cpu, cuda, mps; cpu:split arranges the work as for a GPU."""
    pace: float = 1.0
    """Share of the time that workers work."""
    nice: int = NICE
    windows: int | None = None
    """Windows a track; None: as many as the encoder wants. With fewer it is a quick listen."""


class Engine:
    """Analyses files by a plan; a context manager that leaves no process behind.

    Making one may take seconds where there is a GPU to be found. Used from one thread at a time.
    """

    def __init__(self, plan: Plan, say: Callable[[str], object] = lambda _: None) -> None:
        if plan.workers < 1 or (plan.windows is not None and plan.windows < 1):
            raise BadRequest(f"{plan.workers} workers and {plan.windows} windows a track make no analysis.")
        self._plan, self._say = plan, say
        self._spec = registry.plugin(plan.encoder, plan.models).spec
        self.device = devices.choose(plan.device.removesuffix(SPLIT), self._spec, say=say)
        """What the network runs on; the CPU after a GPU has failed."""
        if self.device == devices.CPU:
            weights.check_memory(self._spec)
        is_split = plan.device.endswith(SPLIT) or self.device != devices.CPU or self._spec.heavy
        self._arranged: Split | _Fused = self._split() if is_split else self._fused()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End every process."""
        self._arranged.close()

    @property
    def detail(self) -> str:
        """What the analysis runs on, in a few words; another after a GPU has failed."""
        count = self._plan.workers
        workers = f"{count} worker{'' if count == 1 else 's'}"
        if isinstance(self._arranged, Split):
            precision = f" ({self._arranged.precision})" if self._arranged.precision else ""
            return f"{self.device.title}{precision}, {workers} decode{'s' if count == 1 else ''}"
        return f"{workers} on the CPU"

    def run(
        self, requests: Iterable[Request], check: Callable[[], None] | None = None
    ) -> Iterator[tuple[Request, Analysis | Skipped]]:
        """Each request with its result, in the order they are done; a bad file is a result, not an error.

        ``check`` is called several times a second: while it waits no new file is begun, and what it raises ends the
        run. Closing the iterator kills what is under way. Raises ModelUnavailable if the encoder cannot load.
        """
        todo = iter(requests)
        while True:
            try:
                for request, result in self._arranged.run(todo, check):
                    yield request, _skipped(request, result) if isinstance(result, Crash) else result
                return
            except DeviceFailed as failure:
                todo = chain(failure.unfinished, todo)
                self._fall_back(failure.reason)

    def _fall_back(self, reason: str) -> None:
        self._arranged.close()
        self._say(f"{self.device.title} failed ({reason.strip().rstrip('.')}); the CPU goes on with the analysis.")
        weights.check_memory(self._spec)
        self.device = devices.CPU
        self._arranged = self._fused()

    def _fused(self) -> "_Fused":
        plan, order = self._plan, self._order(devices.CPU)
        return _Fused(order, workers=plan.workers, nice=plan.nice, pace=plan.pace)

    def _split(self) -> Split:
        plan, order = self._plan, self._order(self.device)
        return Split(
            order, spec=self._spec, workers=plan.workers, nice=plan.nice, pace=plan.pace,
            limit_s=self._spec.limit_s or FILE_LIMIT_S, memory_mb=MEMORY_MB, say=self._say,
            last_resort=self._heavy_on_cpu(self.device),
        )  # fmt: skip

    def _order(self, device: Device) -> Order:
        windows = self._plan.windows or self._spec.windows
        return Order(
            self._plan.encoder, str(self._plan.models), windows, quick=windows < self._spec.windows, device=device.name,
            threads=self._plan.workers if self._heavy_on_cpu(device) else 1,
        )  # fmt: skip

    def _heavy_on_cpu(self, device: Device) -> bool:
        return self._spec.heavy and device == devices.CPU


class _Fused:
    """The arrangement for the CPU: every worker goes the whole way of a file."""

    def __init__(self, order: Order, *, workers: int, nice: int, pace: float) -> None:
        self._pool: Pool[Request, Analysis | Skipped] = Pool(
            partial(analyse, order), workers=workers, start=load_all, start_args=(order,), limit_s=FILE_LIMIT_S,
            memory_mb=MEMORY_MB, nice=nice, pace=pace,
        )  # fmt: skip

    def run(self, requests: Iterable[Request], check: Callable[[], None] | None) -> Iterator[Outcome]:
        """Each request with its result, in the order they are done."""
        yield from self._pool.run(requests, check)

    def close(self) -> None:
        """End every process."""
        self._pool.close()


def _skipped(request: Request, crash: Crash) -> Skipped:
    return Skipped(request.audio_hash, request.path, State.FAILED, crash.reason, passing=True)
