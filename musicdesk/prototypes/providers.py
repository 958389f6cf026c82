"""What a prototype can be made of: words, tracks chosen by hand, a phrase; each gives a direction of the space.

A word's prototype is extractive: it stands on real tracks. Of the tracks in which the word stands out most the medoid
is taken (Kaufman & Rousseeuw, 1990), and the direction is that of the half of them that lie nearest to it, so that a
few wrong tags cannot bend it. Clusters of what is liked are ``bank.build``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from musicdesk.errors import BadRequest, NotFound
from musicdesk.prototypes import bank
from musicdesk.prototypes.agreement import Agreement, form_odds
from musicdesk.prototypes.words import word as known_word
from musicdesk.records import FloatArray, IntArray, Origin, Vectors

FEWEST = 3
"""A word that fewer tracks speak for makes no prototype."""
STANDS_OUT = 1.0
"""Deviations of the library from which a track speaks for a word of the encoder."""
PLAUSIBLE = 0.35
"""What a nat of log-odds below the likeliest word of its kind costs a track, in deviations (as in ``naming``)."""
CORE, CORE_SHARE = 48, 0.1
"""A word is judged by so many tracks at most, and by no more than this share of a small library."""
NEAREST, NEAREST_SHARE = 10, 0.05
"""A direction is faithful to its word as far as so many tracks nearest to it agree with the word."""
PHRASE_SHARE, PHRASE_LEAST = 0.02, 8
"""How many tracks a phrase stands on, where an encoder hears phrases."""
GIVEN = 40
"""So many genres and tags of one's own, those with most tracks, are looked at for the bank."""
AT_LARGE = 16_384
"""Tracks that stand for a library of twice as many and more."""
SHOWN = 12
"""So many known words are named where none of a phrase is known."""


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """A direction that could be a prototype, and what speaks for it."""

    vector: FloatArray  # [dim] unit length
    word: str
    """The tag or phrase behind it; "" for tracks."""
    origin: Origin
    rows: IntArray  # [m] the tracks that speak for it, the most faithful first
    exemplars: IntArray  # [up to 3] rows
    faithful: float | None = None
    """How far what it leads to agrees with its word, as a percentile of the library; None: it has no word."""
    support: int = 0
    """How many tracks of the library bear the word."""
    heard: float | None = None
    """The same, of the excerpts of its exemplars; None: nobody has listened to them closely."""

    @property
    def agrees(self) -> float | None:
        """How far what is heard agrees with its word, as well as it is known."""
        return self.faithful if self.heard is None else self.heard


@dataclass(frozen=True, slots=True)
class Told:
    """A word that a prototype can be made of."""

    word: str
    kind: str
    """"sound" (the encoder hears it), "genre" (of the files) or "own" (the listener's)."""
    tracks: int


