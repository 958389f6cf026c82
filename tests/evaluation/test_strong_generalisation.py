"""Strong generalisation: who is asked was never met, and what is hidden is not told."""

import numpy as np
import pytest

from musicdesk.errors import BadRequest, NothingYet
from musicdesk.evaluation import strong_generalisation as strong
from musicdesk.evaluation.strong_generalisation import METRICS, StrongProtocol
from musicdesk.recommend.log import Log


def made_up(listeners=60, items=150, each=12, seed=0):
    rng = np.random.default_rng(seed)
    users = np.repeat(np.arange(listeners), each)
    heard = np.concatenate([rng.choice(items, each, replace=False) for _ in range(listeners)])
    return Log.of(users, heard, n_users=listeners, n_items=items)


def test_nobody_is_in_two_parts_and_everyone_is_asked_once():
    log, asked = made_up(), []
    for number in range(5):
        part = strong.split(log, StrongProtocol(), number)
        groups = [set(part.train.users.tolist()), set(part.validation.users.tolist()), set(part.test.users.tolist())]
        assert not groups[0] & groups[1] | groups[0] & groups[2] | groups[1] & groups[2]
        asked += part.test.users.tolist()
    assert sorted(asked) == list(range(60))


def test_what_is_hidden_is_a_fifth_and_is_not_told():
    log = made_up()
    part = strong.split(log, StrongProtocol(), 0)
    for user, known, held in zip(part.test.users.tolist(), part.test.known, part.test.held, strict=True):
        assert not set(known.items.tolist()) & set(held.tolist())
        assert set(known.items.tolist()) | set(held.tolist()) <= set(log.history(user).items.tolist())
        assert len(known) == 10
        assert part.candidates[held].all()


def test_who_likes_too_little_is_learned_from_and_never_asked():
    log = made_up()
    few = Log.of(np.append(log.users, [60, 60]), np.append(log.items, [0, 1]), n_users=61, n_items=150)
    for number in range(5):
        part = strong.split(few, StrongProtocol(), number)
        assert 60 in part.train.users
        assert 60 not in part.test.users


def test_an_oracle_finds_everything_and_a_lot_finds_what_chance_says():
    part = strong.split(made_up(listeners=200), StrongProtocol(), 0)
    rng = np.random.default_rng(0)
    held = iter(part.test.held)

    def oracle(histories):
        scores = np.zeros((len(histories), 150), np.float32)
        for row in scores:
            row[next(held)] = 1
        return scores

    assert (strong.measured(oracle, part.test, part.candidates, rng=rng) == 1).all()

    def lot(histories):
        return rng.random((len(histories), 150), np.float32)

    by_lot = np.mean([strong.measured(lot, part.test, part.candidates, rng=rng) for _ in range(20)], axis=(0, 1))
    expected = strong.by_chance(part.test, part.candidates).mean(axis=0)
    assert expected.shape == (len(METRICS),)
    assert np.allclose(by_lot, expected, rtol=0.1)


def test_what_cannot_be_is_told():
    with pytest.raises(NothingYet, match="too few"):
        strong.split(made_up(listeners=3), StrongProtocol(), 0)
    with pytest.raises(BadRequest, match="5 splits"):
        strong.split(made_up(), StrongProtocol(), 5)
    with pytest.raises(BadRequest):
        StrongProtocol(hidden=1.0)
