"""The second stage: what was taken after a track is drawn near to it (Pan et al., ICMR 2025, §4.4).

The loss is audio-text (which keeps the meaning), audio-audio and audio-fused. Sounds, words and what is fused of them
come from the network of the first stage; its tower learns slower than the heads. A listener tells few pairs, and
learned by heart they say nothing of others: so partners are also what lies a few choices away (``walks``), and sounds
of the whole library stand against them, not those alone that somebody took. Others that were taken after the same
track are no wrong answers. In the end the network goes a part of the way back. ``evaluate`` leaves nothing out by lot
(as the published code does not).
"""

import time
from collections.abc import Callable, Iterator
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
from musicdesk.semantic.learning_config import LearningConfig
from musicdesk.semantic.lessons import Lessons, placed
from musicdesk.semantic.losses import Masks, Others, Side, Weights, preference
from musicdesk.semantic.pairs import part
from musicdesk.semantic.retrieval import recall_of_pairs
from musicdesk.semantic.walks import walked

EXAMPLES = 1024
"""So many pairs an epoch, or as many as were told, but not more than two for each track."""


def learn_preference(
    lessons: Lessons, *, held: IntArray, job: Job,
    told: Callable[[tuple[float, ...]], None], checkpoint: tuple[Path, str] | None,
) -> StageReport:  # fmt: skip
    """Teach the network of ``lessons`` in place with the pairs of its material.

    Pairs that touch a track of ``held`` are held out. ``checkpoint``: the file of its state, and the digest of what is
    learned from.
    """
    began = time.monotonic()
    network, config = lessons.network, lessons.config
    told_pairs, aside = _parted(lessons.material.pairs, held)
    if config.fresh_heads:
        with luck(config.seed + 2):
            forget_heads(network)
    most = max(min(len(told_pairs), 2 * len(lessons.material)), EXAMPLES)
    library = np.setdiff1d(np.arange(len(lessons.material)), held)
    school = _School(lessons, told_pairs, library, np.random.default_rng([config.seed, 21]))
    before = recall_of_held(lessons, held)
    network.text_head.requires_grad_(not config.words_stay or config.anew)
    with luck(config.seed + 3):
        losses = train(
            network, school.loss, examples=np.arange(len(school.pairs)), schedule=_schedule(config, most),
            job=job, text="Learning what is taken after what", slow=network.tower.parameters(), told=told,
            checkpoint=Checkpoint(*checkpoint, lucks=(school.rng,)) if checkpoint else None,
        )  # fmt: skip
    network.text_head.requires_grad_(True)
    return StageReport(
        PREFERENCE, len(told_pairs), losses, (before, recall_of_held(lessons, held)), held=len(aside),
        seconds=time.monotonic() - began,
    )  # fmt: skip


def recall_of_held(lessons: Lessons, held: IntArray) -> float:
    """Recall@10 of the pairs that touch a track of ``held``; of all where none does."""
    told, aside = _parted(lessons.material.pairs, held)
    space = placed(lessons.network, lessons.material)
    return recall_of_pairs(space, aside if len(aside) else told, lessons.material.recordings)


def forget_heads(network: HtclNet) -> None:
    """Draw the heads anew, and begin with the first temperatures, as the published second stage does."""
    fresh = HtclNet(network.config)
    for name in ("audio_head", "text_head", "fusion_head", "temperatures"):
        getattr(network, name).load_state_dict(getattr(fresh, name).state_dict())


