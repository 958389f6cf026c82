"""The explanation is the control: bars that add up, and that change the gain behind them."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot
from ui_samples import GAINS, NAMES, Heard, click, drag, explanation, move, press, release, taste

from musicdesk.records import Part
from musicdesk.ui.contribution_bar import BarScale, nearness
from musicdesk.ui.why_panel import WhyPanel


@pytest.fixture
def panel(qtbot: QtBot) -> WhyPanel:
    made = WhyPanel()
    qtbot.addWidget(made)
    made.resize(300, 420)
    made.set_explanation(explanation())
    made.show()
    qtbot.waitExposed(made)
    made.activateWindow()
    return made


def test_it_says_where_the_track_stands(panel: WhyPanel) -> None:
    assert panel.title.text() == "Nocturne 1 – Chopin"
    assert panel.standing.text() == "Match 97 %  ·  rank 3 of 181"
    assert panel.together.text() == "Together +2.20"
    assert panel.words.words == ("piano", "slow")


def test_where_nothing_counts_no_match_is_told(panel: WhyPanel) -> None:
    panel.set_explanation(explanation(shares=(0.0, 0.0, 0.0)))
    assert panel.standing.text() == "Nothing counts now, so it fits no better or worse than any other"


def test_without_a_track_it_asks_for_one(panel: WhyPanel) -> None:
    panel.set_explanation(None)
    assert panel._pages.currentIndex() == 0
    panel.set_explanation(explanation())
    assert panel._pages.currentIndex() == 1


def test_what_keeps_it_out_is_said_in_sentences(panel: WhyPanel) -> None:
    assert not panel.left_out.isVisible()
    panel.set_explanation(explanation(left_out=("It is longer than 15 minutes.", "You have liked it already.")))
    assert panel.left_out.isVisible()
    assert panel.left_out.text.text() == "It is longer than 15 minutes.\nYou have liked it already."


def test_bars_diverge_from_one_zero_by_one_scale(panel: WhyPanel) -> None:
    good, fair, bad = panel.bars
    zero = good.x_of(0.0)
    assert zero == fair.x_of(0.0) == bad.x_of(0.0)
    lengths = [bar.x_of(bar.contribution) - zero for bar in panel.bars]
    assert lengths[0] / lengths[1] == pytest.approx(2.0 / 0.6)
    assert lengths[2] / lengths[0] == pytest.approx(-0.4 / 2.0)


def test_a_click_asks_for_the_slider(qtbot: QtBot, panel: WhyPanel) -> None:
    clicked, moving = Heard(panel.part_clicked), Heard(panel.gain_moving)
    click(panel.bars[1])
    qtbot.keyClick(panel.bars[2], Qt.Key.Key_Return)
    assert clicked.calls == [(1,), (2,)]
    assert not moving.calls


def test_dragging_the_end_changes_the_gain_in_proportion(panel: WhyPanel) -> None:
    moving, settled = Heard(panel.gain_moving), Heard(panel.gain_set)
    bar = panel.bars[0]
    end, half = bar.x_of(2.0), bar.x_of(1.0)
    drag(bar, end, half)
    assert len(moving) > 2
    assert settled.calls == [(NAMES[0], pytest.approx(GAINS[0] / 2, abs=0.02))]
    assert bar.contribution == pytest.approx(1.0, abs=0.04)


def test_a_turned_away_part_is_dragged_the_same_way(panel: WhyPanel) -> None:
    settled = Heard(panel.gain_set)
    bar = panel.bars[2]
    drag(bar, bar.x_of(-0.4), bar.x_of(0.0))
    assert settled.calls == [(NAMES[2], pytest.approx(0.0, abs=0.05))]


def test_a_part_at_gain_zero_can_be_drawn_out(panel: WhyPanel) -> None:
    parts = (Part(NAMES[0], 0, 1.0, 2.0, 0.9), Part(NAMES[1], 1, 0.0, 0.0, 0.8647))
    scale = BarScale.of(parts)
    panel.bars[1].set_part(parts[1], scale=scale)
    assert panel.bars[1].weight == pytest.approx(2.0, abs=0.01)
    settled = Heard(panel.gain_set)
    drag(panel.bars[1], panel.bars[1].x_of(0.0), panel.bars[1].x_of(1.0))
    assert settled.calls == [(NAMES[1], pytest.approx(0.5, abs=0.03))]


def test_gains_stay_in_their_range(panel: WhyPanel) -> None:
    settled = Heard(panel.gain_set)
    drag(panel.bars[0], 100, 4000)
    drag(panel.bars[0], 100, -4000)
    assert [gain for _, gain in settled.calls] == [2.0, -1.0]


def test_keys_work_as_on_the_slider_and_are_one_step(qtbot: QtBot, panel: WhyPanel) -> None:
    moving, settled = Heard(panel.gain_moving), Heard(panel.gain_set)
    for _ in range(3):
        qtbot.keyClick(panel.bars[0], Qt.Key.Key_Right)
    assert [gain for _, gain in moving.calls] == pytest.approx([1.05, 1.10, 1.15])
    panel.settle()
    assert settled.calls == [(NAMES[0], pytest.approx(1.15))]


def test_a_new_explanation_is_silent_and_leaves_a_held_bar_alone(panel: WhyPanel) -> None:
    moving = Heard(panel.gain_moving)
    bar = panel.bars[0]
    press(bar, bar.x_of(2.0))
    move(bar, bar.x_of(1.2))
    held, said = bar.contribution, len(moving)
    zero, busy = bar.x_of(0.0), explanation(shares=(0.5, 0.6, -4.0))
    panel.set_explanation(replace(busy, parts=tuple(reversed(busy.parts))))
    assert bar.contribution == held
    assert panel.bars[0] is bar
    assert panel.bars[2].x_of(0.0) == zero
    assert len(moving) == said
    release(bar, bar.x_of(1.2))
    panel.set_explanation(explanation(shares=(1.2, 0.6, -0.4)))
    assert panel.bars[0].part.contribution == pytest.approx(1.2)


def test_a_bar_keeps_the_keyboard_when_the_order_changes(qtbot: QtBot, panel: WhyPanel) -> None:
    bar = panel.bars[1]
    bar.setFocus()
    qtbot.waitUntil(bar.hasFocus)
    shown = explanation()
    panel.set_explanation(replace(shown, parts=tuple(reversed(shown.parts))))
    assert panel.bars[1] is bar
    assert bar.hasFocus()
    assert [b.part.name for b in panel.bars] == list(reversed(NAMES))
    assert panel.bars[0].y() < panel.bars[2].y() or panel._bars.indexOf(panel.bars[0]) == 0


def test_the_seed_track_is_no_slider(qtbot: QtBot, panel: WhyPanel) -> None:
    moving = Heard(panel.gain_moving)
    panel.bars[0].set_part(Part("like Nocturne 2", 100, 1.0, 1.0, 0.9), scale=BarScale(-1.0, 2.0))
    drag(panel.bars[0], 50, 150)
    qtbot.keyClick(panel.bars[0], Qt.Key.Key_Right)
    assert not moving.calls


def test_a_muted_part_is_no_slider_until_it_counts_again(qtbot: QtBot, panel: WhyPanel) -> None:
    moving = Heard(panel.gain_moving)
    panel.set_taste(taste(muted=True))
    qtbot.keyClick(panel.bars[0], Qt.Key.Key_Right)
    assert not moving.calls
    assert "does not count" in panel.bars[0].toolTip()
    panel.set_taste(taste())
    qtbot.keyClick(panel.bars[0], Qt.Key.Key_Right)
    assert moving.calls


def test_bars_are_named_for_a_screen_reader(panel: WhyPanel) -> None:
    bar = panel.bars[0]
    assert bar.accessibleName() == f"{NAMES[0]}: nearer than 92 % of your library"
    assert bar.accessibleDescription() == "adds +2.00 at a gain of 1.00, the middle of the library +0.69"
    assert "Drag" in bar.toolTip()


@pytest.mark.parametrize(
    ("percentile", "words"),
    [(0.92, "nearer than 92 % of your library"), (0.999, "among the nearest of your library"),
     (0.0, "among the farthest of your library")],
)  # fmt: skip
def test_percentiles_are_words(percentile: float, words: str) -> None:
    assert nearness(percentile) == words


def test_many_parts_are_summed_up(panel: WhyPanel) -> None:
    shown = explanation()
    many = tuple(Part(f"part {n}", n % 8, 1.0, 1.0 - n / 20, 0.5) for n in range(12))
    panel.set_explanation(replace(shown, score=sum(p.contribution for p in many), parts=many))
    assert len(panel.bars) == 9
    assert panel.together.text() == "Together +8.70, of it +1.50 from 3 smaller parts"


def test_all_parts_can_have_a_bar(panel: WhyPanel) -> None:
    assert not panel.more.isVisible(), "three parts have one each"
    shown = explanation()
    many = tuple(Part(f"part {n}", n, 1.0, 1.0 - n / 20, 0.5) for n in range(12))
    panel.set_explanation(replace(shown, score=sum(p.contribution for p in many), parts=many))
    assert panel.more.text() == "All 12 parts"
    click(panel.more)
    assert [bar.part.name for bar in panel.bars] == [part.name for part in many]
    assert panel.together.text() == "Together +8.70"
    panel.set_explanation(replace(shown, score=sum(p.contribution for p in many), parts=tuple(reversed(many))))
    assert len(panel.bars) == 12, "it stays so for the next track"
    click(panel.more)
    assert len(panel.bars) == 9


def test_a_thin_line_is_where_the_middle_of_the_library_ends(qtbot: QtBot, panel: WhyPanel) -> None:
    bar = panel.bars[0]
    assert bar.middle == pytest.approx(0.693, abs=1e-3)
    assert bar.x_of(0.0) < bar.x_of(bar.middle) < bar.x_of(bar.contribution)
    assert panel.bars[2].middle == pytest.approx(-0.347, abs=1e-3), "below 0 it points the other way"
    assert "+0.69" in bar.toolTip()
    qtbot.keyClick(bar, Qt.Key.Key_Right)
    assert bar.middle == pytest.approx(1.05 * 0.693, abs=1e-3)
    weak = (Part(NAMES[0], 0, 2.0, 0.1, 0.05), Part(NAMES[1], 1, -1.0, -0.1, 0.1))
    scale = BarScale.of(weak)
    assert 0 < scale.share(-0.693) < scale.share(2 * 0.693) < 1, "the mark has room where the bars are short"


def test_a_low_panel_scrolls(panel: WhyPanel) -> None:
    assert panel.minimumSizeHint().height() <= 160
    panel.resize(280, 160)
    assert panel.title.isVisible()
    assert panel.bars[0].height() == panel.bars[0].sizeHint().height()
