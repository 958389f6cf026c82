"""What a network of the paper's kind is made of and how it is trained, as data: kept beside its weights as JSON.

The published shape: spectrogram images of track segments, compressed; four blocks of convolution and pooling; one fully
connected layer of 1,024; ELU or ReLU, Adam or RMSProp. Filters of 2 × 2, 64 to 512 of them, and dropout of a half
follow the open program of the same shape (despoisj/DeepAudioClassification, 2016). What is no part of it
(normalisation, other pooling, augmentation, a teacher) is off by default and named here.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, is_dataclass, replace
from typing import Any, Self, TypeVar

from musicdesk.errors import BadRequest, ModelUnavailable

KINDS = ("log-mel", "stft", "mfcc")
NOTES = ("none", "chroma", "cqt")
ACTIVATIONS = ("elu", "relu")
OPTIMISERS = ("adam", "rmsprop")
POOLINGS = ("flat", "global", "time")
SCHEDULES = ("plateau", "cosine", "none")
STARTS = ("scratch", "shipped")
KEPT = ("best", "last")
CHROMA_ROWS = 12
NOTE_ROWS = 72
"""Semitones of the constant-Q notes, C2 to B7."""

Record = TypeVar("Record")


@dataclass(frozen=True, slots=True)
class ImageSpec:
    """How a segment of a track becomes an image."""

    kind: str = "log-mel"
    """log-mel, stft (linear in frequency) or mfcc."""
    rate_hz: int = 22_050
    bands: int = 64
    frames: int = 64
    segment_s: float = 3.0
    notes: str = "none"
    """A second image below the first: none, chroma (12 pitch classes) or cqt (72 semitones)."""
    n_fft: int = 1_024
    per_pixel: int = 2
    """Frames of the spectrum that are averaged into one of the image."""

    def __post_init__(self) -> None:
        _one_of(self.kind, KINDS, "image")
        _one_of(self.notes, NOTES, "notes")
        _at_least(1, bands=self.bands, frames=self.frames, n_fft=self.n_fft, per_pixel=self.per_pixel)
        _at_least(11_025, rate_hz=self.rate_hz)  # the detector of speech needs as much
        if not 0 < self.segment_s <= 60 or self.hop < 1:
            raise BadRequest(f"A segment of {self.segment_s} s does not make {self.frames} frames. Take a longer one.")

    @property
    def samples(self) -> int:
        """Length of a segment."""
        return round(self.segment_s * self.rate_hz)

    @property
    def hop(self) -> int:
        """Samples from one frame of the spectrum to the next."""
        return self.samples // (self.frames * self.per_pixel)

    @property
    def pixel(self) -> int:
        """Samples that one frame of the image stands for."""
        return self.hop * self.per_pixel

    @property
    def note_rows(self) -> int:
        """Rows of the second image."""
        return {"none": 0, "chroma": CHROMA_ROWS, "cqt": NOTE_ROWS}[self.notes]

    @property
    def rows(self) -> int:
        """Rows of both images together."""
        return self.bands + self.note_rows


@dataclass(frozen=True, slots=True)
class Augmentation:
    """What is done to training images, never to others; 0 leaves it out."""

    shift: bool = True
    """Segments begin anywhere in the track, not on a grid."""
    gain_db: float = 0.0
    """Standard deviation of a random gain of the sound."""
    mask_bands: int = 0
    """The widest stripe of bands that is blotted out, twice (SpecAugment, Park et al. 2019)."""
    mask_frames: int = 0
    """The same in time."""
    mixup: float = 0.0
    """α of the Beta distribution by which pairs of images and their classes are mixed (Zhang et al. 2018)."""

    def __post_init__(self) -> None:
        _at_least(0, gain_db=self.gain_db, mask_bands=self.mask_bands, mask_frames=self.mask_frames, mixup=self.mixup)


@dataclass(frozen=True, slots=True)
class CnnConfig:
    """A network and its training."""

    image: ImageSpec = field(default_factory=ImageSpec)
    filters: tuple[int, ...] = (64, 128, 256, 512)
    note_filters: tuple[int, ...] = (16, 32, 64, 64)
    """Of the branch that looks at the notes; both meet before the fully connected layer."""
    kernel: int = 2
    pools: tuple[tuple[int, int], ...] = ((2, 2), (2, 2), (2, 2), (2, 2))
    """(bands, frames) of each block."""
    activation: str = "elu"
    batch_norm: bool = False
    pooling: str = "flat"
    """What the fully connected layer sees: flat (every pixel), global (mean and maximum), time (both over time)."""
    dense: int = 1_024
    dropout: float = 0.5
    optimiser: str = "adam"
    learning_rate: float = 1e-3
    schedule: str = "plateau"
    """plateau halves the rate when validation stops getting better, cosine lowers it to nothing."""
    weight_decay: float = 0.0
    label_smoothing: float = 0.0
    batch: int = 32
    epochs: int = 30
    patience: int = 8
    """Epochs without a better validation loss after which it stops."""
    keep: str = "best"
    """Which epoch's weights: best (the lowest validation loss), or last, which never stops early."""
    segments: int = 4
    """Segments that an epoch draws of every track, on average."""
    teacher: float = 0.0
    """Weight of a second task: to predict a teacher's numbers for the same segment. 0: there is no teacher."""
    taught_alone: bool = False
    """Whether the teacher alone (none: nobody) forms the layers, and the classes only learn to read them."""
    augment: Augmentation = field(default_factory=Augmentation)
    start: str = "scratch"
    """What it begins with: chance, or the network that comes with musicdesk, whose shape it must have then."""
    seed: int = 0

    def __post_init__(self) -> None:
        _one_of(self.activation, ACTIVATIONS, "activation")
        _one_of(self.optimiser, OPTIMISERS, "optimiser")
        _one_of(self.pooling, POOLINGS, "pooling")
        _one_of(self.schedule, SCHEDULES, "schedule")
        _one_of(self.start, STARTS, "start")
        _one_of(self.keep, KEPT, "epoch to keep")
        _at_least(1, kernel=self.kernel, dense=self.dense, batch=self.batch, epochs=self.epochs)
        _at_least(1, segments=self.segments, patience=self.patience)
        _at_least(0, dropout=self.dropout, weight_decay=self.weight_decay, teacher=self.teacher, seed=self.seed)
        if (
            not len(self.filters) == len(self.note_filters) == len(self.pools)
            or min(*self.filters, *self.note_filters) < 1
        ):
            raise BadRequest("Every block of the network needs its number of filters, of notes' filters, and its pool.")
        if not 0 < self.learning_rate < 1 or not self.dropout < 1 or not 0 <= self.label_smoothing < 1:
            raise BadRequest("Learning rate, dropout and label smoothing lie between 0 and 1.")

    def plain(self) -> dict[str, Any]:
        """As JSON takes it."""
        return asdict(self)

    @classmethod
    def from_plain(cls, data: object) -> Self:
        """The config that ``plain`` gave; what is missing is as by default.

        Raises:
            ModelUnavailable: a field that is unknown, of the wrong type or out of bounds.
        """
        return record_of(cls, data)


