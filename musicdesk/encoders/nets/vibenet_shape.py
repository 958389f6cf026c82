"""The sizes of VibeNet's network, without torch: those of EfficientNet-B0 (Tan & Le, ICML 2019, table 1)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Stage:
    """Some blocks of one kind, the first of which may halve the picture."""

    widened: int
    kernel: int
    stride: int
    channels: int
    blocks: int


@dataclass(frozen=True, slots=True)
class Shape:
    """The sizes of a network."""

    stem: int
    stages: tuple[Stage, ...]
    top: int
    trunk: int
    """How many numbers the attributes are read from: the encoder's vector."""


B0 = Shape(
    stem=32,
    stages=(
        Stage(1, 3, 1, 16, 1), Stage(6, 3, 2, 24, 2), Stage(6, 5, 2, 40, 2), Stage(6, 3, 2, 80, 3),
        Stage(6, 5, 1, 112, 3), Stage(6, 5, 2, 192, 4), Stage(6, 3, 1, 320, 1),
    ),
    top=1_280,
    trunk=256,
)  # fmt: skip
