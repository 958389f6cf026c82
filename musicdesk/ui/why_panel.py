"""Why this track: its match and rank, the parts that add up to its score, what keeps it out, and its words."""

from collections.abc import Mapping
from itertools import pairwise

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from musicdesk.records import Explanation, Part, Taste
from musicdesk.ui import glyphs
from musicdesk.ui.chips import Chips
from musicdesk.ui.contribution_bar import BarScale, ContributionBar
from musicdesk.ui.glyphs import GlyphSign
from musicdesk.ui.ink import spoken
from musicdesk.ui.labels import ElidedLabel, SoftLabel, SoftSentence, scrolling
from musicdesk.ui.mood_line import MoodLine
from musicdesk.ui.tag_chips import TagChips

MOST_BARS = 9
RANK_HINT = "The rank is among all that are analysed, before caps and filters."
EMPTY = "Choose a track to see why it stands where it stands."


class WhyPanel(QWidget):
    """Bars that explain a track and are controls at once.

    ``part_clicked`` gives the slot whose slider is asked for; ``gain_moving`` and ``gain_set`` give the part's name and
    a gain, as the slider of the taste panel does (``gain_set`` once, when a drag or a burst of keys ends).
    """

    gain_moving = Signal(str, float)
    gain_set = Signal(str, float)
    part_clicked = Signal(int)
    explained = Signal(object)
    """Another track is explained, or None."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.explanation: Explanation | None = None
        self.bars: list[ContributionBar] = []
        self._silenced: frozenset[str] = frozenset()
        self._resting: dict[str, float] = {}
        self.more, self._all = QPushButton(), False
        self.title, self.standing = ElidedLabel(), SoftLabel(points=-0.5)
        self.left_out = LeftOut()
        self.together, self.words, self.tags = SoftSentence(), Chips(), TagChips()
        self.mood = MoodLine()
        self._tags: Mapping[str, tuple[str, ...]] = {}
        self._lay_out()
        self.set_explanation(None)

    # ------------------------------------------------------------------ building

    def _lay_out(self) -> None:
        empty = SoftSentence(EMPTY, points=0.0)
        empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        empty.setMargin(16)
        self._pages = QStackedWidget()
        self._pages.addWidget(empty)
        self._pages.addWidget(self._page())
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._pages)

    def _page(self) -> QWidget:
        font = self.title.font()
        font.setWeight(font.Weight.DemiBold)
        self.title.setFont(font)
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 8, 0, 0)
        column.setSpacing(4)
        for widget in (self.title, self.standing, self.mood, self.left_out):
            widget.setContentsMargins(8, 0, 8, 0)
            column.addWidget(widget)
        column.addWidget(self._scroll(), 1)
        return page

    def _scroll(self) -> QScrollArea:
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 0, 8)
        column.setSpacing(4)
        column.addLayout(_indented(self.tags))
        self._bars = QVBoxLayout()
        self._bars.setSpacing(0)
        column.addLayout(self._bars)
        self.more.setFlat(True)
        self.more.clicked.connect(self._toggle_all)
        column.addWidget(self.more, 0, Qt.AlignmentFlag.AlignLeft)
        for widget in (self.together, self.words):
            column.addLayout(_indented(widget))
        column.addStretch(1)
        return scrolling(inside)

    def _new_bar(self) -> ContributionBar:
        bar = ContributionBar()
        bar.moving.connect(lambda gain: self.gain_moving.emit(bar.part.name, gain))
        bar.settled.connect(lambda gain: self._settled(bar, gain))
        bar.clicked.connect(lambda: self.part_clicked.emit(bar.part.slot))
        return bar

    # ------------------------------------------------------------------ what it shows

    def set_explanation(self, explanation: Explanation | None, *, standing: str = "") -> None:
        """Show why, silently; None asks to choose a track. Bars under a hand keep their place and scale.

        ``standing`` says where it stands in a list that is not the taste's.
        """
        before, self.explanation = self.explanation, explanation
        self._pages.setCurrentIndex(int(explanation is not None))
        if _sound(before) != _sound(explanation):
            self.set_mood("")
            self.explained.emit(explanation.track if explanation else None)
        if explanation is None:
            return
        self.title.setText(explanation.track.label)
        self.standing.setText(standing or standing_text(explanation))
        self.standing.setToolTip("" if standing else RANK_HINT)
        self.left_out.set_sentences(explanation.left_out)
        self.words.set_words(explanation.words)
        self._show_tags()
        self._tell_sum(explanation)
        if not self.busy:
            self._show_parts(explanation.parts)

    def set_mood(self, text: str, hint: str = "") -> None:
        """What the track feels like ("" for nothing); its line stays, so that nothing jumps when it comes."""
        self.mood.say(text, hint)

    def set_tags(self, tags: Mapping[str, tuple[str, ...]]) -> None:
        """The listener's own tags by audio hash; those of the track that is explained stand above its bars."""
        self._tags = tags
        self._show_tags()

    def _show_tags(self) -> None:
        explained = self.explanation.track.audio_hash if self.explanation is not None else ""
        self.tags.set_tags(self._tags.get(explained, ()))

    def _tell_sum(self, explanation: Explanation) -> None:
        rest = "" if self._all else told_rest(explanation.parts)
        self.together.setText(f"Together {spoken(explanation.score, sign=True)}{rest}")
        self.more.setVisible(len(explanation.parts) > MOST_BARS)
        self.more.setText(f"The strongest {MOST_BARS} only" if self._all else f"All {len(explanation.parts)} parts")
        self.more.setToolTip("Show a bar for every part of your taste, or only for those that tell most")

    def _toggle_all(self) -> None:
        self.settle()
        self._all = not self._all
        if self.explanation is not None:
            self._tell_sum(self.explanation)
            self._show_parts(self.explanation.parts)

    def set_taste(self, taste: Taste | None) -> None:
        """Which parts are muted or outdone by a solo: their bars are no controls until they count again."""
        self._silenced = silenced(taste) if taste else frozenset()
        self._resting = {advisor.name: advisor.found for advisor in taste.advisors} if taste else {}
        if self.explanation is not None and not self.busy:
            self._show_parts(self.explanation.parts)

    @property
    def busy(self) -> bool:
        """Whether a hand is on one of the bars."""
        return any(bar.busy for bar in self.bars)

    def settle(self) -> None:
        """End what is under way on any bar: its ``gain_set`` comes now."""
        for bar in self.bars:
            bar.flush()

    def _show_parts(self, parts: tuple[Part, ...]) -> None:
        shown = parts if self._all else parts[:MOST_BARS]
        self._keep_bars(shown)
        scale = BarScale.of(shown)
        for bar, part in zip(self.bars, shown, strict=True):
            resting = self._resting.get(part.name, 1.0)
            bar.set_part(part, scale=scale, silenced=part.name in self._silenced, resting=resting)

    def _keep_bars(self, parts: tuple[Part, ...]) -> None:
        """A bar stays with its part, so that the keyboard stays with it when the order changes."""
        old = {bar.part.name: bar for bar in self.bars}
        kept = [old.pop(part.name) if part.name in old else self._new_bar() for part in parts]
        for bar in old.values():
            self._bars.removeWidget(bar)
            bar.hide()
            bar.deleteLater()
        for place, bar in enumerate(kept):
            if self._bars.indexOf(bar) != place:
                self._bars.insertWidget(place, bar)
        for first, second in pairwise(kept):
            QWidget.setTabOrder(first, second)
        self.bars = kept

    def _settled(self, bar: ContributionBar, gain: float) -> None:
        self.gain_set.emit(bar.part.name, gain)


