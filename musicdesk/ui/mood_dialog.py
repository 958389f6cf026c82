"""Where tracks stand on the six axes, as musicdesk hears it, and the listener's own word against it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialogButtonBox, QGridLayout, QLabel, QWidget

from musicdesk.records import AXES, Axis, MoodCorrection, TrackMood
from musicdesk.ui import glyphs
from musicdesk.ui.gain_slider import LiveSlider
from musicdesk.ui.glyphs import GlyphButton
from musicdesk.ui.labels import SoftLabel, SoftSentence
from musicdesk.ui.mood_words import ENDS, PLAIN, mood_text, place_text, sure_text
from musicdesk.ui.question import Question

INTRO = "Places are percentiles of your library. Move what is wrong; what you leave alone stays as it is heard."
SAID = "as you said"
Changes = Mapping[Axis, float | None]
"""Where tracks shall stand; None: what is heard counts again."""


@dataclass(frozen=True, slots=True)
class Standing:
    """One axis of the tracks that are asked about."""

    axis: Axis
    heard: tuple[float, ...]
    """Where musicdesk hears each of them, 0 to 1."""
    sure: float
    said: tuple[float | None, ...]
    """Where the listener put each of them."""

    @property
    def middle(self) -> float:
        """Where they are heard on the whole."""
        return sum(self.heard) / len(self.heard)

    @property
    def mixed(self) -> bool:
        """Whether the listener said different things of them, or of some only."""
        return len(set(self.said)) > 1


def standings(heard: Sequence[TrackMood], said: Mapping[str, MoodCorrection]) -> tuple[Standing, ...]:
    """The six axes of tracks as they are heard without the listener's word, and with what the listener said."""
    told = [dict(said[each.track.audio_hash].axes) if each.track.audio_hash in said else {} for each in heard]
    return tuple(
        Standing(
            axis=axis,
            heard=tuple(each.axes[column][1] for each in heard),
            sure=sum(each.axes[column][2] for each in heard) / len(heard),
            said=tuple(places.get(axis) for places in told),
        )
        for column, axis in enumerate(AXES)
    )  # fmt: skip


class AxisSlider(LiveSlider):
    """Where tracks stand on an axis: a percentile with a word; it rests where they are heard."""

    def __init__(self, axis: Axis, heard: float) -> None:
        self._axis = axis
        super().__init__(0.0, 1.0, resting=heard, origin=heard, detents=(heard,))
        self.setAccessibleName(PLAIN[axis].capitalize())
        self.setToolTip("← → move it (Shift: further); the mark is where musicdesk hears it, a double click goes there")

    def spoken_value(self) -> str:
        """As it is shown."""
        return place_text(self._axis, self.amount)


class AxisRow:
    """The widgets of one axis, and what is said of it now."""

    def __init__(self, standing: Standing) -> None:
        self.standing = standing
        self.value: float | None = standing.said[0] if not standing.mixed else None
        """Where the listener puts them now; None: as they are heard."""
        self.touched = False
        low, high = ENDS[standing.axis]
        self.low, self.high = QLabel(low), QLabel(high)
        self.slider = AxisSlider(standing.axis, standing.middle)
        self.place, self.note = QLabel(), SoftLabel()
        self.reset = GlyphButton(
            glyphs.reset, name=f"Reset {PLAIN[standing.axis]}", hint="Let what musicdesk hears count again"
        )
        self.slider.moving.connect(self._moved)
        self.reset.clicked.connect(self.as_heard)
        self.slider.set_amount(standing.middle if self.value is None else self.value)
        self.tell()

    def place_in(self, grid: QGridLayout, row: int) -> None:
        """Stand in this row of a grid."""
        self.low.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        for column, widget in enumerate((self.low, self.slider, self.high, self.place, self.note, self.reset)):
            grid.addWidget(widget, row, column)

    def _moved(self, place: float) -> None:
        rests = abs(place - self.standing.middle) < 0.005  # a hundredth is the slider's step
        self.value, self.touched = None if rests else place, True
        self.tell()

    def as_heard(self) -> None:
        """Take back what was said of it."""
        self.slider.cancel()
        self.slider.set_amount(self.standing.middle)
        self.value, self.touched = None, True
        self.tell()

    @property
    def changed(self) -> bool:
        """Whether something else is said than before."""
        return self.touched and any(said != self.value for said in self.standing.said)

    def tell(self) -> None:
        """Show place, how sure it is, and whether there is something to take back."""
        said = self.value is not None or (self.standing.mixed and not self.touched)
        self.place.setText(self._place_text())
        self.note.setText(SAID if self.value is not None else sure_text(self.standing.sure))
        if self.standing.mixed and not self.touched:
            self.note.setText("some as you said")
        self.reset.setEnabled(said)

    def _place_text(self) -> str:
        places = [
            heard if said is None or self.touched else said
            for heard, said in zip(self.standing.heard, self.standing.said, strict=True)
        ]
        low, high = (round(100 * end) for end in (min(places), max(places)))
        if self.value is not None or low == high:
            return place_text(self.standing.axis, places[0] if self.value is None else self.value)
        return f"{low} to {high} %"


