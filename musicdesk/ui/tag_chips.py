"""The listener's own tags as chips that flow over as many lines as they need: to take away, and to ask more of."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from musicdesk.ui import glyphs
from musicdesk.ui.chips import HIGH, PADDING, flowing
from musicdesk.ui.glyphs import GlyphButton
from musicdesk.ui.ink import Ink, blend, focus_ring, tabular
from musicdesk.ui.labels import plain_tip

CROSS = 18
DELETES = (Qt.Key.Key_Delete, Qt.Key.Key_Backspace)


class TagChip(QAbstractButton):
    """One tag; ``clicked`` asks what can be done with it, ``remove_asked`` takes it away (its cross, Delete)."""

    remove_asked = Signal()

    def __init__(self, tag: str, note: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.tag, self.note = tag, note
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFont(tabular(self.font(), size=-1.0))
        self.setAccessibleName(f"Your tag {self.shown}")
        self.setAccessibleDescription("Space asks what to do with it, Delete takes it away")
        self.setToolTip(plain_tip(f"Your tag “{tag}”: click for what can be done with it"))
        self.cross = GlyphButton(glyphs.cross, name=f"Take the tag {tag} away", size=CROSS, glyph_size=8)
        self.cross.setToolTip(plain_tip(f"Take “{tag}” away (Delete)"))
        self.cross.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.cross.setParent(self)
        self.cross.clicked.connect(self.remove_asked)

    @property
    def shown(self) -> str:
        """What stands on it."""
        return f"{self.tag} · {self.note}" if self.note else self.tag

    def lock(self, locked: bool) -> None:
        """Whether it can be taken away."""
        self.cross.setVisible(not locked)

    def sizeHint(self) -> QSize:
        """As wide as its text and the cross."""
        return QSize(QFontMetrics(self.font()).horizontalAdvance(self.shown) + 2 * PADDING + CROSS - 4, HIGH)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The cross stands at the end."""
        super().resizeEvent(event)
        self.cross.move(self.width() - CROSS - 2, (self.height() - CROSS) // 2)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Delete takes it away, Enter asks as Space does."""
        if event.key() in DELETES and not self.cross.isHidden():
            self.remove_asked.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """The Menu key and the right button ask, too."""
        self.clicked.emit()
        event.accept()

    def paintEvent(self, event: QPaintEvent) -> None:
        """A box with a line in the accent, so that it is told from the words that were heard."""
        painter, ink = QPainter(self), Ink.of(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(blend(ink.accent, ink.ground, 0.3), 1))
        painter.setBrush(ink.hover if self.underMouse() or self.isDown() else ink.raised)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), HIGH / 2, HIGH / 2)
        painter.setPen(ink.text)
        room = self.rect().adjusted(PADDING, 0, -PADDING if self.cross.isHidden() else -CROSS - 2, 0)
        text = painter.fontMetrics().elidedText(self.shown, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)
        if self.hasFocus():
            focus_ring(painter, QRectF(self.rect()), ink, radius=HIGH / 2)


class TagChips(QWidget):
    """The tags of one track or of several; ``menu_asked`` gives a tag and a place, ``remove_asked`` a tag."""

    menu_asked = Signal(str, QPoint)
    remove_asked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.chips: list[TagChip] = []
        self._locked = False
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Your tags")
        self.set_tags(())

    @property
    def tags(self) -> tuple[str, ...]:
        """What is shown."""
        return tuple(chip.tag for chip in self.chips)

    def set_tags(self, tags: Sequence[str], notes: Mapping[str, str] | None = None) -> None:
        """Show these, with a note behind some of them. A chip stays with its tag, and so does the keyboard."""
        old = {(chip.tag, chip.note): chip for chip in self.chips}
        wanted = [(tag, (notes or {}).get(tag, "")) for tag in tags]
        kept = [old.pop(each) if each in old else self._new(*each) for each in wanted]
        focused = next((place for place, chip in enumerate(self.chips) if chip is self.window().focusWidget()), -1)
        for chip in old.values():
            chip.hide()
            chip.deleteLater()
        self.chips = kept
        if kept and focused >= 0 and self.window().focusWidget() not in kept:
            kept[min(focused, len(kept) - 1)].setFocus()
        self.setVisible(bool(kept))
        self._fit()

    def _new(self, tag: str, note: str) -> TagChip:
        chip = TagChip(tag, note, self)
        chip.lock(self._locked)
        chip.clicked.connect(lambda: self.menu_asked.emit(tag, chip.mapToGlobal(QPoint(0, HIGH))))
        chip.remove_asked.connect(lambda: self.remove_asked.emit(tag))
        return chip

    def lock(self, why: str) -> None:
        """Let none be taken away, for this reason ("" to allow it)."""
        self._locked = bool(why)
        for chip in self.chips:
            chip.lock(self._locked)

    def sizeHint(self) -> QSize:
        """As high as the lines need at this width."""
        boxes = flowing([chip.sizeHint().width() for chip in self.chips], self.width())
        return QSize(160, boxes[-1].bottom() + 1 if boxes else 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Flow again."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        boxes = flowing([chip.sizeHint().width() for chip in self.chips], self.width())
        for chip, box in zip(self.chips, boxes, strict=True):
            chip.setGeometry(box)
            chip.show()
        self.setFixedHeight(self.sizeHint().height())
