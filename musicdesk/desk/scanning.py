"""Keeps the store true to the disk: folders, files, tags; nothing is lost because a file or a disk went away.

Files are read in worker processes: a file that crashes or hangs a parser costs that file alone, and the window's own
process never waits for a tag.
"""

import os
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import replace

from musicdesk.audio.worker import Crash, Pool
from musicdesk.errors import NotFound
from musicdesk.events import Events
from musicdesk.jobs import Job
from musicdesk.library.scan import Changes, changes, scan_file
from musicdesk.library.settling import settled
from musicdesk.library.walk import walk
from musicdesk.records import FoundFile, KnownFile, ScannedFile, ScanReport, Source, printable
from musicdesk.store.tracks import TrackStore

BATCH = 100
"""Files of one commit."""
FILES_A_WORKER = 50
"""For fewer files another worker would take longer to start than it saves."""
FILE_LIMIT_S = 60.0
MEMORY_MB = 1024
"""What reading one file's tags may take beyond what a worker needs anyway."""
STABLE_S = 1.5
"""A file that changed so short a time ago may still be copied: it is looked at again before it is read."""


class Scanning:
    """Looks at folders and writes down what changed."""

    def __init__(
        self, *, tracks: TrackStore, events: Events, workers: Callable[[], int], now: Callable[[], float]
    ) -> None:
        self._tracks, self._events, self._workers, self._now = tracks, events, workers, now

    def scan(self, folders: Sequence[str] = (), *, job: Job) -> ScanReport:
        """Bring the store up to date with ``folders``, or with all sources; a folder in no source becomes one.

        A source that is offline keeps everything; raises NotFound for a missing folder that is new.
        """
        began = time.monotonic()
        wanted = self._wanted(folders)
        known_folders = [source.path for source in self._tracks.sources()]
        for folder in wanted:
            if not is_under(folder, known_folders):
                self._tracks.add_source(folder)
        unread: list[ScannedFile] = []
        job.begin("Looking for music")
        found = list(_counted(walk(wanted, on_skip=lambda path, why: unread.append(_unread(path, why))), job))
        offline = self._offline(wanted, found)
        here = [folder for folder in wanted if folder not in offline]
        known = [file for file in self._tracks.files() if is_under(file.path, here)]
        change, growing = self._complete(changes(found, known, unread=[skipped.file.path for skipped in unread]))
        report = self._apply(change, known=known, job=job)
        self._events.library_changed.emit(None)
        seconds = time.monotonic() - began
        away = (*offline, *(s.path for s in self._tracks.sources() if not s.online))
        return replace(
            report, found=len(found), problems=(*report.problems, *unread), seconds=seconds,
            waiting=growing, offline=tuple(dict.fromkeys(away)),
        )  # fmt: skip

    def _complete(self, change: Changes) -> tuple[Changes, tuple[str, ...]]:
        """The changes without files that somebody is still writing, and the paths of those."""
        fresh = (*change.new, *change.changed)
        _, growing = settled(fresh, stable_s=STABLE_S, now_ns=lambda: int(self._now() * 1e9))
        paths = {file.path for file in growing}
        new = tuple(file for file in change.new if file.path not in paths)
        changed = tuple(file for file in change.changed if file.path not in paths)
        return replace(change, new=new, changed=changed), tuple(sorted(paths))

    def _wanted(self, folders: Sequence[str]) -> list[str]:
        if not folders:
            return [source.path for source in self._tracks.sources() if source.online]
        for folder in folders:
            if not os.path.isdir(folder):
                raise NotFound(f"There is no folder {printable(folder)}. Check the name, or plug the drive in.")
        return [absolute(folder) for folder in folders]

    def _offline(self, wanted: Sequence[str], found: Sequence[FoundFile]) -> tuple[str, ...]:
        """Folders that hold nothing at all now but held music before: the place where a disk should be."""
        counts = {source.path: source.tracks for source in self._tracks.sources()}
        empty = [f for f in wanted if counts.get(f) and not any(is_under(file.path, [f]) for file in found)]
        return tuple(folder for folder in empty if not _has_entries(folder))

    def _apply(self, change: Changes, *, known: Sequence[KnownFile], job: Job) -> ScanReport:
        gone = {file.id for file in change.gone}
        rewritten = {file.path for file in change.changed}
        # a row whose file is gone or holds another sound now may be taken over by the file that has its sound
        free = gone | {file.id for file in known if file.path in rewritten}
        back = [FoundFile(f.path, f.size_bytes, f.mtime_ns) for f in change.back]
        saving = _Saving(self._tracks, now=self._now, free=tuple(free))
        try:
            for scanned in self._read([*change.new, *change.changed, *back], job):
                saving.take(scanned)
        finally:
            saving.commit()
        missing = self._mark_missing(known, gone)
        return replace(saving.report, missing=missing)

    def _read(self, files: Sequence[FoundFile], job: Job) -> Iterator[ScannedFile]:
        """Identity and tags of files, read in worker processes."""
        job.begin("Reading tags", total=len(files))
        workers = min(self._workers(), 1 + len(files) // FILES_A_WORKER)
        with Pool(scan_file, workers=workers, limit_s=FILE_LIMIT_S, memory_mb=MEMORY_MB) as pool:
            for file, result in pool.run(files):
                yield ScannedFile(file, problem=result.reason) if isinstance(result, Crash) else result
                job.advance()

    def _mark_missing(self, known: Sequence[KnownFile], gone: Collection[int]) -> int:
        """Mark what is gone and was not taken over by a moved file."""
        before = {file.id: file.path for file in known if file.id in gone}
        still = [i for i, track in self._tracks.many(gone).items() if track.path == before[i]]
        self._tracks.mark_missing(still)
        return len(still)


class _Saving:
    """Commits scanned files in small batches and counts what that did."""

    def __init__(self, tracks: TrackStore, *, now: Callable[[], float], free: tuple[int, ...]) -> None:
        self._tracks, self._now, self._free = tracks, now, free
        self._batch: list[ScannedFile] = []
        self.report = ScanReport()

    def take(self, scanned: ScannedFile) -> None:
        """Keep a file."""
        if scanned.problem:
            self.report = replace(self.report, problems=(*self.report.problems, scanned))
        self._batch.append(scanned)
        if len(self._batch) >= BATCH:
            self.commit()

    def commit(self) -> None:
        """Write the batch and empty it."""
        if not self._batch:
            return
        self._batch.sort(key=lambda scanned: scanned.file.path)  # several workers answer in any order
        saved = self._tracks.save(self._batch, now=self._now(), gone=self._free)
        before = self.report
        self.report = replace(
            before, added=before.added + saved.added, changed=before.changed + saved.changed,
            moved=before.moved + saved.moved,
        )  # fmt: skip
        self._batch.clear()


def sources_of(tracks: TrackStore) -> tuple[Source, ...]:
    """The folders that the person added; one that stands empty where its disk should be is offline."""
    return tuple(
        replace(source, online=False) if source.online and source.tracks and not _has_entries(source.path) else source
        for source in tracks.sources()
    )


def absolute(folder: str) -> str:
    """Absolute, without resolving symbolic links: the person's own name for the place."""
    return os.path.abspath(folder)


def is_under(path: str, folders: Sequence[str]) -> bool:
    """Whether a file lies below one of the folders."""
    return any(path.startswith(folder.rstrip(os.sep) + os.sep) for folder in folders)


def _has_entries(folder: str) -> bool:
    try:
        with os.scandir(folder) as listing:
            return next(listing, None) is not None
    except OSError:
        return False


def _counted(found: Iterable[FoundFile], job: Job) -> Iterator[FoundFile]:
    for file in found:
        yield file
        job.advance()


def _unread(path: str, why: str) -> ScannedFile:
    return ScannedFile(FoundFile(path, 0, 0), problem=why)
