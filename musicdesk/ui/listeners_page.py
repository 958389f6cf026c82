"""Whose listening is known: logs come in, listeners are named and forgotten; in their place, a list for some."""

import time
from collections.abc import Callable, Sequence

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from musicdesk.records import Listen, Listener
from musicdesk.ui.failures_model import ago
from musicdesk.ui.flat import FlatSplitter, Line
from musicdesk.ui.group_view import GroupView
from musicdesk.ui.import_report import ImportReport
from musicdesk.ui.ink import scaled
from musicdesk.ui.labels import ElidedLabel, SoftLabel, SoftSentence, scrolling
from musicdesk.ui.listens_words import EXPORTS, YOU, called, whom
from musicdesk.ui.models_progress import ModelsProgress
from musicdesk.ui.notice import Notice
from musicdesk.ui.plain_table import Field, PlainModel, PlainTable
from musicdesk.ui.unmatched_view import UnmatchedView

MARGIN = 16
TABLE, BELOW = 260, 340
"""How the height is shared to begin with."""
IMPORT = "Import what was heard elsewhere; or drop a log on the window"
MATCH = "Look again for the tracks that were not in your library"
TOGETHER = "Choose two or more listeners (Ctrl+click, Shift+↓), and get a list in which everyone has a share"
EMPTY = (
    "What you heard in other players tells more of your taste, and what others heard tells what goes together. Bring a "
    "log of yours, or of people whose listening you know; it stays on this computer."
)
LEAST = 320
"""Where the tables have less room than this, the page scrolls."""


