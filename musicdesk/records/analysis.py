"""Sound as vectors, and what became of every file."""

from dataclasses import dataclass
from enum import StrEnum

from musicdesk.records.arrays import FloatArray


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
class Passages:
    """What an encoder heard all over one sound, window by window; none where it could not be listened to."""

    audio_hash: str
    starts_s: FloatArray  # [w] where each window begins, ascending
    length_s: float
    """Of a window."""
    vectors: FloatArray  # [w, dim]
    tags: FloatArray  # [w, n_tags]

    def __len__(self) -> int:
        return len(self.starts_s)


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
