"""Who says what of an axis: words, measures, what listeners are likely to feel, files, corrections.

A witness tells every sound of the library by one number, in deviations from the library's middle, or nothing (nan), and
has a trust. What they tell together is the mean weighted by trust; how sure it is grows with the trust of those that
tell anything, and falls where they contradict each other.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from musicdesk.mood.axes import axes_of, column, moods_of
from musicdesk.mood.combiner import BLOCK_ROWS, log_odds
from musicdesk.mood.measures import Measured, placed
from musicdesk.records import AXES, Axis, FloatArray, IntArray

MEASURES, FILES, LISTENERS, CORRECTIONS = (
    "measures of the sound", "words in the files", "what listeners of other music felt", "your corrections",
)  # fmt: skip
WORDS_OF = {"musicnn": "MusiCNN's words", "cnn": "the small network's words"}
"""Encoder → how its words are called as a witness."""
TINY = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class Witness:
    """What one source says of one axis."""

    name: str
    values: FloatArray  # [n] in deviations of the library; nan where it says nothing
    trust: float


@dataclass(frozen=True, eq=False)
class Heard:
    """All that is heard of the sounds of a library, row by row; nan where something is not."""

    felt: FloatArray  # [n, 2] valence and arousal that listeners are likely to feel
    guessed: FloatArray  # [n, 2] brightness and pace, guessed by the vectors of the encoder that ranks
    measured: Measured  # [n]
    words: FloatArray  # [n, 6] what the encoder's words say of AXES, in deviations
    words_name: str
    """How the encoder's words are called; "" where it has none."""
    heard_words: bool
    """Whether the words are part of ``felt`` already."""

    @cached_property
    def witnesses(self) -> Mapping[Axis, tuple[Witness, ...]]:
        """What hearing tells of each axis; ranking it takes longest, and files and corrections change none of it."""
        return {axis: _said((*_OWN[axis](self), self._words_of(axis))) for axis in AXES}

    def _words_of(self, axis: Axis) -> "Witness":
        return Witness(self.words_name, self.words[:, column(axis)], _word_trust(axis, self))


def witnesses_of(axis: Axis, heard: Heard, files: FloatArray) -> list[Witness]:
    """Who says anything of an axis; of a measured sound nothing is guessed.

    ``files`` [n, 6] is what words of the files say of AXES, -1 to 1; nan where they say nothing.
    """
    written = Witness(FILES, 1.5 * files[:, column(axis)], FILE_TRUST[axis])
    return [*heard.witnesses[axis], *_said((written,))]


def _said(witnesses: Sequence[Witness]) -> tuple[Witness, ...]:
    """Those that say anything."""
    return tuple(one for one in witnesses if one.trust and np.isfinite(one.values).any())


WORD_TRUST: Mapping[Axis, float] = {
    Axis.AROUSAL: 1.0, Axis.VALENCE: 0.7, Axis.ACOUSTICNESS: 2.0, Axis.BRIGHTNESS: 0.3, Axis.TEMPO: 0.7,
    Axis.VOCALNESS: 1.0,
}  # fmt: skip
FILE_TRUST: Mapping[Axis, float] = {
    Axis.AROUSAL: 0.8, Axis.VALENCE: 0.6, Axis.ACOUSTICNESS: 1.5, Axis.BRIGHTNESS: 0.5, Axis.TEMPO: 0.4,
    Axis.VOCALNESS: 1.0,
}  # fmt: skip
"""Against 1 for a witness that tells half of what there is to know."""


def _word_trust(axis: Axis, heard: Heard) -> float:
    if not heard.words_name or (heard.heard_words and axis in (Axis.AROUSAL, Axis.VALENCE)):
        return 0.0
    return WORD_TRUST[axis]


def _arousal(heard: Heard) -> list[Witness]:
    return [Witness(LISTENERS, ranked(heard.felt[:, 1]), 3.0)]


def _valence(heard: Heard) -> list[Witness]:
    """Major keys are felt as happier (Hevner 1935; on Emotify r = .31); the combiner hears the mode too."""
    mode = Witness(MEASURES, ranked(heard.measured.majorness), 0.2)
    return [Witness(LISTENERS, ranked(heard.felt[:, 0]), 2.0), mode]


def _acousticness(heard: Heard) -> list[Witness]:
    """Sparse, soft spectra without noise, which plucked, struck and blown instruments have oftener than circuits."""
    measured = heard.measured
    plain = -(ranked(measured.noisiness_db) + ranked(measured.fullness_db) + ranked(measured.brightness))
    return [Witness(MEASURES, ranked(plain), 0.5)]


def _brightness(heard: Heard) -> list[Witness]:
    measured = ranked(heard.measured.brightness)
    return [Witness(MEASURES, measured, 4.0), Witness(LISTENERS, _instead(measured, heard.guessed[:, 0]), 1.0)]


