"""What stands where nothing can be shown: what is the matter, and one thing to do about it."""

from dataclasses import dataclass
from enum import Enum

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from musicdesk.ui.ink import scaled
from musicdesk.ui.labels import SoftSentence


@dataclass(frozen=True, slots=True)
class Words:
    """One state in words; ``does`` is the action behind the button."""

    title: str
    sentence: str
    button: str = ""
    does: str = ""


class State(Enum):
    """The states of the window in which a table has nothing to show."""

    OPENING = Words("One moment", "Your library is being opened.")
    NO_FOLDER = Words(
        "Where is your music?",
        "Add a folder, or drop one here. musicdesk listens to every track, on this computer alone, and shows your "
        "taste as sliders.",
        "Add folder…", "add_folder",
    )  # fmt: skip
    NO_TRACKS = Words(
        "No music in these folders", "There is no file that musicdesk can read. Add another folder.",
        "Add folder…", "add_folder",
    )  # fmt: skip
    NOT_ANALYSED = Words(
        "Not listened to yet",
        "Your tracks are known, but nobody has listened to them. It takes about a second a track and can be paused.",
        "Listen now", "rescan",
    )  # fmt: skip
    ANALYSING = Words(
        "Listening …", "The first tracks appear here in a few seconds, and can be used while the rest goes on.",
        "Pause", "pause_analysis",
    )  # fmt: skip
    NOTHING_LEFT = Words(
        "Nothing left to suggest",
        "Every track is liked already, set aside or too short or long for a list.",
        "Show the library", "tab_2",
    )  # fmt: skip
    FOUND_ASK = Words(
        "Find music by words",
        "Type a name, or what you want to hear: slow sad piano, a drive at night, guitar no vocals. Also artist:, "
        "album:, genre:, tag:, year:1990-1999, mood:calm, and “what must stand so”.",
        "Type", "search",
    )  # fmt: skip
    FOUND_LOOKING = Words("Looking …", "Nothing is called so; what is meant comes in a moment.")
    FOUND_WARMING = Words("One moment", "The words of your library are read for the first search; names are found now.")
    FOUND_NOTHING = Words(
        "Nothing found",
        "Try fewer or plainer words: an instrument, a mood, a pace, what the music is for.",
        "Change the words", "search",
    )  # fmt: skip
    FOUND_UNHEARD = Words(
        "Nothing is called so", "Nobody has listened to your music yet, so it is found by its names alone.",
        "Listen now", "rescan",
    )  # fmt: skip
    FOUND_AGAIN = Words("That did not work", "The search could not be made.", "Search again", "search_again")
    NO_PLAYLIST = Words(
        "No playlist yet", "Choose tracks and press P to keep them as a playlist, or bring one from another player.",
        "Import playlist…", "import",
    )  # fmt: skip
    EMPTY_PLAYLIST = Words("This playlist is empty", "Choose tracks anywhere and press P.", "For you", "tab_1")
    NO_STEERING = Words(
        "More like this, but …",
        "Choose a track in any list and press B: calmer, happier, slower, more acoustic. The list follows while you "
        "steer, and says what moved and what stayed.",
        "For you", "tab_1",
    )  # fmt: skip
    STEER_UNHEARD = Words(
        "Not listened to yet", "Nobody has listened to this yet, so nothing can be found that is like it.",
        "Listen now", "rescan",
    )  # fmt: skip
    STEER_LISTENING = Words(
        "Not listened to yet", "It is being listened to; the list appears here by itself.",
        "Show the analysis", "tab_4",
    )  # fmt: skip
    STEER_UNREADABLE = Words(
        "This cannot be heard", "Its sound could not be read, or it is kept out of the analysis.",
        "Show why", "tab_4",
    )  # fmt: skip
    STEER_NO_ENCODER = Words(
        "No encoder", "What listens to your music is not installed.",
        "Show the encoders", "tab_5",
    )  # fmt: skip
    STEER_MUTED = Words(
        "Your taste is silent", "Every prototype is muted or at 0. Turn one up first.",
        "Go to the first slider", "focus_1",
    )  # fmt: skip
    STEER_BACK = Words(
        "No way from here", "Nothing can be found from here any more.",
        "One step back", "steer_back",
    )  # fmt: skip
    STEER_AGAIN = Words(
        "That did not work", "The list could not be made.",
        "Ask again", "steer_again",
    )  # fmt: skip
    STEERING = Words("One moment", "Your music is compared with what you chose.")
    NO_MAP = Words(
        "No map yet",
        "A map shows all your music at once: what sounds alike lies together, in the colours of your prototypes. It is "
        "made in the background, in under a minute for 10,000 tracks.",
        "Make the map", "make_map",
    )  # fmt: skip
    MAKING_MAP = Words("Making the map …", "It appears here when it is done; you can go on meanwhile.")
    BROKEN = Words("The library could not be opened", "", "Quit", "quit")


class EmptyState(QWidget):
    """A title, a sentence and a button in the middle of nothing."""

    asked = Signal(str)
    """The id of the action behind the button."""

    def __init__(self, state: State = State.OPENING) -> None:
        super().__init__()
        self.title, self.sentence, self.button = QLabel(), SoftSentence(points=0.5), QPushButton()
        self.button.setObjectName("primary")
        font = self.title.font()
        scaled(font, 5)
        self.title.setFont(font)
        self.title.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.title.setWordWrap(True)
        self.sentence.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.button.setMinimumHeight(32)
        self.button.setMinimumWidth(144)
        self._lay_out()
        self.button.clicked.connect(lambda: self.asked.emit(self.state.value.does))
        self.set_state(state)

    def _lay_out(self) -> None:
        inside = QVBoxLayout()
        inside.setSpacing(12)
        inside.addWidget(self.title)
        inside.addWidget(self.sentence)
        inside.addSpacing(4)
        inside.addWidget(self.button, 0, Qt.AlignmentFlag.AlignHCenter)
        middle = QWidget()
        middle.setLayout(inside)
        middle.setMaximumWidth(420)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(middle, 6)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.addStretch(2)
        column.addLayout(row)
        column.addStretch(3)

    def set_state(self, state: State, *, sentence: str = "") -> None:
        """Show this state, with another sentence if one is given."""
        self.state = state
        words = state.value
        self.title.setText(words.title)
        self.sentence.setText(sentence or words.sentence)
        self.button.setText(words.button)
        self.button.setVisible(bool(words.button))
        self.setAccessibleName(f"{words.title}. {self.sentence.text()}")
