"""The map from the command line."""

import json
from pathlib import Path

import pytest
from three_kinds import EACH, KINDS

from musicdesk.cli.main import run
from musicdesk.desk.desk import Desk


def asked(capsys: pytest.CaptureFixture[str], desk: Desk, *arguments: str) -> tuple[int, str, str]:
    code = run(["--data", str(desk.folders.data), "map", *arguments])
    out, err = capsys.readouterr()
    return code, out, err


def test_the_map_is_made_once_told_as_json_and_drawn(
    desk: Desk, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    desk.close()
    code, out, err = asked(capsys, desk, "--json", "--plot", str(tmp_path / "map.svg"))
    told = json.loads(out)
    assert code == 0
    assert "Laying the map out" in err
    assert len(told["tracks"]) == EACH * len(KINDS)
    assert {"id", "title", "x", "y", "prototype", "trust"} <= set(told["tracks"][0])
    assert 0 <= told["shuffled"] < told["trustworthiness"] <= 1
    assert (tmp_path / "map.svg").read_text().startswith("<?xml")
    code, out, err = asked(capsys, desk)
    assert "Laying" not in err, "it is kept"
    assert "torn away" in out
    assert "Trustworthiness" in out


def test_a_chart_of_an_unknown_kind_is_refused_before_the_work(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    desk.close()
    code, _, err = asked(capsys, desk, "--plot", "map.bmp")
    assert code == 2
    assert "png" in err
    assert "Laying" not in err


def test_without_music_it_says_what_to_do(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    code = run(["--data", str(tmp_path / "data"), "map"])
    assert code == 1
    assert "musicdesk analyze" in capsys.readouterr().err
