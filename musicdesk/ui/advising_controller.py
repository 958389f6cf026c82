"""Recommenders and the desk: which is chosen, and what has to be learned first, in a lane of its own."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject, QTimer

from musicdesk.desk.desk import Desk
from musicdesk.jobs import Job, Progress
from musicdesk.records import RecommenderStatus
from musicdesk.ui.advice_panel import BLEND, NONE
from musicdesk.ui.advice_words import learning_text, problem_text
from musicdesk.ui.recommender_dialog import RecommenderDialog
from musicdesk.ui.tasks import Tasks
from musicdesk.ui.workspace import Workspace

LANE = "advice"
SETTLING_MS = 1500
"""Likes come in bursts; what follows from them is learned when they rest."""


@dataclass(frozen=True)
class Advice:
    """One look at who advises."""

    chosen: RecommenderStatus | None
    """None: the blend, of which nothing needs to be said."""
    wanting: tuple[str, ...]
    """Recommenders that have to learn first."""


class AdvisingController(QObject):
    """Lets recommenders learn when they have to, and asks which one shall advise."""

    def __init__(self, desk: Desk, *, tasks: Tasks, window: Workspace) -> None:
        super().__init__(window)
        self._desk, self._tasks, self._window = desk, tasks, window
        self._panel = window.taste.advice
        self._job: Job | None = None
        self._given_up: frozenset[str] = frozenset()
        """What was stopped, or could not learn: not tried again by itself until something else is asked for."""
        self._wanting: tuple[str, ...] = ()
        self._settling = QTimer(self, singleShot=True, interval=SETTLING_MS)
        self._settling.timeout.connect(self._look)
        self._panel.choose_asked.connect(self.ask)
        self._panel.cancel_asked.connect(self.cancel)
        window.actions_.on("recommender", self.ask)

    @property
    def job(self) -> Job | None:
        """What is being learned."""
        return self._job

    # ------------------------------------------------------------------ look

    def refresh(self) -> None:
        """Look, soon, whether somebody has to learn."""
        self._settling.start()

    def heard_more(self) -> None:
        """Other people's listening came or went: what could not learn may be able to now."""
        self._given_up = frozenset()
        self.refresh()

    def _look(self) -> None:
        self._tasks.read(self._known, self._show, failed=lambda _: None, key="advice")

    def _known(self) -> Advice:
        advising = self._desk.advising
        chosen = None
        if advising.choice != BLEND:  # the blend needs no look at all the others
            chosen = next((status for status in advising.statuses() if status.chosen), None)
        return Advice(chosen, advising.wanting)

    def _show(self, advice: Advice) -> None:
        chosen = advice.chosen
        self._wanting = advice.wanting
        if chosen is None:
            self._panel.set_choice(BLEND, "Blend")
        else:
            self._panel.set_choice(chosen.name, chosen.title, problem_text(chosen.problem) or chosen.what)
        if self._job is None and not set(advice.wanting) <= self._given_up:
            self.learn()

    # ------------------------------------------------------------------ learn

    def learn(self, name: str = "") -> None:
        """Let a recommender learn anew ("": all that advise); what it knew before advises until then."""
        if self._job is not None:
            return
        self._panel.set_work(f"{learning_text()} …")
        self._job = self._tasks.run(
            lambda job: self._desk.advising.fit(job, name), lambda _: self._end(), failed=self._failed,
            stopped=self._stopped, lane=LANE, told=self._tell,
        )  # fmt: skip

    def cancel(self) -> None:
        """Stop learning; what was known before stays in use."""
        if self._job is not None:
            self._job.cancel()
            self._panel.set_work("Stopping …")

    def _tell(self, progress: Progress) -> None:
        share = f" {100 * progress.done // progress.total} %" if progress.total else ""
        if self._job is not None and not self._job.cancelled:
            self._panel.set_work(f"{progress.text or learning_text()} …{share}")

    def _failed(self, sentence: str) -> None:
        self._give_up()
        self._window.notice.say(problem_text(sentence))

    def _stopped(self) -> None:
        self._give_up()
        self._window.notice.say("Learning was stopped.", button="Go on", do=self._again, brief=True)

    def _again(self) -> None:
        self._given_up = frozenset()
        self.learn()

    def _give_up(self) -> None:
        self._given_up = frozenset(self._wanting)
        self._end()

    def _end(self) -> None:
        self._job = None
        self._panel.set_work("")
        self.refresh()

    # ------------------------------------------------------------------ choose

    def ask(self) -> None:
        """Ask which recommender shall advise."""
        self._window.taste.settle()
        self._tasks.read(self._desk.advising.statuses, self._ask, key="recommenders")

    def _ask(self, statuses: Sequence[RecommenderStatus]) -> None:
        dialog = RecommenderDialog(statuses, self._window, locked=self._desk.read_only)
        dialog.chosen.connect(self.choose)
        dialog.learn_asked.connect(self.learn)
        dialog.open()

    def choose(self, name: str) -> None:
        """Let this one advise."""
        self._given_up = frozenset()
        self._tasks.write(lambda: self._desk.advising.choose(name), self._chosen)

    def _chosen(self, status: RecommenderStatus) -> None:
        self._look()
        told = f"{status.title} advises now."
        if status.name == NONE:
            told = "Nobody advises now: the prototypes alone decide."
        self._window.notice.say(told, brief=True)
