"""A list for several listeners: everyone's share on top, below it the tracks and whose each is."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from musicdesk.records import GroupList, GroupPick, GroupShare, Track
from musicdesk.ui import icons, theme
from musicdesk.ui.columns import ALBUM, ARTIST, LENGTH, LIKED, TITLE, Column, Kind
from musicdesk.ui.flat import FlatTick
from musicdesk.ui.glyphs import GlyphButton
from musicdesk.ui.ink import Ink, scaled
from musicdesk.ui.labels import ElidedLabel, SoftSentence, scrolling
from musicdesk.ui.listens_words import count, names_text, whom
from musicdesk.ui.prototype_name import paint_mark
from musicdesk.ui.tracks_model import TrackTable
from musicdesk.ui.tracks_view import TracksView

WHOSE = Column("whose", "Whose", Kind.MARKED, 160, "Whose kind of music it is; whose turn it was comes first")
SORT = Column("sort", "Kind", Kind.SOFT, 112, "The kind of music for which it stands in the list")
COLUMNS = (TITLE, ARTIST, ALBUM, WHOSE, SORT, LENGTH, LIKED)
ME = "me"
"""What the desk calls the person here in a list for several."""
KINDS = 3
"""Kinds of music that are named for a listener."""
KNOWN, KNOWN_SHORT = "Also what they know", "Also known"
KEEP, KEEP_SHORT = "Keep as playlist", "Keep"
NARROW = 520
"""Below this width the head says it shorter."""
SHARES_HIGH, LINE_HIGH = 140, 20
LOOKS = len(theme.SHAPES)
"""Colours and shapes of listeners; then they come again."""


def called(name: str) -> str:
    """A listener of a list for people."""
    return "you" if name == ME else name


class GroupModel(TrackTable):
    """The tracks of a list for several."""

    def __init__(self) -> None:
        super().__init__(COLUMNS)
        self._picks: tuple[GroupPick, ...] = ()
        self._slots: Mapping[str, int] = {}

    def show(self, group: GroupList) -> None:
        """Show this list."""
        place = {found.pick.track.id: row for row, found in enumerate(group.picks)}

        def apply() -> None:
            self._picks = group.picks
            self._slots = {share.listener: slot % LOOKS for slot, share in enumerate(group.shares)}

        self._change(len(group.picks), apply, lambda key: place.get(key, -1) if isinstance(key, int) else -1)

    def track(self, row: int) -> Track | None:
        """The track of a row."""
        return self._picks[row].pick.track if 0 <= row < len(self._picks) else None

    def key(self, row: int) -> object:
        """The track's id."""
        track = self.track(row)
        return None if track is None else track.id

    def slot(self, row: int) -> int:
        """The colour and shape of the listener whose turn it was."""
        whose = self._picks[row].whose if row < len(self._picks) else ()
        return self._slots.get(whose[0], -1) if whose else -1

    def text(self, row: int, column: Column) -> str:
        """What stands in a cell."""
        if row < len(self._picks):
            if column is WHOSE:
                return ", ".join(map(called, self._picks[row].whose))
            if column is SORT:
                return self._picks[row].category
        return super().text(row, column)

    def hint(self, row: int, column: Column) -> str | None:
        """Whose it is at full length."""
        if column in (WHOSE, SORT) and row < len(self._picks):
            found = self._picks[row]
            first, *also = map(called, found.whose)
            others = f", and something for {names_text(also)}" if also else ""
            return f"{found.category}, for {first}{others}" if found.category else f"For {first}{others}"
        return super().hint(row, column)


