"""The Coverage page over records: the sum adds up, nothing is hidden, everything can be reached and is named."""

import time

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton
from pytestqt.qtbot import QtBot
from ui_coverage import NOW, coverage, failure, failures, track
from ui_samples import Heard, click

from musicdesk.jobs import Progress
from musicdesk.records import Coverage, State
from musicdesk.ui import theme
from musicdesk.ui.analysis_status import AnalysisStatus, Work
from musicdesk.ui.coverage_bars import EncoderRow, segments, share, widths
from musicdesk.ui.coverage_page import TAB_FAILURES, TAB_RECORDINGS, CoveragePage
from musicdesk.ui.empty_states import State as Empty
from musicdesk.ui.ink import Ink
from musicdesk.ui.recordings_model import Group
from musicdesk.ui.states import STATES, paint_of
from musicdesk.ui.work_panel import WorkPanel


@pytest.fixture
def page(qtbot: QtBot) -> CoveragePage:
    made = CoveragePage(now=lambda: NOW)
    qtbot.addWidget(made)
    made.resize(744, 674)
    made.show()
    return made


# ---------------------------------------------------------------------------------------------- the sum


def test_the_numbers_of_the_seven_states_add_up_to_the_files_found(page: CoveragePage) -> None:
    page.set_coverages((coverage(),))
    assert page.title.text() == "1,000 files found"
    assert sum(int(label.text().replace(",", "")) for label in page.numbers.values()) == 1000
    assert list(page.numbers) == ["ok", "partial", "silent", "failed", "excluded", "pending", "stale"]
    assert page.sum.found.number.text() == "1,000"


def test_every_state_of_the_records_stands_in_the_sum() -> None:
    assert [shown.state for shown in STATES] == list(State)


def test_a_reader_of_the_screen_hears_the_sum(page: CoveragePage) -> None:
    page.set_coverages((coverage(),))
    assert page.sum.accessibleName().startswith("1,000 found: 900 ok, 40 partial")
    assert page.encoders.rows[0].accessibleName().endswith("30 pending, 20 stale")


def test_the_sum_breaks_into_two_lines_where_it_is_narrow_and_loses_nothing(page: CoveragePage) -> None:
    page.set_coverages((coverage(ok=123_456, pending=1_000_000),))
    tops = {term.y() for term in page.sum.terms.values()}
    page.resize(440, 674)
    QTest.qWait(20)
    assert len(tops) == 1
    assert len({term.y() for term in page.sum.terms.values()}) == 2
    for term in (page.sum.found, *page.sum.terms.values()):
        assert term.isVisible()
        assert term.geometry().right() <= page.sum.width()
        assert term.number.sizeHint().width() <= term.number.width()


def test_files_that_are_not_on_the_disk_are_told_beside_the_sum(page: CoveragePage) -> None:
    page.set_coverages((coverage(missing=211),))
    assert "211 more known" in page.aside.text()
    assert page.title.text() == "1,000 files found"


def test_what_was_only_listened_to_quickly_is_told(page: CoveragePage) -> None:
    page.set_coverages((coverage(quick=500),))
    assert page.quick.isVisible()
    assert page.quick_text.text().startswith("500 of the ready ones")
    page.set_coverages((coverage(),))
    assert not page.quick.isVisible()


# ---------------------------------------------------------------------------------------------- the bar


def test_a_single_failure_among_many_files_can_be_seen() -> None:
    given = widths([200_000, 1, 1], 400.0)
    assert min(given) >= 3
    assert sum(given) == pytest.approx(400)
    assert given[0] > 390


@pytest.mark.parametrize("files", [[], [5], [1, 1], [1] * 7, [10**6, 1, 1, 1, 1, 1, 1]])
@pytest.mark.parametrize("whole", [4.0, 30.0, 700.0])
def test_the_parts_fill_the_bar_and_never_more(files: list[int], whole: float) -> None:
    given = widths(files, whole)
    assert len(given) == len(files)
    assert all(wide > 0 for wide in given)
    assert sum(given) == pytest.approx(whole if files else 0)


