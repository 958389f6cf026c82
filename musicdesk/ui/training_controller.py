"""The page of a training and the desk: what there is to learn, the training itself, and the networks that are done."""

from pathlib import Path

from PySide6.QtCore import QObject

from musicdesk.desk.desk import Desk
from musicdesk.jobs import Job
from musicdesk.records import ClassCount, Epoch, TrainedModel
from musicdesk.ui.analysis_status import Work
from musicdesk.ui.models_controller import ModelsController
from musicdesk.ui.tasks import Tasks
from musicdesk.ui.training_form import Wanted
from musicdesk.ui.training_page import Side
from musicdesk.ui.training_words import percent
from musicdesk.ui.workspace import TAB_MODELS, Workspace

LANE = "training"


class TrainingController(QObject):
    """Starts, holds and ends the one training; it goes on while other pages are looked at."""

    def __init__(self, desk: Desk, *, tasks: Tasks, window: Workspace, models: ModelsController) -> None:
        super().__init__(window)
        self._desk, self._tasks, self._window, self._models = desk, tasks, window, models
        self._page = window.models.training
        self._job: Job | None = None
        page = self._page
        window.models.train_asked.connect(self.ask)
        window.models.details.training_asked.connect(self.show)
        page.again.clicked.connect(self.ask)
        page.form.labels_chosen.connect(self._count)
        page.form.start_asked.connect(self.start)
        page.work.pause_asked.connect(self.pause)
        page.work.stop_asked.connect(self.stop)
        page.result.use_asked.connect(models.use)
        page.result.folder_asked.connect(models.show_folder)

    @property
    def job(self) -> Job | None:
        """What is under way."""
        return self._job

    # ------------------------------------------------------------------ before

    def ask(self) -> None:
        """Show the form, or the training that is under way."""
        if self._job is None:
            self._page.show_form()
            self._page.form.set_looking()
            self._count(self._page.form.labels)
            self._tasks.read(self._desk_trained, lambda models: self._page.form.set_taken([m.name for m in models]))
        self._window.models.show_training()

    def _desk_trained(self) -> tuple[TrainedModel, ...]:
        return self._desk.training.trained()

    def _count(self, labels: str | Path) -> None:
        form = self._page.form

        def work() -> tuple[ClassCount, ...]:
            return self._desk.training.classes(labels=labels)

        self._tasks.read(work, form.set_classes, failed=form.set_problem, key="classes")

    # ------------------------------------------------------------------ the training

    def start(self, wanted: Wanted) -> None:
        """Train."""
        if self._desk.read_only or self._job is not None:
            self._page.notice.say(self._desk.read_only or "A training is under way.", brief=True)
            return
        page, tasks = self._page, self._tasks

        def work(job: Job) -> TrainedModel:
            training = self._desk.training
            return training.train(
                labels=wanted.labels, config=training.usual(epochs=wanted.epochs, start=wanted.start), name=wanted.name,
                device=self._desk.settings.device, job=job, each=lambda epoch: tasks.tell(self._hear, epoch),
            )  # fmt: skip

        page.show_work(wanted)
        self._window.models.show_training()
        self._job = tasks.run(
            work, self._done, failed=self._failed, stopped=self._stopped, lane=LANE, told=page.set_progress
        )
        self._say()

    def _hear(self, epoch: Epoch) -> None:
        self._page.add_epoch(epoch)
        self._say()

    def pause(self) -> None:
        """Hold, or go on."""
        if self._job is None:
            return
        self._job.resume() if self._job.paused else self._job.pause()
        self._page.set_state(Work.PAUSED if self._job.paused else Work.RUNNING)

    def stop(self) -> None:
        """Stop; it can go on from there."""
        if self._job is not None:
            self._job.cancel()
            self._page.set_state(Work.STOPPING)

    def _say(self) -> None:
        """A line above the encoders, for whoever looks at them meanwhile."""
        self._window.models.line.say(self._page.summary)

    # ------------------------------------------------------------------ after

    def _done(self, trained: TrainedModel) -> None:
        self._ended()
        self._page.show_result(trained)
        self._models.refresh()
        if not (self._window.tabs.currentIndex() == TAB_MODELS and self._window.models.shows_training):
            self._window.notice.say(
                f"{trained.name} is trained: {percent(trained.accuracy.mean)} of held-out tracks are named rightly.",
                button="Show", do=self._look,
            )  # fmt: skip

    def _look(self) -> None:
        self._window.show_tab(TAB_MODELS)
        self._window.models.show_training()

    def _failed(self, sentence: str) -> None:
        self._back()
        self._page.notice.say(sentence)

    def _stopped(self) -> None:
        wanted, epochs = self._page.wanted, self._page.epochs
        self._back()
        kept = f" after epoch {epochs[-1].number}" if epochs else ""
        name = wanted.name if wanted else "The training"
        self._page.notice.say(f"{name} is stopped{kept}; started again under this name, it goes on from there.")

    def _back(self) -> None:
        self._ended()
        self._page.show_form()
        self._models.refresh()

    def _ended(self) -> None:
        self._job = None
        self._page.set_state(Work.IDLE)
        self._say()

    def show(self, name: str) -> None:
        """Show how a network was trained."""
        self._tasks.read(self._desk_trained, lambda models: self._show(models, name), key="trained")

    def _show(self, models: tuple[TrainedModel, ...], name: str) -> None:
        trained = next((model for model in models if model.name == name), None)
        if trained is None:
            self._window.models.notice.say("There is no report of its training any more.")
        elif self._page.side is Side.WORK and self._job is not None:
            self._window.models.notice.say("A training is under way; its page shows that one.", brief=True)
        else:
            self._page.show_result(trained)
            self._window.models.show_training()
