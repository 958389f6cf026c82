"""Walk to …: where a playlist that changes in even steps shall end, how long it is, and the way as it would be."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from musicdesk.records import MOODS, Axis, Mood, MoodPath, PathStep, Track
from musicdesk.ui.labels import SoftSentence, plain_tip
from musicdesk.ui.plain_table import Field, PlainModel, PlainTable
from musicdesk.ui.question import Question
from musicdesk.ui.steer_words import in_the_window

SHORTEST, LONGEST, USUAL = 5, 50, 15
SHOWN, REST_MS, LONGEST_NAME = 100, 150, 200
Row = tuple[int, PathStep]
FIELDS: tuple[Field[Row], ...] = (
    Field("", lambda row: str(row[0]), order=lambda row: row[0], width=36),
    Field("Title", lambda row: row[1].track.title, strong=True),
    Field("Artist", lambda row: row[1].track.artist),
    Field(
        "Energy", lambda row: f"{100 * dict(row[1].axes)[Axis.AROUSAL]:.0f}",
        order=lambda row: dict(row[1].axes)[Axis.AROUSAL], width=72, hint="From calm to energetic, as a percentile of "
        "your library",
    ),
)  # fmt: skip
Find = Callable[[str], Sequence[Track]]


@dataclass(frozen=True, slots=True)
class End:
    """Where a walk ends: a mood, or a track."""

    text: str
    mood: Mood | None = None
    track: Track | None = None


class WalkDialog(Question):
    """``asked`` wants the way to an end, ``kept`` a playlist of the one that is shown."""

    asked = Signal(object, int)
    """An ``End``, and how many tracks."""
    kept = Signal(str, object)
    """A name, and the ``MoodPath``."""

    def __init__(
        self, start: str, *, find: Find, playing: Track | None = None, parent: QWidget | None = None
    ) -> None:  # fmt: skip
        super().__init__(f"Walk from {start} to …", "A playlist that gets there in even steps.", parent)
        self._find, self._playing = find, playing
        self._found: list[End] = []
        self.path: MoodPath | None = None
        self._own_name = False
        """Whether the person wrote a name; until then the way has its own."""
        self.field, self.ends = QLineEdit(maxLength=LONGEST_NAME), QListWidget()
        self.length, self.name = QSpinBox(), QLineEdit(maxLength=LONGEST_NAME)
        self.way, self.told = PlainTable(PlainModel(FIELDS, key=lambda row: row[0]), name="The way"), SoftSentence()
        self.keep = self.primary("Save as playlist")
        self._rest = QTimer(self, singleShot=True, interval=REST_MS)
        self._fill()
        self._connect()
        self._filter("")
        self._show_keep()
        self.field.setFocus()
        self.resize(760, 520)

    # ------------------------------------------------------------------ building

    def _fill(self) -> None:
        self.field.setPlaceholderText("A mood, or find a track")
        self.field.setAccessibleName("Where the walk ends: a mood, or find a track")
        self.ends.setAccessibleName("Ends to choose from")
        self.way.setSortingEnabled(False)  # its order is what it is about
        self.way.horizontalHeader().setSectionsClickable(False)
        self.ends.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.name.setAccessibleName("Name of the playlist")
        self.name.setPlaceholderText("Name of the playlist")
        self.length.setRange(SHORTEST, LONGEST)
        self.length.setValue(USUAL)
        self.length.setSuffix(" tracks")
        self.length.setAccessibleName("How many tracks")
        left, right = QVBoxLayout(), QVBoxLayout()
        for column, widgets in ((left, (self.field, self.ends)), (right, (self.way, self.told))):
            column.setSpacing(6)
            for widget in widgets:
                column.addWidget(widget)
        sides = QHBoxLayout()
        sides.setSpacing(16)
        sides.addLayout(left, 2)
        sides.addLayout(right, 3)
        self.body.addLayout(sides, 1)
        self.body.addSpacing(4)
        self.body.addLayout(self._below())

    def _below(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(QLabel("Length"))
        row.addWidget(self.length)
        row.addSpacing(8)
        row.addWidget(QLabel("Name"))
        row.addWidget(self.name, 1)
        return row

    def _connect(self) -> None:
        self.field.textChanged.connect(self._filter)
        self.field.installEventFilter(self)
        self.ends.currentRowChanged.connect(lambda _: self._changed())
        self.length.valueChanged.connect(lambda _: self._changed())
        self.name.textEdited.connect(self._rename)
        self._rest.timeout.connect(self._ask)
        self.keep.clicked.connect(self._keep)

    # ------------------------------------------------------------------ where it ends

    @property
    def end(self) -> End | None:
        """What is chosen."""
        row = self.ends.currentRow()
        return self._found[row] if 0 <= row < len(self._found) else None

    def _filter(self, text: str) -> None:
        wanted = text.strip().casefold()
        found = [End(f"{mood.value.capitalize()}   ·   a mood", mood=mood) for mood in MOODS if wanted in mood.value]
        if self._playing is not None and not wanted:
            found.append(End(f"{self._playing.title}   ·   playing now", track=self._playing))
        if wanted:
            found += [End(_line(track), track=track) for track in self._find(text)[:SHOWN]]
        self.ends.clear()
        self._found = found
        for end in found:
            item = QListWidgetItem(end.text)
            item.setToolTip(plain_tip(end.text))
            self.ends.addItem(item)
        self.ends.setCurrentRow(0 if found else -1)
        if not found:
            self.told.setText("No mood and no track with these words.")

    def _changed(self) -> None:
        self.path = None
        self._show_keep()
        self._rest.start()

    def _ask(self) -> None:
        if self.end is not None:
            self.asked.emit(self.end, self.length.value())

    # ------------------------------------------------------------------ the way

    def show_path(self, path: MoodPath) -> None:
        """This is the way."""
        if self.closed:
            return
        self.say("")
        self.path = path
        if not self._own_name:
            self.name.setText(path.label[:LONGEST_NAME])
        self.way.table.set_records(tuple(enumerate(path.steps, start=1)))
        self.told.setText(path.sentence)
        self._show_keep()

    def refuse(self, sentence: str) -> None:
        """There is no such way, for this reason."""
        if self.closed:
            return
        self.path = None
        self.way.table.set_records(())
        self.told.setText("")
        self.say(in_the_window(sentence))
        self._show_keep()

    def _rename(self, text: str) -> None:
        self._own_name = bool(text.strip())
        self._show_keep()

    def _show_keep(self) -> None:
        self.keep.setEnabled(self.path is not None and bool(self.name.text().strip()))

    def _keep(self) -> None:
        if self.path is not None:
            self.kept.emit(self.name.text().strip(), self.path)
            self.accept()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Up and down in the field walk through the ends."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            by = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
            if by is not None and self.ends.count():
                self.ends.setCurrentRow(min(max(self.ends.currentRow() + by, 0), self.ends.count() - 1))
                return True
        return super().eventFilter(watched, event)


def _line(track: Track) -> str:
    return f"{track.title}   ·   {track.artist}" if track.artist else track.title
