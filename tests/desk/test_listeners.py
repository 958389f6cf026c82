"""Logs come in from elsewhere, find their tracks, and become what recommenders learn from."""

import json
import os
import shutil
import zipfile

import numpy as np
import pytest
import sounds
from mutagen.flac import FLAC
from three_kinds import open_desk

from musicdesk.desk.listeners import in_words
from musicdesk.errors import BadRequest, NotFound, ReadOnlyData, UnreadableLog
from musicdesk.jobs import Cancelled, Job
from musicdesk.records import Listen

AT = 1_500_000_000


def csv(path, *rows, head="user,artist,track,time"):
    path.write_text("\n".join((head, *rows)) + "\n")
    return path


def bells(*numbers, user="Ann", start=AT):
    return [f"{user},Bells player {n},Bells {n},{start + 600 * n}" for n in numbers]


def load(desk, path, **how):
    return desk.listeners.load(path, job=Job(), **how)


def degrees_of(desk, name=""):
    """Title → degree of one listener."""
    log, by_hash = desk.listeners.log(), desk.indexing.tracks().by_hash
    rows = np.flatnonzero(log.users == log.names.index(name))
    return {by_hash[log.hashes[row]].title: float(log.degrees[row]) for row in rows}


def test_a_log_of_several_people_finds_its_tracks_and_keeps_them_apart(desk, tmp_path):
    heard = []
    desk.events.listeners_changed.listen(heard.append)
    rows = [*bells(1, 2), *bells(2, 3, user="Bob"), f"Ann,Nobody,Unheard,{AT}", "Bob,Noise player 1,Noise 1,", ",,,"]
    report = load(desk, csv(tmp_path / "log.csv", *rows))
    assert (report.kind, report.listeners) == ("table", ("Ann", "Bob"))
    assert (report.read, report.new, report.matched, report.undated, len(report.bad)) == (6, 6, 5, 1, 0)
    assert [(p.name, p.listens, p.tracks, p.unmatched) for p in desk.listeners.listeners()] == [
        ("", 0, 0, 0), ("Ann", 3, 2, 1), ("Bob", 3, 3, 0),
    ]  # fmt: skip
    assert desk.listeners.unmatched() == (Listen("Nobody", "Unheard", at=AT, listener="Ann"),)
    assert set(degrees_of(desk, "Bob")) == {"Bells 2", "Bells 3", "Noise 1"}
    assert len(heard) == 1


def test_what_an_import_brought_is_told_with_counts(desk, tmp_path):
    rows = [*bells(1, 2), f"Ann,Nobody,Unheard,{AT}", f",,,{AT}"]
    report = load(desk, csv(tmp_path / "log.csv", *rows, f"Ann,,,{AT}", "Ann,A,B,"))
    told = in_words(report)
    for part in (
        "4 lines read, 4 of them new",
        "track of 2; 2 are kept",
        "1 have no time",
        "2 lines say nothing",
        "line 5",
    ):
        assert part in told, told
    assert in_words(load(desk, tmp_path / "log.csv")).startswith("4 lines read, 0 of them new.")


def test_a_log_that_matches_nothing_is_kept_and_says_so(desk, tmp_path):
    report = load(desk, csv(tmp_path / "log.csv", f"Ann,Nobody,Unheard,{AT}"))
    assert "None of them is in the library" in in_words(report)
    assert len(desk.listeners.unmatched()) == 1
    assert len(desk.listeners.log()) == 0


def test_the_person_at_this_desk_comes_first_with_what_they_did_here_and_elsewhere(desk, tmp_path):
    first, second, third = (desk.indexing.find(f"Bells {n}") for n in (1, 2, 3))
    desk.listening.like([first])
    desk.listening.dislike([second])
    desk.listening.never([third])
    desk.listening.played(desk.indexing.find("Noise 1"), 30.0)
    load(desk, csv(tmp_path / "log.csv", *bells(2, 4)), listener="me")
    found = degrees_of(desk)
    assert (found["Bells 1"], found["Bells 2"]) == (1.0, -1.0)
    assert found["Noise 1"] > 0
    assert found["Bells 4"] > 0
    assert set(found) == {"Bells 1", "Bells 2", "Bells 4", "Noise 1"}
    (me,) = desk.listeners.listeners()
    assert (me.name, me.tracks, me.listens, me.latest) == ("", 4, 2, 1_800_000_000.0)


def test_a_desk_where_nothing_was_heard_has_one_listener_and_an_empty_log(desk):
    log = desk.listeners.log()
    assert (log.names, len(log), log.degrees.dtype, log.times.dtype) == (("",), 0, np.float32, np.float64)
    assert [p.name for p in desk.listeners.listeners()] == [""]


