"""The page of encoders: what it shows of every state that an encoder can be in, and what it offers then."""

from dataclasses import replace

import pytest
import ui_models as samples
from PySide6.QtCore import QAbstractItemModel, Qt
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot
from ui_samples import Heard

from musicdesk.jobs import Progress
from musicdesk.ui import theme
from musicdesk.ui.licence_dialog import LicenceDialog
from musicdesk.ui.models_details import linked
from musicdesk.ui.models_model import HEADS, Head, ModelsModel
from musicdesk.ui.models_page import ModelsPage
from musicdesk.ui.models_progress import ModelsProgress
from musicdesk.ui.models_words import bytes_text, cost_text, good_at, ordinal

BASES = ["musicnn", "cnn", "handcrafted", "mert-95m", "mert-330m", "music2vec", "musicfm", "jukebox", "cnn-own"]


@pytest.fixture
def page(qtbot: QtBot) -> ModelsPage:
    made = ModelsPage()
    qtbot.addWidget(made)
    made.resize(752, 660)
    made.set_models(samples.models(), "musicnn")
    made.show()
    qtbot.waitExposed(made)
    return made


def names(page: ModelsPage) -> list[str]:
    return [page.model.model(row).name for row in range(page.model.rowCount())]


def cell(model: QAbstractItemModel, row: int, head: Head, role: Qt.ItemDataRole = Qt.ItemDataRole.DisplayRole) -> str:
    return str(model.data(model.index(row, HEADS.index(head)), role))


def column(page: ModelsPage, head: Head) -> dict[str, str]:
    return {name: cell(page.model, row, head) for row, name in enumerate(names(page))}


def words(page: ModelsPage) -> str:
    """All that the details say."""
    QApplication.processEvents()  # a layout shows what is new in it a moment later
    return "\n".join(label.text() for label in page.details.findChildren(QLabel) if label.isVisibleTo(page.details))


# ---------------------------------------------------------------------------------------------- the table


def test_every_state_has_its_word(page: ModelsPage) -> None:
    assert column(page, Head.STATE) == {
        "musicnn": "in use", "cnn": "built in", "handcrafted": "built in", "mert-95m": "not installed",
        "mert-330m": "not installed", "music2vec": "needs library", "musicfm": "not installed",
        "jukebox": "not installed", "cnn-own": "trained here",
    }  # fmt: skip


def test_the_studys_settings_are_folded_under_their_encoder(page: ModelsPage) -> None:
    assert names(page) == BASES
    page.variants.click()
    shown = names(page)
    assert shown[shown.index("musicnn") + 1] == "musicnn-study"
    assert shown[shown.index("mert-330m") + 1] == "mert-330m-study"
    assert page.model.short_title(page.status("musicnn-study")) == "as in the study"  # type: ignore[arg-type]
    page.variants.click()
    assert names(page) == BASES


def test_a_setting_that_is_in_use_is_shown_in_any_case(page: ModelsPage) -> None:
    page.set_models(samples.models(), "musicnn-study")
    assert names(page)[:2] == ["musicnn", "musicnn-study"]
    assert page.aside.text() == "in use: MusiCNN, as in the study"


def test_places_sizes_and_costs_are_written_for_people(page: ModelsPage) -> None:
    row = names(page).index("musicfm")
    assert [cell(page.model, row, head) for head in (Head.HOT, Head.COLD, Head.SIZE, Head.MEMORY, Head.COST)] == [
        "3rd", "1st", "1.3 GB", "1.5 GB", "–",
    ]  # fmt: skip
    hint = cell(page.model, row, Head.COLD, Qt.ItemDataRole.ToolTipRole)
    assert hint == "cold 1st of 10: recall@50 0.4, Tamm and Aljanaki (2026)"
    assert cell(page.model, 0, Head.COST) == "0.12 s"
    assert "412 tracks" in cell(page.model, 0, Head.COST, Qt.ItemDataRole.ToolTipRole)
    assert cell(page.model, names(page).index("mert-330m"), Head.LICENCE) == "CC BY-NC"


@pytest.mark.parametrize(
    ("head", "up", "down"),
    [(Head.NAME, "cnn cnn-own", "cnn-own cnn"), (Head.SIZE, "handcrafted jukebox", "jukebox handcrafted"),
     (Head.COLD, "musicfm cnn-own", "jukebox cnn-own"), (Head.COST, "musicnn cnn-own", "musicnn cnn-own"),
     (Head.STATE, "musicnn jukebox", "mert-95m musicnn"), (Head.MEMORY, "handcrafted jukebox", "jukebox handcrafted")],
)  # fmt: skip
def test_a_column_sorts_and_what_is_unknown_comes_last(page: ModelsPage, head: Head, up: str, down: str) -> None:
    for order, ends in ((Qt.SortOrder.AscendingOrder, up), (Qt.SortOrder.DescendingOrder, down)):
        page.table.sortByColumn(HEADS.index(head), order)
        assert f"{names(page)[0]} {names(page)[-1]}" == ends
    page.table.sortByColumn(-1, Qt.SortOrder.AscendingOrder)
    assert names(page) == BASES