class ShareMark(QWidget):
    """The colour and shape of a listener in this list."""

    def __init__(self, slot: int) -> None:
        super().__init__()
        self._slot = slot
        self.setFixedSize(QSize(12, 16))

    def paintEvent(self, event: QPaintEvent) -> None:
        """The mark."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_mark(painter, QRectF(0.5, 2.5, 11, 11), self._slot, ink=Ink.of(self))


class GroupView(QWidget):
    """The list with a way back and what can be done with it."""

    left = Signal()
    keep_asked = Signal(str, object)
    """A name, and the tracks to keep as a playlist."""
    known_asked = Signal(bool)
    """Whether what somebody knows already may be in the list."""

    def __init__(self) -> None:
        super().__init__()
        self.names: tuple[str, ...] = ()
        self.model = GroupModel()
        self.view = TracksView(self.model, name="List for several listeners")
        self.back = GlyphButton(icons.back, name="Back to the listeners", hint="Back to the listeners (Esc)")
        self.title, self.aside = ElidedLabel(), SoftSentence(points=0.5)
        self.known, self.keep = FlatTick(KNOWN), QPushButton(KEEP)
        self.known.setToolTip("Let the list name tracks that one of them has heard or liked already")
        self._lay_out()
        self.back.clicked.connect(self.left)
        self.known.clicked.connect(self.known_asked)
        self.keep.clicked.connect(lambda: self.keep_asked.emit(self.title.text(), self.view.tracks()))

    def _lay_out(self) -> None:
        font = self.title.font()
        scaled(font, 4)
        self.title.setFont(font)
        self.aside.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.aside.setMargin(24)
        head = QHBoxLayout()
        head.setContentsMargins(8, 12, 12, 6)
        head.setSpacing(8)
        head.addWidget(self.back)
        head.addWidget(self.title, 1)
        head.addWidget(self.known)
        head.addWidget(self.keep)
        self._shares = QWidget()
        self._lines = QVBoxLayout(self._shares)
        self._lines.setContentsMargins(16, 0, 12, 8)
        self._lines.setSpacing(2)
        self._area = scrolling(self._shares)
        self._area.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.stack = QStackedWidget()
        self.stack.addWidget(self.aside)
        self.stack.addWidget(self.view)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self._area)
        column.addWidget(self.stack, 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The head says what there is room for."""
        super().resizeEvent(event)
        narrow = self.width() < NARROW
        self.known.setText(KNOWN_SHORT if narrow else KNOWN)
        self.keep.setText(KEEP_SHORT if narrow else KEEP)

    # ------------------------------------------------------------------ what it shows

    def begin(self, names: Sequence[str]) -> None:
        """A list for these is being made."""
        self.names = tuple(names)
        self.title.setText(f"For {whom(names)}")
        self._fill(())
        self.say("Looking for what everyone may like …")

    def say(self, sentence: str) -> None:
        """Say this in place of the list."""
        self.aside.setText(sentence)
        self.stack.setCurrentWidget(self.aside)
        self.keep.setEnabled(False)

    def set_group(self, group: GroupList) -> None:
        """Show this list."""
        self._fill(group.shares)
        self.model.show(group)
        self.stack.setCurrentWidget(self.view)
        self.keep.setEnabled(bool(group.picks))
        self.keep.setToolTip("Keep these tracks as a playlist")
        if group.picks and not self.view.selectionModel().hasSelection():
            self.view.choose_row(0)

    def lock(self, why: str) -> None:
        """Let nothing be kept, for this reason ("" to allow it)."""
        self.keep.setVisible(not why)

    def _fill(self, shares: Sequence[GroupShare]) -> None:
        while (item := self._lines.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for slot, share in enumerate(shares):
            self._lines.addWidget(_line(share, slot % LOOKS))
        self._area.setFixedHeight(min(8 + len(shares) * (LINE_HIGH + 2), SHARES_HIGH) if shares else 0)


def _line(share: GroupShare, slot: int) -> QWidget:
    """A listener's mark, name, share and kinds of music."""
    line = QWidget()
    line.setFixedHeight(LINE_HIGH)
    name, words = QLabel(called(share.listener)), ElidedLabel(share_text(share), soft=True)
    name.setTextFormat(Qt.TextFormat.PlainText)
    font = name.font()
    font.setWeight(font.Weight.DemiBold)
    name.setFont(font)
    line.setAccessibleName(f"{name.text()}: {words.text()}")
    row = QHBoxLayout(line)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(8)
    row.addWidget(ShareMark(slot))
    row.addWidget(name)
    row.addWidget(words, 1)
    return line


def share_text(share: GroupShare) -> str:
    """What part of the list is a listener's, and what for."""
    kinds = ", ".join(share.categories[:KINDS])
    return " · ".join(filter(None, (count(share.picks, "track"), kinds, share.knows)))
