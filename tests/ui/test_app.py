"""The process of the window: light at the start, tolerant of a broken data folder, gone without a trace."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import sounds
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDropEvent
from pytestqt.qtbot import QtBot
from ui_session import WAIT_MS, begin, settle, titles

from musicdesk.desk.desk import Desk
from musicdesk.jobs import Progress
from musicdesk.playback.player import NullPlayer
from musicdesk.settings import Folders
from musicdesk.ui import local_files
from musicdesk.ui.analysis_status import AnalysisStatus, Work, span, told
from musicdesk.ui.empty_states import State
from musicdesk.ui.opening import Opened

HEAVY = {"torch", "librosa", "transformers", "numba", "sklearn"}


def loaded_by(statement: str) -> set[str]:
    script = f"import sys; {statement}; print(*sorted(m for m in sys.modules if '.' not in m))"
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, env=environment)
    return set(done.stdout.split())


def test_importing_the_app_loads_nothing_heavy_not_even_numpy() -> None:
    modules = loaded_by("import musicdesk.ui.app")
    assert not modules & HEAVY
    assert "numpy" not in modules, "the thread limits must be set before numpy is loaded"


def test_the_painted_window_has_loaded_no_model_library() -> None:
    assert not loaded_by("import musicdesk.ui.opening, musicdesk.ui.session, musicdesk.desk.desk") & HEAVY


def test_products_of_matrices_get_one_thread() -> None:
    script = "from musicdesk.ui import app; app.one_thread(); import os; print(os.environ['OPENBLAS_NUM_THREADS'])"
    assert subprocess.run([sys.executable, "-c", script], capture_output=True, text=True).stdout.strip() == "1"


def folders(tmp_path: Path) -> Folders:
    (tmp_path / "data").mkdir(exist_ok=True)
    (tmp_path / "data" / "settings.toml").write_text('encoder = "handcrafted"\n')
    return Folders(tmp_path / "data", tmp_path / "models", tmp_path / "cache")


def test_the_window_stands_before_its_desk_and_then_asks_for_a_folder(tmp_path: Path, qtbot: QtBot) -> None:
    opened = Opened(folders(tmp_path), ())
    qtbot.addWidget(opened.window)
    opened.begin()
    assert opened.window.isVisible()
    assert opened.session is None
    assert opened.window.curtain.state is State.OPENING
    qtbot.waitUntil(lambda: opened.session is not None, timeout=WAIT_MS)
    qtbot.waitUntil(lambda: opened.session.window.for_you.state is State.NO_FOLDER, timeout=WAIT_MS)
    opened.close()


def test_a_broken_database_is_a_sentence_in_the_window(tmp_path: Path, qtbot: QtBot) -> None:
    place = folders(tmp_path)
    (place.data / "musicdesk.db").write_bytes(b"this is no database" * 200)
    opened = Opened(place, ())
    qtbot.addWidget(opened.window)
    opened.begin()
    qtbot.waitUntil(lambda: opened.window.curtain.state is State.BROKEN, timeout=WAIT_MS)
    assert opened.window.curtain.sentence.text()
    opened.close()


def test_a_dropped_folder_is_listened_to_and_becomes_a_list(tmp_path: Path, qtbot: QtBot) -> None:
    music = tmp_path / "music"
    music.mkdir()
    for number, hertz in enumerate((220, 330, 440)):
        sounds.write(music / f"{number}.wav", sounds.chord(hertz, length_s=31.0, rate_hz=22_050), 22_050)
    desk = Desk(folders(tmp_path), player=NullPlayer())
    session = begin(desk, qtbot)
    window = session.window
    data = QMimeData()
    data.setUrls([local_files.to_url(str(music))])
    event = QDropEvent(
        QPoint(400, 300), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    window.dropEvent(event)
    status = window.library.status
    assert status.work is Work.RUNNING
    assert status.pause.isVisible()
    window.actions_["pause_analysis"].trigger()
    assert status.work is Work.PAUSED
    window.actions_["pause_analysis"].trigger()
    qtbot.waitUntil(lambda: status.work is Work.IDLE, timeout=60_000)
    settle(session, qtbot)
    qtbot.waitUntil(lambda: len(titles(session)) == 3, timeout=WAIT_MS)
    assert window.library.folders.item(0).text().startswith("music")
    assert "3 of 3" in status.title.text()
    session.close()


def test_stop_ends_the_work_and_keeps_the_rest_for_later(tmp_path: Path, qtbot: QtBot) -> None:
    music = tmp_path / "music"
    music.mkdir()
    sounds.write(music / "one.wav", sounds.chord(220, length_s=31.0, rate_hz=22_050), 22_050)
    desk = Desk(folders(tmp_path), player=NullPlayer())
    session = begin(desk, qtbot)
    session.indexing.add([str(music)])
    session.window.library.status.stop.click()
    assert session.window.library.status.work is Work.STOPPING
    qtbot.waitUntil(lambda: session.indexing.job is None, timeout=60_000)
    settle(session, qtbot)
    assert session.window.library.status.work is Work.IDLE
    session.close()


# ---------------------------------------------------------------------------------------------- small parts


def test_a_file_that_is_dropped_stands_for_its_folder(tmp_path: Path) -> None:
    (tmp_path / "a.mp3").touch()
    urls = [
        local_files.to_url(str(tmp_path / "a.mp3")),
        local_files.to_url(str(tmp_path)),
        QUrl("https://example.org/"),
    ]
    assert local_files.folders_in(urls) == [str(tmp_path)]


@pytest.mark.parametrize("path", ["/a b/ü#%.mp3", "/music/caf\udce9.mp3", "/x/?&=.flac"])
def test_paths_survive_the_way_through_qt(path: str) -> None:
    assert local_files.from_url(local_files.to_url(path)) == path


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.4, "1 s"), (61, "61 s"), (600, "10 min"), (7200, "2.0 h"), (90_000, "25 h")]
)
def test_times_to_wait_are_told_as_people_tell_them(seconds: float, text: str) -> None:
    assert span(seconds) == text


def test_progress_says_how_far_how_fast_and_how_long_still() -> None:
    assert told(Progress("", 31_204, 39_410, 30_000.0)) == "31,204 of 39,410\n62 a minute · 2.2 h left"
    assert told(Progress("", 12, None, 1.0)) == "12 files"
    assert told(Progress("", 0, 10, 0.0)) == "0 of 10"


def test_before_anything_is_known_the_corner_is_calm(qtbot: QtBot) -> None:
    status = AnalysisStatus()
    qtbot.addWidget(status)
    assert not status.bar.isVisibleTo(status)
    assert status.accessibleName().startswith("Analysis.")
