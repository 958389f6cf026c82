"""A person with five likes is simulated fairly: other artists, honest chance, and shuffled sound finds nothing."""

import numpy as np
import pytest

from musicdesk.errors import BadRequest, NotFound, NothingYet
from musicdesk.evaluation import personal
from musicdesk.evaluation.personal import BEST, CHANCE, SHUFFLED, TASTE, measure, simulate
from musicdesk.evaluation.personal_library import FOLDERS, TAGS, WORDS, genre_library, strongest_genres
from musicdesk.jobs import Cancelled, Job
from musicdesk.records import EncoderKey, Tags, Track, Vectors

GENRES = ("jazz", "metal", "techno")
ARTISTS, EACH = 4, 6


def sounds(*, genres=GENRES, artists=ARTISTS, blur=1.0, seed=0):
    """Vectors and tracks: each genre a direction, each artist a little of its own; one track in ten has no genre."""
    rng = np.random.default_rng(seed)
    names = [(genre, f"{genre} {artist}") for genre in genres for artist in range(artists) for _ in range(EACH)]
    centres = {name: rng.standard_normal(16) for name in sorted({part for pair in names for part in pair})}
    matrix = np.array([3 * centres[g] + centres[a] + blur * rng.standard_normal(16) for g, a in names], np.float32)
    tags = np.array([[0.8 if g == genre else 0.1 for genre in genres] for g, _ in names], np.float32)
    hashes = tuple(f"1:{row:032x}" for row in range(len(names)))
    vectors = Vectors(
        EncoderKey("handcrafted", "1", "x"), hashes, matrix, tags, genres, np.zeros(len(names), np.float32)
    )  # fmt: skip
    tracks = {
        sound: Track(
            id=row + 1, path=f"/music/{genre}/{row}.ogg", audio_hash=sound,
            tags=Tags(title=str(row), artists=(artist,), genres=() if row % 10 == 9 else (genre,)),
        )
        for row, (sound, (genre, artist)) in enumerate(zip(hashes, names, strict=True))
    }  # fmt: skip
    return vectors, tracks


@pytest.fixture(scope="module")
def library():
    return genre_library(*sounds())


def test_what_is_offered_is_of_other_artists_and_of_known_genre(library):
    for genres in (1, 2):
        people = simulate(library, likes=5, genres=genres, listeners=30, rng=np.random.default_rng(1))
        assert len(people) == 30
        for one in people:
            liked = {library.artists[row] for row in one.likes}
            assert len(set(one.likes.tolist())) == 5
            assert len(one.genres) == len(set(one.genres)) == genres
            assert {library.genres[row] for row in one.likes} == set(one.genres)
            assert not liked & {library.artists[row] for row in one.offered}
            assert "" not in {library.genres[row] for row in one.offered}
            assert [bool(r) for r in one.relevant] == [library.genres[row] in one.genres for row in one.offered]
            assert set(one.relevant.tolist()) == set(range(genres + 1))


def test_every_genre_is_liked_about_as_often_as_the_others(library):
    people = simulate(library, likes=5, genres=1, listeners=30, rng=np.random.default_rng(1))
    assert sorted(one.genres[0] for one in people) == sorted(GENRES * 10)


def test_likes_are_found_again_with_other_artists_and_shuffled_sound_finds_nothing(library):
    methods = ("content-mean", "content-last")
    report = measure(library, listeners=24, methods=methods, job=Job())
    for genres in (1, 2):
        rows = {row.method: row for row in report.rows if row.genres == genres}
        assert list(rows) == [TASTE, *methods, TASTE + SHUFFLED, "content-mean" + SHUFFLED, BEST, CHANCE]
        best, chance = rows[BEST].precision.mean, rows[CHANCE].precision
        for method in (TASTE, *methods):
            assert rows[method].precision.low > chance.high
            assert rows[method].precision.mean <= best
        for method in (TASTE, "content-mean"):
            shuffled = rows[method + SHUFFLED]
            assert abs(shuffled.precision.mean - chance.mean) < 0.1, "one shuffle of few tracks is not chance itself"
            assert shuffled.beside_taste.high < 0
    one = {row.method: row for row in report.rows if row.genres == 1}
    assert one[TASTE].precision.mean > 0.95
    assert one["content-mean"].precision.mean > 0.95


def test_chance_is_what_lists_in_any_order_hold(library):
    rng = np.random.default_rng(0)
    for one in simulate(library, likes=5, genres=2, listeners=3, rng=np.random.default_rng(2)):
        told = personal._by_chance(one, 4)
        drawn = [personal._found(one, rng.random(len(library.vectors)), 4) for _ in range(4000)]
        precision, covered = np.mean(drawn, axis=0)
        assert told.precision == pytest.approx(precision, abs=0.015)
        assert told.covered == pytest.approx(covered, abs=0.015)


