"""Tracks as tables: models straight over the arrays of a ranking; no record is made for a row.

A change of order keeps selection and scroll place: rows keep their identity (audio hash or track id), persistent
indexes are moved to where their row now stands.
"""

from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QMimeData, QModelIndex, QPersistentModelIndex, Qt, Signal

from musicdesk.records import Feedback, Part, Ranking, Track
from musicdesk.ui.columns import (
    NEW,
    RANKING_COLUMNS,
    TITLE,
    Column,
    Kind,
    alignment,
    clock,
    moved_text,
    percent,
    verdict,
)
from musicdesk.ui.contribution_bar import standing
from musicdesk.ui.ink import spoken
from musicdesk.ui.labels import plain_tip
from musicdesk.ui.local_files import to_url

Index = QModelIndex | QPersistentModelIndex
NOTHING = Ranking(
    (), (), *(np.zeros(0, np.float32),) * 2, *(np.zeros((0, 0), np.float32),) * 2, (), (), np.zeros(0, np.float32)
)
NO_FEEDBACK = Feedback()
USUAL = (
    Qt.ItemFlag.ItemIsSelectable
    | Qt.ItemFlag.ItemIsEnabled
    | Qt.ItemFlag.ItemIsDragEnabled
    | Qt.ItemFlag.ItemNeverHasChildren
)


