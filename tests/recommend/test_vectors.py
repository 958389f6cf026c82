import numpy as np
import pytest

from musicdesk.errors import BadRequest
from musicdesk.recommend.vectors import filled, needed, present, unit


@pytest.fixture
def some():
    rows = np.random.default_rng(0).normal(loc=5, scale=[1, 100, 0.01], size=(50, 3)).astype(np.float32)
    rows[7] = np.nan
    rows[8, 1] = np.nan
    return rows


def test_rows_are_unit_vectors_and_those_that_lack_stay_so(some):
    scaled = unit(some)
    known = present(some)
    assert known.sum() == 48
    np.testing.assert_allclose(np.linalg.norm(scaled[known], axis=1), 1, rtol=1e-5)
    assert np.isnan(scaled[~known]).all()
    assert scaled.dtype == np.float32
    assert not filled(scaled)[~known].any()


def test_every_dimension_weighs_alike(some):
    deviations = unit(some)[present(some)].std(axis=0)
    assert deviations.max() / deviations.min() < 1.3


def test_scale_and_place_of_a_dimension_do_not_matter(some):
    np.testing.assert_allclose(unit(some * 3 + 2), unit(some), atol=1e-3)


def test_a_dimension_that_does_not_vary_says_nothing(some):
    some[:, 2] = 4
    assert not unit(some)[present(some), 2].any()


def test_a_row_in_the_centre_is_like_nothing():
    rows = np.array([[1, 1], [-1, 1], [1, -1], [-1, -1], [0, 0]], np.float32)
    assert not unit(rows)[4].any()


@pytest.mark.parametrize("count", [0, 1, 2])
def test_too_few_to_scale_are_left_in_their_direction(count):
    rows = np.full((count, 2), 3, np.float32)
    np.testing.assert_allclose(unit(rows), np.full((count, 2), np.sqrt(0.5)), rtol=1e-6)


def test_what_does_not_fit_the_log_is_refused(some):
    assert needed(some, 50) is some
    for wrong in (None, some[:-1], np.full((50, 3), np.nan), some.ravel()):
        with pytest.raises(BadRequest):
            needed(wrong, 50)
