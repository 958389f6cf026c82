"""How the two stages are learned: sizes, rates, weights of the losses. Plain records, no network."""

from dataclasses import dataclass, field, replace
from typing import Self

from musicdesk.encoders.nets.htcl_config import FULL, MEL_SOURCE, SMALL, VECTORS, HtclConfig
from musicdesk.errors import BadRequest

FEWEST = 20
"""Tracks with words that are the least to learn from."""
FEWEST_PAIRS = 20
"""With fewer pairs there is no second stage."""


@dataclass(frozen=True, slots=True)
class StageConfig:
    """How long and how fast one stage is learned."""

    epochs: int
    learning_rate: float
    batch: int
    slowed: float = 1.0
    """What the rate of the tower below the heads is multiplied with."""
    weight_decay: float = 0.01
    patience: int = 12

    def __post_init__(self) -> None:
        if min(self.epochs, self.batch, self.patience) < 1 or self.batch < 2:
            raise BadRequest("A stage has epochs and patience of 1 or more, and batches of 2 or more to compare.")
        if not 0 < self.learning_rate <= 1 or not 0 < self.slowed <= 1 or self.weight_decay < 0:
            raise BadRequest("Rates lie above 0 and at most at 1, and weight decay is not below 0.")


@dataclass(frozen=True, slots=True)
class LearningConfig:
    """Both stages. The presets are ``small`` (on vectors of another encoder), ``mel`` and ``full`` (as published)."""

    tower: HtclConfig = VECTORS
    """The widths that the material decides (``inputs``, ``text_inputs``) are set by it."""
    meaning: StageConfig = field(default_factory=lambda: StageConfig(60, 1e-3, 512, weight_decay=0.1))
    preference: StageConfig = field(default_factory=lambda: StageConfig(30, 5e-4, 256, slowed=0.2, weight_decay=0.1))
    captions: int = 3
    """Captions that are made for each track, beside its sentences."""
    sound_noise: float = 0.5
    """Deviation of what is added to standardised vectors of sounds while learning."""
    text_noise: float = 0.0
    """The same for the vectors of texts, as a share of their length."""
    audio_text: float = 1.0
    audio_audio: float = 1.0
    audio_fused: float = 1.0
    """Weights of the three losses of the second stage; 0 leaves one out."""
    steps: int = 4
    """How far walks over the pairs go for the partners of a track; 1: as published, what was told alone."""
    others: int = 256
    """Sounds drawn for each batch of pairs, that stand against them; 0: as published, those of the batch alone."""
    reaches: tuple[float, ...] = (0.75, 0.5, 0.25)
    """Of the way from the first stage to the end of the second the first part that keeps the meaning is gone; 1: all of
    it, as published."""
    words_stay: bool = True
    """Whether the second stage leaves the words where the first one put them, so that sounds cannot lose them."""
    fresh_heads: bool = False
    """Whether the second stage begins with heads that know nothing, as published, or with those of the first."""
    chunk: int = 0
    """Sounds that go through the tower at once (gradient caching); 0: the whole batch."""
    without_meaning: bool = False
    """Leaves out the first stage (an ablation)."""
    without_text: bool = False
    """Leaves out all that reads texts: the first stage and two of the three losses (an ablation)."""
    guarded: bool = True
    """Whether a second stage that costs meaning is undone."""
    held: float = 0.1
    """The share of the artists by which it is seen when to stop."""
    seed: int = 0

    def __post_init__(self) -> None:
        if min(self.audio_text, self.audio_audio, self.audio_fused, self.sound_noise, self.text_noise) < 0:
            raise BadRequest("Weights of losses and noises are not below 0.")
        if self.audio_text + self.audio_audio + self.audio_fused <= 0 or (self.without_text and not self.audio_audio):
            raise BadRequest("One of the three losses of the second stage has to count.")
        if self.steps < 1 or self.others < 0 or not self.reaches or not all(0 < each <= 1 for each in self.reaches):
            raise BadRequest(
                "Walks go 1 step or more, others are not below 0, and the second stage goes above 0 and at most 1."
            )
        if self.captions < 0 or self.chunk < 0 or not 0 <= self.held < 1:
            raise BadRequest("Captions and chunks are not below 0, and the share held out lies from 0 to below 1.")

    @property
    def anew(self) -> bool:
        """Whether the second stage begins with heads that know nothing."""
        return self.fresh_heads or self.without_meaning or self.without_text

    @property
    def ways(self) -> tuple[float, ...]:
        """Parts of the second stage's way that are tried, the farthest first."""
        return (1.0,) if self.anew else self.reaches

    @property
    def from_mel(self) -> bool:
        """Whether sounds come in as spectrograms, not as vectors of another encoder."""
        return self.tower.source == MEL_SOURCE

    @classmethod
    def small(cls) -> Self:
        """On the vectors of another encoder: two minutes on two cores for 2,000 tracks."""
        return cls()

    @classmethod
    def mel(cls) -> Self:
        """From half a minute of mel each, four layers of 256: a night on a laptop."""
        stage = StageConfig(20, 3e-4, 128)
        return cls(SMALL, stage, replace(stage, learning_rate=1e-4, batch=64, slowed=0.1), chunk=32, others=32)

    @classmethod
    def full(cls) -> Self:
        """As published: two minutes of mel each, twelve layers of 768; wants a graphics card."""
        stage = StageConfig(20, 1e-4, 32, weight_decay=0.0, patience=20)
        return cls(
            FULL,
            stage,
            replace(stage, slowed=0.1),
            steps=1,
            others=0,
            reaches=(1.0,),
            fresh_heads=True,
            words_stay=False,
        )


def too_few(worded: int) -> str:
    """The sentence for a library of which too few tracks are known in words; "" where there are enough."""
    if worded >= FEWEST:
        return ""
    return (
        f"Words and sounds can be learned from {FEWEST} analysed tracks that something is known of; there are "
        f"{worded}. Add music and let it be analysed, or give it tags."
    )
