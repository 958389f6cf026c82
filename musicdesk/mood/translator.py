"""The translator in torch: what ``translation.Translation`` serves, with gradients, and the three losses."""

from dataclasses import dataclass
from typing import cast

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from musicdesk.mood.translation import LAYERS, Translation, TranslatorConfig, shapes
from musicdesk.records import FloatArray

SMALL = 0.05
"""The last layer's weights begin at this share of their usual size where the seed is added to it."""


class Translator(nn.Module):
    """The weights; see ``translation`` for the equations."""

    def __init__(self, dim: int, *, config: TranslatorConfig) -> None:
        super().__init__()
        self.config = config
        for name, (rows, columns) in shapes(dim).items():
            setattr(self, name, nn.Linear(rows - 1, columns))
        self.content_dropout, self.joined_dropout = nn.Dropout(config.dropout), nn.Dropout(config.dropout)
        self.label_dropout = nn.Dropout(config.label_dropout)
        if config.residual:
            with torch.no_grad():
                cast("nn.Linear", self.fuse).weight.mul_(SMALL)

    def forward(self, seeds: Tensor, change: Tensor) -> Tensor:
        """Unit rows where the seeds go.  # [b, dim], [b, 4] -> [b, dim]"""
        content_in, content_out, label_in, label_out, fuse = (cast("nn.Linear", getattr(self, n)) for n in LAYERS)
        content = functional.relu(content_out(self.content_dropout(functional.relu(content_in(seeds)))))
        asked = label_out(self.label_dropout(functional.relu(label_in(change))))
        moved = fuse(self.joined_dropout(torch.cat([content, asked], dim=1)))
        return functional.normalize(moved + seeds if self.config.residual else moved, dim=1)

    def translation(self) -> Translation:
        """The weights as they are served."""
        return Translation(self.config, **{name: _weights(getattr(self, name)) for name in LAYERS})


@dataclass(frozen=True, eq=False)
class Pairs:
    """Seeds and what they shall become."""

    seeds: Tensor  # [b, dim]
    change: Tensor  # [b, 4]
    targets: Tensor  # [b, dim] proxies, or the seeds themselves
    moved: Tensor  # [b] 1 where the moods differ, 0 for identity pairs


def joint_loss(found: Tensor, pairs: Pairs, *, config: TranslatorConfig) -> Tensor:
    """λ1 cosine + λ2 triplet + λ3 relaxed cross-entropy, mean over the pairs.  # [b, dim] -> []

    The triplet says nothing of identity pairs: their target is the seed that they would have to flee.
    """
    right, stayed = (found * pairs.targets).sum(dim=1), (found * pairs.seeds).sum(dim=1)
    away = functional.relu(config.margin + stayed - right) * pairs.moved
    wanted = 1 - (1 - config.hint) * pairs.moved
    relaxed = functional.binary_cross_entropy_with_logits(config.sharpness * right, wanted)
    aligned = (1 - right).mean()
    return config.cosine * aligned + config.triplet * away.mean() + config.relaxed * relaxed


def _weights(layer: nn.Linear) -> FloatArray:
    parts = [layer.weight.detach().cpu().numpy().T, layer.bias.detach().cpu().numpy()[None]]
    return np.ascontiguousarray(np.concatenate(parts), np.float32)
