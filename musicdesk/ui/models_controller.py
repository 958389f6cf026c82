"""The page of encoders and the desk: what is installed, checked, removed, and chosen to listen."""

import os
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from musicdesk.desk.desk import Desk
from musicdesk.jobs import Job, Progress
from musicdesk.records import ModelStatus
from musicdesk.ui.indexing_controller import IndexingController
from musicdesk.ui.licence_dialog import LicenceDialog
from musicdesk.ui.local_files import to_url
from musicdesk.ui.models_words import after_use, bytes_text, has_weights, taken
from musicdesk.ui.tasks import Tasks
from musicdesk.ui.workspace import TAB_MODELS, Workspace

LANE = "install"
SETTLING_MS = 150


class ModelsController(QObject):
    """Looks when the page is looked at; one installation at a time, in a lane of its own."""

    installed = Signal(str)
    """Something was installed, by its name."""

    def __init__(self, desk: Desk, *, tasks: Tasks, window: Workspace, indexing: IndexingController) -> None:
        super().__init__(window)
        self._desk, self._tasks, self._window, self._indexing = desk, tasks, window, indexing
        self._page, self._old, self._wanted = window.models, True, ""
        self._job: Job | None = None
        self._last = Progress("", 0, None, 0.0)
        self._settling = QTimer(self, singleShot=True, interval=SETTLING_MS)
        self._settling.timeout.connect(self._look)
        details = self._page.details
        details.install_asked.connect(self.ask_install)
        details.folder_asked.connect(self._ask_folder)
        details.verify_asked.connect(self.verify)
        details.remove_asked.connect(self.ask_remove)
        details.use_asked.connect(self.use)
        details.show_asked.connect(self._show_folder)
        self._page.progress.cancel_asked.connect(self.cancel)
        window.tabs.currentChanged.connect(lambda _: self._look())
        indexing.working.connect(lambda on: None if on else self.refresh())

    @property
    def job(self) -> Job | None:
        """What is under way."""
        return self._job

    # ------------------------------------------------------------------ look

    def refresh(self) -> None:
        """Something changed: look again, soon, or when the page is next shown."""
        self._old = True
        self._settling.start()

    def _look(self) -> None:
        if self._old and self._window.tabs.currentIndex() == TAB_MODELS:
            self._old = False
            self._tasks.read(self._known, self._show, failed=self._page.notice.say, key="encoders")

    def _known(self) -> tuple[tuple[ModelStatus, ...], str]:
        return self._desk.modelling.models(), self._desk.modelling.encoder()

    def _show(self, known: tuple[tuple[ModelStatus, ...], str]) -> None:
        models, used = known
        self._page.set_models(models, used)
        self._page.training.result.set_used(used)
        self._window.coverage.set_titles({model.name: model.title for model in models})
        if self._wanted:
            self._page.table.choose(self._wanted)
            self._wanted = ""

    def show(self, name: str) -> None:
        """Bring an encoder into view."""
        self._wanted = name
        self._window.show_tab(TAB_MODELS)
        self._page.show_encoders()
        self.refresh()

    # ------------------------------------------------------------------ install

    def ask_install(self, name: str, folder: Path | None = None) -> None:
        """Install an encoder, from the network or from files; a licence is shown first where it must be accepted."""
        model = self._page.status(name)
        if model is None or self._held():
            return
        if not model.accept:
            self.install(name, folder)
            return
        self._tasks.read(
            lambda: self._desk.modelling.licence(name), lambda text: self._show_licence(model, text, folder),
            failed=self._page.notice.say, key="licence",
        )  # fmt: skip

    def _show_licence(self, model: ModelStatus, text: str, folder: Path | None) -> None:
        dialog = LicenceDialog(model, text, self._window)
        dialog.agreed.connect(lambda name: self.install(name, folder, accepted=True))
        dialog.open()

    def _ask_folder(self, name: str) -> None:
        folder = QFileDialog.getExistingDirectory(self._window, "Where are the files?")
        if folder:
            self.ask_install(name, Path(folder))

    def install(self, name: str, folder: Path | None = None, *, accepted: bool = False) -> None:
        """Fetch and convert the weights of an encoder, or take them from a folder."""
        if self._held():
            return
        model = self._page.status(name)
        title = model.title if model else name

        def work(job: Job) -> ModelStatus:
            return self._desk.modelling.install(name, job=job, from_dir=folder, accept_licence=accepted)

        self._begin(f"Installing {title} …")
        self._job = self._tasks.run(
            work, self._installed, failed=self._failed, stopped=lambda: self._stopped(title), lane=LANE, told=self._tell
        )

    def install_reader(self) -> None:
        """Install what reads texts, in view; where a library lacks, say so."""
        self._window.show_tab(TAB_MODELS)
        self._page.show_encoders()
        self._tasks.read(
            lambda: self._desk.modelling.info(self._desk.modelling.reader()), self._get_reader,
            failed=self._page.notice.say, key="reader",
        )  # fmt: skip

    def _get_reader(self, model: ModelStatus) -> None:
        if model.installed or (model.extra and has_weights(model)):
            self._page.notice.say(model.problem or f"{model.title} is installed.")
        else:
            self.install(model.name)

    def _installed(self, model: ModelStatus) -> None:
        self._end()
        self.installed.emit(model.name)
        if model.reads and not model.problem:
            self._page.notice.say(f"{model.title} is installed: music can be found by what words mean.")
        elif model.installed and not model.extra:
            self._page.notice.say(
                f"{model.title} is installed.", button="Use this encoder", do=lambda: self.use(model.name)
            )
        else:
            self._page.notice.say(f"The weights of {model.title} are installed. {model.problem}".strip())

    def _stopped(self, title: str) -> None:
        fetched = bytes_text(self._last.done) if self._last.unit == "bytes" and self._last.done else ""
        kept = f" The {fetched} that came are kept; it goes on from there." if fetched else ""
        self._end()
        self._page.notice.say(f"{title} is not installed.{kept}", brief=True)

    def cancel(self) -> None:
        """Stop what is under way; what is fetched stays."""
        if self._job is not None:
            self._job.cancel()

    # ------------------------------------------------------------------ check and remove

    def verify(self, name: str) -> None:
        """Read every file of an encoder and compare it with what it should be."""
        model = self._page.status(name)
        if model is None or self._job is not None:
            return
        self._begin(f"Checking {model.title} …")
        self._job = self._tasks.run(
            lambda job: self._desk.modelling.verify(name, job=job), lambda _: self._whole(model.title),
            failed=self._failed, stopped=self._end, lane=LANE, told=self._tell,
        )  # fmt: skip

    def _whole(self, title: str) -> None:
        self._end()
        self._page.notice.say(f"{title} is whole: every file is as it should be.", brief=True)

    def ask_remove(self, name: str) -> None:
        """Ask whether the weights of an encoder shall go."""
        model = self._page.status(name)
        if model is None or self._held():
            return
        after = "" if name != self._page.model.used else " Another encoder listens from then on."
        box = Question(
            f"Remove {model.title}?",
            f"{bytes_text(taken(model))} become free. What it heard of your library stays.{after}", self._window,
        )  # fmt: skip
        box.yes.clicked.connect(lambda: self.remove(name))
        box.open()

    def remove(self, name: str) -> None:
        """Delete the weights of an encoder."""
        model = self._page.status(name)
        title = model.title if model else name

        def done(_: bool) -> None:
            self.refresh()
            self._page.notice.say(f"{title} is removed.", brief=True)

        self._tasks.write(lambda: self._desk.modelling.remove(name), done, failed=self._page.notice.say)

    # ------------------------------------------------------------------ use

    def use(self, name: str) -> None:
        """Let an encoder listen from now on, and say what that needs."""
        if self._desk.read_only:
            self._page.notice.say(self._desk.read_only, brief=True)
            return

        def work() -> tuple[ModelStatus | None, int]:
            self._desk.set(encoder=name)
            model = next((model for model in self._desk.modelling.models() if model.name == name), None)
            return model, self._desk.indexing.coverage(name).todo

        self._tasks.write(work, lambda answer: self._used(*answer), failed=self._page.notice.say)

    def _used(self, model: ModelStatus | None, todo: int) -> None:
        self.refresh()
        if model is None:
            return
        say = self._page.training.notice.say if self._page.shows_training else self._page.notice.say
        if todo:
            say(after_use(model, todo=todo), button="Listen now", do=lambda: self._indexing.go_on(model.name))
        else:
            say(after_use(model, todo=0), brief=True)

    def _show_folder(self, name: str) -> None:
        model = self._page.status(name)
        if model is not None and model.path is not None:
            self.show_folder(str(model.path))

    def show_folder(self, path: str) -> None:
        """Open a folder outside."""
        if not (os.path.isdir(path) and QDesktopServices.openUrl(to_url(path))):
            self._page.notice.say("The folder could not be opened: it is not on the disk, or nothing shows folders.")

    # ------------------------------------------------------------------ the one job

    def _held(self) -> bool:
        """Whether nothing may begin; then it says why."""
        why = self._desk.read_only or ("One thing at a time: wait for the other." if self._job is not None else "")
        if why:
            self._page.notice.say(why, brief=True)
        return bool(why)

    def _begin(self, what: str) -> None:
        self._last = Progress("", 0, None, 0.0)
        self._page.notice.hide()
        self._page.begin(what)

    def _tell(self, progress: Progress) -> None:
        self._last = progress
        self._page.progress.set_progress(progress)

    def _failed(self, sentence: str) -> None:
        self._end()
        self._page.notice.say(sentence)

    def _end(self) -> None:
        self._job = None
        self._page.end()
        self.refresh()


class Question(QMessageBox):
    """Asks before something is deleted; Enter and Escape keep it."""

    def __init__(self, title: str, sentence: str, parent: QWidget, *, yes: str = "Remove") -> None:
        super().__init__(parent)
        self.setWindowTitle(title.rstrip("?"))
        self.setText(title)
        self.setInformativeText(sentence)
        self.yes = self.addButton(yes, QMessageBox.ButtonRole.DestructiveRole)
        keep = self.addButton("Keep", QMessageBox.ButtonRole.RejectRole)
        self.setDefaultButton(keep)
        self.setEscapeButton(keep)