def test_what_is_chosen_stays_chosen_when_the_rows_change(page: ModelsPage) -> None:
    assert page.name == "musicnn", "to begin with, the one in use"
    page.table.choose("jukebox")
    page.variants.click()
    page.table.sortByColumn(0, Qt.SortOrder.DescendingOrder)
    page.set_models(tuple(replace(model, dim=7) for model in samples.models()), "musicnn")
    assert page.name == "jukebox"
    assert page.table.currentIndex().row() == names(page).index("jukebox")
    assert page.details.title.text() == "Jukebox"


def test_the_model_keeps_qts_rules(qtmodeltester: ModelTester) -> None:
    model = ModelsModel()
    qtmodeltester.check(model)
    model.set_models(samples.models(), "musicnn")
    model.show_variants(True)


def test_narrow_tables_keep_name_and_state(page: ModelsPage) -> None:
    for wide in (1200, 752, 486, 400):
        page.resize(wide, 660)
        QApplication.processEvents()
        hidden = {head for number, head in enumerate(HEADS) if page.table.isColumnHidden(number)}
        assert not hidden & {Head.NAME, Head.STATE, Head.SIZE, Head.COST} or wide == 400
        assert sum(page.table.columnWidth(n) for n in range(len(HEADS))) == page.table.viewport().width()
    page.resize(1200, 660)
    QApplication.processEvents()
    assert not any(page.table.isColumnHidden(number) for number in range(len(HEADS)))


def test_what_nobody_measured_has_no_column(page: ModelsPage) -> None:
    page.set_models([replace(model, strengths=samples.strengths(1, 2)) for model in samples.models()], "musicnn")
    hidden = {head for number, head in enumerate(HEADS) if page.table.isColumnHidden(number)}
    assert hidden == {Head.MOOD, Head.GENRE}
    page.set_models(samples.models(), "musicnn")
    assert not page.table.isColumnHidden(HEADS.index(Head.MOOD))


def test_numbers_in_words() -> None:
    assert [bytes_text(size) for size in (0, 900, 46_200_000, 999_600_000, 9_800_000_000)] == [
        "0 MB", "1 kB", "46 MB", "1.0 GB", "9.8 GB",
    ]  # fmt: skip
    assert [ordinal(place) for place in (1, 2, 3, 4, 11, 12, 13, 21, 102)] == [
        "1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "102nd",
    ]  # fmt: skip
    assert good_at(samples.strengths(1, 0, 9)) == "hot 1st of 10 · mood 9th of 10"
    assert cost_text(None) == "not measured yet"


# ---------------------------------------------------------------------------------------------- the details


def test_details_say_what_is_known(page: ModelsPage) -> None:
    told = words(page)
    for part in ("Penultimate layer", "hot 1st of 10", "16 windows of 3 s a track, at 16 kHz", "200 numbers a track",
                 "3 MB on the disk", "60 MB", "0.12 s a track", "ISC", "/data/models/musicnn"):  # fmt: skip
        assert part in told, part
    page.table.choose("mert-95m")
    assert "380 MB on the disk, 390 MB to fetch, 120 MB of it here already" in words(page)
    assert "CC BY-NC 4.0 (to be accepted first)" in words(page)
    assert "not measured yet" in words(page)
    assert "models install" not in words(page), "a command is no use to someone with a button"


def test_buttons_are_those_that_make_sense(page: ModelsPage) -> None:
    details = page.details
    buttons = (details.use, details.install, details.folder, details.verify, details.remove, details.training)

    def offered(name: str) -> list[str]:
        page.table.choose(name)
        return [button.text() for button in buttons if button.isVisibleTo(page)]

    page.variants.click()
    assert offered("musicnn") == ["Verify", "Remove…"], "it is in use already"
    assert offered("musicnn-study") == ["Use this encoder", "Verify"], "its weights are those of its encoder"
    assert offered("cnn") == ["Use this encoder", "Verify"], "what is built in stays"
    assert offered("handcrafted") == ["Use this encoder"]
    assert offered("musicfm") == ["Install", "From a folder…"]
    assert offered("mert-330m") == ["Install…", "From a folder…"], "there is something to be accepted first"
    assert offered("mert-95m") == ["Go on installing…", "From a folder…", "Remove…"]
    assert offered("music2vec") == ["Verify", "Remove…"]
    assert offered("cnn-own") == ["Use this encoder", "Verify", "Remove…", "How it was trained"]


