"""What is under way on the page of encoders: an installation with its bytes, or a check of the files."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QSizePolicy, QVBoxLayout

from musicdesk.jobs import Progress
from musicdesk.ui.analysis_status import span
from musicdesk.ui.ink import tabular
from musicdesk.ui.labels import ElidedLabel, SoftSentence
from musicdesk.ui.models_words import bytes_text
from musicdesk.ui.work_panel import Card

SETTLED_S = 2.0
"""Before that a speed is a guess."""
STEPS = 1000
"""The bar counts in thousandths: Qt's integers end at 2 GB."""


class ModelsProgress(Card):
    """Shows the one job of the page; hidden while there is none."""

    cancel_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._what = ""
        self.title, self.fact = ElidedLabel(), SoftSentence(points=-0.5)
        self.bar, self.cancel = QProgressBar(), QPushButton("Cancel")
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(6)
        self.bar.setAccessibleName("How far it is")
        self.cancel.setToolTip("Stop; what is fetched is kept, and it goes on from there")
        self.cancel.clicked.connect(self._stop)
        font = tabular(self.title.font())
        font.setWeight(font.Weight.DemiBold)
        self.title.setFont(font)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self.title)
        words.addWidget(self.fact)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addLayout(words, 1)
        head.addWidget(self.cancel, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 10, 10)
        column.setSpacing(6)
        column.addLayout(head)
        column.addWidget(self.bar)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.hide()

    def begin(self, what: str) -> None:
        """Something starts."""
        self._what = what
        self.cancel.setEnabled(True)
        self.set_progress(Progress("", 0, None, 0.0))
        self.show()

    def end(self) -> None:
        """Nothing runs any more."""
        self.hide()

    def set_progress(self, progress: Progress) -> None:
        """Show how far it is."""
        self.title.setText(progress.text or self._what)
        self.bar.setRange(0, STEPS if progress.total else 0)
        if progress.total:
            self.bar.setValue(min(STEPS, round(STEPS * progress.done / progress.total)))
        self.fact.setText(" · ".join(filter(None, (*_far(progress), progress.note))))
        self.setAccessibleName(f"{self.title.text()}. {self.fact.text()}")

    def _stop(self) -> None:
        self.cancel.setEnabled(False)
        self.title.setText("Stopping …")
        self.cancel_asked.emit()


def _far(progress: Progress) -> list[str]:
    """How far, how fast and how long still."""
    if progress.unit != "bytes":
        return [f"Step {progress.done + 1} of {progress.total}"] if progress.total and progress.done else [" "]
    done = bytes_text(progress.done)
    parts = [f"{done} of {bytes_text(progress.total)}" if progress.total else done]
    if progress.elapsed_s > SETTLED_S:
        parts.append(f"{bytes_text(round(progress.done / progress.elapsed_s))} a second")
        if progress.eta_s:
            parts.append(f"{span(progress.eta_s)} left")
    return [*parts, progress.detail]
