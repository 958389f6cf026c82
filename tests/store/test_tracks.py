import os
import sqlite3
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from store.samples import full_tags, scanned, sound

from musicdesk.errors import NotFound
from musicdesk.records import Tags
from musicdesk.store.database import Database
from musicdesk.store.playlists import PlaylistStore
from musicdesk.store.tags import dump_tags, load_tags
from musicdesk.store.tracks import SaveReport, TrackStore
from musicdesk.tracks import fold


@pytest.fixture
def tracks(database):
    return TrackStore(database)


def places(tracks, **how):
    """Path → (id, number of the sound) of all tracks."""
    return {track.path: (track.id, int(track.audio_hash[2:] or "-1", 16)) for track in tracks.all(**how)}


# --------------------------------------------------------------------------------------------------------- folders


def test_sources_are_kept_in_order_with_their_counts(tracks, tmp_path):
    (tmp_path / "there").mkdir()
    there, away = str(tmp_path / "there"), str(tmp_path / "away")
    for path in (there, away, there + "/"):
        tracks.add_source(path)
    tracks.save([scanned(f"{there}/1.flac", 1), scanned(f"{there}more/2.flac", 2)], now=1.0)
    here, gone = tracks.sources()
    assert (here.path, here.online, here.tracks) == (there, True, 1)
    assert (gone.path, gone.online, gone.tracks) == (away, False, 0)


def test_a_source_that_is_unknown_cannot_be_removed_and_the_known_are_named(tracks):
    tracks.add_source("/music")
    with pytest.raises(NotFound, match="/music"):
        tracks.remove_source("/films")


def test_a_removed_folder_leaves_the_library_and_comes_back_with_its_ids(tracks):
    tracks.add_source("/m")
    files = [scanned("/m/1.flac", 1), scanned("/m/2.flac", 2), scanned("/mm/3.flac", 3)]
    tracks.save(files, now=1.0)
    tracks.set_excluded([2], True)
    before = tracks.all()
    tracks.remove_source("/m")
    assert list(places(tracks, include_missing=True)) == ["/mm/3.flac"]
    assert tracks.get(1).missing
    assert tracks.find("/m/1.flac") == ()
    tracks.add_source("/m")
    assert tracks.save(files, now=2.0) == SaveReport(added=2)
    assert tracks.all() == before


def test_a_track_in_two_sources_stays_until_both_are_removed(tracks):
    tracks.add_source("/m")
    tracks.add_source("/m/jazz")
    tracks.save([scanned("/m/rock/1.flac", 1), scanned("/m/jazz/2.flac", 2)], now=1.0)
    tracks.remove_source("/m")
    assert list(places(tracks)) == ["/m/jazz/2.flac"]
    tracks.remove_source("/m/jazz")
    assert places(tracks) == {}


def test_removing_the_root_folder_takes_everything(tracks):
    tracks.add_source("/")
    tracks.save([scanned("/m/1.flac", 1)], now=1.0)
    assert tracks.sources()[0].tracks == 1
    tracks.remove_source("/")
    assert places(tracks) == {}


# -------------------------------------------------------------------------------------------------- saving, records


def test_a_track_comes_back_as_it_was_scanned(tracks):
    file = scanned("/m/Björk/Homogenic/02 Jóga.flac", 7, mtime=1_700_000_000_123_456_789, problem="Short.")
    file = type(file)(file.file, file.audio_hash, full_tags(), 305.25, "mp3", "Short.")
    tracks.save([file], now=1.0)
    (track,) = tracks.all()
    assert track.tags == full_tags()
    assert (track.path, track.audio_hash, track.length_s) == (file.file.path, sound(7), 305.25)
    assert (track.codec, track.problem, track.mtime_ns) == ("mp3", "Short.", 1_700_000_000_123_456_789)
    assert (track.missing, track.excluded) == (False, False)


