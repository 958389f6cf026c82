"""The mood grid: a target that hand and keys move, and that is said only once when it rests."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from musicdesk.ui.mood_grid import MoodGrid, Place, words

LEFT, NO = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


@pytest.fixture
def grid(qtbot: QtBot) -> MoodGrid:
    made = MoodGrid()
    qtbot.addWidget(made)
    made.resize(made.sizeHint())
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    made.setFocus()
    return made


def at(grid: MoodGrid, place: Place) -> QPoint:
    return grid.spot(place).toPoint()


def test_a_drag_moves_the_target_all_the_way_and_settles_once(grid: MoodGrid) -> None:
    moving: list[Place] = []
    settled: list[Place] = []
    grid.moving.connect(lambda x, y: moving.append((x, y)))
    grid.settled.connect(lambda x, y: settled.append((x, y)))
    QTest.mousePress(grid, LEFT, NO, at(grid, (0.2, 0.2)))
    assert grid.busy
    for place in ((0.4, 0.3), (0.6, 0.5), (0.8, 0.7)):
        QTest.mouseMove(grid, at(grid, place))
    assert not settled
    QTest.mouseRelease(grid, LEFT, NO, at(grid, (0.8, 0.7)))
    assert len(moving) == 4
    assert settled == [moving[-1]]
    assert np.allclose(settled[0], (0.8, 0.7), atol=0.01)
    assert not grid.busy


def test_a_drag_beyond_the_edge_stays_at_the_edge(grid: MoodGrid) -> None:
    QTest.mousePress(grid, LEFT, NO, at(grid, (0.5, 0.5)))
    QTest.mouseMove(grid, QPoint(grid.width() + 40, -30))
    assert grid.target == (1.0, 1.0)
    QTest.mouseRelease(grid, LEFT, NO, QPoint(grid.width() + 40, -30))


def test_arrows_move_by_a_step_shift_by_a_little_and_settle_as_one(grid: MoodGrid, qtbot: QtBot) -> None:
    settled: list[Place] = []
    grid.settled.connect(lambda x, y: settled.append((x, y)))
    grid.show_places(start=(0.5, 0.5), reached=None, target=None)
    QTest.keyClick(grid, Qt.Key.Key_Right)
    QTest.keyClick(grid, Qt.Key.Key_Up)
    QTest.keyClick(grid, Qt.Key.Key_Up, Qt.KeyboardModifier.ShiftModifier)
    assert grid.target is not None
    assert np.allclose(grid.target, (0.55, 0.56))
    assert grid.busy
    qtbot.waitUntil(lambda: not grid.busy)
    assert settled == [grid.target]


def test_what_is_under_a_hand_is_not_moved_by_an_answer(grid: MoodGrid) -> None:
    QTest.mousePress(grid, LEFT, NO, at(grid, (0.2, 0.2)))
    held = grid.target
    grid.show_places(start=(0.1, 0.1), reached=(0.3, 0.3), target=(0.9, 0.9))
    assert grid.target == held
    assert grid.reached == (0.3, 0.3)
    QTest.mouseRelease(grid, LEFT, NO, at(grid, (0.2, 0.2)))
    grid.show_places(start=(0.1, 0.1), reached=(0.3, 0.3), target=(0.9, 0.9))
    assert grid.target == (0.9, 0.9)


@pytest.mark.parametrize("how", ["key", "double click"])
def test_the_target_is_given_up_and_that_is_said_once(grid: MoodGrid, how: str, qtbot: QtBot) -> None:
    grid.show_places(start=(0.5, 0.5), reached=None, target=(0.7, 0.7))
    with qtbot.waitSignal(grid.cleared):
        if how == "key":
            QTest.keyClick(grid, Qt.Key.Key_Backspace)
        else:
            QTest.mouseDClick(grid, LEFT, NO, at(grid, (0.7, 0.7)))
    assert grid.target is None
    said: list[int] = []
    grid.cleared.connect(lambda: said.append(1))
    grid.give_up()
    assert not said


def test_it_says_in_words_where_the_target_is(grid: MoodGrid) -> None:
    assert "sad to happy" in grid.accessibleName()
    assert "No target" in grid.accessibleDescription()
    grid.show_places(start=(0.5, 0.5), reached=None, target=(0.62, 0.2))
    assert grid.accessibleDescription() == f"Target: {words((0.62, 0.2))}"
    assert words((0.62, 0.2)) == "happy 62 %, calm 20 %"


def test_a_large_library_is_a_haze_of_some_of_it(grid: MoodGrid) -> None:
    grid.set_library(np.random.default_rng(1).random((9_000, 2)).astype(np.float32))
    assert 0 < len(grid._haze) <= 2_250
    assert not grid.grab().isNull()
