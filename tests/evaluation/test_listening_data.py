import os
from pathlib import Path

import numpy as np
import pytest

from musicdesk.errors import BadRequest, NotFound
from musicdesk.evaluation import lastfm
from musicdesk.evaluation.listening_data import Heard, from_heard, from_table


def written(place, text, name="listens.csv"):
    path = place / name
    path.write_text(text)
    return path


def test_lines_of_one_user_and_item_are_taken_together(tmp_path):
    path = written(tmp_path, "user,item,time,count\nann,x,200,2\nann,y,300,1\nann,x,100,5\nbob,x,,\n")
    data = from_table(path)
    log = data.log
    assert (log.n_users, log.n_items, len(log)) == (2, 2, 3)
    assert log.times[:2].tolist() == [100, 300], "the first time counts"
    assert np.isnan(log.times[2])
    assert log.degrees[0] == 1, "7 plays are ann's most"
    assert 0 < log.degrees[1] < 1
    assert data.vectors is None
    assert "no vectors" in data.notes[0]


@pytest.mark.parametrize("head", ["user;item", "Listener\tTrack_ID", "USERID,song"])
def test_columns_have_many_names_and_separators(tmp_path, head):
    separator = next(mark for mark in ";\t," if mark in head)
    data = from_table(written(tmp_path, f"\ufeff{head}\na{separator}b\n"))
    assert (data.log.n_users, data.log.n_items) == (1, 1)


def test_times_are_dates_seconds_or_milliseconds(tmp_path):
    text = "user,item,time\na,1,1970-01-01T00:01:40+00:00\na,2,100\na,3,1600000000000\na,4,1970-01-01 00:01:40\n"
    assert sorted(from_table(written(tmp_path, text)).log.times) == [100, 100, 100, 1_600_000_000]


def test_artists_group_items_and_stand_for_them_where_no_item_is_named(tmp_path):
    data = from_table(written(tmp_path, "user,item,artist\na,x,A\na,y,A\na,z,B\na,u,\na,v,\n"))
    x, y, z, u, v = data.groups.tolist()
    assert x == y
    assert len({x, z, u, v}) == 4
    assert from_table(written(tmp_path, "user,artist\na,A\na,B\n")).log.n_items == 2


def test_stars_tell_dislikes(tmp_path):
    data = from_table(written(tmp_path, "user,item,stars\na,x,5\na,y,1\n"))
    assert data.log.degrees[0] == 1
    assert data.log.degrees[1] < 0


def test_bad_lines_are_counted_and_the_rest_is_used(tmp_path):
    text = "user,item,time,count\na,x,1,1\n,y,1,1\na,,1,1\na,z,soon,1\na,w,1,-2\na,v,1,many\n"
    data = from_table(written(tmp_path, text))
    assert data.log.n_items == 1
    assert data.notes[0].startswith("5 lines of listens.csv were left out (2: no user or no item; ")


def test_vectors_stand_beside_in_a_table_or_an_archive(tmp_path):
    path = written(tmp_path, "user,item\na,x\na,y\nb,z\n")
    written(tmp_path, "item,one,two\ny,1,2\nx,3,4\nelse,5,6\n", "vectors.csv")
    data = from_table(tmp_path)
    assert data.encoder == "vectors"
    assert data.vectors[:2].tolist() == [[3, 4], [1, 2]]
    assert np.isnan(data.vectors[2]).all()
    assert data.notes == ("1 of 3 items have no vector.",)
    np.savez(tmp_path / "musicnn.npz", items=["x", "z"], vectors=np.ones((2, 3)))
    archived = from_table(path, tmp_path / "musicnn.npz")
    assert (archived.encoder, archived.vectors.shape) == ("musicnn", (3, 3))


@pytest.mark.parametrize(
    ("text", "told"),
    [("", "columns user and item"), ("user,time\na,1\n", "columns user and item"), ("user,item\n", "no listening"),
     ("user,item\n,\n", "no listening")],
)  # fmt: skip
def test_tables_that_cannot_be_used_are_refused(tmp_path, text, told):
    with pytest.raises(BadRequest, match=told):
        from_table(written(tmp_path, text))


