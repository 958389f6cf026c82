"""``train`` and ``evaluate cnn`` as a person and as a program meet them."""

import json
from pathlib import Path
from typing import Any

import pytest

from musicdesk.cli.main import run


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MUSICDESK_MODELS", str(tmp_path / "models"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "data"


def call(data: Path, *arguments: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    code = run(["--data", str(data), *arguments])
    out, err = capsys.readouterr()
    return code, out, err


def test_train_tells_every_epoch_and_what_came_of_it(data, analysed, capsys):
    arguments = ["train", "cnn", "--data", str(analysed / "music"), "--labels", "folders", "--epochs", "2"]
    code, out, err = call(data, *arguments, "--json", capsys=capsys)
    assert code == 0, err
    told: Any = json.loads(out)
    assert told["name"] == "cnn-own"
    assert [epoch["epoch"] for epoch in told["epochs"]] == [1, 2]
    assert [report["name"] for report in told["classes"]] == ["bells", "clicks", "noise"]
    assert {"mean", "low", "high", "n"} == set(told["accuracy"])
    assert "epoch 2: held-out artists" in err
    code, out, _ = call(data, "models", "list", capsys=capsys)
    assert "cnn-own" in out


def test_a_wrong_wish_is_a_wrong_call(data, analysed, capsys):
    arguments = ["train", "cnn", "--data", str(analysed / "music"), "--labels", "folders"]
    assert call(data, *arguments, "--name", "mine", capsys=capsys)[0] == 2
    assert call(data, *arguments, "--init", "shipped", "--image", "mfcc", capsys=capsys)[0] == 2
    code, _, err = call(data, "train", "cnn", capsys=capsys)
    assert code == 1
    assert "Tag more of them" in err


def test_evaluate_names_its_variants(data, analysed, capsys):
    code, out, err = call(data, "evaluate", "cnn", "--data", str(analysed), "--list", "--json", capsys=capsys)
    assert code == 0, err
    assert set(json.loads(out)) == {"variants"}


def test_evaluate_compares_and_goes_on(data, analysed, tmp_path, capsys):
    arguments = [
        "evaluate", "cnn", "--data", str(analysed / "music"), "--activation", "relu", "--optimiser", "adam", "--epochs",
        "1", "--width", "0.05", "--no-control", "--out", str(tmp_path / "out"), "--plot", str(tmp_path / "charts"),
    ]  # fmt: skip
    code, out, err = call(data, *arguments, "--json", capsys=capsys)
    assert code == 0, err
    told: Any = json.loads(out)
    (row,) = told["rows"]
    assert row["method"] == "relu adam, log-mel"
    assert len(row["folds"]) == 5
    assert {reference["accuracy"] for reference in told["references"]} == {0.6, 0.77}
    assert (tmp_path / "charts" / "confusion.png").is_file()
    code, out, _ = call(data, *arguments, capsys=capsys)
    assert code == 0
    assert "most frequent class" in out
    assert "reference: SVM on 182 hand-made statistics" in out
