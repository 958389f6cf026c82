"""The gains that the network believes in, measured in a library: what they find, and whether seeds agree.

As at the desk, a network learns from made-up listeners of the library and from what the person there likes, and sets
the gains of what is awake in a taste. So each simulated listener has a network of their own, and some have one a seed.
Likes by one artist are measured too, though at the desk no belief follows from those (see ``belief.MAKERS``).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from musicdesk.evaluation import control
from musicdesk.evaluation.metrics import bootstrap
from musicdesk.evaluation.personal import Simulated
from musicdesk.evaluation.resampling import Difference, Values, differences
from musicdesk.jobs import Job
from musicdesk.prototypes import belief, listeners
from musicdesk.prototypes.listeners import Seams
from musicdesk.prototypes.trained import Trained
from musicdesk.records import FloatArray, IntArray, Measure, Taste

SEEDS, STABLE_LISTENERS = 5, 12
"""Networks that some listeners have each, and how many these are."""
FOUND = ("ndcg@100", "precision@10")


@dataclass(frozen=True, slots=True)
class Believed:
    """How sure believed gains are, over listeners with two prototypes awake or more."""

    seeds: int
    awake: Measure
    """Prototypes that are weighed."""
    gains: Measure
    """Least and largest gain of a listener, as their difference."""
    apart: Measure
    """Mean difference of one prototype's gains between two seeds."""
    same_top: Measure
    """Share of pairs of seeds that give the same prototype the largest gain."""
    beside_one: tuple[tuple[str, str, Difference], ...]
    """Who, and which of FOUND: with these gains, less with gains of 1, for the same listeners."""


def taught(seams: Seams, space: FloatArray, likes: IntArray, *, seed: int = 0) -> Trained:
    """A network that learned from the library's own seams and from what one listener likes, as the desk's does."""
    rng = np.random.default_rng(belief.SEED)
    seams = replace(seams, liked=np.sort(likes))
    rows = belief.with_mine(listeners.draw(seams, count=belief.MADE_UP, rng=rng), seams.liked, rng=rng)
    return belief.learned(rows, space, config=replace(belief.ALONE, seed=seed), job=Job())[0]


def found(scores: FloatArray, one: Simulated) -> tuple[float, ...]:
    """FOUND of the list that ``scores`` [n] of the library make of what may be offered to a listener."""
    lists = one.offered[control.first_of(scores[None, one.offered], control.PLACES)]
    liked = one.offered[one.relevant > 0]
    return float(control.ndcg(lists, liked)[0]), float(np.isin(lists[0, :10], liked).mean())


def dealt(taste: Taste, *, rng: np.random.Generator) -> Taste:
    """The control: every prototype that is awake has the gain of another one."""
    awake = [n for n, prototype in enumerate(taste.prototypes) if belief.is_awake(prototype)]
    order = control.dealt(len(awake), rng=rng)
    found = list(taste.prototypes)
    for place, other in zip(awake, (awake[o] for o in order), strict=True):
        found[place] = replace(taste.prototypes[place], gain=taste.prototypes[other].gain)
    return replace(taste, prototypes=tuple(found))


def believed(
    seams: Seams, space: FloatArray, people: Sequence[Simulated], tastes: Sequence[Taste], networks: Sequence[Trained],
    *, gained: Values, rng: np.random.Generator, job: Job,
) -> Believed | None:  # fmt: skip
    """How sure the gains of everyone's ``networks`` are; None where nobody has two prototypes awake.

    ``gained`` [people, FOUND] is what they find more of than gains of 1 do.
    """
    several = [n for n, taste in enumerate(tastes) if len(_awake(taste)) > 1]
    if not several:
        return None
    some = several[:: max(1, len(several) // STABLE_LISTENERS)]
    apart, same_top, units = [], [], []
    for n in job.each(some, text="Learning what goes with the prototypes, seed by seed"):
        likes = people[n].likes
        more = [taught(seams, space, likes, seed=seed) for seed in range(1, SEEDS)]
        for a, b in combinations([_gains(tastes[n], one, space[likes]) for one in (networks[n], *more)], 2):
            apart.append(float(np.abs(a - b).mean()))
            same_top.append(float(a.argmax() == b.argmax()))
            units.append(n)
    gains = [_gains(tastes[n], networks[n], space[people[n].likes]) for n in several]
    return Believed(
        seeds=SEEDS, awake=bootstrap([float(len(each)) for each in gains], rng=rng),
        gains=bootstrap([float(np.ptp(each)) for each in gains], rng=rng),
        apart=bootstrap(apart, rng=rng, units=units), same_top=bootstrap(same_top, rng=rng, units=units),
        beside_one=_beside_one(people, several, gained, rng),
    )  # fmt: skip


def _awake(taste: Taste) -> IntArray:
    return np.array([n for n, prototype in enumerate(taste.prototypes) if belief.is_awake(prototype)], np.int64)


def _gains(taste: Taste, network: Trained, liked: FloatArray) -> FloatArray:
    """Of what is awake.  # [a]"""
    return np.asarray(belief.weighed(taste, network, liked).gains[_awake(taste)], np.float32)


def _beside_one(
    people: Sequence[Simulated], several: Sequence[int], gained: Values, rng: np.random.Generator
) -> tuple[tuple[str, str, Difference], ...]:
    """For all listeners with two prototypes awake, and by how many genres they like."""
    groups = {"all": list(several)}
    for count in sorted({len(one.genres) for one in people}):
        groups[f"{count} genre{'s' if count > 1 else ''}"] = [n for n in several if len(people[n].genres) == count]
    told = []
    for who, rows in groups.items():
        if rows:
            some = gained[rows]
            found = differences(some, np.zeros_like(some), np.array(rows, np.int64), rng=rng)
            told += [(who, what, one) for what, one in zip(FOUND, found, strict=True) if one is not None]
    return tuple(told)
