"""Names for prototypes, from the words in which their tracks stand out against the library.

A word is worth showing when it fits these tracks better than the library and fits them at all: the balance of lift and
probability is the relevance of Sievert & Shirley, "LDAvis" (2014), taken here on log-odds. Every kind of word (mood,
instrument, voice, genre, decade) gives its best; a name is a mood and an instrument or voice, then a genre.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from musicdesk.prototypes.words import NEVER_TOGETHER, WORDS, Kind, word
from musicdesk.records import FloatArray, IntArray

FALLBACK = tuple(f"side {letter}" for letter in "ABCDEFGH")
"""Names where the encoder knows no words: like the sides of records."""
LEAST = 0.4
"""How far, in deviations of the library, a word must stand out to be shown."""
PLAUSIBLE = 0.35
"""What a nat of log-odds below the likeliest word of its kind costs, in deviations."""
CHOICES = 4
"""How many words of a kind are tried."""
AT_LARGE = 16_384
"""Tracks that stand for a library of twice as many and more: its words are known to a hundredth of a deviation then."""


@dataclass(frozen=True, slots=True)
class _Choice:
    """A form with how well it fits: 0 is no better than the library."""

    form: str
    text: str
    kind: Kind
    fit: float


def name(tags: FloatArray, vocabulary: Sequence[str], member_rows: IntArray, *, taken: Collection[str] = ()) -> str:
    """A short name such as "quiet piano · classical" for the tracks ``member_rows`` of the library.

    ``tags`` [n, n_tags] are the encoder's probabilities for all n tracks, ``vocabulary`` its n_tags words; without a
    vocabulary the name is a plain word. Never one of ``taken`` (compared without case).
    """
    used = {text.casefold() for text in taken}
    choices = _choices(tags, vocabulary, member_rows) or _choices(tags, vocabulary, member_rows, least=0.0)
    composed = sorted(_composed(choices), key=lambda pair: -pair[1])
    names = [text for text, _ in composed] or list(FALLBACK)
    for text in names:
        if text.casefold() not in used:
            return text
    return next(text for number in range(2, len(used) + 3) if (text := f"{names[0]} {number}").casefold() not in used)


def standing_out(
    tags: FloatArray, vocabulary: Sequence[str], member_rows: IntArray, *, count: int = 5
) -> tuple[str, ...]:
    """The words of the vocabulary in which these tracks stand out most against the library, at most ``count``.

    Strongest first; negations ("no vocals") and synonyms of stronger words are left out.
    """
    choices = sorted(_choices(tags, vocabulary, member_rows), key=lambda choice: -choice.fit)
    return tuple(choice.text for choice in choices[:count])


def is_given(name: str, vocabulary: Sequence[str]) -> bool:
    """Whether a person gave this name, that is, whether it holds a word that this module would not have used."""
    if re.fullmatch(r"side [a-h]( \d+)?", name.casefold()):
        return False
    forms = {word(text).form for text in (*WORDS, *vocabulary)}
    known = {part for form in forms for part in form.split()} | {"·"}
    return not all(part in known or part.isdecimal() for part in name.casefold().split())


def _choices(tags: FloatArray, vocabulary: Sequence[str], rows: IntArray, *, least: float = LEAST) -> list[_Choice]:
    """The best word of every form that stands out by more than ``least``."""
    if not len(vocabulary) or not len(rows) or len(tags) < 2:
        return []
    best: dict[str, _Choice] = {}
    for text, fit in zip(vocabulary, _fits(tags, vocabulary, rows).tolist(), strict=True):
        known = word(text)
        if known.form and fit > least and (known.form not in best or fit > best[known.form].fit):
            best[known.form] = _Choice(known.form, text, known.kind, fit)
    return list(best.values())


def _fits(tags: FloatArray, vocabulary: Sequence[str], rows: IntArray) -> FloatArray:
    """Lift in deviations of the library, less what a word lacks beside the likeliest of its kind.  # [n_tags]"""
    odds = _log_odds(tags[:: max(1, len(tags) // AT_LARGE)])
    here = _log_odds(tags[rows]).mean(axis=0)
    deviation = odds.std(axis=0)
    lift = (here - odds.mean(axis=0)) / np.maximum(deviation, 1e-3)
    kinds = np.array([word(text).kind for text in vocabulary])
    likeliest = np.array([here[kinds == kind].max() for kind in kinds])
    trust = np.array([word(text).trust for text in vocabulary])
    return np.asarray(trust * (lift - PLAUSIBLE * (likeliest - here)), dtype=np.float32)


def _log_odds(tags: FloatArray) -> FloatArray:
    bounded = np.clip(tags.astype(np.float64), 1e-4, 1 - 1e-4)
    return np.asarray(np.log(bounded / (1 - bounded)), dtype=np.float32)


def _composed(choices: Sequence[_Choice]) -> Iterator[tuple[str, float]]:
    """Every name that these words can make, with its worth; a fuller name is worth more."""
    moods = _of(choices, Kind.MOOD)
    nouns = _of(choices, Kind.INSTRUMENT, Kind.VOICE)
    genres = _of(choices, Kind.GENRE) or _of(choices, Kind.DECADE)
    for chosen in product((None, *moods), (None, *nouns), (None, *genres)):
        words = [choice for choice in chosen if choice]
        if words and not _clash([choice.form for choice in words]):
            mood, noun, genre = chosen
            head = " ".join(choice.form for choice in (mood, noun) if choice)
            yield " · ".join(part for part in (head, genre.form if genre else "") if part), sum(c.fit for c in words)


def _of(choices: Sequence[_Choice], *kinds: Kind) -> list[_Choice]:
    found = [choice for choice in choices if choice.kind in kinds]
    return sorted(found, key=lambda choice: -choice.fit)[:CHOICES]


def _clash(forms: Sequence[str]) -> bool:
    return any(pair <= set(forms) for pair in NEVER_TOGETHER)
