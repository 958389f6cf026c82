import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up_shelves import board

from musicdesk.errors import BadRequest
from musicdesk.ranking.scores import Slide, match

EPSILON = 2.0**-24


def exponential(k, n, seed):
    return board(np.random.default_rng(seed).exponential(size=(k, n)))


@settings(max_examples=60, deadline=None)
@given(k=st.integers(1, 12), n=st.integers(1, 300), seed=st.integers(0, 999), gain=st.floats(-1, 2, width=32))
def test_a_slide_gives_the_scores_of_the_whole_sum(k, n, seed, gain):
    mixed = exponential(k, n, seed)
    gains = np.random.default_rng(seed + 1).uniform(-1, 2, k).astype(np.float32)
    slide = Slide(mixed, gains, seed % k)
    slide.move(0.5)
    moved = slide.move(gain)
    gains[seed % k] = gain
    terms = gains.astype(np.float64)[:, None] * mixed.columns
    bound = 2 * (k + 1) * EPSILON * np.abs(terms).sum(axis=0) + 1e-12
    assert (np.abs(moved - terms.sum(axis=0)) <= bound).all()
    assert (np.abs(mixed.scores(gains) - terms.sum(axis=0)) <= bound).all()


def test_contributions_are_gain_times_column():
    mixed = board([[1, 2, 3], [4, 5, 6]])
    assert mixed.contributions(np.array([2, -1]), np.array([2, 0])).tolist() == [[6, -6], [2, -4]]


def test_a_slide_leaves_the_board_and_the_gains_alone():
    mixed, gains = exponential(3, 50, 0), np.ones(3, np.float32)
    before = mixed.columns.copy()
    Slide(mixed, gains, 1).move(-1)
    assert np.array_equal(mixed.columns, before)
    assert gains.tolist() == [1, 1, 1]


def test_a_seed_is_one_more_part():
    mixed = board([[1, 2, 3]]).with_part(np.array([3, 0, 0]), np.array([0.9, 0.1, 0.1]), name="like x", slot=8)
    assert mixed.scores(np.array([1, 2])).tolist() == [7, 2, 3]
    assert (mixed.names, mixed.slots) == (("part 0", "like x"), (0, 8))
    assert mixed.percentiles.dtype == np.float32


def test_no_parts_at_all_score_nothing():
    assert board(np.zeros((0, 4))).scores(np.zeros(0)).tolist() == [0, 0, 0, 0]


def test_wrong_gains_are_refused():
    with pytest.raises(BadRequest, match="2 parts"):
        board([[1], [2]]).scores(np.ones(3))
    with pytest.raises(BadRequest, match="part number"):
        Slide(board([[1]]), np.ones(1), 1)


def test_match_is_the_share_that_is_reached():
    scores = np.array([1, 2, 2, 4], np.float32)
    assert match(scores, np.array([4, 2, 0.5], np.float32)).tolist() == [1, 0.75, 0]


def test_match_of_a_large_library_is_near_the_truth():
    scores = np.random.default_rng(0).gumbel(size=100_000).astype(np.float32)
    picked = np.sort(scores)[::997]
    truth = np.searchsorted(np.sort(scores), picked, side="right") / len(scores)
    assert np.abs(match(scores, picked) - truth).max() < 0.03
    assert match(scores, scores[[scores.argmax()]]) == 1
