"""The frozen records that travel between the rooms.

Conventions: paths are ``str`` as ``os.fsdecode`` gives them (a name that is no UTF-8 keeps its bytes as surrogates and
must never be rewritten); lengths and positions are seconds; gains of the sound are decibels; gains of the taste are
factors; ``audio_hash`` is the identity of a sound ("" while unknown). Arrays are float32 and are not compared.

Longer than the other modules, so that all that travels can be read in one place.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path, PurePath
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float32]
IntArray = npt.NDArray[np.int64]


class State(StrEnum):
    """What an encoder made of a file. Every file that was found is in exactly one of these."""

    OK = "ok"
    PARTIAL = "partial"
    SILENT = "silent"
    FAILED = "failed"
    EXCLUDED = "excluded"
    PENDING = "pending"
    STALE = "stale"
    """There is a vector, but of an older version of the encoder: to be made anew."""


class Kind(StrEnum):
    """What a sound is that people may not want among their music."""

    SPEECH = "speech"
    LONG = "long"
    SILENCE = "silence"


# ---------------------------------------------------------------------------------------------- what is on the disk


@dataclass(frozen=True, slots=True)
class ReplayGain:
    """ReplayGain 2.0 of a file, reference -18 LUFS (Opus R128 gains are converted on reading)."""

    track_db: float | None = None
    track_peak: float | None = None
    album_db: float | None = None
    album_peak: float | None = None


@dataclass(frozen=True, slots=True)
class Tags:
    """What a file says of itself; read only, never written back."""

    title: str = ""
    artists: tuple[str, ...] = ()
    album: str = ""
    album_artists: tuple[str, ...] = ()
    genres: tuple[str, ...] = ()
    track_number: int | None = None
    disc_number: int | None = None
    year: int | None = None
    rating: float | None = None
    """0 to 1, from POPM, FMPS_RATING or RATING."""
    replay_gain: ReplayGain = ReplayGain()
    recording_mbid: str = ""
    release_mbid: str = ""
    artist_mbids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A sound file met on a walk."""

    path: str
    size_bytes: int
    mtime_ns: int


class KnownFile(NamedTuple):
    """A file as the store knows it, as far as a scan must know: it may meet hundreds of thousands."""

    id: int
    path: str
    size_bytes: int
    mtime_ns: int
    missing: bool


@dataclass(frozen=True, slots=True)
class ScannedFile:
    """A file with its identity and tags; ``problem`` says in a sentence why it cannot be used ("" if it can)."""

    file: FoundFile
    audio_hash: str = ""
    tags: Tags = Tags()
    length_s: float = 0.0
    codec: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Track:
    """One file of the library as the store knows it. Several files may share an ``audio_hash``."""

    id: int
    path: str
    audio_hash: str = ""
    length_s: float = 0.0
    codec: str = ""
    tags: Tags = Tags()
    size_bytes: int = 0
    mtime_ns: int = 0
    missing: bool = False
    excluded: bool = False
    problem: str = ""

    @property
    def title(self) -> str:
        """The tagged title, or the file's name without its ending."""
        return self.tags.title or printable(PurePath(self.path).stem)

    @property
    def artist(self) -> str:
        """All artists, joined by "; " ("" if none is tagged)."""
        return "; ".join(self.tags.artists or self.tags.album_artists)

    @property
    def album(self) -> str:
        """The tagged album, or the folder's name."""
        return self.tags.album or printable(PurePath(self.path).parent.name)

    @property
    def label(self) -> str:
        """Title and artist in one line."""
        return f"{self.title} – {self.artist}" if self.artist else self.title


_HALVES = re.compile("[\ud800-\udfff]")


def printable(text: str) -> str:
    """Text that any terminal, widget and JSON reader takes: bytes that were no UTF-8 become U+FFFD."""
    return text if text.isascii() else _HALVES.sub("\ufffd", text)


@dataclass(frozen=True, slots=True)
class Source:
    """A folder that the person added."""

    path: str
    online: bool = True
    tracks: int = 0


