"""What must be told of a list: that it is not what was asked for, or that nobody is sure of a mood here."""

from collections.abc import Mapping, Sequence

import numpy as np

from musicdesk.desk.bearings import Bearings
from musicdesk.desk.departures import Departure
from musicdesk.desk.wishes import Wish, in_words, wishes_of
from musicdesk.mood import claims
from musicdesk.records import Axis, IntArray, Mood, Steer, Steered

JUDGED = 10
"""So many of the best picks are judged."""
LEAST = 0.01
"""By so much of the library the picks must lie beyond the seed on an axis that was asked for."""
LOUDNESS = "loudness"


def judges(steer: Steer) -> tuple[str, ...]:
    """The measures that had no part in choosing a list: a tempo that was asked for or kept is onsets and beats."""
    paced = "tempo" in steer.keep or any(by and axis is Axis.TEMPO for axis, by in steer.nudges)
    return (LOUDNESS,) if paced else claims.MEASURES


def holds(
    bearings: Bearings, at: Departure, wishes: Sequence[Wish], best: IntArray, *, judged_by: tuple[str, ...]
) -> bool | None:
    """Whether a list that shall be calmer or livelier is so by measures that had no part in choosing it.

    None where neither is asked for, or too little was measured.
    """
    wish = livelier_or_calmer(wishes)
    if wish is None:
        return None
    lively = bearings.lively(judged_by)
    seeds = at.rows[np.isfinite(lively[at.rows])]
    return claims.holds(lively, seeds=seeds, picks=best, direction=claims.LIVELIER if wish.up else claims.CALMER)


def livelier_or_calmer(wishes: Sequence[Wish]) -> Wish | None:
    """The one of the wishes that can be judged."""
    return next((wish for wish in wishes if wish.axis is Axis.AROUSAL), None)


def verdict(answer: Steered) -> str:
    """What the measures say of a list: "onsets, loudness and tempo agree".

    "" where they were not asked, or the list did not even move as it was asked to by what chose it.
    """
    start, reached = dict(answer.start), dict(answer.reached)
    wish = livelier_or_calmer(wishes_of(answer.steer, start))
    if answer.holds is None or wish is None or unmet((wish,), start, reached, held=None):
        return ""
    *others, last = answer.judged_by
    named, one = (f"{', '.join(others)} and {last}", False) if others else (last, True)
    agree = "agrees" if one else "agree"
    return f"{named} {agree}" if answer.holds else f"{named} {'does' if one else 'do'} not agree"


def unmet(
    wishes: Sequence[Wish], before: Mapping[Axis, float], after: Mapping[Axis, float], *, held: bool | None
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
