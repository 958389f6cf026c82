"""What is found out by itself while nothing else goes on: where prototypes are heard best, what a listener wants."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from time import monotonic

from PySide6.QtCore import QObject, QTimer

from musicdesk.desk.desk import Desk
from musicdesk.jobs import Job, Progress
from musicdesk.ui.advice_words import problem_text
from musicdesk.ui.advising_controller import AdvisingController
from musicdesk.ui.indexing_controller import IndexingController
from musicdesk.ui.tasks import ANALYSIS, Tasks
from musicdesk.ui.workspace import Workspace

LANE = "evidence"
QUIET_MS = 20_000
"""So long nothing must have happened to the taste: whoever moves sliders needs the machine."""
REST_S = 600.0
"""Likes come one after the other; not each of them is worth learning anew."""


@dataclass(frozen=True)
class Chore:
    """Something to find out."""

    says: str
    wanting: Callable[[], bool]
    do: Callable[[Job], object]
    rest_s: float = 0.0
    """So long it is left alone after it was done."""
    lane: str = LANE
    """What listens to music waits for the analysis, and is waited for."""
    speaks: bool = True
    """Whether what it says itself is shown, and not only its name."""


class EvidenceController(QObject):
    """One chore after the other in the background; a person may stop them until the window is opened again."""

    def __init__(
        self, desk: Desk, *, tasks: Tasks, window: Workspace, indexing: IndexingController,
        advising: AdvisingController,
    ) -> None:  # fmt: skip
        super().__init__(window)
        self._desk, self._tasks, self._column = desk, tasks, window.taste.prototypes
        self._indexing, self._advising = indexing, advising
        self._chores = [
            Chore("Listening closely", lambda: desk.evidence.wanting, desk.evidence.find),
            Chore("Learning what you want", lambda: desk.believing.wanting, partial(_learn, desk), REST_S),
            Chore(
                "Measuring tempo and loudness",
                lambda: bool(desk.moods.wanting),
                desk.moods.hear,
                lane=ANALYSIS,
                speaks=False,
            ),
            Chore("Learning how moods differ", lambda: desk.steering.wanting, desk.steering.fit, REST_S),
        ]
        self._done: dict[str, float] = {}
        """When each was done, by what it says."""
        self.job: Job | None = None
        self._chore: Chore | None = None
        """The last one that was begun."""
        self.quiet = QTimer(self, singleShot=True, interval=QUIET_MS)
        self.quiet.timeout.connect(self._look)
        self._column.stop_asked.connect(self.stop)
        indexing.working.connect(self.give_way)

    def refresh(self) -> None:
        """Look, when it has been quiet for a while, whether there is something to find out."""
        if self._chores:
            self.quiet.start()

    def _look(self) -> None:
        if self._indexing.job is not None or self._advising.job is not None:
            self.refresh()
        elif self.job is None and not self._desk.read_only:
            self._tasks.read(self._wanted, self._begin, failed=lambda _: None, key=LANE)

    def _wanted(self) -> Chore | None:
        return next((chore for chore in self._chores if self._due(chore) and chore.wanting()), None)

    def _due(self, chore: Chore) -> bool:
        return monotonic() >= self._done.get(chore.says, 0.0) + chore.rest_s

    def _begin(self, chore: Chore | None) -> None:
        if chore is not None and self.job is None and self._indexing.job is None:
            self._chore = chore
            self._column.set_work(f"{chore.says} …")
            self.job = self._tasks.run(
                chore.do, lambda _: self._finished(chore), failed=partial(self._failed, chore), stopped=self._end,
                lane=chore.lane, told=partial(self._tell, chore),
            )  # fmt: skip

    def _tell(self, chore: Chore, progress: Progress) -> None:
        share = f" {100 * progress.done // progress.total} %" if progress.total else ""
        text = progress.text if chore.speaks else chore.says
        if text and self.job is not None and not self.job.cancelled:
            self._column.set_work(f"{text} …{share}")

    def give_way(self, working: bool) -> None:
        """An analysis begins: what listens as well stops, keeps what it found, and goes on when it is quiet again."""
        if working and self.job is not None and self._chore is not None and self._chore.lane == ANALYSIS:
            self.job.cancel()

    def stop(self) -> None:
        """No more of it in this window; what was found stays."""
        self._chores = []
        if self.job is not None:
            self.job.cancel()
            self._column.set_work("Stopping …")
        else:
            self._column.set_work("")

    def _finished(self, chore: Chore) -> None:
        self._done[chore.says] = monotonic()
        self._end()

    def _failed(self, chore: Chore, sentence: str) -> None:
        self._chores = [other for other in self._chores if other is not chore]
        self._end()
        self._column.set_work(problem_text(sentence))

    def _end(self) -> None:
        self.job = None
        self._column.set_work("")
        self.refresh()


def _learn(desk: Desk, job: Job) -> None:
    desk.believing.fit(job)
    desk.recommending.believe_anew()
