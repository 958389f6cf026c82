"""How the audio prototypical network is taught: to foretell what was hidden of a history, and to agree with its tags.

Loss = recommendation + λ1 · calibration + λ2 · separability, the three terms of Oncel et al. (MLSP 2025) as
reconstructed: the multinomial likelihood of hidden items among all others (as Liang et al., WWW 2018, but foretelling
only what is hidden); the divergence of the profile from the tags of what was shown; and how far projected prototypes
come nearer to each other than a margin.
"""

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from musicdesk.errors import BadRequest, NothingYet
from musicdesk.jobs import Job
from musicdesk.learning import Checkpoint, Schedule, device, held_out, luck, train
from musicdesk.prototypes.network import Network
from musicdesk.prototypes.trained import TINY, NetworkConfig, Trained
from musicdesk.records import FloatArray, IntArray

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

HELD = 0.08
"""The share of the listeners by which it is seen when to stop."""
MEASURED = 256
"""So many of them, at most."""
AWAY = -1e9


def fit(
    matrix: "csr_matrix", sounds: FloatArray, prototypes: FloatArray, tags: FloatArray | None = None, *,
    config: NetworkConfig, job: Job, checkpoint: Path | None = None,
) -> Trained:  # fmt: skip
    """Teach a network by the listeners of ``matrix`` [n_users, n_items], whose numbers above 0 tell what they like.

    ``sounds`` [n_items, dim] and ``prototypes`` [k, dim] are unit rows of one space; ``tags`` [n_items, k] says how
    much of each prototype's tag is in an item, a row of nan where nothing is known, None: nowhere. ``checkpoint`` is a
    file in which the training is kept after an epoch: the same call goes on from it, to the bit. It stays when all is
    learned; whoever has kept the outcome removes it.

    Raises:
        NothingYet: nobody likes two items.
        BadRequest: arrays that do not fit each other.
        Cancelled: the job was cancelled.
    """
    _check(matrix, sounds, prototypes, tags)
    matrix = matrix.tocsr().maximum(0)
    matrix.eliminate_zeros()
    people = np.flatnonzero(np.diff(matrix.indptr) > 1)
    if not len(people):
        raise NothingYet("The network learns from what goes together, and nobody likes two tracks yet.")
    about = _about(config, matrix, sounds, prototypes, tags)
    with luck(config.seed):
        network = Network(sounds, prototypes, config=config).to(device())
        lessons = _Lessons(network, matrix, tags)
        learned, held = held_out(people, share=HELD, seed=config.seed)
        train(
            network, lessons.loss, examples=learned, schedule=_schedule(config), job=job,
            text="Learning what goes with the prototypes",
            held=(lambda: lessons.measured(held[:MEASURED])) if len(held) else None,
            checkpoint=Checkpoint(checkpoint, about, lessons.lucks) if checkpoint else None,
        )  # fmt: skip
    return network.trained(np.bincount(matrix.indices, minlength=matrix.shape[1]).astype(np.float32))


@dataclass(frozen=True, eq=False)
class _Lesson:
    """Some people's histories, parted in what is shown and what is hidden."""

    heard: IntArray  # [h] items that any of them heard
    columns: IntArray  # [c] items to tell apart; the first h are ``heard``
    shares: FloatArray  # [b, h] weights of what is shown; rows sum to 1
    hidden: FloatArray  # [b, h] 1 for what is to be foretold


