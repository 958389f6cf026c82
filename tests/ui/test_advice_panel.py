"""Recommenders on the taste panel: nothing for a newcomer, and else channels of the mixer like the prototypes."""

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot
from ui_samples import Heard, advised_taste, advisors, drag, exemplars, prototypes, ranking, taste

from musicdesk.records import Part, Taste
from musicdesk.ui import theme
from musicdesk.ui.advice_words import by_part, knows_text, problem_text, state_text
from musicdesk.ui.contribution_bar import BarScale, ContributionBar, standing
from musicdesk.ui.taste_panel import MINIMUM_WIDTH, TastePanel
from musicdesk.ui.why_panel import silenced

HABITS = "advisor:people's habits"


@pytest.fixture
def panel(qtbot: QtBot) -> TastePanel:
    made = TastePanel()
    qtbot.addWidget(made)
    made.set_exemplars(exemplars())
    made.set_taste(advised_taste())
    made.resize(320, 900)
    made.show()
    qtbot.waitExposed(made)
    made.activateWindow()
    return made


def test_while_nobody_advises_a_newcomer_sees_nothing_of_it(panel: TastePanel) -> None:
    assert panel.advice.isVisible()
    panel.set_taste(taste())
    assert not panel.advice.isVisible()
    assert [card.reference for card in panel.channels] == ["p0", "p1", "p2"]
    panel.set_full(True)
    assert panel.advice.isVisible(), "who wants everything can choose a recommender"
    panel.set_full(False)
    panel.advice.set_choice("none", "None", "The prototypes alone.")
    assert panel.advice.choose.isVisible(), "who chose none can choose again"
    assert panel.advice.note.isVisible()


def test_every_advisor_has_a_card_with_gain_and_what_it_knows(panel: TastePanel) -> None:
    first, second, _ = panel.advice.cards
    assert [card.reference for card in panel.advice.cards] == [f"advisor:{a.name}" for a in advisors()]
    assert (first.slider.amount, second.slider.amount) == (pytest.approx(0.4), pytest.approx(0.8))
    assert first.knows.text() == "From 6 listeners and 2,317 plays; well founded"
    assert {card.slot for card in panel.advice.cards} == set(theme.ADVISOR_SHAPES)


def test_its_slider_speaks_as_those_of_the_prototypes(panel: TastePanel) -> None:
    moving, settled, muted = Heard(panel.gain_moving), Heard(panel.gain_set), Heard(panel.mute_toggled)
    card = panel.advice.cards[0]
    drag(card.slider, card.slider.x_of(40), card.slider.x_of(150))
    assert {reference for reference, _ in moving.calls} == {HABITS}
    assert settled.calls == [(HABITS, pytest.approx(1.5, abs=0.03))]
    card.mute.click()
    assert muted.calls == [(HABITS, True)]


def test_a_double_click_goes_back_to_what_it_knows_is_worth(qtbot: QtBot, panel: TastePanel) -> None:
    card = panel.advice.cards[1]
    qtbot.mouseDClick(card.slider, Qt.MouseButton.LeftButton)
    assert card.slider.amount == pytest.approx(0.3)
    assert "0.30" in card.slider.toolTip()


def test_setting_a_taste_says_nothing(panel: TastePanel) -> None:
    heard = [Heard(s) for s in (panel.gain_moving, panel.gain_set, panel.mute_toggled)]
    panel.set_taste(advised_taste(gain=2.0, muted=True, found=1.2))
    panel.settle()
    assert not any(h.calls for h in heard)


def test_numbers_lead_from_the_prototypes_on_to_the_advisors(qtbot: QtBot, panel: TastePanel) -> None:
    panel.focus_channel(3)
    qtbot.waitUntil(panel.advice.cards[0].slider.hasFocus)
    assert panel.focused() == HABITS
    panel.focus_slot(103)
    qtbot.waitUntil(panel.advice.cards[2].slider.hasFocus)
    panel.focus_slot(1)
    qtbot.waitUntil(panel.cards[1].slider.hasFocus)
    assert panel.focused() == "p1"


def test_m_mutes_where_the_keyboard_is(qtbot: QtBot, panel: TastePanel) -> None:
    muted = Heard(panel.mute_toggled)
    panel.focus_channel(3)
    qtbot.keyClick(panel.advice.cards[0].slider, Qt.Key.Key_M)
    assert muted.calls == [(HABITS, True)]


def test_muted_and_outdone_by_a_solo_are_told_apart(panel: TastePanel) -> None:
    card = panel.advice.cards[0]
    assert not card.badge.isVisible()
    panel.set_taste(advised_taste(muted=True))
    assert card.badge.text() == "muted"
    assert card.mute.isChecked()
    first, *rest = prototypes()
    solo = type(first)(first.id, first.name, first.slot, first.vector, solo=True)
    panel.set_taste(Taste(taste().key, (solo, *rest), advisors=advisors()))
    assert card.badge.text() == "not in solo"
    assert "solo" in card.accessibleDescription()


def test_cards_and_keyboard_stay_when_the_taste_is_rebuilt(qtbot: QtBot, panel: TastePanel) -> None:
    panel.focus_channel(5)
    last = panel.advice.cards[2]
    qtbot.waitUntil(last.slider.hasFocus)
    panel.set_taste(Taste(taste().key, prototypes(), advisors=(advisors()[2], advisors()[0])))
    assert panel.advice.cards[0] is last
    assert last.slider.hasFocus()
    column = panel.advice._column
    assert column.indexOf(last) < column.indexOf(panel.advice.cards[1])


