"""The row of ways to go: as many buttons as there is room for, and the others in a menu, by mouse and by keyboard."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLineEdit, QMenu, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot
from ui_samples import Heard, click

from musicdesk.records import Axis, Steer, SteerOffer
from musicdesk.ui.steer_bar import SteerBar

NAMES = ("calmer", "more acoustic", "fewer vocals", "darker", "slower", "happier")
OFFERS = tuple(SteerOffer(name, Steer(nudges=((Axis.TEMPO, 0.1 * n),)), 0.3) for n, name in enumerate(NAMES))


@pytest.fixture
def bar(qtbot: QtBot) -> Iterator[SteerBar]:
    window, first, made = QWidget(), QLineEdit(), SteerBar("More like this, but …")
    column = QVBoxLayout(window)
    column.setContentsMargins(0, 0, 0, 0)
    column.addWidget(first)
    row = QHBoxLayout()
    row.addWidget(made)
    column.addLayout(row)
    made.follow(first)
    made.set_offers(OFFERS)
    qtbot.addWidget(window)
    window.resize(1200, 80)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    yield made
    window.close()


def wide(bar: SteerBar, width: int) -> None:
    bar.window().resize(width, 80)
    QApplication.processEvents()


def shown(bar: SteerBar) -> list[str]:
    return [button.text() for button in bar.buttons if button.isVisible()]


def menu_of(bar: SteerBar) -> QMenu:
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    return menu


def test_where_all_fit_there_is_no_menu(bar: SteerBar) -> None:
    assert shown(bar) == [name.capitalize() for name in NAMES]
    assert not bar.more.isVisible()
    assert bar.text.isVisible()


@pytest.mark.parametrize("width", [320, 430, 560, 640, 700])
def test_every_offer_has_a_button_or_a_line_and_nothing_is_cut_off(bar: SteerBar, width: int) -> None:
    wide(bar, width)
    assert bar.more.isVisible()
    click(bar.more)
    lines = [line.text() for line in menu_of(bar).actions()]
    menu_of(bar).close()
    assert [*shown(bar), *lines] == [name.capitalize() for name in NAMES]
    for button in (*bar.buttons, bar.more, bar.grid):
        if button.isVisible():
            assert button.width() >= button.sizeHint().width()
            assert bar.rect().contains(button.geometry())


def test_the_menu_asks_as_the_buttons_do(bar: SteerBar) -> None:
    wide(bar, 430)
    asked, last = Heard(bar.asked), bar.hidden[-1]
    click(bar.more)
    menu_of(bar).actions()[-1].trigger()
    menu_of(bar).close()
    assert asked.last == (last,)
    assert all(line.toolTip() for line in menu_of_lines(bar))


def menu_of_lines(bar: SteerBar) -> list[object]:
    click(bar.more)
    menu = menu_of(bar)
    menu.close()
    return list(menu.actions())


def test_tab_reaches_the_menu_and_b_opens_it_from_any_of_the_buttons(bar: SteerBar) -> None:
    wide(bar, 430)
    bar.window().findChild(QLineEdit).setFocus()
    met = []
    for _ in range(8):
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        met.append(QApplication.focusWidget())
    there = [button for button in bar.buttons if button.isVisible()]
    assert met[: len(there) + 2] == [*there, bar.more, bar.grid]
    for button in (there[0], bar.more):
        button.setFocus()
        QTest.keyClick(button, Qt.Key.Key_B)
        menu = menu_of(bar)
        assert menu.activeAction() is menu.actions()[0]
        menu.close()


def test_where_all_fit_b_belongs_to_the_window(bar: SteerBar) -> None:
    bar.buttons[0].setFocus()
    QTest.keyClick(bar.buttons[0], Qt.Key.Key_B)
    assert QApplication.activePopupWidget() is None


def test_a_button_that_loses_its_room_hands_the_keyboard_to_the_menu(bar: SteerBar) -> None:
    bar.buttons[5].setFocus()
    wide(bar, 430)
    assert bar.more.hasFocus()


def test_fewer_offers_need_no_menu(bar: SteerBar) -> None:
    bar.set_offers(OFFERS[:2])
    wide(bar, 500)
    assert not bar.more.isVisible()
    bar.set_offers(())
    assert not bar.more.isVisible()
    assert not shown(bar)
