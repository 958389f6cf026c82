"""``taste hear`` as a person and as a program meet it."""

import json
import shutil
from pathlib import Path

import pytest

from musicdesk.cli.main import run


@pytest.fixture
def data(analysed: Path, tmp_path: Path) -> Path:
    shutil.copytree(analysed / "data", tmp_path / "data")
    return tmp_path / "data"


def test_the_best_seconds_of_a_prototype_are_told_and_known_from_then_on(data, capsys):
    assert run(["--data", str(data), "taste", "hear", "1", "--json"]) == 0
    (told,) = json.loads(capsys.readouterr().out)["prototypes"]
    assert {"id", "name", "origin", "word", "gain", "faithful", "excerpts"} == set(told)
    assert len(told["excerpts"]) == 3
    for excerpt in told["excerpts"]:
        assert 0 <= excerpt["start_s"] <= excerpt["length_s"]
        assert 0 < excerpt["excerpt_s"] <= 10
        assert 0 <= excerpt["near"] <= 1
        assert Path(excerpt["path"]).exists()
    assert run(["--data", str(data), "taste", "hear", told["name"]]) == 0
    shown = capsys.readouterr()
    assert told["excerpts"][0]["title"] in shown.out
    assert "Listening closely" not in shown.err


def test_an_unknown_prototype_is_a_sentence(data, capsys):
    assert run(["--data", str(data), "taste", "hear", "polka"]) == 1
    assert "polka" in capsys.readouterr().err
