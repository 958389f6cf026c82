"""The library in two dimensions: landmarks laid out by t-SNE, all others placed where their nearest landmarks are.

Up to ``LANDMARKS`` tracks every one is a landmark. Which are, beyond that, is told by ``order``, so that a library that
has grown keeps most of its own, and the map that is made of it begins where the old one ended.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from musicdesk.errors import BadRequest
from musicdesk.jobs import Job
from musicdesk.prototypes import distortion, tsne
from musicdesk.records import FloatArray, IntArray

BoolArray = npt.NDArray[np.bool_]

LANDMARKS = 10_000
PERPLEXITY = 30.0
NEAREST = 10
"""Neighbours that place a track, and that its trust is measured by."""
BLOCK_ROWS = 1024
WIDE = 10.0
"""How far around a landmark others hold it, where a track's neighbours lie in several places."""
KNOWN_LEAST = 0.5
"""With a smaller share of the landmarks on the old map, the new one begins from nothing."""


@dataclass(frozen=True, slots=True, eq=False)
class Projection:
    """A map and how far it can be believed."""

    places: FloatArray  # [n, 2] -1 to 1
    span: float
    """By what the places were divided."""
    trust: FloatArray  # [n]
    trustworthiness: float
    shuffled: float
    landmarks: int


def project(
    space: FloatArray, *, order: IntArray, rng: np.random.Generator, start: FloatArray | None = None,
    job: Job | None = None,
) -> Projection:  # fmt: skip
    """Lay ``space`` [n, dim], unit rows, out in the plane.

    ``order`` [n] names the rows, landmarks first. ``start`` [n, 2] holds where rows lay on an old map, times its span;
    nan for rows that were not on it. The same rows, order, start and rng give the same map. Raises BadRequest for rows
    that are no numbers, Cancelled.
    """
    if not np.isfinite(space).all():
        raise BadRequest("Some vectors are no numbers, so no map can be made of them: analyse those tracks again.")
    if not len(space):
        return Projection(np.zeros((0, 2), np.float32), 1.0, np.zeros(0, np.float32), 1.0, 1.0, 0)
    job = job or Job()
    marks = np.sort(order[:LANDMARKS])
    near, distances = _neighbours(space, marks, job=job)
    natural = np.empty((len(space), 2), np.float32)
    natural[marks] = _laid_out(space[marks], near[marks], distances[marks], start=_started(start, marks), rng=rng,
                               job=job)  # fmt: skip
    rest = np.setdiff1d(np.arange(len(space)), marks)
    natural[rest] = placed(natural[marks], near[rest, :NEAREST], distances[rest, :NEAREST])
    natural = _turned(natural - natural.mean(axis=0), start)
    span = float(np.abs(natural).max(initial=0.0)) or 1.0
    places = (natural / span).astype(np.float32)
    job.begin("Checking the map")
    trust = distortion.trust(places, marks, near[:, :NEAREST])
    whole, shuffled = distortion.figures(space, places, rng=rng, check=job.check)
    return Projection(places, span, trust, whole, shuffled, len(marks))


def placed(marks: FloatArray, near: IntArray, distances: FloatArray) -> FloatArray:
    """Where tracks lie whose nearest landmarks are known: among most of them, never in the nowhere between two groups.

    ``marks`` [m, 2] are the landmarks' places, ``near`` [n, k] rows of them, ``distances`` [n, k] squared. -> [n, 2]
    """
    if not near.size:
        return np.zeros((len(near), 2), np.float32)
    weights = tsne.neighbourhoods(distances, perplexity=5.0)
    there = marks[near]  # [n, k, 2]
    found = np.empty((len(near), 2), np.float32)
    for start in range(0, len(near), BLOCK_ROWS):
        rows = slice(start, start + BLOCK_ROWS)
        apart = ((there[rows, :, None] - there[rows, None]) ** 2).sum(axis=3)
        beside = weights[rows, None, :] / (1 + apart / WIDE)
        best = beside.sum(axis=2).argmax(axis=1)
        held = beside[np.arange(len(best)), best]
        found[rows] = (there[rows] * held[:, :, None]).sum(axis=1) / held.sum(axis=1, keepdims=True)
    return found


