"""Teaching a combiner what listeners felt, and measuring it on artists that it never heard.

Everything that is chosen (width of the kernel, ridge, what the answers are stretched by, how sure a mood is) is chosen
within the sounds that are learned from, by folds of artists; what is held out is looked at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np
from scipy.optimize import minimize

from musicdesk.encoders.convnet.labels import folds
from musicdesk.errors import BadRequest, NothingYet
from musicdesk.mood.axes import GEMS, mood_scores, strongest
from musicdesk.mood.combiner import (
    HANDCRAFTED,
    TOLD,
    Combiner,
    CombinerConfig,
    arcs,
    joined,
    softmax,
    standardised,
    waving,
)
from musicdesk.mood.measures import DIM, HEARD, named
from musicdesk.records import MOODS, EncoderKey, FloatArray, IntArray

COMPONENTS, WAVES = 64, 512
WIDTHS, RIDGES = (0.25, 0.5, 1.0), (0.4, 0.8, 1.6)
FOLDS, DIVISIONS = 5, 3
FEWEST_ARTISTS = 10
SOFTEST = 3.0
"""How strongly the odds of moods are held back, in sounds."""
TINY = 1e-4


@dataclass(frozen=True, eq=False)
class Lesson:
    """Sounds and what was felt at them; raises BadRequest for arrays that do not fit each other."""

    key: EncoderKey
    """Of the encoder of the vectors."""
    vectors: FloatArray  # [n, dim]
    tags: FloatArray  # [n, n_tags]; n_tags may be 0
    measures: FloatArray  # [n, 108] of the encoder handcrafted
    shares: FloatArray  # [n, 9] of the listeners who felt each of GEMS
    listeners: FloatArray  # [n] how many were asked
    artists: tuple[str, ...]
    with_measures: bool = True
    """Whether the combiner shall hear the measures."""

    def __post_init__(self) -> None:
        n = len(self.artists)
        shapes = (self.shares.shape == (n, len(GEMS)), self.measures.shape == (n, DIM), self.listeners.shape == (n,))
        if not all(shapes) or len(self.vectors) != n or len(self.tags) != n:
            raise BadRequest("Every sound of a lesson has a vector, words, measures, answers and an artist.")
        if not (np.isfinite(self.shares).all() and (self.listeners > 0).all()):
            raise BadRequest("Answers are shares from 0 to 1 of at least one listener.")
        if not all(np.isfinite(part).all() for part in (self.vectors, self.tags, self.measures)):
            raise BadRequest("Vectors, words and measures of a lesson are finite numbers.")

    def __len__(self) -> int:
        return len(self.artists)

    def of(self, rows: IntArray) -> "Lesson":
        """Some of the sounds."""
        names = tuple(self.artists[row] for row in rows.tolist())
        arrays: dict[str, Any] = {name: getattr(self, name)[rows] for name in _ARRAYS}
        return replace(self, artists=names, **arrays)

    @property
    def inputs(self) -> FloatArray:
        """What a combiner hears of them.  # [n, d]"""
        nothing = np.zeros((len(self), 0), dtype=np.float32)
        if self.key.name == HANDCRAFTED:
            return joined(self.vectors[:, HEARD], nothing, nothing)
        return joined(self.vectors, self.tags, self.measures if self.with_measures else nothing)

    @property
    def sizes(self) -> tuple[int, ...]:
        """How many of the inputs are vector, words and measures."""
        if self.key.name == HANDCRAFTED:
            return (HEARD.stop,)
        sizes = (self.vectors.shape[1], self.tags.shape[1], HEARD.stop if self.with_measures else 0)
        return tuple(size for size in sizes if size)

    @property
    def goals(self) -> FloatArray:
        """Arcsines of the emotions, and the TOLD measures in deviations.  # [n, 9 + t]"""
        measured = named(self.measures)
        told = np.stack([getattr(measured, name) for name in TOLD], axis=1)
        told = (told - told.mean(axis=0)) / np.maximum(told.std(axis=0), TINY)
        return np.concatenate([arcs(self.shares, self.listeners[:, None]), told], axis=1)


_ARRAYS = ("vectors", "tags", "measures", "shares", "listeners")


@dataclass(frozen=True, eq=False)
class Found:
    """What a choice of parameters told of sounds that it was not taught by."""

    width: float
    ridge: float
    arcs: FloatArray  # [n, 9]


def fit(lesson: Lesson, *, seed: int = 0) -> Combiner:
    """Teach a combiner by all sounds of a lesson; the same seed gives the same one.

    Raises NothingYet for fewer than FEWEST_ARTISTS artists.
    """
    if len(set(lesson.artists)) < FEWEST_ARTISTS:
        raise NothingYet(f"A mood model is taught by at least {FEWEST_ARTISTS} artists. Add music with answers.")
    found = choose(lesson, seed=seed)
    plain = _taught(lesson, found.width, found.ridge, seed=seed)
    return _calibrated(plain, lesson, found)


