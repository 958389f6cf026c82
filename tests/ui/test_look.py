"""Contrast, names and tooltips: what can be measured of a look."""

import itertools
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QApplication,
    QComboBox,
    QLineEdit,
    QScrollBar,
    QWidget,
)
from pytestqt.qtbot import QtBot

from musicdesk.ui import icons, theme
from musicdesk.ui.actions import ENTRIES
from musicdesk.ui.empty_states import EmptyState, State
from musicdesk.ui.ink import blend
from musicdesk.ui.shortcut_sheet import lines
from musicdesk.ui.theme import DARK, LIGHT, Tokens
from musicdesk.ui.workspace import Workspace

LOOKS = pytest.mark.parametrize("look", [LIGHT, DARK], ids=["light", "dark"])


@LOOKS
@pytest.mark.parametrize("ground", ["window", "base", "alternate", "button", "tooltip"])
@pytest.mark.parametrize("ink", ["text", "soft_text", "link", "warning", "good"])
def test_words_have_a_contrast_of_4_5_on_every_ground(look: Tokens, ground: str, ink: str) -> None:
    assert theme.contrast(getattr(look, ink), getattr(look, ground)) >= 4.5


@LOOKS
def test_words_on_the_accent_and_on_a_chosen_row_can_be_read(look: Tokens) -> None:
    assert theme.contrast(look.on_accent, look.accent) >= 4.5
    chosen = blend(QColor(look.accent), QColor(look.base), 0.84).name()
    assert theme.contrast(look.text, chosen) >= 4.5
    assert theme.contrast(look.soft_text, chosen) >= 4.5


@pytest.mark.parametrize(
    ("slots", "look"), [(theme.SLOTS_LIGHT, LIGHT), (theme.SLOTS_DARK, DARK)], ids=["light", "dark"]
)
def test_prototypes_stand_out_from_the_ground(slots: tuple[str, ...], look: Tokens) -> None:
    assert (
        min(theme.contrast(colour, ground) for colour, ground in itertools.product(slots, (look.base, look.window)))
        >= 3
    )


def test_eight_prototypes_have_eight_shapes() -> None:
    assert len(set(theme.SHAPES)) == len(theme.SLOTS_LIGHT) == len(theme.SLOTS_DARK) == 8


@LOOKS
def test_the_palette_is_the_tokens(look: Tokens) -> None:
    made = theme.palette(look is DARK)
    assert made.color(QPalette.ColorRole.Window).name() == look.window
    assert made.color(QPalette.ColorRole.WindowText).name() == look.text
    assert theme.is_dark(made) is (look is DARK)


@pytest.fixture(scope="module")
def workspace(qapp: QApplication) -> Iterator[Workspace]:
    """One for all, for none changes it; to build it takes a second."""
    made = Workspace()
    yield made
    made.close()
    made.deleteLater()


@pytest.fixture
def window(workspace: Workspace, qtbot: QtBot) -> Workspace:
    return workspace


def test_the_look_can_be_set_and_every_widget_follows(window: Workspace) -> None:
    app = QApplication.instance()
    for choice, look in (("dark", DARK), ("light", LIGHT)):
        theme.look(choice)
        assert app.palette().color(QPalette.ColorRole.Window).name() == look.window
        assert window.for_you.view.palette().color(QPalette.ColorRole.Base).name() == look.base
        assert window.for_you.view._painter.paints.text.name() == look.text


def test_the_look_that_is_set_already_costs_nothing(window: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    theme.look("light")
    polished: list[QEvent.Type] = []
    monkeypatch.setattr(window, "changeEvent", lambda event: polished.append(event.type()), raising=False)
    theme.look("light")
    assert not polished
    theme.look("dark")
    assert QEvent.Type.StyleChange in polished
    theme.look("light")


CONTROLS = (QAbstractButton, QAbstractSlider, QAbstractItemView, QComboBox, QLineEdit)


def controls(window: Workspace) -> list[QWidget]:
    found = [w for w in window.findChildren(QWidget) if isinstance(w, CONTROLS) and not isinstance(w, QScrollBar)]
    return [w for w in found if not w.objectName().startswith("qt_")]


def test_every_control_has_a_name_for_a_screen_reader(window: Workspace) -> None:
    nameless = [w for w in controls(window) if not (w.accessibleName() or getattr(w, "text", str)())]
    nameless = [w for w in nameless if "Header" not in type(w).__name__ and "Corner" not in type(w).__name__]
    nameless = [w for w in nameless if not isinstance(w.parent(), QComboBox | QLineEdit) and w.isVisibleTo(window)]
    assert not nameless


def test_every_button_with_a_sign_says_what_it_does(window: Workspace) -> None:
    signs = [w for w in controls(window) if type(w).__name__ == "GlyphButton"]
    assert signs
    assert all(w.toolTip() and w.accessibleName() for w in signs)


def test_every_action_has_a_name_keys_and_a_tooltip_that_tells_them(window: Workspace) -> None:
    for entry in ENTRIES:
        action = window.actions_[entry.id]
        assert action.text()
        assert action.shortcuts()
        assert action.shortcuts()[0].toString().split("+")[-1] in action.toolTip() or entry.id in ("undo", "redo")


def test_no_key_means_two_things() -> None:
    keys = [key for entry in ENTRIES for key in entry.keys]
    assert len(keys) == len(set(keys))


def test_the_sheet_has_every_action() -> None:
    told = {text for group in {entry.group for entry in ENTRIES} for _, text in lines(group)}
    assert told >= {entry.text for entry in ENTRIES if not entry.id.startswith("focus_")}


def test_tab_reaches_search_folders_list_sliders_and_transport(window: Workspace, qtbot: QtBot) -> None:
    window.show()
    met, widget = [], window.search
    for _ in range(2000):
        widget = widget.nextInFocusChain()
        met.append(widget)
        if widget is window.search:
            break
    for wanted in (window.library.folders, window.for_you.view, window.transport.play_button, window.gear):
        assert wanted in met


@pytest.mark.parametrize("state", list(State), ids=lambda state: state.name)
def test_every_empty_state_has_words_and_at_most_one_thing_to_do(state: State, window: Workspace, qtbot: QtBot) -> None:
    page = EmptyState(state)
    qtbot.addWidget(page)
    assert page.title.text()
    assert page.sentence.text() or state is State.BROKEN
    assert page.button.isVisibleTo(page) is bool(state.value.button)
    assert page.accessibleName().startswith(page.title.text())
    if state.value.does:
        assert window.actions_[state.value.does]


def test_the_programs_icon_is_there_in_every_size(qapp: QApplication) -> None:
    assert {size.width() for size in icons.app_icon().availableSizes()} >= {16, 32, 48, 256}
