"""The table of failures: order, filter, choice, and what is asked for."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot
from ui_coverage import DAY, HOUR, NOW, failure, failures
from ui_samples import Heard

from musicdesk.records import State
from musicdesk.ui.failures_model import HEADS, FailuresModel, Head, again, ago, short, text_of
from musicdesk.ui.failures_view import FailuresView


@pytest.fixture
def view(qtbot: QtBot) -> FailuresView:
    made = FailuresView(now=lambda: NOW)
    qtbot.addWidget(made)
    made.resize(744, 400)
    made.set_failures(failures())
    made.show()
    return made


def names(model: FailuresModel) -> list[str]:
    return [text_of(failure, Head.FILE, NOW).partition(" ")[0] for failure in model.shown]


ORDERS = {
    Head.FILE: ["apple.mp3", "Mango.flac", "zebra.mp3"],
    Head.STATE: ["zebra.mp3", "Mango.flac", "apple.mp3"],
    Head.WHY: ["Mango.flac", "apple.mp3", "zebra.mp3"],
    Head.TRIED: ["zebra.mp3", "apple.mp3", "Mango.flac"],
    Head.NEXT: ["zebra.mp3", "Mango.flac", "apple.mp3"],
}


@pytest.mark.parametrize("head", HEADS, ids=lambda head: head.value)
def test_each_column_orders_the_lines_both_ways(head: Head, view: FailuresView) -> None:
    number = HEADS.index(head)
    view.table.sortByColumn(number, Qt.SortOrder.AscendingOrder)
    assert names(view.model) == ORDERS[head]
    view.table.sortByColumn(number, Qt.SortOrder.DescendingOrder)
    assert sorted(names(view.model)) == sorted(ORDERS[head])
    assert names(view.model)[-1] == ORDERS[head][0]


def test_without_a_column_the_lines_stand_folder_by_folder(view: FailuresView) -> None:
    assert names(view.model) == ["zebra.mp3", "apple.mp3", "Mango.flac"]
    view.table.sortByColumn(0, Qt.SortOrder.AscendingOrder)
    view.table.sortByColumn(-1, Qt.SortOrder.AscendingOrder)
    assert names(view.model) == ["zebra.mp3", "apple.mp3", "Mango.flac"]


def test_words_are_found_in_file_and_reason_whatever_their_case_and_accents(view: FailuresView) -> None:
    view.set_failures((*failures(), failure("/music/Björk/Jóga.mp3", "Crashed.")))
    for words, found in (("bjork", 1), ("CRASHED", 2), ("crashed zebra", 1), ("/b/", 1), ("nothing such", 0)):
        view.search.setText(words)
        assert view.model.rowCount() == found, words
    assert view.none.isVisible()
    assert view.none.text() == "No line holds all of these words."
    assert view.bar.isVisible(), "the words can be changed"


def test_one_state_alone_can_be_shown(view: FailuresView) -> None:
    view.show_state(State.SILENT)
    assert names(view.model) == ["apple.mp3"]
    assert view.where.text() == "1 of 3 files"
    view.show_state(State.FAILED)
    assert len(names(view.model)) == 2
    view.states.setCurrentIndex(0)
    assert len(names(view.model)) == 3


def test_what_is_chosen_stays_so_in_another_order_and_when_lines_come_and_go(view: FailuresView) -> None:
    view.table.selectRow(1)
    chosen = view.chosen()
    view.table.sortByColumn(0, Qt.SortOrder.DescendingOrder)
    assert view.chosen() == chosen
    view.set_failures((failure("/music/a/aa.mp3"), *failures()))
    assert [f.path for f in view.chosen()] == [chosen[0].path]
    view.set_failures(failures()[1:])
    assert [f.path for f in view.chosen()] == [chosen[0].path]
    view.set_failures((failures()[0],))
    assert view.chosen() == ()


def test_the_model_keeps_qts_rules(view: FailuresView, qtmodeltester: ModelTester) -> None:
    qtmodeltester.check(view.model)
    view.table.selectRow(0)
    view.search.setText("apple")
    view.table.sortByColumn(1, Qt.SortOrder.DescendingOrder)
    view.search.setText("")
    view.set_failures(failures()[:1])
    view.set_failures(())


# ---------------------------------------------------------------------------------------------- what is asked


def test_the_chosen_lines_are_tried_again_or_all_that_are_shown(view: FailuresView) -> None:
    asked = Heard(view.retry_asked)
    assert view.retry.text() == "Retry all 3"
    view.retry.click()
    assert asked.last == ((),), "nothing chosen, nothing filtered: all"
    view.show_state(State.FAILED)
    view.retry.click()
    assert {f.path for f in asked.last[0]} == {"/music/a/zebra.mp3", "/music/c/Mango.flac"}
    view.table.selectRow(0)
    assert view.retry.text() == "Retry 1"
    view.retry.click()
    assert [f.path for f in asked.last[0]] == ["/music/a/zebra.mp3"]


def test_only_chosen_lines_are_excluded(view: FailuresView) -> None:
    asked = Heard(view.exclude_asked)
    assert not view.exclude.isEnabled()
    view.table.selectAll()
    view.exclude.click()
    assert len(asked.last[0]) == 3


def test_a_double_click_shows_the_file_in_its_folder(view: FailuresView) -> None:
    asked = Heard(view.folder_asked)
    view.table.setCurrentIndex(view.model.index(2, 0))
    view.table.doubleClicked.emit(view.model.index(2, 0))
    assert asked.last[0].path == "/music/c/Mango.flac"


def test_lines_are_copied_with_their_whole_path_and_bytes_that_are_no_letters(view: FailuresView) -> None:
    view.set_failures((failure("/music/caf\udce9.mp3"), *failures()))
    view.activateWindow()
    view.table.setFocus()
    view.table.selectAll()
    QTest.keyClick(view.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    lines = QGuiApplication.clipboard().text().splitlines()
    assert len(lines) == 4
    assert lines[0].startswith("/music/a/zebra.mp3\tfailed\tThe decoder crashed on it.\t")
    assert any(line.startswith("/music/caf\N{REPLACEMENT CHARACTER}.mp3\t") for line in lines)


def test_the_menu_opens_by_keyboard_and_orders_by_every_column(view: FailuresView) -> None:
    view.table.setFocus()
    view.table.selectRow(0)
    QTest.keyClick(view.table, Qt.Key.Key_Menu)
    view.table.menu_asked.emit(view.mapToGlobal(view.rect().center()))
    menu = view.findChild(QMenu)
    texts = [action.text() for action in menu.actions() if action.text()]
    assert texts == ["Try again", "Exclude from analysis and lists", "Show in folder", "Copy", "Choose all", "Sort by"]
    orders = menu.actions()[-1].menu().actions()
    assert [action.text() for action in orders] == [head.value for head in HEADS]
    orders[0].trigger()
    assert names(view.model) == ORDERS[Head.FILE]
    menu.close()


def test_letters_belong_to_the_window_and_arrows_to_the_table(view: FailuresView) -> None:
    view.table.setFocus()
    view.table.selectRow(0)
    QTest.keyClick(view.table, Qt.Key.Key_M)
    assert view.table.currentIndex().row() == 0
    QTest.keyClick(view.table, Qt.Key.Key_Down)
    assert view.table.currentIndex().row() == 1


# ---------------------------------------------------------------------------------------------- what it says


def test_below_the_table_stands_the_whole_story_of_the_line(view: FailuresView) -> None:
    assert view.where.text() == "3 files"
    view.table.setCurrentIndex(view.model.index(0, 0))
    assert view.where.text() == "/music/a/zebra.mp3"
    assert view.why.text() == "The decoder crashed on it."


def test_a_line_says_when_and_how_often_it_was_tried_and_when_again() -> None:
    first, second, third = failures()
    assert text_of(first, Head.TRIED, NOW) == "13 Jun · 3×"
    assert text_of(second, Head.TRIED, NOW) == "yesterday"
    assert text_of(third, Head.TRIED, NOW) == "today 13:00"
    assert [text_of(f, Head.NEXT, NOW) for f in failures()] == ["in 5 h", "if it changes", "in 3 days"]
    assert text_of(failure("x", noted=0.0), Head.TRIED, NOW) == "at the scan"


def test_times_are_told_as_people_tell_them() -> None:
    assert ago(NOW - 10, NOW) == "just now"
    assert ago(NOW - 400 * DAY, NOW).startswith("2025-")
    assert again(NOW - 1, NOW) == "next time"
    assert again(NOW + 60, NOW) == "in 1 h"
    assert again(NOW + 47 * HOUR, NOW) == "in 47 h"


def test_a_file_is_named_before_its_folder() -> None:
    assert short("/music/Album/01 Song.mp3") == "01 Song.mp3  ·  Album"
    assert short("Song.mp3") == "Song.mp3"
    assert short("C:\\Music\\Song.mp3") == "Song.mp3  ·  Music"


@pytest.mark.parametrize(("width", "hidden"), [(744, []), (500, [Head.NEXT]), (400, [Head.TRIED, Head.NEXT])])
def test_a_narrow_table_gives_up_what_can_be_spared(width: int, hidden: list[Head], view: FailuresView) -> None:
    view.resize(width, 400)
    table = view.table
    assert [head for number, head in enumerate(HEADS) if table.isColumnHidden(number)] == hidden
    assert sum(table.columnWidth(number) for number in range(len(HEADS))) == table.viewport().width()
