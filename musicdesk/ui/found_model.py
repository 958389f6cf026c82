"""What a search found as a table: exact hits first, then by meaning, each with what spoke for it; or by a column."""

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
from PySide6.QtCore import QModelIndex, QRect, Qt, Signal
from PySide6.QtGui import QPainter

from musicdesk.records import Part, Ranking
from musicdesk.records.searching import Found, Hit
from musicdesk.tracks import fold
from musicdesk.ui.columns import ALBUM, ARTIST, FITS, FOUND_COLUMNS, LENGTH, LIKED, REASON, TITLE, Column, Kind
from musicdesk.ui.found_words import EXACT, PARTS, SLOTS, headline, part_name, why_text
from musicdesk.ui.labels import plain_tip
from musicdesk.ui.row_travel import Placed
from musicdesk.ui.tracks_model import NO_FEEDBACK, NOTHING, RankingModel, TrackTable
from musicdesk.ui.tracks_view import TracksView


class FoundModel(RankingModel):
    """A ranking whose rows are the hits of a search."""

    glides = False  # under a hand that types there is another list at every key
    ordered = Signal()
    """The hits stand in another order."""

    def __init__(self) -> None:
        super().__init__()
        self.columns = FOUND_COLUMNS
        self.hits: tuple[Hit, ...] = ()
        """As they are shown."""
        self.order, self.descending = "", False
        """The column that they are ordered by ("": best first)."""
        self._best: tuple[Hit, ...] = ()
        self._places: dict[str, int] = {}

    def show_found(self, found: Found | None) -> None:
        """Show these hits, in the order that is chosen; None for none."""
        self._best = found.hits if found else ()
        self._places = {_key(hit): place for place, hit in enumerate(self._best)}
        self._show_ordered()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Order by a column; by none the best comes first."""
        name = self.columns[column].name if 0 <= column < len(self.columns) else ""
        wanted = (name, bool(name) and order == Qt.SortOrder.DescendingOrder)
        if wanted != (self.order, self.descending):
            self.order, self.descending = wanted
            self._show_ordered()
            self.ordered.emit()

    def place(self, row: int) -> int:
        """Where the hit of a row stands when the best comes first."""
        return self._places[_key(self.hits[row])]

    def _show_ordered(self) -> None:
        self.hits = self._in_order()
        self.set_tracks({_key(hit): hit.track for hit in self.hits})
        self.show(_ranking(self.hits))

    def _in_order(self) -> tuple[Hit, ...]:
        """Of hits that are alike there the better comes first; what says nothing there comes last, up or down."""
        if self.order == FITS.name:
            return self._best if self.descending else self._best[::-1]
        if not self.order:
            return self._best
        key = _KEYS.get(self.order, self._fondness)
        keys = {_key(hit): key(hit) for hit in self._best}
        told = [hit for hit in self._best if keys[_key(hit)] != ""]
        silent = [hit for hit in self._best if keys[_key(hit)] == ""]
        return (*sorted(told, key=lambda hit: keys[_key(hit)], reverse=self.descending), *silent)

    def _fondness(self, hit: Hit) -> float:
        """What is liked before stars, what is disliked last."""
        said = self.feedback.get(hit.track.audio_hash, NO_FEEDBACK)
        return 9.0 if said.liked else -1.0 if said.disliked or said.never else said.stars or 0.0

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """A first click on the match brings the best up, and one on the heart what is liked."""
        if role == Qt.ItemDataRole.InitialSortOrderRole and orientation == Qt.Orientation.Horizontal:
            down = self.columns[section].name in (FITS.name, LIKED.name)
            return Qt.SortOrder.DescendingOrder if down else Qt.SortOrder.AscendingOrder
        return super().headerData(section, orientation, role)

    def hit(self, row: int) -> Hit | None:
        """What is known of a row."""
        return self.hits[row] if 0 <= row < len(self.hits) else None

    @property
    def exact(self) -> int:
        """How many rows hold every word; where the best comes first they are the first."""
        return sum(hit.exact for hit in self.hits)

    def parts_of(self, row: int) -> tuple[Part, ...]:
        """What speaks for a row, and against it, as the bars of the panel that explains."""
        return tuple(
            Part(part_name(reason), SLOTS.get(reason.part, SLOTS["text"]), 1.0, reason.amount, 0.0)
            for reason in self.hits[row].reasons
        )

    def headline(self, row: int, part: int) -> str:
        """The words that matched."""
        hit = self.hit(row)
        return headline(hit) if hit else ""

    def instead(self, row: int) -> str:
        """What holds every word has no match to measure."""
        hit = self.hit(row)
        return EXACT if hit and hit.exact else ""

    def text(self, row: int, column: Column) -> str:
        """What stands in a cell, in words."""
        hit = self.hit(row)
        if hit is None:
            return ""
        if column.kind is Kind.MATCH and hit.exact:
            return EXACT
        return headline(hit) if column.kind is Kind.WHY else super().text(row, column)

    def hint(self, row: int, column: Column) -> str | None:
        """Every reason."""
        hit = self.hit(row)
        if hit is None or column.kind is not Kind.WHY:
            return super().hint(row, column)
        return plain_tip(why_text(hit)) or None


class FoundView(TracksView):
    """The table, with a line between what holds every word and what is found by meaning."""

    def __init__(self, model: TrackTable, *, name: str) -> None:
        super().__init__(model, name=name)
        header = self.horizontalHeader()
        header.setSortIndicatorClearable(True)
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self.setSortingEnabled(True)
        header.setSectionsClickable(True)

    def best_first(self) -> None:
        """In the order in which a search begins."""
        self.sortByColumn(-1, Qt.SortOrder.AscendingOrder)

    def leave_rows(self) -> None:
        """No row is chosen, and the first is seen: another list comes."""
        self.setCurrentIndex(QModelIndex())
        self.clearSelection()
        self.scrollToTop()

    def _paint_row(self, painter: QPainter, place: Placed, columns: list[tuple[Column, int, int]]) -> None:
        super()._paint_row(painter, place, columns)
        model = self.table
        parted = isinstance(model, FoundModel) and not model.order and 0 < place.row == model.exact
        if parted and place.past is None:
            painter.fillRect(QRect(0, place.top, self.viewport().width(), 1), self._painter.paints.faint)


def _ranking(hits: tuple[Hit, ...]) -> Ranking:
    """The hits as arrays; the parts of each row add up to its score."""
    shares = np.zeros((len(hits), len(PARTS)), np.float32)
    for row, hit in enumerate(hits):
        for reason in hit.reasons:
            shares[row, PARTS.index(reason.part)] += reason.amount
    return replace(
        NOTHING,
        hashes=tuple(map(_key, hits)),
        track_ids=tuple(hit.track.id for hit in hits),
        scores=np.array([hit.score for hit in hits], np.float32),
        match=np.array([hit.match for hit in hits], np.float32),
        contributions=shares,
        percentiles=np.zeros_like(shares),
        parts=PARTS,
        slots=tuple(SLOTS[part] for part in PARTS),
        gains=np.ones(len(PARTS), np.float32),
        considered=len(hits),
    )


def _in_album(hit: Hit) -> str:
    """An album, and the place in it."""
    album, tags = fold(hit.track.album), hit.track.tags
    return f"{album}\0{tags.disc_number or 0:06}{tags.track_number or 0:06}" if album else ""


_KEYS: Mapping[str, Callable[[Hit], str | float]] = {
    TITLE.name: lambda hit: fold(hit.track.title),
    ARTIST.name: lambda hit: fold(hit.track.artist),
    ALBUM.name: _in_album,
    LENGTH.name: lambda hit: hit.track.length_s,
    REASON.name: lambda hit: fold(headline(hit)),
}
"""Column → what its rows are ordered by; that of the heart is not known from the hit alone."""


def _key(hit: Hit) -> str:
    """What a row is known by; a track that nobody has listened to may have no sound yet."""
    return hit.track.audio_hash or f"track {hit.track.id}"