def test_a_name_that_is_no_utf8_survives_to_the_byte(tracks, tmp_path):
    path = os.fsencode(tmp_path) + b"/caf\xe9 \xff.flac"
    with open(path, "wb"):
        pass
    name = os.fsdecode(path)
    tracks.add_source(str(tmp_path))
    tracks.save([scanned(name, 1, problem=f"{name} is silent")], now=1.0)
    (track,) = tracks.all()
    assert track.path == name
    assert os.path.exists(track.path)
    assert tracks.find(name) == (track,)
    assert tracks.find("caf") == (track,)
    assert tracks.sources()[0].tracks == 1


def test_odd_text_and_numbers_of_tags_are_kept(tracks):
    odd = Tags(title="half \ud83d pair", album="nul \0 and \n line", track_number=2**70, rating=float("inf"))
    tracks.save([scanned("/m/1.flac", 1, length_s=float("nan"))], now=1.0)
    file = scanned("/m/2.flac", 2)
    tracks.save([type(file)(file.file, file.audio_hash, odd)], now=1.0)
    one, two = tracks.all()
    assert one.length_s == 0.0
    assert two.tags == odd


@given(
    st.builds(
        Tags,
        title=st.text(),
        artists=st.lists(st.text(), max_size=3).map(tuple),
        album=st.text(),
        genres=st.lists(st.text(), max_size=2).map(tuple),
        track_number=st.none() | st.integers(),
        rating=st.none() | st.floats(0, 1),
    )
)
def test_any_tags_come_back(tags):
    assert list(load_tags([dump_tags(tags)] * 2)) == [tags, tags]


def test_tags_of_a_newer_musicdesk_are_read_as_far_as_they_are_known():
    assert list(load_tags(['{"title":"a","mood":"calm"}'])) == [Tags(title="a")]


def test_saving_the_same_again_changes_nothing(tracks):
    files = [scanned(f"/m/{n}.flac", n) for n in range(5)]
    assert tracks.save(files, now=1.0) == SaveReport(added=5)
    before = tracks.all()
    assert tracks.save(files, now=2.0) == SaveReport()
    assert tracks.all() == before


def test_saving_nothing_is_no_error(tracks):
    assert tracks.save([], now=1.0) == SaveReport()


def test_a_retagged_file_keeps_id_and_identity(tracks):
    tracks.save([scanned("/m/1.flac", 1, title="Jogga")], now=1.0)
    assert tracks.save([scanned("/m/1.flac", 1, mtime=2, title="Jóga")], now=2.0) == SaveReport(changed=1)
    (track,) = tracks.all()
    assert (track.id, track.title, track.mtime_ns) == (1, "Jóga", 2)
    assert tracks.find("joga") == (track,)
    assert tracks.find("jogga") == ()


def test_a_path_that_comes_twice_in_a_batch_is_one_track(tracks):
    assert tracks.save([scanned("/m/1.flac", 1), scanned("/m/1.flac", 2)], now=1.0) == SaveReport(added=1)
    assert places(tracks) == {"/m/1.flac": (1, 2)}


# ------------------------------------------------------------------------------------------ moved, missing, copied


def test_a_moved_file_takes_over_the_row_of_its_sound(tracks, database):
    tracks.save([scanned("/m/1.flac", 1), scanned("/m/2.flac", 2)], now=1.0)
    PlaylistStore(database).save("evening", [1, 2])
    tracks.mark_missing([1])
    assert tracks.save([scanned("/n/one.flac", 1)], now=2.0) == SaveReport(moved=1)
    assert places(tracks) == {"/n/one.flac": (1, 1), "/m/2.flac": (2, 2)}
    assert PlaylistStore(database).all()[0].track_ids == (1, 2)


def test_a_file_that_the_scan_knows_to_be_gone_gives_its_row_before_it_is_marked(tracks):
    tracks.save([scanned("/m/1.flac", 1)], now=1.0)
    assert tracks.save([scanned("/n/1.flac", 1)], now=2.0, gone=[1]) == SaveReport(moved=1)
    assert places(tracks) == {"/n/1.flac": (1, 1)}


def test_a_copy_beside_its_original_is_a_track_of_its_own(tracks):
    tracks.save([scanned("/m/1.flac", 1)], now=1.0)
    assert tracks.save([scanned("/m/copy.flac", 1)], now=2.0) == SaveReport(added=1)
    assert places(tracks) == {"/m/1.flac": (1, 1), "/m/copy.flac": (2, 1)}


