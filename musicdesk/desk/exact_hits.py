"""Tracks that hold every word of a query: as they were typed, else as they were meant to be typed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from musicdesk.records import IntArray
from musicdesk.records.searching import Understood
from musicdesk.semantic.query import literal
from musicdesk.semantic.said_of_music import SAY_NOTHING
from musicdesk.semantic.wording import asked_for, known_words
from musicdesk.store.full_text import FIELDS, RANKED, FullText, Matches
from musicdesk.store.vocabulary import Vocabulary, mistakes
from musicdesk.tracks import fold

SPARE = 40
"""So many more are looked up than are shown, since copies of a sound are shown once."""


@dataclass(frozen=True, slots=True, eq=False)
class Exact:
    """What was found by words, and what they were taken for."""

    understood: Understood
    """With the corrections, and with its words corrected."""
    matches: Matches
    as_typed: IntArray = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    """Those that hold words as they stand of which some were taken for "not": a title may be called so."""


class ExactHits:
    """Finds by words."""

    def __init__(self, full_text: FullText) -> None:
        self._full_text = full_text

    @property
    def problem(self) -> str:
        """A sentence where words cannot be found as they should; "" where they can."""
        return self._full_text.problem

    def find(self, query: str, understood: Understood, *, limit: int, every: bool = False) -> Exact:
        """The tracks that hold every word, phrase and field; best first, and where there are none, what was meant.

        At most ``limit`` and a few copies, or as many as are put in order if ``every`` one is wanted.
        """
        limit = max(limit, RANKED) if every else limit
        found = self._asked(understood, limit)
        if whole := literal(query):
            as_typed = self._full_text.find(whole, limit=limit + SPARE)
            if as_typed.count:
                return Exact(understood, _joined(as_typed, found, limit + SPARE), as_typed.ids)
        if found.count or not understood.words:
            return Exact(understood, found)
        return self._meant(understood, limit)

    def having(self, understood: Understood) -> IntArray | None:
        """The ids of the tracks that have the fields and hold the phrases; None where neither is asked for."""
        fields = _hard(understood.fields)
        if not fields and not understood.phrases:
            return None
        return self._full_text.all_with(fields=fields, phrases=understood.phrases)

    def load(self) -> None:
        """Read the words of the library, so that the first mistyped one is understood at once."""
        self._full_text.vocabulary().nearest("musik")
        self._known.nearest("musik")

    def held(self, understood: Understood) -> Mapping[str, IntArray]:
        """Word that is asked for, or not wanted → the ids of the tracks that hold it."""
        asked = (*understood.words, *(word for phrase in understood.phrases for word in phrase.split()))
        words = [word for word in asked if fold(word) not in SAY_NOTHING]
        return {word: self._full_text.holding(word) for word in dict.fromkeys((*words, *understood.without))}

    def _asked(self, understood: Understood, limit: int) -> Matches:
        return self._full_text.find(
            understood.words, phrases=understood.phrases, fields=_hard(understood.fields), without=understood.without,
            limit=limit + SPARE,
        )  # fmt: skip

    def _meant(self, understood: Understood, limit: int) -> Exact:
        """What is found when the words that nothing here is called by are taken for others that are near."""
        by_name = {word: near for word in understood.words if (near := self._near(word))}
        if by_name:
            corrected = _corrected(understood, by_name)
            found = self._asked(corrected, limit)
            if found.count:
                return Exact(corrected, found)
        by_sound = {word: near for word in understood.words if (near := self._known_near(word))}
        return Exact(_corrected(understood, by_sound) if by_sound else understood, Matches())

    def _near(self, word: str) -> str:
        """The word of what is heard, or of the library where it is nearer, that a word was meant to be; "" if it is
        one.
        """
        near = () if _means(word) else (self._known_near(word), self._full_text.corrected(word))
        return min(filter(None, near), key=lambda meant: mistakes(fold(word), meant), default="")

    def _known_near(self, word: str) -> str:
        """The word by which music is known that a mistyped one was meant to be; few mistake the first letter."""
        if _means(word) or len(self._full_text.holding(word)):
            return ""
        near = self._known.nearest(fold(word))
        return near if near and near[0] == fold(word)[0] else ""

    @cached_property
    def _known(self) -> Vocabulary:
        words = {part for word in known_words() for part in fold(word).split()}
        return Vocabulary((word, 1) for word in sorted(words))


def _means(word: str) -> bool:
    """Whether a word is known to say something of music, or nothing at all."""
    return fold(word) in SAY_NOTHING or bool(asked_for([word]))


def _hard(fields: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """The fields that a file either has or has not."""
    return [(name, value) for name, value in fields if name in FIELDS]


def _corrected(understood: Understood, by_word: Mapping[str, str]) -> Understood:
    words = tuple(by_word.get(word, word) for word in understood.words)
    return replace(understood, words=words, corrected=tuple(by_word.items()))


def _joined(first: Matches, then: Matches, limit: int) -> Matches:
    """Both, each track once; of more than are asked for nobody knows how many there are twice."""
    ids = np.array(list(dict.fromkeys([*first.ids.tolist(), *then.ids.tolist()])), dtype=np.int64)
    twice = len(first.ids) + len(then.ids) - len(ids)
    return Matches(ids[:limit], first.count + then.count - twice)
