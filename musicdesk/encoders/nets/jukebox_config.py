"""The sizes of Jukebox's two networks, without torch.

Dhariwal et al., "Jukebox: a generative model for music" (2020, arXiv 2005.00341), appendix B; the published model "5b".
"""

import math
from dataclasses import dataclass

RATE_HZ = 44_100


@dataclass(frozen=True, slots=True)
class JukeboxConfig:
    """The sizes of the published networks; tests build smaller ones."""

    codes: int = 2048
    """Words of the codebook."""
    code_dim: int = 64
    channels: int = 32
    depth: int = 4
    """Residual convolutions at each halving of the time."""
    dilation_growth: int = 3
    halvings: tuple[int, ...] = (3, 2, 2)
    """How often each of the levels halves the time: 8, 32 and 128 samples a code."""
    width: int = 4800
    heads: int = 8
    context: int = 8192
    """Codes that the transformer reads at once."""
    rows: int = 128
    """Into how many rows attention folds them."""
    layers: int = 36
    """Layers that are listened to; what lies above predicts the next code and is not loaded."""
    published_layers: int = 72
    genres: int = 120
    artists: int = 4111
    times: int = 128
    """Steps of each of the three embeddings of time."""
    song_s: float = 62.0
    """How long the song is said to be. It must be over a minute; 62 s is what Castellon et al. (2021) say."""
    shortest_s: float = 60.0
    longest_s: float = 600.0

    @property
    def columns(self) -> int:
        """Codes of a row."""
        return self.context // self.rows

    @property
    def hop(self) -> int:
        """Samples a code."""
        return 1 << sum(self.halvings)

    @property
    def samples(self) -> int:
        """Samples of a window that gives exactly as many codes as are read at once."""
        return self.context * self.hop

    @property
    def song_samples(self) -> int:
        """How long the song is said to be, in whole codes."""
        return int(self.song_s * RATE_HZ) // self.hop * self.hop

    @property
    def window_s(self) -> float:
        """Seconds of such a window: 23.8 as published."""
        return self.samples / RATE_HZ

    @property
    def state(self) -> int:
        """Width of queries, keys and values: a quarter of the layers'."""
        return self.width // 4

    @property
    def kept_bytes(self) -> int:
        """What the weights of the transformer that are kept take: matrices in 16 bits, all else in 32."""
        matrices = 2 * self.width * (2 * self.state + self.width)
        vectors = 3 * self.state + 7 * self.width
        tables = self.genres + self.artists + 3 * self.times + self.codes + self.context
        return self.layers * (2 * matrices + 4 * vectors) + 4 * tables * self.width

    def __post_init__(self) -> None:
        if self.context % self.rows or self.state % self.heads or self.width % 4 or not self.halvings:
            raise ValueError(
                f"{self.context} codes, {self.rows} rows, width {self.width}, {self.heads} heads: no grid."
            )
        if not self.shortest_s <= self.song_s < self.longest_s or math.isinf(self.longest_s):
            raise ValueError(f"A song of {self.song_s} s is none between {self.shortest_s} and {self.longest_s} s.")


FULL = JukeboxConfig()
"""The published model 5b, up to layer 36."""
