"""The page of words and sound: what it says of what there is, the curves, the report, and what may be done."""

from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot
from ui_samples import Heard, click

from musicdesk.jobs import Progress
from musicdesk.records.meaning import MEANING, PREFERENCE, MeaningReport, MeaningStatus, Probe, StageReport
from musicdesk.ui.meaning_page import MeaningPage
from musicdesk.ui.meaning_words import report_rows
from musicdesk.ui.training_words import percent

UNDONE = "The stage was undone: what can be read off the sounds had fallen by 4 points."
WORDS = StageReport(
    MEANING, 140, (2.8, 2.4, 2.1), (0.43, 0.91), (Probe("genre", 0.61, 0.60, 0.2),), seconds=9.0, held=20
)
CHOICES = StageReport(PREFERENCE, 30, (1.2, 1.0), (0.2, 0.31), rolled_back=UNDONE)
REPORT = MeaningReport("htcl-musicnn", "musicnn", "minilm", 1620, (WORDS, CHOICES))
LEARNED = MeaningStatus("htcl-musicnn", REPORT, tracks=1700, pairs=30)


@pytest.fixture
def page(qtbot: QtBot) -> MeaningPage:
    made = MeaningPage()
    qtbot.addWidget(made)
    made.resize(700, 700)
    made.show()
    return made


def show(page: MeaningPage, status: MeaningStatus, *, used: str = "musicnn") -> None:
    page.set_status(status, used=used, base="MusiCNN")


def test_before_the_first_learning_it_says_what_there_is_to_learn_from(page: MeaningPage) -> None:
    show(page, MeaningStatus(tracks=1700))
    assert page.card.title.text() == "Nothing is learned yet"
    assert "1,700 tracks to learn from" in page.card.fact.text()
    assert "it learns words alone" in page.card.fact.text()
    assert page.card.learn.isEnabled()
    assert page.card.learn.text() == "Learn"
    for hidden in (page.card.use, page.card.forget, page.table, page.curves, page.card.reader):
        assert not hidden.isVisible()


def test_what_keeps_it_from_learning_is_told_in_place(page: MeaningPage) -> None:
    lacks = "Texts cannot be read: MiniLM is not installed."
    show(page, MeaningStatus(problem=f"{lacks} Run: musicdesk models install minilm"))
    assert page.card.problem.text() == lacks
    assert not page.card.learn.isEnabled()
    assert page.card.learn.toolTip() == page.card.problem.text()
    asked = Heard(page.reader_asked)
    click(page.card.reader)
    assert len(asked) == 1


def test_the_report_says_how_well_it_does_before_and_after_and_what_was_undone(page: MeaningPage) -> None:
    show(page, LEARNED)
    assert page.card.title.text() == "Learned from 1,620 tracks"
    assert "1,700 tracks and 30 pairs" in page.card.fact.text()
    found, genre, chosen = page.model.rows
    assert found[1:3] == (percent(0.43), percent(0.91))
    assert "genre" in genre[0]
    assert genre[1:] == (percent(0.61), percent(0.60), percent(0.2))
    assert chosen[1:3] == (percent(0.2), percent(0.31))
    assert page.undone.text() == UNDONE
    assert page.curves.model.rows[0] == ("1", "2.800", "1.200")
    assert page.curves.model.rows[2] == ("3", "2.100", "")


def test_it_is_used_and_given_back_by_one_button(page: MeaningPage) -> None:
    used, back = Heard(page.use_asked), Heard(page.base_asked)
    show(page, LEARNED)
    click(page.card.use)
    show(page, LEARNED, used="htcl-musicnn")
    assert "in use" in page.card.title.text()
    assert page.card.use.text() == "Back to MusiCNN"
    click(page.card.use)
    assert (len(used), len(back)) == (1, 1)


def test_what_stands_on_another_version_cannot_be_used_and_says_why(page: MeaningPage) -> None:
    show(page, replace(LEARNED, note="It stands on another version of MusiCNN. Run: musicdesk meaning learn"))
    assert page.card.problem.text() == "It stands on another version of MusiCNN."
    assert not page.card.use.isEnabled()
    assert page.card.learn.isEnabled()


def test_while_it_learns_the_curves_grow_and_stop_has_the_keyboard(page: MeaningPage, qtbot: QtBot) -> None:
    show(page, LEARNED)
    stops = Heard(page.progress.cancel_asked)
    page.begin()
    page.take_focus()
    assert not page.table.isVisible()
    assert not page.card.learn.isVisible()
    assert not page.card.forget.isEnabled()
    page.progress.set_progress(Progress("Learning what the sounds mean", 3, 60, 2.0))
    for losses in ((2.8,), (2.8, 2.5)):
        page.add_losses(MEANING, losses)
    assert page.curves.losses == {MEANING: (2.8, 2.5), PREFERENCE: ()}
    qtbot.waitUntil(lambda: len(page.curves.charts) == 2)
    assert page.curves.boxes[PREFERENCE].isVisible(), "there are choices to learn from"
    assert "loss 2.800 at first, 2.500" in page.curves.accessibleDescription()
    click(page.progress.cancel)
    assert len(stops) == 1
    page.end(stopped=True)
    assert page.card.learn.text() == "Learn on"
    assert page.card.learn.isVisible()


def test_a_stage_that_was_not_learned_has_no_chart(page: MeaningPage, qtbot: QtBot) -> None:
    show(page, replace(LEARNED, report=replace(REPORT, stages=(WORDS,))))
    qtbot.waitUntil(lambda: len(page.curves.boxes) == 2)
    assert page.curves.boxes[MEANING].isVisible()
    assert not page.curves.boxes[PREFERENCE].isVisible()


def test_curves_have_a_table_twin(page: MeaningPage) -> None:
    show(page, LEARNED)
    click(page.curves.toggle)
    assert page.curves.stack.currentWidget() is page.curves.table


def test_a_library_that_is_only_read_lets_nothing_be_done(page: MeaningPage) -> None:
    show(page, LEARNED)
    page.lock("Another musicdesk writes here.")
    for button in (page.card.learn, page.card.use, page.card.forget):
        assert not button.isEnabled()
        assert button.toolTip() == "Another musicdesk writes here."


def test_what_luck_would_find_is_told_and_where_nothing_was_held_out_nothing_is_claimed():
    first, *_ = report_rows((WORDS,))
    assert first[1:] == tuple(map(percent, (0.43, 0.91, 0.5)))
    unknown, *_ = report_rows((replace(WORDS, held=0),))
    assert "not known" in unknown[0]
    assert "%" not in " ".join(unknown)
    learned, *_ = report_rows((CHOICES,))
    assert "of the pairs it learned" in learned[0]
