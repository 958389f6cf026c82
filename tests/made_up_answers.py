"""Sounds of made-up artists at which made-up listeners feel what the vectors say, and libraries of such vectors."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from musicdesk.encoders import handcrafted
from musicdesk.mood.axes import GEMS, SPREAD, USUAL
from musicdesk.mood.fitting import Lesson
from musicdesk.mood.measures import DIM, RHYTHM
from musicdesk.records import EncoderKey, FloatArray, Vectors

KEY = EncoderKey("made-up", "1", "none")
LISTENERS = 14
WORDS = ("happy", "sad", "guitar")


def lesson(*, artists: int = 30, each: int = 4, dim: int = 12, seed: int = 0, with_measures: bool = True) -> Lesson:
    """Most of what is felt comes from the vectors, the rest is chance, who was asked too."""
    rng, n = np.random.default_rng(seed), artists * each
    vectors = rng.standard_normal((n, dim)).astype(np.float32)
    deep = vectors @ np.random.default_rng(7).standard_normal((dim, len(GEMS))) / np.sqrt(dim)
    felt = np.clip(
        np.array(USUAL) + np.array(SPREAD) * (1.2 * deep + 0.3 * rng.standard_normal(deep.shape)), 0.01, 0.95
    )
    return Lesson(
        key=KEY,
        vectors=vectors,
        tags=rng.uniform(0.01, 0.9, (n, len(WORDS))).astype(np.float32),
        measures=rng.standard_normal((n, DIM)).astype(np.float32),
        shares=(rng.binomial(LISTENERS, felt) / LISTENERS).astype(np.float32),
        listeners=np.full(n, LISTENERS, np.float32),
        artists=tuple(f"artist {row // each}" for row in range(n)),
        with_measures=with_measures,
    )


def vectors_of(
    matrix: npt.NDArray[np.floating], *, key: EncoderKey, tags: FloatArray | None = None, vocabulary: Sequence[str] = ()
) -> Vectors:
    """Vectors of the sounds "0", "1", …"""
    n = len(matrix)
    words = np.zeros((n, 0), np.float32) if tags is None else tags
    names = tuple(str(row) for row in range(n))
    return Vectors(key, names, matrix.astype(np.float32), words, tuple(vocabulary), np.zeros(n, np.float32))


def measured(n: int, *, seed: int = 0) -> Vectors:
    """Handcrafted vectors near those of real music."""
    rng = np.random.default_rng(seed)
    matrix = (0.3 * rng.standard_normal((n, DIM))).astype(np.float32)
    matrix[:, RHYTHM.start + 5] = matrix[:, RHYTHM.start]  # the pace goes with the tempo
    return vectors_of(matrix, key=handcrafted.SPEC.key)
