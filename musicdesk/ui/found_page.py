"""Found by words: what the search was taken for, the list, and what can be done with it."""

from collections.abc import Collection

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from musicdesk.records.searching import Found, SearchStatus
from musicdesk.ui.empty_states import State
from musicdesk.ui.flat import Line
from musicdesk.ui.found_model import FoundModel, FoundView
from musicdesk.ui.found_words import (
    MEANS,
    PARTS,
    SLOTS,
    corrected_text,
    counts,
    in_the_window,
    needs,
    remarks,
    taken_for,
)
from musicdesk.ui.labels import ElidedLabel, SoftLabel, SoftSentence
from musicdesk.ui.pages import TablePage
from musicdesk.ui.prototype_name import ShapeMark

WIDE, NARROW = (
    ("Save search…", "Add as prototype", "Add to playlist…", "Export…"), ("Save…", "Prototype", "Playlist…", "Export…"),
)  # fmt: skip
"""What the buttons say where there is room, and where there is little."""
ROOM = 520
NEEDS = {"read": "Install what reads texts", "learn": "Let it learn…"}
SAVE_HINT = "Keep it as a playlist that finds itself anew (Ctrl+S)"
PROTOTYPE_HINT = "Make a slider of your taste from these words"
PLAYLIST_HINT = "Put what was found into a playlist; where several rows are chosen, those"
EXPORT_HINT = "Write the list for another player (Ctrl+E)"


