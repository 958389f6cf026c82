"""What is found out by itself: the seconds in which prototypes are heard best, in the background, and on the cards."""

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot
from ui_session import begin, settle

from musicdesk.desk.desk import Desk
from musicdesk.ui.session import Session

LONG_MS = 120_000


@pytest.fixture
def session(desk: Desk, qtbot: QtBot) -> Iterator[Session]:
    desk.settings = desk.settings.changed(watch=False)
    made = begin(desk, qtbot)
    yield made
    made.close()


def test_after_a_quiet_while_the_examples_are_listened_to_and_start_where_they_are_best(
    session: Session, qtbot: QtBot
) -> None:
    evidence, panel = session.evidence, session.window.taste
    assert evidence.quiet.isActive()
    assert session.desk.evidence.wanting
    evidence.quiet.timeout.emit()
    qtbot.waitUntil(lambda: evidence.job is not None, timeout=LONG_MS)
    assert panel.prototypes.work.isVisibleTo(panel)
    qtbot.waitUntil(lambda: evidence.job is None, timeout=LONG_MS)
    assert not session.desk.evidence.wanting
    qtbot.waitUntil(lambda: bool(session.shaping.excerpts.get(panel.cards[0].reference)), timeout=LONG_MS)
    settle(session, qtbot)
    assert not panel.prototypes.work.isVisibleTo(panel)
    card = panel.cards[0]
    assert ", from " in card.exemplars[0].toolTip()
    excerpt = next(e for e in session.shaping.excerpts[card.reference] if e.audio_hash == card.prototype.exemplars[0])
    card.exemplars[0].click()
    qtbot.waitUntil(lambda: session.desk.listening.player.path != "", timeout=LONG_MS)
    assert session.desk.listening.player.position_s >= int(excerpt.start_s)


def test_a_person_may_stop_it_for_good(session: Session, qtbot: QtBot) -> None:
    evidence = session.evidence
    evidence.stop()
    evidence.quiet.timeout.emit()
    settle(session, qtbot)
    assert evidence.job is None
    assert session.desk.evidence.wanting
