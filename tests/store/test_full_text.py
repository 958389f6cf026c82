"""Words find tracks, best first, as they stand now; whatever is typed is no expression; damage is mended by itself."""

import re
import sqlite3

import numpy as np
import pytest
import sqlite_utils
from hypothesis import given, settings
from hypothesis import strategies as st
from store.samples import scanned, sound

from musicdesk.records import Tags
from musicdesk.store import full_text, migrations, track_words
from musicdesk.store.database import FILE, Database
from musicdesk.store.full_text import WITHOUT_FTS5, FullText
from musicdesk.store.own_tags import OwnTagStore
from musicdesk.store.tags import load_tags
from musicdesk.store.track_words import parted, words_of
from musicdesk.store.tracks import TrackStore
from musicdesk.store.vocabulary import mistakes

SHELF = (
    {"title": "Night Drive", "artists": ("Björk",), "album": "Roads", "genres": ("Art Pop",), "year": 1994},
    {"title": "Drive", "artists": ("R.E.M.",), "album": "Night", "comment": "A gift for the night", "year": 1992},
    {"title": "Don't Stop", "artists": ("!!!",), "album": "東京の夜", "genres": ("Dance",), "year": 2004},
    {"title": "Metal Heart", "artists": ("Accept",), "album": "♥🔥", "genres": ("Heavy Metal",)},
    {"title": "Enter Sandman", "artists": ("Metallica",), "album": "Metallica", "year": 1991},
    {"title": "Sør-Trøndelag", "artists": ("Simon & Garfunkel",), "album": 'The "Best"', "album_artists": ("Various",)},
)


@pytest.fixture
def tracks(database):
    return TrackStore(database)


@pytest.fixture
def words(database, tracks):
    tracks.save([scanned(f"/m/{n}.flac", n, **tags) for n, tags in enumerate(SHELF, 1)], now=1.0)
    return FullText(database)


def found(words, *asked, **more):
    """The ids in the order that they are found."""
    matches = words.find(asked, **more)
    assert len(matches.ids) == min(matches.count, more.get("limit", 100))
    return matches.ids.tolist()


# -------------------------------------------------------------------------------------------------------- finding


def test_a_title_or_an_artist_that_was_typed_whole_comes_first(words):
    assert found(words, "drive") == [2, 1]
    assert found(words, "metallica") == [5]


def test_every_word_is_somewhere_and_a_title_counts_most(words):
    assert found(words, "night") == [1, 2]
    assert found(words, "night", "drive") == [1, 2]
    assert found(words, "drive", "roads") == [1]
    assert found(words, "drive", "nothing") == []


def test_case_accents_and_letters_of_the_north_do_not_matter(words):
    assert found(words, "BJORK") == found(words, "björk") == found(words, "Bjo\u0308rk") == [1]
    assert found(words, "sor", "trondelag") == found(words, "SØR-TRØNDELAG") == [6]


def test_the_last_word_may_go_on_and_the_others_may_not(words):
    assert found(words, "metal") == [4, 5]
    assert found(words, "metal", prefix=False) == [4]
    assert found(words, "met", "heart") == []
    assert found(words, "met*", "heart") == [4]
    assert found(words, "m") == [4, 5]


def test_words_are_found_as_people_write_them(words):
    assert found(words, "dont", "stop") == found(words, "don't", "stop") == found(words, "don’t") == [3]
    assert found(words, "rem") == found(words, "R.E.M.") == [2]
    assert found(words, "simon", "&", "garfunkel") == found(words, "garfunkel") == [6]


def test_what_is_called_by_signs_alone_is_found_by_them(words):
    assert found(words, "!!!") == [3]
    assert found(words, "!!!", "stop") == [3]
    assert found(words, "♥") == found(words, "🔥") == found(words, "♥🔥") == [4]


def test_a_script_without_spaces_is_found_by_any_run_of_its_signs(words):
    assert found(words, "東京") == found(words, "京の") == found(words, "夜") == [3]
    assert found(words, "京東") == []


