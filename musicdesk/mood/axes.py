"""What the nine emotions of Emotify, and the words of encoders and files, say of the four moods and of the axes.

The nine are those of the Geneva Emotional Music Scale (Zentner, Grandjean & Scherer, "Emotions evoked by the sound of
music", Emotion 8, 2008). Their items decide the mapping to moods: *power* is felt as energetic and triumphant,
*tension* as agitated and nervous; *peacefulness* (here calmness) as calm, relaxed and serene, *tenderness* as tender
and mellowed; *joyful activation* as joyful, dancing and animated, *wonder* (here amazement) as happy and amazed;
*sadness* as sad, *nostalgia* as melancholic and dreamy. *Transcendence* (here solemnity) belongs to none of the four.
An emotion counts by how much more often it is felt than usual, in deviations of what Emotify's listeners felt, since
calm is said of everything more often than sad is. (Emotify's own column ``mood`` is the listener's before the music: it
goes with none of the nine, |r| < .08.)

Valence and arousal are the places of the nine on the circumplex (Russell, "A circumplex model of affect", 1980), with
the second-order factors of the scale: sublimity lies low, vitality high and pleasant, unease unpleasant.
On Emotify arousal rises with onsets (r = .26), fullness (.25) and tempo (.28), none of which any model here hears, and
valence with the major mode (.31).
"""

from collections.abc import Mapping, Sequence
from functools import cache

import numpy as np

from musicdesk.mood.words import AXIS_WORDS, FILE_MOODS
from musicdesk.records import AXES, MOODS, Axis, FloatArray, IntArray, Mood

GEMS = (
    "amazement", "solemnity", "tenderness", "nostalgia", "calmness", "power", "joyful_activation", "tension", "sadness",
)  # fmt: skip
"""In Emotify's order."""

MOOD_OF: Mapping[Mood, Mapping[str, float]] = {
    Mood.ENERGETIC: {"power": 1.0, "tension": 0.5},
    Mood.CALM: {"calmness": 1.0, "tenderness": 0.5},
    Mood.HAPPY: {"joyful_activation": 1.0, "amazement": 0.5},
    Mood.SAD: {"sadness": 1.0, "nostalgia": 0.5},
}
"""Which emotions a mood is felt as: the one that means it in full, the one that shares an item of it by half."""

PLACES: Mapping[str, tuple[float, float]] = {
    "amazement": (0.6, 0.3),
    "solemnity": (0.1, -0.1),
    "tenderness": (0.4, -0.5),
    "nostalgia": (-0.2, -0.4),
    "calmness": (0.4, -0.8),
    "power": (0.2, 0.8),
    "joyful_activation": (0.9, 0.5),
    "tension": (-0.6, 0.7),
    "sadness": (-0.8, -0.4),
}
"""Emotion → valence and arousal, -1 to 1."""


USUAL = (0.134, 0.196, 0.177, 0.254, 0.299, 0.19, 0.262, 0.238, 0.185)
SPREAD = (0.101, 0.148, 0.169, 0.176, 0.218, 0.185, 0.235, 0.184, 0.158)
"""Mean and deviation of the shares of listeners over the 400 excerpts of Emotify, in the order of GEMS."""
MOOD_SPREAD = (1.3, 1.34, 1.29, 1.29)
"""Deviation of each mood's weighted sum over the same excerpts, so that no mood is strongest by its scale."""


def mood_scores(shares: FloatArray) -> FloatArray:
    """How far each of MOODS is felt, in deviations from the usual: from shares of listeners [n, 9].  # [n, 4]"""
    return _unusual(shares) @ _mood_weights()


def strongest(shares: FloatArray) -> IntArray:
    """The place in MOODS of the mood that is felt most beyond the usual: from shares of listeners [n, 9].  # [n]"""
    result: IntArray = mood_scores(shares).argmax(axis=1)
    return result


def valence_arousal(shares: FloatArray) -> FloatArray:
    """Where the emotions together lie on the circumplex, no unit: from shares of listeners [n, 9].  # [n, 2]"""
    return _unusual(shares) @ _places()


def tidy(word: str) -> str:
    """A word of an encoder or a file as the tables have it: small letters, single spaces for dashes and the like."""
    return " ".join(word.casefold().replace("_", " ").replace("-", " ").replace("/", " ").split())


def moods_of(words: Sequence[str]) -> FloatArray:
    """What words of files say of MOODS, as log-odds; 0 where they say nothing.  # [w, 4]"""
    return _table(words, [FILE_MOODS[mood] for mood in MOODS])


def axes_of(words: Sequence[str]) -> FloatArray:
    """What words say of AXES, -1 to 1; 0 where they say nothing.  # [w, 6]"""
    return _table(words, [AXIS_WORDS[axis] for axis in AXES])


def column(axis: Axis) -> int:
    """The place of an axis in AXES."""
    return AXES.index(axis)


def _table(words: Sequence[str], says: Sequence[Mapping[str, float]]) -> FloatArray:
    names = [tidy(word) for word in words]
    rows = [[told.get(name, 0.0) for told in says] for name in names]
    return np.array(rows, dtype=np.float32).reshape(len(names), len(says))


def _unusual(shares: FloatArray) -> FloatArray:
    result: FloatArray = ((shares - np.array(USUAL)) / np.array(SPREAD)).astype(np.float32)
    return result


@cache
def _mood_weights() -> FloatArray:
    """How much each of GEMS counts for each of MOODS.  # [9, 4]"""
    table = np.array([[MOOD_OF[mood].get(name, 0.0) for mood in MOODS] for name in GEMS])
    return _read_only(table / np.array(MOOD_SPREAD))


@cache
def _places() -> FloatArray:
    """Valence and arousal of each of GEMS.  # [9, 2]"""
    return _read_only(np.array([PLACES[name] for name in GEMS]))


def _read_only(array: FloatArray) -> FloatArray:
    result: FloatArray = array.astype(np.float32)
    result.setflags(write=False)
    return result