class TrackTable(QAbstractTableModel):
    """What all tables of tracks share.

    A model whose order follows the taste says ``turning`` before its rows have another order and ``turned`` after it.
    """

    turning = Signal()
    turned = Signal()

    def __init__(self, columns: Sequence[Column]) -> None:
        super().__init__()
        self.columns = tuple(columns)
        self.feedback: Mapping[str, Feedback] = {}
        self.tags: Mapping[str, tuple[str, ...]] = {}
        """Audio hash → the listener's own tags; a row's tooltip tells them."""
        self.playing = ""
        self.places: Mapping[object, int] = {}
        """Where the row with a key stands, in a model that says ``turned``."""
        self._count = 0

    @abstractmethod
    def track(self, row: int) -> Track | None:
        """The track of a row; None while it is not known."""

    @abstractmethod
    def key(self, row: int) -> object:
        """What a row is known by."""

    def before(self) -> "TrackTable | None":
        """The rows as they were before they last had another order, to paint those that have left."""
        return None

    def slot(self, row: int) -> int:
        """The slot whose colour and shape stand in a row's marked column; -1 for none."""
        return -1

    def tracks(self, rows: Sequence[int]) -> Sequence[Track]:
        """The tracks of some rows; those that are not known are left out."""
        return tuple(track for row in rows if (track := self.track(row)) is not None)

    def text(self, row: int, column: Column) -> str:
        """What stands in a cell, in words."""
        track = self.track(row)
        if track is None:
            return ""
        match column.name:
            case "title":
                return track.title
            case "artist":
                return track.artist
            case "album":
                return track.album
            case "length":
                return clock(track.length_s)
            case "genre":
                return "; ".join(track.tags.genres)
            case "codec":
                return track.codec
            case "liked":
                return verdict(self.said(row))
        return ""

    def said(self, row: int) -> Feedback:
        """What the person said of a row's sound."""
        track = self.track(row)
        return NO_FEEDBACK if track is None else self.feedback.get(track.audio_hash, NO_FEEDBACK)

    def set_feedback(self, feedback: Mapping[str, Feedback]) -> None:
        """Show these hearts."""
        self.feedback = feedback
        self._touch()

    def set_playing(self, path: str) -> None:
        """Mark the row of this file ("" for none)."""
        if path != self.playing:
            self.playing = path
            self._touch()

    def is_playing(self, row: int) -> bool:
        """Whether this row is heard now."""
        track = self.track(row)
        return bool(self.playing) and track is not None and track.path == self.playing

    def row_playing(self) -> int:
        """The row that is heard now; -1 for none."""
        return next((row for row in range(self._count) if self.is_playing(row)), -1) if self.playing else -1

    # ------------------------------------------------------------------ what Qt asks

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Rows."""
        return 0 if parent.isValid() else self._count

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Columns."""
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Words for screen readers and tooltips; the delegate paints from the arrays."""
        if not index.isValid() or index.row() >= self._count:
            return None
        column = self.columns[index.column()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return self.text(index.row(), column)
        if role == Qt.ItemDataRole.ToolTipRole:
            return self.hint(index.row(), column)
        return None

    def hint(self, row: int, column: Column) -> str | None:
        """What a tooltip adds; None for nothing."""
        track = self.track(row)
        if track is None or column is not TITLE:
            return None
        tags = self.tags.get(track.audio_hash, ())
        told = ("Not on the disk now." if track.missing else "", f"Your tags: {', '.join(tags)}" if tags else "")
        return plain_tip("\n".join(filter(None, told))) or None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Titles across, numbers down."""
        if orientation == Qt.Orientation.Vertical:
            return section + 1 if role == Qt.ItemDataRole.DisplayRole else None
        column = self.columns[section] if 0 <= section < len(self.columns) else None
        if column is None:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return column.title
        if role == Qt.ItemDataRole.ToolTipRole:
            return column.hint or None
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return {"moved": "Moved", "liked": "Liked"}.get(column.name, column.title)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return alignment(column)
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Rows can be chosen and dragged out."""
        return USUAL if index.isValid() else Qt.ItemFlag.NoItemFlags

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        """Rows leave as files."""
        tracks = (self.track(row) for row in sorted({index.row() for index in indexes}))
        data = QMimeData()
        data.setUrls([to_url(track.path) for track in tracks if track is not None])
        return data

    # ------------------------------------------------------------------ change

    def _touch(self) -> None:
        if self._count:
            self.dataChanged.emit(self.index(0, 0), self.index(self._count - 1, len(self.columns) - 1))

    def _change(self, count: int, apply: Callable[[], None], place: Callable[[object], int]) -> None:
        """Have ``count`` rows from now on; ``place`` says where the row with a key stands (-1: gone).

        While at most one row is held on to, moving its indexes and saying that all cells changed is enough, and saves
        view and heads a new layout, which costs more than the painting. A choice of several rows needs the layout.
        """
        held = self.persistentIndexList()
        if count == self._count and count and len({index.row() for index in held}) <= 1:
            self._move_held(held, apply, place)
            self._touch()
            return
        if count > self._count:
            self.beginInsertRows(QModelIndex(), self._count, count - 1)
            self._count = count
            self.endInsertRows()
        self.layoutAboutToBeChanged.emit()
        self._move_held(self.persistentIndexList(), apply, place)
        self.layoutChanged.emit()
        if count < self._count:
            self.beginRemoveRows(QModelIndex(), count, self._count - 1)
            self._count = count
            self.endRemoveRows()

    def _move_held(
        self, held: Sequence[QModelIndex], apply: Callable[[], None], place: Callable[[object], int]
    ) -> None:
        keys = [self.key(index.row()) for index in held]
        apply()
        self.changePersistentIndexList(held, [self._moved(i, place(k)) for i, k in zip(held, keys, strict=True)])

    def _moved(self, index: QModelIndex, row: int) -> QModelIndex:
        return self.index(row, index.column()) if row >= 0 else QModelIndex()


class RankingModel(TrackTable):
    """The picks, best first, over the arrays of a ``Ranking``."""

    glides = True
    """Whether rows travel to their new place."""

    def __init__(self) -> None:
        super().__init__(RANKING_COLUMNS)
        self.ranking = NOTHING
        self.moved: list[int] = []
        """Rows up (positive) or down since the list that ``mark`` kept; NEW where it was not in it."""
        self._tracks: Mapping[str, Track] = {}
        self._marked: dict[str, int] = {}
        self.shares: list[list[float]] = []
        """The contributions as numbers of Python's own, which painting reads faster."""
        self.longest = 1.0
        """The largest sum of positive shares: what fills the bars."""
        self.silent = False
        """Whether nothing counts, so that no row matches more than another."""
        self._past = self.ranking, self.moved, self.shares, self.longest, self.silent

    def show(self, ranking: Ranking) -> None:
        """Show these picks."""
        place: dict[object, int] = {audio_hash: row for row, audio_hash in enumerate(ranking.hashes)}

        def apply() -> None:
            self.ranking, self.places = ranking, place
            marked = self._marked
            self.moved = [marked[h] - row if h in marked else NEW for row, h in enumerate(ranking.hashes)]
            self.shares = ranking.contributions.tolist()
            sums = np.maximum(ranking.contributions, 0).sum(axis=1) if len(ranking) else np.ones(1)
            self.longest = max(float(sums.max(initial=0.0)), 1e-6)
            self.silent = bool(ranking.contributions.size) and not ranking.contributions.any()

        self._past = self.ranking, self.moved, self.shares, self.longest, self.silent
        if self.glides:
            self.turning.emit()
        self._change(len(ranking), apply, lambda key: place.get(key, -1))
        if self.glides:
            self.turned.emit()

    def before(self) -> "RankingModel":
        """The list as it was before the last ``show``; it says nothing and is only painted."""
        made = RankingModel()
        made.ranking, made.moved, made.shares, made.longest, made.silent = self._past
        made._tracks, made._marked, made.feedback, made.playing = (
            self._tracks, self._marked, self.feedback, self.playing,
        )  # fmt: skip
        return made

    @property
    def marked(self) -> bool:
        """Whether there is a list that the arrows count from."""
        return bool(self._marked)

    def mark(self) -> None:
        """Let the arrows count from the list as it is now."""
        self._marked = {audio_hash: row for row, audio_hash in enumerate(self.ranking.hashes)}

    def unmark(self) -> None:
        """No arrows: the next list is a new one."""
        self._marked = {}

    def set_tracks(self, tracks: Mapping[str, Track]) -> None:
        """The tracks behind the audio hashes."""
        self._tracks = tracks
        self._touch()

    def track(self, row: int) -> Track | None:
        """The track of a row."""
        hashes = self.ranking.hashes
        return self._tracks.get(hashes[row]) if row < len(hashes) else None

    def key(self, row: int) -> object:
        """The sound."""
        return self.ranking.hashes[row] if row < len(self.ranking.hashes) else ""

    def text(self, row: int, column: Column) -> str:
        """What stands in a cell, in words."""
        if row >= len(self.ranking):
            return ""
        match column.kind:
            case Kind.MOVED:
                return moved_text(self.moved[row]) if self._marked else ""
            case Kind.MATCH:
                return "" if self.silent else percent(float(self.ranking.match[row]))
            case Kind.WHY:
                return self.strongest(row)
        return super().text(row, column)

    def headline(self, row: int, part: int) -> str:
        """What stands beside the bars of a row, whose strongest part this is."""
        return self.ranking.parts[part]

    def instead(self, row: int) -> str:
        """What stands in place of the bar of a row's match ("" for the bar)."""
        return ""

    def strongest(self, row: int) -> str:
        """The name of the part that brought the track here most."""
        shares = self.ranking.contributions[row]
        return self.ranking.parts[int(shares.argmax())] if len(shares) and shares.max() > 0 else ""

    def hint(self, row: int, column: Column) -> str | None:
        """The shares in words."""
        if column.kind is not Kind.WHY or row >= len(self.ranking):
            return super().hint(row, column)
        ranking = self.ranking
        parts = zip(ranking.parts, ranking.slots, ranking.gains, ranking.contributions[row], ranking.percentiles[row],
                    strict=True)  # fmt: skip
        told = (Part(name, slot, *map(float, numbers)) for name, slot, *numbers in parts)
        ordered = sorted(told, key=lambda part: -abs(part.contribution))
        return "\n".join(f"{p.name}: {spoken(p.contribution, sign=True)} ({standing(p)})" for p in ordered)
