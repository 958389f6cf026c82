"""The head of the taste panel: which taste this is, the way back, and how much is shown."""

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QSizePolicy, QWidget

from musicdesk.ui import glyphs
from musicdesk.ui.glyphs import GlyphButton
from musicdesk.ui.ink import scaled

UNNAMED = "Your taste"


class TasteHead(QWidget):
    """A button with the taste's name that opens the menu of tastes, a reset with two ways, and simple or full."""

    tastes_asked = Signal(QPoint)
    believe_asked = Signal()
    anew_asked = Signal()
    full_clicked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.name, self.full = QPushButton(), QPushButton("Full")
        self.reset = GlyphButton(
            glyphs.reset, name="Reset the taste", hint="Back to the gains that musicdesk believes, or all made anew"
        )
        self.back = QMenu(self)
        self.believe = self.back.addAction("To what musicdesk believes …", self.believe_asked.emit)
        self.anew = self.back.addAction("Make anew", self.anew_asked.emit)
        self._lay_out()
        self.name.clicked.connect(self.ask_tastes)
        self.full.clicked.connect(self.full_clicked)
        self.reset.clicked.connect(lambda: self.back.popup(self.reset.mapToGlobal(self.reset.rect().bottomLeft())))
        self.set_name("")

    def _lay_out(self) -> None:
        font = self.name.font()
        scaled(font, 1.5)
        font.setWeight(font.Weight.DemiBold)
        self.name.setFont(font)
        self.name.setObjectName("heading")
        self.name.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.back.setToolTipsVisible(True)
        self.believe.setToolTip("Shows first what would change; gains that are locked stay")
        self.anew.setToolTip("All gains back to 1, no mute, no solo; locked prototypes stay")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 8, 0)
        row.setSpacing(4)
        for button in (self.name, self.full):
            button.setFlat(True)
        row.addWidget(self.name)
        row.addStretch(1)
        row.addWidget(self.reset)
        row.addWidget(self.full)

    def set_name(self, name: str) -> None:
        """Say which kept taste this is ("" for none of them)."""
        title = name or UNNAMED
        room = self.name.fontMetrics().averageCharWidth() * 18
        text = self.name.fontMetrics().elidedText(title.replace("&", "&&"), Qt.TextElideMode.ElideRight, room)
        self.name.setText(f"{text} ▾")
        self.name.setAccessibleName(f"Taste: {name}" if name else "Your taste: save, switch, compare")
        self.name.setToolTip(f"{title}: save it under a name, switch, compare, import and export (T)")

    def ask_tastes(self) -> None:
        """Ask for the menu of tastes."""
        self.tastes_asked.emit(self.name.mapToGlobal(self.name.rect().bottomLeft()))

    def set_shown(self, shown: bool) -> None:
        """Whether there is a taste at all."""
        for button in (self.name, self.reset, self.full):
            button.setEnabled(shown)

    def set_full(self, full: bool) -> None:
        """Say what the button beside would show."""
        self.full.setText("Simple" if full else "Full")
        self.full.setToolTip(
            "Only name, gain and examples" if full else "Also mute, solo, lock and where each comes from"
        )
        self.full.setAccessibleName("Simple view" if full else "Full view")

    def tab_chain(self) -> list[QWidget]:
        """Where the Tab key goes, in order."""
        return [self.name, self.reset, self.full]
