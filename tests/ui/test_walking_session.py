"""Walk to …: an end is chosen, the way is shown in order, and it becomes a playlist."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from ui_samples import click
from ui_session import WAIT_MS, begin, settle

from musicdesk.desk.desk import Desk
from musicdesk.records import Mood
from musicdesk.ui.session import Session
from musicdesk.ui.walk_dialog import LONGEST, SHORTEST, USUAL, WalkDialog
from musicdesk.ui.workspace import TAB_PLAYLISTS


@pytest.fixture
def session(desk: Desk, qtbot: QtBot) -> Iterator[Session]:
    desk.settings = desk.settings.changed(watch=False)
    made = begin(desk, qtbot)
    made.window.for_you.view.choose_row(1)
    yield made
    made.close()


def asked(session: Session, qtbot: QtBot) -> WalkDialog:
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_W, Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(lambda: bool(session.window.findChildren(WalkDialog)), timeout=WAIT_MS)
    return session.window.findChildren(WalkDialog)[-1]


def shown(dialog: WalkDialog, qtbot: QtBot) -> None:
    """Until there is a way, or a sentence why there is none."""
    qtbot.waitUntil(lambda: dialog.path is not None or dialog.problem.isVisible(), timeout=WAIT_MS)


def to_track(session: Session, dialog: WalkDialog, qtbot: QtBot) -> None:
    title = session.window.for_you.model.track(12).title
    QTest.keyClicks(dialog.field, title)
    assert dialog.end.track.title == title
    shown(dialog, qtbot)


def test_it_walks_to_a_track_that_was_found_and_shows_the_way_in_order(session: Session, qtbot: QtBot) -> None:
    start = session.window.for_you.view.current()
    dialog = asked(session, qtbot)
    assert f"“{start.title}”" in dialog.heading.text()
    assert not dialog.keep.isEnabled()
    to_track(session, dialog, qtbot)
    steps = dialog.path.steps
    assert len(steps) == USUAL == dialog.way.table.rowCount()
    assert steps[0].track == start
    assert steps[-1].track == dialog.end.track
    assert len({step.track.audio_hash for step in steps}) == USUAL
    way = dialog.way.table
    shown_first = [way.index(0, column).data() for column in range(3)]
    assert shown_first == ["1", start.title, start.artist]
    assert dialog.keep.isEnabled()
    dialog.reject()


def test_it_becomes_a_playlist_which_is_shown_and_taken_back(session: Session, desk: Desk, qtbot: QtBot) -> None:
    dialog = asked(session, qtbot)
    to_track(session, dialog, qtbot)
    steps, name = dialog.path.steps, dialog.path.label
    assert dialog.name.text() == name
    click(dialog.keep)
    qtbot.waitUntil(lambda: session.window.tabs.currentIndex() == TAB_PLAYLISTS, timeout=WAIT_MS)
    settle(session, qtbot)
    assert session.window.playlists.name == name
    assert [track.id for track in session.window.playlists.view.tracks()] == [step.track.id for step in steps]
    session.window.notice.button.click()
    settle(session, qtbot)
    assert not desk.curating.playlists()


def test_a_name_that_is_taken_gets_a_number(session: Session, desk: Desk, qtbot: QtBot) -> None:
    desk.curating.save("arc", [session.window.for_you.model.track(0)])
    dialog = asked(session, qtbot)
    dialog.name.setFocus()
    QTest.keyClicks(dialog.name, "arc")
    to_track(session, dialog, qtbot)
    assert dialog.name.text() == "arc"
    click(dialog.keep)
    qtbot.waitUntil(lambda: session.window.tabs.currentIndex() == TAB_PLAYLISTS, timeout=WAIT_MS)
    settle(session, qtbot)
    assert {kept.name: len(kept.track_ids) for kept in desk.curating.playlists()} == {"arc": 1, "arc 2": USUAL}


def test_a_mood_is_an_end_and_what_cannot_be_is_a_sentence(session: Session, qtbot: QtBot) -> None:
    chosen = session.window.for_you.view.current()
    others = [track for track in session.library.catalogue.tracks if track.audio_hash != chosen.audio_hash]
    session.desk.moods.correct(others[:3], mood=Mood.CALM)
    dialog = asked(session, qtbot)
    QTest.keyClicks(dialog.field, "calm")
    assert dialog.end.mood is Mood.CALM
    shown(dialog, qtbot)
    assert dialog.path is not None
    dialog.field.clear()
    QTest.keyClicks(dialog.field, chosen.title)
    shown(dialog, qtbot)
    assert dialog.problem.isVisible()
    assert "same track" in dialog.problem.text()
    assert not dialog.keep.isEnabled()
    dialog.field.setText("no such thing at all")
    assert dialog.end is None
    assert dialog.told.text() == "No mood and no track with these words."
    assert not dialog.keep.isEnabled()
    dialog.reject()


def test_another_length_is_another_way(session: Session, qtbot: QtBot) -> None:
    dialog = asked(session, qtbot)
    to_track(session, dialog, qtbot)
    assert (dialog.length.minimum(), dialog.length.maximum()) == (SHORTEST, LONGEST) == (5, 50)
    dialog.length.setValue(6)
    assert dialog.path is None
    shown(dialog, qtbot)
    assert len(dialog.path.steps) == dialog.way.table.rowCount() == 6
    dialog.length.setValue(50)
    shown(dialog, qtbot)
    assert len(dialog.path.steps) == 24
    assert dialog.told.text() == dialog.path.sentence != ""
    dialog.reject()


def test_from_the_page_it_starts_where_the_steering_began(session: Session, qtbot: QtBot) -> None:
    start = session.window.for_you.view.current()
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_B)
    qtbot.waitUntil(lambda: session.window.steer.state is None and not session.steering._busy, timeout=WAIT_MS)
    click(session.window.steer.walk)
    dialog = session.window.findChildren(WalkDialog)[-1]
    assert f"“{start.title}”" in dialog.heading.text()
    dialog.reject()


def test_what_plays_is_on_offer(session: Session, qtbot: QtBot) -> None:
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Space)
    settle(session, qtbot)
    session.window.for_you.view.choose_row(8)
    dialog = asked(session, qtbot)
    texts = [dialog.ends.item(row).text() for row in range(dialog.ends.count())]
    assert texts == [
        "Energetic   ·   a mood", "Calm   ·   a mood", "Happy   ·   a mood", "Sad   ·   a mood",
        f"{session.window.for_you.model.track(1).title}   ·   playing now",
    ]  # fmt: skip
    dialog.reject()
