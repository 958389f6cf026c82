"""``musicdesk meaning``: what it prints, in words and as JSON, and how it ends."""

import json
import shutil
import signal

import made_up_meaning as made
import pytest
import torch
from three_kinds import open_desk

from musicdesk.cli.main import run

torch.set_num_threads(1)


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    place = tmp_path_factory.mktemp("meant")
    made.write_library(place / "data")
    with open_desk(place / "data") as desk:
        made.read_with_a_tiny_bert(desk, place / "bert")
    return place


@pytest.fixture
def call(library, tmp_path, monkeypatch, capsys):
    data = tmp_path / "data"
    shutil.copytree(library / "data", data)
    monkeypatch.setenv("MUSICDESK_MODELS", str(data / "models"))

    def ask(*arguments):
        code = run(["--data", str(data), *arguments])
        told = capsys.readouterr()
        return code, told.out, told.err

    return ask


def answer(call, *arguments):
    code, out, err = call("meaning", *arguments, "--json")
    assert code == 0, err
    return json.loads(out)


def test_from_nothing_to_an_encoder_that_listens_and_back(call):
    before = answer(call, "status")
    assert (before["encoder"], before["tracks"], before["in_use"], before["report"]) == ("", 60, "", None)
    learned = answer(call, "learn", "--epochs", "2")
    assert (learned["encoder"], learned["base"], learned["in_use"]) == ("htcl-handcrafted", "handcrafted", False)
    assert [len(stage["losses"]) for stage in learned["stages"]] == [2]
    assert answer(call, "use") == {"encoder": "htcl-handcrafted", "heard": 60}
    assert answer(call, "status")["in_use"] == "htcl-handcrafted"
    assert answer(call, "use", "--base")["encoder"] == "handcrafted"
    assert answer(call, "forget") == {"forgotten": True, "encoder": "handcrafted"}
    assert answer(call, "forget")["forgotten"] is False


def test_progress_and_losses_go_to_stderr_and_the_outcome_to_stdout(call):
    code, out, err = call("meaning", "learn", "--epochs", "2", "--use")
    assert code == 0
    assert "What the sounds mean: epoch 2, loss" in err
    assert "loss" not in out.splitlines()[0]
    assert "60 tracks" in out
    assert "It listens from now on." in out
    assert "htcl-handcrafted listens." in call("meaning", "status")[1]


def test_ctrl_c_leaves_nothing_half(call, tmp_path, monkeypatch):
    from musicdesk.semantic import meaning_stage

    loss = meaning_stage._loss

    def interrupted(*arguments):
        signal.raise_signal(signal.SIGINT)
        return loss(*arguments)

    monkeypatch.setattr(meaning_stage, "_loss", interrupted)
    code, _, err = call("meaning", "learn", "--epochs", "2")
    assert code == 130
    assert "run it again to go on" in err
    assert not (tmp_path / "data" / "models" / "htcl-handcrafted").exists()
    monkeypatch.undo()
    monkeypatch.setenv("MUSICDESK_MODELS", str(tmp_path / "data" / "models"))
    assert call("meaning", "learn", "--epochs", "2")[0] == 0


def test_choices_are_counted_and_forgotten(call, tmp_path):
    with open_desk(tmp_path / "data") as desk:
        desk.meaning.chose(made.sound(1), [made.sound(2)], "playlist")
    assert answer(call, "choices") == {"choices": {"played": 0, "liked": 0, "playlist": 1}, "forgotten": 0}
    assert "1 into a playlist" in call("meaning", "choices", "--forget")[1]
    assert answer(call, "choices")["choices"]["playlist"] == 0


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (("learn", "--name", "Ä"), 2, "no name"),
        (("use",), 1, "musicdesk meaning learn"),
        (("use", "mine", "--base"), 2, "Either a name"),
        (("learn", "--epochs", "0"), 2, "epochs"),
        (("learn", "--from", "air"), 2, "--from"),
        (("forget", "other"), 1, "Nothing was learned under"),
    ],
)
def test_what_cannot_be_is_told(call, arguments, code, told):
    found, _, err = call("meaning", *arguments)
    assert found == code
    assert told in err
