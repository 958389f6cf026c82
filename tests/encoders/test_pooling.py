import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from musicdesk.encoders.base import Encoded
from musicdesk.encoders.pooling import Standardiser, pool
from musicdesk.errors import BadRequest


def test_a_track_is_the_mean_of_its_windows_and_the_nearest_is_typical() -> None:
    vectors = np.array([[0, 0], [4, 0], [2, 1]], np.float32)
    tags = np.array([[0.0], [1.0], [0.5]], np.float32)
    vector, mean_tags, typical_s = pool(Encoded(vectors, tags), (10.0, 20.0, 30.0))
    np.testing.assert_allclose(vector, [2, 1 / 3])
    np.testing.assert_allclose(mean_tags, [0.5])
    assert typical_s == 30.0


@pytest.mark.parametrize(("count", "starts"), [(0, ()), (2, (0.0,))])
def test_windows_and_places_must_fit(count: int, starts: tuple[float, ...]) -> None:
    with pytest.raises(BadRequest):
        pool(Encoded(np.zeros((count, 3), np.float32), np.zeros((count, 0), np.float32)), starts)


def test_the_space_counts_every_dimension_alike() -> None:
    rng = np.random.default_rng(0)
    matrix = (rng.standard_normal((500, 3)) * (1, 100, 0.01) + (5, -300, 0)).astype(np.float32)
    scaler = Standardiser.fit(matrix)
    scaled = (matrix - scaler.mean) * scaler.scale
    np.testing.assert_allclose(scaled.mean(axis=0), 0, atol=1e-4)
    np.testing.assert_allclose(scaled.std(axis=0), 1, rtol=1e-3)
    np.testing.assert_allclose(np.linalg.norm(scaler.apply(matrix), axis=1), 1, rtol=1e-5)


def test_a_constant_dimension_says_nothing() -> None:
    matrix = np.array([[1, 7, 0], [2, 7, 0], [3, 7, 0]], np.float32)
    assert not Standardiser.fit(matrix).apply(matrix)[:, 1:].any()


def test_a_single_track_keeps_its_direction() -> None:
    row = np.array([[3, 4]], np.float32)
    np.testing.assert_allclose(Standardiser.fit(row).apply(row), [[0.6, 0.8]])


@given(arrays(np.float16, array_shapes(min_dims=2, max_dims=2, max_side=8), elements=st.floats(-1e4, 1e4, width=16)))
def test_rows_are_finite_and_of_unit_length_or_zero(matrix: np.ndarray) -> None:
    rows = Standardiser.fit(matrix.astype(np.float32)).apply(matrix.astype(np.float32))
    lengths = np.linalg.norm(rows, axis=1)
    assert np.isfinite(rows).all()
    assert (np.isclose(lengths, 1, atol=1e-3) | (lengths == 0)).all()


def test_a_foreign_vector_is_refused() -> None:
    scaler = Standardiser.fit(np.eye(3, dtype=np.float32))
    with pytest.raises(BadRequest, match="4"):
        scaler.apply(np.zeros((1, 4), np.float32))


@pytest.mark.parametrize("matrix", [np.zeros((0, 3)), np.full((2, 2), np.nan), np.zeros(3)])
def test_a_space_needs_numbers(matrix: np.ndarray) -> None:
    with pytest.raises(BadRequest):
        Standardiser.fit(matrix.astype(np.float32))
