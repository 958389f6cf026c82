"""All keys on one sheet."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from musicdesk.ui.actions import ENTRIES, GIVEN, LIBRARY, LIST, PROGRAM, TASTE, keys_text
from musicdesk.ui.ink import scaled
from musicdesk.ui.labels import SoftLabel, scrolling


class ShortcutSheet(QDialog):
    """Two columns of keys; Escape closes it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Keyboard")
        self.setAccessibleName("All keys")
        inside = QWidget()
        columns = QHBoxLayout(inside)
        columns.setContentsMargins(0, 0, 12, 0)
        columns.setSpacing(40)
        columns.addLayout(_column(LIST, PROGRAM))
        columns.addLayout(_column(TASTE, LIBRARY))
        close = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        close.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24, 24, 16)
        layout.setSpacing(16)
        layout.addWidget(scrolling(inside), 1)
        layout.addWidget(close)
        room = self.screen().availableGeometry().size() - QSize(40, 60)
        self.resize((inside.sizeHint() + QSize(64, 96)).boundedTo(room))


def lines(group: str) -> list[tuple[str, str]]:
    """Keys and what they do, of one group; the nine sliders as one line."""
    own = [(keys_text(e), e.text) for e in ENTRIES if e.group == group and not e.id.startswith("focus_")]
    sliders = [("1 … 9", "Go to a slider")] if group == TASTE else []
    return sliders + [(keys, text) for keys, text, where in GIVEN if where == group] + own


def _column(*groups: str) -> QVBoxLayout:
    column = QVBoxLayout()
    column.setSpacing(6)
    for group in groups:
        title = QLabel(group)
        font = title.font()
        font.setWeight(font.Weight.DemiBold)
        scaled(font, 1.0)
        title.setFont(font)
        column.addWidget(title)
        column.addLayout(_grid(group))
        column.addSpacing(12)
    column.addStretch(1)
    return column


def _grid(group: str) -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(16)
    grid.setVerticalSpacing(4)
    for row, (keys, text) in enumerate(lines(group)):
        label = SoftLabel(keys)
        label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        grid.addWidget(label, row, 0)
        grid.addWidget(QLabel(text), row, 1)
    grid.setColumnMinimumWidth(0, 140)
    grid.setColumnStretch(1, 1)
    return grid
