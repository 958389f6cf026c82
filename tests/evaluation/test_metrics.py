import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from musicdesk.errors import BadRequest
from musicdesk.evaluation.metrics import average_precision, bootstrap, k_occurrence_skew, k_occurrences


@pytest.mark.parametrize(
    ("relevant", "expected"),
    [([1, 1, 0, 0], 1), ([0, 0, 0], 0), ([], 0), ([0, 1], 0.5), ([1, 0, 1, 0, 0], (1 + 2 / 3) / 2),
     ([0, 0, 1, 1], (1 / 3 + 1 / 2) / 2)],
)  # fmt: skip
def test_average_precision_by_hand(relevant, expected):
    assert average_precision(np.array(relevant, bool)) == pytest.approx(expected)


@given(st.lists(st.booleans(), max_size=50))
def test_average_precision_lies_between_nothing_and_perfect(relevant):
    value = average_precision(np.array(relevant, bool))
    assert 0 <= value <= 1
    assert (value == 1) == (sum(relevant) > 0 and all(relevant[: sum(relevant)]))


def test_the_interval_holds_the_mean_and_shrinks_with_more_values():
    rng = np.random.default_rng(0)
    few, many = (bootstrap(rng.normal(3, 1, n), rng=rng) for n in (20, 2000))
    for measure in (few, many):
        assert measure.low < measure.mean < measure.high
    assert many.high - many.low < 0.3 * (few.high - few.low)
    assert many.high - many.low == pytest.approx(2 * 1.96 / 2000**0.5, rel=0.15)


def test_values_of_one_unit_stand_or_fall_together():
    values, units = [0.0] * 50 + [1.0] * 50, ["a"] * 50 + ["b"] * 50
    alone = bootstrap(values, rng=np.random.default_rng(0))
    together = bootstrap(values, rng=np.random.default_rng(0), units=units)
    assert (together.n, alone.n) == (2, 100)
    assert together.mean == alone.mean == 0.5
    assert (together.low, together.high) == (0, 1)


def test_nothing_to_average_is_refused():
    with pytest.raises(BadRequest, match="nothing"):
        bootstrap([], rng=np.random.default_rng(0))


def test_a_hub_is_in_everybodys_list():
    near = np.eye(12, dtype=np.float32)
    near[:, 0] = 0.9
    assert k_occurrences(near, k=1)[0] == 11
    assert k_occurrence_skew(near, k=1) > 2


def test_a_ring_has_no_hubs():
    n = 30
    gap = np.abs(np.arange(n)[:, None] - np.arange(n))
    near = -np.minimum(gap, n - gap).astype(np.float32)
    assert k_occurrences(near, k=2).tolist() == [2] * n
    assert k_occurrence_skew(near, k=2) == 0
