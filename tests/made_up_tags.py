"""Three kinds of sound, tags that name them, and listeners who like one kind each: everybody knows the right answer."""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix

from musicdesk.records import FloatArray, IntArray

EACH, COLD, DIM, KINDS = 20, 4, 8, 3


@dataclass(frozen=True, eq=False)
class Tagged:
    """Items of three kinds, the last ``COLD`` of each heard by nobody."""

    sounds: FloatArray  # [n, dim]
    kind: IntArray  # [n]
    warm: IntArray  # rows that people like
    cold: IntArray  # rows that nobody heard
    prototypes: FloatArray  # [3, dim]
    tags: FloatArray  # [n, 3]
    matrix: csr_matrix  # [listeners, n]

    def of(self, kind: int, rows: IntArray) -> IntArray:
        """Those of ``rows`` that are of one kind."""
        return rows[self.kind[rows] == kind]


def unit(rows: FloatArray) -> FloatArray:
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


def tagged(*, listeners: int = 90, seed: int = 0) -> Tagged:
    """Everyone likes eight warm items of one kind, and one of another."""
    rng = np.random.default_rng(seed)
    kind = np.repeat(np.arange(KINDS), EACH + COLD)
    sounds = unit(np.eye(KINDS, DIM)[kind] + 0.25 * rng.standard_normal((len(kind), DIM)))
    cold = np.concatenate([np.flatnonzero(kind == k)[-COLD:] for k in range(KINDS)])
    warm = np.setdiff1d(np.arange(len(kind)), cold)
    rows = np.zeros((listeners, len(kind)), np.float32)
    for listener in range(listeners):
        own, odd = listener % KINDS, (listener + 1) % KINDS
        rows[listener, rng.choice(warm[kind[warm] == own], 8, replace=False)] = 1
        rows[listener, rng.choice(warm[kind[warm] == odd], 1)] = 1
    tags = np.eye(KINDS, dtype=np.float32)[kind]
    return Tagged(sounds, kind, warm, cold, unit(np.eye(KINDS, DIM)), tags, csr_matrix(rows))
