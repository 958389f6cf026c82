"""The pictures over a real desk: the library behind the sliders, the month behind the taste, bars that are sliders."""

import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from three_kinds import open_desk
from ui_samples import click, move, press, release
from ui_session import WAIT_MS, begin, settle, titles

from musicdesk.desk.desk import Desk
from musicdesk.ui.session import Session

DAY_S = 86_400.0


@pytest.fixture
def session(desk: Desk, qtbot: QtBot) -> Iterator[Session]:
    made = begin(desk, qtbot)
    yield made
    made.close()


def test_rows_travel_while_the_slider_moves_unless_they_are_told_not_to(
    session: Session, desk: Desk, qtbot: QtBot
) -> None:
    view, before, travelled = session.window.for_you.view, titles(session), []
    session.window.for_you.model.turned.connect(lambda: travelled.append(view.travel.moving))
    slider = session.window.taste.cards[0].slider
    slider.setSliderDown(True)
    slider.setValue(-100)
    qtbot.waitUntil(lambda: titles(session) != before, timeout=WAIT_MS)
    assert any(travelled)
    assert view.current().title == before[0], "what was chosen stays chosen"
    slider.setSliderDown(False)
    slider._end()
    settle(session, qtbot)
    qtbot.waitUntil(lambda: not view.travel.moving, timeout=WAIT_MS)
    session._set("animate_rows", False)
    assert not desk.settings.animate_rows
    travelled.clear()
    session.window.actions_["undo"].trigger()
    settle(session, qtbot)
    assert titles(session) == before
    assert travelled
    assert not any(travelled), "switched off in the settings"


def test_sliders_show_the_library_and_a_bar_is_its_slider(session: Session, desk: Desk, qtbot: QtBot) -> None:
    why, panel = session.window.why, session.window.taste
    for card in panel.cards:
        assert np.std(card.histogram.hill) > 0.01, "the library behind the list, not level"
        assert sum(card.histogram.hill) == pytest.approx(1.0)
        assert sum(card.histogram.shares) == pytest.approx(1.0)
    bar = next(bar for bar in why.bars if bar.changeable and bar.part.contribution > 0.1)
    click(bar)
    card = next(card for card in panel.channels if card.slot == bar.part.slot)
    assert card.slider.hasFocus()
    end = bar.x_of(bar.contribution)
    press(bar, end)
    move(bar, end - 20)
    move(bar, end - 40)
    assert card.slider.amount == pytest.approx(bar.amount)
    assert bar.amount < bar.part.gain
    gain = bar.amount
    release(bar, end - 40)
    settle(session, qtbot)
    assert desk.recommending.taste().prototype(bar.part.name).gain == pytest.approx(gain)
    assert card.slider.amount == pytest.approx(gain)


# ---------------------------------------------------------------------------------------------- over time


class Days:
    """A clock that can be put forward."""

    def __init__(self) -> None:
        self.passed = 0

    def __call__(self) -> float:
        return time.time() + self.passed * DAY_S


@pytest.fixture
def days() -> Days:
    return Days()


@pytest.fixture
def lived(analysed: Path, tmp_path: Path, days: Days, qtbot: QtBot) -> Iterator[Session]:
    """A session three weeks after the taste was made."""
    shutil.copytree(analysed / "data", tmp_path / "data")
    with open_desk(tmp_path / "data", now=days) as desk:
        first = desk.recommending.taste().prototypes[0]
        desk.recommending.set_variety(0.3)
        days.passed = 14
        desk.recommending.set_gain(first.id, 1.5)
        days.passed = 21
        desk.recommending.set_gain(desk.recommending.taste().prototypes[1].id, 0.5)
        session = begin(desk, qtbot)
        yield session
        session.close()


def test_the_taste_over_time_is_looked_up_while_it_is_looked_at(lived: Session, qtbot: QtBot) -> None:
    panel = lived.window.taste
    radar, names = panel.radar, [p.name for p in lived.ranking.taste.prototypes]
    assert not radar.history.rows
    click(panel.full)
    click(radar.over_time)
    settle(lived, qtbot)
    assert radar.history.told.text().startswith("In the last 21 days: ")
    assert f"{names[0]} 1.00 → 1.50" in radar.history.told.text()
    assert {row.change.name for row in radar.history.rows} == {*names[:2]}
    assert len(radar.history.rows[0].gains) == 22
    row = next(row for row in radar.history.rows if row.change.name == names[0])
    click(row)
    assert panel.cards[0].slider.hasFocus()

    QTest.keyClick(panel.cards[0].slider, Qt.Key.Key_End)
    panel.settle()
    settle(lived, qtbot)
    assert f"{names[0]} 1.00 → 2.00" in radar.history.told.text(), "it follows what is changed meanwhile"
