"""The fault run: the real program over hundreds of bad files among good ones, killed again and again.

What is promised, and counted here: every good file ends up analysed and no result is ever lost or made twice; a bad
file costs itself alone and is not tried again; nothing is left behind by a kill; the counts add up.
"""

import json
import math
import os
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from musicdesk.encoders import registry
from musicdesk.errors import UserFacing
from musicdesk.evaluation.bad_files import BadFile, make
from musicdesk.evaluation.child_program import ChildProgram, Run
from musicdesk.jobs import Job
from musicdesk.records import State
from musicdesk.store.database import Database
from musicdesk.store.tracks import TrackStore
from musicdesk.store.vectors import VectorStore

__all__ = ["BadFile", "FaultReport", "Surprise", "make", "run"]

ENCODER = "handcrafted"
HEARD = "heard"
"""There is a vector, of the whole or of a part."""
_KEPT = (HEARD, State.SILENT.value, State.FAILED.value)
_STATES = ("ok", "partial", "silent", "failed", "excluded", "pending", "stale")
_MOST_RUNS = 3
"""Runs for each kill that is wanted; some are over before the moment comes."""


@dataclass(frozen=True, slots=True)
class Surprise:
    """A file that came out in another state than any that is right for it."""

    path: str
    kind: str
    expect: tuple[str, ...]
    state: str
    reason: str


@dataclass(frozen=True, slots=True)
class FaultReport:
    """What a fault run found. The tuples of paths and sentences are empty if all went well."""

    bad: int
    good: int
    good_heard: int
    kills: int
    """SIGKILLs of the whole program."""
    worker_kills: int
    """SIGKILLs of a worker alone; the file it had counts as failed until it is tried again on request."""
    starts: int
    listened: int
    """Times that a file was listened to before the last run on request."""
    listened_again: int
    """Of those: once more, because a kill came before the result was kept."""
    most_again: int
    """The most that one kill cost."""
    states: Mapping[str, int]
    lost: tuple[str, ...]
    """Files whose result was there and then was not."""
    retried: tuple[str, ...]
    """Files that were listened to again although their result was kept."""
    surprises: tuple[Surprise, ...]
    crashes: tuple[str, ...]
    """What the program said when it ended in another way than asked to."""
    left_behind: tuple[str, ...]
    """Temporary files and processes."""
    sums: tuple[str, ...]
    """Where the counts do not add up."""
    peak_mb: float
    wall_s: float

    @property
    def problems(self) -> tuple[str, ...]:
        """Everything that should not be, as sentences."""
        missing = self.good - self.good_heard
        return (
            *((f"{missing} of {self.good} good files have no vector.",) if missing else ()),
            *(f"{path}: its result was lost." for path in self.lost),
            *(f"{path}: it was tried again without a reason." for path in self.retried),
            *(f"{s.path} ({s.kind}): {s.state}, not {' or '.join(s.expect)}. {s.reason}" for s in self.surprises),
            *self.crashes, *self.left_behind, *self.sums,
        )  # fmt: skip


def run(
    folder: Path,
    *,
    count: int = 500,
    good: int = 40,
    kills: int = 20,
    worker_kills: int = 5,
    cover_mb: int = 50,
    workers: int = 2,
    rng: np.random.Generator,
    job: Job,
) -> FaultReport:
    """Make the files in a new sub-folder of ``folder``, then scan and analyse them, killing the program at random.

    A first fifth of the kills falls into the scan. Takes some minutes with 500 files; the files stay in ``folder``.
    """
    began = time.monotonic()
    job.begin("Making bad files")
    files = make(folder / "music", count=count, good=good, cover_mb=cover_mb, rng=rng)
    ordeal = _Ordeal(folder, files, workers=workers, rng=rng, job=job)
    ordeal.kill_scans(math.ceil(kills / 5))
    ordeal.kill_analyses(kills - ordeal.kills, worker_kills)
    ordeal.finish()
    return ordeal.report(time.monotonic() - began)


