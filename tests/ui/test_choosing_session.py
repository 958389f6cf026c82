"""What is taken out of a list that began with a track is told to the desk; what is taken out of others is not."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from ui_session import WAIT_MS, begin, settle

from musicdesk.desk.desk import Desk
from musicdesk.records import Choice
from musicdesk.ui.session import Session
from musicdesk.ui.workspace import TAB_STEER


@pytest.fixture
def session(desk: Desk, qtbot: QtBot) -> Iterator[Session]:
    desk.settings = desk.settings.changed(watch=False)
    made = begin(desk, qtbot)
    yield made
    made.close()


@pytest.fixture
def seeded(session: Session, qtbot: QtBot) -> Session:
    """The list of For you, by likeness to its third track."""
    session.window.for_you.view.choose_row(2)
    session.window.actions_["more_like"].trigger()
    settle(session, qtbot)
    return session


def chosen(session: Session) -> list[tuple[str, str, str]]:
    found: tuple[Choice, ...] = session.desk._stores.choices.all()
    return [(choice.trigger, choice.accepted, choice.how) for choice in found if choice.trigger]


def take(session: Session, row: int) -> str:
    session.window.view.choose_row(row)
    return session.window.view.current().audio_hash


def test_a_like_out_of_a_list_by_likeness_is_a_choice(seeded: Session, qtbot: QtBot) -> None:
    seed, sound = seeded.ranking.seed.audio_hash, take(seeded, 3)
    seeded.window.actions_["like"].trigger()
    settle(seeded, qtbot)
    assert chosen(seeded) == [(seed, sound, "liked")]
    seeded.window.actions_["like"].trigger()
    settle(seeded, qtbot)
    assert len(chosen(seeded)) == 1, "taking a like back is none"


def test_what_goes_into_a_playlist_out_of_a_steered_list_is_a_choice(session: Session, qtbot: QtBot) -> None:
    seed = take(session, 1)
    session.window.actions_["steer"].trigger()
    qtbot.waitUntil(lambda: session.window.steer.state is None, timeout=WAIT_MS)
    settle(session, qtbot)
    assert session.window.tabs.currentIndex() == TAB_STEER
    sound = take(session, 2)
    session.curating.add("evening", [session.library.of_hash(sound)])
    settle(session, qtbot)
    assert chosen(session) == [(seed, sound, "playlist")]


def test_what_is_played_for_half_a_minute_is_a_choice(
    seeded: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    seed, playback = seeded.ranking.seed.audio_hash, seeded.playback
    sound = take(seeded, 4)
    QTest.keyClick(seeded.window.view, Qt.Key.Key_Return)
    settle(seeded, qtbot)
    assert playback.heard.trigger == seed
    playback._player.seek(31.0)
    take(seeded, 5)
    QTest.keyClick(seeded.window.view, Qt.Key.Key_Return)
    settle(seeded, qtbot)
    assert chosen(seeded) == [(seed, sound, "played")]
    playback._player.seek(5.0)
    playback._play_current()
    settle(seeded, qtbot)
    assert len(chosen(seeded)) == 1, "five seconds are a try"


def test_what_was_played_to_its_end_is_a_choice(seeded: Session, qtbot: QtBot) -> None:
    sound = take(seeded, 4)
    QTest.keyClick(seeded.window.view, Qt.Key.Key_Return)
    settle(seeded, qtbot)
    heard = seeded.playback.heard
    seeded.playback._player.stop()
    seeded.playback._ended(heard.track.path)
    settle(seeded, qtbot)
    assert (seeded.ranking.seed.audio_hash, sound, "played") in chosen(seeded)


def test_a_preview_and_lists_that_began_with_no_track_tell_nothing(session: Session, qtbot: QtBot) -> None:
    take(session, 3)
    session.window.actions_["like"].trigger()
    session.curating.add("evening", [session.window.view.current()])
    settle(session, qtbot)
    session.search.find("bells")
    settle(session, qtbot)
    session.window.actions_["like"].trigger()
    settle(session, qtbot)
    session.ranking.seed = replace(session.window.for_you.view.current(), audio_hash="x")
    session.playback.play(session.window.for_you.view.current(), view=session.window.for_you.view, excerpt=True)
    settle(session, qtbot)
    session.playback._player.seek(31.0)
    session.playback._note_played()
    settle(session, qtbot)
    assert chosen(session) == []
