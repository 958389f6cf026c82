"""What a steered list is worth: figures that were worked out by hand."""

import numpy as np
import pytest

from musicdesk.errors import BadRequest
from musicdesk.evaluation.mood_data import MoodData, numbered, one_hot
from musicdesk.evaluation.mood_metrics import (
    METRICS,
    PLACES,
    Draws,
    distinct,
    harmonic,
    hub_rate,
    values,
)
from musicdesk.records import UNCERTAIN

WORDS = ("piano", "guitar", "rock", "jazz", "pop", "folk", "female vocal", "sad")


def data(moods, genres, words=None):
    n = len(moods)
    words = np.zeros((n, len(WORDS)), np.float32) if words is None else words
    shares = one_hot(np.array(moods))
    return MoodData(
        name="", vectors=np.eye(n, 12, dtype=np.float32), artists=np.arange(n), genres=tuple(genres), feel=shares,
        heard=shares, labels=np.array(moods), words=words, vocabulary=WORDS,
    )  # fmt: skip


@pytest.fixture
def told():
    """Seed 0 is asked for mood 1; of its ten picks the first three are in it, and two are of its genre."""
    moods = [0, 1, 1, 1, *[2] * 8]
    genres = ["folk", "folk", "rock", "folk", *["rock"] * 8]
    known = data(moods, genres)
    found = np.arange(1, PLACES + 1)[None]
    row = values(known, np.eye(12, dtype=np.float32), np.array([0]), np.array([1]), found)[0]
    return dict(zip(METRICS, row, strict=True))


def test_precisions_are_shares_of_the_first_and_of_the_first_ten(told):
    assert (told["mood_p@1"], told["mood_p@10"]) == (1, pytest.approx(0.3))
    assert (told["genre_p@1"], told["genre_p@10"]) == (1, pytest.approx(0.2))


def test_a_list_of_right_angles_is_as_diverse_as_can_be_and_nothing_like_its_seed(told):
    assert told["list_diversity@10"] == pytest.approx(1)
    assert told["likeness@10"] == pytest.approx(0)


def test_a_list_of_one_sound_over_and_over_is_not_diverse():
    known, rows = data([0] * 12, ["folk"] * 12), np.zeros((1, PLACES), np.int64)
    told = values(known, np.eye(12, dtype=np.float32), np.array([0]), np.array([1]), rows)[0]
    assert told[METRICS.index("list_diversity@10")] == pytest.approx(0)


def test_a_genre_that_is_not_known_is_neither_right_nor_wrong():
    known = data([0] * 12, ["", *["folk"] * 11])
    told = values(known, np.eye(12, dtype=np.float32), np.array([0]), np.array([1]), np.arange(1, 11)[None])[0]
    assert np.isnan(told[METRICS.index("genre_p@1")])


def test_words_are_compared_without_those_of_a_mood():
    words = np.zeros((12, len(WORDS)), np.float32)
    words[0] = [0.9, 0.8, 0.7, 0.6, 0.5, 0.1, 0.1, 1.0]  # piano guitar rock jazz pop, and very sad
    words[1] = [0.9, 0.8, 0.7, 0.1, 0.1, 0.6, 0.5, 0.0]  # piano guitar rock folk voice
    told = values(data([0] * 12, ["folk"] * 12, words), np.eye(12, dtype=np.float32), np.array([0]), np.array([1]),
                  np.arange(1, 11)[None])[0]  # fmt: skip
    assert told[METRICS.index("tags_j@1")] == pytest.approx(3 / 7)


def test_percentiles_of_the_mood_are_those_of_the_truth():
    known = data([0, 1, 1, 1, *[2] * 8], ["folk"] * 12)
    np.testing.assert_allclose(known.percentiles[:, 1], [*[4.5 / 12], *[10.5 / 12] * 3, *[4.5 / 12] * 8])


def test_a_mood_that_nobody_knows_is_uncertain():
    shares = np.array([[0, 1, 0, 0], [np.nan] * 4], np.float32)
    known = data([0, 0], ["a", "b"])
    known = MoodData("", known.vectors, known.artists, known.genres, shares, shares, known.labels, known.words, WORDS)
    assert known.truth.tolist() == [1, UNCERTAIN]


def test_arrays_of_another_length_are_refused():
    with pytest.raises(BadRequest, match="of another number"):
        MoodData("", np.eye(3), np.arange(3), ("a",), one_hot(np.arange(3)), one_hot(np.arange(3)), np.arange(3),
                 np.zeros((3, 0), np.float32))  # fmt: skip


def test_what_always_comes_first_is_a_hub_and_not_diverse():
    always, never = np.zeros((20, PLACES), np.int64), np.arange(200).reshape(20, PLACES)
    moods = np.arange(20) % 2
    assert (distinct(always, moods, 200), hub_rate(always, 200)) == (1 / 10, 1)
    assert (distinct(never, moods, 200), hub_rate(never, 200)) == (1, pytest.approx(0.1))


def test_the_combined_figure_is_the_harmonic_mean_and_nothing_of_nothing():
    np.testing.assert_allclose(harmonic(np.array([0.96, 0.0]), np.array([0.32, 0.0])), [0.48, 0.0])


def test_intervals_draw_artists_and_not_rows():
    rng = np.random.default_rng(0)
    artist = rng.normal(size=20)
    rows, units = np.repeat(artist, 50)[:, None], np.repeat(np.arange(20), 50)
    together, apart = (Draws(u, seed=0) for u in (units, np.arange(len(rows))))
    wide, narrow = (draws.measure(draws.means(rows)[:, 0]) for draws in (together, apart))
    assert wide.mean == pytest.approx(artist.mean())
    assert wide.n == 20
    assert wide.high - wide.low > 4 * (narrow.high - narrow.low)


def test_two_ways_are_compared_in_the_same_draws():
    rng = np.random.default_rng(1)
    base = rng.normal(size=(60, 1))
    draws = Draws(np.arange(60), seed=0)
    told = draws.difference(*(draws.means(rows)[:, 0] for rows in (base + 0.01, base)))
    assert told.measure.low == pytest.approx(told.measure.high)
    assert told.clear
    assert told.p < 0.01


def test_names_are_numbered_the_same_for_the_same():
    assert len(set(numbered(["b", "a", "b"]).tolist())) == 2
    assert numbered(["b", "a", "b"])[0] == numbered(["b", "a", "b"])[2]
