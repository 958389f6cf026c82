"""What a whole library feels like: moods with how sure they are, and axes as percentiles of the library.

A mood's share is how likely it is to be the strongest at this sound: told by the combiner of the encoder that ranks,
shifted by mood words and genres in the file (log-odds, see ``words``), and by the listener's corrections replaced. A
label stands where the largest share is at least FEWEST_SURE; everything else stays uncertain.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from musicdesk.mood.axes import axes_of, column, moods_of
from musicdesk.mood.combiner import softmax
from musicdesk.mood.hearing import Library, Told, tell
from musicdesk.mood.measures import named
from musicdesk.mood.witnesses import (
    CORRECTIONS,
    LISTENERS,
    WORDS_OF,
    Heard,
    Witness,
    percentiles,
    together,
    witnesses_of,
)
from musicdesk.records import (
    AXES,
    MOODS,
    UNCERTAIN,
    Axis,
    FloatArray,
    IntArray,
    Mood,
    MoodCorrection,
    Moods,
    Vectors,
)

BoolArray = npt.NDArray[np.bool_]
Words = Mapping[str, Sequence[int] | IntArray]
FEWEST_SURE = 0.45
"""How likely a mood must be for a label: nearly twice chance."""
CORRECTED = 0.94
"""The share of a mood that the listener named; the others have the rest."""
_MEANT: Mapping[Mood, tuple[Axis, float]] = {
    Mood.ENERGETIC: (Axis.AROUSAL, 1.0),
    Mood.CALM: (Axis.AROUSAL, -1.0),
    Mood.HAPPY: (Axis.VALENCE, 1.0),
    Mood.SAD: (Axis.VALENCE, -1.0),
}
"""What a mood that the listener named says of the axes, in deviations."""
CORRECTION_TRUST = 4.0


def moods(
    hashes: Sequence[str],
    *,
    vectors: Vectors,
    measures: Vectors | None = None,
    words: Words | None = None,
    corrections: Mapping[str, MoodCorrection] | None = None,
    others: Mapping[Axis, Sequence[Witness]] | None = None,
) -> Moods:
    """Label every one of ``hashes``, in this order.

    ``vectors`` are those of the encoder that ranks, ``measures`` those of the encoder ``handcrafted``; both are looked
    up by hash, in whatever order, and may lack sounds. ``words`` are genres and mood words of files: word → rows of
    ``hashes`` whose file says so. ``corrections`` are by audio hash; those of unknown sounds are left out. ``others``
    are further witnesses, row by row as ``hashes``.
    """
    return label(hear(hashes, vectors=vectors, measures=measures), words=words, corrections=corrections, others=others)


@dataclass(frozen=True, eq=False)
class Hearing:
    """What is heard in the sounds of a library, before its files and its listener are asked: most of the work."""

    hashes: tuple[str, ...]
    told: Told
    heard: Heard


def hear(hashes: Sequence[str], *, vectors: Vectors, measures: Vectors | None = None) -> Hearing:
    """What ``label`` goes by; as in ``moods``."""
    hashes = tuple(hashes)
    library = Library.of(hashes, vectors, measures)
    told = tell(library)
    return Hearing(hashes, told, _heard(library, told))


def label(
    hearing: Hearing,
    *,
    words: Words | None = None,
    corrections: Mapping[str, MoodCorrection] | None = None,
    others: Mapping[Axis, Sequence[Witness]] | None = None,
) -> Moods:
    """The moods of what was heard; as in ``moods``."""
    hashes, told, corrections = hearing.hashes, hearing.told, corrections or {}
    by_files = _by_files(words or {}, len(hashes))
    shares = softmax(told.odds + by_files.odds)
    corrected = {row: corrections[name] for row, name in enumerate(hashes) if name in corrections}
    axes, axes_sure, names = _axes(hearing.heard, by_files, corrected, others or {})
    labels, sure = _labels(shares, told.known | by_files.odds.any(axis=1), corrected)
    names |= {LISTENERS} if told.by_combiner else set()
    return Moods(hashes, shares, labels, sure, axes, axes_sure, tuple(sorted(names)))


# ----------------------------------------------------------------------------------------------- files and corrections


@dataclass(frozen=True, eq=False)
class _Files:
    """What words of files say."""

    odds: FloatArray  # [n, 4] of MOODS; 0 where they say nothing
    axes: FloatArray  # [n, 6] nan where they say nothing


def _by_files(words: Words, n: int) -> _Files:
    """The strongest word counts for a mood, the mean of the words for an axis; rows that there are not are left out."""
    odds, total, count = np.zeros((n, len(MOODS))), np.zeros((n, len(AXES))), np.zeros((n, len(AXES)))
    names = tuple(words)
    for name, mood, axis in zip(names, moods_of(names), axes_of(names), strict=True):
        rows = np.unique(np.asarray(words[name], dtype=np.int64))
        rows = rows[(rows >= 0) & (rows < n)]
        odds[rows] = np.maximum(odds[rows], mood)
        total[rows] += axis
        count[rows] += axis != 0
    axes = np.divide(total, count, out=np.full_like(total, np.nan), where=count > 0)
    return _Files(odds.astype(np.float32), axes.astype(np.float32))


def _heard(library: Library, told: Told) -> Heard:
    name = library.vectors.key.name
    return Heard(
        felt=told.felt,
        guessed=told.guessed,
        measured=named(library.measures),
        words=told.words,
        words_name=WORDS_OF.get(name, f"words of {name}") if library.has_words else "",
        heard_words=not told.by_words,
    )


def _axes(
    heard: Heard, files: _Files, corrected: Mapping[int, MoodCorrection], others: Mapping[Axis, Sequence[Witness]]
) -> tuple[FloatArray, FloatArray, set[str]]:
    """Percentiles, how sure they are, and who told.  # [n, 6], [n, 6]"""
    n = len(heard.felt)
    places, sure, names = np.zeros((n, len(AXES)), np.float32), np.zeros((n, len(AXES)), np.float32), set[str]()
    for axis in AXES:
        witnesses = [*witnesses_of(axis, heard, files.axes), *others.get(axis, ()), *_corrections(axis, corrected, n)]
        told, sure[:, column(axis)] = together(witnesses, n)
        places[:, column(axis)] = percentiles(told)
        names |= {witness.name for witness in witnesses}
    for row, correction in corrected.items():
        for axis, place in correction.axes:
            places[row, column(axis)], sure[row, column(axis)] = np.clip(place, 0, 1), 1
    return places, sure, names | ({CORRECTIONS} if corrected else set())


