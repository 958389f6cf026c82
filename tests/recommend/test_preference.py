import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from musicdesk.errors import BadRequest
from musicdesk.recommend.preference import degree, degrees


def test_nothing_said_and_nothing_done_is_nothing():
    assert degree() == 0


def test_what_was_said_goes_before_what_was_done():
    assert degree(plays=100, disliked=True) == -1
    assert degree(skips=100, liked=True) == 1
    assert degree(plays=100, stars=1) < 0 < degree(skips=100, stars=4)


def test_stars_are_a_fifth_each_and_few_speak_against():
    assert [round(degree(stars=stars), 2) for stars in (5, 4, 3, 2, 1, 0)] == [1.0, 0.8, 0.6, -0.33, -0.67, -1.0]


def test_plays_count_by_their_logarithm_over_the_most_played():
    np.testing.assert_allclose(degrees([0, 1, 3, 7]), [0, 1 / 3, 2 / 3, 1], atol=1e-6)
    assert degree(plays=3, most=7) == pytest.approx(2 / 3)
    assert degree(plays=1000, most=7) == 1


def test_skips_take_away_and_in_the_end_speak_against():
    assert degree(plays=4) > degree(plays=4, skips=1) > 0 > degree(plays=1, skips=5) > degree(skips=6) >= -0.5


def test_columns_are_taken_row_by_row():
    found = degrees([5, 0, 0], stars=[np.nan, 4, np.nan], disliked=[False, False, True])
    np.testing.assert_allclose(found, [1, 0.8, -1])
    assert degrees([]).shape == (0,)


@pytest.mark.parametrize("wrong", [{"plays": -1}, {"skips": -1}, {"stars": 6}, {"stars": -0.5}])
def test_what_cannot_be_is_refused(wrong):
    with pytest.raises(BadRequest):
        degree(**wrong)


@given(
    st.integers(0, 10**6),
    st.integers(0, 10**6),
    st.none() | st.floats(0, 5),
    st.booleans(),
    st.booleans(),
)
def test_it_lies_between_minus_one_and_one(plays, skips, stars, liked, disliked):
    assert -1 <= degree(plays=plays, skips=skips, stars=stars, liked=liked, disliked=disliked) <= 1


@given(st.integers(0, 1000), st.integers(0, 1000))
def test_one_more_play_never_takes_away(plays, skips):
    assert degree(plays=plays + 1, skips=skips, most=2000) >= degree(plays=plays, skips=skips, most=2000) - 1e-6
