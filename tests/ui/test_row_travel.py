"""Rows travel to their new place; the model and everything a hand does refer to where they belong."""

from itertools import pairwise

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QProxyStyle, QStyle
from pytestqt.qtbot import QtBot
from ui_samples import track

from musicdesk.records import Ranking
from musicdesk.ui import motion
from musicdesk.ui.row_painter import ROW_HEIGHT
from musicdesk.ui.row_travel import RowTravel
from musicdesk.ui.tracks_model import RankingModel
from musicdesk.ui.tracks_view import TracksView

SEEN = 8
"""Rows that fit into the view."""


def ranking(numbers: list[int]) -> Ranking:
    shares = np.full((len(numbers), 1), 1.0, np.float32)
    match = np.full(len(numbers), 0.9, np.float32)
    return Ranking(
        tuple(f"h{i}" for i in numbers), tuple(numbers), shares[:, 0], match, shares, shares * 0.8, ("piano",), (0,),
        np.ones(1, np.float32),
    )  # fmt: skip


class Clock:
    """A time that stands still until it is moved."""

    def __init__(self, travel: RowTravel) -> None:
        self.now = 100.0
        travel.clock = lambda: self.now
        travel._frames.setInterval(10_000)

    def passes(self, ms: float) -> None:
        self.now += ms / 1000


@pytest.fixture
def view(qtbot: QtBot) -> TracksView:
    model = RankingModel()
    model.set_tracks({f"h{i}": track(i) for i in range(400)})
    made = TracksView(model, name="Test")
    qtbot.addWidget(made)
    made.resize(700, SEEN * ROW_HEIGHT + made.horizontalHeader().height())
    made.show()
    qtbot.waitExposed(made)
    model.show(ranking(list(range(200))))
    made.viewport().repaint()
    return made


@pytest.fixture
def clock(view: TracksView) -> Clock:
    return Clock(view.travel)


def show(view: TracksView, numbers: list[int]) -> None:
    assert isinstance(view.table, RankingModel)
    view.table.show(ranking(numbers))


def tops(view: TracksView) -> dict[int, int]:
    """Where each track is painted; rows at rest where they belong."""
    share = view.travel._share()
    travelling = {leg.row: round(leg.at(share)[0]) for leg in view.travel._legs}
    rows = travelling or {row: view.rowViewportPosition(row) for row in range(SEEN)}
    return {int(view.table.key(row)[1:]): top for row, top in rows.items()}


def swapped(first: int, second: int) -> list[int]:
    order = list(range(200))
    order[first], order[second] = order[second], order[first]
    return order


def pixels(view: TracksView) -> QImage:
    return view.viewport().grab().toImage()


def test_a_row_travels_from_its_old_place_to_the_new_one(view: TracksView, clock: Clock) -> None:
    show(view, swapped(1, 5))
    assert view.travel.moving
    assert view.table.key(1) == "h5", "the model has the new order at once"
    on_the_way = [tops(view)]
    for _ in range(3):
        clock.passes(25)
        on_the_way.append(tops(view))
    ups, downs = ([place[number] for place in on_the_way] for number in (5, 1))
    assert 5 * ROW_HEIGHT > ups[0] > ups[1] > ups[2] > ups[3] > ROW_HEIGHT
    assert ROW_HEIGHT < downs[0] < downs[1] < downs[2] < downs[3] < 5 * ROW_HEIGHT
    assert all(place[3] == 3 * ROW_HEIGHT for place in on_the_way), "what keeps its place rests"
    clock.passes(60)
    view.travel._frame()
    assert not view.travel.moving
    assert tops(view)[5] == ROW_HEIGHT


def test_what_is_painted_follows_the_way(view: TracksView, clock: Clock) -> None:
    before = pixels(view)
    show(view, swapped(1, 5))
    clock.passes(40)
    between = pixels(view)
    view.travel.stop()
    after = pixels(view)
    assert len({bytes(image.constBits()) for image in (before, between, after)}) == 3
    show(view, swapped(1, 5))
    assert not view.travel.moving
    assert pixels(view) == after


