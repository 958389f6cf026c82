"""The encoders as they are painted, chosen and walked through."""

from PySide6.QtCore import QEvent, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPalette, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from musicdesk.ui import glyphs, theme
from musicdesk.ui.flat import PADDING
from musicdesk.ui.glyphs import fill_glyph
from musicdesk.ui.icons import dot, tick
from musicdesk.ui.ink import Ink, blend, tabular
from musicdesk.ui.models_model import HEADS, PLACES, RIGHT, Head, Index, ModelsModel, strength_of
from musicdesk.ui.models_words import Standing, standing
from musicdesk.ui.row_painter import ROW_HEIGHT
from musicdesk.ui.rows_view import RowsView

FIXED = {
    Head.HOT: 40, Head.COLD: 40, Head.MOOD: 44, Head.GENRE: 46, Head.SIZE: 66, Head.LICENCE: 88, Head.MEMORY: 70,
    Head.DIM: 56, Head.COST: 62, Head.STATE: 116,
}  # fmt: skip
NAME_LEAST, NAME_MOST, LICENCE_MORE = 144, 240, 80
"""What the name needs, and from where on the licence gets more."""
GIVING_WAY = (
    Head.DIM, Head.LICENCE, Head.MEMORY, Head.MOOD, Head.GENRE, Head.HOT, Head.COLD, Head.COST, Head.SIZE, Head.STATE,
)  # fmt: skip
"""Columns that go where the table is narrow, the first ones first; the details below have all of them."""
NEAR = 3
"""Places up to this one stand out."""
INDENT, SIGN = 16, 12


