import numpy as np
import pytest

from musicdesk.errors import BadRequest
from musicdesk.evaluation.metrics import bootstrap
from musicdesk.evaluation.resampling import differences, means, over_seeds


def rng():
    return np.random.default_rng(0)


def test_the_same_interval_as_the_plain_bootstrap():
    values = rng().random(200)
    units = np.arange(200) // 2
    ours = means(values[:, None], units, rng=rng())[0]
    theirs = bootstrap(values, rng=rng(), units=units.tolist())
    assert (ours.mean, ours.n) == (pytest.approx(theirs.mean), theirs.n)
    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high), abs=0.01)


def test_the_interval_holds_the_truth_19_times_of_20():
    held = 0
    for seed in range(200):
        drawn = np.random.default_rng(seed)
        measure = means(drawn.normal(3, 1, (40, 1)), np.arange(40), rng=drawn)[0]
        held += measure.low < 3 < measure.high
    assert 178 <= held <= 198


def test_several_seeds_of_one_listener_are_drawn_together():
    values, units = np.repeat(rng().random(50), 4)[:, None], np.repeat(np.arange(50), 4)
    together, alone = means(values, units, rng=rng())[0], means(values, np.arange(200), rng=rng())[0]
    assert (together.n, alone.n) == (50, 200)
    assert together.high - together.low > 1.5 * (alone.high - alone.low)


def test_a_paired_difference_is_seen_where_the_intervals_overlap():
    base = rng().normal(0, 5, 300)
    ours, theirs = (base + 0.5)[:, None], (base + rng().normal(0, 0.1, 300))[:, None]
    units = np.arange(300)
    a, b = means(ours, units, rng=rng())[0], means(theirs, units, rng=rng())[0]
    difference = differences(ours, theirs, units, rng=rng())[0]
    assert a.low < b.high, "the two alone would not be told apart"
    assert difference.clear
    assert difference.p < 0.01
    assert difference.measure.mean == pytest.approx(0.5, abs=0.05)


def test_no_difference_is_none():
    values = rng().random((100, 1))
    same = differences(values, values, np.arange(100), rng=rng())[0]
    assert (same.measure.mean, same.p, same.clear) == (0, 1, False)


def test_p_is_small_as_often_as_it_says_where_nothing_differs():
    drawn = np.random.default_rng(1)
    small = sum(
        differences(drawn.normal(size=(60, 1)), drawn.normal(size=(60, 1)), np.arange(60), rng=drawn)[0].p < 0.1
        for _ in range(200)
    )
    assert 8 <= small <= 36


def test_what_was_not_measured_does_not_count():
    values = np.array([[1.0, np.nan], [np.nan, np.nan], [3.0, np.nan]])
    first, second = means(values, np.arange(3), rng=rng())
    assert (first.mean, first.n) == (2, 2)
    assert second is None


def test_what_each_split_has_one_of_tells_least_and_most():
    measure = over_seeds([0.2, 0.4, 0.3])
    assert (measure.mean, measure.low, measure.high, measure.n) == (pytest.approx(0.3), 0.2, 0.4, 3)


def test_nothing_to_average_is_refused():
    with pytest.raises(BadRequest, match="nothing"):
        means(np.zeros((0, 2)), np.zeros(0, np.int64), rng=rng())
