"""The table of what could not be heard: find, choose, try again, keep out, show, copy, export."""

import time
from collections.abc import Callable

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import (
    QAction,
    QGuiApplication,
    QKeySequence,
)
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QMenu,
    QPushButton,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from musicdesk.records import Failure, State, printable
from musicdesk.ui import icons
from musicdesk.ui.failures_model import HEADS, FailuresModel, Head, text_of
from musicdesk.ui.failures_table import FailuresTable
from musicdesk.ui.glyphs import GlyphButton
from musicdesk.ui.labels import ElidedLabel, SoftSentence
from musicdesk.ui.states import FAILED


class FailuresView(QWidget):
    """The table with what can be done about its lines."""

    retry_asked = Signal(object)
    """A tuple of failures; an empty one means all."""
    exclude_asked = Signal(object)
    folder_asked = Signal(Failure)
    export_asked = Signal()

    def __init__(self, now: Callable[[], float] = time.time) -> None:
        super().__init__()
        self._now, self._locked = now, ""
        self.model = FailuresModel(now)
        self.table = FailuresTable(self.model)
        self.none = SoftSentence(points=0.5)
        self.none.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.search, self.states = QLineEdit(), QComboBox()
        self.retry, self.exclude = QPushButton(), QPushButton("Exclude")
        self.export = GlyphButton(
            icons.export, name="Export as CSV", hint="Write the whole table as a CSV file…", size=28, glyph_size=14
        )
        self._menu_actions = self._actions()
        self._fill()
        self._lay_out()
        self._connect()
        self._tell()

    def _actions(self) -> dict[str, QAction]:
        made = {}
        for name, text, keys, do in (
            ("retry", "Try again", None, self._ask_retry),
            ("exclude", "Exclude from analysis and lists", None, self._ask_exclude),
            ("folder", "Show in folder", None, self._ask_folder),
            ("copy", "Copy", QKeySequence.StandardKey.Copy, self.copy),
            ("all", "Choose all", QKeySequence.StandardKey.SelectAll, self.table.selectAll),
        ):
            action = QAction(text, self.table)
            if keys is not None:
                action.setShortcut(QKeySequence(keys))
                action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
            action.triggered.connect(lambda _=False, do=do: do())
            self.table.addAction(action)
            made[name] = action
        return made

    def _fill(self) -> None:
        self.search.setPlaceholderText("Filter by file or reason")
        self.search.setAccessibleName("Filter by file or reason")
        self.search.setClearButtonEnabled(True)
        self.search.setMinimumWidth(72)
        self.search.setMaximumWidth(260)
        self.search.setMinimumHeight(28)
        self.search.setTextMargins(4, 0, 4, 0)
        self.states.setAccessibleName("Which state")
        self.states.setMinimumHeight(28)
        self.states.addItems(["All states", *(str(state).capitalize() for state in FAILED)])
        self.exclude.setToolTip("Keep the chosen files out of analysis and lists (Ctrl+Delete); it can be undone")

    def _lay_out(self) -> None:
        self.bar = QWidget()
        row = QHBoxLayout(self.bar)
        row.setContentsMargins(16, 8, 12, 8)
        row.setSpacing(8)
        row.addWidget(self.search, 1)
        row.addWidget(self.states)
        row.addStretch(1)
        for widget in (self.retry, self.exclude, self.export):
            row.addWidget(widget)
        self.stack = QStackedWidget()
        self.stack.addWidget(self.table)
        self.stack.addWidget(self.none)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.bar)
        column.addWidget(self.stack, 1)
        column.addWidget(self._foot())

    def _foot(self) -> QWidget:
        """The whole path and the whole reason of the line that the keyboard is on."""
        self.foot = QWidget()
        self.where, self.why = ElidedLabel(soft=True), ElidedLabel()
        lines = QVBoxLayout(self.foot)
        lines.setContentsMargins(16, 6, 12, 8)
        lines.setSpacing(2)
        for label in (self.where, self.why):
            label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            lines.addWidget(label)
        return self.foot

    def _connect(self) -> None:
        self.search.textChanged.connect(self._filter)
        self.states.currentIndexChanged.connect(self._filter)
        self.retry.clicked.connect(self._ask_retry)
        self.exclude.clicked.connect(self._ask_exclude)
        self.export.clicked.connect(self.export_asked)
        self.table.menu_asked.connect(self._menu)
        self.table.doubleClicked.connect(self._ask_folder)
        self.table.selectionModel().selectionChanged.connect(self._tell)
        self.table.moved.connect(self._tell_line)
        self.model.layoutChanged.connect(self._tell)
        self.model.rowsRemoved.connect(self._tell)

    # ------------------------------------------------------------------ what it shows

    def set_failures(self, failures: tuple[Failure, ...]) -> None:
        """Show these."""
        self.model.set_failures(failures)
        self._tell()

    def lock(self, why: str) -> None:
        """Let nothing be changed, for this reason ("" to allow it)."""
        self._locked = why
        self._tell()

    def show_state(self, state: State) -> None:
        """Show only lines in this state."""
        self.states.setCurrentIndex(1 + FAILED.index(state))

    def _filter(self) -> None:
        number = self.states.currentIndex()
        self.model.filter(self.search.text(), FAILED[number - 1 : number] if number else ())

    def chosen(self) -> tuple[Failure, ...]:
        """The chosen lines, from top to bottom."""
        rows = {row for top, bottom in self._ranges() for row in range(top, bottom + 1)}
        return tuple(self.model.failure(row) for row in sorted(rows))

    def _count_chosen(self) -> int:
        return sum(bottom - top + 1 for top, bottom in self._ranges())

    def _ranges(self) -> list[tuple[int, int]]:
        """The chosen stretches of rows; asked for row by row, 20,000 of them would take too long."""
        selection = self.table.selectionModel().selection()
        return [(selection.at(number).top(), selection.at(number).bottom()) for number in range(selection.count())]

    def _tell(self) -> None:
        """Say on the buttons what they are about."""
        whole, shown, chosen = len(self.model.failures), self.model.count, self._count_chosen()
        self.bar.setVisible(bool(whole))
        self.stack.setCurrentWidget(self.table if shown else self.none)
        self.none.setText("No line holds all of these words." if whole else "Every file could be listened to.")
        about = chosen or shown
        self.retry.setText(f"Retry {chosen:,}" if chosen else f"Retry all {about:,}" if about > 1 else "Retry")
        self.retry.setEnabled(about > 0 and not self._locked)
        self.retry.setToolTip(self._locked or "Forget that they failed and listen to them once more")
        self.exclude.setEnabled(chosen > 0 and not self._locked)
        for name, action in self._menu_actions.items():
            changes = name in ("retry", "exclude")
            action.setEnabled((chosen > 0 or name == "all") and not (changes and self._locked))
        self._tell_line()

    def _tell_line(self) -> None:
        """Say below the table where the file is and what is the matter with it; how many there are, without one."""
        index, whole, shown = self.table.currentIndex(), len(self.model.failures), self.model.count
        self.foot.setVisible(shown > 0)
        if index.isValid() and index.row() < shown:
            failure = self.model.failure(index.row())
            self.where.setText(printable(failure.path))
            self.why.setText(failure.reason)
        else:
            self.where.setText(f"{whole:,} files" if shown == whole else f"{shown:,} of {whole:,} files")
            self.why.setText("")

    # ------------------------------------------------------------------ what is asked

    def _menu(self, place: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addActions([self._menu_actions[name] for name in ("retry", "exclude")])
        menu.addSeparator()
        menu.addActions([self._menu_actions[name] for name in ("folder", "copy", "all")])
        menu.addSeparator()
        order = menu.addMenu("Sort by")
        for number, head in enumerate(HEADS):
            order.addAction(head.value, lambda n=number: self.table.sortByColumn(n, Qt.SortOrder.AscendingOrder))
        menu.popup(place)

    def _ask_retry(self) -> None:
        whole = self.model.count == len(self.model.failures)
        self.retry_asked.emit(self.chosen() or (() if whole else self.model.shown))

    def _ask_exclude(self) -> None:
        if self._count_chosen() and not self._locked:
            self.exclude_asked.emit(self.chosen())

    def _ask_folder(self) -> None:
        current = self.table.currentIndex()
        if current.isValid():
            self.folder_asked.emit(self.model.failure(current.row()))

    def copy(self) -> None:
        """Put the chosen lines on the clipboard, with the whole path, tab between the columns."""
        rest = [head for head in HEADS if head is not Head.FILE]
        lines = (
            "\t".join([printable(failure.path), *(text_of(failure, head, self._now()) for head in rest)])
            for failure in self.chosen()
        )
        QGuiApplication.clipboard().setText("\n".join(lines))
