"""A licence that has to be read and accepted before anything is fetched."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QVBoxLayout, QWidget

from musicdesk.records import ModelStatus
from musicdesk.ui.flat import FlatTick
from musicdesk.ui.ink import scaled
from musicdesk.ui.labels import SoftLabel, scrolling
from musicdesk.ui.models_details import linked
from musicdesk.ui.models_words import bytes_text


class LicenceDialog(QDialog):
    """Shows the licence of an encoder's weights; ``accepted`` comes only with the box ticked."""

    agreed = Signal(str)
    """The name of the encoder whose licence was accepted."""

    def __init__(self, model: ModelStatus, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Licence")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._model = model
        self.title, self.fact, self.text = QLabel(model.title), SoftLabel(model.licence), QLabel(_paragraphs(text))
        if model.download_bytes:
            self.fact.setText(f"{bytes_text(model.download_bytes)} to fetch")
        self.read = FlatTick("I have read it and accept")
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.go = self.buttons.addButton("Install", QDialogButtonBox.ButtonRole.AcceptRole)
        self.go.setObjectName("primary")
        self.go.setEnabled(False)
        self._lay_out()
        self.read.toggled.connect(self.go.setEnabled)
        self.buttons.accepted.connect(self._accept)
        self.buttons.rejected.connect(self.reject)
        self.read.setFocus()

    def _lay_out(self) -> None:
        font = self.title.font()
        scaled(font, 3)
        font.setWeight(font.Weight.DemiBold)
        self.title.setFont(font)
        self.title.setTextFormat(Qt.TextFormat.PlainText)
        self.text.setTextFormat(Qt.TextFormat.RichText)
        self.text.setOpenExternalLinks(True)
        self.text.setWordWrap(True)
        self.text.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextBrowserInteraction)
        self.text.setAccessibleName("Licence")
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 16)
        column.setSpacing(8)
        column.addWidget(self.title)
        column.addWidget(self.fact)
        column.addSpacing(4)
        column.addWidget(scrolling(self.text), 1)
        column.addSpacing(4)
        column.addWidget(self.read)
        column.addWidget(self.buttons)
        self.setMinimumSize(480, 300)

    def _accept(self) -> None:
        if self.read.isChecked():
            self.agreed.emit(self._model.name)
            self.accept()


def _paragraphs(text: str) -> str:
    """Plain text as HTML, line by line, with its addresses as links."""
    return "".join(f"<p>{linked(line)}</p>" for line in text.splitlines() if line.strip())