class NobodyYet(QWidget):
    """What stands in place of the tables: which exports can be read."""

    def __init__(self, ask: QPushButton) -> None:
        super().__init__()
        title, sentence = QLabel("What was heard elsewhere?"), SoftSentence(EMPTY, points=0.5)
        font = title.font()
        scaled(font, 5)
        title.setFont(font)
        for label in (title, sentence):
            label.setWordWrap(True)
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(1, 1)
        for row, (name, what) in enumerate(EXPORTS):
            left = QLabel(name)
            grid.addWidget(left, row, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(SoftSentence(what, points=0.0), row, 1)
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(32, 24, 32, 24)
        column.setSpacing(16)
        column.addStretch(1)
        column.addWidget(title)
        column.addWidget(sentence)
        column.addWidget(ask, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(Line())
        column.addWidget(SoftLabel("What can be read"))
        column.addLayout(grid)
        column.addStretch(2)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(scrolling(inside))


class ListenersPage(QWidget):
    """The listeners with what can be done; ``group`` is the list for some of them."""

    import_asked = Signal()
    match_asked = Signal()
    rename_asked = Signal(str)
    mine_asked = Signal(str)
    """This listener is the person at this desk."""
    remove_asked = Signal(Listener)
    group_asked = Signal(object)
    """Names of two listeners or more, "" for the person at this desk."""

    def __init__(self, now: Callable[[], float] = time.time) -> None:
        super().__init__()
        self._now, self._locked, self._busy = now, "", False
        self.model = PlainModel(self._fields(), key=lambda listener: listener.name)
        self.table = PlainTable(self.model, name="Listeners")
        self.unmatched, self.group = UnmatchedView(), GroupView()
        self.title, self.aside = QLabel("Listeners"), ElidedLabel(soft=True)
        self.match, self.bring = QPushButton("Match again"), QPushButton("Import…")
        self.first = QPushButton("Import…")
        self.together = QPushButton("A list for these")
        self.rename, self.remove = QPushButton("Rename…"), QPushButton("Remove…")
        self.notice, self.progress, self.report = Notice(name="Note on listeners"), ModelsProgress(), ImportReport()
        self.waiting = SoftSentence("Looking …", points=0.5)
        self._lay_out()
        self._connect()
        self.lock("")

    def _fields(self) -> tuple[Field[Listener], ...]:
        return (
            Field("Listener", lambda who: called(who.name), strong=True),
            Field("Tracks", lambda who: f"{who.tracks:,}", order=lambda who: who.tracks, width=76,
                  hint="Tracks of your library that they heard"),
            Field("Lines", lambda who: f"{who.listens:,}", order=lambda who: who.listens, width=76,
                  hint="Lines of logs that were imported for them", gone_below=440),
            Field("Not found", lambda who: f"{who.unmatched:,}", order=lambda who: who.unmatched, width=88,
                  hint="Lines of which your library has no track"),
            Field("Last heard", self._latest, order=lambda who: who.latest or 0.0, width=112, gone_below=520),
        )  # fmt: skip

    def _latest(self, who: Listener) -> str:
        return ago(who.latest, self._now()) if who.latest else "–"

    # ------------------------------------------------------------------ building

    def _lay_out(self) -> None:
        self.waiting.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.first.setObjectName("primary")
        self.first.setMinimumHeight(32)
        self.first.setMinimumWidth(144)
        self.empty = NobodyYet(self.first)
        self.split = FlatSplitter(Qt.Orientation.Vertical)
        self.split.addWidget(self._above())
        self.split.addWidget(self.unmatched)
        self.split.setStretchFactor(0, 1)
        self.split.setStretchFactor(1, 1)
        self.split.setSizes([TABLE, BELOW])
        self.split.setCollapsible(0, False)
        self._inside = QStackedWidget()
        for widget in (self.waiting, self.empty, self.split):
            self._inside.addWidget(widget)
        people = QWidget()
        column = QVBoxLayout(people)
        column.setContentsMargins(0, 12, 0, 0)
        column.setSpacing(0)
        column.addLayout(self._head())
        column.addSpacing(10)
        column.addWidget(Line())
        column.addWidget(self._inside, 1)
        self.stack = QStackedWidget()
        self._inside.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Ignored)
        self._inside.setMinimumHeight(LEAST)
        self.stack.addWidget(scrolling(people))
        self.stack.addWidget(self.group)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self.notice)
        whole.addWidget(self.stack, 1)

    def _head(self) -> QVBoxLayout:
        font = self.title.font()
        scaled(font, 4)
        self.title.setFont(font)
        titles = QHBoxLayout()
        titles.setSpacing(8)
        titles.addWidget(self.title)
        titles.addWidget(self.aside, 1, Qt.AlignmentFlag.AlignBottom)
        titles.addWidget(self.match)
        titles.addWidget(self.bring)
        head = QVBoxLayout()
        head.setContentsMargins(MARGIN, 0, 12, 0)
        head.setSpacing(8)
        head.addLayout(titles)
        head.addWidget(self.progress)
        head.addWidget(self.report)
        return head

    def _above(self) -> QWidget:
        above = QWidget()
        buttons = QHBoxLayout()
        buttons.setContentsMargins(MARGIN, 8, 12, 8)
        buttons.setSpacing(8)
        buttons.addWidget(self.together)
        buttons.addStretch(1)
        buttons.addWidget(self.rename)
        buttons.addWidget(self.remove)
        column = QVBoxLayout(above)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.table, 1)
        column.addLayout(buttons)
        self.table.setMinimumHeight(84)
        return above

    def _connect(self) -> None:
        self.table.changed.connect(self._tell)
        self.table.menu_asked.connect(self._menu)
        self.match.clicked.connect(self.match_asked)
        self.bring.clicked.connect(self.import_asked)
        self.first.clicked.connect(self.import_asked)
        self.rename.clicked.connect(self._ask_rename)
        self.remove.clicked.connect(self._ask_remove)
        self.together.clicked.connect(self._ask_group)
        self.group.left.connect(self.show_people)

    # ------------------------------------------------------------------ what it shows

    def set_listeners(self, listeners: Sequence[Listener]) -> None:
        """Show these; with nothing imported yet, what can be."""
        known = any(who.name or who.listens for who in listeners)
        self.model.set_records(listeners if known else ())
        others = sum(1 for who in listeners if who.name)
        self.aside.setText(f"{YOU} and {others:,} other{'s' * (others != 1)}" if others else "")
        self._inside.setCurrentWidget(self.split if known else self.empty)
        self._tell()

    def set_unmatched(self, lines: Sequence[Listen]) -> None:
        """Show what was heard elsewhere and is not here."""
        self.unmatched.set_lines(lines)

    def lock(self, why: str) -> None:
        """Let nothing be changed, for this reason ("" to allow it)."""
        self._locked = why
        self._tell()

    def begin(self, what: str) -> None:
        """An import starts, or a search for tracks."""
        self._busy = True
        self.progress.begin(what)
        self.progress.cancel.setToolTip("Stop; nothing of what was not finished is kept")
        self._tell()

    def end(self) -> None:
        """It is over."""
        self._busy = False
        self.progress.end()
        self._tell()

    def names(self) -> tuple[str, ...]:
        """The names of the others who are known."""
        return tuple(who.name for who in self.model.records if who.name)

    def _tell(self) -> None:
        """Say on the buttons what they are about."""
        chosen = self.table.chosen()
        self.unmatched.show_of([who.name for who in chosen])
        known = bool(self.model.records)
        self.match.setVisible(known)
        self.bring.setVisible(known or self._busy)
        self._allow(self.bring, IMPORT)
        self._allow(self.first, IMPORT)
        self._allow(self.match, MATCH, any(who.unmatched for who in self.model.records))
        one = chosen[0] if len(chosen) == 1 else None
        self._allow(self.rename, "Give the listener another name", bool(one and one.name))
        self._allow(self.remove, "Forget what was imported for this listener", bool(one and one.listens))
        whose = whom([who.name for who in chosen])
        several = len(chosen) > 1
        self.together.setText(
            "A list for several…" if not several else f"A list for {whose}" if len(whose) < 32
            else f"A list for {len(chosen)} listeners"
        )  # fmt: skip
        self.together.setEnabled(several)
        self.together.setToolTip(f"A list in which {whose} all have a share" if several else TOGETHER)

    def _allow(self, button: QPushButton, hint: str, sensible: bool = True) -> None:
        why = self._locked or ("One thing at a time: it can begin when the other is done." if self._busy else "")
        button.setEnabled(sensible and not why)
        button.setToolTip(why or hint)

    # ------------------------------------------------------------------ what is asked

    def _ask_rename(self) -> None:
        self.rename_asked.emit(self.table.chosen()[0].name)

    def _ask_remove(self) -> None:
        self.remove_asked.emit(self.table.chosen()[0])

    def _ask_group(self) -> None:
        self.group_asked.emit(tuple(who.name for who in self.table.chosen()))

    def _menu(self, place: QPoint) -> None:
        chosen, menu = self.table.chosen(), QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for button, do in ((self.together, self._ask_group), (self.rename, self._ask_rename)):
            menu.addAction(button.text(), do).setEnabled(button.isEnabled())
        other = chosen[0].name if len(chosen) == 1 else ""
        mine = menu.addAction("This is me…", lambda: self.mine_asked.emit(other))
        mine.setEnabled(bool(other) and not self._locked and not self._busy)
        menu.addSeparator()
        menu.addAction(self.remove.text(), self._ask_remove).setEnabled(self.remove.isEnabled())
        menu.popup(place)

    # ------------------------------------------------------------------ the two sides

    @property
    def shows_group(self) -> bool:
        """Whether a list for several is looked at, not the listeners."""
        return self.stack.currentWidget() is self.group

    def show_group(self) -> None:
        """Look at the list for several."""
        self.stack.setCurrentWidget(self.group)
        self.group.view.setFocus()

    def show_people(self) -> None:
        """Look at the listeners."""
        self.stack.setCurrentIndex(0)
        self.take_focus()

    def step(self, rows: int) -> None:
        """Go down (or up) so many rows."""
        (self.group.view if self.shows_group else self.table).step(rows)

    def leave(self) -> bool:
        """Escape: from the list to the listeners, from elsewhere to the table; False if there is no way."""
        if self.shows_group:
            self.show_people()
        elif self.table.hasFocus() or not self.model.records:
            return False
        else:
            self.table.setFocus()
        return True

    def take_focus(self) -> None:
        """The keyboard goes to what is shown."""
        if self.shows_group:
            self.group.view.setFocus()
        else:
            (self.table if self.model.records else self.first).setFocus()
