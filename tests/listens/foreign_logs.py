"""Small logs as other programs write them, made by hand after their documentation; all tell of the same two songs."""

import json
import plistlib
import sqlite3
import zipfile
from datetime import datetime

AT = 1_500_000_000
"""2017-07-14 02:40 UTC."""
MBID = "0fbd6a97-05ec-4dbc-a9e5-6b2a1dcb4e22"
ADDRESS = "file:///home/ann/Music/Bj%C3%B6rk/Homogenic/02%20J%C3%B3ga.flac"
PATH = "/home/ann/Music/Björk/Homogenic/02 Jóga.flac"


def scrobble(artist="Björk", title="Jóga", *, at=AT, mbid=MBID, **more):
    """A track as ``user.getrecenttracks`` tells it."""
    image = [{"size": "small", "#text": "https://example.org/34s.png"}]
    date = {"uts": str(at), "#text": "14 Jul 2017, 02:40"}
    return {
        "artist": {"mbid": "", "#text": artist}, "streamable": "0", "image": image, "mbid": mbid,
        "album": {"mbid": "", "#text": "Homogenic"}, "name": title, "url": "https://example.org/",
        "date": date, **more,
    }  # fmt: skip


PLAYING = {**scrobble("Nobody", "Now"), "@attr": {"nowplaying": "true"}}
del PLAYING["date"]


def listen(artist="Björk", title="Jóga", *, at=AT, **more):
    """A listen as ListenBrainz tells it."""
    told = {
        "artist_name": artist, "track_name": title, "release_name": "Homogenic",
        "additional_info": {"duration_ms": 305_000, "submission_client": "Pano Scrobbler"},
        "mbid_mapping": {"recording_mbid": MBID, "artists": [{"artist_credit_name": artist}]},
    }  # fmt: skip
    return {"listened_at": at, "inserted_at": at + 9, "recording_msid": "x", "track_metadata": told, **more}


OPINION = {"recording_mbid": MBID, "recording_msid": None, "score": 1, "created": AT, "user_id": "ann"}


def write_json(path, value):
    path.write_text(json.dumps(value))
    return path


def write_lines(path, *values):
    path.write_text("\n".join(json.dumps(value) for value in values) + "\n")
    return path


