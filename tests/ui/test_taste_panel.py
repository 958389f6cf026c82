"""The panel shows a taste, passes on what hands do, and keeps still otherwise."""

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot
from ui_samples import NAMES, Heard, click, drag, exemplars, prototypes, ranking, taste

from musicdesk.records import Taste
from musicdesk.ui.taste_panel import MINIMUM_WIDTH, TastePanel


@pytest.fixture
def panel(qtbot: QtBot) -> TastePanel:
    made = TastePanel()
    qtbot.addWidget(made)
    made.set_exemplars(exemplars())
    made.set_taste(taste())
    made.resize(320, 700)
    made.show()
    qtbot.waitExposed(made)
    made.activateWindow()
    return made


def test_without_a_taste_it_says_what_to_do(qtbot: QtBot) -> None:
    panel = TastePanel()
    qtbot.addWidget(panel)
    panel.show()
    assert panel._pages.currentIndex() == 0
    assert not panel.reset.isEnabled()
    panel.set_taste(taste())
    assert panel._pages.currentIndex() == 1
    panel.set_taste(None)
    assert panel._pages.currentIndex() == 0


def test_signals_carry_the_prototypes_id(panel: TastePanel) -> None:
    moving, settled, muted = Heard(panel.gain_moving), Heard(panel.gain_set), Heard(panel.mute_toggled)
    slider = panel.cards[1].slider
    drag(slider, slider.x_of(30), slider.x_of(100))
    assert {identity for identity, _ in moving.calls} == {"p1"}
    assert settled.calls == [("p1", pytest.approx(1.0, abs=0.02))]
    panel.cards[2].mute.click()
    assert muted.calls == [("p2", True)]


def test_setting_a_taste_says_nothing(panel: TastePanel) -> None:
    heard = [
        Heard(signal)
        for signal in (
            panel.gain_moving, panel.gain_set, panel.mute_toggled, panel.solo_toggled, panel.lock_toggled,
            panel.renamed, panel.variety_moving, panel.variety_set, panel.reset_asked, panel.full_toggled,
        )
    ]  # fmt: skip
    panel.set_taste(taste(gain=0.2, muted=True, solo=True, locked=True))
    panel.set_taste(Taste(taste().key, prototypes()[:2], variety=0.9))
    panel.set_full(True)
    panel.settle()
    assert not any(h.calls for h in heard)
    assert panel.variety.amount == pytest.approx(0.9)


def test_cards_and_keyboard_stay_when_the_taste_is_rebuilt(qtbot: QtBot, panel: TastePanel) -> None:
    panel.focus_channel(2)
    qtbot.waitUntil(panel.cards[2].slider.hasFocus)
    last = panel.cards[2]
    first, _, third = prototypes()
    panel.set_taste(Taste(taste().key, (third, first), liked=2))
    assert panel.cards[0] is last
    assert last.slider.hasFocus()
    assert [card.prototype.id for card in panel.cards if card.prototype] == ["p2", "p0"]
    inside = panel.prototypes.column
    assert inside.indexOf(panel.cards[0]) < inside.indexOf(panel.cards[1])


def test_histograms_show_where_the_picks_lie(panel: TastePanel) -> None:
    panel.set_ranking(ranking([[0.95, 0.1, 0.5], [0.97, 0.9, 0.5], [0.99, 0.2, 0.5]]))
    near, spread, _ = (np.array(card.histogram.shares) for card in panel.cards)
    assert near[-1] == pytest.approx(1.0)
    assert spread.sum() == pytest.approx(1.0)
    assert (spread > 0).sum() == 3
    assert "half of them are nearer than 97%" in panel.cards[0].histogram.toolTip()
    panel.set_ranking(None)
    assert not any(panel.cards[0].histogram.shares)


def test_a_part_that_is_no_prototype_is_no_harm(panel: TastePanel) -> None:
    panel.set_taste(Taste(taste().key, (prototypes()[0],)))
    panel.set_ranking(ranking([[0.95, 0.1, 0.5]]))
    assert sum(panel.cards[0].histogram.shares) == pytest.approx(1.0)


