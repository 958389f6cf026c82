"""The first stage: sounds and their texts are drawn together, others' are pushed apart (Pan et al., ICMR 2025, §4.3).

Each time a track comes up, one of its texts is drawn by lot. A part of the artists is held out; the weights of the
epoch that serves them best are kept.
"""

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from musicdesk.jobs import Job
from musicdesk.learning import Checkpoint, Schedule, luck, train
from musicdesk.records import FloatArray, IntArray
from musicdesk.records.meaning import MEANING, StageReport
from musicdesk.semantic.lessons import Lessons, placed, worded
from musicdesk.semantic.losses import clip
from musicdesk.semantic.retrieval import recall_of_own

DRAWS = 4
"""So many texts of each held-out track are looked at."""
MEASURED = 2048
TOP = 10


def learn_meaning(
    lessons: Lessons, *, learned: IntArray, held: IntArray, job: Job,
    told: Callable[[tuple[float, ...]], None], checkpoint: tuple[Path, str] | None,
) -> StageReport:  # fmt: skip
    """Teach the network of ``lessons`` in place with the rows ``learned``; ``held`` are rows of other artists.

    ``checkpoint``: the file of its state, and the digest of what is learned from.
    """
    began = time.monotonic()
    stage, seed = lessons.config.meaning, lessons.config.seed
    rng = np.random.default_rng([seed, 11])
    before = _recall(lessons, held)
    schedule = Schedule(
        stage.epochs, stage.learning_rate, stage.batch, patience=stage.patience, weight_decay=stage.weight_decay,
        slowed=stage.slowed, annealed=True, steps=1, seed=seed,
    )  # fmt: skip
    with luck(seed + 1):
        losses = train(
            lessons.network, lambda rows: _loss(lessons, rows, rng), examples=learned, schedule=schedule, job=job,
            text="Learning what the sounds mean", held=(lambda: _measured(lessons, held)) if len(held) > 1 else None,
            slow=lessons.network.tower.parameters(), told=told,
            checkpoint=Checkpoint(*checkpoint, lucks=(rng,)) if checkpoint else None,
        )  # fmt: skip
    return StageReport(
        MEANING, len(learned), losses, (before, _recall(lessons, held)), held=len(held),
        seconds=time.monotonic() - began,
    )  # fmt: skip


def _loss(lessons: Lessons, rows: IntArray, rng: np.random.Generator) -> Tensor:
    texts = lessons.readings.drawn(rows, rng)
    return clip(
        lessons.sounds(rows), lessons.words(texts), lessons.network.temperatures["words"],
        same=lessons.alike(rows, texts),
    )  # fmt: skip


def _measured(lessons: Lessons, held: IntArray) -> float:
    """The loss of tracks that were held out, always with the same texts."""
    rng = np.random.default_rng([lessons.config.seed, 12])
    rows = held[:MEASURED]
    with torch.inference_mode():
        return float(np.mean([float(_loss(lessons, rows, rng)) for _ in range(DRAWS)]))


def _recall(lessons: Lessons, held: IntArray) -> float:
    """How often a held-out sound is among the ten nearest of its text, among all that are held out."""
    texts = lessons.readings.whole[held]
    sounds: FloatArray = placed(lessons.network, lessons.material.part(held))
    return recall_of_own(
        worded(lessons.network, lessons.readings.vectors[texts]), sounds, lessons.material.recordings[held], top=TOP
    )  # fmt: skip
