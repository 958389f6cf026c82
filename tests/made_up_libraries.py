"""Small made-up libraries whose truth is known: groups of unit vectors around directions, with tags to match."""

from dataclasses import dataclass

import numpy as np

from musicdesk.records import EncoderKey, FloatArray, IntArray, Vectors

KEY = EncoderKey("made-up", "1", "none")
VOCABULARY = ("quiet", "loud", "piano", "guitar", "classical", "metal", "no vocals", "female vocal", "woman", "80s")
TYPICAL = {
    0: (0.8, 0.01, 0.7, 0.02, 0.6, 0.001, 0.5, 0.02, 0.02, 0.01),
    1: (0.01, 0.8, 0.01, 0.6, 0.01, 0.7, 0.05, 0.02, 0.02, 0.05),
    2: (0.2, 0.1, 0.1, 0.2, 0.05, 0.01, 0.01, 0.7, 0.6, 0.5),
}


@dataclass(frozen=True)
class Grouped:
    """A library and the group of every row."""

    vectors: Vectors
    space: FloatArray
    group: IntArray

    def hashes(self, group: int, count: int, *, start: int = 0) -> list[str]:
        rows = np.flatnonzero(self.group == group)[start : start + count]
        return [self.vectors.hashes[row] for row in rows]


def grouped(sizes: tuple[int, ...] = (60, 60), *, dim: int = 16, noise: float = 0.35, seed: int = 3) -> Grouped:
    rng = np.random.default_rng(seed)
    centres = np.linalg.qr(rng.standard_normal((dim, dim)))[0][: len(sizes)]
    group = np.repeat(np.arange(len(sizes)), sizes)
    space = centres[group] + noise * rng.standard_normal((len(group), dim)) / np.sqrt(dim / 4)
    space = (space / np.linalg.norm(space, axis=1, keepdims=True)).astype(np.float32)
    odds = np.array([np.log(np.divide(TYPICAL[g % 3], np.subtract(1, TYPICAL[g % 3]))) for g in group])
    tags = 1 / (1 + np.exp(-(odds + 0.3 * rng.standard_normal(odds.shape))))
    hashes = tuple(f"1:{row:04x}" for row in range(len(group)))
    vectors = Vectors(KEY, hashes, space, tags.astype(np.float32), VOCABULARY, np.zeros(len(group), np.float32))
    return Grouped(vectors, space, group)
