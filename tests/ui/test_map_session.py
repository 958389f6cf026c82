"""The map over a real desk: made, looked at, walked over, drawn around, heard, and made anew."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QKeySequence, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QInputDialog
from pytestqt.qtbot import QtBot
from three_kinds import EACH, KINDS, kind_of, open_desk
from ui_session import WAIT_MS, begin, settle

from musicdesk.desk.desk import Desk
from musicdesk.jobs import Job
from musicdesk.ui import theme
from musicdesk.ui.actions import ENTRIES
from musicdesk.ui.analysis_status import Work
from musicdesk.ui.empty_states import State
from musicdesk.ui.map_controller import OLD
from musicdesk.ui.map_page import MapPage
from musicdesk.ui.session import Session
from musicdesk.ui.workspace import TAB_MAP

NO, LEFT = Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton


@pytest.fixture
def session(desk: Desk, qtbot: QtBot) -> Iterator[Session]:
    yield from looked_at(desk, qtbot)


@pytest.fixture(scope="module")
def kept_map(analysed: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a map of the library of three kinds."""
    data = tmp_path_factory.mktemp("mapped") / "data"
    shutil.copytree(analysed / "data", data)
    with open_desk(data) as opened:
        opened.mapping.make(Job())
    return data / "map"


@pytest.fixture
def mapped(desk: Desk, kept_map: Path, qtbot: QtBot) -> Iterator[Session]:
    shutil.copytree(kept_map, desk.folders.data / "map")
    for made in looked_at(desk, qtbot):
        qtbot.waitUntil(lambda made=made: len(made.window.map.points) > 0, timeout=WAIT_MS)
        at_rest(made, qtbot)
        yield made


def looked_at(desk: Desk, qtbot: QtBot) -> Iterator[Session]:
    """A session whose page of the map is shown."""
    desk.settings = desk.settings.changed(watch=False)
    made = begin(desk, qtbot)
    QTest.keyClick(made.window, Qt.Key.Key_7, Qt.KeyboardModifier.AltModifier)
    settle(made, qtbot)
    yield made
    made.close()


def at_rest(session: Session, qtbot: QtBot) -> None:
    settle(session, qtbot)
    qtbot.waitUntil(lambda: session.window.map.map.resting, timeout=WAIT_MS)


def titles(page: MapPage) -> list[str]:
    return [track.title for track in page.view.tracks()]


def row_of(page: MapPage, title: str) -> int:
    tracks = [page.model.track_of(sound) for sound in page.points.hashes]
    return next(row for row, track in enumerate(tracks) if track.title == title)


def place_of(page: MapPage, row: int) -> QPoint:
    return QPointF(*page.map.on_screen()[row].tolist()).toPoint()


def draw_around(page: MapPage, rows: list[int], *, modifier: Qt.KeyboardModifier = NO) -> None:
    there = page.map.on_screen()[rows]
    (left, top), (right, bottom) = there.min(axis=0) - 4, there.max(axis=0) + 4
    corners = [QPoint(round(x), round(y)) for x, y in ((left, top), (right, top), (right, bottom), (left, bottom))]
    QTest.mousePress(page.map, LEFT, modifier, corners[0])
    for corner in corners[1:]:
        QTest.mouseMove(page.map, corner)
    QTest.mouseRelease(page.map, LEFT, modifier, corners[-1])


def test_with_no_map_yet_one_button_makes_it(session: Session, qtbot: QtBot) -> None:
    page = session.window.map
    assert session.window.tabs.currentIndex() == TAB_MAP
    assert page.state is State.NO_MAP
    assert not page.again.isVisible()
    page.empty.button.click()
    assert page.state is State.MAKING_MAP
    assert page.progress.isVisible()
    qtbot.waitUntil(lambda: session.mapping.job is None and page.state is None, timeout=WAIT_MS)
    at_rest(session, qtbot)
    assert not page.progress.isVisible()
    assert len(page.points) == EACH * len(KINDS)
    assert "the fewer, the fainter" in page.believed.text()
    assert page.legend.count() == len(page.points.names)
    image = page.map.grab().toImage()
    assert len({image.pixel(x, y) for x in range(0, image.width(), 3) for y in range(0, image.height(), 3)}) > 3


