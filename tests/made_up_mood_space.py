"""A library of which everything is known: what a sound is (six kinds) and how it feels (four moods) lie in coordinates
of their own.
"""

import numpy as np

from musicdesk.mood.catalogue import Catalogue
from musicdesk.records import MOODS, unit_rows

KINDS, CONTENT, MOOD = 6, slice(0, 16), slice(16, 20)
EYE = np.eye(len(MOODS), dtype=np.float32)


def made_up(*, tracks: int = 480, seed: int = 0, loudness: float = 0.6) -> tuple[Catalogue, np.ndarray]:
    """A catalogue in which each artist makes four sounds of one kind, and the kind of each sound."""
    rng = np.random.default_rng(seed)
    artists = np.arange(tracks) // 4
    kinds = rng.integers(0, KINDS, artists.max() + 1)[artists]
    labels = rng.integers(0, len(MOODS), tracks)
    space = np.zeros((tracks, 24), np.float32)
    space[:, CONTENT] = unit_rows(rng.normal(size=(KINDS, 16)))[kinds] + 0.12 * rng.normal(size=(tracks, 16))
    space[:, MOOD] = loudness * EYE[labels]
    space += 0.06 * rng.normal(size=space.shape)
    shares = (0.7 * EYE[labels] + 0.3 * rng.dirichlet(np.ones(len(MOODS)), tracks)).astype(np.float32)
    return Catalogue(unit_rows(space), shares, labels, artists, labels), kinds


def asked(catalogue: Catalogue, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Each of the sounds and each mood that it has not: seeds' rows, their moods and targets [m, 4]."""
    seeds, moods = np.repeat(rows, len(MOODS)), np.tile(np.arange(len(MOODS)), len(rows))
    other = catalogue.labels[seeds] != moods
    return seeds[other], EYE[catalogue.labels[seeds[other]]], EYE[moods[other]]


def found(scores: np.ndarray, catalogue: Catalogue, seeds: np.ndarray) -> np.ndarray:
    """The first of each list that is by someone else."""
    others = catalogue.artists[seeds][:, None] != catalogue.artists[None]
    return np.where(others, scores, -np.inf).argmax(axis=1)
