"""Proxy targets: since no one ever played the seed in another mood, what is like it and has that mood stands in.

Wilkins et al. (ICASSP 2026) keep the 100 nearest of each mood and draw one by lot, as the nearest alone is often a hub.
"""

from dataclasses import dataclass

import numpy as np

from musicdesk.jobs import Job
from musicdesk.mood.catalogue import Catalogue
from musicdesk.mood.translation import TranslatorConfig
from musicdesk.records import MOODS, FloatArray, IntArray

BLOCK_ROWS = 1024
FEWEST = 3
"""Of a small mood so many may be drawn, however short the reach."""


@dataclass(frozen=True, eq=False)
class Proxies:
    """For each sound and mood, what may stand for the sound in that mood."""

    rows: IntArray  # [n, 4, most] the nearest first; only the first ``counts`` are meant
    counts: IntArray  # [n, 4]
    labels: IntArray  # [n]

    def draw(self, seeds: IntArray, *, identity: bool, rng: np.random.Generator) -> tuple[IntArray, IntArray]:
        """A target mood and a sound of it for each seed; the seed itself for its own mood.  # [b] -> [b], [b]

        A seed that has nothing to be drawn stays itself.
        """
        own = self.labels[seeds]
        there = self.counts[seeds] > 0
        there[np.arange(len(seeds)), own] = identity
        lots = np.where(there, rng.random(there.shape), -1.0)
        moods = np.where(there.any(axis=1), lots.argmax(axis=1), own)
        place = (rng.random(len(seeds)) * self.counts[seeds, moods]).astype(np.int64)
        return moods, np.where(moods == own, seeds, self.rows[seeds, moods, place])


def proxies(catalogue: Catalogue, targets: IntArray, *, config: TranslatorConfig, job: Job) -> Proxies:
    """The nearest ``targets`` (rows of the catalogue) of each mood for every sound; all labels are sure ones."""
    n, k = len(catalogue), len(MOODS)
    of_mood = [targets[catalogue.labels[targets] == mood] for mood in range(k)]
    depths = [min(config.neighbours, len(rows), max(FEWEST, round(config.reach * len(rows)))) for rows in of_mood]
    rows, counts = np.zeros((n, k, max(1, *depths)), np.int64), np.zeros((n, k), np.int64)
    for start in job.each(range(0, n, BLOCK_ROWS), text="Looking for what stands for each track in another mood"):
        block = slice(start, min(start + BLOCK_ROWS, n))
        for mood, (those, depth) in enumerate(zip(of_mood, depths, strict=True)):
            if depth:
                near, found = _nearest(catalogue, block, those, depth=depth, disjoint=config.artist_disjoint)
                rows[block, mood, :depth], counts[block, mood] = near, found
    return Proxies(rows, counts, catalogue.labels)


def _nearest(
    catalogue: Catalogue, block: slice, those: IntArray, *, depth: int, disjoint: bool
) -> tuple[IntArray, IntArray]:
    """The ``depth`` nearest of ``those`` for each row of the block, and how many of them may be used."""
    space, groups = catalogue.space, catalogue.groups
    cosines: FloatArray = space[block] @ space[those].T
    if disjoint:
        cosines[groups[block][:, None] == groups[those][None]] = -np.inf
    best = np.argpartition(cosines, -depth, axis=1)[:, -depth:]
    values = np.take_along_axis(cosines, best, axis=1)
    order = np.argsort(-values, axis=1, kind="stable")
    usable = np.isfinite(values).sum(axis=1)
    return those[np.take_along_axis(best, order, axis=1)], usable