def test_a_log_of_one_person_can_be_given_to_another(desk, tmp_path):
    path = csv(tmp_path / "log.csv", *bells(1))
    assert load(desk, path, listener="Carla").listeners == ("Carla",)
    assert load(desk, csv(tmp_path / "two.csv", *bells(1), *bells(2, user="Bob")), listener="Carla").listeners == (
        "Ann", "Bob",
    )  # fmt: skip
    desk.listeners.rename("Carla", "me")
    assert set(degrees_of(desk)) == {"Bells 1"}
    desk.listeners.rename("Ann", "Bob", join=True)
    assert set(degrees_of(desk, "Bob")) == {"Bells 1", "Bells 2"}
    desk.listeners.remove("Bob")
    desk.listeners.remove("me")
    assert desk.listeners.log().names == ("",)
    with pytest.raises(BadRequest):
        desk.listeners.rename("me", "Dora")
    with pytest.raises(NotFound, match="“Zoe”"):
        desk.listeners.remove("Zoe")


def test_open_lines_find_tracks_that_a_scan_brings(desk, tmp_path):
    load(desk, csv(tmp_path / "log.csv", f"Ann,New Artist,New Song,{AT}"))
    place = tmp_path / "new"
    place.mkdir()
    path = sounds.tone(place / "a.flac", length_s=40)
    tags = FLAC(path)
    tags.update({"title": "New Song", "artist": "The New Artist"})
    tags.save()
    desk.indexing.scan([str(place)], job=Job())
    assert desk.listeners.unmatched() == ()
    assert set(degrees_of(desk, "Ann")) == {"New Song"}
    assert desk.listeners.match(Job()) == 0


def test_what_was_matched_outlives_a_rename_of_its_file(desk, analysed, tmp_path):
    place = tmp_path / "music"
    shutil.copytree(analysed / "music" / "Bells", place)
    with open_desk(tmp_path / "other") as other:
        other.indexing.scan([str(place)], job=Job())
        load(other, csv(tmp_path / "log.csv", *bells(1)))
        (place / "1.flac").rename(place / "renamed.flac")
        other.indexing.scan(job=Job())
        assert set(degrees_of(other, "Ann")) == {"Bells 1"}


def test_a_playlist_is_a_list_of_likes(desk, tmp_path):
    track = desk.indexing.find("Clicks 3")
    desk.curating.export(tmp_path / "loved.xspf", [track])
    report = load(desk, tmp_path / "loved.xspf")
    assert (report.kind, report.read, report.matched, report.undated) == ("playlist", 1, 1, 0)
    assert degrees_of(desk) == {"Clicks 3": 1.0}
    assert load(desk, tmp_path / "loved.xspf").new == 0


def test_artists_alone_favour_what_the_library_has_of_them(desk, tmp_path):
    load(desk, csv(tmp_path / "a.csv", "Ann,Bells player 2,40", head="user,artist,count"))
    assert set(degrees_of(desk, "Ann")) == {"Bells 2"}


def test_what_a_listener_heard_most_comes_first(desk, tmp_path):
    load(
        desk, csv(tmp_path / "a.csv", "Bells player 1,Bells 1,2", "Bells player 2,Bells 2,9", head="artist,title,count")
    )
    assert [(h.track.title, h.plays) for h in desk.listeners.heard_by("me")] == [("Bells 2", 9.0), ("Bells 1", 2.0)]
    assert len(desk.listeners.heard_by(limit=1)) == 1
    with pytest.raises(NotFound, match="Zoe"):
        desk.listeners.heard_by("Zoe")


def test_nothing_is_half_imported(desk, tmp_path, monkeypatch):
    path = csv(tmp_path / "log.csv", *bells(*range(8)))
    monkeypatch.setattr("musicdesk.store.listeners.put_tallies", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        load(desk, path)
    monkeypatch.undo()
    stopped = Job()
    stopped.cancel()
    with pytest.raises(Cancelled):
        desk.listeners.load(path, job=stopped)
    archive = tmp_path / "broken.zip"
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr(
            "listens/2017/1.jsonl", json.dumps({"listened_at": AT, "track_metadata": {"artist_name": "A"}}) * 50
        )
    archive.write_bytes(archive.read_bytes()[:-40])
    with pytest.raises(UnreadableLog):
        load(desk, archive)
    assert [p.name for p in desk.listeners.listeners()] == [""]
    assert desk.listeners.unmatched() == ()


def test_a_reader_beside_a_writer_imports_nothing(desk, tmp_path):
    assert desk.claim()
    with open_desk(desk.folders.data) as other, pytest.raises(ReadOnlyData, match=str(os.getpid())):
        load(other, csv(tmp_path / "log.csv", *bells(1)))
