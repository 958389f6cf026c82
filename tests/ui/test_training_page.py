"""A training as it is looked at: the form, the curves while it learns, and what became of it."""

from pathlib import Path

import numpy as np
import pytest
import ui_models as samples
from PySide6.QtCore import QPointF
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from ui_samples import Heard

from musicdesk.jobs import Progress
from musicdesk.ui import theme
from musicdesk.ui.analysis_status import Work
from musicdesk.ui.training_form import TrainingForm, Wanted
from musicdesk.ui.training_page import TrainingPage
from musicdesk.ui.training_words import cell_text, taken_for, verdict

WANTED = Wanted("genre-tags", "cnn-own", 30)


@pytest.fixture
def page(qtbot: QtBot) -> TrainingPage:
    made = TrainingPage()
    qtbot.addWidget(made)
    made.resize(752, 660)
    made.form.set_classes(samples.classes())
    made.show()
    qtbot.waitExposed(made)
    return made


@pytest.fixture
def form(page: TrainingPage) -> TrainingForm:
    return page.form


# ---------------------------------------------------------------------------------------------- the form


def test_the_classes_that_were_found_are_counted(form: TrainingForm) -> None:
    assert form.found.text() == "5 classes, 490 tracks."
    assert form.model.rows[0] == ("classical", "120", "40")
    assert form.start.isEnabled()


def test_what_is_asked_for_is_told(form: TrainingForm, tmp_path: Path) -> None:
    asked, chosen = Heard(form.start_asked), Heard(form.labels_chosen)
    form.name.setText("night")
    form.epochs.setValue(7)
    form.start.click()
    assert asked.last == (Wanted("genre-tags", "cnn-night", 7),)
    form.folders.click()
    assert chosen.last == ("folders",)
    assert form.found.text() == "Looking …"
    assert not form.start.isEnabled(), "nobody knows yet what there is"
    form.choose_csv(tmp_path / "labels.csv")
    assert chosen.last == (tmp_path / "labels.csv",)
    form.set_classes(samples.classes())
    form.start.click()
    assert asked.last == (Wanted(tmp_path / "labels.csv", "cnn-night", 7),)


def test_a_network_may_begin_with_the_one_that_is_there(form: TrainingForm) -> None:
    asked = Heard(form.start_asked)
    form.shipped.click()
    assert form.genres.isChecked(), "where the labels come from is another question"
    form.start.click()
    assert asked.last == (Wanted("genre-tags", "cnn-own", 20, "shipped"),)
    form.scratch.click()
    assert (form.wanted.start, form.wanted.epochs) == ("scratch", 60)


def test_a_csv_must_be_chosen_first(form: TrainingForm) -> None:
    chosen = Heard(form.labels_chosen)
    form.csv.click()
    assert not len(chosen)
    assert "Choose the file" in form.found.text()
    assert not form.start.isEnabled()


def test_one_class_is_none(form: TrainingForm) -> None:
    form.set_classes(samples.classes()[:1])
    assert not form.start.isEnabled()
    assert "Only one class was found" in form.found.text()
    form.set_problem("labels.csv has no column label.")
    assert form.found.text() == "labels.csv has no column label."


@pytest.mark.parametrize(
    ("name", "fits"), [("own", True), ("night-2.1", True), ("", False), ("My music", False), ("a/b", False)]
)
def test_a_name_has_to_be_one_for_a_folder(form: TrainingForm, name: str, fits: bool) -> None:
    form.name.setText(name)
    assert form.start.isEnabled() is fits
    assert form.note.isVisibleTo(form) is not fits


def test_a_name_that_is_taken_says_what_happens(form: TrainingForm) -> None:
    form.set_taken(["cnn-own"])
    assert "replaced" in form.note.text()
    assert form.start.isEnabled()


def test_who_only_reads_trains_nothing(page: TrainingPage) -> None:
    page.lock("Another musicdesk writes here.")
    assert not page.form.start.isEnabled()
    assert page.form.start.toolTip() == "Another musicdesk writes here."
    page.show_result(samples.trained())
    assert not page.result.use.isEnabled()


# ---------------------------------------------------------------------------------------------- while it learns


def test_curves_grow_while_it_learns(page: TrainingPage, qtbot: QtBot) -> None:
    page.show_work(WANTED)
    assert page.work.title.text() == "Before the first epoch"
    for epoch in samples.epochs(3):
        page.add_epoch(epoch)
    page.set_progress(Progress("Training", 3, 30, 93.0, "cpu", note="The tag “odd” has too few tracks."))
    assert page.work.title.text() == "Epoch 3 of 30 · held-out artists 41\N{NO-BREAK SPACE}% right"
    assert "best so far: epoch 3" in page.work.fact.text()
    assert "left" in page.work.fact.text()
    assert page.work.note.text() == "The tag “odd” has too few tracks."
    qtbot.waitUntil(lambda: bool(page.curves.charts) and len(page.curves.charts[0]._lines[0].xData) == 3)
    loss, accuracy = page.curves.charts
    assert list(loss._lines[1].yData) == [epoch.loss for epoch in samples.epochs(3)]
    assert list(accuracy._lines[1].yData) == [epoch.accuracy for epoch in samples.epochs(3)]
    assert page.summary == "cnn-own: Epoch 3 of 30 · held-out artists 41\N{NO-BREAK SPACE}% right"


