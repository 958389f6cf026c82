"""What a person can set; each change counts at once."""

from collections.abc import Sequence

from PySide6.QtCore import QMargins, Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from musicdesk.records import Device, ModelStatus
from musicdesk.settings import Settings
from musicdesk.ui.flat import FlatTick, Line
from musicdesk.ui.labels import SoftSentence, scrolling

THEMES = (("system", "Like the system"), ("light", "Light"), ("dark", "Dark"))
GAINS = (("track", "Each track as loud as the others"), ("album", "Each album as loud as the others"), ("off", "Off"))
DEVICES = (("auto", "Graphics card if there is one"), ("cpu", "Processor only"))
PACES = (
    (1.0, "As fast as it can"), (0.5, "Works half the time"), (0.25, "Works a quarter of the time"),
    (0.1, "Works a tenth of the time"),
)  # fmt: skip
WIDE, TITLE_BAR, SPACING, MARGINS = 480, 40, 16, QMargins(24, 20, 24, 16)
RESCANS = ((0, "Never"), (15, "Every 15 minutes"), (60, "Every hour"), (360, "Every 6 hours"), (1440, "Once a day"))


class SettingsDialog(QDialog):
    """Shows the settings; ``changed`` names one and its new value."""

    changed = Signal(str, object)
    models_asked = Signal()
    """Compare and install encoders."""

    def __init__(self, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Settings")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.theme = _choice("Look", THEMES, settings.theme)
        self.gain = _choice("Loudness", GAINS, settings.replay_gain)
        self.animate = _tick("Rows glide to their new place", settings.animate_rows)
        self.animate.setToolTip("When the list is ranked anew; never where the system asks for little motion")
        self.hover = _tick("Hear a track while the pointer rests on it", settings.hover_preview)
        self.hover.setToolTip(
            "In every list and on the map, from its most typical place; never while something plays that you put on.\n"
            "Space does the same for the chosen track."
        )
        self.encoder = _choice("Encoder", ((settings.encoder, settings.encoder),), settings.encoder)
        self.about = SoftSentence()
        self.about.setMinimumHeight(self.about.fontMetrics().lineSpacing() * 4)
        self.about.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.models = QPushButton("Compare and install encoders…")
        self.models.setToolTip("Close the settings and show the page Models (Alt+5)")
        self.device = _choice("Device of the analysis", DEVICES, settings.device)
        self.workers = self._workers(settings.workers)
        self.pace = _choice("Pace of the analysis", PACES, settings.pace)
        self.pace.setToolTip("How much of the time the analysis works; the rest it leaves to others")
        self.quick = _tick("Listen quickly first, then in full", settings.quick_first)
        self.quick.setToolTip("A large new library can be used much sooner, and is listened to in full after that")
        self.watch = _tick("Notice new and changed music by itself", settings.watch)
        self.rescan = _choice("Look through the folders besides", RESCANS, settings.rescan_minutes)
        self.rescan.setToolTip("For network drives that do not tell when something changes")
        self._lay_out()
        self._connect()

    def _workers(self, now: int) -> QSpinBox:
        workers = QSpinBox()
        workers.setAccessibleName("Processes for the analysis")
        workers.setRange(0, 64)
        workers.setSpecialValueText("Half the cores")
        workers.setValue(now)
        return workers

    def _lay_out(self) -> None:
        self._form = QFormLayout()
        self._form.setVerticalSpacing(8)
        self._form.setHorizontalSpacing(16)
        self._form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self._section(
            "Window and sound", ("Look", self.theme), ("", self.animate), ("", self.hover), ("Loudness", self.gain)
        )
        self._section(
            "Analysis",
            ("Listens with", self.encoder), ("", self.about), ("", self.models), ("Runs on", self.device),
            ("Processes", self.workers), ("Pace", self.pace), ("", self.quick),
        )  # fmt: skip
        self._section("Folders", ("", self.watch), ("Look through them", self.rescan))
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self.buttons.rejected.connect(self.reject)
        inside = QWidget()
        inside.setLayout(self._form)
        self._form.setContentsMargins(0, 0, 0, 0)
        column = QVBoxLayout(self)
        column.setContentsMargins(MARGINS)
        column.setSpacing(SPACING)
        self._area = scrolling(inside)
        column.addWidget(self._area, 1)
        column.addWidget(self.buttons)
        self.setMinimumWidth(460)
        self.fit(self.screen().availableGeometry().height() - TITLE_BAR)

    def fit(self, room: int) -> None:
        """Be as high as what is in it, but no higher than ``room``: then it scrolls, and its button is still there."""
        beside = MARGINS.top() + MARGINS.bottom() + SPACING + self.buttons.sizeHint().height()
        wanted = self._form.sizeHint().height() + beside
        bar = self._area.verticalScrollBar().sizeHint().width() if wanted > room else 0
        self.resize(WIDE + bar, min(room, wanted))

    def focusNextPrevChild(self, on: bool) -> bool:
        """What the Tab key leads to is in view, also from the button below."""
        moved, there = super().focusNextPrevChild(on), self.focusWidget()
        if there is not None and self._area.isAncestorOf(there):
            self._area.ensureWidgetVisible(there)
        return moved

    def _section(self, title: str, *rows: tuple[str, QWidget]) -> None:
        if self._form.rowCount():
            self._form.addRow(Line())
        head = QLabel(title)
        font = head.font()
        font.setWeight(font.Weight.DemiBold)
        head.setFont(font)
        self._form.addRow(head)
        for label, widget in rows:
            if isinstance(widget, QComboBox | QSpinBox):
                widget.setMinimumHeight(28)
            self._form.addRow(label, widget)

    def _connect(self) -> None:
        for name, box in (
            ("theme", self.theme), ("replay_gain", self.gain), ("encoder", self.encoder), ("device", self.device),
            ("pace", self.pace), ("rescan_minutes", self.rescan),
        ):  # fmt: skip
            box.activated.connect(lambda _, name=name, box=box: self.changed.emit(name, box.currentData()))
        for name, tick in (
            ("animate_rows", self.animate), ("hover_preview", self.hover), ("quick_first", self.quick),
            ("watch", self.watch),
        ):  # fmt: skip
            tick.toggled.connect(lambda on, name=name: self.changed.emit(name, on))
        self.models.clicked.connect(self._leave_for_models)
        self.workers.editingFinished.connect(lambda: self.changed.emit("workers", self.workers.value()))

    def _leave_for_models(self) -> None:
        self.accept()
        self.models_asked.emit()

    def set_models(self, models: Sequence[ModelStatus]) -> None:
        """Offer the encoders that can be used, and the one that is set; the page of encoders has the others."""
        now = self.encoder.currentData()
        models = [model for model in models if (model.installed and not model.extra) or model.name == now]
        self.encoder.clear()
        for model in models:
            self.encoder.addItem(model.title if model.installed else f"{model.title} (not installed)", model.name)
            self.encoder.model().item(self.encoder.count() - 1).setEnabled(model.installed)  # type: ignore[attr-defined]
        self.encoder.setCurrentIndex(max(0, self.encoder.findData(now)))
        self._tell(models)
        self.encoder.currentIndexChanged.connect(lambda: self._tell(models))

    def set_devices(self, devices: Sequence[Device]) -> None:
        """Offer what can run an encoder here; what was chosen and is not there says so."""
        now = self.device.currentData()
        self.device.clear()
        titles = {**dict(DEVICES), **{_kind(device.name): _titled(device) for device in devices}}
        for name, title in titles.items():
            self.device.addItem(title, name)
        if now not in titles:
            self.device.addItem(f"{now} (not found here)", now)
        self.device.setCurrentIndex(self.device.findData(now))

    def _tell(self, models: Sequence[ModelStatus]) -> None:
        model = next((m for m in models if m.name == self.encoder.currentData()), None)
        if model is not None:
            self.about.setText(
                model.problem
                or f"{model.dim} numbers a track; licence {model.licence}. Each encoder listens for itself: after a "
                "change the tracks must be listened to once more. What was heard before is kept."
            )


def _kind(name: str) -> str:
    """The first graphics card is called by its kind, as in the settings; a further one by its number."""
    return name.removesuffix(":0")


def _titled(device: Device) -> str:
    if _kind(device.name) == "cpu":
        return "Processor only"
    return f"{device.title} ({device.memory_mb / 1024:,.0f} GB)" if device.memory_mb else device.title


def _tick(text: str, on: bool) -> QCheckBox:
    box = FlatTick(text)
    box.setChecked(on)
    return box


def _choice(name: str, options: Sequence[tuple[object, str]], now: object) -> QComboBox:
    box = QComboBox()
    box.setAccessibleName(name)
    for value, text in options:
        box.addItem(text, value)
    if box.findData(now) < 0 and not isinstance(now, str):
        box.addItem(_other(now), now)
    elif box.findData(now) < 0 and name.startswith("Device"):
        box.addItem(str(now), now)
    box.setCurrentIndex(max(0, box.findData(now)))
    box.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    return box


def _other(value: object) -> str:
    """A value that was set by hand in the file."""
    return f"Works {value:.0%} of the time" if isinstance(value, float) else f"Every {value} minutes"
