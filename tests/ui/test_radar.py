"""The radar says the same as a chart, as a table, and to a screen reader."""

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from pytestqt.qtbot import QtBot
from ui_samples import click

from musicdesk.records import Radar
from musicdesk.ui.radar import RadarView

if TYPE_CHECKING:
    from musicdesk.ui.radar_chart import RadarChart

RADAR = Radar(("calm", "acoustic", "vocal", "fast"), (0.82, 0.74, 0.31, 0.2), (0.5, 0.5, 0.48, 0.52))


@pytest.fixture
def view(qtbot: QtBot) -> RadarView:
    made = RadarView()
    qtbot.addWidget(made)
    made.resize(280, 300)
    made.show()
    qtbot.waitExposed(made)
    return made


def chart_of(view: RadarView) -> "RadarChart | None":
    return view.picks.place.chart


def cells(view: RadarView) -> list[list[str]]:
    table = view.picks.table
    texts = [[table.item(r, c) for c in range(table.columnCount())] for r in range(table.rowCount())]
    return [[item.text() if item else "" for item in row] for row in texts]


def test_without_data_it_says_what_will_stand_here(view: RadarView) -> None:
    assert view.picks.page is view.picks.empty
    assert not view.toggle.isEnabled()
    view.set_radar(Radar((), (), ()))
    assert view.picks.page is view.picks.empty


def test_the_chart_comes_after_the_first_paint(qtbot: QtBot, view: RadarView) -> None:
    view.set_radar(RADAR)
    assert chart_of(view) is None
    qtbot.waitUntil(lambda: chart_of(view) is not None)
    assert view.picks.page is view.picks.place


def test_a_hidden_radar_loads_nothing(qtbot: QtBot) -> None:
    view = RadarView()
    qtbot.addWidget(view)
    view.set_radar(RADAR)
    qtbot.wait(150)
    assert chart_of(view) is None
    assert cells(view)[0] == ["calm", "82 %", "50 %"]


def test_the_table_says_the_same(qtbot: QtBot, view: RadarView) -> None:
    view.set_radar(RADAR)
    qtbot.waitUntil(lambda: chart_of(view) is not None)
    click(view.toggle)
    assert view.picks.page is view.picks.table
    assert cells(view) == [
        ["calm", "82 %", "50 %"], ["acoustic", "74 %", "50 %"], ["vocal", "31 %", "48 %"], ["fast", "20 %", "52 %"],
    ]  # fmt: skip
    click(view.toggle)
    assert view.picks.page is view.picks.place


def test_a_screen_reader_hears_the_numbers(view: RadarView) -> None:
    view.set_radar(RADAR)
    assert view.accessibleDescription().startswith("calm: picks 82%, library 50%; acoustic")


def test_two_axes_are_a_table(view: RadarView) -> None:
    view.set_radar(Radar(("calm", "fast"), (0.8, 0.2), (0.5, 0.5)))
    assert view.picks.page is view.picks.table


@pytest.mark.parametrize("count", [3, 5, 8])
def test_the_words_stay_inside_a_narrow_chart(qtbot: QtBot, view: RadarView, count: int) -> None:
    names = ("acoustic guitar", "electronic", "female vocals", "instrumental", "calm", "fast", "dark", "happy")[:count]
    view.set_radar(Radar(names, (1.0,) * count, (0.5,) * count))
    qtbot.waitUntil(lambda: chart_of(view) is not None)
    chart = chart_of(view)
    assert chart is not None
    view.grab()  # pyqtgraph places its items when it paints
    for item in chart.getPlotItem().items:
        if hasattr(item, "textItem"):
            box = chart.mapFromScene(item.textItem.sceneBoundingRect()).boundingRect()
            assert box.left() >= -2
            assert box.right() <= chart.width() + 2
            assert box.top() >= -2
            assert box.bottom() <= chart.height() + 2


def test_a_moved_radar_keeps_its_web_and_moves_its_area(qtbot: QtBot, view: RadarView) -> None:
    view.set_radar(RADAR)
    qtbot.waitUntil(lambda: chart_of(view) is not None)
    chart = chart_of(view)
    assert chart is not None
    items, before = list(chart.getPlotItem().items), chart._areas[1].polygon().first().y()
    view.set_radar(Radar(RADAR.axes, (0.1, 0.9, 0.9, 0.9), RADAR.library))
    qtbot.waitUntil(lambda: chart._areas[1].polygon().first().y() != before)
    assert list(chart.getPlotItem().items) == items
    assert chart._texts[0].toPlainText() == "calm\n10 %"


def test_the_panel_does_not_import_pyqtgraph() -> None:
    code = "import sys, musicdesk.ui.taste_panel, musicdesk.ui.transport; sys.exit('pyqtgraph' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
