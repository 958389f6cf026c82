"""Tracks by meaning: every part of the score is a weighted sum of columns, so what it says for a hit is exact.

``Meanings`` is made once for a snapshot of the library; a query asks it. The parts: **text** (words in what files and
the listener say; genres and own tags that mean what is asked), **tags** (words that the encoder hears, in deviations of
the library), **sound** (nearness in a space that sounds share with words), **mood**, and **without** (what was not
wanted, by the columns of what it names, never by the meaning of the whole phrase: to a model of sentences "no vocals"
lies next to "vocals").
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from musicdesk.errors import BadRequest
from musicdesk.records import AXES, MOODS, Axis, FloatArray, IntArray, Mood, Moods
from musicdesk.records.searching import Reason, Understood
from musicdesk.semantic.plain_words import said
from musicdesk.semantic.said_of_music import FEELS
from musicdesk.semantic.wording import Reading, Told, asked_for, denied, is_guess, known_words, spread, uses
from musicdesk.tracks import fold

TEXT, TAGS, SOUND, MOOD, WITHOUT = PARTS = ("text", "tags", "sound", "mood", "without")
TEXT_WEIGHT, SAID_WEIGHT, TAGS_WEIGHT, SOUND_WEIGHT, MOOD_WEIGHT = 1.5, 0.75, 1.0, 2.0, 0.6
"""What each part counts. Tags, sound and mood are in deviations of the library; of text, 1 is all words asked for.

That of sound was chosen on artists held out within the training folds of Emotify (``evaluation/semantic.md``)."""
MOOD_FIELD_WEIGHT = 2.0
"""A mood that is asked for by its field ("mood:calm")."""
WITHOUT_WEIGHT = 1.5
"""What is not wanted counts more than what is: one such track is noticed."""
LACK = 1.0
"""Deviations up to which the lack of what is not wanted speaks for a sound: it must not outdo what is wanted."""
FARTHEST = 3.0
"""Deviations beyond which a column says no more."""
SAID_NEAR = 0.58
"""The least cosine by which a genre or an own tag means what is asked."""
MOST_WORDS = 4
"""Words that a reason names."""
_NO_ROWS: Mapping[str, IntArray] = MappingProxyType({})

Half = npt.NDArray[np.float16]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Pull:
    """One word's share of a part: ``weight`` times ``column``."""

    word: str
    column: Half | FloatArray  # [n]
    weight: float

    def at(self, row: int) -> float:
        """What it adds to one sound."""
        return self.weight * float(self.column[row])


@dataclass(frozen=True, eq=False)
class Meant:
    """What a query gives each sound of the snapshot; the columns of ``parts`` add up to ``scores``."""

    scores: FloatArray  # [n]
    parts: Mapping[str, FloatArray]  # part → [n]; of what could not be asked, or was not, there is none
    pulls: Mapping[str, Sequence[Pull]] = field(default_factory=dict)
    """The words behind each part; none for sound."""

    def reasons(self, row: int) -> tuple[Reason, ...]:
        """What speaks for one sound, and against it, the strongest first; the amounts add up to its score."""
        found = [
            Reason(part, self._words(part, row, float(column[row])), float(column[row]))
            for part, column in self.parts.items()
            if column[row]
        ]
        return tuple(sorted(found, key=lambda reason: -abs(reason.amount)))

    def _words(self, part: str, row: int, amount: float) -> tuple[str, ...]:
        """The words that pull the way that the whole part does, the strongest first."""
        shares: dict[str, float] = {}
        for pull in self.pulls.get(part, ()):
            shares[pull.word] = shares.get(pull.word, 0.0) + pull.at(row) / amount
        words = sorted((word for word, share in shares.items() if share > 0), key=lambda word: -shares[word])
        return tuple(words[:MOST_WORDS])

    def matches(self, rows: IntArray) -> FloatArray:
        """The share of the library that fits less well than each of these.  # [len(rows)] 0 to 1"""
        own = self.scores[rows]
        best = np.sort(self.scores[self.scores >= own.min(initial=np.inf)])  # a sort of all takes ten times as long
        below = len(self.scores) - len(best) + np.searchsorted(best, own, side="left")
        return np.asarray(below / max(1, len(self.scores) - 1), dtype=np.float32)