def test_it_ends_by_itself(view: TracksView, qtbot: QtBot) -> None:
    show(view, swapped(0, 7))
    assert view.travel.moving
    painted = view.paints
    qtbot.waitUntil(lambda: not view.travel.moving)
    assert view.paints > painted
    assert not view.travel._frames.isActive()


def test_a_new_order_on_the_way_goes_on_from_where_the_rows_are(view: TracksView, clock: Clock) -> None:
    show(view, swapped(1, 5))
    clock.passes(30)
    here = tops(view)
    show(view, swapped(1, 6))
    clock.passes(-16)
    again = tops(view)
    assert again[5] == pytest.approx(here[5], abs=1)
    assert again[1] == pytest.approx(here[1], abs=1)
    assert again[6] == 6 * ROW_HEIGHT
    clock.passes(40)
    assert tops(view)[5] > here[5], "it turns round"


def test_rows_from_below_come_in_and_rows_that_leave_go_out_at_that_edge(view: TracksView, clock: Clock) -> None:
    show(view, swapped(2, 150))
    clock.passes(-16)
    height = view.viewport().height()
    assert tops(view)[150] == height
    assert tops(view)[2] == 2 * ROW_HEIGHT
    clock.passes(118)
    assert tops(view)[150] < 3 * ROW_HEIGHT
    assert tops(view)[2] > 7 * ROW_HEIGHT


def test_rows_from_above_come_in_at_the_top(view: TracksView, clock: Clock) -> None:
    view.verticalScrollBar().setValue(50 * ROW_HEIGHT)
    show(view, swapped(3, 52))
    clock.passes(-16)
    assert tops(view)[3] == -ROW_HEIGHT
    assert tops(view)[52] == 2 * ROW_HEIGHT, "the one that goes up to there is still where it was"


def test_a_row_that_is_new_to_the_list_fades_in(view: TracksView, clock: Clock) -> None:
    show(view, [0, 300, *range(1, 199)])
    found = {place.row: place for place in view.travel.placed()}
    assert 0 < found[1].opacity < 0.5
    assert found[0].opacity == found[2].opacity == 1.0
    clock.passes(60)
    assert {place.row: place for place in view.travel.placed()}[1].opacity > 0.8


def leaving(view: TracksView) -> dict[int, float]:
    """How clear each track still is that has left, by its number."""
    places = view.travel.placed()
    return {place.past.track(place.row).id: place.opacity for place in places if place.past is not None}


def test_a_row_that_has_left_the_list_fades_out_where_it_stood(view: TracksView, clock: Clock) -> None:
    before = pixels(view)
    show(view, [n for n in range(200) if n != SEEN - 1])
    clock.passes(-16)
    assert leaving(view) == {SEEN - 1: 1.0}
    assert view.table.rowCount() == 199, "the model knows nothing of it any more"
    assert pixels(view) == before, "the first picture is the last of the list before"
    clock.passes(40)
    assert 0 < leaving(view)[SEEN - 1] < 0.5
    clock.passes(90)
    view.travel._frame()
    assert not view.travel.moving


def test_one_that_comes_back_on_the_way_is_clear_again(view: TracksView, clock: Clock) -> None:
    gone = [n for n in range(200) if n != SEEN - 1]
    show(view, gone)
    clock.passes(20)
    faint = leaving(view)[SEEN - 1]
    show(view, list(range(200)))
    assert not leaving(view)
    back = next(place for place in view.travel.placed() if place.row == SEEN - 1)
    assert faint < back.opacity < 1.0
    show(view, gone)
    show(view, [n for n in gone if n != 0])
    fading = {leg.key for leg in view.travel._legs if leg.past is not None}
    assert fading == {"h0", f"h{SEEN - 1}"}, "what was fading goes on"


def test_where_most_of_what_is_seen_leaves_none_of_it_is_painted_any_more(view: TracksView, clock: Clock) -> None:
    show(view, [0, *range(SEEN, 199)])
    assert view.travel.moving
    assert not leaving(view)


def test_nothing_fades_where_motion_is_not_wanted(view: TracksView) -> None:
    view.travel.allowed = False
    show(view, [n for n in range(200) if n != SEEN - 1])
    assert not view.travel.moving
    assert not leaving(view)


