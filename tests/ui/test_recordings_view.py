"""Duplicates, speech, long mixes, silence, what is kept out: shown in groups, chosen, moved."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from ui_coverage import track
from ui_samples import Heard, click

from musicdesk.records import Kind
from musicdesk.ui.recordings_model import KINDS, SET, SIZE, Group, megabytes, spares
from musicdesk.ui.recordings_view import RecordingsView

FLAC = track(2, codec="flac", size_bytes=20_000_000)
SETS = ((track(1), FLAC, track(3, size_bytes=9_000_000)), (track(4, size_bytes=1), track(5, size_bytes=2)))


@pytest.fixture
def view(qtbot: QtBot) -> RecordingsView:
    made = RecordingsView()
    qtbot.addWidget(made)
    made.resize(744, 400)
    made.show()
    return made


def test_before_anyone_looked_it_says_so_and_then_what_there_is(view: RecordingsView) -> None:
    assert view.none.text() == "Looking …"
    view.set_groups({Group.COPIES: (), Group.SPEECH: ((track(1),),)})
    assert view.none.isVisible()
    assert view.none.text() == "No recording is here twice."
    assert view.buttons[Group.SPEECH].accessibleName() == "Speech 1"
    click(view.buttons[Group.SPEECH])
    assert view.model.rowCount() == 1
    assert view.view.isVisible()


def test_every_kind_of_sound_has_a_group() -> None:
    assert set(KINDS) == set(Kind)


def test_each_group_has_words_for_what_it_is_and_for_nothing() -> None:
    for group in Group:
        assert group.value.title
        assert group.value.sentence.endswith(".")
        assert group.value.none.endswith(".")


def test_a_set_is_numbered_at_its_first_file(view: RecordingsView) -> None:
    view.set_groups({Group.COPIES: SETS})
    assert view.buttons[Group.COPIES].count == "2"
    assert [view.model.text(row, SET) for row in range(5)] == ["1", "", "", "2", ""]
    assert view.model.text(1, SIZE) == "20.0 MB"
    number = view.model.columns.index(SET)
    assert not view.view.isColumnHidden(number)
    view.set_groups({Group.LONG: ((track(9),),)})
    view.show_group(Group.LONG)
    assert view.view.isColumnHidden(number)
    wide = sum(view.view.columnWidth(n) for n in range(len(view.model.columns)) if not view.view.isColumnHidden(n))
    assert wide == view.view.viewport().width()
    view.resize(700, 400)
    assert view.view.isColumnHidden(number), "nor does it come back with another width"


def test_of_each_set_the_best_file_stays() -> None:
    assert spares(SETS) == {1, 3, 4}
    gone = track(6, codec="flac", missing=True)
    assert spares(((gone, track(7)),)) == {6}, "a file that is not there is no use"
    assert spares(((track(8), track(9)),)) == {9}, "of equals the first"


def test_spare_copies_are_chosen_in_one_go_and_kept_out(view: RecordingsView) -> None:
    view.set_groups({Group.COPIES: SETS})
    asked = Heard(view.exclude_asked)
    assert not view.out.isEnabled()
    view.spares.click()
    assert view.out.text() == "Keep out 3"
    view.out.click()
    tracks, out = asked.last
    assert [t.id for t in tracks] == [1, 3, 4]
    assert out is True


def test_what_is_kept_out_is_looked_up_when_asked_for_and_taken_back_in(view: RecordingsView) -> None:
    wanted, asked = Heard(view.out_wanted), Heard(view.exclude_asked)
    view.set_count(Group.OUT, 1)
    assert view.buttons[Group.OUT].count == "1"
    click(view.buttons[Group.OUT])
    assert len(wanted) == 1
    view.set_groups({Group.OUT: ((track(1, excluded=True),),)})
    view.view.selectAll()
    assert view.out.text() == "Take back in 1"
    view.out.click()
    assert asked.last[1] is False
    assert not view.spares.isVisible()


def test_a_choice_stays_while_the_list_changes(view: RecordingsView) -> None:
    view.set_groups({Group.COPIES: SETS})
    view.view.choose_row(4)
    view.set_groups({Group.COPIES: SETS[1:]})
    assert [t.id for t in view.view.selection()] == [5]


def test_groups_are_chosen_by_arrow_keys_and_break_into_lines_where_it_is_narrow(view: RecordingsView) -> None:
    view.buttons[Group.COPIES].setFocus()
    QTest.keyClick(view.buttons[Group.COPIES], Qt.Key.Key_Right)
    assert view.group is Group.SPEECH
    view.resize(360, 400)
    assert len({button.y() for button in view.buttons.values()}) > 1
    assert all(button.geometry().right() <= view.groups.width() for button in view.buttons.values())


def test_sizes_are_told_as_people_read_them() -> None:
    assert megabytes(4_000_000) == "4.0 MB"
    assert megabytes(1_234_567_890) == "1,234.6 MB"
    assert megabytes(0) == ""
