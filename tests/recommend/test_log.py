import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from musicdesk.errors import BadRequest
from musicdesk.recommend.log import History, Log


def test_it_is_sorted_by_listener_then_time_then_as_given():
    log = Log.of(
        [1, 0, 1, 0, 1], [0, 1, 2, 3, 4], [1, 2, 3, 4, 5], [20.0, 9.0, 10.0, 9.0, np.nan], n_users=2, n_items=5
    )
    assert log.users.tolist() == [0, 0, 1, 1, 1]
    assert log.items.tolist() == [1, 3, 4, 2, 0]  # without a time: before those with one
    assert log.degrees.tolist() == [2, 4, 5, 3, 1]


def test_a_history_is_one_listeners_part_oldest_first():
    log = Log.of([2, 0, 2], [1, 0, 0], times=[5.0, 1.0, 4.0], n_users=4, n_items=2)
    assert log.history(2).items.tolist() == [0, 1]
    assert [len(history) for history in log.histories([0, 1, 2, 3])] == [1, 0, 2, 0]


def test_the_matrix_sums_what_comes_twice_and_leaves_dislikes_out():
    log = Log.of([0, 0, 0, 1], [1, 1, 0, 0], [0.5, 0.25, -1.0, 1.0], n_users=2, n_items=3)
    np.testing.assert_array_equal(log.matrix().toarray(), [[0, 0.75, 0], [1, 0, 0]])
    np.testing.assert_array_equal(log.matrix(binary=True).toarray(), [[0, 1, 0], [1, 0, 0]])
    assert log.matrix().dtype == np.float32
    assert log.listeners.tolist() == [0, 1]


def test_only_keeps_the_rows_of_listeners_and_items():
    log = Log.of([0, 1, 2], [2, 1, 0], n_users=3, n_items=3)
    part = log.only(log.users != 1)
    assert (part.n_users, part.n_items) == (3, 3)
    assert part.users.tolist() == [0, 2]
    assert len(part.history(1)) == 0


def test_a_row_sums_degrees_and_keeps_the_sign_under_any_power():
    history = History.of([0, 2, 2, 3], [0.25, 0.5, 0.5, -0.25])
    np.testing.assert_allclose(history.row(5), [0.25, 0, 1, -0.25, 0])
    np.testing.assert_allclose(history.row(5, power=0.5), [0.5, 0, 1, -0.5, 0])
    np.testing.assert_allclose(history.row(5, power=0), [1, 0, 1, -1, 0])


def test_an_empty_log_is_no_trouble():
    log = Log.of([], [], n_users=0, n_items=7)
    assert log.matrix().shape == (0, 7)
    assert len(log) == len(log.listeners) == len(log.history(0)) == 0


@pytest.mark.parametrize(
    ("columns", "sentence"),
    [
        (([0, 2], [0, 0]), "2 listeners"),
        (([0, -1], [0, 0]), "2 listeners"),
        (([0, 1], [0, 3]), "3 items"),
        (([0, 1], [0]), "same length"),
        (([0, 1], [0, 1], [1.0]), "same length"),
        (([0, 1], [0, 1], [1.0, np.nan]), "finite"),
        (([0.5, 1.0], [0, 1]), "whole numbers"),
    ],
)
def test_what_cannot_be_a_log_is_refused(columns, sentence):
    with pytest.raises(BadRequest, match=sentence):
        Log.of(*columns, n_users=2, n_items=3)


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 6), st.floats(0, 9) | st.just(float("nan"))), max_size=40))
def test_histories_put_together_are_the_log(listens):
    users, items, times = zip(*listens, strict=True) if listens else ((), (), ())
    log = Log.of(users, items, times=times, n_users=5, n_items=7)
    together = np.concatenate([history.items for history in log.histories(range(5))])
    np.testing.assert_array_equal(together, log.items)
    assert sorted(zip(log.users.tolist(), log.items.tolist(), strict=True)) == sorted(zip(users, items, strict=True))
    for user in range(5):
        known = [t for t in log.times[log.users == user] if not np.isnan(t)]
        assert known == sorted(known)
