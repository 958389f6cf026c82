"""The words that a library is called by, and which of them a mistyped word was meant to be."""

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from musicdesk.records import IntArray

SHORTEST = 3
"""Letters of a word that is corrected at all: of two, every other word is one mistake away."""
SHORT = 5
"""Letters up to which one mistake is forgiven; in longer words two are."""
_Signs = npt.NDArray[np.uint32]
_BITS = np.array([value.bit_count() for value in range(1 << 16)], dtype=np.uint8)


class Vocabulary:
    """Words with the number of tracks that hold them; immutable."""

    def __init__(self, counted: Iterable[tuple[str, int]]) -> None:
        pairs = list(counted)
        self.words: tuple[str, ...] = tuple(word for word, _ in pairs)
        self.counts: IntArray = np.array([count for _, count in pairs], dtype=np.int64)  # [n]
        self._known = frozenset(self.words)
        self._lengths: IntArray = np.fromiter(map(len, self.words), dtype=np.int64, count=len(self.words))
        self._of_length: dict[int, tuple[IntArray, _Signs]] = {}
        """Length → places of words, and the signs of each; worked out when it is looked for."""

    def __len__(self) -> int:
        return len(self.words)

    def __contains__(self, word: str) -> bool:
        return word in self._known

    def nearest(self, word: str) -> str:
        """The word that is fewest mistakes away from a folded one; "" if none is near.

        Of several it is one of the same letters, for two in the wrong order slip most easily, then the most frequent.

        A mistake is a letter too many, one too few, another one, or two in the wrong order (optimal string alignment):
        one up to five letters, two beyond.
        """
        if word in self._known:
            return word
        allowed = 1 if len(word) <= SHORT else 2
        if len(word) < SHORTEST or word.isdigit():
            return ""
        sizes = range(len(word) - allowed, len(word) + allowed + 1)
        return self._nearest(word, [place for size in sizes for place in self._alike(word, size, allowed)], allowed)

    def _alike(self, word: str, length: int, allowed: int) -> Sequence[int]:
        """Places of words of a length that share signs enough: a mistake makes two of them differ at most."""
        if length not in self._of_length:
            places = np.flatnonzero(self._lengths == length)
            self._of_length[length] = places, _signs([self.words[place] for place in places.tolist()], length)
        places, signs = self._of_length[length]
        differing = signs ^ _signs([word], len(word))
        bits = _BITS[differing & 0xFFFF] + _BITS[differing >> 16]
        alike: list[int] = places[bits <= 2 * allowed].tolist()
        return alike

    def _nearest(self, word: str, places: Sequence[int], allowed: int) -> str:
        from rapidfuzz.distance import OSA
        from rapidfuzz.process import extract

        words = [self.words[place] for place in places]
        near = extract(word, words, scorer=OSA.distance, score_cutoff=allowed, limit=None)
        if not near:
            return ""
        letters = sorted(word)
        order = [(far, sorted(text) != letters, -self.counts[places[at]], text) for text, far, at in near]
        return min(order)[-1]


def mistakes(word: str, meant: str) -> int:
    """How many mistakes away one folded word is from another."""
    from rapidfuzz.distance import OSA

    return int(OSA.distance(word, meant))


def _signs(words: Sequence[str], length: int) -> _Signs:
    """Which signs stand in each word of a length, by their last five bits.  # [len(words)] 32 bits"""
    codes = np.frombuffer("".join(words).encode("utf-32-le"), dtype=np.uint32).reshape(len(words), length)
    return np.asarray(np.bitwise_or.reduce(np.uint32(1) << (codes & 31), axis=1), dtype=np.uint32)
