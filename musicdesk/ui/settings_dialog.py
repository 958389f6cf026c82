"""What a person can set; each change counts at once."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from musicdesk.records import ModelStatus
from musicdesk.settings import Settings
from musicdesk.ui.labels import SoftSentence

THEMES = (("system", "Like the system"), ("light", "Light"), ("dark", "Dark"))
GAINS = (("track", "Each track as loud as the others"), ("album", "Each album as loud as the others"), ("off", "Off"))


class SettingsDialog(QDialog):
    """Shows the settings; ``changed`` names one and its new value."""

    changed = Signal(str, object)

    def __init__(self, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Settings")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.theme = _choice("Look", THEMES, settings.theme)
        self.gain = _choice("Loudness", GAINS, settings.replay_gain)
        self.encoder = _choice("Encoder", ((settings.encoder, settings.encoder),), settings.encoder)
        self.about = SoftSentence()
        self.about.setMinimumHeight(self.about.fontMetrics().lineSpacing() * 4)
        self.about.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.workers = QSpinBox()
        self.workers.setAccessibleName("Processes for the analysis")
        self.workers.setRange(0, 64)
        self.workers.setSpecialValueText("Half the cores")
        self.workers.setValue(settings.workers)
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.setVerticalSpacing(12)
        form.setHorizontalSpacing(16)
        form.addRow("Look", self.theme)
        form.addRow("Loudness", self.gain)
        form.addRow("Listens with", self.encoder)
        form.addRow("", self.about)
        form.addRow("Processes", self.workers)
        close = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        close.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 16)
        column.setSpacing(16)
        column.addLayout(form)
        column.addWidget(close)
        self.setMinimumWidth(440)

    def _connect(self) -> None:
        self.theme.activated.connect(lambda: self.changed.emit("theme", self.theme.currentData()))
        self.gain.activated.connect(lambda: self.changed.emit("replay_gain", self.gain.currentData()))
        self.encoder.activated.connect(lambda: self.changed.emit("encoder", self.encoder.currentData()))
        self.workers.editingFinished.connect(lambda: self.changed.emit("workers", self.workers.value()))

    def set_models(self, models: Sequence[ModelStatus]) -> None:
        """Offer these encoders; one without weights cannot be chosen."""
        now = self.encoder.currentData()
        self.encoder.clear()
        for model in models:
            self.encoder.addItem(model.title if model.installed else f"{model.title} (not installed)", model.name)
            self.encoder.model().item(self.encoder.count() - 1).setEnabled(model.installed)  # type: ignore[attr-defined]
        self.encoder.setCurrentIndex(max(0, self.encoder.findData(now)))
        self._tell(models)
        self.encoder.currentIndexChanged.connect(lambda: self._tell(models))

    def _tell(self, models: Sequence[ModelStatus]) -> None:
        model = next((m for m in models if m.name == self.encoder.currentData()), None)
        if model is not None:
            self.about.setText(
                model.problem
                or f"{model.dim} numbers a track; licence {model.licence}. Each encoder listens for itself: after a "
                "change the tracks must be listened to once more. What was heard before is kept."
            )


def _choice(name: str, options: Sequence[tuple[str, str]], now: str) -> QComboBox:
    box = QComboBox()
    box.setAccessibleName(name)
    for value, text in options:
        box.addItem(text, value)
    box.setCurrentIndex(max(0, box.findData(now)))
    box.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    return box
