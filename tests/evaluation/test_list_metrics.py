"""Hand-computed answers, and the same numbers as loops that anyone can read."""

from itertools import combinations
from math import log2

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from musicdesk.evaluation.list_metrics import FOUND, LIKE, Backdrop, best, by_chance, coverage, found
from musicdesk.recommend.log import Log

HIT, RECALL, NDCG, MRR, PRECISION = range(len(FOUND))


def of(listed, held):
    return dict(zip(FOUND, found(np.array([listed]), [np.array(held)])[0].tolist(), strict=True))


def test_two_of_three_found_at_places_1_and_3():
    ideal = 1 + 1 / log2(3) + 1 / log2(4)
    assert of([7, 1, 8, 2], [7, 8, 9]) == pytest.approx(
        {"hit_rate": 1, "recall": 2 / 3, "ndcg": (1 + 1 / log2(4)) / ideal, "mrr": 1, "precision": 2 / 4}
    )


def test_first_hit_at_place_2():
    assert of([5, 6], [6]) == pytest.approx(
        {"hit_rate": 1, "recall": 1, "ndcg": 1 / log2(3), "mrr": 1 / 2, "precision": 1 / 2}
    )


def test_nothing_found_is_nothing():
    assert set(of([1, 2, 3], [4]).values()) == {0}


def test_a_list_that_cannot_hold_all_is_perfect_when_it_is_full():
    assert of([1, 2], [1, 2, 3, 4]) == {"hit_rate": 1, "recall": 1, "ndcg": 1, "mrr": 1, "precision": 1}


def test_empty_places_are_no_hits():
    assert of([3, -1, -1, -1], [3, 4]) == pytest.approx(
        {"hit_rate": 1, "recall": 1 / 2, "ndcg": 1 / (1 + 1 / log2(3)), "mrr": 1, "precision": 1 / 4}
    )


def naive(listed, held):
    k, hits = len(listed), [item in held for item in listed]
    ideal = sum(1 / log2(place + 1) for place in range(1, min(k, len(held)) + 1))
    gained = sum(1 / log2(place + 1) for place, hit in enumerate(hits, start=1) if hit)
    first = next((1 / place for place, hit in enumerate(hits, start=1) if hit), 0)
    return [any(hits), sum(hits) / min(k, len(held)), gained / ideal, first, sum(hits) / k]


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 12))
def test_the_same_numbers_as_a_naive_loop(seed, k):
    rng = np.random.default_rng(seed)
    lists = np.stack([rng.permutation(30)[:k] for _ in range(5)])
    held = [rng.permutation(30)[: rng.integers(1, 20)] for _ in range(5)]
    expected = [naive(row.tolist(), items.tolist()) for row, items in zip(lists, held, strict=True)]
    np.testing.assert_allclose(found(lists, held), expected)


def test_the_best_come_first_and_what_is_not_allowed_not_at_all():
    scores = np.array([[0.1, 0.9, 0.5, 0.7], [4, 3, 2, 1]], np.float32)
    allowed = np.array([[True, True, True, False], [False, True, False, False]])
    assert best(scores, allowed, k=3, rng=np.random.default_rng(0)).tolist() == [[1, 2, 0], [1, -1, -1]]


def test_more_places_than_items_stay_empty():
    lists = best(np.zeros((1, 2), np.float32), np.ones((1, 2), bool), k=5, rng=np.random.default_rng(0))
    assert sorted(lists[0].tolist()) == [-1, -1, -1, 0, 1]


def test_equal_scores_are_drawn_by_lot_wherever_they_stand():
    rng = np.random.default_rng(0)
    scores = np.tile(np.array([1] + [0] * 19, np.float32), (4000, 1))
    lists = best(scores, np.ones(scores.shape, bool), k=4, rng=rng)
    assert (lists[:, 0] == 0).all()
    shares = np.bincount(lists[:, 1:].ravel(), minlength=20)[1:] / len(lists)
    assert shares == pytest.approx(np.full(19, 3 / 19), abs=0.03)


def test_lists_of_equal_scores_are_worth_what_chance_is():
    rng = np.random.default_rng(0)
    lists = best(np.zeros((20_000, 30), np.float32), np.ones((20_000, 30), bool), k=5, rng=rng)
    held = [np.array([0, 1, 2])] * len(lists)
    expected = by_chance(np.array([30]), np.array([3]), k=5)[0]
    assert found(lists, held).mean(axis=0) == pytest.approx(expected, rel=0.05)