def top(meant: Meant, limit: int, *, allowed: Mask | None = None) -> IntArray:
    """The rows that fit best, best first, of those allowed [n]; none that does not fit better than nothing at all.

    Of two that fit alike the one before comes first.
    """
    fits = meant.scores > 0
    rows = np.flatnonzero(fits if allowed is None else fits & allowed)
    if limit <= 0:
        return rows[:0].astype(np.int64)
    if len(rows) > limit:
        least = np.partition(meant.scores[rows], len(rows) - limit)[len(rows) - limit]
        rows = rows[meant.scores[rows] >= least]
    order = np.lexsort((rows, -meant.scores[rows]))
    return rows[order[:limit]].astype(np.int64)


class Meanings:
    """What the sounds of one snapshot can be asked for by meaning; immutable, a second to make at 200,000 sounds."""

    def __init__(
        self,
        count: int,
        *,
        tags: FloatArray | None = None,
        vocabulary: Sequence[str] = (),
        moods: Moods | None = None,
        said: Mapping[str, IntArray] = _NO_ROWS,
        reading: Reading | None = None,
    ) -> None:
        """``tags`` [count, len(vocabulary)] are probabilities, nan where nothing is heard; ``said`` the rows of the
        sounds that bear each genre and own tag; ``reading`` what a model of sentences made of ``texts``, if there is
        one. Raises BadRequest where these are not of as many sounds.
        """
        _check(count, tags, vocabulary, moods)
        self.count, self.vocabulary, self.said = count, tuple(vocabulary), said
        self._columns = _deviations(tags) if tags is not None else np.empty((0, count), np.float16)
        self._felt = _felt(moods) if moods is not None else {}
        self._columns_of = _columns_of(self.vocabulary)
        self._reading, self._words_read = reading, self._words_in(reading)

    @property
    def texts(self) -> tuple[str, ...]:
        """What a model of sentences must have read: words that are heard or known, uses of music, genres, own tags."""
        heard = (_said(word) for word in self.vocabulary)
        return tuple(dict.fromkeys(text for text in (*heard, *known_words(), *uses(), *self.said) if text.strip()))

    def with_reading(self, reading: Reading | None) -> "Meanings":
        """The same sounds with what a model of sentences made of ``texts``."""
        made = Meanings.__new__(Meanings)
        made.__dict__ = {**self.__dict__, "_reading": reading, "_words_read": self._words_in(reading)}
        return made

    def _words_in(self, reading: Reading | None) -> Reading | None:
        """Of what was read, words and uses of music ask for what is heard; a genre of the library is no such word."""
        known = {*map(_said, self.vocabulary), *known_words(), *uses()}
        return reading.of(known) if reading is not None else None

    # --------------------------------------------------------------------------------------------------- asking

    def ask(
        self,
        understood: Understood,
        *,
        vector: FloatArray | None = None,
        without: Sequence[FloatArray] = (),
        sound: FloatArray | None = None,
        held: Mapping[str, IntArray] = _NO_ROWS,
    ) -> Meant:
        """What ``understood`` gives each sound.

        ``vector`` [d] is what the model of sentences made of ``understood.meaning``, ``without`` the same of each of
        ``understood.without``; ``sound`` [count] the nearness of each sound to the meaning, where an encoder hears
        texts; ``held`` the rows whose files or own tags hold each word of the query, of those not wanted too.
        """
        told = asked_for(_content(understood), self.vocabulary, vector=vector, reading=self._words_read)
        pulls = {
            TEXT: [*self._held(understood, held), *self._said_near(vector, held)],
            TAGS: self._heard(told, TAGS_WEIGHT),
            MOOD: [*self._moody(told, MOOD_WEIGHT), *self._fields(understood)],
            WITHOUT: self._without(understood.without, without, held),
        }
        parts = {part: _summed(some, self.count) for part, some in pulls.items() if some}
        if sound is not None and understood.words:
            parts[SOUND] = SOUND_WEIGHT * _standardised(sound)
        parts = {part: parts[part] for part in PARTS if part in parts}
        scores = sum(parts.values(), np.zeros(self.count, dtype=np.float32))
        return Meant(scores, parts, pulls)

    def is_guess(self, understood: Understood, vector: FloatArray | None) -> bool:
        """Whether nothing that is asked for is known by its name, and nothing lies so near that it is surely meant."""
        if self._reading is None or understood.phrases or understood.fields:
            return False
        return is_guess(understood.words, self.vocabulary, vector=vector, reading=self._reading)

    def _heard(self, told: Told, weight: float) -> list[Pull]:
        """The columns of the words that are asked for: more words do not count more, and a mere guess counts less."""
        weights: dict[int, float] = {}
        for word, much in spread(told).items():
            for place in (places := self._columns_of.get(word, ())):
                weights[place] = weights.get(place, 0.0) + much / len(places)
        size = max(1.0, sum(much**2 for much in weights.values()) ** 0.5)
        return [
            Pull(_named(self.vocabulary[place], much), self._columns[place], weight * much / size)
            for place, much in weights.items()
            if much
        ]

    def _moody(self, told: Told, weight: float) -> list[Pull]:
        """The moods and axes by which the words that are asked for are felt."""
        felt = [
            (_named(word, much), self._felt[kind], much * by)
            for word, much in told.items()
            for kind, by in FEELS.get(word, {}).items()
            if kind in self._felt
        ]
        size = max(1.0, sum(much**2 for _, _, much in felt) ** 0.5)
        return [Pull(word, column, weight * much / size) for word, column, much in felt if much]

    def _fields(self, understood: Understood) -> list[Pull]:
        asked = [value for name, value in understood.fields if name == "mood"]
        return [pull for value in asked for pull in self._moody(asked_for([value]), MOOD_FIELD_WEIGHT)]

    def _held(self, understood: Understood, held: Mapping[str, IntArray]) -> list[Pull]:
        """Rows that hold some of the words; a rare word counts more (Spärck Jones, 1972), all together 1."""
        words = [word for word in dict.fromkeys(_content(understood)) if word in held]
        rarity = {word: float(np.log1p(self.count / max(1, len(held[word])))) for word in words}
        total = sum(rarity.values())
        weights = {word: TEXT_WEIGHT * much / total for word, much in rarity.items() if len(held[word])}
        return [Pull(word, self._marked(held[word]), much) for word, much in weights.items()]

    def _said_near(self, vector: FloatArray | None, held: Mapping[str, IntArray]) -> list[Pull]:
        """Rows that bear a genre or an own tag which means what is asked; the nearest such word of each counts."""
        if vector is None or self._reading is None or not self.said:
            return []
        literal = {fold(word) for word, rows in held.items() if len(rows)}
        near = {
            word: cosine
            for word, cosine in self._reading.near(vector).items()
            if cosine >= SAID_NEAR and word in self.said and fold(word) not in literal
        }
        words = sorted(near, key=lambda word: -near[word])
        free, found = np.ones(self.count, dtype=bool), list[Pull]()
        for word in words[:MOST_WORDS]:
            rows = self.said[word]
            found.append(Pull(word, self._marked(rows[free[rows]]), SAID_WEIGHT * near[word]))
            free[rows] = False
        return found

    def _without(self, texts: Sequence[str], vectors: Sequence[FloatArray], held: Mapping[str, IntArray]) -> list[Pull]:
        """What is not wanted, against a sound by the columns of its words; each is named as it was asked."""
        return [
            pull for place, text in enumerate(texts) for pull in self._against(text, vectors[place : place + 1], held)
        ]

    def _against(self, text: str, vector: Sequence[FloatArray], held: Mapping[str, IntArray]) -> Iterator[Pull]:
        read = vector[0] if vector else None
        told = denied(text, self.vocabulary, vector=read, reading=self._words_read)
        for pull in (*self._heard(told, -WITHOUT_WEIGHT), *self._moody(told, -WITHOUT_WEIGHT * MOOD_WEIGHT)):
            yield Pull(text, _no_merit(pull), pull.weight)
        if len(rows := held.get(text, ())):
            yield Pull(text, self._marked(np.asarray(rows)), -TEXT_WEIGHT)

    def _marked(self, rows: IntArray) -> Half:
        """1 at these rows, 0 elsewhere.  # [count]"""
        column = np.zeros(self.count, dtype=np.float16)
        column[rows] = 1
        return column