@dataclass(frozen=True, slots=True)
class ScanReport:
    """What a scan changed; counts are files."""

    found: int = 0
    added: int = 0
    changed: int = 0
    moved: int = 0
    missing: int = 0
    problems: tuple[ScannedFile, ...] = ()
    waiting: tuple[str, ...] = ()
    """Paths of files that are still being written; the next scan takes them."""
    offline: tuple[str, ...] = ()
    """Folders that are not connected; what is known of their files stays."""
    seconds: float = 0.0


# ---------------------------------------------------------------------------------------------- sound in memory


@dataclass(frozen=True, slots=True)
class AudioInfo:
    """What a file's header declares."""

    length_s: float
    rate_hz: int
    channels: int
    codec: str


@dataclass(frozen=True, slots=True, eq=False)
class Clip:
    """A stretch of sound, mono unless said otherwise, within -1 and 1."""

    samples: FloatArray  # [n] mono, or [n, channels] for playback
    rate_hz: int
    start_s: float = 0.0

    @property
    def length_s(self) -> float:
        """How long it lasts."""
        return len(self.samples) / self.rate_hz


# ---------------------------------------------------------------------------------------------- sound as vectors


@dataclass(frozen=True, slots=True)
class EncoderKey:
    """What makes vectors comparable: encoder, version of its weights and code, and front end."""

    name: str
    version: str
    front_end: str


@dataclass(frozen=True, slots=True)
class Timings:
    """CPU seconds of one file's analysis, by stage."""

    decode_s: float = 0.0
    features_s: float = 0.0
    encode_s: float = 0.0

    @property
    def total_s(self) -> float:
        """All stages together."""
        return self.decode_s + self.features_s + self.encode_s


@dataclass(frozen=True, slots=True, eq=False)
class Analysis:
    """What an encoder made of one sound."""

    audio_hash: str
    vector: FloatArray  # [dim] mean over windows
    tags: FloatArray  # [n_tags] mean probability of each word of the encoder's vocabulary; [0] if it has none
    windows: int
    typical_s: float
    """Where the window begins whose vector lies nearest to the mean: the excerpt worth hearing."""
    state: State = State.OK
    """OK or PARTIAL."""
    reason: str = ""
    timings: Timings = Timings()
    quick: bool = False
    """Whether it comes from a first quick listen, with fewer windows than the encoder wants."""
    fingerprint: bytes = b""
    """What tells the same recording in another encoding; b"" after a quick listen."""
    speech: float = 0.0
    """Probability that it is speech, 0 to 1."""
    silence: float = 0.0
    """Share of the places that were looked at and are silent, 0 to 1."""
    peak_mb: float = 0.0
    """The most memory that its worker process has held so far (resident, MiB)."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """A sound that could not be analysed; ``state`` is SILENT or FAILED."""

    audio_hash: str
    path: str
    state: State
    reason: str
    passing: bool = False
    """A crash, a time limit, a want of memory: it may work another time, so it is tried again after a cooldown."""


@dataclass(frozen=True, slots=True)
class Pending:
    """A sound that is to be analysed, and a file that holds it."""

    path: str
    audio_hash: str


@dataclass(frozen=True, slots=True, eq=False)
class Vectors:
    """Everything one encoder knows of the library, one row a sound (not a file), in a fixed order."""

    key: EncoderKey
    hashes: tuple[str, ...]
    matrix: FloatArray  # [n, dim]
    tags: FloatArray  # [n, n_tags]
    vocabulary: tuple[str, ...]
    typical_s: FloatArray  # [n]

    def __len__(self) -> int:
        return len(self.hashes)


@dataclass(frozen=True, slots=True, eq=False)
class Traits:
    """What one encoder's listening tells of sounds beside their vectors, in the order of ``Vectors``."""

    hashes: tuple[str, ...]
    speech: FloatArray  # [n] probability
    silence: FloatArray  # [n] share
    length_s: FloatArray  # [n]