def test_a_map_that_was_measured_against_landmarks_says_so(mapped: Session) -> None:
    page = mapped.window.map
    assert "drawn by lot" not in page.believed.text()
    page.set_points(replace(page.points, landmarks=10_000))
    assert "measured against 10,000 tracks drawn by lot" in page.believed.text()


def test_a_map_older_than_the_library_that_is_not_made_by_itself_offers_it(
    mapped: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = mapped.window.map
    monkeypatch.setattr("musicdesk.desk.mapping.GREW", -1.0)
    mapped.mapping._tried = True
    mapped.mapping.refresh()
    qtbot.waitUntil(page.notice.isVisible, timeout=WAIT_MS)
    assert page.notice.text.text() == OLD
    assert page.notice.button.text() == "Make anew"
    page.notice.button.click()
    assert mapped.mapping.job is not None
    assert not page.notice.isVisible()
    qtbot.waitUntil(lambda: mapped.mapping.job is None, timeout=WAIT_MS)
    monkeypatch.undo()


def test_making_it_can_be_stopped_and_the_map_before_stays(mapped: Session, qtbot: QtBot) -> None:
    page, before = mapped.window.map, mapped.window.map.points
    page.again.click()
    assert mapped.mapping.job is not None
    assert page.state is None, "the map before is looked at until then"
    page.progress.cancel.click()
    qtbot.waitUntil(lambda: mapped.mapping.job is None, timeout=WAIT_MS)
    at_rest(mapped, qtbot)
    assert not page.progress.isVisible()
    assert np.abs(page.points.places - before.places).max() < 0.5


def test_the_three_kinds_lie_apart_and_a_line_around_one_chooses_it(mapped: Session) -> None:
    page = mapped.window.map
    kinds = [kind_of(page.model.track_of(sound).title) for sound in page.points.hashes]
    noise = [row for row, kind in enumerate(kinds) if kind == "Noise"]
    draw_around(page, noise, modifier=Qt.KeyboardModifier.ShiftModifier)
    assert set(page.map.rows.tolist()) >= set(noise)
    assert sum(kind_of(title) == "Noise" for title in titles(page)) == EACH
    assert len(titles(page)) < 2 * EACH
    assert f"{len(titles(page)):,} chosen" in page.count.text()
    assert list(mapped.library.targets()) == list(page.view.tracks()), "every verb is about all of them"


def test_the_button_lets_a_drag_draw_and_goes_out_again(mapped: Session) -> None:
    page = mapped.window.map
    page.lasso.click()
    draw_around(page, list(range(len(page.points))))
    assert len(page.map.rows) == len(page.points)
    assert not page.lasso.isChecked()
    assert not page.map.lasso


def test_a_click_chooses_a_track_names_it_and_space_plays_it(mapped: Session, qtbot: QtBot) -> None:
    page = mapped.window.map
    row = row_of(page, "Bells 3")
    QTest.mouseClick(page.map, LEFT, NO, place_of(page, row))
    assert page.map.current in page.map.rows
    title = titles(page)[0]
    assert mapped.window.view.current().title == title
    assert title in page.map.accessibleDescription()
    page.map.setFocus()
    QTest.keyClick(page.map, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: mapped.playback.heard is not None, timeout=WAIT_MS)
    assert (mapped.playback.heard.track.title, mapped.playback.heard.excerpt) == (title, True)
    QTest.keyClick(page.map, Qt.Key.Key_Return)
    settle(mapped, qtbot)
    assert not mapped.playback.heard.excerpt
    QTest.mouseClick(page.map, LEFT, NO, QPoint(1, 1))
    assert not len(page.map.rows)
    assert not page.prototype.isEnabled()


def test_arrows_walk_to_the_nearest_on_that_side_and_shift_keeps_the_others(mapped: Session) -> None:
    page = mapped.window.map
    page.map.setFocus()
    QTest.keyClick(page.map, Qt.Key.Key_Right)
    first = page.map.current
    x = page.map.on_screen()[:, 0]
    left, right = int(x.argmin()), int(x.argmax())
    page.map.choose((left,))
    QTest.keyClick(page.map, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert first >= 0
    assert len(page.map.rows) == 2
    assert x[page.map.current] > x[left]
    for _ in range(len(page.points)):
        QTest.keyClick(page.map, Qt.Key.Key_Right)
    there = page.map.on_screen()
    assert page.map.current == right or there[page.map.current, 0] > np.median(there[:, 0])
    page.map.choose((right,))
    QTest.keyClick(page.map, Qt.Key.Key_Right)
    assert page.map.current == right, "there is nothing farther on that side"


def test_the_wheel_zooms_around_the_pointer_and_a_drag_moves(mapped: Session, qtbot: QtBot) -> None:
    view = mapped.window.map.map
    place = place_of(mapped.window.map, 0)
    before = view.frame
    wheel = QWheelEvent(
        QPointF(place), QPointF(place), QPoint(), QPoint(0, 240), Qt.MouseButton.NoButton, NO,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(view, wheel)
    assert view.frame.scale > 1.4 * before.scale
    assert (place_of(mapped.window.map, 0) - place).manhattanLength() <= 2
    QTest.mousePress(view, LEFT, NO, QPoint(100, 100))
    QTest.mouseMove(view, QPoint(130, 120))
    QTest.mouseRelease(view, LEFT, NO, QPoint(130, 120))
    assert (place_of(mapped.window.map, 0) - place - QPoint(30, 20)).manhattanLength() <= 2
    assert not len(view.rows), "a drag chooses nothing"
    at_rest(mapped, qtbot)
    QTest.keyClick(view, Qt.Key.Key_0)
    assert view.frame == before


def test_the_pointer_names_what_is_under_it_and_plays_it_only_where_that_is_wished(
    mapped: Session, qtbot: QtBot
) -> None:
    page = mapped.window.map
    QTest.mouseMove(page.map, place_of(page, 4))
    qtbot.waitUntil(lambda: page.map.under >= 0, timeout=WAIT_MS)
    assert mapped.playback.heard is None
    with qtbot.waitSignal(page.map.dwelt, timeout=WAIT_MS):
        pass
    assert mapped.playback.heard is None, "nothing sounds unasked"
    page.hover.setChecked(True)
    assert mapped.desk.settings.hover_preview
    QTest.mouseMove(page.map, QPoint(2, 2))
    QTest.mouseMove(page.map, place_of(page, 4))
    qtbot.waitUntil(lambda: mapped.playback.heard is not None, timeout=WAIT_MS)
    assert mapped.playback.heard.excerpt


def test_the_legend_brings_one_prototype_forward_and_lets_it_go(mapped: Session, qtbot: QtBot) -> None:
    page = mapped.window.map
    line = page.legend.visualItemRect(page.legend.item(0)).center()
    QTest.mouseClick(page.legend.viewport(), LEFT, NO, line)
    assert np.array_equal(page.map.look.back, page.points.nearest != 0)
    QTest.mouseClick(page.legend.viewport(), LEFT, NO, line)
    assert not page.map.look.back.any()
    at_rest(mapped, qtbot)


def test_the_colours_follow_the_taste_and_what_was_chosen_stays(mapped: Session, qtbot: QtBot) -> None:
    page = mapped.window.map
    page.map.choose((3, 5))
    names = page.points.names
    mapped.desk.recommending.rename("1", "my own kind")
    qtbot.waitUntil(lambda: page.points.names != names, timeout=WAIT_MS)
    at_rest(mapped, qtbot)
    assert "my own kind" in page.points.names
    assert page.map.rows.tolist() == [3, 5]
    assert page.view.table.rowCount() == 2


def test_the_chosen_become_a_prototype(mapped: Session, qtbot: QtBot) -> None:
    page = mapped.window.map
    before = {p.id for p in mapped.desk.recommending.taste().prototypes}
    page.map.choose(range(4))
    page.prototype.click()
    qtbot.waitUntil(
        lambda: {p.id for p in mapped.desk.recommending.taste().prototypes} - before != set(), timeout=WAIT_MS
    )
    at_rest(mapped, qtbot)
    assert mapped.desk.recommending.history().undo


def test_the_chosen_go_to_a_playlist_and_play_from_the_first_on(mapped: Session, qtbot: QtBot) -> None:
    page = mapped.window.map
    page.map.choose((2, 4, 6))
    page.playlist.click()
    dialog = next(d for d in mapped.window.findChildren(QInputDialog) if d.isVisible())
    dialog.setTextValue("From the map")
    dialog.accept()
    settle(mapped, qtbot)
    kept = mapped.desk.curating.playlists()
    assert [(p.name, len(p.track_ids)) for p in kept] == [("From the map", 3)]
    page.play.click()
    settle(mapped, qtbot)
    assert mapped.playback.heard.track.title == titles(page)[0]
    assert mapped.playback.heard.view is page.view


def test_escape_goes_back_step_by_step(mapped: Session) -> None:
    page = mapped.window.map
    page.map.setFocus()
    page.map.choose((1, 2))
    page.lasso.setChecked(True)
    mapped.window.actions_["back"].trigger()
    assert not page.lasso.isChecked()
    assert len(page.map.rows) == 2
    mapped.window.actions_["back"].trigger()
    assert not len(page.map.rows)


def test_where_another_musicdesk_writes_no_map_is_made(session: Session) -> None:
    session.desk.read_only = "Another musicdesk is open."
    session.window.lock("Another musicdesk is open.")
    page = session.window.map
    assert not page.empty.button.isEnabled()
    session.mapping.make()
    assert session.mapping.job is None
    assert session.window.notice.text.text() == "Another musicdesk is open."


def test_an_outdated_map_is_made_anew_by_itself(mapped: Session, qtbot: QtBot) -> None:
    page = mapped.window.map
    noise = [page.model.track_of(sound) for sound in page.points.hashes[:6]]
    mapped.desk.indexing.exclude(noise, True)
    qtbot.waitUntil(lambda: mapped.mapping.job is not None, timeout=WAIT_MS)
    qtbot.waitUntil(lambda: mapped.mapping.job is None, timeout=WAIT_MS)
    at_rest(mapped, qtbot)
    assert len(page.points) == len(mapped.desk.mapping.current()) == EACH * len(KINDS) - 6
    assert not page.points.stale


def test_while_music_is_listened_to_no_map_is_made_unasked(mapped: Session, qtbot: QtBot) -> None:
    page = mapped.window.map
    mapped.window.library.status.work = Work.RUNNING
    tracks = [page.model.track_of(sound) for sound in page.points.hashes[:6]]
    mapped.desk.indexing.exclude(tracks, True)
    qtbot.waitUntil(lambda: page.points.stale, timeout=WAIT_MS)
    at_rest(mapped, qtbot)
    assert mapped.mapping.job is None
    assert len(page.points) == EACH * len(KINDS) - 6, "what is gone is gone from the map at once"


def test_it_fits_small_and_large_windows_in_both_lights(mapped: Session, qtbot: QtBot) -> None:
    page, app = mapped.window.map, QApplication.instance()
    for dark, size in ((True, (1024, 640)), (False, (1920, 1200))):
        theme.apply(app, dark=dark)
        mapped.window.resize(*size)
        at_rest(mapped, qtbot)
        assert page.map.width() >= 160
        assert page.map.height() >= 120
        ground = page.map.grab().toImage().pixelColor(2, 2)
        assert (ground.lightness() < 128) is dark
        for button in (page.prototype, page.playlist, page.play, page.again, page.whole, page.lasso):
            assert button.toolTip()
            assert page.rect().contains(button.mapTo(page, button.rect().bottomRight()))


def test_the_page_has_its_key_and_its_action() -> None:
    keys = {entry.id: entry.keys for entry in ENTRIES}
    assert keys["tab_7"] == ("Alt+7",)
    assert keys["make_map"]
    assert QKeySequence(keys["make_map"][0]).count() == 1
