"""What is on the disk, and what the encoders make of it: scan, analyse, coverage, failures, exclude, watch."""

import csv
import os
import sys
from collections.abc import Callable, Collection, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from musicdesk.desk.analysis import Analysing
from musicdesk.desk.modelling import Modelling
from musicdesk.desk.scanning import Scanning, absolute, sources_of
from musicdesk.desk.snapshot import Snapshots
from musicdesk.desk.sorting_out import SortingOut
from musicdesk.encoders.base import EncoderSpec
from musicdesk.errors import Ambiguous, BadRequest, DataFolderError, NotFound
from musicdesk.events import Events
from musicdesk.jobs import Job
from musicdesk.library.watch import Watch
from musicdesk.records import Coverage, Failure, Kind, ScanReport, Source, Track, printable
from musicdesk.settings import Folders, Settings
from musicdesk.store.costs import CostStore
from musicdesk.store.tracks import TrackStore
from musicdesk.store.vectors import VectorStore
from musicdesk.whole_files import whole

if TYPE_CHECKING:
    from musicdesk.encoders.analysing import Plan

__all__ = ["Indexing", "Watch"]


class Indexing:
    """Keeps the store true to the disk."""

    def __init__(
        self,
        *,
        tracks: TrackStore,
        vectors: VectorStore,
        costs: CostStore,
        modelling: Modelling,
        snapshots: Snapshots,
        folders: Folders,
        events: Events,
        settings: Callable[[], Settings],
        must_write: Callable[[], None],
        finished: Callable[[], None],
        scanned: Callable[[Job], None],
        now: Callable[[], float],
    ) -> None:
        self._tracks, self._vectors, self._modelling = tracks, vectors, modelling
        self._folders, self._events, self._settings, self._now = folders, events, settings, now
        self._must_write, self._scanned = must_write, scanned
        self.listening = False
        """Whether an analysis goes on here."""
        self._scanning = Scanning(tracks=tracks, events=events, workers=self.workers, now=now)
        self._analysing = Analysing(vectors=vectors, costs=costs, events=events, finished=finished, now=now)
        self._sorting_out = SortingOut(tracks=tracks, vectors=vectors, snapshots=snapshots, events=events, now=now)

    # ------------------------------------------------------------------------------------------ the disk

    def sources(self) -> tuple[Source, ...]:
        """The folders that the person added."""
        return sources_of(self._tracks)

    def scan(self, folders: Sequence[str] = (), *, job: Job) -> ScanReport:
        """Bring the store up to date with ``folders``, or with all sources; a folder in no source becomes one.

        A source that is offline keeps everything; raises NotFound for a missing folder that is new.
        """
        self._must_write()  # before any file is read in vain
        report = self._scanning.scan(folders, job=job)
        if report.added or report.changed:
            self._scanned(job)
        return report

    def make_demo(self, folder: Path, *, job: Job) -> tuple[Path, ...]:
        """Write the demo library into ``folder``, or check that it is there."""
        from musicdesk.library.demo import make_demo  # its filters cost a second of importing, for the demo alone

        return make_demo(folder, job=job)

    def forget(self, folder: str) -> None:
        """Remove a source; its tracks leave the lists, what was learned of their sound stays."""
        self._tracks.remove_source(absolute(folder))
        self._events.library_changed.emit(None)

    def watch(
        self, due: Callable[[frozenset[str]], None], *, say: Callable[[str], None] = lambda _: None, first: bool = False
    ) -> Watch:
        """Watch the sources; ``first`` asks for all of them at once, for what changed while nobody watched.

        ``due`` is called with folders to scan, ``say`` with a sentence about what cannot be watched, both on a thread
        of the watch, which must be closed.
        """
        minutes = self._settings().rescan_minutes
        folders = [source.path for source in self._tracks.sources()]
        return Watch(folders, due=due, say=say, first=first, every_s=60.0 * minutes if minutes > 0 else None)

    # ------------------------------------------------------------------------------------------ the analysis

    def analyze(
        self,
        *,
        encoder: str | None = None,
        workers: int | None = None,
        device: str | None = None,
        quick: bool | None = None,
        pace: float | None = None,
        nice: int | None = None,
        job: Job,
    ) -> Coverage:
        """Encode every sound that has no vector yet, in worker processes; what is done stays when it stops.

        ``quick``: True listens quickly only, False in full only, None as the settings say. For an encoder that stands
        on another's rows the other one listens, in full. Raises ModelUnavailable.
        """
        if workers is not None and workers < 1:
            raise BadRequest("The number of workers must be 1 or more.")
        self._must_write()
        from musicdesk.encoders.analysing import Plan  # decoders and transforms, which no start should wait for

        settings = self._settings()
        spec = self._modelling.spec(encoder)
        self._modelling.verify(spec.key.name)
        if base := self._modelling.derived_from(spec.key.name):
            self.analyze(encoder=base, workers=workers, device=device, quick=False, pace=pace, nice=nice, job=job)
        plan = Plan(
            encoder=spec.key.name,
            models=self._folders.models,
            workers=workers or self.workers(),
            device=device or settings.device,
            pace=min(1.0, max(0.05, settings.pace if pace is None else pace)),
            nice=min(19, max(0, settings.nice if nice is None else nice)),
        )
        quick = quick if quick is not None or settings.quick_first else False
        if self._listened(spec, plan, quick, job) and spec.key.name == self._modelling.encoder():
            self._sorting_out.refresh(job=job)
        return self.coverage(spec.key.name)

    def _listened(self, spec: EncoderSpec, plan: "Plan", quick: bool | None, job: Job) -> bool:
        """Whether there was anything to listen to."""
        self.listening = True
        try:
            return self._analysing.run(spec, plan=plan, quick=quick, job=job)
        finally:
            self.listening = False

    def coverage(self, encoder: str | None = None) -> Coverage:
        """How much of the library is analysed; the counts add up to the files found."""
        return self._vectors.coverage(self._modelling.spec(encoder).key, now=self._now())

    def coverages(self) -> tuple[Coverage, ...]:
        """The coverage of every encoder that has listened or can, the one in use first.

        One that listens in another's place, with other settings, stands there only once it has listened.
        """
        used, heard = self._modelling.encoder(), self._vectors.encoders()
        known = [m for m in self._modelling.models() if m.name in heard or (m.installed and not m.variant_of)]
        known.sort(key=lambda model: model.name != used)
        found = self._vectors.coverages([self._modelling.spec(m.name).key for m in known], now=self._now())
        able = {model.name for model in known if model.installed}
        return tuple(c for c in found if c.encoder in able or c.usable or c.stale or c.failures)

    def retry(self, encoder: str | None = None, failures: Sequence[Failure] | None = None) -> int:
        """Forget failures (all, or these), so that the next analysis tries those files again; says how many.

        Files that could not even be identified are read again by the next scan.
        """
        chosen = self.coverage(encoder).failures if failures is None else failures
        hashes = None if failures is None else [f.audio_hash for f in failures if f.audio_hash]
        unread = [f.track_id for f in chosen if not f.audio_hash]
        count = self._vectors.clear_failures(self._modelling.spec(encoder).key, hashes)
        self._tracks.doubt(unread)
        self._events.analysis_changed.emit(None)
        return count + len(unread)

    def export_failures(self, path: Path, encoder: str | None = None) -> int:
        """Write the ledger as CSV (UTF-8: path, state, reason, encoder, noted, attempts, next_try); how many lines."""
        failures = self.coverage(encoder).failures
        try:
            with whole(path) as new, new.open("w", encoding="utf-8", newline="") as file:
                lines = csv.writer(file)
                lines.writerow(("path", "state", "reason", "encoder", "noted", "attempts", "next_try"))
                lines.writerows(
                    (_cell(f.path), f.state.value, f.reason, f.encoder, f.noted, f.attempts, f.retry_after or "")
                    for f in failures
                )
        except OSError as error:
            raise DataFolderError(f"{path} could not be written: {error.strerror}.") from error
        return len(failures)

    def exclude(self, tracks: Sequence[Track], excluded: bool = True) -> None:
        """Keep tracks out of analysis and lists, or take them back in."""
        self._tracks.set_excluded([t.id for t in tracks], excluded)
        self._events.library_changed.emit(None)

    def kinds(self) -> Mapping[Kind, tuple[Track, ...]]:
        """The tracks that people may not want among their music: speech, long mixes, mostly silence."""
        return self._sorting_out.kinds(self._modelling.spec(None).key)

    def duplicates(self) -> tuple[tuple[Track, ...], ...]:
        """Groups of files that hold the same recording, whatever their encoding; the longest group first."""
        return self._sorting_out.duplicates(self._modelling.spec(None).key)

    # ------------------------------------------------------------------------------------------ the tracks

    def tracks(self, query: str = "") -> Sequence[Track]:
        """The library, or the tracks whose title, artist, album or own tags hold all words of ``query``."""
        return self._tracks.search(query) if query.strip() else self._tracks.all()

    def find(self, reference: str) -> Track:
        """The one track meant by an id, a path or words."""
        if os.path.exists(reference):
            reference = absolute(reference)
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

    def workers(self) -> int:
        """Half the cores, unless the settings say otherwise."""
        return self._settings().workers or max(1, _cores() // 2)


def _cores() -> int:
    """The cores this process may use."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1


def _cell(path: str) -> str:
    """A path as text that no spreadsheet takes for a formula."""
    text = printable(path)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@") else text
