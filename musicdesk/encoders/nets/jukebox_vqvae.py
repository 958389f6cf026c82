"""The ears of Jukebox: sound to one of 2,048 codes for every 128 samples.

Dhariwal et al., "Jukebox: a generative model for music" (2020), section 3: a vector-quantised autoencoder. Of its three
levels only the encoder of the top one and its codebook are here, under the names of the published checkpoint
(``encoders.2.…``, ``bottleneck.level_blocks.2.k``); the other encoders, the decoders and their codebooks are dropped.
"""

import torch
from torch import nn

from musicdesk.encoders.nets.jukebox_config import JukeboxConfig


class Residual(nn.Module):
    """A dilated convolution beside the way past it."""

    def __init__(self, channels: int, dilation: int) -> None:
        super().__init__()
        self.model = nn.Sequential(
            nn.ReLU(),
            nn.Conv1d(channels, channels, 3, padding=dilation, dilation=dilation),
            nn.ReLU(),
            nn.Conv1d(channels, channels, 1),
        )

    def forward(self, sound: torch.Tensor) -> torch.Tensor:
        """Shape in, shape out.  # [n, channels, time]"""
        further: torch.Tensor = self.model(sound)
        return sound + further


class Residuals(nn.Module):
    """Residual convolutions that look further and further."""

    def __init__(self, config: JukeboxConfig) -> None:
        super().__init__()
        dilations = [config.dilation_growth**depth for depth in range(config.depth)]
        self.model = nn.Sequential(*[Residual(config.channels, dilation) for dilation in dilations])

    def forward(self, sound: torch.Tensor) -> torch.Tensor:
        """Shape in, shape out.  # [n, channels, time]"""
        heard: torch.Tensor = self.model(sound)
        return heard


class Level(nn.Module):
    """One level: so many halvings of the time, then on to the width of the codes."""

    def __init__(self, config: JukeboxConfig, *, inputs: int, halvings: int) -> None:
        super().__init__()
        blocks: list[nn.Module] = []
        for number in range(halvings):
            halve = nn.Conv1d(config.channels if number else inputs, config.channels, 4, stride=2, padding=1)
            blocks.append(nn.Sequential(halve, Residuals(config)))
        blocks.append(nn.Conv1d(config.channels, config.code_dim, 3, padding=1))
        self.model = nn.Sequential(*blocks)

    def forward(self, sound: torch.Tensor) -> torch.Tensor:
        """Sound [n, inputs, time] with its time halved.  # [n, code_dim, time / 2**halvings]"""
        heard: torch.Tensor = self.model(sound)
        return heard


class Encoder(nn.Module):
    """The levels, each upon the one below."""

    def __init__(self, config: JukeboxConfig) -> None:
        super().__init__()
        self.level_blocks = nn.ModuleList(
            Level(config, inputs=config.code_dim if number else 1, halvings=halvings)
            for number, halvings in enumerate(config.halvings)
        )

    def forward(self, sound: torch.Tensor) -> torch.Tensor:
        """Sound [n, 1, samples] as points near the codes.  # [n, code_dim, samples / hop]"""
        for level in self.level_blocks:
            sound = level(sound)
        return sound


class Codebook(nn.Module):
    """The codes of one level as points in space."""

    k: torch.Tensor  # [codes, code_dim]

    def __init__(self, config: JukeboxConfig) -> None:
        super().__init__()
        self.register_buffer("k", torch.zeros(config.codes, config.code_dim))

    def nearest(self, points: torch.Tensor) -> torch.Tensor:
        """The code nearest to each point.  # [m, code_dim] to [m]"""
        squares = (points**2).sum(dim=1, keepdim=True) + (self.k**2).sum(dim=1)
        return (squares - 2 * points @ self.k.T).argmin(dim=1)


class Bottleneck(nn.Module):
    """The codebook of the top level, under its published name."""

    def __init__(self, config: JukeboxConfig) -> None:
        super().__init__()
        self.level_blocks = nn.ModuleDict({_top(config): Codebook(config)})


class Ears(nn.Module):
    """Sound to the codes of the top level."""

    def __init__(self, config: JukeboxConfig) -> None:
        super().__init__()
        self._top = _top(config)
        self.encoders = nn.ModuleDict({self._top: Encoder(config)})
        self.bottleneck = Bottleneck(config)

    def forward(self, sound: torch.Tensor) -> torch.Tensor:
        """Mono sound at 44.1 kHz [n, samples] as codes, always in 32 bits.  # [n, samples / hop] int64"""
        codebook = self.bottleneck.level_blocks[self._top]
        assert isinstance(codebook, Codebook)
        with torch.autocast(sound.device.type, enabled=False):  # in 16 bits, sounds near a border change their code
            points: torch.Tensor = self.encoders[self._top](sound.float()[:, None])
            codes = codebook.nearest(points.transpose(1, 2).flatten(0, 1))
        return codes.view(len(sound), -1)


def _top(config: JukeboxConfig) -> str:
    return str(len(config.halvings) - 1)
