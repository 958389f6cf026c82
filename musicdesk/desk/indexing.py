"""What is on the disk, and what the encoder makes of it: scan, analyse, coverage, exclude."""

import os
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path

from musicdesk.audio.worker import Crash
from musicdesk.desk.modelling import Modelling
from musicdesk.encoders.analysing import Request, analysing
from musicdesk.encoders.base import EncoderSpec
from musicdesk.errors import Ambiguous, BadRequest, NotFound
from musicdesk.events import Events
from musicdesk.jobs import Job
from musicdesk.library.scan import Changes, changes, scan_file
from musicdesk.library.walk import walk
from musicdesk.records import Analysis, Coverage, FoundFile, ScannedFile, ScanReport, Skipped, Source, State, Track
from musicdesk.settings import Folders
from musicdesk.store.tracks import TrackStore
from musicdesk.store.vectors import VectorStore, fault

BATCH = 16
BATCH_S = 2.0
"""Results are committed after this many files or seconds, whichever comes first."""


class Indexing:
    """Keeps the store true to the disk."""

    def __init__(
        self,
        *,
        tracks: TrackStore,
        vectors: VectorStore,
        modelling: Modelling,
        folders: Folders,
        events: Events,
        workers: Callable[[], int],
        finished: Callable[[], None],
        now: Callable[[], float],
    ) -> None:
        self._tracks, self._vectors, self._modelling = tracks, vectors, modelling
        self._folders, self._events = folders, events
        self._workers, self._finished, self._now = workers, finished, now

    def sources(self) -> tuple[Source, ...]:
        """The folders that the person added."""
        return self._tracks.sources()

    def scan(self, folders: Sequence[str] = (), *, job: Job) -> ScanReport:
        """Bring the store up to date with ``folders`` (added as sources), or with all sources.

        A source that is offline keeps everything; raises NotFound for a missing folder that is new.
        """
        began = time.monotonic()
        wanted = self._wanted(folders)
        for folder in wanted:
            self._tracks.add_source(folder)
        unread: list[ScannedFile] = []
        job.begin("Looking for music")
        found = list(_counted(walk(wanted, on_skip=lambda path, why: unread.append(_unread(path, why))), job))
        known = [t for t in self._tracks.all(include_missing=True) if _is_under(t.path, wanted)]
        report = self._apply(changes(found, known), known=known, job=job)
        self._events.library_changed.emit(None)
        seconds = time.monotonic() - began
        return replace(report, found=len(found), problems=(*report.problems, *unread), seconds=seconds)

    def make_demo(self, folder: Path, *, job: Job) -> tuple[Path, ...]:
        """Write the demo library into ``folder``, or check that it is there."""
        from musicdesk.library.demo import make_demo  # its filters cost a second of importing, for the demo alone

        return make_demo(folder, job=job)

    def forget(self, folder: str) -> None:
        """Remove a source; its tracks leave the lists, what was learned of their sound stays."""
        self._tracks.remove_source(_absolute(folder))
        self._events.library_changed.emit(None)

    def analyze(self, *, encoder: str | None = None, workers: int | None = None, job: Job) -> Coverage:
        """Encode every sound that has no vector yet, in worker processes; what is done stays when it stops."""
        if workers is not None and workers < 1:
            raise BadRequest("The number of workers must be 1 or more.")
        spec = self._modelling.spec(encoder)
        self._modelling.verify(spec.key.name)
        pending = self._vectors.pending(spec.key)
        job.begin(f"Listening with {spec.title}", total=len(pending))
        if pending:
            self._analyze(pending, spec=spec, workers=min(workers or self._workers(), len(pending)), job=job)
            self._finished()
        return self._vectors.coverage(spec.key)

    def coverage(self, encoder: str | None = None) -> Coverage:
        """How much of the library is analysed; the counts add up to the files found."""
        return self._vectors.coverage(self._modelling.spec(encoder).key)

    def retry(self, encoder: str | None = None) -> int:
        """Forget the failures, so that the next analysis tries those files again; says how many there were."""
        count = self._vectors.clear_failures(self._modelling.spec(encoder).key)
        self._events.analysis_changed.emit(None)
        return count

    def exclude(self, tracks: Sequence[Track], excluded: bool = True) -> None:
        """Keep tracks out of analysis and lists, or take them back in."""
        self._tracks.set_excluded([t.id for t in tracks], excluded)
        self._events.library_changed.emit(None)

    def tracks(self, query: str = "") -> tuple[Track, ...]:
        """The library, or the tracks whose title, artist or album hold all words of ``query``."""
        return self._tracks.search(query) if query.strip() else self._tracks.all()

    def find(self, reference: str) -> Track:
        """The one track meant by an id, a path or words."""
        if os.path.exists(reference):
            reference = _absolute(reference)
        found = self._tracks.find(reference)
        if not found:
            raise NotFound(
                f"No track fits “{reference}”. Try a word of its title, or its number from: musicdesk tracks"
            )
        exact = [t for t in found if t.title.casefold() == reference.strip().casefold()]
        distinct = {(t.title.casefold(), t.artist.casefold()): t for t in reversed(exact or found)}
        if len(distinct) > 1:
            names = "; ".join(f"{t.id}: {t.label}" for t in islice(reversed(distinct.values()), 5))
            raise Ambiguous(f"“{reference}” fits {len(distinct)} tracks ({names} …). Give the number instead.")
        return next(iter(distinct.values()))

    def many(self, ids: Collection[int]) -> dict[int, Track]:
        """Tracks by id; unknown ids are left out."""
        return self._tracks.many(ids)

    def _wanted(self, folders: Sequence[str]) -> list[str]:
        if not folders:
            return [source.path for source in self._tracks.sources() if source.online]
        for folder in folders:
            if not os.path.isdir(folder):
                raise NotFound(f"There is no folder {folder}. Check the name, or plug the drive in.")
        return [_absolute(folder) for folder in folders]

    def _apply(self, change: Changes, *, known: Sequence[Track], job: Job) -> ScanReport:
        gone = {track.id for track in change.gone if not track.missing}
        rewritten = {file.path for file in change.changed}
        # a row whose file is gone or holds another sound now may be taken over by the file that has its sound
        free = gone | {track.id for track in known if track.path in rewritten}
        batch: list[ScannedFile] = []
        problems: list[ScannedFile] = []
        added = changed = moved = 0
        back = [FoundFile(t.path, t.size_bytes, t.mtime_ns) for t in change.back]
        todo = [*change.new, *change.changed, *back]

        def commit() -> None:
            nonlocal added, changed, moved
            saved = self._tracks.save(batch, now=self._now(), gone=tuple(free))
            added, changed, moved = added + saved.added, changed + saved.changed, moved + saved.moved
            batch.clear()

        try:
            for found in job.each(todo, text="Reading tags"):
                batch.append(scan_file(found))
                if batch[-1].problem:
                    problems.append(batch[-1])
                if len(batch) >= 100:
                    commit()
        finally:
            commit()
        missing = self._mark_missing(known, gone)
        return ScanReport(added=added, changed=changed, moved=moved, missing=missing, problems=tuple(problems))

    def _mark_missing(self, known: Sequence[Track], gone: set[int]) -> int:
        """Mark what is gone and was not taken over by a moved file."""
        before = {track.id: track.path for track in known}
        still = [i for i, track in self._tracks.many(gone).items() if track.path == before[i]]
        self._tracks.mark_missing(still)
        return len(still)

    def _analyze(self, pending: Sequence[Track], *, spec: EncoderSpec, workers: int, job: Job) -> None:
        models = str(self._folders.models)
        requests = [Request(t.path, t.audio_hash, spec.key.name, models) for t in pending]
        with analysing(spec.key.name, models=self._folders.models, workers=workers) as pool:
            outcomes = (_outcome(request, result, spec) for request, result in pool.run(requests))
            self._commit_batches(outcomes, spec=spec, job=job)

    def _commit_batches(self, outcomes: Iterator[Analysis | Skipped], *, spec: EncoderSpec, job: Job) -> None:
        batch: list[Analysis | Skipped] = []
        committed = time.monotonic()
        try:
            for outcome in outcomes:
                batch.append(outcome)
                if len(batch) >= BATCH or time.monotonic() - committed >= BATCH_S:
                    self._commit(batch, spec)
                    committed = time.monotonic()
                job.advance()
        finally:
            self._commit(batch, spec)

    def _commit(self, batch: list[Analysis | Skipped], spec: EncoderSpec) -> None:
        """Write a batch and empty it."""
        if not batch:
            return
        now = self._now()
        analyses = [outcome for outcome in batch if isinstance(outcome, Analysis)]
        skipped = [outcome for outcome in batch if isinstance(outcome, Skipped)]
        self._vectors.add(analyses, key=spec.key, vocabulary=spec.vocabulary, now=now)
        self._vectors.skip(skipped, key=spec.key, now=now)
        batch.clear()
        self._events.analysis_changed.emit(None)


def _outcome(request: Request, result: Analysis | Skipped | Crash, spec: EncoderSpec) -> Analysis | Skipped:
    """What a worker made of a file; a crash and a vector that means nothing are failures of that file."""
    if isinstance(result, Skipped):
        return result
    why = result.reason if isinstance(result, Crash) else fault(result, spec.vocabulary)
    if isinstance(result, Crash) or why:
        return Skipped(request.audio_hash, request.path, State.FAILED, why)
    return result


def _counted(found: Iterable[FoundFile], job: Job) -> Iterator[FoundFile]:
    for file in found:
        yield file
        job.advance()


def _unread(path: str, why: str) -> ScannedFile:
    return ScannedFile(FoundFile(path, 0, 0), problem=why)


def _absolute(folder: str) -> str:
    """Absolute, without resolving symbolic links: the person's own name for the place."""
    return os.path.abspath(folder)


def _is_under(path: str, folders: Sequence[str]) -> bool:
    return any(path.startswith(folder.rstrip(os.sep) + os.sep) for folder in folders)
