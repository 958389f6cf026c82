"""What recommenders cost as listeners and items grow, and whether they find tastes that are known beforehand.

Every method learns from the same made-up log (see ``taste_clusters``) in a child process of its own, so that its memory
is its own and one that asks for too much is ended. A method that refuses, or is ended, is a row with its sentence.
Times are CPU seconds: on a busy machine wall time tells of the others.
"""

import math
import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess

from musicdesk.errors import BadRequest, UserFacing
from musicdesk.evaluation.recommender_cost import SHUFFLED, RecommenderCost, Size, Task, controls, made_for, measured
from musicdesk.evaluation.taste_clusters import FEWEST_ITEMS, FEWEST_USERS
from musicdesk.jobs import Job
from musicdesk.recommend import registry

SCALES = (1 / 16, 1 / 4, 1.0)
LOOK_S = 0.05
"""How often a child is looked after."""
PATIENCE = 2.0 if sys.platform == "win32" else 20.0
"""How many times its CPU limit may pass by the clock: long, since others may use the machine, where the system bounds
CPU time itself.
"""
LEAST_S = 0.02
"""Shorter times are those of the clock."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a method may use before it is ended."""

    memory_mb: float = 8000.0
    """Resident memory, all in all; kept where /proc tells of it (Linux)."""
    cpu_s: float = 1800.0
    """CPU time, where the system can bound it; a multiple of it (PATIENCE) by the clock, everywhere."""


@dataclass(frozen=True, slots=True)
class RecommendersBench:
    """All methods and controls at all sizes, the smallest first."""

    rows: tuple[RecommenderCost, ...]
    listens: tuple[tuple[Size, int], ...]
    """How many lines each log has."""

    @property
    def methods(self) -> tuple[str, ...]:
        """All methods and controls, in their order."""
        return tuple(dict.fromkeys(row.method for row in self.rows))

    def of(self, method: str) -> tuple[RecommenderCost, ...]:
        """One method's rows, the smallest size first."""
        return tuple(row for row in self.rows if row.method == method)

    def growth(self, method: str) -> float | None:
        """The power of the size with which the time to learn grows, from the smallest to the largest that can be timed.

        None where there are not two of them.
        """
        done = [(row.size.items, row.fit_s) for row in self.of(method) if row.fit_s and row.fit_s >= LEAST_S]
        if len(done) < 2:
            return None
        (few, short), (many, long) = done[0], done[-1]
        return math.log(long / short) / math.log(many / few)


def recommenders(
    *,
    users: int,
    items: int,
    methods: Sequence[str] = (),
    scales: Sequence[float] = SCALES,
    limits: Limits = Limits(),
    tested: int = 500,
    seed: int = 0,
    job: Job,
) -> RecommendersBench:
    """Measure ``methods`` (none: all) on logs of ``scales`` times so many listeners and items.

    A method that was ended for time or memory is not tried at larger sizes. How many threads numpy and torch may use is
    the caller's business. Raises NotFound for an unknown method, BadRequest where the smallest log would be too small.
    """
    chosen = tuple(dict.fromkeys(methods)) or registry.names()
    for name in chosen:
        registry.spec(name)
    sizes = _sizes(users, items, scales)
    tasks = [Task(name, size, seed, tested) for size in sizes for name in (*chosen, SHUFFLED)]
    rows = _rows(tasks, limits, job)
    listens = []
    for task in (Task("", size, seed, tested) for size in sizes):
        rows += controls(task)
        listens.append((task.size, len(made_for(task).log)))
    return RecommendersBench(tuple(sorted(rows, key=lambda row: row.size)), tuple(listens))


def _sizes(users: int, items: int, scales: Sequence[float]) -> list[Size]:
    sizes = [Size(round(users * scale), round(items * scale)) for scale in sorted(scales)]
    if not sizes or sizes[0].users < FEWEST_USERS or sizes[0].items < FEWEST_ITEMS:
        raise BadRequest(
            f"The smallest log needs {FEWEST_USERS} listeners and {FEWEST_ITEMS} items; "
            f"at {min(scales, default=0):g} times the size it has fewer. Ask for more of them."
        )
    return sizes


