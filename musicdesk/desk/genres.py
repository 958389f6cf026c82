"""Kinds of music as class vectors: what the genre profiles, and a list for several listeners, tell tastes apart by."""

from dataclasses import dataclass

import numpy as np

from musicdesk.desk.snapshot import Snapshot
from musicdesk.prototypes import naming
from musicdesk.prototypes.words import Kind, word
from musicdesk.recommend.categories import class_vectors
from musicdesk.records import FloatArray

FEWEST = 2
"""Fewer genres tell nobody's taste from another's."""
MADE, SEED = 8, 7919
"""Kinds that are made of the sound where the encoder knows no words for them."""
SHOWN = 20
"""Sounds of a made kind that give it its name."""


@dataclass(frozen=True, slots=True, eq=False)
class Genres:
    """How much of every kind of music is in every sound."""

    names: tuple[str, ...]
    shares: FloatArray  # [n, len(names)] rows add up to 1


def genres(snapshot: Snapshot) -> Genres:
    """The encoder's words for genres, synonyms together; kinds made of the sound where it has no such words.

    The classes of a network that was trained on one's own music are words that nobody else knows, and count as genres.
    """
    vocabulary = snapshot.vectors.vocabulary
    forms = [known.form if (known := word(text)).kind is Kind.GENRE else "" for text in vocabulary]
    names = tuple(dict.fromkeys(form for form in forms if form))
    if len(names) < FEWEST:
        return _made(snapshot)
    columns = [snapshot.vectors.tags[:, [i for i, f in enumerate(forms) if f == name]].max(axis=1) for name in names]
    return Genres(names, _shares(np.stack(columns, axis=1)))


def _shares(likely: FloatArray) -> FloatArray:
    """Probabilities as shares of each sound: p²/mean(p), the balance of probability and lift that names go by, too.

    An encoder's raw probabilities are near to each other in a whole library: "rock" is never far, "opera" never near.
    """
    likely = np.maximum(np.nan_to_num(likely, nan=0.0), 0.0) + np.float32(1e-6)
    standing_out = likely * likely / likely.mean(axis=0)
    return np.asarray(standing_out / standing_out.sum(axis=1, keepdims=True), dtype=np.float32)


def _made(snapshot: Snapshot) -> Genres:
    shares = class_vectors(snapshot.vectors.matrix, count=MADE, seed=SEED)
    tags, vocabulary = snapshot.vectors.tags, snapshot.vectors.vocabulary
    names: list[str] = []
    for column in shares.T:
        names.append(naming.name(tags, vocabulary, np.argsort(-column, kind="stable")[:SHOWN], taken=names))
    return Genres(tuple(names), shares)
