"""More like this, but …: the list that was steered, how it got there, and what steers it."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QApplication, QGridLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from musicdesk.records import KEEPS, Axis, Steer, Steered
from musicdesk.ui.crumbs import Crumbs
from musicdesk.ui.empty_states import State
from musicdesk.ui.flat import FlatTick, Line
from musicdesk.ui.gain_slider import LiveSlider
from musicdesk.ui.labels import SoftSentence
from musicdesk.ui.mood_grid import MoodGrid, Place
from musicdesk.ui.pages import TablePage
from musicdesk.ui.steer_bar import SteerBar
from musicdesk.ui.steer_words import STANDING_HINT, in_the_window, standing_text
from musicdesk.ui.steered_model import SteeredModel

KEEP_HINTS = {
    "genre": "Only tracks of the same genre, where one is known",
    "instrument": "What plays shall stay, as far as the encoder's words tell",
    "tempo": "The pace shall stay",
    "vocals": "As much singing as before",
}
KEEP_HINT = "Move every prototype of your taste this way; one step of undo"
WALK_HINT = "A playlist that walks from here to another track or mood in even steps"
PLAYLIST_HINT = "Put the chosen tracks into a playlist (P)"
STRENGTH = Steer().strength


class SteerPage(TablePage):
    """A table with the way that led to it above, and the controls below."""

    strength_moving = Signal(float)
    strength_set = Signal(float)
    kept = Signal()
    """Other ticks are set; ``keeping`` says which."""
    taste_kept = Signal()
    path_asked = Signal()
    playlist_asked = Signal()
    answered = Signal()
    """Another list is shown."""

    def __init__(self) -> None:
        self.model = SteeredModel()
        self.answer: Steered | None = None
        """What is shown."""
        super().__init__(self.model, name="Steered list")
        self.crumbs, self.sentence, self.standing = Crumbs(), SoftSentence(), SoftSentence(points=-0.5)
        self.grid, self.bar = MoodGrid(), SteerBar("And now …", grid=False)
        self.strength = LiveSlider(0.0, 1.0, resting=STRENGTH, origin=0.0)
        self.ticks = {name: FlatTick(name.capitalize()) for name in KEEPS}
        self.keep_taste, self.walk = QPushButton("Keep as my taste"), QPushButton("Walk to …")
        self.playlist = QPushButton("Add to playlist…")
        self.controls = self._controls()
        self._lay_out()
        self._connect()
        self.show_state(State.NO_STEERING)

    # ------------------------------------------------------------------ building

    def _lay_out(self) -> None:
        self.sentence.setContentsMargins(16, 0, 16, 2)
        self.standing.setToolTip(STANDING_HINT)
        self.standing.setContentsMargins(16, 0, 16, 6)
        for place, widget in enumerate((self.crumbs, self.sentence, self.standing), start=1):
            self.column.insertWidget(place, widget)
        self.column.addWidget(Line())
        self.column.addWidget(self.controls)
        self.bar.follow(self.grid)

    def _controls(self) -> QWidget:
        controls = QWidget()
        row = QHBoxLayout(controls)
        row.setContentsMargins(8, 4, 8, 4)
        row.setSpacing(8)
        row.addWidget(self.grid, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout()
        column.setSpacing(6)
        column.addWidget(self.bar)
        column.addLayout(self._strength_row())
        column.addLayout(self._keep_grid())
        column.addLayout(_row_of(self.keep_taste))  # where a taste has no ticks: a third button would be squeezed below
        column.addStretch(1)
        column.addLayout(self._buttons_row())
        row.addLayout(column, 1)
        return controls

    def _strength_row(self) -> QHBoxLayout:
        self.strength.setAccessibleName("Strength")
        self.strength.setToolTip("How far to go: left stays near the seed, right goes all the way")
        self.strength.set_amount(STRENGTH)
        row = QHBoxLayout()
        row.setContentsMargins(12, 0, 12, 0)
        row.setSpacing(8)
        row.addWidget(QLabel("Near"))
        row.addWidget(self.strength, 1)
        row.addWidget(QLabel("Far"))
        return row

    def _keep_grid(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setContentsMargins(12, 0, 12, 0)
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(4)
        self._keep = QLabel("Keep")
        grid.addWidget(self._keep, 0, 0)
        for number, (name, tick) in enumerate(self.ticks.items()):
            tick.setToolTip(KEEP_HINTS[name])
            tick.setAccessibleName(f"Keep {name}")
            grid.addWidget(tick, number // 2, 1 + number % 2)
        grid.setColumnStretch(3, 1)
        return grid

    def _buttons_row(self) -> QHBoxLayout:
        self.lock("")
        return _row_of(self.walk, self.playlist)

    def _connect(self) -> None:
        self.strength.moving.connect(self.strength_moving)
        self.strength.settled.connect(self.strength_set)
        for tick in self.ticks.values():
            tick.clicked.connect(lambda _: self.kept.emit())
        self.keep_taste.clicked.connect(self.taste_kept)
        self.walk.clicked.connect(self.path_asked)
        self.playlist.clicked.connect(self.playlist_asked)

    # ------------------------------------------------------------------ what it shows

    @property
    def keeping(self) -> tuple[str, ...]:
        """What shall stay."""
        return tuple(name for name, tick in self.ticks.items() if tick.isChecked())

    def set_keeping(self, names: tuple[str, ...]) -> None:
        """Tick these."""
        for name, tick in self.ticks.items():
            tick.setChecked(name in names)

    def show_state(self, state: State, *, sentence: str = "") -> None:
        """There is no list, for this reason."""
        focus = QApplication.focusWidget()
        held = self.isVisible() and focus is not None and self.isAncestorOf(focus)
        super().show_state(state, sentence=in_the_window(sentence))
        if held and state.value.button:
            self.empty.button.setFocus()
        self._show_parts(False)

    def _show_parts(self, shown: bool) -> None:
        for part in (self.crumbs, self.sentence, self.standing, self.controls):
            part.setVisible(shown)

    def show_answer(self, answer: Steered, *, target: Place | None) -> None:
        """Show the list, where it stands, and what must be told of it."""
        fresh, self.answer = self.state is not None, answer
        self.model.show_answer(answer)
        self.view.set_idle(() if any(pick.same for pick in answer.picks) else ("stayed",))
        self._show_parts(True)
        self.show_table()
        if fresh and self.isVisible():
            self.view.setFocus()
        self.sentence.setText(in_the_window(answer.sentence))
        self.sentence.setVisible(bool(answer.sentence))
        self.standing.setText(standing_text(answer))
        self.grid.show_places(start=grid_place(answer.start), reached=grid_place(answer.reached), target=target)
        taste = answer.seed.taste
        self.keep_taste.setVisible(taste)
        for part in (self._keep, *self.ticks.values()):
            part.setVisible(not taste)  # a whole taste keeps its kinds of music by itself
        if self.view.currentIndex().row() < 0 and len(answer.picks):
            self.view.choose_row(0)
        self.answered.emit()

    def lock(self, why: str) -> None:
        """Nothing may be kept, for this reason ("" to allow it)."""
        for button, hint in ((self.keep_taste, KEEP_HINT), (self.walk, WALK_HINT), (self.playlist, PLAYLIST_HINT)):
            button.setEnabled(not why)
            button.setToolTip(why or hint)

    def take_focus(self) -> None:
        """The keyboard goes to the list."""
        (self.view if self.state is None else self.empty.button).setFocus()


def _row_of(*buttons: QPushButton) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setContentsMargins(12, 0, 12, 2)
    row.setSpacing(8)
    for button in buttons:
        row.addWidget(button)
    row.addStretch(1)
    return row


def grid_place(axes: tuple[tuple[Axis, float], ...]) -> Place:
    """Valence and arousal of what stands somewhere."""
    told = dict(axes)
    return told[Axis.VALENCE], told[Axis.AROUSAL]