@dataclass(frozen=True, slots=True)
class Failure:
    """A line of the ledger of failures."""

    path: str
    state: State
    reason: str
    encoder: str
    track_id: int = 0
    audio_hash: str = ""
    noted: float = 0.0
    """When it was tried last (seconds since the epoch); 0: never, the file could not even be identified."""
    attempts: int = 1
    retry_after: float = 0.0
    """When it will be tried again by itself; 0: only if the file changes or someone asks."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of the library is analysed by one encoder; counts are files and add up to ``found``."""

    encoder: str
    ok: int = 0
    partial: int = 0
    silent: int = 0
    failed: int = 0
    excluded: int = 0
    pending: int = 0
    stale: int = 0
    """Files with a vector of an older version only."""
    quick: int = 0
    """Of ``ok`` and ``partial``: files that were only listened to quickly so far."""
    missing: int = 0
    """Known, but not on the disk now; not part of ``found``."""
    failures: tuple[Failure, ...] = ()

    @property
    def found(self) -> int:
        """Files on the disk."""
        return self.ok + self.partial + self.silent + self.failed + self.excluded + self.pending + self.stale

    @property
    def todo(self) -> int:
        """Files without a vector of this version that are still to be listened to."""
        return self.pending + self.stale

    @property
    def usable(self) -> int:
        """Files with a vector."""
        return self.ok + self.partial


# ---------------------------------------------------------------------------------------------- what a person wants


@dataclass(frozen=True, slots=True)
class Feedback:
    """What the person said of one sound."""

    liked: bool = False
    disliked: bool = False
    never: bool = False
    """Never suggest it; says nothing about the taste."""
    not_now_until: float = 0.0
    """Do not suggest it before this time (seconds since the epoch)."""
    stars: float | None = None
    """0 to 5."""
    plays: int = 0
    last_played: float = 0.0

    @property
    def positive(self) -> bool:
        """Whether it counts for the taste."""
        return not self.disliked and (self.liked or (self.stars or 0) >= 4)

    @property
    def negative(self) -> bool:
        """Whether it counts against the taste."""
        return not self.liked and (self.disliked or (self.stars is not None and self.stars <= 2))


GAIN_MIN, GAIN_MAX = -1.0, 2.0
"""The range of a gain: 0 ignores a prototype, 1 is as found, below 0 turns away from it."""


@dataclass(frozen=True, slots=True, eq=False)
class Prototype:
    """One named part of the taste: a direction of the vector space with a gain, like a channel of a mixer."""

    id: str
    name: str
    slot: int
    """0 to 7: its colour and shape, kept for life."""
    vector: FloatArray  # [dim] unit length, in the library's standardised space
    exemplars: tuple[str, ...] = ()
    """Audio hashes of the tracks that show best what it stands for, best first."""
    gain: float = 1.0
    muted: bool = False
    solo: bool = False
    locked: bool = False
    support: int = 0
    """How many tracks it was made from."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Prototype) and self._comparable() == other._comparable()

    def __hash__(self) -> int:
        return hash(self._comparable()[:-1])

    def _comparable(self) -> tuple[object, ...]:
        return (
            self.id, self.name, self.slot, self.exemplars, self.gain, self.muted, self.solo, self.locked,
            self.support, self.vector.tobytes(),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Taste:
    """The listener's taste: prototypes with gains. Edits make a new record."""

    key: EncoderKey
    prototypes: tuple[Prototype, ...] = ()
    variety: float = 0.2
    """0: only the score counts; 1: picks as unlike each other as can be (MMR)."""
    liked: int = 0
    """How many positive tracks it was built from; 0: from the library itself."""
    sounds: int = 0
    """How many sounds were analysed when it was made; it is made anew when the library has grown."""

    def prototype(self, reference: str) -> Prototype | None:
        """The prototype with this id, 1-based number or name (any case; a unique beginning is enough)."""
        wanted = reference.strip().casefold()
        for number, prototype in enumerate(self.prototypes, start=1):
            if wanted in (prototype.id.casefold(), str(number), prototype.name.casefold()):
                return prototype
        found = [p for p in self.prototypes if p.name.casefold().startswith(wanted)] if wanted else []
        return found[0] if len(found) == 1 else None

    def edited(self, prototype: Prototype) -> "Taste":
        """This taste with the prototype of the same id replaced."""
        return replace(self, prototypes=tuple(prototype if p.id == prototype.id else p for p in self.prototypes))

    @property
    def gains(self) -> FloatArray:
        """The gains that count after mute and solo.  # [k]"""
        soloed = any(p.solo for p in self.prototypes)
        return np.array(
            [0.0 if p.muted or (soloed and not p.solo) else p.gain for p in self.prototypes], dtype=np.float32
        )


