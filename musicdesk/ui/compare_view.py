"""Two tastes side by side: the gains as paired bars, how far their lists overlap, in which words they differ."""

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QComboBox, QDialogButtonBox, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from musicdesk.records import NamedTaste, TasteComparison
from musicdesk.ui.believed_view import gains_table
from musicdesk.ui.gain_bars import GainBars
from musicdesk.ui.ink import Ink
from musicdesk.ui.labels import SoftLabel, SoftSentence, scrolling
from musicdesk.ui.question import Question

AS_IT_STANDS = "The taste as it stands"


class CompareView(Question):
    """Two choices of a taste; ``asked`` gives both names ("" is the taste as it stands), the owner the comparison."""

    asked = Signal(str, str)

    def __init__(self, tastes: Sequence[NamedTaste], parent: QWidget | None = None) -> None:
        """It begins with the taste as it stands beside one that is another."""
        super().__init__("Compare tastes", parent=parent)
        names = [taste.name for taste in tastes]
        self.first, self.second = _choice("First taste", names), _choice("Second taste", names)
        other = next((number for number, taste in enumerate(tastes, start=1) if not taste.current), 1)
        self.second.setCurrentIndex(min(other, self.second.count() - 1))
        self.overlap, self.shared = OverlapBar(), QLabel()
        self.words = [SoftSentence(points=-0.5), SoftSentence(points=-0.5)]
        self._table = QVBoxLayout()
        self.buttons.setStandardButtons(QDialogButtonBox.StandardButton.Close)
        self._lay_out_body()
        for box in (self.first, self.second):
            box.currentIndexChanged.connect(lambda _: self.ask())
        self.setMinimumSize(480, 400)
        self.resize(560, 600)

    def _lay_out_body(self) -> None:
        heads = QHBoxLayout()
        heads.setSpacing(8)
        for sign, box in (("■", self.first), ("□", self.second)):
            heads.addWidget(SoftLabel(sign))
            heads.addWidget(box, 1)
        self.body.addLayout(heads)
        self.body.addSpacing(4)
        self.body.addWidget(self.shared)
        self.body.addWidget(self.overlap)
        for sentence in self.words:
            self.body.addWidget(sentence)
        self.body.addSpacing(4)
        self.body.addLayout(self._table, 1)

    @property
    def bars(self) -> list[GainBars]:
        """The pairs that are shown."""
        return [bar for bar in self.findChildren(GainBars) if bar.isVisibleTo(self)]

    def ask(self) -> None:
        """Ask for the comparison of what is chosen."""
        self.say("")
        self.asked.emit(str(self.first.currentData()), str(self.second.currentData()))

    def set_comparison(self, compared: TasteComparison) -> None:
        """Show it."""
        while (item := self._table.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        self._table.addWidget(scrolling(gains_table(compared.gains, sign="·")))
        self.shared.setText(overlap_text(compared))
        self.overlap.set_share(compared.shared / compared.of if compared.of else 0.0)
        names = (compared.first or AS_IT_STANDS, compared.second or AS_IT_STANDS)
        for sentence, name, words in zip(self.words, names, (compared.first_words, compared.second_words), strict=True):
            sentence.setText(f"Only {_quoted(name)}: {', '.join(words)}" if words else "")
            sentence.setVisible(bool(words))


class OverlapBar(QWidget):
    """How much of two lists is the same."""

    def __init__(self) -> None:
        super().__init__()
        self.share = 0.0
        self.setAccessibleName("How much of the lists is the same")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """A slim bar."""
        return QSize(200, 6)

    def set_share(self, share: float) -> None:
        """0 to 1."""
        self.share = share
        self.setAccessibleDescription(f"{share:.0%}")
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """What is shared, in the accent's colour."""
        painter, ink = QPainter(self), Ink.of(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        for share, colour in ((1.0, ink.track), (self.share, ink.accent)):
            painter.setBrush(colour)
            painter.drawRoundedRect(QRectF(0, 0, self.width() * share, self.height()), 3, 3)


def overlap_text(compared: TasteComparison) -> str:
    """How far the lists overlap, as a sentence."""
    if not compared.of:
        return "Neither has a list yet."
    if compared.shared == compared.of:
        return f"The first {compared.of} picks are the same."
    return f"{compared.shared} of the first {compared.of} picks are the same."


def _quoted(name: str) -> str:
    return "the taste as it stands" if name == AS_IT_STANDS else f"“{name}”"


def _choice(title: str, names: Sequence[str]) -> QComboBox:
    box = QComboBox()
    box.setAccessibleName(title)
    box.addItem(AS_IT_STANDS, "")
    for name in names:
        box.addItem(name, name)
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    return box
