"""Two crowds of listeners, each with its own kind of music: a log of which everybody knows the right answer."""

from dataclasses import dataclass, field

import numpy as np

from musicdesk.recommend.log import History, Log

WARM, COLD, DIM = 30, 4, 12
"""Items a crowd that somebody heard, items that nobody heard, and the length of the vectors."""
CROWD = 25
"""Listeners a crowd."""
HEARD, ODD = 12, 1
"""Items a listener heard of the own kind, and of the other."""
N_ITEMS = 2 * (WARM + COLD)


@dataclass(frozen=True, eq=False)
class TwoCrowds:
    """Items 0 to 29 are warm and of kind 0, 30 to 59 warm and of kind 1, 60 to 63 cold of 0, 64 to 67 cold of 1."""

    log: Log
    vectors: np.ndarray
    kinds: np.ndarray = field(default_factory=lambda: np.repeat([0, 1, 0, 1], [WARM, WARM, COLD, COLD]))

    @property
    def warm(self) -> np.ndarray:
        return np.arange(N_ITEMS) < 2 * WARM

    def of(self, kind: int, *, warm: bool = True) -> np.ndarray:
        """The items of one kind that somebody, or nobody, heard."""
        return np.flatnonzero((self.kinds == kind) & (self.warm == warm))

    def history(self, kind: int, count: int = 6) -> History:
        """Someone new who likes ``count`` items of one kind."""
        return History.of(self.of(kind)[:count])


def two_crowds(*, seed: int = 0) -> TwoCrowds:
    """Vectors lie around the middle of their kind; listeners hear 12 of the own kind and one stray."""
    rng = np.random.default_rng(seed)
    users, items = [], []
    for user in range(2 * CROWD):
        own, other = (user % 2) * WARM, (1 - user % 2) * WARM
        heard = [*(own + rng.permutation(WARM)[:HEARD]), *(other + rng.permutation(WARM)[:ODD])]
        users += [user] * len(heard)
        items += [int(item) for item in rng.permutation(heard)]
    times = 1_600_000_000 + 60.0 * np.arange(len(users))
    made = TwoCrowds(Log.of(users, items, times=times, n_users=2 * CROWD, n_items=N_ITEMS), np.zeros((0, DIM)))
    centres = rng.normal(size=(2, DIM))
    return TwoCrowds(made.log, (centres[made.kinds] + 0.5 * rng.normal(size=(N_ITEMS, DIM))).astype(np.float32))


def genres(crowds: TwoCrowds, *, classes: int = 4, seed: int = 1) -> np.ndarray:
    """Class probabilities in place of vectors: a kind is mostly one class.  # [n_items, classes]"""
    rng = np.random.default_rng(seed)
    rows = rng.dirichlet(np.full(classes, 0.5), size=N_ITEMS)
    return (0.25 * rows + 0.75 * np.eye(classes)[crowds.kinds]).astype(np.float32)