def test_the_tab_key_walks_from_the_prototypes_to_the_advisors(qtbot: QtBot, panel: TastePanel) -> None:
    panel.cards[2].slider.setFocus()
    walked = []
    for _ in range(7):
        qtbot.keyClick(panel.focusWidget(), Qt.Key.Key_Tab)
        walked.append(panel.focusWidget())
    first, second, third = panel.advice.cards
    assert walked[:2] == [panel.prototypes.add, panel.advice.choose]
    assert walked[2:] == [first.mute, first.slider, second.mute, second.slider, third.mute]


def test_histograms_show_where_the_picks_lie_on_an_advisor(panel: TastePanel) -> None:
    listed = ranking([[0.95, 0.1, 0.5], [0.97, 0.9, 0.5]])
    named = type(listed)(
        listed.hashes, listed.track_ids, listed.scores, listed.match, listed.contributions, listed.percentiles,
        (listed.parts[0], "my history", "people's habits"), (0, 102, 101), listed.gains,
    )  # fmt: skip
    panel.set_ranking(named)
    assert sum(panel.advice.cards[1].histogram.shares) == pytest.approx(1.0)
    assert not any(panel.advice.cards[2].histogram.shares)


def test_a_taste_of_which_only_an_advisor_counts_is_not_silent(panel: TastePanel) -> None:
    muted = tuple(type(p)(p.id, p.name, p.slot, p.vector, muted=True) for p in prototypes())
    panel.set_taste(Taste(taste().key, muted, advisors=advisors()[:1]))
    assert not panel.silent.isVisible()
    panel.set_taste(Taste(taste().key, muted))
    assert panel.silent.isVisible()


def test_what_is_learned_is_told_and_can_be_stopped(qtbot: QtBot, panel: TastePanel) -> None:
    asked = Heard(panel.advice.cancel_asked)
    assert not panel.advice.work.isVisible()
    panel.advice.set_work("Learning … 40 %")
    assert panel.advice.work.isVisible()
    panel.advice.cancel.click()
    assert len(asked) == 1


def test_it_fits_a_narrow_window_and_everything_has_a_name(panel: TastePanel) -> None:
    panel.resize(MINIMUM_WIDTH, 900)
    for card in panel.advice.cards:
        assert card.slider.width() >= 72
        assert card.mapTo(panel, card.rect().topRight()).x() < panel.width()
    for widget in panel.advice.tab_chain():
        assert widget.accessibleName()
        assert widget.toolTip()


# ---------------------------------------------------------------------------------------------- bars and words


def bar(qtbot: QtBot, part: Part, **more: object) -> ContributionBar:
    made = ContributionBar()
    qtbot.addWidget(made)
    made.set_part(part, scale=BarScale.of((part,)), **more)  # type: ignore[arg-type]
    return made


def test_an_advisors_bar_is_a_control_and_a_seeds_is_none(qtbot: QtBot) -> None:
    habits = bar(qtbot, Part("people's habits", 101, 0.4, 1.2, 0.92), resting=0.4)
    assert habits.changeable
    assert habits.accessibleName() == "people's habits: ahead of 92 % of your library"
    habits.reset()
    assert habits.amount == pytest.approx(0.4)
    assert not bar(qtbot, Part("like “x”", 100, 1.0, 1.0, 0.9)).changeable


@pytest.mark.parametrize(("percentile", "words"), [(0.999, "at the very top of"), (0.001, "at the very bottom of")])
def test_the_ends_of_advice_have_words(percentile: float, words: str) -> None:
    assert standing(Part("my history", 102, 1.0, 1.0, percentile)) == f"{words} your library"


def test_muted_advisors_are_silenced_in_the_bars_too() -> None:
    assert silenced(advised_taste(muted=True)) == {"people's habits"}
    assert silenced(advised_taste()) == frozenset()


def test_the_signs_of_advisors_are_of_their_own() -> None:
    for dark in (False, True):
        looks = {(theme.slot_colour(slot, dark).name(), theme.slot_shape(slot)) for slot in theme.SLOTS}
        ground = theme.tokens(dark).base
        assert len(looks) == len(theme.SLOTS)
        assert min(theme.contrast(colour, ground) for colour, _ in looks) >= 3


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("from 3 listeners; a first hint", "From 3 listeners; a first hint"),
        ("from 3 listeners; it is not made yet: musicdesk recommenders fit", "From 3 listeners; it is not made yet"),
        ("", ""),
    ],
)
def test_what_it_knows_is_told_without_commands(said: str, shown: str) -> None:
    assert knows_text(said) == shown


def test_a_problem_says_what_to_do_in_the_window() -> None:
    told = problem_text("It goes by what others listen to. Run: musicdesk listens import FILE --listener NAME")
    assert "musicdesk listens" not in told
    assert told.startswith("It goes by what others listen to. Import")
    assert problem_text("Like or play a few tracks first.") == "Like or play a few tracks first."
    assert problem_text("") == ""
    assert problem_text("work.json is no taste.") == "work.json is no taste.", "a file keeps its name"


def test_choices_are_grouped_and_say_what_they_need() -> None:
    from ui_listeners import statuses

    groups = by_part(statuses())
    assert list(groups) == ["", "People's habits", "Sounds like my taste"]
    assert [state_text(s) for s in statuses()] == ["", "", "", "learns first", "cannot advise yet"]
