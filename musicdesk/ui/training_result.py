"""What became of a training: how well the network does on artists it never heard, and where it is kept."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from musicdesk.records import TrainedModel, printable
from musicdesk.ui import icons
from musicdesk.ui.glyphs import GlyphButton
from musicdesk.ui.labels import ElidedLabel, SoftSentence
from musicdesk.ui.training_confusion import ConfusionMatrix
from musicdesk.ui.training_table import FiguresModel, FiguresTable
from musicdesk.ui.training_words import made_of, percent, verdict

TABLE = 280
"""What the table of classes needs beside the matrix."""


class TrainingResult(QWidget):
    """Accuracy, matrix, classes; the network can be used from here."""

    use_asked = Signal(str)
    folder_asked = Signal(str)
    """A path."""

    def __init__(self) -> None:
        super().__init__()
        self.trained: TrainedModel | None = None
        self._locked, self._used = "", ""
        self.verdict, self.made_of = QLabel(), SoftSentence()
        self.path = ElidedLabel(soft=True)
        self.open_folder = GlyphButton(icons.folder, name="Open the folder", hint="Open the folder that it is kept in")
        self.use = QPushButton("Use as encoder")
        self.matrix = ConfusionMatrix()
        self.matrix_head = QLabel("What it takes for what")
        self.model = FiguresModel("Class", "Precision", "Recall", "F1", "Tracks")
        self.table = FiguresTable(self.model, name="How well each class is told")
        self._lay_out()
        self.use.clicked.connect(lambda: self.use_asked.emit(self.trained.name if self.trained else ""))
        self.open_folder.clicked.connect(lambda: self.folder_asked.emit(str(self.trained.path) if self.trained else ""))

    def _lay_out(self) -> None:
        self.verdict.setWordWrap(True)
        self.verdict.setTextFormat(Qt.TextFormat.PlainText)
        self.use.setObjectName("primary")
        self.path.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        kept = QHBoxLayout()
        kept.setSpacing(8)
        kept.addWidget(self.use)
        kept.addWidget(self.path, 1)
        kept.addWidget(self.open_folder)
        matrix = QVBoxLayout()
        matrix.setSpacing(6)
        matrix.addWidget(self.matrix_head)
        matrix.addWidget(self.matrix)
        matrix.addStretch(1)
        classes = QVBoxLayout()
        classes.setSpacing(6)
        classes.addWidget(QLabel("How well each class is told"))
        classes.addWidget(self.table)
        classes.addStretch(1)
        self._sides = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._sides.setSpacing(24)
        self._sides.addLayout(matrix)
        self._sides.addLayout(classes, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.verdict)
        column.addWidget(self.made_of)
        column.addLayout(kept)
        column.addSpacing(4)
        column.addLayout(self._sides)

    def set_trained(self, trained: TrainedModel) -> None:
        """Show this network."""
        self.trained = trained
        self.verdict.setText(verdict(trained))
        self.made_of.setText(f"Trained on {made_of(trained)}.")
        self.path.setText(printable(str(trained.path)))
        self.matrix.set_model(trained)
        self.model.set_rows(
            [(r.name, percent(r.precision), percent(r.recall), percent(r.f1), f"{r.tracks:,}") for r in trained.reports]
        )
        self.table.setFixedHeight(self.table.height_of_all)
        self._arrange()
        self._tell()

    def set_used(self, name: str) -> None:
        """The encoder in use."""
        self._used = name
        self._tell()

    def lock(self, why: str) -> None:
        """Let nothing be changed, for this reason ("" to allow it)."""
        self._locked = why
        self._tell()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Side by side where there is room."""
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        beside = self.matrix.sizeHint().width() + self._sides.spacing() + TABLE <= self.width()
        self._sides.setDirection(
            QBoxLayout.Direction.LeftToRight if beside else QBoxLayout.Direction.TopToBottom
        )  # fmt: skip

    def _tell(self) -> None:
        mine = self.trained is not None and self.trained.name == self._used
        self.use.setText("In use" if mine else "Use as encoder")
        self.use.setEnabled(not mine and not self._locked)
        self.use.setToolTip(
            self._locked or ("" if mine else "Listen to the library with it; what others heard is kept")
        )
