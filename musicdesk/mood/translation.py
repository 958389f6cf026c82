"""What the translator learned, served by numpy: where a seed would lie in another mood.

After Wilkins et al., "Controllable embedding transformation for mood-guided music retrieval" (ICASSP 2026), with the
difference of the moods, y_t − y_s, as the only word about them:

    c = relu(relu(x A + a) B + b)       what the seed is
    d = relu((y_t − y_s) C + c') D + d' what is asked of it
    x̂ = unit_rows([c, d] F + f (+ x))

The seed itself is added where the config says so (``residual``), which is ours: few tracks are then enough to keep what
must stay. No torch is needed to serve it.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np

from musicdesk import kept
from musicdesk.errors import BadRequest, ModelUnavailable
from musicdesk.records import MOODS, FloatArray, unit_rows

METHOD = "translator"
WIDEST = 1024
"""Of the first layer, as published for 1728 dimensions."""
LABEL_WIDTHS = (64, 128)
LAYERS = ("content_in", "content_out", "label_in", "label_out", "fuse")


@dataclass(frozen=True, slots=True)
class TranslatorConfig:
    """How the translator is taught; every part of the loss and every choice of the sampling can be switched off.

    The losses are the published ones, weighed alike. The other choices were made on three fifths of the artists of
    Emotify, where 400 tracks are few: the seed is added to what the network says, proxies come from nearer by, and
    moods that are told as shares say more than one word each (see evaluation/moods.md). ``published()`` has all that
    was published.
    """

    cosine: float = 1.0
    """λ1: how much x̂ shall point to the proxy target."""
    triplet: float = 1.0
    """λ2: how much x̂ shall be nearer to the proxy target than to the seed."""
    relaxed: float = 1.0
    """λ3: how much the proxy target shall be taken as a hint only."""
    margin: float = 0.3
    """α of the triplet."""
    sharpness: float = 3.0
    """γ of the relaxed cross-entropy."""
    hint: float = 0.5
    """t of the relaxed cross-entropy where the moods differ; 1 where they do not."""
    neighbours: int = 100
    """Proxy targets are drawn from so many of the seed's nearest sounds of the target mood."""
    reach: float = 0.05
    """And from this share of the target mood's sounds at most: all of a small mood are nobody's neighbours."""
    artist_disjoint: bool = True
    """Whether a proxy target is never by the artist of the seed."""
    identity: bool = True
    """Whether a seed asked for its own mood shall stay where it is."""
    soft: bool = True
    """Whether moods are told as the shares of seed and proxy target, not as one of four."""
    unsure: bool = True
    """Whether a sound of which no mood is sure serves as well, as what it most likely is.

    Only in teaching, and only well where ``soft`` tells how likely that is; the labels that people see stay uncertain.
    """
    residual: bool = True
    """Whether the seed is added to what the network says."""
    dropout: float = 0.3
    """Of what the seed is, and of what is joined."""
    label_dropout: float = 0.4
    epochs: int = 20
    batch: int = 512
    learning_rate: float = 1e-3
    weight_decay: float = 0.01
    patience: int = 20
    most: int = 20_000
    """At most so many sounds are learned from, drawn by lot."""
    seed: int = 0

    @classmethod
    def published(cls) -> Self:
        """All losses alike, one mood each, the seed not added, a hundred neighbours however few sounds there are."""
        return cls(
            cosine=1.0, triplet=1.0, relaxed=1.0, residual=False, reach=1.0, epochs=60, soft=False, unsure=False
        )  # fmt: skip

    def __post_init__(self) -> None:
        if min(self.cosine, self.triplet, self.relaxed) < 0 or max(self.cosine, self.triplet, self.relaxed) <= 0:
            raise BadRequest("The weights of the three losses are not below 0, and one of them is above.")
        if not 0 <= self.margin <= 2 or self.sharpness <= 0 or not 0 <= self.hint <= 1:
            raise BadRequest("The margin lies between 0 and 2, the sharpness above 0, the hint between 0 and 1.")
        if min(self.neighbours, self.most, self.epochs, self.batch, self.patience) < 1 or not 0 < self.reach <= 1:
            raise BadRequest("Neighbours, sounds, epochs, batch and patience are 1 or more, the reach a share above 0.")
        if not (0 <= self.dropout < 1 and 0 <= self.label_dropout < 1):
            raise BadRequest("A dropout lies between 0 and 1.")


