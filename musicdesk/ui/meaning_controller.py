"""The page of words and sound and the desk: what there is, the learning in the background, use and forget."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

from musicdesk.desk.desk import Desk
from musicdesk.jobs import Job
from musicdesk.records.meaning import MeaningReport, MeaningStatus
from musicdesk.ui.found_words import in_the_window
from musicdesk.ui.meaning_words import rolled_back
from musicdesk.ui.models_controller import ModelsController, Question
from musicdesk.ui.tasks import Tasks
from musicdesk.ui.workspace import TAB_MODELS, Workspace

LANE = "meaning"
SETTLING_MS = 300


class MeaningController(QObject):
    """Starts, stops and ends the one learning; it goes on while other pages are looked at."""

    def __init__(self, desk: Desk, *, tasks: Tasks, window: Workspace, models: ModelsController) -> None:
        super().__init__(window)
        self._desk, self._tasks, self._window, self._models = desk, tasks, window, models
        self._page = window.models.meaning
        self._job: Job | None = None
        self._settling = QTimer(self, singleShot=True, interval=SETTLING_MS)
        self._settling.timeout.connect(self._look)
        page = self._page
        window.models.meaning_asked.connect(self.show)
        page.learn_asked.connect(self.learn)
        page.use_asked.connect(lambda: self._change(self._desk.meaning.use))
        page.base_asked.connect(lambda: self._change(self._desk.meaning.use_base))
        page.forget_asked.connect(self._ask_forget)
        page.reader_asked.connect(models.install_reader)
        models.installed.connect(lambda _: self.refresh())
        page.progress.cancel_asked.connect(self.stop)

    @property
    def job(self) -> Job | None:
        """What is under way."""
        return self._job

    # ------------------------------------------------------------------ look

    def show(self) -> None:
        """Look at it."""
        self._window.tabs.setCurrentIndex(TAB_MODELS)
        self._window.models.show_meaning()
        self._look()

    def refresh(self) -> None:
        """Something has changed: look again, soon, if it is looked at."""
        if self._window.models.shows_meaning:
            self._settling.start()

    def _look(self) -> None:
        self._tasks.read(self._known, lambda told: self._show(*told), failed=self._page.notice.say, key="meaning")

    def _known(self) -> tuple[MeaningStatus, str, str]:
        status, used = self._desk.meaning.status(), self._desk.modelling.encoder()
        name = status.report.base if status.report is not None else used
        titles = {model.name: model.title for model in self._desk.modelling.models()}
        return status, used, titles.get(name, "the encoder before")

    def _show(self, status: MeaningStatus, used: str, base: str) -> None:
        self._page.set_status(status, used=used, base=base)

    # ------------------------------------------------------------------ learn

    def learn(self) -> None:
        """Learn from all that is known, or go on."""
        if self._desk.read_only or self._job is not None:
            self._page.notice.say(self._desk.read_only or "It is learning already.", brief=True)
            return
        page, tasks = self._page, self._tasks

        def work(job: Job) -> MeaningReport:
            return self._desk.meaning.learn(
                job, each=lambda stage, losses: tasks.tell(lambda told: page.add_losses(*told), (stage, losses))
            )

        page.begin()
        page.take_focus()
        self._job = tasks.run(
            work, self._learned, failed=self._failed, stopped=self._stopped, lane=LANE, told=page.progress.set_progress
        )
        self._window.models.learning.say("Words and sound are being learned …")

    def stop(self) -> None:
        """Stop; it can go on from there."""
        if self._job is not None:
            self._job.cancel()

    def _learned(self, report: MeaningReport) -> None:
        self._ended()
        undone = rolled_back(report.stages)
        sentence = f"Learned from {report.tracks:,} tracks. {undone}".strip()
        if self._window.tabs.currentIndex() == TAB_MODELS and self._window.models.shows_meaning:
            self._page.notice.say(sentence, brief=not undone)
        else:
            self._window.notice.say(sentence, button="Show", do=self.show)

    def _failed(self, sentence: str) -> None:
        self._ended()
        self._page.notice.say(in_the_window(sentence))

    def _stopped(self) -> None:
        self._ended(stopped=True)
        self._page.notice.say("Stopped; it goes on from there when it is asked to learn on.", brief=True)

    def _ended(self, *, stopped: bool = False) -> None:
        self._job = None
        self._page.end(stopped=stopped)
        self._window.models.learning.say("")
        self._models.refresh()
        self._look()

    # ------------------------------------------------------------------ use and forget

    def _change(self, change: Callable[[], str]) -> None:
        def done(_: str) -> None:
            self._models.refresh()
            self._look()

        self._tasks.write(change, done, failed=lambda sentence: self._page.notice.say(in_the_window(sentence)))

    def _ask_forget(self) -> None:
        status = self._page.status
        box = Question(
            "Forget what was learned?",
            "What words and sounds have to do with each other must be learned anew then. Your choices stay known.",
            self._window, yes="Forget",
        )  # fmt: skip
        box.yes.clicked.connect(lambda: self.forget(status.encoder))
        box.open()

    def forget(self, name: str) -> None:
        """Delete what was learned."""

        def done(_: bool) -> None:
            self._models.refresh()
            self._look()
            self._page.notice.say("What was learned is forgotten.", brief=True)

        self._tasks.write(lambda: self._desk.meaning.forget(name), done, failed=self._page.notice.say)
