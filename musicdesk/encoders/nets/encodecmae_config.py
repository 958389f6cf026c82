"""The sizes of an EncodecMAE network, known without torch."""

from dataclasses import dataclass

RATE_HZ = 24_000
CHUNK_S = 4.0
"""What the network was trained on, and is given at once."""


@dataclass(frozen=True, slots=True)
class EncodecMaeConfig:
    """By default those of the checkpoint ``base``, version 1."""

    bands: int = 0
    """Of its log-mel; 0 where it hears through EnCodec's encoder."""
    filters: int = 32
    """Channels after the first convolution of that encoder, whose strides follow."""
    strides: tuple[int, ...] = (2, 4, 5, 8)
    codec_dim: int = 128
    dim: int = 768
    layers: int = 10
    heads: int = 12
    inner: int = 4_096
    """Width of the feed-forward part."""
