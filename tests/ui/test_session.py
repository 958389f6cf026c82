"""The whole window over a real desk: what a hand does reaches the desk, what the desk does reaches the eye."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QMenu
from pytestqt.qtbot import QtBot
from ui_session import WAIT_MS, begin, settle, titles

from musicdesk.desk.desk import Desk
from musicdesk.desk.listening import PlayerState
from musicdesk.records import Source
from musicdesk.ui.analysis_status import Work
from musicdesk.ui.empty_states import State
from musicdesk.ui.export_dialog import ExportDialog
from musicdesk.ui.feedback_controller import MENU
from musicdesk.ui.session import Session
from musicdesk.ui.workspace import TAB_FOR_YOU, TAB_FOUND, TAB_PLAYLISTS, Workspace


@pytest.fixture
def session(desk: Desk, qtbot: QtBot) -> Iterator[Session]:
    made = begin(desk, qtbot)
    yield made
    made.close()


def key(
    session: Session, qtbot: QtBot, which: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
) -> None:
    target = QApplication.focusWidget() or session.window
    QTest.keyClick(target, which, modifier)
    settle(session, qtbot)


def kind(title: str) -> str:
    return title.split()[0]


def test_the_first_look_shows_a_list_a_taste_and_why(session: Session) -> None:
    window = session.window
    assert window.for_you.state is None
    assert window.for_you.model.rowCount() > 5
    assert window.taste.cards
    assert window.why.explanation is not None
    assert window.why.explanation.track.title == titles(session)[0]
    assert window.for_you.view.hasFocus()
    assert "Press L" in window.for_you.hint.text()


def test_the_list_follows_a_slider_while_it_moves_and_keeps_nothing_before_it_rests(
    session: Session, desk: Desk, qtbot: QtBot
) -> None:
    before = titles(session)
    card = session.window.taste.cards[0]
    card.slider.setSliderDown(True)
    card.slider.setValue(-100)
    qtbot.waitUntil(lambda: titles(session) != before, timeout=WAIT_MS)
    assert any(session.window.for_you.model.moved)
    assert desk.recommending.taste().prototypes[0].gain == 1.0
    card.slider.setSliderDown(False)
    card.slider._end()
    settle(session, qtbot)
    assert desk.recommending.taste().prototypes[0].gain == -1.0
    assert any(session.window.for_you.model.moved), "the arrows stay until the next change"
    moved = titles(session)
    session.window.actions_["undo"].trigger()
    settle(session, qtbot)
    assert titles(session) == before != moved
    assert desk.recommending.history().redo


def test_undo_and_redo_say_what_they_would_do(session: Session, qtbot: QtBot) -> None:
    window = session.window
    assert not window.undo.isEnabled()
    title = titles(session)[0]
    key(session, qtbot, Qt.Key.Key_L)
    assert f"like {title}" in window.undo.toolTip()
    assert "Ctrl+Z" in window.undo.toolTip()
    key(session, qtbot, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert not window.undo.isEnabled()
    assert f"like {title}" in window.redo.toolTip()
    assert titles(session)[0] == title


def test_liking_one_kind_brings_that_kind(session: Session, qtbot: QtBot) -> None:
    window = session.window
    session.search.find("Bells")
    settle(session, qtbot)
    view, model = window.found.view, window.found.model
    assert model.exact == 8
    view.clearSelection()
    for row in range(3):
        flags = view.selectionModel().SelectionFlag
        view.selectionModel().select(model.index(row, 0), flags.Select | flags.Rows)
    key(session, qtbot, Qt.Key.Key_L)
    assert {kind(title) for title in titles(session)[:4]} == {"Bells"}
    assert model.text(0, model.columns[-1]) == "liked"


def test_after_a_row_left_the_keyboard_stands_on_the_next_one(session: Session, qtbot: QtBot) -> None:
    before = titles(session)
    session.window.view.choose_row(2)
    key(session, qtbot, Qt.Key.Key_X)
    assert before[2] not in titles(session)
    assert session.window.view.currentIndex().row() == 2
    assert session.window.notice.isVisible()
    session.window.notice.button.click()
    settle(session, qtbot)
    assert before[2] in titles(session)


def test_j_and_k_move_and_the_explanation_follows(session: Session, qtbot: QtBot) -> None:
    key(session, qtbot, Qt.Key.Key_J)
    key(session, qtbot, Qt.Key.Key_J)
    assert session.window.view.currentIndex().row() == 2
    assert session.window.why.explanation.track.title == titles(session)[2]
    key(session, qtbot, Qt.Key.Key_K)
    assert session.window.view.currentIndex().row() == 1


def test_numbers_go_to_sliders_m_mutes_and_escape_goes_back(session: Session, desk: Desk, qtbot: QtBot) -> None:
    key(session, qtbot, Qt.Key.Key_2)
    assert session.window.taste.cards[1].slider.hasFocus()
    key(session, qtbot, Qt.Key.Key_M)
    assert desk.recommending.taste().prototypes[1].muted
    key(session, qtbot, Qt.Key.Key_S)
    assert desk.recommending.taste().prototypes[1].solo
    key(session, qtbot, Qt.Key.Key_Escape)
    assert session.window.for_you.view.hasFocus()


def test_when_all_is_muted_the_list_says_so_and_offers_the_way_back(session: Session, desk: Desk, qtbot: QtBot) -> None:
    for prototype in desk.recommending.taste().prototypes:
        desk.recommending.mute(prototype.id)
    settle(session, qtbot)
    qtbot.waitUntil(session.window.for_you.notice.isVisible, timeout=WAIT_MS)
    assert "no order" in session.window.for_you.notice.text.text()
    session.window.for_you.notice.button.click()
    settle(session, qtbot)
    assert desk.recommending.taste().gains.any()


def test_space_previews_the_chosen_track_and_pauses_it(session: Session, desk: Desk, qtbot: QtBot) -> None:
    key(session, qtbot, Qt.Key.Key_Space)
    player = desk.listening.player
    assert player.state is PlayerState.PLAYING
    assert player.path == session.window.view.current().path
    assert session.window.for_you.model.row_playing() == 0
    key(session, qtbot, Qt.Key.Key_Space)
    assert player.state is PlayerState.PAUSED
    key(session, qtbot, Qt.Key.Key_Space)
    assert player.state is PlayerState.PLAYING
    qtbot.waitUntil(lambda: not session.tasks.busy, timeout=WAIT_MS)


def test_space_on_a_button_presses_the_button_and_plays_nothing(session: Session, desk: Desk, qtbot: QtBot) -> None:
    session.window.gear.setFocus(Qt.FocusReason.TabFocusReason)
    key(session, qtbot, Qt.Key.Key_Space)
    assert desk.listening.player.state is PlayerState.STOPPED
    dialog = session.window.findChild(QDialog)
    assert dialog is not None
    dialog.reject()


def test_typing_in_the_search_plays_and_likes_nothing(session: Session, desk: Desk, qtbot: QtBot) -> None:
    key(session, qtbot, Qt.Key.Key_Slash)
    assert session.window.search.hasFocus()
    QTest.keyClicks(session.window.search, "noise l ")
    settle(session, qtbot)
    assert not desk.listening.feedback()
    assert session.window.tabs.currentIndex() == TAB_FOUND
    key(session, qtbot, Qt.Key.Key_Escape)
    assert session.window.tabs.currentIndex() == TAB_FOR_YOU
    assert not session.window.search.text()


def test_more_like_this_ranks_by_the_track_and_escape_goes_back(session: Session, qtbot: QtBot) -> None:
    before, chosen = titles(session), session.window.view.current()
    key(session, qtbot, Qt.Key.Key_R)
    assert session.window.for_you.seed.isVisible()
    others = [title for title in titles(session) if title != chosen.title]
    assert {kind(title) for title in others[:4]} == {kind(chosen.title)}
    key(session, qtbot, Qt.Key.Key_Escape)
    assert titles(session) == before
    assert not session.window.for_you.seed.isVisible()


def test_the_menu_of_a_row_opens_by_keyboard_and_offers_every_verb(session: Session, qtbot: QtBot) -> None:
    view = session.window.view
    view.menu_asked.emit(view.mapToGlobal(QPoint(40, 60)))
    menu = session.window.findChild(QMenu)
    texts = [action.text() for action in menu.actions() if action.text()]
    assert texts[2:6] == ["Like", "Not my taste", "Not now", "Never suggest"]
    assert len(texts) == sum(map(len, MENU))
    menu.close()


def test_a_playlist_is_kept_exported_and_read_back(session: Session, desk: Desk, tmp_path: Path, qtbot: QtBot) -> None:
    tracks = session.window.view.tracks()[:3]
    session.curating.add("evening", tracks)
    settle(session, qtbot)
    session.window.show_tab(TAB_PLAYLISTS)
    assert session.window.playlists.model.rowCount() == 3
    session.window.actions_["export"].trigger()
    dialog = session.window.findChild(ExportDialog)
    dialog.folder.setText(str(tmp_path))
    dialog._accept()
    settle(session, qtbot)
    written = tmp_path / "evening.m3u8"
    assert all(Path(track.path).name in written.read_text() for track in tracks)
    session.curating.delete("evening")
    settle(session, qtbot)
    assert session.window.playlists.state is State.NO_PLAYLIST
    session.curating.import_(written)
    settle(session, qtbot)
    assert [kept.name for kept in desk.curating.playlists()] == ["evening"]
    assert session.window.playlists.model.rowCount() == 3


def test_an_export_that_cannot_be_written_is_a_sentence(session: Session, tmp_path: Path, qtbot: QtBot) -> None:
    session.window.actions_["export"].trigger()
    dialog = session.window.findChild(ExportDialog)
    dialog.folder.setText(str(tmp_path / "nowhere"))
    dialog._accept()
    settle(session, qtbot)
    assert session.window.notice.isVisible()
    assert "nowhere" in session.window.notice.text.text()


def test_excluding_a_track_takes_it_out_of_the_list(session: Session, qtbot: QtBot) -> None:
    title = titles(session)[0]
    session.window.actions_["exclude"].trigger()
    qtbot.waitUntil(lambda: title not in titles(session), timeout=WAIT_MS)
    settle(session, qtbot)
    assert "1" in session.window.coverage.numbers["excluded"].text()


def test_the_coverage_adds_up(session: Session) -> None:
    numbers = session.window.coverage.numbers
    assert sum(int(label.text()) for label in numbers.values()) == 24
    assert session.window.coverage.title.text().startswith("24")


def test_an_offline_folder_is_told_and_can_be_looked_for(session: Session) -> None:
    session.window.library.set_sources((Source("/media/nas", online=False, tracks=31_000),))
    session.library._tell_offline((Source("/media/nas", online=False, tracks=31_000),))
    assert "offline" in session.window.library.folders.item(0).text()
    assert "31,000 tracks stay known" in session.window.all_tracks.notice.text.text()


def test_no_sound_device_is_a_sentence_in_its_place(session: Session, desk: Desk, qtbot: QtBot) -> None:
    class Deaf(type(desk.listening.player)):
        problem = "There is no sound device. Plug one in and try again."

    desk.listening._player = Deaf()
    key(session, qtbot, Qt.Key.Key_Space)
    assert "no sound device" in session.window.transport.problem.text.text()


def test_a_scan_of_a_missing_folder_is_a_sentence(session: Session, qtbot: QtBot) -> None:
    session.indexing.add(["/no/such/folder"])
    qtbot.waitUntil(lambda: session.indexing.job is None, timeout=WAIT_MS)
    assert "/no/such/folder" in session.window.notice.text.text()
    assert session.window.library.status.work is Work.IDLE


def test_panels_are_remembered_and_a_broken_memory_is_left_alone(desk: Desk, qtbot: QtBot) -> None:
    first = begin(desk, qtbot)
    first.window._columns.setSizes([250, 500, 350])
    kept, sizes = first.window.remembered(), first.window._columns.sizes()
    first.close()
    second = Workspace()
    qtbot.addWidget(second)
    second.resize(first.window.size())
    second.show()
    second.restore("broken")
    assert second._columns.sizes() != sizes
    second.restore(kept)
    second.resize(first.window.size())
    assert second._columns.sizes()[0] == sizes[0]


def test_a_list_says_what_was_left_out_of_it(session: Session, qtbot: QtBot) -> None:
    session.window.actions_["like"].trigger()
    qtbot.waitUntil(lambda: "1 liked already" in session.window.for_you.hint.text(), timeout=WAIT_MS)
