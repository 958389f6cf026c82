"""The sounds that a steering searches, and what is believed of their moods."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from musicdesk.errors import BadRequest
from musicdesk.records import MOODS, UNCERTAIN, FloatArray, IntArray

KNOWN = 1 / len(MOODS) + 0.01
"""A sound of which nothing is known has even shares; nothing is its likeliest mood."""


@dataclass(frozen=True, eq=False)
class Catalogue:
    """One row a sound; raises BadRequest for arrays that do not fit each other."""

    space: FloatArray  # [n, dim] unit rows of the standardised space
    shares: FloatArray  # [n, 4] how far each of MOODS holds; rows sum to 1
    labels: IntArray  # [n] place in MOODS, or UNCERTAIN
    artists: IntArray  # [n] who made it; every number below 0 is somebody unknown, and nobody else
    truth: IntArray | None = None  # [n] what the oracles are told instead of ``labels``

    def __post_init__(self) -> None:
        n = len(self.space)
        if self.space.ndim != 2 or not np.isfinite(self.space).all():
            raise BadRequest(f"A catalogue has one row of finite numbers a sound; this is of shape {self.space.shape}.")
        if self.shares.shape != (n, len(MOODS)) or self.labels.shape != (n,) or self.artists.shape != (n,):
            raise BadRequest(f"There are {n} sounds, and their moods or artists are of another number.")
        for labels in (self.labels, *(() if self.truth is None else (self.truth,))):
            if labels.shape != (n,) or labels.min(initial=0) < UNCERTAIN or labels.max(initial=0) >= len(MOODS):
                raise BadRequest(f"A label is a mood from 0 to {len(MOODS) - 1}, or {UNCERTAIN} where none is sure.")

    def __len__(self) -> int:
        return len(self.space)

    @property
    def dim(self) -> int:
        """Numbers a row."""
        return int(self.space.shape[1])

    @cached_property
    def sure(self) -> IntArray:
        """Rows with a mood that is sure.  # [k]"""
        return np.flatnonzero(self.labels != UNCERTAIN)

    @cached_property
    def likeliest(self) -> IntArray:
        """The labels, and what is most likely where none is sure; UNCERTAIN where nothing is known at all.  # [n]"""
        guesses = np.where(self.shares.max(axis=1) > KNOWN, self.shares.argmax(axis=1), UNCERTAIN)
        return np.where(self.labels != UNCERTAIN, self.labels, guesses).astype(np.int64)

    @cached_property
    def groups(self) -> IntArray:
        """The artists as numbers from 0, each unknown one by itself.  # [n]"""
        known = np.where(self.artists >= 0, self.artists, -1 - np.arange(len(self)))
        return np.asarray(np.unique(known, return_inverse=True)[1].reshape(-1), np.int64)

    @cached_property
    def means(self) -> FloatArray:
        """The mean row of each mood's sounds; zeros where there are none.  # [4, dim]"""
        found = np.zeros((len(MOODS), self.dim), np.float32)
        for mood in range(len(MOODS)):
            rows = np.flatnonzero(self.labels == mood)
            if len(rows):
                found[mood] = self.space[rows].mean(axis=0)
        return found

    def part(self, rows: IntArray) -> "Catalogue":
        """The sounds at ``rows`` alone."""
        truth = None if self.truth is None else self.truth[rows]
        return Catalogue(self.space[rows], self.shares[rows], self.labels[rows], self.artists[rows], truth)
