"""The page of listeners, its dialogs and its words, without a desk."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot
from ui_listeners import listeners, report, statuses, unmatched
from ui_samples import Heard, click, track

from musicdesk.records import GroupList, GroupPick, GroupShare, Listener, Pick
from musicdesk.ui import local_files
from musicdesk.ui.group_view import SORT, WHOSE, GroupView
from musicdesk.ui.import_dialog import ImportDialog
from musicdesk.ui.import_report import ImportReport
from musicdesk.ui.listeners_page import ListenersPage
from musicdesk.ui.listens_words import EXPORTS, join_question, logs_in, names_text, remove_question, share, told, whom
from musicdesk.ui.recommender_dialog import RecommenderDialog

NOW = 1_800_000_000.0


@pytest.fixture
def page(qtbot: QtBot) -> ListenersPage:
    made = ListenersPage(now=lambda: NOW)
    qtbot.addWidget(made)
    made.resize(740, 660)
    made.set_listeners(listeners())
    made.set_unmatched(unmatched())
    made.show()
    qtbot.waitExposed(made)
    made.activateWindow()
    return made


def choose(page: ListenersPage, *names: str) -> None:
    page.table.clearSelection()
    flags = page.table.selectionModel().SelectionFlag
    for name in names:
        index = page.model.index(page.model.row_of(name), 0)
        page.table.selectionModel().select(index, flags.Select | flags.Rows)


def shown(page: ListenersPage) -> list[str]:
    model = page.unmatched.model
    return [model.record(row).artist for row in range(model.rowCount())]


# ---------------------------------------------------------------------------------------------- the page


def test_with_nobody_it_says_which_exports_can_be_read(qtbot: QtBot, page: ListenersPage) -> None:
    page.set_listeners((Listener("", 0, 3, 0),))
    asked = Heard(page.import_asked)
    assert page.empty.isVisible()
    assert not page.bring.isVisible()
    words = " ".join(name for name, _ in EXPORTS)
    assert all(name in words for name in ("Last.fm", "ListenBrainz", "iTunes", "Rhythmbox", "Strawberry", "MPD"))
    click(page.first)
    assert len(asked) == 1


def test_it_shows_listeners_with_counts_the_person_here_first(page: ListenersPage) -> None:
    rows = [[page.model.index(row, n).data() for n in range(5)] for row in range(3)]
    assert rows[0][:4] == ["You", "40", "220", "65"]
    assert rows[1][:4] == ["anna", "72", "597", "136"]
    assert rows[2][4] == "–"
    assert page.aside.text() == "You and 2 others"


def test_the_models_are_sound(page: ListenersPage) -> None:
    for model in (page.model, page.unmatched.model):
        ModelTester(None).check(model)


def test_a_column_orders_by_its_number_and_the_choice_stays(page: ListenersPage) -> None:
    choose(page, "ben")
    page.table.sortByColumn(1, Qt.SortOrder.DescendingOrder)
    assert [page.model.record(row).name for row in range(3)] == ["anna", "", "ben"]
    assert [who.name for who in page.table.chosen()] == ["ben"]
    page.set_listeners((*listeners(), Listener("cleo", 1, 1, 0)))
    assert [who.name for who in page.table.chosen()] == ["ben"]


def test_below_stands_what_the_chosen_heard_and_is_not_here(page: ListenersPage) -> None:
    assert shown(page) == ["Moondog", "Nina Simone", "Кино"]
    choose(page, "anna")
    assert shown(page) == ["Moondog"]
    assert page.unmatched.title.text() == "Not in your library: 1 track heard by anna"
    choose(page, "", "ben")
    assert shown(page) == ["Nina Simone", "Кино"]
    page.set_unmatched(())
    assert page.unmatched.none.isVisible()
    assert "you and ben" in page.unmatched.none.text()


def test_lines_are_copied_as_text(qtbot: QtBot, page: ListenersPage) -> None:
    click(page.unmatched.copy_all)
    assert QApplication.clipboard().text().splitlines()[0] == "Moondog\tBird's Lament\tMoondog\t6\tanna"
    page.unmatched.table.setFocus()
    page.unmatched.table.choose_row(2)
    qtbot.keyClick(page.unmatched.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QApplication.clipboard().text() == "Кино\tКукушка\t\t1\tYou"


def test_buttons_ask_about_the_chosen(page: ListenersPage) -> None:
    rename, remove, group = Heard(page.rename_asked), Heard(page.remove_asked), Heard(page.group_asked)
    assert not page.rename.isEnabled()
    assert not page.together.isEnabled()
    choose(page, "anna")
    click(page.rename)
    click(page.remove)
    assert rename.calls == [("anna",)]
    assert remove.calls == [(listeners()[1],)]
    choose(page, "", "anna")
    assert not page.rename.isEnabled()
    assert page.together.text() == "A list for you and anna"
    click(page.together)
    assert group.calls == [(("", "anna"),)]


def test_the_person_here_cannot_be_renamed_but_what_was_imported_can_go(page: ListenersPage) -> None:
    choose(page, "")
    assert not page.rename.isEnabled()
    assert page.remove.isEnabled()
    page.set_listeners((Listener("", 0, 5, 0), listeners()[1]))
    assert not page.remove.isEnabled(), "nothing was imported"


def test_locked_it_says_why_and_still_shows_lists(page: ListenersPage) -> None:
    page.lock("Another musicdesk is open.")
    choose(page, "", "anna")
    for button in (page.bring, page.match, page.rename, page.remove, page.first):
        assert not button.isEnabled()
        assert button.toolTip() == "Another musicdesk is open."
    assert page.together.isEnabled()
    page.lock("")
    assert page.bring.isEnabled()


def test_while_something_runs_nothing_else_begins(page: ListenersPage) -> None:
    page.begin("Importing …")
    assert page.progress.isVisible()
    assert not page.bring.isEnabled()
    page.end()
    assert page.bring.isEnabled()
    assert not page.progress.isVisible()


def test_escape_leads_from_a_list_back_to_the_table(qtbot: QtBot, page: ListenersPage) -> None:
    page.show_group()
    assert page.leave()
    assert not page.shows_group
    page.match.setFocus()
    assert page.leave()
    assert page.table.hasFocus()
    assert not page.leave()


def test_a_small_page_scrolls_instead_of_overlapping(qtbot: QtBot, page: ListenersPage) -> None:
    page.report.add(report())
    click(page.report.show_bad)
    page.resize(400, 380)
    QApplication.processEvents()
    assert page.together.mapTo(page, page.together.rect().topLeft()).y() >= page.table.mapTo(
        page, page.table.rect().bottomLeft()
    ).y()  # fmt: skip
    assert page._inside.height() >= 320


def test_everything_that_takes_the_keyboard_has_a_name(page: ListenersPage) -> None:
    for button in (page.match, page.bring, page.together, page.rename, page.remove, page.unmatched.copy_all):
        assert button.text()
        assert button.toolTip()
    assert page.table.accessibleName()
    assert page.unmatched.table.accessibleName()


# ---------------------------------------------------------------------------------------------- report and words


def test_a_report_has_counts_and_bad_lines_with_reasons(qtbot: QtBot) -> None:
    card = ImportReport()
    qtbot.addWidget(card)
    card.add(report())
    card.show()
    text = card.text()
    for words in ("friends.csv", "anna and ben", "3,000 lines read", "2,000 new", "1,000 known already", "1,500 found",
                  "75 %", "40 without a time", "2 could not be read"):  # fmt: skip
        assert words in text
    assert not card.lines.isVisible()
    click(card.show_bad)
    assert card.lines.toPlainText().splitlines()[0] == "Line 17: It names no artist."
    click(card.copy)
    assert QApplication.clipboard().text().splitlines()[1] == "Line 20: Its time is none: “yesterday”."
    click(card.away)
    assert not card.isVisible()
    assert not card.reports


def test_several_reports_name_the_file_of_each_bad_line(qtbot: QtBot) -> None:
    card = ImportReport()
    qtbot.addWidget(card)
    card.add(report(bad=()))
    assert card.show_bad.isHidden() or card._buttons.isHidden()
    card.add(report(path=Path("/home/me/more.csv")))
    assert card.lines.toPlainText().startswith("more.csv: Line 17")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"new": 0, "matched": 0, "bad": ()}, "all of them were known already"),
        ({"read": 1, "new": 1, "matched": 1, "bad": (), "undated": 0}, "1 line read · 1 new · 1 found"),
        ({"listeners": ("",)}, "heard by you"),
        ({"listeners": ("a", "b", "c", "d")}, "heard by 4 listeners"),
    ],
)
def test_reports_in_words(changes: dict[str, object], words: str) -> None:
    told_ = told(report(**changes))
    assert words in f"{told_.title} {told_.facts}"


def test_a_log_that_matches_nothing_says_that_it_is_kept(qtbot: QtBot) -> None:
    card = ImportReport()
    qtbot.addWidget(card)
    card.add(report(matched=0))
    assert "It is kept" in card.text()


def test_names_and_shares_in_words() -> None:
    assert names_text([""]) == "You"
    assert whom(["anna", "", "ben"]) == "anna, you and ben"
    assert (share(0, 10), share(1, 1000), share(999, 1000), share(5, 5), share(0, 0)) == (
        "0 %", "1 %", "99 %", "100 %", "0 %",
    )  # fmt: skip


def test_questions_say_what_goes_and_what_stays() -> None:
    assert "597 lines" in remove_question(listeners()[1])[1]
    assert "liked and played here stays" in remove_question(listeners()[0])[1]
    assert join_question("anna", "")[0] == "Is anna you?"
    assert "ben" in join_question("anna", "ben")[0]


def test_logs_are_told_from_folders_and_music_by_their_names(tmp_path: Path) -> None:
    for name in ("a.json", "b.CSV", "c.zip", "rhythmdb.xml", "state", "song.flac", "list.m3u8", "notes"):
        (tmp_path / name).write_text("x")
    (tmp_path / "folder.db").mkdir()
    found = logs_in(local_files.to_url(str(path)) for path in sorted(tmp_path.iterdir()))
    assert [path.name for path in found] == ["a.json", "b.CSV", "c.zip", "rhythmdb.xml", "state"]


# ---------------------------------------------------------------------------------------------- dialogs


def test_whose_it_is_is_mine_or_somebody_with_a_name(qtbot: QtBot) -> None:
    dialog = ImportDialog([Path("/x/a.csv")], ["anna"])
    qtbot.addWidget(dialog)
    asked = Heard(dialog.asked)
    assert (dialog.listener, dialog.go.isEnabled()) == ("", True)
    dialog.other.click()
    assert not dialog.go.isEnabled()
    qtbot.keyClicks(dialog.name.lineEdit(), "  Ben   B ")
    assert dialog.go.isEnabled()
    dialog.kind.setCurrentIndex(dialog.kind.findData("itunes"))
    dialog.go.click()
    assert asked.calls == [((Path("/x/a.csv"),), "Ben B", "itunes")]


def test_typing_a_name_means_somebody_else(qtbot: QtBot) -> None:
    dialog = ImportDialog([Path("/x/a.csv"), Path("/x/b.csv")], ["anna"])
    qtbot.addWidget(dialog)
    asked = Heard(dialog.asked)
    dialog.name.setCurrentText("anna")
    assert dialog.other.isChecked()
    dialog.mine.click()
    dialog.go.click()
    assert asked.calls[0][1:] == ("", "auto")


def test_a_recommender_is_looked_at_before_it_is_used(qtbot: QtBot) -> None:
    dialog = RecommenderDialog(statuses())
    qtbot.addWidget(dialog)
    dialog.show()
    qtbot.waitExposed(dialog)
    dialog.activateWindow()
    qtbot.waitUntil(dialog.choices["blend"].hasFocus)
    chosen = Heard(dialog.chosen)
    assert dialog.name == "blend"
    assert (dialog.use.text(), dialog.use.isEnabled()) == ("In use", False)
    qtbot.keyClick(dialog.choices["blend"], Qt.Key.Key_Down)
    assert dialog.name == "none"
    assert not chosen.calls
    dialog.choices["elsa"].click()
    assert "learn first" in dialog.told.knows.text()
    assert "Vančura" in dialog.told.source.text()
    dialog.choices["content-mean"].click()
    assert dialog.told.problem.isVisible()
    assert not dialog.use.isEnabled()
    dialog.choices["ease"].click()
    dialog.use.click()
    assert chosen.calls == [("ease",)]


def test_where_nothing_may_change_no_recommender_can_be_chosen(qtbot: QtBot) -> None:
    dialog = RecommenderDialog(statuses(), locked="Another musicdesk is open.")
    qtbot.addWidget(dialog)
    dialog.choices["ease"].click()
    assert not dialog.use.isEnabled()
    assert dialog.use.toolTip() == "Another musicdesk is open."


# ---------------------------------------------------------------------------------------------- a list for several


def group() -> GroupList:
    picks = tuple(
        GroupPick(Pick(track(n), 0.9, 0.9), whose, kind)
        for n, (whose, kind) in enumerate([(("me", "anna"), "jazz"), (("anna",), "rock"), (("me",), "")])
    )
    return GroupList(picks, (GroupShare("me", ("jazz",), 2, "from 9 plays"), GroupShare("anna", ("rock", "jazz"), 1)))


def test_a_list_for_several_shows_whose_each_track_is(qtbot: QtBot) -> None:
    view = GroupView()
    qtbot.addWidget(view)
    view.resize(760, 500)
    view.begin(("", "anna"))
    assert view.title.text() == "For you and anna"
    assert view.stack.currentWidget() is view.aside
    assert not view.keep.isEnabled()
    view.set_group(group())
    view.show()
    whose = [view.model.text(row, WHOSE) for row in range(3)]
    assert whose == ["you, anna", "anna", "you"]
    assert [view.model.text(row, SORT) for row in range(3)] == ["jazz", "rock", ""]
    assert [view.model.slot(row) for row in range(3)] == [0, 1, 0]
    assert view.model.hint(0, WHOSE) == "jazz, for you, and something for anna"
    lines = [view._lines.itemAt(n).widget().accessibleName() for n in range(view._lines.count())]
    assert lines == ["you: 2 tracks · jazz · from 9 plays", "anna: 1 track · rock, jazz"]
    assert view._area.height() >= 44
    assert len(view.view.selection()) == 1
    ModelTester(None).check(view.model)


def test_a_list_is_kept_under_the_names(qtbot: QtBot) -> None:
    view = GroupView()
    qtbot.addWidget(view)
    kept = Heard(view.keep_asked)
    view.begin(("anna", ""))
    view.set_group(group())
    view.keep.click()
    assert kept.calls[0][0] == "For anna and you"
    assert [t.id for t in kept.calls[0][1]] == [0, 1, 2]
    view.lock("no")
    assert view.keep.isHidden()