def held_out(lesson: Lesson, *, seed: int = 0) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Shares [n, 9], their errors [n, 9] and odds of moods [n, 4], each sound told by who never heard its artist.

    Parameters and calibration are chosen anew within each of FOLDS parts.
    """
    shares, error = np.zeros((len(lesson), len(GEMS)), np.float32), np.zeros((len(lesson), len(GEMS)), np.float32)
    moods = np.zeros((len(lesson), len(MOODS)), np.float32)
    parts = _folds(lesson.artists, seed)
    for part in range(FOLDS):
        rows = np.flatnonzero(parts == part)
        combiner, rest = fit(lesson.of(np.flatnonzero(parts != part)), seed=seed + 1), lesson.of(rows)
        told = combiner.feelings(rest.vectors, tags=rest.tags, measures=rest.measures)
        shares[rows], error[rows], moods[rows] = told.shares, told.error, combiner.moods(told.shares)
    return shares, error, moods


def choose(lesson: Lesson, *, seed: int = 0) -> Found:
    """The width and the ridge that miss least on artists held out, and what they told of those.

    Several divisions of the artists are asked, since one of them alone decides by its chance; the first one's answers
    are told.
    """
    goals = lesson.goals
    asked = [_asked(lesson, goals, seed=seed + number) for number in range(DIVISIONS)]
    missed = {pair: np.mean([_missed(told[pair], goals) for told in asked]) for pair in asked[0]}
    best = min(missed, key=lambda pair: missed[pair])
    return Found(*best, arcs=asked[0][best][:, : len(GEMS)])


def _asked(lesson: Lesson, goals: FloatArray, *, seed: int) -> dict[tuple[float, float], FloatArray]:
    """What every pair of width and ridge tells of artists held out by one division.  # pair → [n, 9 + t]"""
    parts = _folds(lesson.artists, seed)
    told = {(width, ridge): np.zeros_like(goals) for width in WIDTHS for ridge in RIDGES}
    for part in range(FOLDS):
        rows, others = np.flatnonzero(parts == part), np.flatnonzero(parts != part)
        spread = _spread(lesson.of(others))
        inputs = [spread(lesson.of(some).inputs) for some in (others, rows)]
        for width in WIDTHS:
            known, asked = (waving(some, _waves(some.shape[1], width, seed)) for some in inputs)
            for ridge, (weights, bias) in zip(RIDGES, _ridges(known, goals[others], RIDGES), strict=True):
                told[width, ridge][rows] = asked @ weights + bias
    return told


def _missed(told: FloatArray, goals: FloatArray) -> float:
    """Mean squared error of the emotions, as a share of what varies."""
    felt, true = told[:, : len(GEMS)], goals[:, : len(GEMS)]
    return float((np.square(felt - true).mean(axis=0) / np.maximum(true.var(axis=0), TINY)).mean())


# ------------------------------------------------------------------------------------------------------- the regression


@dataclass(frozen=True, eq=False)
class _Spread:
    """How inputs become principal components in which every kind of input counts alike."""

    mean: FloatArray
    scale: FloatArray
    turn: FloatArray
    centre: FloatArray

    def __call__(self, inputs: FloatArray) -> FloatArray:
        result: FloatArray = standardised(inputs, self.mean, self.scale) @ self.turn - self.centre
        return result


def _spread(lesson: Lesson) -> _Spread:
    inputs = lesson.inputs
    mean, deviation = inputs.mean(axis=0), inputs.std(axis=0)
    scale = np.divide(1, deviation, out=np.zeros_like(deviation), where=deviation > TINY)
    alike = np.concatenate([np.full(size, (size * len(lesson.sizes)) ** -0.5) for size in lesson.sizes])
    rows = standardised(inputs, mean, scale) * alike
    middle = rows.mean(axis=0)
    turn = _main(rows - middle)
    return _Spread(
        mean.astype(np.float32),
        scale.astype(np.float32),
        (alike[:, None] * turn).astype(np.float32),
        (middle @ turn).astype(np.float32),
    )


def _main(rows: FloatArray) -> FloatArray:
    """The principal components of centred rows [n, d], by what the rows have in common.  # [d, k]"""
    sizes, sides = np.linalg.eigh(rows.astype(np.float64) @ rows.T)
    best = [place for place in np.argsort(-sizes)[:COMPONENTS].tolist() if sizes[place] > TINY * sizes[-1]]
    return np.asarray(rows.T @ sides[:, best] / np.sqrt(sizes[best]))


