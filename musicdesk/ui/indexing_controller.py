"""Scan and analysis as one piece of long work, with pause and stop in the lower left corner."""

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog

from musicdesk.desk.desk import Desk
from musicdesk.jobs import Job
from musicdesk.records import Coverage, ScanReport, printable
from musicdesk.ui.analysis_status import Work
from musicdesk.ui.tasks import Tasks
from musicdesk.ui.workspace import TAB_COVERAGE, Workspace


class IndexingController(QObject):
    """Starts, holds and ends the one job; asked again meanwhile, it starts anew when the first is done."""

    working = Signal(bool)

    def __init__(self, desk: Desk, *, tasks: Tasks, window: Workspace) -> None:
        super().__init__(window)
        self._desk, self._tasks, self._window = desk, tasks, window
        self._job: Job | None = None
        self._next: list[str] | None = None
        status = window.library.status
        status.pause_asked.connect(self.pause)
        status.stop_asked.connect(self.stop)
        status.start_asked.connect(lambda: self._start(None))
        status.coverage_asked.connect(lambda: window.show_tab(TAB_COVERAGE))
        tasks.progressed.connect(status.set_progress)
        window.coverage.retry_asked.connect(self.retry)
        window.folders_dropped.connect(self.add)
        for name, do in (
            ("add_folder", self._ask), ("rescan", lambda: self.add(())), ("pause_analysis", self.pause),
        ):  # fmt: skip
            window.actions_.on(name, do)

    @property
    def job(self) -> Job | None:
        """What is under way."""
        return self._job

    def _ask(self) -> None:
        folder = QFileDialog.getExistingDirectory(self._window, "Where is your music?")
        if folder:
            self.add([folder])

    def add(self, folders: Sequence[str]) -> None:
        """Add folders (none: look through all that are known), then listen to what is new."""
        if self._job is not None:
            self._next = [*(self._next or []), *folders]
            if folders:
                names = ", ".join(printable(folder) for folder in folders)
                self._window.notice.say(f"{names} comes next, when this is done.", brief=True)
            return
        self._start(list(folders))

    def retry(self) -> None:
        """Try the failed files once more."""
        self._tasks.write(self._desk.indexing.retry, lambda _: self._start(None) if self._job is None else None)

    def _start(self, folders: list[str] | None) -> None:
        """Scan ``folders`` (empty: all; None: no scan), then analyse."""
        if self._job is not None:
            return

        def work(job: Job) -> tuple[ScanReport | None, Coverage]:
            report = self._desk.indexing.scan(folders, job=job) if folders is not None else None
            return report, self._desk.indexing.analyze(job=job)

        self._job = self._tasks.run(work, self._done, failed=self._failed, stopped=self._ended)
        self._say(Work.RUNNING)
        self.working.emit(True)

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
            self._next = None
            self._job.cancel()
            self._say(Work.STOPPING)

    def _done(self, result: tuple[ScanReport | None, Coverage]) -> None:
        report, coverage = result
        if report is not None and report.found == 0 and not coverage.found:
            self._window.notice.say("There was no music in that folder.", brief=True)
        elif report is not None:
            self._window.notice.say(_told(report, coverage), brief=True)
        self._ended()

    def _failed(self, sentence: str) -> None:
        self._window.notice.say(sentence)
        self._ended()

    def _ended(self) -> None:
        self._job = None
        self._say(Work.IDLE)
        self.working.emit(False)
        if self._next is not None:
            folders, self._next = self._next, None
            self._start(folders)

    def _say(self, work: Work) -> None:
        self._window.library.status.set_work(work)


def _told(report: ScanReport, coverage: Coverage) -> str:
    counts = {"new": report.added, "changed": report.changed, "moved": report.moved, "gone": report.missing}
    news = [f"{count:,} {what}" for what, count in counts.items() if count]
    trouble = coverage.failed + coverage.silent
    failed = f" {trouble:,} could not be heard: see Coverage." if trouble else ""
    return f"{coverage.usable:,} tracks are ready ({', '.join(news) or 'nothing new'}).{failed}"
