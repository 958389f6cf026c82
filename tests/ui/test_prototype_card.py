"""A card behaves like a channel of a mixer: live while it moves, one step when it rests."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from ui_samples import Heard, click, drag, exemplars, move, press, release, taste, wheel

from musicdesk.records import Taste
from musicdesk.ui import theme
from musicdesk.ui.gain_slider import GainSlider
from musicdesk.ui.prototype_card import PrototypeCard


def shown(qtbot: QtBot, of: Taste | None = None, *, index: int = 0, full: bool = True) -> PrototypeCard:
    card = PrototypeCard()
    qtbot.addWidget(card)
    of = of or taste()
    card.set_full(full)
    card.set_exemplars(exemplars())
    card.set_prototype(of.prototypes[index], taste=of)
    card.resize(320, 100)
    card.show()
    qtbot.waitExposed(card)
    card.activateWindow()
    return card


@pytest.fixture
def card(qtbot: QtBot) -> PrototypeCard:
    return shown(qtbot)


@pytest.fixture
def slider(card: PrototypeCard) -> GainSlider:
    return card.slider


def test_a_drag_moves_all_the_way_and_is_set_once(card: PrototypeCard, slider: GainSlider) -> None:
    moving, settled = Heard(card.gain_moving), Heard(card.gain_set)
    drag(slider, slider.x_of(100), slider.x_of(170))
    assert len(moving) >= 4
    assert [gain for _, gain in moving.calls] == sorted(gain for _, gain in moving.calls)
    assert settled.calls == [("p0", pytest.approx(1.7, abs=0.03))]
    assert card.value.text() == f"{settled.last[1]:.2f}"


def test_a_taste_from_the_program_is_silent(card: PrototypeCard) -> None:
    moving, settled = Heard(card.gain_moving), Heard(card.gain_set)
    of = taste(gain=1.6, muted=True, solo=True, locked=True, name="other")
    card.set_prototype(of.prototypes[0], taste=of)
    assert card.slider.amount == 1.6
    card.slider.flush()
    assert not moving.calls
    assert not settled.calls


def test_a_burst_of_keys_is_one_step(qtbot: QtBot, card: PrototypeCard, slider: GainSlider) -> None:
    moving, settled = Heard(card.gain_moving), Heard(card.gain_set)
    slider.setFocus()
    for _ in range(4):
        qtbot.keyClick(slider, Qt.Key.Key_Right)
    qtbot.keyClick(slider, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    assert [gain for _, gain in moving.calls] == pytest.approx([1.05, 1.10, 1.15, 1.20, 0.95])
    assert not settled.calls
    qtbot.waitUntil(lambda: len(settled) > 0)
    assert settled.calls == [("p0", pytest.approx(0.95))]


def test_home_and_end_go_to_the_ends(qtbot: QtBot, slider: GainSlider) -> None:
    qtbot.keyClick(slider, Qt.Key.Key_Home)
    assert slider.amount == -1.0
    qtbot.keyClick(slider, Qt.Key.Key_End)
    assert slider.amount == 2.0


def test_a_burst_ends_where_the_keyboard_leaves(qtbot: QtBot, card: PrototypeCard, slider: GainSlider) -> None:
    settled = Heard(card.gain_set)
    slider.setFocus()
    qtbot.waitUntil(slider.hasFocus)
    qtbot.keyClick(slider, Qt.Key.Key_Right)
    card.mute.setFocus()
    assert settled.calls == [("p0", pytest.approx(1.05))]


def test_a_taste_that_arrives_late_does_not_pull_the_thumb_back(qtbot: QtBot, card: PrototypeCard) -> None:
    qtbot.keyClick(card.slider, Qt.Key.Key_Right)
    card.set_prototype(taste().prototypes[0], taste=taste())
    assert card.slider.amount == pytest.approx(1.05)
    assert card.value.text() == "1.05"
    press(card.slider, card.slider.x_of(105))
    move(card.slider, card.slider.x_of(160))
    card.set_prototype(taste().prototypes[0], taste=taste())
    assert card.slider.amount == pytest.approx(1.6, abs=0.03)
    release(card.slider, card.slider.x_of(160))


def test_the_wheel_counts_only_where_the_keyboard_is(qtbot: QtBot, card: PrototypeCard, slider: GainSlider) -> None:
    card.mute.setFocus()
    wheel(slider, 2)
    assert slider.amount == 1.0
    slider.setFocus()
    qtbot.waitUntil(slider.hasFocus)
    wheel(slider, 2)
    assert slider.amount == pytest.approx(1.1)


def test_a_double_click_is_one_step_back_to_one(qtbot: QtBot) -> None:
    card = shown(qtbot, taste(gain=1.8))
    settled = Heard(card.gain_set)
    qtbot.mouseClick(card.slider, Qt.MouseButton.LeftButton, pos=card.slider.rect().center())
    qtbot.mouseDClick(card.slider, Qt.MouseButton.LeftButton, pos=card.slider.rect().center())
    qtbot.wait(600)
    assert settled.calls == [("p0", 1.0)]
    assert card.slider.amount == 1.0


def test_a_click_on_the_groove_brings_the_thumb(qtbot: QtBot, card: PrototypeCard, slider: GainSlider) -> None:
    settled = Heard(card.gain_set)
    click(slider, slider.x_of(-50))
    qtbot.waitUntil(lambda: len(settled) > 0)
    assert settled.calls == [("p0", pytest.approx(-0.5, abs=0.03))]


def test_escape_takes_a_drag_back(qtbot: QtBot, card: PrototypeCard, slider: GainSlider) -> None:
    moving, settled = Heard(card.gain_moving), Heard(card.gain_set)
    press(slider, slider.x_of(100))
    move(slider, slider.x_of(180))
    qtbot.keyClick(slider, Qt.Key.Key_Escape)
    release(slider, slider.x_of(180))
    assert moving.last == ("p0", 1.0)
    assert settled.calls == [("p0", 1.0)]


@pytest.mark.parametrize("detent", [0, 100])
def test_a_drag_rests_on_zero_and_one(slider: GainSlider, detent: int) -> None:
    drag(slider, slider.x_of(100), slider.x_of(detent + 40), steps=2)
    drag(slider, slider.x_of(slider.value()), slider.x_of(detent + 4), steps=3)
    assert slider.value() == detent


def test_mute_solo_and_lock_say_what_is_asked(card: PrototypeCard) -> None:
    mute, solo, lock = Heard(card.mute_toggled), Heard(card.solo_toggled), Heard(card.lock_toggled)
    for button in (card.mute, card.solo, card.lock):
        click(button)
    click(card.mute)
    assert mute.calls == [("p0", True), ("p0", False)]
    assert solo.calls == [("p0", True)]
    assert lock.calls == [("p0", True)]


def test_m_s_and_f2_act_on_the_card_with_the_keyboard(qtbot: QtBot, card: PrototypeCard) -> None:
    mute, solo = Heard(card.mute_toggled), Heard(card.solo_toggled)
    qtbot.keyClick(card.slider, Qt.Key.Key_M)
    qtbot.keyClick(card.slider, Qt.Key.Key_S)
    assert mute.calls == [("p0", True)]
    assert solo.calls == [("p0", True)]
    qtbot.keyClick(card.slider, Qt.Key.Key_F2)
    assert card.name.editing


def test_a_name_is_changed_by_double_click_and_enter(qtbot: QtBot, card: PrototypeCard) -> None:
    renamed = Heard(card.renamed)
    qtbot.mouseDClick(card.name.label, Qt.MouseButton.LeftButton)
    assert card.name.editing
    qtbot.keyClicks(card.name.edit, "  night   music ")
    qtbot.keyClick(card.name.edit, Qt.Key.Key_Return)
    assert renamed.calls == [("p0", "night music")]
    assert not card.name.editing


@pytest.mark.parametrize(("typed", "last"), [("other", Qt.Key.Key_Escape), ("   ", Qt.Key.Key_Return)])
def test_escape_or_an_empty_name_keeps_the_old_one(qtbot: QtBot, card: PrototypeCard, typed: str, last: Qt.Key) -> None:
    renamed = Heard(card.renamed)
    card.name.begin()
    qtbot.keyClicks(card.name.edit, typed)
    qtbot.keyClick(card.name.edit, last)
    assert not renamed.calls
    assert card.name.label.text() == "quiet piano · classical"


def test_exemplars_name_their_tracks_and_play_them(card: PrototypeCard) -> None:
    played = Heard(card.play_exemplar)
    assert [b.toolTip() for b in card.exemplars] == [f"Hear: Nocturne {n} – Chopin" for n in range(3)]
    click(card.exemplars[2])
    assert played.calls == [("h2",)]
    card.set_playing("h2")
    assert card.exemplars[2].accessibleName() == "Stop Nocturne 2 – Chopin"
    assert card.exemplars[1].accessibleName() == "Play Nocturne 1 – Chopin"


def test_a_prototype_with_one_exemplar_has_one_button(qtbot: QtBot) -> None:
    card = shown(qtbot, taste(exemplars=("h0",)))
    assert [button.isVisible() for button in card.exemplars] == [True, False, False]


@pytest.mark.parametrize(
    ("changes", "index", "badge", "off"),
    [
        ({"muted": True}, 0, "muted", True),
        ({"solo": True}, 1, "not in solo", True), ({"solo": True}, 0, "solo", False),
        ({"locked": True}, 0, "locked", False), ({}, 0, "", False),
    ],
)  # fmt: skip
@pytest.mark.parametrize("full", [False, True])
def test_every_standing_has_a_face(
    qtbot: QtBot, changes: dict[str, object], index: int, badge: str, off: bool, full: bool
) -> None:
    card = shown(qtbot, taste(**changes), index=index, full=full)
    assert card.standing.badge == badge
    assert card.slider.off == off
    words = card.support.text() if full else card.badge.text()
    assert badge in words
    assert card.badge.isVisible() == (bool(badge) and not full)


def test_a_muted_card_looks_unlike_an_open_one(qtbot: QtBot) -> None:
    colours = {theme.slot_colour(0, dark=False).rgb(), theme.slot_colour(0, dark=True).rgb()}
    assert pixels(shown(qtbot).grab().toImage()) & colours
    assert not pixels(shown(qtbot, taste(muted=True)).grab().toImage()) & colours


def pixels(image: QImage) -> set[int]:
    return {image.pixel(x, y) for x in range(image.width()) for y in range(image.height())}


def test_a_turned_away_prototype_looks_apart(qtbot: QtBot) -> None:
    card = shown(qtbot, index=2)
    assert card.negative
    assert card.value.text() == "−0.50"
    assert card.support.text() == "from 12 disliked tracks"


def test_the_slider_is_named_and_its_value_told(card: PrototypeCard, slider: GainSlider) -> None:
    assert slider.accessibleName() == "Gain of quiet piano · classical"
    assert slider.accessibleDescription() == "1.00, from −1 to 2"
    drag(slider, slider.x_of(100), slider.x_of(0))
    assert slider.accessibleDescription() == "0.00, from −1 to 2"
    for button in (card.mute, card.solo, card.lock):
        assert "quiet piano" in button.accessibleName()
        assert button.toolTip()


def test_simple_shows_what_a_newcomer_needs(qtbot: QtBot) -> None:
    card = shown(qtbot, full=False)
    assert card.slider.isVisible()
    assert card.exemplars[0].isVisible()
    assert card.histogram.isVisible()
    assert not card.mute.isVisible()
    assert not card.support.isVisible()


def test_a_card_follows_the_palette(qtbot: QtBot) -> None:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    before = app.palette()
    try:
        app.setPalette(theme.palette(dark=True))
        card = shown(qtbot)
        assert theme.slot_colour(0, dark=True).rgb() in pixels(card.grab().toImage())
        app.setPalette(theme.palette(dark=False))
        qtbot.waitUntil(lambda: theme.slot_colour(0, dark=False).rgb() in pixels(card.grab().toImage()))
    finally:
        app.setPalette(before)
