"""Why the chosen track stands where it stands, also while a slider moves, and in a list that was steered."""

from dataclasses import replace

from PySide6.QtCore import QObject

from musicdesk.desk.desk import Desk
from musicdesk.records import Explanation, Part, Ranking, Track
from musicdesk.ui.library_controller import LibraryController
from musicdesk.ui.ranking_controller import RankingController
from musicdesk.ui.tasks import Tasks
from musicdesk.ui.workspace import TAB_STEER, Workspace


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
        window.steer.answered.connect(self._again)
        window.tabs.currentChanged.connect(self._turned)
        self._tab = window.tabs.currentIndex()
        ranking.slid.connect(self._slid)
        window.actions_.on("why", self._go_there)

    def explain(self, track: Track | None) -> None:
        """Say why a track stands where it stands; None leaves what is said."""
        if track is None:
            return
        self._track = track
        if self._in_steered(track) is not None:
            self._show(self._known_of(track))
        query = self._ranking.query
        self._tasks.read(
            lambda: self._desk.recommending.explain(track, query), self._show,
            failed=lambda _: self._show(self._known_of(track)), key="explain",
        )  # fmt: skip

    def _turned(self, tab: int) -> None:
        """To the steered list, or away from it: there another question was asked."""
        before, self._tab = self._tab, tab
        if TAB_STEER in (before, tab):
            self.explain(self._window.view.current())

    # ------------------------------------------------------------------ in a list that was steered

    def _in_steered(self, track: Track) -> int | None:
        """The row of a track in the steered list, if that is what one looks at."""
        page = self._window.steer
        hashes = page.model.ranking.hashes
        seen = self._window.tabs.currentIndex() == TAB_STEER and page.state is None and track.audio_hash in hashes
        return hashes.index(track.audio_hash) if seen else None

    def _known_of(self, track: Track) -> Explanation | None:
        """What can be told of a track of the steered list without asking the desk."""
        known = self._explanation
        if known is not None and known.track.audio_hash == track.audio_hash:
            return known
        if self._in_steered(track) is None:
            return None
        return Explanation(track, score=0.0, match=0.0, rank=0, of=0, parts=())

    def _again(self) -> None:
        """The list or the library has come: explain the same track, or the first that can be named."""
        self.explain(self._track or self._window.view.current())

    def _show(self, explanation: Explanation | None) -> None:
        self._explanation = explanation
        row = None if explanation is None else self._in_steered(explanation.track)
        if explanation is not None and row is not None:
            self._show_steered(explanation, row)
        elif not self._ranking.sliding:
            self._window.why.set_explanation(explanation)

    def _show_steered(self, known: Explanation, row: int) -> None:
        """By the parts of the steering, and with the words that are known of the track."""
        ranking = self._window.steer.model.ranking
        shown = replace(
            known, score=float(ranking.scores[row]), match=float(ranking.match[row]), parts=parts(ranking, row),
            left_out=(),
        )  # fmt: skip
        self._window.why.set_explanation(
            shown, standing=f"Place {row + 1} of this list  ·  match {100 * shown.match:.0f} %"
        )

    def _slid(self, ranking: Ranking) -> None:
        """The explanation as the slider has it now, from the arrays of the list."""
        known = self._explanation
        steered = known is not None and self._in_steered(known.track) is not None
        if known is None or steered or known.track.audio_hash not in ranking.hashes:
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