@dataclass(frozen=True)
class Ground:
    """A library as providers see it."""

    vectors: Vectors
    space: FloatArray  # [n, dim] the rows of ``vectors``, standardised, unit length
    genres: Mapping[str, IntArray] = field(default_factory=dict)
    """Genre or mood of the files → rows."""
    own: Mapping[str, IntArray] = field(default_factory=dict)
    """The listener's own tags → rows."""

    @cached_property
    def agreement(self) -> Agreement:
        """How far sounds agree with words here."""
        return Agreement(self.vectors, self.space, {**self.genres, **self.own})

    @property
    def step(self) -> int:
        """Every so many-th track stands for a large library."""
        return max(1, len(self.space) // AT_LARGE)

    @cached_property
    def at_large(self) -> FloatArray:
        """Every ``step``-th row of the space."""
        return np.ascontiguousarray(self.space[:: self.step])

    @cached_property
    def fits(self) -> FloatArray:
        """How far each word of the encoder stands out, in deviations of the library, in every ``step``-th track.

        # [n / step, forms]
        """
        odds = form_odds(self.vectors.tags[:: self.step], self.agreement.forms)
        if not odds.size:
            return odds
        fits = (odds - odds.mean(axis=0)) / np.maximum(odds.std(axis=0), np.float32(1e-3))
        kinds = np.array([known_word(form).kind for form in self.agreement.forms])
        for kind in set(kinds):
            own = kinds == kind
            fits[:, own] -= np.float32(PLAUSIBLE) * (odds[:, own].max(axis=1, keepdims=True) - odds[:, own])
        return np.asarray(fits * np.array([known_word(form).trust for form in self.agreement.forms], np.float32))


def words(ground: Ground) -> tuple[Told, ...]:
    """The words that enough tracks speak for, those with most tracks first."""
    step, fits = ground.step, ground.fits
    heard = {form: step * int((fits[:, i] >= STANDS_OUT).sum()) for i, form in enumerate(ground.agreement.forms)}
    named = [Told(text, kind, len(rows)) for kind, of in (("genre", ground.genres), ("own", ground.own))
             for text, rows in of.items()]  # fmt: skip
    found = [*(Told(form, "sound", count) for form, count in heard.items()), *_unheard(named, heard)]
    return tuple(sorted((told for told in found if told.tracks >= FEWEST), key=lambda told: -told.tracks))


def from_tag(ground: Ground, word: str) -> Candidate:
    """The prototype of a word; raises NotFound for a word that nobody knows, or that too few tracks speak for."""
    names = {told.word.casefold(): told.word for told in words(ground)}
    parts = ground.agreement.parts(word)
    name = names.get(word.strip().casefold()) or next((part for part in parts if part in names.values()), "")
    if not name or len(parts) > 1:
        raise NotFound(_unknown(word, ground))
    return _from_word(ground, name)


def from_tags(ground: Ground, *, given: int = GIVEN) -> tuple[Candidate, ...]:
    """The prototypes of the words that enough tracks speak for; of those that were given, the most frequent."""
    told = words(ground)
    frequent = [t for t in told if t.kind != "sound"][:given]
    return tuple(_from_word(ground, t.word) for t in told if t.kind == "sound" or t in frequent)


def from_rows(space: FloatArray, rows: Sequence[int] | IntArray, *, refused: Sequence[int] = ()) -> Candidate:
    """One direction for tracks that a person chose, an artist's, or a playlist's. Raises BadRequest for none."""
    chosen = np.unique(np.asarray(rows, dtype=np.int64))
    if not len(chosen):
        raise BadRequest("None of these tracks is analysed, so no prototype can be made of them yet.")
    vector = bank.direction(space[chosen])
    ordered = chosen[np.argsort(-(space[chosen] @ vector), kind="stable")]
    shown = bank.exemplars(space, vector, ordered, refused=refused)
    return Candidate(vector, "", Origin.TRACKS, ordered, shown, support=len(ordered))


def from_text(ground: Ground, text: str, *, nearness: FloatArray | None = None) -> Candidate:
    """The prototype of a phrase.

    ``nearness`` [n] tells how near each track is to the phrase where an encoder hears phrases (nan: not heard by it).
    Without one, the phrase is the mean of the words in it that are known here. Raises NotFound if none is.
    """
    if not text.strip():
        raise BadRequest("A phrase needs a word.")
    if nearness is not None and np.isfinite(nearness).any():
        made = _near_the_phrase(ground, nearness)
    else:
        parts = [part for part in ground.agreement.parts(text) if part in {told.word for told in words(ground)}]
        if not parts:
            raise NotFound(_unknown(text, ground))
        made = _mean([_from_word(ground, part) for part in parts], ground)
    return Candidate(
        made.vector, text.strip(), Origin.TEXT, made.rows, made.exemplars,
        _faithful(ground, text, made.vector), made.support,
    )  # fmt: skip


def _from_word(ground: Ground, word: str) -> Candidate:
    """The medoid's half of the tracks in which a word stands out most."""
    rows, strength, support = _bearing(ground, word)
    near = ground.space[rows] @ ground.space[rows].T
    medoid = int(np.argmax(near.mean(axis=1)))
    kept = np.flatnonzero(near[medoid] >= np.median(near[medoid])) if len(rows) > FEWEST else np.arange(len(rows))
    vector = bank.direction(ground.space[rows[kept]])
    order = np.argsort(-(_standard(ground.space[rows] @ vector) + _standard(strength)), kind="stable")
    ordered = rows[order]
    shown = bank.exemplars(ground.space, vector, ordered, in_order=True)
    heard = word in ground.agreement.forms
    faithful = _faithful(ground, word, vector) if heard else _told_apart(ground, word)
    return Candidate(vector, word, Origin.TAG, ordered, shown, faithful, support)


def _bearing(ground: Ground, word: str) -> tuple[IntArray, FloatArray, int]:
    """The tracks in which a word stands out most, how far it does, and how many bear it at all.  # [m], [m]"""
    if word in ground.agreement.forms:
        fits = ground.fits[:, list(ground.agreement.forms).index(word)]
        bearing = np.flatnonzero(fits >= STANDS_OUT)
        count = _most(len(ground.space), 0)
        return (*_strongest(bearing * ground.step, fits[bearing], count), len(bearing) * ground.step)
    bearing = np.unique(ground.agreement.given[word])
    spread = bearing[:: max(1, len(bearing) // (4 * CORE))]
    strength = ground.space[spread] @ bank.direction(ground.space[spread])
    return (*_strongest(spread, strength, _most(len(ground.space), len(bearing))), len(bearing))


def _most(library: int, bearing: int) -> int:
    """How many tracks a word is judged by; given words are given to all that bear them."""
    return max(FEWEST, min(CORE, max(round(CORE_SHARE * library), bearing // 2)))


def _strongest(rows: IntArray, strength: FloatArray, count: int) -> tuple[IntArray, FloatArray]:
    best = np.argsort(-strength, kind="stable")[:count]
    return rows[best], strength[best]


def _near_the_phrase(ground: Ground, nearness: FloatArray) -> Candidate:
    heard = np.flatnonzero(np.isfinite(nearness))
    count = min(len(heard), max(PHRASE_LEAST, round(PHRASE_SHARE * len(heard))))
    return from_rows(ground.space, heard[np.argsort(-nearness[heard], kind="stable")[:count]])


def _mean(parts: Sequence[Candidate], ground: Ground) -> Candidate:
    """One direction between several; the tracks that speak for it are those nearest to it of all."""
    if len(parts) == 1:
        return parts[0]
    vector = bank.direction(np.stack([part.vector for part in parts]))
    rows = np.unique(np.concatenate([part.rows for part in parts]))
    ordered = rows[np.argsort(-(ground.space[rows] @ vector), kind="stable")]
    return Candidate(vector, "", Origin.TEXT, ordered, bank.exemplars(ground.space, vector, ordered),
                     support=min(part.support for part in parts))  # fmt: skip


def _faithful(ground: Ground, word: str, vector: FloatArray) -> float | None:
    """How far the tracks nearest to a direction agree with a word."""
    near = ground.at_large @ vector
    count = min(NEAREST, max(min(FEWEST, len(near)), round(NEAREST_SHARE * len(near))))
    rows = np.argpartition(-near, count - 1)[:count] * ground.step
    shares = ground.agreement.of_rows(word, rows)
    return None if shares is None else float(shares.mean())


def _told_apart(ground: Ground, word: str) -> float | None:
    """How far the tracks that bear a given word can be told by their neighbours; 0.5: a word that is no sound."""
    bearing = ground.agreement.given[word]
    shares = ground.agreement.of_rows(word, bearing[:: max(1, len(bearing) // CORE)])
    return None if shares is None else float(shares.mean())


def _standard(values: FloatArray) -> FloatArray:
    return np.asarray((values - values.mean()) / max(float(values.std()), 1e-6), dtype=np.float32)


def _unheard(named: Sequence[Told], heard: Mapping[str, int]) -> list[Told]:
    """Given words that the encoder has no word for; "Rock" of the files is what it hears as rock."""
    return [told for told in named if known_word(told.word).form.casefold() not in heard]


def _unknown(text: str, ground: Ground) -> str:
    known = ", ".join(told.word for told in words(ground)[:SHOWN])
    there = (
        f"Known here are, among others: {known}." if known else "This encoder knows no words; choose tracks instead."
    )
    return f"Nothing is known of “{text.strip()}” in this library. {there}"
