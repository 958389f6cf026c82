"""Which sounds of a library are the same recording in another encoding.

Two sounds are taken for one recording if they last equally long and their fingerprints agree. If their lengths differ
by more than an encoder makes them, they must also lie near each other in the encoder's space. The space alone would not
do: Opus and low Vorbis move a vector far (cosine .6, or none at all), while other pieces of one style come as near as
.98. In doubt two sounds stay two, and nothing is ever merged in the library: lists show a recording once.

A library of 200,000 sounds is compared in length-sorted blocks in well under a minute of CPU time.
"""

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import numpy.typing as npt

from musicdesk.errors import BadRequest
from musicdesk.features.fingerprint import LOOK, SAME, agreement, first_look, likely
from musicdesk.records import FloatArray, IntArray

SAME_LENGTH_S = 2.0
"""Copies differ by less: other rips have other silence at their ends."""
CLOSE_S = 0.2
"""What an encoder alone adds or takes."""
NEAR = 0.95
"""Least cosine of two sounds that are compared although their lengths differ by more than ``CLOSE_S``."""
CROWD, NEAR_IF_CROWDED = 1000, 0.5
"""Where so many last equally long, as excerpts cut by a machine do, least cosine of those that are compared."""
SURE = 0.98
"""Cosine that stands for a fingerprint where one is missing."""
_BLOCK = 512
_SHIFT_S = 0.3

Prints = Sequence[bytes] | Callable[[Sequence[int]], Sequence[bytes]]
"""One fingerprint a row (b"": none), or what gives those of some rows."""
_Mask = npt.NDArray[np.bool_]


def same_recordings(
    space: FloatArray, length_s: FloatArray, fingerprints: Prints, *, known: IntArray | None = None
) -> IntArray:
    """The group of each of n rows: the least row of its group, which is its own where it stands alone.  # [n]

    ``space`` [n, dim] holds unit rows, ``length_s`` [n] seconds (0: unknown, which stands alone). ``known`` [n] are
    groups found before, by any numbers, -1 for rows that are new: only those are compared, the others keep their
    company. Raises BadRequest if the numbers of rows differ.
    """
    count = len(space)
    given = count if callable(fingerprints) else len(fingerprints)
    if not count == len(length_s) == given or (known is not None and len(known) != count):
        raise BadRequest(f"{count} sounds need as many lengths, fingerprints and known groups.")
    groups = _Groups(length_s)
    fresh = np.ones(count, dtype=bool) if known is None else known < 0
    if known is not None:
        groups.join_known(known)
    looks = _Looks(count, fingerprints)
    for left, right, cosines in _candidates(space, length_s, fresh):
        _compare(left, right, cosines, length_s=length_s, looks=looks, groups=groups)
    return groups.numbers()


def _candidates(
    space: FloatArray, length_s: FloatArray, fresh: _Mask
) -> Iterator[tuple[IntArray, IntArray, FloatArray]]:
    """Pairs of rows of nearly one length with their cosines, at least one of the two being fresh; each pair once."""
    order = np.argsort(length_s, kind="stable")
    order = order[length_s[order] > 0]
    lengths, new = length_s[order], fresh[order]
    for places in _blocks(lengths, np.flatnonzero(new)):
        first = int(places[0])
        begin = first if new.all() else int(np.searchsorted(lengths, lengths[first] - SAME_LENGTH_S))
        end = int(np.searchsorted(lengths, lengths[places[-1]] + SAME_LENGTH_S, side="right"))
        gram = space[order[places]] @ space[order[begin:end]].T
        apart = np.abs(lengths[begin:end] - lengths[places, None])
        close = apart <= CLOSE_S
        if close.sum() > CROWD * len(places):
            close &= gram >= NEAR_IF_CROWDED
        left, right = np.nonzero(close | ((gram >= NEAR) & (apart <= SAME_LENGTH_S)))
        cosines, left, right = gram[left, right], places[left], right + begin
        wanted = (right > left) | ((right < left) & ~new[right])
        yield order[left[wanted]], order[right[wanted]], cosines[wanted]


