"""The paper's network: four blocks of convolution and pooling, one fully connected layer, classes.

Where notes are wanted, a second, narrower branch looks at them, and both meet before the fully connected layer.
"""

import torch
from torch import Tensor, nn

from musicdesk.encoders.convnet.config import CnnConfig
from musicdesk.errors import BadRequest

FEWEST_ROWS = 18
"""Notes are pooled in time alone from here on: pitch classes have no neighbours to be lumped with."""


class CnnNet(nn.Module):
    """Images to classes; ``embed`` stops at the fully connected layer.

    Every row of the image is centred and scaled first, by numbers that ``fit_rows`` takes from the training images.
    """

    def __init__(self, config: CnnConfig, n_classes: int) -> None:
        super().__init__()
        image = config.image
        self._bands = image.bands
        self.register_buffer("centre", torch.zeros(image.rows, 1))
        self.register_buffer("scale", torch.ones(image.rows, 1))
        self.spectrum = _Branch(config, config.filters, rows=image.bands)
        self.notes = (
            _Branch(config, config.note_filters, rows=image.note_rows, keep=FEWEST_ROWS) if image.note_rows else None
        )
        width = self.spectrum.width + (self.notes.width if self.notes else 0)
        norm = [nn.BatchNorm1d(config.dense)] if config.batch_norm else []
        self.dense = nn.Sequential(nn.Linear(width, config.dense), *norm, _activation(config.activation))
        self.dropout = nn.Dropout(config.dropout)
        self.classes = nn.Linear(config.dense, n_classes)
        self.apply(_initialise)

    def forward(self, images: Tensor) -> Tensor:
        """Images [n, 1, rows, frames] to logits [n, n_classes]."""
        logits: Tensor = self.classes(self.dropout(self.embed(images)))
        return logits

    def embed(self, images: Tensor) -> Tensor:
        """Images [n, 1, rows, frames] to the fully connected layer [n, dense]."""
        scaled = (images - self.get_buffer("centre")) * self.get_buffer("scale")
        parts = [self.spectrum(scaled[:, :, : self._bands])]
        if self.notes is not None:
            parts.append(self.notes(scaled[:, :, self._bands :]))
        embedding: Tensor = self.dense(torch.cat(parts, dim=1))
        return embedding

    def fit_rows(self, images: Tensor) -> None:
        """Take centre and scale of every row from these images [n, 1, rows, frames]."""
        rows = images.float().transpose(0, 2).flatten(1)
        self.get_buffer("centre").copy_(rows.mean(dim=1, keepdim=True))
        self.get_buffer("scale").copy_(1 / rows.std(dim=1, keepdim=True).clamp(min=1e-2))


class _Branch(nn.Module):
    """Blocks of convolution, activation and pooling over one image, as a row of numbers."""

    def __init__(self, config: CnnConfig, filters: tuple[int, ...], *, rows: int, keep: int = 0) -> None:
        super().__init__()
        blocks: list[nn.Module] = []
        channels, frames = 1, config.image.frames
        for count, (down, along) in zip(filters, config.pools, strict=True):
            pool = (1 if rows <= keep else down, along)
            blocks.append(_block(config, channels, count, pool))
            channels, rows, frames = count, _after(rows, config.kernel, pool[0]), _after(frames, config.kernel, pool[1])
        if not rows * frames:
            raise BadRequest("The image is too small for so many blocks of pooling. Ask for more bands and frames.")
        self.blocks = nn.Sequential(*blocks)
        self._pooling = config.pooling
        self.width = channels * {"flat": rows * frames, "global": 2, "time": 2 * rows}[config.pooling]
        """How many numbers it gives."""

    def forward(self, images: Tensor) -> Tensor:
        """Images [n, 1, rows, frames] to [n, width]."""
        maps = self.blocks(images)
        if self._pooling == "flat":
            return torch.flatten(maps, 1)
        over = (2, 3) if self._pooling == "global" else (3,)
        return torch.cat([maps.mean(dim=over).flatten(1), maps.amax(dim=over).flatten(1)], dim=1)


def _block(config: CnnConfig, channels: int, filters: int, pool: tuple[int, int]) -> nn.Module:
    """Convolution, pooling, activation, in this order: of a rising function the maximum is the same, for a quarter."""
    convolution = nn.Conv2d(channels, filters, config.kernel, padding=config.kernel // 2)
    norm = [nn.BatchNorm2d(filters)] if config.batch_norm else []
    return nn.Sequential(convolution, nn.MaxPool2d(pool), *norm, _activation(config.activation))


def _after(size: int, kernel: int, pool: int) -> int:
    """Rows or frames after a block; a kernel of even size leaves one more."""
    return (size + (kernel + 1) % 2) // pool


def _activation(name: str) -> nn.Module:
    return nn.ELU() if name == "elu" else nn.ReLU()


def _initialise(module: nn.Module) -> None:
    """Glorot's uniform weights and no bias, whatever the activation, as in the open program."""
    if isinstance(module, (nn.Conv2d, nn.Linear)):
        nn.init.xavier_uniform_(module.weight)
        if module.bias is not None:
            nn.init.zeros_(module.bias)
