"""Recommenders in the window over a real desk: live sliders, undo, bars, the choice, and learning in the background."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from several_listeners import hear
from ui_samples import click
from ui_session import WAIT_MS, begin, settle, titles

from musicdesk.desk.desk import Desk
from musicdesk.ui.advisor_card import AdvisorCard
from musicdesk.ui.recommender_dialog import RecommenderDialog
from musicdesk.ui.session import Session

HABITS = "advisor:people's habits"
LONG_MS = 120_000


@pytest.fixture
def session(desk: Desk, tmp_path: Path, qtbot: QtBot) -> Iterator[Session]:
    desk.settings = desk.settings.changed(watch=False)
    hear(desk, tmp_path)
    desk.listening.like([desk.indexing.find(f"Bells {n}") for n in range(4)])
    made = begin(desk, qtbot)
    yield made
    made.close()


def habits(session: Session) -> AdvisorCard:
    return next(card for card in session.window.taste.advice.cards if card.reference == HABITS)


def gain(session: Session) -> float:
    advisor = session.desk.recommending.taste().advisor(HABITS)
    assert advisor is not None
    return advisor.gain


def test_who_advises_stands_below_the_prototypes_in_the_list_and_in_why(session: Session, qtbot: QtBot) -> None:
    window = session.window
    assert HABITS in [card.reference for card in window.taste.channels]
    assert "listeners" in habits(session).knows.text()
    assert "people's habits" in window.for_you.model.ranking.parts
    told = window.why.explanation
    assert sum(part.contribution for part in told.parts) == pytest.approx(told.score, abs=1e-5)
    why = window.why
    bar = next(bar for bar in why.bars if bar.part.name == "people's habits")
    bar.clicked.emit()
    qtbot.waitUntil(habits(session).slider.hasFocus, timeout=WAIT_MS)
    QTest.keyClick(bar, Qt.Key.Key_Right)
    moved = bar.amount
    why.settle()
    settle(session, qtbot)
    assert gain(session) == pytest.approx(moved)


def test_the_list_follows_its_slider_and_undo_takes_it_back(session: Session, qtbot: QtBot) -> None:
    before, kept = titles(session), gain(session)
    slider = habits(session).slider
    slider.setSliderDown(True)
    slider.setValue(-100)
    qtbot.waitUntil(lambda: titles(session) != before, timeout=WAIT_MS)
    assert any(session.window.for_you.model.moved)
    assert gain(session) == kept, "nothing is kept before it rests"
    slider.setSliderDown(False)
    slider._end()
    settle(session, qtbot)
    assert gain(session) == -1.0
    assert "people's habits" in session.window.undo.toolTip()
    session.window.actions_["undo"].trigger()
    settle(session, qtbot)
    assert gain(session) == kept
    assert titles(session) == before
    assert habits(session).slider.amount == pytest.approx(kept)


def test_keys_reach_it_as_they_reach_the_prototypes(session: Session, qtbot: QtBot) -> None:
    window = session.window
    number = [card.reference for card in window.taste.channels].index(HABITS) + 1
    window.actions_[f"focus_{number}"].trigger()
    qtbot.waitUntil(habits(session).slider.hasFocus, timeout=WAIT_MS)
    window.actions_["mute"].trigger()
    settle(session, qtbot)
    assert session.desk.recommending.taste().advisor(HABITS).muted
    assert habits(session).badge.isVisible()
    window.actions_["solo"].trigger()
    settle(session, qtbot)
    assert "Only prototypes" in window.notice.text.text()
    window.actions_["mute"].trigger()
    settle(session, qtbot)
    assert not session.desk.recommending.taste().advisor(HABITS).muted


def test_another_recommender_is_chosen_in_the_window(session: Session, qtbot: QtBot) -> None:
    window = session.window
    window.taste.advice.choose.click()
    qtbot.waitUntil(lambda: bool(window.findChildren(RecommenderDialog)), timeout=WAIT_MS)
    dialog = window.findChildren(RecommenderDialog)[0]
    assert dialog.name == "blend"
    dialog.choices["popularity"].click()
    click(dialog.use)
    qtbot.waitUntil(lambda: session.desk.settings.recommender == "popularity", timeout=WAIT_MS)
    qtbot.waitUntil(lambda: window.taste.advice.choose.text() == "Popularity ▾", timeout=WAIT_MS)
    settle(session, qtbot)
    assert [card.advisor.id for card in window.taste.advice.cards] == ["popularity"]
    session.advising.choose("none")
    qtbot.waitUntil(lambda: not window.taste.advice.cards, timeout=WAIT_MS)
    assert window.taste.advice.choose.isVisible()


def test_what_must_learn_learns_in_the_background_and_then_advises(session: Session, qtbot: QtBot) -> None:
    panel = session.window.taste.advice
    session.advising.choose("elsa")
    qtbot.waitUntil(lambda: session.advising.job is not None, timeout=WAIT_MS)
    assert panel.work.isVisible()
    qtbot.waitUntil(lambda: session.advising.job is None, timeout=LONG_MS)
    settle(session, qtbot)
    assert not panel.work.isVisible()
    assert "people's habits" in session.window.for_you.model.ranking.parts
    assert (session.desk.folders.data / "recommenders" / "elsa").is_dir()


def test_learning_that_was_stopped_does_not_begin_again_by_itself(session: Session, qtbot: QtBot) -> None:
    session.advising.choose("elsa")
    qtbot.waitUntil(lambda: session.advising.job is not None, timeout=WAIT_MS)
    session.window.taste.advice.cancel.click()
    qtbot.waitUntil(lambda: session.advising.job is None, timeout=LONG_MS)
    session.advising._look()
    settle(session, qtbot)
    if session.desk.advising.wanting:  # it was not quicker
        assert session.advising.job is None
        assert "stopped" in session.window.notice.text.text()
        session.window.notice.button.click()
        assert session.advising.job is not None


def test_who_has_liked_nothing_and_knows_nobody_sees_the_window_as_it_was(desk: Desk, qtbot: QtBot) -> None:
    session = begin(desk, qtbot)
    try:
        assert not session.window.taste.advice.isVisible()
        assert session.window.for_you.model.ranking.parts == tuple(p.name for p in session.ranking.taste.prototypes)
    finally:
        session.close()