def _tempo(heard: Heard) -> list[Witness]:
    """Onsets a second are never an octave off, as a beat is in many a track: so beats alone count least."""
    measured = heard.measured
    pace = ranked(measured.onset_octaves + np.float32(0.5) * measured.tempo_octaves)
    beats = Witness(MEASURES, ranked(measured.tempo_octaves), 1.0)
    return [Witness(MEASURES, pace, 2.0), beats, Witness(LISTENERS, _instead(pace, heard.guessed[:, 1]), 0.5)]


def _vocalness(heard: Heard) -> list[Witness]:
    del heard  # no measure tells a voice; words alone do
    return []


_OWN: Mapping[Axis, Callable[[Heard], list[Witness]]] = {
    Axis.AROUSAL: _arousal, Axis.VALENCE: _valence, Axis.ACOUSTICNESS: _acousticness, Axis.BRIGHTNESS: _brightness,
    Axis.TEMPO: _tempo, Axis.VOCALNESS: _vocalness,
}  # fmt: skip


def _instead(measured: FloatArray, guessed: FloatArray) -> FloatArray:
    """What is guessed of sounds that are not measured."""
    result: FloatArray = np.where(np.isfinite(measured), np.float32(np.nan), ranked(guessed))
    return result


# ----------------------------------------------------------------------------------------------------- what they make


def together(witnesses: Sequence[Witness], rows: int) -> tuple[FloatArray, FloatArray]:
    """What witnesses tell together, nan where none does, and how sure it is, 0 to 1.  # [n], [n]"""
    trust, total, square = np.zeros(rows), np.zeros(rows), np.zeros(rows)
    for witness in witnesses:
        known = np.isfinite(witness.values)
        told = np.where(known, witness.values, 0)
        trust += witness.trust * known
        total += witness.trust * told
        square += witness.trust * told**2
    mean = np.divide(total, trust, out=np.full(rows, np.nan), where=trust > 0)
    apart = np.maximum(np.divide(square, trust, out=np.zeros(rows), where=trust > 0) - np.nan_to_num(mean) ** 2, 0)
    return mean.astype(np.float32), (trust / (trust + 1) / (1 + apart)).astype(np.float32)


def percentiles(values: FloatArray) -> FloatArray:
    """Where each stands among those that are known, 0 to 1; the middle for those that are not.  # [n] -> [n]"""
    return np.nan_to_num(placed(values), nan=0.5).astype(np.float32)


def ranked(values: FloatArray) -> FloatArray:
    """Numbers of any scale as normal deviations by their rank; nan stays.  # [n] -> [n]"""
    result: FloatArray = ndtri(percentiles(values)).astype(np.float32)
    result[~np.isfinite(values)] = np.nan
    return result


def words_say(
    tags: FloatArray, vocabulary: Sequence[str], known: npt.NDArray[np.bool_]
) -> tuple[FloatArray, FloatArray]:
    """What an encoder's words [n, t] say of AXES and of moods, in deviations of the library.  # [n, 6], [n, 4]

    nan where nothing is ``known`` [n] of a sound, and for an axis or a mood of which no word says anything.
    """
    says = np.concatenate([axes_of(vocabulary), moods_of(vocabulary)], axis=1)
    told = np.full((len(tags), says.shape[1]), np.nan, dtype=np.float32)
    rows = np.flatnonzero(known)
    if not len(rows) or not says.any():
        return told[:, : len(AXES)], told[:, len(AXES) :]
    mean, scale = _spread(tags, rows)
    for start in range(0, len(rows), BLOCK_ROWS):
        some = rows[start : start + BLOCK_ROWS]
        told[some] = (log_odds(tags[some]) - mean) * scale @ says
    told[:, ~says.any(axis=0)] = np.nan
    told = np.stack([ranked(values) for values in told.T], axis=1)
    return told[:, : len(AXES)], told[:, len(AXES) :]


def _spread(tags: FloatArray, rows: IntArray) -> tuple[FloatArray, FloatArray]:
    """Mean and inverse deviation of the log-odds of words over some rows.  # [t], [t]"""
    total, square = np.zeros(tags.shape[1]), np.zeros(tags.shape[1])
    for start in range(0, len(rows), BLOCK_ROWS):
        odds = log_odds(tags[rows[start : start + BLOCK_ROWS]]).astype(np.float64)
        total, square = total + odds.sum(axis=0), square + np.square(odds).sum(axis=0)
    mean = total / len(rows)
    deviation = np.sqrt(np.maximum(square / len(rows) - mean**2, 0))
    scale = np.divide(1, deviation, out=np.zeros_like(deviation), where=deviation > TINY)
    return mean.astype(np.float32), scale.astype(np.float32)