def _corrections(axis: Axis, corrected: Mapping[int, MoodCorrection], n: int) -> Iterable[Witness]:
    """What the moods that the listener named say of an axis."""
    values = np.full(n, np.nan, dtype=np.float32)
    for row, correction in corrected.items():
        if correction.mood and _MEANT[correction.mood][0] == axis:
            values[row] = _MEANT[correction.mood][1]
    return [Witness(CORRECTIONS, values, CORRECTION_TRUST)] if np.isfinite(values).any() else []


def _labels(
    shares: FloatArray, known: BoolArray, corrected: Mapping[int, MoodCorrection]
) -> tuple[IntArray, FloatArray]:
    """Labels and how sure they are; shares of corrected sounds are replaced in place.  # [n], [n]"""
    for row, correction in corrected.items():
        if correction.mood:
            shares[row] = (1 - CORRECTED) / (len(MOODS) - 1)
            shares[row, MOODS.index(correction.mood)] = CORRECTED
    named_by_hand = [row for row, correction in corrected.items() if correction.mood]
    sure = np.where(known, shares.max(axis=1, initial=0), 0).astype(np.float32)
    sure[named_by_hand] = 1
    labels = np.where(sure >= FEWEST_SURE, shares.argmax(axis=1), UNCERTAIN).astype(np.int64)
    return labels, sure
