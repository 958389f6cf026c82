"""What music feels like, and what is asked for with "more like this, but …"."""

from dataclasses import dataclass
from enum import StrEnum

from musicdesk.records.arrays import FloatArray, IntArray
from musicdesk.records.library import Track
from musicdesk.records.taste import Ranking


class Mood(StrEnum):
    """The four moods of the paper (Wilkins et al., ICASSP 2026) and of MTG-Jamendo."""

    ENERGETIC = "energetic"
    CALM = "calm"
    HAPPY = "happy"
    SAD = "sad"


class Axis(StrEnum):
    """What is continuous; each is a percentile of the library."""

    AROUSAL = "arousal"
    """From calm to energetic."""
    VALENCE = "valence"
    """From sad to happy."""
    ACOUSTICNESS = "acousticness"
    BRIGHTNESS = "brightness"
    TEMPO = "tempo"
    VOCALNESS = "vocalness"


MOODS, AXES = tuple(Mood), tuple(Axis)
KEEPS = ("genre", "instrument", "tempo", "vocals")
"""What a steering can be asked to keep."""
UNCERTAIN = -1
"""The label of a sound of which no mood is sure."""


@dataclass(frozen=True, slots=True, eq=False)
class Moods:
    """What the library feels like, one row a sound, in the order of the vectors it was made with."""

    hashes: tuple[str, ...]
    shares: FloatArray  # [n, 4] how far each of MOODS holds; rows sum to 1
    labels: IntArray  # [n] place in MOODS, or UNCERTAIN
    sure: FloatArray  # [n] how sure the label is, 0 to 1
    axes: FloatArray  # [n, 6] percentile of the library on each of AXES, 0 to 1
    axes_sure: FloatArray  # [n, 6] how sure each of them is, 0 to 1
    witnesses: tuple[str, ...] = ()
    """Who told: "MusiCNN's words", "measures of the sound", "words in the files", "your corrections"."""

    def __len__(self) -> int:
        return len(self.hashes)


@dataclass(frozen=True, slots=True)
class MoodCorrection:
    """What the listener says of a sound, against or beside what was heard."""

    audio_hash: str
    mood: Mood | None = None
    axes: tuple[tuple[Axis, float], ...] = ()
    """Percentiles that it shall have, 0 to 1."""


@dataclass(frozen=True, slots=True)
class TrackMood:
    """What one track feels like."""

    track: Track
    mood: Mood | None
    """None where none is sure."""
    sure: float
    shares: tuple[tuple[Mood, float], ...]
    axes: tuple[tuple[Axis, float, float], ...]
    """Axis, percentile, how sure."""
    witnesses: tuple[str, ...] = ()
    corrected: bool = False


@dataclass(frozen=True, slots=True)
class Seed:
    """What a steering starts from: tracks, an artist, a playlist, or the taste."""

    label: str
    """As it is shown: Like “Nocturne 2”."""
    sounds: tuple[str, ...] = ()
    """Audio hashes; none for the taste."""
    taste: bool = False


@dataclass(frozen=True, slots=True)
class Steer:
    """What is asked for: like the seed, but …"""

    moods: tuple[tuple[Mood, float], ...] = ()
    """The mood it shall have; several are mixed by their weights."""
    point: tuple[float, float] | None = None
    """Or a place of the mood grid: valence and arousal as percentiles, 0 to 1."""
    nudges: tuple[tuple[Axis, float], ...] = ()
    """By how much of the library an axis shall move, -1 to 1."""
    strength: float = 0.7
    """β: 0 stays at the seed, 1 goes all the way."""
    keep: tuple[str, ...] = ()
    """What must stay, of KEEPS."""
    limit: int = 50
    method: str = ""
    """The translator or a baseline, by name; "" for the best that there is."""


@dataclass(frozen=True, slots=True)
class Moved:
    """How far one axis went from the seed to a pick."""

    axis: Axis
    before: float
    after: float
    """Percentiles of the library, 0 to 1."""
    words: str
    """As it is shown: calmer: 31 → 74."""


@dataclass(frozen=True, slots=True)
class SteeredPick:
    """A track that was found, with what stayed and what moved."""

    track: Track
    score: float
    likeness: float
    """How like the seed it is, as a percentile of the library."""
    same: tuple[str, ...] = ()
    """Words that both carry: piano, slow."""
    moved: tuple[Moved, ...] = ()


@dataclass(frozen=True, slots=True)
class SteerOffer:
    """A button: one way to go from here."""

    name: str
    """calmer, happier, darker, more acoustic, slower, fewer vocals …"""
    steer: Steer
    room: float
    """How far the neighbourhood goes that way, in percentile points of the library, 0 to 1."""


@dataclass(frozen=True, slots=True, eq=False)
class Steered:
    """The answer: picks, and whether they are what was asked for."""

    seed: Seed
    steer: Steer
    label: str
    """As it is shown: Like “Nocturne 2”, but calmer."""
    picks: tuple[SteeredPick, ...]
    ranking: Ranking
    """The same picks, for a table."""
    method: str
    """The name of the method that found them."""
    start: tuple[tuple[Axis, float], ...]
    """Where the seed stands, as percentiles."""
    reached: tuple[tuple[Axis, float], ...]
    """Where the ten best picks stand on average."""
    holds: bool | None = None
    """Whether measures that had no part in the choice say so too; None: not tested."""
    judged_by: tuple[str, ...] = ()
    """These measures: onsets, loudness, tempo; loudness alone where a tempo was asked for or kept."""
    sentence: str = ""
    """What must be told: nothing calmer nearby, too little is analysed, the plain method was used."""


@dataclass(frozen=True, slots=True)
class PathStep:
    """One track of a path."""

    track: Track
    at: float
    """Where on the way it stands, 0 to 1."""
    axes: tuple[tuple[Axis, float], ...]


@dataclass(frozen=True, slots=True)
class MoodPath:
    """A playlist that walks from one place to another in even steps."""

    label: str
    steps: tuple[PathStep, ...]
    unevenness: float
    """The largest step over the mean step, in the space of the vectors; 1 is even."""
    sentence: str = ""
    jump: float = 0.0
    """The largest step of energy, as a share of the library: 0 to 1."""
