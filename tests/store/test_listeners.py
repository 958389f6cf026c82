"""What was heard elsewhere, kept: once however often it is told, by whom, and matched anew."""

import pytest
import sqlite_utils
from store.samples import scanned, sound

from musicdesk.errors import BadRequest, NotFound
from musicdesk.records import Listen, Listener
from musicdesk.store import migrations
from musicdesk.store.database import FILE, Database
from musicdesk.store.feedback import FeedbackStore
from musicdesk.store.heard import Heard
from musicdesk.store.listeners import Added, ListenerStore
from musicdesk.store.tracks import TrackStore

JOGA, OTHER = Listen("Björk", "Jóga", at=6_000.0), Listen("A", "B", at=7_000.0)
HERE = {Heard.of(JOGA): (sound(1),)}


@pytest.fixture
def store(database):
    TrackStore(database).save([scanned(f"/m/{number}.flac", number) for number in range(4)], now=1.0)
    return ListenerStore(database)


def test_a_log_is_kept_with_what_the_library_has_of_it_and_what_not(store):
    assert store.add([JOGA, OTHER], kind="lastfm", found=HERE) == Added(2, 1, 0)
    assert store.listeners() == (Listener("", 2, 1, 1, 7_000.0),)
    assert store.unmatched() == (OTHER,)
    ((name, audio_hash, plays, *_, latest),) = store.sums()
    assert (name, audio_hash, plays, latest) == ("", sound(1), 1.0, 6_000.0)


def test_the_same_again_is_nothing_new_also_from_another_service_to_the_minute(store):
    store.add([JOGA, OTHER], kind="lastfm", found=HERE)
    again = [Listen("BJÖRK", "Joga", "Homogenic", at=6_013.0), OTHER, OTHER]
    assert store.add(again, kind="listenbrainz", found={}) == Added(0, 0, 0)
    assert store.listeners()[0].listens == 2


def test_a_line_that_was_open_takes_over_what_a_better_export_tells(store):
    store.add([JOGA], kind="table", found={})
    better = Listen("Björk", "Jóga", recording_mbid="x", at=6_000.0)
    assert store.add([better], kind="lastfm", found={Heard.of(better): (sound(1),)}).new == 0
    assert (store.listeners()[0].unmatched, store.unmatched()) == (0, ())


def test_counts_of_a_player_grow_and_are_never_added_up(store):
    counted = Listen("Björk", "Jóga", count=5, stars=4.0, at=100.0)
    found = {Heard.of(counted): (sound(1),)}
    assert store.add([counted], kind="itunes", found=found) == Added(1, 1, 0)
    assert store.add([counted], kind="itunes", found=found) == Added(0, 0, 0)
    more = Listen("Björk", "Jóga", count=7, skips=2, liked=True, at=200.0)
    assert store.add([more], kind="itunes", found=found).new == 1
    assert store.add([counted], kind="itunes", found=found).new == 0
    assert store.sums()[0][2:] == (7.0, 2.0, 4.0, True, 200.0)


def test_a_log_and_a_player_tell_of_the_same_plays(store):
    dated = [Listen("Björk", "Jóga", at=6_000.0 + 600 * n) for n in range(3)]
    store.add(dated, kind="lastfm", found=HERE)
    store.add([Listen("Björk", "Jóga", count=2)], kind="itunes", found=HERE)
    assert store.sums()[0].plays == 3


def test_lines_without_a_clock_add_up_within_one_log(store):
    plays = [Listen("Björk", "Jóga")] * 3
    assert store.add(plays, kind="table", found=HERE) == Added(3, 3, 3)
    assert store.add(plays, kind="table", found=HERE) == Added(0, 0, 0)
    assert store.sums()[0].plays == 3


def test_an_artist_alone_shares_the_plays_among_the_sounds_and_says_nothing_of_one(store):
    line = Listen("Björk", count=10, liked=True)
    store.add([line], kind="table", found={Heard.of(line): (sound(1), sound(2))})
    assert [(s.audio_hash, s.plays, s.liked) for s in store.sums()] == [
        (sound(1), 5.0, False), (sound(2), 5.0, False),
    ]  # fmt: skip


def test_several_listeners_stand_apart_and_names_that_differ_in_case_are_one(store):
    lines = [Listen("A", "B", at=60.0 * n, listener=name) for n, name in enumerate(("Ann", "ann ", "ANN", "Bob", ""))]
    store.add(lines, kind="table", found={})
    assert [(p.name, p.listens) for p in store.listeners()] == [("", 1), ("Ann", 3), ("Bob", 1)]


def test_listeners_are_renamed_joined_and_removed(store):
    store.add([Listen("Björk", "Jóga", at=60.0, listener="Ann")], kind="table", found=HERE)
    store.add([Listen("Björk", "Jóga", at=120.0, listener="Bob")], kind="table", found=HERE)
    with pytest.raises(BadRequest, match="“bob” already"):
        store.rename("Ann", "bob")
    store.rename("ann", "Anna")
    store.rename("Anna", "Bob", join=True)
    assert [(p.name, p.listens) for p in store.listeners()] == [("Bob", 2)]
    store.remove("BOB")
    assert store.listeners() == ()
    assert store.empty
    for act in (lambda: store.remove("Bob"), lambda: store.rename("Bob", "X")):
        with pytest.raises(NotFound, match="“Bob”"):
            act()


def test_open_lines_are_matched_anew_also_those_whose_sound_has_left(store, database):
    store.add([JOGA, OTHER], kind="lastfm", found=HERE)
    assert list(store.named(open_only=True).values()) == [Heard.of(OTHER)]
    TrackStore(database).add_source("/m")
    TrackStore(database).remove_source("/m")
    named = store.named(open_only=True)
    assert len(named) == 2
    store.set_matches({id_: (sound(3),) for id_ in named})
    assert [s.audio_hash for s in store.sums()] == [sound(3)]


def test_names_that_are_no_utf8_and_paths_survive(store):
    strange = Listen("A\udce9", "B\0", path="/m/caf\udce9.mp3", at=60.0, listener="N\udce9")
    store.add([strange], kind="mpd", found={})
    (back,) = store.unmatched()
    assert back.path == strange.path
    assert [p.name for p in store.listeners()] == ["N\ufffd"]


def test_an_import_that_fails_leaves_nothing(store, database):
    with pytest.raises(OverflowError):
        store.add([JOGA, Listen("A", "B", count=2**70)], kind="itunes", found=HERE)
    assert store.empty
    assert store.listeners() == ()


def test_a_library_of_version_8_keeps_what_was_said_and_takes_logs(tmp_path):
    old = sqlite_utils.Database(tmp_path / FILE)
    migrations.MIGRATIONS.apply(old, stop_before="m0009_listeners")
    old.execute(f"PRAGMA application_id={migrations.APPLICATION_ID}")
    old.execute("PRAGMA user_version=8")
    said = {"audio_hash": sound(1), "liked": 1, "disliked": 0, "never": 0, "not_now_until": 0.0, "stars": None}
    old["feedback"].insert({**said, "plays": 3, "last_played": 5.0})
    old.close()
    with Database.open(tmp_path) as database:
        assert database.version == migrations.VERSION
        assert FeedbackStore(database).get(sound(1)).plays == 3
        store = ListenerStore(database)
        assert store.add([JOGA], kind="lastfm", found=HERE).new == 1
        assert len(store.sums()) == 1
    assert (tmp_path / f"{FILE}.backup-8").exists()
