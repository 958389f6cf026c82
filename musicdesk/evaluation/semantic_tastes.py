"""Made-up listeners with tastes that are written down: what they take after a track, by two emotions and the tempo.

A taste is no genre: what people felt (Emotify's nine emotions, as shares of its listeners) and how fast the music is
(measured, not asked). A listener has three tastes, as one has for the evening, for work and for a party; a session is
of one of them and of a whim. Of the tracks that there are they like those that fit best, and take one of these after
another. What is asked in the end is of other sessions, among other artists.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from musicdesk.mood.axes import GEMS
from musicdesk.records import FloatArray, IntArray
from musicdesk.records.meaning import Choice, PreferencePairs
from musicdesk.semantic.pairs import part, preference_pairs


@dataclass(frozen=True, slots=True)
class Liking:
    """What someone looks for in music."""

    name: str
    feels: Mapping[str, float]
    """Emotion → how much it is looked for, below 0: avoided."""
    tempo: float
    """Above 0: fast, below 0: slow."""


LIKINGS = (
    Liking("evening", {"calmness": 1.0, "tenderness": 1.0}, -0.7),
    Liking("wistful", {"nostalgia": 1.0, "sadness": 1.0}, -0.7),
    Liking("lofty", {"solemnity": 1.0, "amazement": 1.0}, -0.3),
    Liking("workout", {"power": 1.0, "tension": 0.7}, 0.7),
    Liking("party", {"joyful_activation": 1.0, "power": 0.5}, 0.7),
    Liking("thriller", {"tension": 1.0, "sadness": 0.5, "joyful_activation": -0.5}, 0.0),
    Liking("good old days", {"nostalgia": 1.0, "joyful_activation": 0.7}, 0.4),
    Liking("daydream", {"amazement": 0.7, "calmness": 1.0}, 0.4),
)
SHARE = 0.1
"""The share of the tracks that a listener likes in a session."""
WHIM = 0.3
"""How much of what they like is a whim, as a deviation beside the taste's 1."""
TASTES = 3
"""Tastes of one listener."""


@dataclass(frozen=True, slots=True)
class Sessions:
    """How often a listener chooses, and how much."""

    each: int = 8
    """Sessions of each taste."""
    choices: int = 15
    """Tracks that are taken after another one in a session."""


def listener(seed: int) -> tuple[Liking, ...]:
    """The tastes of one listener, by lot."""
    drawn = np.random.default_rng([seed, 4]).permutation(len(LIKINGS))[:TASTES]
    return tuple(LIKINGS[place] for place in drawn.tolist())


def new_pairs(known: PreferencePairs, later: PreferencePairs) -> PreferencePairs:
    """Of what was taken later, what had not been taken together before, neither way."""
    before = set(zip(known.triggers.tolist(), known.accepted.tolist(), strict=True))
    pairs = zip(later.triggers.tolist(), later.accepted.tolist(), strict=True)
    return part(later, np.array([(a, b) not in before and (b, a) not in before for a, b in pairs], bool))


def pairs_of(
    rows: IntArray, shares: FloatArray, tempo: FloatArray, *, sessions: Sessions, seed: int, asked: bool
) -> PreferencePairs:
    """What the listener of ``seed`` takes after what among the tracks ``rows``; both ends count within ``rows``.

    ``shares`` [n, 9] and ``tempo`` [n] are of all tracks. ``asked``: in other sessions than those to learn from.
    """
    rng = np.random.default_rng([seed, 5, int(asked)])
    fits = fit(shares, tempo, listener(seed))[:, rows]
    hashes = [str(place) for place in range(len(rows))]
    choices = []
    for session, own in enumerate(np.repeat(fits, sessions.each, axis=0)):
        liked = np.argsort(-(own + WHIM * rng.standard_normal(len(rows))))[: max(2, round(SHARE * len(rows)))]
        for at in range(sessions.choices):
            one, other = rng.choice(liked, size=2, replace=False).tolist()
            choices.append(Choice(hashes[one], hashes[other], "played", float(session * sessions.choices + at)))
    return preference_pairs(hashes, choices=choices, seed=seed)


def fit(shares: FloatArray, tempo: FloatArray, likings: Sequence[Liking] = LIKINGS) -> FloatArray:
    """How well each track fits each taste, in deviations.  # [n, 9], [n] -> [len(likings), n]"""
    feels, pace = _standardised(shares), _standardised(tempo[:, None])[:, 0]
    wanted = np.array([[one.feels.get(name, 0.0) for name in GEMS] for one in likings], np.float32)
    raw = wanted @ feels.T + np.array([[one.tempo] for one in likings], np.float32) * pace
    return np.asarray(_standardised(raw.T).T, np.float32)


def _standardised(values: FloatArray) -> FloatArray:
    return np.asarray((values - values.mean(axis=0)) / np.maximum(values.std(axis=0), 1e-6), np.float32)
