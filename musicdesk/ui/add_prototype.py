"""What a new prototype shall be made from: a tag, words, an artist or a playlist, found by typing."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QListWidget, QListWidgetItem, QWidget

from musicdesk.ui.labels import SoftSentence
from musicdesk.ui.question import Question

SHOWN = 200
"""Lines of the list; typing brings the others."""
ROLE = Qt.ItemDataRole.UserRole
LONGEST = 200


class From(Enum):
    """What a prototype can be made from, beside tracks: title, what the field asks, what is said while none fits."""

    TAG = ("A prototype from a tag", "Find a tag", "No tag with these letters.")
    WORDS = ("A prototype from words", "slow sad piano", "")
    ARTIST = ("A prototype from an artist", "Find an artist", "No artist with these letters.")
    PLAYLIST = ("A prototype from a playlist", "Find a playlist", "No playlist with these letters.")


INTRO = {From.WORDS: "Say how it sounds, in a few words. How much of them is understood depends on the encoder."}


@dataclass(frozen=True, slots=True)
class Choice:
    """One line to choose."""

    value: str
    note: str = ""


class AddPrototype(Question):
    """``asked`` gives what was chosen or typed; the dialog stays until its owner accepts it, or says what was wrong."""

    asked = Signal(str)

    def __init__(self, source: From, choices: Sequence[Choice] = (), parent: QWidget | None = None) -> None:
        title, placeholder, self._none = source.value
        super().__init__(title, INTRO.get(source, ""), parent)
        self._free, self._choices = source is From.WORDS, tuple(choices)
        self._folded = [choice.value.casefold() for choice in self._choices]
        self.field, self.list, self.rest = QLineEdit(maxLength=LONGEST), QListWidget(), SoftSentence()
        self.field.setPlaceholderText(placeholder)
        self.field.setAccessibleName(placeholder if not self._free else "Words for the prototype")
        self.list.setAccessibleName(f"{title}: what there is")
        self.add = self.primary("Add")
        for widget in (self.field, self.list, self.rest):
            self.body.addWidget(widget)
        self._connect()
        self._filter("")
        self.field.setFocus()
        self.list.setVisible(not self._free)
        self.setMinimumWidth(400)
        if not self._free:
            self.setMinimumHeight(400)

    def _connect(self) -> None:
        self.field.textChanged.connect(self._filter)
        self.field.installEventFilter(self)
        self.add.setAutoDefault(False)
        self.add.clicked.connect(self._ask)
        self.list.itemActivated.connect(lambda _: self._ask())
        self.list.currentRowChanged.connect(lambda _: self._show_add())

    # ------------------------------------------------------------------ what is found

    @property
    def value(self) -> str:
        """What would be added now ("" for nothing)."""
        if self._free:
            return " ".join(self.field.text().split())
        item = self.list.currentItem()
        return "" if item is None else str(item.data(ROLE))

    def _filter(self, text: str) -> None:
        self.say("")
        wanted = text.casefold().split()
        found = [n for n, folded in enumerate(self._folded) if all(part in folded for part in wanted)]
        if wanted:
            found.sort(key=lambda n: not self._folded[n].startswith(wanted[0]))
        self.list.clear()
        for number in found[:SHOWN]:
            self.list.addItem(_line(self._choices[number]))
        self.list.setCurrentRow(0 if found else -1)
        self._tell(len(found))
        self._show_add()

    def _tell(self, found: int) -> None:
        more = f"{found - SHOWN:,} more: type a few letters of the name." if found > SHOWN else ""
        self.rest.setText(more or ("" if found else self._none))
        self.rest.setVisible(bool(self.rest.text()))

    def _show_add(self) -> None:
        self.add.setEnabled(bool(self.value))

    # ------------------------------------------------------------------ what is done

    def _ask(self) -> None:
        if self.value:
            self.say("")
            self.add.setEnabled(False)
            self.asked.emit(self.value)

    def refuse(self, sentence: str) -> None:
        """Say why it could not be added; another may be chosen."""
        if not self.closed:
            self.say(sentence)
            self._show_add()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Up and down in the field walk through the list, Enter adds."""
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return super().eventFilter(watched, event)
        key, count = event.key(), self.list.count()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._ask()
            return True
        if key in (Qt.Key.Key_Down, Qt.Key.Key_Up) and count:
            row = self.list.currentRow() + (1 if key == Qt.Key.Key_Down else -1)
            self.list.setCurrentRow(min(max(row, 0), count - 1))
            return True
        return super().eventFilter(watched, event)


def _line(choice: Choice) -> QListWidgetItem:
    item = QListWidgetItem(f"{choice.value}   ·   {choice.note}" if choice.note else choice.value)
    item.setData(ROLE, choice.value)
    return item