def test_a_phrase_stands_so_and_in_one_place(words):
    assert found(words, phrases=["night drive"]) == [1]
    assert found(words, phrases=["drive night"]) == []
    assert found(words, "drive", phrases=["for the night"]) == [2]


def test_fields_are_looked_through_alone(words):
    assert found(words, fields=[("title", "night")]) == [1]
    assert found(words, fields=[("album", "night")]) == [2]
    assert found(words, fields=[("artist", "björk"), ("genre", "pop")]) == [1]
    assert found(words, fields=[("comment", "gift")]) == [2]
    assert found(words, fields=[("artist", "metal")]) == []
    assert found(words, fields=[("artist", "metal*")]) == [5]
    assert found(words, fields=[("artist", "various")]) == [6]
    assert found(words, fields=[("mood", "calm")]) == []


@pytest.mark.parametrize(
    ("asked", "ids"),
    [("1994", [1]), ("1990-1999", [1, 2, 5]), ("1992-1994", [1, 2]), ("1991-2004", [1, 2, 3, 5]), ("2000-2004", [3]),
     ("1000-2999", [1, 2, 3, 5]), ("3000-4000", []), ("90s", [1, 2, 5])],
)  # fmt: skip
def test_a_year_may_be_a_range(words, asked, ids):
    assert sorted(found(words, fields=[("year", asked)])) == ids


def test_what_shall_not_be_there_takes_tracks_out(words):
    assert found(words, "drive", without=["gift"]) == [1]
    assert found(words, "night", without=["night drive"]) == [2]
    assert found(words, without=["night"]) == []


def test_the_count_tells_of_all_and_the_list_of_the_best(words):
    matches = words.find(["drive"], limit=1)
    assert (matches.ids.tolist(), matches.count) == ([2], 2)
    assert words.find([], limit=5).count == words.find(["  ", ""]).count == 0


def test_of_very_many_the_first_to_come_are_put_in_order(words, monkeypatch):
    monkeypatch.setattr(full_text, "RANKED", 1)
    assert words.find(["drive"], limit=5).ids.tolist() == [1]
    assert words.find(["drive"], limit=5).count == 2


def test_a_word_tells_all_tracks_that_hold_it(words):
    assert words.holding("night").tolist() == [1, 2]
    assert words.holding("night drive").tolist() == [1]
    assert words.holding("").tolist() == words.holding("nowhere").tolist() == []


ODD = ('"', "'", "NEAR(a b)", "AND", "a AND", "OR", "NOT", "*", "^", "a*b", "-", "+", "title:x", "{title}", "(", ")",
       "\0", "a\0b", "\ud800", "😀", "%", "' OR 1=1 --", '""', '"""', ";", "\\", "ﷺ", "\u202e", "x" * 5000)  # fmt: skip


@pytest.mark.parametrize("odd", ODD)
def test_whatever_is_typed_is_no_expression(words, odd):
    for asked in ([odd], ["drive", odd], [odd, "drive"]):
        words.find(asked, phrases=[odd], fields=[("artist", odd), ("year", odd)], without=[odd])
        words.find(asked)
    words.corrected(odd)
    words.holding(odd)


@pytest.fixture(scope="module")
def lasting(tmp_path_factory):
    with Database.open(tmp_path_factory.mktemp("any")) as database:
        yield database


@settings(deadline=None, max_examples=80)
@given(title=st.text(min_size=1, max_size=20), other=st.lists(st.text(max_size=8), max_size=4))
def test_any_title_is_found_by_itself_and_no_text_is_an_error(lasting, title, other):
    TrackStore(lasting).save([scanned("/m/a.flac", 1, title=title)], now=1.0)
    words = FullText(lasting)
    words.find(other, phrases=other, without=other, fields=[("title", text) for text in other])
    if words_of(title):
        assert (
            words.find([title]).count == words.find(title.split()).count == words.find([], phrases=[title]).count == 1
        )


# ----------------------------------------------------------------------------------------------------- kept true


