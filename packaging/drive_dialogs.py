"""Open every dialog and menu about the taste in the real window, with mouse and keys. Called by drive_window."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QPixmap
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLineEdit, QMenu, QScrollArea, QWidget
from window_hands import click, drag, picture, until, wait

from musicdesk.desk.desk import Desk
from musicdesk.settings import Folders
from musicdesk.ui.merge_view import MergeRow
from musicdesk.ui.opening import Opened
from musicdesk.ui.walk_dialog import WalkDialog
from musicdesk.ui.workspace import Workspace

DAY_S = 86_400.0
KEPT = {"work": (24, 1.6, 0.2), "running": (6, -0.4, 1.8)}
"""Tastes that were kept: how many days ago, and the gains of the first two prototypes."""
WORD = "pi"

Save = Callable[[str, QPixmap], object]


def remember(folders: Folders) -> None:
    """Let there be a past: gains that were set on other days, tastes that were kept."""
    for name, (days, *gains) in KEPT.items():
        desk = Desk(folders, now=lambda days=days: time.time() - days * DAY_S)
        for prototype, gain in zip(desk.recommending.taste().prototypes, gains, strict=False):
            desk.recommending.set_gain(prototype.id, gain)
        desk.tastes.save(name)
        desk.close()


def look_at_all(app: QApplication, opened: Opened, save: Save) -> None:
    """A picture of each; every one is opened as a person does it, and left with Escape."""
    until(app, lambda: opened.session is not None)
    assert opened.session is not None
    window = opened.session.window
    until(app, lambda: bool(window.taste.cards) and window.for_you.model.rowCount() > 0)
    wait(app, 1.5)
    drag(app, window.taste.cards[0].slider, to=1.4)
    wait(app, 0.5)
    for name, (ask, then) in _asked(window).items():
        with _above(app, ask) as above:
            then(above)
            wait(app, 0.4)
            save(name, picture(opened.window, above))
    _look_back(app, window)
    save("over-time", picture(opened.window))


Deed = tuple[Callable[[], object], Callable[[QWidget], object]]


def _asked(window: Workspace) -> dict[str, Deed]:
    """What is looked at: what a person does for it, and does with it then."""
    on = partial(_key, window)
    shift = Qt.KeyboardModifier.ShiftModifier
    return {
        "prototype-menu": (lambda: click(window.taste.cards[0].more), _nothing),
        "look": (partial(on, Qt.Key.Key_C), _nothing),
        "examples": (partial(on, Qt.Key.Key_E), _nothing),
        "split": (partial(on, Qt.Key.Key_S, shift), _nothing),
        "merge": (partial(on, Qt.Key.Key_M, shift), _tick_two),
        "believed": (lambda: _menu_line(window.taste.head.reset, "To what musicdesk believes …"), _nothing),
        "tastes": (lambda: click(window.taste.head.name), _nothing),
        "compare": (lambda: _menu_line(window.taste.head.name, "Compare …"), _nothing),
        "add-menu": (partial(on, Qt.Key.Key_N, shift), _nothing),
        "add": (partial(_add_from_tag, window), _type),
        "mood": (partial(on, Qt.Key.Key_F), _nothing),
        "walk": (partial(on, Qt.Key.Key_W, shift), _walk_to_calm),
        "keys": (partial(on, Qt.Key.Key_F1), _nothing),
    }


def _app() -> QApplication:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    return app


def _nothing(above: QWidget) -> None:
    """It is looked at as it came."""


def _tick_two(above: QWidget) -> None:
    for row in above.findChildren(MergeRow)[1:3]:
        click(row.tick)


def _walk_to_calm(above: QWidget) -> None:
    assert isinstance(above, WalkDialog)
    QTest.keyClicks(above.field, "calm")
    until(_app(), lambda: above.path is not None or bool(above.problem.text()), 30)


def _type(above: QWidget) -> None:
    QTest.keyClicks(above.findChild(QLineEdit), WORD)


def _key(window: Workspace, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """A key while the keyboard is on the first slider; no window manager gives it back after a dialog."""
    window.window().activateWindow()
    until(_app(), window.window().isActiveWindow, 10)
    window.taste.focus_channel(0)
    QTest.keyClick(window.taste.cards[0].slider, key, modifier)


def _menu_line(button: QWidget, text: str) -> None:
    """Open the menu of a button and choose a line of it."""
    click(button)
    _choose(_app(), text)


def _choose(app: QApplication, text: str) -> None:
    until(app, lambda: app.activePopupWidget() is not None, 15)
    menu = app.activePopupWidget()
    assert isinstance(menu, QMenu), f"no menu with {text}"
    line = next(line for line in menu.actions() if line.text() == text)
    click(menu, menu.actionGeometry(line).center())


def _add_from_tag(window: Workspace) -> None:
    window.taste.ask_add()
    _choose(_app(), "From a tag …")


def _look_back(app: QApplication, window: Workspace) -> None:
    """The taste over time, at the foot of the panel."""
    radar = window.taste.radar
    click(radar.over_time)
    until(app, lambda: bool(radar.history.rows), 15)
    wait(app, 0.5)
    area = window.taste.findChildren(QScrollArea)[0]
    area.verticalScrollBar().setValue(radar.y())
    wait(app, 0.5)


@contextmanager
def _above(app: QApplication, ask: Callable[[], object]) -> Iterator[QWidget]:
    """What stands above the window after ``ask``, until it is looked at."""
    ask()
    until(app, lambda: _front(app) is not None, 15)
    wait(app, 0.4)
    front = _front(app)
    assert front is not None, "nothing came up"
    yield front
    QTest.keyClick(front, Qt.Key.Key_Escape)
    until(app, lambda: _front(app) is None, 5)


def _front(app: QApplication) -> QWidget | None:
    popup = app.activePopupWidget()
    shown = (w for w in app.topLevelWidgets() if isinstance(w, QDialog | QMenu) and w.isVisible())
    return popup or next(shown, None)
