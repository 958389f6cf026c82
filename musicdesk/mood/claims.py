"""Whether a list is livelier or calmer than its seed by measures that had no part in choosing it.

Onsets, fullness and tempo are kept from moods and from arousal (``measures.HELD_OUT``). Each is ranked within the
library, and their mean is how lively a sound is. They say nothing of valence: of a happier list nothing is claimed.
Where a tempo was asked for or kept, onsets and tempo had a part in the choice; then fullness alone is asked, which is
right as often (see evaluation/moods.md).
"""

from collections.abc import Sequence

import numpy as np

from musicdesk.errors import BadRequest
from musicdesk.mood.measures import Measured, independent, placed
from musicdesk.records import MOODS, FloatArray, IntArray, Mood

MEASURES = ("onsets", "loudness", "tempo")
"""Those of ``measures.independent``."""
LIVELIER, CALMER, UNTESTED = 1, -1, 0
FEWEST = 3
"""Picks that must have been measured."""


def liveliness(measured: Measured, by: Sequence[str] = MEASURES) -> FloatArray:
    """The mean percentile of each sound on these measures, 0 to 1; nan where it was not measured.  # [n]"""
    told = independent(measured)
    ranked = [placed(told[name]) for name in by]
    return np.asarray(np.mean(ranked, axis=0), np.float32)


def direction_to(target: FloatArray) -> int:
    """LIVELIER, CALMER or UNTESTED: what a mix of MOODS asks for more, energetic or calm.  # [4]"""
    asked = float(target[MOODS.index(Mood.ENERGETIC)] - target[MOODS.index(Mood.CALM)])
    return int(np.sign(asked))


def holds(lively: FloatArray, *, seeds: IntArray, picks: IntArray, direction: int) -> bool | None:
    """Whether ``picks`` (rows of ``lively`` [n]) went from ``seeds`` where they were asked to go.

    None where it cannot be tested: no direction, a seed or too many picks that were not measured.
    """
    if direction not in (LIVELIER, CALMER, UNTESTED):
        raise BadRequest("A list is asked to be livelier (1), calmer (-1), or neither (0).")
    before, after = lively[seeds], lively[picks]
    known = np.isfinite(after)
    measured = len(before) and np.isfinite(before).all() and known.sum() >= min(FEWEST, len(picks))
    if direction == UNTESTED or not measured:
        return None
    return bool(len(picks)) and bool(direction * (after[known].mean() - before.mean()) > 0)