class _Lessons:
    """Makes lessons of people and tells what they cost."""

    def __init__(self, network: Network, matrix: "csr_matrix", tags: FloatArray | None) -> None:
        self._network, self._config = network, network.config
        self._matrix = matrix.tocsr().astype(np.float32)
        self._matrix.data = self._matrix.data ** np.float32(self._config.power)
        self._all = np.flatnonzero(np.bincount(matrix.indices, minlength=matrix.shape[1]) > 0)
        self._tags = None if tags is None else torch.from_numpy(np.nan_to_num(tags).astype(np.float32)).to(device())
        self._rng = np.random.default_rng([self._config.seed, 2])

    @property
    def lucks(self) -> tuple[np.random.Generator, ...]:
        """What lessons are drawn by."""
        return (self._rng,)

    def loss(self, people: IntArray) -> Tensor:
        """The three terms for some people.  # []"""
        config, lesson = self._config, self._lesson(people)
        told = self._network(*self._given(lesson), keep=self._kept())
        loss = self._missed(told.scores, lesson)
        if config.calibration and self._tags is not None:
            loss = loss + config.calibration * self._disagreement(told.profiles, lesson, self._tags)
        if config.separability:
            loss = loss + config.separability * self._network.crowding()
        return loss

    def measured(self, people: IntArray) -> float:
        """The recommendation term for people who were held out, always with the same hidden."""
        own, self._rng = self._rng, np.random.default_rng([self._config.seed, 3])
        with torch.inference_mode():
            lesson = self._lesson(people)
            told = self._network(*self._given(lesson))
            missed = float(self._missed(told.scores, lesson))
        self._rng = own
        return missed

    def _lesson(self, people: IntArray) -> _Lesson:
        rows = self._matrix[people]
        heard = np.unique(rows.indices)
        spare = max(0, self._config.columns - len(heard))
        others = self._rng.permutation(np.setdiff1d(self._all, heard, assume_unique=True))[:spare]
        weights = rows[:, heard].toarray()
        there = weights > 0
        shown = there & (self._rng.random(weights.shape, np.float32) >= self._config.hidden)
        shares = np.where(shown, weights, 0).astype(np.float32)
        shares /= np.maximum(shares.sum(axis=1, keepdims=True), TINY)
        hidden = (there & ~shown).astype(np.float32)
        return _Lesson(heard, np.concatenate([heard, others]), shares, hidden)

    def _given(self, lesson: _Lesson) -> tuple[Tensor, Tensor, Tensor]:
        return tuple(torch.from_numpy(p).to(device()) for p in (lesson.shares, lesson.heard, lesson.columns))  # type: ignore[return-value]

    def _kept(self) -> Tensor | None:
        """1 for items whose own part speaks in this lesson.  # [n_items]"""
        if not self._config.forgotten or not self._config.own:
            return None
        stays = self._rng.random(self._matrix.shape[1], np.float32) >= self._config.forgotten
        return torch.from_numpy(stays.astype(np.float32)).to(device())

    def _missed(self, scores: Tensor, lesson: _Lesson) -> Tensor:
        """Minus the mean log-likelihood of what is hidden, among all that is not shown.  # []"""
        h = len(lesson.heard)
        away = torch.from_numpy(np.where(lesson.shares > 0, np.float32(AWAY), np.float32(0))).to(scores.device)
        rest = torch.cat([scores[:, :h] + away, scores[:, h:]], dim=1)
        hidden = torch.from_numpy(lesson.hidden).to(scores.device)
        likely = scores[:, :h] - torch.logsumexp(rest, dim=1, keepdim=True)
        return -(likely * hidden).sum() / hidden.sum().clamp(min=1)

    def _disagreement(self, profiles: Tensor, lesson: _Lesson, tags: Tensor) -> Tensor:
        """KL(tags of what was shown ‖ profile), mean over those whose tags are known.  # []"""
        shares = torch.from_numpy(lesson.shares).to(profiles.device)
        told = shares @ tags[torch.from_numpy(lesson.heard).to(profiles.device)]
        total = told.sum(dim=1, keepdim=True)
        told = told / total.clamp(min=TINY)
        apart = (told * (told.clamp(min=TINY).log() - profiles.clamp(min=TINY).log())).sum(dim=1)
        known = (total[:, 0] > TINY).float()
        return (apart * known).sum() / known.sum().clamp(min=1)


def _about(
    config: NetworkConfig, matrix: "csr_matrix", sounds: FloatArray, prototypes: FloatArray, tags: FloatArray | None
) -> str:
    """A digest of all that decides what is learned."""
    found = sha256(repr(config).encode())
    for part in (matrix.data, matrix.indices, matrix.indptr, sounds, prototypes, *(() if tags is None else (tags,))):
        found.update(f" {part.shape} {part.dtype} ".encode())
        found.update(np.ascontiguousarray(part).tobytes())
    return found.hexdigest()


def _schedule(config: NetworkConfig) -> Schedule:
    return Schedule(
        config.epochs, config.learning_rate, config.batch, patience=config.patience,
        weight_decay=config.weight_decay, annealed=True, seed=config.seed,
    )  # fmt: skip


def _check(matrix: "csr_matrix", sounds: FloatArray, prototypes: FloatArray, tags: FloatArray | None) -> None:
    if sounds.ndim != 2 or len(sounds) != matrix.shape[1] or not np.isfinite(sounds).all():
        raise BadRequest(f"There are {matrix.shape[1]} items, and the sounds are of shape {sounds.shape}.")
    if prototypes.ndim != 2 or not len(prototypes) or prototypes.shape[1] != sounds.shape[1]:
        raise BadRequest("Prototypes are rows of the same space as the sounds, one at least.")
    if tags is not None and tags.shape != (len(sounds), len(prototypes)):
        raise BadRequest(f"Tags are a row an item and a column a prototype; these are of shape {tags.shape}.")
