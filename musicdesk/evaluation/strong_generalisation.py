"""Listeners whom nobody has met: methods learn from some people and are asked about others.

Strong generalisation after Marlin (2004), as Liang et al. measure Mult-VAE (WWW 2018): the listeners are parted into
those to learn from, some to choose settings by, and some that are asked in the end. Of whoever is asked a method sees
four fifths of what they like and has to find the rest among all that somebody in the train part likes. Recall@20 and
@50 (hits over the smaller of k and what is hidden) and NDCG@100, as published.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from musicdesk.errors import BadRequest, NothingYet
from musicdesk.evaluation import list_metrics
from musicdesk.evaluation.resampling import Values
from musicdesk.recommend.log import BoolArray, History, Log
from musicdesk.records import FloatArray, IntArray

METRICS = ("recall@20", "recall@50", "ndcg@100")
PLACES = 100
CHUNK = 256
"""Listeners whose scores are in memory at a time."""

Scorer = Callable[[Sequence[History]], FloatArray]
"""Histories of some listeners [m] -> scores of all items [m, n_items]."""


@dataclass(frozen=True, slots=True)
class StrongProtocol:
    """Who is asked, and how much of them is hidden."""

    parts: int = 5
    """The listeners are dealt into so many parts; each split asks another one, so that nobody is asked twice."""
    validation: float = 0.1
    """The share of the listeners by whom settings are chosen."""
    hidden: float = 0.2
    """The share of what a listener likes that is to be found."""
    fewest: int = 5
    """Who likes less is learned from, and never asked."""
    seed: int = 0
    """Of the parting."""

    def __post_init__(self) -> None:
        if not (self.parts >= 2 and 0 < self.validation < 0.5 and 0 < self.hidden < 1 and self.fewest >= 2):
            raise BadRequest("Two or more parts, and shares between 0 and 1 (validation: below a half).")


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """Listeners who are asked, with what is known of them and what is to be found."""

    users: IntArray  # [m]
    known: tuple[History, ...]  # [m]
    held: tuple[IntArray, ...]  # [m] items, one at least, none of them known


@dataclass(frozen=True, slots=True, eq=False)
class StrongSplit:
    """One parting of the listeners."""

    number: int
    train: Log
    """What the listeners of the train part did; the others' rows are empty."""
    validation: Asked
    test: Asked
    candidates: BoolArray  # [n_items] what somebody in the train part likes


def split(log: Log, protocol: StrongProtocol, number: int) -> StrongSplit:
    """Split number ``number`` of ``log``, 0 to ``protocol.parts`` - 1; raises NothingYet with too few listeners."""
    if not 0 <= number < protocol.parts:
        raise BadRequest(f"There are {protocol.parts} splits, and {number} is none of them.")
    rng = np.random.default_rng([protocol.seed, 1])
    liked = log.degrees > 0
    sizes = np.bincount(log.users[liked], minlength=log.n_users)
    able = rng.permutation(np.flatnonzero(sizes >= protocol.fewest))
    test = able[number :: protocol.parts]
    rest = np.random.default_rng([protocol.seed, 2, number]).permutation(np.setdiff1d(able, test))
    aside = rest[: round(protocol.validation * len(able))]
    if not len(aside) or not len(test) or len(rest) - len(aside) < 2:
        raise NothingYet(f"{len(able)} listeners like {protocol.fewest} or more items: too few to be parted in three.")
    train = log.only(liked & ~np.isin(log.users, np.concatenate([test, aside])))
    candidates = np.bincount(train.items, minlength=log.n_items) > 0
    told = [
        _asked(log, who, candidates, protocol, rng=np.random.default_rng([protocol.seed, 3 + place, number]))
        for place, who in enumerate((aside, test))
    ]
    return StrongSplit(number, train, validation=told[0], test=told[1], candidates=candidates)


def _asked(
    log: Log, users: IntArray, candidates: BoolArray, protocol: StrongProtocol, *, rng: np.random.Generator
) -> Asked:
    """Hide some of what each likes; who has nothing left to be found, or nothing to be known by, is not asked."""
    found = []
    for user in np.sort(users).tolist():
        history = log.history(user)
        liked = np.flatnonzero(history.degrees > 0)
        count = max(1, round(protocol.hidden * len(liked)))
        hidden = np.zeros(len(history), bool)
        hidden[rng.permutation(liked)[:count]] = True
        known = History(history.items[~hidden], history.degrees[~hidden])
        held = np.unique(history.items[hidden])
        held = held[candidates[held] & ~np.isin(held, known.items)]
        if len(held) and candidates[known.items].any():
            found.append((user, known, held))
    if not found:
        raise NothingYet("Nobody who is asked likes anything that others like too.")
    who, histories, to_find = zip(*found, strict=True)
    return Asked(np.array(who, np.int64), histories, to_find)


def measured(scorer: Scorer, asked: Asked, candidates: BoolArray, *, rng: np.random.Generator) -> Values:
    """METRICS of the lists of everyone who is asked.  # [m, 3]"""
    parts = []
    for start in range(0, len(asked.users), CHUNK):
        histories, held = asked.known[start : start + CHUNK], asked.held[start : start + CHUNK]
        scores = scorer(histories)
        lists = list_metrics.best(scores, _allowed(histories, candidates), k=PLACES, rng=rng)
        parts.append(_values(lists, held))
    return np.concatenate(parts)


def by_chance(asked: Asked, candidates: BoolArray) -> Values:
    """METRICS as expected of lists drawn by lot.  # [m, 3]"""
    allowed = _allowed(asked.known, candidates).sum(axis=1)
    relevant = np.array([len(items) for items in asked.held])
    told = {k: list_metrics.by_chance(allowed, relevant, k=k) for k in (20, 50, PLACES)}
    return _columns(told)


def _values(lists: IntArray, held: Sequence[IntArray]) -> Values:
    return _columns({k: list_metrics.found(lists[:, :k], held) for k in (20, 50, PLACES)})


def _columns(told: dict[int, Values]) -> Values:
    recall, ndcg = list_metrics.FOUND.index("recall"), list_metrics.FOUND.index("ndcg")
    return np.stack([told[20][:, recall], told[50][:, recall], told[PLACES][:, ndcg]], axis=1)


def _allowed(histories: Sequence[History], candidates: BoolArray) -> BoolArray:
    """The candidates that each listener has not heard.  # [m, n_items]"""
    allowed = np.tile(candidates, (len(histories), 1))
    for row, history in enumerate(histories):
        allowed[row, history.items] = False
    return allowed
