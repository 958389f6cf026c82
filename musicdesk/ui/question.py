"""What the small dialogs share: a title, what is asked about, a sentence for what went wrong, buttons; a name."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QAccessibleEvent
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QInputDialog,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from musicdesk.ui.ink import scaled
from musicdesk.ui.labels import SoftSentence
from musicdesk.ui.models_details import WarningSign


class Question(QDialog):
    """A title above, ``body`` to fill, buttons below; it is deleted when it closes."""

    def __init__(self, title: str, intro: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self.closed = False
        """Whether it was answered or left: an answer of the desk that comes later has nobody to tell."""
        self.heading, self.intro = QLabel(title), SoftSentence(intro, points=-0.5)
        self.body = QVBoxLayout()
        self.problem, self._sign = QLabel(), WarningSign()
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.cancel = self.buttons.button(QDialogButtonBox.StandardButton.Cancel)
        self.buttons.rejected.connect(self.reject)
        self._lay_out()
        self.say("")

    def _lay_out(self) -> None:
        font = self.heading.font()
        scaled(font, 3)
        self.heading.setFont(font)
        for label in (self.heading, self.problem):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
        warning = QHBoxLayout()
        warning.setSpacing(8)
        warning.addWidget(self._sign, 0, Qt.AlignmentFlag.AlignTop)
        warning.addWidget(self.problem, 1)
        self.intro.setVisible(bool(self.intro.text()))
        self.body.setSpacing(4)
        column = self._column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 16)
        column.setSpacing(8)
        column.addWidget(self.heading)
        column.addWidget(self.intro)
        column.addSpacing(4)
        column.addLayout(self.body, 1)
        column.addLayout(warning)
        column.addSpacing(4)
        column.addWidget(self.buttons)

    def primary(self, text: str) -> QPushButton:
        """The button that does it; whoever asks connects it."""
        button = self.buttons.addButton(text, QDialogButtonBox.ButtonRole.AcceptRole)
        button.setObjectName("primary")
        button.style().unpolish(button)  # its look was decided before it had that name
        button.style().polish(button)
        button.setDefault(True)
        return button

    def say(self, sentence: str) -> None:
        """Tell what went wrong ("" for nothing)."""
        if self.closed:
            return
        self.problem.setText(sentence)
        self.problem.setVisible(bool(sentence))
        self._sign.setVisible(bool(sentence))
        if sentence:
            self.resize(self.width(), max(self.height(), self._column.totalHeightForWidth(self.width())))
            QAccessible.updateAccessibility(QAccessibleEvent(self.problem, QAccessible.Event.Alert))

    def done(self, result: int) -> None:
        """It closes, and is deleted then."""
        self.closed = True
        super().done(result)


def ask_name(title: str, text: str, parent: QWidget, *, old: str = "", names: Sequence[str] = ()) -> QInputDialog:
    """Open a dialog that asks for a name and is deleted when it closes; whoever asks connects ``textValueSelected``.

    ``old`` is the name to change; ``names`` are there to choose from, and another one may be typed.
    """
    dialog = QInputDialog(parent)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setWindowTitle(title)
    dialog.setLabelText(text)
    if names:
        dialog.setComboBoxItems(list(names))
        dialog.setComboBoxEditable(True)
    else:
        dialog.setTextValue(old)
    dialog.open()
    return dialog
