"""Scan and analysis as one piece of long work, held from the lower left corner and from the Coverage page."""

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QFileDialog

from musicdesk.desk.desk import Desk
from musicdesk.jobs import Job, Progress
from musicdesk.records import Coverage, ScanReport, printable
from musicdesk.ui.analysis_status import Work
from musicdesk.ui.tasks import Tasks
from musicdesk.ui.workspace import TAB_COVERAGE, Workspace

WAITING_MS = 30_000
"""When to look again for files that were still being written."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be done: scan folders (empty: all; None: no scan), then listen with an encoder."""

    folders: tuple[str, ...] | None = ()
    encoder: str | None = None
    quiet: bool = False
    """Nobody asked for it: a sentence is said only where there is news."""
    full: bool = False
    """Listen in full, also where a quick listen would come first."""

    def with_(self, other: "Wish") -> "Wish":
        """Both in one go; all folders hold any folder."""
        scans = [wish.folders for wish in (self, other) if wish.folders is not None]
        every = any(not folders for folders in scans)
        folders = () if every else tuple(dict.fromkeys(folder for some in scans for folder in some))
        return Wish(
            folders if scans else None, self.encoder or other.encoder, quiet=self.quiet and other.quiet,
            full=self.full or other.full,
        )  # fmt: skip


@dataclass
class Told:
    """What was said of the job that runs, so that nothing is said twice."""

    notes: set[str] = field(default_factory=set)


