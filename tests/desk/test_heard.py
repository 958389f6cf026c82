"""The listening as rows of the library."""

import numpy as np
from made_up_listening import ROWS, heard

from musicdesk.desk.heard import ME


def test_only_what_is_in_the_library_counts():
    found = heard()
    assert found.sounds == ("1:a", "1:b", "1:c")
    assert len(found.log) == 5
    assert heard(known=("1:x",)).listeners == ()


def test_whoever_likes_something_is_a_listener_and_what_was_only_said_counts_as_one_play():
    found = heard()
    assert found.listeners == (ME, "anna")
    assert (found.others, found.own) == (1, 2)
    assert [found.plays_of(name) for name in (ME, "anna", "bert", "nobody")] == [5, 7, 0, 0]
    assert [found.liked_by(name) for name in (ME, "anna", "bert", "nobody")] == [2, 1, 0, 0]
    assert found.listens == 12


def test_a_history_is_of_the_rows_that_are_asked_for_oldest_first():
    rows = {"1:b": 7, "1:a": 3, "1:c": 5}
    history = heard().history(ME, rows)
    assert history.items.tolist() == [5, 7, 3]
    assert history.degrees.tolist() == [-1.0, np.float32(0.4), 1.0]
    assert len(heard().history(ME, {"1:z": 0})) == 0
    assert len(heard().history("nobody", rows)) == 0


def test_the_log_is_laid_out_over_the_rows_that_are_asked_for():
    log = heard().over({"1:b": 1, "1:c": 0}, n_items=4)
    assert (log.n_users, log.n_items) == (3, 4)
    assert list(zip(log.users.tolist(), log.items.tolist(), strict=True)) == [(0, 0), (0, 1), (1, 1), (2, 0)]
    assert log.matrix().shape == (3, 4)


def test_no_listening_at_all_is_no_trouble():
    empty = heard(rows=ROWS[:1], known=())
    assert (empty.own, empty.listens, empty.sounds) == (0, 0, ())
    assert len(empty.over({"1:a": 0}, n_items=1)) == 0
    assert len(empty.history(ME, {"1:a": 0})) == 0
