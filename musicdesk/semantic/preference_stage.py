"""The second stage: what was taken after a track is drawn near to it (Pan et al., ICMR 2025, §4.4).

The loss is audio-text (which keeps the meaning), audio-audio and audio-fused. Sounds, words and what is fused of them
come from the network of the first stage; its tower learns slower than the heads. Others that were taken after the same
track are no wrong answers. ``evaluate`` leaves nothing out by lot (as the published code does not).
"""

import time
from collections.abc import Callable
from functools import cached_property
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from musicdesk.encoders.nets.htcl_net import HtclNet
from musicdesk.jobs import Job
from musicdesk.learning import Checkpoint, Schedule, device, luck, train
from musicdesk.records import IntArray
from musicdesk.records.meaning import PREFERENCE, PreferencePairs, StageReport
from musicdesk.semantic.lessons import Lessons, placed
from musicdesk.semantic.losses import Masks, Side, Weights, preference
from musicdesk.semantic.pairs import part
from musicdesk.semantic.retrieval import recall_of_pairs

MEASURED = 1024


def learn_preference(
    lessons: Lessons, *, held: IntArray, job: Job,
    told: Callable[[tuple[float, ...]], None], checkpoint: tuple[Path, str] | None,
) -> StageReport:  # fmt: skip
    """Teach the network of ``lessons`` in place with the pairs of its material.

    Pairs that touch a track of ``held`` are held out. ``checkpoint``: the file of its state, and the digest of what is
    learned from.
    """
    began = time.monotonic()
    stage, seed = lessons.config.preference, lessons.config.seed
    pairs, aside = _parted(lessons.material.pairs, held)
    if lessons.config.fresh_heads:
        with luck(seed + 2):
            forget_heads(lessons.network)
    stays = lessons.config.words_stay and not (lessons.config.fresh_heads or lessons.config.without_meaning)
    lessons.network.text_head.requires_grad_(not stays)
    school = _School(lessons, np.random.default_rng([seed, 21]))
    before = _recall(lessons, aside if len(aside) else pairs)
    schedule = Schedule(
        stage.epochs, stage.learning_rate, stage.batch, patience=stage.patience, weight_decay=stage.weight_decay,
        slowed=stage.slowed, annealed=True, seed=seed,
    )  # fmt: skip
    with luck(seed + 3):
        losses = train(
            lessons.network, lambda rows: school.loss(pairs, rows), examples=np.arange(len(pairs)), schedule=schedule,
            job=job, text="Learning what is taken after what",
            held=(lambda: school.measured(aside)) if len(aside) > 1 else None,
            slow=lessons.network.tower.parameters(), told=told,
            checkpoint=Checkpoint(*checkpoint, lucks=(school.rng,)) if checkpoint else None,
        )  # fmt: skip
    lessons.network.text_head.requires_grad_(True)
    after = _recall(lessons, aside if len(aside) else pairs)
    return StageReport(
        PREFERENCE, len(pairs), losses, (before, after), held=len(aside), seconds=time.monotonic() - began
    )


def forget_heads(network: HtclNet) -> None:
    """Draw the heads anew, and begin with the first temperatures, as the published second stage does."""
    fresh = HtclNet(network.config)
    for name in ("audio_head", "text_head", "fusion_head", "temperatures"):
        getattr(network, name).load_state_dict(getattr(fresh, name).state_dict())


class _School:
    """Batches of pairs, and what it costs to miss them."""

    def __init__(self, lessons: Lessons, rng: np.random.Generator) -> None:
        self.lessons, self.rng = lessons, rng
        config = lessons.config
        reads = 0.0 if config.without_text else 1.0
        self.weights = Weights(reads * config.audio_text, config.audio_audio, reads * config.audio_fused)

    def loss(self, pairs: PreferencePairs, rows: IntArray, rng: np.random.Generator | None = None) -> Tensor:
        """L1 + L2 + L3 of some of the pairs, their texts drawn by lot.  # [b] -> []"""
        luck_of_texts = rng or self.rng
        triggers, accepted = pairs.triggers[rows], pairs.accepted[rows]
        both = np.concatenate([triggers, accepted])
        texts = self.lessons.readings.drawn(both, luck_of_texts)
        one, other = self._sides(both, texts)
        return preference(
            one, other, dict(self.lessons.network.temperatures.items()), weights=self.weights,
            masks=self._masks(triggers, accepted, self.lessons.alike(both, texts)),
            counts=torch.from_numpy(pairs.weights[rows]).to(device()),
        )  # fmt: skip

    def measured(self, held: PreferencePairs) -> float:
        """The loss of pairs that were held out, always with the same texts."""
        rng = np.random.default_rng([self.lessons.config.seed, 22])
        rows = np.random.default_rng([self.lessons.config.seed, 23]).permutation(len(held))[:MEASURED]
        size = self.lessons.config.preference.batch
        parts = np.array_split(rows, max(1, -(-len(rows) // size)))
        with torch.inference_mode():
            return float(
                np.average([float(self.loss(held, own, rng)) for own in parts], weights=[len(p) for p in parts])
            )

    def _sides(self, both: IntArray, texts: IntArray) -> tuple[Side, Side]:
        """Both ends of the pairs in the joint space; each track goes through the tower once."""
        rows, place = np.unique(both, return_inverse=True)
        sounds = self.lessons.sounds(rows)[torch.from_numpy(place).to(device())]
        words = self.lessons.words(texts)
        fused = self.lessons.network.fused(sounds, words) if self.weights.audio_fused else sounds
        b = len(both) // 2
        return Side(sounds[:b], words[:b], fused[:b]), Side(sounds[b:], words[b:], fused[b:])

    def _masks(self, triggers: IntArray, accepted: IntArray, texts: Tensor) -> Masks:
        recordings = self.lessons.material.recordings
        one, other = recordings[triggers], recordings[accepted]
        known = np.isin(one[:, None] * self._most + other[None, :], self._known)
        pairs = known | (one[:, None] == other[None, :]) | (other[:, None] == other[None, :])
        reverse = known.T | (one[:, None] == other[None, :]).T | (one[:, None] == one[None, :])
        place = device()
        return Masks(texts, torch.from_numpy(pairs).to(place), torch.from_numpy(reverse).to(place))

    @cached_property
    def _most(self) -> int:
        return int(self.lessons.material.recordings.max(initial=0)) + 1

    @cached_property
    def _known(self) -> IntArray:
        """A number for each pair of recordings of which one was taken after the other."""
        pairs, recordings = self.lessons.material.pairs, self.lessons.material.recordings
        one, other = recordings[pairs.triggers], recordings[pairs.accepted]
        return np.unique(np.concatenate([one * self._most + other, other * self._most + one]))


def _parted(pairs: PreferencePairs, held: IntArray) -> tuple[PreferencePairs, PreferencePairs]:
    """The pairs to learn from, and those that touch a held-out track."""
    touched = np.isin(pairs.triggers, held) | np.isin(pairs.accepted, held)
    return part(pairs, ~touched), part(pairs, touched)


def _recall(lessons: Lessons, pairs: PreferencePairs) -> float:
    return recall_of_pairs(placed(lessons.network, lessons.material), pairs, lessons.material.recordings)