def _blocks(lengths: FloatArray, places: IntArray) -> Iterator[IntArray]:
    """Ascending places in pieces that are neither large nor wide, so that few pairs are looked at in vain."""
    at = 0
    while at < len(places):
        wide = int(np.searchsorted(lengths[places], lengths[places[at]] + SAME_LENGTH_S, side="right"))
        end = min(at + _BLOCK, max(wide, at + 1))
        yield places[at:end]
        at = end


def _compare(
    left: IntArray, right: IntArray, cosines: FloatArray, *, length_s: FloatArray, looks: "_Looks", groups: "_Groups"
) -> None:
    """Join those of the pairs that are the same recording."""
    if not len(left):
        return
    looks.take(np.union1d(left, right))
    unsure = looks.missing[left] | looks.missing[right]
    hopeful = np.where(unsure, cosines >= SURE, True)
    close = ~unsure & (np.abs(length_s[left] - length_s[right]) <= CLOSE_S)
    hopeful[close] = likely(looks.words[left[close]], looks.words[right[close]], shift_s=_SHIFT_S)
    for place in np.flatnonzero(hopeful).tolist():
        a, b = int(left[place]), int(right[place])
        if not groups.together(a, b) and (unsure[place] or agreement(*looks.prints(a, b)) >= SAME):
            groups.join(a, b)


class _Looks:
    """The fingerprints of rows, fetched when they are first needed."""

    def __init__(self, count: int, fingerprints: Prints) -> None:
        self._fingerprints = fingerprints
        self._prints: dict[int, bytes] = {}
        self.words = np.zeros((count, LOOK), dtype=np.uint16)
        self.missing = np.zeros(count, dtype=bool)

    def take(self, rows: IntArray) -> None:
        """Have those of these rows."""
        new = [row for row in rows.tolist() if row not in self._prints]
        given = self._fingerprints(new) if callable(self._fingerprints) else [self._fingerprints[row] for row in new]
        for row, blob in zip(new, given, strict=True):
            self._prints[row] = blob
            self.words[row] = first_look(blob)
        self.missing[new] = ~self.words[new].any(axis=1)

    def prints(self, a: int, b: int) -> tuple[bytes, bytes]:
        """Those of two rows."""
        return self._prints[a], self._prints[b]


class _Groups:
    """Rows that belong together: a union-find in which no group spans more than ``SAME_LENGTH_S``."""

    def __init__(self, length_s: FloatArray) -> None:
        self._parent = np.arange(len(length_s))
        self._shortest, self._longest = length_s.astype(np.float64), length_s.astype(np.float64)

    def join_known(self, known: IntArray) -> None:
        """Rows of one known number (-1: none) belong together, however long they are."""
        first: dict[int, int] = {}
        for row in np.flatnonzero(known >= 0).tolist():
            self._link(first.setdefault(int(known[row]), row), row)

    def together(self, a: int, b: int) -> bool:
        """Whether they are in one group already."""
        return self._root(a) == self._root(b)

    def join(self, a: int, b: int) -> None:
        """Put two groups together, unless that makes a chain of ever longer recordings."""
        a, b = self._root(a), self._root(b)
        width = max(self._longest[a], self._longest[b]) - min(self._shortest[a], self._shortest[b])
        if width <= SAME_LENGTH_S:
            self._link(a, b)

    def numbers(self) -> IntArray:
        """The least row of each row's group.  # [n]"""
        return np.array([self._root(row) for row in range(len(self._parent))], dtype=np.int64)

    def _link(self, a: int, b: int) -> None:
        low, high = sorted((self._root(a), self._root(b)))
        self._parent[high] = low
        self._shortest[low] = min(self._shortest[low], self._shortest[high])
        self._longest[low] = max(self._longest[low], self._longest[high])

    def _root(self, row: int) -> int:
        parent = self._parent
        while (above := int(parent[row])) != row:
            parent[row] = parent[above]
            row = above
        return row
