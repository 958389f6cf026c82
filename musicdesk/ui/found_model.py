"""What a search found as a table: exact hits first, then by meaning, each with what spoke for it."""

from dataclasses import replace

import numpy as np
from PySide6.QtCore import QModelIndex, QRect
from PySide6.QtGui import QPainter

from musicdesk.records import Part, Ranking
from musicdesk.records.searching import Found, Hit
from musicdesk.ui.columns import FOUND_COLUMNS, Column, Kind
from musicdesk.ui.found_words import EXACT, PARTS, SLOTS, headline, part_name, why_text
from musicdesk.ui.labels import plain_tip
from musicdesk.ui.row_travel import Placed
from musicdesk.ui.tracks_model import NOTHING, RankingModel
from musicdesk.ui.tracks_view import TracksView


class FoundModel(RankingModel):
    """A ranking whose rows are the hits of a search."""

    glides = False  # under a hand that types there is another list at every key

    def __init__(self) -> None:
        super().__init__()
        self.columns = FOUND_COLUMNS
        self.hits: tuple[Hit, ...] = ()

    def show_found(self, found: Found | None) -> None:
        """Show these hits; None for none."""
        self.hits = found.hits if found else ()
        self.set_tracks({_key(hit): hit.track for hit in self.hits})
        self.show(_ranking(self.hits))

    def hit(self, row: int) -> Hit | None:
        """What is known of a row."""
        return self.hits[row] if 0 <= row < len(self.hits) else None

    @property
    def exact(self) -> int:
        """How many rows, from the first on, hold every word."""
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

    def leave_rows(self) -> None:
        """No row is chosen, and the first is seen: another list comes."""
        self.setCurrentIndex(QModelIndex())
        self.clearSelection()
        self.scrollToTop()

    def _paint_row(self, painter: QPainter, place: Placed, columns: list[tuple[Column, int, int]]) -> None:
        super()._paint_row(painter, place, columns)
        model = self.table
        if isinstance(model, FoundModel) and place.past is None and 0 < place.row == model.exact:
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


def _key(hit: Hit) -> str:
    """What a row is known by; a track that nobody has listened to may have no sound yet."""
    return hit.track.audio_hash or f"track {hit.track.id}"
