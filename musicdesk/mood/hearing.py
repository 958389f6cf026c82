"""All that is known of the sounds of a library, side by side: what combiners tell of them, and what words do.

Where an encoder has no combiner of its own (it is another one, or another version), its words and the combiner of the
measures take its place.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from musicdesk.mood.axes import valence_arousal
from musicdesk.mood.combiner import BLOCK_ROWS, HANDCRAFTED, TOLD, Combiner
from musicdesk.mood.measures import DIM
from musicdesk.mood.witnesses import words_say
from musicdesk.records import AXES, MOODS, EncoderKey, FloatArray, IntArray, Vectors

BoolArray = npt.NDArray[np.bool_]
BY_WORDS = 0.5
"""Log-odds for a mood, a deviation of what words say of it, where no combiner knows the encoder."""
UNLIKELY = 1e-6


@dataclass(frozen=True, eq=False)
class Library:
    """Vectors and measures, and where each sound's row is in them; -1 where it has none."""

    vectors: Vectors
    rows: IntArray  # [n]
    known: BoolArray  # [n] whether there is a vector of finite numbers
    measures: FloatArray  # [n, 108]; nan where nothing was measured
    measured_by: EncoderKey | None

    @classmethod
    def of(cls, hashes: tuple[str, ...], vectors: Vectors, measures: Vectors | None) -> "Library":
        """The sounds ``hashes``, in this order; measures that are none are left out."""
        if vectors.key.name == HANDCRAFTED and measures is None:
            measures = vectors
        if measures is not None and measures.matrix.shape[1:] != (DIM,):
            measures = None
        rows = _rows(hashes, vectors.hashes)
        table = _nothing(len(hashes), DIM) if measures is None else _aligned(hashes, measures)
        return cls(vectors, rows, _known(vectors.matrix, rows), table, measures.key if measures else None)

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def measured(self) -> BoolArray:
        """Which sounds were measured.  # [n]"""
        return np.asarray(np.isfinite(self.measures[:, 0]))

    @property
    def has_words(self) -> bool:
        """Whether the encoder names anything; the words of the measures say nothing that these do not."""
        return bool(self.vectors.vocabulary) and self.vectors.key.name != HANDCRAFTED


@dataclass(frozen=True, eq=False)
class Told:
    """What combiners and the encoder's words say; arrays that are filled while they are asked."""

    odds: FloatArray  # [n, 4] log-odds of MOODS; 0 where nothing is known
    felt: FloatArray  # [n, 2] valence and arousal that listeners are likely to feel
    guessed: FloatArray  # [n, 2] the measures TOLD, in deviations
    words: FloatArray  # [n, 6] what words say of AXES
    known: BoolArray  # [n] of which sounds anything is known
    by_words: bool
    """Whether the words count for moods by themselves, no combiner having heard them."""

    @property
    def by_combiner(self) -> bool:
        """Whether any sound was told by a combiner."""
        return bool(np.isfinite(self.felt).any())


def tell(library: Library) -> Told:
    """Ask the combiners for the encoder of the library's vectors, or what takes their place."""
    n = len(library)
    own = _combiners(library.vectors.key)
    words, says = _words(library)
    told = Told(
        np.zeros((n, len(MOODS)), np.float32), _nothing(n, 2), _nothing(n, len(TOLD)), words, np.zeros(n, np.bool_),
        by_words=not any(combiner.config.words for combiner in own),
    )  # fmt: skip
    if own:
        _by_vectors(told, own, library)
    else:
        _by_measures(told, library)
        told.odds[:] += BY_WORDS * np.nan_to_num(says)
        told.known[:] |= np.isfinite(says).any(axis=1)
    return told


def _by_vectors(told: Told, combiners: list[Combiner], library: Library) -> None:
    left = library.known.copy()
    for combiner in combiners:
        rows = left & library.measured if combiner.config.measures else left.copy()
        left &= ~rows
        _fill(told, combiner, library, np.flatnonzero(rows), by_measures=False)


def _by_measures(told: Told, library: Library) -> None:
    combiner = library.measured_by and Combiner.for_encoder(library.measured_by, has_measures=False)
    if combiner:
        _fill(told, combiner, library, np.flatnonzero(library.measured), by_measures=True)


def _fill(told: Told, combiner: Combiner, library: Library, rows: IntArray, *, by_measures: bool) -> None:
    """Write what a combiner says of some sounds into the tables, block by block."""
    for start in range(0, len(rows), BLOCK_ROWS):
        some = rows[start : start + BLOCK_ROWS]
        measures, at = library.measures[some], library.rows[some]
        heard = measures if by_measures else library.vectors.matrix[at]
        tags = None if by_measures else library.vectors.tags[at]
        feelings, told.guessed[some] = combiner.tell(heard, tags=tags, measures=measures)
        good = np.isfinite(feelings.shares).all(axis=1)
        told.odds[some[good]] = np.log(np.maximum(combiner.moods(feelings.shares[good]), UNLIKELY))
        told.felt[some] = valence_arousal(feelings.shares)
        told.known[some] = good


def _combiners(key: EncoderKey) -> list[Combiner]:
    """Those for this encoder, the one that hears more first."""
    found = [Combiner.for_encoder(key, has_measures=has) for has in (True, False)]
    return [one for one in found if one is not None]


def _words(library: Library) -> tuple[FloatArray, FloatArray]:
    """What the encoder's words say of axes and of moods.  # [n, 6], [n, 4]"""
    found, vectors = (_nothing(len(library), len(AXES)), _nothing(len(library), len(MOODS))), library.vectors
    if library.has_words and library.known.any():
        good = np.zeros(len(vectors), dtype=np.bool_)
        good[library.rows[library.known]] = True
        good &= np.isfinite(vectors.tags).all(axis=1)
        for table, says in zip(found, words_say(vectors.tags, vectors.vocabulary, good), strict=True):
            table[library.known] = says[library.rows[library.known]]
    return found


def _rows(hashes: tuple[str, ...], found: tuple[str, ...]) -> IntArray:
    if hashes == found:
        return np.arange(len(hashes), dtype=np.int64)
    places = {name: row for row, name in enumerate(found)}
    return np.array([places.get(name, -1) for name in hashes], dtype=np.int64)


def _known(matrix: FloatArray, rows: IntArray) -> BoolArray:
    known = rows >= 0
    for start in range(0, len(rows), BLOCK_ROWS):
        some = start + np.flatnonzero(known[start : start + BLOCK_ROWS])
        known[some] = np.isfinite(matrix[rows[some]]).all(axis=1)
    return known


def _aligned(hashes: tuple[str, ...], measures: Vectors) -> FloatArray:
    rows = _rows(hashes, measures.hashes)
    known = _known(measures.matrix, rows)
    if known.all() and hashes == measures.hashes:
        return measures.matrix
    table = _nothing(len(hashes), DIM)
    table[known] = measures.matrix[rows[known]]
    return table


def _nothing(rows: int, columns: int) -> FloatArray:
    return np.full((rows, columns), np.nan, dtype=np.float32)
