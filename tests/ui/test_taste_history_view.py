"""The taste over time says the same in a sentence, as a chart, line by line and as a table."""

from datetime import date, timedelta

import pytest
from PySide6.QtCore import QRectF, Qt
from pytestqt.qtbot import QtBot
from ui_samples import Heard, click

from musicdesk.records import GainChange, GainCurve, TasteHistory
from musicdesk.ui.radar import PICKS, RadarView
from musicdesk.ui.taste_history_view import OF_TIME, TasteHistoryView, stretches, web
from musicdesk.ui.taste_history_words import NOTHING_KNOWN

DAYS = tuple((date(2026, 5, 1) + timedelta(days=day)).isoformat() for day in range(30))
HISTORY = TasteHistory(
    DAYS,
    (
        GainCurve("p0", "quiet piano · classical", 0, (1.0,) * 20 + (1.4,) * 10),
        GainCurve("p1", "driving metal", 1, (0.3,) * 30),
        GainCurve("p2", "bells", 2, (None,) * 25 + (1.0,) * 5),
        GainCurve("p3", "not: techno", 3, (-0.5,) * 10 + (None,) * 20),
    ),
)
CHANGES = (
    GainChange("p2", "bells", 2, None, 1.0),
    GainChange("p3", "not: techno", 3, -0.5, None),
    GainChange("p0", "quiet piano · classical", 0, 1.0, 1.4),
    GainChange("advisor:my history", "my history", 102, 0.3, 0.4),
)


@pytest.fixture
def view(qtbot: QtBot) -> TasteHistoryView:
    made = TasteHistoryView()
    qtbot.addWidget(made)
    made.resize(300, 520)
    made.set_history(HISTORY, CHANGES)
    made.show()
    qtbot.waitExposed(made)
    return made


def test_a_sentence_names_the_largest_changes_and_counts_the_others(view: TasteHistoryView) -> None:
    assert view.told.text() == (
        "In the last month: bells is new at 1.00; not: techno is gone (it was at −0.50); "
        "quiet piano · classical 1.00 → 1.40; and 1 smaller change."
    )
    assert view.accessibleDescription() == view.told.text()
    view.set_history(HISTORY, ())
    assert view.told.text() == "Nothing has changed in the last month."


@pytest.mark.parametrize(
    ("days", "words", "dashed"),
    [(2, "Since yesterday: ", "yesterday"), (6, "In the last 5 days: ", "5 days ago")],
)
def test_a_short_time_is_said_as_what_it_is(view: TasteHistoryView, days: int, words: str, dashed: str) -> None:
    curves = tuple(GainCurve(c.id, c.name, c.slot, c.gains[-days:]) for c in HISTORY.curves)
    view.set_history(TasteHistory(DAYS[-days:], curves), CHANGES)
    assert view.told.text().startswith(words)
    assert view.legend.labels[1].text() == dashed


def test_on_the_first_day_there_is_nothing_to_compare(view: TasteHistoryView) -> None:
    view.set_history(TasteHistory(DAYS[:1], (GainCurve("p0", "quiet piano", 0, (1.0,)),)), ())
    assert view.told.text() == NOTHING_KNOWN
    assert view.place.web is None
    assert not view.place.isVisible()
    assert not view.legend.isVisible()
    assert not view.rows


def test_the_chart_has_now_and_then_as_two_outlines(view: TasteHistoryView, qtbot: QtBot) -> None:
    drawn = web(HISTORY, CHANGES)
    assert drawn is not None
    assert drawn.axes == ("p0", "p1", "p2", "p3")
    assert drawn.solid == pytest.approx((2.4 / 3, 1.3 / 3, 2 / 3, 1 / 3))
    assert drawn.dashed == pytest.approx((2 / 3, 1.3 / 3, 1 / 3, 0.5 / 3))
    assert drawn.words == ("quiet piano\n1.0 → 1.4", "driving metal\n0.3", "bells\n1.0", "not: techno\ngone")
    qtbot.waitUntil(lambda: view.place.chart is not None)
    assert view.place.isVisible()


def test_of_many_prototypes_those_that_changed_are_drawn_first(view: TasteHistoryView) -> None:
    many = tuple(GainCurve(f"p{n}", f"part {n}", n, (n / 20, n / 20)) for n in range(20))
    drawn = web(TasteHistory(DAYS[:2], many), (GainChange("p1", "part 1", 1, 0.0, 0.05),))
    assert drawn is not None
    assert drawn.axes == ("p1", *(f"p{n}" for n in range(13, 20)))
    assert web(TasteHistory(DAYS[:2], many[:2]), ()) is None


def test_each_change_has_a_line_that_leads_to_its_slider(view: TasteHistoryView, qtbot: QtBot) -> None:
    asked = Heard(view.channel_asked)
    assert [row.accessibleName() for row in view.rows] == [
        "bells is new at 1.00", "not: techno is gone (it was at −0.50)",
        "quiet piano · classical 1.00 → 1.40", "my history 0.30 → 0.40",
    ]  # fmt: skip
    click(view.rows[2])
    qtbot.keyClick(view.rows[3], Qt.Key.Key_Space)
    assert asked.calls == [("p0",), ("advisor:my history",)]
    assert not view.rows[1].isEnabled(), "what is gone has no slider"
    view.grab()


def test_a_line_breaks_where_there_was_no_such_prototype() -> None:
    area = QRectF(0, 0, 60, 30)
    (gone,) = stretches((2.0, -1.0, None), area)
    assert [(p.x(), p.y()) for p in gone] == [(0, 0), (20, 0), (20, 30), (40, 30)]
    assert len(stretches((1.0, None, 1.0), area)) == 2
    assert not stretches((None,), area)


def test_the_table_says_the_same(view: TasteHistoryView) -> None:
    view.show_numbers(True)
    assert view.table.isVisible()
    assert not view.place.isVisible()
    assert not any(row.isVisible() for row in view.rows)
    texts = [[view.table.item(row, column).text() for column in range(4)] for row in range(view.table.rowCount())]
    assert texts == [
        ["quiet piano · classical", "1.00", "1.40", "1.40"], ["driving metal", "0.30", "0.30", "0.30"],
        ["bells", "–", "–", "1.00"], ["not: techno", "−0.50", "–", "–"],
    ]  # fmt: skip


def test_the_radar_turns_to_it_and_back(qtbot: QtBot) -> None:
    radar = RadarView()
    qtbot.addWidget(radar)
    radar.show()
    qtbot.waitExposed(radar)
    asked = Heard(radar.history_asked)
    assert not radar.over_time.isVisible(), "a newcomer has no past to look at"
    radar.set_full(True)
    click(radar.over_time)
    assert len(asked) == 1
    assert radar.history.isVisible()
    assert not radar.picks.isVisible()
    assert radar.title.text() == radar.accessibleName() == OF_TIME
    radar.history.set_history(HISTORY, CHANGES)
    click(radar.toggle)
    assert radar.history.table.isVisible()
    radar.set_full(False)
    assert radar.picks.isVisible()
    assert radar.title.text() == PICKS
