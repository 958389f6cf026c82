"""How far a sound agrees with a word: what makes a prototype's word more than a label.

A word of the encoder's vocabulary is heard by the encoder itself: its log-odds, as a percentile of the library's
tracks. A word that only the files or the listener use (a genre, a tag of one's own) is heard by its neighbours: how
much nearer a sound lies to tracks that bear the word than to those that do not, again as a percentile. 0.5 is what any
track of the library would get.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from musicdesk.prototypes.words import word as known_word
from musicdesk.records import FloatArray, IntArray, Vectors

NEIGHBOURS = 3
"""So many tracks with the word, and without it, are compared."""
AT_LARGE = 512
"""Tracks that stand for a larger library where a word is heard by its neighbours."""
MANY = 16_384
"""The same where the encoder hears it."""
STEM = 4
"""Words that share so many letters, and of which one begins with the other, are the same word: piano, pianos."""


@dataclass(frozen=True)
class Agreement:
    """What is known of words in one library: those that the encoder hears, and those that someone gave to tracks."""

    vectors: Vectors
    space: FloatArray  # [n, dim] the rows of ``vectors``, standardised, unit length
    given: Mapping[str, IntArray]
    """Word → the rows that bear it: genres of the files, tags of the listener."""

    @cached_property
    def forms(self) -> Mapping[str, tuple[int, ...]]:
        """What the encoder hears, as it reads in a name → the columns of its synonyms."""
        found: dict[str, tuple[int, ...]] = {}
        for column, text in enumerate(self.vectors.vocabulary):
            if form := known_word(text).form:
                found[form] = (*found.get(form, ()), column)
        return found

    def of_rows(self, phrase: str, rows: IntArray) -> FloatArray | None:
        """How far these tracks agree with a word or phrase, as percentiles of the library [m]; None if unknown."""
        parts = [self._rows_agree(part, rows) for part in self.parts(phrase)]
        return np.asarray(np.mean(parts, axis=0), dtype=np.float32) if parts else None

    def of_sound(self, phrase: str, tags: FloatArray, vector: FloatArray, *, leave: int = -1) -> float | None:
        """How far some seconds agree with a phrase: their tags [n_tags] and their unit vector [dim]; None if unknown.

        ``leave``: the row of the track that they are from, which must not speak for itself.
        """
        found = [self._heard(part, tags, vector, leave) for part in self.parts(phrase)]
        return float(np.mean(found)) if found else None

    def parts(self, phrase: str) -> tuple[str, ...]:
        """The words of a phrase that are known here; longer ones first taken whole ("female voice")."""
        return _parts(phrase, self._names)

    @cached_property
    def _names(self) -> Mapping[str, str]:
        """Everything by which a word can be called → the word."""
        names = {form.casefold(): form for form in self.forms}
        heard = {text.casefold(): known_word(text).form for text in self.vectors.vocabulary}
        names |= {text: form for text, form in heard.items() if form}
        own = {text.casefold(): text for text in self.given}
        return {**{text: form for text, form in own.items() if text not in names}, **names}

    def _rows_agree(self, word: str, rows: IntArray) -> FloatArray:
        own = self._odds(word, rows) if word in self.forms else self._nearer(word, self.space[rows], rows.tolist())
        return _shares(self._ordered(word), own)

    def _heard(self, word: str, tags: FloatArray, vector: FloatArray, leave: int) -> float:
        if word in self.forms:
            own = form_odds(tags[None], {word: self.forms[word]})[:, 0]
        else:
            own = self._nearer(word, vector[None], (leave,))
        return float(_shares(self._ordered(word), own)[0])

    @cached_property
    def _sorted(self) -> dict[str, FloatArray]:
        return {}

    def _ordered(self, word: str) -> FloatArray:
        """What the library's tracks have of a word, ascending."""
        if word not in self._sorted:
            many = _some(len(self.space), MANY)
            some = _some(len(self.space), AT_LARGE)
            values = (
                self._odds(word, many) if word in self.forms else self._nearer(word, self.space[some], some.tolist())
            )
            self._sorted[word] = np.sort(values)
        return self._sorted[word]

    def _odds(self, word: str, rows: IntArray) -> FloatArray:
        return form_odds(self.vectors.tags[rows], {word: self.forms[word]})[:, 0]

    def _nearer(self, word: str, vectors: FloatArray, own_rows: Sequence[int]) -> FloatArray:
        """How much nearer these vectors are to tracks with the word than to others; never to themselves.  # [m]"""
        bearing = self.given[word][:: max(1, len(self.given[word]) // AT_LARGE)]
        others = np.setdiff1d(_some(len(self.space), AT_LARGE), self.given[word])
        rows = np.asarray(own_rows, dtype=np.int64)
        return _nearest(vectors, self.space, bearing, rows) - _nearest(vectors, self.space, others, rows)


def form_odds(tags: FloatArray, forms: Mapping[str, tuple[int, ...]]) -> FloatArray:
    """Log-odds of forms in rows of tags [n, n_tags]; of synonyms the likeliest counts.  # [n, len(forms)]"""
    if not forms:
        return np.zeros((len(tags), 0), dtype=np.float32)
    likely = np.stack([tags[:, list(columns)].max(axis=1) for columns in forms.values()], axis=1)
    bounded = np.clip(likely, np.float32(1e-4), np.float32(1 - 1e-4))
    return np.asarray(np.log(bounded / (1 - bounded)), dtype=np.float32)


def _nearest(vectors: FloatArray, space: FloatArray, rows: IntArray, own: IntArray) -> FloatArray:
    """Mean cosine of each vector with the nearest of some rows, its own left out.  # [m]"""
    if not len(rows):
        return np.zeros(len(vectors), dtype=np.float32)
    cosines = vectors @ space[rows].T
    cosines[own[:, None] == rows[None]] = -1.0
    count = min(NEIGHBOURS, len(rows))
    top = np.partition(cosines, len(rows) - count, axis=1)[:, len(rows) - count :]
    return np.asarray(top.mean(axis=1), dtype=np.float32)


def _shares(ordered: FloatArray, values: FloatArray) -> FloatArray:
    """The share of ``ordered`` that lies below each value, ties counting half.  # [m]"""
    below, upto = (np.searchsorted(ordered, values, side=side) for side in ("left", "right"))
    return np.asarray((below + upto) / (2 * max(1, len(ordered))), dtype=np.float32)


def _some(count: int, most: int) -> npt.NDArray[np.int64]:
    return np.arange(0, count, max(1, count // most))


def _parts(phrase: str, names: Mapping[str, str]) -> tuple[str, ...]:
    text = phrase.strip().casefold()
    if text in names:
        return (names[text],)
    tokens, found = re.findall(r"[\w&'-]+", text), list[str]()
    at = 0
    while at < len(tokens):
        span = next((n for n in (3, 2, 1) if (name := _named(" ".join(tokens[at : at + n]), names))), 0)
        if span:
            name = _named(" ".join(tokens[at : at + span]), names)
            found += [name] if name not in found else []
        at += span or 1
    return tuple(found)


def _named(text: str, names: Mapping[str, str]) -> str:
    """The word that is called so, or whose stem is the same; "" if there is none."""
    if text in names:
        return names[text]
    near = [name for name in names if min(len(name), len(text)) >= STEM and _same_stem(name, text)]
    return names[min(near, key=len)] if near else ""


def _same_stem(first: str, second: str) -> bool:
    return (first.startswith(second) or second.startswith(first)) and abs(len(first) - len(second)) <= 2
