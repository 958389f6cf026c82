"""Tables of what was measured of words and preference: rows of measures, and whether one row is better than another."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from musicdesk.evaluation.resampling import Difference, Values, differences, means
from musicdesk.records import IntArray, Measure

FINDING = ("recall@1", "recall@10", "mrr", "median_rank")
"""What is told of ranks."""


@dataclass(frozen=True, slots=True)
class Row:
    """One way, with what it reaches."""

    method: str
    measures: Mapping[str, Measure]
    against: Mapping[str, Mapping[str, Difference]] = field(default_factory=dict)
    """Another way → measure → by how much this one is better, tested on the same units."""


@dataclass(frozen=True, slots=True)
class Table:
    """Ways that answer the same questions."""

    name: str
    data: str
    split: str
    rows: tuple[Row, ...]
    chance: Mapping[str, float] = field(default_factory=dict)
    """What comes by chance, by calculation."""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SemanticReport:
    """All that was measured."""

    tables: tuple[Table, ...]
    seeds: tuple[int, ...]
    notes: tuple[str, ...] = ()
    cpu_s: float = 0.0


def rows(
    ways: Mapping[str, Values], metrics: Sequence[str], units: IntArray, *, against: Sequence[str] = (), seed: int = 0
) -> tuple[Row, ...]:
    """A row for each way: the means of its columns [n, len(metrics)] with intervals over ``units`` [n].

    ``against`` names the ways that every other one is tested against, question by question. A median rank is the
    median of the questions, drawn as often as the means are; its column holds ranks.
    """
    return tuple(
        Row(
            name,
            _measures(values, metrics, units, seed),
            {
                other: _beside(values, ways[other], metrics, units, seed)
                for other in against
                if other in ways and other != name
            },
        )
        for name, values in ways.items()
    )


def row_of(table: Table, method: str) -> Row:
    """The row of one way."""
    return next(row for row in table.rows if row.method == method)


def of_ranks(ranks: IntArray) -> Values:
    """FINDING of places in a list, the first is 1.  # [n] -> [n, 4]"""
    places = np.asarray(ranks, np.float64)
    return np.stack([places <= 1, places <= 10, 1 / places, places], axis=1).astype(np.float64)


def by_chance(pool: Sequence[int]) -> dict[str, float]:
    """What a list in chance order reaches of recall, over questions with so many answers to choose from."""
    sizes = np.asarray(pool, np.float64)
    return {
        "recall@1": float(np.mean(1 / sizes)),
        "recall@10": float(np.mean(np.minimum(10 / sizes, 1))),
        "median_rank": float(np.median((sizes + 1) / 2)),
    }


def _measures(values: Values, metrics: Sequence[str], units: IntArray, seed: int) -> dict[str, Measure]:
    told = means(values, units, rng=np.random.default_rng([seed, 71]))
    found = {name: one for name, one in zip(metrics, told, strict=True) if one is not None}
    for place, name in enumerate(metrics):
        if name.startswith("median"):
            found[name] = _median(values[:, place], units, np.random.default_rng([seed, 72]))
    return found


def _beside(
    ours: Values, theirs: Values, metrics: Sequence[str], units: IntArray, seed: int
) -> dict[str, Difference]:  # fmt: skip
    told = differences(ours, theirs, units, rng=np.random.default_rng([seed, 73]))
    return {
        name: one for name, one in zip(metrics, told, strict=True) if one is not None and not name.startswith("median")
    }


def _median(values: Values, units: IntArray, rng: np.random.Generator, repeats: int = 500) -> Measure:
    """The median with its 95 % interval over units."""
    members = [np.flatnonzero(units == unit) for unit in np.unique(units)]
    drawn = [
        np.median(values[np.concatenate([members[one] for one in rng.integers(len(members), size=len(members))])])
        for _ in range(repeats)
    ]
    low, high = np.percentile(drawn, [2.5, 97.5])
    return Measure(float(np.median(values)), float(low), float(high), len(members))
