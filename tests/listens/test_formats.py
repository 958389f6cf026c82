"""Every kind of log, as its program writes it: what is read, and what a broken one says."""

import json
import os
import random
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from listens import foreign_logs as logs
from listens.foreign_logs import AT, MBID, PATH

from musicdesk.errors import BadRequest, NotFound, UnreadableLog
from musicdesk.jobs import Cancelled, Job
from musicdesk.listens import reading
from musicdesk.records import Listen, ListenLog
from musicdesk.store import foreign_players


def read(path: Path, content: str | bytes | None = None, *, kind: str = "auto") -> ListenLog:
    if content is not None:
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return reading.read(path, kind=kind, job=Job())


def told(listen: Listen, *names: str) -> tuple[object, ...]:
    return tuple(getattr(listen, name) for name in names)


# ------------------------------------------------------------------------------------------------------- Last.fm

JOGA = Listen("Björk", "Jóga", "Homogenic", MBID, at=AT, line=1)


@pytest.mark.parametrize(
    "wrapped",
    [
        lambda tracks: {"recenttracks": {"track": tracks, "@attr": {"user": "ann", "page": "1", "totalPages": "1"}}},
        lambda tracks: [{"recenttracks": {"track": tracks}}],
        lambda tracks: [{"track": tracks, "@attr": {"user": "ann"}}],
        lambda tracks: {"recenttracks": {"track": tracks[0]}},
        lambda tracks: tracks,
        lambda tracks: [tracks],
    ],
    ids=["answer", "answers", "pages", "single", "flat", "nested"],
)
def test_lastfm_is_read_however_its_exporters_wrap_the_tracks(tmp_path, wrapped):
    log = read(logs.write_json(tmp_path / "scrobbles.json", wrapped([logs.scrobble()])))
    assert (log.kind, log.listens, log.bad) == ("lastfm", (JOGA,), ())


NEVER = {"uts": "0", "#text": "01 Jan 1970, 00:00"}


def test_lastfm_tells_neither_what_plays_just_now_nor_a_year_that_it_does_not_know(tmp_path):
    log = read(
        logs.write_json(tmp_path / "a.json", [logs.PLAYING, logs.scrobble(date=NEVER), logs.scrobble(title="X")])
    )
    assert [told(listen, "title", "at") for listen in log.listens] == [("Jóga", None), ("X", AT)]


def test_loved_tracks_are_likes_and_no_plays(tmp_path):
    log = read(logs.write_json(tmp_path / "a.json", {"lovedtracks": {"track": [logs.scrobble()]}}))
    assert told(log.listens[0], "count", "liked") == (0, True)


def test_a_play_that_is_told_with_its_love_is_both(tmp_path):
    log = read(logs.write_json(tmp_path / "a.json", [logs.scrobble(loved="1")]))
    assert [told(listen, "count", "liked", "at") for listen in log.listens] == [(1, False, AT), (0, True, None)]


def test_top_tracks_count(tmp_path):
    top = {"toptracks": {"track": [{"name": "Jóga", "artist": {"name": "Björk"}, "playcount": "12", "mbid": ""}]}}
    (listen,) = read(logs.write_json(tmp_path / "a.json", top)).listens
    assert told(listen, "artist", "title", "count", "at") == ("Björk", "Jóga", 12, None)


def test_flat_scrobbles_with_milliseconds(tmp_path):
    flat = {"username": "ann", "scrobbles": [{"track": "Jóga", "artist": "Björk", "album": "H", "date": AT * 1000}]}
    assert read(logs.write_json(tmp_path / "a.json", flat)).listens == (
        Listen("Björk", "Jóga", "H", at=AT, line=1),
    )  # fmt: skip


def test_lastfm_csv_without_a_header(tmp_path):
    log = read(
        tmp_path / "ann.csv", 'Björk,Homogenic,Jóga,14 Jul 2017 02:40\n"Björk",,"Hello, you",14 Jul 2017 02:45\n'
    )
    assert [told(listen, "artist", "album", "title", "at") for listen in log.listens] == [
        ("Björk", "Homogenic", "Jóga", AT), ("Björk", "", "Hello, you", AT + 300),
    ]  # fmt: skip


