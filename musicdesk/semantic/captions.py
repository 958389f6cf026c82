"""Captions: what a person could type to find a track, made of what is known of it.

Templates with lots: which words are said, in which order, by which synonym, with what the music is for. They are what
brings plain queries near to sounds, where the files of a library say little more than names (compare the tag-to-caption
augmentation of Doh et al., "LP-MusicCaps", ISMIR 2023; here without a language model).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from musicdesk.semantic.plain_words import GENRE, INSTRUMENT, LIKE, MOOD, OTHER, VOICE, kind_of, said, uses
from musicdesk.semantic.texts import Facts

OTHERWISE = 0.35
"""The chance that a word is said by a synonym."""
LEFT_OUT = 0.3
"""The chance that a word of a list is not said."""
FOR_USE, SENTENCES = 0.15, 0.45
"""The shares of captions that say what the music is for, and of whole sentences; the rest are words alone."""
NOUNS = ("music", "a song", "a track", "a piece", "something")


@dataclass(frozen=True, slots=True)
class Sayings:
    """The words of a track by their kind, the strongest first."""

    moods: tuple[str, ...]
    instruments: tuple[str, ...]
    voices: tuple[str, ...]
    genres: tuple[str, ...]
    decades: tuple[str, ...]
    other: tuple[str, ...]

    @property
    def all(self) -> tuple[str, ...]:
        """Every word."""
        return (*self.moods, *self.genres, *self.instruments, *self.voices, *self.decades, *self.other)


def sayings(facts: Facts) -> Sayings:
    """What can be said of a track in plain words: its genres, the listener's tags, the words of its sound."""
    given = [said(word) for word in (*facts.genres, *facts.own_tags)]
    words = list(dict.fromkeys(word for word in (*given, *(said(word) for word in facts.heard)) if word))
    kinds = {word: kind_of(word) for word in words}
    for word in dict.fromkeys(said(genre) for genre in facts.genres):
        if word and kinds[word] == OTHER:
            kinds[word] = GENRE
    decade = (f"{facts.year // 10 % 10}0s",) if facts.year and 1920 <= facts.year < 2100 else ()
    of = {kind: tuple(w for w in words if kinds[w] == kind) for kind in (MOOD, INSTRUMENT, VOICE, GENRE, OTHER)}
    return Sayings(of[MOOD], of[INSTRUMENT], of[VOICE], of[GENRE], decade, of[OTHER])


def captions(facts: Facts, *, count: int, rng: np.random.Generator) -> tuple[str, ...]:
    """At most ``count`` different captions of a track; () where nothing is known of it but names."""
    known = sayings(facts)
    if not known.all:
        return ()
    found: dict[str, None] = {}
    for _ in range(3 * count):
        if len(found) == count:
            break
        if caption := _drawn(known, rng):
            found.setdefault(caption)
    return tuple(found)


def _drawn(known: Sayings, rng: np.random.Generator) -> str:
    """One caption, by lot."""
    way = rng.random()
    fitting = uses(frozenset(known.all))
    if way < FOR_USE and fitting:
        return _for_use(known, _one([phrase for use in fitting[:2] for phrase in use.phrases], rng), rng)
    told = _sentence(known, rng) if way < FOR_USE + SENTENCES else ""
    return _listed(known, rng) if told in ("", *NOUNS) else told


def _listed(known: Sayings, rng: np.random.Generator) -> str:
    """Some of the words in any order: "slow sad piano"."""
    kept = [word for word in known.all if rng.random() > LEFT_OUT] or [_one(known.all, rng)]
    chosen = [kept[place] for place in rng.permutation(len(kept))[: int(rng.integers(1, 5))]]
    return (" " if rng.random() < 0.6 else ", ").join(_otherwise(word, rng) for word in chosen)


def _for_use(known: Sayings, phrase: str, rng: np.random.Generator) -> str:
    """With the use: "quiet piano music for reading", or the use alone."""
    if not phrase.startswith("for ") or rng.random() < 0.4:
        return phrase
    return f"{_described(known, rng, noun='music')} {phrase}"


def _sentence(known: Sayings, rng: np.random.Generator) -> str:
    """As a person would put it: "a calm folk song with guitar and female singer from the 70s"."""
    parts = [_otherwise(word, rng) for word in _some(known.instruments, 2, rng) + _some(known.voices, 1, rng)]
    with_parts = f" with {' and '.join(parts)}" if parts and "no vocals" not in parts else ""
    decade = f" from the {known.decades[0]}" if known.decades and rng.random() < 0.3 else ""
    return _described(known, rng, noun=_one(NOUNS, rng)) + with_parts + decade


def _described(known: Sayings, rng: np.random.Generator, *, noun: str) -> str:
    """Moods and a genre before the noun: "a calm folk song"."""
    moods = [_otherwise(word, rng) for word in _some(known.moods, 2, rng)]
    genre = [_otherwise(word, rng) for word in _some((*known.genres, *known.other), 1, rng)]
    words = " ".join([" and ".join(moods), *genre]).strip()
    article, _, thing = noun.rpartition(" ")
    if thing == "something":
        return f"something {words}".strip()
    article = "an" if article and words[:1] in tuple("aeiou") else article
    return " ".join(part for part in (article, words, thing) if part)


def _some(words: Sequence[str], most: int, rng: np.random.Generator) -> list[str]:
    """Up to ``most`` of the words, the strong ones more often."""
    return [word for word in words if rng.random() > LEFT_OUT][: int(rng.integers(0, most + 1))]


def _otherwise(word: str, rng: np.random.Generator) -> str:
    """A word, or now and then what people say for it."""
    others = LIKE.get(word, ())
    return _one(others, rng) if others and rng.random() < OTHERWISE else word


def _one(words: Sequence[str], rng: np.random.Generator) -> str:
    return words[int(rng.integers(len(words)))]