class ModelPainter(QStyledItemDelegate):
    """Paints a cell: the name stands out, places are marks, the state has a sign."""

    def __init__(self, table: "ModelsTable") -> None:
        super().__init__(table)
        self._table = table
        self.take_looks()

    def take_looks(self) -> None:
        """Take palette and font anew."""
        ink, base = Ink.of(self._table), self._table.palette().color(QPalette.ColorRole.Base)
        look = theme.tokens(ink.dark)
        self._ink, self._chosen = ink, blend(ink.accent, base, 0.84)
        self._mark = {True: blend(ink.accent, base, 0.76), False: blend(ink.text, base, 0.92)}
        self._soft, self._good, self._bad = QColor(look.soft_text), QColor(look.good), QColor(look.warning)
        self._font = tabular(self._table.font())
        self._bold = tabular(self._table.font(), bold=True)
        self._small = tabular(self._table.font(), size=-0.5)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Ground, then what the column shows."""
        rect, head = option.rect, HEADS[index.column()]
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, self._chosen)
            if not index.column():
                painter.fillRect(rect.x(), rect.y(), 3, rect.height(), self._ink.accent)
        inside = rect.adjusted(PADDING, 0, -PADDING, 0)
        if head in PLACES:
            self._paint_place(painter, rect, index, head)
        elif head is Head.STATE:
            self._paint_state(painter, rect.adjusted(PADDING, 0, -2, 0), index)
        elif head is Head.NAME:
            self._paint_name(painter, inside, index)
        else:
            self._words(painter, inside, str(index.data()), self._soft, right=head in RIGHT)

    def _words(self, painter: QPainter, rect: QRect, words: str, colour: QColor, *, right: bool = False) -> None:
        painter.setFont(self._font)
        painter.setPen(colour)
        side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
        fitting = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, rect.width())
        painter.drawText(rect, int(side | Qt.AlignmentFlag.AlignVCenter), fitting)

    def _paint_name(self, painter: QPainter, rect: QRect, index: Index) -> None:
        model = self._table.table.model(index.row())
        if model.variant_of:
            rect = rect.adjusted(INDENT, 0, 0, 0)
        title = self._table.table.short_title(model)
        self._words(painter, rect, title, self._soft if model.variant_of else self._ink.text)

    def _paint_place(self, painter: QPainter, rect: QRect, index: Index, head: Head) -> None:
        """A place in a round box; the first ones are tinted."""
        strength = strength_of(self._table.table.model(index.row()), head)
        if strength is None:
            self._words(painter, rect.adjusted(rect.width() // 2 - 4, 0, 0, 0), "–", self._soft)
            return
        near = strength.place <= NEAR
        box = QRectF(rect).adjusted(4, 5, -4, -5)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._mark[near])
        painter.drawRoundedRect(box, box.height() / 2, box.height() / 2)
        painter.setFont(self._small)
        painter.setPen(self._ink.text if near else self._soft)
        painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), str(index.data()))
        painter.restore()

    def _paint_state(self, painter: QPainter, rect: QRect, index: Index) -> None:
        here = standing(self._table.table.model(index.row()), self._table.table.used)
        sign, colour = {
            Standing.IN_USE: (dot, self._ink.accent),
            Standing.LACKING: (glyphs.warning, self._bad),
            Standing.ABSENT: (None, self._soft),
        }.get(here, (tick, self._good))
        if sign is not None:
            painter.save()
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            box = QRectF(rect.x(), rect.y(), SIGN, rect.height())
            fill_glyph(painter, sign(), box, size=SIGN, colour=colour)
            painter.restore()
        words = self._soft if here is Standing.ABSENT else self._ink.text
        self._words(painter, rect.adjusted(SIGN + 6, 0, 0, 0), str(index.data()), words)


class ModelsTable(RowsView):
    """The encoders; one of them is chosen."""

    chosen = Signal(str)
    """The name of the encoder that the keyboard stands on, or ""."""

    def __init__(self, table: ModelsModel) -> None:
        super().__init__("Encoders")
        self.table = table
        self.setModel(table)
        self._painter = ModelPainter(self)
        self.setItemDelegate(self._painter)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self._name = ""
        head = self.horizontalHeader()
        head.setSectionsClickable(True)
        head.setSortIndicatorClearable(True)
        head.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self.setSortingEnabled(True)
        table.modelReset.connect(self._choose_again)

    # ------------------------------------------------------------------ who is chosen

    @property
    def name(self) -> str:
        """The encoder that is chosen ("" for none)."""
        return self._name

    def choose(self, name: str) -> None:
        """Choose an encoder, if it is shown."""
        row = self.table.row_of(name)
        if row >= 0:
            self.choose_row(row)

    def _choose_again(self) -> None:
        """After the rows were laid anew: the same encoder, or the one in use."""
        self._share()
        for name in (self._name, self.table.used):
            if self.table.row_of(name) >= 0:
                self.choose(name)
                return
        if self.table.rowCount():
            self.choose_row(0)

    def currentChanged(self, current: Index, previous: Index) -> None:
        """Tell which encoder the keyboard stands on."""
        super().currentChanged(current, previous)
        self.viewport().update()
        if current.isValid():
            self._name = self.table.model(current.row()).name
            self.chosen.emit(self._name)

    # ------------------------------------------------------------------ look

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the width."""
        super().resizeEvent(event)
        self._share()

    def _share(self) -> None:
        """What was never measured has no column, what matters least goes first, the name takes what is left."""
        wide = self.viewport().width()
        kept = {head: width for head, width in FIXED.items() if self.table.is_measured(head)}
        for head in GIVING_WAY:
            if sum(kept.values()) + NAME_LEAST <= wide:
                break
            kept.pop(head, None)
        if Head.LICENCE in kept:
            kept[Head.LICENCE] += max(0, min(LICENCE_MORE, wide - sum(kept.values()) - NAME_MOST))
        given = {**kept, Head.NAME: wide - sum(kept.values())}
        for number, head in enumerate(HEADS):
            self.setColumnHidden(number, head not in given)
            self.setColumnWidth(number, given.get(head, 0))

    def paintEvent(self, event: QPaintEvent) -> None:
        """The rows, and a frame around the one that the keyboard is on."""
        super().paintEvent(event)
        if self.hasFocus() and self.currentIndex().isValid():
            painter = QPainter(self.viewport())
            painter.setPen(Ink.of(self).accent)
            top = self.rowViewportPosition(self.currentIndex().row())
            painter.drawRect(0, top, self.viewport().width() - 1, ROW_HEIGHT - 1)

    def changeEvent(self, event: QEvent) -> None:
        """Follow palette and font."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange) and hasattr(self, "_painter"):
            self._painter.take_looks()
