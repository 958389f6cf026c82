"""A track is heard while the pointer rests on it, where that is wished, and what a hand put on is left alone."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from ui_session import WAIT_MS, begin, settle

from musicdesk.desk.desk import Desk
from musicdesk.desk.listening import PlayerState
from musicdesk.records import Track
from musicdesk.ui.row_painter import ROW_HEIGHT
from musicdesk.ui.session import Session
from musicdesk.ui.tracks_view import TracksView
from musicdesk.ui.workspace import TAB_LIBRARY, TAB_STEER

LONG_MS = 700
"""Longer than a rest and its fade."""


@pytest.fixture
def session(desk: Desk, qtbot: QtBot) -> Iterator[Session]:
    desk.settings = desk.settings.changed(watch=False, hover_preview=True)
    made = begin(desk, qtbot)
    yield made
    made.close()


def over(view: TracksView, row: int) -> Track:
    """Bring the pointer onto a row; which track stands there."""
    for x in (56, 60):  # where the test before has left it, the first of them would be no move
        QTest.mouseMove(view.viewport(), QPoint(x, row * ROW_HEIGHT + ROW_HEIGHT // 2))
    return view.table.track(row)


def heard(session: Session, qtbot: QtBot, track: Track) -> None:
    """Until this track sounds."""
    qtbot.waitUntil(
        lambda: (now := session.playback.heard) is not None and now.track == track and sounding(session),
        timeout=WAIT_MS,
    )
    qtbot.waitUntil(lambda: not session.tasks.busy, timeout=WAIT_MS)


def sounding(session: Session) -> bool:
    return session.desk.listening.player.state is PlayerState.PLAYING


def silent(session: Session, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: session.desk.listening.player.state is PlayerState.STOPPED, timeout=WAIT_MS)


def away(view: TracksView) -> None:
    QApplication.sendEvent(view.viewport(), QEvent(QEvent.Type.Leave))


def test_nothing_is_heard_unasked_by_default(desk: Desk, qtbot: QtBot) -> None:
    desk.settings = desk.settings.changed(watch=False)
    session = begin(desk, qtbot)
    over(session.window.for_you.view, 1)
    qtbot.wait(LONG_MS)
    assert session.playback.heard is None
    session.close()


def test_a_row_under_the_resting_pointer_is_heard_where_it_is_most_typical(session: Session, qtbot: QtBot) -> None:
    track = over(session.window.for_you.view, 2)
    heard(session, qtbot, track)
    player, typical = session.desk.listening.player, session.desk.listening.excerpt_start(track)
    assert player.position_s == pytest.approx(typical, abs=2.0)
    assert session.playback.heard.excerpt
    assert session.window.for_you.view.table.row_playing() == 2


def test_a_pointer_that_only_passes_by_plays_nothing(session: Session, qtbot: QtBot) -> None:
    view = session.window.for_you.view
    for row in (1, 2, 3, 4):
        over(view, row)
        qtbot.wait(60)
    away(view)
    qtbot.wait(LONG_MS)
    assert session.playback.heard is None


def test_leaving_the_row_fades_out_and_then_there_is_silence(session: Session, qtbot: QtBot) -> None:
    view, player = session.window.for_you.view, session.desk.listening.player
    heard(session, qtbot, over(view, 2))
    full, seen = player.volume, []
    session.hover._fading.timeout.connect(lambda: seen.append((player.volume, player.state)))
    away(view)
    silent(session, qtbot)
    softer = [volume for volume, state in seen if state is PlayerState.PLAYING]
    assert len(softer) >= 5
    assert softer == sorted(softer, reverse=True)
    assert softer[0] < full
    heard(session, qtbot, over(view, 3))
    assert player.volume == full, "the next one is as loud as ever"


def test_another_row_takes_over(session: Session, qtbot: QtBot) -> None:
    view = session.window.for_you.view
    heard(session, qtbot, over(view, 2))
    heard(session, qtbot, over(view, 4))


def test_what_plays_by_a_hand_is_left_alone(session: Session, qtbot: QtBot) -> None:
    view = session.window.for_you.view
    view.choose_row(0)
    QTest.keyClick(view, Qt.Key.Key_Return)
    put_on = view.current()
    heard(session, qtbot, put_on)
    over(view, 3)
    qtbot.wait(LONG_MS)
    assert session.playback.heard.track == put_on
    assert sounding(session)
    away(view)
    qtbot.wait(LONG_MS)
    assert sounding(session)


def test_what_a_hand_has_paused_waits_at_its_place(session: Session, qtbot: QtBot) -> None:
    view, window, player = session.window.for_you.view, session.window, session.desk.listening.player
    view.choose_row(0)
    QTest.keyClick(view, Qt.Key.Key_Return)
    put_on = view.current()
    heard(session, qtbot, put_on)
    window.transport.seek.emit(12.0)
    window.transport.play_pause.emit()
    assert player.state is PlayerState.PAUSED
    heard(session, qtbot, over(view, 3))
    heard(session, qtbot, over(view, 5))
    away(view)
    silent(session, qtbot)
    assert session.playback.heard.track == put_on
    assert window.transport.title.text() == put_on.title
    QTest.keyClick(view, Qt.Key.Key_Space)
    heard(session, qtbot, put_on)
    assert player.position_s == pytest.approx(12.0, abs=2.0)
    assert not session.playback.heard.excerpt


def test_space_takes_what_is_hovered_into_the_hand(session: Session, qtbot: QtBot) -> None:
    view, player = session.window.for_you.view, session.desk.listening.player
    track = over(view, 2)
    heard(session, qtbot, track)
    view.choose_row(2)
    QTest.keyClick(view, Qt.Key.Key_Space)
    assert player.state is PlayerState.PAUSED
    QTest.keyClick(view, Qt.Key.Key_Space)
    away(view)
    qtbot.wait(LONG_MS)
    assert sounding(session), "asked for by hand, it stays when the pointer goes"
    assert session.playback.heard.track == track


def test_space_is_its_equal_on_the_keyboard(session: Session, qtbot: QtBot) -> None:
    view = session.window.for_you.view
    view.choose_row(2)
    QTest.keyClick(view, Qt.Key.Key_Space)
    heard(session, qtbot, view.current())
    by_key = session.playback.heard
    assert by_key.excerpt
    assert not by_key.hovered


def test_a_list_that_moves_under_a_pointer_that_lies_still_plays_nothing_new(session: Session, qtbot: QtBot) -> None:
    session.search.find("Bells")
    settle(session, qtbot)
    view = session.window.found.view
    first = over(view, 2)
    heard(session, qtbot, first)
    session.search.find("Noise")
    silent(session, qtbot)
    qtbot.wait(LONG_MS)
    assert session.playback.heard.track == first
    assert not sounding(session)


def test_the_wheel_brings_another_row_under_the_pointer(session: Session, qtbot: QtBot) -> None:
    view = session.window.for_you.view
    session.window.resize(1280, 420)
    assert view.verticalScrollBar().maximum() > 4 * ROW_HEIGHT
    heard(session, qtbot, over(view, 1))
    place = QPointF(60, ROW_HEIGHT + 10)
    QApplication.sendEvent(
        view.viewport(),
        QWheelEvent(
            place, QPointF(view.viewport().mapToGlobal(place)), QPoint(0, -4 * ROW_HEIGHT), QPoint(0, -120),
            Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
        ),
    )  # fmt: skip
    assert view.verticalScrollBar().value() > 0
    heard(session, qtbot, view.table.track(view.rowAt(round(place.y()))))


def test_the_steered_list_is_heard_by_the_pointer_too(session: Session, qtbot: QtBot) -> None:
    window = session.window
    window.for_you.view.choose_row(1)
    QTest.keyClick(window.for_you.view, Qt.Key.Key_B)
    qtbot.waitUntil(lambda: window.tabs.currentIndex() == TAB_STEER and window.steer.state is None, timeout=WAIT_MS)
    settle(session, qtbot)
    heard(session, qtbot, over(window.steer.view, 2))
    window.show_tab(TAB_LIBRARY)
    silent(session, qtbot)


def test_a_menu_that_is_open_keeps_it_quiet(session: Session, qtbot: QtBot) -> None:
    view = session.window.for_you.view
    view.choose_row(0)
    over(view, 0)
    view.menu_asked.emit(view.mapToGlobal(QPoint(60, 20)))
    qtbot.wait(LONG_MS)
    assert session.playback.heard is None
    QApplication.activePopupWidget().close()


def test_the_setting_is_one_for_lists_and_map(session: Session) -> None:
    assert session.window.map.hover.isChecked()
    session._set("hover_preview", False)
    assert not session.window.map.hover.isChecked()
    session.window.map.hover.setChecked(True)
    assert session.desk.settings.hover_preview
