"""Recommenders on the command line: choose one, hear what it knows, turn it up and down, a list for several."""

import json
import shutil
from pathlib import Path

import pytest
from several_listeners import FANS, write_log
from three_kinds import kind_of

from musicdesk.cli.main import run

HABITS, SOUND = "people's habits", "sounds like my taste"


@pytest.fixture
def data(analysed: Path, tmp_path: Path) -> Path:
    shutil.copytree(analysed / "data", tmp_path / "data")
    return tmp_path / "data"


@pytest.fixture
def call(data, capsys):
    def run_it(*arguments):
        code = run(["--data", str(data), *arguments])
        out, err = capsys.readouterr()
        return code, out, err

    return run_it


@pytest.fixture
def read(call):
    def run_it(*arguments):
        code, out, err = call(*arguments, "--json")
        assert code == 0, err
        return json.loads(out)

    return run_it


@pytest.fixture
def heard(read, tmp_path):
    """Others were imported, and three Bells are liked."""
    fans = {name: titles[:5] for name, titles in FANS.items()}
    read("listens", "import", str(write_log(tmp_path / "log.csv", fans)))
    read("like", "Bells 0", "Bells 1", "Bells 2")


def test_the_list_says_which_is_chosen_and_what_each_lacks(read, call):
    found = {r["name"]: r for r in read("recommenders", "list")["recommenders"]}
    assert [name for name, r in found.items() if r["chosen"]] == ["blend"]
    assert {"title", "what", "part", "source", "made", "stale", "at_once", "knows", "problem"} <= set(found["ease"])
    assert "listens import" in found["ease"]["problem"]
    code, text, _ = call("recommenders", "list")
    assert code == 0
    assert any(line.startswith("→  blend") for line in text.splitlines())


def test_one_is_chosen_set_muted_and_shown(read, heard, call):
    shown = read("recommenders", "show")
    assert [a["name"] for a in shown["advisors"]] == [HABITS, SOUND]
    assert shown["advisors"][0]["knows"].startswith("from 5 listeners and ")
    assert read("recommenders", "use", "item-knn")["part"] == HABITS
    (advisor,) = read("recommenders", "set", "people", "-0.5")["advisors"]
    assert (advisor["id"], advisor["gain"], advisor["counts"]) == ("item-knn", -0.5, -0.5)
    assert read("recommenders", "mute", HABITS)["advisors"][0]["counts"] == 0
    assert not read("recommenders", "mute", HABITS, "--off")["advisors"][0]["muted"]
    assert read("taste", "set", HABITS, "1.5")["advisors"][0]["gain"] == 1.5
    assert HABITS in read("taste", "undo")["undo"]
    assert read("taste", "show")["advisors"][0]["gain"] == -0.5
    _, text, _ = call("taste", "show")
    assert HABITS in text
    assert read("recommenders", "use", "none")["chosen"]
    assert read("recommenders", "show") == {"recommender": "none", "advisors": []}


def test_the_reasons_of_a_list_add_up_with_the_advice_among_them(read, heard):
    for track in read("recommend", "--limit", "5")["tracks"]:
        assert {HABITS, SOUND} <= {part["part"] for part in track["why"]}
        assert sum(part["contribution"] for part in track["why"]) == pytest.approx(track["score"], abs=1e-3)


def test_fit_makes_those_that_advise_or_the_one_that_is_named(read, heard):
    assert {r["name"] for r in read("recommenders", "fit")["recommenders"]} == {"ease", "content-mean"}
    assert [r["name"] for r in read("recommenders", "fit", "user-cf")["recommenders"]] == ["user-cf"]


def test_a_list_for_several_says_whose_each_track_is(read, heard, call):
    found = read("recommend", "--for", "me", "--for", "bert", "--limit", "4")
    assert {kind_of(t["title"]) for t in found["tracks"] if t["whose"][0] == "me"} == {"Bells"}
    assert {kind_of(t["title"]) for t in found["tracks"] if t["whose"][0] == "bert"} == {"Clicks"}
    assert [(s["listener"], s["tracks"]) for s in found["listeners"]] == [("me", 2), ("bert", 2)]
    code, text, _ = call("recommend", "--for", "me", "--for", "bert")
    assert code == 0
    assert "Whose" in text


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (["recommenders", "use", "oracle"], 1, "no recommender called"),
        (["recommenders", "set", "polka", "1"], 1, "Nobody advises"),
        (["recommenders", "set", "x", "7"], 2, ""),
        (["recommenders", "fit"], 1, "like or play"),
        (["recommenders", "fit", "ease"], 1, "listens import"),
        (["recommend", "--for", "zoe"], 1, "zoe"),
        (["recommend", "--for", "me"], 1, "liked or played"),
        (["recommend", "--for", "me", "--seed", "Bells 1"], 2, "group"),
    ],
)
def test_what_cannot_be_done_is_a_sentence_and_a_code(call, arguments, code, sentence):
    got, out, err = call(*arguments)
    assert got == code
    assert not out
    assert sentence in err
    assert "Traceback" not in err
