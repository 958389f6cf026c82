"""What steering is measured on: sounds of which the mood and what must stay are known, beside what a program believes.

The truth judges lists and tells the oracles; everything else that a method is told is what it would know in use.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from scipy.stats import rankdata

from musicdesk.encoders.pooling import Standardiser
from musicdesk.errors import BadRequest
from musicdesk.evaluation.resampling import Values
from musicdesk.prototypes.words import Kind, word
from musicdesk.recommend.log import BoolArray
from musicdesk.records import MOODS, UNCERTAIN, FloatArray, IntArray

TAGS = 5
"""How many words of each sound are compared."""
STAYING = (Kind.GENRE, Kind.INSTRUMENT, Kind.VOICE, Kind.DECADE)
"""Words that say nothing of a mood."""


@dataclass(frozen=True, eq=False)
class MoodData:
    """One row a sound; raises BadRequest for arrays that do not fit each other."""

    name: str
    vectors: FloatArray  # [n, dim] as the encoder gives them
    artists: IntArray  # [n] whose it is: a list never holds the seed's own
    genres: tuple[str, ...]  # [n] what must stay; "" where it is not known
    feel: FloatArray  # [n, 4] how far each of MOODS really holds
    heard: FloatArray  # [n, 4] how far each of them holds as the program hears it, rows sum to 1
    labels: IntArray  # [n] the mood as the program hears it, or UNCERTAIN
    words: FloatArray  # [n, n_words] what else is heard, 0 to 1
    vocabulary: tuple[str, ...] = ()
    lively: FloatArray | None = None  # [n] by measures that had no part in ``heard`` (see ``mood.claims``)
    arousal: FloatArray | None = None  # [n] how it really is

    def __post_init__(self) -> None:
        n = len(self.vectors)
        fits = self.feel.shape == self.heard.shape == (n, len(MOODS))
        fits = fits and self.labels.shape == self.artists.shape == (n,)
        if not fits or len(self.genres) != n or self.words.shape != (n, len(self.vocabulary)):
            raise BadRequest(f"There are {n} sounds, and what is known of them is of another number.")
        if n < 2 or not np.isfinite(self.vectors).all():
            raise BadRequest("Steering is measured on two sounds or more, with vectors of finite numbers.")

    def __len__(self) -> int:
        return len(self.vectors)

    @cached_property
    def truth(self) -> IntArray:
        """The mood that holds most; UNCERTAIN where nothing is known.  # [n]"""
        known = np.isfinite(self.feel).all(axis=1)
        return np.where(known, np.nan_to_num(self.feel).argmax(axis=1), UNCERTAIN).astype(np.int64)

    @cached_property
    def percentiles(self) -> Values:
        """Where each sound stands among all on each mood, as it really is, 0 to 1.  # [n, 4]"""
        ranks = rankdata(np.nan_to_num(self.feel, nan=-1.0), axis=0)
        return np.asarray((ranks - 0.5) / len(self), np.float64)

    @cached_property
    def kinds(self) -> IntArray:
        """The genres as numbers; below 0 where none is known.  # [n]"""
        names = sorted(set(self.genres) - {""})
        return np.array([names.index(name) if name else -1 for name in self.genres], np.int64)

    @cached_property
    def carried(self) -> BoolArray:
        """Which words that say nothing of a mood are among a sound's strongest.  # [n, w]"""
        columns = [n for n, text in enumerate(self.vocabulary) if word(text).kind in STAYING]
        found = np.zeros((len(self), len(columns)), bool)
        if columns:
            best = np.argsort(-self.words[:, columns], axis=1, kind="stable")[:, :TAGS]
            np.put_along_axis(found, best, values=True, axis=1)
        return found

    def space(self, learned: IntArray) -> FloatArray:
        """Unit rows of the space that is standardised by the rows at ``learned``.  # [n, dim]"""
        return Standardiser.fit(self.vectors[learned]).apply(self.vectors)

    def part(self, rows: IntArray) -> "MoodData":
        """The sounds at ``rows`` alone."""
        return replace(
            self, vectors=self.vectors[rows], artists=self.artists[rows],
            genres=tuple(self.genres[row] for row in rows.tolist()), feel=self.feel[rows], heard=self.heard[rows],
            labels=self.labels[rows], words=self.words[rows],
            lively=None if self.lively is None else self.lively[rows],
            arousal=None if self.arousal is None else self.arousal[rows],
        )  # fmt: skip


def one_hot(labels: IntArray) -> FloatArray:
    """Labels as shares; even ones where no mood is sure.  # [n] -> [n, 4]"""
    shares = np.full((len(labels), len(MOODS)), 1 / len(MOODS), np.float32)
    sure = labels != UNCERTAIN
    shares[sure] = np.eye(len(MOODS), dtype=np.float32)[labels[sure]]
    return shares


def numbered(names: Sequence[str]) -> IntArray:
    """Names as numbers, the same for the same.  # [n]"""
    return np.asarray(np.unique(np.asarray(names), return_inverse=True)[1], np.int64).reshape(-1)
