"""Logs and listeners on the command line."""

import json
import shutil

import pytest

from musicdesk.cli.main import run

AT = 1_500_000_000


@pytest.fixture
def data(analysed, tmp_path):
    shutil.copytree(analysed / "data", tmp_path / "data")
    return tmp_path / "data"


@pytest.fixture
def log(tmp_path):
    path = tmp_path / "ann.csv"
    path.write_text(f"artist,title,time\nBells player 1,Bells 1,{AT}\nNobody,Unheard,{AT}\n,,\nx,y,z,too much\n")
    return path


def read(data, *arguments, capsys):
    code = run(["--data", str(data), *arguments, "--json"])
    out, err = capsys.readouterr()
    assert code == 0, err
    return json.loads(out)


def text(data, *arguments, capsys):
    code = run(["--data", str(data), *arguments])
    out, err = capsys.readouterr()
    return code, out, err


def test_a_log_is_imported_listed_renamed_and_removed(data, log, capsys):
    report = read(data, "listens", "import", str(log), "--listener", "Ann", capsys=capsys)
    assert (report["kind"], report["listeners"], report["new"], report["matched"]) == ("table", ["Ann"], 2, 1)
    assert report["bad"] == [{"line": 5, "reason": "It has 4 columns instead of 3."}]
    (line,) = read(data, "listens", "unmatched", capsys=capsys)["unmatched"]
    assert (line["artist"], line["title"], line["listener"]) == ("Nobody", "Unheard", "Ann")
    names = [p["name"] for p in read(data, "listeners", capsys=capsys)["listeners"]]
    assert names == ["me", "Ann"]
    (heard,) = read(data, "listens", "list", "--listener", "ann", capsys=capsys)["tracks"]
    assert (heard["title"], heard["plays"]) == ("Bells 1", 1)
    assert read(data, "listens", "match", capsys=capsys) == {"matched": 0}
    read(data, "listens", "rename", "Ann", "me", capsys=capsys)
    assert read(data, "listens", "list", capsys=capsys)["tracks"][0]["title"] == "Bells 1"
    read(data, "listens", "remove", "me", capsys=capsys)
    assert read(data, "listens", "list", capsys=capsys)["tracks"] == []


def test_people_read_counts(data, log, capsys):
    code, out, _ = text(data, "listens", "import", str(log), capsys=capsys)
    assert code == 0
    assert "“ann.csv” (table): 2 lines read, 2 of them new. The library has the track of 1" in out
    for command in (["listeners"], ["listens", "list"], ["listens", "unmatched"], ["listens", "match"]):
        assert text(data, *command, capsys=capsys)[0] == 0


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (["listens", "import", "/no/such/file.csv"], 1, "no file"),
        (["listens", "import", "."], 1, "folder"),
        (["listens", "import", "x", "--kind", "vinyl"], 2, "vinyl"),
        (["listens", "remove", "Zoe"], 1, "“Zoe”"),
        (["listens", "list", "--listener", "Zoe"], 1, "“Zoe”"),
        (["listens", "rename", "me", "Zoe"], 2, "me"),
    ],
)
def test_what_cannot_be_done_is_a_sentence_and_a_code(data, capsys, arguments, code, sentence):
    got, out, err = text(data, *arguments, capsys=capsys)
    assert (got, out) == (code, "")
    assert sentence in err
    assert "Traceback" not in err
