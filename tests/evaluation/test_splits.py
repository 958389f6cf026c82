import numpy as np
import pytest

from musicdesk.errors import BadRequest, NothingYet
from musicdesk.evaluation.splits import Protocol, shuffled_labels
from musicdesk.recommend.log import Log

USERS, ITEMS, EACH = 40, 60, 20
GROUPS = np.arange(ITEMS) // 3  # three tracks an artist


def a_log(*, timed=True, seed=0):
    """Items come out one after the other, and are heard from then on."""
    rng = np.random.default_rng(seed)
    users = np.repeat(np.arange(USERS), EACH)
    items = np.concatenate([rng.permutation(ITEMS)[:EACH] for _ in range(USERS)])
    times = rng.uniform(items / ITEMS, 1.0) if timed else None
    return Log.of(users, items, rng.uniform(0.1, 1, len(users)), times, n_users=USERS, n_items=ITEMS)


def split(log=None, *, seed=0, **how):
    return Protocol(**how).split(a_log() if log is None else log, GROUPS, rng=np.random.default_rng(seed))


def pairs(log):
    return set(zip(log.users.tolist(), log.items.tolist(), strict=True))


def held_pairs(found):
    return {(u, i) for u, items in zip(found.users.tolist(), found.held, strict=True) for i in items.tolist()}


HOWS = [
    {"kind": kind, "by": by, "holdout": holdout}
    for kind in ("hot", "cold") for by in ("track", "artist") for holdout in ("share", "leave-k", "time")
    if (kind, holdout) != ("cold", "leave-k")
]  # fmt: skip


@pytest.mark.parametrize("how", HOWS, ids=lambda how: "-".join(how.values()))
def test_what_is_asked_is_not_in_what_is_learned_from_and_nothing_else_is_lost(how):
    log, found = a_log(), split(**how)
    known, asked = pairs(found.train), held_pairs(found)
    assert asked
    assert not known & asked
    assert known | asked <= pairs(log)
    if how["holdout"] == "share":
        unasked = pairs(log) - known - asked
        assert len(unasked) < 0.05 * len(log), "of listeners of whom nothing is left"
    assert all(found.candidates[item] for _, item in asked)
    for user, items in zip(found.users.tolist(), found.held, strict=True):
        history = found.train.history(user).items
        assert len(history)
        assert not np.isin(items, history).any()
    if how["kind"] == "cold":
        assert not found.candidates[found.train.items].any(), "somebody has heard a cold item"
    if how["by"] == "artist" and how["kind"] == "hot":
        for user, items in zip(found.users.tolist(), found.held, strict=True):
            assert not np.isin(GROUPS[items], GROUPS[found.train.history(user).items]).any()
    if how["by"] == "artist" and how["kind"] == "cold":
        assert not np.isin(GROUPS[found.train.items], GROUPS[found.candidates]).any()


@pytest.mark.parametrize("how", HOWS, ids=lambda how: "-".join(how.values()))
def test_one_seed_gives_one_split_another_seed_another(how):
    first, again, other = split(**how), split(**how), split(seed=1, **how)
    assert held_pairs(first) == held_pairs(again)
    assert (held_pairs(first) == held_pairs(other)) == (how["holdout"] == "time")


def test_a_share_is_a_share_and_leave_k_takes_k_of_each():
    assert len(held_pairs(split(share=0.25))) == pytest.approx(0.25 * USERS * EACH, rel=0.2)
    assert {len(items) for items in split(holdout="leave-k", leave=4).held} == {4}
    assert split(kind="cold", share=0.2).candidates.sum() == ITEMS / 5


def test_who_has_no_more_than_is_taken_is_not_asked():
    log = Log.of([0, 0, 1, 1, 1, 1], [0, 1, 0, 1, 2, 3], n_users=2, n_items=60)
    found = Protocol(holdout="leave-k", leave=3).split(log, GROUPS, rng=np.random.default_rng(0))
    assert found.users.tolist() == [1]
    assert len(found.train) == 3