def test_the_bar_holds_every_file_once(page: CoveragePage) -> None:
    parts = segments(coverage(quick=920), Ink.of(page))
    assert sum(files for files, _ in parts) == 1000
    assert [files for files, _ in parts][:3] == [900, 20, 20], "quick ones come of ok first, then of partial"


@pytest.mark.parametrize("look", [False, True], ids=["light", "dark"])
def test_no_two_states_look_alike(look: bool, page: CoveragePage) -> None:
    page.setPalette(theme.palette(look))
    ink = Ink.of(page)
    paints = [paint_of(shown.state, ink) for shown in STATES] + [paint_of(State.OK, ink, quick=True)]
    faces = {(QColor(p.ground).name(), QColor(p.stripes).name() if p.stripes else "") for p in paints}
    assert len(faces) == len(paints)


def test_not_quite_all_is_never_called_a_hundred_percent() -> None:
    assert share(Coverage("x", ok=100_000, pending=1)) == "99 %"
    assert share(Coverage("x", ok=3)) == "100 %"
    assert share(Coverage("x")) == "0 %"


# ---------------------------------------------------------------------------------------------- encoders


def both() -> tuple[Coverage, Coverage]:
    return coverage(), coverage("handcrafted", ok=990, pending=0, stale=0, partial=0, failures=())


def test_an_encoder_is_chosen_and_its_files_are_shown(page: CoveragePage) -> None:
    page.set_titles({"musicnn": "MusiCNN", "handcrafted": "Hand-made"})
    page.set_coverages(both())
    heard = Heard(page.encoder_chosen)
    first, second = page.encoders.rows
    assert (first.title, second.title) == ("MusiCNN", "Hand-made")
    assert first.isChecked()
    assert page.failures.model.rowCount() == 3
    click(second)
    assert heard.last == ("handcrafted",)
    assert page.encoder == "handcrafted"
    assert page.numbers["ok"].text() == "990"
    assert page.failures.model.rowCount() == 0


def test_the_arrow_keys_go_from_encoder_to_encoder(page: CoveragePage) -> None:
    page.set_coverages(both())
    page.encoders.rows[0].setFocus()
    QTest.keyClick(page.encoders.rows[0], Qt.Key.Key_Down)
    assert page.encoder == "handcrafted"


def test_the_choice_stays_while_the_numbers_grow(page: CoveragePage) -> None:
    page.set_coverages(both())
    row = page.encoders.rows[1]
    click(row)
    page.set_coverages((coverage(ok=901, pending=29), both()[1]))
    assert page.encoder == "handcrafted"
    assert page.encoders.rows[1] is row, "no row is built anew for other numbers"
    page.set_coverage(coverage(ok=905, pending=25))
    assert [c.encoder for c in (r.coverage for r in page.encoders.rows)] == ["musicnn", "handcrafted"]
    assert page.encoders.rows[0].coverage.ok == 905


def test_the_only_encoder_is_nothing_to_choose(page: CoveragePage) -> None:
    page.set_coverages((coverage(),))
    (row,) = page.encoders.rows
    assert not row.isCheckable()
    assert row.focusPolicy() == Qt.FocusPolicy.NoFocus


def test_an_encoder_that_is_gone_gives_way_to_the_one_in_use(page: CoveragePage) -> None:
    page.set_coverages(both())
    click(page.encoders.rows[1])
    page.set_coverages((coverage(),))
    assert page.encoder == "musicnn"
    assert len(page.findChildren(EncoderRow, options=Qt.FindChildOption.FindChildrenRecursively)) >= 1


# ---------------------------------------------------------------------------------------------- what runs


def test_what_runs_says_how_far_how_fast_how_long_and_on_what(page: CoveragePage) -> None:
    work = page.work
    page.set_work(Work.RUNNING)
    work.set_progress(
        Progress(
            "Listening with MusiCNN", 300, 1000, 120.0, "2 workers on the CPU", "The card gave up; on the CPU now."
        )
    )
    assert work.title.text() == "Listening with MusiCNN"
    for part in ("300 of 1,000", "150 a minute", "5 min left", "2 workers on the CPU"):
        assert part in work.fact.text().replace("\N{NO-BREAK SPACE}", " ")
    assert work.note.text() == "The card gave up; on the CPU now."
    assert (work.bar.value(), work.bar.maximum()) == (300, 1000)
    assert work.pause.isVisible()
    assert work.stop.isVisible()
    assert not work.start.isVisible()


