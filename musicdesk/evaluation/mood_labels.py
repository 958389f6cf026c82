"""How well a combiner tells what listeners felt, at artists that it never heard: nine emotions, moods, how sure it is.

Folds by artist, several divisions; everything is chosen within the part that is learned from (``mood.fitting``).
Intervals are drawn over artists. Two bounds stand beside: answers dealt out anew over the sounds, and what is left of
the truth when only some fourteen listeners were asked about a sound.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from musicdesk.encoders.convnet.labels import artist_of
from musicdesk.errors import NothingYet
from musicdesk.evaluation.emotify import emotions_of
from musicdesk.evaluation.metrics import bootstrap
from musicdesk.evaluation.mood_emotify import listeners_of
from musicdesk.jobs import Job
from musicdesk.mood.axes import GEMS, strongest, valence_arousal
from musicdesk.mood.fitting import Lesson, held_out
from musicdesk.records import FloatArray, IntArray, Measure, Track, Vectors

REFERENCE: Mapping[str, float] = {
    "amazement": 0.29, "solemnity": 0.59, "tenderness": 0.65, "nostalgia": 0.63, "calmness": 0.61, "power": 0.60,
    "joyful_activation": 0.63, "tension": 0.59, "sadness": 0.42,
}  # fmt: skip
"""Pearson's r of a ridge regression on MusiCNN's mean vector over all patches of 3 s, folds by artist."""
SURE = (0.4, 0.5, 0.6, 0.7)
REPEATS = 1000


@dataclass(frozen=True, slots=True)
class EmotionRow:
    """One emotion of GEMS, or valence or arousal."""

    name: str
    r: Measure
    """Pearson's r of what is told and what was felt."""
    shuffled: Measure
    """The same, taught by answers dealt out anew."""
    ceiling: float
    """What r a perfect model would have, since so few listeners were asked."""
    reference: float | None = None


@dataclass(frozen=True, slots=True)
class SureRow:
    """Sounds of which a mood is at least so sure."""

    at_least: float
    share: float
    """Of all sounds."""
    told: float
    """How sure the moods are on average."""
    right: Measure | None
    """How many of them have the mood that listeners felt most beyond the usual; None where there is no such sound."""


@dataclass(frozen=True, slots=True)
class LabelsReport:
    """One combiner."""

    encoder: str
    measures: bool
    sounds: int
    artists: int
    answers: int
    seeds: int
    emotions: tuple[EmotionRow, ...]
    axes: tuple[EmotionRow, ...]
    sure: tuple[SureRow, ...]
    right: Measure
    """Of all sounds, sure or not."""
    chance: float
    """Always the most frequent mood."""
    agreement: float
    """How often the strongest mood stays so when as many listeners are drawn from those who were asked."""
    covered: float
    """How often what was felt lies within 1.96 standard errors of what is told, the chance of who was asked added."""


def lesson_of(
    folder: Path, vectors: Vectors, measures: Vectors, tracks: Mapping[str, Track], *, with_measures: bool = True
) -> Lesson:
    """The music of Emotify in ``folder`` as a lesson; ``measures`` are those of the encoder handcrafted.

    Raises NothingYet where nothing of it is analysed, BadRequest for a table that cannot be read.
    """
    felt, asked = emotions_of(folder), listeners_of(folder)
    places = {sound: row for row, sound in enumerate(measures.hashes)}
    rows = [
        row for row, sound in enumerate(vectors.hashes)
        if sound in places and sound in tracks and tracks[sound].path in felt
    ]  # fmt: skip
    if not rows:
        raise NothingYet(f"None of the music of {folder} could be analysed, so nothing can be learned from it.")
    heard_of = [tracks[vectors.hashes[row]] for row in rows]
    return Lesson(
        key=vectors.key, vectors=vectors.matrix[rows], tags=vectors.tags[rows],
        measures=measures.matrix[[places[vectors.hashes[row]] for row in rows]],
        shares=np.stack([felt[track.path] for track in heard_of]),
        listeners=np.array([asked[track.path] for track in heard_of], np.float32),
        artists=tuple(artist_of(track) for track in heard_of), with_measures=with_measures,
    )  # fmt: skip


def measure(lesson: Lesson, *, seeds: int = 3, rng: np.random.Generator, job: Job) -> LabelsReport:
    """Measure the combiner that a lesson makes, each division of the artists with a seed of its own."""
    name = f"{lesson.key.name}, {'with' if lesson.with_measures else 'without'} measures"
    job.begin(f"Moods by {name}", total=seeds + 1)
    told = []
    for seed in range(seeds):
        told.append(held_out(lesson, seed=seed))
        job.advance()
    shuffled = lesson.shares[rng.permutation(len(lesson))]
    dealt = [(held_out(replace(lesson, shares=shuffled))[0], shuffled)]
    job.advance()
    shares = np.stack([one[0] for one in told])
    emotions, axes = _rows(lesson, shares, dealt, rng=rng)
    sure, right = _sure(lesson, np.stack([one[2] for one in told]), rng=rng)
    labels = strongest(lesson.shares)
    return LabelsReport(
        encoder=lesson.key.name, measures=lesson.with_measures, sounds=len(lesson), artists=len(set(lesson.artists)),
        answers=round(float(lesson.listeners.sum())), seeds=seeds, emotions=emotions, axes=axes, sure=sure, right=right,
        chance=float(np.bincount(labels).max() / len(labels)), agreement=_agreement(lesson, rng=rng),
        covered=_covered(lesson, shares, np.stack([one[1] for one in told])),
    )  # fmt: skip