def test_a_time_split_asks_for_what_came_later_of_what_was_there_before():
    found = split(holdout="time")
    assert np.array_equal(np.flatnonzero(found.candidates), np.unique(found.train.items))


def test_cold_items_of_a_time_split_were_first_heard_late():
    users = [0, 0, 0, 0, 1, 1, 1, 1]
    items = [0, 1, 2, 5, 0, 1, 2, 6]
    times = [0, 1, 2, 9, 0, 1, 8, 9]
    log = Log.of(users, items, None, times, n_users=2, n_items=60)
    found = Protocol(kind="cold", holdout="time", share=0.4).split(log, np.arange(60), rng=np.random.default_rng(0))
    assert np.flatnonzero(found.candidates).tolist() == [5, 6], "item 2 was heard before"
    assert held_pairs(found) == {(0, 5), (1, 6)}
    assert pairs(found.train) == {(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2)}


def test_what_is_learned_from_in_a_time_split_came_before_all_that_is_asked():
    for kind in ("hot", "cold"):
        for by in ("track", "artist"):
            log, found = a_log(), split(kind=kind, by=by, holdout="time")
            when = dict(zip(zip(log.users.tolist(), log.items.tolist(), strict=True), log.times, strict=True))
            assert max(found.train.times) < min(when[pair] for pair in held_pairs(found))


def test_dislikes_are_not_asked_for():
    degrees = np.where(np.arange(USERS * EACH) % 2, 1.0, -1.0)
    base = a_log()
    log = Log.of(base.users, base.items, degrees, n_users=USERS, n_items=ITEMS)
    liked = {(u, i) for u, i, d in zip(log.users.tolist(), log.items.tolist(), log.degrees, strict=True) if d > 0}
    assert held_pairs(split(log)) <= liked


def test_the_train_part_can_be_split_again():
    for how in HOWS:
        outer = split(**how)
        inner = split(outer.train, seed=1, **how)
        assert not held_pairs(inner) & held_pairs(outer)
        assert inner.candidates.sum() < ITEMS or how["kind"] == "hot"


@pytest.mark.parametrize("kind", ["hot", "cold"])
def test_shuffled_labels_keep_how_much_and_lose_what(kind):
    found = split(kind=kind)
    renamed = shuffled_labels(found, rng=np.random.default_rng(3))
    assert np.array_equal(np.bincount(found.train.users), np.bincount(renamed.train.users))
    counts = [np.sort(np.bincount(one.train.items, minlength=ITEMS)) for one in (found, renamed)]
    assert np.array_equal(*counts)
    assert len(pairs(found.train) & pairs(renamed.train)) < 0.6 * len(found.train)
    assert not pairs(renamed.train) & held_pairs(renamed)
    assert held_pairs(renamed) <= held_pairs(found)
    if kind == "cold":
        assert not renamed.candidates[renamed.train.items].any()


def test_what_cannot_be_split_is_said_in_a_sentence():
    with pytest.raises(BadRequest, match="no times"):
        split(a_log(timed=False), holdout="time")
    with pytest.raises(BadRequest, match="taken away from everyone"):
        Protocol(kind="cold", holdout="leave-k")
    with pytest.raises(BadRequest, match="between 0 and 1"):
        Protocol(share=1.0)
    with pytest.raises(NothingYet, match="too little listening"):
        split(Log.of([0], [0], n_users=1, n_items=ITEMS), holdout="leave-k")
    with pytest.raises(NothingYet):
        split(Log.of([], [], n_users=1, n_items=ITEMS))


def test_a_protocol_says_what_it_does():
    assert str(Protocol()) == "hot, by track, 20 % of the pairs held out"
    assert str(Protocol("cold", "artist", share=0.1)) == "cold, by artist, 10 % of the artists held out"
    assert str(Protocol(holdout="leave-k", leave=3)) == "hot, by track, 3 of each listener held out"
    assert str(Protocol("cold", holdout="time")) == "cold, by track, last 20 % of the tracks to come out held out"
    assert str(Protocol(holdout="time")) == "hot, by track, last 20 % of the listens held out"
