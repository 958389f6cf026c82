"""``evaluate genre-listeners`` as a person and as a program meet it, on a library of three kinds."""

import json
from pathlib import Path

import pytest

from musicdesk.cli.main import run


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MUSICDESK_MODELS", str(tmp_path / "models"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "data"


def test_it_tells_methods_thresholds_ratings_and_claims(data, analysed, tmp_path, capsys):
    arguments = [
        "--data", str(data), "evaluate", "genre-listeners", "--data", str(analysed / "music"), "--epochs", "1",
        "--width", "0.05", "--listeners", "6", "--heard", "6", "--k", "3", "--out", str(tmp_path / "out"),
    ]  # fmt: skip
    assert run([*arguments, "--json", "--plot", str(tmp_path / "chart.svg")]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["classes"] == ["bells", "clicks", "noise"]
    assert {"method", "encoder", "listeners", "liked@3", "category@3", "balance@3"} == set(told["rows"][0])
    assert {"mean", "low", "high", "n"} == set(told["rows"][0]["liked@3"])
    assert set(told["chance"]) == {"one category", "several categories"}
    assert {row["ratings"] for row in told["ratings"]} == {0, 1, 2, 5, 6}
    assert {claim["of_paper"] for claim in told["claims"]} == {True, False}
    assert [reference["accuracy"] for reference in told["references"]] == [0.5035, 0.4289]
    assert (tmp_path / "chart.svg").read_text().startswith("<?xml")
    assert run(arguments) == 0
    text = capsys.readouterr().out
    assert "The modified similarity is better than the cosine" in text
    assert "50.35 % (comprehensive)" in text


def test_what_cannot_be_tried_is_a_wrong_call(data, analysed, capsys):
    arguments = ["--data", str(data), "evaluate", "genre-listeners", "--data", str(analysed / "music")]
    assert run([*arguments, "--variant", "better"]) == 2
    assert "no variant called 'better'" in capsys.readouterr().err
    assert run([*arguments, "--plot", "chart.txt"]) == 2
    assert run(["--data", str(data), "evaluate", "genre-listeners", "--data", str(data / "nowhere")]) == 1
