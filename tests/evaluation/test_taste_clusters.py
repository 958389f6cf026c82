"""A made-up log is what it says: clusters, skew, noise, nothing told twice, and the best is known."""

import numpy as np
import pytest

from musicdesk.errors import BadRequest
from musicdesk.evaluation.taste_clusters import CLUSTERS, FEWEST_ITEMS, HELD_OUT, NOISE, make


@pytest.fixture(scope="module")
def made():
    return make(400, 3000, rng=np.random.default_rng(3))


def test_listeners_keep_to_their_clusters_but_for_the_noise(made):
    told = made.tastes[made.log.users, made.clusters[made.log.items]] > 0
    assert 1 - 1.5 * NOISE < told.mean() < 1 - 0.5 * NOISE
    liked = (made.tastes > 0).sum(axis=1)
    assert set(np.unique(liked)) == {1, 2, 3, 4}
    assert np.allclose(made.tastes.sum(axis=1), 1, atol=1e-5)


def test_a_few_items_are_heard_by_many_and_cold_ones_by_nobody(made):
    heard = np.bincount(np.concatenate([made.log.items, made.held_items]), minlength=3000)
    assert heard[made.cold].sum() == 0
    assert made.cold.mean() == pytest.approx(0.05)
    assert np.sort(heard)[::-1][:150].sum() > 0.25 * heard.sum()


def test_what_is_held_out_is_not_in_the_log_and_every_listener_has_some(made):
    told = set(zip(made.log.users.tolist(), made.log.items.tolist(), strict=True))
    held = set(zip(made.held_users.tolist(), made.held_items.tolist(), strict=True))
    assert not told & held
    assert len(told) == len(made.log)
    assert {user for user, _ in held} == set(range(400))
    assert len(held) / (len(held) + len(told)) == pytest.approx(HELD_OUT, abs=0.03)
    assert set(made.held_out(7).tolist()) == {item for user, item in held if user == 7}


def test_sound_tells_the_cluster_better_than_chance_and_not_always(made):
    told = made.classes.argmax(axis=1) == made.clusters
    assert 0.5 < told.mean() < 0.99
    assert np.allclose(made.classes.sum(axis=1), 1, atol=1e-5)
    assert np.unique(made.clusters).size == CLUSTERS


def test_the_best_that_can_be_known_ranks_the_own_clusters_first(made):
    scores = made.known_best(np.array([5]))[0]
    own = made.own(5)
    cold = np.flatnonzero(made.cold)
    best_cold = cold[np.argsort(-scores[cold])[: int(own[cold].sum())]]
    assert own[best_cold].all()
    assert own[np.argsort(-scores)[:10]].mean() > 0.8
    assert scores[made.cold].max() < scores[~made.cold].min()


def test_the_same_seed_draws_the_same_log_and_another_seed_another():
    first, again, other = (make(50, 900, rng=np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert np.array_equal(first.log.items, again.log.items)
    assert np.array_equal(first.vectors, again.vectors)
    assert not np.array_equal(first.log.items[:100], other.log.items[:100])


@pytest.mark.parametrize(("users", "items"), [(19, 1000), (100, FEWEST_ITEMS - 1)])
def test_a_log_that_is_too_small_is_refused(users, items):
    with pytest.raises(BadRequest, match="at least"):
        make(users, items, rng=np.random.default_rng(0))
