"""The page of encoders over a real desk and a real server: what its buttons do."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from encoders import as_foreign
from encoders import toy_weights as toy
from encoders.model_server import File, Hub, serving
from encoders.toy_weights import AT
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from ui_session import WAIT_MS, begin, settle

from musicdesk.desk.desk import Desk
from musicdesk.records import ModelStatus
from musicdesk.ui.licence_dialog import LicenceDialog
from musicdesk.ui.models_controller import Question
from musicdesk.ui.session import Session
from musicdesk.ui.settings_dialog import SettingsDialog
from musicdesk.ui.workspace import TAB_MODELS


@pytest.fixture
def session(desk: Desk, qtbot: QtBot) -> Iterator[Session]:
    made = opened(desk, qtbot)
    yield made
    made.close()


def opened(desk: Desk, qtbot: QtBot) -> Session:
    desk.settings = desk.settings.changed(watch=False)
    made = begin(desk, qtbot)
    QTest.keyClick(made.window, Qt.Key.Key_5, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: made.window.models.model.rowCount() > 0, timeout=WAIT_MS)
    settle(made, qtbot)
    return made


def status(session: Session, name: str) -> ModelStatus:
    found = session.window.models.status(name)
    assert found is not None
    return found


def said(session: Session, qtbot: QtBot, words: str) -> None:
    """Until the page says so."""
    notice = session.window.models.notice
    qtbot.waitUntil(lambda: notice.isVisible() and words in notice.text.text(), timeout=WAIT_MS)
    settle(session, qtbot)


def test_alt_5_shows_the_encoders_and_who_listens(session: Session) -> None:
    window = session.window
    assert window.tabs.currentIndex() == TAB_MODELS
    assert window.models.model.used == "handcrafted"
    model = window.models.model
    shown = {model.model(row).name for row in range(model.rowCount())}
    assert {"musicnn", "handcrafted", "mert-95m", "jukebox"} <= shown
    assert window.models.table.hasFocus()
    assert window.models.name == "handcrafted"


def test_no_verb_reaches_a_track_that_is_not_seen(session: Session, qtbot: QtBot) -> None:
    before = session.desk.listening.feedback()
    for verb in ("like", "dislike", "never", "not_now", "preview"):
        session.window.actions_[verb].trigger()
    settle(session, qtbot)
    assert session.desk.listening.feedback() == before
    assert session.playback.heard is None


def test_j_k_walk_and_escape_comes_back_to_the_table(session: Session) -> None:
    page = session.window.models
    row = page.table.currentIndex().row()
    session.window.actions_["down"].trigger()
    assert page.table.currentIndex().row() == row + 1
    session.window.actions_["up"].trigger()
    assert page.table.currentIndex().row() == row
    page.details.verify.setFocus()
    page.train.setFocus()
    session.window.actions_["back"].trigger()
    assert page.table.hasFocus()


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    """A server with the files of an encoder of another package, whose licence must be accepted."""
    points = {"toy": "encoders.toy_weights:PLUGIN", "toy-study": "encoders.toy_weights:STUDY"}
    files = {f"{AT}/gains.bin": File(toy.GAINS), f"{AT}/config.json": File(toy.CONFIG)}
    with serving(files) as hub:
        plugin = toy.of_a_hub(hub.url, accept=True)
        monkeypatch.setattr(toy, "PLUGIN", plugin)
        study = replace(plugin.spec, key=toy.STUDY.spec.key, title="Toy (study)", variant_of="toy")
        monkeypatch.setattr(toy, "STUDY", replace(plugin, spec=study))
        monkeypatch.setenv("TOY_HUB", hub.url)
        with as_foreign.installed(points, tmp_path, monkeypatch):
            yield hub


@pytest.fixture
def with_toy(hub: Hub, desk: Desk, qtbot: QtBot) -> Iterator[Session]:
    made = opened(desk, qtbot)
    made.window.models.table.choose("toy")
    yield made
    made.close()


def licence(session: Session, qtbot: QtBot) -> LicenceDialog:
    """Ask for the installation and wait for the licence."""
    session.window.models.details.install.click()
    qtbot.waitUntil(lambda: bool(session.window.findChildren(LicenceDialog)), timeout=WAIT_MS)
    dialog = session.window.findChildren(LicenceDialog)[0]
    assert isinstance(dialog, LicenceDialog)
    return dialog


def accept(session: Session, qtbot: QtBot) -> None:
    dialog = licence(session, qtbot)
    dialog.read.click()
    dialog.go.click()


def test_an_encoder_is_installed_verified_used_and_removed(with_toy: Session, hub: Hub, qtbot: QtBot) -> None:
    session, page = with_toy, with_toy.window.models
    dialog = licence(session, qtbot)
    assert "CC BY-NC 4.0" in dialog.text.text()
    assert not hub.asked, "nothing is fetched before the licence is accepted"
    dialog.read.click()
    dialog.go.click()
    said(session, qtbot, "Toy is installed.")
    assert status(session, "toy").installed
    assert status(session, "toy-study").installed, "it shares the weights"

    page.details.verify.click()
    said(session, qtbot, "Toy is whole")

    page.details.use.click()
    said(session, qtbot, "still to be listened to")
    assert session.desk.settings.encoder == "toy"
    assert page.model.used == "toy"
    assert page.notice.button.text() == "Listen now"
    page.notice.button.click()
    assert session.indexing.job is not None, "the analysis begins"
    session.indexing.stop()
    qtbot.waitUntil(lambda: session.indexing.job is None, timeout=WAIT_MS)

    page.details.remove.click()
    box = session.window.findChildren(Question)[0]
    assert "Another encoder listens from then on" in box.informativeText()
    box.yes.click()
    said(session, qtbot, "Toy is removed.")
    assert page.model.used == session.desk.modelling.encoder() != "toy"
    assert not status(session, "toy").installed


def test_without_acceptance_nothing_is_fetched(with_toy: Session, hub: Hub, qtbot: QtBot) -> None:
    licence(with_toy, qtbot).reject()
    settle(with_toy, qtbot)
    assert not hub.asked
    with_toy.models.install("toy")  # as if it had slipped through
    said(with_toy, qtbot, "which you have to accept first")


def test_a_stopped_download_says_what_is_here_and_goes_on(with_toy: Session, hub: Hub, qtbot: QtBot) -> None:
    session, page = with_toy, with_toy.window.models
    big = hub.files[f"{AT}/config.json"] = File(toy.CONFIG + b" " * 4_000_000, pause_s=0.02)
    accept(session, qtbot)
    qtbot.waitUntil(lambda: session.models._last.done > 500_000, timeout=WAIT_MS)
    assert " of 4 MB" in page.progress.fact.text()
    page.progress.cancel.click()
    said(session, qtbot, "are kept; it goes on from there")
    assert session.models.job is None
    here = status(session, "toy").fetched_bytes
    assert here > 500_000
    assert page.details.install.text() == "Go on installing…"
    big.pause_s = 0.0
    accept(session, qtbot)
    said(session, qtbot, "Toy is installed.")
    assert any(wanted for _, wanted in hub.asked), "the rest alone was asked for"


def test_what_cannot_be_fetched_is_a_sentence_and_leaves_nothing(with_toy: Session, hub: Hub, qtbot: QtBot) -> None:
    del hub.files[f"{AT}/gains.bin"]
    accept(with_toy, qtbot)
    said(with_toy, qtbot, "does not have this file any more")
    assert with_toy.models.job is None
    assert not with_toy.window.models.progress.isVisible()
    assert not status(with_toy, "toy").installed


def test_files_from_elsewhere_are_taken_from_a_folder(
    with_toy: Session, hub: Hub, tmp_path: Path, qtbot: QtBot
) -> None:
    (tmp_path / "brought").mkdir()
    (tmp_path / "brought" / "gains.bin").write_bytes(toy.GAINS)
    (tmp_path / "brought" / "config.json").write_bytes(toy.CONFIG)
    with_toy.models.install("toy", tmp_path / "brought", accepted=True)
    said(with_toy, qtbot, "Toy is installed.")
    assert not hub.asked


def test_damaged_weights_are_found(with_toy: Session, hub: Hub, qtbot: QtBot) -> None:
    accept(with_toy, qtbot)
    said(with_toy, qtbot, "Toy is installed.")
    path = status(with_toy, "toy").path
    assert path is not None
    weights = path / "weights.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1] + b"x")
    with_toy.window.models.details.verify.click()
    said(with_toy, qtbot, "are damaged")


def test_the_rest_of_the_window_works_while_something_is_fetched(with_toy: Session, hub: Hub, qtbot: QtBot) -> None:
    session = with_toy
    hub.files[f"{AT}/config.json"] = File(toy.CONFIG + b" " * 4_000_000, pause_s=0.05)
    accept(session, qtbot)
    qtbot.waitUntil(lambda: session.models._last.done > 0, timeout=WAIT_MS)
    track = session.desk.indexing.tracks()[0]
    session.feedback.say((track,), "like")
    qtbot.waitUntil(lambda: track.audio_hash in session.desk.listening.feedback(), timeout=WAIT_MS)
    session.indexing.add(())
    qtbot.waitUntil(lambda: session.indexing.job is None, timeout=WAIT_MS)
    assert session.models.job is not None, "it still comes"
    assert not session.window.library.status.title.text().startswith("Downloading"), "each says its own"
    session.models.ask_install("mert-95m")
    assert "One thing at a time" in session.window.models.notice.text.text()
    session.models.cancel()
    said(session, qtbot, "is not installed.")


def test_closing_the_window_stops_a_download(hub: Hub, desk: Desk, qtbot: QtBot) -> None:
    hub.files[f"{AT}/config.json"] = File(toy.CONFIG + b" " * 4_000_000, pause_s=0.05)
    session = opened(desk, qtbot)
    session.window.models.table.choose("toy")
    accept(session, qtbot)
    qtbot.waitUntil(lambda: session.models._last.done > 0, timeout=WAIT_MS)
    session.close()


def test_using_one_that_has_listened_already_needs_nothing(session: Session, qtbot: QtBot) -> None:
    session.models.use("handcrafted")
    said(session, qtbot, "everything was listened to with it already")
    assert not session.window.models.notice.button.isVisible()


def test_a_window_that_only_reads_changes_no_encoder(session: Session, qtbot: QtBot) -> None:
    session.window.lock("Another musicdesk writes here.")
    page = session.window.models
    page.table.choose("mert-95m")
    assert not page.details.install.isEnabled()
    assert not page.train.isEnabled()
    session.desk.read_only = "Another musicdesk writes here."
    session.models.use("musicnn")
    session.models.install("mert-95m")
    settle(session, qtbot)
    assert session.desk.settings.encoder == "handcrafted"
    assert session.models.job is None
    assert page.notice.text.text() == "Another musicdesk writes here."
    session.desk.read_only = ""


def test_the_settings_lead_to_the_page(session: Session, qtbot: QtBot) -> None:
    session.window.show_tab(0)
    session._ask_settings()
    dialog = session.window.findChildren(SettingsDialog)[0]
    settle(session, qtbot)
    assert dialog.encoder.currentData() == "handcrafted"
    assert all("not installed" not in dialog.encoder.itemText(row) for row in range(dialog.encoder.count()))
    dialog.models.click()
    assert session.window.tabs.currentIndex() == TAB_MODELS
