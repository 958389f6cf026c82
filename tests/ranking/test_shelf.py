import numpy as np
import pytest

from musicdesk.errors import BadRequest
from musicdesk.ranking.shelf import shelf
from musicdesk.records import EncoderKey, Tags, Track, Vectors
from musicdesk.tracks import Tracks


def vectors(*hashes):
    empty = np.zeros((len(hashes), 0), np.float32)
    return Vectors(EncoderKey("e", "1", "f"), hashes, empty, empty, (), np.zeros(len(hashes), np.float32))


def track(number, audio_hash, *, artist="", album="", folder="m", **more):
    tags = Tags(artists=(artist,) if artist else (), album=album)
    return Track(number, f"/{folder}/{number}.mp3", audio_hash, 100.0 + number, tags=tags, **more)


def made(hashes, *tracks):
    return shelf(vectors(*hashes), np.eye(len(hashes), dtype=np.float32), Tracks.of(tracks))


def test_a_row_stands_for_a_sound_with_the_first_file_that_is_there():
    stock = made("abc", track(1, "a", missing=True), track(2, "a"), track(3, "a"), track(4, "b", excluded=True))
    assert stock.track_ids == (2, 4, 0)
    assert stock.present.tolist() == [True, False, False]
    assert stock.length_s.tolist() == [102, 104, 0]
    assert stock.row("b") == 1
    assert stock.row("nothing") is None


def test_one_artist_is_one_code_however_it_is_written():
    artists = {"a": "Björk", "b": "BJÖRK ", "c": "", "d": "x"}
    stock = made("abcd", *(track(1, key, artist=artist) for key, artist in artists.items()))
    assert stock.artist_ids.tolist() == [0, 0, -1, 1]
    assert stock.artists == {"björk": 0, "x": 1}


def test_albums_of_one_name_in_two_folders_are_two():
    albums = {"a": ("Greatest Hits", "x"), "b": ("greatest hits", "x"), "c": ("Greatest Hits", "y")}
    stock = made("abc", *(track(1, key, album=album, folder=folder) for key, (album, folder) in albums.items()))
    assert stock.album_ids.tolist() == [0, 0, 1]


def test_a_track_without_a_hash_stands_for_nothing():
    assert made("a", track(1, "")).track_ids == (0,)


def test_a_space_of_another_size_is_refused():
    with pytest.raises(BadRequest, match="2 sounds"):
        shelf(vectors("a", "b"), np.eye(3, dtype=np.float32), Tracks.of(()))
