import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from musicdesk.ranking.order import top


def slow_top(scores, count, among):
    rows = [row for row in range(len(scores)) if among[row]]
    return sorted(rows, key=lambda row: (-scores[row], row))[:count]


@settings(max_examples=120, deadline=None)
@given(
    n=st.integers(0, 30_000), count=st.integers(0, 400), levels=st.sampled_from([1, 3, 50, 10**6]),
    share=st.sampled_from([0.0, 0.001, 0.3, 1.0]), seed=st.integers(0, 10_000), ordered=st.booleans(),
)  # fmt: skip
def test_the_top_is_what_sorting_everything_gives(n, count, levels, share, seed, ordered):
    rng = np.random.default_rng(seed)
    scores = (rng.integers(levels, size=n) / levels).astype(np.float32)
    scores = np.sort(scores) if ordered else scores
    among = rng.random(n) < share
    assert top(scores, count, among=among).tolist() == slow_top(scores, count, among)


@pytest.mark.parametrize("period", [2, 48, 49])
def test_a_periodic_library_does_not_fool_the_sample(period):
    scores = np.tile(np.arange(period, dtype=np.float32), 200_000 // period)
    assert top(scores, 100).tolist() == slow_top(scores, 100, np.ones(len(scores), bool))


def test_more_than_there_are_gives_all():
    assert top(np.array([1, 3, 2], np.float32), 10).tolist() == [1, 2, 0]
