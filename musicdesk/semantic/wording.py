"""What a text asks of the words that an encoder hears, with a model of sentences or without one.

Words that are known to mean something ("sad", "melancholic", "Gesang") are taken by their meaning; what is left of a
text is taken as a whole, by the words and uses of music ("for a drive at night") that lie nearest to it among vectors
of sentences; without them, by the uses whose words it shares.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from musicdesk.records import FloatArray
from musicdesk.semantic.plain_words import FOR, LIKE, Use, said, tidy
from musicdesk.semantic.said_of_music import ELSEWHERE, FEELS, GOES_WITH, SAY_NOTHING
from musicdesk.tracks import fold

NEAREST = 5
"""So many words that lie nearest to a text are taken for it."""
SHARP = 12.0
"""How much more the nearest of them counts than the next: a softmax over cosines."""
FAR, NEAR = 0.25, 0.55
"""Cosines of sentences below which they have nothing to do with each other, and from which they are sure to."""
DENIED = 0.5
"""The least cosine by which a word is denied: what must not be there is not guessed at."""
SAME_USE = 0.5
"""The least cosine by which a text is one of the uses of music."""
LIKE_IT, USED = 0.8, 0.5
"""What a word counts that was said for another one, and one that speaks for a use."""
LONGEST_NAME = 3
"""Words of the longest name that is known ("acoustic guitar music")."""

Told = Mapping[str, float]
"""Word → how much it is asked for, below 0: how much against."""


@dataclass(frozen=True, eq=False)
class Reading:
    """Texts that a model of sentences has read."""

    texts: tuple[str, ...]
    vectors: FloatArray  # [len(texts), d] unit rows

    def near(self, vector: FloatArray) -> dict[str, float]:
        """Text → its cosine with the vector [d] of another text."""
        return dict(zip(self.texts, (self.vectors @ vector).tolist(), strict=True))

    def of(self, texts: Collection[str]) -> "Reading":
        """The reading of these alone, as far as they were read."""
        places = [place for place, text in enumerate(self.texts) if text in texts]
        return Reading(tuple(self.texts[place] for place in places), self.vectors[places])


def known_words() -> tuple[str, ...]:
    """Every word that music is known to be asked for by."""
    return tuple(dict.fromkeys((*LIKE, *GOES_WITH, *FEELS)))


def uses() -> tuple[str, ...]:
    """Every use of music, as it is said."""
    return tuple(phrase for use in FOR for phrase in use.phrases)


def asked_for(
    words: Sequence[str], names: Iterable[str] = (), *, vector: FloatArray | None = None, reading: Reading | None = None
) -> Told:
    """The words that ``words`` ask for; ``names`` are those that something is heard of, beside the known ones.

    ``vector`` [d] is that of the whole text and ``reading`` that of names and :func:`uses`, by the same model.
    """
    told, rest = _by_name(words, _heard(names))
    if not rest:
        return told
    guessed = _guessed(vector, reading) if vector is not None and reading is not None else _by_use(rest)
    share = len(rest) / (len(rest) + len(told))
    return _sum((told, {word: share * weight for word, weight in guessed.items()}))


def is_guess(words: Sequence[str], names: Iterable[str] = (), *, vector: FloatArray | None, reading: Reading) -> bool:
    """Whether no word is known by its name, and what lies nearest to them is not near enough to be sure of it."""
    told, rest = _by_name(words, _heard(names))
    return bool(rest) and not told and vector is not None and max(reading.near(vector).values(), default=0.0) < NEAR


def denied(
    text: str, names: Iterable[str] = (), *, vector: FloatArray | None = None, reading: Reading | None = None
) -> Told:
    """The words that "no …" is about: those of that name, or else the one that lies nearest and near enough."""
    told, _ = _by_name(text.split(), _heard(names))
    if told or vector is None or reading is None:
        return told
    near = {word: cosine for word, cosine in reading.near(vector).items() if said(word) and word not in _use_of()}
    nearest = max(near, key=near.__getitem__, default="")
    return {said(nearest): 1.0} if nearest and near[nearest] >= DENIED else {}


def spread(told: Told) -> Told:
    """The same with what goes with each word, and against it."""
    return _sum((told, *({other: weight * by for other, by in _others(word)} for word, weight in told.items())))


def _others(word: str) -> Iterable[tuple[str, float]]:
    return GOES_WITH.get(word, {}).items()


# ------------------------------------------------------------------------------------------------------- by name


def _heard(names: Iterable[str]) -> frozenset[str]:
    """What something is heard of; a word that nobody would say ("80s") as it is."""
    return frozenset(said(name) or tidy(name) for name in names)


def _by_name(words: Sequence[str], heard: frozenset[str]) -> tuple[dict[str, float], list[str]]:
    """What the words are known to mean, the longest names first, and those that mean nothing known."""
    folded, told, rest, place = [fold(word) for word in words], Counter[str](), list[str](), 0
    while place < len(folded):
        for size in range(min(LONGEST_NAME, len(folded) - place), 0, -1):
            means = _means(" ".join(folded[place : place + size]), heard)
            if means:
                told.update(means)
                break
        else:
            size = 1
            rest += [folded[place]] if folded[place] not in SAY_NOTHING else []
        place += size
    return dict(told), rest


def _means(name: str, heard: frozenset[str]) -> Told:
    """What one name means: itself where it is heard or known, or what it is said for."""
    bare = name.removesuffix(" music"), name.removesuffix("musik")  # "Klaviermusik" is one word
    for form in (name, *bare, name.replace("-", " "), name.replace(" ", "-"), _one(name)):
        word = said(ELSEWHERE.get(form, form)) or form
        if word and (word in heard or word in _known()):
            return {word: 1.0}
        if form in _said_for():
            return _said_for()[form]
    return {}


def _one(name: str) -> str:
    """One of several: "pianos" are a piano."""
    return name.removesuffix("s") if len(name) > 3 else name


@cache
def _known() -> frozenset[str]:
    return frozenset(known_words())


@cache
def _said_for() -> Mapping[str, Told]:
    """What people say → the words that they say it for."""
    found: dict[str, dict[str, float]] = {}
    for word, phrases in LIKE.items():
        for phrase in phrases:
            found.setdefault(fold(tidy(phrase)), {})[word] = LIKE_IT
    return {phrase: {word: weight / len(words) for word, weight in words.items()} for phrase, words in found.items()}


# ------------------------------------------------------------------------------------------------- by its meaning


def _guessed(vector: FloatArray, reading: Reading) -> Told:
    """The words that lie nearest to a text, and what speaks for the use of music that it is, if it is one."""
    near, of_use = reading.near(vector), _use_of()
    words = sorted((text for text in near if text not in of_use and said(text)), key=lambda text: -near[text])[:NEAREST]
    use = max((text for text in near if text in of_use), key=near.__getitem__, default="")
    told = _softly({said(text): near[text] for text in words})
    if use and near[use] >= SAME_USE:
        return _sum(({word: weight / 2 for word, weight in told.items()}, _speaking(of_use[use])))
    return told


def _softly(near: Mapping[str, float]) -> Told:
    """Weights that sum up to how sure it is that they are near at all."""
    if not near:
        return {}
    cosines = np.array(list(near.values()))
    sure = float(np.clip((cosines.max() - FAR) / (NEAR - FAR), 0, 1))
    weights = np.exp(SHARP * (cosines - cosines.max()))
    return dict(zip(near, (sure * weights / weights.sum()).tolist(), strict=True)) if sure else {}


def _by_use(rest: Sequence[str]) -> Told:
    """What speaks for the uses of music that share most words with what is left of a text, if any does."""
    words = frozenset(rest)
    shared = {use: max(len(words & _content(phrase)) / len(_content(phrase)) for phrase in use.phrases) for use in FOR}
    most = max(shared.values())
    return _sum([_speaking(use) for use in FOR if most >= SAME_USE and shared[use] == most][:1])


def _speaking(use: Use) -> Told:
    told = {**dict.fromkeys(sorted(use.fits), USED), **dict.fromkeys(sorted(use.unfit), -USED)}
    return {word: weight / len(use.fits) ** 0.5 for word, weight in told.items()}


@cache
def _use_of() -> Mapping[str, Use]:
    return {phrase: use for use in FOR for phrase in use.phrases}


@cache
def _content(phrase: str) -> frozenset[str]:
    return frozenset(fold(phrase).split()) - SAY_NOTHING


def _sum(told: Iterable[Told]) -> dict[str, float]:
    found: dict[str, float] = {}
    for some in told:
        for word, weight in some.items():
            found[word] = found.get(word, 0.0) + weight
    return found
