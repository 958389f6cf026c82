"""What one library teaches the network about one person: its lessons, and the gains that are believed in.

Where there are no other listeners they are made up (see ``listeners``), and some rows are parts of what the person here
likes. Prototypes in training stand all over the library: those of a taste come and go, and any of them can be asked.
"""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from musicdesk.jobs import Job
from musicdesk.prototypes import bank
from musicdesk.prototypes.inheritance import NEGATIVE_ID, untouched
from musicdesk.prototypes.trained import NetworkConfig, Trained
from musicdesk.records import GAIN_MAX, FloatArray, IntArray, Prototype, Taste

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

HEARD = 5
"""So many sounds somebody must like to be learned from."""
MADE_UP = 1200
"""Made-up listeners where there are no others."""
MINE = 0.05
"""The share of the rows that tell of the person at this desk, each a part of their history."""
CENTRES, CENTRE_ROWS = 24, 4000
"""Groups of the library that stand for prototypes in training, and the tracks they are found by."""
SHARP = 8.0
"""How sharply a sound is shared out among prototypes where it is told what it sounds like."""
ALONE = NetworkConfig(width=64, own=False, columns=1200, epochs=10)
"""For a library of one person."""
SEED = 104_711
MAKERS = 2
"""By so many artists likes must be before belief sets gains: of one artist's work they tell what there is most of, and
no preference. Measured (evaluation/prototypes.md): there it lost NDCG@100 in one library and gained nothing in another;
by several artists it gained with 3 likes as with 40, so that their number is no reason."""


def with_mine(rows: "csr_matrix", own: IntArray, *, rng: np.random.Generator, least: int = HEARD) -> "csr_matrix":
    """The rows of everyone [m, n], and some of the person here, who likes ``own``; with fewer than ``least`` none."""
    from scipy.sparse import vstack

    if len(own) < least:
        return rows.tocsr()
    m, n = rows.shape
    return vstack([rows, _parts_of(own, n=n, count=round(MINE * m) + 1, rng=rng)], format="csr")


def learned(
    matrix: "csr_matrix", space: FloatArray, *, config: NetworkConfig, job: Job, checkpoint: Path | None = None
) -> tuple[Trained, FloatArray]:
    """A network taught by ``matrix`` [m, n] over ``space`` [n, dim] (see ``training.fit``), and its prototypes."""
    from musicdesk.prototypes import training  # which loads torch

    prototypes = centres(space)
    tags = sharing(space, prototypes)
    trained = training.fit(matrix, space, prototypes, tags, config=config, job=job, checkpoint=checkpoint)
    return trained, prototypes


def sharing(space: FloatArray, prototypes: FloatArray) -> FloatArray:
    """How each sound is shared out among prototypes by how near it is; rows sum to 1.

    # [n, dim], [k, dim] -> [n, k]
    """
    logits = SHARP * (space @ prototypes.T)
    np.exp(logits - logits.max(axis=1, keepdims=True), out=logits)
    return np.asarray(logits / logits.sum(axis=1, keepdims=True), np.float32)


def centres(space: FloatArray) -> FloatArray:
    """Directions all over the library.  # [k, dim]"""
    rng = np.random.default_rng(SEED)
    rows = np.sort(rng.permutation(len(space))[:CENTRE_ROWS])
    count = min(CENTRES, max(2, len(rows) // 4))
    found = bank.build(space, rows, count=count, most=count, rng=rng)
    return np.stack([cluster.vector for cluster in found])


# ------------------------------------------------------------------------------------------------ gains


def believed_gains(profile: FloatArray) -> FloatArray:
    """From shares that sum to 1 to gains: 1 for an even share, never above the largest gain.  # [k] -> [k]"""
    return np.asarray(np.clip(len(profile) * profile, 0, GAIN_MAX), np.float32)


def is_awake(prototype: Prototype) -> bool:
    """Whether the network weighs it: what is on offer at a gain of 0, and what is disliked, is not."""
    return prototype.id != NEGATIVE_ID and prototype.found > 0


def doubt(makers: IntArray) -> str:
    """Why no gains are believed of somebody whose likes are by these artists, in a sentence; "" where some are.

    # [m] equal for one artist; below 0, unknown, each counts as another one
    """
    if len(np.unique(makers[makers >= 0])) + int((makers < 0).sum()) >= MAKERS:
        return ""
    why = "all that you like is by one artist" if len(makers) else "nothing is liked"
    return f"musicdesk cannot tell yet what counts more for you: {why}. Until there is more, everything counts alike."


def weighed(taste: Taste, trained: Trained, liked: FloatArray, *, even: bool = False) -> Taste:
    """``taste`` with the gains that a network believes in, for someone who likes these sounds; ``even``: with 1 each.

    Words on offer stay asleep, and what is disliked stays as it is.  # [m, dim]
    """
    awake = tuple(p for p in taste.prototypes if is_awake(p))
    vectors = np.array([p.vector for p in awake], np.float32).reshape(len(awake), -1)
    if not awake or not len(liked) or vectors.shape[1] != len(trained.sound):
        return taste
    gains = np.ones(len(awake)) if even else believed_gains(trained.profile(liked, vectors))
    return with_belief(taste, {p.id: round(float(gain), 2) for p, gain in zip(awake, gains, strict=True)})


def with_belief(taste: Taste, gains: Mapping[str, float]) -> Taste:
    """``taste`` with found gains by prototype id; a gain that nobody moved follows, one that is locked stays."""
    return replace(taste, prototypes=tuple(_believing(p, gains.get(p.id, p.found)) for p in taste.prototypes))


def _believing(prototype: Prototype, found: float) -> Prototype:
    follows = untouched(prototype) and not prototype.locked
    return replace(prototype, found=found, gain=found if follows else prototype.gain)


def _parts_of(rows: IntArray, *, n: int, count: int, rng: np.random.Generator) -> "csr_matrix":
    """The person here, so many times, each time half to all of what they like.  # csr [count, n]"""
    from scipy.sparse import csr_matrix

    parts = [rows[rng.random(len(rows)) < rng.uniform(0.5, 1)] for _ in range(count)]
    ends = np.concatenate([[0], np.cumsum([len(part) for part in parts])])
    return csr_matrix((np.ones(ends[-1], np.float32), np.concatenate(parts), ends), shape=(count, n))
