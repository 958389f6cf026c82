"""A column of texts in one piece of memory, searched and ordered by numpy, which lets other threads run meanwhile."""

from collections.abc import Sequence
from functools import cached_property

import numpy as np
import numpy.typing as npt

from musicdesk.records import IntArray

Bytes = npt.NDArray[np.uint8]
Mask = npt.NDArray[np.bool_]
CodeArray = npt.NDArray[np.int32]

WIDTH = 48
"""Bytes of a text that are compared at once; longer ones that begin alike are compared one by one."""


class TextColumn:
    """n texts, one after the other in UTF-8, a NUL behind each; immutable."""

    def __init__(self, blob: bytes, count: int) -> None:
        """``blob`` holds ``count`` texts with a NUL between each two; raises ValueError if it does not."""
        self._blob = blob + b"\0" if count else b""
        self._count = count
        if self._blob.count(b"\0") != count:
            raise ValueError(f"There are {self._blob.count(0)} texts instead of {count}.")

    @classmethod
    def of(cls, texts: Sequence[str]) -> "TextColumn":
        """These texts; none may hold a NUL."""
        return cls("\0".join(texts).encode(), len(texts))

    def __len__(self) -> int:
        return self._count

    def at(self, rows: IntArray) -> list[str]:
        """The texts of these rows."""
        starts, ends = self._bounds[rows].tolist(), self._bounds[rows + 1].tolist()
        return [self._blob[start : end - 1].decode() for start, end in zip(starts, ends, strict=True)]

    @cached_property
    def _bytes(self) -> Bytes:
        return np.frombuffer(self._blob, dtype=np.uint8)

    @cached_property
    def _bounds(self) -> IntArray:
        """Where each text begins, and where the next would.  # [n + 1]"""
        return np.concatenate([[0], np.flatnonzero(self._bytes == 0) + 1]).astype(np.int64)

    # ------------------------------------------------------------------------------------------- find

    def holding(self, word: str) -> Mask:
        """Which texts hold ``word`` anywhere; none holds a NUL.  # [n]"""
        found = np.zeros(self._count, dtype=bool)
        places = self._places(word.encode(errors="replace")) if word else self._bounds[:-1]
        found[np.searchsorted(self._bounds, places, side="right") - 1] = True
        return found

    def _places(self, wanted: bytes) -> IntArray:
        """Where ``wanted`` begins: candidates are where its rarest byte stands, then each byte thins them out."""
        letters, size = self._bytes, len(self._bytes)
        rarest = min(range(len(wanted)), key=lambda i: self._tally[wanted[i]])
        places = np.flatnonzero(letters == wanted[rarest]) - rarest
        places = places[(places >= 0) & (places <= size - len(wanted))]
        for i, letter in enumerate(wanted):
            if i != rarest:
                places = places[letters[places + i] == letter]
        return places

    @cached_property
    def _tally(self) -> list[int]:
        """How often each byte occurs."""
        return [int(count) for count in np.bincount(self._bytes, minlength=256)]

    # ------------------------------------------------------------------------------------------- order, groups

    def codes(self) -> tuple[CodeArray, dict[str, int]]:
        """Equal numbers for equal texts, from 0 in the order of their first row, -1 for "" [n]; and text → number."""
        codes, names = self._coded()
        return codes, {name.decode(): code for code, name in enumerate(names)}

    def ranks(self) -> IntArray:
        """The place of each text in the order of all, equal ones alike, empty ones last.  # [n]"""
        codes, names = self._coded()
        places = np.append(_order(names), self._count)
        return places[codes]

    def _coded(self) -> tuple[CodeArray, list[bytes]]:
        known: dict[bytes, int] = {b"": -1}
        numbers = [known.setdefault(text, len(known) - 1) for text in self._blob.split(b"\0")[: self._count]]
        return np.array(numbers, dtype=np.int32), list(known)[1:]


def _order(names: Sequence[bytes]) -> IntArray:
    """The place of each of these different names.  # [len(names)]"""
    beginnings = np.array(names, dtype=f"S{WIDTH}")
    _, places = np.unique(beginnings, return_inverse=True)
    places = places.reshape(-1).astype(np.int64)
    long = np.flatnonzero(np.array([len(name) > WIDTH for name in names], dtype=bool))
    alike = np.flatnonzero(np.isin(places, places[long]))
    within = np.zeros(len(names), dtype=np.int64)
    for place, row in enumerate(sorted(alike.tolist(), key=lambda row: names[row])):
        within[row] = place
    ranks = np.empty(len(names), dtype=np.int64)
    ranks[np.lexsort((within, places))] = np.arange(len(names))
    return ranks
