"""What people said of Emotify's excerpts, in words: tags as a listener would give them, and queries in plain words.

Emotify's listeners chose among nine emotions (GEMS). The strongest of an excerpt, beside how often people choose them
at all, become tags of its own; and queries say them in other words, after the items of the scale (Zentner, Grandjean &
Scherer, "Emotions evoked by the sound of music", Emotion 8, 2008), in sentences that no caption of the learning is made
by. Nothing here comes from what an encoder heard.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from musicdesk.mood.axes import GEMS
from musicdesk.records import FloatArray

TAGS: Mapping[str, str] = {
    "amazement": "amazing", "solemnity": "solemn", "tenderness": "tender", "nostalgia": "nostalgic",
    "calmness": "calm", "power": "powerful", "joyful_activation": "joyful", "tension": "tense", "sadness": "sad",
}  # fmt: skip
"""Emotion → the tag that a listener gives for it."""
FEELS: Mapping[str, tuple[str, ...]] = {
    "amazement": ("fills me with wonder", "leaves me in awe"),
    "solemnity": ("makes me feel reverent", "lifts me above everyday things"),
    "tenderness": ("is full of affection", "touches me gently"),
    "nostalgia": ("takes me back to old days", "makes me dream of the past"),
    "calmness": ("lets me rest", "soothes me"),
    "power": ("makes me feel strong", "sounds triumphant"),
    "joyful_activation": ("makes me want to move", "cheers me up"),
    "tension": ("makes me nervous", "agitates me"),
    "sadness": ("makes me want to cry", "is full of sorrow"),
}
"""Emotion → how a query says it."""
SENTENCES = (
    "{genre} that {feels}",
    "please play {genre} which {feels}",
    "I am looking for {genre}, it {feels}",
    "find {genre} of the kind that {feels}",
)
STANDS_OUT = 0.5
"""Deviations of all excerpts from which an emotion is said of one."""
MOST = 3
EACH = 3
"""Queries for each excerpt."""


def felt(shares: FloatArray) -> tuple[tuple[str, ...], ...]:
    """The emotions that stand out in each excerpt, the strongest first; at least one.  # [n, 9] -> n"""
    apart = (shares - shares.mean(axis=0)) / np.maximum(shares.std(axis=0), 1e-6)
    found = []
    for row in apart:
        order = np.argsort(-row, kind="stable")[:MOST].tolist()
        found.append(tuple(GEMS[k] for place, k in enumerate(order) if row[k] > STANDS_OUT or not place))
    return tuple(found)


def tags(emotions: Sequence[str]) -> tuple[str, ...]:
    """Emotions as tags of one's own."""
    return tuple(TAGS[emotion] for emotion in emotions)


def queries(genre: str, emotions: Sequence[str], *, rng: np.random.Generator, count: int = EACH) -> tuple[str, ...]:
    """So many sentences for one excerpt, by lot."""
    found = []
    for _ in range(count):
        said = [FEELS[emotion][int(rng.integers(len(FEELS[emotion])))] for emotion in emotions]
        sentence = SENTENCES[int(rng.integers(len(SENTENCES)))]
        found.append(sentence.format(genre=f"{genre} music", feels=_joined(said)))
    return tuple(found)


def listed(genre: str, emotions: Sequence[str]) -> str:
    """The same as a person types it into a search box: "calm nostalgic classical"."""
    return " ".join((*tags(emotions), genre))


def _joined(said: Sequence[str]) -> str:
    return said[0] if len(said) == 1 else f"{', '.join(said[:-1])} and {said[-1]}"