def write_listenbrainz_zip(path, **more):
    """The archive of an export; ``more`` are further files by name."""
    hated = {"recording_mbid": "", "score": -1, "created": AT, "track_metadata": listen("A", "B")["track_metadata"]}
    files = {
        "user.json": json.dumps({"user_id": 7, "username": "ann"}),
        "listens/2017/7.jsonl": "\n".join(json.dumps(listen(at=AT + 300 * n)) for n in range(3)),
        "listens/2018/1.jsonl": json.dumps(listen(at=AT + 20_000_000)),
        "feedback.jsonl": json.dumps(OPINION) + "\n" + json.dumps(hated),
        "pinned_recording.jsonl": "",
        **more,
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def write_itunes(path, *, binary=False):
    """A library as iTunes exports it."""
    song = {
        "Track ID": 1, "Name": "Jóga", "Artist": "Björk", "Album": "Homogenic", "Kind": "MPEG audio file",
        "Total Time": 305_000, "Play Count": 7, "Play Date UTC": datetime(2017, 7, 14, 2, 40), "Skip Count": 1,
        "Rating": 80, "Loved": True, "Location": ADDRESS,
    }  # fmt: skip
    podcast = {"Track ID": 2, "Name": "Episode 1", "Artist": "Talk", "Play Count": 9, "Podcast": True}
    unheard = {"Track ID": 3, "Name": "Unheard", "Artist": "Björk", "Rating": 60, "Rating Computed": True}
    library = {"Major Version": 1, "Tracks": {"1": song, "2": podcast, "3": unheard}, "Playlists": []}
    path.write_bytes(plistlib.dumps(library, fmt=plistlib.FMT_BINARY if binary else plistlib.FMT_XML))
    return path


RHYTHMBOX = f"""<?xml version="1.0" standalone="yes"?>
<rhythmdb version="2.0">
  <entry type="song">
    <title>Jóga</title><genre>art pop</genre><artist>Björk</artist><album>Homogenic</album>
    <track-number>2</track-number><duration>305</duration><file-size>1</file-size>
    <location>{ADDRESS}</location><rating>4</rating><play-count>7</play-count><last-played>{AT}</last-played>
    <mb-trackid>{MBID}</mb-trackid>
  </entry>
  <entry type="song"><title>Unheard</title><artist>Björk</artist><duration>200</duration></entry>
  <entry type="iradio"><title>Radio</title><play-count>99</play-count><location>http://example.org</location></entry>
</rhythmdb>
"""

BOMB = """<?xml version="1.0"?>
<!DOCTYPE lolz [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>
<{root}><entry type="song"><title>&c;</title><play-count>1</play-count></entry></{root}>
"""


def write_strawberry(path):
    """The tables of Strawberry that matter, with a song of its own and one of a streaming service."""
    columns = (
        "title TEXT, album TEXT, artist TEXT, length INTEGER NOT NULL DEFAULT 0, url TEXT NOT NULL, "
        "playcount INTEGER NOT NULL DEFAULT 0, skipcount INTEGER NOT NULL DEFAULT 0, "
        "lastplayed INTEGER NOT NULL DEFAULT -1, rating INTEGER DEFAULT -1, musicbrainz_recording_id TEXT"
    )
    with sqlite3.connect(path) as sql:
        for table in ("songs", "tidal_songs"):
            sql.execute(f"CREATE TABLE {table} ({columns})")
        row = ("Jóga", "Homogenic", "Björk", 305_000_000_000, ADDRESS, 7, 1, AT, 0.8, MBID)
        sql.execute("INSERT INTO songs VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", row)
        sql.execute("INSERT INTO songs (title, url) VALUES ('Unheard', 'file:///x.mp3')")
        sql.execute("INSERT INTO tidal_songs (title, artist, url, playcount) VALUES ('Far', 'Away', 'tidal:1', 2)")
    sql.close()
    return path


def write_clementine(path):
    """Clementine's table: the address is bytes in ``filename``, ratings are a share of one, -1 is none."""
    with sqlite3.connect(path) as sql:
        sql.execute(
            "CREATE TABLE songs (title TEXT, album TEXT, artist TEXT, length INTEGER, filename TEXT NOT NULL, "
            "playcount INTEGER, skipcount INTEGER, lastplayed INTEGER, rating INTEGER)"
        )
        row = ("Jóga", "Homogenic", "Björk", 305_000_000_000, ADDRESS.encode(), 7, 1, AT, -1)
        sql.execute("INSERT INTO songs VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", row)
    sql.close()
    return path


def write_stickers(path):
    """MPD's ``sticker.sqlite`` as myMPD fills it."""
    stuck = {"playCount": "7", "skipCount": "1", "lastPlayed": str(AT), "rating": "8", "elapsed": "12", "like": "2"}
    rows = [("song", "Björk/Homogenic/02 Jóga.flac", name, value) for name, value in stuck.items()]
    rows += [("song", "Other/hated.mp3", "like", "0"), ("song", "Other/silent.mp3", "elapsed", "3")]
    rows += [("playlist", "evening", "playCount", "3")]
    with sqlite3.connect(path) as sql:
        sql.execute("CREATE TABLE sticker(type VARCHAR NOT NULL, uri VARCHAR NOT NULL, name VARCHAR, value VARCHAR)")
        sql.executemany("INSERT INTO sticker VALUES (?, ?, ?, ?)", rows)
    sql.close()
    return path


STATE = b"""sw_volume: 100
state: play
current: 1
time: 12.5
random: 0
playlist_begin
0:Bj\xc3\xb6rk/Homogenic/02 J\xc3\xb3ga.flac
1:caf\xe9.mp3
playlist_end
"""

ROCKBOX = f"""#AUDIOSCROBBLER/1.1
#TZ/UTC
#CLIENT/Rockbox h3xx 1.1
Björk\tHomogenic\tJóga\t2\t305\tL\t{AT}\t{MBID}
Björk\tHomogenic\tBachelorette\t4\t312\tS\t{AT + 400}\t
"""
