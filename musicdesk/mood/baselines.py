"""Where a seed lies in another mood, said without any training, and what a label alone is worth.

``Places`` say it of each of the four moods; ``worth`` columns are added to the scores of the sounds.
"""

from collections.abc import Callable

import numpy as np

from musicdesk.mood.catalogue import Catalogue
from musicdesk.records import MOODS, FloatArray, unit_rows

Places = Callable[[FloatArray, FloatArray], FloatArray]
"""Seeds [m, dim] and their moods [m, 4] -> where each lies in each mood, unit rows [m, 4, dim]."""
NEIGHBOURS = 20
"""So many sounds of a mood say where a seed would lie in it."""
FURTHEST = 2.0
"""Two cosines are never further apart: a label that is worth so much comes before all likeness."""


def staying(seeds: FloatArray, source: FloatArray) -> FloatArray:  # noqa: ARG001
    """Every mood is where the seed is."""
    return np.repeat(seeds[:, None], len(MOODS), axis=1)


def average_mood(catalogue: Catalogue) -> Places:
    """Every seed goes to the mean of the mood's sounds, whatever it was."""
    means = unit_rows(catalogue.means)

    def places(seeds: FloatArray, source: FloatArray) -> FloatArray:  # noqa: ARG001
        return np.repeat(means[None], len(seeds), axis=0)

    return places


def arithmetic(catalogue: Catalogue) -> Places:
    """Seed + (mean of the target's sounds − mean of the source's), as words are moved among word vectors."""
    means = catalogue.means

    def places(seeds: FloatArray, source: FloatArray) -> FloatArray:
        return unit_rows(seeds[:, None] + means[None] - (source @ means)[:, None])

    return places


def neighbourhood(catalogue: Catalogue) -> Places:
    """Every seed goes to the mean of the sounds of the mood that are nearest to it.

    What a translator that only learned the cosine would say of a seed that it has seen (see ``proxies``), without its
    training. A mood that no sound has stays where the seed is.
    """
    of_mood = [np.flatnonzero(catalogue.labels == mood) for mood in range(len(MOODS))]

    def places(seeds: FloatArray, source: FloatArray) -> FloatArray:
        cosines = seeds @ catalogue.space.T
        found = staying(seeds, source)
        for mood, rows in enumerate(of_mood):
            if len(rows):
                depth = min(NEIGHBOURS, len(rows))
                near = rows[np.argpartition(-cosines[:, rows], depth - 1, axis=1)[:, :depth]]
                found[:, mood] = unit_rows(catalogue.space[near].mean(axis=1))
        return found

    return places


def hard_worth(catalogue: Catalogue) -> FloatArray:
    """At full strength nothing of another label comes before what has the right one.

    At strength β a sound of another mood may still come first if it is more like the seed by a cosine of 2 β, so the
    labels begin to part the list early and part it wholly before 1.  # [4, n]
    """
    return np.asarray(FURTHEST * (catalogue.labels[None] == np.arange(len(MOODS))[:, None]), np.float32)


def soft_worth(catalogue: Catalogue, weight: float) -> FloatArray:
    """Each mood's share of a sound, as so many cosines.  # [4, n]"""
    return np.ascontiguousarray(np.float32(weight) * catalogue.shares.T, np.float32)
