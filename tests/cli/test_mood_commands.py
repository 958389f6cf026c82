"""Moods from the command line: steer, path, mood, taste steer; the shapes of their JSON, and what cannot be asked."""

import pytest
from made_up_moods import mood_of, write_library

from musicdesk.cli.main import run


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    place = tmp_path_factory.mktemp("moods")
    write_library(place)
    return place


def test_steer_tells_what_stayed_and_what_moved(call, read):
    found = read("steer", "folk energetic 3", "--mood", "calm", "--strength", "0.8", "--limit", "5")
    assert found["label"] == "Like “folk energetic 3”, but calmer"
    assert found["holds"] is True
    assert found["method"]
    assert set(found["start"]) == {"arousal", "valence", "acousticness", "brightness", "tempo", "vocalness"}
    assert len(found["tracks"]) == 5
    first = found["tracks"][0]
    assert {"id", "path", "title", "artist", "album", "score", "likeness", "why", "same", "moved"} <= set(first)
    assert mood_of(first["title"]) == "calm"
    assert first["moved"][0]["words"].startswith("calmer: ")
    assert sum(part["contribution"] for part in first["why"]) == pytest.approx(first["score"], abs=1e-3)
    code, out, _ = call("steer", "like", "folk energetic 3", "--mood", "calm")
    assert code == 0
    assert "but calmer" in out
    assert "Onsets, loudness and tempo agree; they had no part in the choice." in out
    assert found["judged_by"] == ["onsets", "loudness", "tempo"]


def test_options_may_stand_before_the_seed_and_several_things_be_kept(read):
    found = read("steer", "--less", "tempo=30", "--keep", "genre,tempo", "--keep", "vocals", "techno happy 3")
    assert found["label"].endswith("but slower")
    assert all(track["title"].startswith("techno") for track in found["tracks"])
    grid = read("steer", "folk energetic 3", "--at", "10,20")
    assert "calmer" in grid["label"]
    mixed = read("steer", "artist:folk player 1", "--mood", "calm=2", "--mood", "sad", "--more", "brightness")
    assert mixed["label"] == "Like folk player 1, but calmer, sadder and brighter"


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (("steer", "folk energetic 3", "--mood", "jolly"), 2, "There are: energetic, calm, happy, sad"),
        (("steer", "folk energetic 3", "--more", "swing"), 2, "no axis"),
        (("steer", "folk energetic 3", "--more", "tempo=a lot"), 2, "no number"),
        (("steer", "folk energetic 3", "--at", "10"), 2, "30,80"),
        (("steer", "folk energetic 3", "--at", "10,400"), 2, "grid"),
        (("steer", "folk energetic 3", "--keep", "colour"), 2, "genre, instrument, tempo, vocals"),
        (("steer", "folk energetic 3", "--mood", "calm", "--more", "arousal"), 2, "calmer and more energetic at once"),
        (("steer", "folk energetic 3", "--less", "tempo", "--more", "tempo"), 2, "slower and faster at once"),
        (("steer", "no such thing"), 1, "No track fits"),
        (("steer", "artist:nobody", "--mood", "sad"), 1, "nobody"),
        (("steer", "playlist:none", "--mood", "sad"), 1, "playlists list"),
        (("steer", "folk energetic 3", "--method", "guess"), 1, "no method"),
        (("path", "folk calm 1", "folk calm 1"), 2, "same track"),
        (("mood", "--correct", "calm"), 2, "which tracks"),
        (("mood", "folk calm 1", "--correct", "jolly"), 2, "no mood"),
        (("mood", "folk calm 1", "--axis", "tempo"), 2, "tempo=20"),
        (("mood", "folk calm 1", "--axis", "tempo=200"), 2, "0 to 100"),
        (("mood", "folk calm 1", "--correct", "sad", "--uncorrect"), 2, "Either"),
        (("taste", "steer", "--keep"), 2, "where it is"),
    ],
)
def test_what_cannot_be_asked_is_a_sentence(call, arguments, code, sentence):
    given, out, err = call(*arguments)
    assert (given, out) == (code, "")
    assert sentence in err


def test_offers_are_buttons(call, read):
    offers = read("steer", "offers", "folk energetic 3")["offers"]
    assert 4 <= len(offers) <= 6
    assert all(set(offer) == {"name", "room", "moods", "nudges"} for offer in offers)
    assert "calmer" in call("steer", "offers", "folk energetic 3")[1]


def test_a_path_is_told_and_kept(call, read):
    found = read("path", "calm", "techno energetic 1", "--length", "7", "--save", "waking up")
    assert len(found["tracks"]) == 7
    assert found["tracks"][-1]["title"] == "techno energetic 1"
    assert {"at", "axes", "id", "title"} <= set(found["tracks"][0])
    assert found["saved"] == "waking up"
    kept = next(p for p in read("playlists", "list")["playlists"] if p["name"] == "waking up")
    assert kept["track_ids"] == [track["id"] for track in found["tracks"]]
    assert kept["note"] == "From calm to “techno energetic 1”, in 7 even steps"
    assert 0 < found["jump"] <= 1
    text = call("path", "calm", "sad", "--length", "5")[1]
    assert "mean one" in text
    assert "of 100 at once" in text


def test_moods_are_told_corrected_and_taken_back(call, read):
    whole = read("mood", "--summary")
    assert whole["sounds"] == 240
    assert sum(whole["moods"].values()) + whole["uncertain"] == 240
    one = read("mood", "folk calm 1", "--correct", "happy", "--axis", "tempo=20")["tracks"][0]
    assert one["mood"] == "happy"
    assert one["corrected"] is True
    assert set(one["axes"]["tempo"]) == {"place", "sure"}
    assert "corrected" in call("mood", "folk calm 1")[1]
    assert read("mood", "folk calm 1", "--uncorrect")["tracks"][0]["corrected"] is False
    assert "Told by" in call("mood")[1]


def test_the_taste_is_steered_shown_and_kept(call, read):
    call("like", "folk energetic 1")
    found = read("taste", "steer", "--mood", "calm", "--strength", "1")
    assert found["label"] == "Like your taste, but calmer"
    before = read("taste", "show")
    kept = read("taste", "steer", "--mood", "calm", "--keep")
    assert [p["gain"] for p in kept["prototypes"]] == [p["gain"] for p in before["prototypes"]]
    assert "steer taste: calmer" in call("taste", "undo")[1]
    assert read("taste", "show")["prototypes"] == before["prototypes"]


def test_the_translator_is_taught(read):
    report = read("steer", "learn")
    assert report["sounds"] == 240
    assert report["sure"] >= 200
    assert set(report["moods"]) == {"energetic", "calm", "happy", "sad"}
    assert read("steer", "folk energetic 3", "--mood", "calm")["method"].startswith("translator")


def test_before_any_analysis_it_says_what_to_do(tmp_path, capsys):
    for arguments in (("mood",), ("path", "calm", "sad"), ("steer", "taste", "--mood", "calm"), ("steer", "learn")):
        assert run(["--data", str(tmp_path / "data"), *arguments]) == 1
        assert "musicdesk analyze" in capsys.readouterr().err


def test_the_drags_and_moods_are_measured(read):
    found = read("bench", "steer", "--tracks", "1500", "--top", "20")
    assert (found["tracks"], found["top"], found["drag"]["n"]) == (1500, 20, 60)
    times = ("drag", "taken", "taste_drag", "taste_taken", "moods", "moods_grown", "moods_meanwhile", "moods_corrected")
    for name in times:
        assert set(found[name]) == set(found[f"{name}_cpu"]) == {"median_ms", "p95_ms", "n"}