def test_lastfm_csv_with_ids_and_two_times(tmp_path):
    head = "uts,utc_time,artist,artist_mbid,album,album_mbid,track,track_mbid\n"
    (listen,) = read(
        tmp_path / "a.csv", head + f'"{AT}","14 Jul 2017, 02:40","Björk","","Homogenic","","Jóga","{MBID}"'
    ).listens
    assert listen == Listen("Björk", "Jóga", "Homogenic", MBID, at=AT, line=2)


def test_rockbox_tells_plays_and_skips(tmp_path):
    log = read(tmp_path / ".scrobbler.log", logs.ROCKBOX)
    assert [told(x, "title", "count", "skips", "at", "length_s", "recording_mbid") for x in log.listens] == [
        ("Jóga", 1, 0, AT, 305.0, MBID), ("Bachelorette", 0, 1, AT + 400, 312.0, ""),
    ]  # fmt: skip


# -------------------------------------------------------------------------------------------------- ListenBrainz

HEARD = Listen("Björk", "Jóga", "Homogenic", MBID, length_s=305.0, at=AT, line=1)


@pytest.mark.parametrize("ending", ["jsonl", "json"])
def test_listenbrainz_in_lines(tmp_path, ending):
    log = read(logs.write_lines(tmp_path / f"a.{ending}", logs.listen(), logs.listen(title="X")))
    assert (log.kind, log.listens[0], log.listens[1].line) == ("listenbrainz", HEARD, 2)


@pytest.mark.parametrize(
    "wrapped", [lambda x: x, lambda x: {"payload": {"count": 1, "listens": x}}], ids=["list", "answer"]
)
def test_listenbrainz_in_one_value(tmp_path, wrapped):
    assert read(logs.write_json(tmp_path / "a.json", wrapped([logs.listen()]))).listens == (HEARD,)


def test_the_archive_of_an_export_with_what_is_loved_and_hated(tmp_path):
    log = read(logs.write_listenbrainz_zip(tmp_path / "export.zip"))
    assert len(log.listens) == 6
    assert sorted(told(x, "title", "count", "liked", "stars") for x in log.listens if not x.count) == [
        ("", 0, True, None), ("B", 0, False, 1.0),
    ]  # fmt: skip


def test_one_name_throughout_is_the_persons_own_and_several_stay(tmp_path):
    own = [logs.listen(user_name="ann"), logs.listen(at=AT + 600, user_name="ann")]
    assert {x.listener for x in read(logs.write_json(tmp_path / "a.json", own)).listens} == {""}
    two = [logs.listen(user_name="ann"), logs.listen(user_name="bob")]
    assert [x.listener for x in read(logs.write_json(tmp_path / "b.json", two)).listens] == ["ann", "bob"]


def test_a_broken_line_costs_that_line_alone(tmp_path):
    path = logs.write_lines(tmp_path / "a.jsonl", logs.listen(), logs.listen(at=AT + 600))
    path.write_text(path.read_text() + '{"listened_at": 15, "track_metad\n[1, 2]\n"text"\n{}\n')
    log = read(path)
    assert len(log.listens) == 2
    assert [line for line, _ in log.bad] == [3, 4, 5, 6] or [line for line, _ in log.bad] == [3, 4, 5, 5, 6]


def test_an_archive_that_unpacks_to_too_much_or_names_other_places_is_not_unpacked(tmp_path, monkeypatch):
    path = logs.write_listenbrainz_zip(
        tmp_path / "a.zip", **{"../../../listens/escaped.jsonl": json.dumps(logs.listen())}
    )
    read(path)
    assert sorted(p.name for p in tmp_path.rglob("*")) == ["a.zip"]
    monkeypatch.setattr(reading, "LARGEST_BYTES", 50_000)
    bomb = logs.write_listenbrainz_zip(tmp_path / "b.zip", **{"listens/2019/1.jsonl": " " * 100_000})
    with pytest.raises(UnreadableLog, match="unpacks to more"):
        read(bomb)