def _content(understood: Understood) -> list[str]:
    """Every word of what is asked for."""
    return [*understood.words, *(word for phrase in understood.phrases for word in phrase.split())]


def _said(word: str) -> str:
    return said(word) or word


def _named(word: str, much: float) -> str:
    """A word as a reason has it: one that speaks against a sound is told as its lack."""
    return _said(word) if much > 0 else f"not {_said(word)}"


def _columns_of(vocabulary: Sequence[str]) -> Mapping[str, Sequence[int]]:
    found: dict[str, list[int]] = {}
    for place, word in enumerate(vocabulary):
        found.setdefault(_said(word), []).append(place)
    return found


def _no_merit(pull: Pull) -> FloatArray:
    """A column as far as it speaks against a sound, and no more than LACK of what speaks for it.  # [n]"""
    column = pull.column.astype(np.float32)  # which is quicker to compare than halves are
    return np.maximum(column, -LACK) if pull.weight < 0 else np.minimum(column, LACK)


def _summed(pulls: Sequence[Pull], count: int) -> FloatArray:
    total = np.zeros(count, dtype=np.float32)
    for pull in pulls:
        total += np.float32(pull.weight) * pull.column
    return total


# ----------------------------------------------------------------------------------------------------- columns


def _deviations(tags: FloatArray) -> Half:
    """Probabilities [n, k] as log-odds in deviations of the library, 0 where nothing is heard.  # [k, n]"""
    columns = np.empty(tags.shape[::-1], dtype=np.float16)
    for place in range(tags.shape[1]):
        bounded = np.clip(tags[:, place].astype(np.float32), 1e-4, 1 - 1e-4)
        columns[place] = _standardised(np.log(bounded / (1 - bounded)))
    return columns


