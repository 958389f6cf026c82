"""The listener's own tags belong to the sound, are one in any case, and come back as they were written."""

import pytest
import sqlite_utils
from hypothesis import given, settings
from hypothesis import strategies as st
from store.samples import scanned, sound

from musicdesk.records import Edit
from musicdesk.store import migrations
from musicdesk.store.database import Database
from musicdesk.store.own_tags import OwnTagStore, folded
from musicdesk.store.tastes import TasteStore
from musicdesk.store.tracks import TrackStore


@pytest.fixture
def own(database):
    return OwnTagStore(database)


def test_before_the_first_there_is_none(own):
    assert own.all().of == own.all().bearing == {}


def test_tags_come_back_both_ways_in_the_order_of_the_alphabet(own):
    own.put({sound(1): ("Zebra", "ape"), sound(2): ("ape",)})
    assert own.all().of == {sound(1): ("ape", "Zebra"), sound(2): ("ape",)}
    assert own.all().bearing == {"ape": {sound(1), sound(2)}, "Zebra": {sound(1)}}
    assert list(own.all().bearing) == ["ape", "Zebra"]


def test_what_is_put_replaces_the_tags_of_those_sounds_alone(own):
    own.put({sound(1): ("a", "b"), sound(2): ("a",)})
    own.put({sound(1): ("c",)})
    assert own.all().of == {sound(1): ("c",), sound(2): ("a",)}
    own.put({sound(1): ()})
    assert own.all().of == {sound(2): ("a",)}


@pytest.mark.parametrize(
    ("first", "second"),
    [("Evening", "eVENING"), ("Straße", "STRASSE"), ("é", "E\u0301"), ("♥", "♥\ufe0f"), ("İ", "i\u0307")],
)
def test_in_another_case_it_is_the_same_tag(own, first, second):
    assert folded(first) == folded(second)
    own.put({sound(1): (first, second)})
    assert own.all().of == {sound(1): (first,)}


def test_two_spellings_are_told_as_one(own):
    own.put({sound(1): ("Evening",), sound(2): ("evening",)})
    assert own.all().bearing == {"Evening": {sound(1), sound(2)}}
    assert own.all().of[sound(2)] == ("Evening",)


@pytest.mark.parametrize(
    ("first", "second"), [("pere", "père"), ("rain", "rains"), ("a b", "ab"), ("👨\u200d👩", "👨👩")]
)
def test_what_looks_different_is_another_tag(first, second):
    assert folded(first) != folded(second)


@pytest.fixture(scope="module")
def lasting(tmp_path_factory):
    with Database.open(tmp_path_factory.mktemp("any")) as database:
        yield OwnTagStore(database)


@settings(deadline=None, max_examples=60)
@given(tags=st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1), max_size=5))
def test_any_text_comes_back_as_it_was_written(lasting, tags):
    lasting.put({sound(1): tags})
    kept = lasting.all().of.get(sound(1), ())
    assert {folded(tag) for tag in kept} == {folded(tag) for tag in tags}
    assert set(kept) <= set(tags)


def test_half_a_letter_is_no_reason_to_stop(own):
    own.put({sound(1): ("w\ud800rk",)})
    assert own.all().of == {sound(1): ("w\ufffdrk",)}


def test_they_are_read_anew_only_when_they_changed_whoever_changed_them(own, database):
    own.put({sound(1): ("a",)})
    before = own.all()
    assert own.all() is before
    with Database.open(database.path.parent) as other:
        OwnTagStore(other).put({sound(2): ("b",)})
    assert own.all().of == {sound(1): ("a",), sound(2): ("b",)}


def test_what_is_not_committed_is_not_remembered(own, database):
    with pytest.raises(RuntimeError), database.writing():
        own.put({sound(1): ("a",)})
        assert own.all().of == {sound(1): ("a",)}
        raise RuntimeError
    assert own.all().of == {}


def test_a_search_looks_through_tags_as_through_titles_and_a_reference_does_not(own, database):
    tracks = TrackStore(database)
    tracks.save([scanned(f"/m/{n}.flac", n, title=f"Song {n}", album="") for n in range(3)], now=1.0)
    own.put({sound(0): ("Rainy Söndag",), sound(1): ("rain",), sound(9): ("rainy",)})
    assert [track.title for track in tracks.search("RAIN")] == ["Song 0", "Song 1"]
    assert [track.title for track in tracks.search("sondag song")] == ["Song 0"]
    assert tracks.search("rain 2") == ()
    assert tracks.search("%") == tracks.search("rain' OR 1=1") == ()
    assert tracks.find("rain") == ()


def test_copies_of_a_sound_share_its_tags_and_it_keeps_them_when_it_moves(own, database):
    tracks = TrackStore(database)
    tracks.save([scanned("/m/a.flac", 1), scanned("/m/b.flac", 1)], now=1.0)
    own.put({sound(1): ("dawn",)})
    assert len(tracks.search("dawn")) == 2
    tracks.save([scanned("/m/c.flac", 1, title="New")], now=2.0, gone=[tracks.all()[0].id])
    assert {track.path for track in tracks.search("dawn")} == {"/m/c.flac", "/m/b.flac"}


def test_a_step_about_tags_comes_back_whole_and_leaves_the_taste_alone(database):
    tastes = TasteStore(database)
    step = Edit("tag", None, None, tags_before={sound(1): ("a", "b")}, tags_after={sound(1): ()})
    tastes.push(step)
    assert tastes.current() is None
    assert tastes.undo() == step
    assert tastes.redo() == step


def test_a_library_of_before_there_were_tags_is_upgraded_with_its_history(tmp_path):
    names = [step.name for step in migrations.MIGRATIONS.pending(sqlite_utils.Database(memory=True))]
    before = names.index("m0013_own_tags")
    with Database.open(tmp_path) as database:
        TasteStore(database).push(Edit("like", None, None))
        with database.writing() as sql:
            for change in (
                "DROP TABLE own_tags", "ALTER TABLE library DROP COLUMN tags_revision",
                "ALTER TABLE edits DROP COLUMN tags_before", "ALTER TABLE edits DROP COLUMN tags_after",
                "ALTER TABLE edits DROP COLUMN moods_before", "ALTER TABLE edits DROP COLUMN moods_after",
                f"PRAGMA user_version={before}", "DELETE FROM _sqlite_migrations WHERE name >= 'm0013'",
            ):  # fmt: skip
                sql.execute(change)
    with Database.open(tmp_path) as database:
        OwnTagStore(database).put({sound(1): ("a",)})
        undone = TasteStore(database).undo()
    assert (undone.label, undone.tags_before, undone.tags_after) == ("like", {}, {})