def _rows(
    lesson: Lesson, told: FloatArray, dealt: Sequence[tuple[FloatArray, FloatArray]], *, rng: np.random.Generator
) -> tuple[tuple[EmotionRow, ...], tuple[EmotionRow, ...]]:
    true = np.broadcast_to(_nine_and_two(lesson.shares), (len(told), len(lesson), len(GEMS) + 2))
    found = _correlations(np.stack([_nine_and_two(one) for one in told]), true, lesson.artists, rng=rng)
    answers = np.stack([_nine_and_two(one) for _, one in dealt])
    control = _correlations(np.stack([_nine_and_two(one) for one, _ in dealt]), answers, lesson.artists, rng=rng)
    names, ceilings = (*GEMS, "valence", "arousal"), _ceilings(lesson, rng=rng)
    rows = tuple(
        EmotionRow(name, r, shuffled, float(ceiling), REFERENCE.get(name))
        for name, r, shuffled, ceiling in zip(names, found, control, ceilings, strict=True)
    )
    return rows[: len(GEMS)], rows[len(GEMS) :]


def _nine_and_two(shares: FloatArray) -> FloatArray:
    """Emotions, and where they lie on valence and arousal.  # [n, 9] -> [n, 11]"""
    return np.concatenate([shares, valence_arousal(shares)], axis=1)


def _correlations(
    told: FloatArray, true: FloatArray, artists: Sequence[str], *, rng: np.random.Generator
) -> list[Measure]:
    """Pearson's r of every column, the mean over divisions, with intervals over artists.  # [s, n, m] twice"""
    codes = np.unique(np.asarray(artists), return_inverse=True)[1].reshape(-1)
    members = [np.flatnonzero(codes == code) for code in range(codes.max() + 1)]
    drawn = [
        _r(told[:, rows], true[:, rows])
        for units in rng.integers(len(members), size=(REPEATS, len(members)))
        for rows in (np.concatenate([members[unit] for unit in units]),)
    ]
    low, high = np.percentile(drawn, [2.5, 97.5], axis=0)
    found = zip(_r(told, true), low, high, strict=True)
    return [Measure(float(mean), float(a), float(b), len(members)) for mean, a, b in found]


def _r(told: FloatArray, true: FloatArray) -> FloatArray:
    a, b = (part - part.mean(axis=1, keepdims=True) for part in (told, true))
    size = np.sqrt(np.square(a).sum(axis=1) * np.square(b).sum(axis=1))
    found = np.divide((a * b).sum(axis=1), size, out=np.zeros_like(size), where=size > 0)
    return np.asarray(found.mean(axis=0))


def _ceilings(lesson: Lesson, *, rng: np.random.Generator) -> FloatArray:
    """The root of the share of the variance that is none of the chance of who was asked.  # [11]"""
    true = _nine_and_two(lesson.shares)
    noise = np.mean([np.square(_nine_and_two(_asked(lesson, rng)) - true).mean(axis=0) for _ in range(50)], axis=0)
    asked = (lesson.listeners / np.maximum(lesson.listeners - 1, 1)).mean()  # what was found varies less than the truth
    return np.asarray(np.sqrt(np.clip(1 - noise * asked / true.var(axis=0, ddof=1), 0, 1)))


def _asked(lesson: Lesson, rng: np.random.Generator) -> FloatArray:
    """Answers of as many listeners, drawn from those who were asked.  # [n, 9]"""
    many = np.round(lesson.listeners).astype(int)[:, None]
    return np.asarray(rng.binomial(many, np.clip(lesson.shares, 0, 1)) / many, dtype=np.float32)


def _sure(
    lesson: Lesson, moods: FloatArray, *, rng: np.random.Generator
) -> tuple[tuple[SureRow, ...], Measure]:  # [s, n, 4]
    labels = strongest(lesson.shares)
    sure, right = moods.max(axis=2).ravel(), (moods.argmax(axis=2) == labels).ravel().astype(np.float64)
    units = np.tile(np.asarray(lesson.artists), len(moods))
    return tuple(_sure_row(at, sure, right, units, rng) for at in SURE), bootstrap(right, rng=rng, units=units.tolist())


def _sure_row(
    at: float, sure: FloatArray, right: npt.NDArray[np.float64], units: npt.NDArray[np.str_], rng: np.random.Generator
) -> SureRow:  # fmt: skip
    rows: IntArray = np.flatnonzero(sure >= at)
    found = bootstrap(right[rows], rng=rng, units=units[rows].tolist()) if len(rows) else None
    return SureRow(at, len(rows) / len(sure), float(sure[rows].mean()) if len(rows) else 0.0, found)


def _agreement(lesson: Lesson, *, rng: np.random.Generator) -> float:
    labels = strongest(lesson.shares)
    return float(np.mean([(strongest(_asked(lesson, rng)) == labels).mean() for _ in range(50)]))


def _covered(lesson: Lesson, shares: FloatArray, error: FloatArray) -> float:
    chance = shares * (1 - shares) / lesson.listeners[:, None]
    return float((np.abs(shares - lesson.shares) <= 1.96 * np.sqrt(error**2 + chance)).mean())
