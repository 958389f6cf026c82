"""Labels from tags, tables and folders, and a division in which no artist serves two purposes."""

from pathlib import Path

import numpy as np
import pytest

from musicdesk.encoders.convnet.labels import (
    artist_of,
    by_folder,
    by_genre,
    by_table,
    divide,
    folds,
    heard,
    split_genres,
)
from musicdesk.errors import BadRequest, NothingYet
from musicdesk.records import Tags, Track


def track(number: int, *genres: str, artist: str = "", folder: str = "a") -> Track:
    tags = Tags(genres=genres, artists=(artist or f"artist {number % 4}",))
    return Track(id=number, path=f"/music/{folder}/{number}.flac", tags=tags)


def some(genre: str, count: int, begin: int, **more: str) -> list[Track]:
    return [track(begin + number, genre, **more) for number in range(count)]


def test_spellings_of_a_genre_are_one_class():
    tracks = [*some("Hip-Hop", 5, 0), *some("hip hop", 2, 10), *some("HipHop", 1, 20), *some("Drum & Bass", 8, 30)]
    found = by_genre(tracks)
    assert found.classes == ("drum & bass", "hip-hop")
    assert np.bincount(found.codes).tolist() == [8, 8]


def test_of_joined_genres_the_one_counts_that_most_of_the_library_has():
    tracks = [*some("Rock", 8, 0), *some("Jazz", 7, 10), track(30, "Shoegaze; Rock"), track(31, "Jazz/Rock")]
    labels = {song.path: song.label for song in by_genre(tracks).songs}
    assert labels["/music/a/30.flac"] == labels["/music/a/31.flac"] == "rock"


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Rock/Pop", ("rock", "pop")), ("Folk, World", ("folk", "world")), ("R&B", ("r&b",)), ("Hip-Hop", ("hip-hop",)),
        ("Jazz - Fusion", ("jazz", "fusion")), ("  Rock  ;; ", ("rock",)), ("", ()),
        ("Indie | Rock\\Pop", ("indie", "rock", "pop")),
    ],
)  # fmt: skip
def test_what_one_tag_joins_is_split(text, names):
    assert split_genres(text) == names


def test_rare_classes_are_left_out_with_a_sentence():
    tracks = [*some("Rock", 8, 0), *some("Jazz", 8, 10), *some("Polka", 5, 20), *some("Noise", 9, 30, artist="One")]
    found = by_genre([*tracks, Track(id=99, path="/music/99.flac")])
    assert found.classes == ("jazz", "rock")
    assert found.dropped == (
        "1 track without a genre tag is left out.",
        "noise is left out: 9 tracks by 1 artist.",
        "polka is left out: 5 tracks by 4 artists.",
    )


def test_one_class_is_nothing_to_learn():
    with pytest.raises(NothingYet, match="two classes of at least 6 tracks by 3 artists"):
        by_genre(some("Rock", 20, 0))


def test_folders_are_classes():
    tracks = [*some("", 6, 0, folder="Bells"), *some("", 6, 10, folder="Drums")]
    assert by_folder(tracks).classes == ("bells", "drums")


@pytest.mark.parametrize(
    ("tags", "artist"),
    [
        (Tags(artists=("Anna feat. Bert",), album_artists=("Various",)), "anna"),
        (Tags(artists=("Anna", "Bert")), "anna"),
        (Tags(album_artists=("The Band",)), "the band"),
        (Tags(), "/music/album"),
    ],
)
def test_an_artist_is_the_first_one_without_guests_else_the_folder(tags, artist):
    assert artist_of(Track(id=1, path="/music/album/1.flac", tags=tags)) == artist


# ------------------------------------------------------------------------------------------------------------ tables


def table(folder: Path, *lines: str) -> Path:
    path = folder / "labels.csv"
    path.write_text("\n".join(lines) + "\n")
    return path


def test_a_table_names_tracks_by_path_by_name_and_by_stem(tmp_path):
    tracks = [track(number, folder="x") for number in range(12)]
    lines = ["/music/x/0.flac, Calm", "1.flac,calm", "2, CALM", *(f"{n}.flac,calm" for n in range(3, 6))]
    lines += [f"{n},loud" for n in range(6, 12)]
    found = by_table(table(tmp_path, "Path,Label", *lines), tracks)
    assert found.classes == ("calm", "loud")
    assert np.bincount(found.codes).tolist() == [6, 6]