def test_work_is_held_and_stopped_on_the_page(page: CoveragePage) -> None:
    work = page.work
    paused, stopped = Heard(work.pause_asked), Heard(work.stop_asked)
    page.set_work(Work.RUNNING)
    click(work.pause)
    assert len(paused) == 1
    work.set_work(Work.PAUSED)
    assert work.pause.text() == "Go on"
    assert work.title.text().startswith("Paused")
    click(work.stop)
    assert len(stopped) == 1
    work.set_work(Work.STOPPING)
    assert not work.stop.isEnabled()


REST = (
    (Coverage("m", ok=5, pending=3, stale=2), "Not everything is listened to yet", "Go on"),
    (Coverage("m", pending=3), "Not everything is listened to yet", "Listen now"),
    (Coverage("m", ok=5, quick=5), "Everything is ready to use", "Listen in full"),
    (Coverage("m", ok=5, failed=1), "Everything is listened to", ""),
    (Coverage("m"), "Nothing to listen to yet", ""),
)


@pytest.mark.parametrize(("known", "title", "button"), REST, ids=[title + button for _, title, button in REST])
def test_while_nothing_runs_it_says_what_is_left_and_offers_it(
    known: Coverage, title: str, button: str, qtbot: QtBot
) -> None:
    work = WorkPanel()
    qtbot.addWidget(work)
    asked = Heard(work.start_asked)
    work.set_coverage(known, title="MusiCNN")
    assert work.title.text() == title
    assert work.start.isVisibleTo(work) is bool(button)
    assert work.start.text() == button or not button
    if button:
        work.start.click()
        assert len(asked) == 1


def test_what_must_be_listened_to_anew_is_told(qtbot: QtBot) -> None:
    work = WorkPanel()
    qtbot.addWidget(work)
    work.set_coverage(Coverage("m", ok=5, pending=3, stale=2), title="MusiCNN")
    assert work.fact.text() == "MusiCNN has 5 files still to listen to, 2 of them anew with a newer version."


def test_the_start_names_the_encoder_that_is_shown(page: CoveragePage) -> None:
    page.set_coverages((coverage(), coverage("handcrafted")))
    click(page.encoders.rows[1])
    asked = Heard(page.start_asked)
    page.work.start.click()
    assert asked.last == ("handcrafted",)


def test_the_corner_counts_what_is_stale_as_still_to_do(qtbot: QtBot) -> None:
    status = AnalysisStatus()
    qtbot.addWidget(status)
    status.set_coverage(Coverage("m", ok=8, stale=2, quick=3))
    assert status.title.text() == "8 of 10 listened to"
    assert status.detail.text() == "3 of them quickly so far"
    assert status.start.isVisibleTo(status)
    status.lock("Another one writes.")
    assert not status.start.isVisibleTo(status)


def test_the_corner_has_room_for_what_it_says(qtbot: QtBot) -> None:
    status = AnalysisStatus()
    qtbot.addWidget(status)
    status.resize(196, 120)
    status.show()
    for known in (coverage(failed=12_345, silent=0), coverage(failed=12_345, silent=0, pending=0, stale=0)):
        status.set_coverage(known)
        assert "12,345 could not be heard" in f"{status.more.text()} {status.detail.text()}"
        QTest.qWait(20)
        shown = [button for button in (status.start, status.more) if button.isVisible()]
        assert all(button.width() >= button.sizeHint().width() for button in shown)


# ---------------------------------------------------------------------------------------------- the rest of the page


def test_the_tab_says_how_many_could_not_be_heard(page: CoveragePage) -> None:
    page.set_coverages((coverage(),))
    assert page.tabs.tabText(TAB_FAILURES).endswith(" 3")
    page.set_coverages((Coverage("musicnn", ok=5),))
    assert page.tabs.tabText(TAB_FAILURES) == "Could not be heard"
    assert page.failures.none.isVisible()
    assert page.failures.none.text() == "Every file could be listened to."