def widths(dim: int) -> tuple[int, int]:
    """How wide the two layers are that read a seed of ``dim`` numbers: 1024 and 512 at 1728, 256 and 128 at 200."""
    wide = min(WIDEST, max(16, round(1.28 * dim)))
    return wide, wide // 2


@dataclass(frozen=True, eq=False)
class Translation:
    """The weights; each layer is a matrix [in, out] and below it, as its last row, what is added."""

    config: TranslatorConfig
    content_in: FloatArray  # [dim + 1, wide]
    content_out: FloatArray  # [wide + 1, narrow]
    label_in: FloatArray  # [4 + 1, 64]
    label_out: FloatArray  # [64 + 1, 128]
    fuse: FloatArray  # [narrow + 128 + 1, dim]

    @property
    def dim(self) -> int:
        """Numbers a seed."""
        return int(self.fuse.shape[1])

    def move(self, seeds: FloatArray, change: FloatArray) -> FloatArray:
        """Where each seed would lie after the change of moods y_t − y_s, as unit rows.

        Raises BadRequest for rows of another space.  # [m, dim], [m, 4] -> [m, dim]
        """
        if seeds.ndim != 2 or seeds.shape[1] != self.dim:
            raise BadRequest(f"This translator moves sounds of {self.dim} numbers. Make a new one for this encoder.")
        if change.shape != (len(seeds), len(MOODS)):
            raise BadRequest(f"Each seed has one change of {len(MOODS)} moods.")
        joined = np.concatenate([self._content(seeds), self._asked(change)], axis=1)
        moved = _layer(joined, self.fuse)
        return unit_rows(moved + seeds if self.config.residual else moved)

    def places(self, seeds: FloatArray, source: FloatArray) -> FloatArray:
        """Where each seed would lie in each of the four moods; what the seeds are is read once.

        # [m, dim], [m, 4] -> [m, 4, dim]
        """
        m, k = len(seeds), len(MOODS)
        change = np.eye(k, dtype=np.float32)[None] - source[:, None]
        content = np.repeat(self._content(seeds), k, axis=0)
        joined = np.concatenate([content, self._asked(change.reshape(m * k, k))], axis=1)
        moved = _layer(joined, self.fuse).reshape(m, k, self.dim)
        return unit_rows(moved + seeds[:, None] if self.config.residual else moved)

    def _content(self, seeds: FloatArray) -> FloatArray:
        hidden = np.maximum(_layer(np.asarray(seeds, np.float32), self.content_in), 0)
        return np.maximum(_layer(hidden, self.content_out), 0)

    def _asked(self, change: FloatArray) -> FloatArray:
        return _layer(np.maximum(_layer(np.asarray(change, np.float32), self.label_in), 0), self.label_out)

    def save(self, folder: Path) -> None:
        """Write the weights and the config."""
        kept.write(folder, METHOD, config=self.config, arrays={name: getattr(self, name) for name in LAYERS})

    @classmethod
    def load(cls, folder: Path) -> Self:
        """What ``save`` wrote; raises ModelUnavailable if anything is missing or broken."""
        found = kept.read(folder, METHOD)
        config = found.config_as(TranslatorConfig)
        dim = found.array("fuse", None, None, finite=True).shape[1]
        arrays = {name: found.array(name, *shape, finite=True) for name, shape in shapes(dim).items()}
        if any(array.dtype != np.float32 for array in arrays.values()):
            raise ModelUnavailable("The saved translator is broken. Make it anew: musicdesk steer learn")
        return cls(config, **arrays)


def shapes(dim: int) -> dict[str, tuple[int, int]]:
    """The shape of each layer of a translator of ``dim`` numbers."""
    wide, narrow = widths(dim)
    first, second = LABEL_WIDTHS
    return {
        "content_in": (dim + 1, wide), "content_out": (wide + 1, narrow), "label_in": (len(MOODS) + 1, first),
        "label_out": (first + 1, second), "fuse": (narrow + second + 1, dim),
    }  # fmt: skip


def _layer(rows: FloatArray, weights: FloatArray) -> FloatArray:
    return np.asarray(rows @ weights[:-1] + weights[-1], np.float32)
