"""Words and sound in the window over a real desk: where it is, what it says, and what happens when it cannot learn."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from ui_samples import click
from ui_session import WAIT_MS, begin, settle

from musicdesk.desk.desk import Desk
from musicdesk.errors import NothingYet
from musicdesk.jobs import Job
from musicdesk.records.meaning import MEANING, MeaningReport, MeaningStatus, StageReport
from musicdesk.ui.models_controller import Question
from musicdesk.ui.session import Session
from musicdesk.ui.workspace import TAB_FOR_YOU, TAB_MODELS

REPORT = MeaningReport(
    "htcl-handcrafted", "handcrafted", "minilm", 24, (StageReport(MEANING, 20, (2.0, 1.5), (0.1, 0.6)),)
)


@pytest.fixture
def session(desk: Desk, qtbot: QtBot) -> Iterator[Session]:
    desk.settings = desk.settings.changed(watch=False)
    made = begin(desk, qtbot)
    yield made
    made.close()


def open_it(session: Session, qtbot: QtBot) -> None:
    session.window.show_tab(TAB_MODELS)
    settle(session, qtbot)
    click(session.window.models.words)
    settle(session, qtbot)


def can_learn(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """As if what reads texts were installed."""
    monkeypatch.setattr(session.desk.meaning, "status", lambda: MeaningStatus(tracks=24, pairs=3))


def test_the_page_opens_from_the_encoders_and_escape_goes_back(session: Session, qtbot: QtBot) -> None:
    open_it(session, qtbot)
    models, page = session.window.models, session.window.models.meaning
    assert models.shows_meaning
    assert page.card.title.text() == "Nothing is learned yet"
    assert page.card.problem.isVisible(), "nothing that reads texts is installed here"
    assert "musicdesk models" not in page.card.problem.text()
    assert not page.card.learn.isEnabled()
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Escape)
    assert not models.shows_meaning
    assert session.window.tabs.currentIndex() == TAB_MODELS


def test_it_learns_in_the_background_and_says_so_elsewhere(
    session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    can_learn(session, monkeypatch)

    def learn(job: Job, *, each: object) -> MeaningReport:
        job.begin("Learning what the sounds mean", total=2)
        for losses in ((2.0,), (2.0, 1.5)):
            each(MEANING, losses)  # type: ignore[operator]
            job.advance()
        return REPORT

    monkeypatch.setattr(session.desk.meaning, "learn", learn)
    open_it(session, qtbot)
    page = session.window.models.meaning
    click(page.card.learn)
    session.window.show_tab(TAB_FOR_YOU)
    qtbot.waitUntil(lambda: session.meaning.job is None, timeout=WAIT_MS)
    settle(session, qtbot)
    assert "Learned from 24 tracks." in session.window.notice.text.text()
    session.window.notice.button.click()
    settle(session, qtbot)
    assert session.window.models.shows_meaning


def test_stop_leaves_it_to_be_learned_on(session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    can_learn(session, monkeypatch)

    def learn(job: Job, *, each: object) -> MeaningReport:
        while True:
            job.check()

    monkeypatch.setattr(session.desk.meaning, "learn", learn)
    open_it(session, qtbot)
    page, models = session.window.models.meaning, session.window.models
    click(page.card.learn)
    assert page.running
    assert page.progress.cancel.hasFocus()
    assert "being learned" in models.learning.text.text()
    click(page.progress.cancel)
    qtbot.waitUntil(lambda: session.meaning.job is None, timeout=WAIT_MS)
    settle(session, qtbot)
    assert page.card.learn.text() == "Learn on"
    assert page.card.learn.hasFocus()
    assert not models.learning.isVisibleTo(models)


def test_what_goes_wrong_is_told_in_place(session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    can_learn(session, monkeypatch)

    def learn(job: Job, *, each: object) -> MeaningReport:
        raise NothingYet("There are too few tracks. Run: musicdesk analyze")

    monkeypatch.setattr(session.desk.meaning, "learn", learn)
    open_it(session, qtbot)
    click(session.window.models.meaning.card.learn)
    qtbot.waitUntil(lambda: session.meaning.job is None, timeout=WAIT_MS)
    settle(session, qtbot)
    assert session.window.models.meaning.notice.text.text() == "There are too few tracks."


def test_forgetting_asks_first(session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    gone: list[str] = []
    learned = MeaningStatus("htcl-handcrafted", REPORT, tracks=24)
    monkeypatch.setattr(session.desk.meaning, "status", lambda: MeaningStatus() if gone else learned)
    monkeypatch.setattr(session.desk.meaning, "forget", lambda name: not gone.append(name))
    open_it(session, qtbot)
    click(session.window.models.meaning.card.forget)
    box = session.window.findChild(Question)
    assert not gone
    box.yes.click()
    settle(session, qtbot)
    assert gone == ["htcl-handcrafted"]
    assert session.window.models.meaning.card.title.text() == "Nothing is learned yet"