def test_the_best_possible_is_what_a_list_of_nothing_but_hits_holds(library):
    one, *_ = simulate(library, likes=5, genres=1, listeners=1, rng=np.random.default_rng(2))
    hits = np.zeros(len(library.vectors))
    hits[one.offered[one.relevant > 0]] = 1
    for k in (3, 10, 40):
        assert personal._best(one, k).precision == pytest.approx(personal._found(one, hits, k).precision)


def test_who_needs_other_people_says_so_in_a_sentence(library):
    report = measure(library, listeners=4, genres=(1,), methods=("item-knn",), job=Job())
    row = next(row for row in report.rows if row.method == "item-knn")
    assert row.precision is None
    assert "people" in row.note


def test_a_slow_method_is_tried_with_fewer_listeners(library, monkeypatch):
    monkeypatch.setattr(personal, "PATIENCE_S", -1.0)
    report = measure(library, listeners=4, genres=(1,), methods=("content-mean",), job=Job())
    row = next(row for row in report.rows if row.method == "content-mean")
    assert row.precision.n == row.beside_taste.n == 1
    assert row.note == "Slow: tried with 1 of 4 listeners."


def test_one_seed_gives_one_report_and_another_seed_other_listeners(library):
    first, again, other = (
        measure(library, listeners=6, genres=(1,), methods=("content-mean",), seed=seed, job=Job())
        for seed in (1, 1, 2)
    )
    assert first == again
    assert first.rows != other.rows


def test_more_genres_than_there_are_is_a_note_beside_what_can_be_told(library):
    report = measure(library, listeners=4, genres=(1, 3), methods=("content-mean",), job=Job())
    assert {row.genres for row in report.rows} == {1}
    assert any("need 4 genres" in note for note in report.notes)
    with pytest.raises(NothingYet, match="need 4 genres"):
        measure(library, genres=(3,), methods=("content-mean",), job=Job())
    with pytest.raises(NothingYet, match="fewer likes"):
        measure(library, likes=20, genres=(1,), methods=("content-mean",), job=Job())


def test_what_cannot_be_is_refused(library):
    with pytest.raises(BadRequest, match="a like for every genre"):
        measure(library, likes=1, genres=(2,), job=Job())
    with pytest.raises(NotFound, match="no recommender called"):
        measure(library, methods=("magic",), job=Job())
    cancelled = Job()
    cancelled.cancel()
    with pytest.raises(Cancelled):
        measure(library, methods=("content-mean",), job=cancelled)


def test_genres_come_from_tags_folders_words_or_a_table(tmp_path):
    vectors, tracks = sounds()
    tagged = genre_library(vectors, tracks, TAGS)
    assert tagged.names == GENRES
    assert tagged.genres.count("") == len(vectors) // 10
    assert genre_library(vectors, tracks, FOLDERS).genres.count("") == 0
    table = tmp_path / "mine.csv"
    lines = [f"{row}.ogg,{'loud' if row % 2 else 'quiet'}" for row in range(len(vectors))]
    table.write_text("\n".join(["path,label", *lines]))
    by_table = genre_library(vectors, tracks, table)
    assert by_table.names == ("loud", "quiet")
    assert "mine.csv" in by_table.source
    assert genre_library(vectors, tracks, WORDS).genres == strongest_genres(vectors)


def test_where_tags_tell_too_little_the_encoders_words_are_taken_and_it_is_said():
    vectors, tracks = sounds()
    bare = {
        sound: Track(id=t.id, path=t.path, audio_hash=sound, tags=Tags(artists=t.tags.artists))
        for sound, t in tracks.items()
    }
    library = genre_library(vectors, bare)
    assert library.names == GENRES
    assert "no truth of its own" in library.source
    assert [name for name in library.genres if name] == [vectors.vocabulary[n] for n in vectors.tags.argmax(axis=1)]


def test_an_encoder_without_genre_words_names_none():
    vectors, _ = sounds()
    silent = Vectors(
        vectors.key, vectors.hashes, vectors.matrix, vectors.tags, ("fast", "loud", "happy"), vectors.typical_s
    )
    assert set(strongest_genres(silent)) == {""}


def test_a_library_with_nothing_analysed_says_so():
    vectors, tracks = sounds()
    with pytest.raises(NothingYet, match="musicdesk analyze"):
        genre_library(vectors, {})
    with pytest.raises(NothingYet, match="CSV file"):
        genre_library(*sounds(genres=("jazz",)), TAGS)
    assert tracks
