"""The listener's own tags in the window over a real desk: given, seen, found, renamed and taken away, each undoable."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QInputDialog, QMenu
from pytestqt.qtbot import QtBot
from three_kinds import open_desk
from ui_samples import click
from ui_session import WAIT_MS, begin, settle

from musicdesk.desk.desk import Desk
from musicdesk.ui.add_prototype import AddPrototype, From
from musicdesk.ui.session import Session
from musicdesk.ui.tag_dialog import TagDialog
from musicdesk.ui.workspace import TAB_FOUND, TAB_LIBRARY


@pytest.fixture
def session(desk: Desk, qtbot: QtBot) -> Iterator[Session]:
    desk.settings = desk.settings.changed(watch=False)
    made = begin(desk, qtbot)
    made.window.show_tab(TAB_LIBRARY)
    made.window.all_tracks.view.choose_row(0)
    settle(made, qtbot)
    yield made
    made.close()


def asked(session: Session, qtbot: QtBot) -> TagDialog:
    session.window.actions_["tag"].trigger()
    settle(session, qtbot)
    qtbot.waitUntil(lambda: any(d.isVisible() for d in session.window.findChildren(TagDialog)), timeout=WAIT_MS)
    return next(d for d in session.window.findChildren(TagDialog) if d.isVisible())


def give(session: Session, qtbot: QtBot, tag: str) -> None:
    dialog = asked(session, qtbot)
    QTest.keyClicks(dialog.field, tag)
    QTest.keyClick(dialog.field, Qt.Key.Key_Return)
    settle(session, qtbot)


def chosen_tags(session: Session) -> tuple[str, ...]:
    return session.desk.tagging.all().of.get(session.window.view.current().audio_hash, ())


def undo(session: Session, qtbot: QtBot) -> None:
    session.window.actions_["undo"].trigger()
    settle(session, qtbot)


def menu_lines(session: Session, qtbot: QtBot, index: int = 0) -> dict[str, object]:
    click(session.window.why.tags.chips[index])
    menu = next(
        m for m in session.window.findChildren(QMenu) if m.accessibleName().startswith("What to do with the tag")
    )
    lines = {line.text(): line for line in menu.actions() if line.text()}
    menu.close()
    return lines


def test_a_tag_is_typed_given_seen_and_taken_back_by_undo(session: Session, qtbot: QtBot) -> None:
    window = session.window
    title = window.view.current().title
    give(session, qtbot, "rainy sunday")
    assert chosen_tags(session) == ("rainy sunday",)
    assert window.notice.text.text() == f"{title} → “rainy sunday”."
    assert window.why.tags.tags == ("rainy sunday",)
    assert window.why.tags.isVisible()
    index = window.view.table.index(0, 0)
    assert window.view.table.data(index, Qt.ItemDataRole.ToolTipRole) == "Your tags: rainy sunday"
    assert "rainy sunday" in window.undo.toolTip()
    window.notice.button.click()
    settle(session, qtbot)
    assert chosen_tags(session) == window.why.tags.tags == ()
    assert not window.why.tags.isVisible()
    window.actions_["redo"].trigger()
    settle(session, qtbot)
    assert window.why.tags.tags == ("rainy sunday",)


def test_all_chosen_rows_get_the_tag_in_one_step(session: Session, qtbot: QtBot) -> None:
    view = session.window.view
    view.selectAll()
    count = len(view.selection())
    give(session, qtbot, "everything")
    assert len(session.desk.tagging.all().bearing["everything"]) == count == 24
    assert "24 tracks → “everything”." in session.window.notice.text.text()
    undo(session, qtbot)
    assert session.desk.tagging.tags() == ()


def test_the_tags_that_there_are_are_found_by_typing_and_by_arrows(session: Session, qtbot: QtBot) -> None:
    desk = session.desk
    desk.tagging.add([desk.indexing.find("Noise 1"), desk.indexing.find("Noise 2")], "rainy sunday")
    desk.tagging.add([desk.indexing.find("Noise 1")], "Dawn")
    settle(session, qtbot)
    dialog = asked(session, qtbot)
    assert [dialog.list.item(row).text() for row in range(2)] == ["rainy sunday   ·   2 tracks", "Dawn   ·   1 track"]
    assert not dialog.add.isEnabled()
    QTest.keyClicks(dialog.field, "DA")
    assert dialog.news.text() == "A new tag."
    assert dialog.list.count() == 2
    QTest.keyClicks(dialog.field, "WN")
    assert dialog.news.text() == "Your tag of 1 track."
    assert dialog.list.count() == 1
    dialog.field.clear()
    QTest.keyClicks(dialog.field, "sun")
    QTest.keyClick(dialog.field, Qt.Key.Key_Down)
    assert dialog.value == "rainy sunday"
    QTest.keyClick(dialog.field, Qt.Key.Key_Up)
    assert dialog.value == "sun"
    QTest.keyClick(dialog.field, Qt.Key.Key_Down)
    QTest.keyClick(dialog.field, Qt.Key.Key_Return)
    settle(session, qtbot)
    assert chosen_tags(session) == ("rainy sunday",)
    give(session, qtbot, "RAINY SUNDAY")
    assert session.window.notice.text.text().endswith("has the tag “rainy sunday” already.")
    assert not session.window.notice.button.isVisible()


def test_the_dialog_shows_what_the_tracks_bear_and_takes_it_away(session: Session, qtbot: QtBot) -> None:
    view = session.window.view
    give(session, qtbot, "all")
    view.selectAll()
    dialog = asked(session, qtbot)
    (chip,) = dialog.chips.chips
    assert chip.shown == "all · 1 of 24"
    assert dialog.bears.text() == "Their tags"
    click(chip.cross)
    settle(session, qtbot)
    assert dialog.isVisible()
    assert dialog.chips.tags == ()
    assert session.desk.tagging.tags() == ()
    dialog.reject()
    undo(session, qtbot)
    assert [own.tag for own in session.desk.tagging.tags()] == ["all"]


@pytest.mark.parametrize(("text", "told"), [("x" * 81, "at most 80 letters"), ("\u200d", "needs a letter")])
def test_what_is_no_tag_is_said_in_the_dialog_which_stays(session: Session, qtbot: QtBot, text: str, told: str) -> None:
    dialog = asked(session, qtbot)
    dialog.field.setText(text)
    dialog.field.textEdited.emit(text)
    dialog.add.click()
    settle(session, qtbot)
    assert told in dialog.problem.text()
    assert dialog.isVisible()
    assert session.desk.tagging.tags() == ()
    QTest.keyClicks(dialog.field, "y")
    assert dialog.problem.text() == ""
    dialog.field.clear()
    QTest.keyClicks(dialog.field, "rain")
    QTest.keyClick(dialog.field, Qt.Key.Key_Return)
    settle(session, qtbot)
    assert chosen_tags(session) == ("rain",)


def test_markup_is_shown_as_it_is_typed(session: Session, qtbot: QtBot) -> None:
    bold = "<b>x</b> & <img src=y>"
    give(session, qtbot, bold)
    window = session.window
    assert window.why.tags.tags == (bold,)
    assert window.notice.text.textFormat() is Qt.TextFormat.PlainText
    tip = window.view.table.data(window.view.table.index(0, 0), Qt.ItemDataRole.ToolTipRole)
    assert "<b>" not in tip
    assert "&lt;b&gt;x&lt;/b&gt; &amp; &lt;img" in tip
    assert "<b>" not in window.why.tags.chips[0].toolTip()


def test_a_chip_is_taken_away_by_cross_and_key_and_has_a_name(session: Session, qtbot: QtBot) -> None:
    for tag in ("ape", "bee", "cat"):
        give(session, qtbot, tag)
    chips = session.window.why.tags
    assert [chip.accessibleName() for chip in chips.chips] == ["Your tag ape", "Your tag bee", "Your tag cat"]
    assert all(chip.toolTip() and chip.cross.accessibleName() and chip.cross.toolTip() for chip in chips.chips)
    chips.chips[1].setFocus()
    QTest.keyClick(chips.chips[1], Qt.Key.Key_Delete)
    settle(session, qtbot)
    assert chosen_tags(session) == chips.tags == ("ape", "cat")
    assert session.window.focusWidget() is chips.chips[1], "the keyboard is on the next one"
    click(chips.chips[0].cross)
    settle(session, qtbot)
    assert chosen_tags(session) == ("cat",)
    assert "“ape” is taken from" in session.window.notice.text.text()
    undo(session, qtbot)
    undo(session, qtbot)
    assert chips.tags == ("ape", "bee", "cat")


def test_a_chips_menu_finds_renames_drops_and_makes_a_prototype(session: Session, qtbot: QtBot) -> None:
    desk, window = session.desk, session.window
    desk.tagging.add([desk.indexing.find(f"Bells {n}") for n in range(4)], "regen")
    settle(session, qtbot)
    lines = menu_lines(session, qtbot)
    assert list(lines) == [
        "Find its tracks", "New prototype from it", "Rename everywhere …", f"Take from {window.view.current().title}",
        "Take from all its tracks",
    ]  # fmt: skip
    lines["New prototype from it"].trigger()
    settle(session, qtbot)
    assert "regen" in {p.word for p in desk.recommending.taste().prototypes}
    assert window.notice.text.text() == "New in your taste: “regen”."
    menu_lines(session, qtbot)["Find its tracks"].trigger()
    settle(session, qtbot)
    assert window.search.text() == 'tag:"regen"'
    assert window.found.model.exact == 4
    menu_lines(session, qtbot)["Rename everywhere …"].trigger()
    dialog = window.findChild(QInputDialog)
    dialog.setTextValue("Rain")
    dialog.accept()
    settle(session, qtbot)
    assert "“regen” is called “Rain” now." in window.notice.text.text()
    assert window.why.tags.tags == ("Rain",)
    assert window.found.model.exact == 0, "what is searched for is the tags as they are now"
    menu_lines(session, qtbot)["Take from all its tracks"].trigger()
    settle(session, qtbot)
    assert desk.tagging.tags() == ()
    assert window.notice.text.text() == "“Rain” is gone from 4 tracks."
    undo(session, qtbot)
    undo(session, qtbot)
    assert [own.tag for own in desk.tagging.tags()] == ["regen"]
    assert window.found.model.exact == 4


def test_the_menu_key_opens_a_chips_menu(session: Session, qtbot: QtBot) -> None:
    give(session, qtbot, "rain")
    chip = session.window.why.tags.chips[0]
    QApplication.sendEvent(chip, QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, chip.rect().center(), QPoint()))
    menu = next(m for m in session.window.findChildren(QMenu) if m.accessibleName() == "What to do with the tag rain")
    menu.close()


def test_a_tag_is_on_offer_where_prototypes_are_added(session: Session, qtbot: QtBot) -> None:
    desk = session.desk
    desk.tagging.add([desk.indexing.find(f"Bells {n}") for n in range(3)], "regen")
    settle(session, qtbot)
    session.adding.ask(From.TAG)
    settle(session, qtbot)
    dialog = session.window.findChild(AddPrototype)
    QTest.keyClicks(dialog.field, "regen")
    assert dialog.list.item(0).text() == "regen   ·   your tag of 3 tracks"
    dialog.reject()


def test_the_row_menu_has_the_tag_and_nothing_is_asked_of_no_track(session: Session, qtbot: QtBot) -> None:
    window = session.window
    window.view.menu_asked.emit(window.view.mapToGlobal(QPoint(40, 60)))
    menu = window.findChild(QMenu)
    (line,) = (line for line in menu.actions() if line.text() == "Tag…")
    assert line.shortcut().toString() == "Ctrl+T"
    menu.close()
    window.show_tab(TAB_FOUND)
    settle(session, qtbot)
    window.actions_["tag"].trigger()
    assert "Choose a track first" in window.notice.text.text()
    assert not window.findChildren(TagDialog)


def test_while_another_process_writes_tags_are_seen_and_not_changed(desk: Desk, qtbot: QtBot) -> None:
    assert desk.claim()
    with open_desk(desk.folders.data) as second:
        second.settings = second.settings.changed(watch=False)
        desk.tagging.add(desk.indexing.tracks(), "rain")
        assert not second.claim()
        session = begin(second, qtbot)
        try:
            session.window.show_tab(TAB_LIBRARY)
            session.window.all_tracks.view.choose_row(0)
            settle(session, qtbot)
            chips = session.window.why.tags
            assert chips.tags == ("rain",)
            assert not session.window.actions_["tag"].isEnabled()
            assert chips.chips[0].cross.isHidden()
            QTest.keyClick(chips.chips[0], Qt.Key.Key_Delete)
            settle(session, qtbot)
            assert desk.tagging.tags()
            enabled = [text for text, line in menu_lines(session, qtbot).items() if line.isEnabled()]
            assert enabled == ["Find its tracks"]
        finally:
            session.close()
