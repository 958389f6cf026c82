"""The space follows the vectors: what is new goes in, what was handed out stays, and it stays true to the library."""

import numpy as np
import pytest

from musicdesk.desk.space import REFIT, Space
from musicdesk.records import EncoderKey, Vectors

KEY = EncoderKey("e", "1", "f")
N, DIM = 2000, 24


def vectors(matrix, key=KEY):
    n = len(matrix)
    empty = np.zeros((n, 0), np.float32)
    return Vectors(key, tuple(f"h{row}" for row in range(n)), matrix, empty, (), np.zeros(n, np.float32))


@pytest.fixture
def matrix():
    rng = np.random.default_rng(1)
    scale, middle = rng.uniform(0.1, 30, DIM), rng.uniform(-5, 5, DIM)
    return (rng.standard_normal((N + 200, DIM)) * scale + middle).astype(np.float32)


def closeness(space, other):
    return np.einsum("ij,ij->i", space.rows, other.rows)


def test_few_new_sounds_are_put_behind_the_others_without_making_all_anew(matrix):
    before = Space.of(vectors(matrix[:N]))
    old_rows, old_crowd = before.rows.copy(), before.crowd
    after = before.following(vectors(matrix[: N + 16]))
    assert after.rows.base is before.rows.base
    assert np.array_equal(before.rows, old_rows)
    assert np.array_equal(after.rows[:N], old_rows)
    assert np.array_equal(after.crowd.mean[:N], old_crowd.mean)
    truth = Space.of(vectors(matrix[: N + 16]))
    assert closeness(after, truth).min() > 0.9999
    assert np.allclose(after.crowd.spread, truth.crowd.spread, rtol=0.02)


def test_a_sound_that_was_heard_anew_is_another_and_earlier_pictures_keep_the_old_one(matrix):
    before = Space.of(vectors(matrix[:N]))
    _ = before.crowd
    kept = before.rows.copy()
    changed = matrix[:N].copy()
    changed[[3, 700]] = matrix[[N + 1, N + 2]]
    after = before.following(vectors(changed))
    assert np.array_equal(before.rows, kept)
    assert np.flatnonzero((after.rows != before.rows).any(axis=1)).tolist() == [3, 700]
    assert closeness(after, Space.of(vectors(changed))).min() > 0.9999


def test_mean_and_scale_are_learned_again_when_the_library_has_grown(matrix):
    space = Space.of(vectors(matrix[:N]))
    for count in range(N, N + 200, 16):
        space = space.following(vectors(matrix[:count]))
        truth = Space.of(vectors(matrix[:count]))
        assert closeness(space, truth).min() > 0.999
    fresh = Space.of(vectors(matrix[:N])).following(vectors(matrix[: int(N * (1 + REFIT)) + 2]))
    assert np.array_equal(fresh.rows, Space.of(vectors(matrix[: len(fresh.rows)])).rows)


@pytest.mark.parametrize("what", ["fewer", "others", "encoder"])
def test_what_cannot_follow_is_made_anew(matrix, what):
    before = Space.of(vectors(matrix[:N]))
    after = {
        "fewer": vectors(matrix[: N - 1]),
        "others": vectors(matrix[:N][::-1].copy()),
        "encoder": vectors(matrix[:N, :8].copy(), EncoderKey("other", "1", "f")),
    }[what]
    assert np.array_equal(before.following(after).rows, Space.of(after).rows)