class FoundPage(TablePage):
    """A table with what was understood above, and what can be done with it below."""

    typed_asked = Signal()
    """Search for the words as they were typed."""
    needed_asked = Signal(str)
    """Install what "read"s sentences, or let it "learn"."""
    save_asked = Signal()
    prototype_asked = Signal()
    playlist_asked = Signal()
    export_asked = Signal()
    all_asked = Signal()
    """Show everything that holds every word."""
    answered = Signal()
    """Another list is shown."""

    def __init__(self) -> None:
        self.model = FoundModel()
        self.view: FoundView
        self.found: Found | None = None
        """What is shown."""
        self._need = self._lacks = ""
        super().__init__(self.model, name="Found", view=FoundView)
        self.taken, self.corrected = SoftSentence(points=-0.5), ElidedLabel()
        self.as_typed = QPushButton("Search as typed")
        self.remark, self.need = SoftSentence(points=-0.5), QPushButton()
        self.count, self.all, self.legend = SoftLabel(), QPushButton("Show all"), Legend()
        self.best = QPushButton("Best first")
        self.save, self.prototype, self.playlist, self.export = (QPushButton(text) for text in WIDE)
        self.head, self.foot = self._head(), self._foot()
        self.column.insertWidget(1, self.head)
        self.column.addWidget(self.foot)
        self._connect()
        self.lock("")
        self.best.hide()
        self.show_state(State.FOUND_ASK)

    # ------------------------------------------------------------------ building

    def _head(self) -> QWidget:
        head = QWidget()
        column = QVBoxLayout(head)
        column.setContentsMargins(16, 6, 12, 6)
        column.setSpacing(4)
        column.addWidget(self.taken)
        self._corrected, self._remarks = _line(self.corrected, self.as_typed), _line(self.remark, self.need)
        column.addWidget(self._corrected)
        column.addWidget(self._remarks)
        self.as_typed.setToolTip("The words in quotation marks: so they must stand")
        return head

    def _foot(self) -> QWidget:
        foot = QWidget()
        whole = QVBoxLayout(foot)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(Line())
        column = QVBoxLayout()
        column.setContentsMargins(12, 6, 12, 6)
        column.setSpacing(6)
        whole.addLayout(column)
        facts, buttons = QHBoxLayout(), QHBoxLayout()
        facts.addWidget(self.count)
        facts.addWidget(self.all)
        facts.addWidget(self.best)
        facts.addStretch(1)
        facts.addWidget(self.legend)
        buttons.setSpacing(8)
        for button in (self.save, self.prototype, self.playlist, self.export):
            buttons.addWidget(button)
        buttons.addStretch(1)
        column.addLayout(facts)
        column.addLayout(buttons)
        self.all.setToolTip("Show everything that holds every word")
        self.best.setToolTip("Back to the order of the search: every word first, then what fits best")
        return foot

    def _connect(self) -> None:
        self.as_typed.clicked.connect(self.typed_asked)
        self.need.clicked.connect(lambda: self.needed_asked.emit(self._need))
        self.all.clicked.connect(self.all_asked)
        self.best.clicked.connect(self._best_first)
        self.model.ordered.connect(self._ordered)
        for button, asked in (
            (self.save, self.save_asked), (self.prototype, self.prototype_asked),
            (self.playlist, self.playlist_asked), (self.export, self.export_asked),
        ):  # fmt: skip
            button.clicked.connect(asked)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The buttons say what there is room for."""
        super().resizeEvent(event)
        buttons = (self.save, self.prototype, self.playlist, self.export)
        for button, short, long in zip(buttons, NARROW, WIDE, strict=True):
            button.setText(long if self.width() >= ROOM else short)
            button.setAccessibleName(long)

    # ------------------------------------------------------------------ what it shows

    def show_state(self, state: State, *, sentence: str = "") -> None:
        """There is no list, for this reason."""
        super().show_state(state, sentence=sentence)
        if state not in (State.FOUND_NOTHING, State.FOUND_UNHEARD):
            self.head.hide()
        self.foot.hide()

    def show_found(self, found: Found, *, whole: bool) -> None:
        """Show these hits; while it is not the whole answer, those by meaning are still to come."""
        before, self.found = self.found, found
        if before is None or before.query != found.query:
            self.view.leave_rows()
            self.view.best_first()
        self.model.show_found(found)
        self.show_table()
        self.foot.show()
        if whole and not self.view.currentIndex().isValid():
            self.view.choose_row(0)
        self.count.setText(counts(found, whole=whole))
        self.all.setVisible(whole and found.exact > self.model.exact)
        self.legend.show_parts({r.part for hit in found.hits for r in hit.reasons if r.amount > 0})
        self.tell(found)
        self.answered.emit()

    def show_none(self, found: Found, state: State) -> None:
        """Nothing was found."""
        self.found = found
        self.model.show_found(None)
        self.tell(found)
        self.show_state(state)
        self.answered.emit()

    def _ordered(self) -> None:
        self.best.setVisible(bool(self.model.order))
        self.answered.emit()

    def _best_first(self) -> None:
        self.view.best_first()
        self.view.setFocus()  # the button goes

    def tell(self, found: Found) -> None:
        """What the search was taken for, and what must be told of it."""
        taken, corrected, remark = taken_for(found.understood), corrected_text(found.understood), remarks(found)
        if not found.hits and self._lacks not in found.sentence:
            remark = f"{remark} {in_the_window(self._lacks)}"
        self.need.setVisible(bool(self._need) and bool(self._lacks) and in_the_window(self._lacks) in remark)
        self.taken.setText(taken)
        self.taken.setVisible(bool(taken))
        self.corrected.setText(corrected)
        self._corrected.setVisible(bool(corrected))
        self.remark.setText(remark)
        self._remarks.setVisible(bool(remark))
        self.head.setVisible(bool(taken or corrected or remark))

    def set_status(self, status: SearchStatus) -> None:
        """What a search can go by; where an answer tells what lacks, or is none, a button leads there."""
        self._need, self._lacks = needs(status), status.sentence
        self.need.setText(NEEDS.get(self._need, ""))

    def lock(self, why: str) -> None:
        """Nothing may be kept, for this reason ("" to allow it)."""
        for button, hint in (
            (self.save, SAVE_HINT), (self.prototype, PROTOTYPE_HINT), (self.playlist, PLAYLIST_HINT),
        ):  # fmt: skip
            button.setEnabled(not why)
            button.setToolTip(why or hint)
        self.export.setToolTip(EXPORT_HINT)

    def take_focus(self) -> None:
        """The keyboard goes to the list, or to what can be done without one."""
        if self.state is None:
            self.view.setFocus()
        elif self.state.value.button:
            self.empty.button.setFocus()


def _line(text: QWidget, button: QPushButton) -> QWidget:
    line = QWidget()
    row = QHBoxLayout(line)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(8)
    row.addWidget(text, 1)
    row.addWidget(button)
    return line


class Legend(QWidget):
    """The signs of the parts of a score."""

    def __init__(self) -> None:
        super().__init__()
        self.marks: dict[str, tuple[QWidget, QWidget]] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        for part in PARTS:
            mark, name = ShapeMark(size=14), SoftLabel(f"{part}  ")
            mark.set_look(SLOTS[part])
            self.marks[part] = (mark, name)
            for widget in (mark, name):
                widget.setToolTip(MEANS[part])
                row.addWidget(widget)

    def show_parts(self, parts: Collection[str]) -> None:
        """Show the signs of these."""
        for part, widgets in self.marks.items():
            for widget in widgets:
                widget.setVisible(part in parts)
