"""Paints the cells of a table of tracks: quick, because a slider repaints all of them at every step.

The view paints itself with this, in one loop: a delegate would be asked cell by cell, each with an option and two looks
at the flags, which costs more than the painting. Texts are laid out once per width and kept; colours are taken from the
palette once per palette; the model is asked for a track or for numbers of its arrays, never for data by role.
"""

from dataclasses import dataclass

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPainterPath, QPalette, QPen, QPixmap, QStaticText
from PySide6.QtWidgets import QWidget

from musicdesk.ui import glyphs, theme
from musicdesk.ui.columns import NEW, Column, Kind, moved_text, percent
from musicdesk.ui.ink import Ink, blend, tabular
from musicdesk.ui.tracks_model import RankingModel, TrackTable

ROW_HEIGHT = 28
PADDING = 8
NUMBER = 54
"""Room for a percentage."""
NAMED = 130
"""From this width on the strongest part is named beside its bars."""
KEPT_TEXTS = 4096
SHAPE, HEART = 10, 14


@dataclass(frozen=True)
class Paints:
    """Colours of one palette."""

    text: QColor
    soft: QColor
    accent: QColor
    ground: QColor
    chosen: QColor
    groove: QColor
    faint: QColor
    """Signs at rest."""
    up: QColor
    down: QColor
    heart: QColor
    slots: dict[int, QColor]

    @classmethod
    def of(cls, widget: QWidget) -> "Paints":
        """What this widget's palette gives."""
        ink, base = Ink.of(widget), widget.palette().color(QPalette.ColorRole.Base)
        look = theme.tokens(ink.dark)
        return cls(
            text=ink.text,
            soft=QColor(look.soft_text),
            accent=ink.accent,
            ground=base,
            chosen=blend(ink.accent, base, 0.84),
            groove=blend(ink.text, base, 0.86),
            faint=blend(ink.text, base, 0.62),
            up=QColor(look.good),
            down=QColor(look.warning),
            heart=theme.slot_colour(5, ink.dark),
            slots={slot: theme.slot_colour(slot, ink.dark) for slot in theme.COLOURED},
        )

    def slot(self, slot: int) -> QColor:
        """The colour of a prototype or recommender; the text's for a seed track."""
        return self.slots.get(slot, self.text)


@dataclass(frozen=True, slots=True)
class Laid:
    """A text as it was laid out for a width."""

    text: QStaticText
    width: int
    drop: int
    """From the top of the row to the top of the text."""


