"""Whose listening it is: asked once before logs are imported."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from musicdesk.records import printable
from musicdesk.ui.flat import FlatChoice
from musicdesk.ui.ink import scaled
from musicdesk.ui.labels import SoftSentence
from musicdesk.ui.listens_words import KINDS, count

NOTE = (
    "A log that names several people keeps them apart by itself. Nothing leaves this computer, and importing the same "
    "file twice changes nothing."
)
LONGEST_NAME = 80


class ImportDialog(QDialog):
    """Asks for a listener and, where a file is not recognised by itself, for its kind."""

    asked = Signal(object, str, str)
    """A tuple of paths, the listener ("" for the person at this desk), and the kind or "auto"."""

    def __init__(self, paths: Sequence[Path], names: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Import listening")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._paths = tuple(paths)
        self.mine, self.other = FlatChoice("Mine"), FlatChoice("Someone else's:")
        self.name, self.kind = QComboBox(), QComboBox()
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.go = self.buttons.addButton("Import", QDialogButtonBox.ButtonRole.AcceptRole)
        self.go.setObjectName("primary")
        self._fill(names)
        self._lay_out()
        self._connect()
        self.mine.setChecked(True)
        self.mine.setFocus()

    def _fill(self, names: Sequence[str]) -> None:
        self.name.setEditable(True)
        self.name.addItems(list(names))
        self.name.setCurrentText("")
        self.name.setAccessibleName("Name of the listener")
        self.name.setMinimumHeight(28)
        field = QLineEdit(maxLength=LONGEST_NAME)
        field.setPlaceholderText("Name")
        field.setAccessibleName("Name of the listener")
        self.name.setLineEdit(field)
        self.kind.setAccessibleName("What the file is")
        self.kind.setMinimumHeight(28)
        self.kind.addItem("Recognise it by itself", "auto")
        for kind, title in KINDS.items():
            self.kind.addItem(title[:1].upper() + title[1:], kind)

    def _lay_out(self) -> None:
        one = len(self._paths) == 1
        title = QLabel(printable(self._paths[0].name) if one else count(len(self._paths), "file"))
        title.setToolTip("\n".join(printable(str(path)) for path in self._paths))
        title.setTextFormat(Qt.TextFormat.PlainText)
        title.setWordWrap(True)
        font = title.font()
        scaled(font, 3)
        title.setFont(font)
        someone = QHBoxLayout()
        someone.setSpacing(8)
        someone.addWidget(self.other)
        someone.addWidget(self.name, 1)
        form = QFormLayout()
        form.setVerticalSpacing(8)
        form.setHorizontalSpacing(16)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.addRow("Whose is it?", self.mine)
        form.addRow("", someone)
        form.addRow("What is it?", self.kind)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 16)
        column.setSpacing(12)
        column.addWidget(title)
        column.addLayout(form)
        column.addWidget(SoftSentence(NOTE, points=-0.5))
        column.addWidget(self.buttons)
        self.setMinimumWidth(440)

    def _connect(self) -> None:
        self.name.editTextChanged.connect(self._typed)
        self.mine.toggled.connect(lambda _: self._tell())
        self.other.toggled.connect(lambda on: self.name.setFocus() if on else None)
        self.buttons.accepted.connect(self._accept)
        self.buttons.rejected.connect(self.reject)
        self._tell()

    def _typed(self, text: str) -> None:
        if text:
            self.other.setChecked(True)
        self._tell()

    def _tell(self) -> None:
        ready = self.mine.isChecked() or bool(self.listener)
        self.go.setEnabled(ready)
        self.go.setToolTip("Read it, and look for its tracks in your library" if ready else "Give the listener a name")

    @property
    def listener(self) -> str:
        """Whose it is; "" for the person at this desk."""
        return "" if self.mine.isChecked() else " ".join(self.name.currentText().split())

    def _accept(self) -> None:
        if self.mine.isChecked() or self.listener:
            self.asked.emit(self._paths, self.listener, self.kind.currentData())
            self.accept()
