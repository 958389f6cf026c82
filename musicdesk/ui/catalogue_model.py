"""The table of the whole library, over the columns of the catalogue: what is not looked at costs nothing."""

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import Qt, Signal

from musicdesk.records import IntArray, Track
from musicdesk.tracks import ORDERS
from musicdesk.ui.catalogue import EMPTY, Catalogue
from musicdesk.ui.columns import LIBRARY_COLUMNS, Column
from musicdesk.ui.tracks_model import TrackTable


class CatalogueModel(TrackTable):
    """Rows of the catalogue, in an order of their own."""

    order_wanted = Signal(str)
    """The name of a column by which the catalogue is not ranked yet; whoever has it ranked calls ``reorder``."""

    def __init__(self, columns: Sequence[Column] = LIBRARY_COLUMNS) -> None:
        super().__init__(columns)
        self.catalogue, self.rows = EMPTY, np.zeros(0, np.int64)
        self.order, self.descending = "", False
        """The column that the rows are, or are to be, ordered by ("": as they came)."""

    def show(self, catalogue: Catalogue, rows: IntArray) -> None:
        """Show these rows, in the order that is chosen."""
        ordered = self._ordered(catalogue, rows)

        def apply() -> None:
            self.catalogue, self.rows = catalogue, ordered

        self._change(len(ordered), apply, _Places(catalogue, ordered))
        if self.order and not catalogue.is_ranked(self.order):
            self.order_wanted.emit(self.order)

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Order by a column; soon, if the catalogue must be ranked first."""
        name = self.columns[column].name if 0 <= column < len(self.columns) else ""
        self.order = name if name in ORDERS else ""
        self.descending = order == Qt.SortOrder.DescendingOrder
        self.reorder()

    def reorder(self) -> None:
        """Put the rows in the order that is chosen, or ask for it."""
        if not self.order:
            return
        if self.catalogue.is_ranked(self.order):
            self.show(self.catalogue, self.rows)
        else:
            self.order_wanted.emit(self.order)

    def _ordered(self, catalogue: Catalogue, rows: IntArray) -> IntArray:
        if not self.order or not catalogue.is_ranked(self.order):
            return rows
        return catalogue.ordered(rows, self.order, descending=self.descending)

    def track(self, row: int) -> Track | None:
        """The track of a row."""
        return self.catalogue.tracks[self.rows[row]] if row < len(self.rows) else None

    def tracks(self, rows: Sequence[int]) -> Sequence[Track]:
        """The tracks of some rows, made as they are looked at: someone may have chosen all."""
        return self.catalogue.tracks.some(self.rows[np.asarray(rows, dtype=np.int64)])

    def key(self, row: int) -> object:
        """The track's id."""
        return int(self.catalogue.tracks.columns.ids[self.rows[row]]) if row < len(self.rows) else None

    def row_playing(self) -> int:
        """The row that is heard now; -1 for none."""
        place = self.catalogue.tracks.row_of_path(self.playing) if self.playing else -1
        found = np.flatnonzero(self.rows == place) if place >= 0 else self.rows[:0]
        return int(found[0]) if len(found) else -1


class _Places:
    """Where the row of each track stands."""

    def __init__(self, catalogue: Catalogue, rows: IntArray) -> None:
        self._catalogue, self._rows = catalogue, rows
        self._places: IntArray | None = None

    def __call__(self, key: object) -> int:
        row = self._catalogue.by_id.get(key, -1) if isinstance(key, int) else -1
        if self._places is None:
            self._places = np.full(len(self._catalogue), -1, dtype=np.int64)
            self._places[self._rows] = np.arange(len(self._rows))
        return int(self._places[row]) if row >= 0 else -1