def test_what_is_saved_retagged_moved_and_removed_is_found_as_it_stands(words, tracks):
    tracks.save([scanned("/m/1.flac", 1, mtime=2, title="Day Walk")], now=2.0)
    assert found(words, "night", "drive") == [2]
    assert found(words, "walk") == [1]
    tracks.save([scanned("/n/walked.flac", 1)], now=3.0, gone=[1])
    assert found(words, "walk") == found(words, "walked") == [1]
    assert found(words, "day") == []
    tracks.mark_missing([1])
    assert found(words, "walked") == words.holding("walked").tolist() == []
    tracks.save([scanned("/n/walked.flac", 1)], now=4.0)
    assert found(words, "walked") == [1]


def test_a_folder_that_goes_takes_its_tracks_along_and_brings_them_back(words, tracks):
    tracks.add_source("/m")
    tracks.remove_source("/m")
    assert found(words, "drive") == []
    tracks.add_source("/m")
    tracks.save([scanned("/m/1.flac", 1, **SHELF[0])], now=2.0)
    assert found(words, "drive") == [1]


def test_own_tags_are_found_and_go_when_they_are_taken_back(words, tracks, database):
    own = OwnTagStore(database)
    own.put({sound(1): ("Rainy Söndag",), sound(9): ("rain",)})
    assert found(words, "sondag") == found(words, fields=[("tag", "rainy")]) == [1]
    tracks.save([scanned("/m/1.flac", 1, mtime=2, title="Retagged")], now=2.0)
    assert found(words, "rainy", "retagged") == [1]
    tracks.save([scanned("/m/9.flac", 9)], now=3.0)
    assert found(words, "rain", prefix=False) == [7]
    own.put({sound(1): ()})
    assert found(words, "sondag") == []


def test_copies_of_a_sound_share_its_own_tags(words, tracks, database):
    tracks.save([scanned("/m/copy.flac", 1, title="Copy")], now=2.0)
    OwnTagStore(database).put({sound(1): ("dawn",)})
    assert sorted(found(words, "dawn")) == [1, 7]


def test_what_is_taken_back_in_a_transaction_is_not_remembered(words, tracks, database):
    with pytest.raises(RuntimeError), database.writing():
        tracks.mark_missing([1])
        assert found(words, "björk") == []
        raise RuntimeError
    assert found(words, "björk") == [1]
    tracks.mark_missing([2])
    assert found(words, "björk") == [1]
    assert found(words, "rem") == []


def test_words_of_a_transaction_that_was_taken_back_are_not_remembered(words, tracks, database):
    with pytest.raises(RuntimeError), database.writing():
        tracks.save([scanned("/m/new.flac", 20, title="Newcomer")], now=2.0)
        assert "newcomer" in words.vocabulary()
        raise RuntimeError
    tracks.mark_missing([2])
    assert "newcomer" not in words.vocabulary()


def test_another_process_sees_what_was_written(words, database):
    with Database.open(database.path.parent) as other:
        TrackStore(other).save([scanned("/m/new.flac", 20, title="Newcomer")], now=2.0)
    assert found(words, "newcomer") == [7]
    with Database.open(database.path.parent, read_only=True) as other:
        assert found(FullText(other), "newcomer") == [7]
        assert FullText(other).corrected("newcomr") == "newcomer"


# ------------------------------------------------------------------------------------------------------- mistakes


def test_the_vocabulary_counts_tracks_and_is_read_anew_when_they_change(words, tracks, database):
    before = words.vocabulary()
    counts = dict(zip(before.words, before.counts.tolist(), strict=True))
    assert (counts["drive"], counts["night"], counts["metallica"], counts["1990s"]) == (2, 2, 1, 3)
    assert words.vocabulary() is before
    OwnTagStore(database).put({sound(1): ("zzz",)})
    assert "zzz" in words.vocabulary()
    tracks.save([scanned("/m/2.flac", 2, mtime=2, title="Other")], now=2.0)
    assert "gift" not in words.vocabulary()


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("metalica", "metallica"), ("Mettalica", "metallica"), ("nihgt", "night"), ("drvie", "drive"), ("bjrk", "bjork"),
     ("Bjørkk", "bjork"), ("garfunkle", "garfunkel"), ("drive", ""), ("Björk", ""), ("xylophone", ""), ("zq", ""),
     ("1993", ""), ("two words", ""), ("", ""), ("!!!!", ""), ("東", "")],
)  # fmt: skip
def test_a_word_that_nothing_is_called_by_is_taken_for_the_nearest(words, typed, meant):
    assert words.corrected(typed) == meant


