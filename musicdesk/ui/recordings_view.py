"""Duplicates, speech, long mixes, silence and what is kept out: a list of each, to be kept out or taken back in."""

from collections.abc import Mapping

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QButtonGroup,
    QHBoxLayout,
    QPushButton,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from musicdesk.ui.columns import TITLE
from musicdesk.ui.ink import Ink, blend, focus_ring, tabular
from musicdesk.ui.labels import SoftSentence
from musicdesk.ui.recordings_model import SET, Group, RecordingsModel, Sets, spares
from musicdesk.ui.tracks_view import TracksView

HIGH, PADDING, GAP = 28, 12, 6
KEPT = 200
"""A choice of more stretches of rows than this is let go when the list changes."""


class GroupButton(QAbstractButton):
    """A word and a number to choose a group by."""

    def __init__(self, group: Group) -> None:
        super().__init__()
        self.about, self.count = group.value, ""
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setToolTip(group.value.sentence)
        self.set_count("")

    def set_count(self, count: str) -> None:
        """Show how many there are ("" while nobody knows)."""
        self.count = count
        self.setAccessibleName(f"{self.about.title} {count}".strip())
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """As wide as word and number."""
        metrics, number = self.fontMetrics(), f"  {self.count}" if self.count else ""
        return QSize(metrics.horizontalAdvance(self.about.title + number) + 2 * PADDING + 2, HIGH)

    def paintEvent(self, event: QPaintEvent) -> None:
        """A rounded box; chosen, it is tinted."""
        painter, ink = QPainter(self), Ink.of(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect, on = QRectF(self.rect()), self.isChecked()
        painter.setPen(QPen(ink.accent if on else ink.line, 1))
        painter.setBrush(blend(ink.accent, ink.ground, 0.84) if on else ink.hover if self.underMouse() else ink.raised)
        painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), HIGH / 2, HIGH / 2)
        painter.setFont(tabular(self.font()))
        painter.setPen(ink.text)
        inside = rect.adjusted(PADDING, 0, -PADDING, 0)
        painter.drawText(inside, Qt.AlignmentFlag.AlignVCenter, self.about.title)
        painter.setPen(ink.text if on else ink.soft)
        painter.drawText(inside, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, self.count)
        if self.hasFocus():
            focus_ring(painter, rect, ink, radius=HIGH / 2)


