"""Words and preference in one space: what was learned, from what, and how well it holds."""

from dataclasses import dataclass

from musicdesk.records.arrays import FloatArray, IntArray

MEANING, PREFERENCE = "meaning", "preference"
"""The stages: sounds with their texts, then tracks with those that were accepted after them."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A track that the listener took after another one."""

    trigger: str
    """Audio hash of the track that it was found by; "" for one that was liked without another before it."""
    accepted: str
    """Audio hash of the track that was taken."""
    how: str
    """played, liked or playlist."""
    at: float


@dataclass(frozen=True, eq=False)
class PreferencePairs:
    """(trigger, accepted) pairs over the rows of a library. Rows of one sound never pair with themselves."""

    triggers: IntArray  # [p]
    accepted: IntArray  # [p]
    weights: FloatArray  # [p] how much each counts, mean 1
    counts: tuple[tuple[str, int], ...] = ()
    """Where they are from → how many: chosen, session, playlist, log."""

    def __len__(self) -> int:
        return len(self.triggers)


@dataclass(frozen=True, slots=True)
class Probe:
    """How well something can be read off the vectors of sounds by a linear probe, at artists that it never saw."""

    name: str
    """genre, mood, or what was asked of it."""
    before: float
    """Accuracy, or correlation where the name says so, before the stage."""
    after: float
    chance: float = 0.0


@dataclass(frozen=True, slots=True)
class StageReport:
    """One stage of the learning."""

    name: str
    """meaning or preference."""
    pairs: int
    losses: tuple[float, ...]
    """The loss after each epoch: of what was held out, or, where taste is learned, of what is learned from."""
    recall: tuple[float, float]
    """Recall@10 of held-out pairs before and after: sounds by their texts, or tracks by their triggers."""
    probes: tuple[Probe, ...] = ()
    rolled_back: str = ""
    """A sentence: why the stage was undone, or a part of it; "" if it stands."""
    reach: float = 1.0
    """How much of the second stage's way was gone, from the weights of the first; 0: it was undone."""
    seconds: float = 0.0
    held: int = 0
    """How many pairs were held out; with none, the recall of sounds is not known, and that of tracks is of the learned
    pairs."""

    @property
    def chance(self) -> float | None:
        """The recall that luck gives: ten of the held-out sounds; None where it is among all sounds."""
        return min(1.0, 10 / self.held) if self.name == MEANING and self.held else None

    @property
    def known(self) -> bool:
        """Whether the recall says anything."""
        return self.name != MEANING or self.held > 0


@dataclass(frozen=True, slots=True)
class MeaningReport:
    """A learning from words and preference, kept as an encoder."""

    encoder: str
    """Its name: htcl-…"""
    base: str
    """The encoder on whose vectors it stands, or "mel"."""
    sentences: str
    """What reads the texts."""
    tracks: int
    stages: tuple[StageReport, ...]
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class MeaningStatus:
    """What there is to learn from, and what was learned."""

    encoder: str = ""
    """The name of what was learned from the encoder in use; "" while nothing was."""
    report: MeaningReport | None = None
    stale: bool = False
    """Whether so much came since that it should learn anew."""
    tracks: int = 0
    """Sounds that it could learn from now."""
    pairs: int = 0
    """Preference pairs that it could learn from now."""
    problem: str = ""
    """A sentence: why it cannot learn now, and what to do; "" if it can."""
    note: str = ""
    """A sentence: what is to be known of what was learned, that it stands on another version, say; or ""."""
