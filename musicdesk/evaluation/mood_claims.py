"""How often the claim of the window is right: calmer, or livelier, by onsets, fullness and tempo alone.

The lists are those of the strength that the window begins with, whatever suits a way best; they are judged by the
function that the window asks (``mood.claims.holds``), and both by what people felt.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from musicdesk.evaluation.mood_data import MoodData, one_hot
from musicdesk.evaluation.mood_metrics import Draws, known_mean
from musicdesk.evaluation.mood_trial import AT_USUAL, Outcome, Split
from musicdesk.evaluation.resampling import Values
from musicdesk.mood.claims import direction_to, holds
from musicdesk.records import FloatArray, IntArray, Measure


@dataclass(frozen=True, slots=True)
class ClaimRow:
    """One way to steer, towards energetic and calm."""

    name: str
    lists: int
    moved: Measure
    """By how much of the library the picks are livelier, or calmer, as asked, by those measures alone."""
    claimed: Measure
    """The share of the lists of which it is claimed."""
    right: Measure | None
    """The share of the lists that really moved as asked, whatever is claimed; None where nobody knows the truth."""
    right_where_claimed: Measure | None
    right_where_not: Measure | None
    """The share of the lists that moved all the same, of those about which the window says nothing is nearby."""


def claim_row(
    data: MoodData, name: str, told: Sequence[tuple[Split, Outcome]], searched: str, *, seed: int
) -> ClaimRow | None:
    """How far the claim can be trusted; None where nothing was measured."""
    if data.lively is None:
        return None
    rows, units = [], []
    for _, outcome in told:
        lists = outcome[searched]
        for case in np.flatnonzero(data.truth[lists.seeds] != lists.targets).tolist():
            seed_row, picks = lists.seeds[case : case + 1], lists.found[AT_USUAL, case]
            way = direction_to(one_hot(lists.targets[case : case + 1])[0])
            said = holds(data.lively, seeds=seed_row, picks=picks, direction=way)
            if said is not None:
                rows.append((_moved(data.lively, seed_row, picks, way), said, _right(data, seed_row, picks, way)))
                units.append(data.artists[seed_row[0]])
    return _row(name, np.array(rows, float), Draws(np.array(units), seed=seed)) if rows else None


def _moved(values: FloatArray, seed: IntArray, picks: IntArray, way: int) -> float:
    return float(way * (known_mean(np.asarray(values[picks], np.float64), axis=0) - values[seed[0]]))


def _right(data: MoodData, seed: IntArray, picks: IntArray, way: int) -> float:
    return np.nan if data.arousal is None else float(_moved(data.arousal, seed, picks, way) > 0)


def _row(name: str, rows: Values, draws: Draws) -> ClaimRow:
    moved, said, right = rows.T
    columns = [moved, said, right, np.where(said > 0, right, np.nan), np.where(said > 0, np.nan, right)]
    first, second, *rest = (draws.measure(column) for column in draws.means(np.stack(columns, axis=1)).T)
    known = [None if np.isnan(measure.mean) else measure for measure in rest]
    return ClaimRow(name, len(rows), first, second, *known)