class RowPainter:
    """Paints for one widget; ``refresh`` when its palette or font changes."""

    def __init__(self, widget: QWidget) -> None:
        self._widget = widget
        self.refresh()

    def refresh(self) -> None:
        """Take palette and font anew."""
        self.paints = Paints.of(self._widget)
        self.font: QFont = tabular(self._widget.font())
        self._metrics = QFontMetrics(self.font)
        self._texts: dict[tuple[str, int], Laid] = {}
        self._signs: dict[tuple[str, int], QPixmap] = {}

    def paint(self, painter: QPainter, rect: QRect, model: TrackTable, row: int, column: Column) -> None:
        """Paint one cell."""
        kind = column.kind
        if kind in (Kind.TEXT, Kind.SOFT, Kind.NUMBER):
            self._paint_words(painter, rect, model, row, column)
        elif kind is Kind.MARKED:
            self._paint_part(painter, rect.x() + PADDING, rect, model.text(row, column), model.slot(row))
        elif kind is Kind.LIKED:
            self._paint_verdict(painter, rect, model, row)
        elif isinstance(model, RankingModel) and row < len(model.ranking):
            if kind is Kind.WHY:
                self._paint_why(painter, rect, model, row)
            elif kind is Kind.MATCH and model.instead(row):
                self._paint_soft(painter, rect, model.instead(row))
            elif kind is Kind.MATCH and not model.silent:
                self._paint_match(painter, rect, float(model.ranking.match[row]))
            elif kind is Kind.MOVED:
                self._paint_moved(painter, rect, model, row)

    # ------------------------------------------------------------------ cells

    def _paint_words(self, painter: QPainter, rect: QRect, model: TrackTable, row: int, column: Column) -> None:
        track, left, wide = model.track(row), rect.x() + PADDING, rect.width() - 2 * PADDING
        title = column.kind is Kind.TEXT
        if title and model.is_playing(row):
            painter.drawPixmap(left - 1, rect.y() + 9, self._sign("play", 0, SHAPE))
            left, wide = left + 16, wide - 16
        bright = title and track is not None and not (track.missing or track.excluded)
        painter.setPen(self.paints.text if bright else self.paints.soft)
        laid = self._laid(model.text(row, column), wide)
        x = left + wide - laid.width if column.kind is Kind.NUMBER else left
        painter.drawStaticText(x, rect.y() + laid.drop, laid.text)

    def _paint_moved(self, painter: QPainter, rect: QRect, model: RankingModel, row: int) -> None:
        moved = model.moved[row] if model.marked else 0
        if not moved:
            return
        painter.setPen(self.paints.accent if moved == NEW else self.paints.up if moved > 0 else self.paints.down)
        laid = self._laid(moved_text(moved), rect.width())
        painter.drawStaticText(rect.x() + (rect.width() - laid.width) // 2, rect.y() + laid.drop, laid.text)

    def _paint_soft(self, painter: QPainter, rect: QRect, text: str) -> None:
        painter.setPen(self.paints.soft)
        laid = self._laid(text, rect.width() - 2 * PADDING)
        painter.drawStaticText(rect.x() + PADDING, rect.y() + laid.drop, laid.text)

    def _paint_match(self, painter: QPainter, rect: QRect, share: float) -> None:
        left, wide = rect.x() + PADDING, rect.width() - 2 * PADDING - NUMBER
        if wide >= 16:
            painter.fillRect(left, rect.y() + 11, wide, 6, self.paints.groove)
            painter.fillRect(left, rect.y() + 11, round(wide * share), 6, self.paints.accent)
        painter.setPen(self.paints.text)
        laid = self._laid(percent(share), NUMBER)
        painter.drawStaticText(rect.right() - PADDING - laid.width, rect.y() + laid.drop, laid.text)

    def _paint_why(self, painter: QPainter, rect: QRect, model: RankingModel, row: int) -> None:
        ranking, named = model.ranking, rect.width() >= NAMED
        shares = model.shares[row]
        left, wide = rect.x() + PADDING, rect.width() * 3 // 10 if named else rect.width() - 2 * PADDING
        scale, at, top = wide / model.longest, 0.0, rect.y() + 9
        order = sorted((part for part in range(len(shares)) if shares[part] > 0), key=lambda part: -shares[part])
        for part in order:
            start, at = round(at), at + shares[part] * scale
            width = round(at) - start - 1
            if width < 1:
                break
            painter.fillRect(left + start, top, width, 10, self.paints.slot(ranking.slots[part]))
        if named and order:
            part = order[0]
            self._paint_part(painter, left + wide + PADDING, rect, model.headline(row, part), ranking.slots[part])

    def _paint_part(self, painter: QPainter, left: int, rect: QRect, name: str, slot: int) -> None:
        painter.drawPixmap(left, rect.y() + 9, self._sign("slot", slot, SHAPE))
        painter.setPen(self.paints.soft)
        laid = self._laid(name, rect.right() - left - 18)
        painter.drawStaticText(left + 16, rect.y() + laid.drop, laid.text)

    def _paint_verdict(self, painter: QPainter, rect: QRect, model: TrackTable, row: int) -> None:
        said = model.said(row)
        sign = "liked" if said.liked else "not" if said.disliked or said.never else "open"
        painter.drawPixmap(rect.x() + (rect.width() - HEART) // 2, rect.y() + 7, self._sign(sign, 0, HEART))

    # ------------------------------------------------------------------ what is kept

    def _laid(self, text: str, width: int) -> Laid:
        known = self._texts.get((text, width))
        if known is None:
            if len(self._texts) > KEPT_TEXTS:
                self._texts.clear()
            known = self._texts[text, width] = self._lay(text, width)
        return known

    def _lay(self, text: str, width: int) -> Laid:
        fitting = self._metrics.elidedText(text, Qt.TextElideMode.ElideRight, max(0, width))
        static = QStaticText(fitting)
        static.setTextFormat(Qt.TextFormat.PlainText)
        static.setPerformanceHint(QStaticText.PerformanceHint.AggressiveCaching)
        static.prepare(font=self.font)
        return Laid(static, self._metrics.horizontalAdvance(fitting), (ROW_HEIGHT - self._metrics.height()) // 2)

    def _sign(self, name: str, slot: int, size: int) -> QPixmap:
        known = self._signs.get((name, slot))
        if known is None:
            known = self._signs[name, slot] = self._drawn(name, slot, size)
        return known

    def _drawn(self, name: str, slot: int, size: int) -> QPixmap:
        scale = self._widget.devicePixelRatioF()
        pixmap = QPixmap(round(size * scale), round(size * scale))
        pixmap.setDevicePixelRatio(scale)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(0.5, 0.5, size - 1, size - 1)
        if name == "slot" and slot not in self.paints.slots:
            painter.setPen(QPen(self.paints.text, 1.5))
            painter.drawEllipse(box.adjusted(0.5, 0.5, -0.5, -0.5))
        elif name == "slot":
            painter.fillPath(theme.shape_path(theme.slot_shape(slot), box), self.paints.slot(slot))
        else:
            path, colour = self._path(name)
            glyphs.fill_glyph(painter, path, QRectF(0, 0, size, size), size=size, colour=colour)
        painter.end()
        return pixmap

    def _path(self, name: str) -> tuple[QPainterPath, QColor]:
        paints = self.paints
        return {
            "play": (glyphs.play(), paints.accent),
            "liked": (glyphs.heart(), paints.heart),
            "not": (glyphs.cross(), paints.soft),
            "open": (glyphs.heart_outline(), paints.faint),
        }[name]