def test_one_lost_row_goes_to_one_of_two_new_copies_that_of_the_same_name(tracks):
    tracks.save([scanned("/m/song.flac", 1)], now=1.0)
    files = [scanned("/a/other.flac", 1), scanned("/b/song.flac", 1)]
    assert tracks.save(files, now=2.0, gone=[1]) == SaveReport(added=1, moved=1)
    assert places(tracks) == {"/b/song.flac": (1, 1), "/a/other.flac": (2, 1)}


def test_files_that_swap_names_keep_their_rows(tracks):
    tracks.save([scanned("/m/1.flac", 1), scanned("/m/2.flac", 2)], now=1.0)
    assert tracks.save([scanned("/m/1.flac", 2), scanned("/m/2.flac", 1)], now=2.0) == SaveReport(moved=2)
    assert places(tracks) == {"/m/2.flac": (1, 1), "/m/1.flac": (2, 2)}


def test_files_renamed_in_a_chain_keep_their_rows_even_in_batches_of_one(tracks):
    tracks.save([scanned(f"/m/{n}.flac", n) for n in (1, 2, 3)], now=1.0)
    touched = [1, 2, 3]  # every path changed: 1 → 2 → 3 → 4
    for number in (1, 2, 3):
        tracks.save([scanned(f"/m/{number + 1}.flac", number)], now=2.0, gone=touched)
    assert places(tracks) == {"/m/2.flac": (1, 1), "/m/3.flac": (2, 2), "/m/4.flac": (3, 3)}


def test_a_better_file_in_the_place_of_a_bad_one_keeps_the_row(tracks):
    tracks.save([scanned("/m/1.flac", 1)], now=1.0)
    assert tracks.save([scanned("/m/1.flac", 9, mtime=2)], now=2.0) == SaveReport(changed=1)
    assert places(tracks) == {"/m/1.flac": (1, 9)}


def test_another_file_at_the_place_of_a_moved_one_gets_a_new_row(tracks):
    tracks.save([scanned("/m/1.flac", 1)], now=1.0)
    files = [scanned("/m/1.flac", 5), scanned("/m/old/1.flac", 1)]
    assert tracks.save(files, now=2.0) == SaveReport(added=1, moved=1)
    assert places(tracks) == {"/m/old/1.flac": (1, 1), "/m/1.flac": (2, 5)}


def test_a_missing_row_and_a_present_one_at_one_path_do_not_clash(tracks):
    tracks.save([scanned("/m/1.flac", 1), scanned("/m/2.flac", 2)], now=1.0)
    tracks.save([scanned("/m/1.flac", 2)], now=2.0, gone=[2])  # row 2 moves to /m/1.flac, row 1 is missing there
    assert places(tracks, include_missing=True) == {"/m/1.flac": (2, 2)}
    assert tracks.get(1).missing
    tracks.save([scanned("/m/1.flac", 1)], now=3.0)  # and back
    assert places(tracks) == {"/m/1.flac": (1, 1)}
    assert tracks.get(2).missing


def test_missing_is_not_deleted(tracks):
    tracks.save([scanned("/m/1.flac", 1)], now=1.0)
    tracks.set_excluded([1], True)
    tracks.mark_missing([1])
    assert tracks.all() == ()
    (track,) = tracks.all(include_missing=True)
    assert track.missing
    assert tracks.many([1])[1] == tracks.get(1) == track
    assert tracks.save([scanned("/m/1.flac", 1)], now=2.0) == SaveReport(changed=1)
    assert (tracks.get(1).missing, tracks.get(1).excluded) == (False, True)


def test_files_without_identity_never_take_over_rows(tracks):
    tracks.save([scanned("/m/1.flac", None, problem="Empty.")], now=1.0)
    tracks.mark_missing([1])
    assert tracks.save([scanned("/m/2.flac", None, problem="Empty.")], now=2.0) == SaveReport(added=1)
    assert tracks.save([scanned("/m/2.flac", 5)], now=3.0) == SaveReport(changed=1)
    assert tracks.get(2).audio_hash == sound(5)


