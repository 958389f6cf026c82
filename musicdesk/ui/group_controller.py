"""A list for several listeners: asked of the desk, shown with whose each track is, kept as a playlist."""

from collections.abc import Sequence

from PySide6.QtCore import QObject

from musicdesk.desk.desk import Desk
from musicdesk.records import GroupList, Query, Track
from musicdesk.ui.advice_words import problem_text
from musicdesk.ui.curating_controller import CuratingController
from musicdesk.ui.group_view import ME
from musicdesk.ui.tasks import Tasks
from musicdesk.ui.workspace import Workspace

LONG = 50
"""Tracks of a list for several."""
COMMAND, TICK = "Ask for what they know, too: --known", "Tick “Also what they know” to have them too."


class GroupController(QObject):
    """Makes the list anew whenever it is asked for."""

    def __init__(self, desk: Desk, *, tasks: Tasks, window: Workspace, curating: CuratingController) -> None:
        super().__init__(window)
        self._desk, self._tasks, self._window, self._curating = desk, tasks, window, curating
        self._page = window.listeners
        self._page.group_asked.connect(self.make)
        self._page.group.known_asked.connect(lambda _: self.make(self._page.group.names))
        self._page.group.keep_asked.connect(self._keep)

    def make(self, names: Sequence[str]) -> None:
        """Show a list in which all of these have a share."""
        view = self._page.group
        view.begin(names)
        self._page.show_group()
        who = [name or ME for name in names]
        query = Query(limit=LONG, include_known=view.known.isChecked())
        self._tasks.read(
            lambda: self._desk.advising.group(who, query=query), self._show, failed=self._failed, key="group"
        )

    def _show(self, group: GroupList) -> None:
        self._page.group.set_group(group)
        if self._page.shows_group:
            self._page.group.view.setFocus()

    def _failed(self, sentence: str) -> None:
        self._page.group.say(problem_text(sentence.replace(COMMAND, TICK)))

    def _keep(self, name: str, tracks: Sequence[Track]) -> None:
        self._curating.add(name, tracks)
