"""Where a playlist goes, in which format, and what is in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QStandardPaths, Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from musicdesk.records import Track
from musicdesk.ui.labels import ElidedLabel, SoftSentence

FORMATS = (
    (".m3u8", "M3U8: nearly every player"),
    (".xspf", "XSPF: VLC, Strawberry, Clementine"),
    (".jspf", "JSPF: ListenBrainz"),
    (".pls", "PLS: older players"),
)
PREVIEW = 3
UNFIT = '/\\:*?"<>|'


@dataclass(frozen=True, slots=True)
class Export:
    """What the person asked for."""

    path: Path
    name: str
    tracks: Sequence[Track]
    relative: bool


class ExportDialog(QDialog):
    """Asks; ``asked`` carries the answer."""

    asked = Signal(Export)

    def __init__(
        self, name: str, tracks: Sequence[Track], chosen: Sequence[Track], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Export playlist")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._tracks, self._chosen = tracks, chosen
        self.name, self.format, self.folder = QLineEdit(name), QComboBox(), QLineEdit(_music_folder())
        self.whole = QRadioButton(f"The whole list ({len(tracks):,})")
        self.selection = QRadioButton(f"The chosen tracks ({len(chosen):,})")
        self.relative = QCheckBox("Paths relative to the playlist (it can move along with the music)")
        self.preview, self.target = SoftSentence(), ElidedLabel(soft=True)
        self.browse = QPushButton("Choose…")
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.write = self.buttons.addButton("Write", QDialogButtonBox.ButtonRole.AcceptRole)
        self._fill()
        self._lay_out()
        self._show()

    def _fill(self) -> None:
        for ending, text in FORMATS:
            self.format.addItem(text, ending)
        many = len(self._chosen) > 1
        self.selection.setChecked(many)
        self.whole.setChecked(not many)
        self.selection.setEnabled(bool(self._chosen))
        self.relative.setChecked(True)
        for widget, name in (
            (self.name, "Name of the playlist"), (self.format, "Format"), (self.folder, "Folder"),
            (self.target, "File that is written"), (self.browse, "Choose the folder"),
        ):  # fmt: skip
            widget.setAccessibleName(name)

    def _lay_out(self) -> None:
        place = QHBoxLayout()
        place.setSpacing(8)
        place.addWidget(self.folder, 1)
        place.addWidget(self.browse)
        form = QFormLayout()
        form.setVerticalSpacing(8)
        form.setHorizontalSpacing(16)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.addRow("Tracks", self.whole)
        form.addRow("", self.selection)
        form.addRow("", self.preview)
        form.addRow("Name", self.name)
        form.addRow("Format", self.format)
        form.addRow("Folder", place)
        form.addRow("", self.relative)
        form.addRow("File", self.target)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 16)
        column.setSpacing(16)
        column.addLayout(form)
        column.addWidget(self.buttons)
        self.setMinimumWidth(560)
        self.browse.clicked.connect(self._browse)
        self.buttons.accepted.connect(self._accept)
        self.buttons.rejected.connect(self.reject)
        for signal in (self.name.textChanged, self.folder.textChanged, self.format.currentIndexChanged,
                       self.whole.toggled):  # fmt: skip
            signal.connect(self._show)

    @property
    def path(self) -> Path:
        """The file as it would be written now."""
        name = "".join("_" if c in UNFIT else c for c in self.name.text().strip())
        return Path(self.folder.text().strip()).expanduser() / f"{name}{self.format.currentData()}"

    @property
    def tracks(self) -> Sequence[Track]:
        """What would be written now."""
        return self._chosen if self.selection.isChecked() else self._tracks

    def _show(self) -> None:
        lines = [track.label for track in self.tracks[:PREVIEW]]
        rest = len(self.tracks) - len(lines)
        self.preview.setText("\n".join([*lines, *([f"… and {rest:,} more"] if rest > 0 else [])]))
        self.target.setText(f"{self.path}" + (" (will be replaced)" if self.path.exists() else ""))
        self.write.setEnabled(bool(self.name.text().strip() and self.folder.text().strip() and self.tracks))

    def _browse(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, "Where shall the playlist go?", self.folder.text())
        if folder:
            self.folder.setText(folder)

    def _accept(self) -> None:
        self.asked.emit(Export(self.path, self.name.text().strip(), self.tracks, self.relative.isChecked()))
        self.accept()


def _music_folder() -> str:
    music = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.MusicLocation)
    home = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.HomeLocation)
    return music if music and Path(music).is_dir() else home