# ------------------------------------------------------------------------------------------------------- tables


@pytest.mark.parametrize(
    ("head", "row"),
    [
        ("user,artist,track,time,count", f"ann,Björk,Jóga,{AT},3"),
        ("Username;Artist Name;Track Name;Played At;Plays", "ann;Björk;Jóga;2017-07-14T02:40:00Z;3"),
        ("listener\tartist\ttitle\tdate\tplay_count", "ann\tBjörk\tJóga\t14/07/2017 02:40\t3"),
        ("Artist|Song|User ID|Timestamp|Count", f"Björk|Jóga|ann|{AT}000|3"),
    ],
)
def test_a_header_is_understood_in_many_words(tmp_path, head, row):
    (listen,) = read(tmp_path / "a.csv", f"{head}\n{row}\n").listens
    assert listen == Listen("Björk", "Jóga", at=AT, count=3, listener="ann", line=2)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("2017-07-14,02:40:00,Björk,Jóga\n2017-07-15,02:40:00,A,B\n", ("", "Björk", "Jóga", AT, 1)),
        (f"user_1\t2017-07-14T02:40:00Z\t{MBID}\tBjörk\t\tJóga\nuser_2\t2017-07-14T02:41:00Z\t{MBID}\tA\t\tB\n",
         ("user_1", "Björk", "Jóga", AT, 1)),
        ("Björk,Jóga,12\nA,B,4\n", ("", "Björk", "Jóga", None, 12)),
    ],
    ids=["date and time", "Last.fm 1K", "counts"],
)  # fmt: skip
def test_known_layouts_without_a_header_are_told_by_what_stands_in_them(tmp_path, content, expected):
    first = read(tmp_path / "a.tsv", content).listens[0]
    assert told(first, "listener", "artist", "title", "at", "count") == expected


def test_artists_alone_are_read(tmp_path):
    (listen,) = read(tmp_path / "a.csv", "user,artist,weight\nann,Björk,17\n").listens
    assert told(listen, "artist", "title", "count") == ("Björk", "", 17)


@pytest.mark.parametrize(("best", "given"), [(5, "4"), (10, "8"), (100, "80")])
def test_ratings_are_stars_whatever_their_scale(tmp_path, best, given):
    log = read(tmp_path / "a.csv", f"artist,title,rating\nBjörk,Jóga,{given}\nA,B,{best}\nC,D,0\n")
    assert [x.stars for x in log.listens] == [4.0, 5.0, None]


def test_american_dates_are_known_by_their_second_number(tmp_path):
    log = read(tmp_path / "a.csv", "artist,title,date\nBjörk,Jóga,07/14/2017 02:40\nA,B,07/01/2017 02:40\n")
    assert [x.at for x in log.listens] == [AT, AT - 13 * 86_400]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_old_encodings_are_read(tmp_path, encoding):
    content = "artist,title\nBjörk,Jóga\n".encode(encoding)
    assert told(read(tmp_path / "a.csv", content).listens[0], "artist", "title") == ("Björk", "Jóga")


def test_what_itunes_exports_as_text(tmp_path):
    head = "Name\tArtist\tAlbum\tTime\tPlays\tSkips\tLast Played\tMy Rating\tLocation"
    row = "Jóga\tBjörk\tHomogenic\t305\t7\t1\t14/07/2017, 02:40\t80\t/m/a.mp3"
    (listen,) = read(tmp_path / "a.txt", f"{head}\n{row}\n".encode("utf-16")).listens
    assert told(listen, "length_s", "count", "skips", "at", "stars") == (305.0, 7, 1, AT, 4.0)