def test_vectors_that_cannot_be_used_are_refused(tmp_path):
    path = written(tmp_path, "user,item\na,x\n")
    for text, told in (("item,a\nx,b\n", "cannot be read"), ("item,a\nx,nan\n", "finite"), ("item,a\ny,1\n", "differ")):
        with pytest.raises(BadRequest, match=told):
            from_table(path, written(tmp_path, text, "v.csv"))
    np.savez(tmp_path / "objects.npz", items=np.array([{}], object), vectors=np.ones((1, 1)))
    with pytest.raises(BadRequest, match="cannot be read"):
        from_table(path, tmp_path / "objects.npz")
    with pytest.raises(NotFound, match="no table"):
        from_table(tmp_path / "nothing")


def test_a_binary_file_is_no_table(tmp_path):
    path = tmp_path / "listens.csv"
    path.write_bytes(b"\xff\xfe\x00\x80" * 100)
    with pytest.raises(BadRequest, match=r"cannot be read|columns"):
        from_table(path)


def test_listens_in_memory_make_the_same_data():
    heard = [Heard("a", "x", "A"), Heard("a", "y", "A"), Heard("b", "x", "A")]
    data = from_heard("mine", heard, {"x": np.ones(2, np.float32)}, encoder="e")
    assert (data.log.n_users, data.log.n_items, data.encoder) == (2, 2, "e")
    assert data.groups[0] == data.groups[1]


# ---------------------------------------------------------------------------------------------- HetRec Last.fm


@pytest.fixture
def small(tmp_path):
    head = "id,name,mode,count,acousticness,danceability,duration_ms,energy,instrumentalness,liveness,loudness"
    rows = [f"{i},n{i},1,{i},0.5,0.5,200000,0.{i},0.1,0.1,-5,0.05,120,0.5,{10 * i},{i}" for i in (3, 5, 7)]
    written(tmp_path, head + ",speechiness,tempo,valence,popularity,key\n" + "\n".join(rows) + "\n", lastfm.FEATURES)
    written(tmp_path, "userID\tartistID\tweight\n2\t3\t10\n2\t5\t90\n2\t99\t50\n4\t7\t1\n", lastfm.PLAYS)
    return tmp_path


def test_artists_without_features_are_left_out_and_favourites_come_last(small):
    assert lastfm.is_here(small)
    data = lastfm.load(small)
    assert (data.log.n_users, data.log.n_items, len(data.log)) == (2, 3, 3)
    assert data.log.history(0).items.tolist() == [0, 1]
    assert data.log.degrees[1] == 1
    assert (data.encoder, data.vectors.shape) == ("spotify", (3, 15))


def test_the_features_can_be_taken_as_they_stand_or_the_sound_alone(small):
    raw, sound = lastfm.load(small, encoder="spotify-raw"), lastfm.load(small, encoder="spotify-sound")
    assert raw.vectors.shape == (3, 14)
    assert raw.vectors[0, 1] == 3
    assert sound.vectors.shape == (3, 13), "neither how popular the artist is, nor how many songs"
    with pytest.raises(BadRequest, match="spotify-sound"):
        lastfm.load(small, encoder="musicnn")


def test_a_broken_folder_is_told(small):
    written(small, "userID\tartistID\tweight\n2\tthree\n", lastfm.PLAYS)
    with pytest.raises(BadRequest, match="cannot be read"):
        lastfm.load(small)


@pytest.mark.data
def test_the_real_data_set_has_the_size_that_its_readme_tells():
    folder = Path(os.environ.get("MUSICDESK_DATA", "")) / "lastfm"
    if not lastfm.is_here(folder):
        pytest.skip("MUSICDESK_DATA does not hold lastfm")
    data = lastfm.load(folder)
    assert (data.log.n_users, data.log.n_items, len(data.log)) == (1881, 5061, 66616)
    assert np.isfinite(data.vectors).all()
