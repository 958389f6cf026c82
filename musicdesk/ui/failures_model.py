"""The ledger of failures as a table: sorted and filtered here, straight over its records, quick at 20,000 of them."""

import time
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime, timedelta
from enum import Enum

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from musicdesk.records import Failure, State, printable
from musicdesk.tracks import fold

Index = QModelIndex | QPersistentModelIndex
DAY_S = 86_400.0
BESIDE = "  ·  "
"""Between a file and the folder that holds it."""


class Head(Enum):
    """The columns."""

    FILE = "File"
    STATE = "State"
    WHY = "Why"
    TRIED = "Tried"
    NEXT = "Next try"


HEADS = tuple(Head)
HINTS = {
    Head.FILE: "The file, and the folder that holds it",
    Head.STATE: "failed: could not be read or heard; silent: nothing to hear",
    Head.TRIED: "When it was tried last, and how often",
    Head.NEXT: "When it is tried again by itself",
}


class FailuresModel(QAbstractTableModel):
    """Rows of the ledger that fit the filter, in the order that is chosen; ``now`` is the time of day."""

    def __init__(self, now: Callable[[], float] = time.time) -> None:
        super().__init__()
        self._now = now
        self._all: Sequence[Failure] = ()
        self._folded: list[str] = []
        self._rows: list[int] = []
        self._count = 0
        self._words, self._states = "", frozenset[State]()
        self._sorted_by: Head | None = None
        self._descending = False

    # ------------------------------------------------------------------ what is shown

    @property
    def failures(self) -> Sequence[Failure]:
        """All of them, shown or not."""
        return self._all

    @property
    def count(self) -> int:
        """How many fit the filter."""
        return len(self._rows)

    @property
    def shown(self) -> tuple[Failure, ...]:
        """Those that fit the filter, in order."""
        return tuple(self._all[row] for row in self._rows)

    def failure(self, row: int) -> Failure:
        """The line of a row."""
        return self._all[self._rows[row]]

    def set_failures(self, failures: Sequence[Failure]) -> None:
        """Show these; the same once more change nothing."""
        if failures is not self._all and tuple(failures) != self._all:
            self._change(tuple(failures), _folded(failures))

    def filter(self, words: str, states: Collection[State] = ()) -> None:
        """Show only lines that hold all words and are in one of the states (none: in any)."""
        wanted = (fold(words), frozenset(states))
        if wanted != (self._words, self._states):
            self._words, self._states = wanted
            self._change(self._all, self._folded)

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Order by a column; none is by whole path, folder after folder."""
        self._sorted_by = HEADS[column] if 0 <= column < len(HEADS) else None
        self._descending = order == Qt.SortOrder.DescendingOrder and self._sorted_by is not None
        self._change(self._all, self._folded)

    def _change(self, failures: Sequence[Failure], words: list[str]) -> None:
        """Show these from now on; rows that stay keep being chosen, wherever they now stand."""
        rows = self._ordered(failures, words)
        if len(rows) > self._count:
            self.beginInsertRows(QModelIndex(), self._count, len(rows) - 1)
            self._count = len(rows)
            self.endInsertRows()
        self.layoutAboutToBeChanged.emit()
        held = self.persistentIndexList()
        paths = [self.failure(index.row()).path if index.row() < len(self._rows) else "" for index in held]
        self._all, self._folded, self._rows = failures, words, rows
        places = {failures[row].path: place for place, row in enumerate(rows)} if held else {}
        stand = [places.get(path, -1) for path in paths]
        self.changePersistentIndexList(held, [self._moved(i, row) for i, row in zip(held, stand, strict=True)])
        self.layoutChanged.emit()
        if len(rows) < self._count:
            self.beginRemoveRows(QModelIndex(), len(rows), self._count - 1)
            self._count = len(rows)
            self.endRemoveRows()

    def _moved(self, index: QModelIndex, row: int) -> QModelIndex:
        return self.index(row, index.column()) if row >= 0 else QModelIndex()

    def _ordered(self, failures: Sequence[Failure], folded: list[str]) -> list[int]:
        words, states = self._words.split(), self._states
        rows: Iterable[int] = range(len(failures))
        if states:
            rows = [row for row in rows if failures[row].state in states]
        for word in words:
            rows = [row for row in rows if word in folded[row]]
        by_path = sorted(rows, key=folded.__getitem__, reverse=self._descending)
        order = _ORDERS.get(self._sorted_by) if self._sorted_by is not None else None
        if order is None:
            return by_path
        return sorted(by_path, key=lambda row: order(failures[row], folded[row]), reverse=self._descending)

    # ------------------------------------------------------------------ what Qt asks

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Lines that fit."""
        return 0 if parent.isValid() else self._count

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """File, state, reason, when, when again."""
        return 0 if parent.isValid() else len(HEADS)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Words."""
        if not index.isValid() or index.row() >= len(self._rows):
            return None
        failure, head = self.failure(index.row()), HEADS[index.column()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return text_of(failure, head, self._now())
        if role == Qt.ItemDataRole.ToolTipRole:
            return hint_of(failure, head, self._now())
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Titles."""
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        if orientation == Qt.Orientation.Vertical:
            return section + 1 if role == Qt.ItemDataRole.DisplayRole else None
        if role == Qt.ItemDataRole.ToolTipRole:
            return HINTS.get(HEADS[section])
        return HEADS[section].value if role == Qt.ItemDataRole.DisplayRole else None


