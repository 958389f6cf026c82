"""Encoders, networks that are trained, devices, and what was measured."""

from dataclasses import dataclass
from pathlib import Path

from musicdesk.records.arrays import IntArray


@dataclass(frozen=True, slots=True)
class Strength:
    """How well an encoder did at one task, beside the others that were measured in the same way."""

    task: str
    """hot, cold, mood or genre."""
    metric: str
    """The field's name for it, such as recall@50."""
    value: float
    place: int
    """1 for the best of ``of``."""
    of: int
    by: str
    """Who measured it: "study" (Tamm & Aljanaki 2026), or "musicdesk"."""


@dataclass(frozen=True, slots=True)
class EncoderCost:
    """What an encoder took on this computer, the last time it listened to enough tracks."""

    device: str
    tracks: int
    cpu_s: float
    """CPU seconds a track, decoding included."""
    wall_s: float
    """Seconds that went by, a track."""
    peak_mb: float
    """The most memory of one of its processes."""
    measured: float
    """When, in seconds since the epoch."""


@dataclass(frozen=True, slots=True)
class ModelStatus:
    """An encoder and whether it can be used here."""

    name: str
    title: str
    dim: int
    rate_hz: int
    licence: str
    source: str
    size_bytes: int
    installed: bool
    problem: str = ""
    """Why it cannot be used, as a sentence; "" if it can."""
    path: Path | None = None
    variant_of: str = ""
    setting: str = ""
    """Layer, pooling and frame rate, in a line."""
    window_s: float = 0.0
    windows: int = 0
    download_bytes: int = 0
    fetched_bytes: int = 0
    """What an installation that was stopped has left of its downloads."""
    accept: bool = False
    """Whether the licence must be accepted before the weights are fetched."""
    memory_mb: int = 0
    devices: tuple[str, ...] = ("cpu",)
    extra: str = ""
    """The extra of musicdesk that it needs and that is not installed; "" if nothing lacks."""
    shipped: bool = False
    """Whether its weights come with musicdesk, or it needs none."""
    trained: bool = False
    """Whether it was trained on this computer."""
    reads: bool = False
    """Whether it reads sentences, and listens to nothing."""
    strengths: tuple[Strength, ...] = ()
    cost: EncoderCost | None = None


@dataclass(frozen=True, slots=True)
class ClassCount:
    """A class that a training could learn, and how much there is to learn it from."""

    name: str
    tracks: int
    artists: int


@dataclass(frozen=True, slots=True)
class Epoch:
    """One round of a training."""

    number: int
    """From 1."""
    train_loss: float
    train_accuracy: float
    """Share of segments."""
    loss: float
    """On the tracks that are held out for validation."""
    accuracy: float
    """Share of held-out tracks whose averaged softmax names their class."""
    learning_rate: float
    seconds: float


@dataclass(frozen=True, slots=True)
class ClassReport:
    """How well one class is told from the others, on held-out artists."""

    name: str
    precision: float
    recall: float
    f1: float
    tracks: int


@dataclass(frozen=True, slots=True, eq=False)
class TrainedModel:
    """A network that was trained on this computer."""

    name: str
    path: Path
    classes: tuple[str, ...]
    accuracy: "Measure"
    """Share of held-out tracks, artists apart."""
    chance: float
    """What naming the most frequent class would reach."""
    confusion: IntArray  # [n_classes, n_classes]; row: what it is, column: what the network said
    reports: tuple[ClassReport, ...]
    epochs: tuple[Epoch, ...]
    tracks: int
    artists: int


@dataclass(frozen=True, slots=True)
class Device:
    """Something that can run an encoder's network."""

    name: str
    """As torch calls it: cpu, cuda:0, mps."""
    title: str
    """As people call it."""
    memory_mb: int = 0
    """0: unknown, or the computer's own."""
    half: bool = False
    """Whether half precision is quick on it."""


@dataclass(frozen=True, slots=True)
class Measure:
    """A mean with its 95 % interval (bootstrap over the units that ``n`` counts)."""

    mean: float
    low: float
    high: float
    n: int


@dataclass(frozen=True, slots=True)
class Latency:
    """Times of one operation."""

    median_ms: float
    p95_ms: float
    n: int
