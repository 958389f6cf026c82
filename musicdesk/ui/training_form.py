"""What a training begins with: labels, the classes found with them, a name, how long."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from musicdesk.records import ClassCount, printable
from musicdesk.ui.flat import FlatChoice
from musicdesk.ui.labels import ElidedLabel, SoftLabel, SoftSentence
from musicdesk.ui.training_table import FiguresModel, FiguresTable
from musicdesk.ui.training_words import FEWEST, PREFIX, classes_text, name_fits, name_problem

GENRES, FOLDERS = "genre-tags", "folders"
"""Labels that the library has already: its genre tags, or the folder that each track lies in."""
SCRATCH, SHIPPED = "scratch", "shipped"
"""What a network begins with: chance, or the one that comes with musicdesk."""
EPOCHS = {SCRATCH: 60, SHIPPED: 20}
"""As many as are usual with either."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the person asked for."""

    labels: str | Path
    name: str
    epochs: int
    start: str = SCRATCH


class TrainingForm(QWidget):
    """Asks; ``start_asked`` carries the answer."""

    start_asked = Signal(object)
    """A ``Wanted``."""
    labels_chosen = Signal(object)
    """Where labels come from: the word for genre tags, or the path of a CSV file."""

    def __init__(self) -> None:
        super().__init__()
        self._csv: Path | None = None
        self._taken: tuple[str, ...] = ()
        self._locked, self._ready = "", False
        self.genres, self.folders = (
            FlatChoice("Genre tags of my library"),
            FlatChoice("The folders that tracks lie in"),
        )
        self.csv = FlatChoice("A CSV file")
        self.scratch, self.shipped = FlatChoice("Nothing"), FlatChoice("The network that comes with musicdesk")
        self.browse, self.file = QPushButton("Choose…"), ElidedLabel(soft=True)
        self.name, self.epochs, self.start = QLineEdit("own"), QSpinBox(), QPushButton("Start training")
        self.note, self.found = SoftSentence(), SoftSentence("Looking …")
        self.model = FiguresModel("Class", "Tracks", "Artists")
        self.table = FiguresTable(self.model, name="Classes that were found")
        self._fill()
        self._lay_out()
        self._connect()
        self._tell()

    # ------------------------------------------------------------------ building

    def _fill(self) -> None:
        self.genres.setChecked(True)
        self.scratch.setChecked(True)
        self.scratch.setToolTip(
            "It hears for itself what tells the classes apart: better with a thousand tracks or more"
        )
        self.shipped.setToolTip("It keeps what that network can hear already: quicker, and better with few tracks")
        self.csv.setToolTip("Columns: path or track, and label; a line a track")
        self.browse.setToolTip("Choose the CSV file with a label for each track")
        self.file.setText("with a path and a label in each line")
        self.epochs.setRange(1, 1000)
        self.epochs.setValue(EPOCHS[SCRATCH])
        self.epochs.setToolTip(
            "How often it goes through all tracks at most; it stops by itself when it learns no more"
        )
        self.start.setObjectName("primary")
        self.start.setMinimumHeight(32)
        for widget, name in (
            (self.name, "Name of the network"), (self.epochs, "Epochs at most"), (self.browse, "Choose the CSV file"),
        ):  # fmt: skip
            widget.setAccessibleName(name)
        self.epochs.setMinimumHeight(28)

    def _lay_out(self) -> None:
        file = _row(self.csv, self.browse)
        file.addWidget(self.file, 1)
        name = _row(SoftLabel(PREFIX), self.name)
        name.setSpacing(2)
        name.addStretch(1)
        self.name.setFixedWidth(200)
        epochs = _row(self.epochs, SoftLabel("at most"))
        epochs.addStretch(1)
        form = QFormLayout()
        form.setVerticalSpacing(8)
        form.setHorizontalSpacing(16)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.addRow("Labels", self.genres)
        form.addRow("", self.folders)
        form.addRow("", file)
        form.addRow("Begin with", self._beginnings())
        form.addRow("Name", name)
        form.addRow("Epochs", epochs)
        form.addRow("", self.note)
        go = QHBoxLayout()
        go.addWidget(self.found, 1)
        go.addWidget(self.start)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(form)
        column.addLayout(go)
        column.addWidget(self.table, 1)
        column.addStretch(0)  # takes the room of the table while there is none
        self.table.setMinimumHeight(120)

    def _beginnings(self) -> QHBoxLayout:
        """The two beginnings, of which one holds whatever the labels are."""
        group = QButtonGroup(self)
        for choice in (self.scratch, self.shipped):
            group.addButton(choice)
        row = _row(self.scratch, self.shipped)
        row.addStretch(1)
        return row

    def _connect(self) -> None:
        self.shipped.toggled.connect(lambda on: self.epochs.setValue(EPOCHS[SHIPPED if on else SCRATCH]))
        for choice in (self.genres, self.folders, self.csv):
            choice.toggled.connect(lambda on: self._choose() if on else None)
        self.browse.clicked.connect(self._browse)
        self.name.textChanged.connect(self._tell)
        self.name.returnPressed.connect(self.start.click)
        self.start.clicked.connect(lambda: self.start_asked.emit(self.wanted))

    # ------------------------------------------------------------------ what it shows

    @property
    def labels(self) -> str | Path:
        """Where the labels come from."""
        if self.csv.isChecked() and self._csv is not None:
            return self._csv
        return FOLDERS if self.folders.isChecked() else GENRES

    @property
    def wanted(self) -> Wanted:
        """What is asked for now."""
        start = SHIPPED if self.shipped.isChecked() else SCRATCH
        return Wanted(self.labels, PREFIX + self.name.text(), self.epochs.value(), start)

    def set_classes(self, classes: Sequence[ClassCount]) -> None:
        """Show the classes that were found."""
        self.model.set_rows([(found.name, f"{found.tracks:,}", f"{found.artists:,}") for found in classes])
        self.found.setText(classes_text(classes))
        self._ready = len(classes) >= FEWEST
        self._tell()

    def set_problem(self, sentence: str) -> None:
        """No classes could be found, for this reason."""
        self.model.set_rows(())
        self.found.setText(sentence)
        self._ready = False
        self._tell()

    def set_looking(self) -> None:
        """The classes are being counted."""
        self.set_problem("Looking …")

    def set_taken(self, names: Sequence[str]) -> None:
        """Names of networks that there are."""
        self._taken = tuple(names)
        self._tell()

    def lock(self, why: str) -> None:
        """Let nothing be started, for this reason ("" to allow it)."""
        self._locked = why
        self._tell()

    def choose_csv(self, path: Path) -> None:
        """Take labels from a file."""
        self._csv = path
        self.file.setText(printable(str(path)))
        if self.csv.isChecked():
            self._choose()
        else:
            self.csv.setChecked(True)

    def _choose(self) -> None:
        if self.csv.isChecked() and self._csv is None:
            self.set_problem("Choose the file: a CSV with the columns path (or track) and label.")
        else:
            self.set_looking()
            self.labels_chosen.emit(self.labels)

    def _browse(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self, "Labels", "", "CSV (*.csv);;All files (*)")
        if name:
            self.choose_csv(Path(name))

    def _tell(self) -> None:
        name = self.name.text()
        note = name_problem(name, self._taken)
        self.note.setText(note)
        self.note.setVisible(bool(note))
        self.table.setVisible(bool(self.model.rows))
        self.start.setEnabled(self._ready and name_fits(name) and not self._locked)
        self.start.setToolTip(self._locked or "It can be paused and stopped at any time, and goes on from there")


def _row(*widgets: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(8)
    for widget in widgets:
        row.addWidget(widget)
    return row