def test_lines_that_say_nothing_are_told_with_their_numbers_and_clockless_ones_stay(tmp_path):
    rows = ("artist,title,time,count", f"Björk,Jóga,{AT},1", ",,,", f",,{AT},1", "A,B,,1", "A,B,yesterday,1",
            "A,B,C,1,2,3", f"A,B,{AT},many", f"A,B,{AT},-3")  # fmt: skip
    log = read(tmp_path / "a.csv", "\n".join(rows))
    assert [told(x, "artist", "at") for x in log.listens] == [("Björk", AT), ("A", None), ("A", None)]
    assert [line for line, _ in log.bad] == [4, 7, 8, 9]
    assert "6 columns instead of 4" in log.bad[1][1]


# -------------------------------------------------------------------------------------------------- other players

SONG = ("Björk", "Jóga", "Homogenic", PATH, 305.0, AT, 7)
FIELDS = ("artist", "title", "album", "path", "length_s", "at", "count")


@pytest.mark.parametrize("binary", [False, True])
def test_itunes_tells_plays_skips_stars_and_love_of_music_alone(tmp_path, binary):
    log = read(logs.write_itunes(tmp_path / "Library.xml", binary=binary))
    (listen,) = log.listens
    assert (log.kind, *told(listen, *FIELDS, "skips", "stars", "liked")) == ("itunes", *SONG, 1, 4.0, True)


def test_rhythmbox_tells_what_was_played_or_rated(tmp_path):
    log = read(tmp_path / "rhythmdb.xml", logs.RHYTHMBOX)
    (listen,) = log.listens
    assert (log.kind, *told(listen, *FIELDS, "stars", "recording_mbid")) == ("rhythmbox", *SONG, 4.0, MBID)


def test_strawberry_tells_of_all_its_collections(tmp_path):
    log = read(logs.write_strawberry(tmp_path / "strawberry.db"))
    song, far = log.listens
    assert (log.kind, *told(song, *FIELDS, "skips", "stars", "recording_mbid")) == ("strawberry", *SONG, 1, 4.0, MBID)
    assert told(far, "artist", "count", "path", "stars") == ("Away", 2, "", None)


def test_clementine_is_read_alike(tmp_path):
    (song,) = read(logs.write_clementine(tmp_path / "clementine.db")).listens
    assert told(song, *FIELDS, "skips", "stars") == (*SONG, 1, None)


def test_a_foreign_database_is_left_as_it_is(tmp_path):
    path = logs.write_strawberry(tmp_path / "strawberry.db")
    with closing(sqlite3.connect(path)) as sql:
        sql.execute("PRAGMA journal_mode=WAL")  # whoever opens such a database plainly leaves files beside it
    before = path.read_bytes()
    os.chmod(path, 0o444)
    songs = foreign_players.songs(path)
    next(songs)
    assert os.listdir(tmp_path) == ["strawberry.db"]
    read(path)
    assert path.read_bytes() == before


def test_a_database_that_its_player_has_open_waits_until_it_is_closed(tmp_path):
    path = logs.write_strawberry(tmp_path / "strawberry.db")
    with closing(sqlite3.connect(path)) as player:
        player.execute("PRAGMA journal_mode=WAL")
        with player:
            player.execute("UPDATE songs SET playcount = 8")
        with pytest.raises(UnreadableLog, match="Close the player"):
            read(path)
    assert read(path).listens[0].count == 8


def test_stickers_tell_plays_rating_and_likes(tmp_path):
    log = read(logs.write_stickers(tmp_path / "sticker.sqlite"))
    hated, song = sorted(log.listens, key=lambda x: x.count)
    assert told(song, "path", "count", "skips", "at", "stars", "liked") == (
        "Björk/Homogenic/02 Jóga.flac", 7, 1, AT, 4.0, True,
    )  # fmt: skip
    assert told(hated, "path", "stars", "liked") == ("Other/hated.mp3", 1.0, False)