class IndexingController(QObject):
    """Starts, holds and ends the one job; asked again meanwhile, it starts anew when the first is done."""

    working = Signal(bool)

    def __init__(self, desk: Desk, *, tasks: Tasks, window: Workspace) -> None:
        super().__init__(window)
        self._desk, self._tasks, self._window = desk, tasks, window
        self._job: Job | None = None
        self._next: Wish | None = None
        self._held = False
        """Stopped by hand: until someone lets it go on, nothing listens by itself."""
        self._told = Told()
        self._wish = Wish()
        self._again = QTimer(self, singleShot=True, interval=WAITING_MS)
        self._again.timeout.connect(lambda: self.look(()))
        status, page = window.library.status, window.coverage
        for panel in (status, page.work):
            panel.pause_asked.connect(self.pause)
            panel.stop_asked.connect(self.stop)
            tasks.progressed.connect(panel.set_progress)
        tasks.progressed.connect(self._say_note)
        status.start_asked.connect(self.go_on)
        page.start_asked.connect(self.go_on)
        status.coverage_asked.connect(lambda: window.show_tab(TAB_COVERAGE))
        window.folders_dropped.connect(self.add)
        for name, do in (
            ("add_folder", self._ask), ("rescan", lambda: self.add(())), ("pause_analysis", self.pause),
        ):  # fmt: skip
            window.actions_.on(name, do)

    @property
    def job(self) -> Job | None:
        """What is under way."""
        return self._job

    # ------------------------------------------------------------------ start

    def _ask(self) -> None:
        folder = QFileDialog.getExistingDirectory(self._window, "Where is your music?")
        if folder:
            self.add([folder])

    def add(self, folders: Sequence[str]) -> None:
        """Add folders (none: look through all that are known), then listen to what is new."""
        if self._job is not None and folders:
            names = ", ".join(printable(folder) for folder in folders)
            self._window.notice.say(f"{names} comes next, when this is done.", brief=True)
        self.wish(Wish(tuple(folders)))

    def look(self, folders: Iterable[str]) -> None:
        """Look through folders (none: all) because something may have changed there; says only news."""
        self.wish(Wish(tuple(folders), quiet=True))

    def go_on(self, encoder: str = "") -> None:
        """Listen to what is left, with the encoder in use or with this one."""
        coverage = self._window.coverage.coverage
        self.wish(Wish(None, encoder or None, full=not coverage.todo and coverage.quick > 0))

    def wish(self, wish: Wish) -> None:
        """Do this now, or next if something is under way."""
        if self._desk.read_only:
            self._window.notice.say(self._desk.read_only, brief=True) if not wish.quiet else None
        elif self._job is not None:
            self._next = self._next.with_(wish) if self._next else wish
        else:
            self._start(wish)

    def _start(self, wish: Wish) -> None:
        self._wish, self._told = wish, Told()
        self._held = self._held and wish.quiet
        self._again.stop()
        held = self._held

        def work(job: Job) -> tuple[ScanReport | None, Coverage]:
            indexing = self._desk.indexing
            folders = self._there(wish)
            report = None if folders is None else indexing.scan(folders, job=job)
            if held:
                return report, indexing.coverage()
            return report, indexing.analyze(encoder=wish.encoder, quick=False if wish.full else None, job=job)

        self._job = self._tasks.run(work, self._done, failed=self._failed, stopped=self._ended)
        self._say(Work.RUNNING)
        self.working.emit(True)

    def _there(self, wish: Wish) -> Sequence[str] | None:
        """The folders to scan (none: all; None: no scan); of those nobody asked for, what is still there and ours."""
        if not wish.quiet or not wish.folders:
            return wish.folders
        sources = [source.path.rstrip(os.sep) + os.sep for source in self._desk.indexing.sources() if source.online]
        ours = (folder for folder in wish.folders if f"{folder}{os.sep}".startswith(tuple(sources)))
        return tuple(folder for folder in ours if os.path.isdir(folder)) or None

    # ------------------------------------------------------------------ hold

    def pause(self) -> None:
        """Hold, or go on."""
        job = self._job
        if job is None:
            return
        if job.paused:
            job.resume()
        else:
            job.pause()
        self._say(Work.PAUSED if job.paused else Work.RUNNING)

    def stop(self) -> None:
        """Stop; what is done stays."""
        if self._job is not None:
            self._next, self._held = None, True
            self._job.cancel()
            self._say(Work.STOPPING)

    # ------------------------------------------------------------------ end

    def _done(self, result: tuple[ScanReport | None, Coverage]) -> None:
        report, coverage = result
        sentence = news(report, coverage) if report is not None else ""
        if sentence and (not self._wish.quiet or _changed(report)):
            self._window.notice.say(sentence, brief=True)
        if report is not None and report.waiting:
            self._again.start()
        self._ended()

    def _failed(self, sentence: str) -> None:
        self._window.notice.say(sentence)
        self._ended()

    def _ended(self) -> None:
        self._job = None
        self._say(Work.IDLE)
        self.working.emit(False)
        if self._next is not None:
            wish, self._next = self._next, None
            self._start(wish)

    def _say(self, work: Work) -> None:
        self._window.library.status.set_work(work)
        self._window.coverage.set_work(work)

    def _say_note(self, progress: Progress) -> None:
        """A thing worth telling, once, where it is seen from every page."""
        if progress.note and progress.note not in self._told.notes:
            self._told.notes.add(progress.note)
            self._window.notice.say(progress.note, brief=True)


def _changed(report: ScanReport | None) -> bool:
    return report is not None and bool(report.added or report.changed or report.moved or report.missing)


def news(report: ScanReport, coverage: Coverage) -> str:
    """What a scan and the analysis after it brought, in a sentence or two."""
    if report.found == 0 and not coverage.found:
        return "There was no music in that folder."
    counts = {"new": report.added, "changed": report.changed, "moved": report.moved, "gone": report.missing}
    parts = ", ".join(f"{count:,} {what}" for what, count in counts.items() if count)
    sentences = [f"{coverage.usable:,} tracks are ready ({parts or 'nothing new'})."]
    if trouble := coverage.failed + coverage.silent:
        sentences.append(f"{trouble:,} could not be heard: see Coverage.")
    if waiting := len(report.waiting):
        sentences.append(f"{waiting:,} {'is' if waiting == 1 else 'are'} still being copied and will come in later.")
    return " ".join(sentences)