@dataclass(frozen=True, slots=True)
class Edit:
    """One step of the undo history: the taste and the feedback before and after."""

    label: str
    taste_before: Taste | None
    taste_after: Taste | None
    feedback_before: Mapping[str, Feedback] = field(default_factory=dict)
    feedback_after: Mapping[str, Feedback] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class History:
    """Where the person stands in the undo history, as labels to show ("" if there is nothing)."""

    undo: str = ""
    redo: str = ""


@dataclass(frozen=True, slots=True)
class Query:
    """What a recommendation must keep to."""

    limit: int = 50
    seed: str = ""
    """Audio hash of a track to start from; "" ranks by the taste alone."""
    not_artists: tuple[str, ...] = ()
    max_per_artist: int = 3
    """0: no cap."""
    max_per_album: int = 2
    include_known: bool = False
    """Also suggest what the person has already liked."""
    min_length_s: float = 30.0
    max_length_s: float = 900.0


@dataclass(frozen=True, slots=True, eq=False)
class Ranking:
    """Picks as arrays, best first: what a table shows without making a record a row."""

    hashes: tuple[str, ...]
    track_ids: tuple[int, ...]
    scores: FloatArray  # [n] sum of the contributions
    match: FloatArray  # [n] percentile of the score in this library, 0 to 1
    contributions: FloatArray  # [n, k] gain times column; rows add up to scores
    percentiles: FloatArray  # [n, k] how near each pick is to each part, as a percentile of the library
    parts: tuple[str, ...]
    """The names of the k parts (prototypes, then the seed if there is one)."""
    slots: tuple[int, ...]
    """Colour and shape of each part."""
    gains: FloatArray  # [k] that made the contributions
    considered: int = 0
    """Sounds that could have been picked."""
    left_out: Mapping[str, int] = field(default_factory=dict)
    """Why others were not picked: reason → count."""

    def __len__(self) -> int:
        return len(self.hashes)


@dataclass(frozen=True, slots=True)
class Part:
    """One part's share in a score."""

    name: str
    slot: int
    gain: float
    contribution: float
    percentile: float


@dataclass(frozen=True, slots=True)
class Radar:
    """What a list is like, in words, beside the library: mean percentiles from 0 to 1, axis by axis."""

    axes: tuple[str, ...]
    taste: tuple[float, ...]
    library: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a track stands where it stands: parts that add up to the score exactly, largest effect first."""

    track: Track
    score: float
    match: float
    rank: int
    """1 is the best of all that are analysed, before caps and filters."""
    of: int
    parts: tuple[Part, ...]
    left_out: tuple[str, ...] = ()
    """Sentences: which filter or cap keeps it out of the list."""
    words: tuple[str, ...] = ()
    """The encoder's words in which it stands out most."""


@dataclass(frozen=True, slots=True)
class Pick:
    """A track with its place and reasons."""

    track: Track
    score: float
    match: float
    parts: tuple[Part, ...] = ()

    @property
    def why(self) -> str:
        """The strongest reason in a few words."""
        best = max(self.parts, key=lambda p: p.contribution, default=None)
        return "" if best is None else f"{best.name} {best.contribution:+.2f}"


# ---------------------------------------------------------------------------------------------- what leaves the program


@dataclass(frozen=True, slots=True)
class PlaylistEntry:
    """A line of a playlist; ``path`` is absolute, or a URL."""

    path: str
    title: str = ""
    artist: str = ""
    album: str = ""
    length_s: float | None = None
    recording_mbid: str = ""
    track_number: int | None = None


@dataclass(frozen=True, slots=True)
class Playlist:
    """A named list; ``note`` is the recipe it came from, for people."""

    name: str
    entries: tuple[PlaylistEntry, ...] = ()
    note: str = ""


# ---------------------------------------------------------------------------------------------- models and measures


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
