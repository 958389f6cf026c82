"""Music found by words in the window over a real desk: typing, the whole answer, the list, and what is kept of it."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QInputDialog, QMenu
from pytestqt.qtbot import QtBot
from three_kinds import open_desk
from ui_samples import click
from ui_session import WAIT_MS, begin, settle

from musicdesk.desk.desk import Desk
from musicdesk.ui.columns import Kind
from musicdesk.ui.empty_states import State
from musicdesk.ui.export_dialog import ExportDialog
from musicdesk.ui.session import Session
from musicdesk.ui.workspace import TAB_FOR_YOU, TAB_FOUND, TAB_LIBRARY, TAB_MODELS, TAB_STEER

NO, CTRL, ALT = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier


@pytest.fixture
def session(desk: Desk, qtbot: QtBot) -> Iterator[Session]:
    desk.settings = desk.settings.changed(watch=False)
    made = begin(desk, qtbot)
    yield made
    made.close()


def press(session: Session, qtbot: QtBot, key: Qt.Key, modifier: Qt.KeyboardModifier = NO) -> None:
    session.window.activateWindow()  # a dialog may have had the keyboard
    qtbot.waitUntil(session.window.isActiveWindow, timeout=WAIT_MS)
    QTest.keyClick(QApplication.focusWidget() or session.window, key, modifier)
    settle(session, qtbot)


def type_in(session: Session, qtbot: QtBot, text: str) -> None:
    """As a hand does: the key of the search, then the text."""
    press(session, qtbot, Qt.Key.Key_Slash)
    QTest.keyClicks(session.window.search, text)
    settle(session, qtbot)


def found(session: Session) -> list[str]:
    return [hit.track.title for hit in session.window.found.model.hits]


# ------------------------------------------------------------------ typing


def test_typing_shows_what_holds_every_word_before_typing_rests(session: Session, qtbot: QtBot) -> None:
    press(session, qtbot, Qt.Key.Key_Slash)
    session.search.typing.setInterval(10 * WAIT_MS)  # the whole answer does not come
    QTest.keyClicks(session.window.search, "noise")
    page = session.window.found
    qtbot.waitUntil(lambda: page.model.rowCount() == 8, timeout=WAIT_MS)
    assert session.window.tabs.currentIndex() == TAB_FOUND
    assert {hit.track.title.split()[0] for hit in page.model.hits} == {"Noise"}
    assert all(hit.exact for hit in page.model.hits)
    match = next(column for column in page.model.columns if column.kind is Kind.MATCH)
    assert page.model.text(0, match) == "exact"
    assert "looking for what is meant" in page.count.text()


def test_what_the_first_answer_needs_is_loaded_as_soon_as_the_keyboard_comes(session: Session, qtbot: QtBot) -> None:
    assert not session.desk.searching.status().loaded
    press(session, qtbot, Qt.Key.Key_Slash)
    qtbot.waitUntil(lambda: session.desk.searching.status().loaded, timeout=WAIT_MS)
    assert not session.search.query


def test_the_last_thing_that_was_typed_is_what_is_answered(session: Session, qtbot: QtBot) -> None:
    press(session, qtbot, Qt.Key.Key_Slash)
    for text in ("bells", "clicks", "noise 3"):
        session.window.search.setText(text)
    settle(session, qtbot)
    assert session.window.found.found.query == "noise 3"
    assert found(session)[0] == "Noise 3"


def test_enter_and_down_lead_to_the_list_and_enter_plays_there(session: Session, qtbot: QtBot) -> None:
    for key in (Qt.Key.Key_Return, Qt.Key.Key_Down):
        type_in(session, qtbot, "bells")
        press(session, qtbot, key)
        view = session.window.found.view
        assert view.hasFocus()
        assert view.currentIndex().row() == 0
        assert view.selection() == (session.window.found.model.hits[0].track,)
    press(session, qtbot, Qt.Key.Key_Return)
    assert session.playback.heard.track.title == found(session)[0]
    press(session, qtbot, Qt.Key.Key_J)
    assert view.currentIndex().row() == 1


def test_escape_goes_back_where_one_was(session: Session, qtbot: QtBot) -> None:
    session.window.show_tab(TAB_LIBRARY)
    type_in(session, qtbot, "bells")
    press(session, qtbot, Qt.Key.Key_Return)
    press(session, qtbot, Qt.Key.Key_Escape)
    assert session.window.tabs.currentIndex() == TAB_LIBRARY
    assert session.window.all_tracks.view.hasFocus()
    assert not session.window.search.text()
    assert session.window.all_tracks.model.rowCount() == 24, "the page of all tracks shows all of them"


def test_another_search_begins_at_the_top_and_is_explained(session: Session, qtbot: QtBot) -> None:
    session.search.find("bells")
    settle(session, qtbot)
    session.window.found.view.choose_row(5)
    session.search.find("player")
    settle(session, qtbot)
    page = session.window.found
    assert page.view.currentIndex().row() == 0
    assert session.window.why.explanation.track == page.model.hits[0].track


def test_nothing_typed_and_nothing_found_have_faces(session: Session, qtbot: QtBot) -> None:
    page = session.window.found
    press(session, qtbot, Qt.Key.Key_9, ALT)
    assert session.window.tabs.currentIndex() == TAB_FOUND
    assert page.state is State.FOUND_ASK
    page.empty.button.click()
    assert session.window.search.hasFocus()
    QTest.keyClicks(session.window.search, '"no such thing"')
    settle(session, qtbot)
    assert page.state is State.FOUND_NOTHING
    assert not page.foot.isVisible()
    session.window.search.clear()
    settle(session, qtbot)
    assert page.state is State.FOUND_ASK


def test_a_library_that_nobody_listened_to_is_found_by_its_names(analysed: Path, tmp_path: Path, qtbot: QtBot) -> None:
    from musicdesk.jobs import Job

    with open_desk(tmp_path / "data") as desk:
        desk.indexing.scan([str(analysed / "music")], job=Job())
        desk.settings = desk.settings.changed(watch=False)
        session = begin(desk, qtbot)
        session.search.find("bells")
        settle(session, qtbot)
        assert session.window.found.model.exact == 8
        session.search.find("zither")
        settle(session, qtbot)
        assert session.window.found.state is State.FOUND_UNHEARD
        session.close()


# ------------------------------------------------------------------ what is told


def test_what_a_search_was_taken_for_stands_above_the_list(session: Session, qtbot: QtBot) -> None:
    session.search.find('player artist:"Bells player 3" no vocals')
    settle(session, qtbot)
    page = session.window.found
    assert page.taken.text() == "Taken for: player, artist “Bells player 3”; without vocals"
    assert page.taken.isVisible()
    session.search.find("bells")
    settle(session, qtbot)
    assert not page.taken.isVisible()


def test_a_word_that_was_taken_for_another_can_be_searched_as_typed(session: Session, qtbot: QtBot) -> None:
    session.search.find("clikcs")
    settle(session, qtbot)
    page = session.window.found
    assert page.corrected.text() == "clikcs → clicks"
    assert {title.split()[0] for title in found(session)[:8]} == {"Clicks"}
    assert "taken for" not in page.remark.text()
    click(page.as_typed)
    settle(session, qtbot)
    assert session.window.search.text() == '"clikcs"'
    assert not page.corrected.isVisible()


def test_without_what_reads_texts_it_says_so_in_words_of_a_window_and_leads_there(
    session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(session.models, "install", lambda name, *_, **__: asked.append(name))
    session.search.find("bells")
    settle(session, qtbot)
    page = session.window.found
    assert page.remark.isVisible()
    assert "musicdesk models" not in page.remark.text()
    assert page.need.isVisible()
    click(page.need)
    settle(session, qtbot)
    assert session.window.tabs.currentIndex() == TAB_MODELS
    assert asked == ["minilm"]


def test_why_a_track_was_found_adds_up_to_its_score(session: Session, qtbot: QtBot) -> None:
    session.search.find("bells 3")
    settle(session, qtbot)
    model = session.window.found.model
    assert len(model.ranking)
    assert np.allclose(model.ranking.contributions.sum(axis=1), model.ranking.scores, atol=1e-4)
    why = session.window.why
    assert why.explanation.parts == model.parts_of(0)
    assert "holds every word" in why.standing.text()
    assert not any(bar.changeable for bar in why.bars), "there is no slider behind them"
    column = next(column for column in model.columns if column.kind is Kind.WHY)
    assert "bells" in model.text(0, column)
    assert "text" in model.hint(0, column)
    session.window.show_tab(TAB_FOR_YOU)
    settle(session, qtbot)
    assert "holds every word" not in why.standing.text()


def test_everything_that_holds_every_word_can_be_shown(
    session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("musicdesk.ui.search_controller.WHOLE", 5)
    session.search.find("player")
    settle(session, qtbot)
    page = session.window.found
    assert page.model.rowCount() == 5
    assert page.count.text() == "24 hold every word, 5 of them shown"
    click(page.all)
    settle(session, qtbot)
    assert page.model.rowCount() == 24
    assert not page.all.isVisible()


# ------------------------------------------------------------------ what can be done with the list


def test_in_another_order_the_verbs_go_by_what_is_seen_and_the_place_by_what_fits(
    session: Session, qtbot: QtBot
) -> None:
    session.search.find("player")
    settle(session, qtbot)
    page, best = session.window.found, found(session)
    page.view.sortByColumn(0, Qt.SortOrder.DescendingOrder)
    settle(session, qtbot)
    assert found(session) == sorted(best, reverse=True) != best
    assert [track.title for track in page.view.tracks()] == found(session)
    page.view.choose_row(0)
    settle(session, qtbot)
    assert session.window.why.explanation.track.title == found(session)[0]
    assert f"Place {best.index(found(session)[0]) + 1} " in session.window.why.standing.text()
    session.search.find("bells")
    settle(session, qtbot)
    assert not page.model.order, "another search begins with the best"


def test_what_was_found_before_is_not_explained_where_nothing_is_found(session: Session, qtbot: QtBot) -> None:
    session.search.find("bells")
    settle(session, qtbot)
    assert "of what was found" in session.window.why.standing.text()
    session.search.find('"no such thing"')
    settle(session, qtbot)
    assert session.window.found.state is State.FOUND_NOTHING
    assert "of what was found" not in session.window.why.standing.text()


# ------------------------------------------------------------------ what was searched for before


def test_down_in_an_empty_line_and_alt_down_offer_the_last_searches(session: Session, qtbot: QtBot) -> None:
    for text in ("bells", "noise", "BELLS"):
        type_in(session, qtbot, text)
        press(session, qtbot, Qt.Key.Key_Return)
    press(session, qtbot, Qt.Key.Key_Escape)
    assert session.window.search.recent == ("BELLS", "noise")
    for modifier, text in ((NO, ""), (ALT, "clicks")):
        press(session, qtbot, Qt.Key.Key_Slash)
        session.window.search.setText(text)
        press(session, qtbot, Qt.Key.Key_Down, modifier)
        menu = QApplication.activePopupWidget()
        assert isinstance(menu, QMenu)
        assert [line.text() for line in menu.actions() if line.text()] == ["BELLS", "noise", "Forget these"]
        menu.close()
    press(session, qtbot, Qt.Key.Key_Slash)
    press(session, qtbot, Qt.Key.Key_Down, ALT)
    QTest.keyClick(QApplication.activePopupWidget(), Qt.Key.Key_Down)
    QTest.keyClick(QApplication.activePopupWidget(), Qt.Key.Key_Return)
    settle(session, qtbot)
    assert session.window.search.text() == "noise"
    assert session.window.found.view.hasFocus()
    assert session.window.search.recent == ("noise", "BELLS")


def test_the_last_searches_can_be_forgotten(session: Session, qtbot: QtBot) -> None:
    box = session.window.search
    for number in range(12):
        box.remember(f"query {number}")
    assert len(box.recent) == 10
    assert box.recent[0] == "query 11"
    press(session, qtbot, Qt.Key.Key_Slash)
    press(session, qtbot, Qt.Key.Key_Down)
    QApplication.activePopupWidget().actions()[-1].trigger()
    QApplication.activePopupWidget().close()
    assert box.recent == ()
    press(session, qtbot, Qt.Key.Key_Down)
    assert QApplication.activePopupWidget() is None, "Down leads to the list"
    assert session.window.view.hasFocus()


def test_a_letter_on_its_way_to_a_search_is_not_remembered(session: Session, qtbot: QtBot) -> None:
    type_in(session, qtbot, "bel")
    assert session.window.search.recent == ()


# ------------------------------------------------------------------ verbs


def test_the_verbs_work_on_what_was_found(session: Session, qtbot: QtBot) -> None:
    session.search.find("bells")
    settle(session, qtbot)
    page, desk = session.window.found, session.desk
    page.view.setFocus()
    track = page.view.current()
    press(session, qtbot, Qt.Key.Key_L)
    assert desk.listening.feedback()[track.audio_hash].liked
    assert page.model.text(0, page.model.columns[-1]) == "liked"
    mime = page.model.mimeData([page.model.index(0, 0)])
    assert mime.urls()[0].toLocalFile() == track.path
    press(session, qtbot, Qt.Key.Key_B)
    qtbot.waitUntil(lambda: session.window.tabs.currentIndex() == TAB_STEER, timeout=WAIT_MS)
    settle(session, qtbot)
    press(session, qtbot, Qt.Key.Key_Escape)
    assert session.window.tabs.currentIndex() == TAB_FOUND
    assert found(session)
    page.view.menu_asked.emit(page.view.mapToGlobal(QPoint(40, 60)))
    menu = session.window.findChild(QMenu)
    assert "Add to playlist…" in {line.text() for line in menu.actions()}
    menu.close()


def test_what_was_found_becomes_a_playlist(session: Session, qtbot: QtBot) -> None:
    session.search.find("bells")
    settle(session, qtbot)
    click(session.window.found.playlist)
    dialog = session.window.findChild(QInputDialog)
    assert dialog.textValue() == "bells"
    dialog.accept()
    settle(session, qtbot)
    (kept,) = session.desk.curating.playlists()
    assert (kept.name, len(kept.track_ids)) == ("bells", session.window.found.model.rowCount())


def test_an_export_is_called_after_the_search(session: Session, qtbot: QtBot) -> None:
    session.search.find("bells")
    settle(session, qtbot)
    click(session.window.found.export)
    dialog = session.window.findChild(ExportDialog)
    assert "bells" in dialog.name.text()
    dialog.reject()


# ------------------------------------------------------------------ saved searches


def save(session: Session, qtbot: QtBot, query: str, name: str) -> None:
    session.search.find(query)
    settle(session, qtbot)
    press(session, qtbot, Qt.Key.Key_S, CTRL)
    dialog = session.window.findChild(QInputDialog)
    dialog.setTextValue(name)
    dialog.accept()
    settle(session, qtbot)


def listed(session: Session) -> list[str]:
    side = session.window.library.searches
    return [side.item(row).text() for row in range(side.count())]


def test_a_saved_search_stands_in_the_panel_and_finds_anew(session: Session, qtbot: QtBot) -> None:
    side = session.window.library.searches
    assert not side.isVisible()
    save(session, qtbot, "bells", "Ringing")
    assert listed(session) == ["Ringing"]
    assert side.isVisible()
    assert side.chosen() == "Ringing"
    press(session, qtbot, Qt.Key.Key_Escape)
    assert side.currentRow() < 0
    QTest.mouseClick(side.viewport(), Qt.MouseButton.LeftButton, pos=side.visualItemRect(side.item(0)).center())
    settle(session, qtbot)
    assert session.window.tabs.currentIndex() == TAB_FOUND
    assert session.window.search.text() == "bells"
    assert session.window.found.view.hasFocus()
    before = session.window.found.model.exact
    session.desk.tagging.add([session.desk.indexing.find("Noise 1")], "bells")
    settle(session, qtbot)
    qtbot.waitUntil(lambda: session.window.found.model.exact == before + 1, timeout=WAIT_MS)


def test_a_saved_search_is_played_like_a_playlist(session: Session, qtbot: QtBot) -> None:
    save(session, qtbot, "bells", "Ringing")
    press(session, qtbot, Qt.Key.Key_Escape)
    session.window.library.searches.menu(QPoint(20, 10))
    menu = QApplication.activePopupWidget()
    next(line for line in menu.actions() if line.text() == "Play").trigger()
    menu.close()
    settle(session, qtbot)
    qtbot.waitUntil(lambda: session.playback.heard is not None, timeout=WAIT_MS)
    titles = found(session)
    assert session.playback.heard.track.title == titles[0]
    session.playback.skip(1)
    assert session.playback.heard.track.title == titles[1]
    session.search.find("noise")
    settle(session, qtbot)
    assert session.playback.heard.track.title == titles[1], "another search does not play by itself"


def test_an_export_of_a_saved_search_writes_what_it_finds_now(
    session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(session, qtbot, "bells", "Ringing")
    session.desk.tagging.add([session.desk.indexing.find("Noise 1")], "bells")
    asked: list[tuple[str, set[str]]] = []
    monkeypatch.setattr(
        session.curating, "ask_export_of",
        lambda name, tracks, *, note: asked.append((name, {track.title for track in tracks})),
    )  # fmt: skip
    session.window.library.searches.export_asked.emit("Ringing")
    settle(session, qtbot)
    ((name, titles),) = asked
    assert name == "Ringing"
    assert {"Bells 1", "Noise 1"} <= titles


def test_a_saved_search_is_renamed_and_deleted_by_its_keys_and_comes_back(session: Session, qtbot: QtBot) -> None:
    save(session, qtbot, "bells", "Ringing")
    side = session.window.library.searches
    side.setFocus()
    press(session, qtbot, Qt.Key.Key_F2)
    dialog = session.window.findChild(QInputDialog)
    assert dialog.textValue() == "Ringing"
    dialog.setTextValue("Tolling")
    dialog.accept()
    settle(session, qtbot)
    assert listed(session) == ["Tolling"]
    side.setFocus()
    side.setCurrentRow(0)
    press(session, qtbot, Qt.Key.Key_Delete)
    assert listed(session) == []
    assert len(session.desk.recommending.taste().prototypes) == len(session.window.taste.cards), "no prototype went"
    session.window.notice.button.click()
    settle(session, qtbot)
    assert listed(session) == ["Tolling"]


def test_undo_of_saving_brings_back_what_was_there(session: Session, qtbot: QtBot) -> None:
    save(session, qtbot, "bells", "Mine")
    save(session, qtbot, "noise", "Mine")
    assert [kept.query for kept in session.desk.searching.all()] == ["noise"]
    session.window.notice.button.click()
    settle(session, qtbot)
    assert [kept.query for kept in session.desk.searching.all()] == ["bells"]


def test_while_another_process_writes_searching_goes_on_and_nothing_is_kept(desk: Desk, qtbot: QtBot) -> None:
    assert desk.claim()
    desk.searching.save("Ringing", "bells")
    with open_desk(desk.folders.data) as second:
        second.settings = second.settings.changed(watch=False)
        assert not second.claim()
        session = begin(second, qtbot)
        try:
            session.search.find("bells")
            settle(session, qtbot)
            page = session.window.found
            assert page.model.exact == 8
            assert not page.save.isEnabled()
            assert page.save.toolTip() == second.read_only
            session.window.library.searches.setCurrentRow(0)
            session.window.library.searches.setFocus()
            press(session, qtbot, Qt.Key.Key_Delete)
            assert listed(session) == ["Ringing"]
        finally:
            session.close()
