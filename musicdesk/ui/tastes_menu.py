"""Tastes under names: the menu at the head of the taste panel."""

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from musicdesk.records import NamedTaste, Preset

NONE = "No taste is kept yet"


class TastesMenu(QMenu):
    """Says by signals what was chosen; ``asked`` gives save, compare or import."""

    asked = Signal(str)
    use_asked = Signal(str)
    rename_asked = Signal(str)
    remove_asked = Signal(str)
    preset_asked = Signal(str)
    export_asked = Signal(str)
    """The name of a kept taste, or "" for the one that stands."""

    def __init__(self, tastes: Sequence[NamedTaste], presets: Sequence[Preset], parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAccessibleName("Tastes")
        self.setToolTipsVisible(True)
        self._add_tastes(tastes)
        self.addSeparator()
        self._verb("save", "Save as …", "Keep this taste under a name")
        names = [taste.name for taste in tastes]
        self._add_names("Rename", names, self.rename_asked.emit)
        self._add_names("Delete", names, self.remove_asked.emit)
        self.addSeparator()
        self._add_presets(presets)
        line = self._verb("compare", "Compare …", "Two tastes side by side")
        line.setEnabled(bool(tastes))
        self.addSeparator()
        self._add_export(names)
        self._verb("import", "Import …", "Take up the taste of such a file")

    def _verb(self, verb: str, text: str, hint: str) -> QAction:
        line = self.addAction(text, lambda: self.asked.emit(verb))
        line.setObjectName(verb)
        line.setToolTip(hint)
        return line

    def _add_tastes(self, tastes: Sequence[NamedTaste]) -> None:
        if not tastes:
            self.addAction(NONE).setEnabled(False)
        for taste in tastes:
            line = self.addAction(_plain(taste.name), partial(self.use_asked.emit, taste.name))
            line.setCheckable(True)
            line.setChecked(taste.current)
            line.setToolTip(
                f"{taste.prototypes} prototype{'s' * (taste.prototypes != 1)}, made with {taste.encoder}; "
                "Ctrl+Z brings this one back"
            )

    def _add_names(self, title: str, names: Sequence[str], do: Callable[[str], None]) -> None:
        menu = self.addMenu(title)
        for name in names:
            menu.addAction(f"{_plain(name)} …" if title == "Rename" else _plain(name), partial(do, name))
        menu.setEnabled(bool(names))

    def _add_export(self, names: Sequence[str]) -> None:
        menu = self.addMenu("Export")
        menu.setToolTipsVisible(True)
        menu.menuAction().setToolTip("Write a taste as a small file, for another computer or a friend")
        menu.addAction("As it stands …", partial(self.export_asked.emit, "")).setObjectName("export")
        if names:
            menu.addSeparator()
        for name in names:
            menu.addAction(f"{_plain(name)} …", partial(self.export_asked.emit, name))

    def _add_presets(self, presets: Sequence[Preset]) -> None:
        menu = self.addMenu("Presets")
        menu.setToolTipsVisible(True)
        for preset in presets:
            line = menu.addAction(_plain(preset.name), partial(self.preset_asked.emit, preset.name))
            line.setToolTip(preset.says)
            line.setEnabled(bool(preset.changes))
        menu.setEnabled(bool(presets))


def _plain(name: str) -> str:
    return name.replace("&", "&&")