def _neighbours(space: FloatArray, marks: IntArray, *, job: Job) -> tuple[IntArray, FloatArray]:
    """The nearest landmarks of every row, but itself, nearest first, and how far they are, squared.

    They are places among ``marks``. For landmarks as many as t-SNE asks, in the same width for all.  # [n, k], [n, k]
    """
    count = max(0, min(round(tsne.REACH * PERPLEXITY), len(marks) - 1))
    near = np.zeros((len(space), count), np.int64)
    distances = np.zeros((len(space), count), np.float32)
    own = np.full(len(space), -1)
    own[marks] = np.arange(len(marks))
    base = np.ascontiguousarray(space[marks])
    job.begin("Comparing tracks", total=len(space))
    for start in range(0, len(space), BLOCK_ROWS):
        rows = np.arange(start, min(start + BLOCK_ROWS, len(space)))
        if count:
            near[rows], distances[rows] = _nearest(space[rows], base, own[rows], count)
        job.advance(len(rows))
    return near, distances


def _nearest(rows: FloatArray, base: FloatArray, own: IntArray, count: int) -> tuple[IntArray, FloatArray]:
    """The nearest rows of ``base``, nearest first; row ``own`` of each (-1: none) is not its own neighbour."""
    away = 1 - rows @ base.T
    itself = np.flatnonzero(own >= 0)
    away[itself, own[itself]] = np.inf
    some = np.argpartition(away, count - 1, axis=1)[:, :count] if count < away.shape[1] else np.argsort(away, axis=1)
    values = np.take_along_axis(away, some, axis=1)
    ranked = np.argsort(values, axis=1, kind="stable")
    distances = 2 * np.maximum(np.take_along_axis(values, ranked, axis=1), 0)
    return np.take_along_axis(some, ranked, axis=1).astype(np.int64), np.asarray(distances, np.float32)


# ------------------------------------------------------------------------------------------------ the landmarks


def _laid_out(
    space: FloatArray, near: IntArray, distances: FloatArray, *, start: FloatArray | None, rng: np.random.Generator,
    job: Job,
) -> FloatArray:  # fmt: skip
    """The landmarks' places, in t-SNE's own measure.  # [m, 2]"""
    if len(space) < 4:
        return _principal(space, rng) * np.float32(1e4)
    perplexity = min(PERPLEXITY, max(2.0, near.shape[1] / tsne.REACH))
    pull = tsne.affinities(near, distances, perplexity=perplexity)
    settled = start is not None
    where = _principal(space, rng) if start is None else _completed(start, near, distances)
    job.begin("Laying the map out", total=tsne.steps(settled=settled))
    return tsne.lay_out(pull, where, settled=settled, step=job.advance)


def _principal(space: FloatArray, rng: np.random.Generator) -> FloatArray:
    """The first two principal components, tiny, and a breath of noise, so that no two lie on one point.  # [m, 2]"""
    centred = space - space.mean(axis=0)
    _, axes = np.linalg.eigh((centred.T @ centred).astype(np.float64))
    axes = axes[:, ::-1][:, :2]
    strongest = np.take_along_axis(axes, np.abs(axes).argmax(axis=0)[None], axis=0)
    axes = axes * np.where(strongest < 0, -1, 1)
    found = np.zeros((len(space), 2))
    found[:, : axes.shape[1]] = centred @ axes
    wide = found[:, 0].std() or 1.0
    return np.asarray(1e-4 * found / wide + 1e-6 * rng.standard_normal(found.shape), np.float32)


def _started(start: FloatArray | None, marks: IntArray) -> FloatArray | None:
    """Where the landmarks lay on the old map; None if it knew too few of them.  # [m, 2] nan: unknown"""
    if start is None or _known(start[marks]).mean() < KNOWN_LEAST:
        return None
    return start[marks]


def _completed(start: FloatArray, near: IntArray, distances: FloatArray) -> FloatArray:
    """The old places, and for what is new the place among its nearest that have one.  # [m, 2]"""
    known = _known(start)
    where, fresh = np.where(known[:, None], start, 0.0).astype(np.float32), np.flatnonzero(~known)
    reach = np.where(known[near[fresh]], distances[fresh], np.float32(1e3))
    where[fresh] = placed(where, near[fresh], reach)
    return where


def _known(start: FloatArray) -> BoolArray:
    """Which rows have an old place.  # [n]"""
    return np.asarray(np.isfinite(start).all(axis=1))


def _turned(places: FloatArray, start: FloatArray | None) -> FloatArray:
    """The map turned or mirrored so that what was on the old one lies as it lay (Procrustes).  # [n, 2]"""
    if start is None:
        return places
    known = _known(start)
    if known.sum() < 3:
        return places
    before, now = start[known] - start[known].mean(axis=0), places[known] - places[known].mean(axis=0)
    left, _, right = np.linalg.svd(now.T.astype(np.float64) @ before)
    return np.asarray(places @ (left @ right), np.float32)
