"""The page of listeners and the desk: logs come in, are matched again, renamed, joined and forgotten."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QFileDialog

from musicdesk.desk.desk import Desk
from musicdesk.errors import UserFacing
from musicdesk.jobs import Job
from musicdesk.records import Listen, Listener
from musicdesk.ui.advice_words import problem_text
from musicdesk.ui.import_dialog import ImportDialog
from musicdesk.ui.listens_words import FILTER, called, count, join_question, remove_question
from musicdesk.ui.models_controller import Question
from musicdesk.ui.question import ask_name
from musicdesk.ui.tasks import Tasks
from musicdesk.ui.unmatched_view import MOST
from musicdesk.ui.workspace import TAB_LISTENERS, Workspace

LANE = "listens"
SETTLING_MS = 150
Known = tuple[tuple[Listener, ...], tuple[Listen, ...]]


class ListenersController(QObject):
    """Looks when the page is looked at; one import at a time, in a lane of its own."""

    def __init__(self, desk: Desk, *, tasks: Tasks, window: Workspace) -> None:
        super().__init__(window)
        self._desk, self._tasks, self._window = desk, tasks, window
        self._page, self._old = window.listeners, True
        self._job: Job | None = None
        self._settling = QTimer(self, singleShot=True, interval=SETTLING_MS)
        self._settling.timeout.connect(self._look)
        page = self._page
        page.import_asked.connect(self.ask_file)
        page.match_asked.connect(self.match)
        page.rename_asked.connect(self._ask_name)
        page.mine_asked.connect(lambda name: self._ask_join(name, ""))
        page.remove_asked.connect(self.ask_remove)
        page.progress.cancel_asked.connect(self.cancel)
        window.logs_dropped.connect(self.ask)
        window.actions_.on("import_listens", self.ask_file)
        window.tabs.currentChanged.connect(lambda _: self._look())

    @property
    def job(self) -> Job | None:
        """What is under way."""
        return self._job

    # ------------------------------------------------------------------ look

    def refresh(self) -> None:
        """Something changed: look again, soon, or when the page is next shown."""
        self._old = True
        if self._window.tabs.currentIndex() == TAB_LISTENERS:
            self._settling.start()

    def _look(self) -> None:
        if self._old and self._window.tabs.currentIndex() == TAB_LISTENERS:
            self._old = False
            self._tasks.read(self._known, self._show, failed=self._page.notice.say, key="listeners")

    def _known(self) -> Known:
        return self._desk.listeners.listeners(), self._desk.listeners.unmatched(MOST)

    def _show(self, known: Known) -> None:
        self._page.set_listeners(known[0])
        self._page.set_unmatched(known[1])

    # ------------------------------------------------------------------ logs come in

    def ask_file(self) -> None:
        """Ask for the files to import."""
        if not self._held():
            names, _ = QFileDialog.getOpenFileNames(self._window, "Which log?", "", FILTER)
            self.ask([Path(name) for name in names])

    def ask(self, paths: Sequence[Path]) -> None:
        """Ask whose listening is in these files."""
        if not paths or self._held():
            return
        self._tasks.read(self._desk.listeners.listeners, lambda known: self._ask(paths, known), key="whose")

    def _ask(self, paths: Sequence[Path], known: Sequence[Listener]) -> None:
        dialog = ImportDialog(paths, [who.name for who in known if who.name], self._window)
        dialog.asked.connect(self.load)
        dialog.open()

    def load(self, paths: Sequence[Path], listener: str, kind: str = "auto") -> None:
        """Import files one after the other, each whole or not at all."""
        if self._held():
            return

        def work(job: Job) -> list[str]:
            failures = []
            for path in paths:
                try:
                    report = self._desk.listeners.load(path, listener=listener, kind=kind, job=job)
                    self._tasks.tell(self._page.report.add, report)
                except UserFacing as error:
                    failures.append(str(error))
            return failures

        self._page.report.clear()
        self._begin("Importing …")
        self._window.show_tab(TAB_LISTENERS)
        self._job = self._tasks.run(
            work, self._loaded, failed=self._failed, stopped=self._stopped, lane=LANE,
            told=self._page.progress.set_progress,
        )  # fmt: skip

    def _loaded(self, failures: Sequence[str]) -> None:
        self._end()
        if failures:
            self._page.notice.say("\n".join(map(problem_text, failures)))

    def _stopped(self) -> None:
        self._end()
        self._page.notice.say("Stopped. Nothing was kept of what was not finished.", brief=True)

    def match(self) -> None:
        """Look again for tracks that the library lacked."""
        if self._held():
            return
        self._begin("Looking for its tracks …")
        self._job = self._tasks.run(
            self._desk.listeners.match, self._matched, failed=self._failed, stopped=self._stopped, lane=LANE,
            told=self._page.progress.set_progress,
        )  # fmt: skip

    def _matched(self, found: int) -> None:
        self._end()
        told = f"{count(found, 'more track')} found." if found else "Nothing more was found in your library."
        self._page.notice.say(told, brief=True)

    def cancel(self) -> None:
        """Stop what is under way."""
        if self._job is not None:
            self._job.cancel()

    # ------------------------------------------------------------------ who is who

    def _ask_name(self, old: str) -> None:
        dialog = ask_name("Rename listener", "Their new name", self._window, old=old)
        dialog.textValueSelected.connect(lambda new: self.rename(old, " ".join(new.split())))

    def rename(self, old: str, new: str) -> None:
        """Give a listener another name; who has it already may become one with them."""
        if not new or new == old:
            return
        taken = next((name for name in self._page.names() if name.casefold() == new.casefold() and name != old), "")
        if taken:
            self._ask_join(old, taken)
        else:
            self._change(lambda: self._desk.listeners.rename(old, new), f"{old} is called {new} now.")

    def _ask_join(self, old: str, new: str) -> None:
        box = Question(*join_question(old, new), self._window, yes="Make them one" if new else "That is me")
        told = f"{old} and {called(new)} are one now." if new else f"What was imported for {old} is yours now."
        box.yes.clicked.connect(lambda: self._change(lambda: self._desk.listeners.rename(old, new, join=True), told))
        box.open()

    def ask_remove(self, listener: Listener) -> None:
        """Ask whether what was imported for a listener shall go."""
        box = Question(*remove_question(listener), self._window, yes="Forget")
        box.yes.clicked.connect(lambda: self.remove(listener.name))
        box.open()

    def remove(self, name: str) -> None:
        """Forget what was imported for a listener."""
        told = f"{name} is forgotten." if name else "What was imported for you is forgotten."
        self._change(lambda: self._desk.listeners.remove(name), told)

    def _change(self, change: Callable[[], object], told: str) -> None:
        """Change something quick, and say what became of it."""

        def done(_: object) -> None:
            self.refresh()
            self._page.notice.say(told, brief=True)

        self._tasks.write(change, done, failed=self._page.notice.say)

    # ------------------------------------------------------------------ the one job

    def _held(self) -> bool:
        """Whether nothing may begin; then it says why."""
        why = self._desk.read_only or ("One import at a time: wait for the other." if self._job is not None else "")
        if why:
            self._window.notice.say(why, brief=True)
        return bool(why)

    def _begin(self, what: str) -> None:
        self._page.notice.hide()
        self._page.begin(what)

    def _failed(self, sentence: str) -> None:
        self._end()
        self._page.notice.say(problem_text(sentence))

    def _end(self) -> None:
        self._job = None
        self._page.end()
        self.refresh()
