"""An edit on the command line is the edit in the window: the same taste, the same list, the same step to undo."""

import json
import shutil
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from three_kinds import open_desk
from ui_session import begin, settle

from musicdesk.cli import main as cli
from musicdesk.desk.desk import Desk


def told(capsys: pytest.CaptureFixture[str], data: Path, *words: str) -> dict[str, object]:
    """What a command says as JSON."""
    capsys.readouterr()
    assert cli.run(["--data", str(data), *words, "--json"]) == 0
    return dict(json.loads(capsys.readouterr().out))


def test_an_edit_on_the_command_line_is_the_edit_in_the_window(
    desk: Desk, tmp_path: Path, qtbot: QtBot, capsys: pytest.CaptureFixture[str]
) -> None:
    desk.settings = desk.settings.changed(watch=False)
    taste = desk.recommending.taste()
    elsewhere = tmp_path / "elsewhere"
    shutil.copytree(desk.folders.data, elsewhere)
    session = begin(desk, qtbot)
    first = taste.prototypes[0]

    slider = session.window.taste.cards[0].slider
    slider.setFocus()
    for _ in range(5):
        QTest.keyClick(slider, Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: desk.recommending.taste().prototypes[0].gain != first.gain, timeout=20_000)
    settle(session, qtbot)
    QTest.keyClick(slider, Qt.Key.Key_M)
    settle(session, qtbot)
    gain = desk.recommending.taste().prototypes[0].gain

    told(capsys, elsewhere, "taste", "set", first.id, f"{gain:.2f}")
    told(capsys, elsewhere, "taste", "mute", first.id)
    with open_desk(elsewhere) as here:
        assert here.recommending.taste() == desk.recommending.taste() != taste
        assert here.recommending.rank().hashes == desk.recommending.rank().hashes
        assert here.recommending.history() == desk.recommending.history()
    session.close()
