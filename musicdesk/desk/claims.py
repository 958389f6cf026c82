"""What must be told of a list: that it is not what was asked for, or that nobody is sure of a mood here."""

from collections.abc import Mapping, Sequence

import numpy as np

from musicdesk.desk.bearings import Bearings
from musicdesk.desk.departures import Departure
from musicdesk.desk.wishes import Wish, in_words
from musicdesk.mood import claims
from musicdesk.records import Axis, IntArray, Mood, Steer

JUDGED = 10
"""So many of the best picks are judged."""
LEAST = 0.01
"""By so much of the library the picks must lie beyond the seed on an axis that was asked for."""


def holds(bearings: Bearings, at: Departure, steer: Steer, best: IntArray) -> bool | None:
    """Whether a list that claims to be calmer or livelier is so by measures that had no part in choosing it.

    None where it claims neither, or too little was measured.
    """
    direction = claims.direction_of(steer, arousal=at.axes[Axis.AROUSAL]) if steer.strength > 0 else claims.UNTESTED
    seeds = at.rows[np.isfinite(bearings.lively[at.rows])]
    return claims.holds(bearings.lively, seeds=seeds, picks=best, direction=direction)


def unmet(
    wishes: Sequence[Wish], before: Mapping[Axis, float], after: Mapping[Axis, float], held: bool | None
) -> tuple[Wish, ...]:
    """The wishes that the picks do not fulfil: by the check, or by the very axis that was asked for."""
    return tuple(
        wish for wish in wishes
        if (wish.axis is Axis.AROUSAL and held is False)
        or wish.towards(after[wish.axis]) < wish.towards(before[wish.axis]) + LEAST
    )  # fmt: skip


def nothing_nearby(wishes: Sequence[Wish]) -> str:
    """The sentence for wishes that nothing fulfils."""
    return f"This library has nothing {in_words(tuple(wishes))} nearby." if wishes else ""


def nobody(mood: Mood) -> str:
    """The sentence for a mood that no track has for sure."""
    return f"No track of this library is surely {mood.value}; these come nearest."


def joined(*sentences: str) -> str:
    """Sentences, one after the other, without those that say nothing."""
    return " ".join(dict.fromkeys(sentence for sentence in sentences if sentence))
