"""The words in which a track stands out against its library, of any number of vocabularies.

A raw probability says "rock" of half a library; what a listener would say of a track is where it differs. So log-odds
are placed against the library, and a word must also be likely at all: the balance of lift and probability of Sievert &
Shirley, "LDAvis" (2014).
"""

from collections.abc import Sequence

import numpy as np

from musicdesk.errors import BadRequest
from musicdesk.records import FloatArray
from musicdesk.semantic.plain_words import kind_of, said

STANDS_OUT = 0.5
"""Deviations of the library from which a word is said of a track."""
PLAUSIBLE = 0.3
"""What a nat of log-odds below the likeliest word of its kind costs, in deviations."""
LEAST = 2
"""So many words are said even of a track that stands out in none."""
MOST = 6

Heard = tuple[FloatArray, Sequence[str]]
"""Probabilities of words [n, k], rows of nan where nothing was heard, and the k words."""


def words_of(vocabularies: Sequence[Heard], *, most: int = MOST) -> tuple[tuple[str, ...], ...]:
    """The words of each track, the strongest first; () where no vocabulary has heard it.

    Synonyms count once. Raises BadRequest for tables of different lengths, or without a word for each column.
    """
    if not vocabularies:
        return ()
    lengths = {len(tags) for tags, _ in vocabularies}
    if len(lengths) > 1 or any(tags.shape[1] != len(words) for tags, words in vocabularies):
        raise BadRequest("The words that were heard are not of the same tracks, or not all of them have a name.")
    words = [said(word) for _, vocabulary in vocabularies for word in vocabulary]
    fits = np.concatenate([_fits(tags, vocabulary) for tags, vocabulary in vocabularies], axis=1)
    return tuple(_strongest(row, words, most) for row in fits)


def _fits(tags: FloatArray, vocabulary: Sequence[str]) -> FloatArray:
    """How far each word stands out in each track, in deviations; -inf where nobody heard, or for no word.  # [n, k]"""
    if not tags.size:
        return np.zeros(tags.shape, np.float32)
    bounded = np.clip(tags.astype(np.float64), 1e-4, 1 - 1e-4)
    odds = np.log(bounded / (1 - bounded))
    heard = np.asarray(np.isfinite(odds).all(axis=1))
    known = odds[heard] if heard.any() else np.zeros((1, odds.shape[1]))
    fits = (odds - known.mean(axis=0)) / np.maximum(known.std(axis=0), 0.1)
    kinds = [kind_of(word) for word in vocabulary]
    for kind in set(kinds):
        own = [place for place, other in enumerate(kinds) if other == kind]
        fits[:, own] -= PLAUSIBLE * (odds[:, own].max(axis=1, keepdims=True) - odds[:, own])
    fits[:, [not said(word) for word in vocabulary]] = -np.inf
    return np.asarray(np.where(heard[:, None], fits, -np.inf), np.float32)


def _strongest(fits: FloatArray, words: Sequence[str], most: int) -> tuple[str, ...]:
    found: dict[str, float] = {}
    for place in np.argsort(-fits, kind="stable").tolist():
        fit = float(fits[place])
        if len(found) == most or not np.isfinite(fit) or (fit < STANDS_OUT and len(found) >= LEAST):
            break
        found.setdefault(words[place], fit)
    return tuple(found)