def _rows(tasks: Sequence[Task], limits: Limits, job: Job) -> list[RecommenderCost]:
    rows: list[RecommenderCost] = []
    ended: dict[str, Size] = {}
    for task in job.each(tasks, text="Measuring recommenders"):
        job.say(detail=f"{task.method}, {task.size.users} × {task.size.items}")
        if task.method in ended:
            users, items = ended[task.method]
            rows.append(_refused(task, f"Not tried: it did not come through {users} × {items}."))
            continue
        row = in_a_child(task, limits, job=job)
        job.say(_told(row))
        rows.append(row)
        if row.ended:
            ended[task.method] = task.size
    return rows


def _told(row: RecommenderCost) -> str:
    """One row on the way, for whoever waits for the others."""
    what = f"{row.method}, {row.size.users} × {row.size.items}"
    if row.recall is None or row.fit_s is None:
        return f"{what}: {row.note}"
    return f"{what}: learned in {row.fit_s:.1f} s of CPU time, {row.peak_mb:.0f} MB, recall {row.recall.mean:.3f}"


def in_a_child(task: Task, limits: Limits, *, job: Job) -> RecommenderCost:
    """Measure one method in a child process, which is ended if it asks for too much or the job is cancelled."""
    context = multiprocessing.get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    child = context.Process(target=_work, args=(sender, task, limits.cpu_s), daemon=True)
    child.start()
    sender.close()
    try:
        too_much = _watched(child, receiver, limits, job)
        if too_much:
            return _refused(task, too_much, ended=True)
        return _answer(child, receiver, task, limits)
    finally:
        child.kill()
        child.join()
        receiver.close()


def _watched(child: SpawnProcess, receiver: Connection, limits: Limits, job: Job) -> str:
    """Wait for the child's answer or end; a sentence if it has to be ended."""
    began = time.monotonic()
    while not receiver.poll(LOOK_S):
        job.check()
        if _resident_mb(child.pid or 0) > limits.memory_mb:
            return f"It asked for more than {limits.memory_mb:.0f} MB of memory and was ended."
        if time.monotonic() - began > PATIENCE * limits.cpu_s:
            return f"It took longer than {PATIENCE * limits.cpu_s:.0f} s and was ended."
    return ""


def _answer(child: SpawnProcess, receiver: Connection, task: Task, limits: Limits) -> RecommenderCost:
    try:
        answer = receiver.recv()
    except EOFError:
        child.join()
        return _refused(task, _last_words(child.exitcode or 0, limits), ended=True)
    return answer if isinstance(answer, RecommenderCost) else _refused(task, str(answer))


def _last_words(status: int, limits: Limits) -> str:
    if sys.platform != "win32" and status == -signal.SIGXCPU:
        return f"It took more than {limits.cpu_s:.0f} s of CPU time and was ended."
    if sys.platform != "win32" and status == -signal.SIGKILL:
        return "The system ended it, most likely for want of memory."
    return f"It failed with status {status}; what it said stands above."


def _refused(task: Task, sentence: str, *, ended: bool = False) -> RecommenderCost:
    return RecommenderCost(task.method, task.size, note=sentence, ended=ended)


def _work(sender: Connection, task: Task, cpu_s: float) -> None:
    """What the child does: one answer, figures or a sentence."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to answer
    threading.Thread(target=_end_with_parent, daemon=True).start()
    if sys.platform != "win32":
        import resource

        whole = math.ceil(cpu_s)
        resource.setrlimit(resource.RLIMIT_CPU, (whole, whole + 5))
    try:
        sender.send(measured(task))
    except UserFacing as refusal:
        sender.send(str(refusal))


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


def _resident_mb(pid: int) -> float:
    """What a process holds now, in MiB; 0 where nobody can say."""
    with suppress(OSError, ValueError, IndexError), open(f"/proc/{pid}/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20
    return 0.0
