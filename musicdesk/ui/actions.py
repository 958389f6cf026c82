"""Every action of the window: its name, keys and tooltip, in one table; menus, buttons and the sheet of keys use it."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget


@dataclass(frozen=True, slots=True)
class Entry:
    """One action."""

    id: str
    text: str
    keys: tuple[str, ...]
    tip: str
    group: str


LIST, TASTE, LIBRARY, PROGRAM = "In the list", "Your taste", "Library and playlists", "Program"

ENTRIES = (
    Entry("preview", "Play or pause", ("Space",), "Play the chosen track from its most typical place, or pause", LIST),
    Entry("play_whole", "Play from the start", ("Ctrl+Return",), "Play the chosen track whole (also Enter)", LIST),
    Entry("down", "Next track", ("J",), "Choose the track below", LIST),
    Entry("up", "Previous track", ("K",), "Choose the track above", LIST),
    Entry("like", "Like", ("L",), "Like the chosen tracks, or take it back; your taste follows", LIST),
    Entry("not_now", "Not now", ("X",), "Do not suggest it for a day", LIST),
    Entry("never", "Never suggest", ("Shift+X",), "Never suggest it; says nothing about your taste", LIST),
    Entry("dislike", "Not my taste", ("D",), "Your taste turns away from its kind", LIST),
    Entry("more_like", "More like this", ("R",), "Rank the library by likeness to this track", LIST),
    Entry("steer", "More like this, but …", ("B",), "Calmer, happier, slower, more acoustic …: the list follows", LIST),
    Entry("walk", "Walk to …", ("Shift+W",), "A playlist that walks from here to another track or mood", LIST),
    Entry("steer_back", "A step back", ("Alt+Left",), "Where you were before, while you steer", LIST),
    Entry("steer_on", "A step on", ("Alt+Right",), "The step that you came back from, while you steer", LIST),
    Entry("steer_again", "Ask again", ("Alt+Down",), "Ask once more for the list that you steer", LIST),
    Entry("why", "Why this track?", ("W",), "Show why it stands where it stands", LIST),
    Entry("add_to_playlist", "Add to playlist…", ("P",), "Put the chosen tracks into a playlist", LIST),
    Entry("tag", "Tag…", ("Ctrl+T",), "Give the chosen tracks a tag of your own, or take one away", LIST),
    Entry("mood", "Mood…", ("F",), "Say what the chosen tracks feel like, where musicdesk is wrong", LIST),
    Entry("show_in_folder", "Show in folder", ("Ctrl+Shift+O",), "Open the folder that holds the file", LIST),
    Entry("prototype_from", "New prototype from these", ("N",), "Make a prototype from the chosen tracks", LIST),
    Entry("exclude", "Exclude from analysis", ("Ctrl+Delete",), "Keep it out of analysis and lists", LIST),
    *(
        Entry(f"focus_{n}", f"Slider {n}", (str(n),), f"Go to slider {n}; then ← → change it, Esc goes back", TASTE)
        for n in range(1, 10)
    ),
    Entry("mute", "Mute", ("M",), "Mute the slider that the keyboard is on", TASTE),
    Entry("solo", "Solo", ("S",), "Let only this prototype count", TASTE),
    Entry("lock", "Lock", ("Shift+L",), "Keep the prototype as it is when you like more; again: let it go", TASTE),
    Entry("rename", "Rename prototype", ("F2",), "Give the prototype that the keyboard is on another name", TASTE),
    Entry("look", "Colour and shape…", ("C",), "Choose another colour and shape for this prototype", TASTE),
    Entry("examples", "Examples…", ("E",), "Hear, pin or turn away what stands for this prototype", TASTE),
    Entry("split", "Split prototype…", ("Shift+S",), "Hear the parts of this prototype, and split it into them", TASTE),
    Entry("merge", "Merge prototypes…", ("Shift+M",), "Make one prototype of this and others", TASTE),
    Entry("remove_prototype", "Remove prototype", ("Del",), "Take this prototype out of your taste", TASTE),
    Entry("add_prototype", "Add prototype…", ("Shift+N",), "From tracks, a tag, words, an artist, a playlist", TASTE),
    Entry("tastes", "Tastes…", ("T",), "Keep this taste, switch to another, compare, import and export", TASTE),
    Entry("steer_taste", "My taste, but …", ("Shift+B",), "Your list, but calmer, darker, slower …", TASTE),
    Entry("recommender", "Recommender…", ("Ctrl+R",), "Choose what advises beside the prototypes", TASTE),
    Entry("undo", "Undo", ("Ctrl+Z",), "Take the last step back", TASTE),
    Entry("redo", "Redo", ("Ctrl+Shift+Z", "Ctrl+Y"), "Make the step again", TASTE),
    Entry("add_folder", "Add folder…", ("Ctrl+O",), "Add a folder of music and listen to it", LIBRARY),
    Entry("rescan", "Look for changes", ("F5",), "Look through all folders again", LIBRARY),
    Entry("search", "Search", ("/", "Ctrl+F"), "Find music by name, or by words: slow sad piano", LIBRARY),
    Entry("search_again", "Search again", ("Alt+Return",), "Ask once more for what was searched", LIBRARY),
    Entry("save_search", "Save search…", ("Ctrl+S",), "Keep this search as a playlist that finds itself anew", LIBRARY),
    Entry("export", "Export playlist…", ("Ctrl+E",), "Write the list or the chosen tracks for another player", LIBRARY),
    Entry("import", "Import playlist…", ("Ctrl+I",), "Read a playlist file and find its tracks here", LIBRARY),
    Entry("import_listens", "Import listening…", ("Ctrl+Shift+I",), "Bring a log of what was heard elsewhere", LIBRARY),
    Entry("make_map", "Make the map", ("Ctrl+M",), "Lay all analysed tracks out anew, from the map before", LIBRARY),
    Entry("pause_analysis", "Pause or go on analysing", ("Ctrl+P",), "Pause the analysis, or let it go on", LIBRARY),
    Entry("tab_1", "For you", ("Alt+1",), "Your picks", PROGRAM),
    Entry("tab_2", "Library", ("Alt+2",), "All tracks", PROGRAM),
    Entry("tab_3", "Playlists", ("Alt+3",), "Saved playlists", PROGRAM),
    Entry("tab_4", "Coverage", ("Alt+4",), "What was analysed and what could not be", PROGRAM),
    Entry("tab_5", "Models", ("Alt+5",), "The encoders: what each is good at, which one listens", PROGRAM),
    Entry("tab_6", "Listeners", ("Alt+6",), "What was heard elsewhere, and by whom; lists for several", PROGRAM),
    Entry("tab_7", "Map", ("Alt+7",), "All your music at once: what sounds alike lies together", PROGRAM),
    Entry("tab_8", "Steer", ("Alt+8",), "More like a track, but in another mood", PROGRAM),
    Entry("tab_9", "Found", ("Alt+9",), "What was found by words", PROGRAM),
    Entry("back", "Back to the list", ("Esc",), "Leave search, slider or likeness and go back to the list", PROGRAM),
    Entry("settings", "Settings…", ("Ctrl+,",), "Look, analysis, sound", PROGRAM),
    Entry("keys", "Keyboard", ("F1", "?"), "All keys on one sheet", PROGRAM),
    Entry("quit", "Quit", ("Ctrl+Q",), "Close musicdesk; an analysis goes on where it was next time", PROGRAM),
)
GIVEN = (
    ("← →", "Change the gain of the slider (Shift: further)", TASTE),
    ("Menu, Shift+F10", "The menu of the prototype", TASTE),
    ("Menu, Shift+F10", "The menu of the row", LIST),
    ("← → ↑ ↓", "On the map: the nearest track on that side (Shift: choose it, too)", LIST),
    ("← → ↑ ↓", "On the mood grid: move the target (Shift: a little, Backspace: give it up)", LIST),
    ("+ − 0", "On the map: closer, farther, the whole map", LIST),
)
"""Keys that belong to widgets, for the sheet."""


class Actions:
    """The table as ``QAction``s of one window."""

    def __init__(self, window: QWidget) -> None:
        self._actions = {entry.id: _made(entry, window) for entry in ENTRIES}
        window.addActions(list(self._actions.values()))

    def __getitem__(self, name: str) -> QAction:
        return self._actions[name]

    def on(self, name: str, do: Callable[[], object]) -> None:
        """Call ``do`` whenever the action is asked for."""
        self._actions[name].triggered.connect(lambda _=False: do())

    def describe(self, name: str, what: str) -> None:
        """Say what undo or redo would do, and switch it off where that is nothing."""
        action, entry = self._actions[name], entry_of(name)
        action.setEnabled(bool(what))
        action.setText(f"{entry.text}: {what}" if what else entry.text)
        action.setToolTip(_with_keys(f"{entry.text}: {what}" if what else f"Nothing to {entry.text.lower()}", entry))


def entry_of(name: str) -> Entry:
    """The line of the table."""
    return next(entry for entry in ENTRIES if entry.id == name)


def _made(entry: Entry, window: QWidget) -> QAction:
    action = QAction(entry.text, window)
    action.setObjectName(entry.id)
    action.setShortcuts([QKeySequence(keys) for keys in entry.keys])
    action.setToolTip(_with_keys(entry.tip, entry))
    action.setStatusTip(entry.tip)
    return action


def _with_keys(text: str, entry: Entry) -> str:
    return f"{text} ({keys_text(entry)})"


def keys_text(entry: Entry) -> str:
    """The keys as they are written on this system."""
    written = (QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText) for keys in entry.keys)
    return " or ".join(written)
