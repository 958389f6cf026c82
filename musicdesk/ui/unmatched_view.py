"""What was heard elsewhere and is not in the library: a table to look through and to copy."""

from collections.abc import Collection, Sequence

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QGuiApplication, QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from musicdesk.records import Listen
from musicdesk.ui.labels import ElidedLabel, SoftSentence
from musicdesk.ui.listens_words import called, count, line_text, whom
from musicdesk.ui.plain_table import Field, PlainModel, PlainTable

FIELDS: tuple[Field[Listen], ...] = (
    Field("Artist", lambda line: line.artist),
    Field("Title", lambda line: line.title or "(any)", strong=True),
    Field("Album", lambda line: line.album, gone_below=520),
    Field("Heard", lambda line: f"{line.count:,}", order=lambda line: line.count, width=72, hint="How often"),
    Field("Listener", lambda line: called(line.listener), width=112, gone_below=400),
)
MOST = 5000
"""Lines that are looked up, the most heard first."""
COPY = "Copy as text, tab between the columns (chosen lines: Ctrl+C)"


class UnmatchedView(QWidget):
    """Lines of logs without a track, of the listeners that are looked at."""

    def __init__(self) -> None:
        super().__init__()
        self._lines: tuple[Listen, ...] = ()
        self._names: tuple[str, ...] = ()
        self.model = PlainModel(FIELDS, key=lambda line: (line.listener, line.artist, line.title, line.album))
        self.table = PlainTable(self.model, name="Heard elsewhere, not in your library")
        self.title, self.none = ElidedLabel(), SoftSentence(points=0.0)
        self.copy_all = QPushButton("Copy all")
        self.none.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.none.setMargin(16)
        self._lay_out()
        self.copy_all.clicked.connect(lambda: self.copy(self.model.records))
        self.copy_all.setToolTip(COPY)
        self.table.menu_asked.connect(self._menu)
        self._actions = self._made()
        self._show()

    def _lay_out(self) -> None:
        font = self.title.font()
        font.setWeight(font.Weight.DemiBold)
        self.title.setFont(font)
        head = QHBoxLayout()
        head.setContentsMargins(16, 8, 12, 8)
        head.setSpacing(8)
        head.addWidget(self.title, 1)
        head.addWidget(self.copy_all)
        self.stack = QStackedWidget()
        self.stack.addWidget(self.table)
        self.stack.addWidget(self.none)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.stack, 1)

    def _made(self) -> tuple[QAction, ...]:
        made = []
        for text, keys, do in (
            ("Copy", QKeySequence.StandardKey.Copy, lambda: self.copy(self.table.chosen())),
            ("Choose all", QKeySequence.StandardKey.SelectAll, self.table.selectAll),
        ):
            action = QAction(text, self.table)
            action.setShortcut(QKeySequence(keys))
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
            action.triggered.connect(lambda _=False, do=do: do())
            self.table.addAction(action)
            made.append(action)
        return tuple(made)

    # ------------------------------------------------------------------ what it shows

    def set_lines(self, lines: Sequence[Listen]) -> None:
        """These are without a track."""
        self._lines = tuple(lines)
        self._show()

    def show_of(self, names: Collection[str]) -> None:
        """Show only those of these listeners (none: of all)."""
        self._names = tuple(names)
        self._show()

    def _show(self) -> None:
        lines = [line for line in self._lines if not self._names or line.listener in self._names]
        self.model.set_records(lines)
        whose = f" heard by {whom(self._names)}" if 0 < len(self._names) <= 3 else ""
        most = "the most heard " if len(self._lines) >= MOST else ""
        self.title.setText(f"Not in your library: {most}{count(len(lines), 'track')}{whose}" if lines else "")
        self.copy_all.setVisible(bool(lines))
        self.none.setText(f"Everything{whose or ' that was imported'} is in your library.")
        self.stack.setCurrentWidget(self.table if lines else self.none)

    # ------------------------------------------------------------------ out of the window

    def copy(self, lines: Sequence[Listen]) -> None:
        """Put lines on the clipboard."""
        if lines:
            QGuiApplication.clipboard().setText("\n".join(map(line_text, lines)))

    def _menu(self, place: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addActions(self._actions)
        menu.popup(place)
