"""Tastes under names: keep, switch, rename, delete, presets, compare, files."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, QPoint, QTimer
from PySide6.QtWidgets import QFileDialog

from musicdesk.desk.desk import Desk
from musicdesk.records import CarriedTaste, NamedTaste, Preset, Taste, TasteComparison, printable
from musicdesk.ui.advice_words import problem_text
from musicdesk.ui.compare_view import CompareView
from musicdesk.ui.question import ask_name
from musicdesk.ui.tasks import Tasks
from musicdesk.ui.tastes_menu import TastesMenu
from musicdesk.ui.workspace import Workspace

KINDS = "Tastes (*.json);;All files (*)"
SETTLING_MS = 60
FIRST = "My taste"
NOW = "now"
"""What a file calls a taste that was kept under no name."""
UNFIT = '<>:"/\\|?*'
"""Signs that some system allows in no file's name."""


@dataclass(frozen=True)
class Choices:
    """What the menu offers."""

    tastes: tuple[NamedTaste, ...]
    presets: tuple[Preset, ...]


class TastesController(QObject):
    """The menu at the head of the taste panel."""

    def __init__(self, desk: Desk, *, tasks: Tasks, window: Workspace) -> None:
        super().__init__(window)
        self._desk, self._tasks, self._window = desk, tasks, window
        self.tastes: tuple[NamedTaste, ...] = ()
        self._settling = QTimer(self, singleShot=True, interval=SETTLING_MS)
        self._settling.timeout.connect(self._look)
        window.taste.head.tastes_asked.connect(self.menu)
        window.actions_.on("tastes", window.taste.head.ask_tastes)

    # ------------------------------------------------------------------ which one it is

    def refresh(self) -> None:
        """Look, soon, which of the kept tastes this is."""
        self._settling.start()

    def _look(self) -> None:
        self._tasks.read(self._desk.tastes.names, self._show, failed=lambda _: None, key="tastes")

    def _show(self, tastes: tuple[NamedTaste, ...]) -> None:
        self.tastes = tastes
        self._window.taste.head.set_name(next((taste.name for taste in tastes if taste.current), ""))

    # ------------------------------------------------------------------ the menu

    def menu(self, place: QPoint) -> None:
        """Open the menu of tastes."""
        self._window.taste.settle()
        self._tasks.read(
            lambda: Choices(self._desk.tastes.names(), self._desk.tastes.presets()),
            lambda choices: self._open(choices, place), failed=self._say, key="tastes menu",
        )  # fmt: skip

    def _open(self, choices: Choices, place: QPoint) -> None:
        self._show(choices.tastes)
        menu = TastesMenu(choices.tastes, choices.presets, self._window)
        menu.asked.connect(self.do)
        menu.use_asked.connect(self.use)
        menu.rename_asked.connect(self._ask_rename)
        menu.remove_asked.connect(self.remove)
        menu.preset_asked.connect(self.apply_preset)
        menu.export_asked.connect(self._ask_export)
        menu.popup(place)

    def do(self, verb: str) -> None:
        """Do what the menu asks."""
        {"save": self._ask_save, "compare": self.compare, "import": self._ask_import}[verb]()

    def _say(self, sentence: str) -> None:
        self._window.notice.say(problem_text(sentence))

    def _say_undone(self, sentence: str, undo: Callable[[], object] | None = None) -> None:
        do = undo or self._window.actions_["undo"].trigger
        self._window.notice.say(sentence, button="Undo", do=do, brief=True)

    # ------------------------------------------------------------------ names

    def _ask_save(self) -> None:
        text, names = "Its name; one that is there already is replaced.", [taste.name for taste in self.tastes]
        dialog = ask_name("Save taste as", text, self._window, names=names or [FIRST])
        dialog.textValueSelected.connect(self.save)

    def _ask_rename(self, old: str) -> None:
        dialog = ask_name("Rename taste", "Its new name", self._window, old=old)
        dialog.textValueSelected.connect(lambda new: self.rename(old, new))

    def save(self, name: str) -> None:
        """Keep the taste as it stands under this name."""
        self._tasks.write(
            lambda: self._desk.tastes.save(name), lambda kept: self._kept(f"This taste is kept as “{kept.name}”."),
            failed=self._say,
        )  # fmt: skip

    def rename(self, old: str, new: str) -> None:
        """Give a kept taste another name."""
        self._tasks.write(
            lambda: self._desk.tastes.rename(old, new), lambda _: self._kept(f"“{old}” is called “{new.strip()}” now."),
            failed=self._say,
        )  # fmt: skip

    def _kept(self, sentence: str) -> None:
        self._window.notice.say(sentence, brief=True)
        self.refresh()

    def remove(self, name: str) -> None:
        """Forget a kept taste; a sentence offers it back."""

        def back(gone: Taste) -> None:
            self._tasks.write(
                lambda: self._desk.tastes.save(name, taste=gone), lambda _: self.refresh(), failed=self._say
            )

        def done(gone: Taste) -> None:
            self._say_undone(f"The taste “{name}” is deleted.", lambda: back(gone))
            self.refresh()

        self._tasks.write(lambda: self._desk.tastes.remove(name), done, failed=self._say)

    # ------------------------------------------------------------------ switch

    def use(self, name: str) -> None:
        """Switch to a kept taste."""
        self._take(lambda: self._desk.tastes.use(name), f"Your taste is “{name}” now.")

    def apply_preset(self, name: str) -> None:
        """Set the gains of a preset."""
        self._take(lambda: self._desk.tastes.apply_preset(name), f"The gains are those of “{name}” now.")

    def import_(self, path: Path) -> None:
        """Take up the taste of a file."""

        def work() -> CarriedTaste:
            found = self._desk.tastes.read(path)
            self._desk.tastes.load(path)
            return found

        self._tasks.write(work, lambda found: self._say_undone(imported_text(found)), failed=self._say)

    def _take(self, change: Callable[[], Taste], sentence: str) -> None:
        self._tasks.write(change, lambda _: self._say_undone(sentence), failed=self._say)

    # ------------------------------------------------------------------ files

    def _ask_export(self, name: str) -> None:
        called = name or next((taste.name for taste in self.tastes if taste.current), "taste")
        path, _ = QFileDialog.getSaveFileName(
            self._window, "Where shall the taste go?", f"{file_name(called)}.json", KINDS
        )
        if path:
            self.export(Path(path), name)

    def export(self, path: Path, name: str = "") -> None:
        """Write a kept taste, or, without a name, the one that stands."""
        what = f"The taste “{name}”" if name else "Your taste"
        self._tasks.write(
            lambda: self._desk.tastes.export(path, name),
            lambda at: self._window.notice.say(f"{what} is written to {printable(str(at))}."), failed=self._say,
        )  # fmt: skip

    def _ask_import(self) -> None:
        path, _ = QFileDialog.getOpenFileName(self._window, "Which taste?", "", KINDS)
        if path:
            self.import_(Path(path))

    # ------------------------------------------------------------------ compare

    def compare(self) -> None:
        """Two tastes side by side."""
        self._tasks.read(self._desk.tastes.names, self._show_compare, failed=self._say, key="tastes")

    def _show_compare(self, tastes: Sequence[NamedTaste]) -> None:
        dialog = CompareView(tastes, self._window)
        dialog.asked.connect(lambda first, second: self._compare(dialog, first, second))
        dialog.finished.connect(lambda _: self._tasks.forget("compare"))
        dialog.open()
        dialog.ask()

    def _compare(self, dialog: CompareView, first: str, second: str) -> None:
        def work() -> TasteComparison:
            return self._desk.tastes.compare(first, second)

        self._tasks.read(work, dialog.set_comparison, failed=dialog.say, key="compare")


def file_name(name: str) -> str:
    """A taste's name without what no file may be called."""
    return "".join("-" if sign in UNFIT else sign for sign in name).strip(" .") or "taste"


def imported_text(found: CarriedTaste) -> str:
    """What came of a file, by whose ears it was made, and what of it has nothing here to stand on."""
    told = [f"Your taste is “{found.name}” now." if found.name != NOW else "Your taste is that of the file now."]
    if found.encoder:
        told.append(f"It was made with the encoder {found.encoder}, and found again here by its tracks and words.")
    if found.left_out:
        names = ", ".join(f"“{name}”" for name in found.left_out)
        told.append(f"Left out, for nothing that it stands on is here: {names}.")
    return " ".join(told)
