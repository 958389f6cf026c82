"""Why the chosen track stands where it stands, also while a slider moves."""

from dataclasses import replace

from PySide6.QtCore import QObject

from musicdesk.desk.desk import Desk
from musicdesk.records import Explanation, Part, Ranking, Track
from musicdesk.ui.library_controller import LibraryController
from musicdesk.ui.ranking_controller import RankingController
from musicdesk.ui.tasks import Tasks
from musicdesk.ui.workspace import Workspace


class ExplanationController(QObject):
    """Asks the desk to explain, and keeps the bars true to the slider in the hand."""

    def __init__(
        self, desk: Desk, *, tasks: Tasks, window: Workspace, library: LibraryController, ranking: RankingController
    ) -> None:
        super().__init__(window)
        self._desk, self._tasks, self._window = desk, tasks, window
        self._library, self._ranking = library, ranking
        self._track: Track | None = None
        self._explanation: Explanation | None = None
        for view in window.lists:
            view.chosen.connect(self.explain)
        ranking.listed.connect(self._again)
        library.loaded.connect(self._again)
        ranking.slid.connect(self._slid)
        window.actions_.on("why", self._go_there)

    def explain(self, track: Track | None) -> None:
        """Say why a track stands where it stands; None leaves what is said."""
        if track is None:
            return
        self._track = track
        query = self._ranking.query
        self._tasks.read(
            lambda: self._desk.recommending.explain(track, query), self._show,
            failed=lambda _: self._show(None), key="explain",
        )  # fmt: skip

    def _again(self) -> None:
        """The list or the library has come: explain the same track, or the first that can be named."""
        self.explain(self._track or self._window.view.current())

    def _show(self, explanation: Explanation | None) -> None:
        self._explanation = explanation
        if not self._ranking.sliding:
            self._window.why.set_explanation(explanation)

    def _slid(self, ranking: Ranking) -> None:
        """The explanation as the slider has it now, from the arrays of the list."""
        known = self._explanation
        if known is None or known.track.audio_hash not in ranking.hashes:
            return
        row = ranking.hashes.index(known.track.audio_hash)
        self._window.why.set_explanation(
            replace(known, score=float(ranking.scores[row]), match=float(ranking.match[row]), parts=parts(ranking, row))
        )

    def _go_there(self) -> None:
        """W: explain the chosen track, the keyboard on its bars."""
        tracks = self._library.targets()
        if tracks:
            self.explain(tracks[0])
            bars = self._window.why.bars
            (bars[0] if bars else self._window.why).setFocus()


def parts(ranking: Ranking, row: int) -> tuple[Part, ...]:
    """The parts of one pick, largest effect first."""
    shares, near = ranking.contributions[row].tolist(), ranking.percentiles[row].tolist()
    columns = zip(ranking.parts, ranking.slots, ranking.gains.tolist(), shares, near, strict=True)
    return tuple(sorted((Part(*column) for column in columns), key=lambda part: -abs(part.contribution)))
