"""The small views about prototypes: what they show, in words, and where the keyboard goes."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot
from ui_samples import Heard, click, exemplars, prototypes, ranking, taste

from musicdesk.records import (
    PROTOTYPE_SLOTS,
    Excerpt,
    GainChange,
    NamedTaste,
    Origin,
    Preset,
    Taste,
    TasteComparison,
)
from musicdesk.ui.add_prototype import SHOWN, AddPrototype, Choice, From
from musicdesk.ui.believed_view import ALIKE, SAME, BelievedView
from musicdesk.ui.card_column import FIRST
from musicdesk.ui.compare_view import CompareView
from musicdesk.ui.gain_bars import GainBars, numbers
from musicdesk.ui.labels import SoftLabel
from musicdesk.ui.look_picker import LookPicker, look_name
from musicdesk.ui.prototype_card import PrototypeCard
from musicdesk.ui.prototype_menu import PrototypeMenu
from musicdesk.ui.prototype_words import faithful_hint, faithful_text, origin_of
from musicdesk.ui.split_view import SplitView
from musicdesk.ui.taste_panel import TastePanel
from musicdesk.ui.tastes_menu import NONE, TastesMenu


def many(count: int, **changes: object) -> Taste:
    first = prototypes()[0]
    made = tuple(replace(first, id=f"m{n}", name=f"kind {n}", slot=n, gain=1.0) for n in range(count))
    return Taste(taste().key, (replace(made[0], **changes), *made[1:]), liked=9)


def panel_of(qtbot: QtBot, shown: Taste) -> TastePanel:
    panel = TastePanel()
    qtbot.addWidget(panel)
    panel.set_taste(shown)
    panel.resize(328, 700)
    panel.show()
    qtbot.waitExposed(panel)
    return panel


# ---------------------------------------------------------------------- words


@pytest.mark.parametrize(
    ("faithful", "word", "said"),
    [
        (None, "piano", ""), (0.92, "piano", "clearly heard as piano: 92 %"), (0.64, "piano", "heard as piano: 64 %"),
        (0.31, "piano", "hardly heard as piano: 31 %"), (0.7, "", "heard in its examples: 70 %"),
    ],
)  # fmt: skip
def test_faithfulness_is_a_percentile_and_a_word_and_unmeasured_says_nothing(
    faithful: float | None, word: str, said: str
) -> None:
    prototype = replace(prototypes()[0], faithful=faithful, word=word)
    assert faithful_text(prototype) == said
    assert bool(faithful_hint(prototype)) == bool(said)


@pytest.mark.parametrize(
    ("origin", "word", "said"),
    [
        (Origin.TAG, "piano", "from 12 “piano” tracks"), (Origin.TRACKS, "", "from 12 tracks that you chose"),
        (Origin.TEXT, "slow rain", "from the words “slow rain”"), (Origin.LIKES, "", "from 12 liked tracks"),
    ],
)  # fmt: skip
def test_a_prototype_says_what_it_was_made_from(origin: Origin, word: str, said: str) -> None:
    assert origin_of(replace(prototypes()[0], origin=origin, word=word), from_likes=True, negative=False) == said


def test_the_card_tells_faithfulness_in_full_and_plays_from_where_it_is_heard_best(qtbot: QtBot) -> None:
    card, of = PrototypeCard(), taste(faithful=0.92, word="piano")
    qtbot.addWidget(card)
    card.set_exemplars(exemplars())
    card.set_prototype(of.prototypes[0], taste=of)
    card.set_full(True)
    assert "heard as piano: 92 %" in card.support.text()
    assert "92 %" in card.mark.toolTip()
    plain, best = Heard(card.play_exemplar), Heard(card.play_excerpt)
    card.set_excerpts([Excerpt("h1", 72.0, 10.0, 0.9)])
    assert "from 1:12" in card.exemplars[1].toolTip()
    card.exemplars[1].click()
    card.exemplars[0].click()
    assert best.calls == [("h1", 72.0)]
    assert plain.calls == [("h0",)]


def test_a_double_click_leads_back_to_what_is_believed(qtbot: QtBot) -> None:
    card, of = PrototypeCard(), taste(gain=1.6, found=0.85)
    qtbot.addWidget(card)
    card.set_prototype(of.prototypes[0], taste=of)
    settled = Heard(card.gain_set)
    card.slider.reset()
    assert settled.calls == [("p0", pytest.approx(0.85))]
    assert "0.85, as musicdesk believes" in card.slider.toolTip()


# ---------------------------------------------------------------------- many prototypes


def test_forty_prototypes_have_forty_looks_and_six_cards_first(qtbot: QtBot) -> None:
    panel = panel_of(qtbot, many(PROTOTYPE_SLOTS))
    assert len(panel.cards) == FIRST
    assert panel.prototypes.more.text() == "34 more …"
    toggled = Heard(panel.all_toggled)
    panel.prototypes.more.click()
    assert toggled.calls == [(True,)]
    assert [card.slot for card in panel.cards] == list(range(PROTOTYPE_SLOTS))
    assert panel.cards[0].slider is panel.channels[0].slider


def test_what_a_hand_moved_stays_in_view_even_when_it_is_moved_back(qtbot: QtBot) -> None:
    panel = panel_of(qtbot, many(12))
    shown = many(12)
    moved = replace(shown.prototypes[9], gain=1.8)
    panel.set_taste(shown.edited(moved))
    assert [card.reference for card in panel.cards][FIRST:] == ["m9"]
    assert panel.prototypes.more.text() == "5 more …"
    panel.set_taste(shown)
    assert [card.reference for card in panel.cards][FIRST:] == ["m9"], "it must not vanish under the hand"
    panel.set_all(False)
    assert len(panel.cards) == FIRST


def test_a_bar_of_a_hidden_prototype_leads_to_its_slider(qtbot: QtBot) -> None:
    panel = panel_of(qtbot, many(12))
    panel.activateWindow()
    panel.focus_slot(11)
    assert len(panel.cards) == 12
    assert panel.focusWidget() is panel.cards[11].slider
    panel.focus_named("kind 3")
    assert panel.focusWidget() is panel.cards[3].slider


def test_six_or_fewer_need_no_button(qtbot: QtBot) -> None:
    panel = panel_of(qtbot, many(6))
    assert not panel.prototypes.more.isVisible()
    assert panel.prototypes.add.isVisible()


def test_a_list_is_drawn_on_the_cards_in_view_and_on_others_when_they_come_into_it(qtbot: QtBot) -> None:
    panel, of = panel_of(qtbot, many(40)), many(40)
    panel.set_all(True)
    bar = panel._area.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 1000)
    names = tuple(p.name for p in of.prototypes)
    near = np.full((5, 40), 0.9, dtype=np.float32)
    panel.set_ranking(replace(ranking([[0.9, 0.1, 0.5]] * 5), parts=names, percentiles=near))
    assert sum(panel.cards[0].histogram.shares) == pytest.approx(1.0)
    bar.setValue(bar.maximum() // 2)
    qtbot.waitUntil(lambda: sum(panel.cards[20].histogram.shares) == pytest.approx(1.0))


# ---------------------------------------------------------------------- menus and dialogs


def test_the_menu_checks_what_is_on_and_offers_no_way_back_from_where_it_is(qtbot: QtBot) -> None:
    of = taste(muted=True, gain=0.85, found=0.85)
    panel = panel_of(qtbot, of)
    menu = PrototypeMenu(of.prototypes[0], alone=False, parent=panel)
    lines = {line.objectName(): line for line in menu.actions()}
    assert lines["mute"].isChecked()
    assert not lines["solo"].isChecked()
    assert not lines["believe"].isEnabled()
    asked = Heard(menu.asked)
    for verb in ("split", "merge"):
        lines[verb].trigger()
    assert asked.calls == [("split",), ("merge",)]


def test_the_looks_say_their_names_and_whose_they_are(qtbot: QtBot) -> None:
    picker = LookPicker("piano", 3, {4: "metal"})
    qtbot.addWidget(picker)
    assert len({look_name(slot) for slot in range(PROTOTYPE_SLOTS)}) == PROTOTYPE_SLOTS
    assert "“metal”" in picker.looks[4].accessibleName()
    assert "as it is now" in picker.looks[3].accessibleName()
    chosen = Heard(picker.chosen)
    picker.show()
    picker.looks[4].setFocus()
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Left, Qt.Key.Key_Up, Qt.Key.Key_Up):
        QTest.keyClick(picker.focusWidget(), key)
    assert picker.focusWidget() is picker.looks[4], "the arrows stop at the edge"
    click(picker.looks[12])
    assert chosen.calls == [(12,)]


def test_the_pieces_of_a_split_are_named_and_heard(qtbot: QtBot) -> None:
    known = exemplars()
    view = SplitView("piano", prototypes()[:2], known.get)
    qtbot.addWidget(view)
    assert view.heading.text() == "Split “piano” into 2?"
    assert [p.name in {label.text() for label in view.findChildren(QLabel)} for p in prototypes()[:2]] == [True, True]
    heard, agreed = Heard(view.play_asked), Heard(view.split_asked)
    view.rows[3].hear.click()
    assert heard.calls == [("h3", None)]
    view.set_playing("h3")
    assert view.rows[3].hear.accessibleName() == "Stop Nocturne 3 – Chopin"
    view.split.click()
    assert len(agreed) == 1


def test_a_long_list_is_found_by_typing_and_says_that_there_is_more(qtbot: QtBot) -> None:
    dialog = AddPrototype(From.ARTIST, [Choice(f"artist {n}", "1 track") for n in range(1000)])
    qtbot.addWidget(dialog)
    assert dialog.list.count() == SHOWN
    assert "800 more" in dialog.rest.text()
    dialog.field.setText("ARTIST 99")
    assert dialog.list.count() == 19
    dialog.field.setText("nobody")
    assert dialog.rest.text() == "No artist with these letters."
    assert not dialog.add.isEnabled()
    asked = Heard(dialog.asked)
    dialog.field.setText("artist 998")
    QTest.keyClick(dialog.field, Qt.Key.Key_Return)
    assert asked.calls == [("artist 998",)]
    dialog.refuse("Nothing of it is analysed.")
    assert dialog.problem.text() == "Nothing of it is analysed."
    assert dialog.add.isEnabled()
    dialog.reject()
    dialog.refuse("It came too late.")
    assert dialog.closed


def test_what_would_change_is_told_in_numbers_and_bars(qtbot: QtBot) -> None:
    changes = (GainChange("p0", "piano", 0, 1.6, 0.85), GainChange("p1", "metal", 1, None, -0.5))
    view = BelievedView(changes)
    qtbot.addWidget(view)
    assert [numbers(change) for change in changes] == ["1.60 → 0.85", "– → −0.50"]
    assert {bar.accessibleDescription() for bar in view.findChildren(GainBars)} == {"1.60 → 0.85", "– → −0.50"}
    agreed = Heard(view.agreed)
    view.apply.click()
    assert len(agreed) == 1
    same = BelievedView(())
    qtbot.addWidget(same)
    assert SAME in {label.text() for label in same.findChildren(QLabel)}


def test_why_nothing_is_believed_yet_is_said_with_what_would_change_and_without(qtbot: QtBot) -> None:
    changes = (GainChange("p0", "piano", 0, 1.6, 1.0),)
    some, none = BelievedView(changes, doubt="5 likes are too few."), BelievedView((), doubt="5 likes are too few.")
    for view in (some, none):
        qtbot.addWidget(view)
        told = [label.text() for label in view.findChildren(QLabel)]
        assert any("5 likes are too few." in text for text in told)
        assert SAME not in told
    assert some.apply.isEnabled()


def test_two_tastes_are_told_in_overlap_and_words(qtbot: QtBot) -> None:
    kept = (NamedTaste("work", 6, "musicnn", 1.0), NamedTaste("running", 6, "musicnn", 1.0))
    view = CompareView(kept)
    qtbot.addWidget(view)
    asked = Heard(view.asked)
    view.ask()
    assert asked.last == ("", "work")
    gains = (GainChange("p1", "drums", 1, 1.0, 1.0), GainChange("p0", "piano", 0, 1.0, 0.2))
    view.set_comparison(TasteComparison("", "work", gains, 12, 50, ("piano",), ("drums", "loud")))
    assert view.shared.text() == "12 of the first 50 picks are the same."
    assert view.overlap.share == pytest.approx(0.24)
    assert [sentence.text() for sentence in view.words] == [
        "Only the taste as it stands: piano", "Only “work”: drums, loud",
    ]  # fmt: skip
    view.show()
    assert [bar.change.name for bar in view.bars] == ["piano", "drums"], "what differs comes first"
    assert ALIKE in [label.text() for label in view.findChildren(SoftLabel)]
    for first, second in (("work", "running"), ("running", "work")):
        view.first.setCurrentText(first)
        view.second.setCurrentText(second)
        assert asked.last == (first, second), "any two"


def test_a_comparison_begins_with_one_that_is_another(qtbot: QtBot) -> None:
    kept = (NamedTaste("running", 6, "musicnn", 1.0, current=True), NamedTaste("work", 6, "musicnn", 1.0))
    view = CompareView(kept)
    qtbot.addWidget(view)
    assert (view.first.currentData(), view.second.currentData()) == ("", "work")


def test_the_menu_of_tastes_marks_the_one_that_stands(qtbot: QtBot) -> None:
    panel = panel_of(qtbot, taste())
    kept = (NamedTaste("rock & roll", 8, "musicnn", 1.0, current=True), NamedTaste("work", 6, "musicnn", 1.0))
    presets = (
        Preset("louder", "Turns up what is loud.", (GainChange("p0", "piano", 0, 1.0, 0.0),)),
        Preset("same", "No."),
    )
    menu = TastesMenu(kept, presets, panel)
    lines = {line.text(): line for line in menu.actions()}
    assert lines["rock && roll"].isChecked()
    used = Heard(menu.use_asked)
    lines["rock && roll"].trigger()
    assert used.calls == [("rock & roll",)]
    assert [line.isEnabled() for line in lines["Presets"].menu().actions()] == [True, False]
    empty = TastesMenu((), (), panel)
    assert empty.actions()[0].text() == NONE
    panel.head.set_name("rock & roll")
    assert panel.head.name.text() == "rock && roll ▾"