def lively(**changes: Any) -> CnnConfig:
    """The paper's network with what has since been found to help: normalisation, 3 × 3, pooling, augmentation."""
    image = ImageSpec(rate_hz=16_000, bands=96, frames=47, segment_s=3.008, n_fft=512, per_pixel=4)
    config = CnnConfig(
        image=image, filters=(16, 32, 64, 192), kernel=3, pools=((2, 2), (2, 2), (2, 2), (4, 2)), activation="relu",
        batch_norm=True, pooling="time", weight_decay=1e-2, schedule="cosine", epochs=40, patience=40,
        augment=Augmentation(gain_db=2.0, mask_bands=8, mask_frames=8, mixup=0.2),
    )  # fmt: skip
    return replace(config, **changes)


def shipped_shape(**changes: Any) -> CnnConfig:
    """A network of the shape of the one that comes with musicdesk, beginning with its weights."""
    return replace(lively(start="shipped", learning_rate=3e-4, epochs=20), **changes)


def record_of(kind: type[Record], data: object) -> Record:
    """A record of ``kind`` from what JSON gave; raises ModelUnavailable."""
    assert is_dataclass(kind)
    if not isinstance(data, Mapping):
        raise ModelUnavailable(f"A network's config holds {data!r} where fields belong. {_AGAIN}")
    defaults = kind()
    known = {f.name for f in fields(kind)}
    for name in data:
        if name not in known:
            raise ModelUnavailable(
                f"A network's config has the field {name!r}, which this musicdesk does not know. {_AGAIN}"
            )
    values = {name: _like(getattr(defaults, name), value, name) for name, value in data.items()}
    try:
        return kind(**values)
    except BadRequest as error:
        raise ModelUnavailable(f"A network's config cannot be right: {error} {_AGAIN}") from error


_AGAIN = "Train it again, or update musicdesk."


def _like(default: object, value: object, name: str) -> Any:
    """``value`` as the type of ``default``; raises ModelUnavailable."""
    if is_dataclass(default):
        return record_of(type(default), value)
    if isinstance(default, tuple) and isinstance(value, (list, tuple)):
        return tuple(_like(default[0], item, name) for item in value)
    if isinstance(default, float) and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if type(value) is not type(default):
        raise ModelUnavailable(f"The field {name!r} of a network's config holds {value!r}. {_AGAIN}")
    return value


def _one_of(value: str, known: tuple[str, ...], what: str) -> None:
    if value not in known:
        raise BadRequest(f"There is no {what} called {value!r}. Known are: {', '.join(known)}.")


def _at_least(least: float, **values: float) -> None:
    for name, value in values.items():
        if not least <= value < float("inf"):
            raise BadRequest(f"{name} cannot be {value}; it is at least {least}.")
