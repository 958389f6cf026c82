"""The columns of the tables of tracks, and how numbers are written in them."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto

from PySide6.QtCore import Qt

from musicdesk.records import Feedback

NEW = 10_000
"""How far a row moved that was not in the list before."""


class Kind(Enum):
    """How a cell is painted."""

    TEXT = auto()
    SOFT = auto()
    NUMBER = auto()
    MOVED = auto()
    MATCH = auto()
    WHY = auto()
    LIKED = auto()
    MARKED = auto()
    """Words behind a colour and shape."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table."""

    name: str
    title: str
    kind: Kind
    width: int
    """Pixels to begin with; 0: takes a share of what is left."""
    hint: str = ""


TITLE = Column("title", "Title", Kind.TEXT, 0)
ARTIST = Column("artist", "Artist", Kind.SOFT, 0)
ALBUM = Column("album", "Album", Kind.SOFT, 0)
LENGTH = Column("length", "Length", Kind.NUMBER, 68)
LIKED = Column("liked", "♥", Kind.LIKED, 36, "Liked: click, or press L")
GENRE = Column("genre", "Genre", Kind.SOFT, 0)
CODEC = Column("codec", "Format", Kind.SOFT, 64)
MOVED = Column("moved", "▲▼", Kind.MOVED, 44, "How far it moved with the last change of your taste")
MATCH = Column("match", "Match", Kind.MATCH, 112, "How much better it fits than the rest of your library")
WHY = Column("why", "Why", Kind.WHY, 232, "The parts of your taste that brought it here")

CHANGE = Column("change", "Moved", Kind.SOFT, 260, "How far it went from where you began, in percentiles")
STAYED = Column("stayed", "Same", Kind.SOFT, 176, "What it has in common with where you began")

FITS = Column("match", "Match", Kind.MATCH, 112, "Every word stands there, or how much better it fits than the rest")
REASON = Column("reason", "Why", Kind.WHY, 264, "The words that matched, and what spoke for it")

RANKING_COLUMNS = (MOVED, TITLE, ARTIST, ALBUM, LENGTH, MATCH, WHY, LIKED)
LIBRARY_COLUMNS = (TITLE, ARTIST, ALBUM, LENGTH, GENRE, CODEC, LIKED)
PLAYLIST_COLUMNS = (TITLE, ARTIST, ALBUM, LENGTH, LIKED)
STEERED_COLUMNS = (TITLE, ARTIST, CHANGE, STAYED, LIKED)
FOUND_COLUMNS = (TITLE, ARTIST, ALBUM, LENGTH, FITS, REASON, LIKED)


SHARES = {"title": 30, "artist": 22, "album": 24, "genre": 18}
"""How columns without a width of their own share what is left."""
LEAST = {"title": 132, "artist": 84, "album": 120, "genre": 92}
GIVING_WAY: tuple[tuple[str, int], ...] = (
    ("genre", 0), ("album", 0), ("sort", 0), ("why", 160), ("match", 64), ("codec", 0), ("reason", 176),
    ("length", 0), ("why", 96), ("reason", 150), ("moved", 0), ("stayed", 96), ("change", 120), ("stayed", 0),
    ("artist", 0),
)  # fmt: skip
"""What shrinks (to a width) or goes (0), in this order, where the table is narrow."""


def widths(columns: Sequence[Column], available: int) -> dict[str, int]:
    """The width of each column that is shown; together they fill what is available."""
    given = {column.name: column.width or LEAST[column.name] for column in columns}
    for name, width in GIVING_WAY:
        if sum(given.values()) <= available:
            break
        if name in given:
            given[name] = width
        given = {kept: wide for kept, wide in given.items() if wide}
    spare = max(0, available - sum(given.values()))
    if CHANGE.name in given:  # what moved is what such a list is for: it has its room back before titles get more
        back = min(spare, CHANGE.width - given[CHANGE.name])
        given[CHANGE.name], spare = given[CHANGE.name] + back, spare - back
    elastic = [column.name for column in columns if not column.width and column.name in given]
    whole = sum(SHARES[name] for name in elastic)
    for name in elastic:
        given[name] += spare * SHARES[name] // whole
    if elastic:
        given[elastic[0]] += max(0, available - sum(given.values()))
    return given


def alignment(column: Column) -> Qt.AlignmentFlag:
    """Numbers to the right, signs in the middle, words to the left."""
    side = {
        Kind.NUMBER: Qt.AlignmentFlag.AlignRight,
        Kind.MOVED: Qt.AlignmentFlag.AlignHCenter,
        Kind.LIKED: Qt.AlignmentFlag.AlignHCenter,
    }.get(column.kind, Qt.AlignmentFlag.AlignLeft)
    return side | Qt.AlignmentFlag.AlignVCenter


def clock(seconds: float) -> str:
    """A length as people write it: 4:03, 1:02:03."""
    whole = round(seconds)
    hours, minutes = divmod(whole // 60, 60)
    return f"{hours}:{minutes:02}:{whole % 60:02}" if hours else f"{minutes}:{whole % 60:02}"


def percent(share: float) -> str:
    """A percentile; nobody is better than all, and the best of many need a decimal."""
    value = share * 100
    return f"{value:.0f} %" if value < 99 else f"{min(value, 99.9):.1f} %"


def moved_text(moved: int) -> str:
    """▲3, ▼1, new, or nothing."""
    if moved == NEW:
        return "new"
    return f"▲{moved}" if moved > 0 else f"▼{-moved}" if moved < 0 else ""


def verdict(said: Feedback) -> str:
    """What the person said, in a word."""
    if said.never:
        return "never suggested"
    return "liked" if said.liked else "disliked" if said.disliked else f"{said.stars:g} stars" if said.stars else ""
