"""Prototypes shaped by hand in the window over a real desk: menu, keys, drop, examples, split, merge, add, remove."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QWidget
from pytestqt.qtbot import QtBot
from ui_samples import click
from ui_session import WAIT_MS, begin, settle, titles

from musicdesk.desk.desk import Desk
from musicdesk.records import Origin, Prototype
from musicdesk.ui.add_prototype import AddPrototype, From
from musicdesk.ui.believed_view import BelievedView
from musicdesk.ui.examples_view import ExamplesView
from musicdesk.ui.look_picker import LookPicker
from musicdesk.ui.merge_view import MergeView
from musicdesk.ui.prototype_menu import PrototypeMenu
from musicdesk.ui.session import Session
from musicdesk.ui.split_view import SplitView


@pytest.fixture
def session(desk: Desk, qtbot: QtBot) -> Iterator[Session]:
    desk.settings = desk.settings.changed(watch=False)
    desk.listening.like([desk.indexing.find(f"{kind} {n}") for kind in ("Bells", "Noise") for n in range(4)])
    made = begin(desk, qtbot)
    yield made
    made.close()


def prototypes(session: Session) -> tuple[Prototype, ...]:
    return session.desk.recommending.taste().prototypes


def names(session: Session) -> list[str]:
    return [p.name for p in prototypes(session)]


def made_of(session: Session, *tracks: str) -> Prototype | None:
    """The prototype that was made from these sounds by hand."""
    by_hand = (p for p in prototypes(session) if p.origin is Origin.TRACKS)
    return next((p for p in by_hand if p.tracks == tracks), None)


def undo(session: Session, qtbot: QtBot) -> None:
    session.window.actions_["undo"].trigger()
    settle(session, qtbot)


def trigger(session: Session, qtbot: QtBot, action: str) -> None:
    session.window.actions_[action].trigger()
    settle(session, qtbot)


def dialog(session: Session, qtbot: QtBot, kind: type) -> object:
    qtbot.waitUntil(lambda: bool(session.window.findChildren(kind)), timeout=WAIT_MS)
    return session.window.findChildren(kind)[-1]


def menu_of(session: Session, qtbot: QtBot, index: int) -> PrototypeMenu:
    session.window.taste.cards[index].more.click()
    menu = dialog(session, qtbot, PrototypeMenu)
    assert isinstance(menu, PrototypeMenu)
    return menu


def choose(session: Session, qtbot: QtBot, index: int, verb: str) -> None:
    menu = menu_of(session, qtbot, index)
    next(line for line in menu.actions() if line.objectName() == verb).trigger()
    menu.close()
    settle(session, qtbot)


def test_the_menu_opens_by_button_and_by_key_and_tells_every_key(session: Session, qtbot: QtBot) -> None:
    menu = menu_of(session, qtbot, 0)
    lines = {line.objectName(): line for line in menu.actions() if line.objectName()}
    verbs = ("rename", "look", "examples", "mute", "solo", "lock", "believe", "like_it", "split", "merge", "remove")
    assert {*verbs} == {*lines}
    assert lines["split"].shortcut().toString() == "Shift+S"
    assert lines["remove"].shortcut().toString() == "Del"
    keys = {verb: lines[verb].shortcut().toString() for verb in ("rename", "mute", "solo", "lock", "merge")}
    assert keys == {"rename": "F2", "mute": "M", "solo": "S", "lock": "Shift+L", "merge": "Shift+M"}
    menu.close()
    slider = session.window.taste.cards[1].slider
    asked = QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, slider.rect().center(), QPoint())
    QApplication.sendEvent(slider, asked)
    again = dialog(session, qtbot, PrototypeMenu)
    assert prototypes(session)[1].name in again.accessibleName()
    again.close()


def test_what_the_menu_asks_reaches_the_desk_as_one_step_each(session: Session, qtbot: QtBot) -> None:
    for verb in ("mute", "solo", "lock"):
        choose(session, qtbot, 0, verb)
        assert session.desk.recommending.history().undo == f"{verb} {names(session)[0]}"
    first = prototypes(session)[0]
    assert (first.muted, first.solo, first.locked) == (True, True, True)
    session.desk.recommending.set_gain(first.id, 1.7)
    settle(session, qtbot)
    choose(session, qtbot, 0, "believe")
    assert prototypes(session)[0].gain == pytest.approx(first.found)
    undo(session, qtbot)
    assert prototypes(session)[0].gain == pytest.approx(1.7)
    choose(session, qtbot, 0, "rename")
    assert session.window.taste.cards[0].name.editing


def test_a_look_is_chosen_with_the_arrows_and_the_list_follows(session: Session, qtbot: QtBot) -> None:
    choose(session, qtbot, 0, "look")
    picker = dialog(session, qtbot, LookPicker)
    assert len(picker.looks) == 40
    old = prototypes(session)[0].slot
    others = {p.slot for p in prototypes(session)[1:]}
    assert {look.slot for look in picker.looks if look.taken} == others
    picker.looks[9].setFocus()
    QTest.keyClick(picker.looks[9], Qt.Key.Key_Down)
    assert picker.looks[17].hasFocus()
    QTest.keyClick(picker.looks[17], Qt.Key.Key_Return)
    settle(session, qtbot)
    assert prototypes(session)[0].slot == 17 != old
    assert 17 in session.window.for_you.model.ranking.slots
    assert session.window.taste.cards[0].slot == 17
    undo(session, qtbot)
    assert prototypes(session)[0].slot == old


def test_a_split_is_heard_first_may_be_cancelled_and_is_taken_back_by_undo(session: Session, qtbot: QtBot) -> None:
    session.desk.shaping.merge([p.id for p in prototypes(session)[:2]])
    settle(session, qtbot)
    before, listed = names(session), titles(session)
    session.window.taste.focus_channel(0)
    trigger(session, qtbot, "split")
    view = dialog(session, qtbot, SplitView)
    assert names(session) == before
    assert len({row.example.audio_hash for row in view.rows}) == len(view.rows) > 1
    click(view.rows[0].hear)
    qtbot.waitUntil(lambda: session.playback.heard is not None, timeout=WAIT_MS)
    assert session.playback.heard.track.audio_hash == view.rows[0].example.audio_hash
    qtbot.waitUntil(lambda: view.rows[0].hear.isChecked(), timeout=WAIT_MS)
    view.cancel.click()
    settle(session, qtbot)
    assert names(session) == before
    old = {p.id for p in prototypes(session)}
    choose(session, qtbot, 0, "split")
    dialog(session, qtbot, SplitView).split.click()
    settle(session, qtbot)
    assert len(names(session)) > len(before)
    cards = [card for card in session.window.taste.cards if card.reference not in old]
    assert session.window.focusWidget() in [card.slider for card in cards], "the keyboard is on a new one"
    assert "split" in session.window.undo.toolTip()
    undo(session, qtbot)
    assert names(session) == before
    assert titles(session) == listed


def test_several_are_ticked_and_merged_as_one_step(session: Session, qtbot: QtBot) -> None:
    session.desk.shaping.add(tracks=[session.desk.indexing.find("Bells 5")])
    session.desk.shaping.add(tracks=[session.desk.indexing.find("Noise 5")])
    settle(session, qtbot)
    before, ids = names(session), [p.id for p in prototypes(session)]
    session.window.taste.focus_channel(0)
    trigger(session, qtbot, "merge")
    view = dialog(session, qtbot, MergeView)
    assert view.chosen == (ids[0],)
    assert {row.prototype.id for row in view.rows} == {*ids}
    likeness = [float(row.prototype.vector @ prototypes(session)[0].vector) for row in view.rows[1:]]
    assert likeness == sorted(likeness, reverse=True), "what sounds most like it stands first"
    assert not view.merge.isEnabled()
    for row in view.rows[1:3]:
        click(row.tick)
    assert view.merge.text() == "Merge 3"
    click(view.rows[1].hear)
    qtbot.waitUntil(lambda: session.playback.heard is not None, timeout=WAIT_MS)
    assert session.playback.heard.track.audio_hash == view.rows[1].prototype.exemplars[0]
    QTest.keyClicks(view.name, " all  of it ")
    chosen = view.chosen
    view.merge.click()
    settle(session, qtbot)
    after = prototypes(session)
    assert len(after) == len(before) - 2
    assert "all of it" in names(session)
    assert len({*chosen} & {p.id for p in after}) == 1
    assert session.window.notice.text.text() == "3 prototypes are one now: “all of it”."
    one = next(card for card in session.window.taste.cards if card.prototype.name == "all of it")
    assert session.window.focusWidget() is one.slider
    session.window.notice.button.click()
    settle(session, qtbot)
    assert names(session) == before, "one step back"


def test_one_alone_has_nothing_to_be_merged_with(session: Session, qtbot: QtBot) -> None:
    for prototype in prototypes(session)[1:]:
        session.desk.shaping.remove(prototype.id)
    settle(session, qtbot)
    menu = menu_of(session, qtbot, 0)
    assert not next(line for line in menu.actions() if line.objectName() == "merge").isEnabled()
    menu.close()
    session.window.taste.focus_channel(0)
    trigger(session, qtbot, "merge")
    assert "only this one prototype" in session.window.notice.text.text()
    assert not session.window.findChildren(MergeView)


def test_the_keyboard_reaches_a_prototype_and_every_verb_of_it(session: Session, qtbot: QtBot) -> None:
    panel, one = session.window.taste, Qt.KeyboardModifier.ShiftModifier
    QTest.keyClick(session.window, Qt.Key.Key_2)
    slider = panel.cards[1].slider
    assert slider.hasFocus()
    gain = prototypes(session)[1].gain
    QTest.keyClick(slider, Qt.Key.Key_Right)
    panel.settle()
    settle(session, qtbot)
    assert prototypes(session)[1].gain > gain
    for key, modifier, flag in (
        (Qt.Key.Key_M, Qt.KeyboardModifier.NoModifier, "muted"), (Qt.Key.Key_S, Qt.KeyboardModifier.NoModifier, "solo"),
        (Qt.Key.Key_L, one, "locked"),
    ):  # fmt: skip
        for on in (True, False):
            QTest.keyClick(slider, key, modifier)
            settle(session, qtbot)
            assert getattr(prototypes(session)[1], flag) is on
    QTest.keyClick(slider, Qt.Key.Key_F2)
    assert panel.cards[1].name.editing
    QTest.keyClick(panel.cards[1].name.edit, Qt.Key.Key_Escape)
    QTest.keyClick(session.window, Qt.Key.Key_Escape)
    assert session.window.view.hasFocus()
    QTest.keyClick(session.window, Qt.Key.Key_F2)
    assert "Press 1 to 9" in session.window.notice.text.text()


def test_a_second_of_the_same_name_is_refused_and_the_card_keeps_its_own(session: Session, qtbot: QtBot) -> None:
    card, other = session.window.taste.cards[0], prototypes(session)[1].name
    card.name.begin()
    card.name.edit.setText(other)
    QTest.keyClick(card.name.edit, Qt.Key.Key_Return)
    settle(session, qtbot)
    assert other in session.window.notice.text.text()
    assert card.name.label.text() == prototypes(session)[0].name != other


def test_delete_takes_the_focused_one_out_and_the_next_has_the_keyboard(session: Session, qtbot: QtBot) -> None:
    before = names(session)
    session.window.taste.focus_channel(1)
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Delete)
    settle(session, qtbot)
    assert names(session) == [before[0], *before[2:]]
    assert before[1] in session.window.notice.text.text()
    assert session.window.taste.channels[1].slider.hasFocus()
    session.window.notice.button.click()
    settle(session, qtbot)
    assert names(session) == before
    session.window.view.setFocus()
    trigger(session, qtbot, "remove_prototype")
    assert "Press 1 to 9" in session.window.notice.text.text()
    for prototype in prototypes(session)[1:]:
        session.desk.shaping.remove(prototype.id)
    settle(session, qtbot)
    choose(session, qtbot, 0, "remove")
    assert "only prototype" in session.window.notice.text.text()
    assert len(names(session)) == 1


def test_chosen_rows_become_a_prototype_by_key_menu_and_drop(session: Session, qtbot: QtBot) -> None:
    window, before = session.window, names(session)
    window.show_tab(1)
    window.all_tracks.view.choose_row(8)
    chosen = window.view.current()
    trigger(session, qtbot, "prototype_from")
    made = made_of(session, chosen.audio_hash)
    assert made is not None
    assert made.name in window.notice.text.text()
    assert any(card.reference == made.id for card in window.taste.cards), "what is new is seen"
    undo(session, qtbot)
    assert names(session) == before
    window.view.menu_asked.emit(window.view.mapToGlobal(QPoint(40, 60)))
    menu = window.findChild(QMenu)
    assert "New prototype from these" in [line.text() for line in menu.actions()]
    menu.close()
    session.window.taste.tracks_dropped.emit((chosen,))
    settle(session, qtbot)
    panel, before = window.taste, names(session)
    assert made_of(session, chosen.audio_hash)
    drop = QDropEvent(
        QPointF(20, 20), Qt.DropAction.CopyAction, QMimeData(), Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )  # fmt: skip
    assert panel.drop.eventFilter(panel, drop)
    assert not drop.isAccepted()
    settle(session, qtbot)
    assert names(session) == before, "what comes from outside is the window's"
    window.all_tracks.view.choose_row(5)
    panel.drop.eventFilter(panel, Dropped(window.all_tracks.view))
    settle(session, qtbot)
    assert made_of(session, window.all_tracks.view.current().audio_hash)


class Dropped(QDropEvent):
    """Rows of a table that were let go; Qt alone can make a drag that has a source."""

    def __init__(self, source: QWidget) -> None:
        none = Qt.KeyboardModifier.NoModifier
        super().__init__(QPointF(20, 20), Qt.DropAction.CopyAction, QMimeData(), Qt.MouseButton.LeftButton, none)
        self._source = source

    def source(self) -> QWidget:
        return self._source


def test_an_artist_a_playlist_and_words_are_found_by_typing_and_added(session: Session, qtbot: QtBot) -> None:
    session.adding.ask(From.ARTIST)
    asked = dialog(session, qtbot, AddPrototype)
    assert asked.list.count() == 24
    QTest.keyClicks(asked.field, "player 3")
    assert asked.list.count() == 3
    QTest.keyClick(asked.field, Qt.Key.Key_Down)
    value = asked.value
    QTest.keyClick(asked.field, Qt.Key.Key_Return)
    settle(session, qtbot)
    assert value in names(session)
    session.desk.curating.save("evening", session.window.view.tracks()[:3])
    session.adding.ask(From.PLAYLIST)
    asked = dialog(session, qtbot, AddPrototype)
    assert "3 tracks" in asked.list.item(0).text()
    asked.add.click()
    settle(session, qtbot)
    assert "evening" in names(session)
    session.adding.ask(From.WORDS)
    settle(session, qtbot)
    asked = dialog(session, qtbot, AddPrototype)
    assert not asked.add.isEnabled()
    QTest.keyClicks(asked.field, "xyzzy plugh")
    asked.add.click()
    qtbot.waitUntil(lambda: bool(asked.problem.text()), timeout=WAIT_MS)
    assert asked.isVisible(), "what cannot be added is a sentence in the dialog"
    assert asked.add.isEnabled(), "other words can be tried"
    asked.reject()


def test_examples_are_heard_pinned_turned_away_and_made_a_prototype(session: Session, qtbot: QtBot) -> None:
    choose(session, qtbot, 0, "examples")
    view = dialog(session, qtbot, ExamplesView)
    second = view.rows[1].example.audio_hash
    pin = next(b for b in _buttons(view, 1) if b.accessibleName().startswith("Pin"))
    pin.click()
    settle(session, qtbot)
    assert prototypes(session)[0].pinned == (second,)
    assert view.rows[0].example.audio_hash == second, "a pinned one comes first"
    away = next(b for b in _buttons(view, 1) if b.accessibleName().startswith("Not this"))
    gone = view.rows[1].example.audio_hash
    away.click()
    settle(session, qtbot)
    assert gone in prototypes(session)[0].refused
    assert gone not in prototypes(session)[0].exemplars
    assert view.rows[-1].example.audio_hash == gone
    count = len(names(session))
    next(b for b in _buttons(view, 0) if b.accessibleName().startswith("More like")).click()
    settle(session, qtbot)
    assert made_of(session, second)
    assert len(names(session)) == count + 1
    view.reject()


def _buttons(view: ExamplesView, row: int) -> list:
    layout = view.rows[row].row
    return [w for n in range(layout.count()) if hasattr(w := layout.itemAt(n).widget(), "accessibleName")]


def test_the_way_back_to_what_is_believed_is_shown_before_it_is_gone(session: Session, qtbot: QtBot) -> None:
    panel = session.window.taste
    session.desk.recommending.set_gain(prototypes(session)[0].id, 1.7)
    settle(session, qtbot)
    panel.head.believe.trigger()
    view = dialog(session, qtbot, BelievedView)
    assert session.desk.believing.doubt in view.intro.text(), "why nothing is believed yet"
    assert prototypes(session)[0].gain == pytest.approx(1.7)
    view.apply.click()
    settle(session, qtbot)
    assert [p.gain for p in prototypes(session)] == pytest.approx([p.found for p in prototypes(session)])
    undo(session, qtbot)
    assert prototypes(session)[0].gain == pytest.approx(1.7)


def test_all_prototypes_or_the_first_six_is_remembered(session: Session, qtbot: QtBot) -> None:
    for track in session.desk.indexing.tracks()[::4]:
        session.desk.shaping.add(tracks=(track,))
    settle(session, qtbot)
    panel, whole = session.window.taste, len(names(session))
    assert whole > 6
    assert len(panel.cards) == 6
    assert panel.prototypes.more.text() == f"{whole - 6} more …"
    panel.prototypes.more.click()
    assert len(panel.cards) == whole
    assert session.desk.settings.all_prototypes
    panel.prototypes.more.click()
    assert len(panel.cards) == 6
    panel.focus_slot(prototypes(session)[-1].slot)
    qtbot.waitUntil(panel.cards[-1].slider.hasFocus, timeout=WAIT_MS)
    assert len(panel.cards) == whole
    assert not session.desk.settings.all_prototypes, "a look at one is not a wish for all"
