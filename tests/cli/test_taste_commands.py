"""Shaping the taste from the command line: every edit is the one that the window makes, and is kept."""

from pathlib import Path
from typing import Any

import pytest
from three_kinds import open_desk


def names(taste: Any) -> list[str]:
    return [p["name"] for p in taste["prototypes"]]


def test_the_taste_tells_where_each_prototype_comes_from(read):
    (first, *_) = read("taste", "show")["prototypes"]
    assert (first["origin"], first["word"], first["faithful"], first["found"]) == ("library", "", None, 1.0)
    assert first["pinned"] == first["refused"] == []
    assert first["slot"] == 0


def test_an_edit_in_the_command_line_is_the_edit_in_the_window(data, read):
    shown = read("taste", "recolour", "1", "17")
    with open_desk(data) as desk:
        assert desk.recommending.taste().prototypes[0].slot == 17
        assert desk.recommending.history().undo == f"recolour {shown['prototypes'][0]['name']}"
        desk.recommending.undo()
    assert read("taste", "show")["prototypes"][0]["slot"] == 0


def test_split_shows_before_it_does(read, call):
    before = read("taste", "show")
    code, out, _ = call("taste", "split", "1", "--preview")
    assert code == 0
    assert "Would become" in out
    pieces = read("taste", "split", "1", "--preview")["pieces"]
    assert read("taste", "show") == before
    assert all(piece["titles"] for piece in pieces)
    after = read("taste", "split", "1")
    assert len(after["prototypes"]) == len(before["prototypes"]) + len(pieces) - 1
    assert read("taste", "undo")["undo"] == f"split {before['prototypes'][0]['name']} into {len(pieces)}"
    assert read("taste", "show") == before


def test_merge_remove_and_add(read):
    before = names(read("taste", "show"))
    merged = read("taste", "merge", "1", "2", "--name", "both")
    assert names(merged) == ["both", *before[2:]]
    assert names(read("taste", "remove", "both")) == before[2:]
    added = read("taste", "add", "Noise 1", "Noise 2", "--name", "rain")
    assert added["prototypes"][-1]["origin"] == "tracks"
    assert "Bells player 3" in names(read("taste", "add", "--artist", "Bells player 3"))
    word = read("taste", "tags")["tags"][0]["word"]
    assert word in {p["word"] for p in read("taste", "add", "--tag", word)["prototypes"]}


def test_pin_and_refuse(read):
    first = read("taste", "show")["prototypes"][0]
    with_pin = read("taste", "pin", "1", "Noise 5")["prototypes"][0]
    assert with_pin["exemplars"][:1] == with_pin["pinned"]
    refused = read("taste", "refuse", "1", "Noise 5")["prototypes"][0]
    assert refused["refused"] == with_pin["pinned"]
    assert read("taste", "refuse", "1", "Noise 5", "--off")["prototypes"][0] == first


def test_what_is_believed_is_shown_and_then_set(read, call):
    assert "Every gain" in call("taste", "believed")[1]
    read("taste", "set", "1", "-0.5")
    (change,) = read("taste", "believed")["changes"]
    assert (change["before"], change["after"]) == (-0.5, 1.0)
    assert "-0.50" in call("taste", "believed")[1]
    assert read("taste", "believe")["prototypes"][0]["gain"] == 1.0


def test_why_nothing_is_believed_yet_is_said_in_a_sentence(read, call):
    assert "nothing is liked. Until there is more" in call("taste", "believed")[1]
    assert "cannot tell yet what counts more" in read("taste", "believed")["doubt"]


def test_tastes_under_names(read, call):
    assert "No taste is kept" in call("tastes", "list")[1]
    assert read("tastes", "save", "work")["current"]
    read("taste", "set", "1", "-1")
    assert read("tastes", "use", "work")["prototypes"][0]["gain"] == 1.0
    read("tastes", "rename", "work", "deep work")
    assert [t["name"] for t in read("tastes", "list")["tastes"]] == ["deep work"]
    assert "in use" in call("tastes", "list")[1]
    assert read("tastes", "remove", "deep work") == {"removed": "deep work"}
    code, _, err = call("tastes", "use", "deep work")
    assert code == 1
    assert "No taste is called" in err


def test_presets_and_comparison(read, call):
    read("tastes", "save", "before")
    first = read("taste", "show")["prototypes"][0]["name"]
    told = {p["name"]: p for p in read("tastes", "presets")["presets"]}
    after = read("tastes", "preset", "only the first")
    assert {c["id"] for c in told["only the first"]["changes"]} == {
        p["id"] for p in after["prototypes"] if p["gain"] == 0
    }
    found = read("tastes", "compare", "before")
    assert len(found["gains"]) == len(after["prototypes"])
    assert 0 < found["shared"] <= found["of"]
    text = call("tastes", "compare", "before")[1]
    assert first in text
    assert "as it stands" in text


def test_a_taste_travels_as_a_file(read, call, tmp_path):
    read("taste", "set", "1", "1.7")
    path = str(tmp_path / "work.json")
    told = read("tastes", "export", path)
    assert told["bytes"] == Path(path).stat().st_size
    read("taste", "set", "1", "0")
    assert read("tastes", "import", path)["prototypes"][0]["gain"] == 1.7
    kept = read("tastes", "import", path, "--name", "friend")
    assert (kept["name"], kept["left_out"]) == ("friend", [])
    assert "friend" in call("tastes", "list")[1]
    Path(path).write_text("{}")
    code, _, err = call("tastes", "import", path)
    assert code == 2
    assert "no taste that musicdesk has written" in err


def test_the_taste_over_time(read, call):
    read("taste", "set", "1", "1.5")
    told = read("tastes", "history", "--days", "7")
    assert len(told["days"]) == 1
    assert told["curves"][0]["gains"] == [1.5]
    assert "Nothing has changed" in call("tastes", "history")[1]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("taste", "add"), 2),
        (("taste", "add", "--artist", "nobody"), 1),
        (("taste", "merge", "1"), 2),
        (("taste", "recolour", "1", "40"), 2),
        (("taste", "split", "no such name"), 1),
        (("tastes", "preset", "quiet evening"), 1),
        (("tastes", "save", " "), 2),
        (("tastes", "history", "--days", "0"), 2),
    ],
)
def test_what_cannot_be_is_a_sentence(call, arguments, code):
    got, out, err = call(*arguments)
    assert got == code
    assert out == ""
    assert "Traceback" not in err
    assert len(err) > 20