def test_without_any_file_the_page_offers_a_folder(page: CoveragePage) -> None:
    page.set_coverage(None)
    assert page.empty.isVisible()
    assert page.empty.state is Empty.NO_FOLDER
    assert not page.area.isVisible()
    page.set_coverages((Coverage("musicnn", missing=3),))
    assert page.area.isVisible(), "files that are away are still accounted for"


def test_the_first_scan_is_seen_before_anything_is_found(page: CoveragePage) -> None:
    page.set_work(Work.RUNNING)
    assert page.work.isVisible()
    assert not page.empty.isVisible()
    page.set_work(Work.IDLE)
    assert page.empty.isVisible()


def test_who_only_reads_can_look_at_all_and_change_nothing(page: CoveragePage) -> None:
    page.set_coverages((coverage(),))
    page.recordings.set_groups({Group.SPEECH: ((track(1),),)})
    page.recordings.show_group(Group.SPEECH)
    page.lock("Another musicdesk (process 1234) has this library open; this one only reads.")
    page.failures.table.selectAll()
    page.recordings.view.selectAll()
    for button in (page.work.start, page.failures.retry, page.failures.exclude, page.recordings.out):
        assert not button.isEnabled()
    assert "process 1234" in page.failures.retry.toolTip()
    assert page.failures.export.isEnabled()
    page.lock("")
    for button in (page.work.start, page.failures.retry, page.failures.exclude, page.recordings.out):
        assert button.isEnabled()


def test_the_keyboard_finds_the_table_that_is_shown(page: CoveragePage) -> None:
    page.set_coverages((coverage(),))
    page.recordings.set_groups({Group.COPIES: ((track(1), track(2)),)})
    page.step(1)
    assert page.failures.table.currentIndex().row() == 0
    page.step(1)
    assert page.failures.table.currentIndex().row() == 1
    page.tabs.setCurrentIndex(TAB_RECORDINGS)
    page.step(1)
    assert page.view.current() == track(1)
    assert page.failures.table.currentIndex().row() == 1


def test_every_button_and_field_of_the_page_is_named_and_has_a_tooltip_where_a_word_is_too_little(
    page: CoveragePage,
) -> None:
    page.set_coverages(both())
    for button in page.findChildren(QAbstractButton):
        if not button.objectName().startswith("qt_") and button.isVisibleTo(page) and "Header" not in str(button):
            assert button.text() or button.accessibleName()
    for widget in (page.work.pause, page.work.stop, page.work.start, page.failures.retry, page.failures.exclude):
        assert widget.toolTip()
    assert all(term.toolTip() for term in page.sum.terms.values())


def test_twenty_thousand_failures_are_shown_sorted_and_found(page: CoveragePage) -> None:
    many = tuple(failure(f"/music/{n % 300}/{n}.mp3", f"Reason {n % 7}.") for n in range(20_000))
    began = time.process_time()
    page.set_coverages((coverage(failed=20_000, silent=0, failures=many),))
    model = page.failures.model
    assert model.rowCount() == 20_000
    page.failures.table.sortByColumn(2, Qt.SortOrder.DescendingOrder)
    assert model.failure(0).reason == "Reason 6."
    page.failures.search.setText("reason 3. 299/")
    assert {f.reason for f in model.shown} == {"Reason 3."}
    page.failures.search.clear()
    page.failures.table.selectAll()
    assert page.failures.retry.text() == "Retry 20,000"
    assert time.process_time() - began < 20, "not a measure: only that nothing grows with the square"


def test_the_same_failures_once_more_leave_the_table_alone(page: CoveragePage) -> None:
    page.set_coverages((coverage(),))
    page.failures.table.selectRow(1)
    changes = Heard(page.failures.model.layoutChanged)
    page.set_coverages((coverage(ok=901, pending=29, failures=tuple(failures())),))
    assert not len(changes)
    assert len(page.failures.chosen()) == 1
