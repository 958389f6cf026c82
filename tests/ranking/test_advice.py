import numpy as np
import pytest

from musicdesk.prototypes.columns import rarity
from musicdesk.ranking.advice import advised

EVERY = np.ones(500, dtype=bool)


def scores(count=500, seed=3):
    return np.random.default_rng(seed).standard_normal(count).astype(np.float32)


def test_a_column_is_on_the_scale_of_the_prototypes():
    column, shares = advised(scores(), EVERY)
    as_prototype, nearness = rarity(scores()[None])
    assert np.array_equal(column, as_prototype[0])
    assert np.array_equal(shares, nearness[0])
    assert column.mean() == pytest.approx(1, abs=0.02)


def test_only_the_order_of_the_scores_counts():
    column, _ = advised(scores(), EVERY)
    assert np.array_equal(column, advised(np.exp(3 * scores()), EVERY)[0])


def test_what_nobody_knows_stands_in_the_middle_and_the_rest_are_told_apart_among_themselves():
    known = np.arange(500) < 40
    column, shares = advised(scores(), known)
    assert set(shares[~known].tolist()) == {0.5}
    assert set(column[~known].tolist()) == {np.float32(-np.log1p(np.float32(-0.5)))}
    assert np.array_equal(column[known], advised(scores()[:40], EVERY[:40])[0])
    assert column[known].max() > column[~known][0] > column[known].min()


def test_where_nothing_is_known_the_column_is_flat():
    column, shares = advised(scores(), ~EVERY)
    assert len(set(column.tolist())) == len(set(shares.tolist())) == 1


def test_scores_that_are_all_alike_push_nobody():
    column, _ = advised(np.zeros(500, np.float32), EVERY)
    assert len(set(column.tolist())) == 1