class _Ordeal:
    """One fault run under way."""

    def __init__(
        self, folder: Path, files: Sequence[BadFile], *, workers: int, rng: np.random.Generator, job: Job
    ) -> None:
        self._data, self._music, self._files = folder / "data", folder / "music", files
        self._workers, self._rng, self._job = str(workers), rng, job
        self._data.mkdir(parents=True)
        (self._data / "settings.toml").write_text(f'encoder = "{ENCODER}"\n', encoding="utf-8")
        self._program = ChildProgram(self._data, folder / "traces")
        self._kept: dict[str, str] = {}
        self._again = Counter[str]()
        self._costs: list[int] = []
        self.kills, self._worker_kills, self._listened, self._listened_again = 0, 0, 0, 0
        self._lost: list[str] = []
        self._retried: list[str] = []
        self._crashes: list[str] = []
        self._left: list[str] = []
        self._sums: list[str] = []

    # ------------------------------------------------------------------------------------------ the runs

    def kill_scans(self, kills: int) -> None:
        """Scan, killed at random moments, and then once to the end."""
        for _ in range(kills):
            self._killed(["scan", str(self._music)], _Moment(0, self._rng.uniform(0.3, 4.0)))
        self._whole(["scan", str(self._music)])

    def kill_analyses(self, kills: int, worker_kills: int) -> None:
        """Analyse, killed at random places of what is left to do."""
        wanted, workers = self.kills + kills, worker_kills
        for _ in range(_MOST_RUNS * kills):
            if self.kills >= wanted:
                break
            left = sum(state == State.PENDING.value for state in self._kept.values())
            after = int(self._rng.integers(0, 2 * left // (wanted - self.kills + 1) + 1))
            moment = _Moment(after, self._rng.uniform(0, 1.0 if left else 3.0))
            if workers and left:
                workers -= 1
                moment.worker_after = int(self._rng.integers(0, after + 1))
            self._killed(["analyze", "--full", "--workers", self._workers], moment)
            self._worker_kills += moment.worker_kills

    def finish(self) -> None:
        """The rest in peace; what a killed worker had, on request; then nothing must be left to do."""
        analyze = ["analyze", "--full", "--workers", self._workers]
        self._whole(analyze)
        self._listened = len(self._program.visits())
        if self._worker_kills:
            self._kept = {path: state for path, state in self._kept.items() if state == HEARD}
            self._whole([*analyze, "--retry"])
        self._whole(["scan"])
        self._whole(analyze)

    def _killed(self, arguments: list[str], moment: "_Moment") -> None:
        done = self._run(arguments, moment)
        if done.code == -9 and moment.struck:
            self.kills += 1
            self._costs.append(self._account(done))
        else:
            self._ended(arguments, done)
        self._inspect(arguments)

    def _whole(self, arguments: list[str]) -> None:
        self._ended(arguments, self._run(arguments, None))
        self._inspect(arguments)

    def _run(self, arguments: list[str], moment: "_Moment | None") -> Run:
        self._job.begin(f"{self.kills} kills so far: {arguments[0]}")
        kill = None if moment is None else lambda heard: moment(heard, self._program)
        done = self._program.run(*arguments, "--json", kill=kill)
        self._left += [f"{arguments[0]} left {done.left} processes behind."] if done.left else []
        return done

    def _ended(self, arguments: list[str], done: Run) -> None:
        """A run that ended by itself must have ended well."""
        self._account(done)
        if done.timed_out or done.code != 0 or "Traceback" in done.complaint:
            how = "took too long" if done.timed_out else f"ended with {done.code}"
            self._crashes.append(f"{' '.join(arguments)} {how}: {done.complaint[-600:]}")

    # ------------------------------------------------------------------------------------------ what is kept

    def _account(self, done: Run) -> int:
        """Note what was listened to again, and what of it without need; how many files twice."""
        heard = Counter(visit.path for visit in done.visits)
        self._retried += [path for path in heard if self._kept.get(path) in _KEPT]
        self._retried += [path for path, times in heard.items() if times > 1]
        again = sum(1 for path in heard if self._again[path])
        self._again.update(heard)
        self._listened_again += again
        return sum(1 for path in heard if path not in self._states_now())

    def _inspect(self, arguments: list[str]) -> None:
        """Compare what is kept now with what was kept before, and see that the counts add up."""
        now = self._states_now(pending=True)
        gone = [path for path, state in self._kept.items() if state in _KEPT and now.get(path) not in _KEPT]
        self._lost += gone if "--retry" not in arguments else []
        self._kept = now
        if now:
            self._check_sums(self._program.run("status", "--json"))

    def _check_sums(self, done: Run) -> None:
        if done.code != 0:
            self._crashes.append(f"status ended with {done.code}: {done.complaint[-600:]}")
            return
        said: dict[str, Any] = json.loads(done.output)
        total = sum(said[state] for state in _STATES)
        if not said["found"] == total == len(self._kept):
            self._sums.append(f"{said['found']} found, {total} counted, {len(self._kept)} in the library.")

    def _states_now(self, *, pending: bool = False) -> dict[str, str]:
        """The state of every file that the database knows; without ``pending``, of those that are done with."""
        try:
            with Database.open(self._data, read_only=True) as database:
                states = _states(database)
        except UserFacing:  # killed before there was a database
            return {}
        return {path: state for path, state in states.items() if pending or state in _KEPT}

    # ------------------------------------------------------------------------------------------ what came of it

    def report(self, wall_s: float) -> FaultReport:
        """Everything that was counted."""
        said: dict[str, Any] = json.loads(self._program.run("status", "--json").output)
        reasons = {failure["path"]: failure["reason"] for failure in said["failures"]}
        good = [file for file in self._files if file.kind == "good"]
        left = [f"A temporary file was left: {name}" for name in self._program.temporary_files]
        return FaultReport(
            bad=len(self._files) - len(good),
            good=len(good),
            good_heard=sum(self._kept.get(file.path) == HEARD for file in good),
            kills=self.kills,
            worker_kills=self._worker_kills,
            starts=self._program.starts,
            listened=self._listened,
            listened_again=self._listened_again,
            most_again=max(self._costs, default=0),
            states={state: said[state] for state in _STATES},
            lost=tuple(dict.fromkeys(self._lost)),
            retried=tuple(dict.fromkeys(self._retried)),
            surprises=tuple(s for file in self._files if (s := _surprise(file, self._kept, reasons))),
            crashes=tuple(self._crashes),
            left_behind=(*self._left, *left),
            sums=tuple(self._sums),
            peak_mb=self._program.peak_mb,
            wall_s=wall_s,
        )


class _Moment:
    """When a run is to be killed: so many seconds after so many files; a worker of it perhaps before."""

    def __init__(self, after: int, delay_s: float) -> None:
        self._after, self._delay_s = after, delay_s
        self._due_s = math.inf
        self.worker_after: int | None = None
        self.worker_kills = 0
        self.struck = False

    def __call__(self, heard: int, program: ChildProgram) -> bool:
        if self.worker_after is not None and heard >= self.worker_after and program.kill_a_worker():
            self.worker_after, self.worker_kills = None, 1
        if heard >= self._after and self._due_s == math.inf:
            self._due_s = time.monotonic() + self._delay_s
        self.struck = time.monotonic() >= self._due_s
        return self.struck


def _states(database: Database) -> dict[str, str]:
    """Path → heard, silent, failed or pending."""
    key = registry.plugin(ENCODER).spec.key
    vectors = VectorStore(database)
    heard = frozenset(vectors.load(key).hashes)
    failed = {failure.path: failure.state.value for failure in vectors.coverage(key, now=time.time()).failures}
    return {
        track.path: HEARD if track.audio_hash in heard else failed.get(track.path, State.PENDING.value)
        for track in TrackStore(database).all()
    }


def _surprise(file: BadFile, kept: Mapping[str, str], reasons: Mapping[str, str]) -> Surprise | None:
    state = kept.get(os.path.abspath(file.path), "absent")
    meant = {HEARD if state in ("ok", "partial") else state for state in file.expect}
    if state in meant:
        return None
    return Surprise(file.path, file.kind, tuple(sorted(file.expect)), state, reasons.get(file.path, ""))
