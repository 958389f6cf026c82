"""What is found out by itself: the seconds in which prototypes are heard best, in the background, and on the cards."""

import threading
import time
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot
from ui_session import begin, settle

from musicdesk.desk.desk import Desk
from musicdesk.jobs import Job
from musicdesk.ui.evidence_controller import Chore
from musicdesk.ui.session import Session
from musicdesk.ui.tasks import ANALYSIS

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


class Listening:
    """A chore that listens to music until it is told to stop."""

    def __init__(self) -> None:
        self.begun, self.running = 0, threading.Event()

    def __call__(self, job: Job) -> None:
        self.begun += 1
        self.running.set()
        try:
            while True:
                job.begin("Listening with Handcrafted", total=4)
                job.advance()
                time.sleep(0.01)
        finally:
            self.running.clear()


def test_what_listens_as_well_stops_for_an_analysis_and_begins_again_after_it(session: Session, qtbot: QtBot) -> None:
    evidence, listening, column = session.evidence, Listening(), session.window.taste.prototypes
    evidence._chores = [Chore("Measuring tempo and loudness", lambda: True, listening, lane=ANALYSIS, speaks=False)]
    evidence.quiet.timeout.emit()
    qtbot.waitUntil(lambda: listening.running.is_set(), timeout=LONG_MS)
    qtbot.waitUntil(lambda: "%" in column.work.text(), timeout=LONG_MS)
    assert column.work.text().startswith("Measuring tempo and loudness … ")  # and no word of an encoder
    beside: list[bool] = []
    scan = session.desk.indexing.scan
    session.desk.indexing.scan = lambda *a, **k: (beside.append(listening.running.is_set()), scan(*a, **k))[1]
    session.indexing.add(())
    evidence.quiet.timeout.emit()
    qtbot.waitUntil(lambda: session.indexing.job is None, timeout=LONG_MS)
    assert beside == [False]
    assert evidence.job is None
    assert evidence.quiet.isActive()
    evidence.quiet.timeout.emit()
    qtbot.waitUntil(lambda: listening.begun == 2, timeout=LONG_MS)
    evidence.stop()
    qtbot.waitUntil(lambda: evidence.job is None, timeout=LONG_MS)
    assert not column.work.isVisibleTo(column)