def test_the_curves_have_a_table_twin(page: TrainingPage) -> None:
    page.show_work(WANTED)
    for epoch in samples.epochs(2):
        page.add_epoch(epoch)
    page.curves.toggle.click()
    assert page.curves.table.isVisibleTo(page)
    assert [row[0] for row in page.curves.model.rows] == ["1", "2"]
    assert page.curves.accessibleDescription()


def test_it_can_be_held_and_stopped(page: TrainingPage) -> None:
    page.show_work(WANTED)
    paused, stopped = Heard(page.work.pause_asked), Heard(page.work.stop_asked)
    page.work.pause.click()
    page.set_state(Work.PAUSED)
    assert page.work.pause.text() == "Go on"
    assert page.work.title.text().startswith("Paused: ")
    page.work.stop.click()
    page.set_state(Work.STOPPING)
    assert (len(paused), len(stopped)) == (1, 1)
    assert not page.work.stop.isEnabled()
    assert page.work.title.text() == "Stopping …"


def test_one_epoch_alone_can_be_seen(page: TrainingPage, qtbot: QtBot) -> None:
    page.show_work(WANTED)
    page.add_epoch(samples.epochs(1)[0])
    qtbot.waitUntil(lambda: bool(page.curves.charts) and len(page.curves.charts[0]._lines[0].xData) == 1)
    assert page.curves.charts[0]._lines[0].opts["symbol"] == "o"


# ---------------------------------------------------------------------------------------------- what became of it


def test_the_result_says_how_well_it_does_and_against_what(page: TrainingPage) -> None:
    trained = samples.trained()
    page.show_result(trained)
    told = page.result.verdict.text().replace("\N{NO-BREAK SPACE}", " ")
    assert told == verdict(trained).replace("\N{NO-BREAK SPACE}", " ")
    assert "77 % of 197 tracks by 38 artists it never heard" in told
    assert "72 % to 82 %" in told
    assert "would reach 27 %" in told
    assert "5 classes, 490 tracks by 150 artists, 24 epochs" in page.result.made_of.text()
    assert page.result.path.text() == "/data/models/cnn-own"
    assert [row[0] for row in page.result.model.rows] == list(samples.CLASSES)


def test_the_matrix_tells_each_cell(page: TrainingPage) -> None:
    trained = samples.trained()
    page.show_result(trained)
    matrix = page.result.matrix
    for row, column in ((0, 0), (4, 2), (1, 4)):
        assert matrix.cell_at(QPointF(matrix.cell(row, column).center())) == (row, column)
    assert matrix.cell_at(QPointF(1, 1)) is None
    whole = int(trained.confusion[4].sum())
    assert cell_text(trained, 4, 2).startswith(f"rock taken for jazz: {trained.confusion[4, 2]} of {whole} (")
    worst = int((trained.confusion - np.diag(np.diag(trained.confusion))).max())
    assert taken_for(trained).endswith(f"{worst}×")
    assert matrix.accessibleName() == f"What it takes for what: {np.trace(trained.confusion)} of 197 named rightly"


def test_many_classes_still_fit(page: TrainingPage) -> None:
    page.show_result(samples.trained(names=tuple(f"genre number {n}" for n in range(24))))
    QApplication.processEvents()
    result = page.result
    assert result.matrix.width() <= result.width()
    assert result.table.geometry().top() > result.matrix.geometry().bottom(), "below, where there is no room beside"
    page.show_result(samples.trained())
    QApplication.processEvents()
    assert result.table.geometry().left() > result.matrix.geometry().right()


def test_the_network_can_be_used_and_its_folder_opened(page: TrainingPage) -> None:
    page.show_result(samples.trained())
    use, folder = Heard(page.result.use_asked), Heard(page.result.folder_asked)
    page.result.use.click()
    page.result.open_folder.click()
    assert use.last == ("cnn-own",)
    assert folder.last == ("/data/models/cnn-own",)
    page.result.set_used("cnn-own")
    assert page.result.use.text() == "In use"
    assert not page.result.use.isEnabled()


def test_everything_follows_the_look(page: TrainingPage, qtbot: QtBot) -> None:
    page.show_result(samples.trained())
    qtbot.waitUntil(lambda: bool(page.curves.charts))
    for choice in ("dark", "light"):
        theme.look(choice)
        assert not page.grab().isNull()
        assert page.curves.charts[0]._lines[1].opts["pen"].color() == page.palette().highlight().color()
