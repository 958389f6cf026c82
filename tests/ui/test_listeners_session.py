"""The page of listeners over a real desk: logs dropped on the window, people named and forgotten, lists for several."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QInputDialog
from pytestqt.qtbot import QtBot
from several_listeners import write_log
from ui_session import WAIT_MS, begin, settle

from musicdesk.desk.desk import Desk
from musicdesk.ui import local_files
from musicdesk.ui.import_dialog import ImportDialog
from musicdesk.ui.models_controller import Question
from musicdesk.ui.session import Session

NO = Qt.KeyboardModifier.NoModifier


@pytest.fixture
def session(desk: Desk, qtbot: QtBot) -> Iterator[Session]:
    desk.settings = desk.settings.changed(watch=False)
    made = begin(desk, qtbot)
    QTest.keyClick(made.window, Qt.Key.Key_6, Qt.KeyboardModifier.AltModifier)
    settle(made, qtbot)
    yield made
    made.close()


def drop(session: Session, *paths: Path) -> bool:
    """Drag files over the window and let go; whether it took them."""
    data = QMimeData()
    data.setUrls([local_files.to_url(str(path)) for path in paths])
    place, how, button = QPoint(400, 300), Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    entered = QDragEnterEvent(place, how, data, button, NO)
    session.window.dragEnterEvent(entered)
    if entered.isAccepted():
        session.window.dropEvent(QDropEvent(place, how, data, button, NO))
    return entered.isAccepted()


def answered(session: Session, qtbot: QtBot, kind: type) -> object:
    """The dialog of this kind that is open now."""

    def found() -> object:
        return next((d for d in session.window.findChildren(kind) if d.isVisible()), None)

    qtbot.waitUntil(lambda: found() is not None, timeout=WAIT_MS)
    return found()


def load(session: Session, qtbot: QtBot, *paths: Path, listener: str = "") -> None:
    session.listeners.load(paths, listener)
    qtbot.waitUntil(lambda: session.listeners.job is None, timeout=WAIT_MS)
    settle(session, qtbot)


def names(session: Session) -> list[str]:
    model = session.window.listeners.model
    return [model.record(row).name for row in range(model.rowCount())]


def choose(session: Session, *wanted: str) -> None:
    table = session.window.listeners.table
    table.clearSelection()
    flags = table.selectionModel().SelectionFlag
    for name in wanted:
        index = table.table.index(table.table.row_of(name), 0)
        table.selectionModel().select(index, flags.Select | flags.Rows)


def test_a_log_dropped_on_the_window_is_asked_about_and_imported_and_the_second_time_changes_nothing(
    session: Session, tmp_path: Path, qtbot: QtBot
) -> None:
    page, window = session.window.listeners, session.window
    assert page.empty.isVisible()
    assert not window.taste.advice.isVisible()
    assert window.view.current() is None, "no verb reaches a track that is not seen"
    assert drop(session, write_log(tmp_path / "log.csv"))
    dialog = answered(session, qtbot, ImportDialog)
    assert isinstance(dialog, ImportDialog)
    dialog.go.click()
    qtbot.waitUntil(lambda: bool(page.report.reports) and session.listeners.job is None, timeout=WAIT_MS)
    settle(session, qtbot)
    assert names(session) == ["", "anna", "bert", "cleo", "dora"]
    assert page.report.reports[0].matched == 28
    assert not page.progress.isVisible()
    assert session.window.taste.advice.isVisible(), "people's habits advise from now on"
    assert session.library.known.sources, "the folder of the log is no folder of music"
    assert len(session.library.known.sources) == 1
    before = session.desk.listeners.listeners()
    load(session, qtbot, tmp_path / "log.csv")
    assert session.desk.listeners.listeners() == before
    assert "all of them were known already" in page.report.text()


def test_one_broken_file_is_a_sentence_and_the_others_come_in(session: Session, tmp_path: Path, qtbot: QtBot) -> None:
    (tmp_path / "broken.json").write_text('{"track_metadata": [')
    load(session, qtbot, tmp_path / "broken.json", write_log(tmp_path / "log.csv"))
    page = session.window.listeners
    assert "broken.json" in page.notice.text.text()
    assert len(page.report.reports) == 1
    assert "anna" in names(session)


def test_a_log_of_one_person_goes_to_whom_it_was_said(session: Session, tmp_path: Path, qtbot: QtBot) -> None:
    log = tmp_path / "hers.csv"
    log.write_text("artist,track\nBells player 1,Bells 1\nNobody,Unheard of\n")
    load(session, qtbot, log, listener="erna")
    assert names(session) == ["", "erna"]
    choose(session, "erna")
    model = session.window.listeners.unmatched.model
    assert [model.record(row).title for row in range(model.rowCount())] == ["Unheard of"]
    session.window.listeners.match.click()
    qtbot.waitUntil(lambda: session.listeners.job is None, timeout=WAIT_MS)
    settle(session, qtbot)
    assert session.window.listeners.notice.text.text() == "Nothing more was found in your library."


def test_nothing_is_kept_of_an_import_that_is_stopped(session: Session, tmp_path: Path, qtbot: QtBot) -> None:
    session.listeners.load([write_log(tmp_path / "log.csv")], "")
    session.listeners.job.cancel()
    qtbot.waitUntil(lambda: session.listeners.job is None, timeout=WAIT_MS)
    settle(session, qtbot)
    page = session.window.listeners
    done = bool(page.report.reports)  # it may have been quicker
    assert done or "Nothing was kept" in page.notice.text.text()
    assert done or page.empty.isVisible()


def test_a_listener_is_renamed_joined_and_forgotten(session: Session, tmp_path: Path, qtbot: QtBot) -> None:
    load(session, qtbot, write_log(tmp_path / "log.csv"))
    choose(session, "anna")
    session.window.listeners.rename.click()
    dialog = answered(session, qtbot, QInputDialog)
    assert isinstance(dialog, QInputDialog)
    dialog.setTextValue("Änne")
    dialog.accept()
    settle(session, qtbot)
    assert "Änne" in names(session)
    assert "anna" not in names(session)
    session.listeners.rename("Änne", "CLEO")
    question = answered(session, qtbot, Question)
    assert isinstance(question, Question)
    question.yes.click()
    settle(session, qtbot)
    assert set(names(session)) == {"", "bert", "cleo", "dora"}
    choose(session, "cleo")
    session.window.listeners.remove.click()
    QTest.keyClick(answered(session, qtbot, Question), Qt.Key.Key_Escape)
    settle(session, qtbot)
    assert "cleo" in names(session), "it can be thought better of"
    session.window.listeners.remove.click()
    question = answered(session, qtbot, Question)
    assert question.defaultButton() is not question.yes
    question.yes.click()
    settle(session, qtbot)
    assert set(names(session)) == {"", "bert", "dora"}


def test_a_listener_can_turn_out_to_be_me(session: Session, tmp_path: Path, qtbot: QtBot) -> None:
    load(session, qtbot, write_log(tmp_path / "log.csv"))
    session.window.listeners.mine_asked.emit("anna")
    answered(session, qtbot, Question).yes.click()
    settle(session, qtbot)
    assert "anna" not in names(session)
    assert session.window.listeners.model.record(0).listens > 0
    assert len(session.window.taste.advice.cards) >= 2, "what I heard elsewhere advises now"


def test_a_list_for_two_shows_whose_each_is_and_can_be_kept(session: Session, tmp_path: Path, qtbot: QtBot) -> None:
    fans = {"anna": [f"Bells {n}" for n in range(4)], "bert": [f"Clicks {n}" for n in range(4)]}
    load(session, qtbot, write_log(tmp_path / "log.csv", fans))
    page, window = session.window.listeners, session.window
    choose(session, "", "anna")
    page.together.click()
    qtbot.waitUntil(lambda: "liked or played" in page.group.aside.text(), timeout=WAIT_MS)
    assert page.group.aside.isVisible(), "nothing is known of me yet"
    page.show_people()
    choose(session, "anna", "bert")
    page.together.click()
    qtbot.waitUntil(lambda: page.group.model.rowCount() > 0, timeout=WAIT_MS)
    settle(session, qtbot)
    assert page.shows_group
    whose = {page.group.model._picks[row].whose[0] for row in range(page.group.model.rowCount())}
    assert whose == {"anna", "bert"}
    assert window.view is page.group.view
    title = window.view.current().title
    window.actions_["like"].trigger()
    settle(session, qtbot)
    assert page.group.model.said(page.group.view.currentIndex().row()).liked, title
    page.group.keep.click()
    settle(session, qtbot)
    assert [kept.name for kept in session.desk.curating.playlists()] == ["For anna and bert"]
    window.actions_["back"].trigger()
    assert not page.shows_group


def test_where_another_musicdesk_writes_nothing_can_be_imported(session: Session, tmp_path: Path, qtbot: QtBot) -> None:
    session.desk.read_only = "Another musicdesk is open."
    session.window.lock("Another musicdesk is open.")
    assert drop(session, write_log(tmp_path / "log.csv"))
    QApplication.processEvents()
    assert session.window.notice.text.text() == "Another musicdesk is open."
    assert session.listeners.job is None
    assert not session.window.actions_["import_listens"].isEnabled()
    assert not session.window.listeners.first.isEnabled()
