import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from made_up_libraries import grouped

from musicdesk.evaluation.metrics import k_occurrence_skew
from musicdesk.prototypes.columns import crowd, percentiles, prototype_columns, rarity, similarity_columns


def hubby(n=400, dim=60, seed=0):
    """Unit rows off the origin: those near the common direction are near to everything."""
    space = np.random.default_rng(seed).standard_normal((n, dim)) + 0.5
    return (space / np.linalg.norm(space, axis=1, keepdims=True)).astype(np.float32)


def test_columns_have_mean_one_and_deviation_one_whatever_the_library():
    for library in (grouped((500, 20)), grouped((200, 200, 200), noise=1.5)):
        columns, _ = prototype_columns(library.space, library.space[:4])
        assert columns.mean(axis=1) == pytest.approx(1, abs=0.02)
        assert columns.std(axis=1) == pytest.approx(1, abs=0.05)


def test_columns_are_contiguous_float32():
    library = grouped()
    for array in prototype_columns(library.space, library.space[:3]):
        assert array.shape == (3, 120)
        assert array.dtype == np.float32
        assert array.flags.c_contiguous


def test_a_track_is_nearest_to_itself():
    library = grouped((300, 300), noise=1.0)
    _, shares = prototype_columns(library.space, library.space[:50])
    assert shares[:, :50].diagonal() == pytest.approx(1 - 0.5 / 600)


def test_the_crowd_is_the_mean_and_deviation_of_all_cosines():
    space = hubby(200, 12)
    cosines = space @ space.T
    around = crowd(space)
    assert around.mean == pytest.approx(cosines.mean(axis=1), abs=1e-5)
    assert around.spread == pytest.approx(cosines.std(axis=1), abs=1e-4)


def test_mutual_proximity_takes_hubs_down():
    space = hubby()
    assert k_occurrence_skew(similarity_columns(space, space)) < 0.5 * k_occurrence_skew(space @ space.T)


def test_a_given_crowd_changes_nothing():
    space = hubby()
    assert np.array_equal(
        similarity_columns(space, space[:3]), similarity_columns(space, space[:3], around=crowd(space))
    )


def test_without_the_correction_columns_are_cosines():
    library = grouped()
    assert similarity_columns(library.space, library.space[:2], hubness=False) == pytest.approx(
        library.space[:2] @ library.space.T, abs=1e-6
    )


@pytest.mark.parametrize("n", [1, 2, 3])
def test_a_tiny_library_has_finite_columns(n):
    library = grouped((n,))
    columns, shares = prototype_columns(library.space, library.space[:1])
    assert np.isfinite(columns).all()
    assert ((shares > 0) & (shares < 1)).all()


def test_ties_share_the_middle():
    shares = percentiles(np.array([[2, 1, 2, 5]], dtype=np.float32))
    assert shares[0].tolist() == [0.5, 0.125, 0.5, 0.875]


@settings(max_examples=60, deadline=None)
@given(arrays.arrays(np.float32, st.integers(1, 60), elements=st.floats(-5, 5, width=32)))
def test_percentiles_keep_the_order_and_average_to_a_half(column):
    columns, shares = rarity(column[None])
    assert shares.mean() == pytest.approx(0.5, abs=1e-4)
    order = np.argsort(column, kind="stable")
    assert (np.diff(shares[0][order]) >= 0).all()
    assert ((np.diff(column[order]) > 0) == (np.diff(columns[0][order]) > 0)).all()