class MoodDialog(Question):
    """``saved`` gives the axes that shall stand otherwise; its owner closes it."""

    saved = Signal(object)
    """``Changes``."""

    def __init__(
        self, heard: Sequence[TrackMood], said: Mapping[str, MoodCorrection], parent: QWidget | None = None
    ) -> None:  # fmt: skip
        """``heard``: the tracks, as they are heard without the listener's word; ``said``: that word, by sound."""
        what = f"“{heard[0].track.title}”" if len(heard) == 1 else f"{len(heard):,} tracks"
        super().__init__(f"How {what} feel{'s' * (len(heard) == 1)}", INTRO, parent)
        self.rows = [AxisRow(standing) for standing in standings(heard, said)]
        self.mood, self.told = SoftSentence(points=-0.5), SoftSentence(told_text(heard))
        self.mood.setText(_mood_line(heard, said))
        self.save = self.primary("Save")
        self.all = self.buttons.addButton("All as heard", QDialogButtonBox.ButtonRole.ResetRole)
        self.all.setToolTip("Take back what you said of every axis; the mood that you named stays")
        self.all.setAutoDefault(False)
        self.body.addWidget(self.mood)
        self.body.addLayout(self._grid())
        self.body.addWidget(self.told)
        self._connect()
        self._tell()
        self.setMinimumWidth(680)
        self.rows[0].slider.setFocus()

    def _grid(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setContentsMargins(0, 8, 0, 8)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(1, 1)
        for number, row in enumerate(self.rows):
            row.place_in(grid, number)
        widest = self.fontMetrics()
        grid.setColumnMinimumWidth(3, widest.horizontalAdvance("instrumental 100 %") + 4)
        grid.setColumnMinimumWidth(4, widest.horizontalAdvance("some as you said"))
        return grid

    def _connect(self) -> None:
        for row in self.rows:
            row.slider.moving.connect(lambda _: self._tell())
            row.reset.clicked.connect(self._tell)
        self.all.clicked.connect(self._all_as_heard)
        self.save.clicked.connect(self._ask)

    def _all_as_heard(self) -> None:
        for row in self.rows:
            row.as_heard()
        self._tell()

    @property
    def changes(self) -> dict[Axis, float | None]:
        """What shall be said otherwise."""
        return {row.standing.axis: row.value for row in self.rows if row.changed}

    def _tell(self) -> None:
        self.save.setEnabled(bool(self.changes))
        self.all.setEnabled(any(row.reset.isEnabled() for row in self.rows))

    def _ask(self) -> None:
        self.say("")
        self.save.setEnabled(False)
        self.saved.emit(self.changes)

    def refuse(self, sentence: str) -> None:
        """Say why it could not be kept."""
        if not self.closed:
            self.say(sentence)
            self._tell()


def told_text(heard: Sequence[TrackMood]) -> str:
    """Who told, and what a place of which little is known is worth."""
    names = heard[0].witnesses
    told = f"Told by {', '.join(names)}." if names else "Nothing here tells of moods yet; the places are guesses."
    return f"{told} What is hardly known is little more than a guess." if names else told


def _mood_line(heard: Sequence[TrackMood], said: Mapping[str, MoodCorrection]) -> str:
    if len(heard) > 1:
        return "What you move stands at the same place for all of them."
    correction = said.get(heard[0].track.audio_hash)
    if correction is not None and correction.mood is not None:
        return f"Mood: {correction.mood.value}, as you said"
    return mood_text(heard[0])


def merged(before: MoodCorrection | None, sound: str, changes: Changes) -> MoodCorrection:
    """What was said of a sound, with these changes."""
    places = {**dict(before.axes if before else ()), **changes}
    kept = tuple((axis, place) for axis in AXES if (place := places.get(axis)) is not None)
    return MoodCorrection(sound, before.mood if before else None, kept)
