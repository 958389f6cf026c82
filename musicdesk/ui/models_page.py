"""Which encoders there are, what each is good at and takes, which one listens; below, all about the chosen one."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from musicdesk.records import ModelStatus
from musicdesk.ui.flat import FlatSplitter, FlatTick, Line
from musicdesk.ui.ink import scaled
from musicdesk.ui.labels import ElidedLabel, SoftSentence
from musicdesk.ui.meaning_page import MeaningPage
from musicdesk.ui.models_details import ModelDetails
from musicdesk.ui.models_model import ModelsModel
from musicdesk.ui.models_progress import ModelsProgress
from musicdesk.ui.models_table import ModelsTable
from musicdesk.ui.notice import Notice
from musicdesk.ui.training_page import TrainingPage
from musicdesk.ui.work_panel import Card

MARGIN = 16
STUDY, STUDY_SHORT = "Also the study's settings", "Study's settings"
TRAIN, TRAIN_SHORT = "Train on my genres…", "Train…"
WORDS, WORDS_SHORT = "Words and sound…", "Words…"
WIDE, NARROW = 600, 484
"""Below the first the head says less, below the second it says it shorter."""
TABLE, DETAILS = 376, 250
"""How the height is shared to begin with."""


class TrainingLine(Card):
    """Says above the encoders that a training is under way, and leads there."""

    def __init__(self) -> None:
        super().__init__()
        self.text, self.go = ElidedLabel(), QPushButton("Show")
        self.go.setToolTip("Show the training: curves, pause, stop")
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 6, 8, 6)
        row.setSpacing(8)
        row.addWidget(self.text, 1)
        row.addWidget(self.go)
        self.hide()

    def say(self, text: str) -> None:
        """Show this ("" for nothing)."""
        self.text.setText(text)
        self.setVisible(bool(text))


class ModelsPage(QWidget):
    """The table of encoders and the one that is chosen; in its place, a training."""

    train_asked = Signal()
    meaning_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.model = ModelsModel()
        self.table, self.details = ModelsTable(self.model), ModelDetails()
        self.title, self.aside = QLabel("Encoders"), ElidedLabel(soft=True)
        self.variants, self.train = FlatTick(STUDY), QPushButton(TRAIN)
        self.words = QPushButton(WORDS)
        self.notice, self.progress, self.line = Notice(name="Note on encoders"), ModelsProgress(), TrainingLine()
        self.training, self.waiting = TrainingPage(), SoftSentence("Looking …", points=0.5)
        self.meaning, self.learning = MeaningPage(), TrainingLine()
        self._locked = ""
        self._lay_out()
        self._connect()
        self.lock("")

    # ------------------------------------------------------------------ building

    def _lay_out(self) -> None:
        self.waiting.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.split = FlatSplitter(Qt.Orientation.Vertical)
        self.split.addWidget(self.table)
        self.split.addWidget(self.details)
        self.split.setStretchFactor(0, 1)
        self.split.setStretchFactor(1, 0)
        self.split.setSizes([TABLE, DETAILS])
        self.split.setCollapsible(0, False)
        self.table.setMinimumHeight(120)
        self._inside = QStackedWidget()
        self._inside.addWidget(self.waiting)
        self._inside.addWidget(self.split)
        encoders = QWidget()
        column = QVBoxLayout(encoders)
        column.setContentsMargins(0, 12, 0, 0)
        column.setSpacing(0)
        column.addLayout(self._head())
        column.addSpacing(10)
        column.addWidget(Line())
        column.addWidget(self._inside, 1)
        self.stack = QStackedWidget()
        self.stack.addWidget(encoders)
        self.stack.addWidget(self.training)
        self.stack.addWidget(self.meaning)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self.notice)
        whole.addWidget(self.stack, 1)

    def _head(self) -> QVBoxLayout:
        font = self.title.font()
        scaled(font, 4)
        self.title.setFont(font)
        self.words.setToolTip("Let it learn which words go with which sounds, and what you choose after what")
        self.variants.setToolTip("Show the settings of the comparison study too, which differ from the authors' own")
        titles = QHBoxLayout()
        titles.setSpacing(12)
        titles.addWidget(self.title)
        titles.addWidget(self.aside, 1, Qt.AlignmentFlag.AlignBottom)
        titles.addStretch(0)
        titles.addWidget(self.variants)
        titles.addWidget(self.words)
        titles.addWidget(self.train)
        head = QVBoxLayout()
        head.setContentsMargins(MARGIN, 0, 12, 0)
        head.setSpacing(8)
        head.addLayout(titles)
        head.addWidget(self.line)
        head.addWidget(self.learning)
        head.addWidget(self.progress)
        return head

    def _connect(self) -> None:
        self.table.chosen.connect(lambda _: self._tell())
        self.variants.toggled.connect(self.model.show_variants)
        self.train.clicked.connect(self.train_asked)
        self.line.go.clicked.connect(self.show_training)
        self.learning.go.clicked.connect(self.meaning_asked)
        self.words.clicked.connect(self.meaning_asked)
        for page in (self.training, self.meaning):
            page.left.connect(self.show_encoders)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The head says what there is room for."""
        super().resizeEvent(event)
        self.aside.setVisible(self.width() >= WIDE)
        self.variants.setText(STUDY if self.width() >= NARROW else STUDY_SHORT)
        self.train.setText(TRAIN if self.width() >= WIDE else TRAIN_SHORT)
        self.words.setText(WORDS if self.width() >= NARROW else WORDS_SHORT)

    # ------------------------------------------------------------------ what it shows

    def set_models(self, models: Sequence[ModelStatus], used: str) -> None:
        """Show these encoders; ``used`` is the name of the one that listens."""
        self.model.set_models(models, used)
        title = next((model.title for model in models if model.name == used), used)
        self.aside.setText(f"in use: {title}" if used else "")
        self._inside.setCurrentWidget(self.split)
        self._tell()

    def lock(self, why: str) -> None:
        """Let nothing be changed, for this reason ("" to allow it)."""
        self._locked = why
        self.details.lock(why)
        self.training.lock(why)
        self.meaning.lock(why)
        self.train.setEnabled(not why)
        self.train.setToolTip(why or "Train a network of your own on the genre tags of your library, or on a CSV file")

    def begin(self, what: str) -> None:
        """An installation or a check starts."""
        self.progress.begin(what)
        self.details.set_busy("One thing at a time: it can begin when the other is done.")

    def end(self) -> None:
        """It is over."""
        self.progress.end()
        self.details.set_busy("")

    @property
    def name(self) -> str:
        """The encoder that is chosen ("" for none)."""
        return self.table.name

    def status(self, name: str) -> ModelStatus | None:
        """What is known of an encoder."""
        return next((model for model in self.model.models if model.name == name), None)

    def _tell(self) -> None:
        self.details.set_model(self.status(self.table.name), used=self.model.used)

    # ------------------------------------------------------------------ the two sides

    @property
    def shows_training(self) -> bool:
        """Whether the training is looked at, not the encoders."""
        return self.stack.currentWidget() is self.training

    def show_training(self) -> None:
        """Look at the training."""
        self.stack.setCurrentWidget(self.training)
        self.training.take_focus()

    @property
    def shows_meaning(self) -> bool:
        """Whether words and sound are looked at, not the encoders."""
        return self.stack.currentWidget() is self.meaning

    def show_meaning(self) -> None:
        """Look at words and sound."""
        self.stack.setCurrentWidget(self.meaning)
        self.meaning.take_focus()

    def show_encoders(self) -> None:
        """Look at the encoders."""
        self.stack.setCurrentIndex(0)
        self.table.setFocus()

    def step(self, rows: int) -> None:
        """Go down (or up) so many rows of the table."""
        if not (self.shows_training or self.shows_meaning):
            self.table.step(rows)

    def leave(self) -> bool:
        """Escape: from the training back to the encoders, from a button to the table; False if there is no way."""
        if self.shows_training or self.shows_meaning:
            self.show_encoders()
        elif self.table.hasFocus():
            return False
        else:
            self.table.setFocus()
        return True

    def take_focus(self) -> None:
        """The keyboard goes to what is shown."""
        shown = self.stack.currentWidget()
        shown.take_focus() if isinstance(shown, TrainingPage | MeaningPage) else self.table.setFocus()