def test_nothing_moves_for_the_same_order_or_an_altogether_other_list(view: TracksView) -> None:
    show(view, list(range(200)))
    assert not view.travel.moving
    show(view, swapped(100, 150))
    assert not view.travel.moving, "what changed cannot be seen"
    show(view, list(range(200, 400)))
    assert not view.travel.moving
    show(view, [])
    show(view, [1, 2])
    assert not view.travel.moving


def test_a_shorter_list_travels_too(view: TracksView) -> None:
    show(view, [3, 2, 1])
    assert view.travel.moving
    assert {place.row for place in view.travel.placed() if place.past is None} == {0, 1, 2}
    assert not pixels(view).isNull()


def test_mouse_and_choice_refer_to_where_the_rows_belong(view: TracksView, clock: Clock) -> None:
    view.choose_row(5)
    show(view, swapped(1, 5))
    assert view.current().id == 5
    assert view.currentIndex().row() == 1
    assert [t.id for t in view.selection()] == [5]
    assert view.indexAt(QPoint(200, ROW_HEIGHT + 5)).row() == 1
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(200, 5 * ROW_HEIGHT + 5))
    assert view.current().id == 1
    data = view.table.mimeData([view.indexAt(QPoint(200, 5 * ROW_HEIGHT + 5))])
    assert data.urls()[0].path().endswith("1.flac")


def test_the_chosen_row_is_tinted_where_it_is_painted(view: TracksView, clock: Clock) -> None:
    view.choose_row(7)
    accent = view._painter.paints.accent
    show(view, swapped(1, 7))
    top = tops(view)[7]
    image = pixels(view)
    assert image.pixelColor(1, top + 5) == accent
    assert image.pixelColor(1, ROW_HEIGHT + 5) != accent


def test_scrolling_and_a_new_size_end_it(view: TracksView) -> None:
    show(view, swapped(1, 5))
    view.verticalScrollBar().setValue(10)
    assert not view.travel.moving
    show(view, swapped(2, 6))
    view.resize(800, view.height())
    assert not view.travel.moving


def test_it_can_be_switched_off(view: TracksView) -> None:
    view.travel.allowed = False
    show(view, swapped(1, 5))
    assert not view.travel.moving


def test_a_view_that_is_not_seen_does_nothing(view: TracksView) -> None:
    view.hide()
    show(view, swapped(1, 5))
    assert not view.travel.moving


class Calm(QProxyStyle):
    """A style without motion."""

    def styleHint(self, hint: QStyle.StyleHint, *rest: object) -> int:  # noqa: N802  (Qt's name)
        return 0 if hint == QStyle.StyleHint.SH_Widget_Animation_Duration else super().styleHint(hint, *rest)


def test_the_system_s_wish_for_little_motion_is_kept_to(view: TracksView) -> None:
    assert not motion.reduced()
    app = QApplication.instance()
    app.setStyle(Calm())
    try:
        assert motion.reduced()
        show(view, swapped(1, 5))
        assert not view.travel.moving
    finally:
        app.setStyle("Fusion")  # the program's own; under a style sheet the old one does not tell its name


def test_what_lies_under_other_rows_or_outside_is_not_painted(view: TracksView, clock: Clock) -> None:
    show(view, list(range(100, 200)) + list(range(100)))
    assert len(view.travel._legs) == 2 * SEEN
    clock.passes(-16)
    assert [place.top for place in view.travel.placed()] == [ROW_HEIGHT * row for row in range(SEEN)]
    clock.passes(110)
    tops = sorted(place.top for place in view.travel.placed())
    assert tops[0] <= 0
    assert all(later - sooner <= ROW_HEIGHT for sooner, later in pairwise(tops)), "nothing is left bare"
    assert len(tops) <= SEEN + 2


def test_only_the_rows_of_one_page_are_looked_at(view: TracksView, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    key = RankingModel.key
    monkeypatch.setattr(RankingModel, "key", lambda model, row: asked.append(row) or key(model, row))
    show(view, list(reversed(range(200))))
    assert view.travel.moving
    assert len(asked) <= 2 * (SEEN + 2)