@given(
    st.lists(
        st.tuples(
            st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), max_size=5),
            st.sets(st.integers(1, 6), max_size=4),
        ),
        max_size=6,
    )
)
@settings(max_examples=60, deadline=None)
def test_whatever_a_scan_says_every_file_has_one_row_with_its_sound_and_no_row_is_lost(steps):
    with tempfile.TemporaryDirectory() as folder, Database.open(Path(folder)) as database:
        tracks = TrackStore(database)
        for files, gone in steps:
            before = {row[0] for row in database.sql.execute("SELECT id FROM tracks")}
            scan = {f"/m/{path}.flac": number for path, number in files}
            report = tracks.save([scanned(path, number) for path, number in scan.items()], now=1.0, gone=gone)
            present = [(track.path, int(track.audio_hash[2:], 16)) for track in tracks.all()]
            after = {row[0] for row in database.sql.execute("SELECT id FROM tracks")}
            assert len(dict(present)) == len(present)
            assert dict(present).items() >= scan.items()
            assert before <= after
            assert len(after - before) == report.added


def test_two_present_rows_at_one_path_are_impossible(tracks, database):
    tracks.save([scanned("/m/1.flac", 1)], now=1.0)
    with pytest.raises(sqlite3.IntegrityError), database.writing() as sql:
        row = {**next(sql["tracks"].rows), "id": 99}
        sql["tracks"].insert(row)


# ---------------------------------------------------------------------------------------------------------- asking


@pytest.fixture
def shelf(tracks):
    tracks.save(
        [
            scanned("/m/1.flac", 1, title="Jóga", artists=("Björk",), album="Homogenic"),
            scanned("/m/2.flac", 2, title="Blue", artists=("Joni Mitchell",), album="Blue"),
            scanned("/m/3.flac", 3, title="Blue Moon", artists=("Billie Holiday",)),
            scanned("/m/Straße/100% 4_4.flac", 4),
        ],
        now=1.0,
    )
    return tracks


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("1", [1]), (" 2 ", [2]), ("/m/3.flac", [3]), ("BJORK joga", [1]), ("homogenic", [1]), ("björk", [1]),
        ("blue", [2]), ("blue moon", [3]), ("holiday blue", [3]), ("mitchell", [2]), ("strasse", [4]),
        ("100%", [4]), ("4_4", [4]), ("%", [4]), ("0", [4]), ("nothing like it", []), ("", []), ("   ", []),
        ("\ud83d", []), ("q\0z", []), ("99999999999999999999999", []),
    ],
)  # fmt: skip
def test_find_takes_an_id_a_path_a_title_or_words(shelf, text, ids):
    assert [track.id for track in shelf.find(text)] == ids


def test_find_takes_a_path_relative_to_where_the_person_stands(tracks, tmp_path, monkeypatch):
    tracks.save([scanned(f"{tmp_path}/1.flac", 1)], now=1.0)
    monkeypatch.chdir(tmp_path)
    assert [track.id for track in tracks.find("1.flac")] == [1]


def test_search_gives_every_present_track_with_all_the_words(shelf):
    assert [track.id for track in shelf.search("blue")] == [2, 3]
    shelf.mark_missing([2])
    assert [track.id for track in shelf.search("blue")] == [3]


def test_an_unknown_track_is_a_sentence_and_is_left_out_of_many(shelf):
    with pytest.raises(NotFound, match="number 99"):
        shelf.get(99)
    assert list(shelf.many([3, 99, 1, 3, 10**30])) == [1, 3]
    assert len(shelf.many(range(5000))) == 4


def test_recurring_names_are_shared_in_memory(tracks):
    tracks.save([scanned(f"/m/{n}.flac", n, album="A", artists=("B",)) for n in range(2)], now=1.0)
    one, two = tracks.all()
    assert one.tags.artists is two.tags.artists
    assert one.tags.album is two.tags.album


def test_folding_forgets_case_accents_and_space():
    assert fold("  Sigur   RÓS ") == "sigur ros"
    assert fold("MØ") == "mo"
    assert fold("Straße") == fold("STRASSE")
    assert fold("Bjo\u0308rk") == fold("björk")
    assert fold("初音ミク") == "初音ミク"
