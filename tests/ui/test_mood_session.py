"""What a track feels like, told in the window and corrected there, each with a way back."""

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot
from ui_samples import track
from ui_session import WAIT_MS, begin, settle

from musicdesk.desk.desk import Desk
from musicdesk.records import MOODS, Axis, Mood, TrackMood
from musicdesk.ui.mood_words import mood_hint, mood_text
from musicdesk.ui.session import Session


@pytest.fixture
def session(desk: Desk, qtbot: QtBot) -> Iterator[Session]:
    desk.settings = desk.settings.changed(watch=False)
    made = begin(desk, qtbot)
    made.window.for_you.view.choose_row(1)
    yield made
    made.close()


def told(session: Session, qtbot: QtBot, holds: Callable[[str], bool]) -> str:
    text = session.window.why.mood.text
    qtbot.waitUntil(lambda: holds(text()), timeout=WAIT_MS)
    return text()


def felt(session: Session) -> TrackMood:
    return session.desk.moods.of(session.window.for_you.view.current())


def say(session: Session, qtbot: QtBot, key: Qt.Key) -> None:
    """F, then the letter of the mood."""
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_F)
    qtbot.waitUntil(lambda: isinstance(QApplication.activePopupWidget(), QMenu), timeout=WAIT_MS)
    QTest.keyClick(QApplication.activePopupWidget(), key)
    settle(session, qtbot)


def test_the_chosen_track_says_what_it_feels_like(session: Session, qtbot: QtBot) -> None:
    told(session, qtbot, lambda text: text == mood_text(felt(session)))
    assert session.window.why.mood.isVisible()
    assert "energetic" in session.window.why.mood.toolTip()
    session.window.for_you.view.choose_row(12)
    assert mood_text(felt(session)) != session.window.why.mood.text()
    told(session, qtbot, lambda text: text == mood_text(felt(session)))


def test_a_mood_is_said_by_key_counts_at_once_and_is_taken_back_by_undo(session: Session, qtbot: QtBot) -> None:
    sound = session.window.for_you.view.current().audio_hash
    before = told(session, qtbot, lambda text: text == mood_text(felt(session)))
    say(session, qtbot, Qt.Key.Key_S)
    assert told(session, qtbot, lambda text: "as you said" in text) == "Mood: sad, as you said"
    assert session.desk.moods.corrections()[sound].mood is Mood.SAD
    assert "→ sad." in session.window.notice.text.text()
    session.window.notice.button.click()
    settle(session, qtbot)
    assert sound not in session.desk.moods.corrections()
    told(session, qtbot, lambda text: text == before)


def test_undo_brings_back_what_was_said_before_of_mood_and_axes(session: Session, qtbot: QtBot) -> None:
    chosen = session.window.for_you.view.current()
    session.desk.moods.correct([chosen], mood=Mood.HAPPY, axes={Axis.TEMPO: 0.9})
    before = session.desk.moods.corrections()
    say(session, qtbot, Qt.Key.Key_T)
    assert not session.desk.moods.corrections()
    session.window.notice.button.click()
    settle(session, qtbot)
    assert session.desk.moods.corrections() == before


def test_the_menu_of_the_row_holds_the_moods(session: Session, qtbot: QtBot) -> None:
    view = session.window.for_you.view
    view.menu_asked.emit(view.mapToGlobal(view.rect().center()))
    menu = QApplication.activePopupWidget()
    line = next(line for line in menu.actions() if line.text() == "Mood")
    inner = line.menu()
    texts = [each.text().replace("&", "") for each in inner.actions() if each.text()]
    assert texts == [*(mood.value.capitalize() for mood in MOODS), "Take back what I said"]
    next(each for each in inner.actions() if "Calm" in each.text()).trigger()
    menu.close()
    settle(session, qtbot)
    assert session.desk.moods.corrections()[view.current().audio_hash].mood is Mood.CALM


def test_where_another_process_writes_nothing_is_corrected(session: Session, qtbot: QtBot) -> None:
    session.window.lock("Another musicdesk has this library open.")
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_F)
    settle(session, qtbot)
    assert not isinstance(QApplication.activePopupWidget(), QMenu)
    view = session.window.for_you.view
    view.menu_asked.emit(view.mapToGlobal(view.rect().center()))
    menu = QApplication.activePopupWidget()
    assert not next(line for line in menu.actions() if line.text() == "Mood").isEnabled()
    menu.close()


def test_uncertain_is_said_to_be_uncertain() -> None:
    shares = ((Mood.ENERGETIC, 0.41), (Mood.CALM, 0.3), (Mood.HAPPY, 0.19), (Mood.SAD, 0.1))
    axes = ((Axis.TEMPO, 0.31, 0.9),)
    unsure = TrackMood(track(1), None, 0.2, shares, axes, ("measures of the sound",))
    assert mood_text(unsure) == "Mood: uncertain; nearest to energetic (41 %)"
    sure = TrackMood(track(1), Mood.ENERGETIC, 0.6, shares, axes, ("measures of the sound",))
    assert mood_text(sure) == "Mood: energetic 41 %, 60 % sure"
    assert mood_hint(sure).splitlines()[1:3] == ["Tempo: above 31 % of the library", "Told by measures of the sound"]