def test_a_missing_library_comes_with_the_command_that_brings_it(page: ModelsPage) -> None:
    page.table.choose("music2vec")
    assert "Music2Vec needs a library that is not installed." in words(page)
    page.details.problem.copy.click()
    assert QGuiApplication.clipboard().text() == 'pip install "musicdesk[transformers]"'
    page.table.choose("musicfm")
    assert not page.details.problem.isVisibleTo(page)


def test_a_problem_that_is_none_of_the_usual_is_told_as_it_is(page: ModelsPage) -> None:
    broken = "The weights of musicnn are damaged. Install it again."
    page.set_models([replace(samples.models()[0], installed=False, problem=broken)], "handcrafted")
    assert broken in words(page)


def test_an_address_is_a_link_that_opens_on_a_click_alone(page: ModelsPage, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toString()) is None)
    page.table.choose("jukebox")
    assert not opened
    page.details.source.linkActivated.emit("https://example.org/jukebox")
    assert opened == ["https://example.org/jukebox"]
    assert linked('<b>Li & "Li"</b> https://a.org/x?y=1&z=2. End') == (
        '&lt;b&gt;Li &amp; &quot;Li&quot;&lt;/b&gt; <a href="https://a.org/x?y=1&amp;z=2">a.org/x?y=1&amp;z=2</a>. End'
    )


def test_who_only_reads_can_look_but_change_nothing(page: ModelsPage) -> None:
    page.lock("Another musicdesk writes here.")
    page.table.choose("musicfm")
    assert not page.details.install.isEnabled()
    assert page.details.install.toolTip() == "Another musicdesk writes here."
    page.table.choose("cnn-own")
    assert not page.details.use.isEnabled()
    assert not page.details.remove.isEnabled()
    assert page.details.verify.isEnabled()
    assert not page.train.isEnabled()
    page.lock("")
    assert page.details.use.isEnabled()
    assert page.train.isEnabled()


def test_while_one_thing_is_installed_no_other_can_be(page: ModelsPage) -> None:
    page.begin("Installing MERT 95M …")
    page.table.choose("musicfm")
    assert page.progress.isVisibleTo(page)
    assert not page.details.install.isEnabled()
    assert "other is done" in page.details.install.toolTip()
    page.table.choose("cnn-own")
    assert page.details.use.isEnabled(), "what is installed can be used meanwhile"
    page.end()
    assert not page.progress.isVisibleTo(page)
    assert page.details.remove.isEnabled()


def test_progress_counts_bytes_as_people_do(qtbot: QtBot) -> None:
    panel = ModelsProgress()
    qtbot.addWidget(panel)
    panel.begin("Installing MERT …")
    assert panel.title.text() == "Installing MERT …"
    panel.set_progress(Progress("Downloading model.bin", 1_500_000_000, 6_000_000_000, 60.0, unit="bytes"))
    assert panel.fact.text() == "1.5 GB of 6.0 GB · 25 MB a second · 3 min left"
    assert panel.bar.value() == 250
    panel.set_progress(Progress("Converting", 1, 3, 1.0))
    assert panel.fact.text() == "Step 2 of 3"
    asked = Heard(panel.cancel_asked)
    panel.cancel.click()
    assert len(asked) == 1
    assert not panel.cancel.isEnabled()
    assert panel.title.text() == "Stopping …"


def test_a_licence_must_be_ticked_before_it_can_be_accepted(qtbot: QtBot) -> None:
    text = "The weights come under CC BY-NC 4.0.\nNot for commercial purposes.\nhttps://example.org/licence"
    dialog = LicenceDialog(samples.models()[5], text)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(dialog)
    agreed = Heard(dialog.agreed)
    assert 'href="https://example.org/licence"' in dialog.text.text()
    assert "1.3 GB to fetch" in dialog.fact.text()
    assert not dialog.go.isEnabled()
    dialog.buttons.accepted.emit()
    assert not len(agreed)
    dialog.read.click()
    dialog.go.click()
    assert agreed.last == ("mert-330m",)


def test_the_page_follows_the_look(page: ModelsPage) -> None:
    for choice in ("dark", "light"):
        theme.look(choice)
        assert not page.grab().isNull()
        assert page.table._painter._ink.dark is (choice == "dark")
