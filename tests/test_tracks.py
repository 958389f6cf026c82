"""Tracks as columns: the same answers as from records, and a record only when one is looked at."""

import numpy as np

from musicdesk.records import Tags, Track
from musicdesk.tracks import Tracks, keys_of, rows_for


def track(number, title="", *, artist="", album="", folder="m", **more):
    tags = Tags(title=title, artists=(artist,) if artist else (), album=album, track_number=number)
    return Track(number, f"/{folder}/{number}.mp3", f"h{number}", 100.0 + number, "mp3", tags, **more)


class Counting(Tracks):
    """Tracks that count the records that are made."""

    @classmethod
    def of(cls, records):
        made = Tracks.of(records)
        counting = cls(made.columns, lambda rows: counting.count(rows))
        counting.records, counting.made = list(records), 0
        return counting

    def count(self, rows):
        self.made += len(rows)
        return [self.records[row] for row in rows]


def test_tracks_are_the_sequence_of_their_records():
    records = tuple(track(n, f"t{n}") for n in range(5))
    tracks = Tracks.of(records)
    assert tracks == records
    assert records == tracks
    assert tracks != records[1:]
    assert tracks[1:3] == records[1:3]
    assert (tracks[-1], tracks[np.int64(2)]) == (records[-1], records[2])
    assert list(reversed(tracks)) == list(reversed(records))
    assert tracks.some(np.array([3, 0])) == (records[3], records[0])
    assert not Tracks.of(())


def test_looking_for_tracks_makes_no_record_and_looking_at_one_makes_one():
    tracks = Counting.of([track(n, f"song {n}", artist=f"A{n % 3}", album="B") for n in range(100)])
    rows = tracks.matching("song 7")
    assert len(rows) == 19
    assert tracks.places("title")[0] == 0
    assert tracks.by_hash.keys() >= {"h3"}
    assert tracks.row_of_path("/m/42.mp3") == 42
    assert len(tracks.artist_codes[1]) == 3
    assert tracks.made == 0
    assert tracks[int(rows[0])].title == "song 7"
    assert tracks.by_hash["h7"].id == 7
    assert tracks.made == 1


def test_of_several_files_with_one_sound_the_first_that_is_there_stands_for_it():
    def copy(number, **more):
        return Track(number, f"/m/{number}", "same", **more)

    gone, out, first, second = copy(1, missing=True), copy(2, excluded=True), copy(3), copy(4)
    assert Tracks.of([gone, out, first, second]).by_hash["same"] == first
    assert Tracks.of([gone, out]).by_hash["same"] == out
    assert Tracks.of([gone]).by_hash["same"] == gone
    assert rows_for(Tracks.of([gone, first]), ("other", "same")).tolist() == [-1, 1]
    assert "" not in Tracks.of([Track(1, "/m/1")]).by_hash


def test_an_unknown_path_is_nowhere():
    tracks = Tracks.of([track(1)])
    assert tracks.row_of_path("/m/1.mp3") == 0
    assert [tracks.row_of_path(path) for path in ("/m/2.mp3", "half \ud83d", "")] == [-1, -1, -1]


def test_keys_hold_nothing_that_could_break_a_column():
    tags = Tags(title="nul \0 half \ud83d", artists=("a\0b",), album="c\0d", track_number=2**70, disc_number=-1)
    keys = keys_of(Track(1, "/m/caf\udce9.mp3", tags=tags))
    texts = keys[:-1]
    assert not any("\0" in text for text in texts)
    assert "".join(texts).encode()
    assert 0 <= keys.place < 1_000_000