def _standardised(values: FloatArray) -> FloatArray:
    """Deviations of the library, at most FARTHEST; 0 where a value is missing, and where all are the same.  # [n]"""
    known = np.isfinite(values)
    if not known.any():
        return np.zeros(len(values), dtype=np.float32)
    mean, scale = values[known].mean(dtype=np.float64), values[known].std(dtype=np.float64)
    if scale < 1e-6:
        return np.zeros(len(values), dtype=np.float32)
    placed = np.where(known, (values - mean) / scale, 0)
    return np.asarray(np.clip(placed, -FARTHEST, FARTHEST), dtype=np.float32)


def _felt(moods: Moods) -> Mapping[Mood | Axis, Half]:
    """Moods and axes in deviations of the library: shares by their order, for raw ones are flat; axes are in order."""
    shares: dict[Mood | Axis, FloatArray] = {
        mood: _standardised(_ranks(column)) for mood, column in zip(MOODS, moods.shares.T, strict=True)
    }
    axes: dict[Mood | Axis, FloatArray] = {
        axis: _standardised(column) for axis, column in zip(AXES, moods.axes.T, strict=True)
    }
    return {kind: column.astype(np.float16) for kind, column in {**shares, **axes}.items()}


def _ranks(values: FloatArray) -> FloatArray:
    places = np.empty(len(values), dtype=np.float32)
    places[np.argsort(values, kind="stable")] = np.arange(len(values), dtype=np.float32)
    return np.where(np.isfinite(values), places, np.float32(np.nan))


def _check(count: int, tags: FloatArray | None, vocabulary: Sequence[str], moods: Moods | None) -> None:
    if tags is not None and tags.shape != (count, len(vocabulary)):
        raise BadRequest(f"Of {count} sounds and {len(vocabulary)} words there should be one number each.")
    if moods is not None and len(moods) != count:
        raise BadRequest(f"There are moods of {len(moods)} sounds, and {count} sounds.")