def test_paths_of_a_table_are_relative_to_it(tmp_path):
    tracks = [Track(id=n, path=str(tmp_path / "m" / f"{n}.ogg"), tags=Tags(artists=(str(n),))) for n in range(12)]
    lines = [f"m/{n}.ogg,{'one' if n < 6 else 'two'}" for n in range(12)]
    assert len(by_table(table(tmp_path, "track,genre", *lines), tracks).songs) == 12


def test_lines_that_name_no_track_are_told(tmp_path):
    tracks = [track(n) for n in range(12)]
    lines = [f"{n},{'one' if n < 6 else 'two'}" for n in range(12)]
    found = by_table(table(tmp_path, "path,label", *lines, "gone.flac,one"), tracks)
    assert found.dropped == ("1 line of labels.csv without a track, such as gone.flac.",)


def test_a_name_that_two_tracks_have_is_no_name(tmp_path):
    tracks = [*(track(n) for n in range(14)), track(0, folder="b")]
    lines = [f"{n},{'one' if n < 7 else 'two'}" for n in range(14)]
    assert "/music/a/0.flac" not in {s.path for s in by_table(table(tmp_path, "path,label", *lines), tracks).songs}


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        (("path", "1"), "no column 'label'"),
        (("label", "x"), "no column 'path'"),
        (("path,label", "no,x"), "None of the"),
    ],
)
def test_a_table_that_cannot_be_used_says_why(tmp_path, lines, why):
    with pytest.raises(BadRequest, match=why):
        by_table(table(tmp_path, *lines), [track(1)])


def test_a_missing_table_says_so(tmp_path):
    with pytest.raises(BadRequest, match="cannot be read"):
        by_table(tmp_path / "none.csv", [track(1)])


# ---------------------------------------------------------------------------------------------------------- division


@pytest.fixture
def crowd() -> tuple[list[str], np.ndarray]:
    """300 songs of three classes by 60 artists, a few of them with many songs, some with two classes."""
    rng = np.random.default_rng(0)
    artists = [f"artist {min(59, int(rng.exponential(15)))}" for _ in range(300)]
    return artists, np.array([int(a.split()[1]) % 3 if rng.random() < 0.9 else 0 for a in artists])


def test_no_artist_is_in_two_parts(crowd):
    artists, codes = crowd
    parts = folds(artists, codes, 5)
    assert all(len({parts[row] for row in range(300) if artists[row] == name}) == 1 for name in set(artists))


def test_the_classes_are_spread_evenly(crowd):
    artists, codes = crowd
    parts = folds(artists, codes, 5)
    counts = np.array([np.bincount(codes[parts == part], minlength=3) for part in range(5)])
    assert (counts.max(axis=0) - counts.min(axis=0) <= 6).all()


def test_three_purposes_share_no_artist_and_leave_nothing_out(crowd):
    artists, codes = crowd
    tested = []
    for fold in range(5):
        division = divide(artists, codes, fold=fold)
        groups = [{artists[row] for row in rows} for rows in (division.train, division.validation, division.test)]
        assert not groups[0] & groups[1] | groups[0] & groups[2] | groups[1] & groups[2]
        assert sorted(np.concatenate([division.train, division.validation, division.test])) == list(range(300))
        tested += division.test.tolist()
    assert sorted(tested) == list(range(300))


def test_a_class_of_three_artists_is_learnt_validated_and_tested():
    artists = [f"a{n // 2}" for n in range(40)] + ["x", "x", "x", "y", "y", "z"]
    codes = np.array([0] * 40 + [1] * 6)
    division = divide(artists, codes)
    assert all(1 in codes[rows] for rows in (division.train, division.validation, division.test))


def test_the_division_follows_from_the_seed(crowd):
    artists, codes = crowd
    np.testing.assert_array_equal(folds(artists, codes, 5, seed=3), folds(artists, codes, 5, seed=3))
    assert (folds(artists, codes, 5, seed=3) != folds(artists, codes, 5, seed=4)).any()


def test_songs_that_could_not_be_heard_go():
    found = by_folder([*some("", 6, 0, folder="Bells"), *some("", 6, 10, folder="Drums")])
    left = heard(found, [song.path for song in found.songs[1:]])
    assert len(left.songs) == 11
    assert left.classes == found.classes