def _folded(failures: Sequence[Failure]) -> list[str]:
    """Path and reason of each line, folded; folders and reasons come again and again and are folded once."""
    known: dict[str, str] = {}

    def once(text: str) -> str:
        if text not in known:
            known[text] = fold(text)
        return known[text]

    lines = []
    for failure in failures:
        folder, _, name = failure.path.rpartition("/")
        easy = name.casefold() if name.isascii() else fold(name)
        lines.append(f"{once(folder)}/{easy}\n{once(failure.reason)}")
    return lines


_ORDERS: dict[Head, Callable[[Failure, str], str | float]] = {
    Head.FILE: lambda _, folded: folded.partition("\n")[0].rpartition("/")[2],
    Head.STATE: lambda failure, _: failure.state.value,
    Head.WHY: lambda failure, _: failure.reason,
    Head.TRIED: lambda failure, _: failure.noted,
    Head.NEXT: lambda failure, _: failure.retry_after or float("inf"),
}
"""What a column is ordered by; equal ones stand by their path."""

# ---------------------------------------------------------------------------------------------- words


def text_of(failure: Failure, head: Head, now: float) -> str:
    """What stands in a cell."""
    match head:
        case Head.FILE:
            return short(printable(failure.path))
        case Head.STATE:
            return str(failure.state)
        case Head.WHY:
            return failure.reason
        case Head.TRIED:
            times = f" · {failure.attempts}×" if failure.attempts > 1 else ""
            return f"{ago(failure.noted, now)}{times}" if failure.noted else "at the scan"
    return again(failure.retry_after, now)


def hint_of(failure: Failure, head: Head, now: float) -> str:
    """The same at full length."""
    match head:
        case Head.FILE:
            return printable(failure.path)
        case Head.TRIED if failure.noted:
            times = "once" if failure.attempts == 1 else f"{failure.attempts} times"
            return f"{exact(failure.noted)}; tried {times}"
        case Head.TRIED:
            return "It could not even be identified when its folder was looked through"
        case Head.NEXT if failure.retry_after:
            return f"Tried again by itself after {exact(failure.retry_after)}, or when you ask for it"
        case Head.NEXT:
            return "Tried again if the file changes, or when you ask for it"
    return text_of(failure, head, now)


def short(path: str) -> str:
    """The file, then the folder that holds it."""
    folder, _, name = path.replace("\\", "/").rstrip("/").rpartition("/")
    return f"{name}{BESIDE}{folder.rpartition('/')[2]}" if folder else name


def ago(then: float, now: float) -> str:
    """A time that is past, as people say it."""
    moment, today = datetime.fromtimestamp(then), datetime.fromtimestamp(now)
    if now - then < 90:
        return "just now"
    if moment.date() == today.date():
        return f"today {moment:%H:%M}"
    if moment.date() == (today - timedelta(days=1)).date():
        return "yesterday"
    return f"{moment.day} {moment:%b}" if moment.year == today.year else f"{moment:%Y-%m-%d}"


def again(then: float, now: float) -> str:
    """When a file is tried again by itself."""
    if not then:
        return "if it changes"
    wait = then - now
    if wait <= 0:
        return "next time"
    hours = max(1, round(wait / 3600))
    return f"in {hours} h" if hours < 48 else f"in {round(wait / DAY_S)} days"


def exact(moment: float) -> str:
    """A time to the minute."""
    return f"{datetime.fromtimestamp(moment):%Y-%m-%d %H:%M}"
