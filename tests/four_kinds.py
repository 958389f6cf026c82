"""Four kinds of music, and listeners who like one each: a log of which it is known what can be found."""

import numpy as np

from musicdesk.evaluation.listening_data import ListeningData
from musicdesk.recommend.log import Log

KINDS, USERS, ITEMS, EACH, DIM = 4, 80, 200, 16, 8


def four_kinds(*, seed=0):
    """Listeners hear 15 items of their own kind and one other; a vector lies near the middle of its kind."""
    rng = np.random.default_rng(seed)
    kinds, users, items = np.arange(ITEMS) % KINDS, [], []
    for user in range(USERS):
        own = np.flatnonzero(kinds == user % KINDS)
        items += [*rng.permutation(own)[: EACH - 1], rng.integers(ITEMS)]
        users += [user] * EACH
    vectors = (rng.normal(size=(KINDS, DIM))[kinds] + 0.3 * rng.normal(size=(ITEMS, DIM))).astype(np.float32)
    log = Log.of(users, np.array(items), np.full(len(users), 0.5), n_users=USERS, n_items=ITEMS)
    return ListeningData("four kinds", log, vectors, "made up", np.arange(ITEMS) // 2)