class GroupButtons(QWidget):
    """The groups side by side, over as many lines as they need."""

    def __init__(self) -> None:
        super().__init__()
        self.buttons = {group: GroupButton(group) for group in Group}
        self._exclusive = QButtonGroup(self)
        for button in self.buttons.values():
            button.setParent(self)
            self._exclusive.addButton(button)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def set_count(self, group: Group, count: int) -> None:
        """Say how many a group holds."""
        self.buttons[group].set_count(f"{count:,}")
        self._flow()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Flow again."""
        super().resizeEvent(event)
        self._flow()

    def _flow(self) -> None:
        x = y = 0
        for button in self.buttons.values():
            size = button.sizeHint()
            if x and x + size.width() > self.width():
                x, y = 0, y + HIGH + GAP
            button.setGeometry(x, y, size.width(), HIGH)
            x += size.width() + GAP
        self.setFixedHeight(y + HIGH)


class RecordingsTable(TracksView):
    """A table of tracks whose first column, the number of the set, comes and goes."""

    def __init__(self, model: RecordingsModel) -> None:
        super().__init__(model, name="Recordings")
        self._numbered = True

    def set_numbered(self, numbered: bool) -> None:
        """Whether tracks belong together in sets."""
        self._numbered = numbered
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The title takes the room of the number."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        number, title = self.table.columns.index(SET), self.table.columns.index(TITLE)
        if self.isColumnHidden(number) == (not self._numbered):
            return
        self.setColumnHidden(number, not self._numbered)
        room = SET.width if not self._numbered else -SET.width
        self.setColumnWidth(title, self.columnWidth(title) + room)


class RecordingsView(QWidget):
    """Groups to choose from, and the tracks of one."""

    exclude_asked = Signal(object, bool)
    """A tuple of tracks, and whether they are kept out (or taken back in)."""
    out_wanted = Signal()
    """What is kept out is to be shown, and must be looked up first."""

    def __init__(self) -> None:
        super().__init__()
        self.model = RecordingsModel()
        self.view = RecordingsTable(self.model)
        self._sets: dict[Group, Sets] = {}
        self._locked, self.group = "", Group.COPIES
        self.groups = GroupButtons()
        self.buttons = self.groups.buttons
        self.sentence, self.none = SoftSentence(), SoftSentence(points=0.5)
        self.none.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.spares, self.out = QPushButton("Choose spare copies"), QPushButton()
        self.spares.setToolTip("Choose all but the best file of each set: lossless before lossy, large before small")
        self._lay_out()
        self._connect()
        self._show()

    def _lay_out(self) -> None:
        about = QHBoxLayout()
        about.setSpacing(8)
        about.addWidget(self.sentence, 1)
        about.addWidget(self.spares)
        about.addWidget(self.out)
        head = QVBoxLayout()
        head.setContentsMargins(16, 8, 12, 8)
        head.setSpacing(8)
        head.addWidget(self.groups)
        head.addLayout(about)
        self.stack = QStackedWidget()
        self.stack.addWidget(self.view)
        self.stack.addWidget(self.none)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.stack, 1)

    def _connect(self) -> None:
        self.buttons[self.group].setChecked(True)
        for group, button in self.buttons.items():
            button.toggled.connect(lambda on, group=group: self._choose(group) if on else None)
        self.spares.clicked.connect(self.choose_spares)
        self.out.clicked.connect(self.ask_move)
        self.view.selectionModel().selectionChanged.connect(lambda *_: self._tell())

    # ------------------------------------------------------------------ what it shows

    def set_groups(self, sets: Mapping[Group, Sets]) -> None:
        """Show these groups; one that is not named keeps what it had."""
        self._sets |= sets
        for group, found in sets.items():
            self.set_count(group, len(found))
        self._show()

    def set_count(self, group: Group, count: int) -> None:
        """Say how many a group holds, before they are known."""
        self.groups.set_count(group, count)

    def lock(self, why: str) -> None:
        """Let nothing be changed, for this reason ("" to allow it)."""
        self._locked = why
        self._tell()

    def show_group(self, group: Group) -> None:
        """Choose a group."""
        self.buttons[group].setChecked(True)

    def _choose(self, group: Group) -> None:
        self.group = group
        self.view.clearSelection()
        self._show()
        self.view.verticalScrollBar().setValue(0)
        if group is Group.OUT:
            self.out_wanted.emit()

    def _show(self) -> None:
        about, sets = self.group.value, self._sets.get(self.group)
        self.sentence.setText(about.sentence)
        self.none.setText("Looking …" if sets is None else about.none)
        if self.view.selectionModel().selection().count() > KEPT:
            self.view.clearSelection()  # so many stretches of rows would be moved one by one
        self.model.show(sets or ())
        self.view.set_numbered(self.group is Group.COPIES)
        self.stack.setCurrentWidget(self.view if sets else self.none)
        self._tell()

    def _count_chosen(self) -> int:
        selection = self.view.selectionModel().selection()
        return sum(selection.at(number).height() for number in range(selection.count()))

    def _tell(self) -> None:
        """Say on the buttons what they are about."""
        chosen, out = self._count_chosen(), self.group is Group.OUT
        verb = "Take back in" if out else "Keep out"
        self.out.setText(f"{verb} {chosen:,}" if chosen else verb)
        self.out.setEnabled(chosen > 0 and not self._locked)
        self.out.setToolTip(self._locked or (
            "Analyse them again and let lists name them" if out
            else "Keep the chosen tracks out of analysis and lists (Ctrl+Delete); it can be undone"
        ))  # fmt: skip
        self.spares.setVisible(self.group is Group.COPIES and bool(self._sets.get(Group.COPIES)))

    # ------------------------------------------------------------------ what is asked

    def choose_spares(self) -> None:
        """Choose all but the best file of each set."""
        chosen, model = QItemSelection(), self.model
        for row in model.rows_of(spares(self._sets.get(Group.COPIES, ()))):
            chosen.select(model.index(row, 0), model.index(row, len(model.columns) - 1))
        self.view.selectionModel().select(chosen, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        self.view.setFocus()

    def ask_move(self) -> None:
        """Ask that the chosen tracks are kept out, or taken back in."""
        tracks = self.view.selection()
        if tracks and not self._locked:
            self.exclude_asked.emit(tracks, self.group is not Group.OUT)