def test_chance_by_counting_all_lists():
    """4 items, 2 of them relevant, lists of 2: of the 6 pairs 1 misses; exact by hand."""
    expected = {
        "hit_rate": 5 / 6, "recall": 1 / 2, "ndcg": 1 / 2, "mrr": 1 / 2 + (1 / 2) * (2 / 3) / 2, "precision": 1 / 2,
    }  # fmt: skip
    assert dict(zip(FOUND, by_chance(np.array([4]), np.array([2]), k=2)[0], strict=True)) == pytest.approx(expected)


def test_chance_is_certainty_where_everything_fits_into_the_list():
    told = dict(zip(FOUND, by_chance(np.array([3]), np.array([3]), k=5)[0], strict=True))
    assert told == pytest.approx({"hit_rate": 1, "recall": 1, "ndcg": 1, "mrr": 1, "precision": 3 / 5})


def test_chance_with_few_items_agrees_with_drawing_them():
    rng = np.random.default_rng(1)
    lists = best(rng.random((20_000, 4), np.float32), np.ones((20_000, 4), bool), k=6, rng=rng)
    drawn = found(lists, [np.array([2])] * len(lists)).mean(axis=0)
    assert drawn == pytest.approx(by_chance(np.array([4]), np.array([1]), k=6)[0], rel=0.03)


def test_coverage_counts_what_stands_in_any_list():
    candidates = np.array([True] * 8 + [False] * 2)
    assert coverage(np.array([[0, 1], [1, 2], [2, -1]]), candidates) == 3 / 8


@pytest.fixture
def backdrop():
    """Item 0 is liked by all four, item 1 by two, item 2 by one, item 3 by nobody."""
    log = Log.of([0, 1, 2, 3, 0, 1, 0], [0, 0, 0, 0, 1, 1, 2], n_users=4, n_items=4)
    vectors = np.array([[1, 0], [-1, 0], [0, 1], [0, -1]], np.float32)
    return Backdrop.of(log, vectors, np.ones(4, bool))


def test_novelty_is_the_mean_of_bits(backdrop):
    told = dict(zip(LIKE, backdrop.like(np.array([[0, 1, 2]]), [np.array([0])])[0], strict=True))
    assert told["novelty"] == pytest.approx((0 + 1 + 2) / 3)


def test_popularity_bias_is_how_much_better_known_the_list_is(backdrop):
    (popular,) = backdrop.like(np.array([[0, 1]]), [np.array([2, 3])])
    assert popular[LIKE.index("popularity_bias")] == pytest.approx((7 / 8 + 5 / 8) / 2 - (3 / 8 + 1 / 8) / 2)
    (fair,) = backdrop.like(np.array([[2, 1]]), [np.array([1, 2])])
    assert fair[LIKE.index("popularity_bias")] == pytest.approx(0)


def test_diversity_by_hand(backdrop):
    place = LIKE.index("diversity")
    opposite, right_angle, mixed = backdrop.like(
        np.array([[0, 1, -1], [0, 2, -1], [0, 1, 2]]), [np.array([0])] * 3
    )[:, place]  # fmt: skip
    assert (opposite, right_angle) == pytest.approx((2, 1))
    assert mixed == pytest.approx((2 + 1 + 1) / 3)


def test_diversity_is_the_mean_over_pairs_as_a_loop_says():
    rng = np.random.default_rng(0)
    vectors = rng.standard_normal((20, 6)).astype(np.float32)
    vectors[3] = np.nan
    log = Log.of([0], [0], n_users=1, n_items=20)
    backdrop = Backdrop.of(log, vectors, np.ones(20, bool))
    lists = np.array([[0, 3, 5, 7], [3, 4, -1, -1]])
    told = backdrop.like(lists, [np.array([0])] * 2)[:, LIKE.index("diversity")]
    rows = backdrop.sounds
    assert told[0] == pytest.approx(np.mean([1 - rows[a] @ rows[b] for a, b in combinations([0, 5, 7], 2)]), abs=1e-5)
    assert np.isnan(told[1]), "only one of them has a sound"


def test_without_vectors_diversity_is_not_told():
    backdrop = Backdrop.of(Log.of([0], [0], n_users=1, n_items=3), None, np.ones(3, bool))
    assert np.isnan(backdrop.like(np.array([[0, 1]]), [np.array([0])])[0, LIKE.index("diversity")])
