"""Why the chosen track stands where it stands, also while a slider moves, and in a list that was steered or found."""

from dataclasses import replace

from PySide6.QtCore import QObject

from musicdesk.desk.desk import Desk
from musicdesk.records import Explanation, Part, Ranking, Track
from musicdesk.ui.found_page import FoundPage
from musicdesk.ui.found_words import standing_text
from musicdesk.ui.library_controller import LibraryController
from musicdesk.ui.ranking_controller import RankingController
from musicdesk.ui.steer_page import SteerPage
from musicdesk.ui.tasks import Tasks
from musicdesk.ui.workspace import TAB_FOUND, TAB_STEER, Workspace


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
        for page in (window.steer, window.found):
            page.answered.connect(self._again)
        window.tabs.currentChanged.connect(self._turned)
        self._tab = window.tabs.currentIndex()
        ranking.slid.connect(self._slid)
        window.actions_.on("why", self._go_there)

    def explain(self, track: Track | None) -> None:
        """Say why a track stands where it stands; None leaves what is said."""
        if track is None:
            return
        self._track = track
        if self._row_here(track) is not None:
            self._show(self._known_of(track))
        query = self._ranking.query
        self._tasks.read(
            lambda: self._desk.recommending.explain(track, query), self._show,
            failed=lambda _: self._show(self._known_of(track)), key="explain",
        )  # fmt: skip

    def _turned(self, tab: int) -> None:
        """To a list that was steered or found, or away from it: there another question was asked."""
        before, self._tab = self._tab, tab
        if {TAB_STEER, TAB_FOUND} & {before, tab}:
            self.explain(self._window.view.current())

    # ------------------------------------------------------------------ in a list that was steered or found

    @property
    def _page(self) -> SteerPage | FoundPage | None:
        """The list with reasons of its own that one looks at."""
        page = self._window.tabs.currentWidget()
        return page if isinstance(page, SteerPage | FoundPage) and page.state is None else None

    def _row_here(self, track: Track) -> int | None:
        """The row of a track in such a list, if that is what one looks at."""
        hashes = self._page.model.ranking.hashes if self._page is not None else ()
        return hashes.index(track.audio_hash) if track.audio_hash in hashes else None

    def _known_of(self, track: Track) -> Explanation | None:
        """What can be told of a track of such a list without asking the desk."""
        known = self._explanation
        if known is not None and known.track.audio_hash == track.audio_hash:
            return known
        if self._row_here(track) is None:
            return None
        return Explanation(track, score=0.0, match=0.0, rank=0, of=0, parts=())

    def _again(self) -> None:
        """The list or the library has come: explain the same track, or the first that can be named."""
        self.explain(self._track or self._window.view.current())

    def _show(self, explanation: Explanation | None) -> None:
        self._explanation = explanation
        row, page = None if explanation is None else self._row_here(explanation.track), self._page
        if explanation is not None and row is not None and page is not None:
            self._show_here(explanation, page, row)
        elif not self._ranking.sliding:
            self._window.why.set_explanation(explanation)

    def _show_here(self, known: Explanation, page: SteerPage | FoundPage, row: int) -> None:
        """By what speaks for it in this list, and with the words that are known of the track."""
        ranking, match = page.model.ranking, float(page.model.ranking.match[row])
        standing, told = f"Place {row + 1} of this list  ·  match {100 * match:.0f} %", parts(ranking, row)
        if isinstance(page, FoundPage):
            standing, told = standing_text(page.model.place(row), page.model.hits[row]), page.model.parts_of(row)
        shown = replace(known, score=float(ranking.scores[row]), match=match, parts=told, left_out=())
        self._window.why.set_explanation(shown, standing=standing)

    def _slid(self, ranking: Ranking) -> None:
        """The explanation as the slider has it now, from the arrays of the list."""
        known = self._explanation
        elsewhere = known is not None and self._row_here(known.track) is not None
        if known is None or elsewhere or known.track.audio_hash not in ranking.hashes:
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
