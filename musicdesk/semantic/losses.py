"""The contrastive losses of both stages (Pan et al., ICMR 2025; Radford et al., CLIP, 2021), false negatives masked.

A row's partner must be told from the partners of all other rows of the batch. Others that are no wrong answer (the
same sound, the same text, what else was taken after the same track) are taken out of the denominator, so that nobody
learns to push them apart.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

HIGHEST = 100.0
"""The most that cosines may be multiplied with."""


@dataclass(frozen=True, eq=False)
class Others:
    """What is nobody's partner in a batch of b pairs: m tracks that are drawn from all there are.

    Within a batch only what somebody took stands against something, and what nobody ever takes is pushed away from
    nothing (mixed negative sampling: Yang et al., WWW 2020).
    """

    audio: Tensor  # [m, d]
    text: Tensor  # [m, d]
    same: Tensor  # [b, m] true where column j is no wrong answer for row i's trigger
    reverse: Tensor  # [b, m] the same for row i's accepted


def clip(one: Tensor, other: Tensor, temperature: Tensor, *, same: Tensor | None = None,
         weights: Tensor | None = None, others: Others | None = None) -> Tensor:  # fmt: skip
    """The symmetric cross-entropy of b pairs: row i of ``one`` [b, d] belongs to row i of ``other`` [b, d].  # []

    ``temperature`` [] is the logarithm of the factor; ``same`` [b, b] is true where row i and column j are no wrong
    pair (its diagonal does not matter); ``weights`` [b] tells how much each pair counts; the sounds of ``others``
    are wrong answers for both ends.
    """
    logits = _cosines(one, other) * scale(temperature)
    if same is not None:
        wrong = ~(same & ~torch.eye(len(same), dtype=torch.bool, device=same.device))
        logits = logits.masked_fill(~wrong, -torch.inf)
    right = torch.arange(len(logits), device=logits.device)
    back = logits.T
    if others is not None:
        there, here = (_cosines(end, others.audio) * scale(temperature) for end in (one, other))
        logits = torch.cat([logits, there.masked_fill(others.same, -torch.inf)], dim=1)
        back = torch.cat([back, here.masked_fill(others.reverse, -torch.inf)], dim=1)
    each = 0.5 * (_missed(logits, right) + _missed(back, right))
    return each.mean() if weights is None else (each * weights).sum() / weights.sum()


def scale(temperature: Tensor) -> Tensor:
    """What cosines are multiplied with, at most ``HIGHEST``.  # [] -> []"""
    return temperature.exp().clamp(max=HIGHEST)


@dataclass(frozen=True, eq=False)
class Side:
    """One end of each pair of a batch, in the joint space."""

    audio: Tensor  # [b, d]
    text: Tensor  # [b, d]
    fused: Tensor  # [b, d]


@dataclass(frozen=True, slots=True)
class Weights:
    """What the three losses of the second stage count."""

    audio_text: float = 1.0
    audio_audio: float = 1.0
    audio_fused: float = 1.0


@dataclass(frozen=True, eq=False)
class Masks:
    """Which others in a batch of b pairs are no wrong answer."""

    texts: Tensor  # [2b + m, 2b + m] of triggers, then accepted, then others: equal sound or equal text
    pairs: Tensor  # [b, b] row i's trigger with column j's accepted
    reverse: Tensor  # [b, b] row i's accepted with column j's trigger


def preference(
    trigger: Side, accepted: Side, temperatures: Mapping[str, Tensor], *, masks: Masks, weights: Weights = Weights(),
    counts: Tensor | None = None, others: Others | None = None,
) -> Tensor:  # fmt: skip
    """The loss of the second stage, L1 + L2 + L3: audio with text, audio with audio, audio with the other's fusion.

    L1 = CLIP(a1 ∪ a2, t1 ∪ t2; τ1) keeps the meaning, L2 = CLIP(a1, a2; τ2) draws together what was taken after one
    another, L3 = ½ [CLIP(a1, f2; τ3) + CLIP(a2, f1; τ3)] brings what the texts know of it into the sound.
    ``temperatures`` [] by name: words (τ1), sounds (τ2), fused (τ3); ``counts`` [b] how much each pair counts;
    ``others``: tracks that stand against the pairs in L2, and keep their meaning in L1.  # []
    """
    total = torch.zeros((), device=trigger.audio.device)
    if weights.audio_text:
        sides = (trigger, accepted) if others is None else (trigger, accepted, others)
        audio, text = torch.cat([side.audio for side in sides]), torch.cat([side.text for side in sides])
        total = total + weights.audio_text * clip(audio, text, temperatures["words"], same=masks.texts)
    if weights.audio_audio:
        total = total + weights.audio_audio * clip(
            trigger.audio, accepted.audio, temperatures["sounds"], same=masks.pairs, weights=counts, others=others
        )
    if weights.audio_fused:
        there = clip(trigger.audio, accepted.fused, temperatures["fused"], same=masks.pairs, weights=counts)
        back = clip(accepted.audio, trigger.fused, temperatures["fused"], same=masks.reverse, weights=counts)
        total = total + weights.audio_fused * 0.5 * (there + back)
    return total


def equal(one: Tensor, other: Tensor | None = None) -> Tensor:
    """Where the numbers of rows [b] and columns [c] are equal and known (not below 0).  # [b, c]"""
    columns = one if other is None else other
    return (one[:, None] == columns[None, :]) & (one[:, None] >= 0)


def _cosines(one: Tensor, other: Tensor) -> Tensor:
    """# [n, d], [m, d] -> [n, m]"""
    return functional.normalize(one, dim=1) @ functional.normalize(other, dim=1).T


def _missed(logits: Tensor, right: Tensor) -> Tensor:
    return functional.cross_entropy(logits, right, reduction="none")
