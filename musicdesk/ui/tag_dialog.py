"""A tag for the chosen tracks: typed, or found among those that there are; and the tags that they bear already."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QListWidget, QListWidgetItem, QWidget

from musicdesk.records import OwnTag, Track
from musicdesk.ui.labels import SoftLabel, SoftSentence
from musicdesk.ui.question import Question
from musicdesk.ui.tag_chips import TagChips

INTRO = "A word of your own. Search finds it, and three tracks or more that bear it can become a prototype."
SHOWN = 200
"""Lines of the list; typing brings the others."""
LINES, HIGH = 6, 26
"""How many lines are seen at once, and how high each is."""
LONGEST = 10_000
"""More than this is not even looked at; what is too long for a tag is told in a sentence."""
ROLE = Qt.ItemDataRole.UserRole


class TagDialog(Question):
    """``add_asked`` gives what was typed or chosen, ``remove_asked`` a tag; its owner closes it.

    What could not be done is said in it, and another tag may be typed.
    """

    add_asked = Signal(str)
    remove_asked = Signal(str)

    def __init__(self, tracks: Sequence[Track], tags: Sequence[OwnTag], parent: QWidget | None = None) -> None:
        """``tags``: all that there are."""
        self.count = len(tracks)
        what = f"“{tracks[0].title}”" if self.count == 1 else f"{self.count:,} tracks"
        super().__init__(f"Tag {what}", INTRO, parent)
        self._tags = tuple(tags)
        self._known = {own.tag.casefold(): own for own in tags}
        self.field, self.list, self.news = QLineEdit(maxLength=LONGEST), QListWidget(), SoftSentence()
        self.bears, self.chips = SoftLabel(), TagChips()
        self.field.setPlaceholderText("rainy sunday")
        self.field.setAccessibleName("The tag")
        self.list.setAccessibleName("Your tags")
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.add = self.primary("Add")
        for widget in (self.field, self.news, self.list):
            self.body.addWidget(widget)
        self.body.addSpacing(8)
        self.body.addWidget(self.bears)
        self.body.addWidget(self.chips)
        self.body.addStretch(1)
        self._connect()
        self._filter("")
        self.set_borne(())
        self.setMinimumWidth(400)
        self.field.setFocus()

    def _connect(self) -> None:
        self.field.textEdited.connect(self._filter)
        self.field.installEventFilter(self)
        self.add.setAutoDefault(False)
        self.add.clicked.connect(self._ask)
        self.list.currentRowChanged.connect(lambda _: self._tell())
        self.list.itemActivated.connect(lambda _: self._ask())
        self.chips.remove_asked.connect(self.remove_asked)

    # ------------------------------------------------------------------ what they bear

    def set_borne(self, tags: Sequence[OwnTag]) -> None:
        """Show the tags that the tracks bear, and how many of several tracks do."""
        if self.closed:
            return
        self.bears.setText("Its tags" if self.count == 1 else "Their tags")
        self.bears.setVisible(bool(tags))
        few = {own.tag: f"{own.tracks:,} of {self.count:,}" for own in tags if own.tracks < self.count}
        self.chips.set_tags([own.tag for own in tags], few if self.count > 1 else {})
        self.adjustSize()

    # ------------------------------------------------------------------ which one

    @property
    def value(self) -> str:
        """What would be added now ("" for nothing): the line that was chosen, else what is typed."""
        item = self.list.currentItem()
        return " ".join(self.field.text().split()) if item is None else str(item.data(ROLE))

    def _filter(self, text: str) -> None:
        self.say("")
        wanted = text.casefold().split()
        found = [own for own in self._tags if all(part in own.tag.casefold() for part in wanted)]
        self.list.clear()
        for own in found[:SHOWN]:
            self.list.addItem(_line(own))
        self.list.setCurrentRow(-1)
        self.list.setVisible(bool(found))
        self.list.setFixedHeight(min(len(found), LINES) * HIGH + 4)
        self._tell()

    def _tell(self) -> None:
        value = self.value
        own = self._known.get(value.casefold())
        told = f"Your tag of {_tracks(own.tracks)}." if own else "A new tag."
        self.news.setText(told if value else "")
        self.add.setEnabled(bool(value))

    # ------------------------------------------------------------------ what is done

    def _ask(self) -> None:
        if self.value:
            self.say("")
            self.add.setEnabled(False)
            self.add_asked.emit(self.value)

    def refuse(self, sentence: str) -> None:
        """Say why it could not be done; another may be typed."""
        if not self.closed:
            self.say(sentence)
            self._tell()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Up and down in the field walk through the list and back to what was typed, Enter adds."""
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return super().eventFilter(watched, event)
        key = event.key()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._ask()
            return True
        if key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            row = self.list.currentRow() + (1 if key == Qt.Key.Key_Down else -1)
            self.list.setCurrentRow(min(max(row, -1), self.list.count() - 1))
            return True
        return super().eventFilter(watched, event)


def _line(own: OwnTag) -> QListWidgetItem:
    item = QListWidgetItem(f"{own.tag}   ·   {_tracks(own.tracks)}")
    item.setData(ROLE, own.tag)
    item.setSizeHint(QSize(0, HIGH))  # as wide as the list, so that a long one is elided
    return item


def _tracks(count: int) -> str:
    return f"{count:,} track{'s' * (count != 1)}"
