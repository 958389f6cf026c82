"""The table of tracks as columns: nothing is lost on the way, and nothing old is handed out."""

import os
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from store.samples import full_tags, scanned

from musicdesk.records import Tags
from musicdesk.store.database import Database
from musicdesk.store.track_columns import write_keys
from musicdesk.store.tracks import TrackStore
from musicdesk.tracks import Tracks


@pytest.fixture
def tracks(database):
    return TrackStore(database)


TEXT = st.text(max_size=8)


@given(
    st.lists(
        st.builds(
            Tags, title=TEXT, artists=st.lists(TEXT, max_size=2).map(tuple), album=TEXT, genres=st.just(("x", "y"))
        ),
        max_size=6,
    ),
    st.lists(st.floats(0, 1e7), min_size=6, max_size=6),
    TEXT,
)
@settings(max_examples=60, deadline=None)
def test_whatever_the_tags_say_all_and_many_give_the_same_records(tmp_path_factory, tags, lengths, text):
    with Database.open(tmp_path_factory.mktemp("data")) as database:
        store = TrackStore(database)
        files = [
            replace(scanned(f"/m/{n}", n, length_s=length), tags=said, problem=text, codec=text)
            for n, (said, length) in enumerate(zip(tags, lengths, strict=False))
        ]
        store.save(files, now=1.0)
        found = store.all()
        assert found == tuple(store.many(range(1, 10)).values())
        assert [t.tags for t in found] == tags
        assert [t.length_s for t in found] == [file.length_s for file in files]
        again = Tracks.of(found)
        assert {name: column.at(found.columns.ids - 1) for name, column in found.columns.texts.items()} == {
            name: column.at(found.columns.ids - 1) for name, column in again.columns.texts.items()
        }


def test_rows_come_in_the_order_of_their_ids_whatever_was_written_last(tracks):
    tracks.save([scanned(f"/m/{n}", n, title="x" * (n % 7)) for n in range(3000)], now=1.0)
    tracks.save([scanned(f"/m/{n}", n, mtime=2, title="y" * 500) for n in range(0, 3000, 3)], now=2.0)
    found = tracks.all()
    assert found.columns.ids.tolist() == list(range(1, 3001))
    assert [t.id for t in found] == list(range(1, 3001))


def test_names_that_are_no_utf8_keep_their_bytes(tracks):
    name = os.fsdecode(b"/m/caf\xe9 \xff.flac")
    tracks.save([scanned(name, 1)], now=1.0)
    assert tracks.all()[0].path == name
    assert tracks.all().row_of_path(name) == 0


def test_the_same_tracks_are_handed_out_until_one_changes(tracks):
    tracks.save([scanned("/m/1", 1, title="a"), scanned("/m/2", 2, title="b")], now=1.0)
    first = tracks.all()
    assert tracks.all() is first
    changes = [
        lambda: tracks.set_excluded([1], True),
        lambda: tracks.save([scanned("/m/1", 1, mtime=2, title="c")], now=2.0),
        lambda: tracks.mark_missing([2]),
        lambda: (tracks.add_source("/m"), tracks.remove_source("/m")),
    ]
    for change in changes:
        before = tracks.all()
        change()
        assert tracks.all() is not before
        assert tracks.all() is tracks.all()
    assert len(tracks.all()) == 0
    assert [t.title for t in first] == ["a", "b"]
    assert [t.excluded for t in first] == [False, False]


def test_what_another_process_has_changed_is_seen(tracks, database):
    tracks.save([scanned("/m/1", 1)], now=1.0)
    assert len(tracks.all()) == 1
    with Database.open(database.path.parent) as other:
        TrackStore(other).save([scanned("/m/2", 2)], now=2.0)
    assert len(tracks.all()) == 2


def test_what_is_taken_back_was_never_kept(tracks, database):
    tracks.save([scanned("/m/1", 1)], now=1.0)
    with pytest.raises(ZeroDivisionError), database.writing():
        tracks.save([scanned("/m/2", 2)], now=2.0)
        assert len(tracks.all()) == 2
        raise ZeroDivisionError
    tracks.save([scanned("/m/3", 3)], now=3.0)
    assert [t.path for t in tracks.all()] == ["/m/1", "/m/3"]


def test_missing_tracks_are_there_when_they_are_wanted(tracks):
    tracks.save([scanned("/m/1", 1), scanned("/m/2", 2)], now=1.0)
    tracks.mark_missing([1])
    assert [t.missing for t in tracks.all(include_missing=True)] == [True, False]
    assert tracks.all().columns.missing.tolist() == [False]


def test_a_database_of_before_gets_its_keys(tracks, database):
    file = replace(scanned("/m/Björk/1.flac", 1, problem="Odd."), tags=full_tags(), codec="mp3")
    tracks.save([file], now=1.0)
    now = [dict(row) for row in database.sql["tracks"].rows]
    old = {
        "title": "",
        "artist": "",
        "album": "",
        "genre": "",
        "artist_key": "",
        "album_key": "",
        "place": 0,
        "words": "",
    }
    with database.writing() as sql:
        sql["tracks"].update(1, {**old, "problem": "Odd\0.", "codec": "mp\x003"})
        write_keys(sql)
    found = [dict(row) for row in database.sql["tracks"].rows]
    assert found == [{**row, "problem": "Odd .", "codec": "mp 3"} for row in now]
