"""What the pictures of the taste show: the library behind each slider, the taste over time, bars that are sliders."""

from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtCore import QObject

from musicdesk.desk.desk import Desk
from musicdesk.errors import NothingYet
from musicdesk.records import ADVISOR, GainChange, Likeness, TasteHistory
from musicdesk.ui.ink import spoken
from musicdesk.ui.ranking_controller import RankingController
from musicdesk.ui.tasks import Tasks
from musicdesk.ui.workspace import Workspace

MONTH = 30
"""Days that are looked back."""


@dataclass(frozen=True)
class Month:
    """How the taste went."""

    history: TasteHistory
    changes: tuple[GainChange, ...]


class PicturesController(QObject):
    """Asks the desk when a list stands, and for the taste over time only while it is looked at."""

    def __init__(self, desk: Desk, *, tasks: Tasks, window: Workspace, ranking: RankingController) -> None:
        super().__init__(window)
        self._desk, self._tasks, self._window, self._ranking = desk, tasks, window, ranking
        self._radar = window.taste.radar
        ranking.listed.connect(self.refresh)
        self._radar.history_asked.connect(self._look_back)
        self._radar.history.channel_asked.connect(self._go_to)
        window.why.gain_moving.connect(self._follow)

    def refresh(self) -> None:
        """The taste or the library may be another."""
        self._tasks.read(self._likenesses, self._window.taste.set_likenesses, failed=lambda _: None, key="likeness")
        if self._radar.shows_history:
            self._look_back()

    def _likenesses(self) -> Mapping[str, Likeness]:
        try:
            return self._desk.recommending.likenesses()
        except NothingYet:
            return {}

    def _look_back(self) -> None:
        self._tasks.read(self._month, self._show, key="taste over time")

    def _month(self) -> Month:
        tastes = self._desk.tastes
        return Month(tastes.over_time(MONTH + 1), tastes.changed(MONTH))

    def _show(self, month: Month) -> None:
        self._radar.history.set_history(month.history, month.changes)

    def _go_to(self, reference: str) -> None:
        """Put the keyboard on a slider, also on one that is folded away."""
        panel = self._window.taste
        if not reference.startswith(ADVISOR):
            panel.focus_named(reference)
            return
        for index, card in enumerate(panel.channels):
            if card.reference == reference:
                panel.focus_channel(index)

    def _follow(self, name: str, gain: float) -> None:
        """The end of a bar is in the hand: the slider goes along."""
        reference = self._ranking.reference_of(name)
        for card in self._window.taste.channels:
            if reference and card.reference == reference:
                card.slider.set_amount(gain)
                card.value.setText(spoken(gain))