def test_the_state_of_mpd_tells_its_queue_byte_for_byte(tmp_path):
    log = read(tmp_path / "state", logs.STATE)
    assert (log.kind, [x.path for x in log.listens]) == (
        "mpd", ["Björk/Homogenic/02 Jóga.flac", os.fsdecode(b"caf\xe9.mp3")],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.m3u", "x.mp3\n"),
        ("b", "#EXTM3U\nx.mp3\n"),
        ("c.xspf", "<?xml version='1.0'?><playlist/>"),
        ("d.pls", "[playlist]\nFile1=x\n"),
        ("e.jspf", '{"playlist": {"track": []}}'),
    ],
)
def test_a_playlist_is_known_as_one(tmp_path, name, content):
    (tmp_path / name).write_text(content)
    assert reading.kind_of(tmp_path / name) == "playlist"


# ------------------------------------------------------------------------------------------------------ bad files


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "empty"),
        (b"\n\n\n", "empty"),
        (b"my shopping list\nmilk\n", "columns"),
        (random.Random(3).randbytes(4096), "none of the logs"),
        (b"a,b,c\nd,e,f\n", "user,artist,track,time,count"),
        (b"artist,title\n,\n,,\n", "Nothing"),
        (b"artist,title,time\n,,3\n,,4\n", "None of its 2 lines"),
        (b"{}", "Nothing"),
        (b"[1, 2, 3]", "None of its 3 lines"),
        (b"[" * 100_000, "JSON"),
        (b'{"recenttracks": {"track": [', "JSON"),
        (b'{"track_metadata": 3}', "Its only line does not say"),
        (b"<html><body>not found</body></html>", "neither of Rhythmbox nor of iTunes"),
        (b"<?xml version='1.0'?><plist><dict><key>Tracks</key>", "damaged"),
        (b"<?xml version='1.0'?><plist version='1.0'><array/></plist>", "no tracks"),
        (b"<?xml version='1.0'?><rhythmdb><entry type='song'><title>", "damaged"),
        (b"bplist00 and nothing", "property list|damaged"),
        (b"PK\x03\x04 and nothing", "archive"),
        (b"SQLite format 3\0 and nothing", "damaged"),
        (logs.BOMB.replace("{root}", "rhythmdb").encode(), "entities"),
        (logs.BOMB.replace("{root}", "plist").encode(), "property list|damaged|entit"),
    ],
    ids=lambda value: value if isinstance(value, str) else repr(value[:20]),
)
def test_a_file_that_is_none_of_these_is_a_sentence_that_names_it(tmp_path, content, sentence):
    with pytest.raises(UnreadableLog, match=sentence) as told:
        read(tmp_path / "strange.log", content)
    assert "“strange.log”" in str(told.value)


def test_a_database_of_something_else_and_a_truncated_one_are_sentences(tmp_path):
    with sqlite3.connect(tmp_path / "other.db") as sql:
        sql.execute("CREATE TABLE songs (x)")
    sql.close()
    with pytest.raises(UnreadableLog, match="none of Strawberry"):
        read(tmp_path / "other.db")
    whole = logs.write_strawberry(tmp_path / "whole.db").read_bytes()
    with pytest.raises(UnreadableLog, match="damaged"):
        read(tmp_path / "half.db", whole[: len(whole) // 2])


def test_no_file_a_folder_and_an_unknown_kind_are_sentences(tmp_path):
    with pytest.raises(NotFound):
        read(tmp_path / "none.csv")
    with pytest.raises(UnreadableLog, match="folder"):
        read(tmp_path)
    (tmp_path / "a.csv").write_text("artist,title\nA,B\n")
    with pytest.raises(BadRequest, match="listenbrainz"):
        read(tmp_path / "a.csv", kind="vinyl")
    for kind in ("itunes", "rhythmbox", "strawberry", "mpd", "lastfm", "listenbrainz"):
        with pytest.raises(UnreadableLog):
            read(tmp_path / "a.csv", "x,y\nA,B\n", kind=kind)


def test_reading_stops_when_it_is_asked_to(tmp_path):
    job = Job()
    (tmp_path / "a.csv").write_text("artist,title\n" + "A,B\n" * 20_000)
    job.cancel()
    with pytest.raises(Cancelled):
        reading.read(tmp_path / "a.csv", job=job)
