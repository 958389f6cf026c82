"""Coverage page, watched folders and the right to write, over a real desk with real files."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import sounds
from pytestqt.qtbot import QtBot
from three_kinds import open_desk
from ui_session import WAIT_MS, begin, settle

from musicdesk.jobs import Job
from musicdesk.records import State
from musicdesk.ui.analysis_status import Work
from musicdesk.ui.coverage_page import TAB_RECORDINGS
from musicdesk.ui.recordings_model import Group
from musicdesk.ui.session import Session
from musicdesk.ui.workspace import TAB_COVERAGE

LONG_MS = 60_000


def tone(path: Path, hertz: float) -> Path:
    return Path(sounds.write(path, sounds.chord(hertz, length_s=31.0, rate_hz=22_050), 22_050))


def library(place: Path) -> Path:
    """Two tones, silence, and a text that calls itself a recording."""
    music = place / "music"
    music.mkdir()
    tone(music / "a.wav", 220)
    tone(music / "b.wav", 330)
    sounds.write(music / "still.wav", sounds.chord(220, length_s=31.0, rate_hz=22_050) * 0, 22_050)
    (music / "text.mp3").write_text("this is no music " * 40)
    return music


@pytest.fixture(scope="module")
def listened(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("listened")
    music = library(place)
    with open_desk(place / "data") as desk:
        desk.indexing.scan([str(music)], job=Job())
        desk.indexing.analyze(job=Job(), workers=1)
    return place


@pytest.fixture
def place(listened: Path, tmp_path: Path) -> Path:
    """A copy of the data; the music stays where it is and must not be changed."""
    shutil.copytree(listened / "data", tmp_path / "data")
    return tmp_path


@pytest.fixture
def session(place: Path, qtbot: QtBot) -> Iterator[Session]:
    with open_desk(place / "data") as desk:
        desk.settings = desk.settings.changed(watch=False)
        made = begin(desk, qtbot)
        made.window.show_tab(TAB_COVERAGE)
        settle(made, qtbot)
        yield made
        made.close()


def idle(session: Session, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: session.indexing.job is None, timeout=LONG_MS)
    settle(session, qtbot)


# ---------------------------------------------------------------------------------------------- the page


def test_the_page_accounts_for_every_file(session: Session) -> None:
    page = session.window.coverage
    assert page.title.text() == "4 files found"
    assert {name: label.text() for name, label in page.numbers.items() if label.text() != "0"} == {
        "ok": "2", "silent": "1", "failed": "1",
    }  # fmt: skip
    assert {f.state for f in page.failures.model.failures} == {State.SILENT, State.FAILED}
    assert page.encoders.rows[0].title != "handcrafted", "an encoder is called by its title"


def test_chosen_failures_are_tried_again_at_once_and_the_others_left_alone(session: Session, qtbot: QtBot) -> None:
    page, model = session.window.coverage, session.window.coverage.failures.model
    silent = next(row for row in range(2) if model.failure(row).state is State.SILENT)
    page.failures.table.selectRow(silent)
    page.failures.retry.click()
    qtbot.waitUntil(lambda: session.indexing.job is not None, timeout=WAIT_MS)
    assert page.work.pause.isVisible()
    idle(session, qtbot)
    assert page.numbers["silent"].text() == "1", "it is as silent as it was"
    assert len(model.failures) == 2


def test_failures_are_kept_out_and_taken_back_by_undo(session: Session, qtbot: QtBot) -> None:
    page, notice = session.window.coverage, session.window.notice
    page.failures.table.selectAll()
    session.window.actions_["exclude"].trigger()
    qtbot.waitUntil(lambda: page.numbers["excluded"].text() == "2", timeout=WAIT_MS)
    assert not page.failures.model.failures
    assert "kept out" in notice.text.text()
    notice.button.click()
    qtbot.waitUntil(lambda: page.numbers["excluded"].text() == "0", timeout=WAIT_MS)
    settle(session, qtbot)
    assert len(page.failures.model.failures) == 2


def test_the_ledger_is_written_as_csv(session: Session, place: Path, qtbot: QtBot) -> None:
    session.coverage.export(place / "failures.csv")
    settle(session, qtbot)
    lines = (place / "failures.csv").read_text().splitlines()
    assert lines[0].startswith("path,state,reason")
    assert len(lines) == 3
    assert "2 lines written" in session.window.notice.text.text()
    session.coverage.export(place / "no such folder" / "failures.csv")
    settle(session, qtbot)
    assert "could not be written" in session.window.notice.text.text()


def test_recordings_are_looked_up_when_they_are_looked_at_kept_out_and_taken_back_in(
    session: Session, qtbot: QtBot
) -> None:
    window, page = session.window, session.window.coverage
    assert page.recordings.none.text() == "Looking …"
    page.tabs.setCurrentIndex(TAB_RECORDINGS)
    settle(session, qtbot)
    assert page.recordings.none.text() == "No recording is here twice."
    track = next(t for t in session.desk.indexing.tracks() if t.title == "a")
    session.coverage.exclude((track,))
    settle(session, qtbot)
    page.recordings.show_group(Group.OUT)
    qtbot.waitUntil(lambda: page.recordings.model.rowCount() == 1, timeout=WAIT_MS)
    page.recordings.view.choose_row(0)
    assert window.view is page.recordings.view, "the verbs of the window are about this table now"
    page.recordings.out.click()
    settle(session, qtbot)
    qtbot.waitUntil(lambda: page.recordings.model.rowCount() == 0, timeout=WAIT_MS)
    assert page.numbers["excluded"].text() == "0"


def test_on_the_failures_no_verb_reaches_a_track_that_is_not_seen(session: Session, qtbot: QtBot) -> None:
    for verb in ("like", "dislike", "never", "not_now"):
        session.window.actions_[verb].trigger()
    settle(session, qtbot)
    assert not session.desk.listening.feedback()


def test_another_encoder_listens_from_the_page(session: Session, qtbot: QtBot) -> None:
    session.window.coverage.start_asked.emit("handcrafted")
    qtbot.waitUntil(lambda: session.indexing.job is not None, timeout=WAIT_MS)
    idle(session, qtbot)
    assert not session.window.notice.isVisible()


# ---------------------------------------------------------------------------------------------- new music by itself


@pytest.fixture
def watched(tmp_path: Path, qtbot: QtBot) -> Iterator[Session]:
    music = tmp_path / "music"
    music.mkdir()
    tone(music / "first.wav", 220)
    with open_desk(tmp_path / "data") as desk:
        desk.indexing.scan([str(music)], job=Job())
        made = begin(desk, qtbot)
        qtbot.waitUntil(lambda: made.watching.watching, timeout=WAIT_MS)
        assert made.watching._watches[0].listening(timeout_s=20)
        yield made
        made.close()


def test_a_file_that_is_copied_in_is_listened_to_without_a_click(
    watched: Session, tmp_path: Path, qtbot: QtBot
) -> None:
    tone(tmp_path / "music" / "second.wav", 440)
    ready = watched.window.coverage.numbers["ok"]
    qtbot.waitUntil(lambda: ready.text() == "2", timeout=LONG_MS)
    idle(watched, qtbot)
    assert "1 new" in watched.window.notice.text.text()
    assert [source.path for source in watched.desk.indexing.sources()] == [str(tmp_path / "music")]


def test_only_what_lies_in_our_folders_and_is_still_there_is_looked_through(
    watched: Session, tmp_path: Path, qtbot: QtBot
) -> None:
    below = tmp_path / "music" / "Album"
    below.mkdir()
    (tmp_path / "else").mkdir()
    shutil.copy(tmp_path / "music" / "first.wav", below / "copy.wav")
    watched.indexing.look([str(below), str(tmp_path / "music" / "gone"), str(tmp_path / "else")])
    idle(watched, qtbot)
    assert [source.path for source in watched.desk.indexing.sources()] == [str(tmp_path / "music")]
    assert len(watched.desk.indexing.tracks()) == 2
    assert "no folder" not in watched.window.notice.text.text()


def test_after_stop_new_music_is_found_but_nothing_listens_before_someone_says_go_on(
    watched: Session, tmp_path: Path, qtbot: QtBot
) -> None:
    watched.indexing.add(())
    watched.indexing.stop()
    idle(watched, qtbot)
    shutil.copy(tmp_path / "music" / "first.wav", tmp_path / "music" / "copy.wav")
    watched.indexing.look([str(tmp_path / "music")])
    idle(watched, qtbot)
    qtbot.waitUntil(lambda: len(watched.desk.indexing.tracks()) == 2, timeout=LONG_MS)
    idle(watched, qtbot)
    assert watched.desk.indexing.coverage().pending == 2
    watched.window.library.status.start.click()
    idle(watched, qtbot)
    assert watched.window.coverage.numbers["ok"].text() == "2"


def test_what_could_not_be_identified_is_read_anew_on_retry(watched: Session, tmp_path: Path, qtbot: QtBot) -> None:
    watched._set("watch", False)
    file = tmp_path / "music" / "text.wav"
    file.write_text("this is no music " * 40)
    watched.indexing.add(())
    idle(watched, qtbot)
    page = watched.window.coverage
    qtbot.waitUntil(lambda: page.numbers["failed"].text() == "1", timeout=LONG_MS)
    shutil.copy(tmp_path / "music" / "first.wav", file)
    watched.window.show_tab(TAB_COVERAGE)
    settle(watched, qtbot)
    page.failures.retry.click()
    qtbot.waitUntil(lambda: watched.indexing.job is not None, timeout=WAIT_MS)
    idle(watched, qtbot)
    assert page.numbers["failed"].text() == "0"
    assert page.numbers["ok"].text() == "2"


def test_watching_follows_the_settings_and_the_folders(watched: Session, tmp_path: Path, qtbot: QtBot) -> None:
    watching, note = watched.watching, watched.window.coverage.work.note
    assert note.text()
    watched._set("watch", False)
    settle(watched, qtbot)
    assert not watching.watching
    assert not note.text()
    watched._set("rescan_minutes", 15)
    assert watching._every.isActive(), "without a watch the window itself looks every so often"
    assert watching._every.interval() == 15 * 60_000
    watched._set("watch", True)
    settle(watched, qtbot)
    assert watching.watching
    assert not watching._every.isActive()
    watched.desk.indexing.forget(str(tmp_path / "music"))
    qtbot.waitUntil(lambda: not watching._watches, timeout=WAIT_MS)


# ---------------------------------------------------------------------------------------------- who may write


HOLD = """
import sys
from pathlib import Path
from musicdesk.store.lock import Writer
writer = Writer(Path(sys.argv[1]))
print(writer.claim() or "held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def other(place: Path) -> Iterator["subprocess.Popen[str]"]:
    """Another process that writes to the same data."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(place / "data")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_a_second_window_says_who_writes_reads_all_and_changes_nothing_until_the_other_is_closed(
    other: "subprocess.Popen[str]", place: Path, qtbot: QtBot
) -> None:
    desk = open_desk(place / "data")
    assert not desk.claim()
    session = begin(desk, qtbot)
    window = session.window
    assert window.banner.isVisible()
    assert str(other.pid) in window.banner.text.text()
    assert not window.banner.away.isVisible()
    assert window.coverage.title.text() == "4 files found"
    assert not window.actions_["add_folder"].isEnabled()
    assert not window.library.add_small.isEnabled()
    assert not window.library.status.start.isVisible()
    assert not session.watching.watching
    window.banner.button.click()
    settle(session, qtbot)
    assert window.banner.isVisible(), "the other is still there"
    other.kill()
    other.wait()
    window.banner.button.click()
    qtbot.waitUntil(lambda: not window.banner.isVisible(), timeout=WAIT_MS)
    settle(session, qtbot)
    assert window.actions_["add_folder"].isEnabled()
    assert session.watching.watching
    session.indexing.add(())
    assert window.library.status.work is Work.RUNNING
    idle(session, qtbot)
    session.close()


def test_who_only_reads_starts_no_scan_by_drop_or_by_watch(
    other: "subprocess.Popen[str]", place: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    desk = open_desk(place / "data")
    desk.claim()
    session = begin(desk, qtbot)
    session.indexing.look([str(tmp_path)])
    assert not session.window.notice.isVisible()
    session.indexing.add([str(tmp_path)])
    assert session.indexing.job is None
    assert str(other.pid) in session.window.notice.text.text()
    session.close()


def test_the_only_window_has_no_banner(session: Session) -> None:
    assert session.desk.claim()
    session._show_right()
    assert not session.window.banner.isVisible()