class _School:
    """Batches of pairs, and what it costs to miss them."""

    def __init__(self, lessons: Lessons, told: PreferencePairs, library: IntArray, rng: np.random.Generator) -> None:
        """``told``: what was told, to learn from; ``library``: the rows from which others are drawn."""
        config = lessons.config
        self.lessons, self.library, self.rng = lessons, library, rng
        self.pairs = walked(told, lessons.material.recordings, steps=config.steps)
        """What is learned from; neither it nor anything that was told is a wrong answer."""
        reads = 0.0 if config.without_text else 1.0
        self.weights = Weights(reads * config.audio_text, config.audio_audio, reads * config.audio_fused)

    def loss(self, rows: IntArray) -> Tensor:
        """L1 + L2 + L3 of some of the pairs, their texts and the others drawn by lot.  # [b] -> []"""
        pairs, rng, b = self.pairs, self.rng, len(rows)
        triggers, accepted = pairs.triggers[rows], pairs.accepted[rows]
        drawn = rng.choice(self.library, size=self.lessons.config.others)
        tracks = np.concatenate([triggers, accepted, drawn])
        texts = self.lessons.readings.drawn(tracks, rng)
        one, other, rest = self._sides(tracks, texts, slice(b), slice(b, 2 * b), slice(2 * b, None))
        return preference(
            one, other, dict(self.lessons.network.temperatures.items()), weights=self.weights,
            masks=self._masks(triggers, accepted, self.lessons.alike(tracks, texts)),
            counts=torch.from_numpy(pairs.weights[rows]).to(device()),
            others=Others(rest.audio, rest.text, self._fit(triggers, drawn), self._fit(accepted, drawn)),
        )  # fmt: skip

    def _sides(self, tracks: IntArray, texts: IntArray, *parts: slice) -> Iterator[Side]:
        """Tracks in the joint space, in parts; each goes through the tower once."""
        rows, place = np.unique(tracks, return_inverse=True)
        sounds = self.lessons.sounds(rows)[torch.from_numpy(place).to(device())]
        words = self.lessons.words(texts)
        fused = self.lessons.network.fused(sounds, words) if self.weights.audio_fused else sounds
        return (Side(sounds[own], words[own], fused[own]) for own in parts)

    def _masks(self, triggers: IntArray, accepted: IntArray, texts: Tensor) -> Masks:
        pairs = self._fit(triggers, accepted) | self._same(accepted, accepted)
        reverse = self._fit(accepted, triggers) | self._same(triggers, triggers)
        return Masks(texts, pairs, reverse)

    def _fit(self, ends: IntArray, columns: IntArray) -> Tensor:
        """Where row and column are a known pair, or the same recording.  # [b], [m] -> [b, m]"""
        one, other = (self.lessons.material.recordings[rows] for rows in (ends, columns))
        asked = one[:, None] * self._most + other[None, :]
        places = np.searchsorted(self._known, asked).clip(max=len(self._known) - 1)
        return torch.from_numpy(self._known[places] == asked).to(device()) | self._same(ends, columns)

    def _same(self, ends: IntArray, columns: IntArray) -> Tensor:
        """Where row and column are the same recording.  # [b], [m] -> [b, m]"""
        one, other = (self.lessons.material.recordings[rows] for rows in (ends, columns))
        return torch.from_numpy(one[:, None] == other[None, :]).to(device())

    @cached_property
    def _most(self) -> int:
        return int(self.lessons.material.recordings.max(initial=0)) + 1

    @cached_property
    def _known(self) -> IntArray:
        """A number for each pair of recordings of which one was taken after the other, either way, in order."""
        recordings, found = self.lessons.material.recordings, []
        for pairs in (self.lessons.material.pairs, self.pairs):
            one, other = recordings[pairs.triggers], recordings[pairs.accepted]
            found += [one * self._most + other, other * self._most + one]
        return np.unique(np.concatenate(found))


def _schedule(config: LearningConfig, most: int) -> Schedule:
    stage = config.preference
    return Schedule(
        stage.epochs, stage.learning_rate, stage.batch, patience=stage.patience, weight_decay=stage.weight_decay,
        slowed=stage.slowed, annealed=True, most=most, seed=config.seed,
    )  # fmt: skip


def _parted(pairs: PreferencePairs, held: IntArray) -> tuple[PreferencePairs, PreferencePairs]:
    """The pairs to learn from, and those that touch a held-out track."""
    touched = np.isin(pairs.triggers, held) | np.isin(pairs.accepted, held)
    return part(pairs, ~touched), part(pairs, touched)
