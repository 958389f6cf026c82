"""Ways to find sounds by texts, and texts by sounds: each gives a table of nearness, from which places are read.

``tag matching`` is the baseline: MiniLM alone. A text's vector is compared with those of the words that the encoders
hear, and the nearest of them (a softmax over the cosines) are looked for among standardised log-odds.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from musicdesk.encoders.sentences import Sentences
from musicdesk.evaluation.semantic_data import WordedSounds
from musicdesk.evaluation.semantic_stages import Staged
from musicdesk.records import FloatArray, IntArray, Moods
from musicdesk.semantic.material import Material
from musicdesk.semantic.plain_words import said
from musicdesk.semantic.query import parse
from musicdesk.semantic.search import SOUND, Meanings, Meant
from musicdesk.semantic.wording import Reading
from musicdesk.tracks import fold

MATCHING, WORDS, SPACE_1, SPACE_2, BOTH = (
    "tag matching", "search, words alone", "space, stage 1", "space, stage 2", "search, words and space",
)  # fmt: skip
SPACE_VECTORS_1, SPACE_VECTORS_2, BOTH_VECTORS = (
    "space on vectors, stage 1", "space on vectors, stage 2", "search, words and space on vectors",
)  # fmt: skip
"""The same of the encoder's vectors, where the space is one of spectrograms."""
SHUFFLED, UNTOLD = "space, shuffled texts", "space, nobody's own tags"
TEMPERATURE = 0.05
"""Of the baseline's softmax: the best of .03, .05 and .1 over the asked excerpts themselves, in its favour."""


def tag_matching(texts: Sequence[str], sounds: WordedSounds, sentences: Sentences) -> FloatArray:
    """How well each sound fits each text, by the words that are heard in it.  # [t, n]"""
    names = [said(word) or word for word in sounds.vocabulary]
    near = sentences.encode(texts) @ sentences.encode(names).T / TEMPERATURE
    weights = np.exp(near - near.max(axis=1, keepdims=True))
    weights /= weights.sum(axis=1, keepdims=True)
    bounded = np.clip(sounds.tags.astype(np.float64), 1e-4, 1 - 1e-4)
    odds = np.log(bounded / (1 - bounded))
    apart = (odds - odds.mean(axis=0)) / np.maximum(odds.std(axis=0), 0.1)
    return np.asarray(weights @ apart.T, np.float32)


def in_space(texts: Sequence[str], material: Material, staged: Staged, sentences: Sentences) -> FloatArray:
    """How near each sound lies to each text in a learned space.  # [t, n]"""
    return np.asarray(staged.texts(sentences.encode(texts)) @ staged.sounds(material).T, np.float32)


class Searching:
    """The search of the program over some sounds, by meaning; titles and names have a say where they are given."""

    def __init__(
        self, sounds: WordedSounds, sentences: Sentences, *, moods: Moods | None = None,
        genres: Mapping[str, IntArray] | None = None, held: Mapping[str, IntArray] | None = None,
    ) -> None:  # fmt: skip
        """``genres`` and ``held``: the sounds whose files bear a genre, and those that hold a word."""
        bare = Meanings(
            len(sounds), tags=sounds.tags, vocabulary=sounds.vocabulary, moods=moods, said=genres or {}
        )  # fmt: skip
        self._sentences, self._words = sentences, held or {}
        self._meanings = bare.with_reading(Reading(bare.texts, sentences.encode(bare.texts)))

    def scores(self, texts: Sequence[str], near: FloatArray) -> tuple[FloatArray, FloatArray]:
        """What the search gives each sound for each text without a learned space, and with one.  # [t, n] twice

        ``near`` [t, n] is the nearness in that space.
        """
        asked = [self._ask(text, near[place]) for place, text in enumerate(texts)]
        whole = np.stack([meant.scores for meant in asked])
        return whole - np.stack([meant.parts.get(SOUND, np.zeros(near.shape[1])) for meant in asked]), whole

    def _ask(self, text: str, near: FloatArray) -> Meant:
        understood = parse(text)
        vector = self._sentences.encode([understood.meaning])[0] if understood.meaning else None
        without = [self._sentences.encode([word])[0] for word in understood.without]
        asked = {word: self._words[fold(word)] for word in text.replace(",", " ").split() if fold(word) in self._words}
        return self._meanings.ask(understood, vector=vector, without=without, sound=near, held=asked)


def places_of_sounds(scores: FloatArray, own: IntArray) -> IntArray:
    """At which place each text finds its own sound; equal scores count by half.  # [t, n], [t] -> [t]"""
    mine = scores[np.arange(len(scores)), own][:, None]
    better = (scores > mine).sum(axis=1) + ((scores == mine).sum(axis=1) - 1) / 2
    return np.asarray(np.floor(better) + 1, np.int64)


def places_of_texts(scores: FloatArray, texts: Sequence[str], own: IntArray) -> IntArray:
    """At which place each sound finds a text of its own, among the different texts.  # [t, n], t, [t] -> [n]

    Each text's scores are levelled first (mean 0, deviation 1 over the sounds), so that none is near to everything.
    """
    names, first = np.unique(np.asarray(texts), return_index=True)
    level = scores[first] - scores[first].mean(axis=1, keepdims=True)
    level = level / np.maximum(level.std(axis=1, keepdims=True), 1e-9)
    mine = np.zeros((len(names), scores.shape[1]), bool)
    mine[np.searchsorted(names, np.asarray(texts)), own] = True
    best = np.where(mine, level, -np.inf).max(axis=0)
    return np.asarray((np.where(mine, -np.inf, level) > best).sum(axis=0) + 1, np.int64)