def silenced(taste: Taste) -> frozenset[str]:
    """The parts with a gain that does not count, because they are muted or outdone by a solo."""
    off = {p.name for p, counts in zip(taste.prototypes, taste.gains, strict=True) if p.gain and not counts}
    return frozenset(
        off | {a.name for a, counts in zip(taste.advisors, taste.advisor_gains, strict=True) if a.gain and not counts}
    )


def _sound(explanation: Explanation | None) -> str:
    return explanation.track.audio_hash if explanation is not None else ""


def _indented(widget: QWidget) -> QVBoxLayout:
    box = QVBoxLayout()
    box.setContentsMargins(8, 0, 8, 0)
    box.addWidget(widget)
    return box


class LeftOut(QWidget):
    """Sentences that say what keeps the track out of the list."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 4, 0, 4)
        row.setSpacing(8)
        self.text = QLabel()
        self.text.setWordWrap(True)
        self.text.setTextFormat(Qt.TextFormat.PlainText)
        row.addWidget(GlyphSign(glyphs.warning), 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.text, 1)

    def set_sentences(self, sentences: tuple[str, ...]) -> None:
        """Show them, or nothing."""
        self.text.setText("\n".join(sentences))
        self.setVisible(bool(sentences))


def told_rest(parts: tuple[Part, ...]) -> str:
    """What the parts without a bar add ("" if all have one)."""
    rest = parts[MOST_BARS:]
    if not rest:
        return ""
    return f", of it {spoken(sum(p.contribution for p in rest), sign=True)} from {len(rest)} smaller parts"


def standing_text(explanation: Explanation) -> str:
    """How well the track fits and where it stands; where nothing counts, that."""
    if explanation.parts and not any(part.contribution for part in explanation.parts):
        return "Nothing counts now, so it fits no better or worse than any other"
    return f"Match {explanation.match * 100:.0f} %  ·  rank {explanation.rank:,} of {explanation.of:,}"
