"""Searching from the command line: the shapes of its JSON, what is kept and written, and what cannot be asked."""

import shutil

import pytest
from made_up_searches import write_library

from musicdesk.cli.main import run


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    place = tmp_path_factory.mktemp("searched")
    write_library(place)
    return place


@pytest.fixture
def data(made, tmp_path):
    shutil.copytree(made, tmp_path / "data")
    return tmp_path / "data"


@pytest.fixture(autouse=True)
def without_models(tmp_path, monkeypatch):
    monkeypatch.setenv("MUSICDESK_MODELS", str(tmp_path / "models"))


def test_search_tells_hits_scores_and_why(read):
    found = read("search", "slow", "quiet", "music", "--limit", "5")
    assert set(found) == {"query", "tracks", "exact", "parts", "understood", "sentence", "seconds"}
    assert found["query"] == "slow quiet music"
    assert found["parts"] == ["text", "tags"]
    assert found["understood"]["words"] == ["slow", "quiet", "music"]
    assert len(found["tracks"]) == 5
    for track in found["tracks"]:
        assert {"id", "path", "title", "artist", "album", "score", "match", "exact", "why"} <= set(track)
        assert track["title"].startswith("Nocturne")
        assert sum(part["contribution"] for part in track["why"]) == pytest.approx(track["score"], abs=1e-3)
        assert {"part", "words", "contribution"} == set(track["why"][0])


def test_people_read_exact_hits_then_meaning_with_its_reasons(call):
    code, out, _ = call("search", "nocturne 12", "--limit", "3")
    assert code == 0
    assert out.startswith("Every word is in one track:")
    code, out, _ = call("search", "slow", "--limit", "3")
    assert code == 0
    assert out.startswith("By meaning:")
    assert "100 %" in out
    assert "slow" in out
    assert "musicdesk models install minilm" in out


def test_words_may_begin_with_a_minus_and_options_stand_anywhere(read):
    found = read("search", "--limit", "4", "player", "-loud", "no", "fast")
    assert found["understood"]["without"] == ["loud", "fast"]
    assert len(found["tracks"]) == 4


def test_exact_alone(read):
    found = read("search", "--exact", "stomper", "--limit", "50")
    assert found["exact"] == 30
    assert all(track["exact"] for track in found["tracks"])
    assert read("search", "--exact", "slow")["tracks"] == []


def test_a_search_is_saved_listed_run_renamed_and_deleted(call, read, data):
    assert read("search", "slow", "--save", "evenings")["saved"]["query"] == "slow"
    assert [each["name"] for each in read("searches", "list")["searches"]] == ["evenings"]
    code, out, _ = call("searches", "list")
    assert (code, "evenings" in out) == (0, True)
    assert read("searches", "run", "Evenings", "--limit", "3")["tracks"][0]["title"].startswith("Nocturne")
    assert read("searches", "rename", "evenings", "nights")["name"] == "nights"
    assert read("searches", "delete", "nights")["deleted"]["query"] == "slow"
    assert read("searches", "list")["searches"] == []
    code, _, err = call("searches", "run", "nights")
    assert (code, "There is no saved search called “nights”" in err) == (1, True)


def test_what_is_found_becomes_a_playlist_and_a_file(call, read, data):
    read("search", "slow", "--limit", "4", "--playlist", "calm ones")
    (kept,) = read("playlists", "list")["playlists"]
    assert (kept["name"], len(kept["track_ids"])) == ("calm ones", 4)
    assert kept["note"] == "found by: slow"
    code, _, err = call("search", "slow", "--export", str(data.parent / "calm.m3u8"))
    assert (code, "not on the disk" in err) == (1, True)  # the made-up files are nowhere
    code, _, err = call("search", "xylophonequartett", "--playlist", "none")
    assert (code, "Nothing fits" in err) == (1, True)


def test_a_real_file_is_written(analysed, tmp_path, capsys):
    shutil.copytree(analysed / "data", tmp_path / "real")
    file = tmp_path / "bells.m3u8"
    code = run(["--data", str(tmp_path / "real"), "search", "bells", "--limit", "3", "--export", str(file)])
    out, err = capsys.readouterr()
    assert code == 0, err
    assert "3 tracks written" in out
    assert file.read_text(encoding="utf-8").count(".flac") == 3


def test_as_prototype_adds_it_to_the_taste(call, read):
    found = read("search", "slow", "not", "loud", "--as-prototype")
    assert "slow not loud" in {p["word"] for p in found["taste"]["prototypes"]}
    assert "Undo" in call("taste", "undo")[1]


@pytest.mark.parametrize("query", ["", "  ", '""'])
def test_nothing_asked_is_a_wrong_call(call, query):
    code, _, err = call("search", query)
    assert (code, "Type what to search for" in err) == (2, True)


def test_what_fits_nothing_is_told_and_is_no_error(call):
    code, out, _ = call("search", "xylophonequartett")
    assert (code, "Nothing fits “xylophonequartett”" in out) == (0, True)


@pytest.mark.parametrize("query", ["悲しい 🎉", "\ud800", "'; DROP TABLE tracks; --", "mood:blorple year:abc"])
def test_odd_queries_are_answered(call, read, query):
    assert call("search", query)[0] == 0
    assert read("search", query)["query"]


def test_the_bench_tells_times(read, tmp_path):
    found = read("bench", "search", "--tracks", "1000", "--limit", "20")
    assert found["reader"] in ("minilm", "made up")
    for name in ("load", "answer", "name", "keystroke", "answer_cpu"):
        assert set(found[name]) == {"median_ms", "p95_ms", "n"}
