"""A real training from the window: on the folders of a small library, in a process of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from ui_session import WAIT_MS, begin, settle

from musicdesk.desk.desk import Desk
from musicdesk.ui.analysis_status import Work
from musicdesk.ui.session import Session
from musicdesk.ui.training_page import Side, TrainingPage
from musicdesk.ui.workspace import TAB_FOR_YOU, TAB_MODELS

LONG_MS = 120_000


@pytest.fixture
def session(desk: Desk, qtbot: QtBot) -> Iterator[Session]:
    desk.settings = desk.settings.changed(watch=False)
    made = begin(desk, qtbot)
    made.window.show_tab(TAB_MODELS)
    settle(made, qtbot)
    made.window.models.train.click()
    settle(made, qtbot)
    yield made
    made.close()


def set_out(session: Session, qtbot: QtBot, *, epochs: int) -> TrainingPage:
    """Train on the folders of the library."""
    page = session.window.models.training
    page.form.folders.click()
    settle(session, qtbot)
    page.form.epochs.setValue(epochs)
    page.form.start.click()
    qtbot.waitUntil(lambda: session.training.job is not None, timeout=WAIT_MS)
    return page


def test_a_library_without_genres_says_so_and_folders_do(session: Session, qtbot: QtBot) -> None:
    page = session.window.models.training
    assert page.isVisible()
    assert not page.form.start.isEnabled()
    assert "genre" in page.form.found.text()
    page.form.folders.click()
    settle(session, qtbot)
    assert [row[0] for row in page.form.model.rows] == ["bells", "clicks", "noise"]
    assert page.form.start.isEnabled()
    session.window.actions_["back"].trigger()
    assert not session.window.models.shows_training


def test_a_network_is_trained_watched_from_elsewhere_used_and_looked_at_again(session: Session, qtbot: QtBot) -> None:
    window, page = session.window, set_out(session, qtbot, epochs=2)
    assert page.side is Side.WORK
    page.back.click()
    assert window.models.line.isVisible()
    assert window.models.line.text.text().startswith("cnn-own: ")
    window.show_tab(TAB_FOR_YOU)
    qtbot.waitUntil(lambda: session.training.job is None, timeout=LONG_MS)
    settle(session, qtbot)
    assert "cnn-own is trained" in window.notice.text.text()
    window.notice.button.click()
    assert page.isVisible()
    assert page.side is Side.RESULT
    assert not window.models.line.isVisible()
    trained = page.result.trained
    assert trained is not None
    assert len(trained.epochs) == len(page.curves.model.rows) == 2
    assert Path(page.result.path.text()).is_dir()

    page.result.use.click()
    qtbot.waitUntil(lambda: session.desk.settings.encoder == "cnn-own", timeout=WAIT_MS)
    settle(session, qtbot)
    assert "24 tracks have still to be listened to" in page.notice.text.text()
    assert page.result.use.text() == "In use"

    page.back.click()
    settle(session, qtbot)
    status = window.models.status("cnn-own")
    assert status is not None
    assert status.trained
    window.models.table.choose("cnn-own")
    window.models.details.training.click()
    settle(session, qtbot)
    assert page.isVisible()
    assert page.side is Side.RESULT


def test_a_stopped_training_goes_on_where_it_was(session: Session, qtbot: QtBot) -> None:
    page = set_out(session, qtbot, epochs=40)
    qtbot.waitUntil(lambda: len(page.epochs) > 0, timeout=LONG_MS)
    page.work.pause.click()
    assert page.state is Work.PAUSED
    page.work.pause.click()
    page.work.stop.click()
    qtbot.waitUntil(lambda: session.training.job is None, timeout=LONG_MS)
    settle(session, qtbot)
    done = page.epochs[-1].number
    assert page.side is Side.FORM
    assert f"is stopped after epoch {done}" in page.notice.text.text()
    page.form.start.click()
    qtbot.waitUntil(lambda: len(page.epochs) > done, timeout=LONG_MS)
    assert [epoch.number for epoch in page.epochs] == list(range(1, len(page.epochs) + 1))
    page.work.stop.click()
    qtbot.waitUntil(lambda: session.training.job is None, timeout=LONG_MS)


def test_enter_in_the_name_starts(session: Session, qtbot: QtBot) -> None:
    page = session.window.models.training
    page.form.folders.click()
    settle(session, qtbot)
    page.form.name.setFocus()
    QTest.keyClick(page.form.name, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: session.training.job is not None, timeout=WAIT_MS)
    session.training.stop()
    qtbot.waitUntil(lambda: session.training.job is None, timeout=LONG_MS)
    settle(session, qtbot)
    assert "is stopped" in page.notice.text.text()