def test_of_words_as_near_the_more_frequent_wins(words, tracks):
    tracks.save([scanned(f"/m/b{n}.flac", 30 + n, title="band") for n in range(3)], now=2.0)
    tracks.save([scanned(f"/m/s{n}.flac", 40 + n, title="bend") for n in range(2)], now=2.0)
    assert words.corrected("bxnd") == "band"


def test_of_words_as_near_the_one_of_the_same_letters_wins(words, tracks):
    tracks.save([scanned(f"/m/the{n}.flac", 30 + n, title="the") for n in range(5)], now=2.0)
    tracks.save([scanned("/m/they.flac", 40, title="they")], now=2.0)
    assert words.corrected("thye") == "they"


def test_one_mistake_is_forgiven_in_short_words_and_two_in_long_ones(words):
    assert words.corrected("drvi") == words.corrected("hxxrt") == ""
    assert words.corrected("sxndmxn") == "sandman"
    assert words.corrected("sxxdmxn") == ""


# --------------------------------------------------------------------------------------------------------- damage

DAMAGES = {
    "its data": ["UPDATE track_words_data SET block = x'00ff00ff00ff'"],
    "its index": ["DELETE FROM track_words_data WHERE id > 10"],
    "a table behind it": ["DROP TABLE track_words_data"],
    "its settings": ["DELETE FROM track_words_config"],
    "all of it": ["DROP TABLE track_words"],
    "how it was made": ["UPDATE words_made SET how = 77"],
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_damaged_words_are_made_anew_when_someone_asks(words, database, damage):
    for change in DAMAGES[damage]:
        database.sql.execute(change)
    database.sql.conn.commit()
    database.close()
    with Database.open(database.path.parent) as opened:
        anew = FullText(opened)
        assert found(anew, "drive") == [2, 1]
        assert anew.corrected("metalica") == "metallica"
        TrackStore(opened).save([scanned("/m/new.flac", 20, title="Newcomer")], now=2.0)
        assert found(anew, "newcomer") == [7]


@pytest.mark.parametrize("damage", DAMAGES)
def test_damaged_words_stop_no_one_who_writes(words, database, damage):
    for change in DAMAGES[damage]:
        database.sql.execute(change)
    database.sql.conn.commit()
    database.close()
    with Database.open(database.path.parent) as opened:
        TrackStore(opened).save([scanned("/m/new.flac", 20, title="Newcomer")], now=2.0)
        OwnTagStore(opened).put({sound(1): ("dawn",)})
        assert found(FullText(opened), "newcomer") == [7]
        assert found(FullText(opened), "dawn") == [1]
        assert found(FullText(opened), "metal") == [4, 5]


def test_words_that_could_not_be_written_are_in_doubt(words, tracks, database):
    database.sql.execute("DROP TABLE track_words_data")
    tracks.save([scanned("/m/new.flac", 20, title="Newcomer")], now=2.0)
    assert database.sql.execute("SELECT how FROM words_made").fetchone() == (0,)
    assert [track.title for track in tracks.search("newcomer")] == ["Newcomer"]


def test_damaged_words_of_a_library_that_is_only_read_are_looked_for_in_titles(words, database):
    database.sql.execute("UPDATE track_words_data SET block = x'00ff00ff00ff'")
    database.sql.conn.commit()
    database.close()
    with Database.open(database.path.parent, read_only=True) as opened:
        assert found(FullText(opened), "drive") == [1, 2]


# --------------------------------------------------------------------------------------------- without FTS5, before


@pytest.fixture
def no_fts5(monkeypatch):
    """A SQLite that has no FTS5, as far as words can tell."""
    monkeypatch.setattr(track_words, "_FTS5", "fts5_is_lacking")
    monkeypatch.setattr(track_words, "_TABLE", track_words._TABLE.replace("fts5", "fts5_is_lacking"))


def test_a_sqlite_without_fts5_looks_through_titles_artists_and_albums_and_says_so(tmp_path, no_fts5):
    with Database.open(tmp_path) as database:
        TrackStore(database).save([scanned(f"/m/{n}.flac", n, **tags) for n, tags in enumerate(SHELF, 1)], now=1.0)
        OwnTagStore(database).put({sound(1): ("dawn",)})
        words = FullText(database)
        assert words.problem == WITHOUT_FTS5
        assert found(words, "metal") == [4, 5]
        assert found(words, "drive", phrases=["night"], without=["bjork"]) == [2]
        assert found(words, "dawn") == []
        assert words.holding("night drive").tolist() == [1]
        assert words.corrected("metalica") == ""
        assert len(words.vocabulary()) == 0
        assert words.find([]).count == 0


def test_words_are_made_as_soon_as_there_is_fts5(tmp_path, monkeypatch):
    with monkeypatch.context() as patch, Database.open(tmp_path) as database:
        patch.setattr(track_words, "_FTS5", "fts5_is_lacking")
        TrackStore(database).save([scanned("/m/1.flac", 1, title="Drive")], now=1.0)
    with Database.open(tmp_path) as database:
        assert FullText(database).problem == ""
        assert found(FullText(database), "dri") == [1]


def test_a_library_of_before_is_upgraded_with_its_words(tmp_path):
    raw = sqlite_utils.Database(tmp_path / FILE)
    migrations.MIGRATIONS.apply(raw, stop_before="m0014_track_words")
    raw.execute(f"PRAGMA application_id={migrations.APPLICATION_ID}")
    raw.execute("PRAGMA user_version=13")
    tags = '{"title":"Old Song","artists":["Ana"],"year":1994}'
    columns = "path, audio_hash, length_s, codec, tags, words, size_bytes, mtime_ns, problem, added, changed"
    raw.execute(f"INSERT INTO tracks ({columns}) VALUES (x'2f61', '1:a', 1.0, 'mp3', ?, '', 1, 1, '', 0, 0)", [tags])
    raw.execute("INSERT INTO own_tags VALUES ('1:a', 'dusk', 'Dusk', 'dusk')")
    raw.conn.commit()
    raw.close()
    with Database.open(tmp_path) as database:
        assert database.sql.execute("SELECT how FROM words_made").fetchone() == (track_words.MADE,)
        assert found(FullText(database), "old", "ana", "dusk", "1994") == [1]
        assert TrackStore(database).get(1).tags.comment == ""


def test_tags_of_before_there_were_comments_have_none():
    assert next(load_tags(['{"title":"a"}'])) == Tags(title="a")


def test_an_error_that_is_not_of_the_words_is_told(words, monkeypatch):
    def fail(*_):
        raise sqlite3.OperationalError("something else")

    monkeypatch.setattr(FullText, "_found", fail)
    with pytest.raises(sqlite3.OperationalError, match="something else"):
        words.find(["drive"])


def test_text_is_parted_as_it_is_looked_for():
    assert parted("Don't stop R.E.M.!") == ["dont", "stop", "rem"]
    assert parted("l'amour  AC/DC\0x") == ["l", "amour", "ac", "dc", "x"]
    assert parted("夜hello♥") == ["夜", "hello", "♥"]
    assert (parted("!!!"), words_of("! !!"), words_of('""'), words_of(" ")) == ([], ["!!!"], [], [])


def test_ids_are_numbers_of_64_bits(words):
    assert words.find(["drive"]).ids.dtype == words.holding("drive").dtype == np.int64
    assert re.fullmatch(r"\d+", str(words.find(["nothing"]).ids.size))


def test_mistakes_are_letters_too_many_too_few_others_and_turned_round():
    assert mistakes("daniel", "daniel") == 0
    assert mistakes("danile", "daniel") == 1
    assert mistakes("danile", "dance") == 2
