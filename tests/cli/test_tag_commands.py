"""The group ``tag``: every edit is the one that the window makes, told in words and as JSON."""

import pytest
from three_kinds import open_desk


def test_add_list_remove_rename_and_drop(read):
    assert read("tag", "list") == {"tags": []}
    added = read("tag", "add", "rainy sunday", "Bells 1", "Noise 2")
    assert (added["tag"], added["changed"], added["left_out"], added["joined"]) == ("rainy sunday", 2, 0, False)
    assert [(t["title"], t["tags"]) for t in added["tracks"]] == [
        ("Bells 1", ["rainy sunday"]), ("Noise 2", ["rainy sunday"]),
    ]  # fmt: skip
    read("tag", "add", "Dawn", "Bells 1")
    assert read("tag", "list") == {
        "tags": [{"tag": "rainy sunday", "tracks": 2, "away": 0}, {"tag": "Dawn", "tracks": 1, "away": 0}]
    }
    assert [own["tag"] for own in read("tag", "list", "Noise 2")["tags"]] == ["rainy sunday"]
    bearing = read("tag", "list", "--tag", "DAWN")
    assert (bearing["tag"], [t["title"] for t in bearing["tracks"]]) == ("Dawn", ["Bells 1"])
    assert read("tag", "remove", "Rainy Sunday", "Noise 2")["tracks"][0]["tags"] == []
    assert read("tag", "rename", "rainy sunday", "rain")["tag"] == "rain"
    assert read("tag", "rename", "dawn", "RAIN") == {"tag": "rain", "changed": 1, "left_out": 0, "joined": True}
    assert read("tag", "drop", "Rain")["changed"] == 1
    assert read("tag", "list") == {"tags": []}


def test_an_edit_in_the_command_line_is_the_edit_in_the_window_and_can_be_undone(data, read):
    read("tag", "add", "rain", "Bells 1")
    with open_desk(data) as desk:
        assert desk.recommending.history().undo == "tag Bells 1 “rain”"
        assert [own.tag for own in desk.tagging.tags()] == ["rain"]
    assert read("taste", "undo")["undo"] == "tag Bells 1 “rain”"
    assert read("tag", "list") == {"tags": []}


def test_a_tag_finds_its_tracks_and_makes_a_prototype(read):
    read("tag", "add", "regen", "Noise 1", "Noise 2", "Noise 3")
    assert [t["title"] for t in read("tracks", "regen")["tracks"]] == ["Noise 1", "Noise 2", "Noise 3"]
    assert {"word": "regen", "kind": "own", "tracks": 3} in read("taste", "tags")["tags"]
    assert "regen" in {p["word"] for p in read("taste", "add", "--tag", "regen")["prototypes"]}


def test_it_says_in_words_what_it_did(call):
    assert "No tag is given yet: musicdesk tag add TAG TRACK" in call("tag", "list")[1]
    assert "2 tracks → “rain”. (Undo: musicdesk taste undo)" in call("tag", "add", "rain", "Bells 1", "Bells 2")[1]
    assert "All of them bear “rain” already." in call("tag", "add", "RAIN", "Bells 1")[1]
    assert "They bear no tag of yours." in call("tag", "list", "Noise 1")[1]
    assert "None of them bears it." in call("tag", "remove", "rain", "Noise 1")[1]
    assert "“rain” is taken from 1 track." in call("tag", "remove", "rain", "Bells 1")[1]
    assert "It is called “rain” already." in call("tag", "rename", "Rain", "rain")[1]
    assert "“rain” is “Regen” now, on 1 track." in call("tag", "rename", "rain", "Regen")[1]
    call("tag", "add", "wet", "Noise 1")
    assert "“wet” is part of “Regen” now, with 1 track." in call("tag", "rename", "wet", "regen")[1]
    assert "Bells 2" in call("tag", "list", "--tag", "regen")[1]
    assert "“Regen” is gone from 2 tracks." in call("tag", "drop", "regen")[1]


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (("add", " ", "Bells 1"), 2, "A tag needs a letter"),
        (("add", "x" * 10_000, "Bells 1"), 2, "at most 80 letters; this one has 10,000"),
        (("add", "rain"), 2, "Missing argument"),
        (("add", "rain", "no such track"), 1, "No track fits"),
        (("remove", "rain", "Bells 1"), 1, "You have no tag “rain”"),
        (("rename", "rain", "snow"), 1, "You have no tag “rain”"),
        (("drop", "rain"), 1, "You have no tag “rain”"),
        (("list", "--tag", "rain"), 1, "You have no tag “rain”"),
        (("list", "--tag", "rain", "Bells 1"), 2, "not both"),
    ],
)
def test_a_wrong_call_is_a_sentence(call, arguments, code, told):
    found, out, err = call("tag", *arguments)
    assert found == code
    assert told in err
    assert out == ""


def test_markup_and_control_characters_come_out_as_plain_text(call, read):
    assert "“<b>x</b>[31m”" in call("tag", "add", "<b>x</b>\x1b[31m", "Bells 1")[1]
    assert read("tag", "list")["tags"][0]["tag"] == "<b>x</b>[31m"
    assert call("tag", "add", "--", "-v", "Bells 1")[0] == 0
    assert [own["tag"] for own in read("tag", "list")["tags"]] == ["-v", "<b>x</b>[31m"]