def test_variety_is_live_and_set_once(panel: TastePanel) -> None:
    moving, settled = Heard(panel.variety_moving), Heard(panel.variety_set)
    drag(panel.variety, panel.variety.x_of(20), panel.variety.x_of(80))
    assert len(moving) > 2
    assert settled.calls == [(pytest.approx(0.8, abs=0.02),)]


def test_full_reveals_the_switches(panel: TastePanel) -> None:
    toggled = Heard(panel.full_toggled)
    assert not panel.cards[0].mute.isVisible()
    click(panel.full)
    assert toggled.calls == [(True,)]
    assert panel.cards[0].mute.isVisible()
    assert panel.full.text() == "Simple"
    click(panel.full)
    assert toggled.last == (False,)
    assert not panel.cards[0].mute.isVisible()


def test_reset_ends_what_is_under_way_and_then_asks(qtbot: QtBot, panel: TastePanel) -> None:
    said: list[str] = []
    panel.gain_set.connect(lambda *_: said.append("set"))
    panel.reset_asked.connect(lambda: said.append("reset"))
    qtbot.keyClick(panel.cards[0].slider, Qt.Key.Key_Right)
    panel.head.anew.trigger()
    assert said == ["set", "reset"]


def test_settle_ends_an_open_burst(qtbot: QtBot, panel: TastePanel) -> None:
    settled = Heard(panel.gain_set)
    qtbot.keyClick(panel.cards[0].slider, Qt.Key.Key_Right)
    assert not settled.calls
    panel.settle()
    panel.settle()
    assert settled.calls == [("p0", pytest.approx(1.05))]


def test_a_silent_taste_is_told(panel: TastePanel) -> None:
    assert not panel.silent.isVisible()
    key = taste().key
    muted = tuple(type(p)(id=p.id, name=p.name, slot=p.slot, vector=p.vector, muted=True) for p in prototypes())
    panel.set_taste(Taste(key, muted))
    assert panel.silent.isVisible()


def test_it_says_what_the_taste_was_made_from(panel: TastePanel) -> None:
    assert panel.origin.text() == "Made from 12 tracks that you like."
    panel.set_taste(Taste(taste().key, prototypes()))
    assert "whole library" in panel.origin.text()


def test_the_tab_key_walks_the_cards_in_order(qtbot: QtBot, panel: TastePanel) -> None:
    panel.set_full(True)
    panel.cards[0].exemplars[0].setFocus()
    walked = []
    for _ in range(9):
        walked.append(panel.focusWidget())
        qtbot.keyClick(panel.focusWidget(), Qt.Key.Key_Tab)
    first, second = panel.cards[0], panel.cards[1]
    switches = [first.mute, first.solo, first.lock]
    assert walked == [*first.exemplars, first.more, first.slider, *switches, second.exemplars[0]]


def test_it_fits_a_narrow_window(panel: TastePanel) -> None:
    panel.set_full(True)
    panel.resize(MINIMUM_WIDTH, 400)
    assert panel.width() == MINIMUM_WIDTH
    for card in panel.cards:
        assert card.slider.width() >= 72
        assert card.width() <= panel._area.viewport().width()
        assert card.geometry().right() < panel._area.viewport().width()


def test_focusing_a_card_brings_it_into_view(qtbot: QtBot, panel: TastePanel) -> None:
    panel.resize(300, 220)
    panel.focus_named(NAMES[2])
    qtbot.waitUntil(panel.cards[2].slider.hasFocus)
    card, view = panel.cards[2], panel._area.viewport()
    assert view.rect().contains(card.mapTo(view, card.rect().center()))


def test_everything_that_takes_the_keyboard_has_a_name_and_a_tooltip(panel: TastePanel) -> None:
    panel.set_full(True)
    for card in panel.cards:
        for widget in card.tab_chain():
            assert widget.accessibleName()
            assert widget.toolTip()
    for widget in (panel.reset, panel.full, panel.variety, panel.radar.toggle):
        assert widget.accessibleName()
        assert widget.toolTip()