@lru_cache(maxsize=32)
def _waves(components: int, width: float, seed: int) -> FloatArray:
    """Directions, orthogonal in blocks (Yu et al., NIPS 2016), for exp(-width · distance² / 2).  # [k, WAVES]"""
    rng, blocks = np.random.default_rng(seed), []
    for _ in range(-(-WAVES // components)):
        turned, _ = np.linalg.qr(rng.standard_normal((components, components)))
        blocks.append(turned * np.sqrt(rng.chisquare(components, components)))
    result: FloatArray = (np.sqrt(width) * np.concatenate(blocks, axis=1)[:, :WAVES]).astype(np.float32)
    return result


def _ridges(rows: FloatArray, goals: FloatArray, ridges: Sequence[float]) -> list[tuple[FloatArray, FloatArray]]:
    """Weights and bias of ridge regressions on features [n, f], in the dual form: one equation a sound.

    The features are not centred: what is like none of the sounds, and so has none of their features, is told the mean.
    """
    bias, exact = goals.mean(axis=0), rows.astype(np.float64)
    alike, found = exact @ exact.T, []
    for ridge in ridges:
        weights = exact.T @ np.linalg.solve(alike + ridge * np.eye(len(rows)), goals - bias)
        found.append((weights.astype(np.float32), bias.astype(np.float32)))
    return found


def _taught(lesson: Lesson, width: float, ridge: float, *, seed: int) -> Combiner:
    spread = _spread(lesson)
    waves = _waves(spread.turn.shape[1], width, seed)
    weights, bias = _ridges(waving(spread(lesson.inputs), waves), lesson.goals, [ridge])[0]
    nine, four = np.ones(len(GEMS), np.float32), np.eye(len(MOODS), dtype=np.float32)
    return Combiner(
        config=_config(lesson, width, ridge, seed),
        mean=spread.mean, scale=spread.scale, turn=spread.turn, centre=spread.centre, waves=waves, weights=weights,
        bias=bias, slope=nine, offset=0 * nine, error=nine, mood_weights=four, mood_bias=four[0] * 0,
    )  # fmt: skip


def _config(lesson: Lesson, width: float, ridge: float, seed: int) -> CombinerConfig:
    own = lesson.key.name == HANDCRAFTED
    return CombinerConfig(
        encoder=lesson.key.name, version=lesson.key.version, front_end=lesson.key.front_end,
        dim=HEARD.stop if own else lesson.vectors.shape[1], words=0 if own else lesson.tags.shape[1],
        measures=lesson.with_measures and not own, width=width, ridge=ridge, sounds=len(lesson),
        artists=len(set(lesson.artists)), seed=seed,
    )  # fmt: skip


# --------------------------------------------------------------------------------------------------------- calibration


def _calibrated(plain: Combiner, lesson: Lesson, found: Found) -> Combiner:
    """What was told of artists held out decides how far shares are stretched, their errors and the odds of moods."""
    told = np.sin(np.clip(found.arcs, 0, np.pi / 2)) ** 2
    slope, offset = _lines(told, lesson.shares)
    shares = np.clip(told * slope + offset, 0, 1)
    weights, bias = _odds(mood_scores(shares), strongest(lesson.shares))
    return replace(
        plain, slope=slope, offset=offset, error=_arc_error(shares, lesson), mood_weights=weights, mood_bias=bias
    )


def _lines(told: FloatArray, true: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Least squares of every column of ``true`` by that of ``told``, half way to leaving them as they are.

    What is found on few artists would else stretch one emotion by their chance.
    """
    a, b = told - told.mean(axis=0), true - true.mean(axis=0)
    found = (a * b).sum(axis=0) / np.maximum((a * a).sum(axis=0), TINY)
    slope = np.clip((1 + found) / 2, 0, 2)
    return slope.astype(np.float32), (true.mean(axis=0) - slope * told.mean(axis=0)).astype(np.float32)


def _arc_error(shares: FloatArray, lesson: Lesson) -> FloatArray:
    """What was missed on artists held out, less the chance of who was asked.  # [9]"""
    missed = np.arcsin(np.sqrt(shares)) - arcs(lesson.shares, lesson.listeners[:, None])
    chance = (1 / (4 * lesson.listeners + 2)).mean()
    result: FloatArray = np.sqrt(np.maximum(np.square(missed).mean(axis=0) - chance, TINY)).astype(np.float32)
    return result


def _odds(scores: FloatArray, labels: IntArray) -> tuple[FloatArray, FloatArray]:
    """Logistic regression of the strongest mood by mood scores told [n, 4].  # [4, 4], [4]"""
    k = len(MOODS)
    true = np.eye(k)[labels]

    def cost(flat: FloatArray) -> tuple[float, FloatArray]:
        weights, bias = flat[: k * k].reshape(k, k), flat[k * k :]
        likely = softmax(scores @ weights + bias).astype(np.float64)
        wrong = likely - true
        slope = np.concatenate([(scores.T @ wrong + SOFTEST * weights).ravel(), wrong.sum(axis=0)])
        return float(-np.log(likely[true > 0]).sum() + SOFTEST / 2 * np.square(weights).sum()), slope

    best = minimize(cost, np.concatenate([np.eye(k).ravel(), np.zeros(k)]), jac=True, method="L-BFGS-B").x
    return best[: k * k].reshape(k, k).astype(np.float32), best[k * k :].astype(np.float32)


def _folds(artists: Sequence[str], seed: int) -> IntArray:
    return folds(artists, np.zeros(len(artists), dtype=np.int64), FOLDS, seed=seed)
